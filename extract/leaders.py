"""Leaders: the dots or lines that lead from a label to its figures, which are neither text nor column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.split import split_at
from extract.words import Layout

LEADERS = re.compile(r"\.{4,}|(\. ){4,}|…{2,}|_{4,}|·{4,}")
_WORD = re.compile(r"[.…_·]+")
_LONG = re.compile(r"[.…_·]{4}")
_LED = re.compile(r"(.*?)([.…_·]{4,})([£€$(+\-−–]{0,2}\d\S*|[-−–]|)")


def leads(text: str) -> bool:
    """Whether a word is nothing but leaders; a short one may also stand for a figure that is not there."""
    return _WORD.fullmatch(text) is not None


def leads_far(text: str) -> bool:
    """Whether a word ends in leaders."""
    return leads(text) and len(text) > 3


def without_touch(found: Layout) -> Layout:
    """The words of a layout, those parted in which leaders touch their label or their figure."""
    touching = [i for i, text in enumerate(found.texts) if len(text) > 4 and _LONG.search(text) and not leads(text)]
    matches = {i: match for i in touching if (match := _LED.fullmatch(found.texts[i]))}
    return split_at(found, {i: (match.end(1), match.end(2)) for i, match in matches.items()})


def heads_of_runs(texts: Sequence[str], gaps: Sequence[float], begins: Sequence[bool]) -> dict[int, bool]:
    """Which words begin a run, and which do not, whatever their gaps say, since leaders stand before or in them.

    `gaps` are the widths of the white before each word in heights of its line.
    """
    told: dict[int, bool] = {}
    for i, text in enumerate(texts):
        if i and leads(text) and (leads(texts[i - 1]) or texts[i - 1].upper() != texts[i - 1].lower()):
            told[i] = begins[i] and not 0 <= gaps[i] <= _LEADER_GAP
        elif i and leads(texts[i - 1]) and (leads_far(texts[i - 1]) or (i > 1 and leads(texts[i - 2]))):
            told[i] = True
    return told


# In heights of a line: leaders that stand no further apart than this lead on.
_LEADER_GAP = 1.2
