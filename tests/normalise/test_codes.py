"""Readings of a code cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise.codes import read_code


def codes(text: str) -> list[int | None]:
    """The AES blocks that a cell may say, the cheapest first."""
    return [code.code for code in read_code(text, 1, 14)]


@pytest.mark.parametrize(
    ("text", "code"), [("1", 1), ("01", 1), ("9", 9), ("10", 10), (" 14 ", 14), ("<b>4</b>", 4), ("4\n", 4)]
)
def test_a_code_is_what_it_says(text: str, code: int) -> None:
    (found,) = read_code(text, 1, 14)
    assert (found.code, found.how, found.cost, found.reason) == (code, "printed", 0, "")


@pytest.mark.parametrize("text", ["1 1", "1\n1", "l l", "I I", "ı ı", "1 l", "1,1"])
def test_a_code_in_two_pieces_is_one_of_them_or_both_together(text: str) -> None:
    found = read_code(text, 1, 14)
    assert [c.code for c in found] == [1, 11]
    assert {c.how for c in found} == {"repaired"}
    assert len({c.cost for c in found}) == 1, "nothing in the cell says which"
    assert all(c.cost > 0 and c.reason for c in found)


@pytest.mark.parametrize(
    ("text", "code"), [("l", 1), ("1O", 10), ("O4", 4), ("l4", 14), ("4.", 4), ("4)*", 4), ("5 5", 5), ("S", 5)]
)
def test_a_damaged_code_is_read_at_a_price(text: str, code: int) -> None:
    (found,) = read_code(text, 1, 14)
    assert (found.code, found.how) == (code, "repaired")
    assert found.cost > 0
    assert found.reason


def test_a_blank_may_be_no_code_or_at_a_price_any() -> None:
    none, *rest = read_code("", 1, 14)
    assert (none.code, none.how, none.cost) == (None, "printed", 0)
    assert [c.code for c in rest] == list(range(1, 15))
    assert {c.how for c in rest} == {"inferred"}
    assert all(c.cost > 0 and c.reason for c in rest)


@pytest.mark.parametrize("text", ["0", "15", "99", "1234", "Adult", "A1", "1a", "Total", "-", "n/a"])
def test_what_is_no_code_between_the_bounds_has_no_reading(text: str) -> None:
    assert codes(text) == []


@given(st.one_of(st.text(), st.text("0123456789lIOS ., \n", max_size=6)), st.integers(1, 20), st.integers(0, 79))
def test_any_text_has_codes_within_the_bounds_or_none(text: str, first: int, more: int) -> None:
    found = read_code(text, first, first + more)
    assert [c.cost for c in found] == sorted(c.cost for c in found)
    assert len({c.code for c in found}) == len(found)
    assert all(c.code is None or first <= c.code <= first + more for c in found)
    assert all(bool(c.reason) == bool(c.cost) for c in found)
