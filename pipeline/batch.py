"""Many papers: what is kept from earlier runs is found again, the rest is read; whatever ends, nothing is lost.

A paper that gives no result is tried once more, alone, when all others are done. If that fails too it is reported, but
nothing is kept of it: why it failed may pass, so the next run tries it again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pipeline.address import Address, Place, Refused, TooLong, reach
from pipeline.ahead import ahead
from pipeline.blob import HEAD_BYTES, DamagedBlob, decode, decode_head, renamed
from pipeline.recipe import PaperLimits, Recipe
from pipeline.records import PaperResult, PaperRow
from pipeline.seen import Seen
from pipeline.status import Status
from pipeline.store import ResultStore, key_of
from pipeline.summary import problem_line
from pipeline.work import Answer, Executor, Loss, Lost, Task, too_large

# Papers at addresses that are fetched at the same time, to be hashed.
FETCHED_AT_ONCE = 16
# Opening a pipe would wait for a writer, without O_NONBLOCK.
_TO_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
READ_AT_ONCE = 1 << 18
# Has tasks done by so many at once: by all workers, or by one alone.
Engine = Callable[[int], Executor]


@dataclass(slots=True)
class Entry:
    """A file that was given: `key` finds its result in the store; where there is none, `lost` says why."""

    path: Place
    key: str = ""
    lost: Lost | None = None
    # Whether what became of the paper is known: its result is in the store, or it is lost for good.
    settled: bool = False

    @property
    def sha256(self) -> str:
        """The hash of its content, as its key begins; empty where it could not be got at."""
        return self.key.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it is published: `key` finds its result in the store; where there is none, `row` says why."""

    path: str
    sha256: str = ""
    key: str = ""
    row: PaperRow | None = None


class Watcher(Protocol):
    """Who is told how a run goes. Papers are counted as files: one that is there twice is done twice."""

    def looked_at(self, entries: int, of: int) -> None:
        """So many files have been looked at."""

    def done(self, entry: Entry, paper: PaperRow, *, kept: bool) -> None:
        """A paper has its result, read just now or kept from an earlier run."""

    def lost(self, entry: Entry, lost: Lost, *, again: bool) -> None:
        """A paper gave no result; it will be tried again, or not."""


class Unwatched:
    """A watcher who does not look."""

    def looked_at(self, entries: int, of: int) -> None:
        """Nothing."""

    def done(self, entry: Entry, paper: PaperRow, *, kept: bool) -> None:
        """Nothing."""

    def lost(self, entry: Entry, lost: Lost, *, again: bool) -> None:
        """Nothing."""


class StoppedEarly(Exception):
    """The first paper that failed, where a run was asked to stop at it; says which and why."""


