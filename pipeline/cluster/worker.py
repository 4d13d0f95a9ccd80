"""What a Dask worker does: it has each paper read in a process that may be killed, and hands on what that process says.

Whatever a paper does ends that process and never the Dask worker. A result goes from there straight into the store; the
scheduler and the client see the small answer only, in bytes.
"""

from __future__ import annotations

import json
import pickle
import socket
from functools import lru_cache

from pipeline.cluster.terms import Terms
from pipeline.store import StoreError
from pipeline.work import answer_message, read_task
from pipeline.workers import Readers

REFUSED = "refused"


def read_paper(task: bytes, work: bytes, terms: bytes) -> bytes:
    """Read one paper. The answer is that of `pipeline.work.answer_message`, or ["refused", why], as JSON.

    `work` is the run's own `Work`, pickled: rules and settings, and nothing that was read from a paper.
    """
    unmet = _unmet(terms)
    if unmet:
        return json.dumps([REFUSED, f"on {socket.gethostname()} {unmet}"]).encode("ascii")
    try:
        return answer_message(_readers(work).read(read_task(task)))
    except StoreError as error:
        return answer_message(StoreError(f"{error} (on {socket.gethostname()})"))


def _unmet(terms: bytes) -> str:
    """Why this worker may not read; empty where it may. Once it may, that is not asked again."""
    try:
        _meet(terms)
    except _Unmet as why:
        return str(why)
    return ""


@lru_cache(maxsize=8)
def _meet(terms: bytes) -> None:
    unmet = Terms.from_bytes(terms).unmet()
    if unmet:
        raise _Unmet(unmet)


class _Unmet(Exception):
    """Why a worker may not read for a run."""


@lru_cache(maxsize=4)
def _readers(work: bytes) -> Readers:
    return Readers(pickle.loads(work))


def same(work: bytes) -> bytes:
    """The work itself, as a task: Dask hands it to every worker once, and makes it anew when one that had it dies."""
    return work
