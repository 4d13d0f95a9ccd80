"""Cases in scanned form: the figures that a scan of a case's paper yields, beside those of the paper itself.

A paper must yield the same figures whether it is born digital or scanned. What a scan yields otherwise must carry a
mark: figures are ambiguous or contradicted, and what is missing is told by the paper's account.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from corpus.case import CaseError, read_any
from corpus.folders import CASE_FILE, case_name
from corpus.run import paper_of_case
from corpus.scan import WEARS, Wear, scan_with_frames
from extract.paper import Frame
from pipeline.read import read_to_rows
from pipeline.records import FigureRow, PaperResult, PaperRow
from pipeline.status import Status
from rules.load import RuleFile
from savings.schema import DOUBTFUL

# What a paper's account counts against it.
_AGAINST = ("flagged", "checks_broken", "contradicted", "ambiguous")
# How far apart, in points, the boxes of one figure may lie in both forms: less than a row is high.
_NEAR = 4.0


@dataclass(frozen=True)
class Pair:
    """One figure in both forms; None where a form lacks it."""

    born: FigureRow | None
    read: FigureRow | None

    @property
    def exact(self) -> bool:
        """Whether both forms have it, with the same value."""
        return self.born is not None and self.read is not None and self.born.value == self.read.value

    @property
    def marked(self) -> bool:
        """Whether the scan's figure carries a mark of doubt."""
        return self.read is not None and self.read.proof in DOUBTFUL

    @property
    def silent(self) -> bool:
        """Whether the scan gives a wrong figure, or one too many, without a mark."""
        return self.read is not None and not self.exact and not self.marked


@dataclass(frozen=True)
class Compared:
    """A case in both forms: its figures, and whether the account of the scan tells of what is missing.

    `seconds` are the CPU time that reading the scan took, `pages` how many it has.
    """

    name: str
    wear: str
    pairs: tuple[Pair, ...]
    told: bool
    pages: int
    seconds: float

    @property
    def differing(self) -> list[Pair]:
        """The figures that are not the same in both forms."""
        return [pair for pair in self.pairs if not pair.exact]

    @property
    def figures(self) -> int:
        """How many figures the born-digital paper has."""
        return sum(pair.born is not None for pair in self.pairs)

    @property
    def untold(self) -> list[Pair]:
        """The figures that are wrong, or missing, and nothing says so."""
        return [pair for pair in self.pairs if pair.silent or (pair.read is None and not self.told)]


def compare_all(
    folders: Sequence[Path],
    rules: Sequence[RuleFile],
    wears: Sequence[str],
    jobs: int,
    *,
    layer: bool = False,
    seed: int = 0,
) -> Iterator[Compared]:
    """Compare cases side by side, in so many processes, in the order of the wears and folders. Raises ValueError."""
    with ProcessPoolExecutor(max_workers=max(1, jobs), mp_context=get_context("spawn")) as pool:
        tasks = [(folder, tuple(rules), wear, seed, layer) for wear in wears for folder in folders]
        yield from pool.map(_task, tasks)


def _task(task: tuple[Path, tuple[RuleFile, ...], str, int, bool]) -> Compared:
    folder, rules, wear, seed, layer = task
    try:
        return compare_case(folder, rules, wear, seed, layer=layer)
    except CaseError as error:
        raise ValueError(str(error)) from None  # An exception of several arguments does not cross processes.


def compare_case(folder: Path, rules: Sequence[RuleFile], wear: str, seed: int = 0, *, layer: bool = False) -> Compared:
    """Scan a case's paper, read both, and lay their figures side by side. Raises corpus.case.CaseError."""
    paper = paper_of_case(folder, read_any(folder / CASE_FILE))
    if paper.suffix.lower() != ".pdf":
        raise CaseError(
            folder / CASE_FILE, [f"{paper.name} is no PDF, and only a PDF can be scanned. Leave this case out"]
        )
    born = read_to_rows(paper, rules)
    scanned, frames, seconds = scan_and_read(paper, rules, replace(WEARS[wear], layer=layer), seed)
    pairs = tuple(paired(born.figures, scanned.figures, frames))
    return Compared(case_name(folder), wear, pairs, tells(scanned.paper, born.paper), born.paper.pages, seconds)


