"""Damage beside the amounts: to the cells that hold AES codes, and to those of a table's header; one cell at a time.

A damaged code is restored where the figures of its line have their values and their code; it is marked or unseen where
they have no code any more, as a sum by code is then broken or not. A damaged header is restored where every figure of
the paper is as it was; otherwise the figure that came off worst says how it went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from benchmarks.judge import Event, Fate, Judged, judge, missed, others
from benchmarks.kinds import CELL_KINDS, Change, Kind
from benchmarks.readings import Key, PaperRead, read
from benchmarks.sheet import Changes, RowPlace, Spot
from benchmarks.trials import TRIES, Plan, Trial
from benchmarks.undamaged import Reach, Undamaged, undamaged
from normalise.marks import one_line
from rules.assemble import assemble
from rules.years import NoYear
from savings.schema import Level

OF_CODES = (Kind.MISREAD, Kind.LOST, Kind.DOUBLED, Kind.SWAPPED, Kind.EMPTIED, Kind.RUN_TOGETHER)
OF_HEADERS = (Kind.MISREAD, Kind.LOST, Kind.EMPTIED, Kind.MOVED, Kind.RUN_TOGETHER, Kind.CUT)


class Beside(StrEnum):
    """What is damaged."""

    CODE = "code"
    HEADER = "header"


KINDS: Mapping[Beside, Sequence[Kind]] = {Beside.CODE: OF_CODES, Beside.HEADER: OF_HEADERS}
Judge = Callable[[PaperRead], tuple[Judged, ...]]


def attempt(what: Beside, plan: Plan) -> Trial | None:
    """Carry out one trial; None where the paper has no such cells or the kind applies to none of them."""
    paper = undamaged(plan.path)
    assert paper is not None
    kind = KINDS[what][plan.number % len(KINDS[what])]
    drawn = _draw(paper, what, kind, plan)
    if drawn is None:
        return None
    spot, change = drawn
    try:
        found = read(paper.rule.rule, paper.sheet.changed(Changes({spot.row: change})))
    except NoYear:
        return Trial(plan.path.name, 1, plan.number, (), unreadable=True)
    figures = _codes(paper, spot, found) if what is Beside.CODE else _all(paper, found)
    row = paper.sheet.rows[spot.row].texts
    printed, damaged = (
        " | ".join(texts[c] for c in sorted(change)) for texts in (row, {**dict(enumerate(row)), **change})
    )
    key = Key(spot.row.page, spot.row.number, Level.ITEM, "", what, "", "", "")
    return Trial(plan.path.name, 1, plan.number, (Event(kind, key, Reach.NONE, printed, damaged, figures),))


def _draw(paper: Undamaged, what: Beside, kind: Kind, plan: Plan) -> tuple[Spot, Change] | None:
    rng, spots = plan.rng, code_spots(paper.path) if what is Beside.CODE else header_spots(paper.path)
    for spot in rng.sample(spots, min(TRIES, len(spots))):
        change = paper.sheet.damage(spot, lambda texts, column: CELL_KINDS[kind](texts, column, rng))
        if change:
            return spot, change
    return None


@lru_cache(maxsize=32)
def code_spots(path: Path) -> tuple[Spot, ...]:
    """Where the codes of lines are printed."""
    paper = undamaged(path)
    assert paper is not None
    return tuple(_code_spots(paper))


def _code_spots(paper: Undamaged) -> Iterator[Spot]:
    for line in paper.truth.mapped.problem.lines:
        row = paper.sheet.rows.get(RowPlace(line.place.page, line.place.row))
        if row and line.raw_code and line.codes:
            columns = [i for i, text in enumerate(row.texts) if one_line(text) == line.raw_code]
            yield from (Spot(row.place, column) for column in columns[:1])


@lru_cache(maxsize=32)
def header_spots(path: Path) -> tuple[Spot, ...]:
    """Where the texts of headers are printed, those of continued tables, too."""
    paper = undamaged(path)
    assert paper is not None
    rows = [row for piece in assemble(paper.rule.rule, paper.sheet.paper).pieces for row in piece.header]
    return tuple(Spot(RowPlace(row.page, row.number), cell.column) for row in rows for cell in row.filled)


def _codes(paper: Undamaged, spot: Spot, found: PaperRead) -> tuple[Judged, ...]:
    printed = (key for key in paper.in_row(spot.row) if paper.truth.figures[key].value is not None)
    judged = tuple(_code(key, paper.truth, found) for key in printed)
    return judged or _all(paper, found)


def _code(key: Key, truth: PaperRead, damaged: PaperRead) -> Judged:
    judged = judge(key, truth, damaged)
    if judged.fate is not Fate.RESTORED or judged.codes[0] == judged.codes[1]:
        return judged
    fate = Fate.MARKED if missed(key, truth, damaged) else Fate.UNSEEN
    return replace(judged, fate=fate, why="its code is lost")


def _all(paper: Undamaged, found: PaperRead) -> tuple[Judged, ...]:
    wrong = tuple(others(paper.truth, found, ()))
    first = next(iter(paper.truth.figures))
    return wrong or (judge(first, paper.truth, found),)
