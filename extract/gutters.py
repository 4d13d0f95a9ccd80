"""What stands side by side on a page: columns of prose beside a table, and two tables that one block of lines holds.

Lines are laid over the whole page, so what stands at the same height is one line. Where a gutter parts it into things
that have nothing to do with each other, each side is looked at alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extract.blocks import Block
from extract.columns import Line, Run, has_numbers, is_number, slot
from extract.levels import Level
from extract.paper import Box

# A column of prose has at least so many lines, most of them with so many words and nearly as wide as the widest; it is
# at least this part of the page's text wide, and keeps to one half of it but for a sliver.
_LINES, _WORDS, _MOST, _FULL, _WIDE, _SLIVER = 8, 5, 0.8, 0.8, 0.25, 0.03

# In heights of a line: how far the first line of a paragraph is drawn in, and how far apart its lines stand at most.
_INDENT, _APART = 3.0, 1.5
_UNEVEN = 0.12  # how much the distances of its lines may differ

# In points: how far a rule reaches beyond a column of prose to be one of a table.
_BEYOND = 20.0

# In heights of a line: how wide the white between two tables is at least. And the part of a header that repeats.
_GUTTER, _REPEATED = 1.2, 0.5


def without_prose(lines: Sequence[Line], levels: Sequence[Level]) -> tuple[list[Line], list[Box]]:
    """The lines without the columns of prose that have something beside them, and the boxes of those.

    What a rule runs through to its neighbour is the cell of a table.
    """
    boxes = [box for box in _prose(lines) if _has_company(lines, box) and not any(_crosses(v, box) for v in levels)]
    if not boxes:
        return list(lines), []
    kept = [line._replace(runs=tuple(run for run in line.runs if not _is_in(line, run, boxes))) for line in lines]
    return [line for line in kept if line.runs], boxes


def _prose(lines: Sequence[Line]) -> Iterator[Box]:
    """The columns of prose in either half of the page."""
    if not lines:
        return
    left = min(line.runs[0].x0 for line in lines)
    right = max(line.runs[-1].x1 for line in lines)
    middle, sliver = (left + right) / 2, _SLIVER * (right - left)
    for stack in _stacks(lines):
        x0, x1 = min(run.x0 for _, run in stack), max(run.x1 for _, run in stack)
        in_half = x1 <= middle + sliver or x0 >= middle - sliver
        full = sum(run.x1 >= x0 + _FULL * (x1 - x0) and run.words >= _WORDS for _, run in stack)
        if in_half and x1 - x0 >= _WIDE * (right - left) and full >= _MOST * len(stack):
            yield Box(x0, stack[0][0].top, x1, stack[-1][0].bottom)


def _stacks(lines: Sequence[Line]) -> Iterator[list[tuple[Line, Run]]]:
    """Runs that stand under each other at one left edge, a paragraph's first line drawn in or not."""
    open_stacks: list[list[tuple[Line, Run]]] = []
    for line in lines:
        for run in line.runs:
            stack = next((s for s in open_stacks if _goes_on(s, line, run)), None)
            if stack is None:
                open_stacks.append([(line, run)])
            else:
                stack.append((line, run))
    yield from (stack for stack in open_stacks if len(stack) >= _LINES)


def _goes_on(stack: list[tuple[Line, Run]], line: Line, run: Run) -> bool:
    above, last = stack[-1]
    near = line.top - above.bottom < _APART * line.height and line.top > above.top
    if near and len(stack) > 1:
        # Prose has one leading; rows of wrapped cells stand further apart than the lines of a cell.
        near = abs((line.bottom - above.bottom) - (above.bottom - stack[-2][0].bottom)) <= _UNEVEN * line.height
    return near and -_INDENT * line.height <= last.x0 - run.x0 <= _INDENT * line.height


def _has_company(lines: Sequence[Line], box: Box) -> bool:
    """Whether other text stands beside a column of prose."""
    beside = [line for line in lines if box.top <= line.top <= box.bottom]
    return sum(any(run.x1 < box.x0 or run.x0 > box.x1 for run in line.runs) for line in beside) > 1


