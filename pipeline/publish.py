"""The output folder. Results are written aside and put in place whole; what others put there is never touched."""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

import regex

from pipeline.records import CheckRow, FigureRow, PaperResult, PaperRow, RepairRow, plain_value
from pipeline.spreadsheet import guarded

if TYPE_CHECKING:
    from normalise.meant import MeantRow, MeantTable
    from normalise.stitch import Seam

# Says that a folder is this program's, and whether the results in it are whole.
MARK = ".council-savings.json"
FILES: dict[str, type[Any]] = {
    "figures.csv": FigureRow,
    "checks.csv": CheckRow,
    "repairs.csv": RepairRow,
    "papers.csv": PaperRow,
}
COLUMNS = {name: tuple(f.name for f in fields(record)) for name, record in FILES.items()}
_VALUES = {name: attrgetter(*columns) for name, columns in COLUMNS.items()}
TABLES = "tables"
# What else a run may put beside them, and must not take from anybody else.
OTHERS = ("lines.csv", "datapackage.json", "report.html", "report-pictures", "savings.sqlite", "savings.xlsx")
RESERVED = (*FILES, TABLES, *OTHERS)
# Where a run writes before its results are put in place; what a killed run left of it is cleared away.
ASIDE = ".writing-"
COPIED_AT_ONCE = 1 << 20


class OutputError(Exception):
    """An output folder that cannot be used."""


def check_output(out: Path, papers: Sequence[Path] = ()) -> bool:
    """Whether `out` holds results of an earlier run, to be replaced. Raises OutputError if it may not be used.

    Other files in it, a log or notes, stay as they are; results of another origin, or the papers themselves, do not
    go together with results.
    """
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file. Name a folder for the results")
    if any(path.resolve().is_relative_to(out.resolve()) for path in papers):
        raise OutputError(f"{out} holds the papers. Name a new or empty folder for the results")
    if (out / MARK).is_file():
        return True
    refuse_mixing(out, [name for name in RESERVED if (out / name).exists()])
    return False


def refuse_mixing(out: object, taken: Sequence[str]) -> None:
    """Raise OutputError where names of results are taken by files of another origin."""
    if taken:
        what = f"{', '.join(sorted(taken))} of another origin"
        raise OutputError(f"{out} already holds {what}. Name a new or empty folder, so that nothing is mixed")


class CsvSink:
    """figures.csv, checks.csv, repairs.csv and papers.csv below `folder`, being written, and tables/ below `tables`.

    Papers come one at a time, in the order of the dataset: documents by name, then path, and within each its rows as
    the paper has them. What is held in memory does not grow with the number of papers.
    """

    def __init__(self, folder: Path, tables: Path) -> None:
        self.tables = tables / TABLES
        self._handles: list[IO[str]] = []
        self._writers: dict[str, Any] = {}
        for name in FILES:
            handle = (folder / name).open("w", newline="", encoding="utf-8", errors="backslashreplace")
            self._handles.append(handle)
            self._writers[name] = csv.writer(handle, lineterminator="\n")
            self._writers[name].writerow(COLUMNS[name])

    def __enter__(self) -> CsvSink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in self._handles:
            handle.close()

    def add(self, result: PaperResult) -> None:
        """Write one paper's rows."""
        self._write("figures.csv", result.figures)
        self._write("checks.csv", result.checks)
        self._write("repairs.csv", result.repairs)
        self._write("papers.csv", [result.paper])
        if result.tables:
            folder = f"{_file_name(result.paper.document)}-{result.paper.sha256[:8]}"
            write_tables(self.tables / folder, result.tables, result.seams)

    def _write(self, name: str, rows: Iterable[Any]) -> None:
        self._writers[name].writerows(map(plain_value, _VALUES[name](row)) for row in rows)


