"""Figures whose column is not certain, by what the page's header says or lacks. Sums over lines do not show it.

Where the page has fewer columns of figures than the rule's table, two may have been read as one, and what is left may
then stand under the wrong header. Where a header has no word of what the rule says of its column, the table may have
other columns this time: a forecast where there was a second year. Each column adds up whatever it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import regex
from rapidfuzz import fuzz

from normalise.labels import are_named, plain, words_in
from normalise.units import label_part
from normalise.years import read_years, without_years
from rules.assemble import Piece
from rules.fit import YEAR

# A header that is so alike to a column's own label, years and units aside, names that column and no other.
NAMED = 0.8
_UNITS = regex.compile(r"[£\d'’/]|\bk\b")
# Words that a header may have over a year, whatever the rule calls it.
_OF_YEARS = ("year", "years")
# A header is another column's where it is so alike to that one's, and by so much less to its own.
EXCHANGED, CLEARLY = 0.9, 0.1
BARE = (without_years, label_part)
_MEANING = ("measure", "kind", "recurrence", "part", "unit", "year", "ignore", "field", "key")


def doubts(pieces: Sequence[Piece]) -> dict[int, Mapping[int, str]]:
    """For each piece, by `id`, the columns of figures that may be others, and why. In loose tables the sums decide."""
    found: dict[int, Mapping[int, str]] = {}
    for number, piece in enumerate(pieces):
        before = pieces[number - 1] if number else None
        if before is not None and not piece.header and _as(before, piece):
            found[id(piece)] = found[id(before)]
        else:
            said = () if piece.form.table.loose else (*_doubts(piece), *_named_otherwise(piece), *_exchanged(piece))
            found[id(piece)] = dict(said)
        if piece.doubt:
            found[id(piece)] = dict.fromkeys(piece.form.amounts, piece.doubt)
    return found


def _as(before: Piece, piece: Piece) -> bool:
    return before.form is piece.form and before.alignment.columns == piece.alignment.columns


def _doubts(piece: Piece) -> Iterator[tuple[int, str]]:
    columns = piece.alignment.columns
    lost = [j for j in piece.form.amounts if columns[j] is None]
    labels = {plain(piece.form.shapes[j].label) for j in lost}
    # A column that none of the rule's is may be a lost one, and the cells of a row then be told by their order alone.
    others = _headed(piece) - set(columns)
    for j in piece.form.amounts:
        if lost and (others or (columns[j] is not None and not _is_named(piece, j, labels))):
            names = ", ".join(repr(piece.form.columns[k].header) for k in lost)
            at = f"page {piece.printed.page}, table {piece.printed.number}"
            yield j, f"{at} has no column {names}, and its header does not say for certain which column this is"


def _headed(piece: Piece) -> set[int | None]:
    """The printed columns that have a header."""
    return {i for row in piece.header for i, cell in enumerate(row.cells) if cell.text}


def _is_named(piece: Piece, j: int, lost: set[str]) -> bool:
    """Whether the header says which column this is, and no lost one is called the same."""
    shape = piece.form.shapes[j]
    texts = _printed(piece, j)
    if shape.year:
        return any(read_years(text) for text in texts)
    label = plain(shape.label)
    alike = (fuzz.ratio(plain(_UNITS.sub(" ", text)), plain(_UNITS.sub(" ", shape.label))) / 100 for text in texts)
    return bool(label) and label not in lost and any(each >= NAMED for each in alike)


def _named_otherwise(piece: Piece) -> Iterator[tuple[int, str]]:
    """Columns of figures whose header is in words, none of which the rule says of the column or of its band."""
    for j in piece.form.amounts:
        column = piece.alignment.columns[j]
        if column is None or (piece.form.shapes[j].year and _is_named(piece, j, set())):
            continue
        text = " ".join(_printed(piece, j))
        words, known = words_in(text), _words_of(piece, j)
        if known and words and not are_named(words, known):
            at = f"page {piece.printed.page}, table {piece.printed.number}"
            yield j, f"{at}: the header {text!r} has no word of {piece.form.columns[j].header!r}, as the rule has it"


def _exchanged(piece: Piece) -> Iterator[tuple[int, str]]:
    """Columns of figures whose header is that of another column of the rule, which measures something else."""
    for j in piece.form.amounts:
        texts = _printed(piece, j)
        others = [k for k in range(len(piece.form.columns)) if _means(piece, k) != _means(piece, j)]
        best = next((k for k in others for bare in BARE if _is_rather(piece, k, j, texts, bare)), None)
        if best is not None:
            at = f"page {piece.printed.page}, table {piece.printed.number}"
            names = f"{piece.form.columns[best].header!r}, and the rule has {piece.form.columns[j].header!r} there"
            yield j, f"{at}: the header {' '.join(texts)!r} is that of {names}"


def _is_rather(piece: Piece, other: int, own: int, texts: Sequence[str], bare: Callable[[str], str]) -> bool:
    """Whether a header is that of another column and clearly less that of its own."""
    likeness = _alike(piece, other, texts, bare)
    return likeness >= EXCHANGED and likeness >= _alike(piece, own, texts, bare) + CLEARLY


def _printed(piece: Piece, j: int) -> list[str]:
    """What the page prints over a column, from above to below."""
    column = piece.alignment.columns[j]
    return [row.cells[column].text for row in piece.header if row.cells[column].text] if column is not None else []


def _alike(piece: Piece, j: int, texts: Sequence[str], bare: Callable[[str], str]) -> float:
    """How alike what is printed, in part or together, is to a column's headers; 0 to 1."""
    said = {plain(bare(text)) for text in (*texts, " ".join(texts))} if texts else set()
    known = {plain(bare(header.replace(YEAR, ""))) for header in piece.form.columns[j].headers}
    return max((fuzz.ratio(a, b) / 100 if a and b else float(a == b) for a in said for b in known), default=0.0)


def _means(piece: Piece, j: int) -> tuple[object, ...]:
    """What a column measures, by itself and by its band."""
    said = (piece.form.columns[j], piece.form.bands[j])
    return tuple(getattr(each, name, None) for each in said for name in _MEANING)


def _words_of(piece: Piece, j: int) -> list[str]:
    """The words of a column's headers and of its band's."""
    column, band = piece.form.columns[j], piece.form.bands[j]
    headers = [*column.headers, *(band.headers if band else ())]
    words = [word for header in headers for word in words_in(header)]
    return [*words, *_OF_YEARS] if piece.form.shapes[j].year else words
