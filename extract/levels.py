"""Level rules: the horizontal lines and bands of a page, joined where they are drawn piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from extract.pdfium import Segments
from extract.words import rounded_all

# In points: how thin a rule is, how near two pieces are to be one, and how short is too short to rule off a table.
_THIN = 1.0
_NEAR = 2.0
_GAP = 12.0
_SHORTEST = 15.0


class Level(NamedTuple):
    """One horizontal rule."""

    y: float
    x0: float
    x1: float


def levels_of(segments: Segments) -> list[Level]:
    """The horizontal rules among some segments, from top to bottom."""
    x0, x1 = np.sort(segments[:, [0, 2]]).T
    y0, y1 = segments[:, 1], segments[:, 3]
    level = (np.abs(y0 - y1) <= _THIN) & (x1 - x0 > _NEAR)
    y, x0, x1 = rounded_all((y0 + y1)[level] / 2, 1), x0[level], x1[level]
    pieces = dict.fromkeys(map(tuple, np.stack([y, x0, x1], axis=1)[np.lexsort((x1, x0, y))].tolist()))
    bands: list[list[tuple[float, float, float]]] = []
    for piece in pieces:
        if not bands or piece[0] - bands[-1][0][0] > _NEAR:
            bands.append([])
        bands[-1].append(piece)
    return [level for band in bands for level in _joined(band) if level.x1 - level.x0 >= _SHORTEST]


def _joined(band: list[tuple[float, float, float]]) -> list[Level]:
    """The pieces of one height, made one where a small gap parts them."""
    joined: list[Level] = []
    for y, x0, x1 in sorted(band, key=lambda piece: piece[1]):
        if joined and x0 - joined[-1].x1 <= _GAP:
            joined[-1] = joined[-1]._replace(x1=max(x1, joined[-1].x1))
        else:
            joined.append(Level(y, x0, x1))
    return joined


def around(levels: Iterable[Level], x0: float, x1: float) -> list[Level]:
    """The rules that run over most of the stretch from x0 to x1, and not far beyond it."""
    width = x1 - x0
    return [
        level
        for level in levels
        if min(level.x1, x1) - max(level.x0, x0) > 0.6 * width and level.x1 - level.x0 < 1.5 * width + 40
    ]
