"""What becomes of papers whose columns stand in another order than their rule has them.

    python -m benchmarks.exchanged [CASE...] [--show N]

In every paper of the corpus each pair of neighbouring columns changes places, in all tables at once, headers and all;
tables with a cell over one of the two and a third are left. What the rule then reads is compared with what the paper as
it is gives: a figure of the same place in the paper, sense and value is right.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from corpus.folders import CORPUS, all_cases, case_name, paper_of
from extract.paper import Cell, Page, Paper, PrintedTable
from extract.read import read_paper
from pipeline.read import stages_of
from pipeline.records import FigureRow
from pipeline.rows import Rows
from rules.load import RuleFile, load_rules
from rules.years import NoYear
from savings.schema import DOUBTFUL

HEADS = ("exchanged", "no rule", "right", "wrong, marked", "silent")


def exchanged(paper: Paper, column: int) -> Paper:
    """A paper with a column and the one right of it in each other's place."""
    return replace(paper, pages=tuple(_page(page, column) for page in paper.pages))


def _page(page: Page, column: int) -> Page:
    return replace(page, tables=tuple(_table(table, column) for table in page.tables))


def _table(table: PrintedTable, column: int) -> PrintedTable:
    pair = {column, column + 1}
    cells = (cell for row in table.rows for cell in row.cells)
    if column + 1 >= table.width or any(0 < len(pair & _covered(c)) < len(_covered(c)) for c in cells if c.span > 1):
        return table
    rows = (replace(row, cells=tuple(sorted((_moved(c, column) for c in row.cells), key=_start))) for row in table.rows)
    return replace(table, rows=tuple(rows))


def _moved(cell: Cell, column: int) -> Cell:
    alone = cell.span == 1 and cell.column in (column, column + 1)
    return replace(cell, column=2 * column + 1 - cell.column) if alone else cell


def _start(cell: Cell) -> int:
    return cell.column


def _covered(cell: Cell) -> set[int]:
    return set(range(cell.column, cell.column + cell.span))


def figures_of(paper: Paper, rules: tuple[RuleFile, ...]) -> list[FigureRow]:
    """The figures that a paper yields; none where no rule fits or no year is to be had."""
    try:
        stages = stages_of(paper, rules)
    except NoYear:
        return []
    if stages.rule is None:
        return []
    return list(Rows(stages.paper, stages.rule, stages.mapped, stages.outcome).figures())


def sense(figure: FigureRow) -> tuple[object, ...]:
    """Where a figure stands and what it says."""
    said = (figure.year, figure.measure, figure.kind, figure.recurrence, figure.part, figure.unit, figure.value)
    return (figure.page, figure.row, *said)


def measure(folder: Path, rules: tuple[RuleFile, ...], show: int) -> Iterator[Counter[str]]:
    """What becomes of each exchange of two columns of a case."""
    paper = read_paper(paper_of(folder))
    wanted = Counter(map(sense, figures_of(paper, rules)))
    for column in range(max((table.width for table in paper.tables), default=1) - 1):
        other = exchanged(paper, column)
        if other == paper:
            continue
        found = figures_of(other, rules)
        right = (Counter(map(sense, found)) & wanted).total()
        silent = [f for f in found if sense(f) not in wanted and f.proof not in DOUBTFUL]
        for figure in silent[:show]:
            print(f"    {case_name(folder)}, columns {column + 1} and {column + 2}: {figure.detail!r} {sense(figure)}")
        counts = (1, not found, right, len(found) - right - len(silent), len(silent))
        yield Counter(dict(zip(HEADS, counts, strict=True)))


def main() -> None:
    """Measure all cases, or those named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help="some of the cases, as authority/case")
    parser.add_argument("--show", type=int, default=0, help="how many silently wrong figures to list of each exchange")
    asked = parser.parse_args()
    rules, total = load_rules(), Counter[str]()
    print(f"| case | {' | '.join(HEADS)} |\n|---|{'---:|' * len(HEADS)}")
    for folder in all_cases(CORPUS):
        if not asked.cases or case_name(folder) in asked.cases:
            counts = sum(measure(folder, rules, asked.show), Counter[str]())
            total += counts
            print(f"| {case_name(folder)} | {' | '.join(str(counts[head]) for head in HEADS)} |", flush=True)
    print(f"| all | {' | '.join(str(total[head]) for head in HEADS)} |")


if __name__ == "__main__":
    main()
