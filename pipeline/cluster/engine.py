"""A Dask cluster as the engine of a run: an `Executor` whose tasks are done by its workers.

No more papers are with the cluster at any time than keep its threads busy. A worker that is lost costs nothing: Dask
gives its papers to others. A scheduler that is lost ends the run: what was read is kept, and the next run goes on.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from pipeline.batch import Engine
from pipeline.blob import DamagedBlob
from pipeline.cluster.terms import Terms
from pipeline.cluster.worker import REFUSED, read_paper, same
from pipeline.status import Unreachable
from pipeline.store import StoreError
from pipeline.work import Answer, Loss, Lost, Task, Work, read_answer, task_message

if TYPE_CHECKING:
    from distributed import Client, Future

# Seconds within which a scheduler must answer.
CONTACT = 15.0
# Seconds that a cluster may be without any worker, while papers wait: one that grows as needed takes its time.
PATIENCE = 180.0
# Papers that are with the cluster for each of its threads: one being read, one waiting.
AHEAD = 2
# Seconds between two looks at what the cluster is.
LOOK = 2.0
TICK = 0.2
SAME_PROGRAM = "Install the same council-savings[cluster] on all machines, and start the workers again"


class ClusterError(Unreachable):
    """A cluster that cannot be used, or can no longer; says why and what to do."""


@contextmanager
def cluster_engine(scheduler: str, work: Work, terms: Terms) -> Iterator[Engine]:
    """The engine of a cluster, by its scheduler's address or file. Raises ClusterError, also while it is in use."""
    cluster = _Cluster(scheduler_address(scheduler), terms, work)
    try:
        yield partial(DaskWorkers, cluster)
    finally:
        cluster.close()


