"""Results become files in parts, a part for so many papers in a row, written by several processes side by side.

Each part is a folder like that of a finished run. Once all are there, they are put one after the other: what comes out
depends neither on how many processes wrote them nor on which was done first, and none holds more than a paper's rows.
What a part says of itself lies in its folder as JSON, so that nothing of a paper's content is ever unpickled.
"""

from __future__ import annotations

import json
import shutil
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from pipeline.ahead import ahead
from pipeline.batch import Given, result_of
from pipeline.blob import packed_row, unpacked_row
from pipeline.dataset.forms import write_lines
from pipeline.dataset.lines import Lines, Signature, lines_with
from pipeline.dataset.run import FinishedRun
from pipeline.publish import FILES, TABLES, CsvSink, join
from pipeline.recipe import PaperLimits
from pipeline.records import FigureRow, PaperRow, plain_value
from pipeline.report.collect import Gathered, gather
from pipeline.spreadsheet import restored
from pipeline.status import Status
from pipeline.store import ResultStore
from pipeline.summary import Summary, problem_line
from pipeline.work import Answer, Done, Loss, Lost, Task
from pipeline.workers import LocalWorkers

PAPERS_OF_A_PART = 250
# The folder of all parts, beside the files that are made of them, and what a part says of itself.
PARTS = "parts"
SAID = "part.json"
# Nothing here reads a paper: what was read before is written out, however much it is.
UNLIMITED = PaperLimits(seconds=float("inf"), memory=1 << 45)
_DONE = PaperRow("", "")


@dataclass
class Written:
    """What all parts come to: counts, what is wrong with papers, the rules that read them, and what a report needs."""

    summary: Summary
    problems: list[str] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)
    signatures: set[Signature] = field(default_factory=set)
    gathered: Gathered = field(default_factory=Gathered)


class Watcher(Protocol):
    """Who is told how far it is."""

    def published(self, papers: int) -> None:
        """So many papers have been written."""


class Parts:
    """The parts of one run, below a folder, and the files that they come to."""

    def __init__(self, folder: Path, store: ResultStore, jobs: int) -> None:
        self.folder = folder
        self.store = store
        self.jobs = jobs
        self._count = 0

    def write(self, papers: Iterable[Given], passed_over: Counter[str], watcher: Watcher, *, report: bool) -> Written:
        """Write the files of all papers but lines.csv. Raises DamagedResult, StoreError, OSError."""
        (self.folder / TABLES).mkdir()
        self._all(_Papers(self.folder, self.store, report), self._tasks(papers), watcher)
        written = Written(Summary(passed_over))
        for number in range(self._count):
            _take(written, json.loads((self._part(number) / SAID).read_text(encoding="ascii")))
        return written

    def _tasks(self, papers: Iterable[Given]) -> Iterator[Task]:
        for number, part in enumerate(_in_parts(papers)):
            self._count = number + 1
            yield Task(json.dumps([_packed(given) for given in part]), str(number))

    def write_lines(self, signatures: Iterable[Signature], watcher: Watcher) -> Lines:
        """Put the parts together, with lines.csv; gives the lines of the whole. Raises OSError."""
        said = json.dumps(sorted(signatures))
        self._all(_Lines(self.folder), (Task(said, str(number)) for number in range(self._count)), watcher)
        for name in (*FILES, "lines.csv"):
            join([self._part(number) / name for number in range(self._count)], self.folder / name)
        shutil.rmtree(self.folder / PARTS)
        return lines_with(FinishedRun(self.folder), signatures)

    def _part(self, number: int) -> Path:
        return self.folder / PARTS / str(number)

    def _all(self, job: _Parted, tasks: Iterator[Task], watcher: Watcher) -> None:
        """Have tasks done by worker processes; by this one where there is but one, or where a worker was lost."""
        first, second = next(tasks, None), next(tasks, None)
        if first is None or second is None:
            _here(job, first)
            return
        ahead = (task for some in ([first, second], tasks) for task in some)
        for number, (task, answer) in enumerate(LocalWorkers(job, self.jobs).run(ahead), 1):
            if isinstance(answer, Lost):
                _here(job, task)
            watcher.published(number * PAPERS_OF_A_PART)


def _here(job: _Parted, task: Task | None) -> None:
    if task is not None:
        job.write(task)


