"""Pictures drawn for tests: print, rules and boxes at known places, at 200 dots an inch."""

from __future__ import annotations

import math
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

DPI = 200.0
PAPER, INK = 246, 40
# Letters of this scale have capitals about 20 pixels high.
SCALE = 0.9


def sheet(width: int = 1000, height: int = 400) -> Grey:
    """White paper."""
    return np.full((height, width), PAPER, np.uint8)


def write(grey: Grey, text: str, x: int, y: int, ink: int = INK, scale: float = SCALE, thick: int = 2) -> int:
    """Print a text with its baseline at y; gives where its last letter ends."""
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(grey, text, (x, y), font, scale, (ink,), thick, cv2.LINE_AA)
    return int(x + cv2.getTextSize(text, font, scale, thick)[0][0])


def where(text: str, x: int, y: int, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The pixels of a text as `write` prints it."""
    mask = np.zeros(shape, np.uint8)
    write(mask, text, x, y, 255)
    return mask > 128


def box(grey: Grey, x0: int, top: int, x1: int, bottom: int, shade: int) -> None:
    """Fill a box."""
    grey[top:bottom, x0:x1] = shade


def rule(grey: Grey, x0: int, y0: int, x1: int, y1: int, ink: int = INK) -> None:
    """A ruling line, two pixels thick."""
    cv2.line(grey, (x0, y0), (x1, y1), (ink,), 2)


def grid(grey: Grey, xs: tuple[int, ...], ys: tuple[int, ...]) -> None:
    """The ruling lines of a table."""
    for y in ys:
        rule(grey, xs[0], y, xs[-1], y)
    for x in xs:
        rule(grey, x, ys[0], x, ys[-1])


def handwriting(seed: int) -> Grey:
    """A sheet of A4 at 150 dpi with loops and strokes that run along lines as cursive writing does."""
    chance, grey, y = Random(seed), np.full((1755, 1240), 248, np.uint8), 120.0
    while y < 1000:
        x = 90.0
        while x < 1060:
            points, wide = [], chance.uniform(11, 16)
            for _ in range(chance.randint(2, 8)):
                high, loop = chance.choice([12, 12, 12, 28, -14]), chance.uniform(0.3, 1)
                for t in np.linspace(0, 2 * math.pi, 14):
                    across = x + wide * t / (2 * math.pi) + loop * wide * 0.5 * math.sin(t)
                    points.append((across, y - high * (1 - math.cos(t)) / 2 + chance.uniform(-0.6, 0.6)))
                x += wide
            cv2.polylines(grey, [np.round(np.array(points) * 8).astype(np.int32)], False, (60,), 2, cv2.LINE_AA, 3)
            x += chance.uniform(14, 26)
        y += chance.uniform(48, 58)
    return grey


def photograph() -> Grey:
    """Soft shapes in many greys, with grain."""
    chance = np.random.default_rng(2)
    coarse = chance.integers(20, 235, (30, 21), dtype=np.uint8)
    smooth = cv2.resize(coarse, (1240, 1755), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    return np.asarray(np.clip(smooth + chance.normal(0, 6, smooth.shape), 0, 255), np.uint8)
