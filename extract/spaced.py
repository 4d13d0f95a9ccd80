"""Tables in text that is laid out by spaces, as `pdftotext -layout` writes it: columns from white gaps over many lines.

Characters are places here: a character is one unit wide and a line two and a half high, and the columns are found as
among the words of a PDF page. What such a text lacks are the rules between rows, so which lines make one row is told
from blank lines, from which lines have figures, and from how the texts run on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile, zip_longest
from statistics import median

from extract.blocks import Block, blocks_of
from extract.columns import Line, Run, gaps, is_number, slot
from extract.evidence import is_table_of_rows
from extract.paper import Box, Cell, PrintedTable, Row, TextLine, Word

# A line of the file: its number from 1, and its text.
FileLine = tuple[int, str]

HEIGHT = 2.5
# The white between two lines, and what each blank line adds to it: five of them may stand within a table.
_LEADING, _BLANK = 0.5, 0.6
# How many lines with one run may stand between two with several: a wrapped cell may be long.
_PLAIN = 30
# A place where so many runs begin, or end, is the side of a column.
_SIDE = 3
# A line of so many runs, none of them a number, may be a header; under its gaps a river of white runs where words begin
# in some lines, and only one in so many writes over it.
_HEADS, _RIVER = 4, 6
# How many lines of labels may stand over a block that has its own columns.
_HEADER_LINES = 8
_SLIP = 0.45
# A sentence that begins so far to the right of the rows stands in a table.
_INDENT = 3
# How many characters a column may waver, and what share of the rows must be full to tell where it belongs.
_WAVER, _FULL = 8, 0.8
# A run of more words than this over the gaps of the line above is prose.
_SENTENCE = 8

# Two words that may be one number: a sign and its number, or groups of digits.
_GROUPED = re.compile(r"[-−–] .*|[-−–(£]*\d{1,3}( \d{3})+[)%]*")
_YEAR = re.compile(r"(19|20)\d\d([/-]\d\d(\d\d)?)?")
# What a text that runs on in the next line ends with.
_RUNS_ON = re.compile(r"([-–,&/(]|\b(and|or|of|to|the|for|in|with|a|an|from|by|on|at|as|is|its|their|which|that))$")


@dataclass(frozen=True, slots=True)
class _Spaced:
    """A line of words in place, and the number that it has in the file."""

    number: int
    line: Line


def spaced(lines: Sequence[FileLine], page: int) -> tuple[tuple[PrintedTable, ...], tuple[TextLine, ...]]:
    """The tables of one page of a text without tabs, and the lines that stand in none."""
    placed = _placed(lines)
    numbers = {_key(each.line): each.number for each in placed}
    found: list[PrintedTable] = []
    taken: set[int] = set()
    for each in map(_merged, map(_settled, _blocks(_parted([each.line for each in placed])))):
        # The tail of one block may be the head of the next.
        block = Block(tuple(x for x in each.lines if numbers[_key(x)] not in taken), each.separators, each.levels)
        if not block.lines:
            continue
        rows = list(_rows(block))
        if _is_table(block, [row for row, _ in rows]):
            found.append(_table(block, rows, numbers, page, len(found) + 1))
            taken |= {numbers[_key(line)] for line in block.lines}
    loose = tuple(TextLine(page, n, text.rstrip()) for n, text in lines if text.strip() and n not in taken)
    return tuple(found), loose


def _key(line: Line) -> int:
    """A line's height on its page as a whole number, which moving it up and down does not change."""
    return round(10 * line.top)


def _placed(lines: Sequence[FileLine]) -> list[_Spaced]:
    top, found = 0.0, list[_Spaced]()
    for number, text in lines:
        parts = list(re.finditer(r"\S+(?: \S+)*", text))
        if parts:
            runs = (Run(m.start(), top, m.end(), top + HEIGHT, m[0], m.start(), m[0].count(" ") + 1) for m in parts)
            found.append(_Spaced(number, Line(top, top + HEIGHT, tuple(runs))))
            top += HEIGHT + _LEADING
        else:
            top += _BLANK
    return found


