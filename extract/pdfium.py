"""The only module that talks to PDFium: opens a PDF, and gives the glyphs and the drawn segments of a page.

PDFium is not thread-safe: use it from one thread per process. Every handle is closed by a context manager. The raw
calls are used, not pypdfium2's helper objects, because a page has thousands of characters and each costs a few calls.
"""

from __future__ import annotations

import ctypes
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, repeat, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from extract.errors import DamagedPaper, EncryptedPaper, PaperError
from extract.glyphs import ASKEW, UPRIGHT, Bools, Floats, Glyphs, Ints, Texts
from extract.limits import Limits, TooLarge

# A handle of PDFium: an opaque ctypes pointer. In bulk calls it is an address, since making pointers takes time.
Handle = Any
Address = int

# Visible glyphs are looked up by bands this high, in points.
_BAND = 16

# Degrees by which text may lean and still count as written along the page's edges (a scan laid askew).
_LEAN = 20.0

_INVISIBLE = pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
_DRAWN = (pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM)

# What PDFium gives, and what was printed. 0xFFFE (0x02 where asked char by char) is its mark for a hyphen at a line's
# end; in bulk also for a glyph that has no character, which may be a minus, a pound sign or a tick. A soft hyphen that
# has a glyph was drawn, so it is a hyphen. No-break spaces are spaces; zero-width marks and the byte order mark print
# nothing. A glyph that no one can name is U+FFFD, so that it is seen to be missing.
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
# Signs that may be lost on the way into a PDF.
_SIGNS = np.array(list("-−–()+£%"), dtype=object)
_BLANK = re.compile(r"\s")
_UNUSUAL = re.compile(
    "[\x00-\x08\x0e-\x1f\u00a0\u00ad\u2007\u200b\u202f\u2060\ud800-\udfff\ufb00-\ufb06\ufeff\ufffe\uffff]"
)


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


# Straight pieces of paths, a row each: x0, y0, x1, y1 in points as shown, in the direction they were drawn.
Segments = Floats


# Which of some letters, of texts by their addresses, show in the picture of the page.
Shown = Callable[[Glyphs, Sequence[Address]], Bools]


class Objects(NamedTuple):
    """Some objects: their addresses, their places in the order of drawing, and for each x0, top, x1, bottom as shown.

    Of a text the place is where its baseline begins.
    """

    addresses: list[Address]
    order: Floats
    bounds: Floats


@dataclass(slots=True)
class Drawing:
    """What a walk over the objects of a page found. Text objects are known by their addresses.

    `invisible` ones are there for programs; `unseen` ones have the colour of what is behind them, or lie under
    something, and `red` ones are printed red. `unread` is what was left out as unseen, `reddened` what is red.
    """

    pieces: list[Segments] = field(default_factory=list)
    objects: int = 0
    parts: int = 0
    images: int = 0
    shapes: int = 0
    visible: int = 0
    invisible: set[Address] = field(default_factory=set)
    unseen: set[Address] = field(default_factory=set)
    red: set[Address] = field(default_factory=set)
    texts: list[Objects] = field(default_factory=list)
    paths: list[Objects] = field(default_factory=list)
    pictures: list[Objects] = field(default_factory=list)
    unread: str = ""
    reddened: Floats = field(default_factory=lambda: np.empty((0, 2)))
    turned: bool = False

    @property
    def segments(self) -> Segments:
        """All straight segments of the page in the order of drawing."""
        return np.concatenate([np.empty((0, 4)), *self.pieces])


# --- calls that are made thousands of times a page -------------------------------------------------------------------


def _call(name: str, result: Any, *arguments: Any) -> Callable[..., int]:
    """A function of PDFium that takes and gives addresses as plain numbers."""
    address = ctypes.cast(getattr(pdfium, name), ctypes.c_void_p).value or 0
    call: Callable[..., int] = ctypes.CFUNCTYPE(result, *arguments)(address)
    return call


def _pointer(handle: Handle) -> Address:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


