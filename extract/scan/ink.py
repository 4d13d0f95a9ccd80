"""From a grey picture to ink: light evened out, the lean measured, ruling lines found and taken away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Mask = NDArray[np.uint8]

POINTS_PER_INCH = 72
# In points: the shortest ruling lines. Uprights must be longer than the tallest letters are high.
# Shorter uprights are taken where they reach from one level rule to the next, as in a low row.
_LEVEL, _UPRIGHT, _SHORT = 24.0, 17.0, 7.5
# A rule is thinner than this; what is thicker is a filled box.
_THICK = 5.0
# Longer than any stroke of print, whatever touches it. And how much of a line's length may have print near.
_SURE, _STEMS = 48.0, 0.3
# Level rules are joined over gaps so long where fainter ink goes on; and all rules to others that they nearly meet.
_FAINT, _MEET = 14.0, 6.0
# Shorter pieces, in points, are no part of a rule that ends near them.
_PIECE = 3.0
# A page with more pieces of lines is noise.
_MOST_PIECES = 4_000
# Rules end before the edge of the sheet.
_EDGE = 4.0
# The widest filled box that rules are taken to go on behind.
_WIDEST = 90.0
# A fold falls by no more than this share of its length, shows on so much of it, and at an edge of the sheet no more
# points than these belong to folds.
_FOLD, _WHOLE, _MOST_ENDS = 0.04, 0.6, 30.0
# In points: how near the ends of rules at a corner are, and how far one goes on that crosses another.
_CORNER, _BEYOND = 3.0, 4.0
# How far in points an upright may end before the black box that it goes on in.
_ENTRY = 30.0
# A crease runs across, and strays from the level by no more than this share of its length.
_STRAY = 0.05
# In points: the square that tells a filled box from print. And how bright a box may be, as a share of paper.
_ABOUT, _FILLED = 7.0, 0.66
# In points: strokes of print are thinner. And how bright the ground is that counts as shaded, as a share of paper.
_STROKE, _SHADE = 3.2, 0.95
# In points: how wide punched holes are, at least and at most; and how far their share of the square about them is from
# that of a disc.
_HOLE, _ROUND = (12.0, 24.0), 0.1
# Where print neither brightens nor darkens a box by so many grey levels it is even.
_EVEN = 25
# And by so many, on the whole of what lies about, it is dark.
_DOWN = 4
# How much brighter than the darkest ink a box is at most in which rules cannot be seen.
_BLACKER = 12
# How dark print is at its darkest, in grey levels.
_BLACK = 40
# By how many grey levels a rule is darker than the filled box that it runs in: for most of its length, and for all.
_DEEPER, _DEEP = 9.0, 4.5
# Thin rules come out paler than print.
PALE = 178
# A picture whose paper is darker than this is a negative.
_NEGATIVE = 96
# A lean that is none, in degrees.
_LEVEL_ENOUGH = 0.02
# The lean that is looked for, in degrees.
_MOST_LEAN = 5.0


class Segment(NamedTuple):
    """A ruling line from one end to the other, in points."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Flat:
    """A picture as dark print on white, and masks of what was taken off it.

    These are the boxes that were filled darkly, those of them that were as dark as print is, and punched holes.
    """

    grey: Grey
    filled: Mask
    black: Mask
    holes: Mask

    def levelled(self, degrees: float) -> Flat:
        """The picture turned about its middle so that print that falls by so many degrees lies level."""
        if abs(degrees) < _LEVEL_ENOUGH:
            return self
        masks = (levelled(each, degrees, cv2.INTER_NEAREST, 0) for each in (self.filled, self.black, self.holes))
        return Flat(levelled(self.grey, degrees), *masks)


def levelled(grey: Grey, degrees: float, flags: int = cv2.INTER_CUBIC, beyond: int = 255) -> Grey:
    """A picture turned about its middle so that print that falls by so many degrees lies level."""
    if abs(degrees) < _LEVEL_ENOUGH:
        return grey
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(grey, matrix, (width, height), flags=flags, borderValue=(beyond,)), np.uint8)