def _is_figure(text: str) -> bool:
    """Whether a text is a number, and no year."""
    return is_number(text) and not _YEAR.fullmatch(text)


def _words(run: Run) -> list[Word]:
    """The words of a run, where the file has them: `first` is its first character's place, wherever it was moved."""
    start, found = run.first, list[Word]()
    for text in run.text.split(" "):
        found.append(Word(text, Box(start, run.top, start + len(text), run.bottom)))
        start += len(text) + 1
    return found


def _run(words: Sequence[Word]) -> Run:
    """Words of one line as a run."""
    first, last = words[0].box, words[-1].box
    return Run(first.x0, first.top, last.x1, first.bottom, " ".join(w.text for w in words), round(first.x0), len(words))


# --- columns that stand a single space apart -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sides:
    """How many runs begin and how many numbers end at each place, and the places where a river of white runs down."""

    starts: Counter[int]
    ends: Counter[int]
    rivers: frozenset[int]


def _parted(lines: Sequence[Line]) -> list[Line]:
    """The lines with runs parted where one space stands between two columns, as other lines show."""
    rows = [line for line in lines if len(line.runs) > 1]
    # Of a wrapped text all but the first line may stand alone.
    starts = Counter(round(run.x0) for line in lines for run in line.runs if not _is_figure(_words(run)[0].text))
    # A number may have a text beside it; before it stands a gap.
    numbers = (_words(run)[0] for line in rows for run in line.runs if _is_figure(_words(run)[0].text))
    ends = Counter(round(word.box.x1) for word in numbers)
    sides = _Sides(starts, ends, _rivers(rows))
    parted = [line._replace(runs=tuple(_split(line, sides))) for line in lines]
    return [line._replace(runs=tuple(map(_narrowed, line.runs))) for line in _straightened(parted)]


def _narrowed(run: Run) -> Run:
    """A run without half a character at each end: proportional letters fall a place to the left or right."""
    return run._replace(x0=run.x0 + _SLIP, x1=run.x1 - _SLIP)


def _rivers(lines: Sequence[Line]) -> frozenset[int]:
    """The places under a gap of a header where texts begin in many lines, and that next to none writes over."""
    heads = [gap for line in lines if len(line.runs) >= _HEADS and not _numbers(line) for gap in gaps(line)]
    words = [word for line in lines for run in line.runs for word in _words(run)]
    begun = Counter(round(word.box.x0) for word in words if not _is_figure(word.text))
    covered = Counter(x for w in words for x in range(round(w.box.x0) + 1, round(w.box.x1) + 1))
    return frozenset(
        x
        for x, count in begun.items()
        if count >= _SIDE and covered[x] <= count / _RIVER and any(left + 1 <= x <= right for left, right in heads)
    )


def _split(line: Line, sides: _Sides) -> Iterator[Run]:
    alone = len(line.runs) == 1
    before: Run | None = None
    for run in line.runs:
        part: list[Word] = []
        # A number in the midst of a text is part of it, and one at the end of a line of text.
        words = _words(run)
        inner = len(words) - sum(1 for _ in takewhile(lambda w: _is_figure(w.text), reversed(words)))
        for i, word in enumerate(words):
            within = i < inner or (alone and inner == len(words) - 1)
            if within and part and _is_figure(word.text) and not _is_figure(part[-1].text):
                part.append(word)
                continue
            if part and _is_side(part, word, sides, before if alone else before or run):
                before = _run(part)
                yield before
                part = []
            part.append(word)
        before = _run(part)
        yield before


