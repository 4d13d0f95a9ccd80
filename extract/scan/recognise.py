"""From a picture of a page to what stands on it: turn, lean, rules, runs of print, and what each engine reads.

What is found here depends on the picture and the engines alone, so it can be kept (extract.scan.cache). What to make of
the engines' readings is decided anew each time (extract.scan.witnesses).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extract.glyphs import DOWNWARDS, UPRIGHT, UPWARDS
from extract.scan.engines import RAPIDOCR, TESSERACT, engines, turn_of
from extract.scan.ink import (
    PALE,
    Rules,
    Segment,
    as_print,
    evened,
    ink_of,
    lean_of,
    levelled,
    paper_of,
    rough_lean_of,
    rules_of,
    without_creases,
    without_rules,
)
from extract.scan.marks import Marks, marks_of
from extract.scan.runs import MOST_RUNS, Inked, Spot, cut_after, runs_of

Grey = NDArray[np.uint8]

# So many runs are read first; where the engines agree on fewer than this share of them, it is no print.
SAMPLE, AGREED = 24, 0.15
# Of long runs only so many are read first, once they come to so many heights of a capital.
FEWEST, LONG = 8, 400
# A figure, and words behind it; with fewer digits it may be the number of a list.
_AMOUNT = re.compile(r"([-–(£]*\d[\d,.]*[)%]?)\s*([^\d\s]*[^\W\d_]{2}.*)$")
_AMOUNT_DIGITS = 3
# No more runs that lie on their side are read.
MOST_ASIDE = 60
# A page that still leans by more, in degrees, once its light is evened out is levelled again.
_ASKEW = 0.04
# Below this, Tesseract's word on which way is up is looked into by reading.
_SURE = 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """A run of print: its ink's box in pixels of the upright page, what each engine reads, and what its ink shows.

    `turn` is the way that it reads (extract.glyphs).
    """

    x0: int
    top: int
    x1: int
    bottom: int
    texts: dict[str, str]
    marks: Marks
    turn: int = UPRIGHT


@dataclass(frozen=True, slots=True)
class Recognised:
    """What stands on a page. Rules are in points, runs in pixels, both of the page turned upright and levelled.

    `turn` is by how many degrees clockwise the page lies turned, `lean` by how many its print falls then. `width` and
    `height` are those of the upright picture in pixels, `capital` the usual height of its capitals. `print_found` is
    false where there is ink, and none of it can be read.
    """

    turn: int
    lean: float
    dpi: float
    width: int
    height: int
    capital: float
    segments: tuple[Segment, ...]
    runs: tuple[Run, ...]
    print_found: bool = True

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @staticmethod
    def of_json(found: dict[str, Any]) -> Recognised:
        """From plain values. Raises KeyError, TypeError or ValueError where they are not those of `as_json`."""
        runs = tuple(Run(**{**run, "marks": Marks(**run["marks"])}) for run in found["runs"])
        segments = tuple(Segment(*segment) for segment in found["segments"])
        return Recognised(**{**found, "runs": runs, "segments": segments})


@dataclass(frozen=True)
class _Upright:
    """A page turned upright and levelled, with its rules, its runs, and those of them that were read so far."""

    turn: int
    lean: float
    clean: Grey
    rules: Rules
    inked: Inked
    read: dict[Spot, Run] = field(default_factory=dict)


def recognise(grey: Grey, dpi: float) -> Recognised:
    """Read a page's picture. What has more runs than any page of print is a photograph or noise, and is not read."""
    grey = as_print(grey)
    turn, sure = turn_of(grey)
    page = _upright(grey, turn, dpi)
    if not page.inked.runs or len(page.inked.runs) > MOST_RUNS:
        return _result(page, dpi, (), print_found=not page.inked.runs)
    sample = _sample(page)
    if sure < _SURE or sample < AGREED:
        page, sample = _best_turn(grey, dpi, page, sample)
    if sample < AGREED:
        return _result(page, dpi, (), print_found=False)
    return _result(page, dpi, (*_runs(page, list(page.inked.runs)), *_aside(page)))


def _result(page: _Upright, dpi: float, runs: tuple[Run, ...], *, print_found: bool = True) -> Recognised:
    height, width = page.clean.shape
    return Recognised(
        page.turn, page.lean, dpi, width, height, page.inked.capital, page.rules.segments, runs, print_found
    )


