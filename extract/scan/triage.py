"""Which pages are pictures of print: those without text, and those whose text is not what one sees."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass

import pypdfium2.raw as pdfium

from extract.glyphs import Glyphs
from extract.pdfium import Drawing, Handle, Sheet
from extract.scan.picture import Image, covered, images_of

# A picture over half the page is the page. What text is shown on it beside the picture is a stamp or a page number
# where it has no more letters than this.
COVERED, FEW = 0.5, 400
# A stamp or a page number has no more than these.
STAMP = 60
# The share of text that has to be unseen, or without a meaning, to be no text to go by.
UNSEEN, NONSENSE = 0.5, 0.3
# So many drawn shapes on a page without text may be its letters, drawn as outlines.
SHAPES = 100

_NAMELESS = re.compile("[\ufffd\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a page: its pictures, how many letters of text it has, and whether they are a layer that is not shown.

    `picture` says whether the page is to be read from its picture.
    """

    images: tuple[Image, ...]
    letters: int
    hidden: bool
    picture: bool

    @property
    def plainly(self) -> bool:
        """Whether it is a scan beyond doubt, without a look at the picture."""
        return self.picture and (self.hidden or self.letters <= STAMP)


def look_at(page: Handle, sheet: Sheet, drawing: Drawing, glyphs: Glyphs) -> Look:
    """Whether a page's text can be gone by. Costs next to nothing on a page without pictures."""
    text = "".join(glyphs.texts[~glyphs.blank].tolist())
    images = images_of(page, sheet) if drawing.images else ()
    if not text:
        return Look(images, 0, hidden=False, picture=bool(images) or drawing.shapes >= SHAPES)
    if images and covered(images, sheet) >= COVERED:
        hidden = _unseen(page, drawing) >= UNSEEN
        return Look(images, len(text), hidden, picture=hidden or len(text) <= FEW)
    nonsense = len(text) >= 20 and len(_NAMELESS.findall(text)) >= NONSENSE * len(text)
    return Look(images, len(text), hidden=nonsense, picture=nonsense)


def _unseen(page: Handle, drawing: Drawing) -> float:
    """The share of text objects that are not shown, or that a picture is drawn over."""
    whole = len(drawing.invisible) + drawing.visible
    return (len(drawing.invisible) + _drawn_over(page)) / whole if whole else 0.0


def _drawn_over(page: Handle) -> int:
    """How many text objects that would show have a picture drawn over them later."""
    objects = [pdfium.FPDFPage_GetObject(page, i) for i in range(pdfium.FPDFPage_CountObjects(page))]
    covers: list[tuple[float, float, float, float]] = []
    count = 0
    for item in reversed(objects):
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            covers.append(_bounds(item))
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT and covers and not _is_invisible(item):
            left, bottom, right, top = _bounds(item)
            x, y = (left + right) / 2, (bottom + top) / 2
            count += any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in covers)
    return count


def _is_invisible(text: Handle) -> bool:
    return bool(pdfium.FPDFTextObj_GetTextRenderMode(text) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)


def _bounds(item: Handle) -> tuple[float, float, float, float]:
    sides = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(item, *sides)
    left, bottom, right, top = (side.value for side in sides)
    return left, bottom, right, top
