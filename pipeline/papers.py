"""Which files of the given paths are papers."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.address import Address, Place, fingerprint_of, reach
from pipeline.records import PaperRow
from pipeline.status import Status

READABLE = frozenset({".pdf", ".txt"})
# Papers come in these forms, too; they cannot be read, and it is said so of each.
OTHER_FORMS = frozenset(
    {"", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".htm", ".html", ".tif", ".tiff",
     ".jpg", ".jpeg", ".png"}
)  # fmt: skip

NO_PAPERS = "the folder holds no papers (*.pdf, *.txt). Name the folder that holds them"
NOT_THERE = "there is no such file or folder. Check the path"
NO_FILE = "is no file but a device, pipe or socket, which may never end. Give a copy of its content"
LINK_TO_NOTHING = "is a link to nothing. Put back what it points to, or remove the link"


@dataclass
class Found:
    """The files to read, in a stable order; paths that gave none, with their rows; what was passed over, counted."""

    papers: list[Place] = field(default_factory=list)
    faults: list[PaperRow] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def find_papers(paths: Sequence[Place], leave_out: Place | None = None) -> Found:
    """The papers among files and folders, here or at addresses. A file that is named is read whatever it is called.

    In folders, hidden files and files of other kinds are passed over, as is everything below `leave_out`. Links to
    files are followed, links to folders are not: they may lead in a circle, or out of what was meant.
    Raises AddressError for an address that cannot be reached.
    """
    found = Found()
    # By their real places, so that two paths to one file give one paper: the first of them.
    once: dict[str, Place] = {}
    left_out = os.path.realpath(leave_out) if isinstance(leave_out, Path) else None
    for path in paths:
        if isinstance(path, Address):
            _take_address(path, found, once, leave_out)
        else:
            _take(path, found, once, left_out)
    found.papers = sorted(once.values(), key=lambda p: (p.name, str(p)))
    return found


def _take_address(address: Address, found: Found, once: dict[str, Place], leave_out: Place | None) -> None:
    reach(address)
    about = address.about()
    if about is None:
        found.faults.append(_fault(address, Status.MISSING, NOT_THERE))
    elif about["type"] == "file":
        once.setdefault(str(address), Address(str(address), fingerprint_of(about)))
    else:
        papers = [each for each in address.below() if _is_paper_at(each, address, found, leave_out)]
        once.update((str(paper), paper) for paper in papers if str(paper) not in once)
        if not papers:
            found.faults.append(_fault(address, Status.EMPTY, NO_PAPERS))


def _is_paper_at(file: Address, folder: Address, found: Found, leave_out: Place | None) -> bool:
    """Whether a file below an address is a paper; if not, why it is passed over."""
    if isinstance(leave_out, Address) and file.is_within(leave_out):
        return False
    if any(part.startswith(".") for part in str(file).removeprefix(str(folder).rstrip("/") + "/").split("/")):
        return False
    if file.suffix.lower() in READABLE | OTHER_FORMS:
        return True
    found.passed_over[file.suffix.lower()] += 1
    return False


def _take(path: Path, found: Found, once: dict[str, Place], left_out: str | None) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        problem = LINK_TO_NOTHING if path.is_symlink() else NOT_THERE
        found.faults.append(_fault(path, Status.MISSING, problem))
    except OSError as error:
        found.faults.append(_fault(path, Status.FAILED, f"cannot be looked at ({error.strerror}). Check the path"))
    else:
        if stat.S_ISDIR(mode):
            _search(path, found, once, left_out)
        elif stat.S_ISREG(mode):
            once.setdefault(os.path.realpath(path), path)
        else:
            found.faults.append(_fault(path, Status.UNSUPPORTED, NO_FILE))


def _search(folder: Path, found: Found, once: dict[str, Place], left_out: str | None) -> None:
    any_paper = len(found.faults)
    papers = 0
    for real, path in _walk(folder, os.path.realpath(folder), found, left_out):
        once.setdefault(real, path)
        papers += 1
    if not papers and len(found.faults) == any_paper:
        found.faults.append(_fault(folder, Status.EMPTY, NO_PAPERS))


def _walk(folder: Path, real: str, found: Found, left_out: str | None) -> Iterator[tuple[str, Path]]:
    """The papers below a folder, each with its real place."""
    if real == left_out:
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        problem = f"the folder cannot be listed ({error.strerror}). Give yourself leave to read it"
        found.faults.append(_fault(folder, Status.FAILED, problem))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path, place = folder / entry.name, os.path.join(real, entry.name)  # noqa: PTH118 - of ten thousands of files
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, place, found, left_out)
        elif _is_paper(entry, path, found):
            place = os.path.realpath(path) if entry.is_symlink() else place
            if not (left_out and place.startswith(left_out + os.sep)):
                yield place, path


def _is_paper(entry: os.DirEntry[str], path: Path, found: Found) -> bool:
    suffix = path.suffix.lower()
    if not _is_file(entry):
        if entry.is_symlink() and not path.exists() and suffix in READABLE:
            found.faults.append(_fault(path, Status.MISSING, LINK_TO_NOTHING))
        else:
            found.passed_over["linked folder" if path.is_dir() else "no file"] += 1
        return False
    if suffix in READABLE | OTHER_FORMS:
        return True
    found.passed_over[suffix] += 1
    return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # A circle of links.
        return False


def _fault(path: Place, status: Status, error: str) -> PaperRow:
    return PaperRow(path.name, str(path), status=status, error=error)