@dataclass
class Batch:
    """The papers of one run, by the recipe, with results in the store."""

    papers: Sequence[Place]
    store: ResultStore
    recipe: Recipe
    watcher: Watcher
    # Whether a paper is one to stop at; None: no paper is.
    stop_at: Callable[[PaperRow], bool] | None = None
    # What was seen earlier of papers at addresses.
    seen: Seen = field(default_factory=Seen)
    entries: list[Entry] = field(default_factory=list)

    def look(self) -> None:
        """Find the key of every paper, by its content."""
        threads = FETCHED_AT_ONCE if any(isinstance(path, Address) for path in self.papers) else 1
        for number, entry in enumerate(ahead(self._entry, self.papers, threads), 1):
            self.entries.append(entry)
            self.watcher.looked_at(number, len(self.papers))

    def now_seen(self) -> Seen:
        """What this run has seen of papers at addresses."""
        return Seen(
            {
                str(entry.path): (entry.path.fingerprint, entry.sha256)
                for entry in self.entries
                if isinstance(entry.path, Address) and entry.path.fingerprint and entry.sha256
            }
        )

    def _entry(self, path: Place) -> Entry:
        try:
            sha256 = self._sha256(path)
        except OSError as error:
            see_that_it_answers(path)
            return Entry(path, lost=Lost(Loss.UNREADABLE, error.strerror or str(error)))
        return Entry(path, key_of(sha256, path.suffix, self.recipe.of_paper(sha256)))

    def _sha256(self, path: Place) -> str:
        if isinstance(path, Address):
            return self.seen.sha256(str(path), path.fingerprint) or sha256_at(path, self.recipe.limits.size)
        return sha256_of(path, self.recipe.limits.size)

    def digest(self) -> str:
        """A hash of all files and their keys, in order: equal for two runs with the same to publish."""
        total = hashlib.sha256(self.recipe.digest.encode())
        for entry in self.entries:
            total.update(json.dumps([str(entry.path), entry.key]).encode())
        return total.hexdigest()

    def read(self, engine: Engine, jobs: int) -> Iterator[None]:
        """See to it that every paper has its result in the store, or its loss; a step each time some are settled.

        Raises StoreError, StoppedEarly, AddressError where a storage no longer answers.
        """
        missing = self._missing()
        again: list[list[Entry]] = []
        yield
        for task, answer in engine(jobs).run(self._tasks(missing)):
            self._take(missing[task.key], answer, again=True)
            if isinstance(answer, Lost) and not self.stop_at:
                again.append(missing[task.key])
            elif isinstance(answer, Lost):
                self._try_alone(missing[task.key], engine)
            yield
        for entries in again + [[entry] for entry in self.entries if not entry.key]:
            self._try_alone(entries, engine)
            yield

    def _missing(self) -> dict[str, list[Entry]]:
        """The entries of each key that has no result yet. Those that have one are done."""
        missing: dict[str, list[Entry]] = {}
        known = [entry for entry in self.entries if entry.key]
        there = self.store.snapshot()
        papers = ahead(lambda entry: self._kept(entry.key) if entry.key in there else None, known, self.store.at_once)
        for entry, paper in zip(known, papers, strict=True):
            if paper is None or entry.key in missing:
                missing.setdefault(entry.key, []).append(entry)
            else:
                self._finish(entry, paper, kept=True)
        return missing

    def _kept(self, key: str) -> PaperRow | None:
        """The row of a result in the store; None where there is none that can be used."""
        try:
            with self.store.open(key) as stream:
                return decode_head(stream.read(HEAD_BYTES))
        except (KeyError, DamagedBlob):
            return None

    @staticmethod
    def _tasks(missing: dict[str, list[Entry]]) -> Iterator[Task]:
        return (Task(str(entries[0].path), key) for key, entries in missing.items())

    def _try_alone(self, entries: list[Entry], engine: Engine) -> None:
        """Try a lost paper once more, with nothing else running."""
        first = entries[0]
        if not first.key:
            fresh = self._entry(first.path)
            first.key, first.lost = fresh.key, fresh.lost
        if first.lost and not first.key:
            self._take(entries, first.lost, again=False)
            return
        for _, answer in engine(1).run(self._tasks({first.key: entries})):
            self._take(entries, answer, again=False)

    def _take(self, entries: list[Entry], answer: Answer, *, again: bool) -> None:
        for entry in entries:
            if isinstance(answer, Lost):
                see_that_it_answers(entry.path)
                entry.lost = answer
                entry.settled = not again
                self.watcher.lost(entry, answer, again=again)
                self._stop_at(entry, self._lost_row(entry, answer), again)
            else:
                # The file may have changed since it was looked at: what was read counts.
                entry.lost, entry.key = None, answer.key
                self._finish(entry, answer.paper, kept=False)

    def _finish(self, entry: Entry, paper: PaperRow, *, kept: bool) -> None:
        entry.settled = True
        self.watcher.done(entry, paper, kept=kept)
        self._stop_at(entry, paper, again=False)

    def _stop_at(self, entry: Entry, paper: PaperRow, again: bool) -> None:
        if not again and self.stop_at and self.stop_at(paper):
            raise StoppedEarly(problem_line(renamed(paper, entry.path.name, str(entry.path), entry.sha256)))

    @property
    def any_lost(self) -> bool:
        """Whether a paper gave no result, so that another run should try it again."""
        return any(entry.lost for entry in self.entries)

    def stream(self, engine: Engine, jobs: int) -> Iterator[PaperResult]:
        """The result of every file, in order, each as soon as those before it are there. Raises as read, result."""
        given = 0
        for _ in self.read(engine, jobs):
            while given < len(self.entries) and self.entries[given].settled:
                yield self.result(self.entries[given])
                given += 1

    def given(self) -> Iterator[Given]:
        """Every file, in order."""
        return map(self._given, self.entries)

    def result(self, entry: Entry) -> PaperResult:
        """The result of one file. Raises DamagedResult."""
        return result_of(self.store, self._given(entry))

    def _given(self, entry: Entry) -> Given:
        if entry.lost is None:
            return Given(str(entry.path), entry.sha256, entry.key)
        return Given(str(entry.path), entry.sha256, row=self._lost_row(entry, entry.lost))

    def _lost_row(self, entry: Entry, lost: Lost) -> PaperRow:
        problem = why_lost(lost, self.recipe.limits)
        return PaperRow(entry.path.name, str(entry.path), entry.sha256, Status.of_loss(lost.loss), error=problem)


def result_of(store: ResultStore, given: Given) -> PaperResult:
    """The result of a file. Raises DamagedResult."""
    if given.row is not None:
        return PaperResult(given.row)
    try:
        with store.open(given.key) as stream:
            return decode(stream, Path(given.path).name, given.path, given.sha256)
    except (KeyError, DamagedBlob):
        raise DamagedResult(given.key) from None


class DamagedResult(Exception):
    """A kept result that is gone or damaged: it must be read anew. Its argument is its key."""


def sha256_of(path: Path, size: int) -> str:
    """The hash of a file's content. Raises OSError, also for one larger than `size` and for what may never end."""
    handle = os.open(path, _TO_READ)
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        if about.st_size > size:
            raise too_large(size)
        total = hashlib.sha256()
        # No more room than a small file needs: most of the time would go into making it.
        while data := os.read(handle, min(about.st_size + 1, READ_AT_ONCE)):
            total.update(data)
        return total.hexdigest()
    finally:
        os.close(handle)


def see_that_it_answers(place: Place) -> None:
    """Of a paper that was lost: raise AddressError where its storage no longer answers, and no paper is to blame."""
    if isinstance(place, Address):
        with suppress(Refused):  # This paper alone, it may be.
            reach(place)


def sha256_at(address: Address, size: int) -> str:
    """The hash of a file's content at an address. Raises OSError, also for one larger than `size`."""
    try:
        return address.sha256(size)
    except TooLong:
        raise too_large(size) from None


def why_lost(lost: Lost, limits: PaperLimits) -> str:
    """Why a paper has no result, and what to do."""
    said = {
        Loss.TIMED_OUT: f"took longer than {limits.seconds:g} s and was stopped, twice. Read it alone, with a higher "
        "--max-seconds",
        Loss.OUT_OF_MEMORY: f"needed more than {limits.memory >> 20} MB of memory and was stopped, twice. Read it "
        "alone, with a higher --max-memory",
        Loss.CRASHED: f"ended its reader, twice ({lost.detail}). The file is probably damaged: open it in a PDF "
        "program and save it anew",
        Loss.UNREADABLE: f"cannot be read ({lost.detail}). Check the file and the disk, or copy it and give the copy",
        Loss.FAULT: f"a fault in the program: {lost.detail}. Please report it",
    }
    return said[lost.loss]
