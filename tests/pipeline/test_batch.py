"""A batch loses no paper: what ends its reader costs only itself, what was read is kept, and a run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from pipeline.folder import KEPT, ResultsFolder
from pipeline.status import Exit
from tests.pipeline.conftest import GOOD, Ran
from tests.rules.made import report

Savings = Callable[..., Ran]
WritePaper = Callable[..., Path]
ROOT = Path(__file__).parents[2]

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals that kill")


def tried(folder: Path) -> dict[str, int]:
    return {path.name.removeprefix("tried-"): len(path.read_text()) for path in folder.iterdir()}


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


# --- a paper that ends its reader ------------------------------------------------------------------------------------

# Long enough for a small paper on a machine that is busy with other things.
BRIEF = ["--max-seconds", "4"]
SMALL = ["--max-memory", "300"]
GRIEF = [
    pytest.param("crash", [], "crashed", "ended its reader, twice (signal SIGSEGV)", id="crash"),
    pytest.param("leave", [], "crashed", "ended its reader, twice (exit code 7)", id="exit"),
    pytest.param("hang", BRIEF, "timed_out", "took longer than 4 s and was stopped, twice", id="hang"),
    pytest.param("eat", SMALL, "out_of_memory", "needed more than 300 MB of memory", id="memory"),
    pytest.param("fault", [], "failed", "a fault in the program: KeyError", id="fault"),
]


@posix_only
@pytest.mark.parametrize(("word", "options", "status", "said"), GRIEF)
def test_a_paper_that_ends_its_reader_costs_only_itself_and_says_why(
    savings: Savings, paper: WritePaper, mischief: Path, word: str, options: list[str], status: str, said: str
) -> None:
    good = [paper(f"{n}.txt", GOOD.replace("Buses", f"Buses {n}")) for n in range(3)]
    bad = write(good[0].parent, "bad.txt", word)
    ran = savings(bad.parent, options=options, jobs=2)
    assert ran.status == Exit.INCOMPLETE
    assert ran.statuses == {"bad.txt": status} | dict.fromkeys(("0.txt", "1.txt", "2.txt"), "ok")
    assert said in ran.paper("bad.txt")["error"]
    assert len(ran.paper("bad.txt")["sha256"]) == 64
    assert tried(mischief)["bad.txt"] == 2
    assert "Traceback" not in ran.stderr


@posix_only
@pytest.mark.parametrize(("word", "options"), [("once-crash", []), ("once-hang", BRIEF), ("once-eat", SMALL)])
def test_a_paper_that_fails_once_is_read_when_it_is_tried_alone(
    savings: Savings, paper: WritePaper, mischief: Path, word: str, options: list[str]
) -> None:
    bad = write(paper().parent, "bad.txt", f"{word}\n" + report(GOOD))
    ran = savings(bad.parent, options=options)
    assert (ran.status, ran.statuses["bad.txt"], tried(mischief)["bad.txt"]) == (0, "ok", 2)


@posix_only
def test_what_failed_is_tried_again_by_the_next_run_and_what_was_read_is_not(
    savings: Savings, paper: WritePaper, mischief: Path
) -> None:
    bad = write(paper().parent, "bad.txt", "leave")
    savings(bad.parent)
    assert tried(mischief) == {"bad.txt": 2, "plan.txt": 1}
    savings(bad.parent)
    assert tried(mischief) == {"bad.txt": 4, "plan.txt": 1}


def test_what_a_library_prints_does_not_get_to_stdout(paper: WritePaper, tmp_path: Path, rules: Path) -> None:
    bad = write(tmp_path / "papers", "bad.txt", "chatter\n" + report(GOOD))
    code = (
        "import pipeline.run, functools, pathlib; from tests.pipeline.mischief import Mischief;"
        f"pipeline.run.Work = functools.partial(Mischief, folder=pathlib.Path({str(tmp_path)!r}));"
        "from pipeline.command import main; main()"
    )
    words = ["run", str(bad), "-o", str(tmp_path / "out"), "--rules", str(rules)]
    ran = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "a library that prints" in ran.stderr


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_a_second_run_reads_only_what_is_new_or_has_changed(
    savings: Savings, paper: WritePaper, mischief: Path
) -> None:
    folder = paper("a.txt").parent
    paper("b.txt", GOOD.replace("Buses", "Trams"))
    savings(folder)
    paper("b.txt", GOOD.replace("Buses", "Ferries"))
    paper("c.txt", GOOD.replace("Buses", "Trains"))
    ran = savings(folder)
    assert tried(mischief) == {"a.txt": 1, "b.txt": 2, "c.txt": 1}
    assert [row["detail"] for row in ran.rows("figures.csv") if row["row"] == "2"][::2] == [
        "Buses",
        "Ferries",
        "Trains",
    ]


def test_a_paper_that_was_taken_away_and_put_back_is_not_read_again(
    savings: Savings, paper: WritePaper, mischief: Path
) -> None:
    folder = paper("a.txt").parent
    content = paper("b.txt", GOOD.replace("Buses", "Trams")).read_bytes()
    savings(folder)
    (folder / "b.txt").unlink()
    assert savings(folder).statuses == {"a.txt": "ok"}
    (folder / "c.txt").write_bytes(content)
    assert savings(folder).statuses == {"a.txt": "ok", "c.txt": "ok"}
    assert tried(mischief) == {"a.txt": 1, "b.txt": 1}


def test_other_rules_or_settings_read_all_papers_anew(
    savings: Savings, paper: WritePaper, mischief: Path, rules: Path
) -> None:
    folder = paper("a.txt").parent
    savings(folder)
    savings(folder, options=["--effort", "3"])
    rule = next(rules.rglob("*.yml"))
    rule.write_text(rule.read_text().replace("Made-up Council", "Another Council"))
    assert {row["authority"] for row in savings(folder).rows("figures.csv")} == {"Another Council"}
    assert tried(mischief) == {"a.txt": 3}


def test_a_run_with_nothing_new_says_so_and_changes_nothing(savings: Savings, paper: WritePaper) -> None:
    first = savings(paper(), paper("other.txt", "Ward | Votes\nNorth | 512"))
    before = {path: path.stat().st_mtime_ns for path in first.out.rglob("*.csv")}
    again = savings(paper(), paper("other.txt", "Ward | Votes\nNorth | 512"))
    assert again.status == first.status == Exit.INCOMPLETE
    assert "is up to date" in again.stderr
    assert {path: path.stat().st_mtime_ns for path in first.out.rglob("*.csv")} == before
    summary = first.stderr[first.stderr.index("papers   ") :]
    assert again.stderr.endswith(summary)


@pytest.mark.parametrize("name", ["figures.csv", "papers.csv"])
@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_results_that_were_changed_by_hand_are_made_anew_without_reading(
    savings: Savings, paper: WritePaper, mischief: Path, name: str, harm: str
) -> None:
    first = savings(paper())
    before = first.content
    if harm == "gone":
        (first.out / name).unlink()
    else:
        (first.out / name).write_text("mine")
    assert savings(paper()).content == before
    assert tried(mischief) == {"plan.txt": 1}


@pytest.mark.parametrize("harm", ["cut", "emptied", "flipped", "gone", "of another paper"])
def test_a_kept_result_that_is_damaged_is_never_used(
    savings: Savings, paper: WritePaper, mischief: Path, harm: str
) -> None:
    folder = paper("a.txt").parent
    paper("b.txt", GOOD.replace("Buses", "Trams"))
    first = savings(folder)
    before = first.content
    kept = sorted((first.out / KEPT).rglob("*.gz"))
    content = kept[0].read_bytes()
    if harm == "gone":
        kept[0].unlink()
    else:
        flipped = content[:-40] + bytes([content[-40] ^ 4]) + content[-39:]
        harmed = {"cut": content[:-20], "emptied": b"", "flipped": flipped, "of another paper": kept[1].read_bytes()}
        kept[0].write_bytes(harmed[harm])
    (first.out / "figures.csv").unlink()
    assert savings(folder).content == before
    assert sum(tried(mischief).values()) == 3


def test_the_same_bytes_under_two_names_are_read_once_and_reported_twice(
    savings: Savings, paper: WritePaper, mischief: Path
) -> None:
    paper("a.txt")
    paper("b.txt")
    ran = savings(paper("below/a.txt").parent.parent)
    assert sum(tried(mischief).values()) == 1
    assert ran.statuses == {"a.txt": "ok", "b.txt": "ok"}
    assert len(ran.rows("papers.csv")) == 3
    assert [row["document"] for row in ran.rows("figures.csv")] == ["a.txt"] * 12 + ["b.txt"] * 6
    assert len({row["path"] for row in ran.rows("papers.csv")}) == 3


def test_the_same_bytes_as_text_and_as_pdf_are_two_papers(savings: Savings, paper: WritePaper) -> None:
    assert savings(paper("a.txt"), paper("a.pdf")).statuses == {"a.txt": "ok", "a.pdf": "damaged"}


def test_results_of_other_rules_do_not_pile_up(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper())
    savings(paper(), options=["--effort", "3"])
    assert len(list((ran.out / KEPT).rglob("*.gz"))) == 1


# --- stopped, and gone on --------------------------------------------------------------------------------------------


@contextmanager
def started(
    tmp_path: Path, rules: Path, papers: Path | str, *options: str, out: str = ""
) -> Iterator[subprocess.Popen[str]]:
    """The command as a program whose workers come to grief over papers that ask for it; ended at the end."""
    (tmp_path / "tried").mkdir(exist_ok=True)
    code = (
        # Whoever runs the tests in the background may have handed down that Ctrl-C is to be ignored.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "import pipeline.run, functools, pathlib; from tests.pipeline.mischief import Mischief;"
        f"pipeline.run.Work = functools.partial(Mischief, folder=pathlib.Path({str(tmp_path / 'tried')!r}));"
        "from pipeline.command import main; main()"
    )
    words = ["run", str(papers), "-o", out or str(tmp_path / "out"), "--rules", str(rules), *options]
    with subprocess.Popen([sys.executable, "-c", code, *words], cwd=ROOT, stderr=subprocess.PIPE, text=True) as run:
        try:
            yield run
        finally:
            run.kill()


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait until something is so; two minutes are far more than it takes."""
    for _ in range(2400):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


