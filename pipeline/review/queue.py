"""What is to be settled, the largest money first, and what has been."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.corrections.model import Cell
from pipeline.corrections.standing import Corrections
from pipeline.dataset.codebook import FIGURES, PAPERS
from pipeline.dataset.keys import figure_key
from pipeline.dataset.run import Row, Source
from savings.schema import DOUBTFUL, Proof, Unit

# From so many pounds on, a figure that no sum decides is worth a look.
LARGE = Decimal(100_000)


@dataclass(frozen=True, slots=True)
class Item:
    """A figure to settle: its number in figures.csv, its row, its key, and where its paper lies."""

    number: int
    row: Row
    key: str
    path: str

    @property
    def cell(self) -> Cell:
        """The cell, as a decision names it."""
        prefix = f"{self.row['page']}.{self.row['row']}."
        return Cell(self.row["sha256"], self.row["page"], self.row["row"], self.key.removeprefix(prefix))

    @property
    def money(self) -> Decimal:
        """What hangs on it."""
        return abs(self.row["value"]) if self.row["unit"] == Unit.GBP else Decimal(0)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items to show: of one paper, authority or proof; empty for all."""

    document: str = ""
    authority: str = ""
    proof: str = ""

    def shows(self, item: Item) -> bool:
        """Whether an item is shown."""
        asked = ((self.document, "document"), (self.authority, "authority"), (self.proof, "proof"))
        return all(not wanted or item.row[name] == wanted for wanted, name in asked)


class Queue:
    """The items of a run in the order in which they are settled."""

    def __init__(self, source: Source) -> None:
        self.items = tuple(sorted(_items(source), key=lambda item: (-item.money, item.number)))
        self.by_number = {item.number: n for n, item in enumerate(self.items)}

    def item(self, number: int) -> Item | None:
        """The item of a figure's number, if it is one."""
        place = self.by_number.get(number)
        return None if place is None else self.items[place]

    def open_items(self, corrections: Corrections, asked: Filter) -> Iterator[Item]:
        """What is still to be settled, in order."""
        settled = {kept.correction.cell for papers in corrections.standing.values() for kept in papers}
        return (item for item in self.items if asked.shows(item) and item.cell not in settled)

    def after(self, number: int, corrections: Corrections, asked: Filter) -> Item | None:
        """The next open item after one, going on from the start at the end."""
        left = [item for item in self.open_items(corrections, asked) if item.number != number]
        place = self.by_number.get(number, -1)
        later = (item for item in left if self.by_number[item.number] > place)
        return next(later, left[0] if left else None)

    def names(self, column: str) -> Sequence[str]:
        """What an item's column may be, for filters."""
        return sorted({str(item.row[column]) for item in self.items})


def _items(source: Source) -> Iterable[Item]:
    paths = {(row["document"], row["sha256"]): row["path"] for row in source.rows(PAPERS)}
    for number, row in enumerate(source.rows(FIGURES), 1):
        large = row["proof"] == Proof.UNCHECKED and row["unit"] == Unit.GBP and abs(row["value"]) >= LARGE
        if row["proof"] in DOUBTFUL or large:
            yield Item(number, row, figure_key(row), paths.get((row["document"], row["sha256"]), ""))
