"""Pictures of a figure's place: round its cell, or the whole page; the cell framed, its row and column tinted."""

from __future__ import annotations

import io
from collections import OrderedDict
from pathlib import Path

from pipeline.draw import PALE_BLUE, PALE_YELLOW, RED, Drawn, Mark, bare_page, marked, pixels

Box = tuple[float, float, float, float]
# How much of the page round a cell is in view, in points, and the resolution of each view.
BESIDE, ABOVE = 260.0, 90.0
NEAR_DPI, CLOSE_DPI, PAGE_DPI = 110, 220, 110
COLOURS = 64
# So many drawn pages are kept.
KEPT = 6


class Pages:
    """Pages drawn lately."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[tuple[str, int, int], Drawn] = OrderedDict()

    def picture(self, path: str, page: int, box: Box, view: str) -> bytes:
        """The place as a PNG. `view` is near, close or page. Raises pipeline.draw.CannotDraw."""
        drawn = self._page(path, page, {"close": CLOSE_DPI, "page": PAGE_DPI}.get(view, NEAR_DPI))
        width, height = drawn.image.width / drawn.scale, drawn.image.height / drawn.scale
        x0, top, x1, bottom = box
        row = Mark((0.0, top, width, bottom), PALE_YELLOW, tint=True)
        column = Mark((x0, 0.0, x1, height), PALE_BLUE, tint=True)
        picture = marked(drawn, [column, row, Mark(box, RED)])
        if view != "page":
            half = 0.5 if view == "close" else 1.0
            beside, above = BESIDE * half, ABOVE * half
            sides = (max(0.0, x0 - beside), max(0.0, top - above), min(width, x1 + beside), min(height, bottom + above))
            left, upper, right, lower = pixels(sides, drawn.scale)
            picture = picture.crop((left, upper, max(left + 1, right), max(upper + 1, lower)))
        stream = io.BytesIO()
        picture.quantize(COLOURS).save(stream, format="PNG")
        return stream.getvalue()

    def _page(self, path: str, page: int, dpi: int) -> Drawn:
        key = (path, page, dpi)
        if key not in self._drawn:
            self._drawn[key] = bare_page(Path(path), page, dpi)
            while len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(key)
        return self._drawn[key]
