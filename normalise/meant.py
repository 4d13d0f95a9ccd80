"""A table as meant: header rejoined, pages stitched, rows mended; every row keeps the page that it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.paper import PrintedTable
from normalise.grid import GridRow, full_grid
from normalise.labels import plain
from normalise.numbers import is_amount
from normalise.years import read_years

MAX_HEADER_ROWS = 4


@dataclass(frozen=True, slots=True)
class MeantRow:
    """One row: its page and number there, its sort ("item", …; "" where no rule says), its texts by column."""

    page: int
    number: int
    sort: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeantTable:
    """A whole table. `pieces` are the (page, number) of the tables as printed; `notes` say why they were joined."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[MeantRow, ...]
    pieces: tuple[tuple[int, int], ...]
    notes: tuple[str, ...] = ()


def unmapped(tables: Sequence[PrintedTable]) -> tuple[MeantTable, ...]:
    """Tables that no rule maps, each with its header joined and stitched to the one before where the headers agree."""
    found: list[MeantTable] = []
    for table in tables:
        one = _alone(table)
        if found and _continues(found[-1], one):
            found[-1] = _joined(found[-1], one)
        else:
            found.append(one)
    return tuple(found)


def _alone(table: PrintedTable) -> MeantTable:
    rows = full_grid(table)
    header = _header_rows(rows)
    columns = tuple(" ".join(r.cells[i].text for r in rows[:header] if r.cells[i].text) for i in range(table.width))
    body = tuple(MeantRow(r.page, r.number, "", tuple(c.text for c in r.cells)) for r in rows[header:])
    return MeantTable("", columns, body, ((table.page, table.number),))


def _header_rows(rows: Sequence[GridRow]) -> int:
    """How many rows stand before the first that holds an amount; none where no row does."""
    for count, row in enumerate(rows[: MAX_HEADER_ROWS + 1]):
        if any(is_amount(c.text) and not read_years(c.text) for c in row.filled):
            return count
    return min(1, len(rows) - 1)


def _continues(before: MeantTable, after: MeantTable) -> bool:
    """Whether a table goes on from the one before: the next page, as many columns, the same header or none."""
    if after.pieces[0][0] - before.pieces[-1][0] not in (0, 1) or len(before.columns) != len(after.columns):
        return False
    return [plain(c) for c in before.columns] == [plain(c) for c in after.columns] and any(after.columns)


def _joined(before: MeantTable, after: MeantTable) -> MeantTable:
    page, number = after.pieces[0]
    note = f"page {page}, table {number}: joined, as it repeats the header"
    return MeantTable(
        before.name, before.columns, before.rows + after.rows, before.pieces + after.pieces, (*before.notes, note)
    )
