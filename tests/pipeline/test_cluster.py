"""The same command on a Dask cluster: the same bytes, nothing lost, and what does not fit is refused in clear words."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.dask_cluster import Cluster, cluster, kill
from pipeline.cluster import engine
from pipeline.cluster.engine import AHEAD, cluster_engine
from pipeline.cluster.terms import Program, Terms
from pipeline.folder import KEPT
from pipeline.recipe import Recipe
from pipeline.status import Exit
from pipeline.store import LocalStore
from pipeline.work import Done, Task, Work
from tests.pipeline.conftest import GOOD, Ran
from tests.pipeline.test_batch import started, tried, wait_for, write
from tests.rules.made import report

Savings = Callable[..., Ran]
WritePaper = Callable[..., Path]
# Workers without a process that watches over them start sooner.
BARE = ["--no-nanny"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers that no test kills."""
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture
def papers(paper: WritePaper) -> Path:
    """A folder of six papers, two of them with the same bytes."""
    for number in range(5):
        paper(f"{number}.txt", GOOD.replace("Buses", f"Buses {number}"))
    return paper("again.txt", GOOD.replace("Buses", "Buses 0")).parent


def test_a_cluster_gives_the_bytes_of_one_local_worker(savings: Savings, papers: Path, running: Cluster) -> None:
    ran = savings(papers, options=["--scheduler", running.address])
    alone = savings(papers, out=ran.out.with_name("alone"))
    assert (ran.status, alone.status) == (0, 0)
    assert ran.content == alone.content
    again = savings(papers, options=["--scheduler", running.address])
    assert "is up to date" in again.stderr


def test_the_file_of_the_scheduler_leads_to_it(savings: Savings, papers: Path, running: Cluster) -> None:
    assert savings(papers, options=["--scheduler", running.file]).status == 0


def test_a_hostile_paper_costs_only_itself_and_no_dask_worker(
    savings: Savings, papers: Path, running: Cluster, mischief: Path
) -> None:
    before = [process.pid for worker in running.workers for process in psutil.Process(worker.pid).children()]
    write(papers, "crash.txt", "crash")
    write(papers, "eat.txt", "eat")
    ran = savings(papers, options=["--scheduler", running.address, "--max-memory", "300"])
    bad = {"crash.txt": "crashed", "eat.txt": "out_of_memory"}
    assert {name: status for name, status in ran.statuses.items() if status != "ok"} == bad
    assert {name: tried(mischief)[name] for name in bad} == dict.fromkeys(bad, 2)
    after = [process.pid for worker in running.workers for process in psutil.Process(worker.pid).children()]
    assert set(before) <= set(after)


def test_no_more_papers_are_with_the_cluster_than_keep_it_busy(tmp_path: Path, rules: Path, running: Cluster) -> None:
    recipe = Recipe.of(Recipe("").limits, rules)
    work = Work(LocalStore(tmp_path / "kept"), recipe.digest, recipe.load_rules())
    paths = [write(tmp_path, f"{n}.txt", report(GOOD.replace("Buses", f"Buses {n}"))) for n in range(20)]
    drawn = []

    def tasks() -> Iterator[Task]:
        for path in paths:
            drawn.append(path)
            yield Task(str(path), "")

    with cluster_engine(running.address, work, Terms(Program.here())) as made:
        for number, (_, answer) in enumerate(made(sys.maxsize).run(tasks()), 1):
            assert isinstance(answer, Done)
            assert len(drawn) - number < 2 * AHEAD
    assert len(list(work.store.listing())) == len(paths)


# --- what is lost on the way -----------------------------------------------------------------------------------------


def test_the_papers_of_a_worker_that_is_killed_are_read_by_another(
    savings: Savings, papers: Path, mischief: Path, tmp_path: Path, rules: Path
) -> None:
    write(papers, "z.txt", "once-hang\n" + report(GOOD))
    readers = tmp_path / "readers"
    with cluster(tmp_path, 2, *BARE) as made, started(tmp_path, rules, papers, "--scheduler", made.address) as run:
        wait_for((readers / "z.txt").exists)
        above = {each.pid for each in psutil.Process(int((readers / "z.txt").read_text())).parents()}
        (struck,) = [worker for worker in made.workers if worker.pid in above]
        kill(struck)
        assert run.wait(timeout=100) == 0
    assert tried(mischief)["z.txt"] == 2
    assert max(times for name, times in tried(mischief).items() if name != "z.txt") == 1
    assert Ran(0, "", "", tmp_path / "out").content == savings(papers, out=tmp_path / "alone").content


