"""What this tree makes right or wrong against another revision of the program, figure by figure.

    python -m corpus.diff REVISION [CASE ...]

Both programs read the papers of the same cases, and both are held against what the cases keep. The revision is checked
out into a temporary folder, and run with the libraries of this environment.

Exit status: 0 nothing became wrong; 1 something did; 2 wrong usage, or a program did not run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pandas as pd

from corpus.__main__ import add_places
from corpus.case import CaseError, read_any
from corpus.differences import Difference, KeptError, compare
from corpus.folders import CASE_FILE, KEPT_FOLDER, all_cases, case_name, find_case
from corpus.run import paper_of_case
from corpus.yields import BOX_COLUMNS, FIGURES

ROOT = Path(__file__).parents[1]
RIGHT = "as it must be"
SORTS = ("now wrong", "changed", "now right")
# Exit statuses of `savings run` with which it has written its results.
RAN = (0, 1)


class DiffError(Exception):
    """Why two programs could not be compared, and what to do."""


@dataclass(frozen=True)
class Move:
    """A figure that the two programs give otherwise. `sort` is one of SORTS; `before` and `now` say what is wrong."""

    sort: str
    case: str
    where: str
    before: str
    now: str
    money: Decimal

    def __str__(self) -> str:
        what = {"now right": self.before, "now wrong": self.now, "changed": f"{self.before}; now {self.now}"}[self.sort]
        return f"{self.sort:<9}  {self.case}: {self.where}\n           {what}"


@dataclass(frozen=True)
class Comparison:
    """What became of the figures of all cases, how many were wrong both times, and how many must come.

    `unkept` names cases that are not accepted yet.
    """

    moves: tuple[Move, ...]
    wrong: int
    kept: int
    unkept: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Say every move, what became wrong first and the worst money first, and the sum of them."""
        for move in sorted(self.moves, key=lambda move: (SORTS.index(move.sort), -move.money)):
            yield str(move)
        for case in self.unkept:
            yield f"left out   {case}: not accepted yet, so that nobody knows what must come"
        counts = Counter(move.sort for move in self.moves)
        said = ", ".join(f"{counts[sort]} {sort}" for sort in SORTS)
        yield f"{said}, {self.wrong} wrong as before; {self.kept:,} figures must come"


def compare_programs(base: Path, folders: Sequence[Path], rules: Path | None = None, jobs: int = 1) -> Comparison:
    """Hold the program in the folder `base` and this one against what the cases keep.

    Raises:
        DiffError: a program did not run.
        CaseError, KeptError: a case, or what it keeps, cannot be read.
    """
    accepted = [folder for folder in folders if (folder / KEPT_FOLDER / FIGURES).is_file()]
    papers = {folder: paper_of_case(folder, read_any(folder / CASE_FILE)) for folder in accepted}
    before, now = (_figures(tree, papers.values(), rules, jobs) for tree in (base, ROOT))
    moves: list[Move] = []
    wrong = kept = 0
    for folder, paper in papers.items():
        must = (folder / KEPT_FOLDER / FIGURES).read_text(encoding="utf-8")
        wrongs = [_wrong(must, _of_paper(figures, paper, must)) for figures in (before, now)]
        moves += _moves(case_name(folder), *wrongs)
        wrong += sum(wrongs[1].get(where) == fault for where, fault in wrongs[0].items())
        kept += len(pd.read_csv(folder / KEPT_FOLDER / FIGURES, dtype=str))
    return Comparison(tuple(moves), wrong, kept, tuple(case_name(f) for f in folders if f not in papers))


def _figures(tree: Path, papers: Iterable[Path], rules: Path | None, jobs: int) -> pd.DataFrame:
    """Run the program of a tree over papers, as a user runs it."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        own = ["--rules", str(rules.resolve())] if rules else []
        given = [str(paper.resolve()) for paper in papers]
        command = [sys.executable, "-m", "pipeline", "run", *given, "-o", str(out), "--jobs", str(jobs), *own]
        environment = {**os.environ, "PYTHONPATH": str(tree)}
        ran = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        if ran.returncode not in RAN or not (out / FIGURES).is_file():
            raise DiffError(f"the program in {tree} did not run (exit status {ran.returncode}):\n{ran.stderr.strip()}")
        return pd.read_csv(out / FIGURES, dtype=str, keep_default_na=False)


def _of_paper(figures: pd.DataFrame, paper: Path, must: str) -> str:
    """The figures of one paper, in the columns and the precision that a case keeps."""
    columns = must.partition("\n")[0].split(",")
    own = figures[figures["sha256"] == sha256(paper.read_bytes()).hexdigest()].reindex(columns=columns, fill_value="")
    for column in BOX_COLUMNS:
        own[column] = own[column].map(lambda place: f"{float(place):.0f}" if place else "")
    return own.to_csv(index=False, lineterminator="\n")


def _wrong(must: str, found: str) -> dict[str, Difference]:
    """The figures that are not as they must be, by name; a name that stands for several is numbered."""
    times: Counter[str] = Counter()
    named = {}
    for difference in compare(FIGURES, must, found):
        times[difference.where] += 1
        number = times[difference.where]
        named[f"{difference.where} ({number})" if number > 1 else difference.where] = difference
    return named


def _moves(case: str, before: Mapping[str, Difference], now: Mapping[str, Difference]) -> Iterator[Move]:
    for where in dict.fromkeys((*before, *now)):
        was, found = before.get(where), now.get(where)
        if was == found:
            continue
        sort = "now right" if found is None else "now wrong" if was is None else "changed"
        money = max((d.money for d in (was, found) if d), default=Decimal(0))
        yield Move(sort, case, where, _fault(was), _fault(found), money)


def _fault(difference: Difference | None) -> str:
    return f"{difference.sort}: {difference.how}" if difference else RIGHT


@contextmanager
def checked_out(revision: str, project: Path = ROOT) -> Iterator[Path]:
    """Check out a revision of a project into a temporary folder, and take it away again.

    Raises:
        DiffError: there is no such revision.
    """
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "base"
        made = _git(project, "worktree", "add", "--quiet", "--detach", str(tree), revision)
        if made.returncode:
            raise DiffError(f"{revision!r} cannot be checked out: {made.stderr.strip()}")
        try:
            yield tree
        finally:
            _git(project, "worktree", "remove", "--force", str(tree))


def _git(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # A hook of git sets variables that would lead a call from another folder astray.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(project), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m corpus.diff", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("revision", metavar="REVISION", help="a revision of this project, such as main or HEAD~3")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="a folder or authority/case (default: all)")
    add_places(parser)
    options = parser.parse_args(arguments)
    found = {name: find_case(name, options.corpus) for name in options.cases}
    unknown = [name for name, folder in found.items() if folder is None]
    if unknown:
        parser.error(f"there is no case {unknown[0]!r}")
    folders = [folder for folder in found.values() if folder] or all_cases(options.corpus)
    try:
        with checked_out(options.revision) as base:
            comparison = compare_programs(base, folders, options.rules, os.cpu_count() or 1)
    except (DiffError, CaseError, KeptError) as error:
        print(error, file=sys.stderr)
        return 2
    print(*comparison.lines(), sep="\n")
    return 1 if any(move.sort == "now wrong" for move in comparison.moves) else 0


if __name__ == "__main__":
    sys.exit(main())
