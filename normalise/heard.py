"""What the witnesses of a scan say of a cell, of a part of it, or of the words of a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extract.paper import Cell, TextLine, Witness
from normalise.marks import one_line

# A reading that costs more than this more than the text is hearsay: worth a try where sums fail, no reason for doubt.
WEIGHTY = 3


def differing(witnesses: Iterable[Witness]) -> tuple[Witness, ...]:
    """The witnesses that do not read what the text says, the weightiest first."""
    return tuple(sorted((w for w in witnesses if w.cost), key=lambda w: w.cost))


def of_part(whole: str, part: str, witnesses: Sequence[Witness]) -> tuple[Witness, ...]:
    """What the witnesses of a cell say of a part of it, such as one of two amounts: words are told by their order.

    A witness that reads another number of words cannot be asked for one of them: it says nothing there.
    """
    words, wanted = one_line(whole).split(), one_line(part).split()
    if words == wanted:
        return tuple(witnesses)
    starts = [i for i in range(len(words)) if words[i : i + len(wanted)] == wanted]
    found = []
    for witness in witnesses:
        said = witness.text.split()
        here = said[starts[0] : starts[0] + len(wanted)] if starts and len(said) == len(words) else []
        same = here == wanted or (not witness.cost and bool(starts))
        found.append(Witness(witness.name, part if same else " ".join(here), 0 if same else witness.cost))
    return tuple(found)


def witnesses_with_words(read: Iterable[Cell | TextLine]) -> tuple[str, ...]:
    """The names of the witnesses that read other words in some cells or lines than are taken for their text."""
    differ = (w.name for each in read for w in differing(each.witnesses) if w.text and w.cost <= WEIGHTY)
    return tuple(dict.fromkeys(differ))


def said_by(name: str, read: Cell | TextLine) -> str:
    """What a witness reads in a cell or line; the text itself where it was not asked."""
    return next((w.text for w in read.witnesses if w.name == name and w.text), read.text)


def contested_words(text: str, witnesses: Iterable[Witness]) -> frozenset[str]:
    """The words with digits in a text that a weighty witness does not read there."""
    words = frozenset(filter(_has_digit, map(_bare, one_line(text).split())))
    rivals = (w for w in witnesses if 0 < w.cost <= WEIGHTY)
    return frozenset(word for w in rivals for word in words - frozenset(map(_bare, w.text.split())))


def has_contested(text: str, contested: frozenset[str]) -> bool:
    """Whether a text holds one of the words that witnesses differ on."""
    return bool(contested) and not contested.isdisjoint(map(_bare, one_line(text).split()))


def _bare(word: str) -> str:
    return word.strip(".,;:()'\"|*")


def _has_digit(word: str) -> bool:
    return any(c.isdigit() for c in word)
