"""Reads a PDF page by page: a page that cannot be read says so, and the others are read all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from extract import pdfium
from extract.aligned import aligned, left_over
from extract.coarse import without_coarse
from extract.errors import EmptyPaper
from extract.glyphs import Glyphs
from extract.levels import Level, levels_of
from extract.limits import LIMITS, Limits, TooLarge
from extract.memory import give_back
from extract.order import in_order
from extract.paper import Page, PageStatus, Paper, PaperKind, PrintedTable
from extract.prints import Print, print_of
from extract.ruled import Grid, filled, grids_of
from extract.words import Layout, layout

PAGES_OF_AN_OPENING = 100


def read_pdf(path: Path, data: bytes, sha256: str, limits: Limits = LIMITS) -> Paper:
    """The paper in a PDF's bytes; `path` gives its name only.

    Raises EncryptedPaper, DamagedPaper, EmptyPaper. Pages that fail are in the paper with their status.
    """
    return Paper(path.name, sha256, PaperKind.PDF, tuple(pdf_pages(path, data, limits)))


def pdf_pages(path: Path, data: bytes, limits: Limits = LIMITS) -> Iterator[Page]:
    """The pages of a PDF's bytes one by one; raises as `read_pdf` does, when the first is asked for.

    PDFium keeps what it has read of a document until that is closed, so a long one is opened anew now and then.
    """
    count, done = 1, 0
    while done < min(count, limits.pages):
        with pdfium.opened(path, data) as document:
            count = _count(path, document)
            until = min(count, limits.pages, done + PAGES_OF_AN_OPENING)
            yield from (_page(document, number, limits) for number in range(done + 1, until + 1))
        done = until
        give_back()
    if count > limits.pages:
        problem = f"{count:,} pages: only the first {limits.pages:,} were read"
        yield Page(limits.pages + 1, status=PageStatus.TOO_LARGE, problem=problem)


def _count(path: Path, document: Any) -> int:
    count = pdfium.page_count(document)
    if count < 1:
        raise EmptyPaper(path.name, "is a PDF without a page", "Fetch the file again from where it was published.")
    return count


def _page(document: Any, number: int, limits: Limits) -> Page:
    """One page, whatever happens on it: a fault in one page must not cost the others."""
    try:
        found = print_of(document, number, limits)
        return found if isinstance(found, Page) else _with_tables(found, limits)
    except TooLarge as reason:
        return Page(number, status=PageStatus.TOO_LARGE, problem=str(reason))
    except Exception as fault:
        return Page(number, status=PageStatus.FAILED, problem=str(fault) or type(fault).__name__)


def _with_tables(found: Print, limits: Limits) -> Page:
    """Tables and lines; a page whose rules are too many for the table finder keeps its text as lines."""
    glyphs, number = found.glyphs, found.page.number
    try:
        grids = grids_of(found.segments, limits)
    except TooLarge as reason:
        return replace(found.page_with((), layout(glyphs)), status=PageStatus.TOO_LARGE, problem=str(reason))
    levels = levels_of(found.segments)
    ruled, outside, rest = _ruled(number, grids, glyphs, levels)
    beside = aligned(rest, levels, ruled, number)
    if beside:
        rest = layout(left_over(outside, beside))
    return found.page_with(in_order(ruled + beside), rest)


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