def test_a_scheduler_that_goes_away_ends_the_run_and_the_next_goes_on(
    savings: Savings, papers: Path, mischief: Path, tmp_path: Path, rules: Path
) -> None:
    write(papers, "z.txt", "once-hang\n" + report(GOOD))
    kept = tmp_path / "out" / KEPT / "papers"
    with cluster(tmp_path, 2, *BARE) as made:
        address = made.address
        with started(tmp_path, rules, papers, "--scheduler", address) as run:
            wait_for(lambda: len(list(kept.rglob("*.gz"))) == 5 and "z.txt" in tried(mischief))
            made.kill_scheduler()
            _, said = run.communicate(timeout=100)
        made.stop()
        assert run.returncode == Exit.UNREACHABLE
        assert f"the scheduler at {address} has gone away or was restarted" in said
        assert "the same command goes on from there" in said
        assert "Traceback" not in said
        made.start_scheduler(address)
        made.start_workers(1, *BARE)
        ran = savings(papers, options=["--scheduler", address])
    assert (ran.status, sorted(tried(mischief).values())) == (0, [1, 1, 1, 1, 1, 2])
    assert ran.content == savings(papers, out=tmp_path / "alone").content


# --- what does not fit -----------------------------------------------------------------------------------------------


def test_a_worker_with_another_program_or_other_rules_is_refused(
    savings: Savings, papers: Path, running: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.cluster.terms.program_digest", lambda: "that of another version")
    ran = savings(papers, options=["--scheduler", running.address])
    assert ran.status == Exit.UNREACHABLE
    assert "has another program: source or rule files of its own under the same version" in ran.stderr
    assert "start the workers again" in ran.stderr
    assert not list((ran.out / KEPT).rglob("*.gz"))
    assert not (ran.out / "figures.csv").exists()


def test_the_library_that_differs_is_named() -> None:
    here = Program("1", "a", {"ortools": "9.14", "regex": "2025"})
    other = Program("1", "b", {"ortools": "9.11"})
    assert here.differences(other) == "ortools 9.11 (here 9.14), regex not installed (here 2025)"
    assert here.differences(here) == ""


def test_a_worker_that_does_not_see_the_results_folder_is_refused(tmp_path: Path) -> None:
    mark = write(tmp_path / "out" / KEPT, "running.json", "run 1")
    assert Terms(Program.here(), str(mark), "run 1").unmet() == ""
    for at, text in ((mark, "run 2"), (tmp_path / "elsewhere" / KEPT / "running.json", "run 1")):
        assert Terms(Program.here(), str(at), text).unmet().startswith("does not see the results folder")


def test_a_worker_that_does_not_see_the_papers_is_refused(papers: Path, tmp_path: Path) -> None:
    terms = Terms.of([papers / "0.txt", papers, tmp_path / "missing"], tmp_path / "out", ("", ""))
    assert terms.places == (str(papers),)
    assert Terms.from_bytes(terms.as_bytes()) == terms
    assert terms.unmet() == ""
    papers.rename(tmp_path / "elsewhere")
    assert terms.unmet().startswith(f"does not see {papers}. Give papers that all machines see")


def free_port() -> int:
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])


def test_an_absent_scheduler_is_an_error_and_no_wait(
    savings: Savings, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CONTACT", 1.0)
    ran = savings(papers, options=["--scheduler", f"tcp://127.0.0.1:{free_port()}"])
    assert ran.status == Exit.UNREACHABLE
    assert "no scheduler answers at tcp://127.0.0.1:" in ran.stderr


def test_a_scheduler_without_workers_is_an_error_in_the_end(
    savings: Savings, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.5)
    with cluster(tmp_path, workers=0) as made:
        wait_for(made.file.exists)
        ran = savings(papers, options=["--scheduler", made.file])
    assert ran.status == Exit.UNREACHABLE
    assert "has had no workers for 0.5 s. Start some: dask worker tcp://" in ran.stderr


@pytest.mark.parametrize("text", [None, "no JSON", json.dumps({"workers": []})])
def test_what_is_no_scheduler_file_is_named(savings: Savings, papers: Path, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "scheduler.json" if text is None else write(tmp_path, "scheduler.json", text)
    ran = savings(papers, options=["--scheduler", file])
    assert (ran.status, f"--scheduler {file}" in ran.stderr) == (Exit.UNREACHABLE, True)


def test_without_the_library_it_says_what_to_install(
    savings: Savings, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = savings(papers, options=["--scheduler", "tcp://127.0.0.1:8786"])
    assert (ran.status, "pip install 'council-savings[cluster]'" in ran.stderr) == (Exit.UNREACHABLE, True)
