"""Columns of figures over which the page prints what is not the rule's header, or another column's.

A table may have other columns this time, or the same in another order: a forecast where there was a second year, what
is not cashable before what is. Sums over lines do not show it: each column adds up whatever it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rapidfuzz import fuzz

from normalise.labels import count_known, plain, words_in
from normalise.units import label_part
from normalise.years import read_years, without_years
from rules.assemble import Piece
from rules.fit import YEAR

# Words that a header may have over a year, whatever the rule calls it.
_OF_YEARS = ("year", "years")
# A header is another column's where it is so alike to that one's, and by so much less to its own.
EXCHANGED, CLEARLY = 0.9, 0.1
BARE = (without_years, label_part)
_MEANING = ("measure", "kind", "recurrence", "part", "unit", "year", "ignore", "field", "key")


def said_otherwise(piece: Piece) -> Iterator[tuple[int, str]]:
    """The columns of figures whose header says something else than the rule, and why."""
    for j in piece.form.amounts:
        texts = printed_over(piece, j)
        if not texts or (piece.form.shapes[j].year and any(map(read_years, texts))):
            continue
        at = f"page {piece.printed.page}, table {piece.printed.number}: the header {' '.join(texts)!r}"
        mine = repr(piece.form.columns[j].header)
        other = _other_column(piece, j, texts)
        if other is not None:
            yield j, f"{at} is that of {piece.form.columns[other].header!r}, and the rule has {mine} there"
        elif _has_other_words(piece, j, texts):
            yield j, f"{at} has no word of {mine}, as the rule has it"


def printed_over(piece: Piece, j: int) -> list[str]:
    """What the page prints over a column, from above to below."""
    column = piece.alignment.columns[j]
    return [row.cells[column].text for row in piece.header if row.cells[column].text] if column is not None else []


def _has_other_words(piece: Piece, j: int, texts: Sequence[str]) -> bool:
    """Whether a header is in words, none of which the rule says of the column or of its band."""
    band = piece.form.bands[j]
    headers = [*piece.form.columns[j].headers, *(band.headers if band else ())]
    known = [word for header in headers for word in words_in(header)]
    known += _OF_YEARS if piece.form.shapes[j].year else ()
    words = words_in(" ".join(texts))
    return bool(known and words) and not count_known(words, known)


def _other_column(piece: Piece, j: int, texts: Sequence[str]) -> int | None:
    """The column of another meaning whose header stands over a column; None where it has its own, or a damaged one."""
    others = [k for k in range(len(piece.form.columns)) if _means(piece, k) != _means(piece, j)]
    whole = next((k for k in others for bare in BARE if _is_rather(piece, k, j, texts, bare)), None)
    return whole if whole is not None else next((k for k in others if _has_words_of(piece, k, j, texts)), None)


def _means(piece: Piece, j: int) -> tuple[object, ...]:
    """What a column measures, by itself and by its band."""
    said = (piece.form.columns[j], piece.form.bands[j])
    return tuple(getattr(each, name, None) for each in said for name in _MEANING)


def _is_rather(piece: Piece, other: int, own: int, texts: Sequence[str], bare: Callable[[str], str]) -> bool:
    """Whether a header is that of another column and clearly less that of its own."""
    likeness = _alike(piece, other, texts, bare)
    return likeness >= EXCHANGED and likeness >= _alike(piece, own, texts, bare) + CLEARLY


def _alike(piece: Piece, j: int, texts: Sequence[str], bare: Callable[[str], str]) -> float:
    """How alike what is printed, in part or together, is to a column's headers; 0 to 1."""
    said = {plain(bare(text)) for text in (*texts, " ".join(texts))}
    known = {plain(bare(header.replace(YEAR, ""))) for header in piece.form.columns[j].headers}
    return max((fuzz.ratio(a, b) / 100 if a and b else float(a == b) for a in said for b in known), default=0.0)


def _has_words_of(piece: Piece, other: int, own: int, texts: Sequence[str]) -> bool:
    """Whether a header has a word that only another column of amounts has, and none that only its own has."""
    column = piece.form.columns[other]
    if not (column.is_figure or column.ignore is not None):
        return False
    words = words_in(" ".join(texts))
    theirs, mine = _own_words(piece, other), _own_words(piece, own)
    return bool(theirs and mine) and count_known(words, theirs) > 0 and not count_known(words, mine)


def _own_words(piece: Piece, j: int) -> set[str]:
    """The words of a column's headers that no other column has that means something else, nor any band."""
    means = _means(piece, j)
    others = [k for k in range(len(piece.form.columns)) if _means(piece, k) != means]
    elsewhere = [header for k in others for header in piece.form.columns[k].headers]
    elsewhere += [header for band in piece.form.bands if band for header in band.headers]
    taken = {word for header in elsewhere for word in words_in(header)}
    return {word for header in piece.form.columns[j].headers for word in words_in(header)} - taken
