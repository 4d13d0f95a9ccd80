"""Pages whose text does not read upright as they are shown: sideways tables, and pages that went in upside down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from extract.glyphs import ASKEW, UPRIGHT, Floats, Glyphs, Ints
from extract.paper import Frame, Page

# The part of a page's letters that must read another way for the page to be turned.
_MOST = 0.6


def reading_turn(glyphs: Glyphs) -> int:
    """The quarter turns, anticlockwise, in which most of a page reads; 0 where most reads upright, or nothing leads.

    Its digits must read so, too: heads and labels may stand on end beside figures that do not.
    """
    written = ~glyphs.blank & (glyphs.turn != ASKEW)
    turn = _most(glyphs.turn[written])
    if turn == UPRIGHT:
        return UPRIGHT
    digits = written & np.fromiter((text.isdigit() for text in glyphs.texts), np.bool_, len(glyphs))
    return turn if not digits.any() or _most(glyphs.turn[digits]) == turn else UPRIGHT


def _most(turns: Ints) -> int:
    counts = np.bincount(turns, minlength=4)
    most = int(counts.argmax()) if len(turns) else UPRIGHT
    return most if counts[most] > _MOST * len(turns) else UPRIGHT


def turned_page(page: Page, turn: int) -> Page:
    """The page with the way back from where its print stands upright to the page as shown."""
    width, height = page.width, page.height
    frames = {
        1: Frame(0, -1, 1, 0, 0, height),
        2: Frame(-1, 0, 0, -1, width, height),
        3: Frame(0, 1, -1, 0, width, 0),
    }
    return replace(page, frame=frames[turn])


def turned_glyphs(glyphs: Glyphs, page: Page, turn: int) -> Glyphs:
    """The glyphs of a page as shown, in their places on the page as read."""
    sides = turned_sides(np.stack([glyphs.x0, glyphs.top, glyphs.x1, glyphs.bottom], axis=1), page, turn)
    own = np.where(glyphs.turn == ASKEW, ASKEW, (glyphs.turn - turn) % 4)
    x0, top, x1, bottom = sides.T
    return Glyphs(glyphs.texts, x0, top, x1, bottom, own, glyphs.blank)


def turned_sides(sides: Floats, page: Page, turn: int) -> Floats:
    """Boxes of a page as shown (x0, top, x1, bottom, a row each) on the page as read."""
    x0, top, x1, bottom = sides.T
    width, height = page.width, page.height
    ways = {
        1: (height - bottom, x0, height - top, x1),
        2: (width - x1, height - bottom, width - x0, height - top),
        3: (top, width - x1, bottom, width - x0),
    }
    return np.stack(ways[turn], axis=1) if turn else sides