# --- light -----------------------------------------------------------------------------------------------------------


def evened(grey: Grey, dpi: float) -> Flat:
    """The picture as dark print on white: shadows and shades evened out, bright print on filled boxes exchanged.

    Paper differs slowly, print does not. Darkly filled boxes keep their edges, as rules.
    """
    point = dpi / POINTS_PER_INCH
    holes = _holes(grey, point)
    grey = np.where(holes > 0, np.uint8(paper_of(grey)), grey)
    lit = _lit(grey)
    filled = _filled(grey, point)
    flat = _stretched(_unshaded(lit, filled, point))
    if not filled.any():
        return Flat(flat, filled, filled, holes)
    x, y, width, height = cv2.boundingRect(filled)
    boxes = (slice(y, y + height), slice(x, x + width))
    flat[boxes] = np.where(filled[boxes] > 0, _exchanged(grey[boxes], filled[boxes], _white(grey), point), flat[boxes])
    edge = cv2.morphologyEx(filled, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    flat[edge > 0] = 0
    return Flat(np.asarray(flat, np.uint8), filled, _black(grey, filled, point), holes)


def as_print(grey: Grey) -> Grey:
    """The picture as dark on bright: a negative is exchanged."""
    return np.asarray(255 - grey if float(np.median(grey)) < _NEGATIVE else grey, np.uint8)


def _black(grey: Grey, filled: Mask, point: float) -> Mask:
    """1 in the filled boxes that are as dark as the darkest print: no rule can be seen in them."""
    darkest = float(np.percentile(grey[::2, ::2], 0.2))
    dark = filled & (255 - _ground(255 - grey, point) <= darkest + _BLACKER)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(filled, connectivity=4)
    black = np.bincount(labels[dark > 0], minlength=len(stats)) >= 0.5 * stats[:, cv2.CC_STAT_AREA]
    black[0] = False
    return np.asarray(black[labels], np.uint8)


def _unshaded(lit: Grey, filled: Mask, point: float) -> Grey:
    """The picture with lightly shaded boxes and shadows made white: there print is dark on what lies close about.

    A shade is what is left when dark strokes are closed; large letters are no boxes and stay.
    """
    ground = _ground(lit, point)
    shade = ((ground < _SHADE * 255) & (filled == 0)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(shade, connectivity=4)
    high, wide, area = (stats[:, i] for i in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
    box = (high >= _ABOUT * point) & (wide >= _ABOUT * point) & (area >= 2 * (_ABOUT * point) ** 2)
    box[0] = False
    evened_out = cv2.divide(lit, cv2.max(ground, 40), scale=255)
    return np.asarray(np.where(box[labels], evened_out, lit), np.uint8)


def _ground(grey: Grey, point: float) -> Grey:
    """The picture without its dark strokes."""
    stroke = round(_STROKE * point) | 1
    closed = cv2.morphologyEx(cv2.blur(grey, (3, 3)), cv2.MORPH_CLOSE, np.ones((stroke, stroke), np.uint8))
    return np.asarray(closed, np.uint8)


def _lit(grey: Grey) -> Grey:
    """The picture with its paper made white: the paper is the brightest that lies about."""
    height, width = grey.shape
    small = cv2.resize(grey, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), 4)
    paper = cv2.max(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), 40)
    return np.asarray(cv2.divide(grey, paper, scale=255), np.uint8)


def _stretched(flat: Grey) -> Grey:
    """With the darkest print black and paper white."""
    darkest = min(float(np.percentile(flat[::2, ::2], 0.5)), 120.0)
    return np.asarray(cv2.convertScaleAbs(cv2.subtract(flat, darkest), alpha=255 / (250 - darkest)), np.uint8)


def _filled(grey: Grey, point: float) -> Mask:
    """1 in boxes that are filled darkly: where most of what lies about is dark, up to their very edges."""
    dark = (grey < _FILLED * _white(grey)).astype(np.uint8)
    about, stroke = round(_ABOUT * point) | 1, max(4, round(1.4 * point))
    dense = (cv2.blur(dark * np.uint8(255), (about, about)) > 140).astype(np.uint8)
    if not dense.any():
        return np.asarray(dense, np.uint8)
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((stroke, stroke), np.uint8))
    # Bold print is as dense as a box, but closes up; a box has a margin, or room beside its words.
    ground = (_ground(grey, point) < _FILLED * _white(grey)).astype(np.uint8)
    _, labels = cv2.connectedComponents(solid, connectivity=4)
    roomy = np.bincount(labels[ground > 0], minlength=labels.max() + 1) > (_STROKE * point) ** 2
    roomy[0] = False
    solid = roomy[labels].astype(np.uint8)
    # Words leave holes in a box, as high as letters are.
    near = cv2.dilate(
        cv2.morphologyEx(dense, cv2.MORPH_CLOSE, np.ones((about, about), np.uint8)), np.ones((5, 5), np.uint8)
    )
    whole = solid | (cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((about + 2, 1), np.uint8)) & near)
    # Close over words a margin may be thinner than the stroke.
    beside = cv2.morphologyEx(whole, cv2.MORPH_CLOSE, np.ones((1, round(_WIDEST * point)), np.uint8))
    whole |= dark & beside & cv2.dilate(whole, np.ones((2 * stroke + 1, 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=4)
    inside = np.bincount(labels[dense > 0], minlength=len(stats))
    fits = (stats[:, cv2.CC_STAT_HEIGHT] >= _ABOUT * point) & (stats[:, cv2.CC_STAT_WIDTH] >= 2 * _ABOUT * point)
    fits &= inside >= 0.5 * stats[:, cv2.CC_STAT_AREA]
    fits[0] = False
    return np.asarray(fits[labels], np.uint8)


def paper_of(grey: Grey) -> int:
    """How bright the paper of a picture is."""
    return round(_white(grey))


def _white(grey: Grey) -> float:
    return float(np.percentile(grey[::3, ::3], 75))


def _holes(grey: Grey, point: float) -> Mask:
    """1 where a page was punched: the lid of a scanner shows through such holes, which are round, dark, and large.

    A hole that touches the edge of a table would take the edge with it.
    """
    height, width = grey.shape
    small = cv2.resize(grey, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    dark = (small < _FILLED * _white(grey)).astype(np.uint8)
    least, most = (size * point / 4 for size in _HOLE)
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, _disc(int(least / 2)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    fits = (np.minimum(wide, high) >= least - 1) & (np.maximum(wide, high) <= most + 1) & (np.abs(wide - high) <= 2)
    for i in np.flatnonzero(fits):
        x, y = stats[i, cv2.CC_STAT_LEFT], stats[i, cv2.CC_STAT_TOP]
        fits[i] = abs(dark[y : y + high[i], x : x + wide[i]].mean() - np.pi / 4) <= _ROUND
    fits[0] = False
    if not fits.any():
        return np.zeros_like(grey)
    holes = cv2.resize(fits[labels].astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.dilate(holes, _disc(max(4, round(1.3 * point)))), np.uint8)


def _disc(radius: int) -> Mask:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8)


def _exchanged(grey: Grey, filled: Mask, white: float, point: float) -> Grey:
    """What stands out from filled boxes as dark on white, be it brighter or darker; and the rules between boxes."""
    reach = round(2 * _ABOUT * point) | 1
    plain = grey.astype(np.float32)
    under, over = (each.astype(np.float32) for each in (255 - _ground(255 - grey, point), _ground(grey, point)))
    bright = 1.15 * (plain - under) / np.maximum(white - under, 40)
    dark = 1.3 * (over - plain) / np.maximum(over - _BLACK, 60)
    even = ((over - under < _EVEN) & (filled > 0)).astype(np.float32)
    level = cv2.blur(plain * even, (reach, reach)) / np.maximum(cv2.blur(even, (reach, reach)), 1e-3)
    # Print stands out from what is even about it, upwards or downwards.
    outwards = (over - level) - (level - under)
    upwards = cv2.blur(outwards * (filled > 0) * (1 - even), (reach, reach))
    print_ = np.where(upwards < -_DOWN, dark, bright)
    edges = _streaks(under, over - under < _EVEN, point)
    print_ = np.where(edges & (filled > 0), 1.0, print_)
    return np.asarray(255 - np.clip(print_ * 255, 0, 255), np.uint8)


def _streaks(box: NDArray[np.float32], even: NDArray[np.bool_], point: float) -> NDArray[np.bool_]:
    """Where long thin lines run in boxes, level or upright: darker than either side, or from one shade to another."""
    aside = _level_streaks(np.ascontiguousarray(box.T), np.ascontiguousarray(even.T), point)
    return np.asarray((_level_streaks(box, even, point) | aside.T) > 0)


def _level_streaks(box: NDArray[np.float32], even: NDArray[np.bool_], point: float) -> Mask:
    smooth = cv2.blur(box, (max(5, round(3 * point)), 1))
    apart = max(3, round(1.4 * point))
    over, under = np.roll(smooth, apart, axis=0), np.roll(smooth, -apart, axis=0)
    deep = np.minimum(over, under) - smooth
    # Of a step from shade to shade the steepest is the edge; what print does to a box is none, unless one goes on.
    step = np.abs(np.roll(smooth, 2, axis=0) - np.roll(smooth, -2, axis=0))
    steep = ((step > _DEEPER) & (step >= cv2.dilate(step, np.ones((2 * apart + 1, 1), np.uint8)))).astype(np.uint8)
    steep = cv2.dilate(steep, np.ones((3, 1), np.uint8))
    plain = cv2.erode(even.astype(np.uint8), np.ones((2 * apart + 1, apart), np.uint8))
    length = round(24 * point)
    edge = _opened(steep & plain, length)
    edge |= _closed(edge, 2 * _WIDEST * point) & _closed(steep, 4 * point)
    return np.asarray(_mostly(_opened((deep > _DEEP).astype(np.uint8), length), deep > _DEEPER) | edge, np.uint8)


def _mostly(lines: Mask, sure: NDArray[np.bool_]) -> Mask:
    """The level lines that are sure for at least half of their length."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    along = cv2.dilate(sure.astype(np.uint8), np.ones((7, 1), np.uint8)) > 0
    keep = np.bincount(labels[along], minlength=len(stats)) >= 0.5 * stats[:, cv2.CC_STAT_AREA]
    keep[0] = False
    return np.asarray(keep[labels], np.uint8)


def ink_of(grey: Grey, darkness: int = 128) -> Mask:
    """1 where an evened picture is dark."""
    return (grey < darkness).astype(np.uint8)


# --- lean ------------------------------------------------------------------------------------------------------------


def lean_of(ink: Mask) -> float:
    """By how many degrees lines of print fall to the right: the angle at which they part most sharply."""
    height, width = ink.shape
    scale = min(1.0, 1200 / max(height, width))
    small = cv2.resize(ink * np.uint8(255), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ys, xs = np.nonzero(small > 64)
    if len(ys) < 50:
        return 0.0
    step = len(ys) // 60_000 + 1
    ys, xs = ys[::step], xs[::step]
    best = 0.0
    for reach, fineness in ((_MOST_LEAN, 0.25), (0.25, 0.05), (0.05, 0.01)):
        angles = np.arange(best - reach, best + reach + fineness / 2, fineness)
        best = float(max(angles, key=lambda a: (_sharpness(ys, xs, float(a)), -abs(a))))
    return best


def rough_lean_of(grey: Grey) -> float:
    """About by how many degrees lines of print fall to the right, told before light and shades are evened out."""
    height, width = grey.shape
    half = cv2.resize(grey, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    return lean_of(ink_of(_stretched(_lit(half))))


def _sharpness(ys: NDArray[np.int64], xs: NDArray[np.int64], degrees: float) -> float:
    rows = ys - xs * np.tan(np.radians(degrees))
    counts = np.bincount((rows - rows.min()).astype(np.int64)).astype(np.float64)
    return float((np.diff(counts) ** 2).sum())


# --- rules -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rules:
    """The ruling lines of a picture: as segments in points, and as masks (level, upright) in pixels."""

    segments: tuple[Segment, ...]
    level: Mask
    upright: Mask

    @property
    def mask(self) -> Mask:
        """1 where any rule is."""
        return self.level | self.upright


def rules_of(ink: Mask, flat: Flat, dpi: float) -> Rules:
    """The level and upright rules. Those that are lost in a filled box or in a punched hole go on behind it.

    In a black box rules between columns cannot be seen at all: those under or over it are drawn on through it.
    """
    point = dpi / POINTS_PER_INCH
    level = _behind(_lines(ink, _LEVEL, point, _STEMS, _FAINT), flat.filled | flat.holes, point)
    # What is true of level lines is true of upright ones on a page laid on its side; but print may stand close to them.
    aside = np.ascontiguousarray(ink.T)
    upright = _lines(aside, _UPRIGHT, point)
    upright |= _between(_lines(aside, _SHORT, point), np.ascontiguousarray(level.T), point)
    upright = _behind(upright, np.ascontiguousarray(flat.holes.T), point)
    height, width = ink.shape
    level_segments, level = _segments(level, point, width)
    upright_segments, upright = _segments(upright, point, height)
    segments = [Segment(x0, y, x1, y) for x0, x1, y in level_segments]
    segments += [Segment(x, top, x, bottom) for top, bottom, x in upright_segments]
    met = _without_overlays(_met(segments))
    if flat.black.any():
        met = _met([*met, *_through(met, flat.black, ink, point)])
    return Rules(met, level, np.ascontiguousarray(upright.T))


def _lines(ink: Mask, length: float, point: float, stems: float = 1.0, faint: float = 3.0) -> Mask:
    """Where level lines of at least some length in points are: straight, and with white on either side.

    Pieces are found first and joined over small gaps, since scans break thin lines. The strokes of bold print make
    pieces, too, but stems stand over or under them.
    """
    # A line that leans by a hair steps from one row of pixels to the next: look at it a little thicker.
    across = np.ones((3, 1), np.uint8)
    pieces = _opened(cv2.dilate(ink, across), round(0.4 * length * point))
    pieces = _clear(cv2.erode(pieces, across), ink, point, stems)
    joined = _closed(cv2.dilate(pieces, across), 2 * point)
    lines = cv2.erode(_opened(joined, round(length * point)), across)
    # Between two pieces of one line fainter pieces count as well.
    pale = _closed(cv2.dilate(lines, across), faint * point) & cv2.dilate(ink, np.ones((5, 1), np.uint8))
    lines = np.asarray(cv2.erode(_closed(cv2.dilate(lines, across) | pale, 2 * point), across) | lines, np.uint8)
    return _to_their_ends(lines, ink, faint, point, stems)


def _to_their_ends(lines: Mask, ink: Mask, faint: float, point: float, stems: float) -> Mask:
    """The lines with the short pieces that go on at their ends, where a scan broke them close to a corner."""
    across = np.ones((3, 1), np.uint8)
    about = cv2.dilate(lines, np.ones((3, 2 * round(faint * point) + 1), np.uint8)) & ~cv2.dilate(lines, across)
    pieces = _opened(cv2.dilate(ink, across) & about, round(_PIECE * point))
    if not pieces.any():
        return lines
    pieces = _clear(cv2.erode(pieces, across), ink, point, stems)
    _, labels = cv2.connectedComponents(_closed(cv2.dilate(lines | pieces, across), 2 * point), connectivity=8)
    whole = lines | (np.isin(labels, np.unique(labels[lines > 0])) & (pieces > 0)).astype(np.uint8)
    return np.asarray(cv2.erode(_closed(cv2.dilate(whole, across), 2 * point), across) | whole, np.uint8)


def _between(pieces: Mask, across: Mask, point: float) -> Mask:
    """The pieces of lines that reach from one line across to another."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(pieces, connectivity=8)
    keep, slack, aside = np.zeros(count, bool), round(1.8 * point), round(3 * point)
    for i, (x, y, width, height, _) in enumerate(stats[1:], 1):
        # Lines across may end a little short of a corner.
        rows = slice(max(0, y - aside), y + height + aside)
        left, right = across[rows, max(0, x - slack) : x + slack], across[rows, x + width - slack : x + width + slack]
        keep[i] = left.any() and right.any()
    return np.asarray(keep[labels], np.uint8)


def _closed(lines: Mask, gap: float) -> Mask:
    return np.asarray(cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones((1, max(3, round(gap))), np.uint8)), np.uint8)


def _opened(ink: Mask, length: int) -> Mask:
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(3, length)), np.uint8)), np.uint8)


