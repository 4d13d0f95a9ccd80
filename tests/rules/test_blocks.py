"""Blocks whose name stands below their figures, or nowhere; pages that lost columns; pages upside down."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.block_names import block_code, block_codes
from rules.load import load_rule
from rules.model import Rule
from savings.aes import AES_BLOCKS, AES_NAMES
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


NAMES = [
    ("Adult Social Services", 1), ("1. Adult social care", 1), ("Aduit Sociai Services", 1), ("ADULT SERVICES", 1),
    ("Childrens services", 2), ("Children & Young People's Services", 2), ("Culture & Leisure", 3),
    ("Environmental services *", 4), ("Highways & Transport", 5), ("Local transport (highways)", 5),
    ("LA Social Housing", 6), ("Non-schools education", 7), ("Supp0rting People", 8), ("Homelesness", 9),
    ("10 Corporate Services", 10), ("Procurement (incl. energy)", 11), ("Productive T1me", 12),
    ("Transactions (cross-cutting)", 13), ("Miscellaneous efficiencies", 14), ("Block 13: Transactions", 13),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code"), NAMES)
def test_a_block_is_known_by_its_name_in_many_spellings(name: str, code: int) -> None:
    assert block_code(name) == code


def test_every_name_of_the_list_stands_for_its_own_block_alone() -> None:
    assert {name: block_codes(name) for name in AES_NAMES} == {name: (code,) for name, code in AES_NAMES.items()}
    assert set(AES_NAMES.values()) == set(AES_BLOCKS)


@pytest.mark.parametrize("name", ["", "Total", "Police", "Strategy", "Director of Finance", "12", "Housing benefit"])
def test_what_is_no_block_is_taken_for_none(name: str) -> None:
    assert block_codes(name) == ()


def test_a_name_between_two_blocks_is_not_guessed() -> None:
    assert block_code("Social services") is None
    assert set(block_codes("Social services")) >= {1, 2}