_OF, _INT, _AT = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t
_LOOSE_BOX = _call("FPDFText_GetLooseCharBox", _INT, _OF, _INT, _AT)
_CHAR_MATRIX = _call("FPDFText_GetMatrix", _INT, _OF, _INT, _AT)
_TEXT_OBJECT = _call("FPDFText_GetTextObject", _AT, _OF, _INT)
_PAGE_OBJECT = _call("FPDFPage_GetObject", _AT, _OF, _INT)
_FORM_OBJECT = _call("FPDFFormObj_GetObject", _AT, _OF, ctypes.c_ulong)
_KIND = _call("FPDFPageObj_GetType", _INT, _OF)
_MATRIX = _call("FPDFPageObj_GetMatrix", _INT, _OF, _AT)
_RENDER_MODE = _call("FPDFTextObj_GetTextRenderMode", _INT, _OF)
_FILL = _call("FPDFPageObj_GetFillColor", _INT, _OF, _AT, _AT, _AT, _AT)
_TRANSPARENT = _call("FPDFPageObj_HasTransparency", _INT, _OF)
_DRAW_MODE = _call("FPDFPath_GetDrawMode", _INT, _OF, _AT, _AT)
_COUNT_PARTS = _call("FPDFPath_CountSegments", _INT, _OF)
_PART = _call("FPDFPath_GetPathSegment", _AT, _OF, _INT)
_PART_POINT = _call("FPDFPathSegment_GetPoint", _INT, _OF, _AT, _AT)
_PART_KIND = _call("FPDFPathSegment_GetType", _INT, _OF)
_PART_CLOSES = _call("FPDFPathSegment_GetClose", _INT, _OF)


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
    count = _counted(drawing, pdfium.FPDFPage_CountObjects(page), limits)
    objects = list(map(_PAGE_OBJECT, repeat(_pointer(page)), range(count)))
    _walk(objects, sheet.shown, drawing, limits, limits.depth, (0.0, 1.0))
    return drawing


def colours_of(objects: Sequence[Address]) -> Ints:
    """What objects are filled with, a row each: red, green, blue and opacity, 0 to 255; -1 where unknown."""
    found = np.zeros((len(objects), 4), dtype=np.uint32)
    start = found.ctypes.data
    known = [_FILL(item, *(start + 16 * i + 4 * k for k in range(4))) for i, item in enumerate(objects)]
    return np.where(np.array(known, dtype=np.bool_).reshape(-1, 1), found.astype(np.int64), -1)


def covers(path: Address) -> bool:
    """Whether a path is filled so that nothing shines through."""
    mode = np.zeros(2, dtype=np.int32)
    drawn = _DRAW_MODE(path, mode.ctypes.data, mode.ctypes.data + 4)
    return bool(drawn and mode[0] and not _TRANSPARENT(path))


def _counted(drawing: Drawing, objects: int, limits: Limits) -> int:
    drawing.objects += objects
    if drawing.objects > limits.objects:
        raise TooLarge(f"more than {limits.objects:,} drawn objects on one page")
    return objects


def _walk(
    objects: list[Address],
    outer: Matrix,
    drawing: Drawing,
    limits: Limits,
    depth: int,
    span: tuple[float, float],
) -> None:
    """Note what is drawn, all paths between two forms at once, so that segments stay in the order of drawing.

    `span` is the part of the order of drawing, from 0 to 1, that these objects have.
    """
    kinds = np.fromiter(map(_KIND, objects), np.int64, len(objects))
    matrices, placed = _matrices(objects, outer)
    order = np.linspace(*span, len(objects) + 1)
    pictures = np.flatnonzero((kinds == pdfium.FPDF_PAGEOBJ_IMAGE) | (kinds == pdfium.FPDF_PAGEOBJ_SHADING))
    drawing.pictures.append(Objects([], order[pictures], _around_unit(matrices[pictures], kinds[pictures])))
    drawing.images += int((kinds == pdfium.FPDF_PAGEOBJ_IMAGE).sum())
    drawing.shapes += int(((kinds == pdfium.FPDF_PAGEOBJ_SHADING) | ~placed).sum())
    texts, paths, forms = (np.flatnonzero(placed & (kinds == kind)) for kind in _DRAWN)
    _note_texts([objects[i] for i in texts], matrices[texts], order[texts], drawing)
    for run, form in zip_longest(np.split(paths, np.searchsorted(paths, forms)), forms):
        _add_paths([objects[i] for i in run], matrices[run], order[run], drawing, limits)
        if form is not None:
            inner = (float(order[form]), float(order[form + 1]))
            _enter_form(objects[form], Matrix(*matrices[form].tolist()), drawing, limits, depth, inner)


