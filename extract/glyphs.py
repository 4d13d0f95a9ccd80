"""The glyphs of a page, kept as columns: thousands of them are asked for their places at once, few one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]

# The quarter turns of a glyph's reading direction, anticlockwise as shown; ASKEW is any other direction.
UPRIGHT, UPWARDS, UPSIDE_DOWN, DOWNWARDS, ASKEW = range(5)


class Glyph(NamedTuple):
    """One drawn shape: its text (a ligature has several characters), its box in points as shown, and its turn.

    The box is as wide as the pen moves and as high as the font, so the glyphs of a line have equal tops and bottoms.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    turn: int = UPRIGHT


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """Glyphs in the order of drawing, a column for each thing that a `Glyph` knows. `blank` marks the spaces."""

    texts: Texts
    x0: Floats
    top: Floats
    x1: Floats
    bottom: Floats
    turn: Ints
    blank: Bools

    @classmethod
    def of(cls, glyphs: Iterable[Glyph]) -> Glyphs:
        """Single glyphs as columns."""
        columns = list(zip(*glyphs, strict=True)) or [()] * 6
        texts = np.array(columns[0], dtype=object)
        x0, top, x1, bottom = (np.array(column, dtype=np.float64) for column in columns[1:5])
        blank = np.array([text.isspace() for text in columns[0]], dtype=np.bool_)
        return cls(texts, x0, top, x1, bottom, np.array(columns[5], dtype=np.int64), blank)

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[Glyph]:
        columns = (self.x0, self.top, self.x1, self.bottom, self.turn)
        return map(Glyph, self.texts, *(column.tolist() for column in columns))

    def where(self, chosen: Bools | Ints) -> Glyphs:
        """Those that a mask or some indices choose."""
        return Glyphs(
            self.texts[chosen],
            self.x0[chosen],
            self.top[chosen],
            self.x1[chosen],
            self.bottom[chosen],
            self.turn[chosen],
            self.blank[chosen],
        )

    @property
    def middles(self) -> tuple[Floats, Floats]:
        """The x and y coordinates of the middle of each."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2