def _is_side(part: Sequence[Word], right: Word, sides: _Sides, before: Run | None) -> bool:
    """Whether the space between some words and the next parts two columns: a side of one is there in other lines.

    A number is not parted from its sign, nor its groups, unless the first ends where a column of numbers does. `before`
    is the run before them in the line, None where they are the line's first and all it has.
    """
    left = part[-1]
    after_number = _is_figure(left.text) and _near(sides.ends, left.box.x1) >= _SIDE
    if _is_figure(right.text):
        if _is_figure(left.text):
            return after_number or not _GROUPED.fullmatch(f"{left.text} {right.text}")
        return _near(sides.ends, right.box.x1) >= _SIDE
    if before is None:
        return False
    if after_number or (len(part) == 1 and _is_figure(left.text) and _is_figure(before.text)):
        return _near(sides.starts, right.box.x0) > 1 or right.text[0].isupper()
    if round(right.box.x0) in sides.rivers:
        return True
    return _near(sides.starts, right.box.x0) >= _SIDE and (right.text[0].isupper() or not right.text[0].isalpha())


def _near(places: Counter[int], x: float) -> int:
    """How many sides stand at a place, or a character beside it: proportional letters do not fall on columns."""
    return sum(places[round(x) + shift] for shift in (-1, 0, 1))


# --- columns that waver ----------------------------------------------------------------------------------------------


def _straightened(lines: Sequence[Line]) -> list[Line]:
    """The lines with their runs moved under each other, where most lines have as many of them.

    A text that is too long for its place pushes what follows to the right, and a program that writes a page in
    characters makes room for it further on: columns waver, while their order does not. A wrapped text moves with the
    line that it goes on from.
    """
    ends = _usual([_numbers(line) for line in lines], _right)
    lines = [_completed(line, ends) for line in lines]
    places = _usual([line.runs for line in lines if ends and len(_numbers(line)) == len(ends)], _anchor)
    moved: list[Line] = []
    shifts: dict[float, float] = {}
    for line in lines:
        numbers = _numbers(line)
        if ends and len(numbers) == len(ends):
            found = _shifts(line.runs, places, _anchor) or _shifts(numbers, ends, _right)
            moved.append(_moved(line, found))
            shifts = {run.x0: shift for run, shift in found.items() if moved[-1] is not line}
        else:
            moved.append(_moved(line, {run: shifts[run.x0] for run in line.runs if run.x0 in shifts}))
    return moved


def _numbers(line: Line) -> list[Run]:
    return [run for run in line.runs if _is_figure(run.text)]


def _completed(line: Line, ends: Sequence[float]) -> Line:
    """A line that lacks its first number, parted from the text that ends with it."""
    numbers = _numbers(line)
    if not numbers or len(numbers) != len(ends) - 1:
        return line
    at = line.runs.index(numbers[0]) - 1
    words = _words(line.runs[at]) if at >= 0 else []
    if len(words) < 2 or not _is_figure(words[-1].text) or abs(words[-1].box.x1 - ends[0]) > _WAVER:
        return line
    return line._replace(runs=(*line.runs[:at], _run(words[:-1]), _run(words[-1:]), *line.runs[at + 1 :]))


def _right(run: Run) -> float:
    return run.x1


def _anchor(run: Run) -> float:
    """Where a run is held: numbers on the right, texts on the left."""
    return run.x1 if _is_figure(run.text) else run.x0


def _usual(rows: Sequence[Sequence[Run]], anchor: Callable[[Run], float]) -> list[float]:
    """Where the runs of full rows stand; nothing where many rows are not full, as then a run may be of any column."""
    several = [row for row in rows if len(row) > 1]
    (usual, count), *_ = Counter(map(len, several)).most_common(1) or [(0, 0)]
    if count < _SIDE or sum(len(row) < usual for row in several) > (1 - _FULL) * len(several):
        return []
    full = [row for row in several if len(row) == usual]
    return [median(map(anchor, column)) for column in zip(*full, strict=True)]


