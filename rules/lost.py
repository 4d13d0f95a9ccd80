"""Figures whose column is not certain, by what the page's header says or lacks. Sums over lines do not show it.

Where the page has fewer columns of figures than the rule's table, two may have been read as one, and what is left may
then stand under the wrong header. Where a header has no word of what the rule says of its column, the table may have
other columns this time: a forecast where there was a second year. Each column adds up whatever it is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import regex
from rapidfuzz import fuzz

from normalise.labels import are_named, plain, words_in
from normalise.years import read_years
from rules.assemble import Piece

# A header that is so alike to a column's own label, years and units aside, names that column and no other.
NAMED = 0.8
_UNITS = regex.compile(r"[£\d'’/]|\bk\b")
# Words that a header may have over a year, whatever the rule calls it.
_OF_YEARS = ("year", "years")


def doubts(pieces: Sequence[Piece]) -> dict[int, Mapping[int, str]]:
    """For each piece, by `id`, the columns of figures that may be others, and why. In loose tables the sums decide."""
    found: dict[int, Mapping[int, str]] = {}
    for number, piece in enumerate(pieces):
        before = pieces[number - 1] if number else None
        if before is not None and not piece.header and _as(before, piece):
            found[id(piece)] = found[id(before)]
        else:
            found[id(piece)] = {} if piece.form.table.loose else dict(_doubts(piece)) | dict(_named_otherwise(piece))
        if piece.doubt:
            found[id(piece)] = dict.fromkeys(piece.form.amounts, piece.doubt)
    return found


def _as(before: Piece, piece: Piece) -> bool:
    return before.form is piece.form and before.alignment.columns == piece.alignment.columns


def _doubts(piece: Piece) -> Iterator[tuple[int, str]]:
    columns = piece.alignment.columns
    lost = [j for j in piece.form.amounts if columns[j] is None]
    labels = {plain(piece.form.shapes[j].label) for j in lost}
    for j in piece.form.amounts:
        if lost and columns[j] is not None and not _is_named(piece, j, labels):
            names = ", ".join(repr(piece.form.columns[k].header) for k in lost)
            at = f"page {piece.printed.page}, table {piece.printed.number}"
            yield j, f"{at} has no column {names}, and its header does not say for certain which column this is"


def _is_named(piece: Piece, j: int, lost: set[str]) -> bool:
    """Whether the header says which column this is, and no lost one is called the same."""
    shape, column = piece.form.shapes[j], piece.alignment.columns[j]
    assert column is not None
    texts = [row.cells[column].text for row in piece.header if row.cells[column].text]
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
        text = " ".join(row.cells[column].text for row in piece.header if row.cells[column].text)
        words, known = words_in(text), _words_of(piece, j)
        if known and words and not are_named(words, known):
            at = f"page {piece.printed.page}, table {piece.printed.number}"
            yield j, f"{at}: the header {text!r} has no word of {piece.form.columns[j].header!r}, as the rule has it"


def _words_of(piece: Piece, j: int) -> list[str]:
    """The words of a column's headers and of its band's."""
    column, band = piece.form.columns[j], piece.form.bands[j]
    headers = [*column.headers, *(band.headers if band else ())]
    words = [word for header in headers for word in words_in(header)]
    return [*words, *_OF_YEARS] if piece.form.shapes[j].year else words