def _crosses(level: Level, box: Box) -> bool:
    beyond = level.x0 < box.x0 - _BEYOND or level.x1 > box.x1 + _BEYOND
    return box.top < level.y < box.bottom and beyond and min(level.x1, box.x1) - max(level.x0, box.x0) > 0


def _is_in(line: Line, run: Run, boxes: Sequence[Box]) -> bool:
    y, x = (line.top + line.bottom) / 2, (run.x0 + run.x1) / 2
    return any(box.top <= y <= box.bottom and box.x0 <= x <= box.x1 for box in boxes)


def halves_of(block: Block) -> tuple[list[Line], list[Line]] | None:
    """The lines of the two tables that a block holds side by side; None where it is one table.

    The right one begins with a column of labels and has numbers, as the left one does; the white between them is the
    widest; and they repeat a header, have titles at their left edges, or end at different heights.
    """
    for k, x in _gutters(block):
        sides = _cut(block.lines, x)
        if all(_is_like_a_table(lines) for lines in sides) and _are_two(block, k, sides):
            return sides
    return None


def _gutters(block: Block) -> list[tuple[int, float]]:
    """The separators in wide white, the widest first, but for those at either end."""
    inner = list(enumerate(block.separators))[1:-1]
    white = {k: _white(block.lines, x) for k, x in enumerate(block.separators)}
    least = _GUTTER * min(line.height for line in block.lines)
    widest = max(white.values(), default=0.0)
    return [(k, x) for k, x in inner if white[k] >= least and white[k] >= 0.8 * widest]


def _white(lines: Sequence[Line], x: float) -> float:
    """How wide the white around a place is in all lines together; 0 where one writes over it."""
    left = [max((run.x1 for run in line.runs if run.x0 < x), default=0.0) for line in lines]
    right = [min((run.x0 for run in line.runs if run.x0 >= x), default=float("inf")) for line in lines]
    return max(0.0, min(right) - max(left))


def _cut(lines: Sequence[Line], x: float) -> tuple[list[Line], list[Line]]:
    left = [line._replace(runs=tuple(run for run in line.runs if run.x0 < x)) for line in lines]
    right = [line._replace(runs=tuple(run for run in line.runs if run.x0 >= x)) for line in lines]
    return [line for line in left if line.runs], [line for line in right if line.runs]


def _is_like_a_table(lines: Sequence[Line]) -> bool:
    """Whether lines begin with labels at one left edge and go on with numbers."""
    rows = [line for line in lines if has_numbers(line)]
    labels = sum(not is_number(line.runs[0].text) for line in rows)
    edge = min((line.runs[0].x0 for line in rows), default=0.0)
    level = sum(abs(line.runs[0].x0 - edge) <= line.height for line in rows)
    return len(rows) > 1 and labels >= 0.8 * len(rows) and level >= 0.8 * len(rows)


def _are_two(block: Block, k: int, sides: tuple[list[Line], list[Line]]) -> bool:
    left, right = ([_head(line, side) for line in side] for side in sides)
    texts, others = {t for head in left for t in head}, {t for head in right for t in head}
    if others and len(texts & others) >= _REPEATED * max(len(texts), len(others)):
        return True
    return _have_titles(block, k) or sides[0][-1].top != sides[1][-1].top


def _head(line: Line, side: Sequence[Line]) -> list[str]:
    """The texts of a line over the first figures of its side."""
    first = next((other.top for other in side if has_numbers(other)), 0.0)
    return [run.text for run in line.runs] if line.top < first else []


def _have_titles(block: Block, k: int) -> bool:
    """Whether the first line has two texts and nothing else, each at the left edge of a side."""
    first, body = block.lines[0], block.lines[1:]
    if len(first.runs) != 2:
        return False
    edges = [min((run.x0 for line in body for run in line.runs if slot(run, block.separators)[0] == c), default=0.0)
             for c in (0, k + 1)]  # fmt: skip
    return all(abs(run.x0 - edge) <= 3 for run, edge in zip(first.runs, edges, strict=True))
