"""Many papers side by side: one worker process per core, results in the order of the papers, whatever ends first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as PaperTimeout
from dataclasses import dataclass, field
from pathlib import Path

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipeline.read import read_to_rows
from pipeline.records import PaperResult, PaperRow
from pipeline.status import Status
from rules.load import RuleFile
from savings.reconcile import Limits

Waiting = ProcessFuture[PaperResult]
# Papers handed to the pool ahead of the one whose result is awaited.
AHEAD = 64


@dataclass(frozen=True)
class BatchLimits:
    """Limits for each paper: `seconds` of wall time after which its worker is ended, and the reconciler's own."""

    seconds: float = 300.0
    reconciler: Limits = field(default_factory=Limits)


def read_batch(
    papers: Sequence[Path], rules: Sequence[RuleFile], jobs: int, limits: BatchLimits | None = None
) -> Iterator[PaperResult]:
    """The result of every paper, in order. A paper that hangs or ends its worker costs only itself."""
    limits = limits or BatchLimits()
    with ProcessPool(max_workers=jobs, initializer=_start, initargs=(tuple(rules), limits.reconciler)) as pool:
        waiting: list[tuple[Path, Waiting]] = []
        left = iter(papers)
        try:
            for path in left:
                waiting.append((path, pool.schedule(_read, args=(path,), timeout=limits.seconds)))
                if len(waiting) > AHEAD:
                    yield _await(*waiting.pop(0), limits.seconds)
            while waiting:
                yield _await(*waiting.pop(0), limits.seconds)
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


_worker: tuple[Sequence[RuleFile], Limits] = ((), Limits())


def _start(rules: Sequence[RuleFile], limits: Limits) -> None:
    """Rules are sent to each worker once."""
    global _worker  # noqa: PLW0603
    _worker = (rules, limits)


def _read(path: Path) -> PaperResult:
    rules, limits = _worker
    return read_to_rows(path, rules, limits)


def _await(path: Path, future: Waiting, seconds: float) -> PaperResult:
    try:
        result = future.result()
    except PaperTimeout:
        return _failed(path, f"took longer than {seconds:.0f} s and was stopped. Read it alone, with a higher limit")
    except ProcessExpired as error:
        return _failed(path, f"ended its reader (exit code {error.exitcode}). The file is probably damaged")
    except Exception as error:  # A fault of the program: the paper is lost, the others are not.
        return _failed(path, f"a fault in the program: {type(error).__name__}: {error}. Please report it")
    return result


def _failed(path: Path, problem: str) -> PaperResult:
    return PaperResult(PaperRow(path.name, str(path), status=Status.FAILED, error=problem))
