"""Blocks whose name stands below their figures, or nowhere; pages that lost columns; pages upside down."""

from __future__ import annotations

from pathlib import Path

from rules.load import load_rule
from rules.model import Rule
from savings.schema import Level
from tests.rules.made import Found, read

FORM = Path(__file__).parents[2] / "rules/herefordshire/aes-forward-look.yml"
HEADER = "| efficiency gains (£) | related to capital | of which related to other spend (£) | of which cashable (£)"


def form() -> Rule:
    """The government's forward look, of 2007/08."""
    return load_rule(FORM).rule.model_copy(update={"year": "2007/08"})


def blocks(found: Found) -> list[tuple[int | None, str, int]]:
    """Code, kind and thousands of each figure of a block."""
    problem = found.mapped.problem
    codes = {c.line: c.reading.code for c in found.outcome.codes}
    return [
        (codes.get(f.line), f.kind, int(d.reading.value) // 1000)
        for f, d in zip(problem.figures, found.outcome.decisions, strict=True)
        if d.reading.value is not None and problem.lines[f.line].level is Level.BLOCK
    ]


FIRST = [HEADER, "| 7,000 | 0 | 0 | 5,000", "Adult Social Services | Strategy: care at home | | |"]
TOTAL = "Total | 12,000 | 0 | 0 | 8,000"


def test_a_name_below_its_figures_and_one_that_the_order_leaves() -> None:
    third = ["| 3,000 | 0 | 0 | 1,000", "Culture and Sport | Strategy: all budgets | | |"]
    found = read(form(), "\n".join([*FIRST, "| 2,000 | 0 | 0 | 2,000", "| Strategy: schools | | |", *third, TOTAL]))
    assert [b for b in blocks(found) if b[1] == "total"] == [(1, "total", 7), (2, "total", 2), (3, "total", 3)]


def test_the_sums_say_which_columns_a_page_has_kept() -> None:
    second = ["| 5,000 | 3,000 | |", "Culture and Sport | Strategy: all budgets | | |"]
    found = read(form(), "\n".join([*FIRST, "====", *second, "====", TOTAL]))
    assert [b for b in blocks(found) if b[0] == 3] == [(3, "total", 5), (3, "cashable", 3)]


def test_rows_of_a_page_that_was_scanned_upside_down_belong_to_the_names_above_them() -> None:
    last = [TOTAL, "Miscellaneous efficiencies | Key actions | | |", "| 4,000 | 0 | 0 | 2,000",
            "Transactions | Key actions | | |", "| 1,000 | 0 | 0 | 1,000"]  # fmt: skip
    found = read(form(), "\n".join([*FIRST, "====", *last]))
    assert [b for b in blocks(found) if b[1] == "total"] == [(1, "total", 7), (14, "total", 4), (13, "total", 1)]
