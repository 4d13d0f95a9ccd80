"""What a result depends on besides the paper itself: the program, the rule files and the settings, as one hash.

A result is found again by the hash of the paper's content and the recipe's. Whatever could change a result is in one of
them: the program's own source, so that a result of older code is never taken for one of newer; the libraries that read
and solve; every rule file, since which rule fits a paper best depends on all of them; and the limits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.corrections.standing import NONE, Corrections

if TYPE_CHECKING:
    from rules.load import RuleFile

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("extract", "normalise", "savings", "rules", "pipeline")
# Libraries whose new versions may read or decide otherwise. Those that are not installed count as absent.
LIBRARIES = ("pypdfium2", "pdfplumber", "pdfminer.six", "ortools", "regex", "rapidfuzz", "rapidocr", "onnxruntime",
             "tesserocr", "opencv-python-headless")  # fmt: skip
MB = 1 << 20


@dataclass(frozen=True)
class PaperLimits:
    """What one paper may cost; one that costs more is given up with its reason, and the others are read.

    `seconds` of wall time and `memory` (bytes that the reader holds beyond the program itself) end the reader. `pages`
    leaves the rest of the paper unread, which then is partial, and so does a page whose pictures, or which itself when
    it is drawn, would have more than `pixels`. `size` is the file's, in bytes.
    `effort` is the time on the solver's own clock that reconciling may take (near CPU seconds).
    """

    seconds: float = 300.0
    memory: int = 2048 * MB
    pages: int = 5_000
    pixels: int = 100_000_000
    size: int = 512 * MB
    effort: float = 5.0


@dataclass(frozen=True)
class Recipe:
    """How papers are read: the folder of the user's own rules, if any, the limits, and the hash over all there is."""

    digest: str
    limits: PaperLimits = field(default_factory=PaperLimits)
    rules_dir: Path | None = None
    corrections: Corrections = NONE

    @classmethod
    def of(cls, limits: PaperLimits, rules_dir: Path | None = None, corrections: Path | None = None) -> Recipe:
        """The recipe as it stands on the disk now. Raises CorrectionsError."""
        said = {"program": program_digest(), "limits": _lasting(limits), "rules": _own_rules(rules_dir)}
        digest = _digest([json.dumps(said, sort_keys=True).encode()])
        return cls(digest, limits, rules_dir, NONE if corrections is None else _decided(corrections))

    def of_paper(self, sha256: str) -> str:
        """The hash for one paper: decisions of a person on its cells are part of how it is read, and only it."""
        return recipe_of_paper(self.digest, self.corrections, sha256)

    @property
    def parts(self) -> frozenset[str]:
        """The hashes of all papers."""
        return frozenset({self.digest, *(self.of_paper(sha256) for sha256 in self.corrections.standing)})

    def load_rules(self) -> tuple[RuleFile, ...]:
        """The built-in rules, and the user's own, which go before built-in ones of the same name. Raises RuleError."""
        from rules.load import load_rules_beside  # noqa: PLC0415 - of a run that finds all up to date nobody needs it

        return load_rules_beside(self.rules_dir)


def _decided(folder: Path) -> Corrections:
    from pipeline.corrections.files import load_corrections  # noqa: PLC0415 - most runs have none

    return load_corrections(folder)


def recipe_of_paper(digest: str, corrections: Corrections, sha256: str) -> str:
    """See `Recipe.of_paper`."""
    own = corrections.digest_of(sha256)
    return _digest([digest.encode(), own.encode()]) if own else digest


def _lasting(limits: PaperLimits) -> dict[str, Any]:
    """The limits that a kept result shows. Who went over the time or the memory has no result that is kept."""
    return {name: value for name, value in asdict(limits).items() if name not in ("seconds", "memory")}


def _own_rules(folder: Path | None) -> str:
    return "" if folder is None else _digest_of_files(folder, folder.rglob("*.yml"))


@cache
def program_digest() -> str:
    """A hash of the program's source, its rule files and the versions of the libraries that matter."""
    files = (path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.suffix in (".py", ".yml"))
    return _digest([_digest_of_files(ROOT, files).encode(), json.dumps(library_versions()).encode()])


def library_versions() -> dict[str, str]:
    """The versions of the libraries that matter, of those that are installed."""
    return {name: version for name in LIBRARIES if (version := _version(name))}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _digest_of_files(root: Path, files: Iterable[Path]) -> str:
    return _digest(_names_and_bytes(root, files))


def _names_and_bytes(root: Path, files: Iterable[Path]) -> Iterator[bytes]:
    for path in sorted(files):
        yield path.relative_to(root).as_posix().encode("utf-8", "surrogateescape")
        try:
            yield path.read_bytes()
        except OSError as error:  # Loading the rules will say so in full.
            yield str(error).encode("utf-8", "surrogateescape")


def _digest(parts: Iterable[bytes]) -> str:
    """A hash of parts, each with its length, so that no two lists of parts look the same."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()
