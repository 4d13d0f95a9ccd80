"""What each column of a table measures: what the rule says of the column, of its band, and of the whole layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.amounts import Convention, usual_factor
from rules.assemble import Form, Piece
from rules.model import Rule
from savings.schema import Kind, Measure, Recurrence, Unit


@dataclass(frozen=True, slots=True)
class Measured:
    """What the figures of a column measure, with all that bands and the rule add to it."""

    year: str
    measure: Measure
    kind: Kind
    recurrence: Recurrence
    part: str
    convention: Convention
    doubt: str = ""


def measured(rule: Rule, form: Form, pieces: Sequence[Piece], years: Sequence[str]) -> tuple[Measured | None, ...]:
    """What each column of a form measures; None for texts."""
    rows = [row for piece in pieces if piece.form is form for row in piece.rows]
    usual = usual_factor(row.placed.text(j) for j in form.amounts for row in rows)
    return tuple(
        _measure(rule, form, j, years[j], usual) if column.is_figure else None for j, column in enumerate(form.columns)
    )


def _measure(rule: Rule, form: Form, j: int, year: str, usual: int) -> Measured:
    sources = (form.columns[j], form.bands[j], rule)

    def said(key: str, default: object) -> object:
        values = (getattr(source, key, None) for source in sources)
        return next((value for value in values if value is not None), default)

    scale, sign = said("scale", 1), said("sign", 1)
    assert scale == "suffix" or isinstance(scale, int)
    assert isinstance(sign, int)
    convention = Convention(Unit(str(said("unit", Unit.GBP))), sign, "suffix" if scale == "suffix" else scale, usual)
    return Measured(
        year,
        Measure(str(said("measure", Measure.TARGET))),
        Kind(str(said("kind", Kind.TOTAL))),
        Recurrence(str(said("recurrence", ""))),
        str(said("part", "")),
        convention,
        "; ".join(filter(None, (form.table.unsure, getattr(form.bands[j], "unsure", ""), form.columns[j].unsure))),
    )
