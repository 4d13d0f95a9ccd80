"""Marks that are not what they look like: clean text, dashes and nils, words for no figure, arrows."""

from __future__ import annotations

import html
import unicodedata

import regex

DASHES = frozenset("-‐‑‒–—―−﹣－­")
# What a scanner or a typist makes of a lone dash. None of them can be a number of its own.
DASH_LIKE = frozenset("ıIl|i!_~.·•'")
NIL_WORDS = frozenset({"nil", "net nil", "none", "zero", "no saving", "no savings"})
NO_FIGURE_WORDS = frozenset(
    {"n/a", "na", "n.a.", "n.a", "not applicable", "tbc", "tbd", "tba", "to be confirmed", "to be determined",
     "see above", "see below", "as above", "as below", "various", "ongoing", "?"}
)  # fmt: skip
ARROWS = {"leftrightarrow": "↔", "uparrow": "↑", "downarrow": "↓", "rightarrow": "→", "leftarrow": "←"}
ARROWS |= {"nearrow": "↗", "searrow": "↘"}
# Letters that damaged text has for digits.
LETTERS_FOR_DIGITS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "ı": "1", "|": "1", "S": "5", "s": "5",
                                    "B": "8", "Z": "2", "z": "2", "g": "9", "q": "9", "b": "6"})  # fmt: skip

_TAG = regex.compile(r"</?(?:b|i|u|em|strong|sup|sub|p|span|br|ul|li|div|font)\b[^<>]*>", regex.IGNORECASE)
_LATEX = regex.compile(r"\$?\\([a-zA-Z]+)\$?")
_SOFT_HYPHEN = regex.compile("(?<=\\p{L})\u00ad(?=[\\p{L}\\n])")
_SPACE = regex.compile(r"[^\S\n]+")


def clean(text: str) -> str:
    """Text without mark-up, ligatures and odd spaces; line feeds stay, everything else keeps its meaning."""
    text = _TAG.sub(" ", html.unescape(text)) if "<" in text or "&" in text else text
    if "\\" in text:
        text = _LATEX.sub(lambda m: ARROWS.get(m[1], m[0]), text)
    # A soft hyphen parts a word at the end of a line; elsewhere fonts use it as a minus.
    text = _SOFT_HYPHEN.sub("", unicodedata.normalize("NFC", text)).replace("\u00ad", "-")
    for ligature, letters in (("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬀ", "ff"), ("ﬃ", "ffi"), ("ﬄ", "ffl")):
        text = text.replace(ligature, letters)
    return _SPACE.sub(" ", text).strip()


def one_line(text: str) -> str:
    """Clean text on one line; a word hyphenated at a line's end keeps its hyphen."""
    return " ".join(clean(text).split())


def is_dash(text: str) -> bool:
    """Whether a cell holds nothing but dashes."""
    marks = set(text) - {" "}
    return bool(marks) and marks <= DASHES


def is_nil(text: str) -> bool:
    """Whether a cell says nil: a dash, or a word for none."""
    return is_dash(text) or text.casefold().strip(" .£") in NIL_WORDS


def is_damaged_nil(text: str) -> bool:
    """Whether a cell reads as "Nil" once letters and digits of one stroke are taken for each other."""
    strokes = str.maketrans({"1": "l", "|": "l", "I": "l", "ı": "l", "!": "l", "i": "l"})
    return not is_nil(text) and text.translate(strokes).casefold().strip(" .£") in {"nll", "net nll", "nl"}


def is_no_figure(text: str) -> bool:
    """Whether a cell says in words that it holds no figure ("n/a", "TBC")."""
    return text.casefold().strip(" .*") in NO_FIGURE_WORDS


# Arrows of Wingdings, which papers carry as private characters.
PRIVATE_ARROWS = {"\uf0df": "←", "\uf0e0": "→", "\uf0e1": "↑", "\uf0e2": "↓",
                  "\uf0e7": "←", "\uf0e8": "→", "\uf0e9": "↑", "\uf0ea": "↓"}  # fmt: skip
PROGRESS_MARKS = {
    "↔": "same", "⇔": "same", "⬌": "same", "=": "same", "►": "same", "→": "same",
    "↑": "up", "▲": "up", "⬆": "up", "↗": "up", "⇑": "up",
    "↓": "down", "▼": "down", "⬇": "down", "↘": "down", "⇓": "down",
    "g": "green", "green": "green", "a": "amber", "amber": "amber", "r": "red", "red": "red",
}  # fmt: skip


# Words for savings that come back every year and for those that do not.
_ONGOING = regex.compile(r"(?:on\W?going|recurring|recurrent|permanent|base(?: budget)?)", regex.I)
_ONE_OFF = regex.compile(r"(?:one\W?(?:off|time)|non\W?(?:recurring|recurrent)|temporary|time\W?limited)", regex.I)


def read_recurrence(text: str) -> str:
    """A word for how often a saving comes back as the schema has it: ongoing, one_off; empty where it can't be told."""
    word = one_line(text).strip(" .*()")
    return "ongoing" if _ONGOING.fullmatch(word) else "one_off" if _ONE_OFF.fullmatch(word) else ""


def read_progress(text: str) -> str:
    """A mark of progress as the schema has it: green, amber, red, up, same, down; empty where it can't be told."""
    mark = one_line(text).casefold()
    return PROGRESS_MARKS.get(PRIVATE_ARROWS.get(mark, mark), "")
