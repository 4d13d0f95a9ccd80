"""The vocabulary of drafted rules: what a printed phrase may mean, damaged print forgiven."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import regex
from rapidfuzz import fuzz

from normalise.marks import one_line

FILE = Path(__file__).with_name("vocabulary.toml")
# A phrase of so many letters may be damaged, and is recognised down to this likeness.
LONG, ALIKE = 6, 84

_APOSTROPHES = regex.compile(r"['’‘`´]")
_NOT_WORD = regex.compile(r"[^\p{L}\p{N}£%]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of the vocabulary found in a text: its section and meaning, and the words that it took."""

    section: str
    meaning: str
    phrase: str
    start: int
    words: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    section: str
    meaning: str
    words: tuple[str, ...]

    @property
    def letters(self) -> int:
        return sum(map(len, self.words))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without case, punctuation and plural; "£'000" is one."""
    words = _NOT_WORD.sub(" ", _APOSTROPHES.sub("", one_line(text))).casefold().split()
    return tuple(w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in words)


@lru_cache(maxsize=16384)
def read(text: str, *sections: str) -> tuple[Hit, ...]:
    """What a text says in the words of some sections: longer phrases first take their words, each word counts once."""
    words: list[str | None] = list(words_of(text))
    hits: list[Hit] = []
    for exact in (True, False):
        for phrase in _phrases(sections):
            for start, count in _places(words, phrase, exact):
                if None in words[start : start + count]:
                    continue
                hits.append(Hit(phrase.section, phrase.meaning, " ".join(phrase.words), start, count))
                words[start : start + count] = [None] * count
    return tuple(sorted(hits, key=lambda hit: hit.start))


def meanings(text: str, section: str) -> tuple[str, ...]:
    """What a text says in the words of one section, in its order, each meaning once."""
    return tuple(dict.fromkeys(hit.meaning for hit in read(text, section)))


def whole(text: str, *sections: str) -> Hit | None:
    """The one phrase that a text consists of, or nearly: at least half of its words."""
    found = read(text, *sections)
    longest = max(found, key=lambda hit: hit.words, default=None)
    return longest if longest and 2 * longest.words >= len(words_of(text)) else None


def phrases(section: str) -> Mapping[str, Sequence[str]]:
    """The phrases of a section by what they mean, in the file's order."""
    found: Mapping[str, Sequence[str]] = _vocabulary()[section]
    return found


def _places(words: Sequence[str | None], phrase: _Phrase, exact: bool) -> Iterator[tuple[int, int]]:
    size = len(phrase.words)
    if exact:
        yield from ((i, size) for i in range(len(words) - size + 1) if tuple(words[i : i + size]) == phrase.words)
    elif phrase.letters >= LONG:
        yield from _damaged(words, phrase)


def _damaged(words: Sequence[str | None], phrase: _Phrase) -> Iterator[tuple[int, int]]:
    """Places where a phrase may stand with letters misread, or its words run together or cut apart."""
    target = "".join(phrase.words)
    for size in range(max(1, len(phrase.words) - 1), len(phrase.words) + 2):
        for start in range(len(words) - size + 1):
            run = [word for word in words[start : start + size] if word is not None]
            joined = "".join(run)
            # A word that says the opposite is no damage: "deliverable" is not "undeliverable".
            if len(run) == size and abs(len(joined) - len(target)) <= 1 and fuzz.ratio(joined, target) >= ALIKE:
                yield start, size


@cache
def _vocabulary() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def _phrases(sections: tuple[str, ...]) -> tuple[_Phrase, ...]:
    found = [
        _Phrase(section, meaning, words_of(text))
        for section in sections
        for meaning, texts in _vocabulary()[section].items()
        for text in texts
    ]
    return tuple(sorted(found, key=lambda phrase: (-len(phrase.words), -phrase.letters)))
