"""Pictures of PDF pages with places marked on them, in the coordinates of figures.csv."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageDraw

from extract.limits import LIMITS, TooLarge
from extract.pixels import refuse_many

POINTS_PER_INCH = 72
DPI = 150
# A page may claim to be metres wide; a picture of it is drawn more coarsely rather than fill the memory.
MAX_PIXELS = 40_000_000

Colour = tuple[int, int, int]
RED: Colour = (230, 0, 0)
ORANGE: Colour = (255, 136, 0)
PALE_YELLOW: Colour = (255, 246, 184)
PALE_BLUE: Colour = (214, 233, 255)


class CannotDraw(Exception):
    """A page of which no picture can be made."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A box in points from the page's top left, framed in a colour or, with `tint`, filled so that print shows through.

    Later marks are drawn over earlier ones, frames over tints.
    """

    box: tuple[float, float, float, float]
    colour: Colour
    tint: bool = False


@dataclass(frozen=True)
class Drawn:
    """A page as it is shown, in colour, and how many pixels a point has."""

    image: Image.Image
    scale: float


def draw_page(path: Path, page: int, marks: Sequence[Mark], dpi: int = DPI) -> Image.Image:
    """Page `page` (from 1) of a PDF as it is shown, with marks on it. Raises CannotDraw."""
    return marked(bare_page(path, page, dpi), marks)


def bare_page(path: Path, page: int, dpi: int = DPI, most: int = LIMITS.pixels) -> Drawn:
    """Page `page` (from 1) of a PDF as it is shown. Raises CannotDraw, also for one with more than `most` pixels."""
    try:
        document = pypdfium2.PdfDocument(path.read_bytes())
        try:
            return _rendered(document[page - 1], dpi, most)
        finally:
            document.close()
    except TooLarge:
        raise CannotDraw(f"page {page} of {path} is not drawn: its pictures have more than {most:,} pixels") from None
    except (pypdfium2.PdfiumError, IndexError, OSError) as error:
        raise CannotDraw(f"no picture of page {page} of {path} can be drawn: {error}") from error


def _rendered(page: Any, dpi: int, most: int) -> Drawn:
    """The page as shown, crop box and rotation applied. Raises TooLarge."""
    refuse_many(page.raw, most)
    width, height = page.get_size()
    scale = dpi / POINTS_PER_INCH
    scale *= min(1.0, (min(most, MAX_PIXELS) / max(1.0, width * height * scale**2)) ** 0.5)
    image: Image.Image = page.render(scale=scale).to_pil()
    return Drawn(image.convert("RGB"), scale)


def marked(drawn: Drawn, marks: Sequence[Mark]) -> Image.Image:
    """A copy of a drawn page with marks on it."""
    scale = drawn.scale
    image = ImageChops.multiply(drawn.image, _tints(drawn.image.size, scale, marks))
    draw = ImageDraw.Draw(image)
    line = max(2, round(scale * 1.5))
    for mark in marks:
        if not mark.tint:
            x0, top, x1, bottom = pixels(mark.box, scale)
            # The line runs outside the box, so that it hides none of the print in it.
            draw.rectangle((x0 - line, top - line, x1 + line, bottom + line), outline=mark.colour, width=line)
    return image


def _tints(size: tuple[int, int], scale: float, marks: Sequence[Mark]) -> Image.Image:
    """A layer to multiply a page with: paper takes the colour, print stays dark. What is framed is not tinted."""
    layer = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(layer)
    for mark in sorted(marks, key=lambda mark: not mark.tint):
        draw.rectangle(pixels(mark.box, scale), fill=mark.colour if mark.tint else "white")
    return layer


def pixels(box: tuple[float, float, float, float], scale: float) -> tuple[int, int, int, int]:
    """A box in pixels, its sides in order whatever the box says."""
    x0, top, x1, bottom = (round(side * scale) for side in box)
    return (min(x0, x1), min(top, bottom), max(x0, x1), max(top, bottom))
