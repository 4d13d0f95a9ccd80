"""The reconciler: which readings make the paper add up, and was that choice forced, free or contradicted?

    cheapest readings -> broken identities -> free the cells that stand in them -> solve each independent part
                      -> look for answers as good -> decisions, codes, checks

Only cells of broken identities are ever free, so a paper that adds up at face value is taken at face value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from savings.arithmetic import Choice, members
from savings.schema import CodeReading, Figure, How, Identity, Outcome, Problem, Reading
from savings.solve import Model, Part, Solution
from savings.verdict import MARGIN, Alternatives, checks, code_decisions, decisions

# So many answers as good are looked for in one part; beyond them it is ambiguous anyway.
ALTERNATIVES = 6
# After a repair other identities may be seen to be broken; each round frees the cells of those.
ROUNDS = 3
# A misread cell is proposed only where it stands in at least so many broken identities, and then only readings that
# mend one of them outright: with several cells damaged, each still has a sum that it alone broke, nearly always.
BROKEN_FOR_MISREADING = 2
# Filling an empty cell costs what a misread digit costs: two identities must ask for it.
FILLING = 15

Misreadings = Callable[[Figure], Sequence[Reading]]


@dataclass(frozen=True)
class Limits:
    """How long reconciliation may take for one paper: seconds on CP-SAT's deterministic clock, near CPU seconds."""

    effort: float = 5.0


def reconcile(problem: Problem, misreadings: Misreadings = lambda _: (), limits: Limits | None = None) -> Outcome:
    """Decide every figure and code of a paper and check every identity.

    `misreadings` proposes what a figure's cell may have been before it was damaged; it is asked only for cells in
    several broken identities. The result does not depend on the machine or the clock.
    """
    effort = (limits or Limits()).effort
    index = Index(problem)
    choice = Choice(problem)
    alternatives = Alternatives()
    for _ in range(ROUNDS):
        parts = independent_parts(index, choice, misreadings)
        changed = choice
        for part in parts:
            changed = _settle(part, changed, alternatives, effort / len(parts))
        if (changed.changed, changed.recoded) == (choice.changed, choice.recoded):
            break
        choice = changed
    choice = _by_analogy(choice, alternatives)
    return Outcome(
        decisions(choice, index.by_figure, alternatives),
        code_decisions(choice, alternatives),
        checks(choice, index.by_figure, misreadings),
        complete=not alternatives.undecided,
    )


def _by_analogy(choice: Choice, alternatives: Alternatives) -> Choice:
    """A code mark that no sum decides is read as the same mark is read wherever a sum does."""
    decided: dict[tuple[str, str], set[int | None]] = defaultdict(set)
    for line in choice.problem.lines:
        code = choice.code(line.id)
        if code and line.raw_code and not alternatives.codes.get(line.id):
            decided[line.table, line.raw_code].add(code.code)
    recoded: dict[int, CodeReading] = {}
    for line in choice.problem.lines:
        meant = decided[line.table, line.raw_code]
        rivals = alternatives.codes.get(line.id)
        if rivals and len(meant) == 1 and line.raw_code:
            same = next((c for c in line.codes if c.code in meant), None)
            if same is not None:
                recoded[line.id] = replace(same, reason=f"{same.reason}, as wherever a sum decides it")
                rivals.clear()
    return choice.with_changes({}, recoded)


