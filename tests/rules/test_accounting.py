"""Cells in = mapped + ignored by name + flagged, cell by cell, whatever damage was done to a paper's tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extract.paper import Cell, Page, Paper, PrintedTable, Row
from extract.read import read_paper
from normalise.grid import full_grid
from rules.accounting import Accounting, AccountingError, Fate
from rules.apply import map_paper
from rules.load import RuleFile, load_rules
from rules.years import NoYear
from tests.rules.made import paper

CORPUS = Path(__file__).parents[2] / "corpus"
# One of each sort: ruled and not, over pages, with prose, blocks by name, a standard form with columns it leaves out.
PAPERS = (
    "cheshire/shared-services-2011-12",
    "herefordshire/aes-forward-look-2007-08",
    "kent/budget-2026-29",
    "staffordshire/improvement-plan-2006-07",
    "eastmarsh/mtfs-savings-2025-27",
    "penmarrow/aes-backward-look-2004-05",
    "marlinspike/ni179-return-2009-10",
)
Damage = Callable[[list[Row], int], list[Row]]


@cache
def read(name: str) -> Paper:
    return read_paper(CORPUS / name / f"{name.replace('/', '-')}.pdf")


@cache
def rules() -> tuple[RuleFile, ...]:
    return load_rules()


def with_text(cell: Cell, text: str) -> Cell:
    return replace(cell, text=text, words=())


def emptied(rows: list[Row], at: int) -> list[Row]:
    row = rows[at % len(rows)]
    cells = tuple(with_text(c, "") if (k + at) % 3 == 0 else c for k, c in enumerate(row.cells))
    return [replace(row, cells=cells) if r is row else r for r in rows]


def garbled(rows: list[Row], at: int) -> list[Row]:
    row = rows[at % len(rows)]
    cells = tuple(with_text(c, c.text[::-1] or "x 1,2") for c in row.cells)
    return [replace(row, cells=cells) if r is row else r for r in rows]


def lost(rows: list[Row], at: int) -> list[Row]:
    return [row for k, row in enumerate(rows) if k != at % len(rows)] or rows


def beheaded(rows: list[Row], at: int) -> list[Row]:
    return rows[1 + at % 3 :] or rows


def shifted(rows: list[Row], at: int) -> list[Row]:
    row = rows[at % len(rows)]
    texts = [c.text for c in row.cells]
    cells = tuple(with_text(c, t) for c, t in zip(row.cells, [*texts[1:], *texts[:1]], strict=True))
    return [replace(row, cells=cells) if r is row else r for r in rows]


def run_together(rows: list[Row], at: int) -> list[Row]:
    row = rows[at % len(rows)]
    texts = [" ".join(c.text for c in row.cells), *("" for _ in row.cells[1:])]
    cells = tuple(with_text(c, t) for c, t in zip(row.cells, texts, strict=True))
    return [replace(row, cells=cells) if r is row else r for r in rows]


DAMAGE: Sequence[Damage] = (emptied, garbled, lost, beheaded, shifted, run_together)


def damaged(one: Paper, slips: Sequence[tuple[int, Damage, int]]) -> Paper:
    """A paper with some of its tables damaged: each slip is a table, what is done to it, and where."""
    tables = list(one.tables)
    for number, damage, at in slips:
        table = tables[number % len(tables)]
        if table.rows:
            tables[number % len(tables)] = replace(table, rows=tuple(damage(list(table.rows), at)))
    left = iter(tables)
    return replace(one, pages=tuple(with_tables(page, [next(left) for _ in page.tables]) for page in one.pages))


def with_tables(page: Page, tables: Sequence[PrintedTable]) -> Page:
    return replace(page, tables=tuple(tables))


SLIPS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(DAMAGE), st.integers(0, 40)), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None)
@example(PAPERS[0], [(0, emptied, 0), (0, garbled, 1), (1, garbled, 0)])
@given(name=st.sampled_from(PAPERS), slips=SLIPS)
def test_no_cell_of_a_damaged_paper_is_lost_or_counted_twice(name: str, slips: list[tuple[int, Damage, int]]) -> None:
    one = damaged(read(name), slips)
    try:
        mapped, _, _ = map_paper(rules(), one)
    except NoYear:
        # The damage took the paper's year, and the paper fails for it: nothing is read, and nothing lost in silence.
        return
    mapped.accounting.check(one)
    cells = sum(len(row.filled) for table in one.tables for row in full_grid(table))
    accounting = mapped.accounting
    between = sum(key[2] < 0 for key in accounting.fates)
    assert accounting.mapped + accounting.ignored + accounting.flagged == cells + between
    assert len(accounting.flags) == accounting.flagged


TABLE = "Saving | Target\nBuses | 10"


def test_a_cell_that_is_lost_is_named() -> None:
    accounting = Accounting()
    for row in (1, 2):
        accounting.put((1, row, 0), Fate.MAPPED)
    with pytest.raises(AccountingError, match=r"2 are neither mapped .* the first on page 1, row 1, column 2"):
        accounting.check(paper(TABLE))


def test_a_cell_that_is_counted_twice_is_named() -> None:
    accounting = Accounting()
    for key in ((1, 1, 0), (1, 1, 1), (1, 2, 0), (1, 2, 1), (1, 2, 1)):
        accounting.put(key, Fate.MAPPED)
    with pytest.raises(AccountingError, match=r"1 are counted twice .* row 2, column 2"):
        accounting.check(paper(TABLE))
