"""Where results are kept, a file for each paper, so that nothing is read twice and a run that was ended can go on.

A key is the hash of a paper's content, its kind and the hash of the recipe that read it: results are never changed,
only added and taken away. Whatever keeps named bytes and shows them whole or not at all can be a store.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from pipeline.whole import write_whole

SUFFIX = ".jsonl.gz"
_KEY = re.compile(r"[0-9a-f]{64}-[a-z0-9]{0,8}-[0-9a-f]{16}")


class StoreError(Exception):
    """The store cannot be written or read at all: a full disk, a folder that is gone. No paper is to blame."""


def key_of(sha256: str, suffix: str, recipe: str) -> str:
    """The key of the result of a paper. Its suffix counts: a text that is called .txt is never taken for a PDF."""
    kind = "".join(c for c in suffix.lower() if c.isascii() and c.isalnum())[:8]
    return f"{sha256}-{kind}-{recipe[:16]}"


def recipe_of(key: str) -> str:
    """The part of a key that names the recipe."""
    return key.rpartition("-")[2]


def is_key(text: str) -> bool:
    """Whether a text is the key of a result."""
    return _KEY.fullmatch(text) is not None


def place_in_store(key: str) -> tuple[str, str]:
    """The folder and the file that a result is kept in."""
    if not is_key(key):
        raise ValueError(f"{key!r} is no key")
    return key[:2], f"{key}{SUFFIX}"


class Keys(Protocol):
    """Keys, of which one can ask whether one is among them."""

    def __contains__(self, key: str, /) -> bool:
        """Whether it is."""


class ResultStore(Protocol):
    """Results by key. All of it may be called from several processes and threads at once."""

    @property
    def at_once(self) -> int:
        """How many results are best asked for at the same time."""

    def snapshot(self) -> Keys:
        """The keys there are, as of now or of when one asks."""

    def __contains__(self, key: str) -> bool:
        """Whether a result is there; it may turn out to be damaged."""

    def open(self, key: str) -> IO[bytes]:
        """The bytes of a result. Raises KeyError where there are none, StoreError where they cannot be had."""

    def put(self, key: str, data: bytes) -> None:
        """Keep a result: afterwards it is there whole, or as it was before. Raises StoreError."""

    def listing(self) -> Iterator[str]:
        """The keys of all results, in no order."""

    def remove(self, key: str) -> None:
        """Take a result away, if it is there."""


class LocalStore:
    """A store in a folder: <first two digits>/<key>.jsonl.gz. What is being written has a name that is no key's."""

    at_once = 1

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def snapshot(self) -> Keys:
        """The keys there are when one asks."""
        return self

    def __contains__(self, key: str) -> bool:
        return self._path(key).is_file()

    def open(self, key: str) -> IO[bytes]:
        """A result, to be read and closed. Raises KeyError, StoreError."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise KeyError(key) from None
        except OSError as error:
            raise StoreError(f"{self._path(key)} cannot be read: {error.strerror or error}") from error

    def put(self, key: str, data: bytes) -> None:
        """Write aside and rename. Not flushed to the disk: what a power cut leaves torn is noticed and read anew."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, data)
        except OSError as error:
            raise StoreError(f"{path.parent} cannot be written: {error.strerror or error}") from error

    def listing(self) -> Iterator[str]:
        """The keys of all results, in no order."""
        for path in self.folder.glob(f"??/*{SUFFIX}"):
            key = path.name.removesuffix(SUFFIX)
            if is_key(key):
                yield key

    def remove(self, key: str) -> None:
        """Take a result away, if it is there."""
        self._path(key).unlink(missing_ok=True)

    def clear_torn(self) -> None:
        """Take away what killed runs were writing. Only while no other run uses the store."""
        for path in self.folder.glob("??/.*.part"):
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Take all results away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, key: str) -> Path:
        folder, name = place_in_store(key)
        return self.folder / folder / name
