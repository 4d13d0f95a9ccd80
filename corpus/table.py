"""The table of the cases in corpus/README.md, from the cases and what is kept of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from corpus.case import MADE_UP, Source, read_any
from corpus.folders import CASE_FILE, KEPT_FOLDER, case_name
from corpus.report import share
from corpus.yields import FIGURES
from savings.schema import Proof

HEAD = ("case", "source", "figures are", "what it is there to show", "figures", "reconciled")
START, END = "<!-- The cases: make corpus-table -->", "<!-- End of the cases -->"


def table(folders: Iterable[Path]) -> str:
    """Make the table in Markdown, between its marks.

    Raises:
        CaseError: a case.yml cannot be read.
    """
    rows = [HEAD, ("---", "---", "---", "---", "---:", "---:"), *map(_row, folders)]
    return "\n".join((START, *(f"| {' | '.join(row)} |" for row in rows), END))


def put_table(readme: Path, folders: Iterable[Path]) -> None:
    """Put the table into a file, in place of the one between its marks, or at the end where there is none.

    Raises:
        CaseError: a case.yml cannot be read.
    """
    text = readme.read_text(encoding="utf-8") if readme.is_file() else "# The cases\n"
    before, _, rest = text.partition(START)
    after = rest.rpartition(END)[2] if END in rest else "\n"
    lead = before if rest else f"{before.rstrip()}\n\n"
    readme.write_text(f"{lead}{table(folders)}{after}", encoding="utf-8")


def _row(folder: Path) -> tuple[str, ...]:
    case = read_any(folder / CASE_FILE)
    source = f"{case.source.title}, {case.source.publisher}" if isinstance(case.source, Source) else "–"
    figures, reconciled = _kept_figures(folder / KEPT_FOLDER / FIGURES)
    whose = MADE_UP if case.made_up else "published"
    return (f"`{case_name(folder)}`", _cell(source), whose, _cell(_first_sentence(case.purpose)), figures, reconciled)


def _kept_figures(file: Path) -> tuple[str, str]:
    if not file.is_file():
        return "not accepted yet", "–"
    proofs = pd.read_csv(file, dtype=str, keep_default_na=False)["proof"]
    return str(len(proofs)), share(int((proofs == Proof.RECONCILED).sum()), len(proofs))


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0].rstrip(".")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
