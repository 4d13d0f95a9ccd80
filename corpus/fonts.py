"""Letters that every reader of a PDF gets back as they were written.

The standard fonts serve for most of it. What they lack comes from Vera, which reportlab ships, and arrows come from
the standard Symbol font.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from corpus.case import Family

ARROWS = {
    "↔": ("b", "arrowboth"),
    "←": ("l", "arrowleft"),
    "↑": ("u", "arrowup"),
    "→": ("r", "arrowright"),
    "↓": ("d", "arrowdown"),
}
TO_ARROW_CODES = str.maketrans({arrow: code for arrow, (code, _) in ARROWS.items()})
NAMES: dict[Family, tuple[str, str]] = {
    "Helvetica": ("Helvetica", "Helvetica-Bold"),
    "Times": ("Times-Roman", "Times-Bold"),
    "Vera": ("Vera", "VeraBd"),
}


class MissingGlyph(ValueError):
    """A character that no font at hand can print."""

    def __init__(self, character: str) -> None:
        super().__init__(f"no font has {character!r} (U+{ord(character):04X})")


@cache
def register() -> None:
    """Make Vera and the arrows known to reportlab, once."""
    for font in _vera().values():
        pdfmetrics.registerFont(font)
    # Without names for its glyphs, readers take Symbol's arrows for the guillemets of a text font. Letters of the
    # alphabet carry the arrows, so that reportlab can go on encoding them as it does any other text.
    encoding = pdfmetrics.Encoding("ArrowEncoding", "WinAnsiEncoding")
    for code, glyph in ARROWS.values():
        encoding[ord(code)] = glyph
    pdfmetrics.registerEncoding(encoding)
    arrows = pdfmetrics.Font("Arrows", "Symbol", "ArrowEncoding")
    arrows.encName = "WinAnsiEncoding"
    pdfmetrics.registerFont(arrows)


@cache
def _vera() -> dict[str, TTFont]:
    return {name: TTFont(name, f"{name}.ttf") for name in NAMES["Vera"]}


def runs(text: str, family: Family, bold: bool) -> Iterator[tuple[str, str]]:
    """Cut text into (font, text as that font is given it), each piece as long as one font can print it."""
    for name, letters in groupby(text, lambda letter: _font_for(letter, family, bold)):
        piece = "".join(letters)
        yield name, piece.translate(TO_ARROW_CODES) if name == "Arrows" else piece


def width(text: str, family: Family, bold: bool, size: float) -> float:
    """Measure a line of text, in points."""
    return sum(pdfmetrics.stringWidth(piece, name, size) for name, piece in runs(text, family, bold))


def wrap(text: str, room: float, family: Family, bold: bool, size: float) -> list[str]:
    """Break text at its spaces into lines that fit the room, and at its line ends in any case."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and width(longer, family, bold, size) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


@cache
def _font_for(letter: str, family: Family, bold: bool) -> str:
    register()
    if letter in ARROWS:
        return "Arrows"
    if family != "Vera" and _in_standard_fonts(letter):
        return NAMES[family][bold]
    name = NAMES["Vera"][bold]
    if ord(letter) not in _vera()[name].face.charToGlyph:
        raise MissingGlyph(letter)
    return name


def _in_standard_fonts(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
