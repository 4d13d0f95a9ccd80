"""A table as printed as a full grid: one cell per column, spanning cells shared out by where their words stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.paper import Box, Cell, PrintedTable, Witness, Word
from normalise.heard import of_part
from normalise.marks import one_line
from normalise.numbers import is_amount
from normalise.years import read_years

# A gap between words of at least this part of their height, with a column edge in it, parts two cells. The space
# between words of one text is about a quarter of their height.
CELL_GAP = 0.5


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of the full grid. `raw` is the text as printed, `text` the same cleaned and on one line.

    `witnesses` are those of a scan, as in `extract.paper.Cell`.
    """

    raw: str
    text: str
    column: int
    box: Box | None = None
    witnesses: tuple[Witness, ...] = ()
    red: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of the full grid, a cell for each column; `number` as in `extract.paper.Row`."""

    page: int
    number: int
    cells: tuple[GridCell, ...]
    box: Box | None = None

    @property
    def filled(self) -> tuple[GridCell, ...]:
        """The cells that hold text, left to right."""
        return tuple(c for c in self.cells if c.text)


def full_grid(table: PrintedTable) -> tuple[GridRow, ...]:
    """The rows of a table, each with one cell per grid column."""
    # The words of a text report stand in characters, which are no place on a page.
    placed = table.finder != "spaces"
    return tuple(
        GridRow(table.page, row.number, _fill(row.cells, table.width, table.edges, placed), row.box)
        for row in table.rows
    )


def _fill(cells: Sequence[Cell], width: int, edges: Sequence[float], placed: bool) -> tuple[GridCell, ...]:
    found = {c.column: c for cell in cells for c in _shares(cell, edges, placed)}
    return tuple(found.get(i) or GridCell("", "", i) for i in range(width))


def _shares(cell: Cell, edges: Sequence[float], placed: bool) -> Iterator[GridCell]:
    if cell.span == 1 or not cell.words or len(edges) <= cell.column + cell.span:
        yield GridCell(cell.text, one_line(cell.text), cell.column, cell.box, cell.witnesses, cell.red)
        return
    inner = edges[cell.column : cell.column + cell.span + 1]
    shares: dict[int, list[list[Word]]] = {}
    for run in _runs(cell.words, inner[1:-1]):
        shares.setdefault(cell.column + _column(run, inner), []).append(run)
    for column, runs in sorted(shares.items()):
        raw = "\n".join(" ".join(word.text for word in run) for run in runs)
        box = _around([word.box for run in runs for word in run]) if placed else None
        yield GridCell(raw, one_line(raw), column, box, of_part(cell.text, raw, cell.witnesses), cell.red)


def _runs(words: Sequence[Word], edges: Sequence[float]) -> Iterator[list[Word]]:
    """Words of one line that belong to one cell: parted where a column edge stands in a gap too wide for a space."""
    run: list[Word] = []
    for word in words:
        if run and _parts(run[-1], word, edges):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _parts(left: Word, right: Word, edges: Sequence[float]) -> bool:
    if right.box.x0 < left.box.x0 or right.box.top > left.box.bottom:
        return True
    if not any(left.box.x1 - 0.5 <= edge <= right.box.x0 + 0.5 for edge in edges):
        return False
    height = left.box.bottom - left.box.top
    wide = right.box.x0 - left.box.x1 > CELL_GAP * height
    return wide or _stands_alone(left.text) or _stands_alone(right.text)


def _stands_alone(text: str) -> bool:
    """Amounts and years fill a cell of their own; a dash may be part of a text."""
    return any(c.isdigit() for c in text) and (is_amount(text) or bool(read_years(text)))


def _column(run: Sequence[Word], edges: Sequence[float]) -> int:
    """The column that most of a run stands in; of a text that runs over several, the first."""
    if len(run) > 1:
        return _overlapping(run[0].box, edges)
    return _overlapping(_around([word.box for word in run]), edges)


def _overlapping(box: Box, edges: Sequence[float]) -> int:
    overlaps = [min(box.x1, right) - max(box.x0, left) for left, right in pairwise(edges)]
    return max(range(len(overlaps)), key=overlaps.__getitem__)


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(b.x0 for b in boxes), min(b.top for b in boxes), max(b.x1 for b in boxes), max(b.bottom for b in boxes)
    )
