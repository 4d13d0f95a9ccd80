"""Worker processes on this machine that may be killed at any instant, from inside or outside, at the cost of one paper.

Each worker has a pipe of its own and one task at a time, so that nothing is shared that a dying process could leave
locked or half-written; time runs by the monotonic clock, so that setting the machine's clock ends nobody. (pebble,
which was here before, shares one pipe and its locks between all workers, breaks the whole pool when an idle worker is
killed, and times by the wall clock.)
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, ClassVar

import psutil

from pipeline.blob import DamagedBlob
from pipeline.store import StoreError
from pipeline.work import Answer, Job, Loss, Lost, Task, answer_message, read_answer, read_task, task_message

# How often limits are looked at, in seconds.
TICK = 0.1
# A worker that has grown to this share of its memory limit is replaced before its next paper.
GROWN = 0.5
# Seconds after which readers that have nothing to do are ended.
IDLE = 30.0
# What a worker says first.
READY = b"ready"

if sys.platform == "win32":
    _context = multiprocessing.get_context("spawn")
else:
    # Forked from a server that has the program loaded and no threads: quick, and safe whatever threads run here.
    _context = multiprocessing.get_context("forkserver")
    _context.set_forkserver_preload(["pipeline.read", "pipeline.workers", "pipeline.parts"])


def get_ready() -> None:
    """Have the program loaded for the workers to come, while something else is done here."""
    if sys.platform != "win32":
        forkserver.ensure_running()


def local_engine(work: Job) -> Callable[[int], LocalWorkers]:
    """How to have that work done here, by so many workers."""
    return partial(LocalWorkers, work)


class LocalWorkers:
    """Does tasks in `jobs` worker processes, each paper within its limits of time and memory."""

    def __init__(self, work: Job, jobs: int) -> None:
        self.work = work
        self.jobs = jobs
        self._workers: list[_Worker] = []

    def run(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Answer]]:
        """The tasks with their answers as they come. Tasks are drawn only when a worker is free. Raises StoreError."""
        try:
            more = True
            while more or any(worker.task for worker in self._workers):
                more = more and self._hand_out(tasks)
                yield from self._answers()
        finally:
            self._stop()

    def _hand_out(self, tasks: Iterator[Task]) -> bool:
        """Give each free worker a task; whether there may be more."""
        self._workers = [w for w in self._workers if w.task or w.usable(self.work.limits.memory)]
        while sum(worker.task is not None for worker in self._workers) < self.jobs:
            task = next(tasks, None)
            if task is None:
                return False
            self._free_worker().start(task)
        return True

    def _free_worker(self) -> _Worker:
        for worker in self._workers:
            if worker.task is None:
                return worker
        self._workers.append(_Worker(self.work))
        return self._workers[-1]

    def _answers(self) -> Iterator[tuple[Task, Answer]]:
        """What has been answered, has ended or gone over a limit, after waiting a moment for it."""
        busy = [worker for worker in self._workers if worker.task]
        ready = set(wait([source for worker in busy for source in (worker.pipe, worker.process.sentinel)], TICK))
        for worker in busy:
            said = worker.pipe in ready or worker.process.sentinel in ready
            task, answer = worker.task, worker.answer() if said else worker.over_limit()
            if task and answer:
                yield task, answer

    def _stop(self) -> None:
        for worker in self._workers:
            worker.end()
        self._workers = []


class Readers:
    """Worker processes for the threads of one process, such as a Dask worker: each thread has one paper read at a time.

    Those that have nothing to do for a while are ended.
    """

    # Of all there are: a thread that starts a process also looks at all others, and two threads that ask for one's end
    # would each take the other's answer.
    _lock: ClassVar = threading.RLock()

    def __init__(self, work: Job) -> None:
        self.work = work
        self._free: list[_Worker] = []
        self._idle = threading.Timer(IDLE, self.end)

    def read(self, task: Task) -> Answer:
        """Have one paper read, within its limits of time and memory. Raises StoreError."""
        with self._lock:
            worker = self._taken()
        try:
            worker.start(task)
            while True:
                said = wait([worker.pipe, worker.process.sentinel], TICK)
                with self._lock:
                    answer = worker.answer() if said else worker.over_limit()
                if answer is not None:
                    break
        except BaseException:
            worker.end()
            raise
        with self._lock:
            self._give_back(worker)
        return answer

    def _taken(self) -> _Worker:
        self._idle.cancel()
        while self._free:
            worker = self._free.pop()
            if worker.usable(self.work.limits.memory):
                return worker
        return _Worker(self.work)

    def _give_back(self, worker: _Worker) -> None:
        self._free.append(worker)
        self._idle.cancel()
        self._idle = threading.Timer(IDLE, self.end)
        self._idle.daemon = True
        self._idle.start()

    def end(self) -> None:
        """End those that read nothing now."""
        with self._lock:
            for worker in self._free:
                worker.end()
            self._free = []


class _Worker:
    """One worker process: its pipe, its task and when that must be done."""

    def __init__(self, work: Job) -> None:
        self.limits = work.limits
        self.task: Task | None = None
        self._since = 0.0
        self._own = 0
        self._held = 0
        self._looked = -TICK
        self._ended = False
        self.pipe, theirs = _context.Pipe()
        self.process: BaseProcess = _context.Process(target=_serve, args=(theirs, work), daemon=True, name="savings")
        with _may_have_children():
            self.process.start()
        self._about = psutil.Process(self.process.pid)
        theirs.close()

    def start(self, task: Task) -> None:
        """Hand over a task. A worker that has died meanwhile is noticed when its answer is asked for."""
        self.task = task
        self._since = time.monotonic()
        with suppress(OSError):
            self.pipe.send_bytes(task_message(task))

    def usable(self, memory: int) -> bool:
        """Whether the worker may do another task; one that may not is ended."""
        if not self._ended and self.process.is_alive() and self._taken() < memory * GROWN:
            return True
        self.end()
        return False

    def answer(self) -> Answer | None:
        """What became of the task, once the process has said something or ended; None while it is being done."""
        return self._taken_as(self._said() or self._over_limit())

    def over_limit(self) -> Answer | None:
        """What became of the task of a worker that says nothing: None unless it takes too long or too much."""
        return self._taken_as(self._over_limit())

    def _taken_as(self, answer: Answer | None) -> Answer | None:
        if answer is not None:
            self.task = None
        if isinstance(answer, Lost):
            self.end()  # After a fault nobody knows what state the process is in.
        return answer

    def _said(self) -> Answer | None:
        try:
            if self.pipe.poll():
                return self._heard(self.pipe.recv_bytes())
            if self.process.is_alive():
                return None
        except (OSError, EOFError, DamagedBlob):
            pass
        self.end()
        return Lost(Loss.CRASHED, _how_ended(self.process.exitcode))

    def _heard(self, message: bytes) -> Answer | None:
        if message != READY:
            return read_answer(message)
        # Neither starting the process nor what the program itself takes is the first paper's.
        self._since, self._own, self._held = time.monotonic(), self._resident(), 0
        return None

    def _over_limit(self) -> Answer | None:
        if time.monotonic() - self._since > self.limits.seconds:
            self.end()
            return Lost(Loss.TIMED_OUT)
        if self._taken() > self.limits.memory:
            self.end()
            return Lost(Loss.OUT_OF_MEMORY)
        return None

    def _taken(self) -> int:
        """Bytes of memory that the worker holds beyond what it began with. Looked at not more often than each TICK."""
        now = time.monotonic()
        if self._own and now - self._looked >= TICK:
            self._looked, self._held = now, self._resident() - self._own
        return self._held

    def _resident(self) -> int:
        """Bytes of memory that the worker holds; 0 once it has ended."""
        try:
            return int(self._about.memory_info().rss)
        except psutil.Error:
            return 0

    def end(self) -> None:
        """Kill the process, if it still runs: it holds nothing that needs to be put in order."""
        if not self._ended:
            self._ended = True
            self.process.kill()
            self.process.join(5)
            self.pipe.close()


@contextmanager
def _may_have_children() -> Iterator[None]:
    """Dask's workers are daemons, which may start no processes, lest these outlive them. Ours end with their parent."""
    settings: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    daemon = settings.pop("daemon", None)
    try:
        yield
    finally:
        if daemon is not None:
            settings["daemon"] = daemon


