"""Trials: a copy of a paper with so many cells damaged, read again and judged. The same for any number of workers.

Each trial draws from a generator of its own, seeded by the run's seed, the paper's name and the trial's number. The
first damage of a trial is of the kind whose turn it is, so that all kinds are tried equally often; others are drawn.
Rows are lost or doubled in trials of one damage only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.judge import Event, Judged, judge, judge_row, lost_codes, others
from benchmarks.kinds import CELL_KINDS, ROW_KINDS, Change, Kind
from benchmarks.readings import Key, PaperRead, read
from benchmarks.sheet import Changes, RowPlace, Spot
from benchmarks.undamaged import Reach, Undamaged, undamaged
from rules.years import NoYear

# So many cells are tried before a kind is said not to apply to a paper.
TRIES = 60
CHUNK = 12


@dataclass(frozen=True)
class Plan:
    """One trial: the paper, how many cells are damaged at once, the trial's number, and the run's seed."""

    path: Path
    at_once: int
    number: int
    seed: int

    @property
    def rng(self) -> Random:
        """The generator that this trial draws from."""
        return Random(f"{self.seed} {self.path.name} {self.at_once} {self.number}")


@dataclass(frozen=True)
class Damage:
    """What is done to one cell, or to one row: the figure meant, and the new texts of the columns touched."""

    kind: Kind
    key: Key
    row: RowPlace
    change: Change = field(default_factory=dict)

    @property
    def is_row(self) -> bool:
        """Whether the whole row is lost or doubled."""
        return self.kind in ROW_KINDS


@dataclass(frozen=True)
class Trial:
    """What came of one trial. `collateral` are figures of undamaged cells that are no longer as they should be."""

    paper: str
    at_once: int
    number: int
    events: tuple[Event, ...]
    collateral: tuple[Judged, ...] = ()
    lost_codes: int = 0
    seconds: float = 0.0
    complete: bool = True
    unreadable: bool = False


def plans(paths: Sequence[Path], at_once: Sequence[int], trials: int, seed: int) -> list[Plan]:
    """The trials of a run: for each paper `trials`, fewer of them with many cells, for each of those says more."""
    weights = [n**-0.5 for n in at_once]
    shares = [max(1, round(trials * w / sum(weights))) for w in weights]
    return [
        Plan(path, n, number, seed)
        for path in paths
        for n, share in zip(at_once, shares, strict=True)
        for number in range(share)
    ]


Attempt = Callable[[Plan], "Trial | None"]


def run(planned: Sequence[Plan], workers: int, way: Attempt | None = None) -> Iterator[Trial]:
    """All trials, in order, carried out in a way that worker processes can import (`attempt`)."""
    chunks = [planned[i : i + CHUNK] for i in range(0, len(planned), CHUNK)]
    carry_out = partial(_chunk, way or attempt)
    if workers == 1:
        yield from (trial for chunk in chunks for trial in carry_out(chunk))
        return
    with ProcessPoolExecutor(workers) as pool:
        for trials in pool.map(carry_out, chunks):
            yield from trials


def _chunk(way: Attempt, chunk: Sequence[Plan]) -> list[Trial]:
    return [trial for plan in chunk if (trial := way(plan)) is not None]


def attempt(plan: Plan) -> Trial | None:
    """Carry out one trial; None where no damage could be done."""
    paper = undamaged(plan.path)
    assert paper is not None
    damages = draw(paper, plan)
    if not damages:
        return None
    copy = paper.sheet.changed(_changes(damages))
    start = time.process_time()
    try:
        found = read(paper.rule.rule, copy)
    except NoYear:
        # The paper is then reported as failed: nothing is published.
        return Trial(plan.path.name, plan.at_once, plan.number, (), unreadable=True)
    seconds = time.process_time() - start
    return _judged(paper, plan, damages, found, seconds)


def draw(paper: Undamaged, plan: Plan) -> list[Damage]:
    """The damages of a trial, no two of which touch the same cell."""
    rng, turn = plan.rng, [*CELL_KINDS, *(ROW_KINDS if plan.at_once == 1 else ())]
    damages: list[Damage] = []
    kinds = [turn[plan.number % len(turn)], *(rng.choice(list(CELL_KINDS)) for _ in range(plan.at_once - 1))]
    for kind in kinds:
        taken = {(d.row, column) for d in damages for column in d.change}
        made = _row_damage(paper, kind, rng) if kind in ROW_KINDS else _cell_damage(paper, kind, rng, taken)
        if made is not None:
            damages.append(made)
    return damages


def _row_damage(paper: Undamaged, kind: Kind, rng: Random) -> Damage | None:
    if not paper.rows:
        return None
    row = rng.choice(paper.rows)
    return Damage(kind, next(key for key, spot in paper.spots.items() if spot.row == row), row)


def _cell_damage(paper: Undamaged, kind: Kind, rng: Random, taken: set[tuple[RowPlace, int]]) -> Damage | None:
    keys = list(paper.spots)
    for key in rng.sample(keys, min(TRIES, len(keys))):
        spot = paper.spots[key]
        change = paper.sheet.damage(spot, lambda texts, column: CELL_KINDS[kind](texts, column, rng))
        if change and taken.isdisjoint((spot.row, column) for column in change):
            return Damage(kind, key, spot.row, change)
    return None


def _changes(damages: Sequence[Damage]) -> Changes:
    texts: dict[RowPlace, dict[int, str]] = {}
    for damage in damages:
        if not damage.is_row:
            texts.setdefault(damage.row, {}).update(damage.change)
    return Changes(
        texts,
        frozenset(d.row for d in damages if d.kind is Kind.ROW_LOST),
        frozenset(d.row for d in damages if d.kind is Kind.ROW_TWICE),
    )


def _judged(paper: Undamaged, plan: Plan, damages: Sequence[Damage], found: PaperRead, seconds: float) -> Trial:
    touched = {key for damage in damages for key in _keys(paper, damage)}
    again = {key._replace(row=key.row + 1) for d in damages if d.kind is Kind.ROW_TWICE for key in _keys(paper, d)}
    return Trial(
        plan.path.name,
        plan.at_once,
        plan.number,
        tuple(_event(paper, damage, found) for damage in damages),
        tuple(others(paper.truth, found, touched | again)),
        lost_codes(paper.truth, found),
        seconds,
        found.outcome.complete,
    )


def _keys(paper: Undamaged, damage: Damage) -> list[Key]:
    """The figures of the cells that a damage touches, the one meant first."""
    if damage.is_row:
        return paper.in_row(damage.row)
    spots = (Spot(damage.row, column) for column in damage.change)
    return list(dict.fromkeys([damage.key, *(paper.keys_at[s] for s in spots if s in paper.keys_at)]))


def _event(paper: Undamaged, damage: Damage, found: PaperRead) -> Event:
    keys = _keys(paper, damage)
    texts = tuple(filter(None, damage.change.values()))
    row = paper.sheet.rows[damage.row].texts
    if damage.is_row:
        amounts = [key for key in keys if key in paper.spots]
        figures = judge_row(amounts, paper.truth, found, twice=damage.kind is Kind.ROW_TWICE)
        return Event(damage.kind, damage.key, _row_reach(paper, amounts), " | ".join(row), "", figures)
    figures = tuple(judge(key, paper.truth, found, texts) for key in keys)
    printed = " | ".join(row[column] for column in sorted(damage.change))
    damaged = " | ".join(text for _, text in sorted(damage.change.items()))
    return Event(damage.kind, damage.key, paper.reach[damage.key], printed, damaged, figures)


def _row_reach(paper: Undamaged, keys: Sequence[Key]) -> Reach:
    """That of the amount that the sums reach best."""
    order = list(Reach)
    values: Mapping[Key, object] = {key: paper.truth.figures[key].value for key in keys}
    return max((paper.reach[key] for key in keys if values[key]), key=order.index, default=Reach.NONE)
