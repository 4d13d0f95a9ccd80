"""Reads a born-digital PDF page by page: a page that cannot be read says so, and the others are read all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from extract import pdfium
from extract.aligned import aligned, left_over
from extract.coarse import without_coarse
from extract.errors import EmptyPaper
from extract.glyphs import Glyphs
from extract.ink import noted, red_marked
from extract.levels import Level, levels_of
from extract.limits import LIMITS, Limits, TooLarge
from extract.order import in_order
from extract.paper import Page, PageStatus, Paper, PaperKind, PrintedTable, TextLine
from extract.pdfium import Drawing, Handle, Segments, Sheet
from extract.ruled import Grid, filled, grids_of
from extract.scan import scanned
from extract.scan.triage import Look, look_at
from extract.triage import may_hold_amounts
from extract.turned import reading_turn, turned_glyphs, turned_page, turned_sides
from extract.visible import Shows
from extract.watermark import parted
from extract.words import Layout, layout

SHAPES_ONLY = "no text layer: shapes only"
NO_AMOUNT = "no amount and no ruling lines: only its text was taken"

# A table of text has at least so many level rules.
_RULED = 3


def read_pdf(path: Path, data: bytes, sha256: str, limits: Limits = LIMITS) -> Paper:
    """The paper in a PDF's bytes; `path` gives its name only.

    Raises EncryptedPaper, DamagedPaper, EmptyPaper. Pages that fail are in the paper with their status.
    """
    return Paper(path.name, sha256, PaperKind.PDF, tuple(pdf_pages(path, data, limits)))


def pdf_pages(path: Path, data: bytes, limits: Limits = LIMITS) -> Iterator[Page]:
    """The pages of a PDF's bytes one by one; raises as `read_pdf` does, when the first is asked for."""
    with pdfium.opened(path, data) as document:
        count = pdfium.page_count(document)
        if count < 1:
            raise EmptyPaper(path.name, "is a PDF without a page", "Fetch the file again from where it was published.")
        yield from _pages(document, count, limits)


def _pages(document: Any, count: int, limits: Limits) -> Iterator[Page]:
    for number in range(1, min(count, limits.pages) + 1):
        yield _page(document, number, limits)
    if count > limits.pages:
        problem = f"{count:,} pages: only the first {limits.pages:,} were read"
        yield Page(limits.pages + 1, status=PageStatus.TOO_LARGE, problem=problem)


def _page(document: Any, number: int, limits: Limits) -> Page:
    """One page, whatever happens on it: a fault in one page must not cost the others."""
    try:
        return _read(document, number, limits)
    except TooLarge as reason:
        return Page(number, status=PageStatus.TOO_LARGE, problem=str(reason))
    except Exception as fault:
        return Page(number, status=PageStatus.FAILED, problem=str(fault) or type(fault).__name__)


def _read(document: Any, number: int, limits: Limits) -> Page:
    with pdfium.loaded(document, number - 1) as (handle, text):
        sheet = pdfium.sheet_of(handle)
        page = Page(number, width=round(sheet.width, 2), height=round(sheet.height, 2), rotation=sheet.rotation)
        drawing, problem = _drawing(handle, sheet, limits)
        if limits.amounts_only and not problem and _is_prose(said := pdfium.raw_text(text), drawing, limits):
            return replace(page, status=PageStatus.SKIPPED, problem=NO_AMOUNT, lines=_raw_lines(said, number))
        drawing = noted(drawing)
        glyphs = pdfium.glyphs_of(text, sheet, drawing, limits, Shows(handle, sheet))
        page = replace(page, notes=_notes(drawing))
        if problem:
            lines = text_lines([layout(glyphs)], number)
            return replace(page, status=PageStatus.TOO_LARGE, problem=problem, lines=lines)
        look = look_at(handle, sheet, drawing, glyphs)
        if look.picture:
            return _of_picture(page, handle, sheet, Found(drawing, glyphs), look, limits)
    return _as_drawn(page, Found(drawing, glyphs), limits)


class Found(NamedTuple):
    """What PDFium gives of a page."""

    drawing: Drawing
    glyphs: Glyphs


def _of_picture(page: Page, handle: Handle, sheet: Sheet, found: Found, look: Look, limits: Limits) -> Page:
    """A page that is a picture of print, read from it; where that cannot be, its text as it stands, and what to do."""
    if not scanned.installed():
        page = _as_drawn(page, found, limits) if look.letters else page
        return scanned.without_engines(page, look) if look.plainly else page
    read = scanned.read_picture(page, handle, sheet, found.glyphs, look)
    if read is None:
        return _as_drawn(page, found, limits)
    if not len(read.glyphs):
        return read.page
    laid = _with_text(read.page, read.segments, read.glyphs, limits)
    return scanned.with_witnesses(laid, read)


