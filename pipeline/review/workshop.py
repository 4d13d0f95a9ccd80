"""The process in which papers are opened: what it is asked, and what is said when it fails."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from threading import Lock
from types import TracebackType
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from pipeline.corrections.model import Correction
from pipeline.draw import CannotDraw
from pipeline.review.bench import Bench, CannotOpen, Effect, Settled, Weighed
from pipeline.review.pictures import Box, Pages
from rules.load import RuleFile

# Seconds that one question about a paper may take.
SECONDS = 120.0

P = ParamSpec("P")
T = TypeVar("T")

_bench: Bench
_pages: Pages


def _start(rules: Sequence[RuleFile]) -> None:
    global _bench, _pages
    _bench, _pages = Bench(rules), Pages()


def _weigh(path: str, digest: str, corrections: Sequence[str], key: str) -> Weighed:
    return _bench.weigh(path, digest, _read(corrections), key)


def _attempt(path: str, digest: str, corrections: Sequence[str], key: str, value: str) -> tuple[Effect, ...]:
    return _bench.attempt(path, digest, _read(corrections), key, value)


def _settle(path: str, digest: str, corrections: Sequence[str]) -> Settled:
    return _bench.settle(path, digest, _read(corrections))


def _picture(path: str, page: int, box: Box, view: str) -> bytes:
    return _pages.picture(path, page, box, view)


def _read(corrections: Sequence[str]) -> list[Correction]:
    return [Correction.model_validate_json(text) for text in corrections]


class Workshop:
    """One process that opens papers for this one. A paper that takes it down is named, and it starts again."""

    def __init__(self, rules: Sequence[RuleFile]) -> None:
        # Not forked from here, where threads run: one of them may hold a lock that the child would wait for for ever.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPool(max_workers=1, initializer=_start, initargs=(tuple(rules),), context=context)
        self._lock = Lock()

    def __enter__(self) -> Workshop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def weigh(self, path: str, digest: str, corrections: Sequence[Correction], key: str) -> Weighed:
        """See `Bench.weigh`. Raises CannotOpen."""
        return self._asked(_weigh, path, digest, [c.model_dump_json() for c in corrections], key)

    def attempt(
        self, path: str, digest: str, corrections: Sequence[Correction], key: str, value: str
    ) -> tuple[Effect, ...]:
        """See `Bench.attempt`. Raises CannotOpen."""
        return self._asked(_attempt, path, digest, [c.model_dump_json() for c in corrections], key, value)

    def settle(self, path: str, digest: str, corrections: Sequence[Correction]) -> Settled:
        """See `Bench.settle`. Raises CannotOpen."""
        return self._asked(_settle, path, digest, [c.model_dump_json() for c in corrections])

    def picture(self, path: str, page: int, box: Box, view: str) -> bytes:
        """See `Pages.picture`. Raises CannotOpen."""
        return self._asked(_picture, path, page, box, view)

    def _asked(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._lock:
            future = self._pool.schedule(do, args=args, kwargs=kwargs, timeout=SECONDS)
        try:
            return future.result()
        except (CannotOpen, CannotDraw) as error:
            raise CannotOpen(str(error)) from None
        except TookTooLong:
            raise CannotOpen(f"the paper took longer than {SECONDS:.0f} s and was closed") from None
        except ProcessExpired:
            raise CannotOpen("the paper ended its reader; it is probably damaged") from None
        except Exception as error:
            raise CannotOpen(f"a fault in the program: {type(error).__name__}: {error}. Please report it") from None
