"""Typeset the papers of the corpus: corpus/<authority>/<case>/case.yml becomes a PDF beside it.

The same case.yml gives the same bytes on every machine: no compression, no clock, no chance. Another release of
reportlab may write other bytes round the same pages, so the papers go with the one in requirements-dev.lock.

    python -m corpus.typeset [CASE_DIR ...]     write the papers (of all cases, if none is named)
    python -m corpus.typeset --check            fail if a paper is not what its case.yml yields
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Protocol, TypeVar

from reportlab.lib.pagesizes import A3, A4
from reportlab.pdfgen.canvas import Canvas

from corpus import fonts
from corpus.case import Case, CaseError, Colour, Grid, Page, PageStyle, Space, Text, read_case
from corpus.folders import CASE_FILE, all_cases, paper_of
from corpus.layout import BLACK, SLACK, Box, Frame, LaidCell, LaidGrid, LayoutError, Letters, lay

SIZES = {"A3": A3, "A4": A4}
ASCENT = 0.8  # How far below the top of its line a baseline lies, in parts of the letters' size.
RUNNING_SIZE = 7.0

Value = TypeVar("Value")


class Sheet:
    """One page under the pen. Like the papers' readers it counts from the top left corner."""

    def __init__(self, canvas: Canvas, style: PageStyle) -> None:
        short, long = SIZES[style.size]
        self.width, self.height = (long, short) if style.landscape else (short, long)
        self.left, self.top, right, bottom = style.margin
        self.right, self.bottom = self.width - right, self.height - bottom
        self._canvas = canvas
        self._pen: dict[str, object] = {}
        canvas.setPageSize((self.width, self.height))

    def fill(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle, without an edge."""
        self._dip("colour", colour, self._canvas.setFillColor)
        self._canvas.rect(box.x, self.height - box.top - box.height, box.width, box.height, stroke=0, fill=1)

    def rule(self, x0: float, top0: float, x1: float, top1: float, line: float) -> None:
        """Draw a ruling line."""
        self._dip("line", line, self._canvas.setLineWidth)
        self._canvas.line(x0, self.height - top0, x1, self.height - top1)

    def frame(self, box: Box, line: float) -> None:
        """Draw the four edges of a rectangle."""
        self._dip("line", line, self._canvas.setLineWidth)
        self._canvas.rect(box.x, self.height - box.top - box.height, box.width, box.height, stroke=1, fill=0)

    def print_line(self, text: str, box: Box, top: float, letters: Letters) -> None:
        """Print one line of text, aligned in a box, its upper edge at `top`."""
        room = box.width - fonts.width(text, letters.family, letters.bold, letters.size)
        x = box.x + {"left": 0.0, "centre": room / 2, "right": room}[letters.align]
        self._dip("colour", letters.colour, self._canvas.setFillColor)
        for name, piece in fonts.runs(text, letters.family, letters.bold):
            self._dip("font", (name, letters.size), lambda font: self._canvas.setFont(*font))
            self._canvas.drawString(x, self.height - top - ASCENT * letters.size, piece)
            x += self._canvas.stringWidth(piece, name, letters.size)

    def _dip(self, tool: str, value: Value, change: Callable[[Value], object]) -> None:
        """Change the pen, if it is not as wanted: papers would be a third larger if every stroke said it again."""
        if self._pen.get(tool) != value:
            change(value)
            self._pen[tool] = value


class Drawable(Protocol):
    """A block with its size known: it can say what it needs and be drawn there."""

    @property
    def height(self) -> float:
        """The height that it takes down the page."""
        ...

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw it, its upper edge at `top`."""
        ...


class DrawnText:
    """Text outside tables, wrapped at the margins."""

    def __init__(self, case: Case, block: Text, sheet: Sheet) -> None:
        size = block.size or case.font.size
        self._letters = Letters(case.font.family, size, size * 1.2, block.bold, block.align, block.colour)
        self._x, self._room = sheet.left + block.indent, sheet.right - sheet.left - block.indent
        self._lines = fonts.wrap(block.text, self._room, case.font.family, block.bold, size)
        self.height = len(self._lines) * self._letters.leading + block.gap

    def draw(self, sheet: Sheet, top: float) -> None:
        """Print its lines."""
        box = Box(self._x, top, self._room, self.height)
        for number, line in enumerate(self._lines):
            sheet.print_line(line, box, top + number * self._letters.leading, self._letters)


class DrawnSpace:
    """Nothing, of some height."""

    def __init__(self, height: float) -> None:
        self.height = height

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw nothing."""


class DrawnGrid:
    """A piece of a table: fills first, then rules, then text, as office programs print them."""

    def __init__(self, grid: LaidGrid) -> None:
        self._grid = grid
        self.height = grid.height

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw it at the left margin."""
        parts: list[Frame | LaidCell] = [*self._grid.frames, *self._grid.cells]
        for part in parts:
            if part.fill:
                sheet.fill(_moved(part.box, sheet.left, top), part.fill)
        self._rule(sheet, top)
        for cell in self._grid.cells:
            self._print(sheet, cell, top)

    def _rule(self, sheet: Sheet, top: float) -> None:
        if self._grid.rules == "none":
            return
        for frame in self._grid.frames:
            sheet.frame(_moved(frame.box, sheet.left, top), self._grid.line)
        for cell in self._grid.cells:
            if not cell.boxed:
                self._rule_cell(sheet, _moved(cell.box, sheet.left, top))

    def _rule_cell(self, sheet: Sheet, box: Box) -> None:
        if self._grid.rules == "all":
            sheet.frame(box, self._grid.line)
            return
        for edge in (box.top, box.top + box.height):
            sheet.rule(box.x, edge, box.x + box.width, edge, self._grid.line)

    def _print(self, sheet: Sheet, cell: LaidCell, top: float) -> None:
        box, pad = _moved(cell.text_box, sheet.left, top), self._grid.pad
        inner = Box(box.x + pad, box.top + pad, box.width - 2 * pad, box.height - 2 * pad)
        for number, line in enumerate(cell.lines):
            if line:
                sheet.print_line(line, inner, inner.top + number * cell.letters.leading, cell.letters)


def _moved(box: Box, x: float, top: float) -> Box:
    return Box(box.x + x, box.top + top, box.width, box.height)


def typeset(case: Case) -> bytes:
    """Make the PDF of a case.

    Raises:
        LayoutError: something does not fit its cell or its page.
        fonts.MissingGlyph: a character that no font at hand can print.
    """
    fonts.register()
    target = BytesIO()
    canvas = Canvas(target, invariant=1, pageCompression=0)
    canvas.setTitle(case.authority if isinstance(case.source, str) else case.source.title)
    canvas.setAuthor(case.authority)
    canvas.setCreator("council-savings corpus")
    canvas.setSubject("Made-up figures" if case.made_up else "Typeset anew with the figures of a published paper")
    for number, page in enumerate(case.pages, 1):
        try:
            _draw_page(canvas, case, page, number)
        except ValueError as error:
            raise LayoutError(f"page {number}: {error}") from error
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _draw_page(canvas: Canvas, case: Case, page: Page, number: int) -> None:
    sheet = Sheet(canvas, page.page or case.page)
    _print_running_lines(sheet, case, page, number)
    top = sheet.top
    for block in page.content:
        drawable = _measure(case, block, sheet)
        if top + drawable.height > sheet.bottom + SLACK:
            raise LayoutError(f"{top + drawable.height - sheet.bottom:.1f} points too long")
        drawable.draw(sheet, top)
        top += drawable.height


def _measure(case: Case, block: Text | Space | Grid, sheet: Sheet) -> Drawable:
    match block:
        case Text():
            return DrawnText(case, block, sheet)
        case Space():
            return DrawnSpace(block.space)
        case Grid():
            return _measure_grid(case, block, sheet)


def _measure_grid(case: Case, block: Grid, sheet: Sheet) -> Drawable:
    excess = sum(column.width for column in case.tables[block.table].columns) - (sheet.right - sheet.left)
    if excess > SLACK:
        raise LayoutError(f"the table {block.table!r} is {excess:.1f} points too wide")
    return DrawnGrid(lay(case, block))


def _print_running_lines(sheet: Sheet, case: Case, page: Page, number: int) -> None:
    letters = Letters(case.font.family, RUNNING_SIZE, RUNNING_SIZE, bold=False, align="centre", colour=BLACK)
    header = case.header if page.header is None else page.header
    footer = case.footer if page.footer is None else page.footer
    for text, top in ((header, sheet.top * 0.45), (footer, sheet.height - 20)):
        line = text.replace("{page}", str(number)).replace("{pages}", str(len(case.pages)))
        if line:
            sheet.print_line(line, Box(sheet.left, top, sheet.right - sheet.left, 0), top, letters)


def typeset_folder(folder: Path) -> bytes:
    """Make the PDF of the case in a folder.

    Raises:
        CaseError: its case.yml cannot be read, or does not fit on paper.
    """
    path = folder / CASE_FILE
    case = read_case(path)
    try:
        return typeset(case)
    except ValueError as error:
        raise CaseError(path, [str(error)]) from error


def write(folder: Path) -> str:
    """Typeset a case into its folder and say so."""
    paper = typeset_folder(folder)
    paper_of(folder).write_bytes(paper)
    return f"{paper_of(folder)}: {len(paper):,} bytes"


def differs(folder: Path) -> bool:
    """Tell whether the paper in a folder is missing or not what its case.yml yields."""
    file = paper_of(folder)
    return not file.is_file() or file.read_bytes() != typeset_folder(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 all well, 1 a case is wrong or, with --check, a paper differs."""
    parser = argparse.ArgumentParser(prog="python -m corpus.typeset", description="Typeset the papers of the corpus.")
    parser.add_argument(
        "cases", nargs="*", type=Path, metavar="CASE_DIR", help="folders with a case.yml (default: all)"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a paper is out of date")
    options = parser.parse_args(arguments)
    return max((_handle(folder, options.check) for folder in options.cases or all_cases()), default=0)


def _handle(folder: Path, check: bool) -> int:
    try:
        if not check:
            print(write(folder))
        elif differs(folder):
            print(f"{paper_of(folder)} is not what {CASE_FILE} yields; run `python -m corpus.typeset {folder}`")
            return 1
    except (CaseError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
