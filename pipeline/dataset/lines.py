"""lines: one row a saving, its figures side by side, and the worst proof among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import regex

from pipeline.dataset.codebook import FIGURES, LINES, Column, File, Type
from pipeline.dataset.run import Row, Source
from savings.schema import Kind, Measure, Proof, Recurrence, Unit

# What tells lines apart: what their figures have in common.
SHARED = tuple(column.name for column in LINES.columns if column.name not in ("proof", "figures"))
_shared = itemgetter(*SHARED)
# From the best to the worst that can be said of a figure.
WORSE = (Proof.RECONCILED, Proof.UNCHECKED, Proof.AMBIGUOUS, Proof.CONTRADICTED)

# What a figure measures, in the order in which columns stand.
Signature = tuple[str, str, str, str, str, str]
_ORDERS = tuple({str(v): n for n, v in enumerate(values)} for values in (Measure, Kind, Recurrence, Unit))


@dataclass(frozen=True)
class Lines:
    """The lines of a source of figures. `file` has a column for each sort of figure that may occur."""

    source: Source
    file: File
    _columns: dict[Signature, str]

    def rows(self, file: File) -> Iterator[Row]:
        """All rows of one file, lines among them."""
        return self._rows() if file.name == LINES.name else self.source.rows(file)

    def _rows(self) -> Iterator[Row]:
        for shared, figures in groupby(self.source.rows(FIGURES), _shared):
            for group in _side_by_side(figures):
                yield self._line(dict(zip(SHARED, shared, strict=True)), group)

    def _line(self, shared: dict[str, Any], figures: dict[Signature, Row]) -> Row:
        proof = max((row["proof"] for row in figures.values()), key=WORSE.index)
        values = {self._columns[signature]: row["value"] for signature, row in figures.items()}
        empty = dict.fromkeys(self._columns.values())
        return {**shared, "proof": proof, "figures": len(figures), **empty, **values}


def lines_of(source: Source) -> Lines:
    """A source with its lines. Reads all figures once, to see which sorts there are."""
    return lines_with(source, {signature_of(row) for row in source.rows(FIGURES)})


def lines_with(source: Source, signatures: Iterable[Signature]) -> Lines:
    """A source with its lines, where it is known which sorts of figure there are, or what others go beside it."""
    columns = {signature: column_name(signature) for signature in sorted(signatures, key=_order)}
    figures = tuple(_column(signature, name) for signature, name in columns.items())
    return Lines(source, replace(LINES, columns=(*LINES.columns, *figures)), columns)


def _side_by_side(figures: Iterable[Row]) -> Iterator[dict[Signature, Row]]:
    """The figures of one line by what they measure; one that is there twice begins a row of its own."""
    group: dict[Signature, Row] = {}
    for row in figures:
        signature = signature_of(row)
        if signature in group:
            yield group
            group = {}
        group[signature] = row
    if group:
        yield group


def signature_of(row: Row) -> Signature:
    """What a figure measures: year, measure, kind, recurrence, part and unit."""
    return (row["year"], row["measure"], row["kind"], row["recurrence"], row["part"], row["unit"])


def _order(signature: Signature) -> tuple[Any, ...]:
    year, *rest, part, unit = signature
    ranks = [order[name] for order, name in zip(_ORDERS, (*rest, unit), strict=True)]
    return (year, *ranks, part)


def column_name(signature: Signature) -> str:
    """The column of a sort of figure: target_cashable_2007_08; recurrence, part and unit only where they say more."""
    year, measure, kind, recurrence, part, unit = signature
    names = (measure, kind, recurrence, part, "" if unit == Unit.GBP else unit, year.replace("-", "_to_"))
    return "_".join(regex.sub(r"[^\p{L}\p{N}]+", "_", name).strip("_") for name in names if name)


def _column(signature: Signature, name: str) -> Column:
    says = ", ".join(filter(None, signature)) + "; empty where the line has none."
    return Column(name, Type.DECIMAL, says, "")
