"""How much damage does reconciliation undo, how much does it mark, and does any pass unseen?

Takes every case of the corpus and every readable paper and damages cells of amounts one, three and ten at a time, by a
seeded generator, in the ways that OCR and typists do (benchmarks.kinds). Each damaged copy is mapped by the paper's own
rule and reconciled, and laid beside the undamaged paper, figure by figure (benchmarks.judge).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks import report
from benchmarks.surroundings import Beside, attempt
from benchmarks.trials import Trial, plans, run
from benchmarks.undamaged import Undamaged, readable
from extract.errors import PaperError

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT / "corpus", ROOT.parent / "shared" / "seeds", ROOT.parent / "shared" / "papers")
TRIALS, QUICK = 200, 20
# Of the trials of a paper, this part as many again are made of its codes, and of its headers.
PART_BESIDE = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trials and print the tables; 1 where there is no paper to damage."""
    asked = parser().parse_args(arguments)
    papers = find(asked.papers)
    if not papers:
        print("No paper here that a rule reads. Name some: python -m benchmarks.damage PAPER ...", file=sys.stderr)
        return 1
    trials = asked.trials or (QUICK if asked.quick else TRIALS)
    planned = plans([paper.path for paper in papers], asked.at_once, trials, asked.seed)
    done = list(watched(run(planned, asked.workers), len(planned)))
    single = plans([paper.path for paper in papers], [1], max(1, trials // PART_BESIDE), asked.seed)
    near: dict[str, list[Trial]] = {what: list(run(single, asked.workers, partial(attempt, what))) for what in Beside}
    text = f"Seed {asked.seed}. {report.tables(papers, done)}\n{report.beside(near)}"
    print(text)
    for name in report.CASES:
        show(name, [*done, *(trial for trials in near.values() for trial in trials)], getattr(asked, f"show_{name}"))
    if asked.out:
        asked.out.write_text(f"# Reliability\n\n{text}", encoding="utf-8")
    return 0


def watched(trials: Iterable[Trial], most: int) -> Iterator[Trial]:
    """The same trials; a terminal shows how many are done."""
    for number, trial in enumerate(trials, 1):
        if sys.stderr.isatty():
            print(f"\r{number} of {most} at most", end="", file=sys.stderr, flush=True)
        yield trial
    if sys.stderr.isatty():
        print(file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser("python -m benchmarks.damage", description=(__doc__ or "").partition("\n")[0])
    found.add_argument("papers", nargs="*", type=Path, metavar="PAPER", help="papers (default: corpus and shared)")
    found.add_argument("--seed", type=int, default=2026)
    found.add_argument("--trials", type=int, default=0, help=f"damaged copies of each paper (default {TRIALS})")
    found.add_argument("--at-once", type=int, nargs="+", default=[1, 3, 10], metavar="N", help="cells damaged at once")
    found.add_argument("--quick", action="store_true", help=f"only {QUICK} damaged copies of each paper")
    found.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    found.add_argument("--out", type=Path, help="write the tables to this file, too")
    for name in report.CASES:
        found.add_argument(f"--show-{name}", type=int, default=0, metavar="N", help=f"print N {name} cases in detail")
    return found


def find(named: Sequence[Path]) -> list[Undamaged]:
    """The papers named, or else all that are here, so far as a rule reads them."""
    paths = list(named) or [path for folder in FOLDERS for path in sorted(folder.rglob("*")) if _is_paper(path)]
    found: list[Undamaged] = []
    for path in paths:
        try:
            found += readable([path])
        except PaperError as error:
            print(f"{path}: {error.problem}", file=sys.stderr)
    return found


def _is_paper(path: Path) -> bool:
    return path.suffix.lower() in {".pdf", ".txt"} and path.is_file()


def show(name: str, trials: Sequence[Trial], limit: int) -> None:
    """Print single cases in detail."""
    if limit:
        cases = report.CASES[name](trials)
        print(f"## {name.capitalize()}: {len(cases)} cases, of which these {min(limit, len(cases))}\n")
        print("\n".join(f"- {case}" for case in cases[:limit]) + "\n")


if __name__ == "__main__":
    sys.exit(main())
