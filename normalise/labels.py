"""Likeness of printed labels: headers, phrases and names as damaged text has them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import islice

import regex
from rapidfuzz import fuzz

# Two words are one and the same, damage aside, where they are so alike.
SAME_WORD = 0.8
_WORD = regex.compile(r"\p{L}{3,}")
_PART = regex.compile(r"\p{L}+|\p{N}+|[%£]")
_NOT_WORD = regex.compile(r"[^\p{L}\p{N}%£]+")
# Longer texts, such as those of whole pages, are not kept to be asked for again.
KEPT = 500
# One letter in so many may be misread in a phrase, and no more than so many in all; and where a text holds a part of it
# at more places than these, the others are not looked at.
_A_SLIP_IN, _MOST_SLIPS, _MOST_PLACES = 12, 2, 50
# Letters and digits that look alike: text recognition takes one for the other.
_LOOK_ALIKE = str.maketrans("ilo", "110")
_ALIKE = {c: f"[{alike}]" for alike in ("il1", "o0") for c in alike}


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
    """Whether a text holds a phrase, spaces, punctuation and look-alike marks aside. `text` must be `plain` already."""
    return plain(phrase) in text or _folded(plain(phrase)) in _folded(text)


# What is asked of a text is asked of it many times over, and texts of pages are long.
@lru_cache(maxsize=8)
def _folded(text: str) -> str:
    return text.translate(_LOOK_ALIKE)


def nearly_in(text: str, phrase: str) -> str:
    """What a text holds in place of a longer phrase, a letter in every dozen read otherwise; empty for nothing like it.

    `text` must be `plain` already. Numbers must be those of the phrase: they tell years and quarters apart.
    """
    wanted, folded = _folded(plain(phrase)), _folded(text)
    slips = min(_MOST_SLIPS, len(wanted) // _A_SLIP_IN)
    if not slips:
        return ""
    like = _like(phrase)
    # So few slips leave one of the parts as it is.
    size = -(-len(wanted) // (slips + 1))
    for start in range(0, len(wanted), size):
        for found in islice(regex.finditer(regex.escape(wanted[start : start + size]), folded), _MOST_PLACES):
            first = max(0, found.start() - start - slips)
            match = like.search(text[first : first + len(wanted) + 2 * slips])
            if match and sum(match.fuzzy_counts) <= slips:
                return str(match[0])
    return ""


def _like(phrase: str) -> regex.Pattern[str]:
    """A pattern for a phrase with a slip in each word of it, and none in numbers: two make a west of an east."""
    parts = ((plain(part), "".join(_ALIKE.get(c, c) for c in plain(part))) for part in _PART.findall(phrase))
    made = "".join(f"(?:{alike}){{e<=1}}" if part.isalpha() and len(part) > 2 else alike for part, alike in parts)
    return regex.compile(made, regex.BESTMATCH)


def words_in(text: str) -> list[str]:
    """The words of a label, of three letters or more, in small letters."""
    return _WORD.findall(text.casefold())


def count_known(words: Sequence[str], known: Collection[str]) -> int:
    """How many of some words are like one that is known, or a part cut off one."""
    return sum(any(word in other or fuzz.ratio(word, other) >= 100 * SAME_WORD for other in known) for word in words)
