"""The only module that talks to PDFium: opens a PDF, and gives the glyphs and the drawn segments of a page.

PDFium is not thread-safe: use it from one thread per process. Every handle is closed by a context manager. The raw
calls are used, not pypdfium2's helper objects, because a page has thousands of characters and each costs a few calls.
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from extract.errors import DamagedPaper, EncryptedPaper, PaperError
from extract.limits import Limits, TooLarge

# A handle of PDFium: an opaque ctypes pointer. And a box by its four sides.
Handle = Any
_Rect = tuple[float, float, float, float]

# As many invisible text objects as may be asked for their text; a page of OCR has thousands.
_FEW = 100

# Visible glyphs are looked up by bands this high, in points.
_BAND = 16

# The quarter turns of a glyph's reading direction, anticlockwise as shown; ASKEW is any other direction.
UPRIGHT, UPWARDS, UPSIDE_DOWN, DOWNWARDS, ASKEW = range(5)

# Degrees by which text may lean and still count as written along the page's edges (a scan laid askew).
_LEAN = 20.0

_INVISIBLE = pdfium.FPDF_TEXTRENDERMODE_INVISIBLE

# What PDFium gives, and what was printed. 0xFFFE (0x02 where asked char by char) is its mark for a hyphen at a line's
# end. A soft hyphen that has a glyph was drawn, so it is a hyphen. No-break spaces are spaces; zero-width marks and the
# byte order mark print nothing. A glyph that no one can name is U+FFFD, so that it is seen to be missing.
_PRINTED = {
    "\x02": "-",
    "\ufffe": "-",
    "\u00ad": "-",
    "\u00a0": " ",
    "\u2007": " ",
    "\u202f": " ",
    "\u200b": "",
    "\u2060": "",
    "\ufeff": "",
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_UNUSUAL = re.compile(
    "[\x00-\x08\x0e-\x1f\u00a0\u00ad\u2007\u200b\u202f\u2060\ud800-\udfff\ufb00-\ufb06\ufeff\ufffe\uffff]"
)


class Glyph(NamedTuple):
    """One drawn shape: its text (a ligature has several characters), its box in points as shown, and its turn.

    The box is as wide as the pen moves and as high as the font, so the glyphs of a line have equal tops and bottoms.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    turn: int = UPRIGHT


class Segment(NamedTuple):
    """One straight piece of a path, in points as shown, in the direction it was drawn."""

    x0: float
    y0: float
    x1: float
    y1: float


class Matrix(NamedTuple):
    """An affine map as PDF writes it: x' = a·x + c·y + e, y' = b·x + d·y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def then(self, after: Matrix) -> Matrix:
        """The map that does this one first and `after` second."""
        return Matrix(
            self.a * after.a + self.b * after.c,
            self.a * after.b + self.b * after.d,
            self.c * after.a + self.d * after.c,
            self.c * after.b + self.d * after.d,
            self.e * after.a + self.f * after.c + after.e,
            self.e * after.b + self.f * after.d + after.f,
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page as shown: its size in points, its rotation in degrees clockwise, and the map from PDF's user space."""

    width: float
    height: float
    rotation: int
    shown: Matrix


@dataclass(slots=True)
class Drawing:
    """What a walk over the objects of a page found. Invisible text objects are kept by their addresses."""

    segments: list[Segment] = field(default_factory=list)
    objects: int = 0
    images: int = 0
    shapes: int = 0
    visible: int = 0
    invisible: dict[int, Handle] = field(default_factory=dict)
    turned: bool = False


# --- opening and closing ---------------------------------------------------------------------------------------------


@contextmanager
def opened(path: Path, data: bytes) -> Iterator[Handle]:
    """The open document of a PDF's bytes. Raises EncryptedPaper, DamagedPaper or PaperError."""
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        raise _refusal(path, pdfium.FPDF_GetLastError())
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def _refusal(path: Path, code: int) -> PaperError:
    if code == pdfium.FPDF_ERR_PASSWORD:
        return EncryptedPaper(path.name, "asks for a password", "Save a copy without the password and give that.")
    if code == pdfium.FPDF_ERR_SECURITY:
        problem = "is encrypted in a way that PDFium does not know"
        return EncryptedPaper(path.name, problem, "Save a copy without encryption and give that.")
    return DamagedPaper(
        path.name,
        "cannot be opened as a PDF: it is cut off, damaged or no PDF",
        "Fetch the file again, or open it in a PDF reader and save it anew.",
    )


