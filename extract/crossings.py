"""The boxes that ruling lines make: lines laid together, the points where they cross, the smallest box at each point.

The rules are those of pdfplumber's TableFinder with its defaults, so that what it finds is found; tests hold one
against the other. It makes and compares a dictionary for each line, which takes longer than all else on a page.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from extract.glyphs import Floats
from extract.limits import Limits, TooLarge

# In points: how near two lines, two pieces of a line, or a line and its crossing must be; and how short is too short.
NEAR = 3.0
SHORTEST = 3.0

# How many pairs of lines may be looked at for each crossing allowed: 4 million pairs take about two seconds.
_PAIRS = 400

# A point of the page, and which pieces of the upright and of the level line cross there, a bit each.
Point = tuple[float, float]
Pieces = tuple[int, int]


class Bounds(NamedTuple):
    """The sides of a box, in points from the page's top left."""

    x0: float
    top: float
    x1: float
    bottom: float


class Piece(NamedTuple):
    """A stretch of a line: where the line lies, from where to where the stretch runs, and its bit among the line's."""

    at: float
    start: float
    stop: float
    bit: int


def boxes_of(levels: Floats, uprights: Floats, limits: Limits) -> list[list[Bounds]]:
    """The boxes between ruling lines, those that touch together, from the top of the page; a lone box is left out.

    Lines are rows of where they lie (y of a level one, x of an upright one) and from where to where they run. Raises
    TooLarge.
    """
    crossings = _crossings(list(merged(levels)), list(merged(uprights)), limits)
    groups = _touching(crossings.boxes())
    return sorted((group for group in groups if len(group) > 1), key=lambda group: min((b.top, b.x0) for b in group))


def merged(lines: Floats) -> Iterator[Piece]:
    """Lines that lie near each other laid together, in the middle of them, and their stretches joined."""
    if not len(lines):
        return
    lines = lines[np.lexsort((lines[:, 1], lines[:, 0]))]
    breaks = np.flatnonzero(np.diff(lines[:, 0]) > NEAR) + 1
    for first, stop in pairwise([0, *breaks.tolist(), len(lines)]):
        near = lines[first:stop]
        at = float(near[:, 0].mean())
        stretches = list(_joined(near[np.argsort(near[:, 1], kind="stable"), 1:].tolist()))
        whole = [stretch for stretch in stretches if stretch[1] - stretch[0] >= SHORTEST]
        yield from (Piece(at, start, stop, 1 << bit) for bit, (start, stop) in enumerate(whole))


def _joined(stretches: Iterable[list[float]]) -> Iterator[tuple[float, float]]:
    """Stretches of one line, sorted, those made one that (nearly) meet."""
    begun = reached = float("-inf")
    for start, stop in stretches:
        if start > reached + NEAR:
            if reached > begun:
                yield begun, reached
            begun, reached = start, stop
        elif stop > reached:
            reached = stop
    if reached > begun:
        yield begun, reached


# --- crossings -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Crossings:
    """The points where lines cross, and those of each line in order."""

    at: dict[Point, Pieces]
    columns: dict[float, list[float]] = field(default_factory=dict)
    rows: dict[float, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for x, y in sorted(self.at):
            self.columns.setdefault(x, []).append(y)
            self.rows.setdefault(y, []).append(x)

    def boxes(self) -> Iterator[Bounds]:
        """The smallest box below and right of each point that has one."""
        for x, column in self.columns.items():
            for i, y in enumerate(column):
                box = self._smallest(x, y, column[i + 1 :])
                if box:
                    yield box

    def _smallest(self, x: float, y: float, below: list[float]) -> Bounds | None:
        upright, level = self.at[x, y]
        row = self.rows[y]
        ends = [x1 for x1 in row[bisect_right(row, x) :] if level & self.at[x1, y][1]]
        for bottom in below if ends else ():
            down, across = self.at[x, bottom]
            if upright & down:
                for x1 in ends:
                    corner = self.at.get((x1, bottom))
                    if corner and corner[0] & self.at[x1, y][0] and corner[1] & across:
                        return Bounds(x, y, x1, bottom)
        return None


def _crossings(levels: list[Piece], uprights: list[Piece], limits: Limits) -> Crossings:
    if len(levels) * len(uprights) > _PAIRS * limits.crossings:
        raise _too_many(limits)
    at: defaultdict[Point, Pieces] = defaultdict(lambda: (0, 0))
    places = [level.at for level in levels]
    for x, top, bottom, bit in uprights:
        for y, x0, x1, level_bit in levels[bisect_left(places, top - NEAR) : bisect_right(places, bottom + NEAR)]:
            if x0 - NEAR <= x <= x1 + NEAR:
                upright_bits, level_bits = at[x, y]
                at[x, y] = (upright_bits | bit, level_bits | level_bit)
        if len(at) > limits.crossings:
            raise _too_many(limits)
    return Crossings(dict(at))


def _too_many(limits: Limits) -> TooLarge:
    return TooLarge(f"ruling lines that cross more than {limits.crossings:,} times on one page")


# --- boxes that touch ------------------------------------------------------------------------------------------------


def _touching(boxes: Iterable[Bounds]) -> Iterable[list[Bounds]]:
    """Boxes parted into groups that share corners."""
    owner: dict[Point, list[Bounds]] = {}
    for box in boxes:
        corners = _corners(box)
        known = {id(group): group for corner in corners if (group := owner.get(corner))}
        group = max(known.values(), key=len, default=[])
        for other in known.values():
            if other is not group:
                group += other
                owner.update({corner: group for b in other for corner in _corners(b)})
        group.append(box)
        owner.update(dict.fromkeys(corners, group))
    return list({id(group): group for group in owner.values()}.values())


def _corners(box: Bounds) -> list[Point]:
    return [(box.x0, box.top), (box.x0, box.bottom), (box.x1, box.top), (box.x1, box.bottom)]