def _around_unit(matrices: Floats, kinds: Ints) -> Floats:
    """The boxes around pictures: an image fills the unit square of its matrix, a shading what nobody knows."""
    a, b, c, d, e, f = matrices.T
    x, y = np.stack([e, e + a, e + c, e + a + c]), np.stack([f, f + b, f + d, f + b + d])
    bounds = np.column_stack([x.min(axis=0), y.min(axis=0), x.max(axis=0), y.max(axis=0)])
    bounds[kinds == pdfium.FPDF_PAGEOBJ_SHADING] = (-np.inf, -np.inf, np.inf, np.inf)
    return bounds


def _matrices(objects: list[Address], outer: Matrix) -> tuple[Floats, Bools]:
    """The matrix of each object, a row, followed by the one around it; and whether it has one."""
    raw = np.zeros((len(objects), 6), dtype=np.float32)
    start = raw.ctypes.data
    placed = np.fromiter(map(_MATRIX, objects, range(start, start + 24 * len(objects), 24)), np.bool_, len(objects))
    inner = Matrix(*raw.astype(np.float64).T)
    return np.stack(np.broadcast_arrays(*inner.then(outer)), axis=1), placed


def _enter_form(
    form: Address, matrix: Matrix, drawing: Drawing, limits: Limits, depth: int, span: tuple[float, float]
) -> None:
    if depth == 0:
        raise TooLarge(f"drawings nested more than {limits.depth} deep")
    count = _counted(drawing, pdfium.FPDFFormObj_CountObjects(ctypes.cast(form, pdfium.FPDF_PAGEOBJECT)), limits)
    children = list(map(_FORM_OBJECT, repeat(form), range(count)))
    _walk(children, matrix, drawing, limits, depth - 1, span)


def _note_texts(texts: list[Address], matrices: Floats, order: Floats, drawing: Drawing) -> None:
    drawing.texts.append(Objects(texts, order, matrices[:, [4, 5, 4, 5]]))
    invisible = {item for item, mode in zip(texts, map(_RENDER_MODE, texts), strict=True) if mode == _INVISIBLE}
    drawing.invisible |= invisible
    drawing.visible += len(texts) - len(invisible)
    across, down = matrices[:, 0], matrices[:, 1]
    drawing.turned |= not bool(((across > 0) & (np.abs(down) < 0.1 * across)).all())


def _add_paths(paths: list[Address], matrices: Floats, order: Floats, drawing: Drawing, limits: Limits) -> None:
    drawing.shapes += len(paths)
    counts = list(map(_COUNT_PARTS, paths))
    drawing.parts += sum(counts)
    if drawing.parts > limits.segments:
        raise TooLarge(f"more than {limits.segments:,} path segments on one page")
    if any(counts):
        segments, bounds = _segments(paths, counts, matrices)
        drawing.pieces.append(segments)
        drawn = [path for path, count in zip(paths, counts, strict=True) if count]
        drawing.paths.append(Objects(drawn, order[np.array(counts) > 0], bounds))


