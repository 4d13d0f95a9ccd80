"""Every command and every piece of Python in docs/ does what the page says, page by page from top to bottom."""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.command import main
from pipeline.corrections.files import add
from pipeline.corrections.model import Answer, Correction
from pipeline.status import Exit

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAPERS = ("herefordshire/aes-outturn-2007-08", "herefordshire/aes-forward-look-2007-08", "kent/budget-2026-29")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"


@dataclass(frozen=True)
class Step:
    """One command, or one piece of Python, and what it is shown to print."""

    kind: str
    text: str
    shown: tuple[str, ...] = ()


def steps_of(page: Path) -> Iterator[Step]:
    for kind, body in FENCE.findall(page.read_text(encoding="utf-8")):
        if kind == "python":
            yield Step(kind, body)
        elif kind == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, *shown = part.rstrip().split("\n")
                yield Step(kind, command, tuple(line.rstrip() for line in shown))


PAGES = [page for page in sorted(DOCS.rglob("*.md")) if any(steps_of(page))]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the pages take it to be: papers, the results of a run, and rules of one's own."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "papers").mkdir()
    for case in PAPERS:
        for pdf in (ROOT / "corpus" / case).glob("*.pdf"):
            shutil.copy(pdf, folder / "papers")
    for number, case in enumerate(PAPERS[:2], 1):
        (folder / f"parts/{number}").mkdir(parents=True)
        for pdf in (ROOT / "corpus" / case).glob("*.pdf"):
            shutil.copy(pdf, folder / f"parts/{number}")
    (folder / "my-rules/kent").mkdir(parents=True)
    shutil.copy(ROOT / "rules/kent/budget-savings.yml", folder / "my-rules/kent")
    assert run(Step("console", "savings run papers -o out"), folder).returncode == 0
    decide_one(folder)
    return folder


def decide_one(folder: Path) -> None:
    """Keep a decision on the first figure in doubt, as a review would."""
    with (folder / "out/figures.csv").open(encoding="utf-8", newline="") as handle:
        row = next(row for row in csv.DictReader(handle) if row["proof"] == "contradicted")
    names = ("year", "measure", "kind", "recurrence", "part")
    decided = Correction(
        sha256=row["sha256"], document=row["document"], page=int(row["page"]), row=int(row["row"]),
        figure=".".join(row[name] for name in names if row[name]), text=row["raw"],
        box=[float(row[name]) for name in ("x0", "top", "x1", "bottom")], answer=Answer.AS_PRINTED,
        who="A. Person", when="2026-11-25T10:00:00Z",
    )  # fmt: skip
    add(folder / "corrections", row["authority"], [decided])


@pytest.fixture
def folder(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "here"))


def run(step: Step, folder: Path) -> subprocess.CompletedProcess[str]:
    words = ["-c", step.text]
    if step.kind == "console":
        program, *rest = shlex.split(step.text)
        assert program == "savings", f"{step.text}: only commands of this program are shown"
        words = ["-m", "pipeline", *rest]
    environment = {**os.environ, "MPLBACKEND": "agg", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def is_shown(said: str, shown: tuple[str, ...]) -> bool:
    """Whether an output is what a page shows; a line of … stands for any lines."""
    pattern = "".join(r"(?:.*\n)*?" if line == ANYTHING else re.escape(line) + r" *\n" for line in shown)
    return re.fullmatch(pattern, said) is not None


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(DOCS)) for page in PAGES])
def test_a_page_does_what_it_shows(page: Path, folder: Path) -> None:
    for step in steps_of(page):
        done = run(step, folder)
        assert done.returncode == 0, f"{step.text}\n{done.stdout}\n{done.stderr}"
        if step.shown:
            assert is_shown(done.stdout, step.shown), f"{step.text}\n{done.stdout}"


def test_the_notebook_runs(folder: Path) -> None:
    notebook = nbformat.read(DOCS / "savings.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    assert (folder / "savings.png").stat().st_size > 5_000


def test_the_exit_statuses_are_those_of_the_program() -> None:
    page = (DOCS / "exit-statuses.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| (.+) \|$", page, re.MULTILINE)
    assert rows == [(str(int(status)), status.name, status.meaning) for status in Exit]


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    commands = (tmp_path / "site/commands.html").read_text(encoding="utf-8")
    assert all(f"savings {name}" in re.sub(r"<[^>]+>", "", commands) for name in main.commands)
