"""Which AES block a printed name stands for: one list of names in many spellings, and no guess between two."""

from __future__ import annotations

from functools import cache, lru_cache

import regex
from rapidfuzz import fuzz

from normalise.labels import likeness, plain
from savings.aes import AES_EITHER, AES_NAMES

# A block's name less alike than this is not recognised; of one that is as near to the names of two blocks, but for
# this, it is not said which it is.
ALIKE, APART = 0.8, 0.08
_ORNAMENT = regex.compile(r"^(?:block\s*)?\d{1,2}\s*[.:)–-]?\s+|[\s*†‡¹²³]+$", regex.IGNORECASE)
_BRACKETS = regex.compile(r"\s*\([^)]*\)\s*$")


def block_code(name: str) -> int | None:
    """The AES code that a printed block name stands for, None where it is like none, or like those of two blocks."""
    found = block_codes(name)
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def block_codes(name: str) -> tuple[int, ...]:
    """The AES codes that a printed block name may stand for, the likeliest first; none where it is like no name.

    A number before the name, a footnote's mark and what stands in brackets are no part of it where it is known without.
    """
    bare = _ORNAMENT.sub("", name).strip()
    for text in (name, bare, _BRACKETS.sub("", bare)):
        codes = _exact().get(_plain(text))
        if codes is not None:
            return codes
    alike: dict[int, float] = {}
    for known, code in AES_NAMES.items():
        alike[code] = max(alike.get(code, 0.0), _alike(bare, known))
    ranked = sorted(alike, key=lambda code: -alike[code])
    if not bare or alike[ranked[0]] < ALIKE:
        return ()
    return tuple(code for code in ranked if alike[code] >= max(ALIKE, alike[ranked[0]] - APART))


def _alike(name: str, known: str) -> float:
    """How alike two names are; one word inside a longer text may be part of something else ("Housing benefit")."""
    whole = fuzz.ratio(_plain(name), _plain(known)) / 100
    return max(whole, likeness(_plain(name), known)) if " " in known else whole


@cache
def _exact() -> dict[str, tuple[int, ...]]:
    names = {_plain(name): (code,) for name, code in AES_NAMES.items()}
    return {**names, **{_plain(name): codes for name, codes in AES_EITHER.items()}}


def _plain(name: str) -> str:
    return plain(name.replace("&", " and "))
