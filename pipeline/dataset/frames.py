"""Rows as pandas frames: typed, in the order of the dataset."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from pipeline.dataset.codebook import Column, File, Type
from pipeline.dataset.run import Row


def frame_of(rows: Iterable[Row], file: File, *, exact: bool = False) -> pd.DataFrame:
    """A frame with a column for each of the file's.

    Enums are categories, whole numbers Int64 (NA where empty), amounts float64, or Decimal with `exact`; texts are
    strings, empty where the paper says nothing.
    """
    held = list(rows)
    return pd.DataFrame(
        {column.name: _series([row[column.name] for row in held], column, exact) for column in file.columns}
    )


def _series(values: list[Any], column: Column, exact: bool) -> pd.Series[Any]:
    if column.type is Type.INTEGER:
        return pd.Series(values, dtype="Int64")
    if column.type is Type.DECIMAL and exact:
        return pd.Series(values, dtype=object)
    if column.type in (Type.DECIMAL, Type.POINTS, Type.SECONDS):
        return pd.Series([float("nan") if value is None else float(value) for value in values], dtype="float64")
    if column.values:
        return pd.Series(pd.Categorical([str(v) or None for v in values], categories=list(column.values)))
    return pd.Series([str(value) for value in values], dtype="str")
