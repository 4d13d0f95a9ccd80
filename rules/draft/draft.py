"""A rule file proposed from a paper that nobody has seen: tables, columns, rows, scale, sign, and sums that hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import regex

from extract.paper import Paper
from normalise.labels import contains, plain
from rules.apply import apply_rule
from rules.draft.about import About, about
from rules.draft.columns import Named, header_of, name_columns
from rules.draft.rowsorts import headed_by_blocks
from rules.draft.scales import Said, YearSaid, guess_scale, year_of
from rules.draft.sheet import Sheet, labels, same_header, sheets
from rules.draft.sums import Evidence, find_sums, unproved
from rules.draft.tables import Table, draft_table
from rules.draft.words import meanings
from rules.model import Rule
from rules.years import NoYear

NO_AUTHORITY = "Name of the authority"
MOST_PHRASES = 6
SOME_YEAR = "1999/00"


class NothingToDraft(ValueError):
    """No table of a paper looks like savings: what was found instead."""


@dataclass(frozen=True)
class Draft:
    """A drafted rule: its keys as a rule file has them, in order, and remarks on them by key."""

    keys: Mapping[str, Any]
    remarks: Mapping[str, tuple[str, ...]]
    sums: tuple[Evidence, ...]
    tables: tuple[Table, ...]

    @property
    def rule(self) -> Rule:
        """The rule that the keys make."""
        return Rule.model_validate(self.keys)


@dataclass
class _Making:
    """A draft in the making."""

    paper: Paper
    tables: list[Table] = field(default_factory=list)
    others: list[tuple[Sheet, tuple[Named, ...], About]] = field(default_factory=list)
    year: YearSaid | None = None
    remarks: dict[str, list[str]] = field(default_factory=dict)

    def remark(self, key: str, text: str) -> None:
        """Say something of a key, for the person who reads the draft."""
        self.remarks.setdefault(key, []).append(text)


def draft_rule(paper: Paper, layout: str = "drafted") -> Draft:
    """Propose a rule for a paper. Raises NothingToDraft where no table of it looks like savings."""
    making = _Making(paper)
    _find_tables(making)
    if not making.tables:
        raise NothingToDraft(_nothing(making))
    _settle_scales(making)
    _tell_apart(making)
    keys = _keys(making, layout)
    sums = _sums(making, keys)
    return Draft(keys, {k: tuple(v) for k, v in making.remarks.items()}, sums, tuple(making.tables))


def _find_tables(making: _Making) -> None:
    found = [(sheet, name_columns(sheet)) for sheet in sheets(making.paper)]
    savings = [(sheet, columns, about(sheet, columns)) for sheet, columns in found]
    making.year = year_of(making.paper, [s for s, _, a in savings if a.is_saving])
    names: Counter[str] = Counter()
    for sheet, columns, matter in _merged(savings):
        if matter.is_saving:
            table = draft_table(sheet, columns, matter, making.year, _name(columns, names))
            making.tables.append(table)
        else:
            making.others.append((sheet, columns, matter))


_Judged = tuple[Sheet, tuple[Named, ...], About]


def _merged(found: Sequence[_Judged]) -> list[_Judged]:
    """Tables of savings with one header are one table, whatever stands above each of them."""
    kept: list[_Judged] = []
    for sheet, columns, matter in found:
        fellow = next((s for s, _, a in kept if a.is_saving and matter.is_saving and same_header(s, sheet.first)), None)
        if fellow is None:
            kept.append((sheet, columns, matter))
        else:
            fellow.pieces += sheet.pieces
    return [(Sheet(s.pieces), c, a) for s, c, a in kept]


def _name(columns: Sequence[Named], names: Counter[str]) -> str:
    base = "blocks" if any(n.field == "aes_block" for n in columns) else "savings"
    names[base] += 1
    return base if names[base] == 1 else f"{base} {names[base]}"


def _nothing(making: _Making) -> str:
    seen = [
        f"page {s.first.page.number}: {', '.join(filter(None, labels(s.first)))[:80] or 'no header'} ({a.why_not})"
        for s, _, a in making.others
    ]
    if not seen:
        return "no table was found in it. Figures in prose need statements, which are written by hand"
    more = f"; and {len(seen) - 6} more" if len(seen) > 6 else ""
    return "no table of it looks like savings. Found: " + "; ".join(seen[:6]) + more


# --- scale ------------------------------------------------------------------------------------------------------------


def _settle_scales(making: _Making) -> None:
    """A table that says nothing of its scale has that of the others, or a guess; both are doubted."""
    known = [t.scale for t in making.tables if t.scale is not None]
    for table in making.tables:
        if table.scale is not None:
            continue
        if len({s.value for s in known}) == 1:
            doubt = "no scale is printed over this table; another one of the paper has it"
            table.scale = Said(known[0].value, "", doubt)
        else:
            table.scale = guess_scale([a.number for v in table.rows.views for a in v.amounts.values()])


def _usual(values: Sequence[int | str]) -> int | str:
    return Counter(values).most_common(1)[0][0]


# --- telling tables and papers apart ----------------------------------------------------------------------------------


def _tell_apart(making: _Making) -> None:
    """Tables with a header like that of one which holds no savings are told by the words above them."""
    for table in making.tables:
        alike = [sheet for sheet, _, _ in making.others if _looks_alike(table.sheet, sheet)]
        if not alike:
            continue
        pieces = [p for sheet in alike for p in sheet.pieces]
        page = _phrase([p.page.text_between for p in table.sheet.pieces], [p.page.text_between for p in pieces])
        title = _phrase([p.title for p in table.sheet.pieces[:1]], [p.title for p in pieces])
        if page:
            table.pages = (page,)
        elif title:
            table.title = (title,)
            table.not_title = tuple(filter(None, (_own_title(sheet, table.sheet) for sheet in alike)))
        else:
            making.remark(table.name, "another table has the same header, and no words above tell the two apart")


def _own_title(sheet: Sheet, other: Sheet) -> str:
    """Words above a sheet that do not stand above another one."""
    return _phrase([sheet.first.title], [p.title for p in other.pieces])


def _looks_alike(one: Sheet, other: Sheet) -> bool:
    mine, its = {plain(x) for x in labels(one.first) if x}, {plain(x) for x in labels(other.first) if x}
    return bool(mine and its) and 2 * len(mine & its) >= min(len(mine), len(its))


def _phrase(texts: Sequence[str], others: Sequence[str]) -> str:
    """Words without figures that stand in all of some texts and in none of the others; those on savings first."""
    found: list[str] = []
    for line in texts[0].split("\n") if texts else []:
        for run in regex.split(r"[^\p{L}\s\-–&'’/,:]*\d\S*|[|]", line):
            phrase = " ".join(run.split()).strip(" -–:,/")
            everywhere = len(plain(phrase)) >= 6 and all(contains(plain(t), phrase) for t in texts)
            if everywhere and not any(contains(plain(t), phrase) for t in others):
                found.append(phrase)
    return max(found, key=lambda p: ("saving" in meanings(p, "about"), -len(p)), default="")


def _match(making: _Making) -> dict[str, list[str]]:
    """Phrases that know the layout again: titles, then the labels of its columns and bands; none that holds a year."""
    text = plain(making.paper.text)
    found: list[str] = []
    for table in making.tables:
        labelled = [n.label.own for n in table.columns] + [n.label.band for n in table.columns]
        for label in (*table.pages, *table.title, *_titles(table), *labelled):
            phrase = " ".join(label.split())
            telling = len(plain(phrase)) >= 4 and not regex.search(r"\d", phrase) and contains(text, phrase)
            if telling and plain(phrase) not in map(plain, found):
                found.append(phrase)
    return {"all": found[:MOST_PHRASES] or [_most_telling(making)]}


def _titles(table: Table) -> Iterator[str]:
    """What the lines above a table say of savings, up to the first figure in them."""
    for line in table.sheet.first.title.split("\n"):
        phrase = regex.split(r"\d", line)[0].strip(" -–:,(£")
        if 8 <= len(phrase) <= 60 and "saving" in meanings(phrase, "about") and "ouncil" not in phrase:
            yield phrase


def _most_telling(making: _Making) -> str:
    lines = [line.text for line in making.paper.pages[0].lines] or [making.tables[0].sheet.first.grid[0].filled[0].text]
    telling = max(lines, key=lambda t: ("saving" in meanings(t, "about"), -len(t)))
    return regex.split(r"\d", telling)[0].strip() or lines[0]


_NAME = r"[A-Z][\w'-]+(?:[ -](?:and |& |upon |on |of |in |the |-)*[A-Z][\w'-]+){0,4}"
_AUTHORITY = regex.compile(
    rf"(?:London Borough|Royal Borough|City|Borough) of {_NAME}"
    rf"|{_NAME} (?:County|City|Borough|District|Metropolitan)?(?: Borough)? ?Council"
)


def _authority(making: _Making) -> dict[str, str]:
    found = Counter(m[0] for page in making.paper.pages for m in _AUTHORITY.finditer(page.text_between))
    if not found:
        making.remark("authority", "no council is named in the paper; say whose it is")
        return {"name": NO_AUTHORITY}
    making.remark("authority", "check the name, and add the council's code: gss: E00000000")
    return {"name": found.most_common(1)[0][0]}


# --- keys -----------------------------------------------------------------------------------------------------------


def _keys(making: _Making, layout: str) -> dict[str, Any]:
    scales = [t.scale.value for t in making.tables if t.scale is not None]
    scale, sign = _usual(scales), int(_usual([t.sign.value for t in making.tables]))
    keys: dict[str, Any] = {"authority": _authority(making), "layout": layout, "match": _match(making)}
    coded = any(n.field in ("aes_code", "aes_block") for t in making.tables for n in t.columns)
    if coded or any(headed_by_blocks(t.rows) for t in making.tables):
        keys["codes"] = "aes"
    keys |= {"year": _year(making), "scale": scale}
    evidence = next(
        (t.scale.evidence for t in making.tables if t.scale and t.scale.value == scale and t.scale.evidence), ""
    )
    if evidence:
        keys["scale_evidence"] = evidence
    if sign != 1:
        keys["sign"] = sign
        making.remark("sign", making.tables[0].sign.evidence)
    keys["tables"] = {t.name: t.keys(scale, sign) for t in making.tables} | dict(_left_out(making))
    ignored = list(_ignored(making))
    if ignored:
        keys["ignore"] = ignored
    return keys


def _year(making: _Making) -> Any:
    dated = [f.years for t in making.tables for n in t.figures if (f := n.figures)]
    if all(dated) and dated:
        return "printed"
    year = making.year
    if year is None:
        making.remark("year", "no year was found in the paper; this one stands for it")
        return SOME_YEAR
    if year.pattern:
        return {"find": year.pattern}
    making.remark("year", f"{year.doubt or 'the year of this paper'}; for other years' papers say where it is printed")
    return year.year


def _left_out(making: _Making) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tables that hold no savings, left out by their header, or where that is another's, too, by the words above."""
    for number, (sheet, columns, matter) in enumerate(making.others, 1):
        alike = [t for t in making.tables if _looks_alike(sheet, t.sheet)]
        title = _own_title(sheet, alike[0].sheet) if alike else ""
        if sum(bool(n.label.own) for n in columns) < 2 or (alike and (not title or _page_phrase(making, sheet))):
            continue
        keys: dict[str, Any] = {"publish": False}
        if alike:
            keys["title"] = {"any": [title], "none": [t for table in alike for t in table.title]}
        yield (
            f"no savings {number}",
            keys
            | {
                "columns": [_left_out_column(n, matter) for n in columns],
                "rows": [{"level": "note", "why": matter.why_not}],
            },
        )


