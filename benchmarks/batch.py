"""Many small papers: time with one worker and with two, a second run, the parent's memory (part of `make bench`).

    python -m benchmarks.batch [--papers N]

Wall times mean something only on a machine that does nothing else; CPU times of the parent and of the workers are
shown beside them. Overhead is all CPU time of a run beyond that of reading the same papers in one process.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = 500
RULE = """
authority: {name: Made-up Council, gss: E06000001}
layout: plan
match: {all: [Reference, Saving]}
scale: 1000
tables:
  lines:
    columns:
      - {header: Reference, field: reference}
      - {header: Saving, field: detail}
      - {header: "{year}", measure: target, kind: total}
      - {header: "{year}", measure: target, kind: total}
    rows:
      - {level: total, when: {detail: Total}}
      - {level: item}
identities:
  - name: items = total
    total: {table: lines, level: total}
    of: [{table: lines, level: item}]
"""


@dataclass
class Measured:
    """A run: seconds of wall time and of CPU (parent, workers), and the parent's memory in MB early on and at most."""

    wall: float = 0.0
    parent: float = 0.0
    workers: dict[int, float] = field(default_factory=dict)
    early: float = 0.0
    peak: float = 0.0

    @property
    def cpu(self) -> float:
        return self.parent + sum(self.workers.values())


def write_papers(folder: Path, count: int) -> Path:
    """Small text reports of two lines and a total, no two alike."""
    papers = folder / "papers"
    papers.mkdir()
    for number in range(count):
        lines = ["Reference\tSaving\t2007/08\t2008/09", f"R{number}\tBuses\t10\t20", "R2\tLighting\t5\t-"]
        (papers / f"plan-{number:06}.txt").write_text("\n".join([*lines, "\tTotal\t15\t20", ""]))
    rule = folder / "rules" / "made-up" / "plan.yml"
    rule.parent.mkdir(parents=True)
    rule.write_text(RULE)
    return papers


def measure(folder: Path, out: str, jobs: int) -> Measured:
    words = ["run", folder / "papers", "-o", folder / out, "--rules", folder / "rules", "--jobs", jobs]
    measured, start = Measured(), time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", *map(str, words)], cwd=ROOT, stderr=subprocess.DEVNULL
    ) as run:
        while run.poll() is None:
            time.sleep(0.1)
            with suppress(psutil.Error):
                look(psutil.Process(run.pid), measured)
    measured.wall = time.monotonic() - start
    if run.returncode != 0:
        raise SystemExit(f"the run ended with {run.returncode}")
    return measured


def look(parent: psutil.Process, measured: Measured) -> None:
    """Take a sample of a run that goes on."""
    times = parent.cpu_times()
    measured.parent = times.user + times.system
    resident = parent.memory_info().rss / 2**20
    measured.peak = max(measured.peak, resident)
    if sum(measured.workers.values()) < 5:
        measured.early = resident
    for child in parent.children(recursive=True):
        with suppress(psutil.Error):
            times = child.cpu_times()
            measured.workers[child.pid] = times.user + times.system


def reading_alone(folder: Path) -> float:
    """CPU seconds that reading one paper takes, without any batch."""
    from pipeline.read import read_to_rows  # noqa: PLC0415
    from rules.load import load_rules_beside  # noqa: PLC0415

    rules = load_rules_beside(folder / "rules")
    papers = sorted((folder / "papers").iterdir())[:SAMPLE]
    read_to_rows(papers[0], rules)
    start = time.process_time()
    for path in papers:
        read_to_rows(path, rules)
    return (time.process_time() - start) / len(papers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=10_000)
    count = parser.parse_args().papers
    with tempfile.TemporaryDirectory(prefix="savings-batch-") as name:
        folder = Path(name)
        write_papers(folder, count)
        alone = reading_alone(folder)
        one, two, again = measure(folder, "one", 1), measure(folder, "two", 2), measure(folder, "two", 2)
    print(f"{count:,} small papers; reading one takes {1000 * alone:.1f} ms of CPU\n")
    print("| run | wall, s | parent CPU, s | workers CPU, s | parent MB, early | parent MB, peak |")
    print("|---|---:|---:|---:|---:|---:|")
    for what, run in (("1 worker", one), ("2 workers", two), ("again, nothing new", again)):
        workers = sum(run.workers.values())
        print(f"| {what} | {run.wall:.1f} | {run.parent:.1f} | {workers:.1f} | {run.early:.0f} | {run.peak:.0f} |")
    overhead = 1000 * (two.cpu / count - alone)
    print(f"\n2 workers: {one.wall / two.wall:.2f} times faster (target 1.8); again: {two.wall / again.wall:.0f} times "
          f"faster (target 50); overhead {overhead:.1f} ms of CPU a paper (target 5)")  # fmt: skip


if __name__ == "__main__":
    main()
