"""Camelot's grids of a page, as a second opinion: asked in a process of its own, which is ended when it takes too long.

Camelot is imported in that process only. It proposes where columns and rows part; what stands in the cells is left to
the words that are read here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

FLAVOURS = ("lattice", "stream", "network", "hybrid")
# A page takes about a second; one of a million letters may take for ever.
SECONDS = 30.0

# The column and the row edges of each table, in points from the page's bottom left, from left to right and up.
Edges = tuple[list[float], list[float]]


class NoSecondOpinion(Exception):
    """Camelot could not be asked; the message says why."""


def ask_camelot(data: bytes, page: int, seconds: float = SECONDS) -> Mapping[str, Sequence[Edges]]:
    """The tables that each of camelot's flavours sees on page number `page` of a PDF. Raises NoSecondOpinion."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.pdf"
        path.write_bytes(data)
        return _asked(path, page, seconds)


def _asked(path: Path, page: int, seconds: float) -> Mapping[str, Sequence[Edges]]:
    command = [sys.executable, "-m", __name__, str(path), str(page)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        asked = subprocess.run(command, env=environment, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise NoSecondOpinion(f"camelot took longer than {seconds:.0f} s and was stopped") from None
    except OSError as fault:
        raise NoSecondOpinion(f"camelot could not be started ({fault.strerror or fault})") from fault
    if asked.returncode:
        last = asked.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise NoSecondOpinion(f"camelot failed ({last or f'exit code {asked.returncode}'})")
    answer: dict[str, list[Edges]] = json.loads(asked.stdout)
    return answer


def _answer(path: str, page: str) -> dict[str, list[Edges]]:
    camelot = import_module("camelot")
    return {flavour: list(map(_edges, _tables(camelot, path, page, flavour))) for flavour in FLAVOURS}


def _tables(camelot: Any, path: str, page: str, flavour: str) -> Sequence[Any]:
    """One flavour may fail where another does not; it then sees nothing."""
    try:
        found: Sequence[Any] = camelot.read_pdf(path, pages=page, flavor=flavour, suppress_stdout=True)
    except Exception:
        return ()
    return found


def _edges(table: Any) -> Edges:
    columns = {float(x) for pair in table.cols for x in pair}
    rows = {float(y) for pair in table.rows for y in pair}
    return sorted(columns), sorted(rows)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_answer(*sys.argv[1:3])))
