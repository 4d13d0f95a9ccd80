"""The reconciler: which readings make the paper add up, and was that choice forced, free or contradicted?

cheapest readings -> broken identities -> free the cells that stand in them -> solve each independent part
                  -> look for answers as good -> decisions, codes, checks
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from savings.arithmetic import Choice
from savings.free import WAY, Damage, Index, Refused, independent_parts, refusing
from savings.schema import CodeReading, Outcome, Problem, Reading, Verdict
from savings.solve import BROKEN, Model, Part, Solution
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
    refused: Refused = frozenset()
    for _ in range(ROUNDS):
        choice, alternatives = _settled(index, refusing(damage, refused), effort)
        unconfirmed = _unconfirmed(index, choice)
        if not unconfirmed:
            break
        refused |= unconfirmed
    else:
        choice, alternatives = _settled(index, Damage(), effort)
    _note_open_codes(index, choice, alternatives)
    choice = _by_analogy(choice, alternatives)
    return Outcome(
        decisions(choice, index.by_figure, alternatives),
        code_decisions(choice, alternatives),
        checks(choice, index.by_figure, damage.misreadings),
        complete=not alternatives.undecided,
    )


def _settled(index: Index, damage: Damage, effort: float) -> tuple[Choice, Alternatives]:
    """The best readings that can be had with some damage allowed for, and what is as good."""
    choice = Choice(index.problem)
    alternatives = Alternatives()
    for _ in range(ROUNDS):
        parts = independent_parts(index, choice, damage)
        changed = choice
        for part in parts:
            changed = _settle(part, changed, alternatives, effort / len(parts))
        if (changed.changed, changed.recoded) == (choice.changed, choice.recoded):
            break
        choice = changed
    return choice, alternatives


def _unconfirmed(index: Index, choice: Choice) -> Refused:
    """Repairs of damage that no two crossing sums bear out once all is settled: (figure, value) of each.

    Several repairs can add up by chance; each must be needed by two sums that say so independently of each other.
    """
    groups: dict[str, dict[int, Reading]] = defaultdict(dict)
    for figure, reading in choice.changed.items():
        if _is_damage(reading):
            groups[reading.bundle or f"figure {figure}"][figure] = reading
    found: set[tuple[int, Decimal | None]] = set()
    for group in groups.values():
        undone = {figure: index.problem.figures[figure].readings[0] for figure in group}
        touched = {i.id: i for figure in group for i in index.by_figure[figure]}.values()
        before = choice.with_changes(undone)
        needing = [i for i in touched if choice.verdict(i) is Verdict.HOLDS is not before.verdict(i)]
        if not index.cross(group.keys(), needing):
            found |= {(figure, reading.value) for figure, reading in group.items()}
    return frozenset(found)


def _note_open_codes(index: Index, choice: Choice, alternatives: Alternatives) -> None:
    """Codes that no sum was asked about: other readings at nearly the same price that no sum would mind."""
    for line in index.problem.lines:
        taken = choice.code(line.id)
        if taken is None or len(line.codes) < 2 or alternatives.codes.get(line.id):
            continue
        for code in line.codes:
            if code.code == taken.code or code.cost > taken.cost + MARGIN:
                continue
            other = choice.with_changes({}, {line.id: code})
            if all(other.satisfied(i) or not choice.satisfied(i) for i in index.by_line[line.id]):
                alternatives.codes[line.id].append(code)


def _is_damage(reading: Reading) -> bool:
    """Whether a reading takes the cell, or its row, for damaged."""
    return reading.cost >= BROKEN or reading.bundle.startswith(WAY)


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
    # Each repair's price may be off by the margin.
    repairs = {r.bundle or str(f) for f, r in best.readings.items() if _is_damage(r)}
    margin = MARGIN * max(1, len(repairs))
    for _ in range(ALTERNATIVES):
        model.exclude(last)
        rival = model.solve(effort)
        if rival is None:
            return rivals if model.exhausted else None
        if rival.cost > best.cost + margin:
            break
        rivals.append(rival)
        last = rival
    return rivals
