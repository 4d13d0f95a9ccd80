"""`savings compare`: what several papers of a run say of the same thing, and how far they are apart."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import NoReturn

import click

from normalise.labels import plain
from pipeline.dataset.codebook import FIGURES
from pipeline.dataset.lines import WORSE
from pipeline.dataset.run import NoRun, Row, Source, open_run
from pipeline.printing import amount_text, csv_line
from pipeline.records import plain_value
from pipeline.status import Exit
from savings.schema import Level, Measure

# What figures may be brought together by, and the column that says it. Names are compared without case and marks.
BY = {
    "authority": "authority",
    "year": "year",
    "block": "aes_block",
    "directorate": "directorate",
    "service": "service",
    "category": "category",
    "reference": "reference",
    "detail": "detail",
}
# What was planned may be set beside what was achieved; how the two differ, or what slipped, may not.
_PLANS = (Measure.TARGET, Measure.REVISED, Measure.FORECAST)

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """What figures must have in common to be compared: kind, recurrence, part and unit."""

    kind: str
    recurrence: str
    part: str
    unit: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What one paper says of one thing: the amount, whether as printed or as the sum of its items, the worst proof."""

    document: str
    measure: str
    value: Decimal
    basis: str
    figures: int
    proof: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Two papers on the same thing: `difference` is the second's less the first's."""

    key: Key
    sort: Sort
    first: Statement
    second: Statement

    @property
    def difference(self) -> Decimal:
        """The second paper's amount less the first's."""
        return self.second.value - self.first.value


@click.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option("--by", default="authority,year,block", show_default=True, help=f"What is the same: {', '.join(BY)}.")
@click.option("--all", "everything", is_flag=True, help="Also where the papers agree.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of text.")
def compare(out: Path, by: str, everything: bool, as_csv: bool) -> None:
    """Print where papers of the results in OUT differ on the same thing, the largest difference first.

    What was planned in one paper is set beside what another planned or achieved: forward look and outturn, draft and
    final budget, last year's promise and this year's account. Of a block or an authority's year a paper's printed
    total is taken where there is one, else the sum of its items; `basis` says which. Only figures of the same kind,
    recurrence, part and unit are compared.

    Exit status: 0 compared, even if nothing differs; 2 wrong usage.
    """
    try:
        found = differences(open_run(out), _names(by), everything=everything)
    except NoRun as error:
        _stop(error)
    for line in _csv_lines(found, _names(by)) if as_csv else _text_lines(found):
        click.echo(line)
    if not found:
        click.echo("savings: no two papers say different things of the same", err=True)


def _stop(problem: object) -> NoReturn:
    click.echo(f"savings: {problem}", err=True)
    sys.exit(Exit.USAGE)


def _names(by: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in by.split(","))
    unknown = [name for name in names if name not in BY]
    if unknown:
        raise click.UsageError(f"--by {unknown[0]!r} is not known; known are: {', '.join(BY)}")
    return names


# --- comparing -------------------------------------------------------------------------------------------------------


def differences(source: Source, by: Sequence[str], *, everything: bool = False) -> list[Difference]:
    """Every two papers that speak of the same thing and differ, or all with `everything`; the largest first."""
    found = [
        difference
        for (key, sort), statements in _statements(source, by).items()
        for difference in _pairs(key, sort, statements)
        if everything or difference.difference
    ]
    return sorted(found, key=lambda d: (-abs(d.difference), d.key, d.first.document, d.second.document))


def _pairs(key: Key, sort: Sort, statements: Iterable[Statement]) -> Iterator[Difference]:
    """Statements of different papers that are about the same measure, or of a plan and of what became of it."""
    for first, second in combinations(sorted(statements, key=lambda s: (s.document, s.measure)), 2):
        if first.document != second.document and _comparable(first.measure, second.measure):
            early, late = sorted((first, second), key=lambda s: s.measure == Measure.ACHIEVED)
            yield Difference(key, sort, early, late)


def _comparable(one: str, other: str) -> bool:
    if one == other:
        return True
    outcomes = {Measure.ACHIEVED.value, *(plan.value for plan in _PLANS)}
    return {one, other} <= outcomes


def _statements(source: Source, by: Sequence[str]) -> dict[tuple[Key, Sort], list[Statement]]:
    """What each paper says of each thing. Held are sums, not figures."""
    sums: dict[tuple[Key, Sort], dict[tuple[str, str], _Sum]] = defaultdict(dict)
    for row in source.rows(FIGURES):
        key = tuple(_name(row, name) for name in by)
        basis = _basis(row, by)
        if basis and all(key):
            sort = Sort(row["kind"], row["recurrence"], row["part"], row["unit"])
            sums[key, sort].setdefault((row["document"], row["measure"]), _Sum()).add(row, basis)
    return {
        place: [found.statement(document, measure) for (document, measure), found in papers.items()]
        for place, papers in sums.items()
        if len({document for document, _ in papers}) > 1
    }


def _name(row: Row, name: str) -> str:
    text = str(row[BY[name]])
    return text if name in ("authority", "year") else plain(text)


ITEMS, PRINTED = "sum of items", "printed total"


def _basis(row: Row, by: Sequence[str]) -> str:
    """Whether a figure is one of the items of the thing, or the paper's own total for it; empty for neither."""
    if row["level"] == Level.ITEM:
        return ITEMS
    if "block" in by:
        return PRINTED if row["level"] == Level.BLOCK and row["aes_block"] else ""
    return PRINTED if row["level"] == Level.TOTAL and set(by) <= {"authority", "year"} else ""


class _Sum:
    """What one paper's figures come to: its items, and its printed totals."""

    def __init__(self) -> None:
        self.values: dict[str, list[tuple[Decimal, str]]] = {ITEMS: [], PRINTED: []}

    def add(self, row: Row, basis: str) -> None:
        """Count one figure."""
        self.values[basis].append((row["value"], row["proof"]))

    def statement(self, document: str, measure: str) -> Statement:
        """The printed total where there is just one, else the sum of the items."""
        printed, items = self.values[PRINTED], self.values[ITEMS]
        basis = PRINTED if len({value for value, _ in printed}) == 1 or not items else ITEMS
        taken = printed[:1] if basis == PRINTED else items
        worst = max((proof for _, proof in taken), key=WORSE.index)
        return Statement(document, measure, sum((v for v, _ in taken), Decimal(0)), basis, len(taken), worst)


# --- printing --------------------------------------------------------------------------------------------------------


def _text_lines(found: Sequence[Difference]) -> Iterator[str]:
    for each in found:
        said = ", ".join(filter(None, (each.sort.kind, each.sort.recurrence, each.sort.part)))
        yield f"{' · '.join(each.key)} ({said}): {amount_text(each.difference, signed=True)} {each.sort.unit}"
        for statement in (each.first, each.second):
            yield (
                f"  {amount_text(statement.value):>16}  {statement.measure}, {statement.basis}, {statement.proof}: "
                f"{statement.document}"
            )


def _csv_lines(found: Sequence[Difference], by: Sequence[str]) -> Iterator[str]:
    sides = [f"{name}_{side}" for side in ("first", "second") for name in (f.name for f in fields(Statement))]
    yield csv_line([*by, *(f.name for f in fields(Sort)), *sides, "difference"])
    for each in found:
        values = [getattr(s, f.name) for s in (each.first, each.second) for f in fields(Statement)]
        sort = [getattr(each.sort, f.name) for f in fields(Sort)]
        yield csv_line([*each.key, *sort, *map(plain_value, values), plain_value(each.difference)])
