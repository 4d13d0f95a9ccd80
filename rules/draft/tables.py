"""One table of a drafted rule: what its sheet's columns, rows, scale, sign and years come to, as a rule file's keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import regex

from normalise.labels import plain
from normalise.numbers import split_amounts
from rules.draft.about import About, plan_or_outcome
from rules.draft.columns import YEAR, Figures, Named, header_of, slug, year_text
from rules.draft.rowsorts import (
    BLOCK,
    ITEM,
    SUMS,
    Sorted,
    block_names_below,
    escaped,
    is_sum_label,
    row_rules,
    sort_rows,
)
from rules.draft.scales import NEVER_PLAIN, Said, YearSaid, difference, majority_sign, scale_of, sign_of
from rules.draft.sheet import RowView, Sheet, views
from rules.draft.words import meanings

PLANS, OUTCOMES = ("revised", "target"), ("forecast", "achieved")


@dataclass
class Table:
    """A table being drafted. `doubts` hold for the whole table; those of columns stay with them."""

    name: str
    sheet: Sheet
    columns: tuple[Named, ...]
    about: About
    rows: Sorted
    scale: Said | None = None
    sign: Said = field(default_factory=lambda: Said(1))
    signs: dict[int, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    outside: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    not_title: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()

    @property
    def figures(self) -> list[Named]:
        """The columns of amounts."""
        return [n for n in self.columns if n.figures is not None]

    def keys(self, scale: int | str, sign: int) -> dict[str, Any]:
        """The table as a rule file has it; `scale` and `sign` are the rule's own, which need no repeating."""
        found: dict[str, Any] = {}
        if self.pages:
            found["pages"] = {"all": list(self.pages)}
        if self.title:
            found["title"] = {"any": list(self.title)} | ({"none": list(self.not_title)} if self.not_title else {})
        if self._is_below:
            found |= {"labels": "below", "loose": True}
        if not self.about.is_saving:
            found["publish"] = False
        doubt = self._doubt()
        if doubt:
            found["unsure"] = doubt
        found["columns"] = list(self._columns(scale, sign))
        outside = [{"level": "total", "when": {"text": escaped(label)}, "outside": True} for label in self.outside]
        found["rows"] = [*outside, *row_rules(self.sheet, self.rows, self.columns)]
        return found

    @property
    def _is_below(self) -> bool:
        return block_names_below(self.rows, self.columns)

    def _doubt(self) -> str:
        scale = self.scale.doubt if self.scale else ""
        return "; ".join(filter(None, (self.about.doubt, scale, self.sign.doubt, *self._common)))

    @property
    def _common(self) -> tuple[str, ...]:
        """What is doubtful about every column of amounts."""
        doubts = [n.figures.doubts for n in self.columns if n.figures is not None]
        return tuple(d for d in doubts[0] if len(doubts) > 1 and all(d in each for each in doubts)) if doubts else ()

    def _columns(self, scale: int | str, sign: int) -> Iterator[dict[str, Any]]:
        for band, group in groupby(self.columns, key=self._band):
            columns = [self._column(n, scale, sign) for n in group]
            if band is None:
                yield from _repeated(columns)
            else:
                yield {"band": band[1], "year": "printed", "columns": [_without_year(c) for c in columns]}

    def _band(self, n: Named) -> tuple[tuple[int, ...], str] | None:
        """The band that prints the year of its columns; other bands are said column by column."""
        if n.figures is None or not n.figures.year_in_band:
            return None
        return n.label.group, year_text(n.label.band)

    def _column(self, n: Named, scale: int | str, sign: int) -> dict[str, Any]:
        header = header_of(n.label)
        found: dict[str, Any] = {"header": header} if header else {}
        if n.figures is None:
            key = "field" if n.field else "key" if n.key else "ignore"
            return found | {key: n.field or n.key or n.ignore}
        return found | self._figure_keys(n, n.figures, scale, sign)

    def _figure_keys(self, n: Named, f: Figures, scale: int | str, sign: int) -> dict[str, Any]:
        own_scale = (
            f.scale
            if f.scale > 1 and self.scale and self.scale.value != "suffix"
            else self.scale.value
            if self.scale
            else scale
        )
        own_sign = self.signs.get(n.index, self.sign.value)
        keys: dict[str, Any] = {"measure": f.measure, "kind": f.kind or "total", "year": _year_key(f)}
        if f.recurrence:
            keys["recurrence"] = f.recurrence
        if f.part:
            keys["part"] = f.part
        if f.unit:
            keys |= {"unit": f.unit, "scale": 1}
        elif own_scale != scale:
            keys["scale"] = own_scale
        if own_sign != sign:
            keys["sign"] = own_sign
        doubts = [d for d in f.doubts if d not in self._common]
        if doubts:
            keys["unsure"] = "; ".join(doubts)
        return keys


def _year_key(f: Figures) -> str:
    if f.years and f.years[0].startswith("span:"):
        return f.years[0].removeprefix("span:")
    return "printed" if f.years else "base"