def _clear(pieces: Mask, ink: Mask, point: float, stems: float) -> Mask:
    """The pieces of lines that have white over and under them, but for a share `stems` of their length."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(pieces, connectivity=8)
    keep = np.zeros(count, bool)
    if count > _MOST_PIECES:
        return np.asarray(keep[labels], np.uint8)
    near, far = 2, max(4, round(1.6 * point))
    for i, (x, y, width, height, _) in enumerate(stats[1:], 1):
        over = ink[max(0, y - far) : max(0, y - near), x : x + width]
        under = ink[y + height + near : y + height + far, x : x + width]
        keep[i] = width > _SURE * point or max(_inked(over), _inked(under)) <= stems
    return np.asarray(keep[labels], np.uint8)


def _inked(band: Mask) -> float:
    """The share of a band's columns that have ink."""
    return float(band.any(axis=0).mean()) if band.size else 0.0


def _behind(level: Mask, filled: Mask, point: float) -> Mask:
    """The level rules, joined where they end at one side of a filled box or a hole and begin at the other."""
    if not filled.any():
        return level
    across = np.ones((3, 1), np.uint8)
    thicker = cv2.dilate(level, across)
    reach = np.ones((1, round(_WIDEST * point)), np.uint8)
    # Beyond the sheet no rule begins.
    joined = cv2.morphologyEx(thicker, cv2.MORPH_CLOSE, reach, borderType=cv2.BORDER_CONSTANT, borderValue=(0,))
    box = cv2.dilate(filled, np.ones((1, 9), np.uint8))
    return np.asarray(cv2.erode(thicker | (joined & box), across) | level, np.uint8)


