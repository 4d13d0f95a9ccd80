"""A typeset paper as a scanner would have left it: pictures of its pages, worn in ways that a seed decides.

The same paper, wear and seed give the same bytes. Scans are made when they are wanted and not kept: they are large.

    python -m corpus.scan PAPER.pdf OUT.pdf [--wear 200dpi] [--layer] [--seed 0]
"""

from __future__ import annotations

import argparse
import math
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

from corpus.picture_pdf import Picture, Printed, write_pdf
from extract.paper import Frame
from extract.words import lines_of

Grey = NDArray[np.uint8]

POINTS_PER_INCH = 72
PAPER, INK = 246, 38  # How bright paper and how dark ink come out of a scanner.


@dataclass(frozen=True, slots=True)
class Wear:
    """What printing, handling and scanning do to a page.

    `blur` is the deviation of the lens in pixels, `noise` that of the sensor in grey levels, `speckle` the share of
    pixels that are dirt, `skew` the most degrees that a page lies askew, `jpeg` the quality (0: kept without loss).
    `bitonal` pages are black and white. `turns` says which pages (from 1) lie turned, by how many degrees clockwise.
    `stamps`, `holes` and `folds` are drawn on every page. `layer` adds a poor text layer under the pictures.
    """

    dpi: int = 200
    blur: float = 0.7
    noise: float = 6.0
    speckle: float = 0.0004
    skew: float = 1.0
    jpeg: int = 40
    bitonal: bool = False
    turns: Mapping[int, int] = field(default_factory=dict)
    stamps: bool = False
    holes: bool = False
    folds: bool = False
    layer: bool = False


DEGRADED = Wear()
BITONAL = Wear(blur=0.5, noise=4.0, speckle=0.0002, jpeg=0, bitonal=True)
WEARS: dict[str, Wear] = {
    "200dpi": DEGRADED,
    "300dpi": Wear(dpi=300, blur=1.0),
    "askew": Wear(skew=2.0),
    "bitonal": BITONAL,
    "bitonal-300dpi": replace(BITONAL, dpi=300),
    "handled": Wear(stamps=True, holes=True, folds=True),
    "turned": Wear(turns={1: 180, 2: 90}),
}


@dataclass(frozen=True, slots=True)
class Scan:
    """The PDF of a scan, and for each page where what was printed on it has come to lie."""

    pdf: bytes
    frames: tuple[Frame, ...]


def scan(paper: bytes, wear: Wear, seed: int = 0) -> bytes:
    """The PDF of a scan of a PDF. `turns` of pages that the paper does not have are passed over."""
    return scan_with_frames(paper, wear, seed).pdf


def scan_with_frames(paper: bytes, wear: Wear, seed: int = 0) -> Scan:
    """A scan of a PDF that can be compared with it, place by place."""
    document = pypdfium2.PdfDocument(paper)
    try:
        pages = [_page(document[i], i + 1, wear, Random(f"{seed}.{i}")) for i in range(len(document))]
    finally:
        document.close()
    return Scan(write_pdf([page for page, _ in pages]), tuple(frame for _, frame in pages))


def _page(page: Any, number: int, wear: Wear, chance: Random) -> tuple[Picture, Frame]:
    width, height = page.get_size()
    grey = _drawn(page, wear.dpi)
    noise = np.random.default_rng(chance.getrandbits(64))
    if wear.stamps:
        _stamp(grey, wear.dpi, chance)
    if wear.folds:
        grey = _folded(grey, wear.dpi, chance)
    if wear.holes:
        _punch(grey, wear.dpi)
    turn = wear.turns.get(number, 0)
    grey = np.rot90(grey, -turn // 90).copy()
    if turn % 180:
        width, height = height, width
    skew = chance.uniform(-wear.skew, wear.skew)
    grey = _worn(_askew(grey, skew), wear, noise)
    words = _poor_words(page, chance) if wear.layer and not turn else ()
    return _picture(grey, wear, width, height, words), _frame(turn, skew, width, height)


def _frame(turn: int, skew: float, width: float, height: float) -> Frame:
    """Where a point of a page comes to lie that is turned clockwise and then askew; the size is that of the scan."""
    # A page turned by a quarter about its top left corner, and moved back onto the sheet.
    cos, sin = round(math.cos(math.radians(turn))), round(math.sin(math.radians(turn)))
    across, down = {0: (0.0, 0.0), 90: (width, 0.0), 180: (width, height), 270: (0.0, height)}[turn]
    lean = math.radians(skew)
    a, b = math.cos(lean), -math.sin(lean)
    x, y = width / 2, height / 2
    e, f = x - a * x + b * y, y - b * x - a * y
    return Frame(
        a * cos - b * sin, b * cos + a * sin, -a * sin - b * cos, -b * sin + a * cos,
        a * across - b * down + e, b * across + a * down + f,
    )  # fmt: skip


def _drawn(page: Any, dpi: int) -> Grey:
    """The page in grey levels between those of paper and ink."""
    image = page.render(scale=dpi / POINTS_PER_INCH, grayscale=True).to_numpy()
    grey = np.asarray(image, dtype=np.float32).reshape(image.shape[0], image.shape[1])
    return (INK + grey * ((PAPER - INK) / 255)).astype(np.uint8)


def _askew(grey: Grey, degrees: float) -> Grey:
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=PAPER), np.uint8)


