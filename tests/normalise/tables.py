"""Tables for tests: rows of texts, and ruled tables whose words stand where the test says."""

from __future__ import annotations

from collections.abc import Sequence

from extract.paper import Box, Cell, PrintedTable, Row, Word
from normalise.grid import GridCell, GridRow

HEIGHT = 8.0


def grid_row(*texts: str, number: int = 1) -> GridRow:
    """A row of the full grid, a text for each column."""
    return GridRow(1, number, tuple(GridCell(text, text, column) for column, text in enumerate(texts)))


def grid(*rows: Sequence[str]) -> tuple[GridRow, ...]:
    """Rows of the full grid."""
    return tuple(grid_row(*texts, number=number) for number, texts in enumerate(rows, 1))


def word(text: str, x0: float, x1: float, line: int = 0) -> Word:
    """A word between two x coordinates, on a line of its cell."""
    top = line * (HEIGHT + 2)
    return Word(text, Box(x0, top, x1, top + HEIGHT))


def spanned(column: int, span: int, *words: Word) -> Cell:
    """A cell over several columns with its words."""
    return Cell(" ".join(w.text for w in words), column, span, None, words)


def ruled(edges: Sequence[float], *rows: Sequence[Cell], page: int = 1, number: int = 1) -> PrintedTable:
    """A table with ruled columns."""
    found = tuple(Row(n, tuple(cells)) for n, cells in enumerate(rows, 1))
    return PrintedTable(page, number, len(edges) - 1, found, "ruled", None, tuple(edges))


def tabbed(*rows: Sequence[str], page: int = 1, number: int = 1, first_row: int = 1) -> PrintedTable:
    """A table of a text report: a cell a column, no places."""
    found = (
        Row(n, tuple(Cell(text, column) for column, text in enumerate(texts)))
        for n, texts in enumerate(rows, first_row)
    )
    return PrintedTable(page, number, len(rows[0]), tuple(found), "tabs")
