"""Tables that are not ruled off: words that stand in columns, with level rules as further evidence.

Lines of words are parted into runs at wide gaps; a column edge is a place that many lines leave white and few write
over; a table is a block of lines that share such edges and look like data. Prose, lists and contents pages do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np

from extract.blocks import Block, blocks_of, streams_of
from extract.columns import Line, has_numbers, is_number, lines_in, slot
from extract.evidence import is_table
from extract.glyphs import UPRIGHT, Glyphs
from extract.gutters import halves_of, without_prose
from extract.leaders import without_touch
from extract.levels import Level
from extract.paper import Box, Cell, PrintedTable, Row, Words
from extract.printed_rows import is_centred, rows_of, spanning
from extract.split import split_at
from extract.touching import touching
from extract.words import Layout, around, box_around

# A page with more lines or runs than this is no paper's page; the search grows with both.
_MOST_LINES = 400
_MOST_RUNS = 4_000
# A header has no more rows than these.
_MOST_LABELS = 3

# In points: how near a rule runs to the edge of a table that it bounds.
_EDGE = 2.5


def aligned(
    found: Layout, levels: Sequence[Level], tables: Sequence[PrintedTable], page: int
) -> tuple[PrintedTable, ...]:
    """The tables among the words that the ruled ones of page number `page` left over."""
    found = without_touch(found)
    lines = lines_in(found)
    if not 2 <= len(lines) <= _MOST_LINES or sum(len(line.runs) for line in lines) > _MOST_RUNS:
        return ()
    taken = [table.box for table in tables if table.box]
    levels = [level for level in levels if not any(_rules_off(box, level) for box in taken)]
    blocks = [block for block in _blocks(lines, levels, taken) if is_table(block)]
    if cuts := {i: cut for block in blocks for i, cut in touching(block, found)}:
        found = split_at(found, cuts)
        heads = [i + nth for nth, i in enumerate(sorted(cuts), start=1)]
        blocks = [block for block in _blocks(lines_in(found, heads), levels, taken) if is_table(block)]
    made: list[PrintedTable] = []
    first = 1 + max((row.number for table in tables for row in table.rows), default=0)
    for block in blocks:
        table = _table(block, found, page, len(tables) + len(made) + 1, first)
        first += len(table.rows)
        made.append(table)
    return tuple(made)


def _blocks(lines: list[Line], levels: Sequence[Level], taken: Sequence[Box]) -> Iterator[Block]:
    """The blocks of a page: what stands beside a table found before, beside prose or beside each other is parted."""
    kept, prose = without_prose(lines, levels)
    for stream in streams_of(kept, [*taken, *prose]):
        for block in blocks_of(stream, levels, taken):
            halves = halves_of(block)
            if halves is None:
                yield block
            else:
                yield from (part for half in halves for part in blocks_of(half, levels, taken))


def _rules_off(box: Box, level: Level) -> bool:
    """Whether a rule bounds or parts a table found before: it says nothing of what stands beyond that."""
    along = min(level.x1, box.x1) - max(level.x0, box.x0) > 0.5 * (level.x1 - level.x0)
    return along and box.top - _EDGE <= level.y <= box.bottom + _EDGE


def _table(block: Block, found: Layout, page: int, number: int, first: int) -> PrintedTable:
    rows = _rows(block, found, first)
    halves = halved(rows, len(block.separators) + 1)
    if halves:
        block = replace(block, separators=tuple(x for k, x in enumerate(block.separators) if k not in halves))
        rows = _rows(block, found, first)
    edges = _edges(block)
    return PrintedTable(page, number, len(edges) - 1, rows, "aligned", block.box, edges)


def _edges(block: Block) -> tuple[float, ...]:
    return (block.box.x0, *(round(x, 2) for x in block.separators), block.box.x1)


def _rows(block: Block, found: Layout, first: int) -> tuple[Row, ...]:
    parts, edges = rows_of(block), _edges(block)
    spans = [_spans(block, lines, below) for lines, below in zip_longest(parts, parts[1:])]
    return tuple(
        _row(first + i, lines, found, edges, wide) for i, (lines, wide) in enumerate(zip(parts, spans, strict=True))
    )


def halved(rows: Sequence[Row], width: int) -> set[int]:
    """The columns whose label stands in them and whose numbers stand in the next one.

    A label that begins at the left of its column and numbers that end at its right leave white between them. No row has
    both, and all labels stand above all numbers.
    """
    found: set[int] = set()
    for column in range(width - 1):
        labels, numbers = _rows_in(rows, column), _rows_in(rows, column + 1)
        if not labels and numbers and _is_covered(rows, column):
            # Only a label that reaches over both stands in it.
            found.add(column)
        if not labels or not numbers or len(labels) > _MOST_LABELS or max(labels) >= min(numbers):
            continue
        texts = [cell.text for k in numbers for cell in rows[k].cells if cell.column == column + 1]
        if len(rows) > _MOST_LABELS and 2 * sum(map(is_number, texts)) > len(texts):
            found.add(column)
    return found


def _is_covered(rows: Sequence[Row], column: int) -> bool:
    """Whether all cells of a column are labels that reach from it into the next one."""
    cells = [(k, c) for k, row in enumerate(rows) for c in row.cells if c.column <= column < c.column + c.span]
    reach = all(c.column == column and c.span == 2 and not is_number(c.text) for _, c in cells)
    return reach and 0 < len(cells) <= _MOST_LABELS and max(k for k, _ in cells) <= _MOST_LABELS


def _rows_in(rows: Sequence[Row], column: int) -> list[int]:
    """The rows that have a cell in one column alone."""
    return [k for k, row in enumerate(rows) if any(c.column == column and c.span == 1 for c in row.cells)]


def _spans(block: Block, lines: list[Line], below: list[Line] | None) -> list[tuple[int, int]]:
    """The columns that heads span although their texts do not reach over them, or that a note in the middle does."""
    if len(lines) > 1 or has_numbers(lines[0]):
        return []
    if is_centred(lines[0], block):
        return [(0, len(block.separators))]
    if below is None or has_numbers(below[0]):
        return []
    return spanning(lines[0], below[0], block) or []


def _row(
    number: int, lines: list[Line], found: Layout, edges: tuple[float, ...], wide: Sequence[tuple[int, int]]
) -> Row:
    """The lines of one row by columns. A run across several columns makes one cell that spans them."""
    spans: list[list[int]] = []
    for first, last in sorted([*wide, *(span for line in lines for span in _own_slots(line, edges[1:-1]))]):
        if spans and first <= spans[-1][1]:
            spans[-1][1] = max(last, spans[-1][1])
        else:
            spans.append([first, last])
    return _row_of(number, [_cell(lines, found, edges, first, last) for first, last in spans])


def _own_slots(line: Line, separators: Sequence[float]) -> list[tuple[int, int]]:
    """The columns of each run of a line; one that reaches into the column of the next run leaves it to that."""
    slots = [slot(run, separators) for run in line.runs]
    after = [first for first, _ in slots[1:]] + [len(separators) + 1]
    return [(first, max(first, min(last, other - 1))) for (first, last), other in zip(slots, after, strict=True)]


def _row_of(number: int, cells: list[Cell]) -> Row:
    return Row(number, tuple(cells), box_around(cell.box for cell in cells if cell.box))


def _cell(lines: list[Line], found: Layout, edges: tuple[float, ...], first: int, last: int) -> Cell:
    inside = [[run for run in line.runs if first <= slot(run, edges[1:-1])[0] <= last] for line in lines]
    filled = [runs for runs in inside if runs]
    words = [i for runs in filled for run in runs for i in range(run.first, run.first + run.words)]
    ((x0, top, x1, bottom),) = around(found.sides[words], [0]).tolist()
    whole = Box(min(x0, edges[first]), top, max(x1, edges[last + 1]), bottom)
    text = "\n".join(" ".join(run.text for run in runs) for runs in filled)
    return Cell(text, first, last - first + 1, whole, Words(text, found.packed[words].tobytes()))


def left_over(glyphs: Glyphs, tables: Sequence[PrintedTable]) -> Glyphs:
    """The glyphs that stand in none of the rows of some aligned tables."""
    x, y = glyphs.middles
    inside = np.zeros(len(glyphs), dtype=np.bool_)
    for box in (row.box for table in tables for row in table.rows if row.box):
        inside |= (box.top <= y) & (y <= box.bottom) & (box.x0 <= x) & (x <= box.x1)
    return glyphs.where(~inside | (glyphs.turn != UPRIGHT))