def scheduler_address(said: str) -> str:
    """An address (tcp://host:port), as it is said or as the scheduler's own file has it. Raises ClusterError."""
    if "://" in said:
        return said
    try:
        address = json.loads(Path(said).read_text(encoding="utf-8"))["address"]
    except OSError as error:
        raise ClusterError(
            f"--scheduler {said}: no such file can be read ({error.strerror}). Give the address of a Dask scheduler "
            "(tcp://host:8786), or the file that `dask scheduler --scheduler-file` writes"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ClusterError(
            f"--scheduler {said} is no scheduler file. `dask scheduler --scheduler-file FILE` writes one"
        ) from None
    return str(address)


class _Cluster:
    """A connection to a scheduler, and what all tasks of a run share."""

    def __init__(self, address: str, terms: Terms, work: Work) -> None:
        self.address = address
        self.terms = terms.as_bytes()
        self.client = _connected(address)
        # Named by chance: the results of a run are in its store, and never taken from an earlier run's task.
        self.run = uuid4().hex
        self.work = self.client.submit(same, pickle.dumps(work), key=f"savings-work-{self.run}", pure=False)
        self.threads = 0
        self._looked = 0.0
        self._peopled = time.monotonic()
        self._tasks = 0

    def submit(self, task: Task) -> Future:
        """Give one paper to the cluster."""
        self._tasks += 1
        key = f"savings-paper-{self.run}-{self._tasks}"
        place = task.path if "://" in task.path else os.path.abspath(task.path)  # noqa: PTH100 - ".." stays: links
        message = task_message(replace(task, path=place))
        try:
            return self.client.submit(read_paper, message, self.work, self.terms, key=key, pure=False)
        except Exception as error:  # Of many sorts, where the scheduler has gone meanwhile.
            raise self.gone() from error

    def look(self) -> None:
        """See now and then that the cluster is there. Raises ClusterError."""
        now = time.monotonic()
        if self.client.status != "running":
            raise self.gone()
        if self.threads and now - self._looked < LOOK:
            return
        self._looked = now
        self.threads = self._count()
        self._peopled = now if self.threads else self._peopled
        if now - self._peopled > PATIENCE:
            raise ClusterError(
                f"the scheduler at {self.address} has had no workers for {PATIENCE:g} s. Start some: "
                f"dask worker {self.address}"
            )

    def _count(self) -> int:
        try:
            return sum(self.client.nthreads().values())
        except Exception as error:
            raise self.gone() from error

    def gone(self) -> ClusterError:
        """What is said of a scheduler that no longer answers."""
        return ClusterError(
            f"the scheduler at {self.address} has gone away or was restarted. When it and its workers are there again, "
            "run the same command"
        )

    def close(self) -> None:
        """Let go of the cluster; what it reads just now it finishes."""
        with suppress(Exception):  # It may be gone.
            self.client.close(timeout=2)


def _connected(address: str) -> Client:
    try:
        from distributed import Client  # noqa: PLC0415
    except ImportError:
        raise ClusterError(
            "--scheduler needs the library distributed, which is not installed: pip install 'council-savings[cluster]'"
        ) from None
    for name in ("distributed.client", "distributed.comm", "distributed.batched"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # What goes wrong is said once, and by us.
    try:
        return Client(address, timeout=CONTACT, name="council-savings", set_as_default=False)
    except Exception as error:  # Dask's transports raise errors of many sorts.
        raise ClusterError(
            f"no scheduler answers at {address} ({type(error).__name__}: {str(error).splitlines()[0]}). Check the "
            "address and that it runs"
        ) from None


class DaskWorkers:
    """Has tasks done by the workers of a cluster, at most `jobs` at once; a `pipeline.work.Executor`."""

    def __init__(self, cluster: _Cluster, jobs: int) -> None:
        self.cluster = cluster
        self.jobs = jobs
        self._running: dict[str, tuple[Task, Future]] = {}
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()

    def run(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Answer]]:
        """The tasks with their answers as they come, drawn as there is room. Raises StoreError, ClusterError."""
        try:
            more = True
            while more or self._running:
                self.cluster.look()
                more = more and self._hand_out(tasks)
                yield from self._answers()
        finally:
            self._cancel()

    def _hand_out(self, tasks: Iterator[Task]) -> bool:
        """Give the cluster as much as it has room for; whether there may be more."""
        while len(self._running) < min(self.jobs, max(1, AHEAD * self.cluster.threads)):
            task = next(tasks, None)
            if task is None:
                return False
            future = self.cluster.submit(task)
            self._running[future.key] = (task, future)
            future.add_done_callback(lambda ended: self._ended.put(ended.key))
        return True

    def _answers(self) -> Iterator[tuple[Task, Answer]]:
        """What has been answered, after waiting a moment for it."""
        with suppress(queue.Empty):
            key = self._ended.get(timeout=TICK)
            while True:
                task, future = self._running.pop(key)
                yield task, self._answer(future)
                key = self._ended.get_nowait()

    def _answer(self, future: Future) -> Answer:
        while True:
            try:
                return _heard(future.result(timeout=CONTACT))
            except TimeoutError:  # The worker that had the answer was lost, and the paper is being read again.
                self.cluster.look()
            except (StoreError, ClusterError):
                raise
            except Exception as error:  # Dask hands on whatever a worker raises.
                return self._fault(future.status, error)

    def _fault(self, status: str, error: Exception) -> Answer:
        from distributed import KilledWorker  # noqa: PLC0415

        if isinstance(error, KilledWorker):
            return Lost(Loss.CRASHED, "each Dask worker that had it ended")
        if status != "error":
            raise self.cluster.gone() from error
        raise ClusterError(
            f"a Dask worker cannot do its part ({type(error).__name__}: {error}). {SAME_PROGRAM}"
        ) from error

    def _cancel(self) -> None:
        futures = [future for _, future in self._running.values()]
        with suppress(Exception):  # The cluster may be gone.
            if futures and self.cluster.client.status == "running":
                self.cluster.client.cancel(futures)


def _heard(message: bytes) -> Answer:
    """What a worker says. Raises ClusterError where it may not read for this run, StoreError where it cannot write."""
    try:
        said = json.loads(message)
        if said[0] != REFUSED:
            return read_answer(message)
        problem = str(said[1])
    except (ValueError, TypeError, LookupError, DamagedBlob):
        problem = f"answers in no known form. {SAME_PROGRAM}"
    raise ClusterError(f"a Dask worker {problem}")
