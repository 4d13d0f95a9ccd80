"""What a rule makes of a paper, before the arithmetic decides: the problem, the tables as meant, every cell's fate."""

from __future__ import annotations

from dataclasses import dataclass

from normalise.meant import MeantTable
from normalise.stitch import Seam
from rules.accounting import Accounting
from rules.model import Authority
from savings.free import Damage
from savings.schema import Place, Problem

# Of a paper that no rule reads, or that names no council.
NOBODY = Authority(name="")


@dataclass(frozen=True, slots=True)
class Mending:
    """A change made before any sum was looked at: a cell moved, split, joined, or looked up in the rule.

    `what` is "cell", or what was taken from the paper for all figures: "scale", "sign", "year", "authority".
    "tables" is a whole page that another table finder saw better.
    """

    place: Place
    raw: str
    taken: str
    reason: str
    evidence: str
    what: str = "cell"


@dataclass(frozen=True)
class MappedPaper:
    """A paper on the schema, undecided. `damage` proposes what its cells may have been before they were damaged.

    `seams` say of neighbouring tables, mapped or not, whether they were joined and why.
    """

    problem: Problem
    tables: tuple[MeantTable, ...]
    mendings: tuple[Mending, ...]
    accounting: Accounting
    damage: Damage
    problems: tuple[str, ...] = ()
    seams: tuple[Seam, ...] = ()
    authority: Authority = NOBODY
    warnings: tuple[str, ...] = ()
