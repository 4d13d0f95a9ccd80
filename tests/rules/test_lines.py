"""Rows into lines: texts into fields, cells into figures, and no cell left out in silence."""

from __future__ import annotations

from typing import Any

import pytest

from rules.model import Rule
from tests.rules.made import PLAN, read, rule, with_columns

DETAIL = {"header": "Saving", "field": "detail"}
SERVICE = {"header": "Service", "field": "service"}
AMOUNT = {"header": "Target", "year": "2007/08"}
ITEM = {"level": "item", "needs": ["detail"]}


def plan(*columns: dict[str, Any], rows: list[dict[str, Any]] | None = None, **more: Any) -> Rule:
    """A rule of one table whose columns and rows a test makes itself."""
    return with_columns(PLAN, *columns, rows=rows or [ITEM], **{"identities": [], **more})


def test_a_heading_sets_a_field_of_the_rows_below_it() -> None:
    heading = {"level": "heading", "when": {"text": "(?P<service>.+):"}, "sets": "service"}
    made = plan(DETAIL, AMOUNT, {"header": "Later", "year": "2008/09"}, rows=[heading, ITEM])
    text = """
        Saving     | Target | Later
        Transport: |        |
        Buses      | 10     | 11
        Parking    | 20     |
        Finance:   |        |
        Paper      | 30     | 31
        """
    found = read(made, text)
    assert list(zip(found.texts("service"), found.texts("detail"), strict=True)) == [
        ("Transport", "Buses"),
        ("Transport", "Parking"),
        ("Finance", "Paper"),
    ]
    assert found.flags == []


def test_a_heading_holds_over_a_page_break_until_the_next() -> None:
    heading = {"level": "heading", "when": {"text": ".+:"}, "sets": "service"}
    made = plan(DETAIL, AMOUNT, {"header": "Later", "year": "2008/09"}, rows=[heading, ITEM])
    found = read(made, "Saving | Target | Later\nTransport: | |\nBuses | 10 | 11\n====\nParking | 20 | 21")
    assert found.texts("service") == ["Transport:", "Transport:"]


def test_a_row_inherits_fields_of_the_line_before() -> None:
    whole = {"level": "item", "when": {"service": r"(?P<reference>[A-Z]\d) (?P<detail>.+)"}}
    council = {"level": "item", "when": {"service": "(?P<partner>East|West)"}, "inherits": ["reference", "detail"]}
    text = """
        Service  | Target
        A1 Farms | 5
        East     | 10
        West     | 20
        B2 Fire  | 30
        """
    found = read(plan(SERVICE, AMOUNT, rows=[council, whole]), text)
    assert found.texts("detail") == ["Farms", "Farms", "Farms", "Fire"]
    assert found.texts("reference") == ["A1", "A1", "A1", "B2"]
    assert found.texts("partner") == ["", "East", "West", ""]


def test_fields_are_set_from_other_fields_and_the_rows_label() -> None:
    total = {"level": "total", "when": {"text": "(?P<partner>East|West) total"}, "set": {"comment": "sum of {partner}"}}
    found = read(plan(DETAIL, AMOUNT, rows=[total, ITEM]), "Saving | Target\nBuses | 1\nEast total | 1")
    assert found.texts("comment") == ["", "sum of East"]
    assert found.levels == [("item", "Buses"), ("total", "East total")]


def test_a_damaged_text_is_looked_up_and_the_change_is_on_record() -> None:
    council = {"level": "item", "when": {"detail": r"(?P<partner>C\w+)"}}
    meanings = {"partner": {"CvvaC": {"is": "CWaC", "why": "two v for a W", "evidence": "the map"}}}
    made = plan(DETAIL, AMOUNT, rows=[council], lookups=meanings)
    found = read(made, "Saving | Target\nCEC | 1\nCvvaC | 2\nCWaC | 3")
    assert found.texts("partner") == ["CEC", "CWaC", "CWaC"]
    (mending,) = found.mapped.mendings
    assert (mending.place.row, mending.raw, mending.taken, mending.reason) == (3, "CvvaC", "CWaC", "two v for a W")


def test_words_that_the_rule_says_are_no_figure_are_ignored_and_others_flagged() -> None:
    made = plan(DETAIL, AMOUNT, no_figures=[{"pattern": "Under discussion.*", "why": "not settled"}])
    text = """
        Saving   | Target
        Buses    | 10
        Lighting | Under discussion with clients
        Paper    | tbc
        Ink      | lots
        Postage  |
        """
    found = read(made, text)
    assert found.values == {"Buses": [10_000]}
    assert found.flags == [(5, "lots")]
    # Two cells of header, and the two that say that there is no figure.
    assert found.mapped.accounting.ignored == 4


def test_a_nil_is_a_figure_and_an_empty_cell_is_none() -> None:
    found = read(plan(DETAIL, AMOUNT), "Saving | Target\nBuses | 10\nLighting | -\nPaper | Nil\nInk |")
    assert found.values == {"Buses": [10_000], "Lighting": [0], "Paper": [0]}
    assert [mark.split()[0] for marks in found.marks.values() for mark in marks] == ["printed", "nil", "nil"]


def test_a_row_of_no_sort_is_flagged_whole_and_gives_no_figure() -> None:
    made = plan({"header": "Ref", "field": "reference"}, DETAIL, AMOUNT, rows=[{**ITEM, "when": {"reference": r"R\d"}}])
    found = read(made, "Ref | Saving | Target\nR1 | Buses | 10\nX | Ink | 5")
    assert found.values == {"Buses": [10_000]}
    assert found.flags == [(3, "X"), (3, "Ink"), (3, "5")]


