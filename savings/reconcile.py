"""The reconciler: which readings make the paper add up, and was that choice forced, free or contradicted?

cheapest readings -> broken identities -> free the cells that stand in them -> solve each independent part
                  -> look for answers as good -> decisions, codes, checks
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from savings.arithmetic import Choice
from savings.free import Damage, Index, independent_parts
from savings.schema import CodeReading, Outcome, Problem
from savings.solve import Model, Part, Solution
from savings.verdict import MARGIN, Alternatives, checks, code_decisions, decisions

# So many answers as good are looked for in one part; beyond them it is ambiguous anyway.
ALTERNATIVES = 6
# After a repair other identities may be seen to be broken; each round frees the cells of those.
ROUNDS = 3


@dataclass(frozen=True)
class Limits:
    """How long reconciliation may take for one paper: seconds on CP-SAT's deterministic clock, near CPU seconds."""

    effort: float = 5.0


def reconcile(problem: Problem, damage: Damage | None = None, limits: Limits | None = None) -> Outcome:
    """Decide every figure and code of a paper and check every identity.

    `damage` proposes what cells may have been before they were damaged; it is asked only for cells in several broken
    identities. The result does not depend on the machine or the clock.
    """
    damage = damage or Damage()
    effort = (limits or Limits()).effort
    index = Index(problem)
    choice = Choice(problem)
    alternatives = Alternatives()
    for _ in range(ROUNDS):
        parts = independent_parts(index, choice, damage)
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
        checks(choice, index.by_figure, damage.misreadings),
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


def _settle(part: Part, choice: Choice, alternatives: Alternatives, effort: float) -> Choice:
    """Take the best answer of a part, and note those that are as good."""
    alternatives.forget(part.figures, part.codes)
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
