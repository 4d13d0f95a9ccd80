"""Words cut in two where they are more than one: their letters' widths are reckoned from their shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from extract.words import Layout

# How wide letters are beside digits, where only the width of their word is known.
_NARROW, _NARROWNESS = frozenset(".,:;'!|il-()·"), 0.5


def split_at(found: Layout, cuts: Mapping[int, Sequence[int]]) -> Layout:
    """The layout with some words, by their indices, cut before the characters given."""
    if not cuts:
        return found
    texts: list[str] = []
    sides: list[list[float]] = []
    sizes: list[int] = []
    for i, (text, box) in enumerate(zip(found.texts, found.sides.tolist(), strict=True)):
        parts = list(_parts(text, box, cuts[i])) if i in cuts else [(text, box)]
        texts += [part for part, _ in parts]
        sides += [part for _, part in parts]
        sizes.append(len(parts))
    starts = np.concatenate([[0], np.cumsum(sizes)])[found.starts]
    return replace(found, texts=texts, sides=np.array(sides), starts=starts.tolist())


def _parts(text: str, box: list[float], cuts: Sequence[int]) -> Iterator[tuple[str, list[float]]]:
    weights = [_NARROWNESS if char in _NARROW else 1.0 for char in text]
    x0, top, x1, bottom = box
    ends = [0, *cuts, len(text)]
    places = [x0 + (x1 - x0) * sum(weights[:end]) / sum(weights) for end in ends]
    for (start, stop), (left, right) in zip(pairwise(ends), pairwise(places), strict=True):
        if stop > start:
            yield text[start:stop], [left, top, right, bottom]
