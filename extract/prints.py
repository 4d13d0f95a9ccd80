"""What can be read on a page of a PDF, with the print upright: what every finder of tables starts from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from extract import pdfium
from extract.glyphs import Floats, Glyphs
from extract.ink import noted, red_marked
from extract.levels import levels_of
from extract.limits import Limits, TooLarge
from extract.paper import Page, PageStatus, PrintedTable, TextLine
from extract.pdfium import Drawing, Handle, Segments, Sheet
from extract.ruled import grids_of
from extract.scan import scanned
from extract.scan.scanned import Scanned
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
_NONE = np.empty((0, 2))


@dataclass(frozen=True)
class Print:
    """What can be read on a page: its glyphs, and the segments that rules are made of, all with the print upright.

    `marks` are the glyphs of watermarks, `red` the middles (x, y) of red letters, and `scan` is what was read where
    the page is a picture. `page` has neither tables nor lines as yet.
    """

    page: Page
    glyphs: Glyphs
    segments: Segments
    marks: Glyphs
    red: Floats
    scan: Scanned | None = None

    def page_with(self, tables: tuple[PrintedTable, ...], rest: Layout) -> Page:
        """The page with the tables that were found in its print, and the words outside them as lines."""
        tables = tuple(red_marked(table, self.red) for table in tables)
        page = replace(self.page, tables=tables, lines=text_lines([rest, layout(self.marks)], self.page.number))
        return scanned.with_witnesses(page, self.scan) if self.scan else page


def print_of(document: Any, number: int, limits: Limits) -> Print | Page:
    """What can be read on page `number` of an open PDF; a page in which no tables are to be sought as it is.

    Raises TooLarge.
    """
    with pdfium.loaded(document, number - 1) as (handle, text):
        sheet = pdfium.sheet_of(handle)
        page = Page(number, width=round(sheet.width, 2), height=round(sheet.height, 2), rotation=sheet.rotation)
        drawing, problem = _drawing(handle, sheet, limits)
        if limits.amounts_only and not problem and _is_prose(said := pdfium.raw_text(text), drawing, limits):
            return replace(page, status=PageStatus.SKIPPED, problem=NO_AMOUNT, lines=_raw_lines(said, number))
        drawing = noted(drawing)
        glyphs = pdfium.glyphs_of(text, sheet, drawing, limits, Shows(handle, sheet, limits.pixels))
        page = replace(page, notes=_notes(drawing))
        if problem:
            lines = text_lines([layout(glyphs)], number)
            return replace(page, status=PageStatus.TOO_LARGE, problem=problem, lines=lines)
        look = look_at(handle, sheet, drawing, glyphs)
        if look.picture:
            return _of_picture(page, handle, sheet, (drawing, glyphs), look, limits)
    return _as_drawn(page, drawing, glyphs)


def _of_picture(
    page: Page, handle: Handle, sheet: Sheet, found: tuple[Drawing, Glyphs], look: Look, limits: Limits
) -> Print | Page:
    """A page that is a picture of print, read from it; where that cannot be, its text as it stands, and what to do."""
    if not scanned.installed():
        page = scanned.without_engines(page, look) if look.plainly else page
        return _as_drawn(page, *found) if look.letters else page
    read = scanned.read_picture(page, handle, sheet, found[1], look, limits.pixels)
    if read is None:
        return _as_drawn(page, *found)
    if not len(read.glyphs):
        return read.page
    return Print(read.page, read.glyphs, read.segments, Glyphs.of(()), _NONE, read)


def _as_drawn(page: Page, drawing: Drawing, glyphs: Glyphs) -> Print | Page:
    if glyphs.blank.all():
        return _without_text(page, drawing)
    segments, reddened = drawing.segments, np.hstack([drawing.reddened, drawing.reddened])
    glyphs, marks = parted(glyphs, segments)
    turn = reading_turn(glyphs)
    if turn:
        glyphs, marks = (turned_glyphs(some, page, turn) for some in (glyphs, marks))
        segments, reddened = (turned_sides(some, page, turn) for some in (segments, reddened))
        page = turned_page(page, turn)
    return Print(page, glyphs, segments, marks, reddened[:, :2])


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


def text_lines(layouts: list[Layout], page: int) -> tuple[TextLine, ...]:
    """The lines of page number `page` that some words make, from top to bottom."""
    lines = (pair for found in layouts for pair in zip(found.line_boxes(), found.line_texts(), strict=True))
    placed = sorted(lines, key=lambda pair: (pair[0].top, pair[0].x0))
    return tuple(TextLine(page, i, text, box) for i, (box, text) in enumerate(placed, start=1))
