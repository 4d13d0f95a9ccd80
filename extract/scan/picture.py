"""The picture of a page: how much of the page pictures cover, and the page drawn in grey levels."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from extract.limits import TooLarge
from extract.paper import Box
from extract.pdfium import Handle, Matrix, Sheet

POINTS_PER_INCH = 72
# Finer pictures are drawn at the highest of these resolutions, coarser ones at the lowest.
LOWEST, HIGHEST = 200, 300
# Below so many dots an inch small print cannot be told; a page so large that it would need fewer is given up.
_LEAST = 100
# An A3 page at 300 dpi has 17 million pixels.
MOST_PIXELS = 20_000_000
_DEPTH = 4
_MOST_IMAGES = 2_000


@dataclass(frozen=True, slots=True)
class Image:
    """A picture on a page: its place in points as shown, and its size in pixels."""

    box: Box
    columns: int
    rows: int

    @property
    def area(self) -> float:
        """Its area on the page, in square points."""
        return max(0.0, self.box.x1 - self.box.x0) * max(0.0, self.box.bottom - self.box.top)

    @property
    def dpi(self) -> float:
        """Its dots an inch, the better way."""
        wide, high = self.box.x1 - self.box.x0, self.box.bottom - self.box.top
        return POINTS_PER_INCH * max(self.columns / max(wide, 1), self.rows / max(high, 1))


def images_of(page: Handle, sheet: Sheet) -> tuple[Image, ...]:
    """The pictures of a page, those in nested drawings too, as far as they lie on it."""
    objects = [pdfium.FPDFPage_GetObject(page, i) for i in range(pdfium.FPDFPage_CountObjects(page))]
    found: list[Image] = []
    for image in _images(objects, sheet.shown, sheet, _DEPTH):
        found.append(image)
        if len(found) >= _MOST_IMAGES:
            break
    return tuple(found)


def _images(objects: list[Handle], outer: Matrix, sheet: Sheet, depth: int) -> Iterator[Image]:
    raw = pdfium.FS_MATRIX()
    for item in objects:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind not in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
            continue
        if not pdfium.FPDFPageObj_GetMatrix(item, raw):
            continue
        matrix = Matrix(raw.a, raw.b, raw.c, raw.d, raw.e, raw.f).then(outer)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            columns, rows = ctypes.c_uint(), ctypes.c_uint()
            if pdfium.FPDFImageObj_GetImagePixelSize(item, columns, rows):
                yield Image(_place(matrix, sheet), columns.value, rows.value)
        elif depth:
            children = [pdfium.FPDFFormObj_GetObject(item, i) for i in range(pdfium.FPDFFormObj_CountObjects(item))]
            yield from _images(children, matrix, sheet, depth - 1)


def _place(m: Matrix, sheet: Sheet) -> Box:
    """Where the unit square that a picture fills lies, cut off at the edges of the sheet."""
    xs = (m.e, m.a + m.e, m.c + m.e, m.a + m.c + m.e)
    ys = (m.f, m.b + m.f, m.d + m.f, m.b + m.d + m.f)
    return Box(max(0.0, min(xs)), max(0.0, min(ys)), min(sheet.width, max(xs)), min(sheet.height, max(ys)))


def covered(images: tuple[Image, ...], sheet: Sheet) -> float:
    """The share of the page that its pictures cover. Scanners write strips, so their areas are added up."""
    return min(1.0, sum(image.area for image in images) / max(1.0, sheet.width * sheet.height))


def resolution(images: tuple[Image, ...], sheet: Sheet, most: int = MOST_PIXELS) -> float:
    """The dots an inch to draw a page at: those of its pictures, and no more than `most` pixels. Raises TooLarge."""
    most = min(most, MOST_PIXELS)
    native = max((image.dpi for image in images if image.area > 0.05 * sheet.width * sheet.height), default=LOWEST)
    dpi = min(HIGHEST, max(LOWEST, native))
    square_inches = max(1.0, sheet.width) * max(1.0, sheet.height) / POINTS_PER_INCH**2
    dpi = min(dpi, (most / square_inches) ** 0.5)
    if dpi < _LEAST:
        raise TooLarge(
            f"a page of {square_inches:,.0f} square inches: at {_LEAST} dpi it has more than {most:,} pixels"
        )
    return float(dpi)


def drawn(page: Handle, sheet: Sheet, dpi: float) -> NDArray[np.uint8]:
    """The page as shown, in grey levels: an array of bytes, a row a line of pixels. Raises RuntimeError."""
    width = max(1, round(sheet.width * dpi / POINTS_PER_INCH))
    height = max(1, round(sheet.height * dpi / POINTS_PER_INCH))
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_Gray, None, 0)
    if not bitmap:
        raise RuntimeError("no memory to draw the page")
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, pdfium.FPDF_GRAYSCALE)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        buffer = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
        return np.frombuffer(buffer, np.uint8).reshape(height, stride)[:, :width].copy()
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
