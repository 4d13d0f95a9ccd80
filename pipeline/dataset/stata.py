"""Stata: a .dta a table, with labels; long runs in several pieces, to be appended."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import regex

from pipeline.dataset.codebook import Column, File, Type
from pipeline.dataset.run import Row, Source

# The rows of one piece: what a frame of them takes stays well under a gigabyte.
ROWS_OF_A_PIECE = 500_000
# What Stata takes of a name and of a label, in characters.
NAME_LENGTH, LABEL_LENGTH = 32, 80
# Longer texts go into Stata's own long strings; shorter ones have a fixed width each.
_SHORT = 244
_NUMBERS = (Type.INTEGER, Type.DECIMAL, Type.POINTS, Type.SECONDS)


def write(source: Source, files: tuple[File, ...], folder: Path) -> list[str]:
    """Write each file as .dta below a folder; the names written."""
    return [name for file in files for name in _write(source, file, folder)]


def _write(source: Source, file: File, folder: Path) -> Iterator[str]:
    rows = source.rows(file)
    names = stata_names([column.name for column in file.columns])
    number = 1
    while True:
        piece = _columns(islice(rows, ROWS_OF_A_PIECE), file)
        count = len(piece[0])
        if not count and number > 1:
            return
        name = f"{file.name}.dta" if number == 1 else f"{file.name}-{number}.dta"
        _write_piece(piece, file, names, folder / name)
        yield name
        if count < ROWS_OF_A_PIECE:
            return
        number += 1


def _columns(rows: Iterator[Row], file: File) -> list[list[Any]]:
    """The values of each column. Rows are let go of at once, and of equal texts there is one: most are there often."""
    found: list[list[Any]] = [[] for _ in file.columns]
    one: dict[Any, Any] = {}
    for row in rows:
        for column, values in zip(file.columns, found, strict=True):
            value = row[column.name]
            values.append(one.setdefault(value, value))
    return found


def _write_piece(values: list[list[Any]], file: File, names: list[str], path: Path) -> None:
    series = {name: _series(v, column) for name, v, column in zip(names, values, file.columns, strict=True)}
    values.clear()
    frame = pd.DataFrame(series)
    del series
    labels = {name: column.says[:LABEL_LENGTH] for name, column in zip(names, file.columns, strict=True)}
    long = [name for name in names if frame[name].dtype == object and _longest(frame[name]) > _SHORT]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_stata(
            path,
            write_index=False,
            version=118,
            variable_labels=labels,
            convert_strl=long,
            data_label=f"council-savings: {file.name}",
            time_stamp=pd.Timestamp("2000-01-01").to_pydatetime(),
        )


def _longest(texts: pd.Series[Any]) -> int:
    return max((len(text.encode()) for text in texts), default=0)


def _series(values: list[Any], column: Column) -> pd.Series[Any]:
    if column.type in _NUMBERS:
        return pd.Series([float("nan") if v is None else float(v) for v in values], dtype="float64")
    if column.values and values:  # pandas has no categories without a value for Stata.
        return pd.Series(pd.Categorical([v or None for v in values], categories=list(column.values)))
    # Stata's strings end at a NUL.
    return pd.Series([str(v).replace("\x00", "\ufffd") for v in values], dtype=object)


def stata_names(names: list[str]) -> list[str]:
    """Names as Stata takes them: at most 32 letters, digits and underscores, each once."""
    found: list[str] = []
    for name in names:
        plain = regex.sub(r"[^A-Za-z0-9_]", "_", name)
        short, number = plain[:NAME_LENGTH], 2
        while short in found:
            short, number = f"{plain[: NAME_LENGTH - len(str(number)) - 1]}_{number}", number + 1
        found.append(short)
    return found
