"""Whether letters show on a page, by its picture: the last word where what is drawn says that they do not."""

from __future__ import annotations

import numpy as np

from extract.glyphs import Bools, Glyphs
from extract.pdfium import Handle, Sheet
from extract.scan.picture import POINTS_PER_INCH, drawn

# Fine enough to tell strokes of small print, and never more than so many pixels.
DPI, MOST_PIXELS = 110.0, 10_000_000
# A letter shows where its box has pixels so far apart, of 255 grey levels.
CONTRAST = 48
# The part of a box's height that is looked at: a rule may run along its edges.
_INNER = 0.2


class Shows:
    """Which letters of a page show. The page is drawn when this is first asked, and only then."""

    def __init__(self, page: Handle, sheet: Sheet) -> None:
        self.page, self.sheet = page, sheet

    def __call__(self, glyphs: Glyphs) -> Bools:
        """Whether each letter has contrast in its box. A page that cannot be drawn shows none."""
        area = max(1.0, self.sheet.width * self.sheet.height)
        dpi = min(DPI, POINTS_PER_INCH * (MOST_PIXELS / area) ** 0.5)
        try:
            picture = drawn(self.page, self.sheet, dpi)
        except RuntimeError:
            return np.zeros(len(glyphs), dtype=np.bool_)
        scale = dpi / POINTS_PER_INCH
        inset = _INNER * (glyphs.bottom - glyphs.top)
        sides = zip(glyphs.x0, glyphs.top + inset, glyphs.x1, glyphs.bottom - inset, strict=True)
        found = np.zeros(len(glyphs), dtype=np.bool_)
        for i, (x0, top, x1, bottom) in enumerate(sides):
            left, upper = max(0, int(x0 * scale)), max(0, int(top * scale))
            part = picture[upper : max(upper, int(bottom * scale)) + 1, left : max(left, int(x1 * scale)) + 1]
            found[i] = part.size > 0 and int(part.max()) - int(part.min()) >= CONTRAST
        return found
