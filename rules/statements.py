"""Figures in prose: sentences that a rule's patterns know, in cells, in rows and between tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate
from typing import Literal

import regex

from extract.paper import Page, Paper, PaperKind, Row, TextLine
from normalise.heard import contested_words, has_contested, said_by, witnesses_with_words
from normalise.labels import plain
from normalise.marks import one_line
from normalise.numbers import read_amount
from normalise.years import read_years
from rules.accounting import box_of
from rules.amounts import Convention, readings, usual_factor
from rules.match import lacks
from rules.model import Find, Rule, Statement
from rules.patterns import all_matches
from rules.years import resolve
from savings.schema import How, Kind, Measure, Place, Reading, Recurrence, Unit

# What a row holds that is likely to state a saving: words for one, and an amount of money.
_SAVINGS, _MONEY = regex.compile(r"(?i)\b(?:savings?|efficienc|(?:non.?)?cashable)"), regex.compile(r"£\s?\d")
# What a sentence that is wholly read has no more of, up to its end.
_MONEY_OR_SHARE, _SENTENCE_END = regex.compile(r"£\s?\d|\d\s?%"), regex.compile(r"[.;|](?:\s|$)")
# What may be a year behind an amount.
_YEAR_AFTER = regex.compile(r"\s*(?:in|for|during|by)\s+(?:our\s+)?[^\s£]*\d[^\s£]*\d[^\s£]*")
# Why a figure is contested whose sentence only one witness of a scan reads.
_ALONE = "its sentence is what one witness of the scan reads"
AMOUNT = r"(?:c\.?\s?)?[-−–]?£?\s?\d[\d,]*(?:\.\d+)?\s?(?:%|(?:k|m|bn|million|thousand)\b)?"


@dataclass(frozen=True, slots=True)
class Said:
    """One figure of a sentence: the text that states it, what it measures, and its readings."""

    raw: str
    year: str
    measure: Measure
    kind: Kind
    recurrence: Recurrence
    part: str
    unit: Unit
    readings: tuple[Reading, ...]
    convention: Convention
    doubt: str = ""
    contested: str = ""


@dataclass(frozen=True)
class Sentence:
    """A sentence that a statement of the rule knows: where it stands, its fields, and its figures.

    It is not `whole` where it has an amount of money, or a percentage, that the statement does not find.
    """

    statement: Statement
    place: Place
    order: float
    fields: dict[str, str]
    figures: tuple[Said, ...]
    in_table: bool
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Unit:
    """A text to search: a table's row, or the lines between tables; `places` say where each stretch of it stands.

    `contested` are words of a scan that its witnesses do not all read, by the offset of their stretch. `heard` is what
    each witness alone read there; each stretch has the place that it has in the text.
    """

    text: str
    places: tuple[tuple[int, Place, float], ...]
    in_table: bool = False
    contested: tuple[tuple[int, frozenset[str]], ...] = ()
    heard: tuple[_Unit, ...] = ()

    def contested_in(self, start: int, stop: int) -> frozenset[str]:
        """The contested words of the stretches that a piece of the text touches."""
        if not self.contested:
            return frozenset()
        ends = [offset for offset, _ in self.contested[1:]] + [len(self.text)]
        touched = (w for (first, w), end in zip(self.contested, ends, strict=True) if first < stop and end > start)
        return frozenset().union(*touched)

    def place(self, offset: int) -> tuple[Place, float]:
        found = [p for p in self.places if p[0] <= offset][-1]
        return found[1], found[2]


def find_sentences(rule: Rule, paper: Paper, base: str) -> tuple[Sentence, ...]:
    """All sentences that the rule's statements know, in the paper's order. `base` is the paper's first year."""
    if not rule.statements:
        return ()
    titles = {page.number: plain(page.text_between) for page in paper.pages}
    units = list(_units(paper))
    found = [
        sentence
        for statement in rule.statements
        for unit in units
        for sentence in _found(rule, statement, unit, base)
        if not lacks(statement.pages, titles[sentence.place.page])
    ]
    return tuple(sorted(found, key=lambda s: (s.place.page, s.order)))


