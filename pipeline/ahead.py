"""Work of which several are in progress at once, with what it gives in order: for storages that answer slowly."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Given = TypeVar("Given")


def ahead(work: Callable[[Item], Given], items: Iterable[Item], threads: int) -> Iterator[Given]:
    """What `work` gives for each item, in order; at most two for each thread are drawn ahead of what was taken."""
    if threads == 1:
        yield from map(work, items)
        return
    waiting: deque[Future[Given]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) >= 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
