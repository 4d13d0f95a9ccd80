"""Which files of the given paths are papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.records import PaperRow
from pipeline.status import Status

READABLE = frozenset({".pdf", ".txt"})
# Papers come in these forms, too; they cannot be read, and it is said so of each.
OTHER_FORMS = frozenset(
    {"", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".htm", ".html", ".tif", ".tiff",
     ".jpg", ".jpeg", ".png"}
)  # fmt: skip


@dataclass
class Found:
    """The files to read, in a stable order; paths that gave none, with their rows; suffixes passed over, counted."""

    papers: list[Path] = field(default_factory=list)
    faults: list[PaperRow] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def find_papers(paths: Sequence[Path], leave_out: Path | None = None) -> Found:
    """The papers among files and folders. A file that is named is read whatever it is called.

    In folders, hidden files and files of other kinds are passed over, as is everything below `leave_out`.
    """
    found = Found()
    for path in paths:
        if path.is_dir():
            _search(path, found, leave_out)
        elif path.exists():
            found.papers.append(path)
        else:
            found.faults.append(_fault(path, Status.MISSING, "there is no such file or folder. Check the path"))
    once = {path.resolve(): path for path in reversed(found.papers)}
    found.papers = sorted(once.values(), key=lambda p: (p.name, str(p)))
    return found


def _search(folder: Path, found: Found, leave_out: Path | None) -> None:
    before = len(found.papers)
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file() or (leave_out and path.resolve().is_relative_to(leave_out.resolve())):
            continue
        if path.suffix.lower() in READABLE | OTHER_FORMS:
            found.papers.append(path)
        else:
            found.passed_over[path.suffix.lower()] += 1
    if len(found.papers) == before:
        problem = "the folder holds no papers (*.pdf, *.txt). Name the folder that holds them"
        found.faults.append(_fault(folder, Status.EMPTY, problem))


def _fault(path: Path, status: Status, error: str) -> PaperRow:
    return PaperRow(path.name, str(path), status=status, error=error)
