"""What a million papers would take, from what is measured here (docs/scale.md).

    python -m benchmarks.scale [--tasks N]

Papers are read once and published under many names, so that publishing is measured on real rows; the overhead of a
cluster is that of tasks that do nothing; requests to a storage are counted at a server on the loopback address. CPU
seconds throughout, since wall time depends on what else a machine does.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import logging
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil
from moto.server import ThreadedMotoServer

from benchmarks.dask_cluster import cluster
from pipeline.cluster.engine import cluster_engine
from pipeline.cluster.terms import Program, Terms
from pipeline.parts import PAPERS_OF_A_PART
from pipeline.records import PaperRow
from pipeline.store import LocalStore
from pipeline.work import Answer, Done, Task, Work

ROOT = Path(__file__).resolve().parents[1]
MILLION = 1_000_000


@dataclass(frozen=True)
class Nothing(Work):
    """Reads nothing and says that it is done."""

    def do(self, task: Task) -> Answer:
        return Done(task.key, PaperRow("", ""))


def run(papers: Path | str, out: Path | str, **extra: str) -> float:
    """CPU seconds of one run of the command, without those of the processes that read papers."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-m", "pipeline", "run", str(papers), "-o", str(out), "--no-report"]
    subprocess.run(words, cwd=ROOT, env=os.environ | extra, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "papers.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# --- reading, keeping, publishing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """Of the corpus' papers: how many, their pages and figures, seconds to read them, bytes of them and of results."""

    papers: int
    pages: int
    figures: int
    seconds: float
    bytes_in: int
    bytes_kept: int


def reading(folder: Path) -> Reading:
    papers = folder / "papers"
    papers.mkdir()
    for path in sorted((ROOT / "corpus").glob("*/*/*.pdf")):
        shutil.copy(path, papers)
    run(papers, folder / "read")
    read = rows(folder / "read")
    return Reading(
        len(read),
        sum(int(row["pages"]) for row in read),
        sum(int(row["figures"]) for row in read),
        sum(float(row["seconds"]) for row in read),
        size(papers),
        size(folder / "read" / ".results" / "papers"),
    )


@dataclass(frozen=True)
class Publishing:
    """Of many papers whose results are kept: CPU seconds to publish them, and bytes published in files and tables."""

    papers: int
    figures: int
    seconds: float
    bytes_out: int
    tables: int


def publishing(folder: Path) -> Publishing:
    """What each further paper costs, where one process writes all: another's CPU seconds would not be counted here."""
    few, many = (_published(folder, number) for number in (PAPERS_OF_A_PART // 5, PAPERS_OF_A_PART))
    return Publishing(
        many.papers - few.papers,
        many.figures - few.figures,
        many.seconds - few.seconds,
        many.bytes_out - few.bytes_out,
        many.tables - few.tables,
    )


def _published(folder: Path, number: int) -> Publishing:
    """The same papers under many names: read once, published as often as there are names."""
    many = folder / f"many-{number}"
    many.mkdir()
    originals = sorted((folder / "papers").iterdir())
    for copy in range(number):
        path = originals[copy % len(originals)]
        os.link(path, many / f"{copy:07}-{path.name}")
    out = folder / f"published-{number}"
    shutil.copytree(folder / "read" / ".results", out / ".results")
    for left in ("published.json", "lock"):
        (out / ".results" / left).unlink(missing_ok=True)
    seconds = run(many, out)
    figures = sum(int(row["figures"]) for row in rows(out))
    tables = sum(1 for path in (out / "tables").rglob("*") if path.is_file())
    return Publishing(number, figures, seconds, size(out) - size(out / ".results"), tables)


# --- the cluster and the storage -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overhead:
    """CPU milliseconds for a task that does nothing, of the client, the scheduler and a worker with its reader."""

    client: float
    scheduler: float
    workers: float


def overhead(folder: Path, number: int) -> Overhead:
    # By the name under which a worker finds it: here it belongs to the program that was started.
    from benchmarks.scale import Nothing as Importable  # noqa: PLC0415

    work = Importable(LocalStore(folder / "nothing"), "", ())
    made_folder = folder / "cluster"
    made_folder.mkdir()
    with cluster(made_folder, 1, "--no-nanny") as made, cluster_engine(made.address, work, Terms(Program.here())) as e:
        assert made.scheduler is not None
        tasks = (Task(f"/papers/{n}.pdf", f"{n}") for n in range(number))
        answers = e(sys.maxsize).run(tasks)
        for _ in range(number // 10):  # Until all is loaded.
            next(answers)
        before = _spent(made.scheduler.pid), _spent(made.workers[0].pid), time.process_time()
        left = sum(1 for _ in answers)
        after = _spent(made.scheduler.pid), _spent(made.workers[0].pid), time.process_time()
    scheduler, worker, client = (1000 * (a - b) / left for a, b in zip(after, before, strict=True))
    return Overhead(client, scheduler, worker)


def _spent(pid: int) -> float:
    top = psutil.Process(pid)
    times = [each.cpu_times() for each in (top, *top.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def requests(folder: Path) -> Counter[str]:
    """Requests to an S3 storage for each further paper, from listing it to publishing it, by method."""
    counted = [_requests(folder, number) for number in (10, 60)]
    return Counter({method: (counted[1][method] - counted[0][method]) for method in counted[1]})


def _requests(folder: Path, number: int) -> Counter[str]:
    seen: Counter[str] = Counter()

    class Counting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            line = record.getMessage().partition('"')[2]
            method = line.removeprefix("\x1b[33m").partition(" ")[0].rpartition("m")[2]
            seen[method] += 1

    log = logging.getLogger("werkzeug")
    log.handlers, log.propagate = [Counting()], False
    log.setLevel(logging.INFO)
    with _storage() as (url, s3):
        for n in range(number):
            s3.put_object(Bucket="bucket", Key=f"papers/{n}.txt", Body=f"Ward\tVotes\nNorth {n}\t{n * 17}\n".encode())
        seen.clear()
        keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "testing")
        run("s3://bucket/papers", "s3://bucket/out", AWS_ENDPOINT_URL=url, AWS_DEFAULT_REGION="us-east-1", **keys)
    return seen


@contextlib.contextmanager
def _storage() -> Iterator[tuple[str, Any]]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    s3 = boto3.client(
        "s3", endpoint_url=url, aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1"
    )
    s3.create_bucket(Bucket="bucket")
    try:
        yield url, s3
    finally:
        server.stop()


# --- the arithmetic --------------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=2000, help="tasks that do nothing")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="savings-scale-") as name:
        folder = Path(name)
        read = reading(folder)
        spent = overhead(folder, asked.tasks)
        asks = requests(folder)
        published = publishing(folder)
    print("| measured | figure |\n|---|---:|")
    for what, figure in _measured(read, published, spent, asks):
        print(f"| {what} | {figure} |")
    print("\n| a million such papers | comes to |\n|---|---:|")
    for what, figure in _million(read, published, spent, asks):
        print(f"| {what} | {figure} |")


def _measured(read: Reading, out: Publishing, spent: Overhead, asks: Counter[str]) -> Iterator[tuple[str, str]]:
    yield "papers read, pages, figures", f"{read.papers}, {read.pages}, {read.figures:,}"
    yield "seconds to read a paper", f"{read.seconds / read.papers:.2f}"
    yield "seconds to read a page", f"{read.seconds / read.pages:.3f}"
    yield "kB of a paper", f"{read.bytes_in / read.papers / 1000:.0f}"
    yield "kB kept of a paper's result", f"{read.bytes_kept / read.papers / 1000:.1f}"
    yield "CPU ms of the scheduler for a task", f"{spent.scheduler:.1f}"
    yield "CPU ms of the client for a task", f"{spent.client:.1f}"
    yield "CPU ms of a worker for a task, beside reading", f"{spent.workers:.1f}"
    yield "CPU ms to publish a paper", f"{1000 * out.seconds / out.papers:.1f}"
    yield "CPU ms to publish a figure", f"{1000 * out.seconds / out.figures:.2f}"
    yield "kB published of a paper", f"{out.bytes_out / out.papers / 1000:.0f}"
    yield "files below tables/ of a paper", f"{out.tables / out.papers:.1f}"
    for method, count in sorted(asks.items()):
        yield f"{method} requests to a storage for each further paper", f"{count / 50:.1f}"


def _million(read: Reading, out: Publishing, spent: Overhead, asks: Counter[str]) -> Iterator[tuple[str, str]]:
    def hours(seconds: float) -> str:
        return f"{seconds * MILLION / 3600:,.1f} h"

    each = read.seconds / read.papers
    yield "reading, CPU", hours(each)
    for cores in (100, 1000):
        yield f"reading on {cores:,} cores", hours(each / cores)
    yield "the scheduler, CPU of one core", hours(spent.scheduler / 1000)
    yield "the client while papers are read, CPU", hours(spent.client / 1000)
    yield "cores that one scheduler keeps busy", f"{each / (spent.scheduler / 1000):,.0f}"
    yield "publishing, CPU", hours(out.seconds / out.papers)
    yield "figures", f"{MILLION * read.figures / read.papers:,.0f}"
    yield "papers, GB", f"{read.bytes_in / read.papers * MILLION / 1e9:,.0f}"
    yield "kept results, GB", f"{read.bytes_kept / read.papers * MILLION / 1e9:,.0f}"
    yield "published, GB", f"{out.bytes_out / out.papers * MILLION / 1e9:,.0f}"
    yield "files below tables/", f"{MILLION * out.tables / out.papers:,.0f}"
    yield "requests to a storage", f"{MILLION * asks.total() / 50:,.0f}"


if __name__ == "__main__":
    main()
