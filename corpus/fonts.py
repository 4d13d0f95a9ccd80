"""Letters that every reader of a PDF gets back as they were written, and a few that none can.

The standard fonts serve for most of it. What they lack comes from Vera, which reportlab ships, and arrows come from
the standard Symbol font. Some papers print marks with fonts of their own, to whose glyphs only private characters
belong, or none at all: a case writes the private character that such a font has, or `NAMELESS` for a minus sign of
which a reader learns nothing but the place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby
from typing import Any

from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from corpus.case import Family

ARROWS = {
    "↔": ("b", "arrowboth"),
    "←": ("l", "arrowleft"),
    "↑": ("u", "arrowup"),
    "→": ("r", "arrowright"),
    "↓": ("d", "arrowdown"),
}
# What Wingdings has at these places, in the private characters that office programs give it.
TICKS = {"\uf0fc": ("t", "a20"), "\uf0fb": ("x", "a24")}
PRIVATE_ARROWS = {"\uf0e9": ("u", "arrowup"), "\uf0e8": ("r", "arrowright"), "\uf0ea": ("d", "arrowdown")}
NAMELESS = "\ue000"
MINUS = {NAMELESS: ("m", "minus")}
# Fonts of marks: the standard font with their glyphs; letters of the alphabet carry them, so that reportlab can go on
# encoding them as it does any other text.
MARKS = {
    "Arrows": ("Symbol", ARROWS),
    "Ticks": ("ZapfDingbats", TICKS),
    "PrivateArrows": ("Symbol", PRIVATE_ARROWS),
    "Minus": ("Helvetica", MINUS),
}
MARK_FONTS = {mark: name for name, (_, marks) in MARKS.items() for mark in marks}
TO_CODES = str.maketrans({mark: code for _, marks in MARKS.values() for mark, (code, _) in marks.items()})
Marks = dict[str, tuple[str, str]]
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
    """Make Vera and the fonts of marks known to reportlab, once."""
    for font in _vera().values():
        pdfmetrics.registerFont(font)
    for name, (face, marks) in MARKS.items():
        _register_marks(name, face, marks)


def _register_marks(name: str, face: str, marks: Marks) -> None:
    # Without names for its glyphs, readers take Symbol's arrows for the guillemets of a text font.
    encoding = pdfmetrics.Encoding(f"{name}Encoding", "WinAnsiEncoding")
    for code, glyph in marks.values():
        encoding[ord(code)] = glyph
    pdfmetrics.registerEncoding(encoding)
    font = pdfmetrics.Font(name, face, encoding.name) if marks is ARROWS else PrivateFont(name, face, encoding.name)
    font.encName = "WinAnsiEncoding"
    pdfmetrics.registerFont(font)


class PrivateFont(pdfmetrics.Font):
    """A standard font that says of its marks, against their glyphs' names, what a font of a paper's own would say."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802
        """Write the font into a document, with its map to Unicode."""
        super().addObjects(doc)
        name = doc.fontMapping[self.fontName][1:]
        stream = pdfdoc.PDFStream()
        stream.content = _to_unicode(MARKS[self.fontName][1])
        doc.idToObject["BasicFonts"].dict[name].ToUnicode = doc.Reference(stream, f"toUnicode:{self.fontName}")


def _to_unicode(marks: Marks) -> str:
    """The map of a font's codes to Unicode, as PDF wants it; a nameless mark belongs to no character."""
    pairs = [f"<{ord(code):02X}> <{0 if mark == NAMELESS else ord(mark):04X}>" for mark, (code, _) in marks.items()]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Marks def /CMapType 2 def",
            "1 begincodespacerange <00> <FF> endcodespacerange",
            f"{len(pairs)} beginbfchar",
            *pairs,
            "endbfchar endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    )


@cache
def _vera() -> dict[str, TTFont]:
    return {name: TTFont(name, f"{name}.ttf") for name in NAMES["Vera"]}


def runs(text: str, family: Family, bold: bool) -> Iterator[tuple[str, str]]:
    """Cut text into (font, text as that font is given it), each piece as long as one font can print it."""
    for name, letters in groupby(text, lambda letter: _font_for(letter, family, bold)):
        piece = "".join(letters)
        yield name, piece.translate(TO_CODES) if name in MARKS else piece


def width(text: str, family: Family, bold: bool, size: float) -> float:
    """Measure a line of text, in points."""
    return sum(pdfmetrics.stringWidth(piece, name, size) for name, piece in runs(text, family, bold))


def wrap(text: str, room: float, measure: Callable[[str], float]) -> list[str]:
    """Break text at its spaces into lines that fit the room, and at its line ends in any case."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and measure(longer) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


@cache
def _font_for(letter: str, family: Family, bold: bool) -> str:
    register()
    if letter in MARK_FONTS:
        return MARK_FONTS[letter]
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
