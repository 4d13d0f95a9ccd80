"""An undamaged paper: what is true of it, where its figures are printed, and how far its sums reach each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import Path

from benchmarks.readings import Key, PaperRead, read
from benchmarks.sheet import RowPlace, Sheet, Spot, spaced
from extract.read import read_paper
from rules.apply import map_paper
from rules.load import RuleFile, load_rules
from savings.arithmetic import Choice, members
from savings.schema import Decision, How, Identity, Outcome, Problem, Verdict


class Reach(StrEnum):
    """How many identities that hold fix a cell: they would break if it were one printed step more or less.

    CROSSING: two of them share no figure but this one, as a row and a column do. PARALLEL: any two share others, so
    that damage elsewhere may break both.
    """

    NONE = "no sum"
    ONE = "one sum"
    PARALLEL = "two or more, parallel"
    CROSSING = "two or more, crossing"


@dataclass(frozen=True)
class Undamaged:
    """A paper that a rule reads. `reach` and `spots` go by figure; `spots` holds the printed amounts only."""

    path: Path
    rule: RuleFile
    sheet: Sheet
    truth: PaperRead
    reach: Mapping[Key, Reach]
    spots: Mapping[Key, Spot]

    @cached_property
    def keys_at(self) -> Mapping[Spot, Key]:
        """The figure of every grid column, those of empty cells, too: what a moved amount may land on."""
        places = {k: self.truth.mapped.problem.figures[t.figure].place for k, t in self.truth.figures.items()}
        empty = {Spot(RowPlace(p.page, p.row), p.column): k for k, p in places.items() if k not in self.spots}
        return {**empty, **{spot: key for key, spot in self.spots.items()}}

    @cached_property
    def rows(self) -> tuple[RowPlace, ...]:
        """The rows with an amount other than nil: those whose loss loses something."""
        figures = self.truth.figures
        return tuple(dict.fromkeys(spot.row for key, spot in self.spots.items() if figures[key].value))

    def in_row(self, row: RowPlace) -> list[Key]:
        """All figures of a row, in their order; those of empty cells, too."""
        return list(dict.fromkeys(key for spot, key in self.keys_at.items() if spot.row == row))

    @property
    def in_no_sum(self) -> tuple[Key, ...]:
        """The printed figures that no identity counts: nothing can be said of them."""
        return tuple(key for key in self.spots if key not in self.truth.ties)

    @property
    def repairs(self) -> tuple[Decision, ...]:
        """What reconciliation or the layout changed, though nothing was damaged."""
        return tuple(d for d in self.truth.outcome.decisions if d.reading.how in (How.REPAIRED, How.INFERRED))


@lru_cache(maxsize=32)
def undamaged(path: Path) -> Undamaged | None:
    """A paper as it is, or None where no rule reads it. Raises extract.errors.PaperError and rules.years.NoYear."""
    paper = read_paper(path)
    _, rule, _ = map_paper(_rules(), paper)
    if rule is None:
        return None
    sheet = Sheet(spaced(paper))
    truth = read(rule.rule, sheet.paper)
    keys = {t.figure: key for key, t in truth.figures.items()}
    reach = {keys[f]: r for f, r in reaches(truth.mapped.problem, truth.outcome).items()}
    return Undamaged(path, rule, sheet, truth, reach, dict(_spots(sheet, truth)))


def _spots(sheet: Sheet, truth: PaperRead) -> Iterator[tuple[Key, Spot]]:
    """Where each printed amount stands; those that share their cell with others are left out."""
    problem, decisions = truth.mapped.problem, truth.outcome.decisions
    lines = [problem.figures_of_line.get(line.id, ()) for line in problem.lines]
    sources = [[problem.figures[f].source_of(decisions[f].reading) for f in line] for line in lines]
    keys = {taken.figure: key for key, taken in truth.figures.items()}
    pairs = zip((keys[f] for line in lines for f in line), sheet.spots(sources), strict=True)
    found = [(key, spot) for key, spot in pairs if spot and truth.figures[key].value is not None]
    shared = Counter(spot for _, spot in found)
    yield from ((key, spot) for key, spot in found if shared[spot] == 1)


@lru_cache(maxsize=1)
def _rules() -> tuple[RuleFile, ...]:
    return load_rules()


def reaches(problem: Problem, outcome: Outcome) -> dict[int, Reach]:
    """How far the sums of a paper reach each figure, by figure id."""
    choice = Choice(problem).with_changes(
        {d.figure: d.reading for d in outcome.decisions}, {c.line: c.reading for c in outcome.codes}
    )
    holding = [c for c in outcome.checks if c.verdict is Verdict.HOLDS]
    fixing: dict[int, list[frozenset[int]]] = {figure.id: [] for figure in problem.figures}
    for check in holding:
        for figure in dict.fromkeys(check.ties):
            if fixes(choice, check.identity, figure):
                fixing[figure].append(frozenset(check.ties))
    return {figure: _reach(sums) for figure, sums in fixing.items()}


def _reach(sums: Sequence[frozenset[int]]) -> Reach:
    if len(sums) < 2:
        return Reach.ONE if sums else Reach.NONE
    crossing = any(len(one & other) == 1 for one, other in combinations(sums, 2))
    return Reach.CROSSING if crossing else Reach.PARALLEL


def fixes(choice: Choice, identity: Identity, figure: int) -> bool:
    """Whether an identity would break if a figure were one step of its printed precision more or less."""
    reading = choice.reading(figure)
    step = reading.step or _finest(choice, identity)
    nearby = [replace(reading, value=choice.value(figure) + sign * step) for sign in (1, -1)]
    return not any(choice.satisfied_with(identity, {figure: other}) for other in nearby)


def _finest(choice: Choice, identity: Identity) -> Decimal:
    steps = (choice.reading(figure).step for figure in members(identity))
    return min((step for step in steps if step > 0), default=Decimal(1))


def readable(paths: Sequence[Path]) -> Iterator[Undamaged]:
    """Those papers that a rule reads."""
    for path in paths:
        paper = undamaged(path)
        if paper is not None:
            yield paper