def _segments(lines: Mask, point: float, extent: int) -> tuple[list[tuple[float, float, float]], Mask]:
    """The level lines as (from, to, height) in points, and the mask without those that are no rules.

    What reaches the edge of the sheet, with all that lies on one height with it, is a crease or a shadow.
    """
    lines = _without_blobs(lines, point)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(lines, connectivity=8)
    keep = np.ones(count, bool)
    keep[0] = False
    creases: list[tuple[float, float]] = []
    for i, (x, y, width, height, area) in enumerate(stats[1:], 1):
        thin = height <= _THICK * point
        askew = not thin and area < 0.5 * width * height
        edge = thin and (x <= _EDGE * point or x + width >= extent - _EDGE * point)
        keep[i] = not askew
        if edge or (askew and height <= _STRAY * width):
            creases.append((y - 3 * point, y + height + 3 * point))
    found: list[tuple[float, float, float]] = []
    for i, (x, y, width, height, _) in enumerate(stats[1:], 1):
        middle, thin = float(centres[i][1]), height <= _THICK * point
        keep[i] &= not (thin and any(top <= middle <= bottom for top, bottom in creases))
        if keep[i]:
            # Of a filled box the edges part it from its neighbours.
            ends = (middle,) if thin else (float(y), float(y + height))
            found += [(x / point, (x + width) / point, end / point) for end in ends]
    return found, keep[labels].astype(np.uint8)


