"""The `savings` command as a user runs it, on papers that a test writes into a folder of its own."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from pipeline.address import Place
from pipeline.command import main
from pipeline.folder import KEPT
from pipeline.spreadsheet import restored
from tests.pipeline.mischief import Mischief
from tests.rules.made import PLAN, report

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
GOOD = """
    Reference | Saving   | 2007/08 | 2008/09
    R1        | Buses    | 10      | 20
    R2        | Lighting | 5       | -
              | Total    | 15      | 20
    """


@dataclass(frozen=True)
class Ran:
    """A run of the command: its exit status, what it said, and what it wrote."""

    status: int
    stdout: str
    stderr: str
    out: Path

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of one of the files, by column."""
        with (self.out / name).open(newline="", encoding="utf-8") as handle:
            return list(csv.DictReader(handle))

    def paper(self, document: str) -> dict[str, str]:
        """The one row of papers.csv that a paper has."""
        (row,) = [row for row in self.rows("papers.csv") if row["document"] == document]
        return row

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each paper, by its name as it is without a guard against formulas."""
        return {restored(row["document"]): row["status"] for row in self.rows("papers.csv")}

    @property
    def content(self) -> dict[str, bytes]:
        """All that a run wrote for others to read; of papers.csv all but the seconds that reading took."""
        files = sorted(path for path in self.out.rglob("*") if path.is_file())
        found = {str(path.relative_to(self.out)): path.read_bytes() for path in files if KEPT not in path.parts}
        timeless = [{name: text for name, text in row.items() if name != "seconds"} for row in self.rows("papers.csv")]
        return found | {"papers.csv": repr(timeless).encode()}


def run_savings(papers: Sequence[Path | str], out: Place, *options: Path | str, jobs: int = 1) -> Ran:
    """Run the command in this process."""
    words = ["run", *papers, "-o", out, "--jobs", str(jobs), *options]
    result = CliRunner().invoke(main, [str(word) for word in words])
    # SystemExit is how the command gives its status; anything else is a fault of the program.
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    # What was published at an address, a test fetches before it looks at it.
    return Ran(result.exit_code, result.stdout, result.stderr, out if isinstance(out, Path) else Path())


@pytest.fixture
def mischief(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Workers that come to grief over papers that ask for it; the folder that tells how often each was tried."""
    folder = tmp_path / "tried"
    folder.mkdir()
    monkeypatch.setattr("pipeline.run.Work", partial(Mischief, folder=folder))
    return folder


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder of rules for the papers that tests write."""
    folder = tmp_path / "rules"
    write_rule(folder, "made-up/plan", PLAN)
    return folder


def write_rule(folder: Path, name: str, text: str) -> Path:
    """Write a rule file."""
    path = folder / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return path


@pytest.fixture
def paper(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a paper into the folder "papers": a good one unless a text is given."""

    def write(name: str = "plan.txt", text: str = GOOD) -> Path:
        path = tmp_path / "papers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report(text), encoding="utf-8")
        return path

    return write


@pytest.fixture
def savings(tmp_path: Path, rules: Path) -> Callable[..., Ran]:
    """A function that runs the command on papers into the folder "out"."""

    def run(*papers: Path | str, options: Sequence[Path | str] = (), out: Place | None = None, jobs: int = 1) -> Ran:
        return run_savings(papers, out or tmp_path / "out", "--rules", rules, *options, jobs=jobs)

    return run


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of papers that are not in the repository; tests that need it skip without it."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here")
    return SHARED