def _shifts(runs: Sequence[Run], places: Sequence[float], anchor: Callable[[Run], float]) -> dict[Run, float]:
    """How far each run is from its place; nothing where that is too far for any."""
    if len(runs) != len(places):
        return {}
    found = {run: place - anchor(run) for run, place in zip(runs, places, strict=True)}
    return found if all(abs(shift) <= _WAVER for shift in found.values()) else {}


def _moved(line: Line, shifts: Mapping[Run, float]) -> Line:
    """A line with runs moved; what follows a moved number moves with it. Unmoved where runs would overlap."""
    runs: list[Run] = []
    shift = 0.0
    for run in line.runs:
        shift = shifts.get(run, shift if runs and _is_figure(runs[-1].text) else 0.0)
        runs.append(run._replace(x0=run.x0 + shift, x1=run.x1 + shift))
    return line if any(a.x1 > b.x0 for a, b in pairwise(runs)) else line._replace(runs=tuple(runs))


# --- blocks ----------------------------------------------------------------------------------------------------------


def _blocks(lines: Sequence[Line]) -> Iterator[Block]:
    """The blocks of a page from top to bottom, parted at prose, and where other columns begin."""
    for part, inside in _without_prose(lines):
        closed, raised = _closed_up(part, inside)
        for block in _blocks_of(closed):
            yield from (_with_lines(each, raised, inside) for each in _each_alone(block))


def _closed_up(lines: Sequence[Line], out: Sequence[Line]) -> tuple[list[Line], dict[float, float]]:
    """Lines moved up to where those that were taken out stood; and by how much, by their new tops."""
    closed: list[Line] = []
    raised: dict[float, float] = {}
    by = 0.0
    for above, line in zip([None, *lines], lines, strict=False):
        if above is not None and any(above.top < other.top < line.top for other in out):
            by = line.top - (closed[-1].bottom + _LEADING + _BLANK)
        closed.append(line._replace(top=line.top - by, bottom=line.bottom - by))
        raised[closed[-1].top] = by
    return closed, raised


def _blocks_of(lines: Sequence[Line]) -> Iterator[Block]:
    for block in blocks_of(lines, (), (), _PLAIN):
        yield _with_head(_with_tail(_without_title(block), lines), lines)


def _with_head(block: Block, lines: Sequence[Line]) -> Block:
    """The block with the lines of labels right above it: a header of several levels may share no gap with itself."""
    start = next(i for i, line in enumerate(lines) if line is block.lines[0])
    head: list[Line] = []
    for below, line in pairwise(reversed(lines[: start + 1])):
        long = any(run.words > _SENTENCE for run in line.runs)
        if _is_blank_between(line, below) or _numbers(line) or long or len(head) == _HEADER_LINES:
            break
        head.insert(0, line)
    return Block((*head, *block.lines), block.separators, block.levels)


def _with_lines(block: Block, raised: Mapping[float, float], lines: Sequence[Line]) -> Block:
    """The block moved back down, with the sentences that stand in it, each a cell over several columns."""
    own = [x._replace(top=x.top + raised[x.top], bottom=x.bottom + raised[x.top]) for x in block.lines]
    within = [line for line in lines if own[0].top < line.top < own[-1].top]
    return Block(tuple(sorted((*own, *within))), block.separators, block.levels)


def _without_title(block: Block) -> Block:
    """The block without lines of one run at its head that a blank line parts from the rest: those are its title."""
    pairs = pairwise(block.lines)
    titles = sum(1 for _ in takewhile(lambda p: len(p[0].runs) == 1 and _is_blank_between(*p), pairs))
    return Block(block.lines[titles:], block.separators, block.levels)


