"""A finished run, read back from its folder: typed rows, one at a time, so that no run is too large."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from pipeline.dataset.codebook import FILES, LINES, File, Type
from pipeline.publish import MARK
from pipeline.spreadsheet import restored

# A row by column: text, int, Decimal or float; None where there is no number.
Row = Mapping[str, Any]
# A check on a long paper names more figures in one cell than Python's reader takes by default.
_CELL_LIMIT = 2**31 - 1


class NoRun(Exception):
    """What stands in the way of reading a folder as a finished run, and what to do about it."""


class Source(Protocol):
    """Where typed rows come from, as often as they are asked for."""

    def rows(self, file: File) -> Iterator[Row]:
        """All rows of one file, in the order of the dataset."""
        ...


def _number(make: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: make(text) if text else None


_READERS: dict[Type, Callable[[str], Any]] = {
    Type.INTEGER: _number(int),
    Type.DECIMAL: _number(Decimal),
    Type.POINTS: _number(float),
    Type.SECONDS: _number(float),
}


@dataclass(frozen=True)
class FinishedRun:
    """The folder of a finished run. Made by `open_run`, which sees to it that it is one."""

    folder: Path

    def rows(self, file: File) -> Iterator[Row]:
        """The typed rows of one file. Raises NoRun where it is damaged or written by another version."""
        path = self.folder / f"{file.name}.csv"
        csv.field_size_limit(_CELL_LIMIT)
        try:
            with path.open(newline="", encoding="utf-8") as handle:
                yield from _typed(path, csv.DictReader(handle, restval=""), file)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise NoRun(f"{path} cannot be read: {error}. Run `savings run` again") from None


def _typed(path: Path, rows: csv.DictReader[str], file: File) -> Iterator[Row]:
    lacking = {column.name for column in file.columns} - set(rows.fieldnames or ())
    if lacking:
        names = ", ".join(sorted(lacking))
        raise NoRun(f"{path} lacks columns ({names}): another version wrote it. Run `savings run` again")
    readers = [(column.name, _READERS.get(column.type, restored)) for column in file.columns]
    for number, row in enumerate(rows, 1):
        try:
            yield {name: read(row[name]) for name, read in readers}
        except (ValueError, ArithmeticError):
            raise NoRun(f"{path}, row {number}, holds what is no number. Run `savings run` again") from None


def open_run(folder: Path) -> FinishedRun:
    """The finished run in a folder. Raises NoRun where there is none, or not a whole one."""
    if not folder.is_dir():
        raise NoRun(f"there is no folder {folder}. Give the folder that `savings run` was given with -o")
    lacking = [f.name for f in FILES if f is not LINES and not (folder / f"{f.name}.csv").is_file()]
    if lacking or not (folder / MARK).is_file():
        raise NoRun(f"{folder} holds no results of a run. Give the folder that `savings run` was given with -o")
    try:
        complete = json.loads((folder / MARK).read_text(encoding="utf-8"))["complete"]
    except (OSError, ValueError, KeyError, TypeError):
        complete = False
    if not complete:
        raise NoRun(f"the results in {folder} are not whole: a run was cut off. Run it again")
    return FinishedRun(folder)
