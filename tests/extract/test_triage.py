"""Pages that can hold no figure are not laid out when only figures are wanted, and it is said of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from extract.limits import Limits
from extract.paper import Page, PageStatus
from extract.read import read_paper
from extract.triage import may_hold_amounts
from pipeline.read import read_to_rows
from tests.extract.test_aligned import SAVINGS, rows

Drawer = Callable[..., Path]

FIGURES = Limits(amounts_only=True)
PROSE = (
    "Minutes of the Efficiency Committee",
    "12 March 2009 at 10.30 am",
    "See paragraph 3.2 and the plan for 2008/09.",
)

NO_AMOUNTS = [
    "The plan for 2007/08 was approved on 12 March 2009 and again on 1st April.",
    "Efficiency Plan\nas set out in paragraphs 3.1 to 3.4, Appendix 2 and page 3 of 12\n17",
    "4.2 The committee is asked to note the progress that directorates have made.",
    "Dates are 31/03/2009 and March 31, 2009; the budget is that of 2025-2028.",
]
AMOUNTS = [
    "Savings of £1m were made.",
    "A half of 5% is cashable.",
    "Transport 75",
    "38 Procurement",
    "1.5 Transport of pupils",
    "Transport\n2,009\nHighways",
    "Transport - - Nil",
    "Highways\n-\n",
    "Net saving: none",
    "1,250 2,009",
    "£2009",
    "Total\n12\nCarried forward",
]


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_the_numbers_of_prose_are_no_amounts(text: str) -> None:
    assert not may_hold_amounts(text)


@pytest.mark.parametrize("text", AMOUNTS)
def test_what_may_be_an_amount_counts_as_one(text: str) -> None:
    assert may_hold_amounts(text)


def prose(canvas: Canvas) -> None:
    for i, line in enumerate(PROSE):
        canvas.drawString(50, 350 - 15 * i, line)


def ruled(canvas: Canvas) -> None:
    prose(canvas)
    canvas.grid([50, 200, 350], [200, 220, 240])


def figures(canvas: Canvas) -> None:
    rows(canvas, SAVINGS)


def pages_of(path: Path, limits: Limits) -> tuple[Page, ...]:
    return read_paper(path, limits).pages


def test_prose_keeps_its_text_and_tables_are_laid_out(drawn: Drawer) -> None:
    path = drawn(prose, ruled, figures)
    skipped, grid, table = pages_of(path, FIGURES)
    assert (skipped.status, grid.status, table.status) == (PageStatus.SKIPPED, PageStatus.OK, PageStatus.OK)
    assert tuple(line.text for line in skipped.lines) == PROSE
    assert skipped.problem == "no amount and no ruling lines: only its text was taken"
    assert [len(page.tables) for page in (skipped, grid, table)] == [0, 0, 1]
    assert {page.status for page in pages_of(path, Limits())} == {PageStatus.OK}
    assert pages_of(path, Limits())[0].text == skipped.text


def test_a_paper_says_which_pages_were_not_laid_out(drawn: Drawer) -> None:
    row = read_to_rows(drawn(prose, prose, figures, prose), ()).paper
    assert (row.pages, row.pages_read) == (4, 4)
    assert row.warnings == "pages without an amount or ruling lines, of which only the text was taken: 1-2, 4"


def test_no_table_of_a_real_paper_is_on_a_page_that_is_not_laid_out(shared: Path) -> None:
    for path in [*sorted((shared / "icdar2013").glob("*.pdf")), *sorted((shared / "papers").glob("*.pdf"))]:
        skipped = [page.number for page in pages_of(path, FIGURES) if page.status is PageStatus.SKIPPED]
        if skipped:
            assert not [table for table in read_paper(path).tables if table.page in skipped], path.name
