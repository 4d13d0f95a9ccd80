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
from extract.levels import levels_of
from extract.limits import LIMITS, Limits, TooLarge
from extract.order import in_order
from extract.paper import Page, PrintedTable
from extract.pixels import refuse_many
from extract.prints import Print, print_of
from extract.ruled import Grid, filled, grids_of
from extract.second import Edges, ask_camelot
from extract.words import layout

POINTS_PER_INCH, CAMELOT_DPI = 72, 300
# Edges of one grid nearer than this are one.
_NEAR = 1.0


class File(NamedTuple):
    """The bytes of a file, and how much of it is read; `path` gives its name only."""

    path: Path
    data: bytes
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True)
class Alternative:
    """A page with its tables and lines as one finder sees them; `finder` is its name."""

    finder: str
    page: Page


def own_alternatives(file: File, page: Page) -> Iterator[Alternative]:
    """A page of a PDF by each of our finders: all grids, coarse ones too; grids alone; words without any rules.

    What is the same as `page` is left out. A page that is too large for a finder has none.
    """
    try:
        printed = _print(file, page)
        if printed:
            yield from _by_ours(page, printed, grids_of(printed.segments, file.limits))
    except TooLarge:
        return


def _by_ours(page: Page, printed: Print, grids: list[Grid]) -> Iterator[Alternative]:
    known = [page]
    for finder, tables, rest in _by_finder(printed, grids):
        found = printed.page_with(in_order(tables), layout(rest))
        if all(_texts(found) != _texts(other) for other in known):
            known.append(found)
            yield Alternative(finder, found)


def camelot_alternatives(file: File, page: Page) -> Iterator[Alternative]:
    """A page of a PDF in the grids of each of camelot's flavours. Raises extract.second.NoSecondOpinion, TooLarge.

    Pages that are shown turned, and scans, have none.
    """
    printed = None if page.rotation or page.frame else _print(file, page)
    if printed is None:
        return
    _see_to_pixels(file, page)
    known = [page]
    for flavour, tables in ask_camelot(file.data, page.number).items():
        grids = [_grid(edges, page.height) for edges in tables if min(map(len, edges)) > 1]
        filled_in, rest = filled(grids, printed.glyphs, page.number)
        filled_in = tuple(replace(table, finder=f"camelot {flavour}") for table in filled_in)
        found = printed.page_with(in_order(filled_in), layout(rest))
        if all(_texts(found) != _texts(other) for other in known):
            known.append(found)
            yield Alternative(f"camelot {flavour}", found)


def _see_to_pixels(file: File, page: Page) -> None:
    """Camelot draws the page. Raises TooLarge where that makes more pixels than the limit."""
    if page.width * page.height * (CAMELOT_DPI / POINTS_PER_INCH) ** 2 > file.limits.pixels:
        raise TooLarge(f"a page of more than {file.limits.pixels:,} pixels at {CAMELOT_DPI} dpi")
    with pdfium.opened(file.path, file.data) as document, pdfium.loaded(document, page.number - 1) as (handle, _):
        refuse_many(handle, file.limits.pixels)


def _print(file: File, page: Page) -> Print | None:
    with pdfium.opened(file.path, file.data) as document:
        found = print_of(document, page.number, file.limits)
    return found if isinstance(found, Print) else None


def _by_finder(printed: Print, grids: list[Grid]) -> Iterator[tuple[str, tuple[PrintedTable, ...], Glyphs]]:
    number, glyphs, levels = printed.page.number, printed.glyphs, levels_of(printed.segments)
    if grids:
        ruled, outside = filled(grids, glyphs, number)
        beside = tuple(aligned(layout(outside), levels, ruled, number))
        yield "ruled, coarse grids kept", ruled + beside, left_over(outside, beside) if beside else outside
        yield "ruled alone", ruled, outside
    words = tuple(aligned(layout(glyphs), levels, (), number))
    yield "aligned, ruling lines ignored", words, left_over(glyphs, words) if words else glyphs


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
