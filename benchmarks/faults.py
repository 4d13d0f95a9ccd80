"""Fault trials: disturb a run, run once more, and compare with an undisturbed run, byte for byte (`make faults`).

    python -m benchmarks.faults [--trials N] [--seed S]

Each trial runs the command as a program over the corpus and some made-up papers into a folder of its own, disturbs it
in one way, and then runs it again, undisturbed. What must be equal is all that is published but `seconds` in
papers.csv.
Faults of the disk and the clock are put in by a sitecustomize.py on the path of the program and of its workers.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.dask_cluster import cluster
from pipeline.status import Exit

ROOT = Path(__file__).resolve().parents[1]
MADE = 40
KEPT = ".results"

INJECTED = """
import errno, io, os, random, time
kind = os.environ.get("FAULT", "")
at = os.environ.get("FAULT_AT", "")
open_, io_open, clock = os.open, io.open, time.time
def failing(real):
    def opened(path, *args, **kwargs):
        if isinstance(path, (str, os.PathLike)) and os.fspath(path).endswith(at):
            raise OSError(getattr(errno, kind), os.strerror(getattr(errno, kind)), os.fspath(path))
        return real(path, *args, **kwargs)
    return opened
if kind in ("EIO", "EACCES"):
    os.open, io.open = failing(open_), failing(io_open)
if kind == "CLOCK":
    time.time = lambda: clock() + random.choice((-1, 1)) * random.uniform(0, 10 * 86400)
"""


@dataclass
class Trials:
    """One kind of fault: how often it was tried, how often it struck, and how often the bytes were the same after."""

    name: str
    tried: int = 0
    struck: int = 0
    same: int = 0


@dataclass(frozen=True)
class Place:
    """Where trials are made: the papers, and a folder for everything else."""

    papers: Path
    folder: Path

    def command(self, out: Path) -> list[str]:
        return [sys.executable, "-m", "pipeline", "run", str(self.papers), "-o", str(out), "--jobs", "2"]

    def start(self, out: Path, *words: str, **extra: str) -> subprocess.Popen[bytes]:
        env = os.environ | extra
        if extra:
            env["PYTHONPATH"] = str(self.folder / "injected")
        return subprocess.Popen([*self.command(out), *words], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)

    def run(self, out: Path, **extra: str) -> int:
        return self.start(out, **extra).wait()


def prepare(folder: Path) -> Place:
    """The corpus' papers and some small ones, and what injects faults."""
    papers = folder / "papers"
    papers.mkdir()
    for path in sorted((ROOT / "corpus").glob("*/*/*.pdf"))[::4]:
        shutil.copy(path, papers)
    for number in range(MADE):
        (papers / f"made-{number:03}.txt").write_text(f"Ward\tVotes\nNorth {number}\t{number * 17}\nSouth\t384\n")
    (folder / "injected").mkdir()
    (folder / "injected" / "sitecustomize.py").write_text(INJECTED)
    return Place(papers, folder)


def published(out: Path) -> dict[str, object]:
    """All that a run published, without the seconds that reading took."""
    found: dict[str, object] = {}
    for path in sorted(out.rglob("*")):
        if path.is_file() and KEPT not in path.parts:
            found[str(path.relative_to(out))] = path.read_bytes()
    with (out / "papers.csv").open(newline="", encoding="utf-8") as handle:
        found["papers.csv"] = [row | {"seconds": ""} for row in csv.DictReader(handle)]
    return found


# --- the faults: each disturbs one run into `out`, and says whether it struck --------------------------------------


def workers_of(run: subprocess.Popen[bytes]) -> list[psutil.Process]:
    with suppress(psutil.Error):
        below = psutil.Process(run.pid).children(recursive=True)
        # The server that workers are forked from, and the tracker beside it, are children of the run itself.
        return [process for process in below if process.ppid() != run.pid]
    return []


def kill_workers(place: Place, out: Path, rng: random.Random) -> bool:
    """A worker killed at random every second (at first sooner, so that short runs are hit, too)."""
    run, kills = place.start(out), 0
    while run.poll() is None:
        time.sleep(rng.uniform(0.2, 1.0))
        workers = workers_of(run)
        if workers:
            with suppress(psutil.Error):
                rng.choice(workers).kill()
                kills += 1
    return kills > 0


