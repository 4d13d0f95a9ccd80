"""What a case.yml may say: a paper, page by page, exactly as it is to be printed; or which paper lies beside it.

Every scalar is read as the text that stands in the file, so that "0.0" stays "0.0" and "1,0" stays "1,0".
A lone `~` is an empty cell. Unknown keys are errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

MADE_UP = "made up"
EMPTY = "~"

Align = Literal["left", "centre", "right"]
Rules = Literal["all", "rows", "columns", "ends", "none"]
Ink = Literal["plain", "twice", "letters", "loose", "hidden"]
Family = Literal["Helvetica", "Times", "Vera"]
Colour = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]
Points = Annotated[float, Field(ge=0)]
Quarters = Annotated[int, Field(ge=0, le=270, multiple_of=90)]

ALIGNMENTS: dict[str, Align] = {"l": "left", "c": "centre", "r": "right", "": "left"}


class CaseError(Exception):
    """A case that cannot be typeset: the file, and what is wrong with it."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"{path}: {problem}" for problem in problems))
        self.path = path
        self.problems = tuple(problems)


class Strict(BaseModel):
    """A part of a case: no unknown keys, no change once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """The published paper whose labels, figures and marks a case prints."""

    title: str
    year: str
    publisher: str


class Contradiction(Strict):
    """A sum that fails on the published paper itself, named as checks.csv names it: found less printed, in pounds."""

    identity: str
    where: str
    difference: Decimal


class PageStyle(Strict):
    """The sheet: its size, and its margins in points (left, top, right, bottom).

    `rotate` is written into the file, and the page is shown upright by it, in degrees clockwise. `turned` is how far
    its content is printed turned on a sheet that is not, in degrees anticlockwise: running lines stay upright.
    """

    size: Literal["A3", "A4"] = "A4"
    landscape: bool = False
    rotate: Quarters = 0
    turned: Quarters = 0
    margin: tuple[Points, Points, Points, Points] = (36, 40, 36, 36)


class Watermark(Strict):
    """A word across the middle of the page, under what is printed there or `over` it.

    `angle` is in degrees anticlockwise.
    """

    text: str
    size: float = Field(default=110, gt=0)
    angle: float = 45
    colour: Colour = "#d9d9d9"
    over: bool = False


class FontStyle(Strict):
    """The letters of all that stands outside tables."""

    family: Family = "Helvetica"
    size: float = Field(default=9, gt=0)


class Column(Strict):
    """A column of a table, written `40` or `40r`: its width in points and how its cells are aligned."""

    width: float = Field(gt=0)
    align: Align = "left"

    @model_validator(mode="before")
    @classmethod
    def _read_short_form(cls, data: object) -> object:
        if not isinstance(data, str):
            return data
        found = re.fullmatch(r"([\d.]+)([lcr]?)", data)
        if not found:
            raise ValueError(f"a column is written 40, 40l, 40c or 40r, not {data!r}")
        return {"width": found[1], "align": ALIGNMENTS[found[2]]}


class Cell(Strict):
    """A cell, mostly written as its bare text.

    `free` text keeps to one line and may run out of its box. `note` is a small raised mark after the text. Text turned
    by 90 reads from the bottom up, by 270 from the top down; its row must be high enough. A `cover` is a box drawn over
    what is printed.
    """

    text: str = ""
    span: int = Field(default=1, ge=1)
    down: int = Field(default=1, ge=1)
    align: Align | None = None
    fill: Colour | None = None
    colour: Colour | None = None
    bold: bool | None = None
    free: bool = False
    ink: Ink | None = None
    note: str = ""
    turn: Quarters = 0
    cover: Colour | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_short_form(cls, data: object) -> object:
        if not isinstance(data, str):
            return data
        return {"text": "" if data == EMPTY else data}


class Row(Strict):
    """A row, mostly written as the list of its cells. `total: [...]` is a bold row drawn as one box."""

    cells: tuple[Cell, ...]
    boxed: bool = False
    bold: bool | None = None
    fill: Colour | None = None
    colour: Colour | None = None
    ink: Ink | None = None
    height: Points = 0

    @model_validator(mode="before")
    @classmethod
    def _read_short_form(cls, data: object) -> object:
        if isinstance(data, list):
            return {"cells": data}
        if isinstance(data, dict) and "total" in data:
            rest = {key: value for key, value in data.items() if key != "total"}
            return {"boxed": True, "bold": True, **rest, "cells": data["total"]}
        return data


class HeadStyle(Strict):
    """How a table's header rows look. `boxed`: all header rows as one box, without inner rules."""

    fill: Colour | None = None
    colour: Colour | None = None
    bold: bool = True
    boxed: bool = False
    align: Align | None = None


