"""Columns over which the page prints another header than the rule's: their figures are in doubt, the others are not."""

from __future__ import annotations

from typing import Any

from tests.rules.made import BANDED, PLAN, Found, read, rule, with_columns
from tests.rules.test_lost import COLUMNS, found_under, proofs

FOUR = "Buses | 84 | 42 | 40 | 20\nInk | 6 | 3 | 2 | 1\nTotal | 90 | 45 | 42 | 21"
YEARS: list[dict[str, Any]] = [COLUMNS[0], {"header": "{year}", "times": 2}]


def ambiguous(found: Found, label: str = "Buses") -> list[bool]:
    return ["ambiguous" in mark for mark in found.marks[label]]


def test_a_header_of_other_words_is_in_doubt_though_its_column_adds_up() -> None:
    header = "Saving | Expected gain | of which cashable | Forecast | of which cashable"
    found = found_under(header, "Buses | 84 | 42 | 40 | 20\nInk | 6 | 3 | 2 | 1\nTotal | 90 | 45 | 42 | 21")
    assert proofs(found) == ["reconciled", "reconciled", "ambiguous", "reconciled"]


def test_a_damaged_header_and_an_empty_one_are_in_no_doubt() -> None:
    header = "Saving | Expocted gains | of which cashable | | of which cashable"
    found = found_under(header, "Buses | 84 | 42 | 40 | 20\nInk | 6 | 3 | 2 | 1\nTotal | 90 | 45 | 42 | 21")
    assert proofs(found) == ["reconciled"] * 4


def test_words_in_place_of_a_year_are_in_doubt_and_a_lost_year_is_not() -> None:
    made = with_columns(PLAN, *YEARS, rows=[{"level": "item", "needs": ["detail"]}], identities=[])
    assert [
        "ambiguous" in mark for mark in read(made, "Saving | 2007/08 | Forecast\nBuses | 84 | 42").marks["Buses"]
    ] == [
        False,
        True,
    ]
    for lost in ("", "Year 2", "£000"):
        found = read(made, f"Saving | 2007/08 | {lost}\nBuses | 84 | 42")
        assert "ambiguous" not in " ".join(found.marks["Buses"]), lost


def test_columns_that_changed_places_are_in_doubt_though_all_sums_hold() -> None:
    header = "| 2007/08 Achieved | | |\nSaving | Non cashable | Cashable | Total | Remarks"
    found = read(rule(BANDED), f"{header}\nBuses | 10 | 5 | 15 |\nTotal | 10 | 5 | 15 |")
    assert ambiguous(found) == [True, True, False]


def test_a_total_in_the_place_of_a_year_is_in_doubt() -> None:
    columns = [*YEARS, {"header": "Both years", "year": "2007/08-2008/09"}]
    made = with_columns(PLAN, *columns, rows=[{"level": "item", "needs": ["detail"]}], identities=[])
    found = read(made, "Saving | 2007/08 | Both years | 2008/09\nBuses | 10 | 15 | 5")
    assert ambiguous(found) == [True, True, True]


def test_a_column_that_the_rule_leaves_out_is_not_taken_for_another_in_silence() -> None:
    columns = [COLUMNS[0], {"header": "Budget", "ignore": "a budget"}, {"header": "Expected gain", "year": "2007/08"}]
    made = with_columns(PLAN, *columns, rows=[{"level": "item", "needs": ["detail"]}], identities=[])
    assert ambiguous(read(made, "Saving | Budget | Expected gain\nBuses | 900 | 15")) == [False]
    assert ambiguous(read(made, "Saving | Expected gain | Budget\nBuses | 15 | 900")) == [True]
