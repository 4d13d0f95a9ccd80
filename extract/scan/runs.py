"""Runs of print: what stands a space apart on one line, found by its ink alone, before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.scan.ink import POINTS_PER_INCH, Grey, Mask, Rules, as_print, evened, ink_of

# A page of small print has some 1,500 runs.
MOST_RUNS = 2_500
# In heights of a capital: a wider gap ends a run. A space is about 0.4, the gap between columns 1 and more.
_GAP = 0.9
# Where no gap of a run is as wide as a column's, one is that is wider than its spaces by this factor, and than so much.
_NARROW, _WIDER, _LEAST_SPACE, _NARROWEST = 0.5, 1.25, 0.22, 0.45
# Shapes smaller than this, in squares of a capital, are dirt; points are larger.
_DIRT = 0.02
# How wide a digit is at least and at most, and the signs about a number, in heights of a capital.
_SLENDER, _WIDE, _SIGNS = 0.45, 1.15, 0.9
# What is smaller, in heights of a capital, is a point or dirt.
_SMALL = 0.3
# Print that lies on its side: no wider than so many capitals, and higher than so many.
_SLIM, _LYING = 1.7, 2.2
# In points: the heights that the letters of a paper's print may have.
_SMALLEST, _LARGEST = 3.0, 40.0
# Specks: ink with less than this area in square points.
_SPECK = 0.35


@dataclass(frozen=True, slots=True)
class Spot:
    """A box of ink in pixels: `x1` and `bottom` lie outside."""

    x0: int
    top: int
    x1: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Inked:
    """The runs of a page, its usual height of a capital in pixels, and the ink they were found in.

    `aside` are the runs that lie on their side, as heads of narrow columns do. `remnants` are pieces of ruling lines
    and dirt that stood at the ends of runs; the ink is without them.
    """

    runs: tuple[Spot, ...]
    capital: float
    ink: Mask
    aside: tuple[Spot, ...] = ()
    remnants: tuple[Spot, ...] = ()


def runs_of(ink: Mask, rules: Rules, dpi: float) -> Inked:
    """The runs of print on a page whose rules were taken away, from top to bottom. None crosses an upright rule."""
    point = dpi / POINTS_PER_INCH
    ink = _without_specks(ink, point)
    capital = _capital(ink, point)
    reach = max(3, round(_GAP * capital))
    smeared = cv2.dilate(ink, np.ones((3, reach), np.uint8))
    smeared[cv2.dilate(rules.mask, np.ones((3, 3), np.uint8)) > 0] = 0
    boxes = _boxes(smeared, ink)
    if len(boxes) > MOST_RUNS:
        # Noise, or a photograph: what follows would take minutes, and nothing of it is read.
        return Inked(tuple(boxes), capital, ink)
    aside, boxes = _aside(boxes, capital)
    boxes = [part for box in boxes for line in _parted(box, ink, capital) for part in _spaced(line, ink, capital)]
    # What is higher than any letters is a picture, and would keep an engine busy for minutes.
    boxes = [box for box in _joined(boxes, capital) if box.height <= max(4 * capital, 1.5 * _LARGEST * point)]
    remnants: list[Spot] = []
    runs = [_trimmed(box, ink, capital, remnants) for box in boxes]
    return Inked(tuple(sorted(runs, key=lambda b: (b.top, b.x0))), capital, ink, tuple(aside), tuple(remnants))


def letters_in(grey: Grey, dpi: float) -> int:
    """About how many letters are printed on a picture: shapes of their size."""
    point = dpi / POINTS_PER_INCH
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink_of(evened(as_print(grey), dpi).grey), connectivity=8)
    heights, widths = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    fits = (heights >= _SMALLEST * point) & (heights <= _LARGEST * point) & (widths < 3 * heights)
    return int(fits.sum())


def _without_specks(ink: Mask, point: float) -> Mask:
    """The ink without dirt: spots too small for a point, and none near print of their own size."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    least = _SPECK * point * point
    keep = stats[:, cv2.CC_STAT_AREA] >= least
    keep[0] = False
    return np.asarray(keep[labels], np.uint8)


