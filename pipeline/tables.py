"""`savings tables`: the tables of one paper, as printed or as meant, to read, as JSON, or drawn on their pages."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, takewhile, zip_longest
from pathlib import Path
from typing import Any, NoReturn

import click
from PIL.Image import Image
from PIL.ImageDraw import Draw, ImageDraw

from extract.errors import PaperError
from extract.paper import Box, Page, Paper, PaperKind, PrintedTable, Row
from extract.read import read_pages, read_paper
from extract.rulings import rulings_of
from extract.words import box_around
from normalise.meant import MeantRow, MeantTable, unmapped
from normalise.numbers import is_amount
from normalise.stitch import Seam
from pipeline.draw import ORANGE, PALE_BLUE, PALE_YELLOW, RED, CannotDraw, Colour, Mark, draw_page, pixels
from pipeline.status import Exit
from rules.apply import map_paper
from rules.errors import RuleError
from rules.load import RuleFile, load_rules_beside
from rules.years import NoYear

BLUE: Colour = (0, 84, 210)
GREEN: Colour = (0, 140, 70)
PURPLE: Colour = (160, 0, 160)
BROWN: Colour = (140, 80, 0)
RULED = "ruled"

# How many pixels high the bar between joined tables is, and what is written beside it.
BAR, LETTERS = 5, 18
# Longer cells are cut, so that a row of a wide table stays a line that can be read.
CELL_SHOWN = 32
# The names of columns are wrapped, to the width of what stands under them, or this.
HEADER_WIDTH = 12
GAP = "  "

Sides = tuple[float, float, float, float]
# A row's page and its number there.
Place = tuple[int, int]
Json = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """A paper and, unless only those as printed are wanted, its tables as meant and the name of their rule, if any."""

    paper: Paper
    meant: tuple[MeantTable, ...]
    rule: str = ""
    seams: tuple[Seam, ...] = ()


# --- the command -----------------------------------------------------------------------------------------------------


@click.command()
@click.argument("paper", type=click.Path(path_type=Path), metavar="PAPER")
@click.option(
    "--as-printed/--as-meant",
    "as_printed",
    default=False,
    help="Each table as it stands on its page; or with headers joined, pages stitched and rows mended (the default).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.option(
    "--draw",
    "pictures",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write a picture of each page, tables marked.",
)
@click.option(
    "--rules", "rules_dir", type=click.Path(path_type=Path), help="A folder of your own rule files, as for run."
)
def tables(paper: Path, as_printed: bool, as_json: bool, pictures: Path | None, rules_dir: Path | None) -> None:
    """Print the tables that are found in PAPER, without looking for savings in them.

    As text, long cells are cut. JSON is whole: as printed, each table has its page, its box (x0, top, x1, bottom, in
    points from the page's top left; null in a text report) and its rows, a text for each column of the grid, of which a
    spanning cell fills the first. As meant, each has its columns, the printed tables that it was made of, the notes
    that say why these belong together, and its rows with the page and the number there ("rest": those of a part that
    the end of a page cut off). "stitching" has the decision on each two neighbours, joined or not, and why.

    In the pictures ruling lines are red. A ruled table has a blue frame and one found by the alignment of its words a
    green one, cells an orange one, and header rows a purple one on a yellow ground. A brown bar under a table and one
    over the next say that the two were joined, and with what; parts of a row that was cut in two have a blue ground.

    Exit status: 0 the paper was read, even if it holds no table; 1 it could not be read, or some of its pages not;
    2 wrong usage.
    """
    if as_printed and not pictures:
        sys.exit(_print_pages(paper, as_json))
    rules = () if as_printed else _rules(rules_dir)
    shown = _read(paper, rules, as_printed)
    whole = _drawn(paper, shown, pictures) if pictures else True
    for part in _json(shown, as_printed) if as_json else _text(shown, as_printed):
        _say(part)
    problems = [problem for page in shown.paper.pages if (problem := _problem(page))]
    status = _told(paper, problems, bool(shown.paper.tables))
    sys.exit(status if whole else Exit.INCOMPLETE)


@dataclass
class _Passing:
    """The pages of a paper as they go by: what was wrong with some, and whether one had a table."""

    pages: Iterable[Page]
    problems: list[str] = field(default_factory=list)
    found: bool = False

    def tables(self) -> Iterator[PrintedTable]:
        """The tables of each page, which is let go of with the next."""
        for page in self.pages:
            if problem := _problem(page):
                self.problems.append(problem)
            self.found |= bool(page.tables)
            yield from (_placed(table, page) for table in page.tables)


def _print_pages(path: Path, as_json: bool) -> Exit:
    """Print tables as printed page by page, so that a long paper needs no more memory than a short one."""
    pages = read_pages(path)
    try:
        first = next(pages, None)
    except PaperError as error:
        _stop(f"{path}: {error.problem}. {error.remedy}", Exit.INCOMPLETE)
    passing = _Passing(chain([first] if first else [], pages))
    tables = passing.tables()
    for part in _printed_json(path.name, tables) if as_json else _spaced(map(printed_text, tables)):
        _say(part)
    return _told(path, passing.problems, passing.found)


def _told(path: Path, problems: Sequence[str], found: bool) -> Exit:
    for problem in problems:
        click.echo(f"savings: {path}: {problem}", err=True)
    if not found:
        click.echo(f"savings: {path}: no table was found", err=True)
    return Exit.INCOMPLETE if problems else Exit.OK


def _rules(folder: Path | None) -> tuple[RuleFile, ...]:
    """The rules as `savings run` takes them: built-in ones, and a user's own before those of the same name."""
    try:
        return load_rules_beside(folder)
    except RuleError as error:
        _stop(error, Exit.USAGE)


def _read(path: Path, rules: Sequence[RuleFile], as_printed: bool) -> Shown:
    try:
        paper = read_paper(path)
        if as_printed:
            return Shown(paper, ())
        mapped, rule, _ = map_paper(rules, paper)
    except PaperError as error:
        _stop(f"{path}: {error.problem}. {error.remedy}", Exit.INCOMPLETE)
    except NoYear as error:
        _stop(f"{path}: {error}. With --as-printed its tables are shown without a rule", Exit.INCOMPLETE)
    return Shown(paper, mapped.tables, rule.name if rule else "", mapped.seams)


def _problem(page: Page) -> str:
    """What is wrong with a page; empty where nothing is."""
    return "" if page.status.is_fine else f"page {page.number}: {page.problem or page.status}"


def _stop(problem: object, status: Exit) -> NoReturn:
    click.echo(f"savings: {problem}", err=True)
    sys.exit(status)


def _say(text: str) -> None:
    """Papers hold marks that not every terminal has; in text those are written as their codes."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding))


# --- JSON ------------------------------------------------------------------------------------------------------------


def _json(shown: Shown, as_printed: bool) -> Iterator[str]:
    if as_printed:
        yield from _printed_json(shown.paper.name, shown.paper.tables)
        return
    yield f'{_dumped({"document": shown.paper.name, "rule": shown.rule})[:-1]}, "tables": ['
    yield from _listed(map(_meant, shown.meant))
    yield '], "stitching": ['
    yield from _listed(map(_seam, shown.seams))
    yield "]}"


def _printed_json(name: str, tables: Iterable[PrintedTable]) -> Iterator[str]:
    yield f'{_dumped({"document": name})[:-1]}, "tables": ['
    yield from _listed(map(_printed, tables))
    yield "]}"


def _listed(items: Iterable[Json]) -> Iterator[str]:
    """The items of a list, a line each, so that a long paper is never in memory twice."""
    before = ""
    for item in items:
        if before:
            yield f"{before},"
        before = _dumped(item)
    if before:
        yield before


def _dumped(item: Json) -> str:
    """JSON in which each character stands for itself where stdout can hold them all."""
    everywhere = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(item, ensure_ascii=not everywhere)


def _printed(table: PrintedTable) -> Json:
    return {
        "page": table.page,
        "number": table.number,
        "finder": table.finder,
        "bbox": list(_sides(table.box)) if table.box else None,
        "rows": grid_texts(table),
    }


def grid_texts(table: PrintedTable) -> list[list[str]]:
    """A text for each column of each row: a spanning cell's in the first that it covers, nothing in the others."""
    rows = [[""] * table.width for _ in table.rows]
    for texts, row in zip(rows, table.rows, strict=True):
        for cell in row.cells:
            texts[cell.column] = cell.text
    return rows


def _meant(table: MeantTable) -> Json:
    return {
        "name": table.name,
        "pieces": [{"page": page, "number": number} for page, number in table.pieces],
        "notes": list(table.notes),
        "columns": list(table.columns),
        "rows": [_row(row) for row in table.rows],
    }


def _row(row: MeantRow) -> Json:
    rest = {"rest": [{"page": page, "row": number} for page, number in row.rest]} if row.rest else {}
    return {"page": row.page, "row": row.number, **rest, "sort": row.sort, "cells": list(row.cells)}


def _seam(seam: Seam) -> Json:
    return {
        "page": seam.after[0],
        "number": seam.after[1],
        "before": {"page": seam.before[0], "number": seam.before[1]},
        "joined": seam.joined,
        "header": seam.header,
        "columns": seam.columns,
        "between": list(seam.between),
        "reason": seam.reason,
    }


# --- text ------------------------------------------------------------------------------------------------------------


def _text(shown: Shown, as_printed: bool) -> Iterator[str]:
    """A part a table, and one for the neighbours that were not joined."""
    parts = map(printed_text, shown.paper.tables) if as_printed else map(meant_text, shown.meant)
    apart = [seam.text for seam in shown.seams if not seam.joined]
    said = ["\n".join(["Neighbours that are not one table:", *apart])] if apart and not as_printed else []
    yield from _spaced(chain(parts, said))


def _spaced(parts: Iterable[str]) -> Iterator[str]:
    """Parts with an empty line after each but the last."""
    for number, part in enumerate(parts):
        yield f"\n{part}" if number else part


def printed_text(table: PrintedTable) -> str:
    """A table as printed, in columns."""
    title = f"Page {table.page}, table {table.number} ({table.finder}): {_size(table.rows, table.width)}"
    rows = _cut(grid_texts(table))
    return "\n".join([title, *_aligned(rows, _widths(rows))])


def meant_text(table: MeantTable) -> str:
    """A table as meant, in columns, each row with its page, its number there and its sort, and the notes below."""
    pages = sorted({page for page, _ in table.pieces})
    where = f"page {pages[0]}" if len(pages) == 1 else f"pages {', '.join(map(str, pages))}"
    title = f"{table.name or 'Table'}, {where}: {_size(table.rows, len(table.columns))}"
    rows = _cut([str(row.page), str(row.number), row.sort, *row.cells] for row in table.rows)
    names = ["page", "row", "sort", *map(_printable, table.columns)]
    widths = _widths([[""] * len(names), *rows])
    widths = [max(width, min(len(name), HEADER_WIDTH)) for width, name in zip(widths, names, strict=True)]
    rule = GAP.join("-" * width for width in widths)
    return "\n".join([title, *_header(names, widths), rule, *_aligned(rows, widths), *table.notes])


def _header(names: Sequence[str], widths: Sequence[int]) -> list[str]:
    """The names of the columns, wrapped to their widths, down to the rule below them."""
    wrapped = [textwrap.wrap(name, width) if name else [] for name, width in zip(names, widths, strict=True)]
    lines = zip_longest(*(reversed(parts) for parts in wrapped), fillvalue="")
    return _aligned(reversed(list(lines)), widths)


def _size(rows: Sequence[object], columns: int) -> str:
    return f"{_count(len(rows), 'row')}, {_count(columns, 'column')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _cut(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Rows with each cell on one line, long ones cut."""
    return [[_shortened(_printable(text)) for text in row] for row in rows]


def _printable(text: str) -> str:
    """A text on one line; marks that do not print as their codes."""
    line = " ".join(text.split())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def _shortened(line: str) -> str:
    return line if len(line) <= CELL_SHOWN else f"{line[: CELL_SHOWN - 1]}…"


def _widths(rows: Iterable[Sequence[str]]) -> list[int]:
    return [max(map(len, column), default=0) for column in zip(*rows, strict=True)]


def _aligned(rows: Iterable[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Rows as lines, amounts to the right."""
    return [GAP.join(map(_justified, row, widths)).rstrip() for row in rows]


def _justified(text: str, width: int) -> str:
    return text.rjust(width) if is_amount(text) else text.ljust(width)


# --- pictures --------------------------------------------------------------------------------------------------------


def _drawn(path: Path, shown: Shown, folder: Path) -> bool:
    """Write a picture of each page; whether all could be drawn."""
    if shown.paper.kind is not PaperKind.PDF:
        _stop(f"{path} is a text report and has no page to draw; --draw is for PDFs", Exit.USAGE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        meant = shown.meant or unmapped(shown.paper.tables, shown.paper.pages).tables
        picture = _Picture(path, folder, meant, shown.seams)
        missing = [page for page in shown.paper.pages if not picture.draw(page)]
    except OSError as error:
        _stop(f"{folder} cannot be written: {error.strerror or error}. Name a folder of your own", Exit.USAGE)
    return not missing


class _Picture:
    """Pictures of pages with what was found on them."""

    def __init__(self, path: Path, folder: Path, meant: Sequence[MeantTable], seams: Sequence[Seam]) -> None:
        self.path, self.folder = path, folder
        rows = [row for table in meant for row in table.rows]
        self.body = frozenset(place for row in rows for place in ((row.page, row.number), *row.rest))
        self.cut = frozenset(place for row in rows if row.rest for place in ((row.page, row.number), *row.rest))
        self.joined = [seam for seam in seams if seam.joined]

    def draw(self, page: Page) -> bool:
        """Write the picture of a page; whether that could be done."""
        headers = [header_rows(table, self.body) for table in page.tables]
        tints = [Mark(_on_sheet(page, row.box), PALE_YELLOW, tint=True) for rows in headers for row in rows if row.box]
        rows = (row for table in page.tables for row in table.rows if (page.number, row.number) in self.cut)
        tints += [Mark(_on_sheet(page, row.box), PALE_BLUE, tint=True) for row in rows if row.box]
        try:
            picture = draw_page(self.path, page.number, tints)
        except CannotDraw as error:
            click.echo(f"savings: {error}", err=True)
            return False
        self._ruled(picture, page)
        _framed(picture, page, headers)
        self._seamed(picture, page)
        picture.save(self.folder / f"{self.path.stem}-page-{page.number:03}.png", format="PNG")
        return True

    def _ruled(self, picture: Image, page: Page) -> None:
        """Draw the ruling lines as they were read, wider than the frames of cells that lie on them."""
        draw, scale = Draw(picture), picture.width / page.width
        for rule in rulings_of(self.path, page):
            draw.line(pixels(_on_sheet(page, rule), scale), fill=RED, width=3)

    def _seamed(self, picture: Image, page: Page) -> None:
        """Draw a bar where a table goes on from another, or on in one, and say which."""
        draw, scale = Draw(picture), picture.width / page.width
        for table in page.tables:
            place = (table.page, table.number)
            for seam in (s for s in self.joined if place in (s.before, s.after)):
                if table.box:
                    _bar(draw, pixels(_on_sheet(page, table.box), scale), seam, ends=seam.before == place)


def _bar(draw: ImageDraw, sides: tuple[int, int, int, int], seam: Seam, *, ends: bool) -> None:
    x0, top, x1, bottom = sides
    (page, number), word = (seam.after, "goes on at") if ends else (seam.before, "goes on from")
    y = bottom + BAR if ends else top - 2 * BAR
    draw.rectangle((x0, y, x1, y + BAR), fill=BROWN)
    at = (x0, y + BAR if ends else y - LETTERS - BAR)
    draw.text(at, f"{word} page {page}, table {number}", fill=BROWN, font_size=LETTERS)


def header_rows(table: PrintedTable, body: Container[Place]) -> list[Row]:
    """The rows above the first one that is part of a table as meant; no row where none is."""
    above = list(takewhile(lambda row: (table.page, row.number) not in body, table.rows))
    return above if len(above) < len(table.rows) else []


def frames_of(table: PrintedTable, header: Sequence[Row]) -> Iterator[tuple[Box, Colour, int]]:
    """What is framed of a table, and how many pixels wide: each cell, the header rows together, and the table."""
    yield from ((cell.box, ORANGE, 1) for row in table.rows for cell in row.cells if cell.box)
    boxes = [row.box for row in header if row.box]
    if boxes:
        yield box_around(boxes), PURPLE, 2
    if table.box:
        yield table.box, BLUE if table.finder == RULED else GREEN, 3


def _framed(picture: Image, page: Page, headers: Sequence[Sequence[Row]]) -> None:
    """Frame cells on their very edges, as wider frames would hide the text beside; tables around theirs."""
    draw, scale = Draw(picture), picture.width / page.width
    for table, header in zip(page.tables, headers, strict=True):
        for box, colour, width in frames_of(table, header):
            x0, top, x1, bottom = pixels(_on_sheet(page, box), scale)
            out = width - 1
            draw.rectangle((x0 - out, top - out, x1 + out, bottom + out), outline=colour, width=width)


def _placed(table: PrintedTable, page: Page) -> PrintedTable:
    """A table with its box on the page as shown."""
    return replace(table, box=Box(*_on_sheet(page, table.box))) if table.box and page.frame else table


def _on_sheet(page: Page, box: Box) -> Sides:
    """Where a box lies on the page as shown; a scan may lie askew."""
    return page.frame.on_sheet(_sides(box)) if page.frame else _sides(box)


def _sides(box: Box) -> Sides:
    return (box.x0, box.top, box.x1, box.bottom)
