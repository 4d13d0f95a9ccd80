"""`savings diff`: two runs, figure by figure: what is new, gone, changed, now right or now doubtful."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from heapq import merge
from itertools import groupby
from pathlib import Path

import click

from pipeline.dataset.codebook import FIGURES
from pipeline.dataset.keys import figure_key
from pipeline.dataset.lines import WORSE
from pipeline.dataset.run import NoRun, Row, Source, open_run
from pipeline.printing import amount_text, csv_line
from pipeline.records import plain_value
from pipeline.status import Exit
from savings.schema import Proof

# What a figure is about, apart from its place: a figure that moved to another row is found again by it.
_ABOUT = ("page", "level", "aes_code", "reference", "service", "detail", "partner", "year", "measure", "kind")
_SHARP = ("recurrence", "part", "raw")
_TEXTS = ("level", "aes_block", "reference", "category", "directorate", "service", "partner", "detail", "comment")


class Change(StrEnum):
    """What became of a figure from the first run to the second."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    NOW_RIGHT = "now right"
    NOW_DOUBTFUL = "now doubtful"
    TEXTS = "texts changed"


@dataclass(frozen=True, slots=True)
class Changed:
    """One figure in which two runs differ; None where a run does not have it."""

    change: Change
    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The figure as the later run has it, or else the earlier."""
        row = self.after or self.before
        assert row is not None
        return row

    @property
    def money(self) -> Decimal:
        """How much hangs on it: what the value changed by, or the value itself."""
        before: Decimal = self.before["value"] if self.before else Decimal(0)
        after: Decimal = self.after["value"] if self.after else Decimal(0)
        return abs(after - before) if before != after else abs(after)


@click.command()
@click.argument("out1", type=click.Path(path_type=Path), metavar="OUT1")
@click.argument("out2", type=click.Path(path_type=Path), metavar="OUT2")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of text.")
def diff(out1: Path, out2: Path, as_csv: bool) -> None:
    """Print how the figures of the run in OUT2 differ from those of the run in OUT1, the largest money first.

    A figure is new, gone, changed (its value), now right (reconciled, and was not), now doubtful (contradicted or
    ambiguous, and was not), or has other texts. The counts go to stderr.

    Exit status: 0 no figure differs; 1 some do; 2 wrong usage.
    """
    try:
        changes = sorted(changes_of(open_run(out1), open_run(out2)), key=_order)
    except NoRun as error:
        click.echo(f"savings: {error}", err=True)
        sys.exit(Exit.USAGE)
    for line in _csv_lines(changes) if as_csv else map(_text, changes):
        click.echo(line)
    counts = Counter(change.change for change in changes)
    said = ", ".join(f"{counts[change]} {change}" for change in Change if counts[change])
    click.echo(f"savings: {said or 'no figure differs'}", err=True)
    sys.exit(Exit.INCOMPLETE if changes else Exit.OK)


def _order(changed: Changed) -> tuple[Decimal, str, str]:
    return (-changed.money, changed.row["document"], figure_key(changed.row))


# --- comparing -------------------------------------------------------------------------------------------------------


def changes_of(first: Source, second: Source) -> Iterator[Changed]:
    """All figures in which two runs differ. Of each run one paper's figures are in memory at a time."""
    rows_of_both = merge(_side_rows(first, 0), _side_rows(second, 1), key=_document)
    for _, rows in groupby(rows_of_both, key=_document):
        held: tuple[list[Row], list[Row]] = ([], [])
        for _, side, row in rows:
            held[side].append(row)
        yield from _of_paper(*held)


def _side_rows(source: Source, side: int) -> Iterator[tuple[str, int, Row]]:
    return ((row["document"], side, row) for row in source.rows(FIGURES))


def _document(entry: tuple[str, int, Row]) -> str:
    return entry[0]


def _of_paper(before: list[Row], after: list[Row]) -> Iterator[Changed]:
    """Figures are matched by key and raw text, then by key, then by what they are about."""
    for name in (_exact, figure_key, _about):
        pairs, before, after = _matched(before, after, name)
        yield from (changed for pair in pairs if (changed := _change(*pair)))
    yield from (Changed(Change.GONE, row, None) for row in before)
    yield from (Changed(Change.NEW, None, row) for row in after)


def _exact(row: Row) -> str:
    return f"{figure_key(row)} {row['detail']} {row['raw']}"


def _about(row: Row) -> str:
    return "\x1f".join(str(row[name]) for name in (*_ABOUT, *_SHARP))


def _matched(
    before: list[Row], after: list[Row], name: Callable[[Row], str]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """The pairs of one name, in order, and what is left on both sides."""
    waiting: defaultdict[str, list[Row]] = defaultdict(list)
    for row in before:
        waiting[name(row)].append(row)
    pairs, new = [], []
    for row in after:
        if waiting.get(name(row)):
            pairs.append((waiting[name(row)].pop(0), row))
        else:
            new.append(row)
    return pairs, [row for rows in waiting.values() for row in rows], new


def _change(before: Row, after: Row) -> Changed | None:
    if before["value"] != after["value"] or before["unit"] != after["unit"]:
        return Changed(Change.CHANGED, before, after)
    if _is_right(after) and not _is_right(before):
        return Changed(Change.NOW_RIGHT, before, after)
    if _is_doubtful(after) and not _is_doubtful(before):
        return Changed(Change.NOW_DOUBTFUL, before, after)
    differs = before["proof"] != after["proof"] or any(before[name] != after[name] for name in _TEXTS)
    return Changed(Change.TEXTS, before, after) if differs else None


def _is_right(row: Row) -> bool:
    return bool(row["proof"] == Proof.RECONCILED)


def _is_doubtful(row: Row) -> bool:
    return row["proof"] in WORSE[2:]


# --- printing --------------------------------------------------------------------------------------------------------


def _text(changed: Changed) -> str:
    row = changed.row
    what = next((row[name] for name in ("detail", "service", "directorate", "aes_block") if row[name]), "")
    sides = " → ".join(_side(side) for side in (changed.before, changed.after) if side)
    about = ", ".join(filter(None, (row["measure"], row["kind"], row["recurrence"], row["part"], row["year"])))
    return f"{changed.change:<13} {sides}  {row['document']} page {row['page']} row {row['row']}: {what}: {about}"


def _side(row: Row) -> str:
    return f"{amount_text(row['value'])} {row['proof']}"


def _csv_lines(changes: Iterable[Changed]) -> Iterator[str]:
    names = ("document", "page", "row", "level", "detail", "year", "measure", "kind", "recurrence", "part", "unit")
    sides = ("value", "proof", "how", "raw")
    yield csv_line(["change", *names, *(f"{name}_{side}" for side in ("before", "after") for name in sides)])
    for changed in changes:
        values = [plain_value(row[name]) if row else "" for row in (changed.before, changed.after) for name in sides]
        yield csv_line([changed.change, *(str(changed.row[name]) for name in names), *values])
