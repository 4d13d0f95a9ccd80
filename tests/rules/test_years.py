"""The financial year of a figure: printed over its column or its band, counted from the first, or said by the rule."""

from __future__ import annotations

from typing import Any

import pytest

from rules.model import Rule
from rules.years import NoYear
from savings.schema import How
from tests.rules.made import BANDED, PLAN, read, rule, with_columns

DETAIL = {"header": "Saving", "field": "detail"}
ITEM = [{"level": "item", "needs": ["detail"]}]


def plan(*columns: dict[str, Any], **more: Any) -> Rule:
    return with_columns(PLAN, DETAIL, *columns, rows=ITEM, **{"identities": [], **more})


def years(made: Rule, text: str) -> list[str]:
    return [measured.split()[0] for _, measured, _ in read(made, text).figures]


YEARS = {"header": "{year}", "times": 2}
BAND = {"band": "Target", "year": "printed", "columns": [{"header": "Cash"}, {"header": "Total", "kind": "cashable"}]}

CASES: list[tuple[str, Rule, str, list[str]]] = [
    ("over each column", plan(YEARS), "Saving | 2007/08 | 2008/09\nBuses | 1 | 2", ["2007/08", "2008/09"]),
    ("in other forms", plan(YEARS), "Saving | 07-08 | 2008/2009\nBuses | 1 | 2", ["2007/08", "2008/09"]),
    ("one lost of two", plan(YEARS), "Saving | 2007/08 |\nBuses | 1 | 2", ["2007/08", "2008/09"]),
    ("the first lost", plan(YEARS), "Saving | | 2008/09\nBuses | 1 | 2", ["2007/08", "2008/09"]),
    (
        "in the band",
        plan(BAND),
        "| 2007/08 Target |\nSaving | Cash | Total\nBuses | 1 | 2",
        ["2007/08", "2007/08"],
    ),
    (
        "in the band, cut over its cells",
        plan(BAND),
        "| 20 | 007/08 Targ\nSaving | Cash | Total\nBuses | 1 | 2",
        ["2007/08", "2007/08"],
    ),
    (
        "base and base+1",
        plan({"header": "{year} plan", "year": "base"}, {"header": "Next", "year": "base+1"}),
        "Saving | 2011/12 plan | Next\nBuses | 1 | 2",
        ["2011/12", "2012/13"],
    ),
    ("said by the rule", plan({"header": "Plan"}, year="2009/10"), "Saving | Plan\nBuses | 1", ["2009/10"]),
    (
        "said by the column before the rule",
        plan({"header": "Plan"}, {"header": "Later", "year": "2012/13"}, year="2009/10"),
        "Saving | Plan | Later\nBuses | 1 | 2",
        ["2009/10", "2012/13"],
    ),
    (
        "a span",
        plan({"header": "Three years", "year": "2008/09-2010/11"}),
        "Saving | Three years\nBuses | 1",
        ["2008/09-2010/11"],
    ),
    (
        "a span over one column, beside its years",
        plan(YEARS, {"header": "Total {year} to {year}"}),
        "Saving | 2007/08 | 2008/09 | Total 2007/08 to 2008/09\nBuses | 1 | 2 | 3",
        ["2007/08", "2008/09", "2007/08-2008/09"],
    ),
    (
        "a span counted from the paper's first year",
        plan(YEARS, {"header": "Total", "year": "base-base+2"}),
        "Saving | 2007/08 | 2008/09 | Total\nBuses | 1 | 2 | 3",
        ["2007/08", "2008/09", "2007/08-2009/10"],
    ),
    (
        "two years over one column that are no span",
        plan({"header": "{year}"}),
        "Saving | 2007/08 and 2008/09\nBuses | 1",
        ["2007/08"],
    ),
    (
        "counted from the rule's",
        plan({"header": "Plan", "year": "base+1"}, year="1999/00"),
        "Saving | Plan\nBuses | 1",
        ["2000/01"],
    ),
]


