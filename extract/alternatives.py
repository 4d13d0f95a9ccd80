"""Other tables that a page may hold, for the sums to choose from: our finders one by one, and camelot's flavours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from extract import pdfium
from extract.aligned import aligned, left_over
from extract.crossings import Bounds
from extract.glyphs import Glyphs
from extract.levels import Level, levels_of
from extract.limits import LIMITS, Limits, TooLarge
from extract.order import in_order
from extract.paper import Page, PrintedTable
from extract.pdf import text_lines
from extract.ruled import Grid, filled, grids_of
from extract.second import Edges, ask_camelot
from extract.words import layout

# Edges of one grid nearer than this are one.
_NEAR = 1.0


class File(NamedTuple):
    """The bytes of a file; `path` gives its name only."""

    path: Path
    data: bytes


@dataclass(frozen=True, slots=True)
class Alternative:
    """A page with its tables and lines as one finder sees them; `finder` is its name."""

    finder: str
    page: Page


@dataclass(frozen=True)
class _Print:
    """What is printed on a page."""

    page: Page
    glyphs: Glyphs
    levels: Sequence[Level]
    grids: list[Grid]


def own_alternatives(file: File, page: Page, limits: Limits = LIMITS) -> Iterator[Alternative]:
    """A page of a PDF by each of our finders: all grids, coarse ones too; grids alone; words without any rules.

    What is the same as `page` is left out. A page that is too large for a finder has none.
    """
    try:
        printed = _print(file, page, limits)
    except TooLarge:
        return
    known = [page]
    for finder, tables, rest in _by_finder(printed):
        found = _page(printed, tables, rest)
        if all(_texts(found) != _texts(other) for other in known):
            known.append(found)
            yield Alternative(finder, found)


def camelot_alternatives(file: File, page: Page, limits: Limits = LIMITS) -> Iterator[Alternative]:
    """A page of a PDF in the grids of each of camelot's flavours. Raises extract.second.NoSecondOpinion.

    Pages that are shown turned have none.
    """
    if page.rotation:
        return
    printed = _print(file, page, limits)
    known = [page]
    for flavour, tables in ask_camelot(file.data, page.number).items():
        grids = [_grid(edges, page.height) for edges in tables if min(map(len, edges)) > 1]
        filled_in, rest = filled(grids, printed.glyphs, page.number)
        found = _page(printed, tuple(replace(t, finder=f"camelot {flavour}") for t in filled_in), rest)
        if all(_texts(found) != _texts(other) for other in known):
            known.append(found)
            yield Alternative(f"camelot {flavour}", found)


def _print(file: File, page: Page, limits: Limits) -> _Print:
    with (
        pdfium.opened(*file) as document,
        pdfium.loaded(document, page.number - 1) as (handle, text),
    ):
        sheet = pdfium.sheet_of(handle)
        drawing = pdfium.drawing_of(handle, sheet, limits)
        glyphs = pdfium.glyphs_of(text, sheet, drawing, limits)
    return _Print(page, glyphs, levels_of(drawing.segments), grids_of(drawing.segments, limits))


def _by_finder(printed: _Print) -> Iterator[tuple[str, tuple[PrintedTable, ...], Glyphs]]:
    number, glyphs = printed.page.number, printed.glyphs
    if printed.grids:
        ruled, outside = filled(printed.grids, glyphs, number)
        beside = tuple(aligned(layout(outside), printed.levels, ruled, number))
        yield "ruled, coarse grids kept", ruled + beside, left_over(outside, beside) if beside else outside
        yield "ruled alone", ruled, outside
    words = tuple(aligned(layout(glyphs), printed.levels, (), number))
    yield "aligned, ruling lines ignored", words, left_over(glyphs, words) if words else glyphs


def _page(printed: _Print, tables: tuple[PrintedTable, ...], rest: Glyphs) -> Page:
    return replace(printed.page, tables=in_order(tables), lines=text_lines([layout(rest)], printed.page.number))


def _texts(page: Page) -> list[list[list[tuple[int, int, str]]]]:
    return [[[(c.column, c.span, c.text) for c in row.cells] for row in table.rows] for table in page.tables]


def _grid(edges: Edges, height: float) -> Grid:
    """Camelot's edges as a grid, from the top of the page."""
    columns = _apart(edges[0])
    rows = _apart(sorted(height - y for y in edges[1]))
    cells = tuple(Bounds(x0, top, x1, bottom) for top, bottom in pairwise(rows) for x0, x1 in pairwise(columns))
    width = len(columns) - 1
    slots = [[row * width + column for column in range(width)] for row in range(len(rows) - 1)]
    return Grid(cells, columns, rows, slots)


def _apart(edges: Sequence[float]) -> tuple[float, ...]:
    found: list[float] = []
    for edge in edges:
        if not found or edge - found[-1] > _NEAR:
            found.append(edge)
    return tuple(found)
