"""Real papers, against pdfplumber, which is slower and known to be right about ruled tables."""

from __future__ import annotations

import re
from pathlib import Path

import pdfplumber
import pytest

from extract import pdf
from extract.read import read_paper


def squeezed(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def test_kent_reads_as_pdfplumber_reads_it(shared: Path) -> None:
    path = shared / "papers" / "kent-2025-final.pdf"
    paper = read_paper(path)
    with pdfplumber.open(path) as document:
        for page, plumbed in zip(paper.pages, document.pages, strict=True):
            expected = [
                [[squeezed(cell) for cell in row if cell is not None] for row in table.extract()]
                for table in plumbed.find_tables()
            ]
            found = [[[squeezed(cell.text) for cell in row.cells] for row in table.rows] for table in page.tables]
            assert found == expected, f"page {page.number}"


def test_the_competition_papers_have_as_many_grids_as_pdfplumber_finds(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any of them yields to the alignment of its words."""
    monkeypatch.setattr(pdf, "without_coarse", lambda grids, *_: grids)
    differing: list[tuple[str, int]] = []
    for path in sorted((shared / "icdar2013").glob("*.pdf")):
        with pdfplumber.open(path) as document:
            differing += [
                (path.name, page.number)
                for page, plumbed in zip(read_paper(path).pages, document.pages, strict=True)
                # A page that is a picture is read from it, where pdfplumber sees no lines.
                if page.frame is None
                and sum(table.finder == "ruled" for table in page.tables) != len(plumbed.find_tables())
            ]
    # On these two pdfplumber takes the slanted lines of a chart for upright rules.
    assert differing == [("eu-016.pdf", 2), ("eu-019.pdf", 1)]


def test_kents_first_savings_row(shared: Path) -> None:
    page = read_paper(shared / "papers" / "kent-2025-final.pdf").pages[12]
    row = page.tables[0].rows[1]
    assert row.number == 2
    assert "-12,868.7" in [cell.text for cell in row.cells]