def _without_prose(lines: Sequence[Line]) -> Iterator[tuple[list[Line], list[Line]]]:
    """The lines between sentences that run over the gaps of the line above; and the sentences that stand in a table.

    Those begin to the right of where its rows do. A short heading right over its rows stands in it, too.
    """
    margin = min((line.runs[0].x0 for line in lines if len(line.runs) > 1), default=0.0)
    part: list[Line] = []
    inside: list[Line] = []
    last: Line | None = None
    for line, after in zip_longest(lines, lines[1:]):
        over = len(line.runs) == 1 and last is not None and _runs_over(line.runs[0], last)
        within = line.runs[0].x0 > margin + _INDENT and last is not None and _numbers(last)
        if over and (within or _heads(line, after, margin)):
            inside.append(line)
        elif over and line.runs[0].words > _SENTENCE:
            yield part, inside
            part, inside, last = [], [], None
        else:
            part.append(line)
            last = line if len(line.runs) > 1 else last
    yield part, inside


def _heads(line: Line, after: Line | None, margin: float) -> bool:
    """Whether a line may be a heading over the row right below it."""
    if after is None or _is_blank_between(line, after):
        return False
    return line.runs[0].words <= _SENTENCE and line.runs[0].x0 <= margin + _INDENT


def _each_alone(block: Block) -> Iterator[Block]:
    """A block, or the blocks above and below a line in it, if each has columns of its own that fit it better."""
    for at in _titles(block):
        above, below = (list(_blocks_of(part)) for part in (block.lines[:at], block.lines[at:]))
        if above and below and sum(map(_disorder, (*above, *below))) < _disorder(block):
            yield from above
            for part in below:
                yield from _each_alone(part)
            return
    yield block


def _titles(block: Block) -> Iterator[int]:
    """The lines of a block at which another may begin: alone and over several columns, or labels over figures."""
    numeric = _numeric(block)
    begun = False
    for i, (above, line) in enumerate(pairwise(block.lines), start=1):
        begun = begun or _has_figures(block, above, numeric)
        slots = block.slots(line)
        lone = len(slots) == 1 and slots[0][0] < slots[0][1]
        labels = [
            r for r, (first, _) in zip(line.runs, slots, strict=True) if numeric[first] and not _is_figure(r.text)
        ]
        if begun and _is_blank_between(above, line) and (lone or len(labels) > 1):
            yield i


def _settled(block: Block) -> Block:
    """The block with numbers that stand in a column of texts moved to the empty column of numbers beside it."""
    numeric = _numeric(block)
    anchors = [_anchors(block, column) if numeric[column] else [] for column in range(len(numeric))]
    return Block(tuple(_settled_line(block, line, anchors) for line in block.lines), block.separators, block.levels)


def _anchors(block: Block, column: int) -> list[float]:
    """Where the numbers of a column end."""
    slots = ((run, place) for line in block.lines for run, place in zip(line.runs, block.slots(line), strict=True))
    return sorted(run.x1 for run, place in slots if place == (column, column) and _is_figure(run.text))


def _settled_line(block: Block, line: Line, anchors: Sequence[Sequence[float]]) -> Line:
    runs = list(line.runs)
    for i, (run, (column, _)) in enumerate(zip(line.runs, block.slots(line), strict=True)):
        slots = block.slots(line._replace(runs=tuple(runs)))
        taken = {place for other in slots for place in other}
        near = _WAVER if sum(first == column for first, _ in slots) > 1 else _WAVER / 2
        for beside in (column - 1, column + 1):
            if not 0 <= beside < len(anchors) or anchors[column] or beside in taken or not _is_figure(run.text):
                continue
            if anchors[beside] and abs(run.x1 - median(anchors[beside])) <= near:
                shift = median(anchors[beside]) - run.x1
                runs[i] = run._replace(x0=run.x0 + shift, x1=run.x1 + shift)
                break
    return line._replace(runs=tuple(sorted(runs)))


