"""From glyphs to words and lines: by place alone, so the order in which a paper draws its letters does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, repeat

import numpy as np
from numpy.typing import NDArray

from extract.glyphs import ASKEW, Bools, Floats, Glyph, Glyphs, Ints, Texts
from extract.paper import Box, Word

# Fractions of a glyph's height, which is about 1.15 em.
_SPACE = 0.13  # a wider gap parts two words
_LEADING = 0.45  # a glyph whose bottom is lower than this below its line's begins a new line
_RAISED_SIZE, _RAISED, _RAISED_NEAR = 0.8, 0.1, 1.5  # smaller, raised by more, and nearer than this: a superscript
_OVERSTRIKE = 0.1  # the same glyph drawn again within this distance was printed bold, not twice


_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, eq=False)
class Layout:
    """The words of some glyphs, line by line: `sides` has a row for each, x0, top, x1 and bottom.

    `starts` are the indices of the words that begin a line, and one past the last word; `piles` says for each line of
    which pile of glyphs it is made, and `turns` how it is turned.
    """

    texts: list[str]
    sides: Floats
    starts: list[int]
    piles: list[int]
    turns: list[int]

    @cached_property
    def words(self) -> list[Word]:
        """All words."""
        return list(map(Word, self.texts, boxes_of(self.sides)))

    @cached_property
    def packed(self) -> NDArray[np.int32]:
        """The sides in hundredths of a point, as the words of cells are kept."""
        # What lies off every page by miles is cut to what four bytes hold.
        return np.rint(np.clip(self.sides, -2e7, 2e7) * 100).astype(np.int32)

    def line_texts(self) -> list[str]:
        """The text of each line, its words parted by one space."""
        return [" ".join(self.texts[first:stop]) for first, stop in pairwise(self.starts)]

    def line_boxes(self) -> list[Box]:
        """The box around each line."""
        return boxes_of(around(self.sides, self.starts[:-1]))


def layout(glyphs: Glyphs, piles: Ints | None = None) -> Layout:
    """The words of the glyphs of each pile (by default there is but one), from top to bottom.

    In each pile come upright lines first, then those of each other turn. Boxes are those of the page as shown, whatever
    the turn. Text askew (a watermark) makes one line as drawn.
    """
    if not len(glyphs):
        return Layout([], np.empty((0, 4)), [0], [], [])
    of_turns = glyphs.turn if piles is None else glyphs.turn + (ASKEW + 1) * piles
    sides = _upright(np.stack([glyphs.x0, glyphs.top, glyphs.x1, glyphs.bottom], axis=1), glyphs.turn)
    askew = glyphs.turn == ASKEW
    order, row = _rows(sides, of_turns, askew)
    written = ~glyphs.blank[order]
    apart = np.cumsum(~written, dtype=np.int64)[written]
    order, row = order[written], row[written]
    if not len(order):
        return Layout([], np.empty((0, 4)), [0], [], [])
    glyphs = _with_raised(glyphs, sides, order, row)
    begins, kept = _runs(glyphs.texts[order], sides[order], row, apart, askew[order])
    order, row, begins = order[kept], row[kept], begins[kept]
    starts = np.flatnonzero(begins)
    turn = glyphs.turn[order[starts]]
    whole = rounded_all(_upright(around(sides[order], starts), -turn % 4))
    lines = np.flatnonzero(_changes(row[starts]))
    named, turns = np.divmod(of_turns[order[starts[lines]]], ASKEW + 1)
    texts = _joined(glyphs.texts[order], starts)
    return Layout(texts, whole, [*lines.tolist(), len(starts)], named.tolist(), turns.tolist())


def lines_of(glyphs: Iterable[Glyph]) -> list[tuple[Word, ...]]:
    """The lines of words that glyphs make, as `layout` has them."""
    found = layout(glyphs if isinstance(glyphs, Glyphs) else Glyphs.of(glyphs))
    return [tuple(found.words[first:stop]) for first, stop in pairwise(found.starts)]


def text_of(lines: Iterable[Sequence[Word]]) -> str:
    """Words parted by one space, lines by a line feed."""
    return "\n".join(" ".join(word.text for word in line) for line in lines)


# --- boxes -----------------------------------------------------------------------------------------------------------


def box_around(boxes: Iterable[Box]) -> Box:
    """The smallest box around some. Raises ValueError where there is none."""
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return Box(min(x0), min(top), max(x1), max(bottom))


def boxes_of(sides: Floats) -> list[Box]:
    """A box for each row of sides."""
    return list(map(tuple.__new__, repeat(Box), sides.tolist()))


def around(sides: Floats, starts: Sequence[int] | Ints) -> Floats:
    """The sides around each run of boxes; `starts` are the indices at which the runs begin."""
    if not len(starts):
        return np.empty((0, 4))
    low, high = np.minimum.reduceat(sides[:, :2], starts), np.maximum.reduceat(sides[:, 2:], starts)
    return np.hstack([low, high])


def rounded(x0: float, top: float, x1: float, bottom: float) -> Box:
    """A box to a hundredth of a point: finer differences are noise of PDFium's single precision."""
    return Box(round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2))


