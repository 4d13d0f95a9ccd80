"""Watermarks: large words across a page ("DRAFT"), whose letters lie on the print and belong to no cell."""

from __future__ import annotations

import numpy as np

from extract.glyphs import ASKEW, Floats, Glyphs

# A watermark's letters are this many times as high as most on the page. More sizes of large print make a poster.
_LARGE, _MOST_SIZES = 2.2, 20


def parted(glyphs: Glyphs, segments: Floats) -> tuple[Glyphs, Glyphs]:
    """The glyphs of a page without its watermarks, and those of the watermarks.

    Large letters that slant are a watermark's, and those of a size of which one lies on ordinary print or on a ruling
    line. A title is large, too, but nothing runs through it.
    """
    written = ~glyphs.blank
    if not written.any():
        return glyphs, glyphs.where(~written & written)
    high = np.where(glyphs.turn % 2, glyphs.x1 - glyphs.x0, glyphs.bottom - glyphs.top)
    large = high > _LARGE * float(np.median(high[written]))
    marks = large & (glyphs.turn == ASKEW)
    sizes = np.unique(np.round(high[large & ~marks]))
    for size in sizes if len(sizes) <= _MOST_SIZES else ():
        group = large & ~marks & (np.round(high) == size)
        letters = glyphs.where(group & written)
        if _lies_on(letters, glyphs.where(~large & written)) or _is_crossed(letters, segments):
            marks |= group
    return (glyphs.where(~marks), glyphs.where(marks)) if marks.any() else (glyphs, glyphs.where(marks))


def _lies_on(letters: Glyphs, others: Glyphs) -> bool:
    x, y = others.middles
    return any(
        bool(((x0 < x) & (x < x1) & (top < y) & (y < bottom)).any())
        for _, x0, top, x1, bottom, _ in letters
    )  # fmt: skip


def _is_crossed(letters: Glyphs, segments: Floats) -> bool:
    """Whether a level or upright line runs through the middle half of a letter and beyond it on both sides."""
    x0, x1 = np.sort(segments[:, [0, 2]]).T
    y0, y1 = np.sort(segments[:, [1, 3]]).T
    for _, left, top, right, bottom, _ in letters:
        wide, high = (right - left) / 4, (bottom - top) / 4
        level = (y1 - y0 < 1) & (y0 > top + high) & (y1 < bottom - high) & (x0 < left) & (x1 > right)
        upright = (x1 - x0 < 1) & (x0 > left + wide) & (x1 < right - wide) & (y0 < top) & (y1 > bottom)
        if (level | upright).any():
            return True
    return False
