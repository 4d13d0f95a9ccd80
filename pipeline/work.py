"""What is done to one paper: its bytes are read into one result, which goes into the store; what is said is small.

This runs in a process of its own, on this machine or another. All that comes back is a message of plain JSON: nothing
that read a paper may hand over objects.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.address import Address, AddressError, Place, TooLong, place_of, reach
from pipeline.blob import DamagedBlob, encode, packed_row, unpacked_row
from pipeline.corrections.standing import NONE, Corrections
from pipeline.recipe import PaperLimits, recipe_of_paper
from pipeline.records import PaperResult, PaperRow
from pipeline.store import ResultStore, StoreError, key_of

if TYPE_CHECKING:
    from rules.load import RuleFile


@dataclass(frozen=True)
class Task:
    """A paper to read: where it is, and the key that its result will have, if it still is what it was."""

    path: str
    key: str


class Loss(StrEnum):
    """Why a paper has no result. It need not lie in the paper: it is tried again, and again by later runs."""

    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    UNREADABLE = "unreadable"
    FAULT = "fault"


@dataclass(frozen=True)
class Done:
    """A paper whose result is in the store under `key`; `paper` is its row of papers.csv without names."""

    key: str
    paper: PaperRow


@dataclass(frozen=True)
class Lost:
    """A paper that gave no result, and what happened."""

    loss: Loss
    detail: str = ""


Answer = Done | Lost


class Executor(Protocol):
    """Has tasks done somewhere. Each task is answered once, in any order; a lost task is not tried again here."""

    def run(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Answer]]:
        """The tasks, drawn as there is room for them, with their answers. Raises StoreError."""


class Job(Protocol):
    """What a process does with its tasks, and the limits of each. It is pickled and sent to it once."""

    @property
    def limits(self) -> PaperLimits:
        """What a task may take."""

    def get_ready(self) -> None:
        """Load what takes memory and is no task's own, before the process is limited."""

    def do(self, task: Task) -> Answer:
        """Do a task. Raises StoreError."""


@dataclass(frozen=True)
class Work:
    """How a task is done; sent once to each process that does any."""

    store: ResultStore
    recipe: str
    rules: Sequence[RuleFile]
    limits: PaperLimits = field(default_factory=PaperLimits)
    corrections: Corrections = NONE
    # The storages of papers and results that are not on this machine's disk.
    storages: tuple[Address, ...] = ()

    def get_ready(self) -> None:
        """Connect to the storages: their libraries take more memory than most papers, and they are slow to load."""
        for address in self.storages:
            with suppress(AddressError):  # The first paper will say so.
                reach(address)

    def do(self, task: Task) -> Answer:
        """Read a paper from its file into the store. Raises StoreError."""
        place = place_of(task.path)
        path = Path(place.name) if isinstance(place, Address) else place
        try:
            data = _bytes_of(place, self.limits.size)
        except OSError as error:
            return Lost(Loss.UNREADABLE, error.strerror or str(error))
        try:
            result = self.read(path, data)
        except MemoryError:
            return Lost(Loss.OUT_OF_MEMORY)
        except Exception as error:
            return Lost(Loss.FAULT, f"{type(error).__name__}: {error}")
        return self._kept(result, path)

    def read(self, path: Path, data: bytes) -> PaperResult:
        """The result of a paper's bytes. Never raises for a fault of the paper."""
        # Loaded here: whoever only looks results up needs none of it.
        from extract.limits import LIMITS  # noqa: PLC0415
        from pipeline.read import rows_of  # noqa: PLC0415
        from savings.reconcile import Limits  # noqa: PLC0415

        pages = replace(LIMITS, pages=self.limits.pages, pixels=self.limits.pixels)
        return rows_of(path, data, self.rules, Limits(self.limits.effort), pages, self.corrections)

    def _kept(self, result: PaperResult, path: Path) -> Done:
        # By what was read just now, which need not be what the parent saw.
        sha256 = result.paper.sha256
        key = key_of(sha256, path.suffix, recipe_of_paper(self.recipe, self.corrections, sha256))
        self.store.put(key, encode(result))
        return Done(key, result.paper)


def _bytes_of(path: Place, size: int) -> bytes:
    if isinstance(path, Address):
        try:
            return path.read_up_to(size)
        except TooLong:
            raise too_large(size) from None
    with path.open("rb") as stream:
        # By its size, since room is made for as many bytes as are asked for.
        data = stream.read(min(os.fstat(stream.fileno()).st_size, size) + 1)
    if len(data) > size:
        raise too_large(size)
    return data


def too_large(size: int) -> OSError:
    """What is said of a file that is larger than the limit, in bytes."""
    return OSError(errno.EFBIG, f"it is larger than {size >> 20} MB; --max-size allows more")


# --- messages --------------------------------------------------------------------------------------------------------


def task_message(task: Task) -> bytes:
    """A task as JSON."""
    return json.dumps([task.path, task.key]).encode("ascii")


def read_task(message: bytes) -> Task:
    """A task from its JSON."""
    path, key = json.loads(message)
    return Task(path, key)


def answer_message(answer: Answer | StoreError) -> bytes:
    """An answer, or why no answer is possible any more, as JSON."""
    if isinstance(answer, Done):
        said = ["done", answer.key, packed_row(answer.paper)]
    elif isinstance(answer, Lost):
        said = ["lost", answer.loss, answer.detail]
    else:
        said = ["store", str(answer)]
    return json.dumps(said).encode("ascii")


def read_answer(message: bytes) -> Answer:
    """An answer from its JSON. Raises StoreError where that is what it says, DamagedBlob where it says nothing."""
    try:
        kind, *said = json.loads(message)
        if kind == "done":
            names = dict.fromkeys(("document", "path", "sha256"), "")
            return Done(str(said[0]), unpacked_row(said[1], names))
        if kind == "lost":
            return Lost(Loss(said[0]), str(said[1]))
        if kind == "store":
            raise StoreError(str(said[0]))
    except (ValueError, TypeError, IndexError) as error:
        raise DamagedBlob(str(error)) from None
    raise DamagedBlob(f"unknown answer {kind!r}")
