"""What a rule makes of a paper, before the arithmetic decides: the problem, the tables as meant, every cell's fate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from normalise.meant import MeantTable
from savings.schema import Figure, Place, Problem, Reading


@dataclass(frozen=True, slots=True)
class Mending:
    """A change made before any sum was looked at: a cell moved, split, joined, or looked up in the rule."""

    place: Place
    raw: str
    taken: str
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Flagged:
    """A filled cell that was neither mapped nor ignored by name, and why."""

    place: Place
    text: str
    why: str


@dataclass
class Accounting:
    """Strict reading, counted: every filled cell is mapped, ignored by name, or flagged."""

    cells: int = 0
    mapped: int = 0
    ignored: int = 0
    flags: list[Flagged] = field(default_factory=list)

    @property
    def flagged(self) -> int:
        """How many cells are flagged."""
        return len(self.flags)

    @property
    def adds_up(self) -> bool:
        """Whether every cell was accounted for once."""
        return self.cells == self.mapped + self.ignored + self.flagged


@dataclass(frozen=True)
class MappedPaper:
    """A paper on the schema, undecided. `misreadings` proposes what a figure's cell may have been before damage."""

    problem: Problem
    tables: tuple[MeantTable, ...]
    mendings: tuple[Mending, ...]
    accounting: Accounting
    misreadings: Callable[[Figure], Sequence[Reading]]
    problems: tuple[str, ...] = ()
