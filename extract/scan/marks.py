"""What the ink of a run shows by its shape: dashes, brackets, points, and how many digits there is room for.

Recognisers are sure of a "1" where a dash stands, and lose points and minus signs. Shapes can't be mistaken so.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.scan.runs import Spot

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Marks:
    """Shapes of ink in a run. Heights are in parts of the page's capital.

    `dash`: the run is one level stroke, and nothing else. `dirt`: it is no print at all. `leading_dash`: a level stroke
    stands before the rest, or has run into it. `bracket`: the first or the last shape is taller than a capital and
    narrow. `points`: small shapes low on the line. `strokes`: level strokes in it. `tall`: shapes as high as digits.
    `gap`: the widest white between two shapes, in parts of a capital.
    `raised`: how many shapes at its end stand above the line and are smaller than digits, as marks of notes are.
    `reach`: the width of the tall shapes from the first to the last, in parts of their height.
    """

    dash: bool
    dirt: bool
    leading_dash: bool
    bracket: bool
    points: int
    strokes: int
    tall: int
    gap: float
    reach: float
    height: float
    raised: int = 0


def marks_of(ink: NDArray[np.uint8], clean: Grey, spot: Spot, capital: float) -> Marks:
    """The shapes in a run's ink."""
    own = ink[spot.top : spot.bottom, spot.x0 : spot.x1]
    shapes = _shapes(own, capital)
    tall = [s for s in shapes if s.height >= 0.7 * capital]
    digit = float(np.median([s.height for s in tall])) if tall else 0.0
    base = float(np.median([s.bottom for s in tall])) if tall else 0.0
    return Marks(
        dash=len(shapes) == 1 and _is_dash(shapes[0], capital) and _is_dark(clean, spot),
        dirt=_is_dirt(shapes, own, capital),
        leading_dash=bool(tall) and _begins_with_dash(own, shapes, capital),
        bracket=len(tall) > 1 and any(_is_bracket(s, digit) for s in (shapes[0], shapes[-1])),
        points=sum(_is_point(s, base, capital) for s in shapes),
        strokes=sum(_is_dash(s, capital) for s in shapes),
        tall=len(tall),
        gap=round(_gap(shapes) / max(1.0, capital), 2),
        reach=round((max(s.x1 for s in tall) - min(s.x0 for s in tall)) / max(1.0, digit), 2) if tall else 0.0,
        height=round(max((s.height for s in tall), default=0) / max(1.0, capital), 2),
        raised=_raised(shapes, digit, base),
    )


def _raised(shapes: list[Spot], digit: float, base: float) -> int:
    """How many small shapes stand above the line at the end of a run; quotes are smaller still."""
    count = 0
    for shape in reversed(shapes):
        if not (0.38 * digit <= shape.height <= 0.85 * digit and shape.bottom <= base - 0.22 * digit):
            break
        count += 1
    return count if digit and count < len(shapes) else 0


def _gap(shapes: list[Spot]) -> float:
    reached = accumulate((s.x1 for s in shapes), max)
    return max((s.x0 - x1 for x1, s in zip(reached, shapes[1:], strict=False)), default=0)


def _is_bracket(shape: Spot, digit: float) -> bool:
    return shape.height >= 1.17 * digit and shape.width < 0.5 * shape.height


def _begins_with_dash(ink: NDArray[np.uint8], shapes: list[Spot], capital: float) -> bool:
    """Whether a level stroke stands before a digit at about half its height, or has run into it.

    A piece broken off a digit lies over or under the rest of it.
    """
    digit = next((s for s in shapes[1:] if s.height >= 0.7 * capital), None)
    if digit is not None and _is_dash(shapes[0], capital):
        middle = (shapes[0].top + shapes[0].bottom) / 2 - digit.top
        return shapes[0].x1 <= digit.x0 + 1 and 0.28 * digit.height <= middle <= 0.78 * digit.height
    return _has_tongue(ink, shapes[0], capital)


def _shapes(ink: NDArray[np.uint8], capital: float) -> list[Spot]:
    """The connected shapes from left to right, specks left out."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(ink), connectivity=8)
    least = max(3.0, 0.012 * capital * capital)
    found = [Spot(x, y, x + w, y + h) for x, y, w, h, area in stats[1:].tolist() if area >= least]
    return sorted(found, key=lambda s: s.x0)


def _is_dash(shape: Spot, capital: float) -> bool:
    """A level stroke: thin, at least a quarter of a capital long, no longer than two dashes."""
    return (
        shape.height <= 0.32 * capital
        and _least_dash(capital) <= shape.width <= 2.2 * capital
        and shape.width >= 1.35 * shape.height
    )


def _least_dash(capital: float) -> float:
    """How wide the narrowest hyphens are, in pixels; specks are narrower."""
    return max(3.5, 0.26 * capital)


def _has_tongue(ink: NDArray[np.uint8], first: Spot, capital: float) -> bool:
    """Whether a run's first shape begins with a level stroke at half its height: a dash that has run into a digit."""
    if not 0.7 * capital <= first.height <= 1.4 * capital:
        return False
    for x in range(first.x0, min(first.x1, first.x0 + round(0.24 * capital) + 1)):
        rows = np.flatnonzero(ink[first.top : first.bottom, x])
        if not len(rows) or rows[-1] - rows[0] + 1 > max(5, 0.34 * capital):
            return False
        if not 0.3 * first.height <= (rows[0] + rows[-1]) / 2 <= 0.72 * first.height:
            return False
    return True


def _is_point(shape: Spot, base: float, capital: float) -> bool:
    small = shape.height <= 0.45 * capital and shape.width <= 0.35 * capital
    return small and shape.top >= base - 0.4 * capital


def _is_dark(clean: Grey, spot: Spot) -> bool:
    """Whether a lone stroke is as dark as print; dirt and what is left of a pale rule are not."""
    crop = clean[spot.top : spot.bottom, spot.x0 : spot.x1]
    return bool(crop.size) and float(np.percentile(crop, 20)) < 100


def _is_dirt(shapes: list[Spot], ink: NDArray[np.uint8], capital: float) -> bool:
    """Specks, pieces of rules and holes."""
    if not shapes or all(s.width < _least_dash(capital) and s.height < 0.5 * capital for s in shapes):
        return True
    if len(shapes) > 3:
        return False
    height, width = ink.shape
    upright = width < 0.3 * capital and height > 1.8 * capital
    level = height < 0.35 * capital and width > 2.5 * capital
    hole = float(ink.mean()) > 0.6 and min(height, width) > 2.0 * capital
    return upright or level or hole
