"""Where the amounts of a row may belong, when the print does not say: layouts for the sums to choose from.

Two cells printed as one leave open which columns the amounts are from. A page of a loose table may lack columns, and
then all its rows have the same layout, whichever it is. Each layout is a bundle of readings, taken together or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from normalise.rows import Mend, Placed, PlacedRow
from rules.assemble import Form, Piece

# In place, moved within its own cell's reach, moved further: all less than a broken sum.
IN_PLACE, NEAR, FAR = 0, 1, 3
MOST_LAYOUTS = 40


@dataclass(frozen=True)
class Layout:
    """One way to lay a row's amounts out: the text for each figure's column, and the bundle that it belongs to."""

    bundle: str
    cost: int
    cells: Mapping[int, Placed]


def layouts(form: Form, piece: Piece | None, row: PlacedRow) -> tuple[Layout, ...]:
    """All layouts of a row, the cheapest first; a single one where the print leaves no doubt."""
    tokens = _tokens(form, row)
    placed = {j: cell for j in form.amounts if (cell := row.cells[j])}
    if piece is not None and form.table.loose and not _has_header(piece):
        found = list(_by_page(form, piece, tokens))
    else:
        found = list(_by_row(form, row, tokens)) or list(_by_loss(form, row, tokens))
    return tuple(sorted(found, key=lambda x: x.cost)[:MOST_LAYOUTS]) if len(found) > 1 else (Layout("", 0, placed),)


def _tokens(form: Form, row: PlacedRow) -> tuple[tuple[int, Placed], ...]:
    return tuple((j, cell) for j in form.amounts if (cell := row.cells[j]) is not None)


def _has_header(piece: Piece) -> bool:
    return piece.alignment.header_rows > 0


def _by_page(form: Form, piece: Piece, tokens: Sequence[tuple[int, Placed]]) -> Iterator[Layout]:
    """The page's columns of amounts, put onto the table's in every order-keeping way."""
    column_of = _columns(cell for row in piece.rows if row.is_line for _, cell in _tokens(form, row.placed))
    used = sorted(set(column_of.values()))
    key = f"page {piece.printed.page} table {piece.printed.number}"
    for shapes in combinations(form.amounts, len(used)):
        to = dict(zip(used, shapes, strict=True))
        straight = all(piece.alignment.columns[j] == column for column, j in to.items())
        cells = {to[column_of[cell.cells[0].column]]: cell for _, cell in tokens}
        yield Layout(f"{key}: {shapes}", IN_PLACE if straight else NEAR, cells)


def _columns(cells: Iterable[Placed]) -> dict[int, int]:
    """The columns of a page that hold amounts, each with the first of those that are one column cut in two."""
    first: dict[int, int] = {}
    for cell in sorted(cells, key=lambda cell: -len(cell.cells)):
        columns = [part.column for part in cell.cells]
        start = min(first.get(column, column) for column in columns)
        first |= dict.fromkeys(columns, start)
    return first


def _by_loss(form: Form, row: PlacedRow, tokens: Sequence[tuple[int, Placed]]) -> Iterator[Layout]:
    """Amounts in a line of text, fewer than the table has columns: any of them may be the ones that are not there."""
    cells = [cell for _, cell in tokens if cell.mend is Mend.SPREAD]
    if cells and len(cells) == len(tokens) < len(form.amounts):
        key = f"page {row.row.page} line {row.row.number}"
        for shapes in combinations(form.amounts, len(cells)):
            yield Layout(f"{key}: {shapes}", NEAR, dict(zip(shapes, cells, strict=True)))


def _by_row(form: Form, row: PlacedRow, tokens: Sequence[tuple[int, Placed]]) -> Iterator[Layout]:
    """Amounts printed as one, put onto the free columns about their cell."""
    split = [(j, cell) for j, cell in tokens if cell.mend is Mend.SPLIT]
    if len(split) < 2 or len({cell.cells for _, cell in split}) > 1:
        return
    others = {j: cell for j, cell in tokens if cell.mend is not Mend.SPLIT}
    first = split[0][0]
    below = max((j for j in others if j < first), default=-1)
    above = min((j for j in others if j > first), default=len(form.columns))
    free = [j for j in form.amounts if below < j < above]
    key = f"page {row.row.page} row {row.row.number}"
    for shapes in combinations(free, len(split)):
        cells = others | {j: cell for j, (_, cell) in zip(shapes, split, strict=True)}
        yield Layout(f"{key}: {shapes}", NEAR if first in shapes else FAR, cells)
