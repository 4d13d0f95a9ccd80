"""The forms of the dataset: which there are, and what writes them. The same rows in all of them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from typing import Protocol, cast

from pipeline.dataset import package
from pipeline.dataset.codebook import CHECKS, FIGURES, PAPERS, REPAIRS, File
from pipeline.dataset.lines import Lines, lines_of
from pipeline.dataset.package import Origin
from pipeline.dataset.run import Source
from pipeline.records import plain_value

CSV = "csv"
# Each is imported only when it is asked for: their libraries are large.
_MODULES = {"parquet": "parquet", "sqlite": "sqlite", "xlsx": "xlsx", "dta": "stata"}
FORMS = (CSV, *_MODULES)


class _Writer(Protocol):
    def write(self, source: Source, files: tuple[File, ...], folder: Path) -> list[str]: ...


def write_forms(source: Source, folder: Path, forms: Sequence[str], origin: Origin) -> list[str]:
    """Write lines.csv, the forms asked for, and datapackage.json below a folder; the names written.

    `forms` are of FORMS; the CSV files of the run itself are taken to be there already.
    """
    lines = lines_of(source)
    write_lines(lines, folder)
    return ["lines.csv", *write_other_forms(lines, folder, forms, origin)]


def write_other_forms(lines: Lines, folder: Path, forms: Sequence[str], origin: Origin) -> list[str]:
    """The same where lines.csv is there, too."""
    files = (FIGURES, lines.file, CHECKS, REPAIRS, PAPERS)
    others = [name for form in forms if form != CSV for name in _writer(form).write(lines, files, folder)]
    return [*others, package.write(lines, files, folder, origin, others)]


def _writer(form: str) -> _Writer:
    return cast(_Writer, import_module(f"pipeline.dataset.{_MODULES[form]}"))


def write_lines(lines: Lines, folder: Path) -> None:
    """Write lines.csv below a folder."""
    names = [column.name for column in lines.file.columns]
    with (folder / "lines.csv").open("w", newline="", encoding="utf-8", errors="backslashreplace") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(names)
        values = itemgetter(*names)
        writer.writerows(map(plain_value, values(row)) for row in lines.rows(lines.file))
