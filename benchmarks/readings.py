"""What the program makes of one paper: every figure's value by its name, every check's verdict, every flag.

The same for the undamaged paper and for its damaged copies, so that the two can be laid side by side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from extract.paper import Paper
from rules.apply import apply_rule
from rules.mapped import MappedPaper
from rules.model import Rule
from savings.reconcile import reconcile
from savings.schema import Figure, How, Level, Line, Outcome, Place, Proof, Verdict


class Key(NamedTuple):
    """A figure's name: its row and what it measures. `nth` tells apart figures of a row that agree in all that."""

    page: int
    row: int
    level: Level
    year: str
    measure: str
    kind: str
    recurrence: str
    part: str
    nth: int = 0


CheckKey = tuple[str, Key]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken for one figure: value (None: no figure), code of its line, and what is said of it.

    `offered` are all values that were proposed for its cell, `others` those said to be as good.
    """

    value: Decimal | None
    code: int | None
    how: How
    proof: Proof
    raw: str
    figure: int
    others: tuple[Decimal | None, ...] = ()


@dataclass(frozen=True)
class PaperRead:
    """A paper mapped by a rule and reconciled."""

    mapped: MappedPaper
    outcome: Outcome
    figures: Mapping[Key, Taken]
    checks: Mapping[CheckKey, Verdict]
    ties: Mapping[Key, tuple[CheckKey, ...]]

    def flagged(self, page: int, row: int, text: str) -> bool:
        """Whether a text of a row was flagged as found and not used."""
        text = " ".join(text.split())
        return bool(text) and any(
            (f.place.page, f.place.row) == (page, row) and text in " ".join(f.text.split())
            for f in self.mapped.accounting.flags
        )

    def offers(self, key: Key, value: Decimal | None) -> bool:
        """Whether a value was proposed for a figure's cell, as a reading or as what it was before damage."""
        taken = self.figures.get(key)
        if taken is None:
            return False
        problem, damage = self.mapped.problem, self.mapped.damage
        figure = problem.figures[taken.figure]
        ways = damage.rearrangements(problem.lines[figure.line])
        moved = [way.changes[figure.id] for way in ways if figure.id in way.changes]
        return any(r.value == value for r in (*figure.readings, *damage.misreadings(figure), *moved))


def read(rule: Rule, paper: Paper) -> PaperRead:
    """Map and reconcile a paper. Raises rules.years.NoYear."""
    mapped = apply_rule(rule, paper)
    outcome = reconcile(mapped.problem, mapped.damage)
    keys = _keys(mapped)
    checks = {(c.identity.name, keys[c.identity.total]): c for c in outcome.checks}
    ties: dict[Key, list[CheckKey]] = {}
    for name, check in checks.items():
        for figure in dict.fromkeys(check.ties):
            ties.setdefault(keys[figure], []).append(name)
    return PaperRead(
        mapped,
        outcome,
        dict(_taken(mapped, outcome, keys)),
        {name: check.verdict for name, check in checks.items()},
        {key: tuple(names) for key, names in ties.items()},
    )


def _taken(mapped: MappedPaper, outcome: Outcome, keys: Mapping[int, Key]) -> Iterator[tuple[Key, Taken]]:
    codes = {c.line: c.reading.code for c in outcome.codes}
    for figure, decision in zip(mapped.problem.figures, outcome.decisions, strict=True):
        reading = decision.reading
        others = tuple(o.value for o in decision.others)
        code = codes.get(figure.line)
        yield keys[figure.id], Taken(reading.value, code, reading.how, decision.proof, figure.raw, figure.id, others)


def _keys(mapped: MappedPaper) -> dict[int, Key]:
    seen: Counter[Key] = Counter()
    keys = {}
    for figure in mapped.problem.figures:
        key = _key(mapped.problem.lines[figure.line], figure)
        keys[figure.id] = key._replace(nth=seen[key])
        seen[key] += 1
    return keys


def _key(line: Line, figure: Figure) -> Key:
    place: Place = figure.place
    return Key(place.page, place.row, line.level, *figure.signature[:-1])
