"""The work bench: one paper opened, a figure of it weighed, decisions tried on it. Runs in a process of its own.

What goes in and out is plain data: a hostile paper may take this process down, and nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from pipeline.corrections.apply import corrected
from pipeline.corrections.model import Correction
from pipeline.dataset.keys import figure_key, key_of
from pipeline.printing import amount_text
from pipeline.read import Stages, read_stages
from pipeline.records import plain_value
from pipeline.rows import Rows
from rules.load import RuleFile
from rules.mapped import MappedPaper
from savings.arithmetic import Choice
from savings.free import Index
from savings.reconcile import Limits, reconcile
from savings.schema import DOUBTFUL, Figure, Identity, Outcome, Proof, Reading, Unit, Verdict

# So many papers are kept open, the ones used last.
OPEN = 4
# So many readings are offered, the ones that mend most first; so many parts of a sum are written out.
READINGS, PARTS = 9, 12


class CannotOpen(Exception):
    """A paper that cannot be weighed any more, and what to do about it."""


@dataclass(frozen=True)
class Effect:
    """One sum under one reading: what it is, how it is written out, whether it holds, and whether it did before."""

    name: str
    text: str
    verdict: str
    mended: bool
    broken: bool


@dataclass(frozen=True)
class Option:
    """One reading of a cell: its value, None for no figure; in words; why; whether it is taken; what it does."""

    value: str | None
    said: str
    reason: str
    taken: bool
    effects: tuple[Effect, ...]

    @property
    def holds(self) -> int:
        """How many of its sums hold."""
        return sum(effect.verdict == Verdict.HOLDS for effect in self.effects)


@dataclass(frozen=True)
class Weighed:
    """A figure as it stands now: `proof`, `value` and `raw`, its options, and its sums as they are."""

    value: str
    raw: str
    proof: str
    how: str
    options: tuple[Option, ...]
    sums: tuple[Effect, ...]
    codes: tuple[int, ...] = ()
    code: int | None = None


@dataclass(frozen=True)
class Settled:
    """A paper with decisions applied: what is said of each figure by its key, and which sums hold by where they are."""

    figures: Mapping[str, tuple[str, str, str]]
    sums: Mapping[str, str]
    stale: tuple[str, ...]


# A paper under some decisions: as mapped, as decided, and what there is to say of it.
Decided = tuple[MappedPaper, Outcome, tuple[str, ...]]
# What a decision is compared with is what was shown before it, so that the last few are asked for again.
REMEMBERED = 4


@dataclass(frozen=True)
class _Opened:
    """A paper mapped once, and decided for one set of decisions after the other."""

    stages: Stages
    limits: Limits
    _known: OrderedDict[tuple[str, ...], Decided] = field(default_factory=OrderedDict)

    def decided(self, corrections: Sequence[Correction]) -> Decided:
        asked = tuple(correction.model_dump_json() for correction in corrections)
        if asked not in self._known:
            self._known[asked] = self._decide(corrections)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return self._known[asked]

    def _decide(self, corrections: Sequence[Correction]) -> Decided:
        done = corrected(self.stages.mapped, corrections)
        if done.mapped.problem == self.stages.mapped.problem:
            return done.mapped, self.stages.outcome, done.mapped.warnings
        return done.mapped, reconcile(done.mapped.problem, done.mapped.damage, self.limits), done.mapped.warnings


class Bench:
    """Papers that are open, by path and hash."""

    def __init__(self, rules: Sequence[RuleFile], limits: Limits | None = None) -> None:
        self.rules = rules
        self.limits = limits or Limits()
        self._open: OrderedDict[tuple[str, str], _Opened] = OrderedDict()

    def weigh(self, path: str, digest: str, corrections: Sequence[Correction], key: str) -> Weighed:
        """What a figure, by its key, may read, and what each reading does to its sums. Raises CannotOpen."""
        opened = self._opened(path, digest)
        mapped, outcome, _ = opened.decided(corrections)
        figure = _figure(mapped, key)
        return _Scales(mapped, outcome).weigh(figure, opened.stages.mapped.problem.figures[figure.id])

    def attempt(
        self, path: str, digest: str, corrections: Sequence[Correction], key: str, value: str
    ) -> tuple[Effect, ...]:
        """What a value that a person has typed would do to the sums. Raises CannotOpen."""
        mapped, outcome, _ = self._opened(path, digest).decided(corrections)
        return _Scales(mapped, outcome).attempt(_figure(mapped, key), Decimal(value))

    def settle(self, path: str, digest: str, corrections: Sequence[Correction]) -> Settled:
        """The paper under some decisions. Raises CannotOpen."""
        opened = self._opened(path, digest)
        mapped, outcome, warnings = opened.decided(corrections)
        assert opened.stages.rule is not None
        rows = Rows(opened.stages.paper, opened.stages.rule, mapped, outcome)
        found = ((figure_key(asdict(row)), row) for row in rows.figures())
        figures = {key: (plain_value(row.value), str(row.proof), str(row.how)) for key, row in found}
        sums = {f"{c.identity.name}: {c.identity.where}": str(c.verdict) for c in outcome.checks}
        return Settled(figures, sums, warnings)

    def _opened(self, path: str, digest: str) -> _Opened:
        if (path, digest) not in self._open:
            self._open[path, digest] = _Opened(_stages(Path(path), digest, self.rules, self.limits), self.limits)
            while len(self._open) > OPEN:
                self._open.popitem(last=False)
        self._open.move_to_end((path, digest))
        return self._open[path, digest]


def _stages(path: Path, digest: str, rules: Sequence[RuleFile], limits: Limits) -> Stages:
    if not path.is_file():
        raise CannotOpen(f"{path} is no longer there. Put it back, or start the command where the run was started")
    if sha256(path.read_bytes()).hexdigest() != digest:
        raise CannotOpen(f"{path} has changed since the run. Run `savings run` again")
    stages = read_stages(path, rules, limits)
    if stages.rule is None:
        raise CannotOpen(f"no rule fits {path} any more. Give the rules that the run was given, with --rules")
    return stages


def _figure(mapped: MappedPaper, key: str) -> Figure:
    for figure in mapped.problem.figures:
        if key_of(figure) == key:
            return figure
    raise CannotOpen("the paper is now read otherwise: rules or program have changed. Run `savings run` again")


class _Scales:
    """A decided paper on which readings of single figures are tried."""

    def __init__(self, mapped: MappedPaper, outcome: Outcome) -> None:
        self.mapped = mapped
        self.outcome = outcome
        readings = {d.figure: d.reading for d in outcome.decisions}
        self.choice = Choice(mapped.problem).with_changes(readings, {c.line: c.reading for c in outcome.codes})
        self.identities = Index(mapped.problem).by_figure

    def weigh(self, figure: Figure, before: Figure) -> Weighed:
        """A figure's options; `before` is the figure without decisions, which has all its readings."""
        decision = self.outcome.decisions[figure.id]
        line = self.mapped.problem.lines[figure.line]
        code = self.choice.code(line.id)
        return Weighed(
            value="" if decision.reading.value is None else plain_value(decision.reading.value),
            raw=figure.source_of(decision.reading).raw,
            proof=str(decision.proof),
            how=str(decision.reading.how),
            options=tuple(self._options(figure, before)),
            sums=tuple(self._effects(figure, decision.reading)),
            codes=tuple(c.code for c in line.codes if c.code is not None),
            code=code.code if code else None,
        )

    def attempt(self, figure: Figure, value: Decimal) -> tuple[Effect, ...]:
        """What a value would do."""
        step = figure.readings[0].step or Decimal(1)
        taken = self.outcome.decisions[figure.id].reading
        return tuple(self._effects(figure, replace(taken, value=value, step=step)))

    def _options(self, figure: Figure, before: Figure) -> list[Option]:
        taken = self.outcome.decisions[figure.id].reading
        found = [self._option(figure, reading, reading.value == taken.value) for reading in self._readings(before)]
        found.sort(key=lambda option: (not option.taken, -option.holds))
        return found[:READINGS]

    def _readings(self, figure: Figure) -> Iterator[Reading]:
        """What the cell may say, what would mend its sums, and what explains the paper as well; each value once."""
        decision = self.outcome.decisions[figure.id]
        slips = [r for r in self.mapped.damage.misreadings(figure) if self._mends(figure, r)]
        seen: set[Decimal | None] = set()
        for reading in (decision.reading, *figure.readings, *decision.others, *slips, *self._asked(figure)):
            if reading.value not in seen:
                seen.add(reading.value)
                yield reading

    def _asked(self, figure: Figure) -> Iterator[Reading]:
        """What each sum that does not hold asks of the cell."""
        taken = self.outcome.decisions[figure.id].reading
        step = figure.readings[0].step or Decimal(1)
        for identity in self.identities[figure.id]:
            if self.choice.satisfied(identity):
                continue
            lacking = self.choice.value(identity.total) - self.choice.found(identity)
            own = sum(t.sign for t in self.mapped.problem.terms.get((identity.id, figure.id), ()))
            change = -lacking if identity.total == figure.id else lacking * own
            value = (taken.value or Decimal(0)) + change
            yield replace(taken, value=value, reason=f"what is asked by {identity.where}", step=step)

    def _mends(self, figure: Figure, reading: Reading) -> bool:
        changes = {figure.id: reading}
        return any(
            self.choice.satisfied_with(i, changes) and not self.choice.satisfied(i) for i in self.identities[figure.id]
        )

    def _option(self, figure: Figure, reading: Reading, taken: bool) -> Option:
        said = "no figure" if reading.value is None else _said(reading.value, figure.unit)
        value = None if reading.value is None else plain_value(reading.value)
        return Option(value, said, reading.reason, taken, tuple(self._effects(figure, reading)))

    def _effects(self, figure: Figure, reading: Reading) -> Iterator[Effect]:
        changed = self.choice.with_changes({figure.id: reading})
        for identity in self.identities[figure.id]:
            before, after = self.choice.verdict(identity), changed.verdict(identity)
            yield Effect(
                name=f"{identity.name}: {identity.where}",
                text=self._written_out(changed, identity, figure),
                verdict=str(after),
                mended=after is Verdict.HOLDS is not before,
                broken=before is Verdict.HOLDS is not after,
            )

    def _written_out(self, choice: Choice, identity: Identity, figure: Figure) -> str:
        parts = [(t.figure, t.sign * choice.value(t.figure)) for t in identity.parts if choice.counts(t)]
        parts = [part for part in parts if part[1] or part[0] == figure.id]
        parts.sort(key=lambda part: (part[0] != figure.id, -abs(part[1])))
        shown = " + ".join(_part(value, own=f == figure.id) for f, value in parts[:PARTS]) or "0"
        if rest := parts[PARTS:]:
            shown += f" + {amount_text(sum((v for _, v in rest), Decimal(0)))} for {len(rest)} more"
        total = choice.reading(identity.total).value
        if total is None:
            return f"{shown} = {amount_text(choice.found(identity))}; no total is printed"
        relation = "=" if choice.found(identity) == total else "≈" if choice.satisfied(identity) else "≠"
        printed = _part(total, own=identity.total == figure.id)
        return f"{shown} = {amount_text(choice.found(identity))} {relation} {printed}"


