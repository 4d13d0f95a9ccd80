"""The financial year of each column: said by the rule, or printed over the columns, by the vote of all pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from extract.paper import Paper
from normalise.years import format_year, read_span, read_years, start_of
from rules.assemble import Form, Piece
from rules.fit import YEAR
from rules.model import Band, Column, Rule, YearFound
from rules.patterns import first_match

# What may have been a year. "Year 2" and "£000" were none.
_YEAR_LIKE = regex.compile(r"(?<![£\d])\d{3,}|\d\s*[/–-]\s*\d")
# Of a column that adds up those of all years.
SPAN = "span"


class NoYear(ValueError):
    """A column's year is said to be printed, and no page prints one."""


@dataclass(frozen=True)
class Years:
    """The paper's first year ("" where none is known), and the year of each column by form ("" for texts).

    `pages` has the years that a piece prints over its own columns ("" where it prints none, or several), by `id`.
    `assumed` are the columns, by form, over which no page prints the year that the rule says is printed. `doubted` are
    those of a piece, by `id`, whose years were counted from a neighbour's though their own headers say something else.
    """

    base: str
    columns: dict[tuple[str, int], tuple[str, ...]]
    pages: dict[int, tuple[str, ...]]
    assumed: dict[tuple[str, int], frozenset[int]]
    doubted: dict[int, frozenset[int]]


def years_of(rule: Rule, pieces: Sequence[Piece], paper: Paper) -> Years:
    """The years of a paper. Raises NoYear where a column needs a year that is not to be had."""
    forms = {piece.form.key: piece.form for piece in pieces}
    printed = {key: _printed(form, [p for p in pieces if p.form is form]) for key, form in forms.items()}
    base = _base(rule, paper, printed.values())
    return Years(
        base,
        {key: tuple(_years(form, printed[key], base)) for key, form in forms.items()},
        {id(piece): _own(piece) for piece in pieces},
        {key: frozenset(_assumed(form, printed[key])) for key, form in forms.items()},
        {id(piece): frozenset(_doubted(piece, printed[piece.form.key])) for piece in pieces},
    )


def _own(piece: Piece) -> tuple[str, ...]:
    """The years that one page prints over the columns whose year is said to be printed."""
    years = _printed(piece.form, [piece])
    return tuple(year if _is_printed(piece.form, j) else "" for j, year in enumerate(years))


def _assumed(form: Form, printed: Sequence[str]) -> Iterable[int]:
    return (j for j, column in enumerate(form.columns) if column.is_figure and _is_printed(form, j) and not printed[j])


def _doubted(piece: Piece, voted: Sequence[str]) -> Iterable[int]:
    """The columns of years in a row some of which are counted: over a garbled header, or against the vote of all."""
    form = piece.form
    texts = ["".join(_texts([piece], _span(form, j))) for j in range(len(form.columns))]
    direct = [_vote(_texts([piece], _span(form, j))) for j in range(len(form.columns))]
    for j, year in enumerate(_own(piece)):
        row = [k for k, other in enumerate(form.columns) if other is form.columns[j]]
        counted = [k for k in row if not direct[k]]
        garbled = any(_YEAR_LIKE.search(texts[k]) for k in counted)
        if year and counted and (garbled or year != voted[j]):
            yield from row


def _is_printed(form: Form, j: int) -> bool:
    return _said(form.columns[j], form.bands[j]) == "printed"


def _said(column: Column, band: Band | None) -> str:
    return column.year or (band.year if band else None) or ("printed" if _asks_year(column) else "base")


def _asks_year(column: Column) -> bool:
    """Whether the header of a column itself is, or holds, its year."""
    return any(YEAR in header for header in column.headers)


def _base(rule: Rule, paper: Paper, printed: Iterable[Sequence[str]]) -> str:
    if isinstance(rule.year, YearFound):
        hits = (first_match(pattern, paper.text) for pattern in rule.year.patterns)
        return next((year for hit in hits if hit for year in read_years(hit["year"])), "")
    return rule.year if rule.year != "printed" else _earliest(printed)


def _earliest(printed: Iterable[Sequence[str]]) -> str:
    return min((year for years in printed for year in years if year), default="")


def _years(form: Form, printed: Sequence[str], base: str) -> Iterable[str]:
    for j, (column, band) in enumerate(zip(form.columns, form.bands, strict=True)):
        known = _whole_span(form, printed) if _said(column, band) == SPAN else printed[j]
        yield _year(form, column, band, known, base) if column.is_figure else ""


def _whole_span(form: Form, printed: Sequence[str]) -> str:
    """From the first to the last year over columns whose header is one; a single one is no span."""
    years = [year for column, year in zip(form.columns, printed, strict=True) if year and _asks_year(column)]
    first, last = min(years, default=""), max(years, default="")
    return f"{first[:7]}-{last[-7:]}" if first != last else first


def _year(form: Form, column: Column, band: Band | None, printed: str, base: str) -> str:
    said = _said(column, band)
    year = (printed or base) if said in ("printed", SPAN) else resolve(said, base)
    if not year:
        name = column.header or (band.band if band else "")
        raise NoYear(f"table {form.name!r}: no financial year is printed over {name!r}, and the rule gives none")
    return year


def resolve(said: str, base: str) -> str:
    """A year or span as a rule says it: itself, or counted from the paper's first year; "" where that is not known."""
    if not said.startswith("base"):
        return said
    years = [format_year(start_of(base) + int(each[5:] or 0)) for each in said.split("-")] if base else []
    return "-".join(years)


def _printed(form: Form, pieces: Sequence[Piece]) -> list[str]:
    """The year printed over each column, or over its band; missing ones between consecutive year columns filled in."""
    years = [_vote(_texts(pieces, _span(form, j))) for j in range(len(form.columns))]
    for step in (1, -1):
        order = range(len(years)) if step == 1 else range(len(years) - 1, -1, -1)
        for j in order:
            before = j - step
            if not years[j] and 0 <= before < len(years) and form.columns[j] is form.columns[before] and years[before]:
                years[j] = format_year(start_of(years[before]) + step)
    return years


def _span(form: Form, j: int) -> tuple[int, ...]:
    """The columns whose common header says the year: those of the band, or the column alone."""
    band = form.bands[j]
    if band is None or _asks_year(form.columns[j]):
        return (j,)
    return tuple(k for k, other in enumerate(form.bands) if other is band)


def _texts(pieces: Sequence[Piece], span: Sequence[int]) -> Iterable[str]:
    """What each header row of each page prints over some columns, cut cells rejoined."""
    for piece in pieces:
        columns = [c for j in span if (c := piece.alignment.columns[j]) is not None]
        for row in piece.header:
            if columns:
                yield "".join(row.cells[c].text for c in range(min(columns), max(columns) + 1))


def _vote(texts: Iterable[str]) -> str:
    """The year that most texts name; a text that names several has no vote unless there is no other.

    Of those, one that says from which year to which names the span.
    """
    found = [(read_years(text), text) for text in texts]
    votes = Counter(years[0] for years, _ in found if len(years) == 1)
    if not votes:
        votes = Counter(read_span(text) or years[0] for years, text in found if years)
    return max(votes, key=lambda year: (votes[year], year), default="")
