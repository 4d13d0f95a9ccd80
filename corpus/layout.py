"""Where everything in a table goes: rows, cells and their lines of text, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

from corpus import fonts
from corpus.case import Align, Case, Cell, Colour, Family, Grid, Ink, Row, Rules, TableStyle, place

BLACK = "#000000"
LOOSE = 0.09  # How far letters printed loose stand apart, in parts of their size.
SLACK = 0.01  # Two ways of adding up the same widths differ by less than this.


class LayoutError(ValueError):
    """Something that does not fit where the case puts it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, its corner in points from the top left of the grid that it belongs to."""

    x: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Letters:
    """How text is printed, and in which direction."""

    family: Family
    size: float
    leading: float
    bold: bool
    align: Align
    colour: Colour
    ink: Ink = "plain"
    turn: int = 0

    def width(self, text: str) -> float:
        """The width of a line of text, in points."""
        return fonts.width(text, self.family, self.bold, self.size) + self.spacing * max(0, len(text) - 1)

    @property
    def spacing(self) -> float:
        """What is added between two letters, in points."""
        return LOOSE * self.size if self.ink == "loose" else 0.0


@dataclass(frozen=True, slots=True)
class LaidCell:
    """A cell in its place. `text_box` is wider than `box` where text may run on over empty neighbours."""

    box: Box
    text_box: Box
    lines: tuple[str, ...]
    letters: Letters
    fill: Colour | None
    boxed: bool
    note: str = ""
    cover: Colour | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """The one box around rows that have no inner rules."""

    box: Box
    fill: Colour | None


@dataclass(frozen=True, slots=True)
class LaidGrid:
    """A piece of a table, ready to be drawn."""

    cells: tuple[LaidCell, ...]
    frames: tuple[Frame, ...]
    rules: Rules
    line: float
    pad: float
    head: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a grid, header first, with the style that they share."""

    style: TableStyle
    family: Family
    rows: tuple[Row, ...]
    head: int

    def is_boxed(self, number: int) -> bool:
        return self.rows[number].boxed or (number < self.head and self.style.head.boxed)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A cell in its row and column, with its text cut into lines."""

    row: int
    column: int
    cell: Cell
    room: float
    lines: tuple[str, ...]
    letters: Letters


def lay(case: Case, grid: Grid) -> LaidGrid:
    """Lay out one piece of a table.

    Raises:
        LayoutError: a word is wider than its cell.
    """
    style = case.tables[grid.table]
    head = case.heads[grid.head] if grid.head else ()
    rows = _Rows(style, style.family or case.font.family, (*head, *grid.rows), len(head))
    spots = [_spot(rows, number, column, cell) for number, column, cell in place(rows.rows)]
    tops = [0.0, *accumulate(_row_heights(rows, spots))]
    lefts = [0.0, *accumulate(column.width for column in style.columns)]
    return LaidGrid(
        cells=tuple(_lay_cell(rows, spot, lefts, tops) for spot in spots),
        frames=tuple(_frames(rows, lefts[-1], tops)),
        rules=grid.rules or style.rules,
        line=style.line,
        pad=style.pad,
        head=tops[len(head)],
        width=lefts[-1],
        height=tops[-1],
    )


def _spot(rows: _Rows, number: int, column: int, cell: Cell) -> _Spot:
    letters = _letters(rows, number, column, cell)
    room = _room(rows, number, column, cell)
    inner = room - 2 * rows.style.pad
    if cell.free:
        return _Spot(number, column, cell, room, tuple(cell.text.split("\n")), letters)
    if cell.turn % 180:
        return _Spot(number, column, cell, room, tuple(cell.text.split("\n")), letters)
    lines = fonts.wrap(cell.text, inner, letters.width)
    for line in lines:
        if letters.width(line) > inner + SLACK:
            raise LayoutError(f"{line!r} is wider than its cell ({inner:.1f} points)")
    return _Spot(number, column, cell, room, tuple(lines), letters)


def _letters(rows: _Rows, number: int, column: int, cell: Cell) -> Letters:
    style, row, in_head = rows.style, rows.rows[number], number < rows.head
    align = style.head.align if in_head else None
    tinted = not in_head and _tint(style, column, cell) is not None
    colours = (cell.colour, row.colour, style.head.colour if in_head else None, _tint_colour(style) if tinted else None)
    bolds = (cell.bold, row.bold, style.head.bold if in_head else None)
    return Letters(
        family=rows.family,
        size=style.size,
        leading=style.size * style.leading,
        bold=next((bold for bold in bolds if bold is not None), False),
        align=cell.align or align or style.columns[column].align,
        colour=next((colour for colour in colours if colour), BLACK),
        ink=cell.ink or row.ink or style.ink,
        turn=cell.turn,
    )


def _tint(style: TableStyle, column: int, cell: Cell) -> Colour | None:
    if style.tints is None or style.tints.column != column + 1:
        return None
    return style.tints.fills.get(cell.text)


def _tint_colour(style: TableStyle) -> Colour | None:
    return style.tints.colour if style.tints else None


def _room(rows: _Rows, number: int, column: int, cell: Cell) -> float:
    """Measure the width that a cell's text has: its own, and in a boxed row that of the empty cells after it."""
    columns = rows.style.columns
    end = column + cell.span
    if rows.rows[number].boxed and cell.text:
        after = (other for _, start, other in place([rows.rows[number]]) if start > column)
        end += sum(empty.span for empty in takewhile(lambda other: not other.text, after))
    aligned_left = (cell.align or columns[column].align) == "left"
    return sum(part.width for part in columns[column : end if aligned_left else column + cell.span])


