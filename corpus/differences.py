"""How what a paper yields differs from what is kept of it: cell by cell, figure by figure, sum by sum."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd

from corpus.yields import BOX_COLUMNS, CHECKS, FIGURES, MEANT, PRINTED

# Half points are rounded up on one machine and down on another, so boxes that are one point apart are the same.
NEAR = 1
ORDER = "the same content in another order or layout"

# A figure is looked for under its label in its place; what is left, where its label has gone; then, what its place
# now holds.
PLACE = ("page", "row")
LABEL = ("level", "reference", "service", "detail", "partner")
SENSE = ("year", "measure", "kind", "recurrence", "part", "unit")
FIGURE_KEYS = ((*PLACE, *LABEL, *SENSE), (*LABEL, *SENSE), (*PLACE, *SENSE))
CHECK_KEYS = (("identity", "where"),)

Record = Mapping[str, str]


class KeptError(Exception):
    """A kept file that cannot be read: which, and why."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was: "missing", "extra" or "changed", where, and how.

    `money` is by how much an amount is wrong, in pounds, and ranks it; of equal ones the larger amount goes first.
    """

    sort: str
    where: str
    how: str
    money: Decimal = Decimal(0)
    size: Decimal = Decimal(0)

    def __str__(self) -> str:
        return f"{self.sort:<8} {self.where}: {self.how}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of CSV file: what its rows are found again by, how one is named and described, and its amount."""

    keys: tuple[tuple[str, ...], ...]
    name: Callable[[Record], str]
    describe: Callable[[Record], str]
    money: Callable[[Record], Decimal]


def compare(file: str, kept: str, found: str) -> tuple[Difference, ...]:
    """List the differences between a file as it is kept and as it is found, the largest money first.

    Raises:
        KeptError: the kept file cannot be read.
    """
    if kept == found:
        return ()
    try:
        return _compare_rows(SHEETS[file], kept, found) if file in SHEETS else _compare_cells(file, kept, found)
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise KeptError(f"{file} as kept cannot be read: {error}") from error


def _compare_cells(file: str, kept: str, found: str) -> tuple[Difference, ...]:
    before, after = (_numbered(PLACES[file](json.loads(text))) for text in (kept, found))
    differences = tuple(_cell_differences(before, after))
    return differences or (Difference("changed", "all tables", ORDER),)


def _cell_differences(before: Record, after: Record) -> Iterator[Difference]:
    for place in dict.fromkeys((*before, *after)):
        if place not in after:
            yield Difference("missing", place, before[place])
        elif place not in before:
            yield Difference("extra", place, after[place])
        elif before[place] != after[place]:
            yield Difference("changed", place, f"{before[place]} → {after[place]}")