def page_count(document: Handle) -> int:
    """The number of pages that the document claims to have; some of them may fail to load."""
    return int(pdfium.FPDF_GetPageCount(document))


@contextmanager
def loaded(document: Handle, index: int) -> Iterator[tuple[Handle, Handle]]:
    """Page `index` (from 0) and its text. Raises RuntimeError where PDFium cannot load them."""
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        raise RuntimeError("the page cannot be loaded")
    try:
        with _text_of(page) as text:
            yield page, text
    finally:
        pdfium.FPDF_ClosePage(page)


@contextmanager
def _text_of(page: Handle) -> Iterator[Handle]:
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        raise RuntimeError("the text of the page cannot be loaded")
    try:
        yield text
    finally:
        pdfium.FPDFText_ClosePage(text)


# --- the page as shown -----------------------------------------------------------------------------------------------


def sheet_of(page: Handle) -> Sheet:
    """The size and turn of a page, crop box and rotation applied."""
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, box):
        raise RuntimeError("the page has no box")
    quarter = pdfium.FPDFPage_GetRotation(page) % 4
    width, height = abs(box.right - box.left), abs(box.top - box.bottom)
    if quarter % 2:
        width, height = height, width
    return Sheet(width, height, 90 * quarter, _shown(box, quarter))


def _shown(box: Any, quarter: int) -> Matrix:
    """From user space (upwards from some corner) to points from the top left of the turned page."""
    return (
        Matrix(1, 0, 0, -1, -box.left, box.top),
        Matrix(0, 1, 1, 0, -box.bottom, -box.left),
        Matrix(-1, 0, 0, 1, box.right, -box.bottom),
        Matrix(0, -1, -1, 0, box.top, box.right),
    )[quarter]


# --- drawn objects ---------------------------------------------------------------------------------------------------


def drawing_of(page: Handle, sheet: Sheet, limits: Limits) -> Drawing:
    """All straight segments of a page, also those inside form XObjects, and what else is drawn.

    Raises TooLarge.
    """
    drawing = Drawing()
    _count(drawing, pdfium.FPDFPage_CountObjects(page), limits)
    objects = [pdfium.FPDFPage_GetObject(page, i) for i in range(pdfium.FPDFPage_CountObjects(page))]
    _walk(objects, sheet.shown, drawing, limits, limits.depth)
    return drawing


def _count(drawing: Drawing, objects: int, limits: Limits) -> None:
    drawing.objects += objects
    if drawing.objects > limits.objects:
        raise TooLarge(f"more than {limits.objects:,} drawn objects on one page")


def _walk(objects: list[Handle], outer: Matrix, drawing: Drawing, limits: Limits, depth: int) -> None:
    raw = pdfium.FS_MATRIX()
    for item in objects:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            drawing.images += 1
            continue
        if kind == pdfium.FPDF_PAGEOBJ_SHADING or not pdfium.FPDFPageObj_GetMatrix(item, raw):
            drawing.shapes += 1
            continue
        matrix = Matrix(raw.a, raw.b, raw.c, raw.d, raw.e, raw.f).then(outer)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            _note_text(item, matrix, drawing)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            _add_path(item, matrix, drawing, limits)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM:
            _enter_form(item, matrix, drawing, limits, depth)


def _enter_form(form: Handle, matrix: Matrix, drawing: Drawing, limits: Limits, depth: int) -> None:
    if depth == 0:
        raise TooLarge(f"drawings nested more than {limits.depth} deep")
    _count(drawing, pdfium.FPDFFormObj_CountObjects(form), limits)
    children = [pdfium.FPDFFormObj_GetObject(form, i) for i in range(pdfium.FPDFFormObj_CountObjects(form))]
    _walk(children, matrix, drawing, limits, depth - 1)


def _note_text(item: Handle, matrix: Matrix, drawing: Drawing) -> None:
    if pdfium.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
        drawing.invisible[_address(item)] = item
    else:
        drawing.visible += 1
    if not (matrix.a > 0 and abs(matrix.b) < 0.1 * matrix.a):
        drawing.turned = True


def _address(item: Handle) -> int:
    """Where an object lies, as its name; 0 for none."""
    return ctypes.addressof(item.contents) if item else 0