def _merged(block: Block) -> Block:
    """The block with columns made one that seem two, as they waver, or as a label stands beside what it is over.

    No line has both, and at most one of them has a label of its own. Either what they hold stands near and is of one
    kind, or one of them holds nothing but the label.
    """
    numeric = _numeric(block)
    start = _body_start(block, numeric)
    heads = {first for line in block.lines[:start] for first, last in block.slots(line) if first == last}
    held: list[list[float]] = [[] for _ in numeric]
    both: set[tuple[int, int]] = set()
    for line in block.lines[start:]:
        slots = block.slots(line)
        both |= {(a, b) for (_, a), (b, _) in pairwise(slots)}
        for run, (first, last) in zip(line.runs, slots, strict=True):
            if first == last:
                held[first].append(run.x1 if numeric[first] else run.x0)
    for left, right in pairwise(range(len(numeric))):
        if {left, right} <= heads or (left, right) in both or not (held[left] or held[right]):
            continue
        one_kind = numeric[left] == numeric[right] and held[left] and held[right]
        if not (held[left] and held[right]) or (one_kind and abs(median(held[left]) - median(held[right])) <= _WAVER):
            separators = (*block.separators[:left], *block.separators[left + 1 :])
            return _merged(Block(block.lines, separators, block.levels))
    return block


def _disorder(block: Block) -> int:
    """How many runs stand over several columns, or in one with another of their line."""
    slots = [block.slots(line) for line in block.lines]
    over = sum(first != last for line in slots for first, last in line)
    return over + sum(len(line) - len({first for first, _ in line}) for line in slots)


def _runs_over(run: Run, row: Line) -> bool:
    """Whether a run covers a gap of a row, or begins in one and runs over what stands behind it."""
    begins = run.x0 not in {other.x0 for other in row.runs}
    return any(
        right + 2 <= run.x1 and (run.x0 <= left - 2 or (begins and run.x0 <= right)) for left, right in gaps(row)
    )


def _with_tail(block: Block, lines: Sequence[Line]) -> Block:
    """The block with the lines below it that are rows with figures, or go on in one of its columns without a blank."""
    stop = next(i for i, line in enumerate(lines) if line is block.lines[-1]) + 1
    tail: list[Line] = []
    for above, below in pairwise(lines[stop - 1 :]):
        slots = block.slots(below)
        goes_on = not _is_blank_between(above, below) and slots[0][0] > 0 and all(a == b for a, b in slots)
        if not (goes_on or _is_row(above, below)):
            break
        tail.append(below)
    return Block((*block.lines, *tail), block.separators, block.levels)


def _is_row(above: Line, below: Line) -> bool:
    """Whether a line near the one above has figures beside a label or each other, and no sentence."""
    near = below.top - above.bottom < _LEADING + 2 * _BLANK
    short = all(run.words <= _SENTENCE for run in below.runs[:1])
    return near and short and len(below.runs) > 1 and any(_is_figure(run.text) for run in below.runs[1:])


def _is_blank_between(above: Line, below: Line) -> bool:
    return below.top - above.bottom > _LEADING + _BLANK / 2


# --- rows ------------------------------------------------------------------------------------------------------------


def _is_table(block: Block, rows: Sequence[Sequence[Line]]) -> bool:
    numeric = _numeric(block)
    figures = [any(_has_figures(block, line, numeric) for line in row) for row in rows]
    whole = tuple(_as_line(row, block) for row in rows)
    return is_table_of_rows(Block(whole, block.separators), figures)


def _as_line(row: Sequence[Line], block: Block) -> Line:
    """A row as one line, with a run for each column."""
    parts: dict[tuple[int, int], list[Run]] = {}
    for line in row:
        for run, place in zip(line.runs, block.slots(line), strict=True):
            parts.setdefault(place, []).append(run)
    return Line(row[0].top, row[-1].bottom, tuple(sorted(map(_joined, parts.values()))))


def _joined(runs: Sequence[Run]) -> Run:
    x0, x1 = min(run.x0 for run in runs), max(run.x1 for run in runs)
    text, words = " ".join(run.text for run in runs), sum(run.words for run in runs)
    return Run(x0, runs[0].top, x1, runs[-1].bottom, text, runs[0].first, words)


