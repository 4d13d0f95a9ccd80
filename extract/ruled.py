"""Ruled tables: from the segments a page draws to a grid and what stands in its boxes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby

import numpy as np

from extract.crossings import Bounds, boxes_of
from extract.glyphs import Floats, Glyphs, Ints
from extract.limits import Limits
from extract.paper import Box, Cell, PrintedTable, Row, Word, Words
from extract.pdfium import Segments
from extract.words import Layout, box_around, layout

# How far a rule may lean, as a part of its length, and how short is too short to be one, in points.
_LEAN = 0.05
_SHORTEST = 1.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The boxes of one table, and which of them covers each slot between two column and two row edges.

    `slots[row][column]` is an index into `cells`, or -1 where the table has a hole.
    """

    cells: tuple[Bounds, ...]
    columns: tuple[float, ...]
    rows: tuple[float, ...]
    slots: list[list[int]] = field(repr=False)

    def cells_at(self, x: Floats, y: Floats) -> Ints:
        """The index of the cell around each of some points, or -1."""
        slots = np.pad(np.array(self.slots), 1, constant_values=-1)
        return slots[np.searchsorted(self.rows, y, side="right"), np.searchsorted(self.columns, x, side="right")]

    @property
    def area(self) -> float:
        """The area of the box around it all, in square points."""
        return (self.columns[-1] - self.columns[0]) * (self.rows[-1] - self.rows[0])


# --- finding grids ---------------------------------------------------------------------------------------------------


def grids_of(segments: Segments, limits: Limits) -> list[Grid]:
    """The grids that a page's segments draw, from top to bottom. A lone box is no grid. Raises TooLarge."""
    return [_grid(boxes) for boxes in boxes_of(*rules_of(segments), limits)]


def rules_of(segments: Segments) -> tuple[Floats, Floats]:
    """The segments that neither lean nor are too short, level ones (y, x0, x1) and upright ones (x, top, bottom).

    What is not a number compares false.
    """
    x0, x1 = np.sort(segments[:, [0, 2]]).T
    top, bottom = np.sort(segments[:, [1, 3]]).T
    width, height = x1 - x0, bottom - top
    level = (width >= _SHORTEST) & (height <= _LEAN * width) & (height < _SHORTEST)
    upright = (height >= _SHORTEST) & (width <= _LEAN * height) & (width < _SHORTEST)
    levels = np.stack([(top + bottom) / 2, x0, x1], axis=1)[level]
    return levels, np.stack([(x0 + x1) / 2, top, bottom], axis=1)[upright]


def _grid(cells: list[Bounds]) -> Grid:
    cells = sorted(cells, key=lambda c: (c.top, c.x0))
    columns = tuple(sorted({x for c in cells for x in (c.x0, c.x1)}))
    rows = tuple(sorted({y for c in cells for y in (c.top, c.bottom)}))
    slots = [[-1] * (len(columns) - 1) for _ in range(len(rows) - 1)]
    for index, cell in enumerate(cells):
        first, last = bisect_left(columns, cell.x0), bisect_left(columns, cell.x1)
        for row in range(bisect_left(rows, cell.top), bisect_left(rows, cell.bottom)):
            slots[row][first:last] = [index] * (last - first)
    return Grid(tuple(cells), columns, rows, slots)


# --- filling them ----------------------------------------------------------------------------------------------------


def filled(grids: list[Grid], glyphs: Glyphs, page: int) -> tuple[tuple[PrintedTable, ...], Glyphs]:
    """The tables of page number `page` with their text, and the glyphs that stand in no table.

    A glyph belongs to the cell that its middle is in; where one grid lies inside another, to the inner one.
    """
    if not grids:
        return (), glyphs
    offsets = [0, *accumulate(len(grid.cells) for grid in grids)]
    piles = _cells_around(grids, offsets, glyphs)
    inside = piles >= 0
    texts = _CellTexts(layout(glyphs.where(inside), piles[inside]))
    tables: list[PrintedTable] = []
    rows = 0
    for number, (grid, offset) in enumerate(zip(grids, offsets, strict=False), start=1):
        table = _table(grid, texts, offset, page, number, rows + 1)
        rows += len(table.rows)
        tables.append(table)
    return tuple(tables), glyphs.where(~inside)


def _cells_around(grids: list[Grid], offsets: list[int], glyphs: Glyphs) -> Ints:
    """For each glyph the cell that it stands in, counted over all grids, or -1."""
    x, y = glyphs.middles
    piles = np.full(len(glyphs), -1)
    for grid, offset in sorted(zip(grids, offsets, strict=False), key=lambda pair: pair[0].area):
        free = np.flatnonzero(piles < 0)
        cells = grid.cells_at(x[free], y[free])
        piles[free] = np.where(cells >= 0, cells + offset, -1)
    return piles


class _CellTexts:
    """What stands in each cell, of the cells of all grids."""

    def __init__(self, found: Layout) -> None:
        self._words, self._texts, self._starts = found.packed, found.line_texts(), found.starts
        self._lines: dict[int, tuple[int, int]] = {}
        for line, pile in enumerate(found.piles):
            self._lines[pile] = (self._lines.get(pile, (line,))[0], line + 1)

    def of(self, cell: int) -> tuple[str, Sequence[Word]]:
        """The text of a cell, its lines parted by a line feed, and its words."""
        if cell not in self._lines:
            return "", ()
        first, stop = self._lines[cell]
        text = "\n".join(self._texts[first:stop])
        return text, Words(text, self._words[self._starts[first] : self._starts[stop]].tobytes())


def _table(grid: Grid, texts: _CellTexts, offset: int, page: int, number: int, first_row: int) -> PrintedTable:
    # Rounded once: the cells of a long paper share their numbers.
    near = {x: round(x, 2) for x in (*grid.columns, *grid.rows)}
    indexed = enumerate(grid.cells, start=offset)
    bands = [list(band) for _, band in groupby(indexed, key=lambda pair: pair[1].top)]
    rows = tuple(
        _row(first_row + i, [_cell(grid, near, cell, *texts.of(index)) for index, cell in band])
        for i, band in enumerate(bands)
    )
    box = Box(near[grid.columns[0]], near[grid.rows[0]], near[grid.columns[-1]], near[grid.rows[-1]])
    edges = tuple(near[x] for x in grid.columns)
    return PrintedTable(page, number, len(edges) - 1, rows, "ruled", box, edges)


def _row(number: int, cells: list[Cell]) -> Row:
    return Row(number, tuple(cells), box_around(cell.box for cell in cells if cell.box))


def _cell(grid: Grid, near: Mapping[float, float], bounds: Bounds, text: str, words: Sequence[Word]) -> Cell:
    first, last = bisect_left(grid.columns, bounds.x0), bisect_left(grid.columns, bounds.x1)
    return Cell(text, first, last - first, Box(*(near[side] for side in bounds)), words)
