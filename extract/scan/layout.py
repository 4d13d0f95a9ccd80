"""Read runs as the glyphs and segments of a born-digital page would be, so that one set of finders does for both."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from extract.glyphs import DOWNWARDS, UPRIGHT, Glyph
from extract.paper import Box, Cell, Frame, PrintedTable, TextLine, Witness, Word
from extract.pdfium import Sheet
from extract.scan.ink import POINTS_PER_INCH
from extract.scan.recognise import Recognised, Run
from extract.scan.witnesses import Court

# A font's parts in parts of its size: a capital, and how far above and below the baseline its box reaches.
_CAPITAL, _ABOVE, _BELOW = 0.716, 0.92, 0.23
# By how many pixels print comes out higher than it is: ink spreads, and what is pale at its edges counts.
_SPREAD = 1.0
# Sizes of print that differ by no more than this factor are one.
_SAME = 1.08
_HANGING = set("gjpqy,;()[]Q_@/|")
_SMALL = set("acegmnopqrsuvwxyz.,-:;~_+*='\"")
_HIGH = set("'\"*°^")


@dataclass(frozen=True, slots=True)
class Printed:
    """A run with its text: its box in points of the upright page, its words as glyphs, and what was said of it."""

    box: Box
    text: str
    glyphs: tuple[Glyph, ...]
    witnesses: tuple[Witness, ...]


def frame_of(found: Recognised, sheet: Sheet) -> Frame:
    """From points of the upright and levelled page to points of the page as shown."""
    scale = found.dpi / POINTS_PER_INCH
    width, height = found.width / scale, found.height / scale
    turn = math.radians(found.lean)
    cos, sin = math.cos(turn), math.sin(turn)
    # Levelling turned the page about its middle; this turns it back.
    a, b, c, d = cos, sin, -sin, cos
    e = width / 2 - a * width / 2 - c * height / 2
    f = height / 2 - b * width / 2 - d * height / 2
    quarter = found.turn // 90
    if quarter == 1:
        return Frame(-b, a, -d, c, height - f, e)
    if quarter == 2:
        return Frame(-a, -b, -c, -d, width - e, height - f)
    if quarter == 3:
        return Frame(b, -a, d, -c, f, width - e)
    return Frame(a, b, c, d, e, f)


def printed_of(found: Recognised, layer: Iterable[Glyph], frame: Frame) -> list[Printed]:
    """The runs of a page with their texts; dirt is left out."""
    runs = found.runs
    court = Court(runs)
    heard = _Layer(layer, frame)
    point = found.dpi / POINTS_PER_INCH
    texts = [court.hear(run, heard.text(_box(run, point))) for run in runs]
    upright = [i for i, run in enumerate(runs) if run.turn == UPRIGHT]
    lines = _lines([runs[i] for i in upright], [texts[i][0] for i in upright], found.capital)
    glyphs = {i: tuple(_glyphs(runs[i], texts[i][0], line, point)) for i, line in zip(upright, lines, strict=True)}
    return [
        Printed(_box(run, point), text, glyphs[i] if i in glyphs else tuple(_aside(run, text, point)), witnesses)
        for i, (run, (text, witnesses)) in enumerate(zip(runs, texts, strict=True))
        if text
    ]


def _box(run: Run, point: float) -> Box:
    return Box(run.x0 / point, run.top / point, run.x1 / point, run.bottom / point)


class _Layer:
    """The words of a text layer by place on the upright page."""

    def __init__(self, glyphs: Iterable[Glyph], frame: Frame) -> None:
        back = _inverse(frame)
        placed = [(g, back.on_sheet(g[1:5])) for g in glyphs if not g.text.isspace()]
        self.glyphs = sorted(((box, g.text) for g, box in placed), key=lambda pair: pair[0][1])
        self.tops = [box[1] for box, _ in self.glyphs]

    def text(self, box: Box) -> str:
        """What the layer says at a place."""
        if not self.glyphs:
            return ""
        high = box.bottom - box.top
        near = self.glyphs[bisect_left(self.tops, box.top - 20) : bisect_left(self.tops, box.bottom)]
        inside = sorted(
            (where[0], where[2], text)
            for where, text in near
            if box.x0 - 1 <= (where[0] + where[2]) / 2 <= box.x1 + 1
            and box.top - 0.3 * high - 1 <= (where[1] + where[3]) / 2 <= box.bottom + 0.3 * high + 1
        )
        words, right = "", None
        for x0, x1, text in inside:
            words += (" " if right is not None and x0 - right > 0.2 * max(high, 4) else "") + text
            right = x1
        return words


def _inverse(m: Frame) -> Frame:
    size = m.a * m.d - m.b * m.c
    a, b, c, d = m.d / size, -m.b / size, -m.c / size, m.a / size
    return Frame(a, b, c, d, -(a * m.e + c * m.f), -(b * m.e + d * m.f))


# --- baselines -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """The baseline and the size of the font of a run, in pixels."""

    base: float
    size: float


def _lines(runs: Sequence[Run], texts: Sequence[str], capital: float) -> list[_Line]:
    """A baseline and size for each run, evened out over the runs that stand on one line."""
    own = [_line(run, text, capital) for run, text in zip(runs, texts, strict=True)]
    order = sorted(range(len(runs)), key=lambda i: own[i].base)
    groups: list[list[int]] = []
    for i in order:
        if groups and own[i].base - median(own[j].base for j in groups[-1][-8:]) <= 0.25 * own[i].size:
            groups[-1].append(i)
        else:
            groups.append([i])
    usuals = [_usual(group, own, texts) for group in groups]
    found = list(own)
    for group, usual in zip(groups, _fonts(usuals), strict=True):
        base = median(own[j].base for j in group)
        for i in group:
            # Print of another size on the same line keeps its own.
            other = _tells(texts[i]) and not 0.75 * usual < own[i].size < 1.33 * usual
            found[i] = _Line(base, own[i].size if other else usual)
    return found


def _usual(group: Sequence[int], own: Sequence[_Line], texts: Sequence[str]) -> float:
    return median([own[i].size for i in group if _tells(texts[i])] or [own[i].size for i in group])


def _fonts(sizes: Sequence[float]) -> list[float]:
    """The sizes of lines, those made equal that differ by little: a pixel more or less makes no other font."""
    order = sorted(sizes)
    return [
        median(order[bisect_left(order, size / _SAME) : bisect_right(order, size * _SAME)] or [size]) for size in sizes
    ]


def _tells(text: str) -> bool:
    return any(c.isalnum() for c in text)


def _line(run: Run, text: str, capital: float) -> _Line:
    """What a run's own ink says: its letters tell which parts of a line it fills."""
    size = (capital - _SPREAD) / _CAPITAL
    if not _tells(text):
        # A dash stands at a third of its capital's height.
        return _Line((run.top + run.bottom) / 2 + 0.33 * capital, size)
    hangs = any(c in _HANGING for c in text)
    low = all(c in _SMALL for c in text)
    up = 0.52 if low else _CAPITAL
    down = (0.21 if any(c in "gjpqy" for c in text) else 0.16) if hangs else 0.0
    size = max(1.0, (run.bottom - run.top - _SPREAD) / (up + down))
    return _Line(run.bottom - _SPREAD / 2 - down * size, size)


