"""Where the cases of a corpus lie, and what their files are called."""

from __future__ import annotations

from pathlib import Path

CORPUS = Path(__file__).parent
CASE_FILE = "case.yml"
KEPT_FOLDER = "expected"


def all_cases(corpus: Path = CORPUS) -> list[Path]:
    """List the folders of all cases, in order."""
    return sorted(file.parent for file in corpus.glob(f"*/*/{CASE_FILE}"))


def case_name(folder: Path) -> str:
    """Name a case by its last two folders: authority/case."""
    folder = folder.resolve()
    return f"{folder.parent.name}/{folder.name}"


def paper_of(folder: Path) -> Path:
    """Say where the paper of a case lies. The name is unique, as the dataset knows papers by their file names."""
    return folder / f"{case_name(folder).replace('/', '-')}.pdf"


def find_case(name: str, corpus: Path = CORPUS) -> Path | None:
    """Find the case that is meant by a path or by authority/case."""
    return next((folder for folder in (Path(name), corpus / name) if (folder / CASE_FILE).is_file()), None)
