"""Addresses of papers and results on any storage that fsspec knows (s3://bucket/papers), beside paths of this machine.

Credentials and servers are taken from where the storage's own library looks for them (AWS_ACCESS_KEY_ID, say), or from
fsspec's configuration; none is asked for or kept here.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.request import url2pathname

import click

from pipeline.status import Unreachable

# Seconds within which an address that is used for the first time must answer.
CONTACT = 30.0
CHUNK = 1 << 20
# What storages call the things that change with a file's content, the surest first.
_FINGERPRINTS = (
    "ETag",
    "etag",
    "md5Hash",
    "generation",
    "content_md5",
    "LastModified",
    "last_modified",
    "updated",
    "mtime",
)
_LOCAL = ("file", "local")


class AddressError(Unreachable, OSError):
    """An address that cannot be used; says why and what to do."""


class Refused(AddressError):
    """An address whose storage answers, and refuses."""


@dataclass(frozen=True)
class Address:
    """A file or folder on a storage; as a text the URL that it was given as. `fingerprint` changes with its content."""

    url: str
    fingerprint: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.url

    def __truediv__(self, name: str) -> Address:
        return Address(f"{self.url.rstrip('/')}/{name}")

    @property
    def name(self) -> str:
        """The last part."""
        return self.url.rstrip("/").rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """As of a path: ".pdf"."""
        return PurePosixPath(self.name).suffix

    @property
    def files(self) -> Any:
        """The storage, an fsspec file system. Raises AddressError."""
        with answering(self):
            return _storage(self.url, os.getpid())

    @property
    def path(self) -> str:
        """What the storage calls it."""
        return str(self.files._strip_protocol(self.url))

    def is_within(self, other: Address) -> bool:
        """Whether it is the other, or below it."""
        return f"{self.url.rstrip('/')}/".startswith(f"{other.url.rstrip('/')}/")

    def about(self) -> dict[str, Any] | None:
        """What the storage says of it ("type", "size" in bytes); None where there is nothing. Raises AddressError."""
        with answering(self):
            try:
                said: dict[str, Any] = self.files.info(self.path)
            except FileNotFoundError:
                return None
            return said

    def is_file(self) -> bool:
        """Whether it is a file. Raises AddressError."""
        about = self.about()
        return about is not None and about["type"] == "file"

    def below(self) -> Iterator[Address]:
        """All files below it, each with its fingerprint, ordered by name. Raises AddressError."""
        with answering(self):
            self.files.invalidate_cache()  # Others may have added to it since this process listed it last.
            found: dict[str, dict[str, Any]] = self.files.find(self.path, detail=True)
        for name in sorted(found):
            if found[name].get("type") == "file" and not name.endswith("/"):
                yield Address(self.files.unstrip_protocol(name), fingerprint_of(found[name]))

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Its content as a stream. Raises AddressError, FileNotFoundError."""
        with answering(self), self.files.open(self.path, "rb") as stream:
            yield stream

    def read(self) -> bytes:
        """Its content. Raises AddressError, FileNotFoundError."""
        with answering(self):
            data: bytes = self.files.cat_file(self.path)
            return data

    def write(self, data: bytes, *, new: bool = False) -> None:
        """Put this content there, whole or not at all on object storage. Raises AddressError.

        With `new` it must not be there yet: raises FileExistsError. Storages that know no such request are asked first
        whether it is there.
        """
        with answering(self):
            self.files.pipe_file(self.path, data, mode="create" if new else "overwrite")

    def upload(self, folder: Path, names: Sequence[str]) -> None:
        """Put files of a folder of this machine there, several at a time. Raises AddressError."""
        with answering(self):
            here = [str(folder / name) for name in names]
            self.files.put(here, [(self / name).path for name in names])

    def remove(self) -> None:
        """Take a file away, if it is there. Raises AddressError."""
        with answering(self):
            try:
                self.files.rm_file(self.path)  # Not rm, which takes a name with * or [ for a pattern.
            except FileNotFoundError:
                return

    def sha256(self, size: int) -> str:
        """The hash of its content, streamed. Raises AddressError, TooLong for more than `size` bytes."""
        total = hashlib.sha256()
        with self.opened() as stream:
            left = size
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise TooLong
                total.update(chunk)
        return total.hexdigest()

    def read_up_to(self, size: int) -> bytes:
        """Its content. Raises AddressError, TooLong for more than `size` bytes."""
        data = bytearray()
        with self.opened() as stream:
            while chunk := stream.read(CHUNK):
                data += chunk
                if len(data) > size:
                    raise TooLong
        return bytes(data)


Place = Path | Address


class TooLong(Exception):
    """A file that is longer than asked for."""


def place_of(said: str) -> Place:
    """A path or an address, by what was typed. Raises AddressError for an address that no run can use."""
    protocol, found, rest = said.partition("://")
    if not found:
        return Path(said)
    if protocol in _LOCAL:
        return Path(url2pathname(rest))
    if protocol == "memory":
        raise AddressError(f"{said} is in one process only, and papers are read in others. Name a folder or an address")
    return Address(said)


class PlaceType(click.ParamType):  # type: ignore[type-arg] # of newer versions only
    """A path or an address on the command line."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """See `place_of`."""
        if isinstance(value, Path | Address):
            return value
        try:
            return place_of(os.fsdecode(value))
        except AddressError as error:
            self.fail(str(error), param, ctx)


def fingerprint_of(about: dict[str, Any]) -> str:
    """What changes with a file's content, by what its storage says of it; empty where that says nothing of the sort."""
    for name in _FINGERPRINTS:
        if about.get(name):
            return f"{about.get('size')} {about[name]}"
    return ""


@lru_cache(maxsize=64)
def _storage_of(protocol: str, options: tuple[tuple[str, Any], ...], _process: int) -> Any:
    # One for all threads of a process, and none that was made before a fork.
    import fsspec  # noqa: PLC0415

    return fsspec.filesystem(protocol, **dict(options))


def _storage(url: str, process: int) -> Any:
    from fsspec.core import get_filesystem_class, split_protocol  # noqa: PLC0415

    protocol, _ = split_protocol(url)
    options = get_filesystem_class(protocol)._get_kwargs_from_urls(url)
    return _storage_of(protocol, tuple(sorted(options.items())), process)


@contextmanager
def answering(address: Address) -> Iterator[None]:
    """Whatever a storage's library raises, as an AddressError that says what to do."""
    try:
        yield
    except (AddressError, FileNotFoundError, FileExistsError, TooLong):
        raise
    except ImportError as error:
        raise AddressError(
            f"{address} needs a library that is not installed ({error}). For s3: pip install 'council-savings[cluster]'"
        ) from None
    except Exception as error:  # Each storage has errors of its own, with no name in common.
        reason = str(error).strip().splitlines()
        said = f"{type(error).__name__}: {reason[0]}" if reason else type(error).__name__
        raise (Refused if isinstance(error, PermissionError) else AddressError)(
            f"{address} cannot be used ({said}). Check the address, the network, and the credentials for it"
        ) from error


def reach(address: Address) -> None:
    """See within bounded time that an address answers, whether or not there is something. Raises AddressError."""
    said: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            address.about()
        except Exception as error:
            said.put(error)
        else:
            said.put(None)

    threading.Thread(target=ask, daemon=True).start()
    try:
        error = said.get(timeout=CONTACT)
    except queue.Empty:
        raise AddressError(
            f"{address} does not answer within {CONTACT:g} s. Check the address and the network"
        ) from None
    if error is not None:
        raise error
