"""Which lines of a table make one row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extract.blocks import TIGHT, Block, has_figures, pitch_of
from extract.columns import Line, is_number, is_year, slot

# In heights of a line: how far a head may stand from the middle of the columns that it spans.
_OFF = 1.2
_CENTRED = 0.5


def rows_of(block: Block) -> list[list[Line]]:
    """The lines of each row of a block from top to bottom."""
    body = _body_start(block)
    rows = [row for part in _ruled_off(block.lines[:body], block) for row in _header_rows(part, block)]
    parts = list(_ruled_off(block.lines[body:], block))
    return rows + [row for part in parts for row in _body_rows(part, block, len(parts) > 1)]


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
        if row and (_begins(row, line, block) or line.top - row[-1].bottom > 0.5 * line.height):
            yield row
            row = []
        row.append(line)
    if row:
        yield row


def _begins(row: list[Line], line: Line, block: Block) -> bool:
    """Whether a line under a header is no part of it: heads under one that spans them, or the label of a group."""
    if _spans(row[-1], line, block) or spanning(row[-1], line, block):
        return True
    labelled = any(0 in _columns(above, block) for above in row)
    return _columns(line, block) == {0} and not labelled


def _spans(above: Line, below: Line, block: Block) -> bool:
    columns = {first for first, _ in block.slots(below)}
    return any(sum(first <= c <= last for c in columns) > 1 for first, last in block.slots(above))


def _body_rows(lines: list[Line], block: Block, ruled: bool) -> Iterator[list[Line]]:
    """The rows among lines between two rules; where the body has rules within it, they may be one."""
    if ruled and _is_one_row(lines, block):
        yield lines
        return
    pitch = pitch_of(block.lines)
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
    return sum(has_figures(line) for line in lines) <= 1


def _goes_on(row: list[Line], line: Line, block: Block, pitch: float) -> bool:
    """Whether a line goes on with the row above it: it stands closer than rows do, or its words say so."""
    if has_figures(line) and any(has_figures(above) for above in row):
        return False
    if line.bottom - row[-1].bottom < TIGHT * pitch:
        return True
    if line.top - row[-1].bottom > 0.3 * line.height:
        return False
    above, own = _columns(row[-1], block), _columns(line, block)
    if has_figures(line):
        return 0 not in own and above == {0}
    return own <= above and line.runs[0].text[0].islower()


def _columns(line: Line, block: Block) -> set[int]:
    return {column for first, last in block.slots(line) for column in range(first, last + 1)}


def spanning(above: Line, below: Line, block: Block) -> list[tuple[int, int]] | None:
    """The first and last column that each run of a line spans, where it stands over the heads below; None where not.

    The heads right of the first column are shared out among the runs, each to the nearest; each run must stand in the
    middle of its own, and one at least over several.
    """
    columns = sorted({first for first, last in block.slots(below) if first == last} - {0})
    runs = [run for run, (first, _) in zip(above.runs, block.slots(above), strict=True) if first > 0]
    if not runs or len(columns) <= len(runs) or len(runs) < len(above.runs) - 1:
        return None
    heads = {slot(run, block.separators)[0]: run for run in below.runs}
    shares: list[list[int]] = [[] for _ in runs]
    for column in columns:
        middle = (heads[column].x0 + heads[column].x1) / 2
        shares[min(range(len(runs)), key=lambda k: abs((runs[k].x0 + runs[k].x1) / 2 - middle))].append(column)
    for run, share in zip(runs, shares, strict=True):
        if not share or share != list(range(share[0], share[-1] + 1)):
            return None
        off = (heads[share[0]].x0 + heads[share[-1]].x1) / 2 - (run.x0 + run.x1) / 2
        if abs(off) > _OFF * above.height:
            return None
    return [(share[0], share[-1]) for share in shares]


def is_centred(line: Line, block: Block) -> bool:
    """Whether a line is one text in the middle of the block, such as "(in per cent)" between the rows."""
    run, box = line.runs[0], block.box
    off = (run.x0 + run.x1) / 2 - (box.x0 + box.x1) / 2
    inside = run.x0 > box.x0 + 2 * line.height
    return len(line.runs) == 1 and inside and abs(off) <= _CENTRED * line.height and not is_number(run.text)