class Index:
    """The identities that each figure and each line with a code stands in, and the cells of each bundle."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.by_figure: dict[int, list[Identity]] = defaultdict(list)
        self.by_line: dict[int, list[Identity]] = defaultdict(list)
        for identity in problem.identities:
            for figure in dict.fromkeys(members(identity)):
                self.by_figure[figure].append(identity)
            coded = (problem.figures[t.figure].line for t in identity.parts if t.when_code is not None)
            for line in dict.fromkeys(coded):
                self.by_line[line].append(identity)
        self.bundles: dict[str, set[int]] = defaultdict(set)
        for each in problem.figures:
            for reading in each.readings:
                if reading.bundle:
                    self.bundles[reading.bundle].add(each.id)
        self.bundle_number = {bundle: number for number, bundle in enumerate(self.bundles)}


def independent_parts(index: Index, choice: Choice, misreadings: Misreadings) -> list[Part]:
    """The cells of broken identities that have another reading, in groups that share no identity."""
    broken = {i.id for i in index.problem.identities if not choice.satisfied(i)}
    figures = _free_figures(index, choice, broken, misreadings)
    codes = _free_codes(index, broken)
    groups = Groups()
    for figure in figures:
        groups.join(("f", figure), (("i", i.id) for i in index.by_figure[figure]))
        groups.join(("f", figure), (("b", index.bundle_number[r.bundle]) for r in figures[figure] if r.bundle))
    for line in codes:
        groups.join(("c", line), (("i", i.id) for i in index.by_line[line]))
    return [_part(index, cells, figures, codes) for cells in groups.sorted()]


def _free_figures(
    index: Index, choice: Choice, broken: set[int], misreadings: Misreadings
) -> dict[int, tuple[Reading, ...]]:
    free: dict[int, tuple[Reading, ...]] = {}
    for figure in index.problem.figures:
        touched = [i for i in index.by_figure[figure.id] if i.id in broken]
        readings = figure.readings
        if len(touched) >= BROKEN_FOR_MISREADING:
            slips = (*misreadings(figure), *_fillings(figure, touched, choice))
            readings += tuple(r for r in slips if any(choice.satisfied_with(i, {figure.id: r}) for i in touched))
        if touched and len(readings) > 1:
            free[figure.id] = readings
    for bundle in {r.bundle for readings in free.values() for r in readings if r.bundle}:
        for each in index.bundles[bundle]:
            free.setdefault(each, index.problem.figures[each].readings)
    return dict(sorted(free.items()))


def _fillings(figure: Figure, broken: Sequence[Identity], choice: Choice) -> tuple[Reading, ...]:
    """What an empty cell would have to hold for each of the sums that lack it."""
    if choice.reading(figure.id).value is not None:
        return ()
    signs = {i.id: t.sign for i in broken for t in i.parts if t.figure == figure.id}
    lacking = {
        signs[i.id] * (choice.value(i.total) - choice.found(i)): choice.reading(i.total)
        for i in broken
        if i.id in signs
    }
    reason = "the cell is empty, and the sums that it stands in lack this amount"
    return tuple(Reading(v, How.INFERRED, FILLING, reason, total.step) for v, total in sorted(lacking.items(), key=str))


def _free_codes(index: Index, broken: set[int]) -> dict[int, tuple[CodeReading, ...]]:
    return {
        line.id: line.codes
        for line in index.problem.lines
        if len(line.codes) > 1 and any(i.id in broken for i in index.by_line[line.id])
    }


class Groups:
    """Union-find over cells ("f", figure), ("c", line) and what ties them: identities ("i", …), bundles ("b", …)."""

    def __init__(self) -> None:
        self.parent: dict[tuple[str, int], tuple[str, int]] = {}

    def find(self, node: tuple[str, int]) -> tuple[str, int]:
        """The node that stands for a node's group."""
        self.parent.setdefault(node, node)
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, node: tuple[str, int], others: Iterable[tuple[str, int]]) -> None:
        """Put a node and others into one group."""
        root = self.find(node)
        for other in others:
            self.parent[self.find(other)] = root

    def sorted(self) -> list[list[tuple[str, int]]]:
        """The cells of each group, groups and cells in a stable order."""
        groups: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
        for node in sorted(n for n in self.parent if n[0] in "cf"):
            groups[self.find(node)].append(node)
        return sorted(groups.values())


def _part(
    index: Index,
    cells: Sequence[tuple[str, int]],
    figures: Mapping[int, tuple[Reading, ...]],
    codes: Mapping[int, tuple[CodeReading, ...]],
) -> Part:
    free_figures = {key: figures[key] for kind, key in cells if kind == "f"}
    free_codes = {key: codes[key] for kind, key in cells if kind == "c"}
    touched = {i.id: i for figure in free_figures for i in index.by_figure[figure]}
    touched |= {i.id: i for line in free_codes for i in index.by_line[line]}
    return Part(free_figures, free_codes, [touched[i] for i in sorted(touched)])


def _settle(part: Part, choice: Choice, alternatives: Alternatives, effort: float) -> Choice:
    """Take the best answer of a part, and note those that are as good."""
    model = Model(part, choice)
    best = model.solve(effort)
    if best is None:
        alternatives.undecided |= set(part.figures)
        return choice
    rivals = _rivals(model, best, effort)
    if rivals is None:
        alternatives.undecided |= set(part.figures)
        rivals = []
    for rival in rivals:
        for figure, reading in rival.readings.items():
            if reading.value != best.readings[figure].value and reading not in alternatives.readings[figure]:
                alternatives.readings[figure].append(reading)
        for line, code in rival.codes.items():
            if code.code != best.codes[line].code and code not in alternatives.codes[line]:
                alternatives.codes[line].append(code)
    return choice.with_changes(best.readings, best.codes)


def _rivals(model: Model, best: Solution, effort: float) -> list[Solution] | None:
    """Other answers as good as the best; None where the time did not suffice to look."""
    rivals: list[Solution] = []
    last = best
    for _ in range(ALTERNATIVES):
        model.exclude(last)
        rival = model.solve(effort)
        if rival is None:
            return rivals if model.exhausted else None
        if rival.cost > best.cost + MARGIN:
            break
        rivals.append(rival)
        last = rival
    return rivals
