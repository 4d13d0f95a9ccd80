"""One page under the pen: where every stroke of a paper is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from typing import Literal, TypeVar

from reportlab.pdfgen.canvas import Canvas

from corpus import fonts
from corpus.case import Colour, Watermark
from corpus.layout import Box, Letters

ASCENT = 0.8  # How far below the top of its line a baseline lies, in parts of the letters' size.
TWICE = 0.03  # How far further letters are drawn again to make them bold, in parts of their size.
RAISED_SIZE = 0.6  # How large a raised mark is, in parts of the size of the text before it.
INVISIBLE: Literal[3] = 3
WATERMARK_FONT = "Helvetica-Bold"
SHINES_THROUGH = 0.5  # How opaque a watermark over the print is.

Value = TypeVar("Value")


class Sheet:
    """One page under the pen. Like the papers' readers it counts from the top left corner."""

    def __init__(self, canvas: Canvas, size: tuple[float, float], margin: tuple[float, float, float, float]) -> None:
        self.width, self.height = size
        self.left, self.top, right, bottom = margin
        self.right, self.bottom = self.width - right, self.height - bottom
        self._canvas = canvas
        self._pen: dict[str, object] = {}

    def fill(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle, without an edge."""
        self._dip("colour", colour, self._canvas.setFillColor)
        self._canvas.rect(box.x, self.height - box.top - box.height, box.width, box.height, stroke=0, fill=1)

    def inset(self, x: float, width: float) -> Sheet:
        """The same sheet, with the margins of a stack that begins so far from the left margin."""
        inner = copy(self)
        inner.left, inner.right = self.left + x, self.left + x + width
        return inner

    @contextmanager
    def turned(self, turn: int, box: Box) -> Iterator[Box]:
        """Within, what is drawn is turned anticlockwise. Gives where to draw what is to stand in the box."""
        low, right = self.height - box.top - box.height, box.x + box.width
        moves = {
            90: (0, 1, -1, 0, box.x + self.height, low),
            180: (-1, 0, 0, -1, right, low + self.height),
            270: (0, -1, 1, 0, right - self.height, self.height - box.top),
        }
        pen = dict(self._pen)
        self._canvas.saveState()
        self._pen.clear()
        self._canvas.transform(*moves[turn])
        yield Box(0, 0, box.height, box.width) if turn % 180 else Box(0, 0, box.width, box.height)
        self._canvas.restoreState()
        self._pen.clear()
        self._pen.update(pen)

    def stamp(self, mark: Watermark) -> None:
        """Print a watermark across the middle."""
        self._canvas.saveState()
        self._canvas.setFillColor(mark.colour)
        if mark.over:
            self._canvas.setFillAlpha(SHINES_THROUGH)
        self._canvas.setFont(WATERMARK_FONT, mark.size)
        self._canvas.translate(self.width / 2, self.height / 2)
        self._canvas.rotate(mark.angle)
        self._canvas.drawCentredString(0, -mark.size / 3, mark.text)
        self._canvas.restoreState()

    def rule(self, x0: float, top0: float, x1: float, top1: float, line: float) -> None:
        """Draw a ruling line."""
        self._dip("line", line, self._canvas.setLineWidth)
        self._canvas.line(x0, self.height - top0, x1, self.height - top1)

    def frame(self, box: Box, line: float) -> None:
        """Draw the four edges of a rectangle."""
        self._dip("line", line, self._canvas.setLineWidth)
        self._canvas.rect(box.x, self.height - box.top - box.height, box.width, box.height, stroke=1, fill=0)

    def print_line(self, text: str, box: Box, top: float, letters: Letters) -> None:
        """Print one line of text, aligned in a box, its upper edge at `top`."""
        room = box.width - letters.width(text)
        x = box.x + {"left": 0.0, "centre": room / 2, "right": room}[letters.align]
        y = self.height - top - ASCENT * letters.size
        self._dip("colour", letters.colour, self._canvas.setFillColor)
        for name, piece in fonts.runs(text, letters.family, letters.bold):
            self._dip("font", (name, letters.size), lambda font: self._canvas.setFont(*font))
            self._ink(x, y, piece, name, letters)
            x += self._canvas.stringWidth(piece, name, letters.size) + letters.spacing * len(piece)

    def note(self, mark: str, box: Box, top: float, text: str, letters: Letters) -> None:
        """Print a small raised mark after a line of text that was printed in a box."""
        small = replace(letters, size=RAISED_SIZE * letters.size, align="left", ink="plain")
        room = box.width - letters.width(text)
        x = box.x + {"left": 0.0, "centre": room / 2, "right": room}[letters.align] + letters.width(text)
        self.print_line(mark, Box(x, top, box.width, 0), top - 0.05 * letters.size, small)

    def _ink(self, x: float, y: float, piece: str, font: str, letters: Letters) -> None:
        """Print letters of one font, in the way that they get on the paper."""
        match letters.ink:
            case "plain":
                self._canvas.drawString(x, y, piece)
            case "twice":
                self._canvas.drawString(x, y, piece)
                self._canvas.drawString(x + TWICE * letters.size, y, piece)
            case "hidden":
                self._canvas.drawString(x, y, piece, mode=INVISIBLE)
            case "loose":
                self._canvas.drawString(x, y, piece, charSpace=letters.spacing)
            case "letters":
                places = [x + self._canvas.stringWidth(piece[:i], font, letters.size) for i in range(len(piece))]
                for i in (*range(1, len(piece), 2), *range(0, len(piece), 2)):
                    self._canvas.drawString(places[i], y, piece[i])

    def _dip(self, tool: str, value: Value, change: Callable[[Value], object]) -> None:
        """Change the pen, if it is not as wanted: papers would be a third larger if every stroke said it again."""
        if self._pen.get(tool) != value:
            change(value)
            self._pen[tool] = value
