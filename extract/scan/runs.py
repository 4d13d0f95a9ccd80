"""Runs of print: what stands a space apart on one line, found by its ink alone, before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.scan.ink import POINTS_PER_INCH, Grey, Mask, Rules, evened, ink_of

# A page of small print has some 1,500 runs.
MOST_RUNS = 2_500
# In heights of a capital: a wider gap ends a run. A space is about 0.4, the gap between columns 1 and more.
_GAP = 0.9
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
    """The runs of a page, its usual height of a capital in pixels, and the ink they were found in."""

    runs: tuple[Spot, ...]
    capital: float
    ink: Mask


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
    boxes = [part for box in boxes for part in _parted(box, ink, capital)]
    # What is higher than any letters is a picture, and would keep an engine busy for minutes.
    boxes = [box for box in _joined(boxes, capital) if box.height <= max(4 * capital, 1.5 * _LARGEST * point)]
    return Inked(tuple(sorted(boxes, key=lambda b: (b.top, b.x0))), capital, ink)


def letters_in(grey: Grey, dpi: float) -> int:
    """About how many letters are printed on a picture: shapes of their size."""
    point = dpi / POINTS_PER_INCH
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink_of(evened(grey, dpi).grey), connectivity=8)
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
    done: list[Spot] = []
    for box in sorted(boxes, key=lambda b: b.x0):
        for i, other in enumerate(done):
            if _is_one(other, box, capital):
                done[i] = Spot(
                    min(box.x0, other.x0), min(box.top, other.top), max(box.x1, other.x1), max(box.bottom, other.bottom)
                )
                break
        else:
            done.append(box)
    return done


def _is_one(one: Spot, other: Spot, capital: float) -> bool:
    gap = max(one.x0, other.x0) - min(one.x1, other.x1)
    apart = max(one.top, other.top) - min(one.bottom, other.bottom)
    small = min(one.height, other.height) < 0.6 * capital
    height = max(one.bottom, other.bottom) - min(one.top, other.top)
    return small and gap <= 0.3 * capital and apart <= 0.25 * capital and height <= 1.7 * capital
