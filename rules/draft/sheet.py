"""Printed tables as sheets: where the header ends, which pages go on from which, what each column holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import regex

from extract.paper import Page, Paper, PrintedTable
from normalise.grid import GridRow, full_grid
from normalise.labels import likeness, plain
from normalise.marks import is_no_figure
from normalise.numbers import Amount, read_amount, split_amounts
from normalise.years import read_years
from rules.assemble import title_of
from rules.draft.words import meanings

MOST_HEADER_ROWS = 6
LONGEST_LABEL = 100
# Headers at least so alike are those of one table.
SAME_HEADER = 0.75
# A column holds amounts where at least this share of its filled cells are some.
MOSTLY = 0.6
_SCALE_WORD = regex.compile(r"[(\[]?\s*£?\s*['’‘`]?\s*0{3}['’]?s?\s*[)\]]?")
_PLAIN_YEAR = regex.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Piece:
    """One printed table of a sheet: its rows, how many of them are header, and the lines right above it."""

    page: Page
    printed: PrintedTable
    grid: tuple[GridRow, ...]
    header_rows: int
    title: str

    @property
    def header(self) -> tuple[GridRow, ...]:
        """The rows of the header."""
        return self.grid[: self.header_rows]

    @property
    def body(self) -> tuple[GridRow, ...]:
        """The rows below the header."""
        return tuple(row for row in self.grid[self.header_rows :] if row.filled)


@dataclass
class Sheet:
    """Printed tables of one layout, in the order of the paper. The first one has the header."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def first(self) -> Piece:
        """The piece whose header names the columns."""
        return self.pieces[0]

    @property
    def width(self) -> int:
        """How many columns the first piece has."""
        return self.first.printed.width

    @cached_property
    def alike(self) -> tuple[Piece, ...]:
        """The pieces with as many columns as the first: what can be said of columns is said from them."""
        return tuple(piece for piece in self.pieces if piece.printed.width == self.width)

    @cached_property
    def body(self) -> tuple[GridRow, ...]:
        """The rows below the headers of all pieces."""
        return tuple(row for piece in self.pieces for row in piece.body)

    def texts(self, column: int) -> list[str]:
        """The filled cells of a column below the headers."""
        rows = (row for piece in self.alike for row in piece.body)
        return [row.cells[column].text for row in rows if row.cells[column].text]

    @cached_property
    def amount_columns(self) -> tuple[int, ...]:
        """The columns that mostly hold amounts."""
        return tuple(c for c in range(self.width) if holds_amounts(self.texts(c)))


def sheets(paper: Paper) -> tuple[Sheet, ...]:
    """The tables of a paper, those of one layout together."""
    found: list[Sheet] = []
    for page in paper.pages:
        for printed in page.tables:
            piece = _piece(page, printed)
            if piece is None:
                continue
            sheet = _fellow(found, piece)
            if sheet is None:
                found.append(Sheet([piece]))
            else:
                sheet.pieces.append(piece)
    return tuple(found)


def _piece(page: Page, printed: PrintedTable) -> Piece | None:
    grid = full_grid(printed)
    if not any(row.filled for row in grid):
        return None
    return Piece(page, printed, grid, header_rows(grid), title_of(page, printed))


def _fellow(found: Sequence[Sheet], piece: Piece) -> Sheet | None:
    """The sheet that a table belongs to: one with a header like its own, or, where it has none, the last one."""
    if piece.header_rows:
        return next((s for s in reversed(found) if _same_header(s, piece)), None)
    last = found[-1] if found else None
    near = last is not None and last.first.header_rows and piece.page.number - last.pieces[-1].page.number <= 1
    return last if near and _goes_on(piece) else None


def _goes_on(piece: Piece) -> bool:
    """Whether a table without a header may go on from the one before: it has amounts, and no title of its own."""
    cells = [cell.text for row in piece.grid for cell in row.filled]
    return any(is_figure(t) or len(split_amounts(t)[1]) > 1 for t in cells)


def _same_header(sheet: Sheet, piece: Piece) -> bool:
    """Whether a piece has the header of a sheet, and the same words above it where both have some."""
    mine, its = _about(piece.title), _about(sheet.first.title)
    if mine and its and (likeness(mine, its) < 0.6 or not _same_matter(piece.title, sheet.first.title)):
        return False
    return same_header(sheet, piece)


def same_header(sheet: Sheet, piece: Piece) -> bool:
    """Whether a piece has the header of a sheet."""
    if not sheet.first.header_rows or not piece.header_rows or sheet.width != piece.printed.width:
        return False
    return max(_alike(labels(sheet.first), labels(piece)), _alike(_lowest(sheet.first), _lowest(piece))) >= SAME_HEADER


