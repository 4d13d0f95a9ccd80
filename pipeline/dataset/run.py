"""A finished run, read back from its folder: typed rows, one at a time, so that no run is too large."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any, Protocol

from pipeline.dataset.codebook import FILES, LINES, File, Type
from pipeline.publish import MARK
from pipeline.spreadsheet import restored

# A row by column: text, int, Decimal or float; None where there is no number.
Row = Mapping[str, Any]
# What a row that was cut short lacks.
_EMPTY = ("",) * 100
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
                yield from _typed(path, csv.reader(handle), file)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise NoRun(f"{path} cannot be read: {error}. Run `savings run` again") from None


def _typed(path: Path, rows: Iterator[list[str]], file: File) -> Iterator[Row]:
    header = next(rows, [])
    lacking = {column.name for column in file.columns} - set(header)
    if lacking:
        said = ", ".join(sorted(lacking))
        raise NoRun(f"{path} lacks columns ({said}): another version wrote it. Run `savings run` again")
    names = [column.name for column in file.columns]
    take, numbers, texts = itemgetter(*map(header.index, names)), _numbers(file), _texts(file)
    for number, row in enumerate(filter(None, rows), 1):
        typed: dict[str, Any] = dict(zip(names, take([*row, *_EMPTY] if len(row) < len(header) else row), strict=True))
        try:
            typed.update([(name, read(typed[name])) for name, read in numbers])
        except (ValueError, ArithmeticError):
            raise NoRun(f"{path}, row {number}, holds what is no number. Run `savings run` again") from None
        typed.update([(name, restored(typed[name])) for name in texts if typed[name].startswith("'")])
        yield typed


def _numbers(file: File) -> list[tuple[str, Callable[[str], Any]]]:
    return [(column.name, read) for column in file.columns if (read := _READERS.get(column.type))]


def _texts(file: File) -> list[str]:
    return [column.name for column in file.columns if column.type not in _READERS]


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