def _as_drawn(page: Page, found: Found, limits: Limits) -> Page:
    if found.glyphs.blank.all():
        return _without_text(page, found.drawing)
    segments, glyphs = found.drawing.segments, found.glyphs
    reddened = np.hstack([found.drawing.reddened, found.drawing.reddened])
    glyphs, marks = parted(glyphs, segments)
    turn = reading_turn(glyphs)
    if turn:
        glyphs, marks = (turned_glyphs(some, page, turn) for some in (glyphs, marks))
        segments, reddened = (turned_sides(some, page, turn) for some in (segments, reddened))
        page = turned_page(page, turn)
    laid = _with_text(page, segments, glyphs, limits, marks)
    return replace(laid, tables=tuple(red_marked(table, reddened[:, :2]) for table in laid.tables))


def _notes(drawing: Drawing) -> tuple[str, ...]:
    """What the page holds that no reader of it can see. It is not quoted: it may be blacked out for a reason."""
    count = sum(not char.isspace() for char in drawing.unread)
    unseen = "letters and digits that cannot be seen (white, covered, or there for programs only) were left out"
    return (f"{count} {unseen}",) if count else ()


def _drawing(page: Handle, sheet: Sheet, limits: Limits) -> tuple[Drawing, str]:
    """What is drawn on a page, and what is wrong with it: of too many drawings none is kept, but the text is read."""
    try:
        return pdfium.drawing_of(page, sheet, limits), ""
    except TooLarge as reason:
        return Drawing(turned=True), str(reason)


def _is_prose(said: str, drawing: Drawing, limits: Limits) -> bool:
    """Whether a page has text that holds no amount, and neither pictures, hidden text nor rules of a table."""
    if drawing.images or drawing.invisible or not said.strip() or may_hold_amounts(said):
        return False
    return len(levels_of(drawing.segments)) < _RULED and not grids_of(drawing.segments, limits)


def _raw_lines(said: str, page: int) -> tuple[TextLine, ...]:
    lines = (" ".join(line.split()) for line in said.splitlines())
    return tuple(TextLine(page, i, line) for i, line in enumerate(filter(None, lines), start=1))


def _without_text(page: Page, drawing: Drawing) -> Page:
    if drawing.shapes:
        return replace(page, status=PageStatus.NO_TEXT, problem=SHAPES_ONLY)
    return replace(page, status=PageStatus.EMPTY)


def _with_text(page: Page, segments: Segments, glyphs: Glyphs, limits: Limits, marks: Glyphs | None = None) -> Page:
    """Tables and lines; a page whose rules are too many for the table finder keeps its text as lines.

    `marks` are the letters of watermarks, which are lines of their own.
    """
    aside = [layout(marks)] if marks else []
    try:
        grids = grids_of(segments, limits)
    except TooLarge as reason:
        lines = text_lines([layout(glyphs), *aside], page.number)
        return replace(page, lines=lines, status=PageStatus.TOO_LARGE, problem=str(reason))
    levels = levels_of(segments)
    ruled, outside, rest = _ruled(page.number, grids, glyphs, levels)
    found = aligned(rest, levels, ruled, page.number)
    if found:
        rest = layout(left_over(outside, found))
    return replace(page, tables=in_order(ruled + found), lines=text_lines([rest, *aside], page.number))


def _ruled(
    page: int, grids: list[Grid], glyphs: Glyphs, levels: Sequence[Level]
) -> tuple[tuple[PrintedTable, ...], Glyphs, Layout]:
    """The ruled tables, and what stands outside them: its glyphs, and its words."""
    ruled, outside = filled(grids, glyphs, page)
    rest = layout(outside)
    whole = without_coarse(grids, ruled, glyphs, rest, levels)
    if len(whole) < len(grids):
        ruled, outside = filled(whole, glyphs, page)
        rest = layout(outside)
    return ruled, outside, rest


def text_lines(layouts: Sequence[Layout], page: int) -> tuple[TextLine, ...]:
    """The lines of page number `page` that some words make, from top to bottom."""
    lines = (pair for found in layouts for pair in zip(found.line_boxes(), found.line_texts(), strict=True))
    placed = sorted(lines, key=lambda pair: (pair[0].top, pair[0].x0))
    return tuple(TextLine(page, i, text, box) for i, (box, text) in enumerate(placed, start=1))
