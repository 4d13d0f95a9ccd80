"""The command line. stdout carries data only; progress and what was found go to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.batch import BatchLimits, read_batch
from pipeline.compare import compare
from pipeline.dataset.codebook import markdown
from pipeline.diff import diff
from pipeline.explain import explain
from pipeline.papers import Found, find_papers
from pipeline.publish import OutputError, Publisher, check_output
from pipeline.records import PaperResult
from pipeline.report.command import report
from pipeline.rules_command import rules
from pipeline.status import Exit, Status
from pipeline.summary import Summary, problem_line
from pipeline.tables import tables
from rules.errors import RuleError
from rules.load import RuleFile, load_rules_beside
from savings.reconcile import Limits

FORMATS = ("csv",)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="council-savings", prog_name="savings")
def main() -> None:
    """Savings figures from council committee papers: one clean dataset, every figure traceable and checked."""


@main.command()
@click.argument("papers", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PAPER|FOLDER...")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option(
    "--rules",
    "rules_dir",
    type=click.Path(path_type=Path),
    help="A folder of your own rule files, <authority>/<layout>.yml, read beside the built-in ones; the same name "
    "replaces a built-in one.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Papers read side by side.  [default: one a core]")
@click.option(
    "--format", "formats", default="csv", show_default=True, help=f"Forms of the dataset: {', '.join(FORMATS)}."
)
@click.option(
    "--effort",
    type=click.FloatRange(min=0, min_open=True),
    default=Limits().effort,
    show_default=True,
    help="CPU seconds that reconciling one paper may take; what is undecided by then is ambiguous.",
)
def run(
    papers: tuple[Path, ...], out: Path, rules_dir: Path | None, jobs: int | None, formats: str, effort: float
) -> None:
    """Read papers, or all papers in folders, into one dataset in OUT.

    Exit status: 0 every paper was read; 1 some failed or yielded nothing (papers.csv says which and why, all others
    are written); 2 wrong usage, nothing is written.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    _check_formats(formats)
    rules = _load_rules(rules_dir)
    _check_output(console, out, papers)
    found = find_papers(papers, leave_out=out)
    reading = Reading(found, rules, jobs or os.cpu_count() or 1, BatchLimits(reconciler=Limits(effort)))
    summary = _read(console, reading, out)
    summary.show(console, out)
    sys.exit(Exit.OK if summary.complete else Exit.INCOMPLETE)


@main.command()
def codebook() -> None:
    """Print what every column of every file means, as Markdown."""
    click.echo(markdown(), nl=False)


main.add_command(compare)
main.add_command(diff)
main.add_command(explain)
main.add_command(report)
main.add_command(rules)
main.add_command(tables)


def _check_formats(formats: str) -> None:
    for name in formats.split(","):
        if name not in FORMATS:
            raise click.UsageError(f"--format {name!r} is not known; known are: {', '.join(FORMATS)}")


def _load_rules(folder: Path | None) -> tuple[RuleFile, ...]:
    """The built-in rules, and a user's own, which go before built-in ones of the same name."""
    try:
        return load_rules_beside(folder)
    except RuleError as error:
        _stop(str(error))


def _check_output(console: Console, out: Path, papers: Sequence[Path]) -> None:
    try:
        if check_output(out, papers):
            console.print(f"{out} holds results of an earlier run; this run replaces them.", markup=False)
    except (OutputError, OSError) as error:
        _stop(str(error))


def _stop(problem: str) -> NoReturn:
    click.echo(f"savings: {problem}", err=True)
    sys.exit(Exit.USAGE)


@dataclass(frozen=True)
class Reading:
    """What a run reads, and how."""

    found: Found
    rules: Sequence[RuleFile]
    jobs: int
    limits: BatchLimits

    def results(self) -> Iterator[PaperResult]:
        """Paths that gave nothing, then every paper, in order."""
        yield from (PaperResult(row) for row in self.found.faults)
        yield from read_batch(self.found.papers, self.rules, self.jobs, self.limits)


def _read(console: Console, reading: Reading, out: Path) -> Summary:
    found = reading.found
    summary = Summary(found.passed_over)
    try:
        with Publisher(out) as publisher, _progress(console) as progress:
            task = progress.add_task("reading", total=len(found.papers))
            for result in reading.results():
                publisher.add(result)
                summary.add(result)
                if result.paper.status is not Status.OK:
                    progress.console.print(problem_line(result.paper), markup=False)
                progress.update(task, completed=summary.papers - len(found.faults))
    except OSError as error:
        _stop(f"the results cannot be written: {error}")
    except KeyboardInterrupt:
        _stop("stopped. Nothing was changed in the output folder")
    return summary


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