def unread(rule: Rule, paper: Paper, sentences: Sequence[Sentence]) -> tuple[Place, ...]:
    """Where rows and lines speak of savings and of money, and are none of the rule's sentences, or not wholly read."""
    if not rule.statements:
        return ()
    known = {(s.place.page, s.place.row) for s in sentences}
    single = ((unit.text, unit.places[0][1]) for unit in _units(paper) if len(unit.places) == 1)
    others = (
        place
        for text, place in single
        if (place.page, place.row) not in known and _SAVINGS.search(text) and _MONEY.search(text)
    )
    return (*(s.place for s in sentences if not s.whole), *others)


def _found(rule: Rule, statement: Statement, unit: _Unit, base: str) -> Iterator[Sentence]:
    """The sentences of a unit; and, contested, those that one witness of a scan alone reads where the text has none."""
    found = list(_sentences(rule, statement, unit, base))
    for other in unit.heard:
        places = {sentence.place for sentence in found}
        alone = (s for s in _sentences(rule, statement, other, base) if s.place not in places)
        found += (replace(s, figures=tuple(replace(said, contested=_ALONE) for said in s.figures)) for s in alone)
    yield from found


def _units(paper: Paper) -> Iterator[_Unit]:
    """The texts to search: each row of a table, each line of a text report, and all lines of a PDF as one."""
    for page in paper.pages:
        for table in page.tables:
            for row in table.rows:
                yield _of_row(page, row)
    lines = [line for page in paper.pages for line in page.lines]
    if paper.kind is PaperKind.TEXT:
        yield from (_joined([line]) for line in lines)
    elif lines:
        yield _joined(lines)


def _of_row(page: Page, row: Row) -> _Unit:
    order = row.box.top if row.box else float(row.number)
    places = ((0, Place(page.number, row.number, 0, box_of(row.box)), order),)
    contested = frozenset().union(*(contested_words(cell.text, cell.witnesses) for cell in row.cells))
    doubts = ((0, contested),) if contested else ()

    def unit(*texts: str) -> _Unit:
        return _Unit(" | ".join(filter(None, map(one_line, texts))), places, in_table=True, contested=doubts)

    plain = unit(*(cell.text for cell in row.cells))
    names = witnesses_with_words(row.cells)
    return replace(plain, heard=tuple(unit(*(said_by(name, cell) for cell in row.cells)) for name in names))


def _joined(lines: Sequence[TextLine]) -> _Unit:
    """The lines of a PDF as one text, since sentences run over them, and over pages."""
    contested = [contested_words(line.text, line.witnesses) for line in lines]

    def unit(texts: Sequence[str]) -> _Unit:
        starts = list(accumulate((len(text) + 1 for text in texts), initial=0))[:-1]
        places = tuple((at, *_place(line)) for at, line in zip(starts, lines, strict=True))
        doubts = tuple(zip(starts, contested, strict=True)) if any(contested) else ()
        return _Unit(" ".join(texts), places, contested=doubts)

    names = witnesses_with_words(lines)
    heard = (unit([one_line(said_by(name, line)) for line in lines]) for name in names)
    return replace(unit([one_line(line.text) for line in lines]), heard=tuple(heard))


def _place(line: TextLine) -> tuple[Place, float]:
    order = line.box.top if line.box else float(line.number)
    return Place(line.page, line.number, 0, box_of(line.box)), order


def _sentences(rule: Rule, statement: Statement, unit: _Unit, base: str) -> Iterator[Sentence]:
    for match in all_matches(statement.text, unit.text):
        contested = unit.contested_in(match.start(), match.end())
        figures = tuple(_heard(said, contested) for said in _said(rule, statement, match[0], base))
        if figures:
            place, order = unit.place(match.start())
            fields = {k: v.strip() for k, v in match.groupdict().items() if v is not None}
            fields |= {k: v.format_map({**fields, "text": match[0]}) for k, v in statement.set.items()}
            yield Sentence(statement, place, order, fields, figures, unit.in_table, _is_whole(statement, match))


def _is_whole(statement: Statement, match: regex.Match[str]) -> bool:
    text, rest = match[0], _SENTENCE_END.split(match.string[match.end() :], maxsplit=1)[0]
    if _MONEY_OR_SHARE.search(rest):
        return False
    spans = [hit.span() for find in statement.figures for hit in all_matches(find.find, text)]
    return all(any(first <= m.start() < end for first, end in spans) for m in _MONEY_OR_SHARE.finditer(text))


