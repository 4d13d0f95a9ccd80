"""What a results folder holds for the program itself: kept results, the lock, and what was published last."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.publish import OutputError, held_names, write_aside
from pipeline.store import LocalStore, ResultStore, recipe_of
from pipeline.summary import Summary

# In the results folder; everything in it can be taken away at the price of reading all papers again.
KEPT = ".results"
RECORD = "published.json"
LOCK = "lock"
HOLDER = "running.json"


class Busy(Exception):
    """Another run is writing into the folder."""


class ResultsFolder:
    """The program's own part of a results folder on this machine's disk."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.kept = out / KEPT
        self.store = LocalStore(self.kept.absolute() / "papers")

    @property
    def has_record(self) -> bool:
        """Whether a run has published into the folder, and left a record of it."""
        return (self.kept / RECORD).is_file()

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
            record = json.loads((self.kept / RECORD).read_text(encoding="utf-8"))
            if record["digest"] == digest and record["files"] == self._files():
                return Summary.from_json(record["summary"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def note(self, digest: str, summary: Summary) -> None:
        """Remember what was published."""
        record = {"digest": digest, "files": self._files(), "summary": summary.as_json()}
        write_aside(self.kept / RECORD, json.dumps(record))

    def forget(self) -> None:
        """What is there is about to change."""
        (self.kept / RECORD).unlink(missing_ok=True)

    def _files(self) -> dict[str, list[int]]:
        """Size and time of each file, so that one that was changed by hand is made anew."""
        found: dict[str, list[int]] = {}
        for name in held_names(self.out):
            with suppress(FileNotFoundError):
                about = (self.out / name).stat()
                found[name] = [about.st_size, about.st_mtime_ns]
        return found


def drop_outdated(store: ResultStore, recipes: Collection[str]) -> int:
    """Take away results that other rules, settings or versions of the program gave; how many there were."""
    current = {recipe[:16] for recipe in recipes}
    outdated = [key for key in store.listing() if recipe_of(key) not in current]
    for key in outdated:
        store.remove(key)
    return len(outdated)
