"""What an extractor gives back: a paper as printed, text untouched.

Coordinates are points (1/72 inch) from the top left corner of the page as it is read, which is as it is shown, but for
pages with a `frame`. Text reports have no boxes; their rows carry the line number in the file instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from struct import Struct
from typing import NamedTuple, overload

_PACKED = Struct("4i")

# x0, top, x1, bottom in points.
Sides = tuple[float, float, float, float]


class PaperKind(StrEnum):
    """The kinds of file that can be read."""

    TEXT = "text"
    PDF = "pdf"


class PageStatus(StrEnum):
    """What became of one page."""

    OK = "ok"
    EMPTY = "empty"
    NO_TEXT = "no_text"
    UNREAD = "unread"
    LAYER = "layer"
    FAILED = "failed"
    TOO_LARGE = "too_large"
    SKIPPED = "skipped"

    @property
    def is_fine(self) -> bool:
        """Whether nothing is wrong with the page: what it holds was read, or all that was asked for."""
        return self in (PageStatus.OK, PageStatus.EMPTY, PageStatus.SKIPPED)


class Box(NamedTuple):
    """A rectangle on a page, in points from the page's top left corner."""

    x0: float
    top: float
    x1: float
    bottom: float


class Word(NamedTuple):
    """A run of characters without a space, and its place."""

    text: str
    box: Box


class Words(Sequence[Word]):
    """The words of a cell, made anew from its text when they are asked for: few are, and they take much memory.

    `sides` holds x0, top, x1 and bottom of each in hundredths of a point, four bytes each.
    """

    __slots__ = ("_sides", "_text")

    def __init__(self, text: str, sides: bytes) -> None:
        self._text, self._sides = text, sides

    def __len__(self) -> int:
        return len(self._sides) // _PACKED.size

    def __iter__(self) -> Iterator[Word]:
        boxes = _PACKED.iter_unpack(self._sides)
        for text, (x0, top, x1, bottom) in zip(self._text.split(), boxes, strict=True):
            yield Word(text, Box(x0 / 100, top / 100, x1 / 100, bottom / 100))

    @overload
    def __getitem__(self, index: int) -> Word: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Word]: ...
    def __getitem__(self, index: int | slice) -> Word | Sequence[Word]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Words | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


@dataclass(frozen=True, slots=True)
class Witness:
    """What one witness reads in a cell or line of a scan, and what that reading costs; 0: it is the text taken."""

    name: str
    text: str
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One box of a table. `text` is as printed, its lines parted by a line feed.

    `column` is the first grid column it covers (from 0) and `span` how many it covers. `words` are in
    reading order and empty for text reports. `witnesses` say who reads what, in a cell of a scan. A cell is
    `red` if all its letters are.
    """

    text: str
    column: int
    span: int = 1
    box: Box | None = None
    words: Sequence[Word] = ()
    witnesses: tuple[Witness, ...] = ()
    red: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: `number` is the line of a text report, or the row's number on its PDF page."""

    number: int
    cells: tuple[Cell, ...]
    box: Box | None = None

    def at(self, column: int) -> Cell | None:
        """The cell that covers a grid column, or None where the row has none."""
        return next((c for c in self.cells if c.column <= column < c.column + c.span), None)


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """The grid found on one page. `number` counts the tables of the page from 1.

    `edges` are the x coordinates of the grid's column edges (`width` + 1 of them), empty for text reports.
    `finder` says how the grid was found: "ruled", "aligned", "tabs" or "spaces"; for the last, edges and the boxes of
    words (not of cells, which have none) count in characters.
    """

    page: int
    number: int
    width: int
    rows: tuple[Row, ...]
    finder: str
    box: Box | None = None
    edges: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text outside the tables. `number` is the line of a text report, or its order on a PDF page."""

    page: int
    number: int
    text: str
    box: Box | None = None
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """How the print of a scan lies on its sheet: x' = a·x + c·y + e, y' = b·x + d·y + f, from upright to as shown."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def on_sheet(self, box: Sides) -> Sides:
        """The sides, on the page as shown, of what lies at `box` when the print is upright and level."""
        x0, top, x1, bottom = box
        corners = [(x, y) for x in (x0, x1) for y in (top, bottom)]
        xs = [self.a * x + self.c * y + self.e for x, y in corners]
        ys = [self.b * x + self.d * y + self.f for x, y in corners]
        return (round(min(xs), 2), round(min(ys), 2), round(max(xs), 2), round(max(ys), 2))


@dataclass(frozen=True)
class Page:
    """One page: its tables, the lines between them, and what went wrong, if anything did.

    A scan may lie askew or turned, and so may print on a page: its boxes are those of the page with its print upright
    and level, so that lines are lines and columns columns, and `frame` says where they lie on the page as shown.
    `notes` say what was seen on it and not read.
    """

    number: int
    tables: tuple[PrintedTable, ...] = ()
    lines: tuple[TextLine, ...] = ()
    width: float = 0.0
    height: float = 0.0
    rotation: int = 0
    status: PageStatus = PageStatus.OK
    problem: str = ""
    frame: Frame | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """All text of the page, lines first, then the tables' cells; for matching, not for reading."""
        cells = (c.text for t in self.tables for r in t.rows for c in r.cells if c.text)
        return "\n".join([self.text_between, *cells])

    @cached_property
    def text_between(self) -> str:
        """The text outside the tables: titles, notes, prose."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True)
class Paper:
    """One file that was read. `pages` are in order; pages that failed are there with their status."""

    name: str
    sha256: str
    kind: PaperKind
    pages: tuple[Page, ...] = field(default=())

    def on_sheet(self, page: int, box: Sides) -> Sides:
        """Where a box of page number `page` lies on the page as shown."""
        frame = next((p.frame for p in self.pages[page - 1 : page] if p.number == page), None)
        return frame.on_sheet(box) if frame else box

    @property
    def tables(self) -> tuple[PrintedTable, ...]:
        """All tables as printed, in reading order."""
        return tuple(table for page in self.pages for table in page.tables)

    @cached_property
    def text(self) -> str:
        """All text of the paper, for matching a rule file to it."""
        return "\n".join(page.text for page in self.pages)
