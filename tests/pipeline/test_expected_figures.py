"""How many figures a rule expects: fewer are an error, more a warning, none an error unless the rule says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.read import read_to_rows
from pipeline.records import PaperRow
from pipeline.status import Status
from tests.rules.made import PLAN, named, rule

TWO = "Reference\tSaving\t2024/25\nA1\tBuses\t10\nA2\tBins\t5\n"
NONE = "Reference\tSaving\t2024/25\nA1\tBuses\ttbc\n"

CASES = [
    (TWO, {"fewest": 2, "most": 2}, Status.OK, "", ""),
    (TWO, {"fewest": 3}, Status.PARTIAL, "2 figures were found, and the rule expects 3 at least", ""),
    (TWO, {"most": 1}, Status.OK, "", "2 figures were found, and the rule expects 1 at most"),
    (NONE, {}, Status.NO_FIGURES, "", ""),
    (NONE, {"fewest": 5}, Status.NO_FIGURES, "0 figures were found, and the rule expects 5 at least", ""),
    (NONE, {"fewest": 0}, Status.OK, "", ""),
]


@pytest.mark.parametrize(("text", "expected", "status", "error", "warning"), CASES)
def test_what_is_said_of_a_paper(
    tmp_path: Path, text: str, expected: dict[str, Any], status: Status, error: str, warning: str
) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text(text)
    row = read_to_rows(paper, [named("made-up/plan", rule(PLAN, expected=expected))]).paper
    assert row.status is status
    assert (row.error.startswith(error), row.warnings.startswith(warning)) == (True, True)
    assert (bool(row.error), bool(row.warnings)) == (bool(error), bool(warning))


def test_a_lookup_that_finds_nothing_is_reported(tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text(TWO)
    meaning = {"is": "Buses", "why": "a slip", "evidence": "the page before"}
    lookups = {"detail": {"Busses": meaning, "Bins": {**meaning, "is": "Waste"}}}
    result = read_to_rows(paper, [named("made-up/plan", rule(PLAN, lookups=lookups))])
    assert [figure.detail for figure in result.figures] == ["Buses", "Waste"]
    assert result.paper.warnings.startswith("the lookup of 'Busses' in detail found nothing")
    assert "'Bins'" not in result.paper.warnings
    (repair,) = [r for r in result.repairs if r.what == "cell"]
    assert (repair.raw, repair.taken, repair.evidence) == ("Bins", "Waste", "lookup of the rule: the page before")


LOST = "Reference\tSaving\t2024/25\t2025/26\tForecast\nA1\tBuses\t10\t8\t7\nA2\tBins\t5\t5\t4\n"
PROSE = "Reference\tSaving\t2024/25\t2025/26\tLead\nA1\tBuses\t10\t8\tMs Roe\nA2\tBins\t5\t5\tMr Doe\n"
BESIDE = f"{TWO}\n\n\nHealth\nReserve\tOpening\tSpent\tReceived\tClosing\nGeneral\t120\t40\t10\t90\n"


@pytest.fixture
def row_of(tmp_path: Path) -> Callable[[str], PaperRow]:
    """A function that reads a text report by a rule of two years, and gives its row of papers.csv."""

    def read(text: str) -> PaperRow:
        (tmp_path / "paper.txt").write_text(text)
        return read_to_rows(tmp_path / "paper.txt", [named("made-up/plan", rule(PLAN))]).paper

    return read


def test_a_paper_whose_amounts_have_no_place_in_its_rule_is_not_wholly_read(row_of: Callable[[str], PaperRow]) -> None:
    row = row_of(LOST)
    assert (row.status, row.figures) == (Status.PARTIAL, 4)
    assert row.error.startswith("2 cells with amounts have no place in the rule, first '7' on page 1 row 2")


def test_texts_without_a_place_are_flagged_and_no_more(row_of: Callable[[str], PaperRow]) -> None:
    row = row_of(PROSE)
    assert (row.status, row.error, row.flagged) == (Status.OK, "", 2)


def test_amounts_in_a_table_that_is_none_of_the_rules_are_worth_a_look(row_of: Callable[[str], PaperRow]) -> None:
    row = row_of(BESIDE)
    assert (row.status, row.error) == (Status.OK, "")
    assert row.warnings.startswith("page 1: 4 amounts in tables that the rule does not claim")