@posix_only
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_stopped_goes_on_where_it_was(
    paper: WritePaper, rules: Path, tmp_path: Path, savings: Savings, mischief: Path, how: signal.Signals
) -> None:
    folder = paper("a.txt").parent
    paper("b.txt", GOOD.replace("Buses", "Trams"))
    write(folder, "z.txt", "once-hang\n" + report(GOOD))
    kept = tmp_path / "out" / KEPT / "papers"
    with started(tmp_path, rules, folder, "--jobs", "1") as run:
        wait_for(lambda: len(list(kept.rglob("*.gz"))) == 2 and "z.txt" in tried(mischief))
        run.send_signal(how)
        _, said = run.communicate(timeout=60)
    if how == signal.SIGKILL:
        assert run.returncode == -9
    else:
        assert run.returncode == Exit.INTERRUPTED
        assert said == (
            "savings: stopped. What was read is kept; the same command goes on from there, and earlier results are as "
            "they were\n"
        )
    assert not (tmp_path / "out" / "figures.csv").exists()
    ran = savings(folder)
    assert (ran.status, tried(mischief)) == (0, {"a.txt": 1, "b.txt": 1, "z.txt": 2})
    assert {path.name for path in (tmp_path / "out" / KEPT).iterdir()} == {"lock", "papers", "published.json"}


