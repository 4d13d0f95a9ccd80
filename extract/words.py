"""From glyphs to words and lines: by place alone, so the order in which a paper draws its letters does not matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from extract.paper import Box, Word
from extract.pdfium import ASKEW, UPRIGHT, Glyph

# Fractions of a glyph's height, which is about 1.15 em.
_SPACE = 0.13  # a wider gap parts two words
_LEADING = 0.45  # a glyph whose bottom is lower than this below its line's begins a new line
_OVERSTRIKE = 0.1  # the same glyph drawn again within this distance was printed bold, not twice


def lines_of(glyphs: Iterable[Glyph]) -> list[tuple[Word, ...]]:
    """The lines of words that glyphs make, from top to bottom, upright ones first, then those of each other turn.

    Boxes are those of the page as shown, whatever the turn. Text askew (a watermark) makes one line as drawn.
    """
    turns: defaultdict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        turns[glyph.turn].append(glyph)
    return [line for turn in sorted(turns) for line in _lines(turns[turn], turn)]


def text_of(lines: Iterable[Sequence[Word]]) -> str:
    """Words parted by one space, lines by a line feed."""
    return "\n".join(" ".join(word.text for word in line) for line in lines)


def box_around(boxes: Iterable[Box]) -> Box:
    """The smallest box around some. Raises ValueError where there is none."""
    x0, top, x1, bottom = zip(*((b.x0, b.top, b.x1, b.bottom) for b in boxes), strict=True)
    return Box(min(x0), min(top), max(x1), max(bottom))


def _lines(glyphs: list[Glyph], turn: int) -> Iterator[tuple[Word, ...]]:
    if turn == ASKEW:
        rows = [glyphs]
    elif turn == UPRIGHT:
        rows = _rows(glyphs)
    else:
        rows = _rows([_turned(glyph, turn) for glyph in glyphs])
    for row in rows:
        line = tuple(_word(run, turn) for run in _runs(row, turn))
        if line:
            yield line


def _turned(glyph: Glyph, turn: int) -> Glyph:
    """The glyph after quarter turns clockwise about the page's corner, so that it reads upright."""
    text, x0, top, x1, bottom, own = glyph
    for _ in range(turn):
        x0, top, x1, bottom = -bottom, x0, -top, x1
    return Glyph(text, x0, top, x1, bottom, own)


def _rows(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Glyphs parted into baselines, each sorted from left to right.

    A raised glyph (a superscript) comes first and is small, so a higher glyph takes over as the line's measure.
    """
    rows: list[list[Glyph]] = []
    bottom = height = 0.0
    for glyph in sorted(glyphs, key=lambda g: g.bottom):
        own = glyph.bottom - glyph.top
        if not rows or glyph.bottom - bottom > _LEADING * own:
            rows.append([])
            bottom, height = glyph.bottom, own
        elif own > 1.2 * height:
            bottom, height = glyph.bottom, own
        rows[-1].append(glyph)
    for row in rows:
        row.sort(key=lambda g: g.x0)
    return rows


def _runs(row: list[Glyph], turn: int) -> Iterator[list[Glyph]]:
    """The glyphs of each word of one line. Text askew has no gaps along x: only its own spaces part it."""
    run: list[Glyph] = []
    right = 0.0
    for glyph in row:
        if glyph.text.isspace():
            if run:
                yield run
            run = []
            continue
        if run and turn != ASKEW:
            height = glyph.bottom - glyph.top
            if glyph.x0 - run[-1].x0 < _OVERSTRIKE * height and _is_overstrike(glyph, run):
                continue
            if glyph.x0 - right > _SPACE * height:
                yield run
                run = []
        right = max(right, glyph.x1) if run else glyph.x1
        run.append(glyph)
    if run:
        yield run


def _is_overstrike(glyph: Glyph, run: list[Glyph]) -> bool:
    """Whether the last few glyphs hold the same one at nearly the same place."""
    near = _OVERSTRIKE * (glyph.bottom - glyph.top)
    return any(
        before.text == glyph.text and glyph.x0 - before.x0 < near and abs(glyph.bottom - before.bottom) < near
        for before in run[-3:]
    )


def _word(run: list[Glyph], turn: int) -> Word:
    texts, x0s, tops, x1s, bottoms, _ = zip(*run, strict=True)
    whole = Glyph("".join(texts), min(x0s), min(tops), max(x1s), max(bottoms))
    if turn not in (UPRIGHT, ASKEW):
        whole = _turned(whole, 4 - turn)
    return Word(whole.text, rounded(*whole[1:5]))


def rounded(x0: float, top: float, x1: float, bottom: float) -> Box:
    """A box to a hundredth of a point: finer differences are noise of PDFium's single precision."""
    return Box(round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2))


def words_of(lines: Iterable[tuple[Word, ...]]) -> tuple[Word, ...]:
    """The words of some lines in reading order."""
    return tuple(chain.from_iterable(lines))