def _how_ended(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


# --- in the worker ---------------------------------------------------------------------------------------------------


def _serve(pipe: Connection, work: Job) -> None:
    """Do tasks until the parent hangs up."""
    _settle_in()
    work.get_ready()
    _limit(work.limits.memory)
    try:
        pipe.send_bytes(READY)
        while True:
            pipe.send_bytes(answer_message(_answer(work, read_task(pipe.recv_bytes()))))
    except (EOFError, OSError):
        return
    except BaseException:
        os._exit(1)  # Out of memory, say. The parent sees the exit status; a traceback would help nobody.


def _answer(work: Job, task: Task) -> Answer | StoreError:
    try:
        return work.do(task)
    except StoreError as error:
        return error
    except MemoryError:
        return Lost(Loss.OUT_OF_MEMORY)


def _settle_in() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer, who then ends its workers.
    os.dup2(2, 1)  # stdout is for data; a library that prints must not get there.
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _limit(memory: int) -> None:
    """A second bound, by the system, for what grows faster than the parent looks. Systems without it have the first."""
    try:
        import resource  # noqa: PLC0415
    except ImportError:
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # A dump would leave a paper's content on the disk.
        if sys.platform == "linux":
            space = psutil.Process().memory_info().vms + memory
            resource.setrlimit(resource.RLIMIT_AS, (space, space))
