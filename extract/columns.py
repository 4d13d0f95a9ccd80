"""Runs of words, and the places that part them into columns."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from extract.glyphs import UPRIGHT, Bools, Floats
from extract.leaders import heads_of_runs, leads
from extract.paper import Box, Word
from extract.words import Layout, around

# Fractions of a line's height (about 1.15 em; a space is about 0.22).
_GAP = 0.5  # a wider gap ends a run
_GAP_BESIDE = 0.3  # or such a one, between a number that stands alone and letters
_BAND = 0.15  # a column edge is white over at least this width
# Three words whose letters are all of one width, but for this, are typed; a gap is wider than so many of their letters.
_TYPED, _EVEN, _TYPED_GAP = 3, 1.03, 1.5

# A column edge is left white between runs by this many times more lines than write over it. Chosen on ICDAR 2013 (EU).
_WEIGHT = 3

# A number with its signs and units, or a mark that stands where one would. `£000` is a unit.
_NUMBER = re.compile(
    r"(?![£€$]\s?0)[(\[<>≤≥~±+\-–−£€$\ufffd]*\s?(\d{1,3}( \d{3})+|\d[\d.,:/]*)\s?[%)\]*†‡⁰¹²³⁴⁵⁶⁷⁸⁹kKmM]*"
    r"|[-–—−:.*xX…]+|[nN][/.]?[aA]\.?|c\.?"
)

_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?[/\-–]\s?(?:(?:19|20)?\d\d))?|\d\d\s?/\s?\d\d")

# Signs and units that may be printed in a column of their own before or after the numbers that they belong to.
_UNITS_BEFORE = frozenset({"$", "£", "€", "US$", "(", "±", "<", ">"})
_UNITS_AFTER = frozenset({"%", ")", "%)", "p", "k", "m", "£k", "£m", "*", "**", "†"})


class Run(NamedTuple):
    """Words that stand a space apart: a cell's text in one line. It has `words` words of a layout, from `first` on."""

    x0: float
    top: float
    x1: float
    bottom: float
    text: str
    first: int
    words: int


class Line(NamedTuple):
    """The runs of one line of a page from left to right."""

    top: float
    bottom: float
    runs: tuple[Run, ...]

    @property
    def height(self) -> float:
        """The height of the line in points."""
        return self.bottom - self.top


def is_number(text: str) -> bool:
    """Whether a cell's text is a number, or one of the signs that stand for one that is not there."""
    return _NUMBER.fullmatch(text) is not None


def is_year(text: str) -> bool:
    """Whether a number is more likely a year, or a financial year, at the head of a column."""
    return _YEAR.fullmatch(text) is not None


def has_numbers(line: Line) -> bool:
    """Whether a line has numbers, other than years, right of its first run."""
    return any(is_number(run.text) and not is_year(run.text) for run in line.runs[1:])


def ends_run(word: Word, after: Word) -> bool:
    """Whether two words one after the other are parted by more than a space, or stand in two lines."""
    apart = after.box.x0 - word.box.x1
    return apart > _GAP * (after.box.bottom - after.box.top) or after.box.x0 < word.box.x0


def lines_in(found: Layout, heads: Sequence[int] = ()) -> list[Line]:
    """The upright lines of a layout, parted into runs at the gaps that are wider than a space, and before `heads`.

    A run ends where its leaders begin: they may reach into any column.
    """
    upright = found.turns.count(UPRIGHT)  # they come first
    line_starts = found.starts[: upright + 1]
    sides, texts = found.sides[: line_starts[-1]], found.texts[: line_starts[-1]]
    begins = _begin_runs(sides, texts, line_starts)
    begins[list(heads)] = True
    starts = np.flatnonzero(begins)
    bounds = pairwise([*starts.tolist(), len(sides)])
    printed = np.where(np.fromiter(map(leads, texts), np.bool_, len(texts)), sides[:, 0], sides[:, 2])
    ink = np.column_stack([sides[:, :2], printed, sides[:, 3]])
    runs = [
        Run(*box, " ".join(texts[first:stop]), first, stop - first)
        for box, (first, stop) in zip(map(Box._make, around(ink, starts).tolist()), bounds, strict=True)
    ]
    of_lines = pairwise(np.searchsorted(starts, line_starts).tolist())
    boxes = around(sides, line_starts[:-1])[:, [1, 3]].tolist()
    return [Line(top, bottom, tuple(runs[i:j])) for (top, bottom), (i, j) in zip(boxes, of_lines, strict=True)]


def _begin_runs(sides: Floats, texts: Sequence[str], line_starts: Sequence[int]) -> Bools:
    """Which words begin a run: after a wide gap, at the start of a line, after leaders, and beside a lone number."""
    height = sides[:, 3] - sides[:, 1]
    gap = np.zeros(len(sides))
    gap[1:] = sides[1:, 0] - sides[:-1, 2]
    typed = _typed_gap(sides, texts, line_starts)
    begins: Bools = gap > np.maximum(_GAP * height, typed)
    if any(text[0] in "._…·" for text in texts):
        for i, told in heads_of_runs(texts, (gap / height).tolist(), begins.tolist()).items():
            begins[i] = told
    begins[line_starts[:-1]] = True
    # A column of numbers set to the right stands close to one of text set to the left.
    near = (gap > np.maximum(_GAP_BESIDE * height, typed))[1:] & begins[:-1] & ~begins[1:]
    begins[[i + 1 for i in np.flatnonzero(near).tolist() if is_number(texts[i]) and texts[i + 1][0].isalpha()]] = True
    return begins


