"""Whose paper is it? The council that a paper names most, with its code where it is one of those that are known.

authorities.csv lists principal councils of England, Wales and Scotland by the code of official statistics: those of
today, and those that published savings and are no more.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import regex

from extract.paper import Paper, TextLine
from normalise.labels import plain
from normalise.marks import one_line
from rules.accounting import box_of
from rules.mapped import NOBODY, Mending
from rules.model import Authority
from savings.schema import Place

FILE = Path(__file__).parent / "authorities.csv"
# A name on the first page counts as many others: that is where a paper says whose it is.
TITLE = 5
_WORD = r"[A-Z][\p{L}'’.-]*"
_NAME = rf"{_WORD}(?:,? (?:(?:and|upon|on|with|in|of|the|under|h|&) )*{_WORD})*"
_STYLE = r"County|City|Borough|District|Metropolitan|Unitary|Royal|London|Town|and|&|of"
_COUNCIL = regex.compile(
    rf"(?P<before>(?:(?:London|Royal|Metropolitan|County)? ?Borough|City|County|District) of )?"
    rf"(?P<name>{_NAME}?)(?P<style>(?: (?:{_STYLE}))*) Council\b"
    r"(?!(?i:[ -]?(?:tax|house|plan|meeting|dwelling|home|rent)))"
    rf"|(?P<before>(?:London|Royal|Metropolitan) Borough of )(?P<name>{_NAME})"
)
_STYLES = frozenset(_STYLE.casefold().split("|"))
# Words of names of authorities that many have.
_COMMON = frozenset({"council", "shared", "services", "east", "west", "north", "south", "upon", "made", "up"})
# Words of papers and of their committees that may stand before a name, and are no part of one.
_NO_NAME = frozenset({
    "a", "about", "agenda", "and", "annual", "appendix", "at", "backward", "board", "budget", "by", "cabinet",
    "committee", "draft", "efficiency", "executive", "financial", "for", "forward", "from", "full", "gains", "in",
    "indicator", "item", "look", "medium", "mid-year", "minutes", "monitoring", "national", "of", "on", "our",
    "outturn", "performance", "plan", "proposals", "public", "quarterly", "report", "return", "revenue", "savings",
    "schedule", "statement", "strategy", "that", "the", "this", "to", "update", "with", "year", "your"
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A council: its code, what kind of council it is, and its name without "Council"."""

    gss: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """Whose paper it is, the record of how that is known, and what is doubtful about it."""

    authority: Authority
    records: tuple[Mending, ...] = ()
    warnings: tuple[str, ...] = ()


@cache
def known_councils() -> dict[str, tuple[Known, ...]]:
    """The councils by their names, in the form for comparison; a county and its successor may share one."""
    found: dict[str, tuple[Known, ...]] = {}
    with FILE.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            council = Known(row["gss"], row["kind"], row["name"])
            for name in (row["name"], *filter(None, row["also"].split("; "))):
                found[_key(name)] = (*found.get(_key(name), ()), council)
    return found


def _key(name: str) -> str:
    return plain(name.replace("&", "and"))


def authority_of(paper: Paper) -> Found:
    """The council that a paper names most, the first page going before the others."""
    counts: Counter[str] = Counter()
    first: dict[str, tuple[str, Authority, TextLine]] = {}
    outside = {line for page in paper.pages for line in page.lines}
    for line in _lines(paper):
        for printed, authority in _named(one_line(line.text)):
            between = line in outside
            counts[authority.name] += (TITLE if line.page == paper.pages[0].number else 1) * (2 if between else 1)
            first.setdefault(authority.name, (printed, authority, line))
    if not counts:
        return Found(
            NOBODY, (), ("the paper names no council; a rule of its own, with `extends`, can say whose it is",)
        )
    ranked = sorted(counts, key=lambda name: -counts[name])
    printed, authority, line = first[ranked[0]]
    place = Place(line.page, line.number, 0, box_of(line.box))
    known = "a council that is known" if authority.gss else "no council that is known, so it has no code"
    record = Mending(place, printed, authority.name, f"{known}; named most", one_line(line.text)[:200], "authority")
    equal = [name for name in ranked[1:] if counts[name] == counts[ranked[0]]]
    doubt = (f"{', '.join((ranked[0], *equal))} are named as often as each other; the first is taken",) if equal else ()
    return Found(authority, (record,), doubt)


def is_of_another(paper: Paper, authority: Authority) -> str:
    """The council whose paper it is, if that is plainly not an authority; empty where it may well be that one.

    The first page names a council outside its tables, and nowhere does the paper name the authority.
    """
    named = [a for line in paper.pages[0].lines for _, a in _named(one_line(line.text))] if paper.pages else []
    words = {w for w in regex.findall(r"\p{L}+", authority.name.casefold()) if w not in _NO_NAME | _STYLES | _COMMON}
    if not named or not words:
        return ""
    if any(regex.search(rf"\b{word}\b", paper.text, regex.IGNORECASE) for word in words):
        return ""
    return named[0].name


def _lines(paper: Paper) -> Iterator[TextLine]:
    """The lines of a paper, and the cells of its tables as lines: a title may stand in a frame."""
    for page in paper.pages:
        yield from page.lines
        for table in page.tables:
            for row in table.rows:
                yield from (TextLine(page.number, row.number, cell.text, cell.box) for cell in row.cells if cell.text)


def _named(text: str) -> Iterator[tuple[str, Authority]]:
    """The councils that a text names: as printed, and what they are."""
    if "council" not in text.casefold() and "borough" not in text.casefold():
        return
    shown = text.title() if text.isupper() else text
    for match in _COUNCIL.finditer(shown, timeout=1.0):
        words = match["name"].split(" ")
        while words and words[0].casefold().strip(",.") in _NO_NAME:
            words.pop(0)
        if words and not {word.casefold() for word in words} <= _STYLES:
            before = match["before"] or "" if len(words) == len(match["name"].split(" ")) else ""
            name = " ".join(words)
            printed = before + match[0][len(match["before"] or "") + len(match["name"]) - len(name) :]
            if _key(name) not in known_councils() and ", " in name:
                name = name.rpartition(", ")[2]
            known = known_councils()
            councils = known.get(_key(name)) or known.get(_key(regex.sub("^(?:City|County) of ", "", name)), ())
            council = _of_style(councils, before + (match["style"] or ""))
            # "Other Council" may be anything; a name that no list has must be styled as one, or be the whole line.
            styled = bool(before.strip() or (match["style"] or "").strip())
            if council is not None or styled or match[0] == shown:
                yield match[0], Authority(name=printed, gss=council.gss if council else "")


def _of_style(councils: tuple[Known, ...], style: str) -> Known | None:
    """Of councils that share a name, the county if it is styled so, else the other; a county is styled no other way."""
    styles = set(style.split())
    if "County" not in styles and styles & {"District", "Borough", "City", "Metropolitan"}:
        councils = tuple(c for c in councils if c.kind != "county")
    fitting = [c for c in councils if (c.kind == "county") == ("County" in styles)]
    return next(iter(fitting or councils), None)