def rounded_all(values: Floats, digits: int = 2) -> Floats:
    """Each value rounded as `round` does it; numpy alone may slip where a half is near."""
    scaled = values * 10**digits
    found: Floats = np.rint(scaled) / 10**digits
    for at in np.argwhere(np.abs(np.abs(scaled - np.floor(scaled)) - 0.5) < 1e-6):
        found[tuple(at)] = round(float(values[tuple(at)]), digits)
    return found


def _upright(sides: Floats, turn: Ints) -> Floats:
    """Boxes after as many quarter turns clockwise about the page's corner as each one has, so that it reads upright."""
    if not turn.any():
        return sides
    x0, top, x1, bottom = sides.T
    turned = (sides.T, (-bottom, x0, -top, x1), (-x1, -bottom, -x0, -top), (top, -x1, bottom, -x0), sides.T)
    return np.stack([np.choose(turn, [way[side] for way in turned]) for side in range(4)], axis=1)


# --- lines -----------------------------------------------------------------------------------------------------------


def _rows(sides: Floats, piles: Ints, askew: Bools) -> tuple[Ints, Ints]:
    """The order of the glyphs, pile by pile, baseline by baseline and from left to right, and the baseline of each."""
    left, bottom = np.where(askew, 0, sides[:, 0]), np.where(askew, 0, sides[:, 3])
    height = np.where(askew, 0, sides[:, 3] - sides[:, 1])
    order = np.lexsort((bottom, piles))
    other_pile = _changes(piles[order])
    bottom, height = bottom[order], height[order]
    # Glyphs like the one before are in its row; so few decide.
    heads = np.flatnonzero(other_pile | _changes(bottom) | _changes(height))
    begins = np.zeros(len(order), dtype=np.int64)
    begins[heads] = list(_begin(other_pile[heads].tolist(), bottom[heads].tolist(), height[heads].tolist()))
    row = np.cumsum(begins)
    return order[np.lexsort((left[order], row))], row


def _begin(other_pile: list[bool], bottoms: list[float], heights: list[float]) -> Iterator[bool]:
    """Whether each glyph begins a row.

    A raised glyph (a superscript) comes first and is small, so a higher glyph takes over as the line's measure.
    """
    low = high = 0.0
    for other, bottom, height in zip(other_pile, bottoms, heights, strict=True):
        begins = other or bottom - low > _LEADING * height
        if begins or height > 1.2 * high:
            low, high = bottom, height
        yield begins


