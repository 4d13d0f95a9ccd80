"""Likeness of printed labels: headers, phrases and names as damaged text has them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import regex
from rapidfuzz import fuzz

# Two words are one and the same, damage aside, where they are so alike.
SAME_WORD = 0.8
_WORD = regex.compile(r"\p{L}{3,}")
_NOT_WORD = regex.compile(r"[^\p{L}\p{N}%£]+")
# Longer texts, such as those of whole pages, are not kept to be asked for again.
KEPT = 500


def plain(text: str) -> str:
    """A label without case, spaces and punctuation, for comparison."""
    return _plain(text) if len(text) <= KEPT else _bare(text)


def _bare(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()


_plain = lru_cache(maxsize=16384)(_bare)


@lru_cache(maxsize=16384)
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


def words_in(text: str) -> list[str]:
    """The words of a label, of three letters or more, in small letters."""
    return _WORD.findall(text.casefold())


def count_known(words: Sequence[str], known: Collection[str]) -> int:
    """How many of some words are like one that is known, or a part cut off one."""
    return sum(any(word in other or fuzz.ratio(word, other) >= 100 * SAME_WORD for other in known) for word in words)