def _add_path(path: Handle, matrix: Matrix, drawing: Drawing, limits: Limits) -> None:
    drawing.shapes += 1
    count = pdfium.FPDFPath_CountSegments(path)
    if count + len(drawing.segments) > limits.segments:
        raise TooLarge(f"more than {limits.segments:,} path segments on one page")
    drawing.segments.extend(_segments(path, count, matrix))


def _segments(path: Handle, count: int, matrix: Matrix) -> Iterator[Segment]:
    """The straight pieces of one path. Curves are passed over: ruling lines are straight."""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    start = here = (0.0, 0.0)
    for i in range(count):
        piece = pdfium.FPDFPath_GetPathSegment(path, i)
        pdfium.FPDFPathSegment_GetPoint(piece, x, y)
        there = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        kind = pdfium.FPDFPathSegment_GetType(piece)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = there
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield Segment(*here, *there)
        here = there
        if pdfium.FPDFPathSegment_GetClose(piece) and here != start:
            yield Segment(*here, *start)
            here = start


# --- glyphs ----------------------------------------------------------------------------------------------------------


def glyphs_of(text: Handle, sheet: Sheet, drawing: Drawing, limits: Limits) -> list[Glyph]:
    """The glyphs shown on a page in the order of drawing, spaces included. Raises TooLarge.

    Invisible text (render mode 3) counts where no visible text stands at its place. It may be the OCR layer of a scan,
    or a sign lost on the way into the PDF: in published budgets the minus signs of totals are there, and
    correct, but not shown. Where it lies on visible text it says the same thing twice, and is dropped. White text is
    not looked for.
    """
    count = max(0, int(pdfium.FPDFText_CountChars(text)))
    if count > limits.chars:
        raise TooLarge(f"more than {limits.chars:,} characters on one page")
    if count == 0:
        return []
    turns = _turns(text, count, sheet) if drawing.turned else [UPRIGHT] * count
    boxes = _placed(_loose_boxes(text, count), sheet)
    drawn = list(map(Glyph, _chars(text, count), *zip(*boxes, strict=True), turns))
    shown = _shown_once(text, _drawn(drawn, sheet), drawing)
    return _joined(text, shown)


def _chars(text: Handle, count: int) -> list[str]:
    """What each character prints. In bulk where PDFium's text and its list of characters run side by side."""
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(text, 0, count, buffer) == count + 1:
        chars = list(map(chr, buffer[:count]))
    else:
        codes = (pdfium.FPDFText_GetUnicode(text, i) for i in range(count))
        chars = [chr(code) if code <= 0x10FFFF else "\ufffd" for code in codes]
    for unusual in _UNUSUAL.finditer("".join(chars)):
        chars[unusual.start()] = _PRINTED.get(unusual.group(), "\ufffd")
    return chars


def _loose_boxes(text: Handle, count: int) -> list[_Rect]:
    """Boxes in user space: pen advance wide, font high."""
    rect, get = pdfium.FS_RECTF(), pdfium.FPDFText_GetLooseCharBox
    where = ctypes.byref(rect)
    boxes = []
    for i in range(count):
        get(text, i, where)
        boxes.append((rect.left, rect.bottom, rect.right, rect.top))
    return boxes


def _turns(text: Handle, count: int, sheet: Sheet) -> list[int]:
    matrix, shown = pdfium.FS_MATRIX(), sheet.shown
    turns = []
    for i in range(count):
        pdfium.FPDFText_GetMatrix(text, i, matrix)
        dx = matrix.a * shown.a + matrix.b * shown.c
        dy = matrix.a * shown.b + matrix.b * shown.d
        turns.append(_turn(dx, dy))
    return turns


def _turn(dx: float, dy: float) -> int:
    """The quarter turn of a reading direction; y grows downwards."""
    degrees = math.degrees(math.atan2(-dy, dx)) % 360
    quarter = round(degrees / 90)
    return quarter % 4 if abs(degrees - 90 * quarter) <= _LEAN else ASKEW