def test_notes_and_ignored_columns_are_ignored_by_name() -> None:
    note = {"level": "note", "when": {"text": "Figures are .*"}, "why": "a footnote"}
    made = plan(DETAIL, {"header": "Officer", "ignore": "a person"}, AMOUNT, rows=[note, ITEM])
    found = read(made, "Saving | Officer | Target\nBuses | J Smith | 10\nFigures are net | |")
    assert found.values == {"Buses": [10_000]}
    accounting = found.mapped.accounting
    assert (accounting.mapped, accounting.ignored, accounting.flagged) == (2, 3 + 1 + 1, 0)


SORTS = [
    (r"Total .*", "total"),
    (r"total .*", "total"),
    (r"Total", "item"),
    (r".*services", "total"),
    (r"all services", "item"),
]


@pytest.mark.parametrize(("pattern", "level"), SORTS)
def test_a_pattern_must_match_the_whole_text_whatever_its_case(pattern: str, level: str) -> None:
    found = read(
        plan(DETAIL, AMOUNT, rows=[{"level": "total", "when": {"text": pattern}}, ITEM]),
        "Saving | Target\nTotal of all services | 10",
    )
    assert [line for line, _ in found.levels] == [level]


MARKS = [
    ("G", "green"),
    ("amber", "amber"),
    ("R", "red"),
    ("↑", "up"),
    ("↔", "same"),
    ("▼", "down"),
    ("?", ""),
    ("", ""),
]


@pytest.mark.parametrize(("mark", "progress"), MARKS)
def test_marks_of_progress(mark: str, progress: str) -> None:
    made = plan(DETAIL, AMOUNT, {"header": "RAG", "field": "progress"})
    found = read(made, f"Saving | Target | RAG\nBuses | 10 | {mark}")
    assert [line.progress for line in found.mapped.problem.lines] == [progress]


@pytest.mark.parametrize(
    ("word", "recurrence"),
    [
        ("One-off", "one_off"),
        ("Non recurring", "one_off"),
        ("Time-limited", "one_off"),
        ("Recurring", "ongoing"),
        ("On-going", "ongoing"),
        ("Base", "ongoing"),
        ("Both", ""),
        ("", ""),
    ],
)
def test_words_for_how_often_a_saving_comes_back(word: str, recurrence: str) -> None:
    made = plan(DETAIL, AMOUNT, {"header": "One-off or recurring", "field": "recurrence"})
    found = read(made, f"Saving | Target | One-off or recurring\nBuses | 10 | {word}")
    assert [line.recurrence for line in found.mapped.problem.lines] == [recurrence]


def test_lines_and_figures_know_their_row_and_column_in_the_file() -> None:
    found = read(plan(DETAIL, AMOUNT), "A plan\n\nSaving | Target\nBuses | 10\n====\nLighting | 20")
    assert [(line.place.page, line.place.row) for line in found.mapped.problem.lines] == [(1, 4), (2, 5)]
    assert [(f.place.row, f.place.column, f.raw) for f in found.mapped.problem.figures] == [(4, 1, "10"), (5, 1, "20")]


CODES = """
    authority: {name: Made-up Council}
    layout: coded
    match: {all: [AES]}
    codes: aes
    tables:
      lines:
        columns:
          - {header: AES, field: aes_code}
          - {header: Saving, field: detail}
          - {header: Target, year: 2007/08}
        rows: [{level: item, needs: [detail]}]
    """


@pytest.mark.parametrize(
    ("printed", "readings"),
    [
        ("7", ["7 printed"]),
        ("07", ["7 printed"]),
        ("1 1", ["1 repaired", "11 repaired"]),
        ("l1", ["11 repaired"]),
        ("15", []),
        ("", ["None printed"] + [f"{code} inferred" for code in range(1, 15)]),
    ],
)
def test_readings_of_a_code(printed: str, readings: list[str]) -> None:
    found = read(rule(CODES), f"AES | Saving | Target\n3 | Buses | 10\n{printed} | Ink | 5")
    assert [f"{c.code} {c.how}" for c in found.mapped.problem.lines[1].codes] == readings


def test_an_amount_beside_a_heading_is_not_left_out_in_silence() -> None:
    heading = {"level": "heading", "when": {"text": "TRANSPORT"}, "sets": "service"}
    found = read(plan(DETAIL, AMOUNT, rows=[heading, ITEM]), "Saving | Target\nTRANSPORT | 500\nBuses | 10")
    assert found.flags == [(2, "500")]


def test_the_label_of_a_total_holds_nothing_of_the_columns_that_are_ignored() -> None:
    baseline = {"header": "Baseline", "ignore": "spending is no saving"}
    total = {"level": "total", "when": {"text": "All"}}
    text = "Saving | Baseline | Target\nBuses | 412.6 | 10\nAll | 412.6 | 10"
    found = read(plan(DETAIL, baseline, AMOUNT, rows=[total, ITEM]), text)
    assert [(line.level, line.fields["detail"]) for line in found.mapped.problem.lines][1] == ("total", "All")


def test_a_code_column_needs_to_be_told_what_codes_it_holds() -> None:
    with pytest.raises(ValueError, match="codes"):
        plan({"header": "AES", "field": "aes_code"}, DETAIL, AMOUNT)
