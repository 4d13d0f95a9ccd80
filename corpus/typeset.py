"""Typeset the papers of the corpus: corpus/<authority>/<case>/case.yml becomes a PDF beside it.

The same case.yml gives the same bytes on every machine: no compression, no clock, no chance. Another release of
reportlab may write other bytes round the same pages, so the papers go with the one in requirements-dev.lock.

    python -m corpus.typeset [CASE_DIR ...]     write the papers (of all cases, if none is named)
    python -m corpus.typeset --check            fail if a paper is not what its case.yml yields
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Protocol

from reportlab.lib.pagesizes import A3, A4
from reportlab.pdfgen.canvas import Canvas

from corpus import fonts
from corpus.case import Beside, Case, CaseError, Grid, Page, Space, Text, read_case
from corpus.folders import CASE_FILE, all_cases, paper_of
from corpus.layout import BLACK, SLACK, Box, Frame, LaidCell, LaidGrid, LayoutError, Letters, lay
from corpus.sheet import Sheet

SIZES = {"A3": A3, "A4": A4}
RUNNING_SIZE = 7.0


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
        self._letters = Letters(case.font.family, size, size * 1.2, block.bold, block.align, block.colour, block.ink)
        self._x, self._room = sheet.left + block.indent, sheet.right - sheet.left - block.indent
        self._lines = fonts.wrap(block.text, self._room, self._letters.width)
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


class DrawnStacks:
    """Stacks of blocks side by side."""

    def __init__(self, case: Case, block: Beside, sheet: Sheet) -> None:
        self._stacks = [
            (inner, [_measure(case, part, inner) for part in stack.content])
            for stack in block.beside
            for inner in [sheet.inset(stack.at, stack.width)]
        ]
        self.height = max(sum(part.height for part in parts) for _, parts in self._stacks)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw each stack from the top, its first block first."""
        for inner, parts in self._stacks:
            below = top
            for part in parts:
                part.draw(inner, below)
                below += part.height


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
        for cell in self._grid.cells:
            if cell.cover:
                sheet.fill(_moved(cell.box, sheet.left, top), cell.cover)

    def _rule(self, sheet: Sheet, top: float) -> None:
        if self._grid.rules == "none":
            return
        if self._grid.rules == "ends":
            for y in sorted({0.0, self._grid.head, self._grid.height}):
                sheet.rule(sheet.left, top + y, sheet.left + self._grid.width, top + y, self._grid.line)
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
        if self._grid.rules == "columns":
            for x in (box.x, box.x + box.width):
                sheet.rule(x, box.top, x, box.top + box.height, self._grid.line)
            return
        for edge in (box.top, box.top + box.height):
            sheet.rule(box.x, edge, box.x + box.width, edge, self._grid.line)

    def _print(self, sheet: Sheet, cell: LaidCell, top: float) -> None:
        box, pad = _moved(cell.text_box, sheet.left, top), self._grid.pad
        inner = Box(box.x + pad, box.top + pad, box.width - 2 * pad, box.height - 2 * pad)
        if cell.letters.turn:
            with sheet.turned(cell.letters.turn, inner) as place:
                _print_lines(sheet, cell, place)
        else:
            _print_lines(sheet, cell, inner)


def _print_lines(sheet: Sheet, cell: LaidCell, inner: Box) -> None:
    for number, line in enumerate(cell.lines):
        top = inner.top + number * cell.letters.leading
        if line:
            sheet.print_line(line, inner, top, cell.letters)
        if cell.note and number == len(cell.lines) - 1:
            sheet.note(cell.note, inner, top, line, cell.letters)


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
    sheet = _lay_sheet(canvas, case, page, number)
    mark = page.watermark or case.watermark
    if mark and not mark.over:
        sheet.stamp(mark)
    _draw_content(sheet, case, page)
    if mark and mark.over:
        sheet.stamp(mark)


def _lay_sheet(canvas: Canvas, case: Case, page: Page, number: int) -> Sheet:
    """Lay a sheet under the pen, with its running lines, so that the content is drawn upright on it."""
    style = page.page or case.page
    short, long = SIZES[style.size]
    width, height = (long, short) if style.landscape else (short, long)
    turn = style.rotate or style.turned
    size = (height, width) if turn % 180 else (width, height)
    # reportlab swaps width and height itself where a page is rotated.
    canvas.setPageSize((width, height) if style.rotate else size)
    canvas.setPageRotation(style.rotate)
    sheet = Sheet(canvas, (width, height), style.margin)
    if style.turned:
        _print_running_lines(Sheet(canvas, size, style.margin), case, page, number)
    if turn:
        moves = {90: (0, 1, -1, 0, height, 0), 180: (-1, 0, 0, -1, width, height), 270: (0, -1, 1, 0, 0, width)}
        canvas.transform(*moves[turn])
    if not style.turned:
        _print_running_lines(sheet, case, page, number)
    return sheet


def _draw_content(sheet: Sheet, case: Case, page: Page) -> None:
    top = sheet.top
    for block in page.content:
        drawable = _measure(case, block, sheet)
        if top + drawable.height > sheet.bottom + SLACK:
            raise LayoutError(f"{top + drawable.height - sheet.bottom:.1f} points too long")
        drawable.draw(sheet, top)
        top += drawable.height


def _measure(case: Case, block: Text | Space | Grid | Beside, sheet: Sheet) -> Drawable:
    match block:
        case Text():
            return DrawnText(case, block, sheet)
        case Space():
            return DrawnSpace(block.space)
        case Grid():
            return _measure_grid(case, block, sheet)
        case Beside():
            return DrawnStacks(case, block, sheet)


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
