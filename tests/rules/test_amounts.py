"""Scale and sign: what a cell of a layout says in pounds, and what is recorded where the print leaves it open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import pytest

from rules.amounts import Convention, misreadings, readings, usual_factor
from savings.schema import How, Reading, Unit
from tests.rules.made import PLAN, read, with_columns

THOUSANDS = Convention(Unit.GBP, 1, 1_000)
POUNDS = Convention(Unit.GBP, 1, 1)
NEGATIVE = Convention(Unit.GBP, -1, 1_000)
SUFFIX = Convention(Unit.GBP, 1, "suffix")
PERCENT = Convention(Unit.PERCENT, 1, 1_000)

TAKEN = [
    (THOUSANDS, "150", "150000", "printed"),
    (THOUSANDS, "1,282.5", "1282500", "printed"),
    (THOUSANDS, "(150)", "-150000", "printed"),
    (THOUSANDS, "£1.6m", "1600000", "printed"),
    (THOUSANDS, "-", "0", "nil"),
    (POUNDS, "£1,067,000", "1067000", "printed"),
    (NEGATIVE, "-12,868.7", "12868700", "printed"),
    (NEGATIVE, "22,262.3", "-22262300", "printed"),
    (NEGATIVE, "(9)", "9000", "printed"),
    (NEGATIVE, "0", "0", "printed"),
    (NEGATIVE, "Nil", "0", "nil"),
    (SUFFIX, "£170k", "170000", "printed"),
    (SUFFIX, "£22K", "22000", "printed"),
    (SUFFIX, "£2.4m", "2400000", "printed"),
    (SUFFIX, "£170", "170000", "repaired"),
    (SUFFIX, "£170,000", "170000", "printed"),
    (SUFFIX, "Net Nil", "0", "nil"),
    (SUFFIX, "NII", "0", "repaired"),
    (PERCENT, "3.65%", "3.65", "printed"),
]


def test_an_amount_in_red_may_be_below_zero_and_the_sums_must_say() -> None:
    found = readings("340", THOUSANDS, red=True)
    assert [(reading.value, reading.how, reading.cost) for reading in found] == [
        (Decimal(340_000), How.PRINTED, 0),
        (Decimal(-340_000), How.REPAIRED, 0),
    ]
    assert found[1].reason


@pytest.mark.parametrize("text", ["(340)", "-340", "0", "-", "Nil"])
def test_red_says_nothing_where_a_sign_does(text: str) -> None:
    assert readings(text, THOUSANDS, red=True) == readings(text, THOUSANDS)


@pytest.mark.parametrize(("convention", "text", "value", "how"), TAKEN)
def test_the_cheapest_reading(convention: Convention, text: str, value: str, how: str) -> None:
    first = readings(text, convention)[0]
    assert (first.value, first.how) == (Decimal(value), how)
    # Nothing that departs from the print does so without a reason.
    assert bool(first.reason) == (how == "repaired")
    assert not (first.value or Decimal(1)).is_signed() or Decimal(value) < 0


@pytest.mark.parametrize("text", ["", "tbc", "Buses", "12%", "2007/08"])
def test_what_is_no_amount_of_money_has_no_reading(text: str) -> None:
    assert readings(text, THOUSANDS) == ()


def test_a_nil_is_never_minus_nothing() -> None:
    for text in ("0", "-", "Nil", "(0)", "0.0"):
        value = readings(text, NEGATIVE)[0].value
        assert value is not None
        assert str(value.normalize()) == "0"


def test_an_amount_without_its_suffix_may_be_in_any_scale_each_with_a_price_and_a_reason() -> None:
    found = readings("£170", SUFFIX)
    assert [r.value for r in found] == [170_000, 170, 170_000_000]
    assert [r.cost for r in found] == sorted(r.cost for r in found)
    assert all("no scale is printed" in r.reason for r in found)


@pytest.mark.parametrize(
    ("texts", "usual"), [(["£1m", "£2m", "£3k"], 1_000_000), (["£1k", "£2m"], 1_000), (["5", "-"], 1_000), ([], 1_000)]
)
def test_the_scale_that_most_amounts_of_a_table_have(texts: list[str], usual: int) -> None:
    assert usual_factor(texts) == usual


def test_a_misreading_has_the_scale_and_the_sign_of_the_print() -> None:
    taken = readings("-153", NEGATIVE)[0]
    found: dict[Decimal | None, Reading] = {r.value: r for r in misreadings("-153", NEGATIVE, taken)}
    assert {Decimal(135_000), Decimal(158_000), Decimal(53_000), Decimal(-153_000)} <= set(found)
    assert Decimal(153_000) not in found
    assert {r.how for r in found.values()} == {"repaired"}
    assert all(r.reason for r in found.values())


def column(**said: Any) -> dict[str, Any]:
    return {"header": "Target", "year": "2007/08", **said}


SAID: list[tuple[str, dict[str, Any], dict[str, Any], Literal["scale", "sign"], int]] = [
    ("the rule", {"scale": 1_000}, column(), "scale", 5_000),
    ("the column before the rule", {"scale": 1_000}, column(scale=1), "scale", 5),
    ("the rule's sign", {"scale": 1, "sign": -1}, column(), "sign", -5),
    ("the column's sign before the rule's", {"scale": 1, "sign": -1}, column(sign=1), "sign", 5),
]


@pytest.mark.parametrize(("more", "said", "key", "value"), [case[1:] for case in SAID], ids=[case[0] for case in SAID])
def test_where_scale_and_sign_come_from(more: dict[str, Any], said: dict[str, Any], key: str, value: int) -> None:
    detail = {"header": "Saving", "field": "detail"}
    rows = [{"level": "item", "needs": ["detail"]}]
    banded = {"band": "Plan", "columns": [column()], key: said[key]} if key in said else said
    for each in (said, banded):
        header = "| Plan\nSaving | Target" if "band" in each else "Saving | Target"
        found = read(with_columns(PLAN, detail, each, rows=rows, identities=[], **more), f"{header}\nBuses | 5")
        assert found.values == {"Buses": [value]}


SUFFIXED = with_columns(
    PLAN,
    {"header": "Saving", "field": "detail"},
    column(),
    rows=[{"level": "total", "when": {"text": "Total"}}, {"level": "item", "needs": ["detail"]}],
    scale="suffix",
)


def test_a_lost_k_is_put_back_where_the_sum_asks_for_it_and_marked() -> None:
    found = read(SUFFIXED, "Saving | Target\nBuses | £170\nInk | £30k\nPaper | £5k\nTotal | £205k")
    assert found.values == {"Buses": [170_000], "Ink": [30_000], "Paper": [5_000], "Total": [205_000]}
    assert found.marks["Buses"] == ["repaired reconciled"]


def test_pounds_among_thousands_stay_pounds_where_the_sum_asks_for_it() -> None:
    found = read(SUFFIXED, "Saving | Target\nBuses | £500\nInk | £30k\nPaper | £5k\nTotal | £35.5k")
    assert found.values["Buses"] == [500]
    assert found.sums == ["lines = total: 35 of 35 holds"]


def test_without_a_sum_a_lost_scale_is_ambiguous() -> None:
    found = read(SUFFIXED, "Saving | Target\nBuses | £170\nInk | £30k")
    assert found.marks == {"Buses": ["repaired ambiguous"], "Ink": ["printed unchecked"]}