def kill_run(place: Place, out: Path, rng: random.Random) -> bool:
    """The run itself killed (SIGKILL) at a random moment, as by a power cut."""
    run = place.start(out)
    kept = out / KEPT / "papers"
    goal = rng.randrange(MADE)
    while run.poll() is None and len(list(kept.glob("*/*.gz"))) < goal:
        time.sleep(0.02)
    run.kill()
    return run.wait() == -signal.SIGKILL


def full_disk(place: Place, out: Path, rng: random.Random) -> bool:
    """A file system that is full after some of the results, and larger when the run goes on."""
    out.mkdir()
    size = rng.randrange(64, 480)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(out)], check=False).returncode
    if mounted != 0:
        raise NotPossible("a small file system could not be mounted (that needs root)")
    status = place.run(out)
    subprocess.run(["mount", "-o", "remount,size=64m", str(out)], check=True)
    return status == 4


def failing_read(kind: str) -> Callable[[Place, Path, random.Random], bool]:
    def fault(place: Place, out: Path, rng: random.Random) -> bool:
        name = rng.choice(sorted(path.name for path in place.papers.iterdir()))
        status = place.run(out, FAULT=kind, FAULT_AT=f"/{name}")
        with (out / "papers.csv").open(newline="", encoding="utf-8") as handle:
            unreadable = [row["document"] for row in csv.DictReader(handle) if row["status"] == "unreadable"]
        return status == 1 and unreadable == [name]

    return fault


def jumping_clock(place: Place, out: Path, rng: random.Random) -> bool:
    """The wall clock says something else by up to ten days each time it is asked."""
    return place.run(out, FAULT="CLOCK") in (0, 1)


def restart_scheduler(place: Place, out: Path, rng: random.Random) -> bool:
    """The scheduler of a Dask cluster killed while papers are read, and started again, with new workers."""
    folder = place.folder / "cluster"
    folder.mkdir(exist_ok=True)
    with cluster(folder, 2, "--no-nanny") as made:
        address = made.address
        run = place.start(out, "--scheduler", address)
        kept, goal = out / KEPT / "papers", rng.randrange(MADE)
        while run.poll() is None and len(list(kept.glob("*/*.gz"))) < goal:
            time.sleep(0.02)
        made.kill_scheduler()
        ended = run.wait()
        made.stop()
        made.start_scheduler(address)
        made.start_workers(2, "--no-nanny")
        return ended == Exit.UNREACHABLE and place.start(out, "--scheduler", address).wait() in (0, 1)


class NotPossible(Exception):
    """A fault that cannot be made on this machine."""


FAULTS: dict[str, Callable[[Place, Path, random.Random], bool]] = {
    "a worker killed at random about every second": kill_workers,
    "the run killed (SIGKILL) at a random moment": kill_run,
    "a full disk (ENOSPC of a small file system)": full_disk,
    "a read error (EIO) on one paper": failing_read("EIO"),
    "a paper that may not be read (EACCES)": failing_read("EACCES"),
    "a clock that jumps by days": jumping_clock,
    "the scheduler of a cluster killed and restarted": restart_scheduler,
}


@contextmanager
def folder_for(place: Place) -> Iterator[Path]:
    out = place.folder / "out"
    try:
        yield out
    finally:
        if os.path.ismount(out):
            subprocess.run(["umount", str(out)], check=True)
        shutil.rmtree(out, ignore_errors=True)


def attempt(place: Place, trials: Trials, expected: dict[str, object], rng: random.Random) -> None:
    with folder_for(place) as out:
        trials.tried += 1
        trials.struck += FAULTS[trials.name](place, out, rng)
        place.run(out)
        trials.same += published(out) == expected


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=10, help="trials of each fault")
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    failed = False
    with tempfile.TemporaryDirectory(prefix="savings-faults-") as name:
        place = prepare(Path(name))
        undisturbed = place.folder / "undisturbed"
        place.run(undisturbed)
        expected = published(undisturbed)
        print("| fault | trials | struck | same bytes after the next run |\n|---|---:|---:|---:|", flush=True)
        for fault in FAULTS:
            trials = Trials(fault)
            try:
                for _ in range(asked.trials):
                    attempt(place, trials, expected, rng)
            except NotPossible as why:
                print(f"| {fault} | not tried: {why} | | |", flush=True)
                continue
            print(f"| {fault} | {trials.tried} | {trials.struck} | {trials.same} |", flush=True)
            failed = failed or trials.same < trials.tried
    sys.exit(failed)


if __name__ == "__main__":
    main()