def _row_heights(rows: _Rows, spots: Sequence[_Spot]) -> list[float]:
    heights = [max(row.height, rows.style.row_height) for row in rows.rows]
    # Cells of one row first, then those that reach down: only what is still missing goes to their last row.
    for spot in sorted(spots, key=lambda spot: spot.cell.down):
        last = spot.row + spot.cell.down
        needed = _high(spot) + 2 * rows.style.pad
        heights[last - 1] += max(0.0, needed - sum(heights[spot.row : last]))
    return heights


def _high(spot: _Spot) -> float:
    """The height of a cell's text."""
    if spot.cell.turn % 180:
        return max(map(spot.letters.width, spot.lines))
    return len(spot.lines) * spot.letters.leading


def _lay_cell(rows: _Rows, spot: _Spot, lefts: Sequence[float], tops: Sequence[float]) -> LaidCell:
    x, top = lefts[spot.column], tops[spot.row]
    height = tops[spot.row + spot.cell.down] - top
    return LaidCell(
        box=Box(x, top, lefts[spot.column + spot.cell.span] - x, height),
        text_box=Box(x, top, spot.room, height),
        lines=spot.lines,
        letters=spot.letters,
        fill=_fill(rows, spot),
        boxed=rows.is_boxed(spot.row),
        note=spot.cell.note,
        cover=spot.cell.cover,
    )


def _fill(rows: _Rows, spot: _Spot) -> Colour | None:
    style, row = rows.style, rows.rows[spot.row]
    if rows.is_boxed(spot.row):
        return spot.cell.fill
    if spot.row < rows.head:
        return spot.cell.fill or row.fill or style.head.fill
    return spot.cell.fill or _tint(style, spot.column, spot.cell) or row.fill or _stripe(rows, spot.row)


def _stripe(rows: _Rows, number: int) -> Colour | None:
    stripes = rows.style.stripes
    return stripes[(number - rows.head) % len(stripes)] if stripes else None


def _frames(rows: _Rows, width: float, tops: Sequence[float]) -> Iterator[Frame]:
    """Give the boxes of rows without inner rules: one for the whole header, one for each other row.

    A box is filled as a whole: table finders take the edges of a cell's own fill for rules.
    """
    head = rows.style.head
    if rows.head and head.boxed:
        yield Frame(Box(0, 0, width, tops[rows.head]), head.fill)
    for number, row in enumerate(rows.rows):
        if row.boxed:
            fill = row.fill or (head.fill if number < rows.head else None)
            yield Frame(Box(0, tops[number], width, tops[number + 1] - tops[number]), fill)