def _typed_gap(sides: Floats, texts: Sequence[str], line_starts: Sequence[int]) -> Floats:
    """How wide a gap must be in lines that were typed, for each word: a typewriter spaces as wide as it prints."""
    if not len(sides):
        return np.zeros(0)
    letters = np.fromiter(map(len, texts), np.int64, len(texts))
    asked = letters > 2
    pitch = (sides[:, 2] - sides[:, 0]) / np.maximum(letters, 1)
    least = np.minimum.reduceat(np.where(asked, pitch, np.inf), line_starts[:-1])
    most = np.maximum.reduceat(np.where(asked, pitch, 0.0), line_starts[:-1])
    typed = (np.add.reduceat(asked.astype(np.int64), line_starts[:-1]) >= _TYPED) & (most <= _EVEN * least)
    return np.repeat(np.where(typed, _TYPED_GAP * most, 0.0), np.diff(line_starts))


def box_of(lines: Sequence[Line]) -> Box:
    """The box around all words of some lines."""
    x0, top, x1, bottom = zip(*(run[:4] for line in lines for run in line.runs), strict=True)
    return Box(min(x0), min(top), max(x1), max(bottom))


def gaps(line: Line) -> list[tuple[float, float]]:
    """The white places between the runs of a line."""
    return [(a.x1, b.x0) for a, b in pairwise(line.runs)]


def slot(run: Run, separators: Sequence[float]) -> tuple[int, int]:
    """The first and the last column that a run stands in. It may reach over an edge by a sliver."""
    sliver = 1.0
    first = bisect_left(separators, run.x0 + sliver)
    return first, max(first, bisect_left(separators, run.x1 - sliver))


def separators_of(lines: Sequence[Line], least: int = 2) -> tuple[float, ...]:
    """The x coordinates between the columns of some lines, from left to right.

    Many lines must leave the place white between two runs, and few write over it; between two such places there must
    be runs that stand wholly there.
    """
    white = [gap for line in lines for gap in gaps(line)]
    black = sorted((run.x0, run.x1) for line in lines for run in line.runs)
    chosen: list[float] = []
    for x in _by_merit(white, black, _BAND * min(line.height for line in lines)):
        i = bisect_left(chosen, x)
        if all(_between(black, *pair) for pair in pairwise([*chosen[max(0, i - 1) : i], x, *chosen[i : i + 1]])):
            chosen.insert(i, x)
    return tuple(chosen)


def without_units(lines: Sequence[Line], separators: tuple[float, ...]) -> tuple[float, ...]:
    """The separators without those that part a column of nothing but signs and units from its numbers."""
    rows = [
        {first: run.text for run in line.runs for first, last in [slot(run, separators)] if first == last}
        for line in lines
    ]
    needless = {i for i in range(len(separators)) if _is_of_units(rows, i, i + 1, _UNITS_BEFORE)}
    needless |= {i for i in range(len(separators)) if _is_of_units(rows, i + 1, i, _UNITS_AFTER)}
    return tuple(x for i, x in enumerate(separators) if i not in needless)


def _is_of_units(rows: Sequence[dict[int, str]], column: int, other: int, units: frozenset[str]) -> bool:
    """Whether a column holds nothing but units, with numbers in the other one. A dash is no unit: it may be a nil."""
    filled = [row for row in rows if column in row]
    numbers = any(is_number(row.get(other, "")) for row in filled)
    return numbers and all(row[column] in units for row in filled)


def _by_merit(white: list[tuple[float, float]], black: list[tuple[float, float]], band: float) -> list[float]:
    """The middles of the places that are white in many lines, the best first, wide before narrow."""
    places = sorted({x for ends in (*white, *black) for x in ends})
    w0, w1 = sorted(x for x, _ in white), sorted(x for _, x in white)
    b0, b1 = sorted(x for x, _ in black), sorted(x for _, x in black)
    ranked: list[tuple[int, float, float]] = []
    for left, right in pairwise(places):
        x = (left + right) / 2
        support = bisect_left(w0, x) - bisect_left(w1, x)
        merit = support - _WEIGHT * (bisect_left(b0, x) - bisect_left(b1, x))
        if support >= 2 and merit > 0 and right - left >= band:
            ranked.append((-merit, left - right, x))
    return [x for *_, x in sorted(ranked)]


def _between(black: list[tuple[float, float]], left: float, right: float) -> bool:
    """Whether runs stand wholly between two places: one alone may be a slip of the pen."""
    near = black[bisect_left(black, (left, left)) : bisect_left(black, (right, right))]
    return sum(x1 < right for _, x1 in near) > 1