def _part(value: Decimal, *, own: bool) -> str:
    text = amount_text(value)
    return f"[{text}]" if own else f"({text})" if value < 0 else text


def _said(value: Decimal, unit: Unit) -> str:
    text = amount_text(value)
    if unit is Unit.PERCENT:
        return f"{text}%"
    return text if unit is Unit.COUNT else f"-£{text[1:]}" if value < 0 else f"£{text}"


def changes_between(before: Settled, after: Settled) -> list[str]:
    """What a decision did to the rest of its paper, in words."""
    said = []
    mended = [name for name, verdict in after.sums.items() if verdict == Verdict.HOLDS != before.sums.get(name)]
    hurt = [name for name, verdict in after.sums.items() if verdict != Verdict.HOLDS == before.sums.get(name)]
    moved = {
        key: (before.figures.get(key), now) for key, now in after.figures.items() if before.figures.get(key) != now
    }
    settled = sum(
        now[1] == Proof.RECONCILED and (was is None or was[1] != Proof.RECONCILED) for was, now in moved.values()
    )
    doubtful = sum(now[1] in DOUBTFUL and (was is None or was[1] != now[1]) for was, now in moved.values())
    values = [key for key, (was, now) in moved.items() if was is not None and was[0] != now[0]]
    if mended:
        said.append(f"{_count(len(mended), 'sum')} now {_holds(len(mended))}: {'; '.join(mended[:3])}")
    if hurt:
        said.append(f"{_count(len(hurt), 'sum')} no longer {_holds(len(hurt))}: {'; '.join(hurt[:3])}")
    if settled:
        said.append(f"{_count(settled, 'figure')} now reconciled")
    if doubtful:
        said.append(f"{_count(doubtful, 'figure')} now in doubt")
    if len(values) > 1:
        said.append(f"{_count(len(values), 'figure')} with another value")
    return said or ["No sum and no other figure changed"]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _holds(number: int) -> str:
    return "holds" if number == 1 else "hold"
