"""What the arithmetic says in the end: a proof for each figure, a verdict and suspects for each identity.

A figure counts as reconciled only where an identity *fixes* it: the smallest misreading that could be printed in its
place would break a sum that holds, and so would the same amount standing in an empty cell of its line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from savings.arithmetic import Choice, members
from savings.schema import (
    Check,
    CodeDecision,
    CodeReading,
    Decision,
    Figure,
    How,
    Identity,
    Proof,
    Reading,
    Suspect,
    Verdict,
)

ByFigure = Mapping[int, Sequence[Identity]]
Misreadings = Callable[[Figure], Sequence[Reading]]

SUSPECTS = 5
# A reading that costs this little more explains the paper as well: prices of readings are no finer than that.
MARGIN = 3
# A value that no known misreading leads to: possible, but named last.
UNLIKE = 30
EMPTY = Reading(None, How.PRINTED)


@dataclass
class Alternatives:
    """Values that explain the paper as well as those taken, by figure and by line; and figures left undecided."""

    readings: dict[int, list[Reading]] = field(default_factory=lambda: defaultdict(list))
    codes: dict[int, list[CodeReading]] = field(default_factory=lambda: defaultdict(list))
    undecided: set[int] = field(default_factory=set)

    def forget(self, figures: Iterable[int], codes: Iterable[int]) -> None:
        """Drop what was noted of some figures and lines: they are decided anew."""
        for figure in figures:
            self.readings.pop(figure, None)
            self.undecided.discard(figure)
        for line in codes:
            self.codes.pop(line, None)


def decisions(choice: Choice, by_figure: ByFigure, alternatives: Alternatives) -> tuple[Decision, ...]:
    """The reading taken for each figure, and its proof."""
    inferred = {
        i.total: _inferred(choice, i) for i in choice.problem.identities if i.infers and _lacks_total(choice, i)
    }
    return tuple(
        Decision(figure.id, inferred[figure.id], Proof.AMBIGUOUS if figure.doubt else Proof.UNCHECKED)
        if figure.id in inferred
        else _decision(choice, figure, by_figure, alternatives)
        for figure in choice.problem.figures
    )


def _lacks_total(choice: Choice, identity: Identity) -> bool:
    return choice.reading(identity.total).value is None and any(map(choice.counts, identity.parts))


def _inferred(choice: Choice, identity: Identity) -> Reading:
    """What the parts of a sum come to, for a total that is not printed."""
    step = max(choice.part_steps(identity), default=Decimal(0))
    return Reading(
        choice.found(identity), How.INFERRED, 0, f"not printed; the parts of {identity.name!r} come to it", step
    )


def _decision(choice: Choice, figure: Figure, by_figure: ByFigure, alternatives: Alternatives) -> Decision:
    reading = choice.reading(figure.id)
    others = tuple(alternatives.readings.get(figure.id, ()))
    said = proof(choice, figure, by_figure)
    if said is Proof.UNCHECKED and not others:
        others = _as_good(choice, figure, by_figure)
    undecided = figure.id in alternatives.undecided or alternatives.codes.get(figure.line)
    doubtful = others or undecided or figure.doubt or (figure.contested and said is Proof.UNCHECKED)
    if doubtful and said is not Proof.CONTRADICTED:
        said = Proof.AMBIGUOUS
    return Decision(figure.id, reading, said, others)


def _as_good(choice: Choice, figure: Figure, by_figure: ByFigure) -> tuple[Reading, ...]:
    """Other readings of a figure that no sum fixes, at nearly the same price, and none of its sums would mind."""
    taken = choice.reading(figure.id)
    return tuple(
        r
        for r in figure.readings
        if r.value != taken.value
        and r.cost <= taken.cost + MARGIN
        and all(
            choice.holds_with(i, {figure.id: r}) or choice.verdict(i) is not Verdict.HOLDS
            for i in by_figure.get(figure.id, ())
        )
    )


def code_decisions(choice: Choice, alternatives: Alternatives) -> tuple[CodeDecision, ...]:
    """The code taken for each line that has one."""
    pairs = ((line.id, choice.code(line.id)) for line in choice.problem.lines)
    others = alternatives.codes
    return tuple(CodeDecision(line, code, tuple(others.get(line, ()))) for line, code in pairs if code is not None)


def proof(choice: Choice, figure: Figure, by_figure: ByFigure) -> Proof:
    """What the identities that a figure stands in say of it."""
    identities = [i for i in by_figure.get(figure.id, ()) if _takes_part(choice, i, figure.id)]
    verdicts = [choice.verdict(i) for i in identities]
    if Verdict.BROKEN in verdicts:
        return Proof.CONTRADICTED
    reading = choice.reading(figure.id)
    if reading.cost and not reading.value:
        # A mark taken for a nil: no sum tells 0 from nothing.
        return Proof.UNCHECKED
    holding = [i for i, verdict in zip(identities, verdicts, strict=True) if verdict is Verdict.HOLDS]
    if any(_fixes(choice, i, figure.id) for i in holding) and not _could_stand_elsewhere(
        choice, figure, by_figure, holding
    ):
        return Proof.RECONCILED
    return Proof.UNCHECKED


def _has_parts(choice: Choice, identity: Identity) -> bool:
    return any(choice.value(t.figure) for t in identity.parts if choice.counts(t))


def _takes_part(choice: Choice, identity: Identity, figure: int) -> bool:
    if identity.total == figure:
        return choice.reading(figure).value is not None
    return any(t.figure == figure and choice.counts(t) for t in identity.parts)


def _fixes(choice: Choice, identity: Identity, figure: int) -> bool:
    """Whether the identity would break if the figure were one step of its printed precision more or less.

    A sum that is met only within a tolerance does not bear out a reading that departs from the print.
    """
    reading = choice.reading(figure)
    allowed = choice.bounds(identity)
    if allowed.low != allowed.high and (reading.cost or _is_coarser(choice, figure)):
        return False
    step = reading.step or _finest_step(choice, identity)
    value = choice.value(figure)
    nearby = [replace(reading, value=value + step), replace(reading, value=value - step)]
    return not any(choice.satisfied_with(identity, {figure: other}) for other in nearby)


def _is_coarser(choice: Choice, figure: int) -> bool:
    """Whether most other figures of the line are printed more finely: a digit may be lost, and no sum would mind."""
    siblings = choice.problem.siblings(choice.problem.figures[figure])
    steps = [s for f in siblings if (s := choice.reading(f).step) > 0]
    finer = sum(step < choice.reading(figure).step for step in steps)
    return 2 * finer > len(steps)


def _finest_step(choice: Choice, identity: Identity) -> Decimal:
    steps = [choice.reading(f).step for f in members(identity)]
    return min((s for s in steps if s > 0), default=Decimal(1))


def _could_stand_elsewhere(choice: Choice, figure: Figure, by_figure: ByFigure, holding: Sequence[Identity]) -> bool:
    """Whether the amount would do as well in an empty cell of its line: then no sum says which column it is.

    The total of a sum that holds and has parts stands where it belongs.
    """
    reading = choice.reading(figure.id)
    if any(i.total == figure.id and _has_parts(choice, i) for i in holding):
        return False
    for other in choice.problem.siblings(figure):
        if choice.reading(other).value is not None:
            continue
        moved = {figure.id: EMPTY, other: reading}
        touched = {i.id: i for f in moved for i in by_figure.get(f, ())}
        if all(choice.satisfied_with(i, moved) for i in touched.values()):
            return True
    return False


def checks(choice: Choice, by_figure: ByFigure, misreadings: Misreadings) -> tuple[Check, ...]:
    """Every identity with its sum, its verdict and, where it is broken, what would mend it."""
    return tuple(_check(choice, identity, by_figure, misreadings) for identity in choice.problem.identities)


def _check(choice: Choice, identity: Identity, by_figure: ByFigure, misreadings: Misreadings) -> Check:
    verdict = choice.verdict(identity)
    counted = [t.figure for t in identity.parts if choice.counts(t)]
    total = choice.reading(identity.total).value
    return Check(
        identity,
        verdict,
        total,
        choice.found(identity) if counted or total is not None else None,
        (identity.total, *counted),
        _suspects(choice, identity, by_figure, misreadings) if verdict is Verdict.BROKEN else (),
        _note(verdict, total),
    )


def _note(verdict: Verdict, total: Decimal | None) -> str:
    if verdict is not Verdict.NOT_CHECKABLE:
        return ""
    return "the total is not printed" if total is None else "no part is printed"


def _suspects(choice: Choice, identity: Identity, by_figure: ByFigure, misreadings: Misreadings) -> tuple[Suspect, ...]:
    """The single figures whose change would mend an identity, those that mend most and look likeliest first."""
    total = choice.value(identity.total)
    surplus = choice.found(identity) - total
    needed = {identity.total: total + surplus}
    needed |= {t.figure: choice.value(t.figure) - t.sign * surplus for t in identity.parts if choice.counts(t)}
    ranked = sorted((_rank(choice, f, v, by_figure, misreadings) for f, v in needed.items()), key=lambda pair: pair[0])
    return tuple(suspect for _, suspect in ranked[:SUSPECTS])


def _rank(
    choice: Choice, figure: int, value: Decimal, by_figure: ByFigure, misreadings: Misreadings
) -> tuple[tuple[int, int, int], Suspect]:
    alike = [r for r in misreadings(choice.problem.figures[figure]) if r.value == value]
    cost, reason = (alike[0].cost, alike[0].reason) if alike else (UNLIKE, "")
    changed = {figure: replace(choice.reading(figure), value=value)}
    identities = by_figure.get(figure, ())
    after = sum(not choice.satisfied_with(i, changed) for i in identities)
    still_broken = after - sum(not choice.satisfied(i) for i in identities)
    return (still_broken, cost, figure), Suspect(figure, value, cost, reason)