def _glyphs(run: Run, text: str, line: _Line, point: float) -> Iterator[Glyph]:
    """A glyph for each word, as high as the font; the run's width is shared out by the letters."""
    top, bottom = (line.base - _ABOVE * line.size) / point, (line.base + _BELOW * line.size) / point
    widths = [sum(map(_width, word)) for word in text.split()]
    whole = sum(widths) + _width(" ") * (len(widths) - 1)
    x, unit = run.x0 / point, (run.x1 - run.x0) / point / max(whole, 1)
    for word, width in zip(text.split(), widths, strict=True):
        yield Glyph(word, x, top, x + width * unit, bottom, UPRIGHT)
        x += (width + _width(" ")) * unit


def _aside(run: Run, text: str, point: float) -> Iterator[Glyph]:
    """The words of a run that lies on its side, one over the other in the way that it reads."""
    widths = [sum(map(_width, word)) for word in text.split()]
    unit = (run.bottom - run.top) / point / max(sum(widths) + _width(" ") * (len(widths) - 1), 1)
    down = run.turn == DOWNWARDS
    y = (run.top if down else run.bottom) / point
    for word, width in zip(text.split(), widths, strict=True):
        end = y + width * unit * (1 if down else -1)
        yield Glyph(word, run.x0 / point, min(y, end), run.x1 / point, max(y, end), run.turn)
        y = end + _width(" ") * unit * (1 if down else -1)


