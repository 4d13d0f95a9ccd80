"""A case as a text report: cells parted by tabs, blocks by blank lines, pages by form feeds.

Papers reach a collection as PDFs and as dumps of their text. The same paper must yield the same figures either way, so
that each case is tried in both forms; the text is made when it is wanted, and not kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus.case import Case, Grid, Page, Row, Text, place


def text_form(case: Case) -> str:
    """Write a case as a text report. A cell over several columns or rows stands in the first of them."""
    return "\f".join("\n\n".join(_blocks(case, page)) + "\n" for page in case.pages)


def _blocks(case: Case, page: Page) -> Iterator[str]:
    for block in page.content:
        if isinstance(block, Text):
            yield _one_line(block.text)
        elif isinstance(block, Grid):
            rows = (*(case.heads[block.head] if block.head else ()), *block.rows)
            yield _table(rows, len(case.tables[block.table].columns))


def _table(rows: tuple[Row, ...], width: int) -> str:
    cells = [[""] * width for _ in rows]
    for row, column, cell in place(rows):
        cells[row][column] = _one_line(cell.text)
    return "\n".join("\t".join(row) for row in cells)


def _one_line(text: str) -> str:
    return " ".join(text.split())