@posix_only
def test_workers_end_with_a_run_that_is_killed(paper: WritePaper, rules: Path, tmp_path: Path, mischief: Path) -> None:
    folder = write(tmp_path / "papers", "z.txt", "hang").parent
    with started(tmp_path, rules, folder) as run:
        wait_for(lambda: "z.txt" in tried(mischief))
        family = psutil.Process(run.pid).children(recursive=True)
    assert family
    assert psutil.wait_procs(family, timeout=60)[1] == []


@posix_only
def test_two_runs_into_one_folder_at_once(
    paper: WritePaper, rules: Path, tmp_path: Path, savings: Savings, mischief: Path
) -> None:
    folder = write(tmp_path / "papers", "z.txt", "hang").parent
    with started(tmp_path, rules, folder) as run:
        wait_for(lambda: "z.txt" in tried(mischief))
        second = savings(folder)
        assert second.status == Exit.BUSY
        assert second.stderr.startswith(f"savings: another run is writing into {second.out} (process {run.pid} on ")
        assert run.poll() is None
        assert savings(paper(), out=tmp_path / "elsewhere").status == 0


# --- exit statuses and the log ---------------------------------------------------------------------------------------


def test_strict_makes_contradicted_figures_a_failure(savings: Savings, paper: WritePaper) -> None:
    wrong = paper("wrong.txt", GOOD.replace("15", "16"))
    assert savings(wrong).status == Exit.OK
    assert savings(wrong, options=["--strict"]).status == Exit.DOUBTFUL
    assert savings(paper("plan.txt"), options=["--strict"]).status == Exit.OK
    assert savings(wrong, paper("other.txt", "Ward | Votes\nNorth | 512"), options=["--strict"]).status == 1