def _same_matter(one: str, other: str) -> bool:
    """Whether two titles speak of the same things: "Budget - savings" is not "Budget - spending"."""
    return set(meanings(one, "about")) == set(meanings(other, "about"))


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    scores = [likeness(a, b) for a, b in zip(one, other, strict=True) if a or b]
    return sum(scores) / len(scores) if scores else 0.0


def _lowest(piece: Piece) -> list[str]:
    return [cell.text for cell in piece.header[-1].cells]


def _about(title: str) -> str:
    """The words above a table without what changes from page to page: figures, "page 1 of 2"."""
    text = regex.sub(r"(?i)\b(?:page|of|continued|cont)\b|\P{L}", " ", title)
    return plain(text) if len(plain(text)) >= 4 else ""


def labels(piece: Piece) -> tuple[str, ...]:
    """What the header prints over each column, all of its rows."""
    return tuple(
        " ".join(row.cells[c].text for row in piece.header if row.cells[c].text) for c in range(piece.printed.width)
    )


def header_rows(grid: Sequence[GridRow]) -> int:
    """How many rows stand before the first row of amounts, less the headings of groups at their end."""
    columns = [c for c in range(len(grid[0].cells)) if holds_amounts([row.cells[c].text for row in grid])]
    first = next((i for i, row in enumerate(grid) if _is_data(row, columns)), None)
    if first is None:
        return 1 if len(grid) > 1 and len(grid[0].filled) > 1 and not any(map(_is_spread, grid)) else 0
    last = first
    while last and not _is_header(grid[last - 1], columns):
        last -= 1
    return last if last <= MOST_HEADER_ROWS else 0


def _is_spread(row: GridRow) -> bool:
    return len(row.filled) == 1 and len(split_amounts(row.filled[0].text)[1]) > 1


def _is_data(row: GridRow, columns: Sequence[int]) -> bool:
    """Whether a row holds amounts where amounts belong, and not, for the most part, words: "20 | 007/08 Targ | et"."""
    if _is_spread(row):
        return True
    texts = [row.cells[c].text for c in columns if row.cells[c].text and not is_no_figure(row.cells[c].text)]
    amounts = sum(map(is_figure, texts))
    years = sum(bool(_PLAIN_YEAR.fullmatch(cell.text)) for cell in row.filled)
    return amounts > len(texts) - amounts and years < 2


def _is_header(row: GridRow, columns: Sequence[int]) -> bool:
    """Whether a row above the first amount names columns: it says something over the amounts, or over most columns."""
    if any(len(cell.text) > LONGEST_LABEL for cell in row.filled):
        return False
    return any(row.cells[c].text for c in columns) or 2 * len(row.filled) > len(row.cells)


def is_figure(text: str) -> bool:
    """Whether a cell holds an amount, and neither a year nor the words for thousands."""
    if not text or _SCALE_WORD.fullmatch(text) or read_years(text):
        return False
    found = read_amount(text)
    return bool(found) and found[0].cost < 3


def holds_amounts(texts: Iterable[str]) -> bool:
    """Whether a column of these cells holds amounts; words for "no figure" and years say nothing either way."""
    said = [t for t in texts if t and not is_no_figure(t) and not _SCALE_WORD.fullmatch(t)]
    amounts = sum(map(is_figure, said))
    # Labels of the header stand among the cells until it is known where it ends.
    return amounts >= 1 and amounts >= MOSTLY * (len(said) - min(3, len(said) // 3))


@dataclass(frozen=True, slots=True)
class RowView:
    """A row below the header: its texts and its amounts by column. `label` is all text before the first amount."""

    row: GridRow
    label: str
    texts: dict[int, str]
    amounts: dict[int, Amount]

    def value(self, column: int) -> Decimal:
        """An amount as printed, its own k or m applied; 0 where there is none."""
        amount = self.amounts.get(column)
        return amount.number * (amount.factor or 1) if amount else Decimal(0)


def views(sheet: Sheet, columns: Sequence[int]) -> Iterator[RowView]:
    """The rows of a sheet, `columns` being those of amounts; a row in one cell is taken apart."""
    for piece in sheet.pieces:
        for row in piece.body:
            yield _view(row, columns, wide=piece.printed.width == sheet.width)


def _view(row: GridRow, columns: Sequence[int], wide: bool) -> RowView:
    if len(row.filled) == 1:
        label, parts = split_amounts(row.filled[0].text)
        if parts and (len(parts) == len(columns) > 1 or 1 < len(parts) <= len(columns)):
            amounts = {c: read_amount(text)[0] for c, text in zip(columns, parts, strict=False) if read_amount(text)}
            return RowView(row, label, {}, amounts)
    cells = {cell.column: cell.text for cell in row.filled}
    amounts = {c: read_amount(t)[0] for c, t in cells.items() if wide and c in columns and read_amount(t)}
    texts = {c: t for c, t in cells.items() if c not in amounts}
    first = min(columns, default=len(row.cells))
    return RowView(row, " ".join(t for c, t in texts.items() if c < first), texts, amounts)
