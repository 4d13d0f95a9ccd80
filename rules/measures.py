"""What each column of a table measures: what the rule says of the column, of its band, and of the whole layout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from extract.paper import Paper
from normalise.numbers import read_amount
from rules.amounts import Convention, usual_factor
from rules.assemble import Form, Piece
from rules.conventions import Taken, scale_of, sign_of
from rules.mapped import Mending
from rules.model import PRINTED, Rule
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
    # Other conventions that the print leaves open, whatever the sums say.
    doubts: tuple[Convention, ...] = ()
    # What was taken from the paper.
    records: tuple[Mending, ...] = ()


Measures = tuple[Measured | None, ...]
Conventions = tuple[Convention, tuple[Convention, ...], tuple[Mending, ...]]


def measured(rule: Rule, form: Form, pieces: Sequence[Piece], years: Sequence[str], paper: Paper) -> Measures:
    """What each column of a form measures; None for texts."""
    own = [piece for piece in pieces if piece.form is form]
    found = _Measuring(rule, form, own, paper)
    return tuple(found.measure(j, years[j]) if c.is_figure else None for j, c in enumerate(form.columns))


@dataclass
class _Measuring:
    rule: Rule
    form: Form
    pieces: Sequence[Piece]
    paper: Paper

    @cached_property
    def factors(self) -> frozenset[int | None]:
        """The scales that the amounts carry themselves."""
        return frozenset(a.factor for text in self.texts for a in read_amount(text)[:1])

    @property
    def texts(self) -> Iterator[str]:
        """The cells of all figures."""
        return (row.placed.text(j) for j in self.form.amounts for piece in self.pieces for row in piece.rows)

    @cached_property
    def usual(self) -> int:
        """The scale that most amounts carry."""
        return usual_factor(self.texts)

    @cached_property
    def sign(self) -> Taken:
        """The sign of a saving, where the paper is to say it."""
        return sign_of(self.form, self.pieces, self.paper)

    def measure(self, j: int, year: str) -> Measured:
        """What one column measures."""
        return _measure(self, j, year)


def _conventions(measuring: _Measuring, j: int, unit: Unit, scale: object, sign: object) -> Conventions:
    """A column's convention, others that the print leaves open, and what was taken from the paper."""
    records: list[Mending] = []
    scales: tuple[int | Literal["suffix"], ...] = ("suffix",)
    if isinstance(scale, int):
        scales = (scale,)
    elif scale == PRINTED and unit is Unit.GBP:
        taken = scale_of(measuring.form, j, measuring.pieces, measuring.paper)
        # Amounts that carry their own scale need no other.
        unsaid = taken.others and not taken.record.raw
        if not (unsaid and measuring.factors - {None}):
            scales = (taken.value, *taken.others)
            records.append(taken.record)
    signs: tuple[int, ...] = (1,)
    if isinstance(sign, int):
        signs = (sign,)
    elif unit is Unit.GBP:
        signs = (measuring.sign.value, *measuring.sign.others)
        records.append(measuring.sign.record)
    found = [Convention(unit, s, each, measuring.usual) for s in signs for each in scales]
    return found[0], tuple(found[1:]), tuple(records)


def _measure(measuring: _Measuring, j: int, year: str) -> Measured:
    rule, form = measuring.rule, measuring.form
    sources = (form.columns[j], form.bands[j], rule)

    def said(key: str, default: object) -> object:
        values = (getattr(source, key, None) for source in sources)
        return next((value for value in values if value is not None), default)

    unit = Unit(str(said("unit", Unit.GBP)))
    convention, doubts, records = _conventions(measuring, j, unit, said("scale", 1), said("sign", 1))
    return Measured(
        year,
        Measure(str(said("measure", Measure.TARGET))),
        Kind(str(said("kind", Kind.TOTAL))),
        Recurrence(str(said("recurrence", ""))),
        str(said("part", "")),
        convention,
        "; ".join(filter(None, (form.table.unsure, getattr(form.bands[j], "unsure", ""), form.columns[j].unsure))),
        doubts,
        records,
    )
