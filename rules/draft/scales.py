"""Scale, sign and year of a sheet's amounts: what is printed about them, and what its numbers themselves show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import regex

from extract.paper import Paper
from normalise.labels import plain
from normalise.years import format_year, read_years
from rules.draft.columns import Named
from rules.draft.sheet import RowView, Sheet
from rules.draft.words import meanings

SUFFIX = "suffix"
LONGEST_TITLE = 100
# Amounts of at least this size are in pounds: no council saves that many thousands on one line.
PLAINLY_POUNDS = 1_000_000
YEAR_PATTERN = r"(?P<year>(?:\d{4}|\d\d)\s?[/–-]\s?\d{1,4})"
_PRINTED_YEAR = regex.compile(r"(?<!\d)(?:(?:19|20)\d\d|\d\d)\s?[/\-–—]\s?(?:(?:19|20)\d\d|\d\d?)(?!\d)")
# "All amounts in £", and not "£000" or "£m".
_POUNDS = regex.compile(r"\bin (?:£|pounds)(?![\s'’]*[\p{L}\d])", regex.IGNORECASE)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DATE = regex.compile(rf"(?P<month>{_MONTHS})\s+(?P<year>20\d\d)", regex.IGNORECASE)
_AFTER_APRIL = _MONTHS.split("|")[3:]


@dataclass(frozen=True, slots=True)
class Said:
    """A finding, the words or numbers that it rests on, and what is doubtful about it."""

    value: int | str
    evidence: str = ""
    doubt: str = ""


# --- scale ----------------------------------------------------------------------------------------------------------


def scale_of(sheet: Sheet, columns: Sequence[Named], views: Sequence[RowView]) -> Said | None:
    """The scale of a sheet's amounts of money: printed over columns or table, or carried by each; None if unsaid."""
    money = [n for n in columns if n.figures is not None and n.figures.unit == ""]
    amounts = [v.amounts[n.index] for v in views for n in money if n.index in v.amounts and v.amounts[n.index].number]
    suffixed = sum(a.factor is not None for a in amounts)
    if amounts and 2 * suffixed >= len(amounts):
        return Said(SUFFIX, "most amounts carry their own k or m")
    over = Counter(n.figures.scale for n in money if n.figures and n.figures.scale > 1)
    if over:
        return Said(over.most_common(1)[0][0], "it is printed over the columns")
    for text in _near(sheet):
        found = [s for s in meanings(text, "scale") if s != "1"]
        if found or _POUNDS.search(text):
            return Said(int(found[0]) if found else 1, f"{text.strip()[:60]!r} is printed over the table")
    return _by_size(money, [a.number for a in amounts], [a.currency for a in amounts])


def _by_size(money: Sequence[Named], numbers: Sequence[Decimal], currencies: Sequence[bool]) -> Said | None:
    if any(n.figures and n.figures.scale == 1 for n in money):
        return Said(1, "the header has £ alone")
    if numbers and max(map(abs, numbers)) >= PLAINLY_POUNDS:
        return Said(1, "amounts of millions are printed in full")
    if currencies and 2 * sum(currencies) > len(currencies) and max(map(abs, numbers)) >= 10_000:
        return Said(1, "the amounts have a £ and are printed in full")
    return None


def guess_scale(numbers: Sequence[Decimal]) -> Said:
    """A scale for amounts of which nothing is said."""
    if numbers and max(map(abs, numbers)) >= 100_000:
        return Said(1, "", "no scale is printed; amounts of this size are taken for pounds")
    return Said(1000, "", "no scale is printed; amounts of this size are taken for thousands")


def _near(sheet: Sheet) -> Iterator[str]:
    """Texts about a whole table: its header, and the lines of its page."""
    for piece in sheet.pieces[:1]:
        yield from (cell.text for row in piece.header for cell in row.filled)
        yield from reversed(piece.title.split("\n"))
        yield from (line.text for line in piece.page.lines)


# --- sign -----------------------------------------------------------------------------------------------------------


def sign_of(sheet: Sheet, columns: Sequence[Named], items: Sequence[RowView], sums: Sequence[RowView]) -> Said:
    """The sign that a saving is printed with: that of most lines, of their money and of their sums."""
    plain_ones = [n.index for n in columns if n.figures and n.figures.measure not in NEVER_PLAIN and not n.figures.unit]
    values = [v.value(c) for v in items for c in plain_ones if v.value(c)]
    if not values:
        return Said(1)
    negative = sum(v < 0 for v in values)
    votes = [negative / len(values), _money(values)]
    totals = [v.value(c) for v in sums for c in plain_ones if v.value(c)]
    votes += [_money(totals)] if totals else []
    sign = -1 if sum(votes) > len(votes) / 2 else 1
    share = f"{negative} of {len(values)} amounts are negative"
    said = [m for text in _near(sheet) for m in meanings(text, "sign")]
    if said and (said[0] == "negative") != (sign == -1):
        return Said(-1 if said[0] == "negative" else 1, share, f"the words say {said[0]}, but {share}")
    # Two of three clear votes and none against are enough: what undoes savings may be large.
    clear = sum(v <= 0.25 if sign == 1 else v >= 0.75 for v in votes)
    against = any(v > 0.5 if sign == 1 else v < 0.5 for v in votes)
    unclear = not said and (against or clear < min(2, len(votes)))
    return Said(sign, share, f"which sign is a saving? {share}" if unclear else "")