def _in_parts(papers: Iterable[Given]) -> Iterator[list[Given]]:
    """So many papers at a time; those of one name and content, which look like one in the files, stay together.

    There is always one part, so that every file has its header.
    """
    part: list[Given] = []
    for given in papers:
        if len(part) >= PAPERS_OF_A_PART and _looks(given) != _looks(part[-1]):
            yield part
            part = []
        part.append(given)
    yield part


def _looks(given: Given) -> tuple[str, str]:
    row = given.row
    return (row.document, row.sha256) if row else (Path(given.path).name, given.sha256)


def _packed(given: Given) -> list[Any]:
    row = given.row and [given.row.document, packed_row(given.row)]
    return [given.path, given.sha256, given.key, row]


def _unpacked(said: list[Any]) -> Given:
    path, sha256, key, row = said
    if row is None:
        return Given(path, sha256, key)
    return Given(path, sha256, row=unpacked_row(row[1], {"document": row[0], "path": path, "sha256": sha256}))


def _take(written: Written, said: dict[str, Any]) -> None:
    """Add what a part says of itself to what those before it said."""
    written.summary.merge(Summary.from_json(said["summary"]))
    written.problems += said["problems"]
    written.rules.update(said["rules"])
    written.signatures.update(map(_signature, said["signatures"]))
    if said["gathered"] is not None:
        written.gathered.merge(Gathered.from_json(said["gathered"]))


# --- in the worker ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parted(ABC):
    """Writes something part by part, in worker processes: a task's key is the number of its part."""

    folder: Path

    @property
    def limits(self) -> PaperLimits:
        """None."""
        return UNLIMITED

    def get_ready(self) -> None:
        """Nothing: what a part needs is loaded already."""
        return

    def do(self, task: Task) -> Answer:
        """Write a part. What stands in the way is not told in full: who asked for it will try it, and see."""
        try:
            self.write(task)
        except Exception as error:
            return Lost(Loss.FAULT, f"{type(error).__name__}: {error}")
        return Done(task.key, _DONE)

    @abstractmethod
    def write(self, task: Task) -> None:
        """Write a part. Raises DamagedResult, StoreError, OSError."""


@dataclass(frozen=True)
class _Papers(_Parted):
    """Writes the files of a part: a task's path is its papers as JSON."""

    store: ResultStore
    report: bool

    def write(self, task: Task) -> None:
        """The same; raises DamagedResult, StoreError, OSError."""
        folder = self.folder / PARTS / task.key
        shutil.rmtree(folder, ignore_errors=True)  # Of a process that was killed.
        folder.mkdir(parents=True)
        said = self._papers(folder, map(_unpacked, json.loads(task.path)))
        said["gathered"] = gather(FinishedRun(folder)).as_json() if self.report else None
        (folder / SAID).write_text(json.dumps(said), encoding="ascii")

    def _papers(self, folder: Path, papers: Iterable[Given]) -> dict[str, Any]:
        summary, problems = Summary(Counter()), list[str]()
        rules, signatures = set[str](), set[Signature]()
        with CsvSink(folder, self.folder) as sink:
            for result in ahead(partial(result_of, self.store), papers, self.store.at_once):
                sink.add(result)
                summary.add(result)
                signatures.update(map(_signature_of, result.figures))
                rules.add(result.paper.rule)
                if result.paper.status is not Status.OK:
                    problems.append(problem_line(result.paper))
        return {
            "summary": summary.as_json(),
            "problems": problems,
            "rules": sorted(rules),
            "signatures": sorted({_signature([restored(plain_value(text)) for text in said]) for said in signatures}),
        }


def _signature_of(row: FigureRow) -> Signature:
    return (row.year, row.measure, row.kind, row.recurrence, row.part, row.unit)


def _signature(said: Sequence[str]) -> Signature:
    year, measure, kind, recurrence, part, unit = said
    return (year, measure, kind, recurrence, part, unit)


@dataclass(frozen=True)
class _Lines(_Parted):
    """Writes lines.csv of a part: a task's path is all sorts of figures of the run, as JSON."""

    def write(self, task: Task) -> None:
        """The same; raises OSError."""
        folder = self.folder / PARTS / task.key
        write_lines(lines_with(FinishedRun(folder), map(_signature, json.loads(task.path))), folder)
