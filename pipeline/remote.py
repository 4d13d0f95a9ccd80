"""Results at an address: what is kept there, the lock, and results that are published from a private folder here.

On object storage a file is there whole or not at all, and a lock is a file that only one run can make. Storages that
promise neither (a folder by SFTP, say) may keep a torn result, which is noticed and read anew, and two runs that begin
in the same instant may both hold the lock.
"""

from __future__ import annotations

import io
import json
import os
import socket
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psutil

from pipeline.address import Address, AddressError, Place, fingerprint_of, reach
from pipeline.ahead import ahead
from pipeline.folder import KEPT, LOCK, RECORD, SEEN, Busy, recorded
from pipeline.publish import MARK, RESERVED, OutputError, Publisher, held_names, refuse_mixing
from pipeline.seen import Seen
from pipeline.store import SUFFIX, Keys, StoreError, is_key, place_in_store
from pipeline.summary import Summary

# Requests that are under way at the same time.
AT_ONCE = 16


@dataclass(frozen=True)
class RemoteStore:
    """A store at an address: <first two digits>/<key>.jsonl.gz."""

    at: Address
    at_once: int = AT_ONCE

    def __contains__(self, key: str) -> bool:
        return self._place(key).is_file()

    def snapshot(self) -> Keys:
        """The keys there are now: a list of all costs less than asking for each."""
        return frozenset(self.listing())

    def open(self, key: str) -> IO[bytes]:
        """A result. Raises KeyError, StoreError."""
        try:
            return io.BytesIO(self._place(key).read())
        except FileNotFoundError:
            raise KeyError(key) from None
        except AddressError as error:
            raise StoreError(str(error)) from error

    def put(self, key: str, data: bytes) -> None:
        """Keep a result. Raises StoreError."""
        try:
            self._place(key).write(data)
        except OSError as error:
            raise StoreError(str(error)) from error

    def listing(self) -> Iterator[str]:
        """The keys of all results."""
        for place in self.at.below():
            key = place.name.removesuffix(SUFFIX)
            if is_key(key):
                yield key

    def remove(self, key: str) -> None:
        """Take a result away, if it is there."""
        self._place(key).remove()

    def clear_torn(self) -> None:
        """Nothing: what is being written is not there yet."""

    def _place(self, key: str) -> Address:
        folder, name = place_in_store(key)
        return self.at / folder / name