def _width(char: str) -> float:
    """About how wide a character is, in thousandths of its size."""
    if char in "iljtfrI.,:;'|!()[]/- ":
        return 300
    if char in "mwMW%@&":
        return 860
    return 680 if char.isupper() else 545


# --- what was said of cells and lines --------------------------------------------------------------------------------


def with_witnesses(tables: Iterable[PrintedTable], printed: Sequence[Printed]) -> tuple[PrintedTable, ...]:
    """The tables with what was said of each cell."""
    index = _Index(printed)
    return tuple(
        replace(t, rows=tuple(replace(r, cells=tuple(index.cell(c) for c in r.cells)) for r in t.rows)) for t in tables
    )


def lines_with_witnesses(lines: Iterable[TextLine], printed: Sequence[Printed]) -> tuple[TextLine, ...]:
    """The lines between the tables with what was said of each."""
    index = _Index(printed)
    return tuple(index.line(line) for line in lines)


class _Index:
    """Runs by their places."""

    def __init__(self, printed: Sequence[Printed]) -> None:
        self.printed = sorted(printed, key=lambda p: p.box.top)
        self.tops = [p.box.top for p in self.printed]
        self.tallest = max((p.box.bottom - p.box.top for p in self.printed), default=0.0)

    def cell(self, cell: Cell) -> Cell:
        runs = list(dict.fromkeys(run for word in cell.words if (run := self._run(word))))
        return replace(cell, witnesses=_of_runs(cell.text, runs)) if runs else cell

    def line(self, line: TextLine) -> TextLine:
        if line.box is None:
            return line
        inside = [
            p for p in self._near(line.box.top, line.box.bottom)
            if line.box.x0 - 1 <= (p.box.x0 + p.box.x1) / 2 <= line.box.x1 + 1
            and line.box.top - 1 <= (p.box.top + p.box.bottom) / 2 <= line.box.bottom + 1
        ]  # fmt: skip
        return replace(line, witnesses=_of_runs(line.text, sorted(inside, key=lambda p: p.box.x0)))

    def _run(self, word: Word) -> Printed | None:
        x, y = (word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2
        near = [p for p in self._near(word.box.top, word.box.bottom) if p.box.x0 - 1 <= x <= p.box.x1 + 1]
        return min(near, key=lambda p: abs((p.box.top + p.box.bottom) / 2 - y), default=None)

    def _near(self, top: float, bottom: float) -> list[Printed]:
        first, last = bisect_left(self.tops, top - self.tallest), bisect_left(self.tops, bottom)
        return [p for p in self.printed[first:last] if p.box.bottom > top]


def _of_runs(text: str, runs: Sequence[Printed]) -> tuple[Witness, ...]:
    """What each witness says of a text of several runs: its reading of each, and the text where it says nothing."""
    names = dict.fromkeys(w.name for run in runs for w in run.witnesses)
    found = []
    for name in names:
        said = [next((w for w in run.witnesses if w.name == name), Witness(name, run.text)) for run in runs]
        cost = max(w.cost for w in said)
        found.append(Witness(name, " ".join(w.text for w in said if w.text) if cost else text, cost))
    return tuple(found)
