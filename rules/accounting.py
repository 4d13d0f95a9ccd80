"""Strict reading, counted: every filled cell of a table is mapped, ignored by name, or flagged, and only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from extract.paper import Box, Page, Paper, PrintedTable
from normalise.grid import GridCell, GridRow, full_grid
from savings.schema import Place

# A cell by its page, its row there and its column; a line between tables has the column -1.
CellKey = tuple[int, int, int]
BETWEEN = -1


class Fate(StrEnum):
    """What became of a cell."""

    MAPPED = "mapped"
    IGNORED = "ignored"
    FLAGGED = "flagged"


class AccountingError(AssertionError):
    """Cells of a paper that were lost, or counted twice: a fault of the program that must not go unseen."""

    def __init__(self, paper: str, lost: Collection[CellKey], more: Collection[CellKey]) -> None:
        said = [f"{len(keys)} {what}, the first {_named(min(keys))}" for keys, what in _kinds(lost, more) if keys]
        super().__init__(f"{paper}: the cells do not add up: {'; '.join(said)}")
        self.lost = tuple(sorted(lost))
        self.more = tuple(sorted(more))


def _kinds(lost: Collection[CellKey], more: Collection[CellKey]) -> tuple[tuple[Collection[CellKey], str], ...]:
    return (lost, "are neither mapped nor ignored nor flagged"), (more, "are counted twice or are none of the paper's")


def _named(key: CellKey) -> str:
    return f"on page {key[0]}, row {key[1]}, column {key[2] + 1}"


@dataclass(frozen=True, slots=True)
class Flagged:
    """A filled cell that was neither mapped nor ignored by name, and why.

    `lost` says that a figure may be lost with it: it stands in what the rule reads, and holds an amount or should.
    """

    place: Place
    text: str
    why: str
    lost: bool = False


@dataclass
class Accounting:
    """What became of the filled cells of a paper."""

    fates: dict[CellKey, Fate] = field(default_factory=dict)
    flags: list[Flagged] = field(default_factory=list)
    twice: list[CellKey] = field(default_factory=list)

    @property
    def mapped(self) -> int:
        """How many cells are mapped."""
        return self._count(Fate.MAPPED)

    @property
    def ignored(self) -> int:
        """How many cells are ignored by name."""
        return self._count(Fate.IGNORED)

    @property
    def flagged(self) -> int:
        """How many cells are flagged."""
        return self._count(Fate.FLAGGED)

    @property
    def cells(self) -> int:
        """How many filled cells were accounted for."""
        return len(self.fates)

    def _count(self, fate: Fate) -> int:
        return Counter(self.fates.values())[fate]

    def put(self, key: CellKey, fate: Fate) -> None:
        """Say what became of a cell."""
        if key in self.fates:
            self.twice.append(key)
        self.fates[key] = fate

    def flag(self, key: CellKey, flagged: Flagged) -> None:
        """Flag a cell."""
        self.put(key, Fate.FLAGGED)
        self.flags.append(flagged)

    def leave_out(self, table: PrintedTable, why: str, *, by_name: bool, but: Collection[tuple[int, int]] = ()) -> None:
        """Account for a table that no table of the rule claims: ignored by name, or else flagged.

        Rows of `but` (page, row) are mapped: sentences in them gave figures.
        """
        for row in full_grid(table):
            for cell in row.filled:
                key = key_of(row, cell)
                if (table.page, row.number) in but:
                    self.put(key, Fate.MAPPED)
                elif by_name:
                    self.put(key, Fate.IGNORED)
                else:
                    self.flag(key, Flagged(Place(table.page, row.number, cell.column, box_of(cell.box)), cell.raw, why))

    def check(self, paper: Paper) -> None:
        """See that each filled cell of a paper is accounted for, and just once. Raises AccountingError."""
        # Page by page: the places of all cells at once would take as much memory again as their fates.
        lost = {key for page in paper.pages for key in _cells_of(page) if key not in self.fates}
        count = sum(len(_cells_of(page)) for page in paper.pages)
        if lost or self.twice or count != sum(key[2] != BETWEEN for key in self.fates):
            expected = set[CellKey]().union(*map(_cells_of, paper.pages))
            counted = {key for key in self.fates if key[2] != BETWEEN}
            raise AccountingError(paper.name, lost, (counted - expected) | set(self.twice))


def _cells_of(page: Page) -> set[CellKey]:
    """The places of the filled cells of a page."""
    return {key_of(row, cell) for table in page.tables for row in full_grid(table) for cell in row.filled}


def key_of(row: GridRow, cell: GridCell) -> CellKey:
    """The key of a cell in a row."""
    return row.page, row.number, cell.column


def box_of(box: Box | None) -> tuple[float, float, float, float] | None:
    """A box as the schema has it."""
    return None if box is None else (box.x0, box.top, box.x1, box.bottom)