def _worn(grey: Grey, wear: Wear, noise: np.random.Generator) -> Grey:
    worn = cv2.GaussianBlur(grey, (0, 0), wear.blur).astype(np.float32) if wear.blur else grey.astype(np.float32)
    worn += noise.normal(0, wear.noise, worn.shape) if wear.noise else 0
    for level in (INK, PAPER):
        spots = noise.random(worn.shape) < wear.speckle / 2
        if wear.dpi >= 250:
            spots = cv2.dilate(spots.astype(np.uint8), np.ones((2, 2), np.uint8)).astype(bool)
        worn[spots] = level
    return np.asarray(np.clip(worn, 0, 255), np.uint8)


def _stamp(grey: Grey, dpi: int, chance: Random) -> None:
    """A received stamp, paler than print, at a place where print is likely."""
    height, width = grey.shape
    x, y = int(width * chance.uniform(0.25, 0.6)), int(height * chance.uniform(0.3, 0.7))
    layer = np.full_like(grey, 255)
    box = (int(dpi * 1.3), int(dpi * 0.5))
    cv2.rectangle(layer, (x, y), (x + box[0], y + box[1]), 150, max(2, dpi // 70))
    cv2.putText(layer, "RECEIVED", (x + dpi // 12, y + dpi // 3), cv2.FONT_HERSHEY_SIMPLEX, dpi / 180, 150, dpi // 80)
    turned = _askew(layer, chance.uniform(-3, 3))
    np.minimum(grey, np.where(turned < 200, turned, 255).astype(np.uint8), out=grey)


def _folded(grey: Grey, dpi: int, chance: Random) -> Grey:
    """A fold across the page: a dark crease with a shadow on one side."""
    height, width = grey.shape
    y = height * chance.uniform(0.45, 0.55)
    lean = chance.uniform(-0.01, 0.01)
    rows, columns = np.mgrid[0:height, 0:width]
    below = rows - (y + lean * columns)
    shadow = 1 - 0.25 * np.exp(-np.abs(below) / (dpi * 0.15)) * (below > 0) - 0.3 * (np.abs(below) < dpi / 180)
    return np.asarray(grey * shadow, np.uint8)


def _punch(grey: Grey, dpi: int) -> None:
    """Two holes at the left margin: black, as the scanner's lid shows through."""
    height = grey.shape[0]
    for centre in (0.5 - 0.13, 0.5 + 0.13):
        cv2.circle(grey, (int(dpi * 0.3), int(height * centre)), int(dpi * 0.11), INK, -1)


# --- the poor text layer ---------------------------------------------------------------------------------------------

# What text recognition of 2005 made of print.
_CONFUSED = {
    "l": "1",
    "1": "l",
    "O": "0",
    "0": "O",
    "5": "S",
    "8": "B",
    "£": "E",
    "-": "1",
    "–": "1",
    "rn": "m",
    "6": "b",
    "e": "c",
}


def _poor_words(page: Any, chance: Random) -> tuple[Printed, ...]:
    """The words of a page as a poor recogniser would have left them: some misread, some lost, all a little off."""
    found = []
    for word in _words(page):
        if chance.random() < 0.05:
            continue
        text = "".join(_CONFUSED.get(c, c) if chance.random() < 0.12 else c for c in word[0])
        shift = chance.uniform(-1.5, 1.5)
        found.append(Printed(text, word[1] + shift, word[2] + shift / 2, word[3] + shift, word[4] + shift / 2))
    return tuple(found)


def _words(page: Any) -> list[tuple[str, float, float, float, float]]:
    from extract import pdfium  # noqa: PLC0415
    from extract.limits import LIMITS  # noqa: PLC0415

    sheet = pdfium.sheet_of(page.raw)
    drawing = pdfium.drawing_of(page.raw, sheet, LIMITS)
    glyphs = pdfium.glyphs_of(page.get_textpage().raw, sheet, drawing, LIMITS)
    return [
        (word.text, word.box.x0, word.box.top, word.box.x1, word.box.bottom)
        for line in lines_of(glyphs)
        for word in line
    ]


# --- pictures --------------------------------------------------------------------------------------------------------


def _picture(grey: Grey, wear: Wear, width: float, height: float, words: Sequence[Printed]) -> Picture:
    rows, columns = grey.shape
    if wear.bitonal:
        threshold = (PAPER + INK) / 2 + 12
        return Picture(_fax(grey > threshold), columns, rows, width, height, "CCITTFaxDecode", 1, tuple(words))
    if wear.jpeg:
        done, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, wear.jpeg])
        assert done
        return Picture(data.tobytes(), columns, rows, width, height, "DCTDecode", 8, tuple(words))
    return Picture(zlib.compress(grey.tobytes(), 6), columns, rows, width, height, "FlateDecode", 8, tuple(words))


def _fax(white: NDArray[np.bool_]) -> bytes:
    """A black and white picture as Group 4 fax: the single strip of a TIFF."""
    target = BytesIO()
    image = Image.fromarray((~white).astype(np.uint8) * 255).convert("1")  # a fax counts ink, a TIFF light
    image.save(target, "TIFF", compression="group4", tiffinfo={278: image.height})
    tiff = Image.open(BytesIO(target.getvalue()))
    tags = tiff.tag_v2  # type: ignore[attr-defined]
    start, length = tags[273][0], tags[279][0]
    return target.getvalue()[start : start + length]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 all well."""
    parser = argparse.ArgumentParser(prog="python -m corpus.scan", description="Make a scan of a PDF.")
    parser.add_argument("paper", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--wear", choices=WEARS, default="200dpi")
    parser.add_argument("--layer", action="store_true", help="add a poor text layer")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    wear = replace(WEARS[options.wear], layer=options.layer)
    options.out.write_bytes(scan(options.paper.read_bytes(), wear, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