def _placed(boxes: list[_Rect], sheet: Sheet) -> list[_Rect]:
    """Boxes of user space as x0, top, x1, bottom of the page as shown."""
    a, b, c, d, e, f = sheet.shown
    if sheet.rotation == 0:
        return [(left + e, f - top, right + e, f - bottom) for left, bottom, right, top in boxes]
    corners = [
        (a * left + c * bottom + e, b * left + d * bottom + f, a * right + c * top + e, b * right + d * top + f)
        for left, bottom, right, top in boxes
    ]
    return [(min(x, u), min(y, v), max(x, u), max(y, v)) for x, y, u, v in corners]


def _drawn(glyphs: list[Glyph], sheet: Sheet) -> list[tuple[int, Glyph]]:
    """With their indices, the glyphs on the sheet that print something.

    The spaces and line ends that PDFium makes up have no width; gaps tell as much. A place that is not a number (NaN)
    compares false, and so drops out.
    """
    right, low = 2 * sheet.width, 2 * sheet.height
    return [
        (i, glyph)
        for i, glyph in enumerate(glyphs)
        if 0 <= glyph.x0 + glyph.x1 <= right
        and 0 <= glyph.top + glyph.bottom <= low
        and glyph.text
        and not (glyph.x0 == glyph.x1 and glyph.text.isspace())
    ]


def _shown_once(text: Handle, drawn: list[tuple[int, Glyph]], drawing: Drawing) -> list[tuple[int, Glyph]]:
    """The glyphs without the invisible ones that lie on visible ones."""
    if not (drawing.invisible and drawing.visible):
        return drawn
    hidden = _hidden(text, drawn, drawing)
    if not hidden:
        return drawn
    taken = _taken([glyph for i, glyph in drawn if i not in hidden])
    return [(i, glyph) for i, glyph in drawn if i not in hidden or not _is_taken(glyph, taken)]


def _hidden(text: Handle, drawn: list[tuple[int, Glyph]], drawing: Drawing) -> set[int]:
    """The indices of invisible glyphs.

    Asking for a character's object is slow: where little is invisible, only its characters are asked about.
    """
    asked = [i for i, glyph in drawn if not glyph.text.isspace()]
    if len(drawing.invisible) <= _FEW:
        chars = {char for item in drawing.invisible.values() for char in _object_text(text, item)}
        asked = [i for i, glyph in drawn if glyph.text in chars]
    return {i for i in asked if _address(pdfium.FPDFText_GetTextObject(text, i)) in drawing.invisible}


def _object_text(text: Handle, item: Handle) -> str:
    """What a text object says, blanks left out. PDFium looks through the whole page for it."""
    size = pdfium.FPDFTextObj_GetText(item, text, None, 0)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    pdfium.FPDFTextObj_GetText(item, text, buffer, size)
    chars = (_PRINTED.get(char, char) for char in map(chr, buffer))
    return "".join(char for char in chars if char != "\x00" and not char.isspace())


def _taken(visible: list[Glyph]) -> dict[int, list[Glyph]]:
    """Visible glyphs by the bands of the page that they touch, each from left to right."""
    taken: defaultdict[int, list[Glyph]] = defaultdict(list)
    for glyph in sorted(visible, key=lambda g: g.x0):
        if not glyph.text.isspace():
            for band in range(int(glyph.top // _BAND), int(glyph.bottom // _BAND) + 1):
                taken[band].append(glyph)
    return taken


def _is_taken(glyph: Glyph, taken: dict[int, list[Glyph]]) -> bool:
    """Whether a visible glyph covers the middle of this one. Of a band only the last few that begin before it can."""
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
    band = taken.get(int(y // _BAND), [])
    here = bisect_right(band, x, key=lambda g: g.x0)
    return any(g.x1 >= x and g.top <= y <= g.bottom for g in band[max(0, here - 4) : here])


def _joined(text: Handle, drawn: list[tuple[int, Glyph]]) -> list[Glyph]:
    """The letters of a ligature, which PDFium gives one by one with one and the same box, made one glyph again."""
    glyphs: list[Glyph] = []
    last, where = -2, None
    for i, glyph in drawn:
        if glyph[1:5] == where and i == last + 1 and _same_object(text, i, last):
            glyphs[-1] = glyphs[-1]._replace(text=glyphs[-1].text + glyph.text)
        else:
            glyphs.append(glyph)
        last, where = i, glyph[1:5]
    return glyphs


def _same_object(text: Handle, i: int, j: int) -> bool:
    return _address(pdfium.FPDFText_GetTextObject(text, i)) == _address(pdfium.FPDFText_GetTextObject(text, j))