def test_fail_fast_stops_at_the_first_paper_that_fails(savings: Savings, paper: WritePaper, mischief: Path) -> None:
    paper("a.txt", "Ward | Votes\nNorth | 512")
    folder = paper("b.txt").parent
    ran = savings(folder, options=["--fail-fast"])
    assert ran.status == Exit.STOPPED_EARLY
    assert "a.txt: no_rule: " in ran.stderr
    assert not (ran.out / "figures.csv").exists()
    assert tried(mischief) == {"a.txt": 1}
    assert savings(folder, options=["--fail-fast"]).status == Exit.STOPPED_EARLY
    assert tried(mischief) == {"a.txt": 1}


@posix_only
def test_fail_fast_tries_a_lost_paper_again_first(savings: Savings, paper: WritePaper, mischief: Path) -> None:
    write(paper("b.txt").parent, "a.txt", "leave")
    ran = savings(paper("b.txt").parent, options=["--fail-fast"])
    assert ran.status == Exit.STOPPED_EARLY
    assert "a.txt: crashed: " in ran.stderr
    assert tried(mischief)["a.txt"] == 2


def test_strict_and_fail_fast_stop_at_a_doubtful_paper(savings: Savings, paper: WritePaper) -> None:
    paper("wrong.txt", GOOD.replace("15", "16"))
    ran = savings(paper().parent, options=["--strict", "--fail-fast"])
    assert ran.status == Exit.STOPPED_EARLY


def test_a_store_that_cannot_be_written_stops_the_run(savings: Savings, paper: WritePaper, mischief: Path) -> None:
    first = savings(paper())
    before = first.content
    write(paper().parent, "z.txt", "full")
    ran = savings(paper().parent)
    assert ran.status == Exit.NOT_WRITTEN
    assert "the disk is full. What was read is kept" in ran.stderr
    assert first.content == before


def test_the_log_tells_what_happened_as_json_lines(
    savings: Savings, paper: WritePaper, tmp_path: Path, mischief: Path
) -> None:
    write(paper().parent, "bad.txt", "leave")
    log = tmp_path / "log.jsonl"
    savings(paper().parent, options=["--log", log])
    savings(paper().parent, options=["--log", log])
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert [event["event"] for event in events if event["event"] != "lost"] == [
        "start",
        "paper",
        "published",
        "end",
    ] * 2
    assert [event["kept"] for event in events if event["event"] == "paper"] == [False, True]
    lost = [(event["why"], event["again"]) for event in events if event["event"] == "lost"]
    assert lost == [("crashed", True), ("crashed", False)] * 2
    assert [event["status"] for event in events if event["event"] == "end"] == [1, 1]


def test_a_log_that_cannot_be_written_is_wrong_usage(savings: Savings, paper: WritePaper, tmp_path: Path) -> None:
    ran = savings(paper(), options=["--log", tmp_path / "nowhere" / "log"])
    assert (ran.status, ran.out.exists()) == (Exit.USAGE, False)


def test_nothing_torn_stays_in_the_store(tmp_path: Path, savings: Savings, paper: WritePaper) -> None:
    store = ResultsFolder(tmp_path / "out").store
    torn = store.folder / "ab" / ".xyz.part"
    torn.parent.mkdir(parents=True)
    torn.write_bytes(b"half a res")
    assert savings(paper()).status == 0
    assert not torn.exists()
