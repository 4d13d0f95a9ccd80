"""Which lines of a table make one row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from extract.blocks import Block
from extract.columns import Line, is_number, is_year

# Lines nearer than this part of the distance between rows are one row.
_TIGHT = 0.85


def rows_of(block: Block) -> list[list[Line]]:
    """The lines of each row of a block from top to bottom."""
    body = _body_start(block)
    rows = [row for part in _ruled_off(block.lines[:body], block) for row in _header_rows(part, block)]
    rows += [row for part in _ruled_off(block.lines[body:], block) for row in _body_rows(part, block)]
    return rows


def _body_start(block: Block) -> int:
    """The index of the first line that has numbers and fits the columns; 1 where none has."""
    for i, line in enumerate(block.lines):
        numbers = [is_number(run.text) and not is_year(run.text) for run in line.runs[1:]]
        if block.fits(line) and sum(numbers) >= max(1, len(numbers) / 2):
            return i
    return 1


def _ruled_off(lines: Sequence[Line], block: Block) -> Iterator[list[Line]]:
    """Lines parted where a rule runs between them."""
    part: list[Line] = []
    for line in lines:
        if part and _has_rule(part[-1], line, block):
            yield part
            part = []
        part.append(line)
    if part:
        yield part


def _has_rule(above: Line, below: Line, block: Block) -> bool:
    top, bottom = (above.top + above.bottom) / 2, (below.top + below.bottom) / 2
    return any(top < level.y < bottom for level in block.levels)


def _header_rows(lines: list[Line], block: Block) -> Iterator[list[Line]]:
    """A run over several columns that have heads of their own below is a row of its own; other lines are one row."""
    row: list[Line] = []
    for line in lines:
        if row and (_spans(row[-1], line, block) or line.top - row[-1].bottom > 0.5 * line.height):
            yield row
            row = []
        row.append(line)
    if row:
        yield row


def _spans(above: Line, below: Line, block: Block) -> bool:
    columns = {first for first, _ in block.slots(below)}
    return any(sum(first <= c <= last for c in columns) > 1 for first, last in block.slots(above))


def _body_rows(lines: list[Line], block: Block) -> Iterator[list[Line]]:
    if _is_one_row(lines, block):
        yield lines
        return
    pitch = _pitch(block)
    row: list[Line] = []
    for line in lines:
        if row and not _goes_on(row, line, block, pitch):
            yield row
            row = []
        row.append(line)
    if row:
        yield row


def _is_one_row(lines: list[Line], block: Block) -> bool:
    """Whether lines between two rules are one row: few of them have numbers, and the block is ruled row by row."""
    if len(block.levels) < 0.3 * len(block.lines) or len(lines) == 1:
        return False
    return sum(_has_figures(line) for line in lines) <= 1


def _has_figures(line: Line) -> bool:
    return any(is_number(run.text) for run in line.runs[1:]) or (len(line.runs) == 1 and is_number(line.runs[0].text))


def _pitch(block: Block) -> float:
    """The least distance between two neighbouring lines that both have numbers, and so are two rows; 0 for none."""
    pairs = pairwise(block.lines)
    return min((b.bottom - a.bottom for a, b in pairs if _has_figures(a) and _has_figures(b)), default=0.0)


def _goes_on(row: list[Line], line: Line, block: Block, pitch: float) -> bool:
    """Whether a line goes on with the row above it: it stands closer than rows do, or its words say so."""
    if _has_figures(line) and any(_has_figures(above) for above in row):
        return False
    if line.bottom - row[-1].bottom < _TIGHT * pitch:
        return True
    if line.top - row[-1].bottom > 0.3 * line.height:
        return False
    above, own = _columns(row[-1], block), _columns(line, block)
    if _has_figures(line):
        return 0 not in own and above == {0}
    return own <= above and line.runs[0].text[0].islower()


def _columns(line: Line, block: Block) -> set[int]:
    return {column for first, last in block.slots(line) for column in range(first, last + 1)}