def _table(
    block: Block, found: Sequence[tuple[Sequence[Line], int]], numbers: Mapping[int, int], page: int, number: int
) -> PrintedTable:
    x0, x1 = (side(x for line in block.lines for x in (line.runs[0].x0, line.runs[-1].x1)) for side in (min, max))
    edges = (x0, *block.separators, x1)
    rows = [_row(lines, numbers, edges, figures) for lines, figures in found]
    return PrintedTable(page, number, len(edges) - 1, tuple(rows), "spaces", None, edges)


def _row(lines: Sequence[Line], numbers: Mapping[int, int], edges: tuple[float, ...], figures: int) -> Row:
    """A row has the number of the line that holds its figures, its first line where none does."""
    spans: list[list[int]] = []
    for first, last in sorted(slot(run, edges[1:-1]) for line in lines for run in line.runs):
        if spans and first <= spans[-1][1]:
            spans[-1][1] = max(last, spans[-1][1])
        else:
            spans.append([first, last])
    return Row(numbers[_key(lines[figures])], tuple(_cell(lines, edges, first, last) for first, last in spans))


def _cell(lines: Sequence[Line], edges: tuple[float, ...], first: int, last: int) -> Cell:
    inside = [[run for run in line.runs if first <= slot(run, edges[1:-1])[0] <= last] for line in lines]
    filled = [runs for runs in inside if runs]
    words = tuple(word for runs in filled for run in runs for word in _words(run))
    text = "\n".join(" ".join(run.text for run in runs) for runs in filled)
    return Cell(text, first, last - first + 1, None, words)


def _rows(block: Block) -> Iterator[tuple[Sequence[Line], int]]:
    """The lines of each row, and the index of the one among them that holds its figures, or 0."""
    numeric = _numeric(block)
    body = _body_start(block, numeric)
    for part in _paragraphs(block.lines[:body]):
        yield from ((row, 0) for row in _header_rows(part, block))
    for part in (part for whole in _paragraphs(block.lines[body:]) for part in _under_headings(whole, block)):
        figures = [i for i, line in enumerate(part) if _has_figures(block, line, numeric)]
        yield from _body_rows(part, figures, block)


def _body_start(block: Block, numeric: Sequence[bool]) -> int:
    """The first line of the body. The header ends with the last label over figures, and what follows it unparted."""
    first = next((i for i, line in enumerate(block.lines) if _has_figures(block, line, numeric)), 0)
    labels = [i for i in range(first) if _has_label(block, block.lines[i], numeric)]
    for i in range(labels[-1] + 1 if labels else 0, first + 1):
        if i == first or (i and _is_blank_between(block.lines[i - 1], block.lines[i])):
            return i
        if i < first and len(block.lines[i].runs) == 1 and block.slots(block.lines[i])[0][0] == 0:
            return i
    return first


def _has_label(block: Block, line: Line, numeric: Sequence[bool]) -> bool:
    """Whether a text stands over a column of figures."""
    slots = zip(line.runs, block.slots(line), strict=True)
    return any(any(numeric[first : last + 1]) and not _is_figure(run.text) for run, (first, last) in slots)


def _numeric(block: Block) -> list[bool]:
    """Which columns hold numbers in most of the lines that have anything there."""
    found: list[list[bool]] = [[] for _ in range(len(block.separators) + 1)]
    for line in block.lines:
        for run, (first, last) in zip(line.runs, block.slots(line), strict=True):
            if first == last:
                found[first].append(_is_figure(run.text))
    return [sum(each) >= 0.4 * len(each) and any(each) for each in found]


def _has_figures(block: Block, line: Line, numeric: Sequence[bool]) -> bool:
    slots = zip(line.runs, block.slots(line), strict=True)
    return any(numeric[last] and _is_figure(_words(run)[-1].text) for run, (_, last) in slots)


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    part: list[Line] = []
    for line in lines:
        if part and _is_blank_between(part[-1], line):
            yield part
            part = []
        part.append(line)
    if part:
        yield part


