"""The same papers give the same bytes, however many workers read them and in whatever order they are named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.spreadsheet import restored
from tests.pipeline.conftest import GOOD, Ran

Savings = Callable[..., Ran]
WritePaper = Callable[..., Path]


@pytest.fixture
def folder(paper: WritePaper) -> Path:
    """A folder of papers, some of them damaged, some that no rule fits."""
    for number in range(6):
        paper(f"{number} plan.txt", GOOD.replace("Buses", f"Buses {number}"))
    paper("below/0 plan.txt", GOOD.replace("10 ", "11 "))
    paper("other.txt", "Ward | Votes\nNorth | 512")
    (paper("a.pdf")).write_bytes(b"")
    return paper().parent


def test_one_worker_and_two_give_the_same_bytes(savings: Savings, folder: Path, tmp_path: Path) -> None:
    one = savings(folder, out=tmp_path / "one", jobs=1)
    two = savings(folder, out=tmp_path / "two", jobs=2)
    assert len(one.rows("figures.csv")) == 8 * 6
    assert one.content == two.content
    assert one.statuses == two.statuses
    assert list(one.statuses) == list(two.statuses)


def test_the_order_of_the_arguments_does_not_matter(savings: Savings, folder: Path, tmp_path: Path) -> None:
    papers = sorted(path for path in folder.rglob("*") if path.is_file())
    straight = savings(*papers, out=tmp_path / "straight")
    back = savings(*reversed(papers), out=tmp_path / "back")
    by_folder = savings(folder, out=tmp_path / "folder")
    assert straight.content == back.content == by_folder.content


def test_documents_are_in_the_order_of_their_names(savings: Savings, folder: Path) -> None:
    ran = savings(folder)
    for name in ("figures.csv", "papers.csv"):
        documents = [row["document"] for row in ran.rows(name)]
        assert documents == sorted(documents)


def test_papers_of_one_name_in_two_folders_are_two_papers(savings: Savings, folder: Path) -> None:
    figures = [row for row in savings(folder).rows("figures.csv") if row["document"] == "0 plan.txt"]
    assert len(figures) == 12
    assert len({row["sha256"] for row in figures}) == 2


@pytest.mark.parametrize("again", ["the file", "its folder", "with dots in the path"])
def test_a_paper_that_is_named_twice_is_read_once(savings: Savings, paper: WritePaper, again: str) -> None:
    given = paper()
    other = {"the file": given, "its folder": given.parent, "with dots in the path": f"{given.parent}/./plan.txt"}
    ran = savings(given, other[again])
    assert len(ran.rows("papers.csv")) == 1
    assert len(ran.rows("figures.csv")) == 6


def test_a_suffix_in_capitals_is_a_paper_and_hidden_files_are_none(savings: Savings, paper: WritePaper) -> None:
    paper("PLAN.TXT")
    paper(".hidden.txt")
    paper(".git/plan.txt")
    assert savings(paper("notes.csv").parent).statuses == {"PLAN.TXT": "ok"}


def test_a_file_that_is_named_is_read_whatever_it_is_called(savings: Savings, paper: WritePaper) -> None:
    assert savings(paper("plan.csv"), paper("plan")).statuses == {"plan": "ok", "plan.csv": "ok"}


NAMES = [
    "plan with spaces.txt",
    'it\'s "quoted", and so on.txt',
    "two\nlines.txt",
    "cynllun arbedion Ynys Môn.txt",
    "经济节约.txt",
    "خطة.txt",
    "-o.txt",
    "[red]plan.txt",
    "100%.txt",
    f"{'long' * 60}.txt",
]


@pytest.mark.skipif(os.name == "nt", reason="Windows does not allow some of these names")
def test_names_of_files_come_back_as_they_are(savings: Savings, paper: WritePaper) -> None:
    ran = savings(*(paper(name) for name in NAMES))
    assert ran.status == 0
    assert ran.statuses == dict.fromkeys(sorted(NAMES), "ok")
    assert {restored(row["document"]) for row in ran.rows("figures.csv")} == set(NAMES)
    assert len(list((ran.out / "tables").iterdir())) == len(NAMES)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not allow some of these names")
@pytest.mark.parametrize("name", [name for name in NAMES if "\n" not in name])
def test_a_bad_paper_is_named_as_it_is(savings: Savings, paper: WritePaper, name: str) -> None:
    given = paper(name, "Ward | Votes\nNorth | 512")
    ran = savings(given)
    assert ran.statuses == {name: "no_rule"}
    assert len([line for line in ran.stderr.splitlines() if line.startswith(f"{given}: no_rule: ")]) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows does not allow such links")
@pytest.mark.parametrize("again", ["relative", "link"])
def test_a_paper_that_is_named_by_two_paths_is_read_once(
    savings: Savings, paper: WritePaper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    given = paper()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(given.parent)
    other = {"relative": Path("papers/plan.txt"), "link": tmp_path / "link"}[again]
    ran = savings(given, other)
    assert len(ran.rows("figures.csv")) == 6


@pytest.mark.skipif(os.name == "nt", reason="Windows does not allow such names")
def test_a_name_that_is_not_utf_8_costs_no_paper(savings: Savings, paper: WritePaper) -> None:
    folder = paper().parent
    (folder / os.fsdecode(b"caf\xe9.txt")).write_bytes(paper().read_bytes())
    ran = savings(folder)
    assert len(ran.rows("figures.csv")) == 12


@pytest.mark.skipif(os.name == "nt", reason="Windows does not allow such names")
def test_a_carriage_return_in_a_name_breaks_no_row(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper("two\rlines.txt"))
    assert [row["document"] for row in ran.rows("figures.csv")] == ["two\\rlines.txt"] * 6


@pytest.mark.skipif(os.name == "nt", reason="Windows does not allow such names")
def test_a_bad_paper_whose_name_has_two_lines_is_told_in_one(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper("two\nlines.txt", "Ward | Votes\nNorth | 512"))
    assert len([line for line in ran.stderr.splitlines() if "two" in line and "lines.txt: no_rule: " in line]) == 1
