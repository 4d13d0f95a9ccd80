"""The key by which checks, repairs and decisions name a figure: page.row.year.measure.kind, and so on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from savings.schema import Figure

KEY_COLUMNS = ("page", "row", "year", "measure", "kind", "recurrence", "part")


def figure_key(row: Mapping[str, Any]) -> str:
    """The key of a row of figures; recurrence and part only where there are any."""
    return _joined(row[name] for name in KEY_COLUMNS)


def key_of(figure: Figure) -> str:
    """The key of a figure of a paper."""
    return f"{figure.place.page}.{figure.place.row}.{measured(figure)}"


def measured(figure: Figure) -> str:
    """What a figure measures: the end of its key, without its place."""
    return _joined((figure.year, figure.measure, figure.kind, figure.recurrence, figure.part))


def _joined(parts: Iterable[object]) -> str:
    return ".".join(str(part).replace(" ", "_") for part in parts if str(part))
