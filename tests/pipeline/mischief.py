"""A worker that comes to grief over papers that ask for it, as a damaged PDF may bring a library to do."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline.records import PaperResult
from pipeline.store import StoreError
from pipeline.work import Answer, Task, Work


@dataclass(frozen=True)
class Mischief(Work):
    """Does what a paper's first word says; reads all others as they are. `folder` remembers what was tried,
    and "readers" beside it, which process tried it last."""

    folder: Path = Path()

    def do(self, task: Task) -> Answer:
        """Find the disk full, or do the task."""
        if "://" not in task.path and Path(task.path).read_bytes() == b"full":
            raise StoreError("the disk is full")
        return super().do(task)

    def read(self, path: Path, data: bytes) -> PaperResult:
        """Come to grief, or read."""
        word = data.split(maxsplit=1)[0].decode(errors="replace")
        tried = self.folder / f"tried-{path.name}"
        first = not tried.exists()
        with tried.open("a") as handle:
            handle.write("x")
        readers = self.folder.with_name("readers")
        readers.mkdir(exist_ok=True)
        # Renamed into place: whoever waits for it finds it whole.
        part = readers / f"{path.name}.part"
        part.write_text(str(os.getpid()))
        part.replace(readers / path.name)
        if not word.startswith("once-") or first:
            come_to_grief(word.removeprefix("once-"))
        return super().read(path, data)


def come_to_grief(word: str) -> None:
    if word == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "leave":
        os._exit(7)
    if word == "hang":
        time.sleep(600)
    if word == "eat":
        eaten = bytearray()
        while True:
            eaten += b"x" * (1 << 24)
    if word == "fault":
        raise KeyError("nobody thought of this")
    if word == "chatter":
        os.write(1, b"a library that prints\n")