class Tints(Strict):
    """One column whose cells are filled by what they say."""

    column: int = Field(ge=1)
    fills: dict[str, Colour]
    colour: Colour = "#ffffff"


class TableStyle(Strict):
    """How one kind of table is drawn, wherever it stands.

    `rules`: round all cells, over and under each row, between columns and round the table, at its ends and under its
    header only, or none. `ink`: how letters get on the paper; `twice` is bold made by drawing them again a little
    further, `letters` one by one in no order, `loose` apart, `hidden` there for programs only.
    """

    columns: tuple[Column, ...] = Field(min_length=1)
    family: Family | None = None
    size: float = Field(default=7, gt=0)
    leading: float = Field(default=1.18, ge=1)
    pad: Points = 2
    rules: Rules = "all"
    ink: Ink = "plain"
    line: float = Field(default=0.5, gt=0)
    row_height: Points = 0
    head: HeadStyle = HeadStyle()
    stripes: tuple[Colour, ...] = ()
    tints: Tints | None = None


class Text(Strict):
    """Text outside tables, wrapped at the margins. `gap` is the space left under it."""

    text: str
    size: float | None = Field(default=None, gt=0)
    bold: bool = False
    align: Align = "left"
    colour: Colour = "#000000"
    ink: Ink = "plain"
    indent: Points = 0
    gap: Points = 4


class Space(Strict):
    """Empty space down the page, in points."""

    space: Points


class Grid(Strict):
    """A piece of a table on one page: its header, if it has one there, and its rows."""

    table: str
    head: str | None = None
    rows: tuple[Row, ...] = ()
    rules: Rules | None = None


def _kind(data: object) -> str | None:
    found = [name for name in ("text", "space", "table", "beside") if isinstance(data, dict) and name in data]
    return found[0] if len(found) == 1 else None


_KINDS = Discriminator(
    _kind,
    custom_error_type="block",
    custom_error_message="a block has exactly one of the keys text, space, table and beside",
)
_Plain = Annotated[Text, Tag("text")] | Annotated[Space, Tag("space")] | Annotated[Grid, Tag("table")]


class Stack(Strict):
    """Blocks in a column of their own, `at` so many points from the left margin."""

    at: Points = 0
    width: float = Field(gt=0)
    content: tuple[Annotated[_Plain, _KINDS], ...]


class Beside(Strict):
    """Stacks of blocks that begin at the same height, side by side."""

    beside: tuple[Stack, ...] = Field(min_length=1)


Block = Annotated[_Plain | Annotated[Beside, Tag("beside")], _KINDS]


class Page(Strict):
    """One page. What it says of sheet, header and footer goes before what the case says."""

    content: tuple[Block, ...]
    page: PageStyle | None = None
    header: str | None = None
    footer: str | None = None
    watermark: Watermark | None = None

    @property
    def grids(self) -> Iterator[Grid]:
        """The pieces of tables on the page."""
        for block in self.content:
            stacked = (
                [part for stack in block.beside for part in stack.content] if isinstance(block, Beside) else [block]
            )
            yield from (part for part in stacked if isinstance(part, Grid))