def _left_out_column(n: Named, matter: About) -> dict[str, Any]:
    header = {"header": header_of(n.label)} if n.label.own else {}
    return header | {"ignore": matter.why_not}


def _ignored(making: _Making) -> Iterator[dict[str, Any]]:
    """Pages whose tables hold no savings, by their words, where a header would not tell them."""
    for sheet, _, matter in making.others:
        phrase = _page_phrase(making, sheet) if any(_looks_alike(sheet, t.sheet) for t in making.tables) else ""
        if phrase:
            yield {"pages": {"any": [phrase]}, "why": matter.why_not}


def _page_phrase(making: _Making, sheet: Sheet) -> str:
    """Words of the pages of a sheet that stand on no page with savings."""
    savings = [p.page.text_between for t in making.tables for p in t.sheet.pieces]
    return _phrase([p.page.text_between for p in sheet.pieces], savings)


# --- sums -----------------------------------------------------------------------------------------------------------


def _sums(making: _Making, keys: dict[str, Any]) -> tuple[Evidence, ...]:
    """Try the sums that may be promised, and add those that the paper proves to the keys."""
    rule = Rule.model_validate(keys)
    try:
        mapped = apply_rule(rule, making.paper)
    except NoYear as error:
        making.remark("identities", f"no sum could be tried: {error}")
        return ()
    found = find_sums(rule, mapped.problem)
    accepted = [e for e in found if e.accepted]
    if accepted:
        keys["identities"] = [dict(e.candidate.keys) for e in accepted]
    for evidence in found:
        if evidence.is_near:
            making.remark("identities", f"not declared: {evidence.candidate.keys['name']}: {evidence.why}")
    for table, level in unproved(found, mapped.problem):
        _doubt_rows(keys["tables"][table]["rows"], level)
    return found


def _doubt_rows(rows: Sequence[dict[str, Any]], level: str) -> None:
    """Sums that do not add up what was taken for their lines may be sums of something else."""
    for row in rows:
        if row["level"] == level:
            row["unsure"] = "its amounts are not what the lines above come to"


__all__ = ["Draft", "NothingToDraft", "draft_rule", "replace"]