class Publisher:
    """A folder aside, to write results into; on leaving without an error they replace those of an earlier run."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._names: list[str] = []

    def __enter__(self) -> Publisher:
        self.out.mkdir(parents=True, exist_ok=True)
        clear_torn(self.out)
        self.aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=self.out))
        return self

    def add(self, *names: str) -> None:
        """These files and folders in the folder aside are whole."""
        self._names += names

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._replace(self._names)
        finally:
            shutil.rmtree(self.aside, ignore_errors=True)

    def _replace(self, held: Sequence[str]) -> None:
        """Put the new results in place. While that goes on the mark says that they are not whole."""
        before = held_names(self.out)
        self._mark(sorted({*before, *held}), complete=False)
        for name in held:
            _clear(self.out / name)
            (self.aside / name).replace(self.out / name)
        for name in before:
            if name not in held:
                _clear(self.out / name)  # A form that was not asked for again would be out of date.
        self._mark(held, complete=True)

    def _mark(self, held: Sequence[str], *, complete: bool) -> None:
        said = {"program": "council-savings", "complete": complete, "holds": held}
        write_aside(self.out / MARK, json.dumps(said) + "\n")


def held_names(out: Path) -> tuple[str, ...]:
    """The files and folders in `out` that the last run put there, by its mark; none where there is no mark."""
    try:
        names = json.loads((out / MARK).read_text(encoding="utf-8"))["holds"]
        return tuple(name for name in names if isinstance(name, str) and Path(name).name == name)
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def join(parts: Sequence[Path], path: Path) -> None:
    """One CSV file of the same columns after the other into one, under the header of the first.

    It is flushed to the disk, so that a power cut does not leave less than was put in place.
    """
    with path.open("wb") as whole:
        for number, part in enumerate(parts):
            with part.open("rb") as handle:
                header = handle.readline()
                whole.write(b"" if number else header)
                shutil.copyfileobj(handle, whole, COPIED_AT_ONCE)
        whole.flush()
        os.fsync(whole.fileno())


def _clear(target: Path) -> None:
    """Take away a file or a folder, if it is there."""
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def clear_torn(out: Path) -> None:
    """Take away what a killed run was writing."""
    for left in out.glob(f"{ASIDE}*"):
        shutil.rmtree(left, ignore_errors=True)


def write_aside(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)


def write_tables(folder: Path, tables: Sequence[MeantTable], seams: Sequence[Seam] = ()) -> None:
    """Every table of a paper as meant: NNN-name.csv with page, row and sort of each row, index.csv, and stitching.csv.

    A row that the end of a page cut in two has the page and row of both parts, as in "3+4".
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for number, table in enumerate(tables, 1):
        name = f"{number:03d}-{_file_name(table.name) or 'unmapped'}.csv"
        _write_csv(folder / name, ["page", "row", "sort", *table.columns], map(_with_place, table.rows))
        pieces = " ".join(f"{page}.{piece}" for page, piece in table.pieces)
        index.append([name, table.name, pieces, len(table.rows), "; ".join(table.notes)])
    _write_csv(folder / "index.csv", ["file", "table", "pieces", "rows", "notes"], index)
    names = ["page", "table", "before_page", "before_table", "decision", "header", "columns", "between", "reason"]
    _write_csv(folder / "stitching.csv", names, map(_seam, seams))


def _with_place(row: MeantRow) -> list[object]:
    parts = sorted([(row.page, row.number), *row.rest])
    page, number = ("+".join(map(str, numbers)) for numbers in zip(*parts, strict=True))
    return [page, number, row.sort, *row.cells]


def _seam(seam: Seam) -> list[object]:
    decision = "joined" if seam.joined else "apart"
    evidence = [seam.header, seam.columns, "; ".join(seam.between)]
    return [*seam.after, *seam.before, decision, *evidence, seam.reason]


def _write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([guarded(name) for name in names])
        writer.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)


def _file_name(text: str) -> str:
    return regex.sub(r"[^\p{L}\p{N}._-]+", "_", text)[:80].strip("._")
