"""What a results folder holds for the program itself: kept results, the lock, and what was published last."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout

from pipeline.address import Place
from pipeline.ahead import ahead
from pipeline.publish import OutputError, Publisher, check_output, clear_torn, held_names, write_aside
from pipeline.seen import Seen
from pipeline.store import LocalStore, ResultStore, recipe_of
from pipeline.summary import Summary
from pipeline.whole import write_whole

# In the results folder; everything in it can be taken away at the price of reading all papers again.
KEPT = ".results"
RECORD = "published.json"
SEEN = "seen.json.gz"
LOCK = "lock"
HOLDER = "running.json"


class Busy(Exception):
    """Another run is writing into the folder."""


class Folder(Protocol):
    """The program's own part of a results folder, wherever that is. What stands in the way is raised as OSError."""

    @property
    def kept(self) -> Place:
        """Where everything is that only the program reads."""

    @property
    def store(self) -> ClearableStore:
        """Results of single papers."""

    @property
    def links_from(self) -> Path | None:
        """The folder that links to papers start at; None where there can be none."""

    @property
    def has_record(self) -> bool:
        """Whether a run has published into the folder, and left a record of it."""

    def check(self, papers: Sequence[Place]) -> bool:
        """Whether results of an earlier run are there, to be replaced. Raises OutputError if it may not be used."""

    def clear_torn(self) -> None:
        """Take away what killed runs were publishing. Only while it is locked."""

    def locked(self) -> AbstractContextManager[None]:
        """Keep other runs out. Raises Busy."""

    def mark(self) -> tuple[str, str]:
        """A file of this machine that is there while the folder is locked, and what it holds; empty where none is."""

    def published(self, digest: str) -> Summary | None:
        """The summary of the results that are there, if these are just what is asked for, whole and untouched."""

    def note(self, digest: str, summary: Summary) -> None:
        """Remember what was published."""

    def forget(self) -> None:
        """What is there is about to change."""

    def seen(self) -> Seen:
        """What earlier runs have seen of papers at addresses."""

    def remember(self, seen: Seen) -> None:
        """Keep that for later runs."""

    def publisher(self) -> AbstractContextManager[Publisher]:
        """Where results are written, to be put in place in the end."""


class ClearableStore(ResultStore, Protocol):
    """A store that only one run uses."""

    def clear_torn(self) -> None:
        """Take away what killed runs were writing."""


class ResultsFolder:
    """A results folder on this machine's disk; a `Folder`."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.links_from: Path | None = out
        self.kept = out / KEPT
        self.store = LocalStore(self.kept.absolute() / "papers")

    @property
    def has_record(self) -> bool:
        """Whether a run has published into the folder, and left a record of it."""
        return (self.kept / RECORD).is_file()

    def check(self, papers: Sequence[Place]) -> bool:
        """See `pipeline.publish.check_output`."""
        return check_output(self.out, [paper for paper in papers if isinstance(paper, Path)])

    def clear_torn(self) -> None:
        """Take away what killed runs were publishing."""
        clear_torn(self.out)

    def publisher(self) -> Publisher:
        """Where results are written: a folder inside this one."""
        return Publisher(self.out)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out. The lock goes with the process, however that ends. Raises Busy, OutputError, OSError."""
        try:
            self.kept.mkdir(parents=True, exist_ok=True)
        except (NotADirectoryError, FileExistsError, PermissionError) as error:
            problem = error.strerror or str(error)
            raise OutputError(f"{self.out} cannot be made: {problem}. Name another folder for the results") from None
        lock = FileLock(self.kept / LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise Busy(
                f"another run is writing into {self.out}{self._holder()}. Wait for it, or name another folder"
            ) from None
        try:
            self._say_who()
            yield
        finally:
            (self.kept / HOLDER).unlink(missing_ok=True)
            lock.release()

    def _say_who(self) -> None:
        said = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with suppress(OSError):  # Only a help to who finds the folder locked.
            (self.kept / HOLDER).write_text(json.dumps(said), encoding="utf-8")

    def mark(self) -> tuple[str, str]:
        """A file that is there while the folder is locked, and what it holds: who sees it sees this very folder."""
        path = (self.kept / HOLDER).absolute()
        try:
            return str(path), path.read_text(encoding="utf-8")
        except OSError:
            return "", ""

    def _holder(self) -> str:
        try:
            said = json.loads((self.kept / HOLDER).read_text(encoding="utf-8"))
            return f" (process {said['pid']} on {said['host']}, since {said['since']})"
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    # --- what was published last -------------------------------------------------------------------------------------

    def published(self, digest: str) -> Summary | None:
        """The summary of the results that are there, if these are just what is asked for, whole and untouched."""
        try:
            return recorded((self.kept / RECORD).read_bytes(), digest, self._files())
        except OSError:
            return None

    def note(self, digest: str, summary: Summary) -> None:
        """Remember what was published."""
        record = {"digest": digest, "files": self._files(), "summary": summary.as_json()}
        write_aside(self.kept / RECORD, json.dumps(record))

    def forget(self) -> None:
        """What is there is about to change."""
        (self.kept / RECORD).unlink(missing_ok=True)

    def seen(self) -> Seen:
        """What earlier runs have seen of papers at addresses."""
        try:
            return Seen.from_bytes((self.kept / SEEN).read_bytes())
        except OSError:
            return Seen()

    def remember(self, seen: Seen) -> None:
        """Keep that for later runs."""
        if seen.hashes:
            write_whole(self.kept / SEEN, seen.as_bytes())

    def _files(self) -> dict[str, list[int]]:
        """Size and time of each file, so that one that was changed by hand is made anew."""
        found: dict[str, list[int]] = {}
        for name in held_names(self.out):
            with suppress(FileNotFoundError):
                about = (self.out / name).stat()
                found[name] = [about.st_size, about.st_mtime_ns]
        return found


def recorded(record: bytes, digest: str, files: dict[str, list[Any]]) -> Summary | None:
    """The summary in a record of what was published, if it is of just this, and the files are those of then."""
    try:
        said = json.loads(record)
        if said["digest"] == digest and said["files"] == files:
            return Summary.from_json(said["summary"])
    except (ValueError, KeyError, TypeError):
        pass
    return None


def drop_outdated(store: ResultStore, recipes: Collection[str]) -> int:
    """Take away results that other rules, settings or versions of the program gave; how many there were."""
    current = {recipe[:16] for recipe in recipes}
    outdated = [key for key in store.listing() if recipe_of(key) not in current]
    return sum(1 for _ in ahead(store.remove, outdated, store.at_once))
