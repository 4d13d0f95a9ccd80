"""What a rule makes of a paper, before the arithmetic decides: the problem, the tables as meant, every cell's fate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from normalise.meant import MeantTable
from rules.accounting import Accounting
from savings.schema import Figure, Place, Problem, Reading


@dataclass(frozen=True, slots=True)
class Mending:
    """A change made before any sum was looked at: a cell moved, split, joined, or looked up in the rule."""

    place: Place
    raw: str
    taken: str
    reason: str
    evidence: str


@dataclass(frozen=True)
class MappedPaper:
    """A paper on the schema, undecided. `misreadings` proposes what a figure's cell may have been before damage."""

    problem: Problem
    tables: tuple[MeantTable, ...]
    mendings: tuple[Mending, ...]
    accounting: Accounting
    misreadings: Callable[[Figure], Sequence[Reading]]
    problems: tuple[str, ...] = ()