def _without_year(column: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in column.items() if not (k == "year" and v == "printed")}


def _repeated(columns: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Year columns that differ in nothing are said once."""
    for _, group in groupby(columns, key=lambda c: sorted((k, str(v)) for k, v in c.items())):
        same = list(group)
        if len(same) > 1 and same[0].get("header") == YEAR:
            yield {"header": YEAR, "times": len(same), **{k: v for k, v in same[0].items() if k != "header"}}
        else:
            yield from same


def draft_table(sheet: Sheet, columns: Sequence[Named], matter: About, year: YearSaid | None, name: str) -> Table:
    """Draft one table. Its figures' years, measures, scale and sign are as its header says, or doubted."""
    figures = [n.index for n in columns if n.figures is not None]
    rows = sort_rows(list(views(sheet, figures)), columns)
    table = Table(name, sheet, tuple(columns), matter, rows)
    table.columns = tuple(_settled(table, year))
    table.scale = scale_of(sheet, table.columns, rows.views)
    if rows.left_out:
        # The groups that are none are told row by row.
        table.about = replace(matter, doubt="")
    table.sign = sign_of(sheet, table.columns, rows.rows(ITEM, BLOCK), rows.rows(*SUMS))
    _settle_signs(table)
    table.outside = tuple(_sums_outside(table))
    return table


def _sums_outside(table: Table) -> Iterator[str]:
    """Labels of sums that are printed below a table, in no cell of it, with an amount for each of its columns."""
    pages = {id(piece.page): piece.page for piece in table.sheet.pieces}
    for page in pages.values():
        for line in page.lines:
            label, amounts = split_amounts(line.text)
            if len(amounts) == len(table.figures) > 1 and is_sum_label(label):
                yield label


# --- what the figures measure ---------------------------------------------------------------------------------------


def _settled(table: Table, year: YearSaid | None) -> list[Named]:
    """The columns with what their headers leave open settled by the table's words, or doubted."""
    time, doubt = plan_or_outcome(table.sheet, table.columns)
    if time != "target" and len({n.figures.years[0] for n in table.figures if n.figures and n.figures.years}) > 1:
        # Over several years savings are planned, unless the columns themselves say otherwise.
        time = ""
    said = any(n.figures and n.figures.measure for n in table.figures)
    columns = [
        n if n.figures is None else replace(n, figures=_measured(n.figures, (time, doubt), said)) for n in table.columns
    ]
    columns = [n if n.figures is None else replace(n, figures=_sorted_out(table, n.figures)) for n in columns]
    columns = _with_spans(table, columns)
    columns = [n if n.figures is None else replace(n, figures=_dated(n.figures, columns, year)) for n in columns]
    return _distinct(columns, year)


def _measured(f: Figures, words: tuple[str, str], said: bool) -> Figures:
    """What a column measures: as its header says, else by the words about the table, which may leave a doubt."""
    if f.unit == "percent" and not f.measure:
        f = f.doubting("a share: of what?")
    if f.measure:
        return f
    time, doubt = words
    f = replace(f, measure=time or "target")
    if not time:
        return f.doubting("the words do not say whether this is planned or achieved")
    if doubt:
        f = f.doubting(doubt)
    if said and not f.kind and not f.recurrence and not f.years:
        return f.doubting("its header does not say what it measures, as others do")
    return f.doubting("taken for a forecast by the words over the table") if time == "forecast" else f


def _sorted_out(table: Table, f: Figures) -> Figures:
    """What the words about the table add to a column: the national indicator's gains, cashable ones, counts."""
    if f.unit == "count":
        return f.doubting("a count, and no money: keep it, or ignore the column")
    kinds = {n.figures.kind for n in table.figures if n.figures} & {"cashable", "non_cashable"}
    if kinds:
        return f
    words = " ".join([table.sheet.first.page.text_between, *(t for v in rows_of(table) for t in v.texts.values())])
    if _NI_179.search(words):
        # By its definition: the value of ongoing cash-releasing gains since 2008/09. Papers list each year's own, too.
        defined = replace(f, kind="cashable", recurrence="ongoing", part=f.part or "cumulative")
        return defined.doubting(
            "by the indicator's definition, ongoing gains since 2008/09: or are they each year's own?"
        )
    if not f.unit and _ALL_CASHABLE.search(words):
        return replace(f, kind="cashable")
    if not f.unit and "cashable" in meanings(words, "kind"):
        return f.doubting("the paper speaks of cashable gains: are these all, or only those?")
    return f


def rows_of(table: Table) -> list[RowView]:
    """The lines of a table."""
    return table.rows.rows(ITEM, BLOCK)


# "Gains that are not cashable are not listed", "all savings are cashable".
_ALL_CASHABLE = regex.compile(
    r"\bno[nt][ -]?cash[^.]{0,40}\b(?:not (?:listed|included|counted|shown)|left out|excluded)"
    r"|\b(?:all|only) (?:of (?:them|these) )?(?:the )?(?:gains |savings )?(?:are )?cash(?:able| releasing)",
    regex.IGNORECASE,
)
_NI_179 = regex.compile(r"\bNI ?179\b|national indicator 179", regex.IGNORECASE)


def _with_spans(table: Table, columns: list[Named]) -> list[Named]:
    """A total beside columns of several years is for all of them, where the rows show that it adds them up."""
    years = {n.index: n.figures.years[0] for n in columns if n.figures and n.figures.years and not n.figures.unit}
    span = sorted(set(years.values()))
    if len(span) < 2 or len(span) < len(years):
        return columns
    return [
        replace(n, figures=_spanning(table, n, n.figures, years))
        if n.figures and not n.figures.years and n.figures.kind == "total" and not n.figures.unit
        else n
        for n in columns
    ]


def _spanning(table: Table, n: Named, f: Figures, years: Mapping[int, str]) -> Figures:
    rows = [v for v in table.rows.views if n.index in v.amounts]
    holds = sum(v.value(n.index) == sum(map(v.value, years)) for v in rows)
    f = replace(f, years=(f"span:{min(years.values())}-{max(years.values())}",), year_in_band=False)
    return f if 2 * holds > len(rows) else f.doubting("a total of the years, which they do not come to")


def _dated(f: Figures, columns: Sequence[Named], year: YearSaid | None) -> Figures:
    if f.recurrence == "ongoing" and not f.years and any(n.figures and n.figures.years for n in columns):
        return f.doubting("an ongoing or full-year effect: of which year?")
    if f.years:
        return f.doubting("its header names several years") if len(f.years) > 1 else f
    printed = sorted(
        {n.figures.years[0] for n in columns if n.figures and n.figures.years and "span" not in n.figures.years[0]}
    )
    if printed:
        same = year is not None and not year.doubt and year.year == printed[0]
        return f if same else f.doubting("no year is printed over it; it is taken for the first year of the table")
    if year is None:
        return f.doubting("no year was found in the paper; say it under `year`")
    return f.doubting(year.doubt) if year.doubt else f


def _distinct(columns: Sequence[Named], year: YearSaid | None) -> list[Named]:
    """Columns that would measure the same are parts of something; the one that is called total is the whole."""
    base = min([y for n in columns if n.figures for y in n.figures.years if "span" not in y], default="")
    base = year.year if year is not None else base

    def said(f: Figures) -> tuple[str, ...]:
        return _signature(f if f.years else replace(f, years=(base,)))

    count = Counter(said(n.figures) for n in columns if n.figures)
    return [replace(n, figures=_part(n, n.figures)) if n.figures and count[said(n.figures)] > 1 else n for n in columns]


def _part(n: Named, f: Figures) -> Figures:
    if f.kind == "total":
        return f
    part = slug(n.label.own) or f"column {n.index + 1}"
    return replace(f, part=part).doubting("another column seems to measure the same; which part of it is this?")


def _signature(f: Figures) -> tuple[str, ...]:
    return (f.measure, f.kind or "total", f.recurrence, f.part, f.unit, *f.years)


# --- signs ----------------------------------------------------------------------------------------------------------


def _settle_signs(table: Table) -> None:
    """Variances are outcome less plan in savings terms; what slipped or cannot be delivered is a positive amount."""
    columns = list(table.columns)
    for k, n in enumerate(columns):
        if n.figures is None or n.figures.measure not in NEVER_PLAIN:
            if n.figures is not None and n.figures.unit == "count":
                table.signs[n.index] = majority_sign(n.index, table.rows.rows(ITEM, BLOCK))
            continue
        if n.figures.measure == "variance":
            columns[k] = _signed_variance(table, n, n.figures)
        else:
            table.signs[n.index] = majority_sign(n.index, table.rows.rows(ITEM, BLOCK))
    table.columns = tuple(columns)


def _signed_variance(table: Table, n: Named, f: Figures) -> Named:
    plans = _fellows(table, f, PLANS)
    outcomes = _fellows(table, f, OUTCOMES)
    sign = int(table.sign.value)
    rows = [v for v in table.rows.views if v.amounts]
    found = difference(n.index, outcomes, plans, rows)
    if found is not None:
        table.signs[n.index] = sign * found.sign
        return n
    words = plain(n.label.all)
    if "shortfall" in words and "surplus" not in words:
        table.signs[n.index] = -majority_sign(n.index, rows)
        return replace(n, figures=f.doubting("taken for a shortfall, so for less than planned"))
    return replace(
        n, figures=f.doubting("no row shows which way the variance is counted; a shortfall has to be negative")
    )


def _fellows(table: Table, f: Figures, measures: Sequence[str]) -> list[int]:
    """The columns of some measures that agree with another in all else."""
    return [
        m.index
        for measure in measures
        for m in table.figures
        if m.figures is not None
        and m.figures.measure == measure
        and _signature(replace(m.figures, measure="")) == _signature(replace(f, measure=""))
    ]