def scan_and_read(
    paper: Path, rules: Sequence[RuleFile], wear: Wear, seed: int
) -> tuple[PaperResult, tuple[Frame, ...], float]:
    """What a scan of a paper yields, where its pages have come to lie, and the CPU time in seconds."""
    made = scan_with_frames(paper.read_bytes(), wear, seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / paper.name
        path.write_bytes(made.pdf)
        start = time.process_time()
        return read_to_rows(path, rules), made.frames, time.process_time() - start


def tells(scan: PaperRow, paper: PaperRow) -> bool:
    """Whether the account of a scan says more against it than its paper's own does: what both say tells of no loss."""
    worse = scan.status is not Status.OK and scan.status is not paper.status
    more = any(getattr(scan, name) > getattr(paper, name) for name in _AGAINST)
    return worse or more or not set(scan.warnings.split("; ")) <= set(paper.warnings.split("; "))


def paired(born: Sequence[FigureRow], read: Sequence[FigureRow], frames: Sequence[Frame]) -> Iterator[Pair]:
    """The figures of two forms side by side: those of one measure at one place, the nearest first."""
    near = sorted(
        (apart, i, j)
        for i, figure in enumerate(born)
        for j, other in enumerate(read)
        if _what(figure) == _what(other)
        and (apart := _apart(figure, other, frames[figure.page - 1] if figure.page <= len(frames) else None))
        is not None
    )
    of: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in near:
        if i not in of and j not in taken:
            of[i] = j
            taken.add(j)
    yield from (Pair(figure, read[of[i]] if i in of else None) for i, figure in enumerate(born))
    yield from (Pair(None, other) for j, other in enumerate(read) if j not in taken)


def _what(figure: FigureRow) -> tuple[object, ...]:
    return figure.page, figure.year, figure.measure, figure.kind, figure.recurrence, figure.part, figure.unit


def _apart(born: FigureRow, read: FigureRow, frame: Frame | None) -> float | None:
    """How far the middles of two figures lie apart in points once both are on the scan; None: they do not touch."""
    one, other = _box(born), _box(read)
    if frame is None or one is None or other is None:
        return 0.0 if one is other else None
    x0, top, x1, bottom = frame.on_sheet(one)
    across = max(x0, other[0]) - min(x1, other[2])
    down = max(top, other[1]) - min(bottom, other[3])
    if max(across, down) > _NEAR:
        return None
    return abs(x0 + x1 - other[0] - other[2]) / 2 + abs(top + bottom - other[1] - other[3]) / 2


def _box(figure: FigureRow) -> tuple[float, float, float, float] | None:
    if figure.x0 is None or figure.top is None or figure.x1 is None or figure.bottom is None:
        return None
    return figure.x0, figure.top, figure.x1, figure.bottom


# --- the report ------------------------------------------------------------------------------------------------------


def report(found: Compared, show: int) -> Iterator[str]:
    """Say of a case which figures its scan yields otherwise, and whether each of them carries a mark."""
    differing = found.differing
    head = (
        f"{found.name} ({found.wear}): {found.figures - sum(p.born is not None for p in differing)} of {found.figures}"
    )
    silent = sum(pair.silent for pair in differing)
    yield f"{'ok      ' if not differing else 'SILENT  ' if silent else 'DIFFERS '} {head} figures the same"
    yield from (
        f"  {_described(pair, told=found.told)}" for pair in sorted(differing, key=lambda p: not p.silent)[:show]
    )
    if len(differing) > show:
        yield f"  … and {len(differing) - show} more"


def _described(pair: Pair, *, told: bool) -> str:
    figure = pair.born or pair.read
    assert figure is not None
    label = " ".join(filter(None, (figure.reference, figure.detail or figure.service or figure.directorate)))[:40]
    part = f"page {figure.page} row {figure.row} {label!r} {figure.year} {figure.measure} {figure.kind}:"
    if pair.read is None:
        return f"{part} {figure.value:,} is missing ({'the account says so' if told else 'IN SILENCE'})"
    mark = pair.read.proof if pair.marked else "NOT MARKED"
    if pair.born is None:
        return f"{part} {figure.value:,} is one too many, read from {pair.read.raw!r} ({mark})"
    return f"{part} {pair.born.value:,} came out as {pair.read.value:,}, read from {pair.read.raw!r} ({mark})"


def summed(found: Iterable[Compared]) -> str:
    """Sum up some comparisons in a line."""
    every = list(found)
    figures = sum(each.figures for each in every)
    exact = sum(pair.exact for each in every for pair in each.pairs)
    silent = sum(pair.silent for each in every for pair in each.pairs)
    missing = sum(pair.read is None for each in every for pair in each.pairs)
    untold = sum(pair.read is None for each in every if not each.told for pair in each.pairs)
    share = 100 * exact / max(1, figures)
    return (
        f"{len(every)} scans: {exact:,} of {figures:,} figures the same ({share:.2f}%), "
        f"{silent} wrong without a mark, {missing} missing ({untold} in silence)"
    )
