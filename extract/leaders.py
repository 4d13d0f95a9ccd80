"""Leaders: the dots or lines that lead from a label to its figures, which are neither text nor column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from extract.words import Layout

LEADERS = re.compile(r"\.{4,}|(\. ){4,}|…{2,}|_{4,}|·{4,}")
_WORD = re.compile(r"[.…_·]+")
_LONG = re.compile(r"[.…_·]{4}")
_LED = re.compile(r"(.*?)([.…_·]{4,})([£€$(+\-−–]{0,2}\d\S*|[-−–]|)")

# How wide letters are beside digits, where only the width of their word is known.
_NARROW, _NARROWNESS = frozenset(".,:;'!|il-()·"), 0.5

_Part = tuple[str, list[float]]


def leads(text: str) -> bool:
    """Whether a word is nothing but leaders; a short one may also stand for a figure that is not there."""
    return _WORD.fullmatch(text) is not None


def leads_far(text: str) -> bool:
    """Whether a word ends in leaders."""
    return leads(text) and len(text) > 3


def without_touch(found: Layout) -> Layout:
    """The words of a layout, those parted in which leaders touch their label or their figure."""
    touching = [i for i, text in enumerate(found.texts) if len(text) > 4 and _LONG.search(text) and not leads(text)]
    if not touching:
        return found
    parts = {i: list(_parts(found.texts[i], found.sides[i].tolist())) for i in touching}
    texts, sides, sizes = [], [], []
    for i, (text, box) in enumerate(zip(found.texts, found.sides.tolist(), strict=True)):
        these = parts.get(i, [(text, box)])
        texts += [part for part, _ in these]
        sides += [part for _, part in these]
        sizes.append(len(these))
    starts = np.concatenate([[0], np.cumsum(sizes)])[found.starts]
    return replace(found, texts=texts, sides=np.array(sides), starts=starts.tolist())


def _parts(text: str, box: list[float]) -> Iterator[_Part]:
    """What stands before the leaders of a word, the leaders, and the figure that they lead to."""
    match = _LED.fullmatch(text)
    if match is None:
        yield text, box
        return
    weights = [_NARROWNESS if char in _NARROW else 1.0 for char in text]
    x0, top, x1, bottom = box
    ends = [0, len(match[1]), len(match[1]) + len(match[2]), len(text)]
    places = [x0 + (x1 - x0) * sum(weights[:end]) / sum(weights) for end in ends]
    for (start, stop), (left, right) in zip(pairwise(ends), pairwise(places), strict=True):
        if stop > start:
            yield text[start:stop], [left, top, right, bottom]


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
