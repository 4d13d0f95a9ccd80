"""The ruling lines of a page of a PDF, as the finder of ruled tables takes them, for pictures."""

from __future__ import annotations

from pathlib import Path

from extract import pdfium
from extract.limits import LIMITS, Limits, TooLarge
from extract.paper import Box, Page
from extract.ruled import rules_of
from extract.words import rounded


def rulings_of(path: Path, page: Page, limits: Limits = LIMITS) -> tuple[Box, ...]:
    """The level and the upright lines of a page, boxes without height or width; none on a page that is too large."""
    with (
        pdfium.opened(path, path.read_bytes()) as document,
        pdfium.loaded(document, page.number - 1) as (handle, _),
    ):
        try:
            drawing = pdfium.drawing_of(handle, pdfium.sheet_of(handle), limits)
        except TooLarge:
            return ()
    levels, uprights = rules_of(drawing.segments)
    level = (rounded(float(x0), float(y), float(x1), float(y)) for y, x0, x1 in levels)
    upright = (rounded(float(x), float(top), float(x), float(bottom)) for x, top, bottom in uprights)
    return (*level, *upright)
