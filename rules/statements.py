"""Figures in prose: sentences that a rule's patterns know, in cells, in rows and between tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import regex

from extract.paper import Paper, PaperKind, TextLine
from normalise.heard import contested_words, has_contested
from normalise.labels import plain
from normalise.marks import one_line
from normalise.numbers import read_amount
from normalise.years import read_years
from rules.accounting import box_of
from rules.amounts import Convention, readings, usual_factor
from rules.match import unmet_phrases
from rules.model import Find, Rule, Statement
from rules.patterns import all_matches
from rules.years import resolve
from savings.schema import How, Kind, Measure, Place, Reading, Recurrence, Unit

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
    """A sentence that a statement of the rule knows: where it stands, its fields, and its figures."""

    statement: Statement
    place: Place
    order: float
    fields: dict[str, str]
    figures: tuple[Said, ...]
    in_table: bool


@dataclass(frozen=True, slots=True)
class _Unit:
    """A text to search: a table's row, or the lines between tables; `places` say where each stretch of it stands.

    `contested` are words of a scan that its witnesses do not all read, by the offset of their stretch.
    """

    text: str
    places: tuple[tuple[int, Place, float], ...]
    in_table: bool = False
    contested: tuple[tuple[int, frozenset[str]], ...] = ()

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
        for sentence in _sentences(rule, statement, unit, base)
        if not unmet_phrases(statement.pages, titles[sentence.place.page])
    ]
    return tuple(sorted(found, key=lambda s: (s.place.page, s.order)))


def _units(paper: Paper) -> Iterator[_Unit]:
    """The texts to search: each row of a table, each line of a text report, and all lines of a PDF as one."""
    for page in paper.pages:
        for table in page.tables:
            for row in table.rows:
                text = " | ".join(filter(None, (one_line(cell.text) for cell in row.cells)))
                order = row.box.top if row.box else float(row.number)
                place = Place(page.number, row.number, 0, box_of(row.box))
                contested = frozenset().union(*(contested_words(cell.text, cell.witnesses) for cell in row.cells))
                yield _Unit(text, ((0, place, order),), True, ((0, contested),) if contested else ())
    lines = [_line(line) for page in paper.pages for line in page.lines]
    if paper.kind is PaperKind.TEXT:
        yield from (_Unit(text, ((0, place, order),)) for text, place, order in lines)
    elif lines:
        yield _joined(
            lines, [contested_words(line.text, line.witnesses) for page in paper.pages for line in page.lines]
        )


def _line(line: TextLine) -> tuple[str, Place, float]:
    order = line.box.top if line.box else float(line.number)
    return one_line(line.text), Place(line.page, line.number, 0, box_of(line.box)), order


def _joined(lines: Sequence[tuple[str, Place, float]], contested: Sequence[frozenset[str]]) -> _Unit:
    """The lines of a PDF as one text, since sentences run over them, and over pages."""
    offset, places = 0, []
    for text, place, order in lines:
        places.append((offset, place, order))
        offset += len(text) + 1
    heard = tuple((place[0], words) for place, words in zip(places, contested, strict=True)) if any(contested) else ()
    return _Unit(" ".join(text for text, _, _ in lines), tuple(places), contested=heard)


def _sentences(rule: Rule, statement: Statement, unit: _Unit, base: str) -> Iterator[Sentence]:
    for match in all_matches(statement.text, unit.text):
        contested = unit.contested_in(match.start(), match.end())
        figures = tuple(_heard(said, contested) for said in _said(rule, statement, match[0], base))
        if figures:
            place, order = unit.place(match.start())
            fields = {k: v.strip() for k, v in match.groupdict().items() if v is not None}
            fields |= {k: v.format_map({**fields, "text": match[0]}) for k, v in statement.set.items()}
            yield Sentence(statement, place, order, fields, figures, unit.in_table)


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
        yield replace(figure, year=year, readings=found)


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
