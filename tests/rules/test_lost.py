"""A page that has fewer columns of figures than its rule: what may stand under the wrong header is ambiguous."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.made import PLAN, Found, read, rule, with_columns

COLUMNS = [
    {"header": "Saving", "field": "detail"},
    {"header": "Expected gain", "kind": "total", "year": "2006/07"},
    {"header": "of which cashable", "kind": "cashable", "year": "2006/07"},
    {"header": "Gain to date", "kind": "total", "measure": "achieved", "year": "2006/07"},
    {"header": "of which cashable", "kind": "cashable", "measure": "achieved", "year": "2006/07"},
]
ROWS = "Buses | 84 | 42 | 40\nInk | 6 | 3 | 2\nTotal | 90 | 45 | 42"


def found_under(header: str, rows: str = ROWS) -> Found:
    sorts: list[dict[str, Any]] = [
        {"level": "total", "when": {"detail": "Total"}},
        {"level": "item", "needs": ["detail"]},
    ]
    return read(with_columns(PLAN, *COLUMNS, rows=sorts), f"{header}\n{rows}")


def proofs(found: Found) -> list[str]:
    return [mark.split()[1] for mark in found.marks["Buses"]]


def test_figures_are_ambiguous_where_two_headers_were_read_as_one() -> None:
    found = found_under("Saving | Expected gain £000 | of which Gain to date cashable | of which cashable")
    assert proofs(found) == ["reconciled", "ambiguous", "ambiguous"]


def test_a_header_that_names_its_column_settles_it_unless_the_lost_one_has_the_same_name() -> None:
    found = found_under("Saving | Expected gain | Gain to date | of which cashable")
    assert proofs(found) == ["reconciled", "reconciled", "ambiguous"]


def test_a_page_with_all_columns_is_not_in_doubt() -> None:
    header = "Saving | Expected gain | of which cashable | Gain to date | of which cashable"
    found = found_under(header, "Buses | 84 | 42 | 40 | 20\nInk | 6 | 3 | 2 | 1\nTotal | 90 | 45 | 42 | 21")
    assert proofs(found) == ["reconciled"] * 4


def test_a_page_without_a_header_is_in_doubt_as_the_one_before_it() -> None:
    first = "Saving | Expected gain | of which Gain to date cashable | of which cashable"
    found = found_under(first, "Ink | 6 | 3 | 2\nPaper | 5 | 1 | 1\n====\nBuses | 84 | 42 | 40\nTotal | 95 | 46 | 43")
    assert proofs(found) == ["reconciled", "ambiguous", "ambiguous"]


def test_years_are_named_by_themselves() -> None:
    sorts: list[dict[str, Any]] = [{"level": "item", "needs": ["detail"]}]
    made = with_columns(PLAN, COLUMNS[0], {"header": "{year}", "times": 3}, rows=sorts, identities=[])
    found = read(made, "Saving | 2007/08 | 2008/09\nBuses | 84 | 42")
    assert "ambiguous" not in " ".join(found.marks["Buses"])


REMARKED = [*COLUMNS[:3], {"header": "Remarks", "field": "comment"}]


def flagged_among_words(rows: str, header: str = "Saving | Expected gain | Remarks") -> list[tuple[str, bool]]:
    sorts: list[dict[str, Any]] = [{"level": "item", "needs": ["detail"]}]
    found = read(with_columns(PLAN, *REMARKED, rows=sorts, identities=[]), f"{header}\n{rows}")
    return [(flag.text, flag.lost) for flag in found.mapped.accounting.flags]


@pytest.mark.parametrize("words", ["11,400. Survey: better", "£41k in May", "11,400", "420", "2.5"])
def test_an_amount_among_words_is_lost_where_the_page_lacks_a_column(words: str) -> None:
    assert flagged_among_words(f"Buses | 84 | {words}\nInk | 6 | to begin in May") == [(words, True)]


@pytest.mark.parametrize("words", ["Survey: 11,400", "2 posts go", "2011 review", "BV12 down", "-"])
def test_words_with_a_number_in_them_are_none(words: str) -> None:
    assert flagged_among_words(f"Buses | 84 | {words}\nInk | 6 | to begin in May") == []


def test_an_amount_among_words_is_no_loss_where_all_columns_are_there() -> None:
    header = "Saving | Expected gain | of which cashable | Remarks"
    assert flagged_among_words("Buses | 84 | 42 | 11,400\nInk | 6 | 3 | May", header) == []


PRESSURES = "Reference | Pressure | 2007/08 | 2008/09\nP1 | Buses | 84 | 42"
SAVED = "Reference | Saving | 2007/08 | 2008/09\nA1 | Ink | 6 | 3"


def test_a_table_headed_by_another_matter_is_in_doubt_unless_the_rule_speaks_of_it() -> None:
    found = read(rule(PLAN), f"{SAVED}\n====\n{PRESSURES}")
    assert "ambiguous" in " ".join(found.marks["Buses"])
    assert "ambiguous" not in " ".join(found.marks["Ink"])
    spoken = PLAN.replace("header: Saving, field", "header: Saving, also: [Pressure], field")
    assert spoken != PLAN
    assert "ambiguous" not in " ".join(read(rule(spoken), f"{SAVED}\n====\n{PRESSURES}").marks["Buses"])
