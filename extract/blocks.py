"""Blocks of lines that may be tables: lines near each other whose white places lie over each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from extract.columns import Line, box_of, gaps, has_numbers, is_number, separators_of, slot, without_units
from extract.levels import Level, around
from extract.paper import Box

# In heights of a line: how far apart two lines of one block may be, without a rule between them and with one.
# Chosen, like the counts below, on ICDAR 2013 (EU).
_APART = 1.6
_APART_RULED = 3.0

# How many lines without a gap may stand between two lines of a block that have one, on a page with rules.
_PLAIN = 2

# How many lines a header may have at most.
_HEADERS = 6

# A run of more words than this over several columns is a sentence, not a head.
_SENTENCE = 8

# How many lines a title may have, what begins one, and by how much more white than between rows it is set off.
_TITLES = 2
_TITLE = re.compile(r"(Table|Figure|Chart|Exhibit|Schedule|Panel|Appendix|Annex)\s+[\dA-Z]", re.IGNORECASE)
_SET_OFF = 0.35

# In heights of a line: how near lines of one text are.
_RUNS_ON = 0.5

# Lines nearer than this part of the distance between rows are one row.
TIGHT = 0.85

# What begins a note under a table.
_NOTE = re.compile(r"(Sources?|Notes?|N\.?B\.?|Key)\b|\([*:†\d]+\)|\*|†", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """Lines from top to bottom, the edges between their columns, and the rules along and within them."""

    lines: tuple[Line, ...]
    separators: tuple[float, ...]
    levels: tuple[Level, ...] = field(repr=False, default=())

    @cached_property
    def box(self) -> Box:
        """The box around all words."""
        return box_of(self.lines)

    def slots(self, line: Line) -> list[tuple[int, int]]:
        """The first and last column of each run of a line."""
        return [slot(run, self.separators) for run in line.runs]

    def fits(self, line: Line) -> bool:
        """Whether a line has runs in two columns at least, none across an edge."""
        slots = self.slots(line)
        return len({first for first, _ in slots}) > 1 and all(first == last for first, last in slots)


def streams_of(lines: Sequence[Line], taken: Sequence[Box]) -> list[list[Line]]:
    """The lines of a page, those beside a box that is taken parted from the others and from each other."""
    streams: dict[tuple[int, bool], list[Line]] = {(-1, False): []}
    for line in lines:
        middle = (line.top + line.bottom) / 2
        beside = next((i for i, box in enumerate(taken) if box.top < middle < box.bottom), -1)
        for right in (False, True) if beside >= 0 else (False,):
            runs = tuple(run for run in line.runs if beside < 0 or (run.x0 >= taken[beside].x0) == right)
            if runs:
                streams.setdefault((beside, right), []).append(line._replace(runs=runs))
    return list(streams.values())


def blocks_of(
    lines: Sequence[Line], levels: Sequence[Level], taken: Sequence[Box], plain: int = _PLAIN
) -> Iterator[Block]:
    """The blocks of a page from top to bottom; none touches a box that is taken.

    `plain` is how many lines without a gap may stand between two lines of a block that have one.
    """
    rest = list(lines)
    start = 0
    while start < len(rest):
        stop = _stop(rest, start, levels, taken, plain)
        block = _block(rest, start, stop, levels, taken) if stop - start > 1 else None
        if block:
            yield block
            rest, start = rest[rest.index(block.lines[-1]) + 1 :], 0
        else:
            start = max(stop, start + 1)


def _stop(lines: Sequence[Line], start: int, levels: Sequence[Level], taken: Sequence[Box], plain: int) -> int:
    """The index after the last line of the block that begins at `start`: the last one with a shared gap."""
    if len(lines[start].runs) < 2:
        return start
    stop, last, between = start + 1, lines[start], 0
    for i in range(start + 1, len(lines)):
        if _parted(lines[i - 1], lines[i], levels, taken) or _begins_anew(lines, start, i):
            break
        if len(lines[i].runs) > 1:
            if not _share(last, lines[i]):
                break
            last, stop, between = lines[i], i + 1, 0
        elif not _runs_on(last, lines[i - 1], lines[i]):
            between += 1
            if between > plain:
                break
    return stop


def _runs_on(row: Line, above: Line, line: Line) -> bool:
    """Whether a line of one run goes on with a text of a row: under its start, and in the white right of it."""
    if line.top - above.bottom > _RUNS_ON * line.height:
        return False
    (run,) = line.runs
    ends = [*(after.x0 for after in row.runs[1:]), row.runs[-1].x1]
    return any(abs(run.x0 - text.x0) < 1 and run.x1 < end for text, end in zip(row.runs, ends, strict=True))


def running_on(lines: Sequence[Line]) -> int:
    """How many of a block's lines go on with a text of the row above them."""
    count, row = 0, lines[0]
    for above, line in pairwise(lines):
        if len(line.runs) > 1:
            row = line
        elif len(row.runs) > 1 and _runs_on(row, above, line):
            count += 1
    return count