def _numbered(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Tell apart places of the same name: a row that was cut in two has one twice."""
    times: Counter[str] = Counter()
    numbered = {}
    for place, content in pairs:
        times[place] += 1
        numbered[f"{place} ({times[place]})" if times[place] > 1 else place] = content
    return numbered


def _printed_places(tables: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for table in tables:
        head = f"page {table['page']}, table {table['table']}"
        yield head, f"{table['width']} columns, found by its {table['finder']}"
        for row in table["rows"]:
            place = f"{head}, row {row['row']}"
            yield place, f"{len(row['cells'])} cells"
            for column, span, text in row["cells"]:
                yield f"{place}, column {column}", repr(text) + (f" over {span} columns" if span > 1 else "")


def _meant_places(tables: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for table in tables:
        page, number = table["pieces"][0]
        # Not by its number in the paper: one table more would then move all that follow.
        head = f"table {table['table'] or 'without a name'} from page {page}, table {number}"
        yield f"{head}, pieces", str(table["pieces"])
        yield f"{head}, notes", str(table["notes"])
        for column, title in table["columns"]:
            yield f"{head}, title of column {column}", repr(title)
        yield from _meant_rows(f"table {table['table'] or 'without a name'}", table["rows"])


def _meant_rows(head: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        place = f"{head}, page {row['page']}, row {row['row']}"
        yield place, f"a row of sort {row['sort']!r}"
        for column, text in row["cells"]:
            yield f"{place}, column {column}", repr(text)


def _compare_rows(sheet: Sheet, kept: str, found: str) -> tuple[Difference, ...]:
    before, after = _frame(kept), _frame(found)
    if list(before.columns) != list(after.columns):
        return (Difference("changed", "columns", f"{', '.join(before.columns)} → {', '.join(after.columns)}"),)
    pairs = _matched(before, after, sheet.keys)
    differences = [
        *_changed(sheet, before, after, pairs),
        *_alone(sheet, "missing", before.drop(index=[old for old, _ in pairs])),
        *_alone(sheet, "extra", after.drop(index=[new for _, new in pairs])),
    ]
    if not differences and pairs != sorted(pairs, key=lambda pair: pair[1]):
        return (Difference("changed", "all rows", ORDER),)
    return tuple(sorted(differences, key=worst_first))


def worst_first(difference: Difference) -> tuple[Decimal, Decimal]:
    """Rank a difference: the largest wrong amount first."""
    return (-difference.money, -difference.size)


def describe_figures(text: str) -> Iterator[str]:
    """Say each figure of a kept or found figures.csv in a line."""
    for record in _records(_frame(text)):
        yield f"{_figure_name(record)}: {_figure_text(record)}"


def _frame(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text, newline=""), dtype=str, keep_default_na=False)


def _matched(before: pd.DataFrame, after: pd.DataFrame, keys: Iterable[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Pair the rows of two frames by the first key that fits, in the order of the first frame."""
    pairs: list[tuple[int, int]] = []
    for columns in keys:
        old = _keyed(before.drop(index=[old for old, _ in pairs]), columns, "old")
        new = _keyed(after.drop(index=[new for _, new in pairs]), columns, "new")
        merged = old.merge(new, on=[*columns, "nth"])
        pairs += zip(merged["old"].tolist(), merged["new"].tolist(), strict=True)
    return sorted(pairs)


def _keyed(frame: pd.DataFrame, columns: tuple[str, ...], name: str) -> pd.DataFrame:
    """Reduce a frame to a key, how many rows before have the same one, and the frame's index."""
    keyed = frame[list(columns)]
    return keyed.assign(nth=keyed.groupby(list(columns)).cumcount(), **{name: frame.index})


def _changed(
    sheet: Sheet, before: pd.DataFrame, after: pd.DataFrame, pairs: Sequence[tuple[int, int]]
) -> Iterator[Difference]:
    old = before.loc[[old for old, _ in pairs]].reset_index(drop=True)
    new = after.loc[[new for _, new in pairs]].reset_index(drop=True)
    unlike = old.ne(new).any(axis=1)
    for was, now in zip(_records(old[unlike]), _records(new[unlike]), strict=True):
        columns = [name for name in was if not _same(name, was[name], now[name])]
        if columns:
            how = "; ".join(f"{name} {was[name] or 'empty'} → {now[name] or 'empty'}" for name in columns)
            amounts = (sheet.money(was), sheet.money(now))
            yield Difference("changed", sheet.name(was), how, abs(amounts[1] - amounts[0]), max(map(abs, amounts)))


def _records(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(name): str(text) for name, text in row.items()} for row in frame.to_dict("records")]


def _same(column: str, was: str, now: str) -> bool:
    if column in BOX_COLUMNS and was and now:
        return abs(int(was) - int(now)) <= NEAR
    return was == now


def _alone(sheet: Sheet, sort: str, frame: pd.DataFrame) -> Iterator[Difference]:
    for record in _records(frame):
        money = abs(sheet.money(record))
        yield Difference(sort, sheet.name(record), sheet.describe(record), money, money)


def _figure_name(figure: Record) -> str:
    label = " ".join(filter(None, (figure["reference"], figure["detail"] or figure["aes_block"], figure["partner"])))
    sense = " ".join(filter(None, (figure[name] for name in SENSE[:-1])))
    return f"page {figure['page']} row {figure['row']}, {label or figure['level']}, {sense}"


def _figure_text(figure: Record) -> str:
    return f"{Decimal(figure['value']):,} {figure['unit']}, {figure['how']}, {figure['proof']}, from {figure['raw']!r}"


def _figure_money(figure: Record) -> Decimal:
    return Decimal(figure["value"]) if figure["unit"] == "GBP" else Decimal(0)


def _check_name(check: Record) -> str:
    return f"{check['identity']}, {check['where']}"


def _check_text(check: Record) -> str:
    return f"{check['verdict']}, {check['found'] or 'nothing'} for {check['expected'] or 'nothing'}"


def _check_money(check: Record) -> Decimal:
    return Decimal(check["difference"] or 0)


PLACES: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], Iterator[tuple[str, str]]]] = {
    PRINTED: _printed_places,
    MEANT: _meant_places,
}
SHEETS = {
    FIGURES: Sheet(FIGURE_KEYS, _figure_name, _figure_text, _figure_money),
    CHECKS: Sheet(CHECK_KEYS, _check_name, _check_text, _check_money),
}
