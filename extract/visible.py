"""Whether letters show on a page, by its picture: the last word where what is drawn says that they do not."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pypdfium2.raw as pdfium

from extract.glyphs import Bools, Glyphs
from extract.pdfium import Address, Handle, Sheet
from extract.pixels import refuse_many
from extract.scan.picture import POINTS_PER_INCH, drawn

# Fine enough to tell strokes of small print, and never more than so many pixels.
DPI, MOST_PIXELS = 110.0, 10_000_000
# A letter shows where the picture is so much another without it, of 255 grey levels.
CONTRAST = 24


class Shows:
    """Which letters of a page show: those without whose texts its picture is another.

    The page is drawn when this is first asked, and only then.
    """

    def __init__(self, page: Handle, sheet: Sheet, pixels: int = MOST_PIXELS) -> None:
        self.page, self.sheet, self.pixels = page, sheet, pixels

    def __call__(self, glyphs: Glyphs, texts: Sequence[Address]) -> Bools:
        """Whether each letter of some texts leaves a trace. On a page that cannot be drawn none does.

        Raises TooLarge where drawing it would make more than the `pixels` that it may.
        """
        refuse_many(self.page, self.pixels)
        area = max(1.0, self.sheet.width * self.sheet.height)
        dpi = min(DPI, POINTS_PER_INCH * (min(self.pixels, MOST_PIXELS) / area) ** 0.5)
        found = np.zeros(len(glyphs), dtype=np.bool_)
        try:
            before = drawn(self.page, self.sheet, dpi).astype(np.int16)
            with _transparent(texts):
                traces = np.abs(before - drawn(self.page, self.sheet, dpi)) >= CONTRAST
        except RuntimeError:
            return found
        scale = dpi / POINTS_PER_INCH
        for i, (x0, top, x1, bottom) in enumerate(zip(glyphs.x0, glyphs.top, glyphs.x1, glyphs.bottom, strict=True)):
            left, upper = max(0, int(x0 * scale)), max(0, int(top * scale))
            found[i] = traces[upper : int(bottom * scale) + 1, left : int(x1 * scale) + 1].any()
        return found


@contextmanager
def _transparent(texts: Sequence[Address]) -> Iterator[None]:
    """Let some texts be drawn without colour; the document itself is not changed."""
    handles = [ctypes.cast(address, pdfium.FPDF_PAGEOBJECT) for address in texts]
    colours = [_colour(handle) for handle in handles]
    try:
        for handle in handles:
            pdfium.FPDFPageObj_SetFillColor(handle, 0, 0, 0, 0)
        yield
    finally:
        for handle, colour in zip(handles, colours, strict=True):
            pdfium.FPDFPageObj_SetFillColor(handle, *colour)


def _colour(handle: Handle) -> tuple[int, int, int, int]:
    parts = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetFillColor(handle, *parts):
        return (0, 0, 0, 255)
    red, green, blue, alpha = (part.value for part in parts)
    return (red, green, blue, alpha)
