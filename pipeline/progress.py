"""How a run goes: a bar on a terminal, now and then a plain line elsewhere, and a log of JSON lines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from pipeline.batch import Entry
from pipeline.records import PaperRow
from pipeline.status import Status
from pipeline.work import Lost

# Seconds between two plain lines; a run that takes less says only what it found.
PLAIN_EVERY = 30.0
# Seconds between two looks of the bar at the counts.
BAR_EVERY = 0.2


class Log:
    """A file of JSON lines, one an event, each with its time; added to, so that a run that goes on goes on in it."""

    def __init__(self, path: Path | None) -> None:
        self._handle: IO[str] | None = path.open("a", encoding="utf-8", buffering=1) if path else None
        self.is_kept = path is not None

    def write(self, event: str, **said: Any) -> None:
        """Add an event."""
        if self._handle:
            line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event} | said
            self._handle.write(json.dumps(line) + "\n")

    def close(self) -> None:
        """Close the file; that the disk is full is known by then."""
        if self._handle:
            with suppress(OSError):
                self._handle.close()


class ProgressWatcher:
    """Counts what is done and shows it; a `pipeline.batch.Watcher`."""

    def __init__(self, console: Console, total: int, log: Log) -> None:
        self.console = console
        self.total = total
        self.log = log
        self._every = BAR_EVERY if console.is_terminal else PLAIN_EVERY
        self.restart()
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[said]}"),
            console=console, transient=True, disable=not console.is_terminal, auto_refresh=False,
        )  # fmt: skip
        self._task = self._bar.add_task("looking", total=total, said="")
        self._start = self._said_at = time.monotonic()

    def __enter__(self) -> ProgressWatcher:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def restart(self) -> None:
        """Count from nothing, where the papers are gone through once more."""
        self.papers = self.kept = self.failed = self.doubtful = self.pages = self.read = 0

    def looked_at(self, entries: int, of: int) -> None:
        """So many files have been looked at."""
        self._show("looking for what is new", entries, lambda: f"{entries} of {of}")
        self._start = time.monotonic()  # Of the reading that comes next.

    def done(self, entry: Entry, paper: PaperRow, *, kept: bool) -> None:
        """Count a paper that has its result."""
        self.papers += 1
        self.kept += kept
        self.doubtful += paper.contradicted + paper.ambiguous
        self.failed += paper.status is not Status.OK
        if not kept:
            self.read += 1
            self.pages += paper.pages
        if self.log.is_kept:
            self.log.write(
                "paper", path=str(entry.path), sha256=entry.sha256, status=paper.status, kept=kept, pages=paper.pages,
                figures=paper.figures, contradicted=paper.contradicted, ambiguous=paper.ambiguous,
                seconds=paper.seconds, error=paper.error,
            )  # fmt: skip
        self._show_reading()

    def lost(self, entry: Entry, lost: Lost, *, again: bool) -> None:
        """Count a paper that gave no result, unless it will be tried again."""
        self.log.write(
            "lost", path=str(entry.path), sha256=entry.sha256, why=lost.loss, detail=lost.detail, again=again
        )
        if not again:
            self.papers += 1
            self.failed += 1
        self._show_reading()

    def published(self, papers: int) -> None:
        """So many papers have been written to the results."""
        papers = min(papers, self.total)
        self._show("writing the results", papers, lambda: f"{papers} of {self.total}")

    def _show_reading(self) -> None:
        self._show("reading", self.papers, self.line)

    def _show(self, what: str, completed: int, say: Callable[[], str]) -> None:
        now = time.monotonic()
        if now - self._said_at < self._every:
            return
        self._said_at = now
        if self.console.is_terminal:
            self._bar.update(self._task, description=what, completed=completed, said=say(), refresh=True)
        else:
            self.console.print(f"{what}: {say()}", markup=False)

    def line(self) -> str:
        """Papers done of all, pages a second, time left, and what is doubtful or failed so far."""
        seconds = max(time.monotonic() - self._start, 1e-6)
        parts = [f"{self.papers} of {self.total} papers"]
        if self.kept:
            parts.append(f"{self.kept} kept from earlier")
        if self.read:
            left = seconds * (self.total - self.papers) / self.read
            parts += [f"{self.pages / seconds:.1f} pages/s", f"{_span(left)} left"]
        parts.append(f"{self.doubtful} figures doubtful")
        if self.failed:
            parts.append(f"{self.failed} papers not read")
        return ", ".join(parts)


def _span(seconds: float) -> str:
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