def _upright(grey: Grey, turn: int, dpi: float) -> _Upright:
    upright = np.ascontiguousarray(np.rot90(grey, turn // 90))
    # Shades and boxes are best told on a page that lies level; how it lies is measured roughly first.
    lean = rough_lean_of(upright)
    flat = evened(levelled(upright, lean, beyond=paper_of(grey)), dpi)
    rest = lean_of(ink_of(flat.grey))
    if abs(rest) > _ASKEW:
        flat, lean = flat.levelled(rest), lean + rest
    even = without_creases(flat.grey, dpi)
    rules = rules_of(ink_of(even, PALE), flat, dpi)
    clean = without_rules(even, rules)
    inked = runs_of(ink_of(clean, PALE), rules, dpi)
    for spot in inked.remnants:
        clean[max(0, spot.top - 2) : spot.bottom + 2, max(0, spot.x0 - 2) : spot.x1 + 2] = 255
    return _Upright(turn, lean, clean, rules, inked)


def _best_turn(grey: Grey, dpi: float, page: _Upright, sample: float) -> tuple[_Upright, float]:
    """The turn under which the engines agree most, the one at hand where none is plainly better."""
    best, most = page, sample
    for turn in (0, 90, 180, 270):
        if turn != page.turn:
            other = _upright(grey, turn, dpi)
            agreed = _sample(other) if len(other.inked.runs) <= MOST_RUNS else 0.0
            if agreed > most + 0.1:
                best, most = other, agreed
    return best, most


def _sample(page: _Upright) -> float:
    """The share of some of the page's longer runs that are clear, or on which the engines agree, letter by letter."""
    wide = [spot for spot in page.inked.runs if spot.width > page.inked.capital]
    wide = wide[:: max(1, len(wide) // SAMPLE)][:SAMPLE] or list(page.inked.runs[:SAMPLE])
    # Lines of prose take as long to read as a dozen figures, and tell as much.
    reached = accumulate(spot.width for spot in wide)
    wide = [
        s for i, (s, to) in enumerate(zip(wide, reached, strict=True)) if i < FEWEST or to <= LONG * page.inked.capital
    ]
    runs = list(_runs(page, wide))
    return sum(_agrees(run) for run in runs) / max(1, len(runs))


def _agrees(run: Run) -> bool:
    one, other = ("".join(c for c in text.casefold() if c.isalnum()) for text in _heard(run))
    return bool(one) and one == other


def _heard(run: Run) -> tuple[str, str]:
    """What both engines read of a run. Plain words that Tesseract finds clear count as read by both."""
    return run.texts.get(RAPIDOCR, run.texts[TESSERACT]), run.texts[TESSERACT]


def _runs(page: _Upright, spots: list[Spot]) -> list[Run]:
    """The runs with what both engines read; dirt is not looked at, and not kept.

    A line of plain words that Tesseract finds clear is read by it alone: the other engine takes most of its time for
    such lines, and they hold no figure. Runs that were read before are not read again.
    """
    capital = page.inked.capital
    marked = [(spot, marks_of(page.inked.ink, page.clean, spot, capital)) for spot in spots]
    marked = [(spot, marks) for spot, marks in marked if not marks.dirt and spot not in page.read]
    crops = [_crop(page.clean, spot, capital) for spot, _ in marked]
    tesseract, rapidocr = engines()[TESSERACT], engines()[RAPIDOCR]
    heard = [{TESSERACT: text} for text in tesseract.read(crops, capital)]
    asked = [i for i, plain in enumerate(tesseract.plain()) if not plain]
    for i, text in zip(asked, rapidocr.read([crops[i] for i in asked], capital), strict=True):
        heard[i] = {RAPIDOCR: text, **heard[i]}
    for (spot, marks), said in zip(marked, heard, strict=True):
        page.read[spot] = Run(spot.x0, spot.top, spot.x1, spot.bottom, said, marks)
    return [run for spot in spots if spot in page.read for run in _parted(page, page.read[spot])]


def _parted(page: _Upright, run: Run) -> tuple[Run, ...]:
    """A run as it is, or as two: a figure and the words of the next column, told by the widest gap between them."""
    texts = {name: _AMOUNT.match(text) for name, text in run.texts.items()}
    if len(texts) < 2 or not all(texts.values()):
        return (run,)
    spot = Spot(run.x0, run.top, run.x1, run.bottom)
    digits = {sum(map(str.isdigit, found[1])) for found in texts.values() if found}
    # A point behind a short number is that of a list; one behind an amount, before words, is dirt.
    stops = min(digits) < _AMOUNT_DIGITS
    cut = cut_after(spot, page.inked.ink, page.inked.capital, digits, stops=stops)
    if cut is None:
        return (run,)
    halves = []
    for i, part in enumerate(cut, 1):
        marks = marks_of(page.inked.ink, page.clean, part, page.inked.capital)
        said = {name: found[i] if stops else found[i].rstrip(".,") for name, found in texts.items() if found}
        halves.append(Run(part.x0, part.top, part.x1, part.bottom, said, marks))
    return tuple(halves)


def _aside(page: _Upright) -> list[Run]:
    """The runs that lie on their side, read upwards, or downwards where the engines agree on that alone."""
    capital, found = page.inked.capital, []
    for spot in page.inked.aside[:MOST_ASIDE]:
        crop = _crop(page.clean, spot, capital)
        marks = marks_of(page.inked.ink, page.clean, spot, capital)
        ways = (
            Run(spot.x0, spot.top, spot.x1, spot.bottom, _read_both(np.rot90(crop, quarters), capital), marks, turn)
            for turn, quarters in ((UPWARDS, -1), (DOWNWARDS, 1))
        )
        first = next(ways)
        found.append(first if _agrees(first) or not _agrees(second := next(ways)) else second)
    return found


def _read_both(crop: Grey, capital: float) -> dict[str, str]:
    return {name: engines()[name].read([np.ascontiguousarray(crop)], capital)[0] for name in (RAPIDOCR, TESSERACT)}


def _crop(clean: Grey, spot: Spot, capital: float) -> Grey:
    """A run with some white around it."""
    up, aside = round(0.25 * capital), round(0.4 * capital)
    height, width = clean.shape
    crop = clean[
        max(0, spot.top - up) : min(height, spot.bottom + up), max(0, spot.x0 - aside) : min(width, spot.x1 + aside)
    ]
    return np.ascontiguousarray(crop)
