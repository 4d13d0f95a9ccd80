"""Strict reading, counted: every filled cell of a paper's tables is mapped, ignored by name, or flagged."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from extract.paper import Box, PrintedTable
from savings.schema import Place


@dataclass(frozen=True, slots=True)
class Flagged:
    """A filled cell that was neither mapped nor ignored by name, and why."""

    place: Place
    text: str
    why: str


@dataclass
class Accounting:
    """What became of the filled cells of a paper."""

    mapped: int = 0
    ignored: int = 0
    flags: list[Flagged] = field(default_factory=list)

    @property
    def flagged(self) -> int:
        """How many cells are flagged."""
        return len(self.flags)

    @property
    def cells(self) -> int:
        """How many filled cells were accounted for."""
        return self.mapped + self.ignored + self.flagged

    def leave_out(self, table: PrintedTable, why: str, *, by_name: bool, but: Collection[tuple[int, int]] = ()) -> None:
        """Account for a table that no table of the rule claims: ignored by name, or else flagged.

        Rows of `but` (page, row) are mapped: sentences in them gave figures.
        """
        for row in table.rows:
            filled = [cell for cell in row.cells if cell.text.strip()]
            if (table.page, row.number) in but:
                self.mapped += len(filled)
            elif by_name:
                self.ignored += len(filled)
            else:
                for cell in filled:
                    place = Place(table.page, row.number, cell.column, box_of(cell.box))
                    self.flags.append(Flagged(place, cell.text, why))


def box_of(box: Box | None) -> tuple[float, float, float, float] | None:
    """A box as the schema has it."""
    return None if box is None else (box.x0, box.top, box.x1, box.bottom)