def _capital(ink: Mask, point: float) -> float:
    """The usual height of capitals and digits, in pixels: the taller of the two heights that letters mostly have."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    widths = stats[1:, cv2.CC_STAT_WIDTH]
    letters = heights[(heights >= _SMALLEST * point) & (heights <= _LARGEST * point) & (widths < 3 * heights)]
    return float(np.percentile(letters, 70)) if len(letters) >= 5 else 5.2 * point


def _boxes(smeared: Mask, ink: Mask) -> list[Spot]:
    """For each patch of smeared ink the box around the true ink in it."""
    count, labels = cv2.connectedComponents(smeared, connectivity=4)
    ys, xs = np.nonzero(ink & (labels > 0).astype(np.uint8))
    of = labels[ys, xs]
    x0 = np.full(count, 1 << 30)
    top = np.full(count, 1 << 30)
    x1 = np.zeros(count, np.int64)
    bottom = np.zeros(count, np.int64)
    np.minimum.at(x0, of, xs)
    np.minimum.at(top, of, ys)
    np.maximum.at(x1, of, xs + 1)
    np.maximum.at(bottom, of, ys + 1)
    return [Spot(int(x0[i]), int(top[i]), int(x1[i]), int(bottom[i])) for i in range(1, count) if x1[i]]


def _parted(box: Spot, ink: Mask, capital: float) -> list[Spot]:
    """A patch that is several lines high, cut where its rows are emptiest."""
    if box.height < 2.0 * capital:
        return [box]
    rows = ink[box.top : box.bottom, box.x0 : box.x1].sum(axis=1)
    bands = _bands(rows, capital)
    if len(bands) < 2:
        return [box]
    return [part for top, bottom in bands if (part := _tight(ink, box.x0, box.top + top, box.x1, box.top + bottom))]


def _aside(boxes: list[Spot], capital: float) -> tuple[list[Spot], list[Spot]]:
    """The runs that lie on their side, and the other boxes: narrow patches far higher than wide, and what goes on."""
    narrow = sorted((b for b in boxes if b.width <= _SLIM * capital), key=lambda b: b.top)
    lying = [b for b in narrow if b.height >= max(_LYING * capital, 1.7 * b.width) and b.width >= 0.6 * capital]
    if not lying:
        return [], boxes
    groups = [[b] for b in lying]
    for box in narrow:
        for group in groups:
            if box not in lying and any(_goes_on(box, other, capital) for other in group):
                group.append(box)
                break
    merged: list[Spot] = []
    for group in groups:
        spot = _around(group)
        last = next((i for i, other in enumerate(merged) if _goes_on(spot, other, capital)), None)
        if last is None:
            merged.append(spot)
        else:
            merged[last] = _around([merged[last], spot])
    taken = {b for group in groups for b in group}
    return merged, [b for b in boxes if b not in taken]


def _goes_on(box: Spot, other: Spot, capital: float) -> bool:
    """Whether two narrow boxes stand one over the other, no further apart than words."""
    shared = min(box.x1, other.x1) - max(box.x0, other.x0)
    apart = max(box.top, other.top) - min(box.bottom, other.bottom)
    return shared >= 0.5 * min(box.width, other.width) and apart <= 0.5 * capital


def _around(boxes: list[Spot]) -> Spot:
    return Spot(
        min(b.x0 for b in boxes), min(b.top for b in boxes), max(b.x1 for b in boxes), max(b.bottom for b in boxes)
    )


def _trimmed(box: Spot, ink: Mask, capital: float, remnants: list[Spot]) -> Spot:
    """A run without the pieces of ruling lines at its ends, which engines read as a 1; they are taken off the ink."""
    if box.width < 0.6 * capital:
        return box
    own = np.ascontiguousarray(ink[box.top : box.bottom, box.x0 : box.x1])
    _, labels, stats, _ = cv2.connectedComponentsWithStats(own, connectivity=8)
    shapes = sorted(range(1, len(stats)), key=lambda i: stats[i, cv2.CC_STAT_LEFT])
    dirt = _dirt_at_ends([Spot(*_corners(stats[i])) for i in shapes], capital)
    thin = {i for i in (shapes[0], shapes[-1]) if _is_thin(stats[i])}
    tallest = max((int(stats[i, cv2.CC_STAT_HEIGHT]) for i in shapes if i not in thin), default=0)
    if tallest < 0.5 * capital:
        return box
    # A rule is taller than the print beside it.
    ends = {i for i in thin if stats[i, cv2.CC_STAT_HEIGHT] >= 1.3 * max(tallest, capital)}
    ends |= {shapes[i] for i in dirt}
    for i in ends:
        own[labels == i] = 0
        x, y, width, height = (int(v) for v in stats[i, :4])
        remnants.append(Spot(box.x0 + x, box.top + y, box.x0 + x + width, box.top + y + height))
        ink[box.top : box.bottom, box.x0 : box.x1] = own
    return (_tight(ink, box.x0, box.top, box.x1, box.bottom) or box) if ends else box


def _corners(shape: NDArray[np.int32]) -> tuple[int, int, int, int]:
    x, y, width, height, _ = (int(v) for v in shape)
    return x, y, x + width, y + height


def _dirt_at_ends(shapes: list[Spot], capital: float) -> list[int]:
    """Which of the shapes of a run, from left to right, are specks that stand apart from the rest at either end."""
    found = []
    for order, inner in ((range(len(shapes)), min), (range(len(shapes) - 1, -1, -1), max)):
        for i in order:
            rest = [s for j, s in enumerate(shapes) if j != i and j not in found]
            speck = shapes[i].height < 0.35 * capital and shapes[i].width < 0.27 * capital
            if not rest or not speck:
                break
            edge = inner(s.x0 if inner is min else s.x1 for s in rest)
            if (edge - shapes[i].x1 if inner is min else shapes[i].x0 - edge) < 0.3 * capital:
                break
            found.append(i)
    return found


def _is_thin(shape: NDArray[np.int32]) -> bool:
    """Whether a shape is thin and straight, as a piece of an upright rule is. A bracket is bent."""
    _, _, width, height, area = (int(v) for v in shape)
    return width <= 0.3 * height and area >= 0.7 * width * height


def _spaced(line: Spot, ink: Mask, capital: float) -> list[Spot]:
    """A line cut at gaps that are plainly wider than its spaces: columns may stand close, but words stand closer."""
    if line.width < 3 * capital:
        return [line]
    gaps = _gaps(line, ink, capital)
    spaces = sorted(b - a for a, b in gaps if b - a >= _LEAST_SPACE * capital)
    usual = spaces[(len(spaces) - 1) // 2] if len(spaces) > 1 else 0
    # Larger print has wider spaces.
    narrow = _NARROW * max(capital, 0.75 * line.height)
    wide = _without_ones(gaps, line.width, capital)
    cuts = [gap for gap, white in zip(gaps, wide, strict=True) if white >= max(narrow, _WIDER * usual)]
    return _cut(line, ink, cuts)


def _without_ones(gaps: list[tuple[int, int]], width: int, capital: float) -> list[float]:
    """How wide gaps are but for the room that a 1 and other narrow shapes leave about themselves."""
    starts, ends = [0, *(b for _, b in gaps)], [*(a for a, _ in gaps), width]
    room = [max(0.0, 0.5 * capital - (end - start)) / 2 for start, end in zip(starts, ends, strict=True)]
    return [b - a - room[i] - room[i + 1] for i, (a, b) in enumerate(gaps)]


def cut_after(
    line: Spot, ink: Mask, capital: float, digits: set[int], *, stops: bool = True
) -> tuple[Spot, Spot] | None:
    """A run cut in two at its widest gap; None where that is no wider than the others, or does not follow a figure.

    `digits` says how many digits the figure may have; those that touch count as one shape. Without `stops` a point does
    not end a gap that may follow the figure: one behind it, before words, is dirt between two columns.
    """
    gaps = sorted(_gaps(line, ink, capital, stops=stops), key=lambda gap: gap[0] - gap[1])
    if not stops:
        gaps = [gap for gap in gaps if gap[0] <= (_WIDE * max(digits) + _SIGNS) * capital]
    if not gaps or gaps[0][1] - gaps[0][0] < _NARROWEST * capital:
        return None
    if len(gaps) > 1 and gaps[0][1] - gaps[0][0] <= gaps[1][1] - gaps[1][0]:
        return None
    parts = _cut(line, ink, gaps[:1])
    if len(parts) < 2:
        return None
    _, _, stats, _ = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(ink[parts[0].top : parts[0].bottom, parts[0].x0 : parts[0].x1]), connectivity=8
    )
    shapes = int((stats[1:, cv2.CC_STAT_HEIGHT] >= 0.7 * capital).sum())
    # Those of the figure must all be in the first part.
    fits = any(_SLENDER * n <= parts[0].width / capital <= _WIDE * n + _SIGNS and shapes <= n + 3 for n in digits)
    return (parts[0], parts[1]) if fits else None


def _gaps(line: Spot, ink: Mask, capital: float, *, stops: bool = True) -> list[tuple[int, int]]:
    """Where the white between the shapes of a line begins and ends; dirt, and without `stops` points, left out."""
    own = np.ascontiguousarray(ink[line.top : line.bottom, line.x0 : line.x1])
    _, labels, stats, _ = cv2.connectedComponentsWithStats(own, connectivity=8)
    # Dirt between two columns parts them none the less; what stands on the line may be a point.
    bottoms = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    tall = stats[:, cv2.CC_STAT_HEIGHT] >= 0.6 * capital
    tall[0] = False
    base = float(np.median(bottoms[tall])) if tall.any() else line.height
    print_ = (stats[:, cv2.CC_STAT_AREA] >= _DIRT * capital * capital) | (np.abs(bottoms - base) <= 0.3 * capital)
    if not stops:
        print_ &= np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) >= _SMALL * capital
    print_[0] = False
    columns = np.concatenate([[True], print_[labels].any(axis=0)[1:-1], [True]])
    edges = np.flatnonzero(np.diff(columns))
    return [(int(a) + 1, int(b) + 1) for a, b in zip(edges[::2], edges[1::2], strict=False)]


def _cut(line: Spot, ink: Mask, cuts: list[tuple[int, int]]) -> list[Spot]:
    starts, ends = [0, *(b for _, b in cuts)], [*(a for a, _ in cuts), line.width]
    parts = [
        _tight(ink, line.x0 + x0, line.top, line.x0 + x1, line.bottom) for x0, x1 in zip(starts, ends, strict=True)
    ]
    return [part for part in parts if part]


def _bands(rows: NDArray[np.uint32], capital: float) -> list[tuple[int, int]]:
    """The rows of pixels of each line: parted at rows with little ink, none less than half a capital high."""
    low = rows <= 0.06 * max(1, int(rows.max()))
    bands: list[tuple[int, int]] = []
    start = None
    for i, white in enumerate([*low, True]):
        if not white and start is None:
            start = i
        elif white and start is not None:
            bands.append((start, i))
            start = None
    tall = [b for b in bands if b[1] - b[0] >= 0.5 * capital]
    if len(tall) < 2:
        return tall
    cuts = [0, *((a[1] + b[0] + 1) // 2 for a, b in pairwise(tall)), len(rows)]
    return list(pairwise(cuts))


def _tight(ink: Mask, x0: int, top: int, x1: int, bottom: int) -> Spot | None:
    ys, xs = np.nonzero(ink[top:bottom, x0:x1])
    if not len(ys):
        return None
    return Spot(x0 + int(xs.min()), top + int(ys.min()), x0 + int(xs.max()) + 1, top + int(ys.max()) + 1)


def _joined(boxes: list[Spot], capital: float) -> list[Spot]:
    """Boxes that are one run after all: an accent over its letter, a comma beside its number."""
    done: list[Spot | None] = []
    # Boxes by the bands of the page that they lie in: one is compared with those of its own and the next ones only.
    high = max(1, round(2 * capital))
    bands: dict[int, list[int]] = {}
    for box in sorted(boxes, key=lambda b: b.x0):
        first, last = (box.top - high) // high, (box.bottom + high) // high
        found = box
        for i in sorted({i for band in range(first, last + 1) for i in bands.get(band, ())}):
            other = done[i]
            if other is not None and _is_one(other, box, capital):
                found, done[i] = _around([box, other]), None
                break
        for band in range(found.top // high, found.bottom // high + 1):
            bands.setdefault(band, []).append(len(done))
        done.append(found)
    return [box for box in done if box is not None]


def _is_one(one: Spot, other: Spot, capital: float) -> bool:
    gap = max(one.x0, other.x0) - min(one.x1, other.x1)
    if gap > 0.3 * capital:
        return False
    apart = max(one.top, other.top) - min(one.bottom, other.bottom)
    small = min(one.height, other.height) < 0.6 * capital
    height = max(one.bottom, other.bottom) - min(one.top, other.top)
    return small and apart <= 0.25 * capital and height <= 1.7 * capital
