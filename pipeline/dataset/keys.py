"""The key by which checks and repairs name a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEY_COLUMNS = ("page", "row", "year", "measure", "kind", "recurrence", "part")


def figure_key(row: Mapping[str, Any]) -> str:
    """The key of a row of figures, as `pipeline.rows.Rows.key` makes it: page.row.year.measure.kind and so on."""
    texts = (str(row[name]).replace(" ", "_") if name == "part" else str(row[name]) for name in KEY_COLUMNS)
    return ".".join(text for text in texts if text)
