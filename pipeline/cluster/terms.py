"""What a run and the Dask workers that read for it must agree on, as plain JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

from pipeline.address import Address, AddressError, Place, place_of, reach
from pipeline.recipe import library_versions, program_digest

# Of very many folders, the first are looked at.
PLACES_CHECKED = 100
# How many differences are named.
SHOWN = 3


@dataclass(frozen=True)
class Program:
    """The program of one process: `digest` is over its source, its built-in rule files and the libraries that count."""

    version: str
    digest: str
    libraries: dict[str, str] = field(default_factory=dict)

    @classmethod
    def here(cls) -> Program:
        """That of this process."""
        return cls(metadata.version("council-savings"), program_digest(), library_versions())

    def differences(self, other: Program) -> str:
        """In what another program differs, for a person; empty where it is the same."""
        if self.digest == other.digest:
            return ""
        said = [("council-savings", self.version, other.version)]
        said += [(name, self.libraries.get(name, ""), other.libraries.get(name, "")) for name in self._names(other)]
        differ = [f"{name} {_named(theirs)} (here {_named(ours)})" for name, ours, theirs in said if ours != theirs]
        return ", ".join(differ[:SHOWN]) or "source or rule files of its own under the same version"

    def _names(self, other: Program) -> list[str]:
        return sorted(self.libraries.keys() | other.libraries.keys())


def _named(version: str) -> str:
    return version or "not installed"


@dataclass(frozen=True)
class Terms:
    """What a run asks of a worker: the same program, and that it sees what the run sees.

    That is `mark`, a file of the results folder that holds `text`, and `places`, the papers' folders and all addresses.
    """

    program: Program
    mark: str = ""
    text: str = ""
    places: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Sequence[Place], out: Place, mark: tuple[str, str]) -> Terms:
        """Those of a run over given papers and folders into `out`. What the run does not see, no worker must."""
        folders = {_folder(path) for path in given if isinstance(path, Path) and path.exists()}
        addresses = {str(place) for place in (*given, out) if isinstance(place, Address)}
        return cls(Program.here(), *mark, tuple(sorted(folders | addresses)[:PLACES_CHECKED]))

    def as_bytes(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self), sort_keys=True).encode("ascii")

    @classmethod
    def from_bytes(cls, said: bytes) -> Terms:
        """From JSON."""
        terms = json.loads(said)
        return cls(Program(**terms["program"]), terms["mark"], terms["text"], tuple(terms["places"]))

    def unmet(self) -> str:
        """Why this process may not read for the run; empty where it may."""
        differences = self.program.differences(Program.here())
        if differences:
            return (
                f"has another program: {differences}. Install the same version of council-savings and its libraries "
                "(requirements.lock) on all machines, and start the workers again"
            )
        if self.mark and _text(Path(self.mark)) != self.text:
            folder = Path(self.mark).parent.parent
            return (
                f"does not see the results folder {folder}. Name one that all machines see under this path, or an "
                "address (s3://…)"
            )
        return next(filter(None, map(_unseen, self.places)), "")


def _folder(path: Path) -> str:
    # Links are followed by who reads, not here: the path must be the same everywhere.
    return os.path.abspath(path if path.is_dir() else path.parent)  # noqa: PTH100


def _unseen(said: str) -> str:
    """Why this process cannot use a place; empty where it can."""
    place = place_of(said)
    if isinstance(place, Path):
        seen = place.is_dir()
        return "" if seen else f"does not see {place}. Give papers that all machines see under this path, or an address"
    try:
        reach(place)
    except AddressError as error:
        return f"cannot work for this run: {error}"
    return ""


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