def _begins_anew(lines: Sequence[Line], start: int, i: int) -> bool:
    """Whether a line after figures is the title or the header of another table: set off, and over a header."""
    head = next((k for k in range(i, min(i + _TITLES + 1, len(lines) - 1)) if len(lines[k].runs) > 1), None)
    if head is None or has_numbers(lines[head]) or not any(map(has_numbers, lines[start:i])):
        return False
    if not any(has_numbers(line) for line in lines[head + 1 : head + 1 + _HEADERS]):
        return False
    whites = sorted(b.top - a.bottom for a, b in pairwise(lines[start:i]))
    usual = whites[len(whites) // 2] if whites else 0.0
    set_off = lines[i].top - lines[i - 1].bottom > usual + _SET_OFF * lines[i].height
    return set_off or (head > i and _is_title(lines[i]))


def _parted(above: Line, below: Line, levels: Sequence[Level], taken: Sequence[Box]) -> bool:
    """Whether too much white, or a table found before, lies between two lines."""
    apart = below.top - above.bottom
    height = min(above.height, below.height)
    if any(box.top < (below.top + below.bottom) / 2 and box.bottom > (above.top + above.bottom) / 2 for box in taken):
        return True
    if apart <= _APART * height:
        return False
    ruled = any(above.bottom - 2 <= level.y <= below.top + 2 for level in levels)
    return not ruled or apart > _APART_RULED * height


def _share(above: Line, below: Line) -> bool:
    """Whether a white place of one line lies over one of the other."""
    least = 0.3 * min(above.height, below.height)
    return any(min(b, d) - max(a, c) >= least for a, b in gaps(above) for c, d in gaps(below))


def _block(lines: Sequence[Line], start: int, stop: int, levels: Sequence[Level], taken: Sequence[Box]) -> Block | None:
    """The block among some lines. Its columns are looked for again when the lines that are none of its are gone."""
    block = Block(tuple(lines[start:stop]), ())
    for _ in range(3):
        separators = without_units(block.lines, separators_of(block.lines))
        block = _trimmed(Block(block.lines, separators), levels)
        if not (block.lines and block.separators):
            return None
    return _with_rules(block, lines, lines.index(block.lines[0]), levels, taken)


def _trimmed(block: Block, levels: Sequence[Level]) -> Block:
    """Without the lines at its ends that fit no columns, and without titles and notes beyond its rules."""
    fits = [block.fits(line) for line in block.lines]
    if not any(fits):
        return Block((), ())
    first, last = fits.index(True), len(fits) - fits[::-1].index(True)
    while first and _crosses_as_header(block, block.lines[first - 1]):
        first -= 1
    block = Block(block.lines[first:last], block.separators)
    along = around(levels, block.box.x0, block.box.x1)
    lines = block.lines[_titles(block, along) : len(block.lines) - _notes(block, along)]
    return Block(lines, block.separators)


def _crosses_as_header(block: Block, line: Line) -> bool:
    """Whether a line of several runs over the first that fits may be a header; one cell may span columns."""
    slots = block.slots(line)
    return len(line.runs) > 1 and len(set(slots)) > 1 and (slots[0][0] > 0 or slots[0][1] == 0)


def _titles(block: Block, along: Sequence[Level]) -> int:
    """How many lines at the top stand over a rule that has the header under it, and under none themselves."""
    top, height = block.lines[0].top, block.lines[0].height
    if any(top - height < level.y < top + 0.3 * height for level in along):
        return 0
    columns = len(block.separators) + 1
    for i, (above, below) in enumerate(pairwise(block.lines), start=1):
        if has_numbers(above) or has_numbers(below) or (len(above.runs) == columns and block.fits(above)):
            break
        if any((above.top + above.bottom) / 2 < level.y < below.top + 0.3 * below.height for level in along):
            return i
    return 0


def _with_rules(
    block: Block, lines: Sequence[Line], first: int, levels: Sequence[Level], taken: Sequence[Box]
) -> Block:
    """The block with the lines between it and the rules over and under it."""
    box = block.box
    along = around(levels, box.x0, box.x1)
    stop = first + len(block.lines)
    start = _header_start(block, lines, first, along, taken)
    pitch = pitch_of(block.lines)
    while stop < len(lines) and (_wraps(block, lines, stop, pitch) or _continues(block, lines, stop, along, taken)):
        stop += 1
    whole = tuple(lines[start:stop])
    box = box_of(whole)
    near = [level for level in along if box.top - 12 <= level.y <= box.bottom + 12]
    return Block(whole, block.separators, tuple(near))


def _notes(block: Block, along: Sequence[Level]) -> int:
    """How many lines at the end are notes: without a number to the right, under the last rule or with a note's mark."""
    rules = [level.y for level in along if block.box.top < level.y]
    count = 0
    for line in reversed(block.lines[1:]):
        under = len(rules) > 1 and (line.top + line.bottom) / 2 > rules[-1]
        numbers = any(is_number(run.text) for run in line.runs[1:])
        if numbers or not (under or _NOTE.match(line.runs[0].text)):
            break
        count += 1
    return count


def _header_start(block: Block, lines: Sequence[Line], first: int, along: Sequence[Level], taken: Sequence[Box]) -> int:
    """The index of the first line of the header: up to a rule, or over lines that stand above other columns only."""
    rule = _rule_above(block, lines, first, along)
    if rule is not None:
        return rule
    start = first
    while start and first - start < _HEADERS and _heads(block, lines[start - 1], lines[start], taken):
        start -= 1
    return start


def _rule_above(block: Block, lines: Sequence[Line], first: int, along: Sequence[Level]) -> int | None:
    """The index of the line under the nearest rule over the block, if it is near; the farthest of near ones counts."""
    best = None
    for start in range(first, max(-1, first - _HEADERS), -1):
        line = lines[start]
        above = max(lines[start - 1].bottom - 0.5 * line.height if start else 0.0, line.top - _APART * line.height)
        if start < first and (_parted(line, lines[start + 1], along, ()) or _is_prose(block, line) or _is_title(line)):
            break
        if any(above <= level.y <= line.top + 0.3 * line.height for level in along):
            best = start
    return best


def _is_title(line: Line) -> bool:
    return _TITLE.match(line.runs[0].text) is not None


def _is_prose(block: Block, line: Line) -> bool:
    """Whether a sentence runs on over the edges of the columns: what stands near a table may not be swallowed by it."""
    pairs = zip(block.slots(line), line.runs, strict=True)
    return any(first < last and run.words > _SENTENCE for (first, last), run in pairs)


def _heads(block: Block, line: Line, below: Line, taken: Sequence[Box]) -> bool:
    """Whether a line over the block belongs to its header: near, and over columns other than the first."""
    if below.top - line.bottom > 0.8 * line.height or _parted(line, below, (), taken):
        return False
    slots = block.slots(line)
    inside = line.runs[-1].x1 <= block.box.x1 + line.height
    return inside and all(low > 0 for low, _ in slots)


def pitch_of(lines: Sequence[Line]) -> float:
    """The least distance between two neighbouring lines that both have numbers, and so are two rows; 0 for none."""
    return min((b.bottom - a.bottom for a, b in pairwise(lines) if has_figures(a) and has_figures(b)), default=0.0)


def has_figures(line: Line) -> bool:
    """Whether a line has a number right of its first run, or is one."""
    return any(is_number(run.text) for run in line.runs[1:]) or (len(line.runs) == 1 and is_number(line.runs[0].text))


def _wraps(block: Block, lines: Sequence[Line], i: int, pitch: float) -> bool:
    """Whether a line under the block goes on with a cell of its last row: nearer than rows are, or under a text."""
    line, above = lines[i], lines[i - 1]
    step, slots = line.bottom - above.bottom, block.slots(line)
    if has_figures(line) or line.top - above.bottom > _RUNS_ON * line.height or any(low != high for low, high in slots):
        return False
    if _is_title(line) or _NOTE.match(line.runs[0].text) or line.runs[-1].x1 > block.box.x1 + line.height:
        return False
    if slots[0][0] > 0:
        edges = [run.x0 for other in block.lines for run in other.runs if slot(run, block.separators) == slots[0]]
        return any(abs(line.runs[0].x0 - x) < 1 for x in edges)
    return step < TIGHT * pitch


def _continues(block: Block, lines: Sequence[Line], i: int, along: Sequence[Level], taken: Sequence[Box]) -> bool:
    """Whether a line under the block still stands above the rule that ends it."""
    line = lines[i]
    if _parted(lines[i - 1], line, along, taken) or len(line.runs) > 1:
        return False
    if _is_prose(block, line) or _is_title(line) or _NOTE.match(line.runs[0].text):
        return False
    under = lines[i + 1].top + 0.5 * line.height if i + 1 < len(lines) else line.bottom + line.height
    return any(line.bottom - 0.3 * line.height <= level.y <= under for level in along)
