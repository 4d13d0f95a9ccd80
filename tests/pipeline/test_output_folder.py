"""The output folder: what others put there is never touched, and what is there in the end is whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.folder import KEPT
from pipeline.publish import MARK
from pipeline.status import Exit
from tests.pipeline.conftest import Ran

Savings = Callable[..., Ran]
WritePaper = Callable[..., Path]


def listing(folder: Path) -> dict[str, bytes]:
    paths = [path for path in sorted(folder.rglob("*")) if KEPT not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"/" for path in paths}


def test_folders_on_the_way_are_made(savings: Savings, paper: WritePaper, tmp_path: Path) -> None:
    ran = savings(paper(), out=tmp_path / "a" / "b" / "c")
    assert ran.status == 0
    assert len(ran.rows("figures.csv")) == 6


def test_nothing_but_the_results_is_left(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper())
    files = {"checks.csv", "figures.csv", "lines.csv", "papers.csv", "repairs.csv", "datapackage.json", "report.html"}
    assert {path.name for path in ran.out.iterdir()} == {MARK, KEPT, "tables", *files}
    assert json.loads((ran.out / MARK).read_text())["complete"] is True


FOREIGN = [
    pytest.param("figures.csv", "figures.csv", id="results of another program"),
    pytest.param("tables/001.csv", "tables", id="a folder"),
]


@pytest.mark.parametrize(("name", "said"), FOREIGN)
def test_a_folder_with_foreign_results_is_not_used(
    savings: Savings, paper: WritePaper, tmp_path: Path, name: str, said: str
) -> None:
    out = tmp_path / "out"
    (out / name).parent.mkdir(parents=True)
    (out / name).write_text("mine")
    before = listing(out)
    ran = savings(paper())
    assert ran.status == 2
    assert said in ran.stderr
    assert "Name a new or empty folder" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert listing(out) == before


def test_a_log_in_the_folder_does_no_harm_and_stays(savings: Savings, paper: WritePaper, tmp_path: Path) -> None:
    log = tmp_path / "out" / "err.txt"
    log.parent.mkdir()
    log.write_text("mine")
    ran = savings(paper())
    assert (ran.status, len(ran.rows("figures.csv"))) == (0, 6)
    assert log.read_text() == "mine"


def test_a_file_is_no_output_folder(savings: Savings, paper: WritePaper, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("mine")
    ran = savings(paper())
    assert (ran.status, out.read_text()) == (2, "mine")
    assert ran.stderr == f"savings: {out} is a file. Name a folder for the results\n"


def test_a_folder_below_a_file_is_no_output_folder(savings: Savings, paper: WritePaper, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    ran = savings(paper(), out=tmp_path / "file" / "out")
    assert ran.status == 2
    assert ran.stderr.startswith("savings: ")
    assert len(ran.stderr.splitlines()) == 1


def test_the_folder_of_the_papers_is_no_output_folder(savings: Savings, paper: WritePaper) -> None:
    folder = paper().parent
    before = listing(folder)
    assert savings(folder, out=folder).status == 2
    assert listing(folder) == before


def test_results_of_an_earlier_run_are_replaced_and_it_is_said(savings: Savings, paper: WritePaper) -> None:
    first = savings(paper("old.txt"), paper("older.txt"))
    second = savings(paper("new.txt"))
    assert "earlier run" not in first.stderr
    assert f"{second.out} holds results of an earlier run; this run replaces them." in second.stderr
    for name in ("figures.csv", "checks.csv", "papers.csv"):
        assert {row["document"] for row in second.rows(name)} == {"new.txt"}
    assert [path.name.split("-")[0] for path in (second.out / "tables").iterdir()] == ["new.txt"]


def test_files_that_others_put_beside_the_results_stay(savings: Savings, paper: WritePaper) -> None:
    note = savings(paper()).out / "my notes.txt"
    note.write_text("mine")
    assert savings(paper("new.txt")).status == 0
    assert note.read_text() == "mine"


def test_wrong_usage_leaves_results_of_an_earlier_run_alone(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper())
    before = listing(ran.out)
    assert savings(paper("new.txt"), options=["--format", "xml"]).status == 2
    assert listing(ran.out) == before


def test_results_that_an_earlier_run_left_half_replaced_are_replaced(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper())
    (ran.out / MARK).write_text('{"program": "council-savings", "complete": false}')
    (ran.out / "checks.csv").unlink()
    again = savings(paper())
    assert again.status == 0
    assert json.loads((again.out / MARK).read_text())["complete"] is True
    assert len(again.rows("checks.csv")) == 2


STOPS = [
    pytest.param(OSError(28, "No space left on device"), "No space left on device", Exit.NOT_WRITTEN, id="a full disk"),
    pytest.param(KeyboardInterrupt(), "stopped. What was read is kept", Exit.INTERRUPTED, id="Ctrl-C"),
]


@pytest.mark.parametrize(("fault", "said", "status"), STOPS)
def test_a_run_that_cannot_finish_leaves_results_of_an_earlier_run_alone(
    savings: Savings, paper: WritePaper, monkeypatch: pytest.MonkeyPatch, fault: BaseException, said: str, status: int
) -> None:
    ran = savings(paper())
    before = listing(ran.out)

    def stop(*_: object) -> None:
        raise fault

    monkeypatch.setattr("pipeline.publish.Publisher.add", stop)
    again = savings(paper("new.txt"))
    assert again.status == status
    assert said in again.stderr
    assert listing(ran.out) == before


def test_results_below_the_folder_of_the_papers_are_no_papers(savings: Savings, paper: WritePaper) -> None:
    folder = paper().parent
    first = savings(folder, out=folder / "out")
    second = savings(folder, out=folder / "out")
    assert (first.status, second.status) == (0, 0)
    assert second.statuses == {"plan.txt": "ok"}


@pytest.mark.parametrize("earlier", [True, False], ids=["after an earlier run", "by itself"])
def test_what_a_killed_run_left_is_cleared_away(
    savings: Savings, paper: WritePaper, tmp_path: Path, earlier: bool
) -> None:
    if earlier:
        savings(paper())
    left = tmp_path / "out" / ".writing-abc"
    left.mkdir(parents=True)
    (left / "figures.csv").write_text("half a fi")
    assert savings(paper()).status == 0
    assert not left.exists()
