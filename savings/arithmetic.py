"""Sums as a paper prints them: what a total allows, and whether an identity holds under a choice of readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from savings.schema import CodeReading, Identity, Problem, Reading, Rounding, Term, Verdict

ZERO = Decimal(0)
# Any two printed amounts differ by at least this much, so an open bound can be written as a closed one.
QUANTUM = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The sums, both ends included, that a printed total allows."""

    low: Decimal
    high: Decimal

    def __contains__(self, value: Decimal) -> bool:
        return self.low <= value <= self.high


def bounds(total: Decimal, step: Decimal, rounding: Rounding, part_steps: Iterable[Decimal]) -> Bounds:
    """What the parts of `total` may come to.

    `step` is the precision that the total is printed with, `part_steps` those of its parts; a total printed as finely
    as its parts has nothing to be rounded and must be met exactly. Parts printed more coarsely than the total may each
    be half a step off. All in the figures' unit.
    """
    steps = [s for s in part_steps if s > 0]
    if rounding is Rounding.EXACT or step == 0:
        return Bounds(total, total)
    slack = sum((s / 2 for s in steps if s > step), ZERO)
    if rounding is Rounding.LOOSE:
        slack = sum((s / 2 for s in steps), step / 2)
        return Bounds(total - slack, total + slack)
    if not steps or min(steps) >= step:
        return Bounds(total - slack, total + slack)
    below = ZERO if rounding is Rounding.CUT else step / 2
    above = step / 2 if rounding is Rounding.ROUND else step - QUANTUM
    # Cutting goes towards zero, so for a negative total the open side is below it.
    if total < 0:
        below, above = above, below
    elif total == 0:
        below = above = max(below, above)
    return Bounds(total - below - slack, total + above + slack)


@dataclass(frozen=True)
class Choice:
    """One reading for each figure (by id) and one code for each line that has any (None elsewhere).

    What differs from the cheapest readings is kept apart, so that trying one change on a long paper costs little.
    """

    problem: Problem
    changed: Mapping[int, Reading] = field(default_factory=dict)
    recoded: Mapping[int, CodeReading] = field(default_factory=dict)
    _sums: dict[int, tuple[Decimal, Bounds]] = field(default_factory=dict, compare=False, repr=False)

    def reading(self, figure: int) -> Reading:
        """The reading taken for a figure."""
        return self.changed.get(figure) or self.problem.figures[figure].readings[0]

    def code(self, line: int) -> CodeReading | None:
        """The code taken for a line; None for a line of a layout without codes."""
        codes = self.problem.lines[line].codes
        return self.recoded.get(line) or (codes[0] if codes else None)

    def with_changes(self, readings: Mapping[int, Reading], codes: Mapping[int, CodeReading] | None = None) -> Choice:
        """A copy with some figures and lines (by id) decided otherwise."""
        return Choice(self.problem, {**self.changed, **readings}, {**self.recoded, **(codes or {})})

    def counts(self, term: Term) -> bool:
        """Whether a part takes part in its sum: its line's code is the one asked for, and the cell holds a figure."""
        if self.reading(term.figure).value is None:
            return False
        return term.when_code is None or self.code_of(term.figure) == term.when_code

    def code_of(self, figure: int) -> int | None:
        """The code taken for a figure's line."""
        code = self.code(self.problem.figures[figure].line)
        return None if code is None else code.code

    def value(self, figure: int) -> Decimal:
        """A figure's value, 0 where its cell is taken for empty."""
        return self.reading(figure).value or ZERO

    def found(self, identity: Identity) -> Decimal:
        """What the parts come to."""
        return sum((term.sign * self.value(term.figure) for term in identity.parts if self.counts(term)), ZERO)

    def bounds(self, identity: Identity) -> Bounds:
        """What the parts may come to."""
        total = self.reading(identity.total)
        return bounds(total.value or ZERO, total.step, identity.rounding, self.part_steps(identity))

    def verdict(self, identity: Identity) -> Verdict:
        """Whether an identity holds; none can say without a total, or without a part under a total other than 0."""
        total = self.reading(identity.total).value
        if total is None:
            return Verdict.NOT_CHECKABLE
        if self.found(identity) in self.bounds(identity):
            return Verdict.HOLDS
        return Verdict.BROKEN if any(map(self.counts, identity.parts)) else Verdict.NOT_CHECKABLE

    def satisfied(self, identity: Identity) -> bool:
        """Whether the paper adds up here; an identity that would hold if its empty cells were filled does not."""
        if self.reading(identity.total).value is None:
            return True
        found, allowed = self._sum(identity)
        return found in allowed

    def satisfied_with(self, identity: Identity, changes: Mapping[int, Reading]) -> bool:
        """Whether the paper would add up here if some figures were read otherwise; costs no new sum over all parts."""
        total = changes.get(identity.total) or self.reading(identity.total)
        if total.value is None:
            return True
        found, allowed = self._sum(identity)
        for figure, reading in changes.items():
            for term in self.problem.terms.get((identity.id, figure), ()):
                if term.when_code is None or self.code_of(figure) == term.when_code:
                    found += term.sign * ((reading.value or ZERO) - self.value(figure))
        if identity.total in changes or any(r.step != self.reading(f).step for f, r in changes.items()):
            changed = self.with_changes(changes)
            allowed = bounds(total.value, total.step, identity.rounding, changed.part_steps(identity))
        return found in allowed

    def holds_with(self, identity: Identity, changes: Mapping[int, Reading]) -> bool:
        """Whether an identity would have a total and meet it if some figures were read otherwise."""
        total = changes.get(identity.total) or self.reading(identity.total)
        return total.value is not None and self.satisfied_with(identity, changes)

    def part_steps(self, identity: Identity) -> list[Decimal]:
        """The precisions of the parts that count."""
        return [self.reading(t.figure).step for t in identity.parts if self.counts(t)]

    def _sum(self, identity: Identity) -> tuple[Decimal, Bounds]:
        if identity.id not in self._sums:
            self._sums[identity.id] = (self.found(identity), self.bounds(identity))
        return self._sums[identity.id]


def members(identity: Identity) -> Iterable[int]:
    """The figures that an identity ties, the total first."""
    return chain((identity.total,), (term.figure for term in identity.parts))
