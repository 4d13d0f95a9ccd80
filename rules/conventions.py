"""Scale and sign where a rule leaves them to the paper: what it prints, where, and what else it might mean.

What no print and no amount decides is not assumed: the other meanings go along, and the figures come out ambiguous.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from extract.paper import Paper
from normalise.grid import GridRow
from normalise.numbers import read_amount
from normalise.units import PrintedUnit, read_units
from rules.accounting import box_of
from rules.assemble import Form, Piece
from rules.mapped import Mending
from savings.schema import Level, Place

# No council saves a thousand millions: an amount like this is in pounds.
PLAIN_POUNDS = 1_000_000
# So much of a table's savings has one sign; the rest undoes savings.
ONE_SIGN = 0.8
_NEGATIVE = r"negative|minus|brackets?|bracketed|parenthes[ie]s"
_SAVING = r"savings?|reductions?|efficienc(?:y|ies)"
_SIGN = regex.compile(
    rf"(?P<a>\b(?:{_SAVING})\b)[^.;\d]{{0,40}}?\b(?:(?P<minus>{_NEGATIVE})|(?P<plus>positive))\b"
    rf"|\b(?:(?P<minus>{_NEGATIVE})|(?P<plus>positive))\b[^.;\d]{{0,40}}?\b(?P<a>{_SAVING})\b",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken from the paper, what else it might be, and the record of it."""

    value: int
    others: tuple[int, ...]
    record: Mending


@dataclass(frozen=True, slots=True)
class _Seen:
    """A text of the paper, and where it stands."""

    text: str
    place: Place
    where: str


def scale_of(form: Form, j: int, pieces: Sequence[Piece], paper: Paper) -> Taken:
    """What a printed 1 in a column is worth in pounds, by the nearest print that says so."""
    for near in _levels(j, pieces, paper):
        found = [(unit, seen) for seen in near for unit in read_units(seen.text)]
        if found:
            return _printed_scale(found)
    place = _first_place(pieces)
    amounts = [abs(n) for n in _amounts(pieces, form.amounts)]
    if max(amounts, default=0) >= PLAIN_POUNDS:
        reason = "no scale is printed, and amounts of a million and more are in pounds"
        return Taken(1, (), Mending(place, "", "1", reason, "size of the amounts", "scale"))
    reason = "no scale is printed; the figures are given in pounds, and may be in thousands"
    return Taken(1, (1_000,), Mending(place, "", "1", reason, "none", "scale"))


def _printed_scale(found: Sequence[tuple[PrintedUnit, _Seen]]) -> Taken:
    unit, seen = found[0]
    others = tuple(dict.fromkeys(u.factor for u, _ in found if u.factor != unit.factor))
    reason = f"{unit.raw!r} is printed {seen.where}" + (", and other scales beside it" if others else "")
    return Taken(unit.factor, others, Mending(seen.place, unit.raw, str(unit.factor), reason, seen.text, "scale"))


def _levels(j: int, pieces: Sequence[Piece], paper: Paper) -> Iterator[list[_Seen]]:
    """The texts that may say a column's scale, the nearest first."""
    yield [s for piece in pieces for s in _header(piece, [piece.alignment.columns[j]])]
    yield [s for piece in pieces for s in _header(piece, None)]
    yield [s for piece in pieces if piece.header for s in _above(piece, paper)]
    pages = {piece.printed.page for piece in pieces}
    lines = [
        _Seen(line.text, Place(line.page, line.number, 0, box_of(line.box)), f"on page {line.page}")
        for page in paper.pages
        for line in page.lines
    ]
    yield [line for line in lines if line.place.page in pages]
    yield lines


def _header(piece: Piece, columns: Sequence[int | None] | None) -> Iterator[_Seen]:
    """The header cells of some columns, or of all that the rule may know."""
    for row in piece.header:
        for i, cell in enumerate(row.cells):
            known = i not in piece.left_out if columns is None else i in columns
            if known and cell.text:
                where = "over the column" if columns else "over the table"
                yield _Seen(cell.text, Place(row.page, row.number, cell.column, box_of(cell.box)), where)


def _above(piece: Piece, paper: Paper) -> Iterator[_Seen]:
    """The nearest line above a table, on its page, that names a unit."""
    page = next(p for p in paper.pages if p.number == piece.printed.page)
    for line in reversed(page.lines):
        above = _top(line.box, line.number) < _top(piece.printed.box, _first(piece.header).number)
        if above and read_units(line.text):
            yield _Seen(line.text, Place(line.page, line.number, 0, box_of(line.box)), "above the table")
            return


def _top(box: object, number: int) -> float:
    top = getattr(box, "top", None)
    return float(number) if top is None else float(top)


def _first(rows: Sequence[GridRow]) -> GridRow:
    return rows[0]


def _first_place(pieces: Sequence[Piece]) -> Place:
    printed = pieces[0].printed
    return Place(printed.page, printed.rows[0].number if printed.rows else 0, 0, box_of(printed.box))


def sign_of(form: Form, pieces: Sequence[Piece], paper: Paper) -> Taken:
    """The sign that a saving has in print: as the paper says, or the one that its savings have."""
    amounts = [n for n in _amounts(pieces, form.amounts) if n]
    negative = sum(n < 0 for n in amounts)
    usual = -1 if negative > len(amounts) / 2 else 1
    clear = max(negative, len(amounts) - negative) >= ONE_SIGN * len(amounts)
    shown = f"{negative} of {len(amounts)} amounts are negative"
    said = [(match, seen) for seen in _lines(paper) for match in _SIGN.finditer(seen.text)]
    signs = {-1 if match["minus"] else 1 for match, _ in said}
    if len(signs) == 1:
        match, seen = said[0]
        sign = signs.pop()
        # Words and amounts that contradict each other leave it open.
        others = (-sign,) if clear and amounts and sign != usual else ()
        return Taken(sign, others, Mending(seen.place, match[0], str(sign), "the paper says so", shown, "sign"))
    place = _first_place(pieces)
    if clear:
        reason = "a table of savings has the sign that nearly all of its amounts have"
        return Taken(usual, (), Mending(place, "", str(usual), reason, shown, "sign"))
    reason = "the paper does not say which sign a saving has, and its amounts have both"
    return Taken(usual, (-usual,), Mending(place, "", str(usual), reason, shown, "sign"))


def _lines(paper: Paper) -> Iterator[_Seen]:
    for page in paper.pages:
        for line in page.lines:
            yield _Seen(line.text, Place(line.page, line.number, 0, box_of(line.box)), f"on page {line.page}")


def _amounts(pieces: Sequence[Piece], columns: Iterable[int]) -> list[int]:
    """The whole parts of the amounts of a table's items, away from zero."""
    columns = tuple(columns)
    rows = [r for p in pieces for r in p.rows if r.rule is not None and r.rule.level in (Level.ITEM, Level.BLOCK)]
    found = (read_amount(row.placed.text(j))[:1] for row in rows for j in columns)
    numbers = [amount.number for each in found for amount in each if not amount.percent]
    return [int(n) or (n > 0) - (n < 0) for n in numbers]
