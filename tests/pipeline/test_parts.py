"""Results are written in parts, by several processes: what comes out does not show how many there were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import parts
from pipeline.store import LocalStore
from pipeline.work import Answer, Loss, Lost, Task
from tests.pipeline.conftest import GOOD, Ran

Savings = Callable[..., Ran]
WritePaper = Callable[..., Path]
# Its items come to 14,000, and its total says 15,000.
CONTRADICTED = GOOD.replace("Buses    | 10 ", "Buses    | 9  ")


@pytest.fixture
def folder(paper: WritePaper) -> Path:
    """Papers that are read, that contradict themselves, that come twice, and that cannot be read."""
    for number in range(4):
        paper(f"{number} plan.txt", GOOD.replace("Buses", f"Buses {number}"))
        paper(f"{number} wrong.txt", CONTRADICTED.replace("Buses   ", f"Buses {number} "))
    paper("again/3 wrong.txt", CONTRADICTED.replace("Buses   ", "Buses 3 "))
    paper("other/2 plan.txt", GOOD.replace("2008/09", "2009/10"))
    paper("a.pdf").write_bytes(b"")
    paper("votes.txt", "Ward | Votes\nNorth | 512")
    return paper().parent


@pytest.fixture
def whole(savings: Savings, folder: Path, tmp_path: Path) -> Ran:
    """What comes out in one part."""
    return savings(folder, tmp_path / "is not there.pdf", out=tmp_path / "whole")


@pytest.mark.parametrize(("size", "jobs"), [(1, 1), (1, 2), (3, 2), (8, 2)])
def test_many_parts_give_the_bytes_of_one(
    whole: Ran, savings: Savings, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, jobs: int
) -> None:
    monkeypatch.setattr(parts, "PAPERS_OF_A_PART", size)
    ran = savings(folder, tmp_path / "is not there.pdf", out=tmp_path / "in-parts", jobs=jobs)
    assert ran.content.keys() == whole.content.keys()
    assert {name for name, content in whole.content.items() if ran.content[name] != content} == set()
    assert ran.stderr.replace("in-parts", "whole") == whole.stderr
    assert len(ran.rows("lines.csv")) == 11 * 3


class Losing:
    """Workers all of which die before they have done anything."""

    def __init__(self, *_: object) -> None:
        pass

    def run(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Answer]]:
        yield from ((task, Lost(Loss.CRASHED, "signal SIGKILL")) for task in tasks)


def test_a_part_whose_worker_is_lost_is_written_all_the_same(
    whole: Ran, savings: Savings, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PAPERS_OF_A_PART", 3)
    monkeypatch.setattr(parts, "LocalWorkers", Losing)
    ran = savings(folder, tmp_path / "is not there.pdf", out=tmp_path / "in-parts")
    assert ran.status == whole.status
    assert {name for name, content in whole.content.items() if ran.content[name] != content} == set()


def test_a_kept_result_that_is_damaged_is_noticed_in_a_part(
    savings: Savings, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PAPERS_OF_A_PART", 3)
    first = savings(folder, jobs=2)
    store = LocalStore(first.out / ".results" / "papers")
    kept = sorted(store.folder.rglob("*.gz"))[0]
    kept.write_bytes(kept.read_bytes()[:-9])  # Its head is whole, so that only writing it out shows it.
    (first.out / "figures.csv").unlink()
    again = savings(folder, jobs=2)
    assert again.content == first.content
    assert again.status == first.status


def test_nothing_of_the_parts_stays(savings: Savings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PAPERS_OF_A_PART", 3)
    ran = savings(folder, jobs=2)
    assert not list(ran.out.rglob(parts.PARTS))
    assert not list(ran.out.rglob(parts.SAID))