def _without_blobs(lines: Mask, point: float) -> Mask:
    """The lines without the blobs that they run into: a blob that is no box would take them with it."""
    side = round(_THICK * point)
    blobs = cv2.morphologyEx(lines, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    if not blobs.any():
        return lines
    _, labels, stats, _ = cv2.connectedComponentsWithStats(blobs, connectivity=8)
    ragged = stats[:, cv2.CC_STAT_AREA] < 0.5 * stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
    ragged[0] = False
    return np.asarray(lines & ~cv2.dilate(ragged[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) & 1, np.uint8)


def _met(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The segments, drawn on to those across them that they nearly meet."""
    level = [(s.y0, s.x0, s.x1) for s in segments if s.y0 == s.y1]
    upright = [(s.x0, s.y0, s.y1) for s in segments if s.y0 != s.y1]
    long = [Segment(_drawn_on(x0, y, upright, -1), y, _drawn_on(x1, y, upright, 1), y) for y, x0, x1 in level]
    tall = [Segment(x, _drawn_on(top, x, level, -1), x, _drawn_on(low, x, level, 1)) for x, top, low in upright]
    return (*long, *tall)


def _through(segments: Iterable[Segment], black: Mask, ink: Mask, point: float) -> Iterator[Segment]:
    """The pieces of upright rules in black boxes, over or under those that can be seen, where no print is in their way.

    A row that is one cell may lie between.
    """
    for x, top, _, bottom in (s for s in segments if s.y0 != s.y1):
        for y, way in ((top, -1), (bottom, 1)):
            # Print in the box may start at the very place of the rule.
            columns = (round(x * point) + i for i in (0, -2, 2, -4, 4))
            ways = (_crossed(black, ink, column, round(y * point), way, round(_ENTRY * point)) for column in columns)
            found = next((each for each in ways if each), None)
            if found and found[1] - found[0] > _ABOUT * point:
                yield Segment(x, found[0] / point, x, found[1] / point)


def _crossed(black: Mask, ink: Mask, column: int, row: int, way: int, reach: int) -> tuple[int, int] | None:
    """From where to where a line goes through the next box on its way, in rows of pixels; None where it must not."""
    strip, wide = slice(max(0, column - 1), column + 2), slice(max(0, column - 40), column + 40)
    box = black[:, strip].min(axis=1) > 0
    inked = (ink[:, strip].max(axis=1) > 0) & (ink[:, wide].min(axis=1) == 0)
    ahead = np.arange(row, min(max(row + way * reach, 0), len(box) - 1), way)
    entry = next((int(at) for at in ahead if box[at]), None)
    if entry is None:
        return None
    end = entry
    while 0 <= end + way < len(box) and box[end + way]:
        end += way
    first, last = sorted((entry, end))
    blocked = inked[min(first, row) + 3 : max(last, row) - 2]
    return None if blocked.any() else (first, last)


def _without_overlays(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The segments without the frames of stamps that lie over a table.

    The side of such a frame ends in two corners, and crosses rules between them; no rule of a table does.
    """
    level = [s for s in segments if s.y0 == s.y1]
    upright = [s for s in segments if s.y0 != s.y1]
    gone: set[Segment] = set()
    for sides, others in ((level, upright), (upright, level)):
        for side in sides:
            corners = [[o for o in others if _is_corner(end, o)] for end in (side[:2], side[2:])]
            # The rules of a table are longer than a stamp that lies on its edge.
            if all(corners) and any(_crosses(side, other) and _length(other) > _length(side) for other in others):
                gone |= {side, *corners[0], *corners[1]}
    return tuple(s for s in segments if s not in gone)


def _is_corner(end: tuple[float, ...], other: Segment) -> bool:
    """Whether a segment ends where an end of another does, and neither goes on there."""
    return any(abs(end[0] - x) <= _CORNER and abs(end[1] - y) <= _CORNER for x, y in (other[:2], other[2:]))


def _length(segment: Segment) -> float:
    return segment.x1 - segment.x0 + segment.y1 - segment.y0


def _crosses(one: Segment, other: Segment) -> bool:
    """Whether two segments cross, each going on well beyond the other."""
    level, upright = (one, other) if one.y0 == one.y1 else (other, one)
    across = level.x0 + _BEYOND < upright.x0 < level.x1 - _BEYOND
    return across and upright.y0 + _BEYOND < level.y0 < upright.y1 - _BEYOND


def _drawn_on(end: float, along: float, across: list[tuple[float, float, float]], way: int) -> float:
    """Where a line that ends at `end` meets the nearest of the lines across within reach beyond it."""
    near = [at for at, first, last in across if first - 2 <= along <= last + 2 and 0 < way * (at - end) <= _MEET]
    return min(near, key=lambda at: abs(at - end), default=end)


def without_creases(grey: Grey, dpi: float) -> Grey:
    """A levelled picture without the folds that run from one edge of the sheet to the other; print on them stays."""
    point = dpi / POINTS_PER_INCH
    ink = ink_of(grey, PALE)
    level = _crease_mask(ink, point)
    upright = _crease_mask(np.ascontiguousarray(ink.T), point)
    if level is None and upright is None:
        return grey
    clean = grey.copy()
    for mask in (level, None if upright is None else upright.T):
        if mask is not None:
            clean[mask > 0] = 255
    return clean


def _crease_mask(ink: Mask, point: float) -> Mask | None:
    """Where level creases are: lines from edge to edge. Of print that stands on one only what lies in it is taken."""
    height, width = ink.shape
    margin = round(_EDGE * point)
    lines = _opened(cv2.dilate(ink, np.ones((3, 1), np.uint8)), round(5 * point))
    ends = [np.flatnonzero(lines[:, band].mean(axis=1) > 0.5) for band in (slice(0, margin), slice(-margin, None))]
    if not len(ends[0]) or not len(ends[1]) or max(map(len, ends)) > _MOST_ENDS * point:
        return None
    xs = np.arange(0, width, 3)
    found = []
    for left in _middles(ends[0]):
        for right in _middles(ends[1]):
            ys = np.round(left + (right - left) * xs / width).astype(np.int64)
            near = [lines[np.clip(ys + i, 0, height - 1), xs] for i in (-2, -1, 0, 1, 2)]
            if abs(right - left) <= _FOLD * width and np.maximum.reduce(near).mean() >= _WHOLE:
                found.append((left, right))
    if not found:
        return None
    mask = np.zeros_like(ink)
    for left, right in found:
        cv2.line(mask, (0, round(left)), (width - 1, round(right)), (1,), max(3, round(2 * point)))
    # Strokes of print that cross a crease are taller than it.
    tall = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((round(2.6 * point), 1), np.uint8))
    return np.asarray(mask & ~tall & 1, np.uint8)


def _middles(rows: NDArray[np.int64]) -> list[float]:
    """The middles of runs of neighbouring rows."""
    return [float(part.mean()) for part in np.split(rows, np.flatnonzero(np.diff(rows) > 2) + 1)]


def without_rules(grey: Grey, rules: Rules) -> Grey:
    """The picture with its ruling lines painted white."""
    wide = cv2.dilate(rules.mask, np.ones((7, 7), np.uint8))
    clean = grey.copy()
    clean[wide > 0] = 255
    return clean
