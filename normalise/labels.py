"""Likeness of printed labels: headers, phrases and names as damaged text has them."""

from __future__ import annotations

from functools import lru_cache

import regex
from rapidfuzz import fuzz

_NOT_WORD = regex.compile(r"[^\p{L}\p{N}%£]+")


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """A label without case, spaces and punctuation, for comparison."""
    return _NOT_WORD.sub("", text).casefold()


@lru_cache(maxsize=65536)
def likeness(printed: str, label: str) -> float:
    """How alike a printed text and a label are, 0 to 1; a label whole inside a longer text gets most of it."""
    one, other = plain(printed), plain(label)
    if not one or not other:
        return 0.0
    whole = fuzz.ratio(one, other) / 100
    if len(one) > len(other) >= 4:
        return max(whole, 0.85 * fuzz.partial_ratio(one, other) / 100)
    return whole


def contains(text: str, phrase: str) -> bool:
    """Whether a text holds a phrase, spaces and punctuation aside. `text` must be `plain` already."""
    return plain(phrase) in text
