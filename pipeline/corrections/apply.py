"""Decisions applied to a paper before its sums decide: each cell reads as it was settled, if it still is that cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.corrections.model import Answer, Correction, amount, code, near
from pipeline.dataset.keys import measured
from rules.mapped import MappedPaper, Mending
from savings.free import settling
from savings.schema import CodeReading, Figure, How, Line, Problem, Reading


@dataclass(frozen=True)
class Corrected:
    """A paper with decisions applied, and those that fit none of its cells."""

    mapped: MappedPaper
    stale: tuple[Correction, ...] = ()


def corrected(mapped: MappedPaper, corrections: Sequence[Correction]) -> Corrected:
    """Apply the decisions that stand for a paper. One whose cell reads otherwise than it did is never applied."""
    figures: dict[int, Reading] = {}
    codes: dict[int, CodeReading] = {}
    mendings: list[Mending] = []
    stale: list[Correction] = []
    for correction in corrections:
        figure = _cell_of(mapped.problem, correction)
        if figure is None:
            stale.append(correction)
            continue
        if correction.answer is Answer.CODE:
            codes[figure.line] = _code(correction)
        else:
            figures[figure.id] = _reading(figure, correction)
        if correction.answer is Answer.AS_PRINTED:
            mendings.append(_noted(figure, correction))
    problem = _settled(mapped.problem, figures, codes)
    damage = settling(mapped.damage, frozenset(figures), frozenset(codes))
    done = replace(mapped, problem=problem, damage=damage, mendings=(*mapped.mendings, *mendings))
    return Corrected(replace(done, warnings=(*mapped.warnings, *map(_stale, stale))), tuple(stale))


def _cell_of(problem: Problem, correction: Correction) -> Figure | None:
    """The figure whose cell a decision is about; None where there is none, or its text or place is another."""
    box = (correction.box[0], correction.box[1], correction.box[2], correction.box[3]) if correction.box else None
    for figure in problem.figures:
        place = figure.place
        if (place.page, place.row) == (correction.page, correction.row) and measured(figure) == correction.figure:
            source = figure.source_of(figure.readings[0])
            places = [(source.raw, source.place), (figure.raw, figure.place)]
            if any(raw == correction.text and near(box, at) for raw, at in places):
                return figure
    return None


def _reading(figure: Figure, correction: Correction) -> Reading:
    first = figure.readings[0]
    if correction.answer is Answer.AS_PRINTED:
        return replace(first, cost=0)
    step = first.step or Decimal(1)
    values: Mapping[Answer, Decimal | None] = {Answer.NIL: Decimal(0), Answer.NOT_A_FIGURE: None}
    value = amount(correction.value) if correction.answer is Answer.VALUE else values[correction.answer]
    return Reading(value, How.CORRECTED, 0, reason_of(correction), step if value else Decimal(0))


def _code(correction: Correction) -> CodeReading:
    return CodeReading(code(correction.value), How.CORRECTED, 0, reason_of(correction))


def reason_of(correction: Correction) -> str:
    """Who decided, when and why."""
    why = f": {correction.why}" if correction.why else ""
    return f"{correction.who} on {correction.when[:10]}{why}"


def _noted(figure: Figure, correction: Correction) -> Mending:
    reason = f"read right, by {reason_of(correction)}"
    return Mending(figure.place, figure.raw, "as printed", reason, "a person's decision", what="decision")


def _settled(problem: Problem, figures: Mapping[int, Reading], codes: Mapping[int, CodeReading]) -> Problem:
    if not (figures or codes):
        return problem

    def figure_as(figure: Figure) -> Figure:
        return replace(figure, readings=(figures[figure.id],)) if figure.id in figures else figure

    def line_as(line: Line) -> Line:
        return replace(line, codes=(codes[line.id],)) if line.id in codes else line

    return replace(problem, figures=tuple(map(figure_as, problem.figures)), lines=tuple(map(line_as, problem.lines)))


def _stale(correction: Correction) -> str:
    cell = f"page {correction.page} row {correction.row}, {correction.text!r}"
    return f"a correction no longer fits ({cell}, {correction.figure}: {correction.said}): the cell is not what it was"
