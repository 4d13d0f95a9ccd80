"""Pictures of the places of doubtful figures. Papers are drawn in processes of their own: a page may be hostile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from pebble import ProcessPool
from PIL import Image

from extract.limits import LIMITS
from pipeline.address import place_of
from pipeline.draw import PALE_YELLOW, RED, CannotDraw, Drawn, Mark, bare_page, marked, pixels
from pipeline.report.collect import Doubt

FOLDER = "report-pictures"
DPI = 110
# How much of the page round a cell is in view, in points.
BESIDE, ABOVE = 190.0, 46.0
# Seconds that drawing the pictures of one paper may take.
SECONDS = 60.0
COLOURS = 48

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Wanted:
    """One picture: the figure's number, its page and the cell's box in points."""

    number: int
    page: int
    box: Box


def draw_pictures(doubts: Iterable[Doubt], folder: Path, jobs: int, most: int = LIMITS.pixels) -> dict[int, str]:
    """Draw the places of figures below a folder; the name of each picture by the figure's number.

    A figure of a text report has no place on a page; a paper that has changed since, or a page that cannot be drawn or
    has more than `most` pixels, gives none.
    """
    papers: defaultdict[tuple[str, str], list[Wanted]] = defaultdict(list)
    for doubt in doubts:
        row = doubt.row
        if row["x0"] is not None and doubt.path:
            box = (row["x0"], row["top"], row["x1"], row["bottom"])
            papers[doubt.path, row["sha256"]].append(Wanted(doubt.number, row["page"], box))
    if not papers:
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="savings-") as copies, ProcessPool(max_workers=jobs) as pool:
        here = {(path, digest): _here(path, Path(copies) / digest) for path, digest in papers}
        waiting = [
            pool.schedule(_draw_paper, args=(here[paper], paper[1], wanted, folder, most), timeout=SECONDS)
            for paper, wanted in papers.items()
        ]
        return {number: name for future in waiting for number, name in _result(future).items()}


def _here(path: str, copy: Path) -> Path:
    """A paper as a file of this machine: itself, or a copy where it is at an address. It need not be there any more."""
    place = place_of(path)
    if isinstance(place, Path):
        return place
    with suppress(OSError):
        copy.write_bytes(place.read())
    return copy


def _result(future: Future[dict[int, str]]) -> dict[int, str]:
    """What one paper's process drew; nothing where it was stopped or died: the report says that there is no picture."""
    try:
        return future.result()
    except Exception:  # Whatever befell the process, it befell only these pictures.
        return {}


def _draw_paper(path: Path, digest: str, wanted: Sequence[Wanted], folder: Path, most: int) -> dict[int, str]:
    """Draw the places in one paper, in a process of its own."""
    if not path.is_file() or sha256(path.read_bytes()).hexdigest() != digest:
        return {}
    pages: defaultdict[int, list[Wanted]] = defaultdict(list)
    for each in wanted:
        pages[each.page].append(each)
    names: dict[int, str] = {}
    for page, places in pages.items():
        try:
            drawn = bare_page(path, page, DPI, most)
        except CannotDraw:
            continue
        for place in places:
            names[place.number] = f"{digest[:12]}-{place.number}.png"
            _around(drawn, place.box).save(folder / names[place.number], format="PNG", optimize=True)
    return names


def _around(drawn: Drawn, box: Box) -> Image.Image:
    """The part of a page round a cell, the cell framed and its row tinted."""
    x0, top, x1, bottom = box
    left, right = max(0.0, x0 - BESIDE), min(drawn.image.width / drawn.scale, x1 + BESIDE)
    upper, lower = max(0.0, top - ABOVE), min(drawn.image.height / drawn.scale, bottom + ABOVE)
    part = drawn.image.crop(pixels((left, upper, max(left + 1, right), max(upper + 1, lower)), drawn.scale))
    x0, top, x1, bottom = x0 - left, top - upper, x1 - left, bottom - upper
    row = Mark((0.0, top, right - left, bottom), PALE_YELLOW, tint=True)
    picture = marked(Drawn(part, drawn.scale), [row, Mark((x0, top, x1, bottom), RED)])
    return picture.quantize(COLOURS)