def _changes(values: Ints | Floats) -> Bools:
    """Where a value is not the one before; true of the first."""
    found = np.ones(len(values), dtype=np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found


def _with_raised(glyphs: Glyphs, sides: Floats, order: Ints, row: Ints) -> Glyphs:
    """The glyphs, with small digits that stand raised after others as superscripts: a note's number is no digit."""
    top, right, bottom = sides[order, 1], sides[order, 2], sides[order, 3]
    height = bottom - top
    highest = np.maximum.reduceat(height, np.flatnonzero(_changes(row)))[np.cumsum(_changes(row)) - 1]
    small = height < _RAISED_SIZE * highest
    if not small.any():
        return glyphs
    # The last glyph of full size before each one, if it is of the same row.
    before = np.maximum.accumulate(np.where(small, -1, np.arange(len(order))))
    raised = small & (before >= 0) & (row[before] == row) & (bottom[before] - bottom > _RAISED * height[before])
    raised &= sides[order, 0] - right[before] < _RAISED_NEAR * height[before]
    texts = glyphs.texts.copy()
    for at in order[raised]:
        texts[at] = texts[at].translate(_SUPERSCRIPTS)
    return replace(glyphs, texts=texts)


# --- words -----------------------------------------------------------------------------------------------------------


def _runs(texts: Texts, sides: Floats, row: Ints, apart: Ints, askew: Bools) -> tuple[Bools, Bools]:
    """Which glyphs begin a word, and which are not merely drawn twice. Spaces are gone; `apart` grows at each.

    Text askew has no gaps along x: only its own spaces part it.
    """
    x0, x1, height = sides[:, 0], sides[:, 2], sides[:, 3] - sides[:, 1]
    begins, kept = _changes(row) | _changes(apart), np.ones(len(row), dtype=np.bool_)
    goes_on = ~begins & ~askew
    stretches = np.flatnonzero(begins)
    near, back = x0 - np.roll(x0, 1) < _OVERSTRIKE * height, x1 < np.roll(x1, 1)
    begins |= goes_on & (x0 - np.roll(x1, 1) > _SPACE * height)
    odd = np.unique(np.searchsorted(stretches, np.flatnonzero(goes_on & (near | back)), side="right") - 1)
    for first, stop in zip(stretches[odd], np.append(stretches, len(row))[odd + 1], strict=True):
        _look_closely(texts[first:stop], sides[first:stop], begins[first:stop], kept[first:stop])
    return begins, kept


def _look_closely(texts: Texts, sides: Floats, begins: Bools, kept: Bools) -> None:
    """Glyph by glyph, where some overlap or stand in each other's place: sets `begins` and `kept` of a stretch."""
    run: list[Glyph] = []
    right = 0.0
    for i, glyph in enumerate(map(Glyph, texts, *sides.T.tolist())):
        height = glyph.bottom - glyph.top
        if run and glyph.x0 - run[-1].x0 < _OVERSTRIKE * height and _is_overstrike(glyph, run):
            kept[i] = False
            continue
        begins[i] = not run or glyph.x0 - right > _SPACE * height
        right = glyph.x1 if begins[i] else max(right, glyph.x1)
        run = [glyph] if begins[i] else [*run[-2:], glyph]


def _is_overstrike(glyph: Glyph, run: list[Glyph]) -> bool:
    """Whether the last few glyphs hold the same one at nearly the same place."""
    near = _OVERSTRIKE * (glyph.bottom - glyph.top)
    return any(
        before.text == glyph.text and glyph.x0 - before.x0 < near and abs(glyph.bottom - before.bottom) < near
        for before in run[-3:]
    )


def _joined(texts: Texts, starts: Ints) -> list[str]:
    """The text of each word; most glyphs are one character, a ligature is several."""
    parts = texts.tolist()
    whole = "".join(parts)
    places = starts if len(whole) == len(parts) else np.cumsum([0, *map(len, parts)])[starts]
    return [whole[first:stop] for first, stop in pairwise([*places.tolist(), len(whole)])]
