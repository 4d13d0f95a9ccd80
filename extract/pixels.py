"""How many pixels a page makes PDFium decode, which takes up to four bytes of memory for each, before it is drawn."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium

from extract.limits import TooLarge

# The nesting of drawings that is looked into. PDFium draws deeper; what takes too much memory then ends its process.
DEPTH = 12


def refuse_many(page: Any, most: int) -> None:
    """See that the pictures of an open page (a handle) have no more than so many pixels. Raises TooLarge."""
    if pixels_of(page, most) > most:
        raise TooLarge(f"pictures of more than {most:,} pixels on one page; --max-pixels allows more")


def pixels_of(page: Any, most: int) -> int:
    """The pixels of all pictures of an open page, as often as they are drawn; counted until there are more than `most`.

    By what the file says of each: none is decoded.
    """
    count = 0
    waiting = [(item, DEPTH) for item in _objects(page, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject)]
    while waiting and count <= most:
        item, depth = waiting.pop()
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            count += _size(item)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth:
            nested = _objects(item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject)
            waiting += [(each, depth - 1) for each in nested]
    return count


def _objects(of: Any, count: Any, get: Any) -> list[Any]:
    return [get(of, i) for i in range(count(of))]


def _size(image: Any) -> int:
    columns, rows = ctypes.c_uint(), ctypes.c_uint()
    found = pdfium.FPDFImageObj_GetImagePixelSize(image, columns, rows)
    return columns.value * rows.value if found else 0
