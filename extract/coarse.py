"""Grids that yield: ruling lines that part only some of a table's columns, where its words plainly stand in more.

A table may be ruled at its header and foot only, lack the verticals between its figures, or stand open at its sides.
The grid that such lines make holds several columns in one cell, or loses one. Where the alignment of the words finds a
table in the same place with many more cells of one number each, the grid is left out, and the words have the say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extract.aligned import aligned
from extract.columns import ends_run, is_number, lines_in
from extract.glyphs import Glyphs
from extract.levels import Level
from extract.paper import Box, Cell, PrintedTable, Word
from extract.ruled import Grid
from extract.words import Layout, layout

# The aligned table has at least this share of the grid's words, and so many times its number cells, and a few more.
SAME_WORDS, MORE_NUMBERS, SOME = 0.7, 1.25, 2


def without_coarse(
    grids: list[Grid], ruled: Sequence[PrintedTable], glyphs: Glyphs, beside: Layout, levels: Sequence[Level]
) -> list[Grid]:
    """The grids of a page, less those that plainly lack columns, and less those without any text.

    `ruled` are the tables that the grids make of the glyphs, and `beside` is what stands in none of them.
    """
    # A grid without text is the frame of a chart or a box.
    left_out = {id(table) for table in ruled if not _cells(table)}
    if any(_may_yield(table, beside) for table in ruled):
        left_out |= {id(table) for table in _yielding(ruled, glyphs, levels)}
    return [grid for grid, table in zip(grids, ruled, strict=True) if id(table) not in left_out]


def _yielding(ruled: Sequence[PrintedTable], glyphs: Glyphs, levels: Sequence[Level]) -> list[PrintedTable]:
    """The ruled tables whose words make a better table without their rules."""
    whole = [table for table in aligned(layout(glyphs), levels, (), 1) if _stands_alone(table, ruled)]
    return [r for r in ruled if any(_is_coarser(r, a) for a in whole)]


def _may_yield(table: PrintedTable, beside: Layout) -> bool:
    """Whether it is worth a look, which takes as long as all else on the page.

    It is where several numbers stand in one cell, or text beside the grid, and where enough numbers stand alone, in the
    grid and outside all grids, for a table that has more cells of one number each.
    """
    cells = _cells(table)
    if not any(map(_crowded, cells)) and not _has_beside(table, beside):
        return False
    alone = sum(map(_numbers_alone, cells)) + sum(is_number(r.text) for line in lines_in(beside) for r in line.runs)
    return alone >= MORE_NUMBERS * _numbers(table) + SOME


def _has_beside(table: PrintedTable, beside: Layout) -> bool:
    top, bottom = beside.sides[:, 1], beside.sides[:, 3]
    return table.box is not None and bool(((table.box.top < top) & (bottom < table.box.bottom)).any())


def _numbers_alone(cell: Cell) -> int:
    """How many numbers of a cell have white on both sides."""
    runs: list[list[Word]] = []
    for word in cell.words:
        if not runs or ends_run(runs[-1][-1], word):
            runs.append([])
        runs[-1].append(word)
    return sum(is_number(" ".join(word.text for word in run)) for run in runs)


def _crowded(cell: Cell) -> bool:
    return sum(map(is_number, cell.text.split())) > 1


def _stands_alone(table: PrintedTable, ruled: Iterable[PrintedTable]) -> bool:
    """Whether an aligned table covers the text of a single grid: one over several may have run them together."""
    return sum(bool(_cells(r)) and _overlap(r.box, table.box) for r in ruled) == 1


def _is_coarser(grid: PrintedTable, words: PrintedTable) -> bool:
    own, others = _words(grid), _words(words)
    if not own or len(own & others) < SAME_WORDS * len(own):
        return False
    return _numbers(words) >= MORE_NUMBERS * _numbers(grid) + SOME


def _cells(table: PrintedTable) -> list[Cell]:
    return [cell for row in table.rows for cell in row.cells if cell.words]


def _words(table: PrintedTable) -> set[Word]:
    return {word for cell in _cells(table) for word in cell.words}


def _numbers(table: PrintedTable) -> int:
    """How many cells hold a number and nothing else."""
    return sum(is_number(cell.text.replace("\n", " ")) for cell in _cells(table))


def _overlap(one: Box | None, other: Box | None) -> bool:
    if one is None or other is None:
        return False
    wide = min(one.x1, other.x1) > max(one.x0, other.x0)
    return wide and min(one.bottom, other.bottom) > max(one.top, other.top)
