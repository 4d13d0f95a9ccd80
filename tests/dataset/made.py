"""Rows of figures as tests make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.dataset.codebook import FIGURES, File, Type
from pipeline.dataset.run import Row

_EMPTY = {Type.INTEGER: None, Type.DECIMAL: None, Type.POINTS: None}


def figure(document: str = "a.pdf", value: int | str = 1000, **texts: Any) -> Row:
    """A row of figures: one item's target total of 2007/08, unless it is said otherwise."""
    row: dict[str, Any] = {column.name: _EMPTY.get(column.type, "") for column in FIGURES.columns}
    usual = {
        "authority": "Exampleton", "sha256": "0", "page": 1, "row": 1, "level": "item", "year": "2007/08",
        "measure": "target", "kind": "total", "unit": "GBP", "how": "printed", "proof": "reconciled", "raw": str(value),
    }  # fmt: skip
    return row | usual | {"document": document, "value": Decimal(value)} | texts


@dataclass(frozen=True)
class Made:
    """A source of rows that a test has made."""

    figures: Sequence[Row]
    others: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    def rows(self, file: File) -> Iterator[Row]:
        """The rows of one file."""
        return iter(self.figures if file.name == FIGURES.name else self.others.get(file.name, ()))
