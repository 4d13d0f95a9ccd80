"""Reads a text report: cells parted by tabs, or columns laid out by spaces; pages by form feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.paper import Cell, Page, PageStatus, Paper, PaperKind, PrintedTable, Row, TextLine
from extract.spaced import spaced

# Only these end a line in a file; str.splitlines would also split at marks that stand inside cells.
_LINE_END = re.compile(r"\r\n|\n|\r")

# A line of the file: its number from 1, and its text.
_Line = tuple[int, str]


def read_text(name: str, sha256: str, text: str) -> Paper:
    """The paper in the text of a file. Tables and lines carry the line number of the file; nothing has a box.

    A block with a tab in it is a table, "tabs", as wide as its longest row; a row has the cells that its line has. A
    block without a tab is lines of text. Where the file has no tab at all, columns are looked for among its spaces, and
    a table is "spaces". What follows the last form feed is a page only if something stands on it.
    """
    pages = list(_pages(text))
    if len(pages) > 1 and not any(line.strip() for _, line in pages[-1]):
        pages.pop()
    read = _page if "\t" in text else _spaced_page
    return Paper(name, sha256, PaperKind.TEXT, tuple(read(i, lines) for i, lines in enumerate(pages, start=1)))


def _pages(text: str) -> Iterator[list[_Line]]:
    page: list[_Line] = []
    for number, line in enumerate(_LINE_END.split(text), start=1):
        before, *after = line.split("\f")
        page.append((number, before))
        for part in after:
            yield page
            page = [(number, part)]
    yield page


def _spaced_page(number: int, lines: list[_Line]) -> Page:
    tables, loose = spaced(lines, number)
    status = PageStatus.OK if tables or loose else PageStatus.EMPTY
    return Page(number, tables, loose, status=status)


def _page(number: int, lines: list[_Line]) -> Page:
    tables: list[PrintedTable] = []
    loose: list[TextLine] = []
    for block in _blocks(lines):
        if any("\t" in line for _, line in block):
            tables.append(_table(block, number, len(tables) + 1))
        else:
            loose += [TextLine(number, at, line.rstrip()) for at, line in block]
    status = PageStatus.OK if tables or loose else PageStatus.EMPTY
    return Page(number, tuple(tables), tuple(loose), status=status)


def _blocks(lines: list[_Line]) -> Iterator[list[_Line]]:
    """Runs of lines between blank ones. A line of tabs alone is blank: it prints nothing."""
    block: list[_Line] = []
    for number, line in lines:
        if line.strip():
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _table(block: list[_Line], page: int, number: int) -> PrintedTable:
    rows = tuple(_row(at, line) for at, line in block)
    return PrintedTable(page, number, max(len(row.cells) for row in rows), rows, "tabs")


def _row(number: int, line: str) -> Row:
    return Row(number, tuple(Cell(text.rstrip(), column) for column, text in enumerate(line.split("\t"))))
