"""`savings run`: papers and folders of papers into one dataset."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from pipeline.address import Address, Place, PlaceType
from pipeline.batch import Batch, DamagedResult, Engine, Given, StoppedEarly
from pipeline.corrections.standing import CorrectionsError
from pipeline.folder import Busy, Folder, ResultsFolder, drop_outdated
from pipeline.papers import Found, find_papers
from pipeline.progress import Log, ProgressWatcher
from pipeline.publish import FILES, TABLES, OutputError
from pipeline.recipe import MB, PaperLimits, Recipe
from pipeline.records import PaperRow
from pipeline.status import Exit, Status, Unreachable
from pipeline.store import StoreError
from pipeline.summary import Summary
from pipeline.work import Work
from rules.errors import RuleError

# What only a run with something to do needs is loaded where it is done: to find that all is up to date takes less time.
if TYPE_CHECKING:
    from pipeline.dataset.lines import Lines
    from pipeline.parts import Written
    from rules.load import RuleFile

DEFAULTS = PaperLimits()
FORMS = ("csv", "parquet", "sqlite", "xlsx", "dta")
# A kept result that is damaged is read anew; one that is damaged again and again is a failing disk.
ATTEMPTS = 3
GO_ON = "What was read is kept; the same command goes on from there, and earlier results are as they were"


@click.command()
@click.argument("papers", nargs=-1, required=True, type=PlaceType(), metavar="PAPER|FOLDER...")
@click.option("-o", "--out", required=True, type=PlaceType(), help="Folder for the results.")
@click.option(
    "--rules",
    "rules_dir",
    type=click.Path(path_type=Path),
    help="A folder of your own rule files, <authority>/<layout>.yml, read beside the built-in ones; the same name "
    "replaces a built-in one.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Papers read side by side.  [default: one a core; all of the cluster's]"
)
@click.option(
    "--scheduler",
    metavar="ADDRESS|FILE",
    help="Let the workers of a Dask cluster read the papers: its scheduler's address (tcp://host:8786), or the JSON "
    "file that the scheduler wrote.",
)
@click.option(
    "--format", "formats", default="csv", show_default=True, help=f"Forms of the dataset: {', '.join(FORMS)}."
)
@click.option(
    "--effort",
    type=click.FloatRange(min=0, min_open=True),
    default=DEFAULTS.effort,
    show_default=True,
    help="CPU seconds that reconciling one paper may take; what is undecided by then is ambiguous.",
)
@click.option(
    "--max-seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=DEFAULTS.seconds,
    show_default=True,
    help="Time that one paper may take; it is then stopped.",
)
@click.option(
    "--max-memory",
    type=click.IntRange(min=64),
    default=DEFAULTS.memory // MB,
    show_default=True,
    help="Memory that reading one paper may take, in MB; it is then stopped.",
)
@click.option(
    "--max-pages",
    type=click.IntRange(min=1),
    default=DEFAULTS.pages,
    show_default=True,
    help="Pages of one paper that are read; it is then partial.",
)
@click.option(
    "--max-pixels",
    type=click.IntRange(min=1_000_000),
    default=DEFAULTS.pixels,
    show_default=True,
    help="Pixels that the pictures of one page may have, and the page when it is drawn; it is then not drawn, and the "
    "paper partial where that was needed.",
)
@click.option(
    "--max-size",
    type=click.IntRange(min=1),
    default=DEFAULTS.size // MB,
    show_default=True,
    help="Size of a file that is read, in MB.",
)
@click.option(
    "--corrections",
    type=click.Path(path_type=Path),
    help="A folder of decisions on single cells, as `savings review` keeps them; they are applied.",
)
@click.option("--report/--no-report", default=True, show_default=True, help="Write report.html beside the dataset.")
@click.option("--strict", is_flag=True, help="Exit with 5 where figures are contradicted or ambiguous.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first paper that fails (with --strict: or is doubtful).")
@click.option(
    "--take-over",
    is_flag=True,
    help="Go on in results at an address that a run elsewhere, killed since, left locked.",
)
@click.option(
    "--log",
    "log_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Add what happens to a file, as JSON lines.",
)
def run(papers: tuple[Place, ...], out: Place, rules_dir: Path | None, log_file: Path | None, **options: Any) -> None:
    """Read papers, or all papers in folders, into one dataset in OUT. All may be addresses, such as s3://bucket/papers.

    What was read is kept in OUT/.results: a second run reads only what is new or has changed, and a run that was
    stopped, by whatever, goes on where it was.

    Exit status: 0 every paper was read; 1 some papers failed or yielded nothing (papers.csv says which and why, all
    others are written); 2 wrong usage, nothing is written; 3 another run is writing into OUT; 4 the results could not
    be written; 5 with --strict, figures are contradicted or ambiguous; 6 with --fail-fast, stopped at a paper that
    failed; 7 the cluster or an address cannot be reached; 130 stopped by Ctrl-C or a signal.
    """
    asked = Asked(
        papers, out, rules_dir, _known(options["formats"]), _limits(options), options["jobs"],
        options["strict"], options["fail_fast"], options["report"],
        options["corrections"], options["scheduler"], options["take_over"],
    )  # fmt: skip
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    log = _log(log_file)
    log.write("start", out=str(out), papers=[str(path) for path in papers], jobs=asked.jobs or 0)
    status, problem = _ended(_Run(asked, console, log))
    log.write("end", status=int(status), problem=problem)
    log.close()
    if problem:
        click.echo(f"savings: {problem}", err=True)
    sys.exit(status)


def _log(path: Path | None) -> Log:
    try:
        return Log(path)
    except OSError as error:
        raise click.UsageError(f"--log {path} cannot be written: {error.strerror}") from None


def _limits(options: dict[str, Any]) -> PaperLimits:
    return PaperLimits(
        seconds=options["max_seconds"],
        memory=options["max_memory"] * MB,
        pages=options["max_pages"],
        pixels=options["max_pixels"],
        size=options["max_size"] * MB,
        effort=options["effort"],
    )


def _known(formats: str) -> tuple[str, ...]:
    names = tuple(formats.split(","))
    for name in names:
        if name not in FORMS:
            raise click.UsageError(f"--format {name!r} is not known; known are: {', '.join(FORMS)}")
    return names


@dataclass(frozen=True)
class Asked:
    """What a run was asked for."""

    papers: tuple[Place, ...]
    out: Place
    rules_dir: Path | None = None
    formats: tuple[str, ...] = ("csv",)
    limits: PaperLimits = field(default_factory=PaperLimits)
    jobs: int | None = None
    strict: bool = False
    fail_fast: bool = False
    report: bool = True
    corrections: Path | None = None
    scheduler: str | None = None
    take_over: bool = False

    @property
    def storages(self) -> tuple[Address, ...]:
        """One address of each storage that papers or results are at."""
        addresses = [place for place in (*self.papers, self.out) if isinstance(place, Address)]
        return tuple({address.url.partition("://")[0]: address for address in addresses}.values())

    @property
    def at_once(self) -> int:
        """How many papers are read side by side; of a cluster, as many as it can."""
        return self.jobs or (sys.maxsize if self.scheduler else self.cores)

    @property
    def cores(self) -> int:
        """How many processes of this machine publish."""
        return (None if self.scheduler else self.jobs) or os.cpu_count() or 1

    def fails(self, paper: PaperRow) -> bool:
        """Whether a paper is one that --fail-fast stops at."""
        doubtful = self.strict and bool(paper.contradicted or paper.ambiguous)
        return paper.status is not Status.OK or doubtful


def _folder(out: Place, take_over: bool) -> Folder:
    if isinstance(out, Path):
        return ResultsFolder(out)
    from pipeline.remote import RemoteFolder  # noqa: PLC0415

    return RemoteFolder(out, take_over=take_over)


class _Run:
    """One run, from the papers to the exit status."""

    def __init__(self, asked: Asked, console: Console, log: Log) -> None:
        self.asked = asked
        self.console = console
        self.log = log
        self.folder = _folder(asked.out, asked.take_over)

    @cached_property
    def recipe(self) -> Recipe:
        """How papers are read. Raises CorrectionsError."""
        return Recipe.of(self.asked.limits, self.asked.rules_dir, self.asked.corrections)

    @cached_property
    def rules(self) -> Sequence[RuleFile]:
        """The rules by which papers are read. Raises RuleError."""
        return self.recipe.load_rules()

    def status(self) -> Exit:
        """Do it, and say how it ended."""
        try:
            replaces = self.folder.check(self.asked.papers)
        except Unreachable:
            raise
        except OSError as error:
            raise OutputError(f"{self.asked.out} cannot be used: {error.strerror or error}") from None
        # Wrong rules are found before anything is written. Where results are, they may turn out to be up to date.
        if not self.folder.has_record:
            _get_ready()
            self.rules  # noqa: B018
        found = find_papers(self.asked.papers, leave_out=self.asked.out)
        with self.folder.locked():
            summary = self._up_to_date(found, replaces)
        summary.show(self.console, self.asked.out)
        return self._judged(summary)

    def _judged(self, summary: Summary) -> Exit:
        if not summary.complete:
            return Exit.INCOMPLETE
        return Exit.DOUBTFUL if self.asked.strict and summary.doubtful else Exit.OK

    def _up_to_date(self, found: Found, replaces: bool) -> Summary:
        self.folder.clear_torn()
        self.folder.store.clear_torn()
        total = len(found.papers)
        with ProgressWatcher(self.console, total, self.log) as watcher:
            stop_at = self.asked.fails if self.asked.fail_fast else None
            batch = Batch(found.papers, self.folder.store, self.recipe, watcher, stop_at, self.folder.seen())
            batch.look()
            digest = self._digest(batch, found)
            summary = self.folder.published(digest)
            if summary is not None:
                self.console.print(f"{self.asked.out} is up to date: nothing has changed since.", markup=False)
                return summary
            self.folder.remember(batch.now_seen())
            if replaces:
                self.console.print(
                    f"{self.asked.out} holds results of an earlier run; this run replaces them.", markup=False
                )
            if not self.asked.scheduler:
                _get_ready()
            with self._engine() as engine:
                summary = self._read_and_publish(batch, found, engine, watcher)
        if not batch.any_lost:
            self.folder.note(digest, summary)
        drop_outdated(self.folder.store, self.recipe.parts)
        return summary

    def _digest(self, batch: Batch, found: Found) -> str:
        said = [
            batch.digest(),
            self.asked.formats,
            self.asked.report,
            [(row.path, row.status, row.error) for row in found.faults],
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def _engine(self) -> AbstractContextManager[Engine]:
        from pipeline.workers import local_engine  # noqa: PLC0415

        recipe = self.recipe
        work = Work(
            self.folder.store, recipe.digest, self.rules, self.asked.limits, recipe.corrections,
            self.asked.storages,
        )  # fmt: skip
        if self.asked.scheduler is None:
            return nullcontext(local_engine(work))
        from pipeline.cluster.engine import cluster_engine  # noqa: PLC0415
        from pipeline.cluster.terms import Terms  # noqa: PLC0415

        terms = Terms.of(self.asked.papers, self.asked.out, self.folder.mark())
        return cluster_engine(self.asked.scheduler, work, terms)

    def _read_and_publish(self, batch: Batch, found: Found, engine: Engine, watcher: ProgressWatcher) -> Summary:
        """Read what is missing, publish all; again, if a kept result turns out to be damaged."""
        for _ in range(ATTEMPTS):
            for _ in batch.read(engine, self.asked.at_once):
                pass
            try:
                return self._publish(batch, found, watcher)
            except DamagedResult as damaged:
                self.log.write("damaged", key=str(damaged))
                batch.store.remove(str(damaged))
                watcher.restart()
        raise StoreError(f"results kept in {self.folder.kept} are damaged again and again. Check the disk")

    def _publish(self, batch: Batch, found: Found, watcher: ProgressWatcher) -> Summary:
        from pipeline.parts import Parts  # noqa: PLC0415

        faults = (Given(row.path, row.sha256, row=row) for row in found.faults)
        with self.folder.publisher() as publisher:
            parts = Parts(publisher.aside, self.folder.store, self.asked.cores)
            written = parts.write(chain(faults, batch.given()), found.passed_over, watcher, report=self.asked.report)
            lines = parts.write_lines(written.signatures, watcher)
            publisher.add(*FILES, TABLES, "lines.csv", *self._others(lines, written, publisher.aside))
            self.folder.forget()
        summary = written.summary
        for line in written.problems:
            self.console.print(line, markup=False)
        self.log.write("published", papers=summary.papers, figures=summary.proofs.total(), doubtful=summary.doubtful)
        return summary

    def _others(self, lines: Lines, written: Written, folder: Path) -> list[str]:
        """What is made of the results once they are whole: the dataset's other forms, and the report."""
        # Loaded here: their libraries are large, and most of what goes wrong goes wrong before.
        from pipeline.dataset.forms import write_other_forms  # noqa: PLC0415
        from pipeline.dataset.package import Origin  # noqa: PLC0415
        from pipeline.report.page import write_page  # noqa: PLC0415

        used = {rule.name: rule.sha256 for rule in self.rules}
        names = write_other_forms(lines, folder, self.asked.formats, Origin.here(used))
        if self.asked.report:
            names += write_page(
                written.gathered.contents(), folder, self.folder.links_from, self.asked.cores, self.asked.limits.pixels
            )
        return names


def _get_ready() -> None:
    """Have workers load the program while this process loads the rules."""
    from pipeline.workers import get_ready  # noqa: PLC0415

    get_ready()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM, as a job queue or a shutdown sends it, stops a run as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _ended(run_: _Run) -> tuple[Exit, str]:
    """How a run ended, and what there is to say of it."""
    try:
        with _ended_by_signals():
            return run_.status(), ""
    except (OutputError, RuleError, CorrectionsError) as error:
        return Exit.USAGE, str(error)
    except Busy as error:
        return Exit.BUSY, str(error)
    except StoppedEarly as error:
        return Exit.STOPPED_EARLY, f"stopped at the first paper that failed. {GO_ON}\n{error}"
    except (Unreachable, StoreError, OSError) as error:
        return _cut_off(error)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED, f"stopped. {GO_ON}"


def _cut_off(error: Exception) -> tuple[Exit, str]:
    if isinstance(error, Unreachable):
        return Exit.UNREACHABLE, f"{error}. {GO_ON}"
    return Exit.NOT_WRITTEN, f"the results cannot be written: {error}. {GO_ON}"