def _heard(said: Said, contested: frozenset[str]) -> Said:
    """A figure, contested where the witnesses of a scan do not all read its words."""
    if not has_contested(said.raw, contested):
        return said
    return replace(said, contested="another witness of the scan reads this otherwise")


@dataclass(frozen=True, slots=True)
class _Context:
    """What a sentence leaves to its context: the rule, the paper's first year, and the scale of its other amounts."""

    rule: Rule
    base: str
    usual: int


def _said(rule: Rule, statement: Statement, text: str, base: str) -> Iterator[Said]:
    context = _Context(rule, base, usual_factor(regex.findall(AMOUNT, text)))
    hits = [(match, find) for find in statement.figures for match in all_matches(find.find, text)]
    carried: Said | None = None
    for match, find in sorted(hits, key=lambda hit: hit[0].start()):
        for each in _of_match(context, match, find, carried):
            carried = each
            yield each


def _of_match(context: _Context, match: regex.Match[str], find: Find, before: Said | None) -> Iterator[Said]:
    """The figures of one hit: its amounts, each with the year that is printed for it, or that the context gives."""
    groups = {k: v for k, v in match.groupdict().items() if v}
    amounts = regex.findall(AMOUNT, groups.get("amounts") or groups.get("amount") or "")
    printed = read_years(groups.get("years") or groups.get("year") or "")
    said = tuple(resolve(year, context.base) for year in find.years or ((find.year,) if find.year else ()))
    years = printed or said or ((before.year if before else context.base),)
    texts = amounts or ([match[0]] if find.value is not None else [])
    for number, text in enumerate(texts):
        figure = _figure(context, find, groups.get("kind"), text, before)
        year = years[min(number, len(years) - 1)]
        found = figure.readings if printed else tuple(_by_context(r, year) for r in figure.readings)
        doubt = figure.doubt or ("" if printed else _unread_year(match))
        yield replace(figure, year=year, readings=found, doubt=doubt)


def _unread_year(match: regex.Match[str]) -> str:
    """Why the year of a hit is in doubt: its pattern may have one, and what follows may be one that cannot be read."""
    asks = {"year", "years"} & match.re.groupindex.keys()
    after = _YEAR_AFTER.match(match.string, match.end()) if asks else None
    return f"what follows may be its year, and cannot be read: {after[0].strip()!r}" if after else ""


def _figure(context: _Context, find: Find, kind: str | None, text: str, before: Said | None) -> Said:
    percent = any(a.percent for a in read_amount(text)[:1])
    unit = find.unit or (Unit.PERCENT if percent else Unit.GBP)
    sign = find.sign or context.rule.sign
    # A sentence says its savings in words: it has the sign of the words, and each amount its own scale.
    scale: int | Literal["suffix"] = find.scale if isinstance(find.scale, int) else "suffix"
    convention = Convention(unit, sign if isinstance(sign, int) else 1, scale, context.usual)
    return Said(
        raw=text.strip(),
        year="",
        measure=find.measure or (before.measure if before else Measure.TARGET),
        kind=_kind(kind, find, before),
        recurrence=find.recurrence or Recurrence.UNSAID,
        part=find.part or "",
        unit=unit,
        readings=readings(text, convention) if find.value is None else (_in_words(text, find.value),),
        convention=convention,
        doubt=find.unsure or "",
    )


def _in_words(text: str, value: Decimal) -> Reading:
    how = How.NIL if text.casefold().startswith("no ") else How.INFERRED
    return Reading(value, how, 0, f"the paper says {text!r}")


def _by_context(reading: Reading, year: str) -> Reading:
    if reading.how is not How.PRINTED:
        return reading
    return replace(reading, how=How.INFERRED, reason=f"the year {year} is taken from the context")


def _kind(words: str | None, find: Find, before: Said | None) -> Kind:
    if words:
        return Kind.NON_CASHABLE if plain(words).startswith("non") else Kind.CASHABLE
    return find.kind or (before.kind if before else Kind.TOTAL)