def _segments(paths: Sequence[Address], counts: Sequence[int], matrices: Floats) -> tuple[Segments, Floats]:
    """The straight pieces of some paths, and the box around each that has parts.

    Curves are passed over: ruling lines are straight.
    """
    parts = list(chain.from_iterable(map(_PART, repeat(path), range(n)) for path, n in zip(paths, counts, strict=True)))
    kinds = np.fromiter(map(_PART_KIND, parts), np.int64, len(parts))
    closes = np.fromiter(map(_PART_CLOSES, parts), np.bool_, len(parts))
    ends = _points(parts, np.repeat(matrices, counts, axis=0))
    order = np.arange(len(parts))
    first = np.zeros(len(parts), dtype=np.bool_)
    first[np.cumsum([0, *counts[:-1]])[np.array(counts) > 0]] = True
    moves = kinds == pdfium.FPDF_SEGMENT_MOVETO
    # Where the outline begins that a part belongs to: at the last move, or at the origin if there was none.
    began = np.maximum.accumulate(np.where(moves | first, order, 0))
    begins = np.where(moves[began, None], ends[began], 0.0)
    before = np.where(closes[:, None], begins, ends)[order - 1]
    before[first] = 0.0
    drawn = np.flatnonzero(kinds == pdfium.FPDF_SEGMENT_LINETO)
    closing = np.flatnonzero(closes & (ends != begins).any(axis=1))
    lines = np.hstack([before[drawn], ends[drawn]])
    closed = np.hstack([ends[closing], begins[closing]])
    heads = np.flatnonzero(first)
    bounds = np.hstack([np.minimum.reduceat(ends, heads), np.maximum.reduceat(ends, heads)])
    segments = np.vstack([lines, closed])[np.argsort(np.concatenate([2 * drawn, 2 * closing + 1]), kind="stable")]
    return segments, bounds


def _points(parts: list[Address], matrices: Floats) -> Floats:
    """Where each part ends, in points as shown."""
    raw = np.zeros((len(parts), 2), dtype=np.float32)
    start, stop = raw.ctypes.data, raw.ctypes.data + 8 * len(parts)
    deque(map(_PART_POINT, parts, range(start, stop, 8), range(start + 4, stop + 4, 8)), maxlen=0)
    x, y = raw.astype(np.float64).T
    a, b, c, d, e, f = matrices.T
    return np.stack([a * x + c * y + e, b * x + d * y + f], axis=1)


# --- glyphs ----------------------------------------------------------------------------------------------------------


def nothing_shows(glyphs: Glyphs, _: Sequence[Address]) -> Bools:
    """No glyph that the drawing says is unseen is seen after all."""
    return np.zeros(len(glyphs), dtype=np.bool_)


def glyphs_of(
    text: Handle,
    sheet: Sheet,
    drawing: Drawing,
    limits: Limits,
    shows: Shown = nothing_shows,
) -> Glyphs:
    """The glyphs shown on a page in the order of drawing, spaces included. Raises TooLarge.

    Invisible text (render mode 3) counts where no visible text stands at its place. It may be the OCR layer of a scan,
    or a sign lost on the way into the PDF: in published budgets the minus signs of totals are there, and
    correct, but not shown. Where it lies on visible text it says the same thing twice, and is dropped. So is text that
    the drawing says is unseen, unless it `shows` in the picture of the page: what lies over a text may be cut away by
    a clipping path, and what lies behind it may be anything.
    """
    count = max(0, int(pdfium.FPDFText_CountChars(text)))
    if count > limits.chars:
        raise TooLarge(f"more than {limits.chars:,} characters on one page")
    texts, blank = _chars(text, count)
    turns = _turns(text, count, sheet) if drawing.turned else np.full(count, UPRIGHT)
    all_there = Glyphs(texts, *_placed(_loose_boxes(text, count), sheet), turns, blank)
    drawn = _drawn(all_there, sheet)
    drawn = drawn[_shown_once(text, drawn, all_there.where(drawn), drawing, shows)]
    return _joined(text, drawn, all_there.where(drawn))


def raw_text(text: Handle) -> str:
    """What a page says in the order of drawing, by PDFium's own idea of lines; without places it takes no time."""
    count = max(0, int(pdfium.FPDFText_CountChars(text)))
    buffer = (ctypes.c_ushort * (count + 1))()
    length = max(1, int(pdfium.FPDFText_GetText(text, 0, count, buffer))) if count else 1
    said = bytes(buffer)[: 2 * (length - 1)].decode("utf-16-le", "replace")
    return _UNUSUAL.sub(lambda unusual: _PRINTED.get(unusual.group(), "\ufffd"), said)