@pytest.mark.parametrize(("made", "text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_where_a_year_comes_from(made: Rule, text: str, expected: list[str]) -> None:
    assert years(made, text) == expected


def test_base_is_the_first_year_that_the_paper_prints() -> None:
    columns: list[dict[str, Any]] = [
        {"header": "Variance", "measure": "variance", "year": "base"},
        {"band": "{year} target", "year": "base", "columns": [{"header": "Planned"}]},
        {"band": "{year} savings", "year": "printed", "columns": [{"header": "Planned"}]},
        {"header": "Later", "year": "base+2"},
    ]
    text = (
        "| | 2011-12 target | 2012-13 savings |\nSaving | Variance | Planned | Planned | Later\nBuses | 1 | 2 | 3 | 4"
    )
    assert years(plan(*columns, year="printed"), text) == ["2011/12", "2011/12", "2012/13", "2013/14"]


def test_a_page_whose_header_lost_the_year_has_that_of_the_other_pages() -> None:
    pages = [
        "| 2007/08 Achieved | | |\nSaving | Cashable | Non cashable | Total | Remarks\nBuses | 1 | 1 | 2 |",
        "| Achieved | | |\nSaving | Cashable | Non cashable | Total | Remarks\nInk | 3 | 1 | 4 |",
        "| 2O0 | 7/O8 | |\nSaving | Cashable | Non cashable | Total | Remarks\nPaper | 5 | 1 | 6 |",
    ]
    found = read(rule(BANDED), "\n====\n".join(pages))
    assert len(found.figures) == 9
    assert {measured.split()[0] for _, measured, _ in found.figures} == {"2007/08"}


def test_a_year_that_is_not_to_be_had_is_an_error_that_says_where() -> None:
    text = "| Achieved | | |\nSaving | Cashable | Non cashable | Total | Remarks\nBuses | 1 | 1 | 2 |"
    with pytest.raises(NoYear) as caught:
        read(rule(BANDED), text)
    assert str(caught.value) == ("table 'lines': no financial year is printed over 'Cashable', and the rule gives none")


def test_tables_of_two_years_keep_each_its_own() -> None:
    first = "| 2007/08 Achieved | | |\nSaving | Cashable | Non cashable | Total | Remarks\nBuses | 10 | 5 | 15 |"
    second = first.replace("2007/08", "2008/09").replace("Buses", "Ink")
    found = read(rule(BANDED), f"{first}\n====\n{second}")
    assert [(label, what.split()[0]) for label, what, _ in found.figures] == (
        [("Buses", "2007/08")] * 3 + [("Ink", "2008/09")] * 3
    )


def test_a_band_without_a_printed_year_is_inferred_from_the_others_and_in_doubt() -> None:
    bands: list[dict[str, Any]] = [
        {"band": name, "measure": name.lower(), "year": "printed", "columns": [{"header": "Total"}]}
        for name in ("Target", "Forecast")
    ]
    found = read(plan(*bands), "| 2007/08 Target | Forecast\nSaving | Total | Total\nBuses | 10 | 11")
    hows = [d.reading.how for d in found.outcome.decisions]
    assert hows == [How.PRINTED, How.INFERRED]
    assert ["ambiguous" in mark for mark in found.marks["Buses"]] == [False, True]


MADE = plan({"header": "{year}", "times": 3})


def year_marks(text: str) -> list[str]:
    found = read(MADE, text)
    return [f"{f.year} {d.proof}" for f, d in zip(found.mapped.problem.figures, found.outcome.decisions, strict=True)]


@pytest.mark.parametrize(
    ("header", "proof"),
    [
        ("2007/08 | 2008/09 | 2009/10", "unchecked"),
        ("2007/08 | | 2009/10", "unchecked"),
        ("2007/08 | 2008/99 | 2009/10", "ambiguous"),
        ("2007/08 | 2008/00 | 2009/10", "ambiguous"),
    ],
)
def test_years_that_are_counted_over_a_garbled_header_are_in_doubt(header: str, proof: str) -> None:
    assert [mark.split()[1] for mark in year_marks(f"Saving | {header}\nBuses | 12 | 24 | 36")] == [proof] * 3


def test_years_that_are_counted_on_one_page_and_printed_otherwise_on_others_are_in_doubt() -> None:
    whole = "Saving | 2007/08 | 2008/09 | 2009/10\nBuses | 12 | 24 | 36"
    pages = f"{whole}\n====\n{whole}\n====\nSaving | 2008/09 | £000 | 2010/11\nTrams | 13 | 25 | 37"
    assert year_marks(pages)[-3:] == ["2008/09 ambiguous", "2009/10 ambiguous", "2010/11 ambiguous"]
    # Pages may be of different years: what is printed holds.
    assert "ambiguous" not in " ".join(year_marks(pages.replace("£000", "2009/10")))