def _header_rows(lines: Sequence[Line], block: Block) -> Iterator[list[Line]]:
    """A run over several columns that have heads of their own below is a row of its own; other lines are one row."""
    row: list[Line] = []
    for line in lines:
        if row and _spans(row[-1], line, block):
            yield row
            row = []
        row.append(line)
    if row:
        yield row


def _spans(above: Line, below: Line, block: Block) -> bool:
    columns = {first for first, _ in block.slots(below)}
    return any(sum(first <= c <= last for c in columns) > 1 for first, last in block.slots(above))


def _under_headings(lines: Sequence[Line], block: Block) -> Iterator[list[Line]]:
    """The lines of a paragraph between its headings, and each of those alone.

    A heading begins in the first column and runs over the next, as no wrapped text would; or the row above it has
    nothing in the first column that it could go on from.
    """
    part: list[Line] = []
    for line in lines:
        (first, last), *others = block.slots(line)
        begins = first == 0 and not others and not line.runs[0].text[0].islower()
        if begins and (last > 0 or (part and all(block.slots(above)[0][0] > 0 for above in part))):
            if part:
                yield part
            yield [line]
            part = []
        else:
            part.append(line)
    if part:
        yield part


def _body_rows(lines: Sequence[Line], figures: Sequence[int], block: Block) -> Iterator[tuple[Sequence[Line], int]]:
    """The rows of a paragraph: one for each line with figures, with the lines around it that go on with it."""
    if not figures:
        yield lines, 0
        return
    starts = [_heading(lines, figures[0], block)]
    starts += [_boundary(lines, above, below, block) for above, below in pairwise(figures)]
    if starts[0]:
        yield lines[: starts[0]], 0
    for at, (start, stop) in zip(figures, pairwise([*starts, len(lines)]), strict=True):
        yield lines[start:stop], at - start


def _heading(lines: Sequence[Line], figures: int, block: Block) -> int:
    """How many lines of a paragraph stand as a heading over its first row: in the first column, as the row does too."""
    if not figures or block.slots(lines[figures])[0][0] != 0:
        return 0
    above = lines[:figures]
    alone = all(len(line.runs) == 1 and block.slots(line)[0] == (0, 0) for line in above)
    return figures if alone and _breaks(above[-1].runs[0], lines[figures].runs[0]) > 0 else 0


def _boundary(lines: Sequence[Line], above: int, below: int, block: Block) -> int:
    """The first line of the row whose figures are in line `below`; those of the row before are in `above`.

    Texts that stand over the figures of their row are dearer than those under them, but less so than to part a text.
    """
    costs = {
        start: (below - start) - 2 * _begins(lines[start], block) - _parts(lines[start - 1], lines[start], block)
        for start in range(above + 1, below + 1)
    }
    return min(costs, key=lambda start: (costs[start], -start))


def _begins(line: Line, block: Block) -> bool:
    """Whether a line has text in the first column that does not go on from the line above."""
    return block.slots(line)[0][0] == 0 and not line.runs[0].text[0].islower()


def _parts(above: Line, below: Line, block: Block) -> int:
    """How well two lines are parted, at the column where they are parted worst."""
    over = {first: run for run, (first, _) in zip(above.runs, block.slots(above), strict=True)}
    under = {first: run for run, (first, _) in zip(below.runs, block.slots(below), strict=True)}
    return min((_breaks(over[column], under[column]) for column in over.keys() & under.keys()), default=0)


def _breaks(above: Run, below: Run) -> int:
    """Whether a text ends where another begins below it: 1 if it seems so, less than 0 if it goes on."""
    if below.text[0].islower() or _RUNS_ON.search(above.text):
        return -4
    return 1
