"""A Dask scheduler and workers as processes of this machine, on its loopback address."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from distributed import Client

ROOT = Path(__file__).resolve().parents[1]
# Seconds within which a process of the cluster must be there; far more than it takes.
START = 60


@dataclass
class Cluster:
    """The processes of a cluster. `file` is the scheduler's file; `address` is known once it runs."""

    folder: Path
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "scheduler.json"

    @property
    def address(self) -> str:
        return str(json.loads(self.file.read_text())["address"])

    def start_scheduler(self, address: str = "tcp://127.0.0.1:0") -> None:
        self.file.unlink(missing_ok=True)
        host, _, port = address.removeprefix("tcp://").partition(":")
        self.scheduler = self._start(
            "scheduler", "--host", host, "--port", port, "--no-dashboard", "--scheduler-file", str(self.file)
        )

    def start_workers(self, number: int, *options: str) -> None:
        """Start workers of one thread each, and wait until all have reported to the scheduler."""
        words = ["--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder), *options]
        self.workers += [self._start("worker", "--scheduler-file", str(self.file), *words) for _ in range(number)]
        with Client(scheduler_file=str(self.file), timeout=START, set_as_default=False) as client:
            client.wait_for_workers(number, timeout=START)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{words[0]}.log").open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "dask", *words], cwd=ROOT, stdout=log, stderr=log)

    def kill_scheduler(self) -> None:
        assert self.scheduler is not None
        kill(self.scheduler)

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process is not None:
                kill(process)
        self.workers = []


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all below it, as when a machine goes down."""
    try:
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    except psutil.NoSuchProcess:
        family = []
    for each in family:
        try:
            each.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait()


@contextmanager
def cluster(folder: Path, workers: int = 2, *options: str) -> Iterator[Cluster]:
    """A cluster that runs, and is gone at the end."""
    made = Cluster(folder)
    try:
        made.start_scheduler()
        if workers:
            made.start_workers(workers, *options)
        yield made
    finally:
        made.stop()
