"""Ruled tables: from the segments a page draws, by pdfplumber's TableFinder, to a grid and what stands in its boxes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from math import inf
from typing import Any, NamedTuple, cast

from pdfplumber.table import TableFinder, merge_edges

from extract.limits import Limits, TooLarge
from extract.paper import Cell, PrintedTable, Row
from extract.pdfium import Glyph, Segment
from extract.words import box_around, lines_of, rounded, text_of, words_of

# How far a rule may lean, and how near two must be to be one: pdfplumber's own defaults, in points.
_LEAN = 0.05
_NEAR = 3
_SHORTEST = 1.0

# How many pairs of edges may be looked at for each crossing allowed: 4 million pairs take the finder about two seconds.
_PAIRS = 400

# An edge as pdfplumber keeps it, and the glyphs of each cell of a grid by its index.
Edge = dict[str, Any]
_Pile = defaultdict[int, list[Glyph]]


class Bounds(NamedTuple):
    """A box as pdfplumber gives it."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class _RuledPage:
    """What TableFinder asks of a page when it looks for drawn lines only."""

    edges: list[Edge]


@dataclass(frozen=True, slots=True)
class Grid:
    """The boxes of one table, and which of them covers each slot between two column and two row edges.

    `slots[row][column]` is an index into `cells`, or -1 where the table has a hole.
    """

    cells: tuple[Bounds, ...]
    columns: tuple[float, ...]
    rows: tuple[float, ...]
    slots: list[list[int]] = field(repr=False)

    def cell_at(self, x: float, y: float) -> int:
        """The index of the cell around a point, or -1."""
        column, row = bisect_right(self.columns, x) - 1, bisect_right(self.rows, y) - 1
        if 0 <= column < len(self.columns) - 1 and 0 <= row < len(self.rows) - 1:
            return self.slots[row][column]
        return -1

    @property
    def area(self) -> float:
        """The area of the box around it all, in square points."""
        return (self.columns[-1] - self.columns[0]) * (self.rows[-1] - self.rows[0])


# --- finding grids ---------------------------------------------------------------------------------------------------


def grids_of(segments: Iterable[Segment], limits: Limits) -> list[Grid]:
    """The grids that a page's segments draw, from top to bottom. A lone box is no grid. Raises TooLarge."""
    edges = [edge for segment in segments if (edge := _edge(segment))]
    edges = _bounded(edges, limits)
    if not edges:
        return []
    finder = TableFinder(cast(Any, _RuledPage(edges)))
    return [_grid([Bounds(*cell) for cell in table.cells]) for table in finder.tables if len(table.cells) > 1]


def _edge(segment: Segment) -> Edge | None:
    """A segment as an edge, or None where it leans, is too short to be a rule, or is no number."""
    x0, x1 = sorted((segment.x0, segment.x1))
    top, bottom = sorted((segment.y0, segment.y1))
    width, height = x1 - x0, bottom - top
    if width >= _SHORTEST and height <= _LEAN * width and height < _SHORTEST:
        middle = (top + bottom) / 2
        return _as_edge("h", x0, middle, x1, middle)
    if height >= _SHORTEST and width <= _LEAN * height and width < _SHORTEST:
        middle = (x0 + x1) / 2
        return _as_edge("v", middle, top, middle, bottom)
    return None


def _as_edge(orientation: str, x0: float, top: float, x1: float, bottom: float) -> Edge:
    return {
        "orientation": orientation,
        "x0": x0,
        "top": top,
        "x1": x1,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
    }


def _bounded(edges: list[Edge], limits: Limits) -> list[Edge]:
    """The edges, or TooLarge where the finder would take minutes over them. Few edges need no counting."""
    if len(edges) ** 2 <= 4 * limits.crossings:
        return edges
    merged: list[Edge] = merge_edges(edges, _NEAR, _NEAR, _NEAR, _NEAR)
    if _crossings(merged, limits) > limits.crossings:
        raise TooLarge(f"ruling lines that cross more than {limits.crossings:,} times on one page")
    return merged


def _crossings(edges: list[Edge], limits: Limits) -> int:
    """How often upright edges cross level ones; more than the limit where even counting them would take long."""
    level = sorted((e["top"], e["x0"], e["x1"]) for e in edges if e["orientation"] == "h")
    upright = [(e["x0"], e["top"], e["bottom"]) for e in edges if e["orientation"] == "v"]
    if len(level) * len(upright) > _PAIRS * limits.crossings:
        return limits.crossings + 1
    count = 0
    for x, top, bottom in upright:
        near = level[bisect_left(level, (top - 1,)) : bisect_right(level, (bottom + 1, inf))]
        count += sum(x0 - 1 <= x <= x1 + 1 for _, x0, x1 in near)
    return count


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


def filled(grids: list[Grid], glyphs: list[Glyph], page: int) -> tuple[tuple[PrintedTable, ...], list[Glyph]]:
    """The tables of page number `page` with their text, and the glyphs that stand in no table.

    A glyph belongs to the cell that its middle is in; where one grid lies inside another, to the inner one.
    """
    piles, outside = _sorted_in(grids, glyphs)
    tables: list[PrintedTable] = []
    rows = 0
    for number, (grid, pile) in enumerate(zip(grids, piles, strict=True), start=1):
        table = _table(grid, pile, page, number, rows + 1)
        rows += len(table.rows)
        tables.append(table)
    return tuple(tables), outside


def _sorted_in(grids: list[Grid], glyphs: list[Glyph]) -> tuple[list[_Pile], list[Glyph]]:
    """For each grid the glyphs of each cell, and the glyphs left over."""
    piles: list[_Pile] = [defaultdict(list) for _ in grids]
    inner_first = sorted(zip(grids, piles, strict=True), key=lambda pair: pair[0].area)
    outside: list[Glyph] = []
    for glyph in glyphs:
        x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
        for grid, pile in inner_first:
            if (index := grid.cell_at(x, y)) >= 0:
                pile[index].append(glyph)
                break
        else:
            outside.append(glyph)
    return piles, outside


def _table(grid: Grid, pile: _Pile, page: int, number: int, first_row: int) -> PrintedTable:
    indexed = enumerate(grid.cells)
    bands = [list(band) for _, band in groupby(indexed, key=lambda pair: pair[1].top)]
    rows = tuple(
        _row(first_row + i, [_cell(grid, cell, pile.get(index, [])) for index, cell in band])
        for i, band in enumerate(bands)
    )
    box = rounded(grid.columns[0], grid.rows[0], grid.columns[-1], grid.rows[-1])
    edges = tuple(round(x, 2) for x in grid.columns)
    return PrintedTable(page, number, len(edges) - 1, rows, "ruled", box, edges)


def _row(number: int, cells: list[Cell]) -> Row:
    return Row(number, tuple(cells), box_around(cell.box for cell in cells if cell.box))


def _cell(grid: Grid, bounds: Bounds, glyphs: list[Glyph]) -> Cell:
    first, last = bisect_left(grid.columns, bounds.x0), bisect_left(grid.columns, bounds.x1)
    lines = lines_of(glyphs) if glyphs else []
    return Cell(text_of(lines), first, last - first, rounded(*bounds), words_of(lines))
