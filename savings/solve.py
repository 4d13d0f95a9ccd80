"""One independent part of a paper as an integer programme: which readings make the most identities hold?

OR-tools CP-SAT with one worker and a fixed seed, bounded by its deterministic clock, so that the same paper gives the
same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from savings.arithmetic import QUANTUM, Choice, bounds
from savings.schema import CodeReading, Identity, Reading, Rounding, Term

# OR-tools brings pandas with it, 90 MB and most of a second: loaded where there is something to solve, not before.
if TYPE_CHECKING:
    from ortools.sat.python import cp_model

# What a broken identity costs. A change of one digit costs more than one and less than two of them (see
# normalise.misreadings), so that such a repair must mend at least two identities before it pays.
BROKEN = 10
# Tenths of a penny, thousandths of a per cent: finer than any paper prints.
SCALE = 1 / QUANTUM


@dataclass(frozen=True)
class Part:
    """An independent part: the cells that are free, with their readings, and every identity that they touch."""

    figures: Mapping[int, Sequence[Reading]]
    codes: Mapping[int, Sequence[CodeReading]]
    identities: Sequence[Identity]


@dataclass(frozen=True)
class Solution:
    """Readings and codes taken for the free cells of a part, by figure and line id, and what they cost."""

    readings: Mapping[int, Reading]
    codes: Mapping[int, CodeReading]
    cost: int


class Model:
    """The integer programme of one part. `solve` may be called again after `exclude`, for the next best answer."""

    def __init__(self, part: Part, fixed: Choice) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415

        self.part = part
        self.fixed = fixed
        self.model = cp_model.CpModel()
        self.exhausted = False
        self.bundles: dict[str, cp_model.IntVar] = {}
        self.costs: list[tuple[int, cp_model.IntVar]] = []
        self.takes = {f: [self._literal(r, f"f{f}.{k}") for k, r in enumerate(rs)] for f, rs in part.figures.items()}
        self.has_code = {i: [self._literal(c, f"c{i}.{k}") for k, c in enumerate(cs)] for i, cs in part.codes.items()}
        for literals in [*self.takes.values(), *self.has_code.values()]:
            self.model.add_exactly_one(literals)
        self.broken = [self._identity(identity) for identity in part.identities]
        self.cost = sum(c * x for c, x in self.costs) + sum(BROKEN * b for b in self.broken)
        self.model.minimize(self.cost)

    def _literal(self, reading: Reading | CodeReading, name: str) -> cp_model.IntVar:
        """One variable per reading; those of a bundle share theirs, and its cost counts once."""
        if reading.bundle and reading.bundle in self.bundles:
            return self.bundles[reading.bundle]
        literal = self.model.new_bool_var(name)
        if reading.bundle:
            self.bundles[reading.bundle] = literal
        if reading.cost:
            self.costs.append((reading.cost, literal))
        return literal

    def _identity(self, identity: Identity) -> cp_model.IntVar:
        broken = self.model.new_bool_var(f"i{identity.id}")
        found = self._found(identity)
        free = self.part.figures.get(identity.total)
        steps = [self._finest(t.figure) for t in identity.parts if self._may_count(t)]
        if free is None:
            self._bound(found, self.fixed.reading(identity.total), identity.rounding, steps, [~broken])
            return broken
        for reading, taken in zip(free, self.takes[identity.total], strict=True):
            self._bound(found, reading, identity.rounding, steps, [~broken, taken])
        return broken

    def _may_count(self, term: Term) -> bool:
        """Whether some reading of its line's code lets a part count."""
        line = self.fixed.problem.figures[term.figure].line
        codes = self.part.codes.get(line)
        if term.when_code is None:
            return True
        return (
            any(c.code == term.when_code for c in codes) if codes else self.fixed.code_of(term.figure) == term.when_code
        )

    def _finest(self, figure: int) -> Decimal:
        """The finest precision that a figure may have been printed with."""
        free = self.part.figures.get(figure, (self.fixed.reading(figure),))
        return min((r.step for r in free if r.step > 0), default=Decimal(0))

    def _bound(
        self,
        found: cp_model.LinearExprT,
        total: Reading,
        rounding: Rounding,
        steps: Sequence[Decimal],
        when: list[cp_model.BoolVarT],
    ) -> None:
        if total.value is None:
            return
        allowed = bounds(total.value, total.step, rounding, steps)
        low, high = integer(allowed.low), integer(allowed.high)
        self.model.add_linear_constraint(found, low, high).only_enforce_if(*when)

    def _found(self, identity: Identity) -> cp_model.LinearExprT:
        constant = 0
        terms: list[tuple[int, cp_model.IntVar]] = []
        for term in identity.parts:
            line = self.fixed.problem.figures[term.figure].line
            uncertain = term.when_code is not None and line in self.part.codes
            if not uncertain and term.when_code is not None and self.fixed.code_of(term.figure) != term.when_code:
                continue
            when = self._code_is(line, term.when_code) if uncertain and term.when_code is not None else None
            pairs = self._values(term.figure, term.sign)
            if isinstance(pairs, int):
                if when is None:
                    constant += pairs
                else:
                    terms.append((pairs, when))
            else:
                terms += pairs if when is None else [(v, self._both(x, when)) for v, x in pairs]
        return sum(value * literal for value, literal in terms if value) + constant

    def _values(self, figure: int, sign: int) -> int | list[tuple[int, cp_model.IntVar]]:
        """A figure's part of a sum: a constant, or its values each with the literal that takes it."""
        free = self.part.figures.get(figure)
        if free is None:
            return sign * integer(self.fixed.value(figure))
        return [(sign * integer(r.value or Decimal(0)), x) for r, x in zip(free, self.takes[figure], strict=True)]

    def _code_is(self, line: int, code: int | None) -> cp_model.IntVar:
        """The literal that says that a line has a code; one that is false where no reading says so."""
        pairs = zip(self.part.codes[line], self.has_code[line], strict=True)
        return self._either([literal for reading, literal in pairs if reading.code == code])

    def _both(self, one: cp_model.IntVar, other: cp_model.IntVar) -> cp_model.IntVar:
        both = self.model.new_bool_var(f"{one.name}&{other.name}")
        self.model.add_bool_and(one, other).only_enforce_if(both)
        self.model.add_bool_or(~one, ~other, both)
        return both

    def solve(self, effort: float) -> Solution | None:
        """The best answer; None where `effort` (seconds on CP-SAT's deterministic clock) did not suffice.

        None, too, where every answer was excluded; `exhausted` says so.
        """
        from ortools.sat.python import cp_model  # noqa: PLC0415

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = effort
        status = solver.solve(self.model)
        self.exhausted = status == cp_model.INFEASIBLE
        if status != cp_model.OPTIMAL:
            return None
        return Solution(
            {f: rs[_taken(solver, self.takes[f])] for f, rs in self.part.figures.items()},
            {i: cs[_taken(solver, self.has_code[i])] for i, cs in self.part.codes.items()},
            round(solver.objective_value),
        )

    def exclude(self, solution: Solution) -> None:
        """Forbid an answer's values, so that the next one differs in at least one figure or code."""
        same = [self._takes_value(f, r) for f, r in solution.readings.items()]
        same += [self._code_is(i, c.code) for i, c in solution.codes.items()]
        self.model.add_bool_or([~literal for literal in same])

    def _takes_value(self, figure: int, reading: Reading) -> cp_model.IntVar:
        pairs = zip(self.part.figures[figure], self.takes[figure], strict=True)
        return self._either([literal for r, literal in pairs if r.value == reading.value])

    def _either(self, literals: Sequence[cp_model.IntVar]) -> cp_model.IntVar:
        """A literal that is true where one of several that exclude each other is."""
        if len(literals) == 1:
            return literals[0]
        either = self.model.new_bool_var("")
        self.model.add(sum(literals) == either)
        return either


def integer(value: Decimal) -> int:
    """A value as the whole number that the programme counts in."""
    return int(value * SCALE)


def _taken(solver: cp_model.CpSolver, literals: Sequence[cp_model.IntVar]) -> int:
    return next(k for k, literal in enumerate(literals) if solver.boolean_value(literal))
