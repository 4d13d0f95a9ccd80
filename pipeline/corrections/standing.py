"""A person's decisions as a run takes them. Loads nothing of what reads and checks their files: most runs have none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.corrections.model import Correction


class CorrectionsError(Exception):
    """A file of corrections that is wrong; says which line and how."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}" if line else f"{path}: {problem}")


@dataclass(frozen=True)
class Kept:
    """A decision, the file it stands in and its line there, and how it is written."""

    correction: Correction
    path: Path
    line: int

    @property
    def written(self) -> str:
        """The decision on one line."""
        from pipeline.corrections.files import line_of  # noqa: PLC0415

        return line_of(self.correction)


@dataclass(frozen=True)
class Corrections:
    """All decisions of a folder: `standing` by paper, and all of them in the order they were made."""

    standing: Mapping[str, tuple[Kept, ...]] = field(default_factory=dict)
    history: tuple[Kept, ...] = ()

    def of(self, paper: str) -> tuple[Correction, ...]:
        """What stands for a paper, by its hash."""
        return tuple(kept.correction for kept in self.standing.get(paper, ()))

    def digest_of(self, paper: str) -> str:
        """A hash of what stands for a paper; empty where nothing does."""
        lines = [kept.written for kept in self.standing.get(paper, ())]
        return sha256("\n".join(lines).encode()).hexdigest() if lines else ""


NONE = Corrections()