def _money(values: Sequence[Decimal]) -> float:
    """The share of an amount of money that is negative."""
    return float(-sum(v for v in values if v < 0) / sum(map(abs, values)))


NEVER_PLAIN = ("variance", "undeliverable", "slipped")


def majority_sign(column: int, items: Sequence[RowView]) -> int:
    """The sign that makes most amounts of a column positive."""
    values = [v.value(column) for v in items if v.value(column)]
    return -1 if 2 * sum(v < 0 for v in values) > len(values) else 1


@dataclass(frozen=True, slots=True)
class Difference:
    """A column that is outcomes less a plan, row by row: with which sign, and on how many rows it holds and fails."""

    sign: int
    holds: int
    fails: int


def difference(
    column: int, outcomes: Sequence[int], plans: Sequence[int], rows: Sequence[RowView]
) -> Difference | None:
    """With which sign a variance is outcome less plan, by its rows; None where no pair of columns shows it."""
    ways = [(o,) for o in outcomes] + ([tuple(outcomes)] if len(outcomes) > 1 else [])
    found = [Difference(sign, *_counted(column, o, p, sign, rows)) for o in ways for p in plans for sign in (1, -1)]
    best = max(found, key=lambda d: (d.holds - 4 * d.fails, d.sign), default=None)
    return best if best and best.holds >= 2 and best.holds >= 4 * best.fails else None


def _counted(column: int, outcomes: Sequence[int], plan: int, sign: int, rows: Sequence[RowView]) -> tuple[int, int]:
    """On how many rows with a difference other than 0 the equation holds, and on how many rows it fails."""
    holds = fails = 0
    for row in rows:
        if column not in row.amounts or not any(c in row.amounts for c in (*outcomes, plan)):
            continue
        if sign * row.value(column) == sum(map(row.value, outcomes)) - row.value(plan):
            holds += bool(row.value(column))
        else:
            fails += 1
    return holds, fails


# --- year -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class YearSaid:
    """The year of a paper, the pattern that finds it (""; then the year itself has to be said), and a doubt."""

    year: str
    pattern: str = ""
    doubt: str = ""


def year_of(paper: Paper, sheets: Sequence[Sheet]) -> YearSaid | None:
    """The year that the titles of a paper name; None where there is none."""
    lines = [line for sheet in sheets for line in reversed(sheet.first.title.split("\n"))]
    lines += [line.text for page in paper.pages[:1] for line in page.lines]
    lines += [cell.text for sheet in sheets for row in sheet.first.header for cell in row.filled]
    lines += [line.text for page in paper.pages for line in page.lines]
    # A title says it before a sentence does.
    lines.sort(key=lambda line: len(line) > LONGEST_TITLE or line.rstrip().endswith("."))
    for line in lines:
        years = read_years(line)
        if len(years) == 1:
            return YearSaid(years[0], _pattern(paper, line, years[0]))
    for line in lines:
        years = read_years(line)
        if years:
            return YearSaid(min(years), _pattern(paper, line, min(years)), f"{line.strip()[:60]!r} names several years")
    return _by_date(paper)


def _pattern(paper: Paper, line: str, year: str) -> str:
    """A pattern for the words about a year that finds it in the paper, and will in another year's."""
    for match in _PRINTED_YEAR.finditer(line):
        if year not in read_years(match[0]):
            continue
        before = regex.sub(r"\d", r"\\d", regex.escape(_last_words(line[: match.start()]), literal_spaces=True))
        after = regex.escape(line[match.end() :][:20], literal_spaces=True)
        for pattern in (before + YEAR_PATTERN, YEAR_PATTERN + after):
            hit = regex.search(pattern, paper.text, regex.IGNORECASE)
            if hit and read_years(hit["year"])[:1] == (year,) and len(plain(pattern)) > len(plain(YEAR_PATTERN)) + 2:
                return pattern
    return ""


def _last_words(text: str) -> str:
    """The last words of a text, three at the most."""
    match = regex.search(r"(?:\S+\s+){0,2}\S*\s*$", text)
    return match[0] if match else ""


def _by_date(paper: Paper) -> YearSaid | None:
    match = _DATE.search(paper.text)
    if match is None:
        return None
    start = int(match["year"]) - (match["month"].casefold() not in _AFTER_APRIL)
    return YearSaid(format_year(start), "", f"no year is printed; it is taken from the date {match[0]!r}")