def _chars(text: Handle, count: int) -> tuple[Texts, Bools]:
    """What each character prints, and which are spaces.

    In bulk where PDFium's text and its list of characters run side by side.
    """
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(text, 0, count, buffer) == count + 1:
        chars = list(map(chr, buffer[:count]))
    else:
        codes = (pdfium.FPDFText_GetUnicode(text, i) for i in range(count))
        chars = [chr(code) if code <= 0x10FFFF else "\ufffd" for code in codes]
    whole = "".join(chars)
    for at, unusual in ((found.start(), found.group()) for found in _UNUSUAL.finditer(whole)):
        nameless = unusual == "\ufffe" and pdfium.FPDFText_GetUnicode(text, at) == 0
        chars[at] = "\ufffd" if nameless else _PRINTED.get(unusual, "\ufffd")
    blank = np.zeros(count, dtype=np.bool_)
    blank[[space.start() for space in _BLANK.finditer(whole) if chars[space.start()].isspace()]] = True
    return np.array(chars, dtype=object), blank


def _loose_boxes(text: Handle, count: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Boxes in user space, as left, bottom, right, top of all: pen advance wide, font high."""
    sides = _filled(_LOOSE_BOX, text, count, np.zeros((count, 4), dtype=np.float32))
    return sides[:, 0], sides[:, 3], sides[:, 2], sides[:, 1]


def _filled(call: Callable[[int, int, int], int], owner: Handle, count: int, places: NDArray[np.float32]) -> Floats:
    """What a call of PDFium writes for each of `count` parts of an owner, a row each, in double precision."""
    start, size = places.ctypes.data, places.itemsize * places.shape[1]
    # A loop that runs in C: one in Python takes longer than PDFium does.
    deque(map(call, repeat(_pointer(owner)), range(count), range(start, start + size * count, size)), maxlen=0)
    return places.astype(np.float64)


def _turns(text: Handle, count: int, sheet: Sheet) -> Ints:
    """The quarter turn of each character's reading direction."""
    a, b = _filled(_CHAR_MATRIX, text, count, np.zeros((count, 6), dtype=np.float32))[:, :2].T
    shown = sheet.shown
    dx, dy = a * shown.a + b * shown.c, a * shown.b + b * shown.d
    degrees = np.degrees(np.arctan2(-dy, dx)) % 360  # y grows downwards
    quarters = np.rint(degrees / 90)
    return np.where(np.abs(degrees - 90 * quarters) <= _LEAN, quarters % 4, ASKEW).astype(np.int64)


def _placed(boxes: tuple[Floats, Floats, Floats, Floats], sheet: Sheet) -> tuple[Floats, Floats, Floats, Floats]:
    """Boxes of user space as x0, top, x1, bottom of the page as shown."""
    left, bottom, right, top = boxes
    a, b, c, d, e, f = sheet.shown
    if sheet.rotation == 0:
        return left + e, f - top, right + e, f - bottom
    x, y = a * left + c * bottom + e, b * left + d * bottom + f
    u, v = a * right + c * top + e, b * right + d * top + f
    return np.minimum(x, u), np.minimum(y, v), np.maximum(x, u), np.maximum(y, v)


def _drawn(glyphs: Glyphs, sheet: Sheet) -> Ints:
    """The indices of the glyphs on the sheet that print something.

    The spaces and line ends that PDFium makes up have no width; gaps tell as much. A place that is not a number (NaN)
    compares false, and so drops out.
    """
    across, down = glyphs.x0 + glyphs.x1, glyphs.top + glyphs.bottom
    inside = (across >= 0) & (across <= 2 * sheet.width) & (down >= 0) & (down <= 2 * sheet.height)
    made_up = glyphs.blank & (glyphs.x0 == glyphs.x1)
    return np.flatnonzero(inside & ~made_up & (glyphs.texts != ""))


def _shown_once(text: Handle, indices: Ints, glyphs: Glyphs, drawing: Drawing, shows: Shown) -> Bools:
    """Which of some glyphs are no invisible ones that lie on visible ones."""
    kept = np.ones(len(glyphs), dtype=np.bool_)
    if not (drawing.unseen or drawing.red or (drawing.invisible and drawing.visible)):
        return kept
    objects = _objects(text, indices)
    if drawing.unseen:
        kept = ~np.isin(objects, np.fromiter(drawing.unseen, np.uint64))
        kept |= _shown_texts(objects, ~kept & ~glyphs.blank, glyphs, shows)
        drawing.unread = "".join(glyphs.texts[~kept])
    if drawing.red:
        red = np.isin(objects, np.fromiter(drawing.red, np.uint64)) & ~glyphs.blank
        drawing.reddened = np.stack(glyphs.where(red).middles, axis=1)
    if drawing.invisible and drawing.visible:
        hidden = np.isin(objects, np.fromiter(drawing.invisible, np.uint64))
        hidden &= ~glyphs.blank
        if hidden.any():
            kept[hidden] &= ~_taken(glyphs.where(hidden), glyphs.where(~hidden & ~glyphs.blank))
        if 2 * hidden.sum() < (~hidden & ~glyphs.blank).sum() and not drawing.images:
            # No layer of a scan: what is more than a lost sign is there for programs only.
            aside = hidden & kept & ~np.isin(glyphs.texts, _SIGNS)
            drawing.unread += "".join(glyphs.texts[aside])
            kept &= ~aside
    return kept


def _shown_texts(objects: NDArray[np.uint64], doubted: Bools, glyphs: Glyphs, shows: Shown) -> Bools:
    """Which glyphs belong to texts that were taken for unseen and of which at least half the letters show."""
    found = np.zeros(len(glyphs), dtype=np.bool_)
    if not doubted.any():
        return found
    names, places = np.unique(objects[doubted], return_inverse=True)
    seen = shows(glyphs.where(doubted), names.tolist()).astype(np.float64)
    shares = np.bincount(places, weights=seen) / np.bincount(places)
    return np.isin(objects, names[shares >= 0.5])


def _objects(text: Handle, indices: Ints) -> NDArray[np.uint64]:
    """The addresses of the text objects that characters belong to."""
    return np.fromiter(map(_TEXT_OBJECT, repeat(_pointer(text)), indices.tolist()), np.uint64, len(indices))


def _taken(hidden: Glyphs, visible: Glyphs) -> Bools:
    """Which hidden glyphs have a visible one over their middle.

    They are looked for by bands of the page. Of a band only the last few that begin before the middle can cover it.
    """
    x, y = hidden.middles
    band = y // _BAND
    order = np.argsort(visible.x0, kind="stable")
    x0, x1, top, bottom = (side[order] for side in (visible.x0, visible.x1, visible.top, visible.bottom))
    first, last = top // _BAND, bottom // _BAND
    taken = np.zeros(len(hidden), dtype=np.bool_)
    for each in np.unique(band):
        near, here = np.flatnonzero((first <= each) & (each <= last)), np.flatnonzero(band == each)
        stop = np.searchsorted(x0[near], x[here], side="right")
        for back in range(1, 5):
            known = here[stop >= back]
            which = near[stop[stop >= back] - back]
            taken[known] |= (x1[which] >= x[known]) & (top[which] <= y[known]) & (y[known] <= bottom[which])
    return taken


def _joined(text: Handle, indices: Ints, glyphs: Glyphs) -> Glyphs:
    """The letters of a ligature, which PDFium gives one by one with one and the same box, made one glyph again."""
    sides = (glyphs.x0, glyphs.top, glyphs.x1, glyphs.bottom)
    same = indices[1:] == indices[:-1] + 1
    for side in sides:
        same &= side[1:] == side[:-1]
    after = np.flatnonzero(same) + 1
    if not len(after):
        return glyphs
    after = after[_objects(text, indices[after]) == _objects(text, indices[after - 1])]
    first = np.ones(len(glyphs), dtype=np.bool_)
    first[after] = False
    starts = np.flatnonzero(first)
    for i, stop in zip(starts, [*starts[1:], len(glyphs)], strict=True):
        if stop - i > 1:
            glyphs.texts[i] = "".join(glyphs.texts[i:stop])
    return glyphs.where(starts)