class RemoteFolder:
    """A results folder at an address."""

    # There is no way from a page at an address to papers elsewhere.
    links_from: Path | None = None

    def __init__(self, out: Address, *, take_over: bool = False) -> None:
        self.out = out
        self.kept = out / KEPT
        self.store = RemoteStore(self.kept / "papers")
        self.take_over = take_over
        self._token = ""

    @property
    def has_record(self) -> bool:
        """Whether a run has published into the folder, and left a record of it."""
        return (self.kept / RECORD).is_file()

    def check(self, papers: Sequence[Place]) -> bool:
        """Whether results of an earlier run are there, to be replaced. Raises OutputError, AddressError."""
        reach(self.out)
        if any(isinstance(paper, Address) and paper.is_within(self.out) for paper in papers):
            raise OutputError(f"{self.out} holds the papers. Name a new or empty folder for the results")
        if (self.out / MARK).is_file():
            return True
        refuse_mixing(self.out, [name for name in RESERVED if (self.out / name).about()])
        return False

    def clear_torn(self) -> None:
        """Nothing: results are written in a folder of this machine first."""

    def mark(self) -> tuple[str, str]:
        """Nothing that a worker would have to see: the address is the same everywhere."""
        return "", ""

    # --- the lock ----------------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out, by a file that only one can make. Raises Busy, AddressError, OSError."""
        self._lock()
        try:
            yield
        finally:
            if self._is_ours():
                (self.kept / LOCK).remove()

    def _lock(self) -> None:
        self._token = uuid.uuid4().hex
        said = json.dumps({**_here(), "token": self._token}).encode("ascii")
        for _ in range(2):
            try:
                (self.kept / LOCK).write(said, new=True)
            except FileExistsError:
                self._clear_lock()
            else:
                return
        raise Busy(f"another run is writing into {self.out}. Wait for it, or name another folder")

    def _clear_lock(self) -> None:
        """Take away the lock of a run that is no more. Raises Busy where it may still run."""
        holder = self._holder()
        if not (self.take_over or _is_gone(holder)):
            who = f"process {holder.get('pid')} on {holder.get('host')}, since {holder.get('since')}"
            raise Busy(
                f"another run is writing into {self.out} ({who}). Wait for it, or name another folder. If that run is "
                "no more, give the same command with --take-over"
            )
        (self.kept / LOCK).remove()

    def _holder(self) -> dict[str, Any]:
        try:
            said = json.loads((self.kept / LOCK).read())
        except (FileNotFoundError, ValueError):
            return {}
        return said if isinstance(said, dict) else {}

    def _is_ours(self) -> bool:
        try:
            return self._holder().get("token") == self._token
        except AddressError:
            return False

    # --- what was published last -------------------------------------------------------------------------------------

    def published(self, digest: str) -> Summary | None:
        """The summary of the results that are there, if these are just what is asked for, whole and untouched."""
        try:
            return recorded((self.kept / RECORD).read(), digest, self._files())
        except FileNotFoundError:
            return None

    def note(self, digest: str, summary: Summary) -> None:
        """Remember what was published. Raises AddressError."""
        said = {"digest": digest, "files": self._files(), "summary": summary.as_json()}
        (self.kept / RECORD).write(json.dumps(said).encode())

    def forget(self) -> None:
        """What is there is about to change."""
        (self.kept / RECORD).remove()

    def seen(self) -> Seen:
        """The hashes of papers at addresses, as earlier runs found them."""
        try:
            return Seen.from_bytes((self.kept / SEEN).read())
        except FileNotFoundError:
            return Seen()

    def remember(self, seen: Seen) -> None:
        """Keep them for later runs."""
        if seen.hashes:
            (self.kept / SEEN).write(seen.as_bytes())

    def _files(self) -> dict[str, list[Any]]:
        names = self._held()
        about = ((name, (self.out / name).about()) for name in names)
        return {name: [said.get("size", 0), fingerprint_of(said)] for name, said in about if said}

    def _held(self) -> tuple[str, ...]:
        with tempfile.TemporaryDirectory(prefix="savings-") as folder:
            with suppress(FileNotFoundError):
                (Path(folder) / MARK).write_bytes((self.out / MARK).read())
            return held_names(Path(folder))

    # --- publishing --------------------------------------------------------------------------------------------------

    @contextmanager
    def publisher(self) -> Iterator[Publisher]:
        """Where results are written: a private folder here, which is put in place at the address in the end."""
        with tempfile.TemporaryDirectory(prefix="savings-") as folder:
            with Publisher(Path(folder) / "out") as publisher:
                yield publisher
            if not self._is_ours():
                raise Busy(f"another run has taken over {self.out}; nothing of this one was put there")
            self._put(Path(folder) / "out")

    def _put(self, folder: Path) -> None:
        """Put files in place of those that are there. While that goes on the mark says that they are not whole."""
        before, held = self._held(), held_names(folder)
        whole = (folder / MARK).read_bytes()
        said = json.loads(whole) | {"complete": False, "holds": sorted({*before, *held})}
        (self.out / MARK).write(json.dumps(said).encode() + b"\n")
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        names.remove(MARK)
        new = frozenset((self.out / name).url for name in names)
        stale = [place for name in before for place in self._below(name) if place.url not in new]
        self.out.upload(folder, names)
        for _ in ahead(Address.remove, stale, AT_ONCE):
            pass
        (self.out / MARK).write(whole)

    def _below(self, name: str) -> list[Address]:
        place = self.out / name
        return [place] if place.is_file() else list(place.below())


def _here() -> dict[str, Any]:
    """Who this run is, so that a lock tells who holds it."""
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "machine": f"{uuid.getnode():x}{_processes()}",
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _processes() -> str:
    """Which processes there are for this one: containers of one machine do not see each other's."""
    with suppress(OSError):
        return f"-{Path('/proc/self/ns/pid').stat().st_ino}"
    return ""


def _is_gone(holder: dict[str, Any]) -> bool:
    """Whether the run that holds a lock ran on this very machine and has ended: killed, that is."""
    here = _here()
    if any(holder.get(name) != here[name] for name in ("host", "machine")):
        return False
    return isinstance(holder.get("pid"), int) and not psutil.pid_exists(holder["pid"])
