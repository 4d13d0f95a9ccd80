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


class ResultStore(Protocol):
    """Results by key. All of it may be called from several processes at once."""

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

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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
            if _KEY.fullmatch(key):
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
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key")
        return self.folder / key[:2] / f"{key}{SUFFIX}"
