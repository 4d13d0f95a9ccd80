"""The program from Python: `import savings`, which hands on what stands here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from normalise.meant import MeantTable
from pipeline.batch import Batch, Unwatched
from pipeline.dataset.codebook import CHECKS, FIGURES, PAPERS, REPAIRS, File
from pipeline.dataset.frames import frame_of
from pipeline.dataset.lines import lines_of
from pipeline.dataset.run import FinishedRun, Row, Source
from pipeline.dataset.run import open_run as _open_run
from pipeline.papers import find_papers
from pipeline.read import read_to_rows
from pipeline.recipe import PaperLimits, Recipe
from pipeline.records import PaperResult
from pipeline.store import LocalStore
from pipeline.work import Work
from pipeline.workers import local_engine
from rules.load import load_rules_beside
from savings.reconcile import Limits

_ATTRIBUTES = {FIGURES.name: "figures", CHECKS.name: "checks", REPAIRS.name: "repairs"}


@dataclass(frozen=True)
class _Frames:
    """Pandas frames over a source of typed rows; each is made when it is first asked for."""

    source: Source = field(repr=False)

    @cached_property
    def figures(self) -> pd.DataFrame:
        """One row a figure, in the columns of figures.csv. `value` is in pounds, per cent or a count: see `unit`."""
        return self.frame(FIGURES)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row a saving, its figures side by side (`target_total_2007_08`), and the worst proof among them."""
        lines = lines_of(self.source)
        return frame_of(lines.rows(lines.file), lines.file)

    @cached_property
    def checks(self) -> pd.DataFrame:
        """One row for each sum that a paper promises: `expected`, `found`, `difference`, `verdict`."""
        return self.frame(CHECKS)

    @cached_property
    def repairs(self) -> pd.DataFrame:
        """One row for each change: what was printed (`raw`), what was `taken` for it, and why."""
        return self.frame(REPAIRS)

    @cached_property
    def papers(self) -> pd.DataFrame:
        """One row for each file that was given, with its status and an account of its cells."""
        return self.frame(PAPERS)

    def frame(self, file: File, *, exact: bool = False) -> pd.DataFrame:
        """One file as a frame; with `exact` amounts are Decimal objects in place of floats."""
        return frame_of(self.source.rows(file), file, exact=exact)


@dataclass(frozen=True)
class ReadPaper(_Frames):
    """What one paper yields: frames `figures`, `lines`, `checks`, `repairs` and `papers` (one row), and `tables`."""

    document: str = ""
    status: str = ""
    error: str = ""
    _tables: tuple[MeantTable, ...] = field(default=(), repr=False)

    @cached_property
    def tables(self) -> list[pd.DataFrame]:
        """Every table as meant, mapped or not: its columns after page, row and sort; `.attrs` has name and notes."""
        return [_table_frame(table) for table in self._tables]


@dataclass(frozen=True)
class Run(_Frames):
    """A finished run: frames `figures`, `lines`, `checks`, `repairs` and `papers` over all its papers."""

    folder: Path = Path()


@dataclass(frozen=True)
class _OfPaper:
    """The rows of one paper as a source."""

    result: PaperResult

    def rows(self, file: File) -> Iterator[Row]:
        records: Sequence[Any] = (
            [self.result.paper] if file.name == PAPERS.name else getattr(self.result, _ATTRIBUTES[file.name])
        )
        for record in records:
            yield {f.name: getattr(record, f.name) for f in fields(record)}


def read(
    paper: str | os.PathLike[str], *, rules: str | os.PathLike[str] | None = None, effort: float | None = None
) -> ReadPaper:
    """Read one paper, a PDF or a text report, in this process.

    `rules` is a folder of your own rule files, read beside the built-in ones; `effort` the CPU seconds that
    reconciliation may take. What is wrong with the paper stands in `status` and `error` of the result, as in
    papers.csv. Raises rules.errors.RuleError where a rule file is wrong.
    """
    limits = Limits() if effort is None else Limits(effort)
    return _read_paper(read_to_rows(Path(paper), load_rules_beside(Path(rules) if rules is not None else None), limits))


def read_folder(
    folder: str | os.PathLike[str],
    *,
    rules: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    effort: float | None = None,
) -> Iterator[ReadPaper]:
    """Read all papers of a folder and those below it, `jobs` side by side (default: one a core), one result a paper.

    Results come in the order of the file names and are not kept, so that a folder may be of any size. A paper that
    fails, hangs or ends its reader is a result like others, with its status. Raises rules.errors.RuleError.
    """
    found = find_papers([Path(folder)])
    yield from (_read_paper(PaperResult(row)) for row in found.faults)
    limits = PaperLimits() if effort is None else PaperLimits(effort=effort)
    recipe = Recipe.of(limits, None if rules is None else Path(rules))
    with TemporaryDirectory(prefix="savings-") as kept:
        work = Work(LocalStore(Path(kept)), recipe.digest, recipe.load_rules(), limits)
        batch = Batch(found.papers, work.store, recipe, Unwatched())
        batch.look()
        for result in batch.stream(local_engine(work), jobs or os.cpu_count() or 1):
            yield _read_paper(result)


def open_run(folder: str | os.PathLike[str]) -> Run:
    """A finished run, by the folder that `savings run` was given with -o. Raises pipeline.dataset.run.NoRun."""
    run: FinishedRun = _open_run(Path(folder))
    return Run(run, run.folder)


def _read_paper(result: PaperResult) -> ReadPaper:
    row = result.paper
    return ReadPaper(_OfPaper(result), row.document, str(row.status), row.error, result.tables)


def _table_frame(table: MeantTable) -> pd.DataFrame:
    rows = [[row.page, row.number, row.sort, *row.cells] for row in table.rows]
    frame = pd.DataFrame(rows, columns=["page", "row", "sort", *table.columns])
    frame.attrs = {"name": table.name, "notes": list(table.notes), "pieces": list(table.pieces)}
    return frame


__all__ = ["ReadPaper", "Run", "open_run", "read", "read_folder"]