class About(Strict):
    """What every case says of its paper. `purpose` is what the case is there to show."""

    authority: str
    made_up: bool
    source: Source | Literal["made up"]
    purpose: Annotated[str, Field(min_length=1)]
    contradictions: tuple[Contradiction, ...] = ()

    @model_validator(mode="after")
    def _check_source(self) -> Self:
        if self.made_up != (self.source == MADE_UP):
            raise ValueError(f"made_up is true if, and only if, source is {MADE_UP!r}")
        return self


class Given(About):
    """A paper as it was published, kept beside its case.yml: the file's name and the hash of its content."""

    paper: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Case(About):
    """A paper of the corpus, as it is to be printed."""

    page: PageStyle = PageStyle()
    font: FontStyle = FontStyle()
    header: str = ""
    footer: str = ""
    watermark: Watermark | None = None
    tables: dict[str, TableStyle] = {}
    heads: dict[str, tuple[Row, ...]] = {}
    pages: tuple[Page, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_grids(self) -> Self:
        problems = [
            f"page {number}: {problem}"
            for number, page in enumerate(self.pages, 1)
            for grid in page.grids
            for problem in self._faults(grid)
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _faults(self, grid: Grid) -> Iterator[str]:
        if grid.table not in self.tables:
            yield f"there is no table {grid.table!r}"
            return
        if grid.head is not None and grid.head not in self.heads:
            yield f"there is no head {grid.head!r}"
            return
        width = len(self.tables[grid.table].columns)
        for name, rows in (("head", self.heads[grid.head] if grid.head else ()), ("row", grid.rows)):
            for number, taken in enumerate(columns_taken(rows), 1):
                if taken != width:
                    yield f"{name} {number} of {grid.table!r} takes {taken} columns, the table has {width}"


def columns_taken(rows: Sequence[Row]) -> Iterator[int]:
    """Count the columns that each row takes, with those that cells above reach down into."""
    hanging: list[tuple[int, int]] = []
    for row in rows:
        yield sum(cell.span for cell in row.cells) + sum(span for span, _ in hanging)
        hanging = [(span, left - 1) for span, left in hanging if left > 1]
        hanging += [(cell.span, cell.down - 1) for cell in row.cells if cell.down > 1]


def place(rows: Sequence[Row]) -> Iterator[tuple[int, int, Cell]]:
    """Give each cell its row and its first column; a cell skips the places that a cell above reaches down into."""
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for cell in row.cells:
            while (number, column) in taken:
                column += 1
            yield number, column, cell
            taken |= {(number + down, column + across) for down in range(cell.down) for across in range(cell.span)}


def read_case(path: Path) -> Case:
    """Read and check a case.yml that says how its paper is printed.

    Raises:
        CaseError: the file is no YAML, or says something that a case cannot say.
    """
    case = read_any(path)
    if isinstance(case, Given):
        raise CaseError(path, [f"its paper is {case.paper}, as it was published: there is nothing to typeset"])
    return case


def read_any(path: Path) -> Case | Given:
    """Read and check a case.yml of either sort.

    Raises:
        CaseError: the file is no YAML, or says something that a case cannot say.
    """
    # The base loader leaves every scalar as it is written: a paper's "0.0" is no number here, and its "no" no truth.
    yaml = YAML(typ="base", pure=True)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"))
        return (Given if isinstance(data, dict) and "paper" in data else Case).model_validate(data)
    except ValidationError as error:
        raise CaseError(path, [_describe(detail) for detail in error.errors()]) from error
    except YAMLError as error:
        raise CaseError(path, [" ".join(str(error).split())]) from error


def _describe(detail: ErrorDetails) -> str:
    """Say where in the file a problem is, counting from 1 as people do, and what it is."""
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in detail["loc"])
    what = "unknown key" if detail["type"] == "extra_forbidden" else detail["msg"]
    return f"{where}: {what}" if where else what
