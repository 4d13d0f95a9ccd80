"""Figures whose column is not certain, since the page has fewer columns than the rule's table.

Two columns may have been read as one, and what is left may then stand under the wrong header. Sums over lines do not
show it: each column adds up whatever it is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import regex
from rapidfuzz import fuzz

from normalise.labels import plain
from normalise.years import read_years
from rules.assemble import Piece
from rules.headers import printed_over, said_otherwise
from rules.model import Column

# A header that is so alike to a column's own label, years and units aside, names that column and no other.
NAMED = 0.8
_UNITS = regex.compile(r"[£\d'’/]|\bk\b")


def doubts(pieces: Sequence[Piece]) -> dict[int, Mapping[int, str]]:
    """For each piece, by `id`, the columns of figures that may be others, and why."""
    found: dict[int, Mapping[int, str]] = {}
    for number, piece in enumerate(pieces):
        before = pieces[number - 1] if number else None
        if before is not None and not piece.header and _as(before, piece):
            found[id(piece)] = found[id(before)]
        else:
            found[id(piece)] = dict((*_doubts(piece), *said_otherwise(piece)))
        if piece.doubt:
            found[id(piece)] = dict.fromkeys(piece.form.amounts, piece.doubt)
    return found


def lacking(piece: Piece | None) -> str:
    """The headers of the columns of figures that a page does not have though the rule's table does; empty for none.

    In loose tables any may be left out.
    """
    if piece is None or piece.form.table.loose:
        return ""
    return ", ".join(repr(piece.form.columns[j].header) for j in _lost(piece))


def _lost(piece: Piece) -> list[int]:
    columns = piece.alignment.columns
    return [j for j, column in enumerate(piece.form.columns) if columns[j] is None and _holds_amounts(column)]


def _as(before: Piece, piece: Piece) -> bool:
    return before.form is piece.form and before.alignment.columns == piece.alignment.columns


def _doubts(piece: Piece) -> Iterator[tuple[int, str]]:
    columns, loose = piece.alignment.columns, piece.form.table.loose
    lost = _lost(piece)
    labels = {plain(piece.form.shapes[j].label) for j in lost}
    # A column that none of the rule's is may be a lost one, and the cells of a row then be told by their order alone.
    others = _headed(piece) - set(columns)
    for j in piece.form.amounts:
        # In loose tables the sums decide which columns are there.
        unnamed = not loose and columns[j] is not None and not _is_named(piece, j, labels)
        if lost and (others or unnamed):
            names = ", ".join(repr(piece.form.columns[k].header) for k in lost)
            at = f"page {piece.printed.page}, table {piece.printed.number}"
            yield j, f"{at} has no column {names}, and its header does not say for certain which column this is"


def _holds_amounts(column: Column) -> bool:
    """Whether a column has amounts, or may have some that are left out."""
    return column.is_figure or column.ignore is not None


def _headed(piece: Piece) -> set[int | None]:
    """The printed columns that have a header."""
    return {i for row in piece.header for i, cell in enumerate(row.cells) if cell.text}


def _is_named(piece: Piece, j: int, lost: set[str]) -> bool:
    """Whether the header says which column this is, and no lost one is called the same."""
    shape = piece.form.shapes[j]
    texts = printed_over(piece, j)
    if shape.year:
        return any(read_years(text) for text in texts)
    label = plain(shape.label)
    alike = (fuzz.ratio(plain(_UNITS.sub(" ", text)), plain(_UNITS.sub(" ", shape.label))) / 100 for text in texts)
    return bool(label) and label not in lost and any(each >= NAMED for each in alike)
