"""The ways in which OCR and typists damage one cell of a row: each gives the new texts of the cells that it touches.

A row is the texts of its grid columns. A kind gives None where it cannot apply: no digit to lose, no empty neighbour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from random import Random

from normalise.marks import is_nil, one_line

# What a digit is taken for; drawn up apart from the program's own list, which would otherwise judge itself.
LOOKS_LIKE = {
    "0": "689", "1": "74", "2": "73", "3": "859", "4": "91", "5": "638", "6": "580", "7": "12", "8": "3690", "9": "408",
}  # fmt: skip
SIGNS = frozenset("-−–+()[]")

Texts = Sequence[str]
Change = Mapping[int, str]
Slip = Callable[[Texts, int, Random], Change | None]


class Kind(StrEnum):
    """What was done to a cell, or to the whole row that it stands in."""

    MISREAD = "a digit misread"
    LOST = "a digit lost"
    DOUBLED = "a digit doubled"
    SWAPPED = "two digits swapped"
    SIGN_LOST = "a sign or bracket lost"
    DASH_AS_ONE = "a dash as 1"
    EMPTIED = "emptied"
    MOVED = "moved one column"
    RUN_TOGETHER = "two run together"
    CUT = "cut in two"
    ROW_LOST = "a row lost"
    ROW_TWICE = "a row twice"


def misread(texts: Texts, column: int, rng: Random) -> Change | None:
    """A digit for one that looks like it."""
    text = texts[column]
    places = _digits(text)
    if not places:
        return None
    place = rng.choice(places)
    return _changed(texts, column, text[:place] + rng.choice(LOOKS_LIKE[text[place]]) + text[place + 1 :])


def lose_digit(texts: Texts, column: int, rng: Random) -> Change | None:
    """A digit lost; one at least is left."""
    text = texts[column]
    places = _digits(text)
    if len(places) < 2:
        return None
    place = rng.choice(places)
    return _changed(texts, column, text[:place] + text[place + 1 :])


def double_digit(texts: Texts, column: int, rng: Random) -> Change | None:
    """A digit printed twice."""
    text = texts[column]
    places = _digits(text)
    if not places:
        return None
    place = rng.choice(places)
    return _changed(texts, column, text[:place] + text[place] + text[place:])


def swap_digits(texts: Texts, column: int, rng: Random) -> Change | None:
    """Two neighbouring digits swapped, a comma between them or not."""
    text = texts[column]
    places = _digits(text)
    pairs = [(a, b) for a, b in pairwise(places) if text[a] != text[b]]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return _changed(texts, column, text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :])


def lose_sign(texts: Texts, column: int, rng: Random) -> Change | None:
    """A sign lost, or one bracket of two."""
    text = texts[column]
    places = [i for i, mark in enumerate(text) if mark in SIGNS] if _digits(text) else []
    if not places:
        return None
    place = rng.choice(places)
    return _changed(texts, column, text[:place] + text[place + 1 :])


def dash_as_one(texts: Texts, column: int, _: Random) -> Change | None:
    """A lone dash read as 1."""
    text = one_line(texts[column])
    return {column: "1"} if is_nil(text) and not any(mark.isalnum() for mark in text) else None


def empty(texts: Texts, column: int, _: Random) -> Change | None:
    """All of the cell's text lost."""
    return _changed(texts, column, "")


def move(texts: Texts, column: int, rng: Random) -> Change | None:
    """The cell in the empty column beside its own."""
    beside = _beside(texts, column, filled=False)
    return {column: "", rng.choice(beside): texts[column]} if beside and texts[column] else None


def run_together(texts: Texts, column: int, rng: Random) -> Change | None:
    """The cell's text in its filled neighbour's cell, in the order that they are read; its own cell left empty."""
    beside = _beside(texts, column, filled=True)
    if not beside or not texts[column]:
        return None
    other = rng.choice(beside)
    return {column: "", other: f"{texts[min(column, other)]} {texts[max(column, other)]}"}


def cut(texts: Texts, column: int, rng: Random) -> Change | None:
    """One part of the cell's text in its cell, the other in the empty cell beside it."""
    text = texts[column]
    beside = _beside(texts, column, filled=False)
    if not beside or len(text) < 2:
        return None
    other, at = rng.choice(beside), rng.randrange(1, len(text))
    left, right = text[:at], text[at:]
    return {column: left, other: right} if other > column else {other: left, column: right}


CELL_KINDS: Mapping[Kind, Slip] = {
    Kind.MISREAD: misread,
    Kind.LOST: lose_digit,
    Kind.DOUBLED: double_digit,
    Kind.SWAPPED: swap_digits,
    Kind.SIGN_LOST: lose_sign,
    Kind.DASH_AS_ONE: dash_as_one,
    Kind.EMPTIED: empty,
    Kind.MOVED: move,
    Kind.RUN_TOGETHER: run_together,
    Kind.CUT: cut,
}
ROW_KINDS = (Kind.ROW_LOST, Kind.ROW_TWICE)


def _digits(text: str) -> list[int]:
    return [place for place, mark in enumerate(text) if mark in LOOKS_LIKE]


def _changed(texts: Texts, column: int, text: str) -> Change | None:
    return {column: text} if text != texts[column] else None


def _beside(texts: Texts, column: int, *, filled: bool) -> list[int]:
    near = (c for c in (column - 1, column + 1) if 0 <= c < len(texts))
    return [c for c in near if bool(texts[c].strip()) is filled]
