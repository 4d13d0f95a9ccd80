"""How long reconciliation takes on a long paper: 2,000 lines of 8 figures, as printed and with cells misread.

    python -m benchmarks.reconcile [--lines 2000] [--damaged 0 1 10 100]

Prints CPU seconds (user and system, of this process), how many cells were restored, marked and silently wrong.
"""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import replace
from decimal import Decimal

from normalise.misreadings import misread
from normalise.numbers import parse
from savings.free import Damage
from savings.reconcile import reconcile
from savings.schema import (
    Figure,
    How,
    Identity,
    Kind,
    Level,
    Line,
    Measure,
    Place,
    Problem,
    Proof,
    Reading,
    Term,
    Unit,
)

KINDS = (Kind.CASHABLE, Kind.NON_CASHABLE, Kind.CAPITAL, Kind.TOTAL)
MEASURES = (Measure.TARGET, Measure.ACHIEVED)
LINES_A_PAGE = 25


def long_paper(lines: int, seed: int) -> Problem:
    """Lines of three parts and a total, twice; a total for each page of 25 lines and one for the paper."""
    chance = random.Random(seed)
    table = [[chance.randrange(1, 2000) * 1000 for _ in range(6)] for _ in range(lines)]
    builder = _Builder()
    pages = [table[k : k + LINES_A_PAGE] for k in range(0, lines, LINES_A_PAGE)]
    page_rows = [builder.page(page) for page in pages]
    builder.add_up(page_rows, [sum(column) for column in zip(*table, strict=True)])
    return Problem(tuple(builder.lines), tuple(builder.figures), tuple(builder.identities))


class _Builder:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.figures: list[Figure] = []
        self.identities: list[Identity] = []

    def page(self, rows: list[list[int]]) -> list[int]:
        members = [self.line(Level.ITEM, row) for row in rows]
        return self.add_up(members, [sum(column) for column in zip(*rows, strict=True)])

    def add_up(self, members: list[list[int]], sums: list[int]) -> list[int]:
        total = self.line(Level.TOTAL, sums)
        for k, figure in enumerate(total):
            self.identity(figure, [member[k] for member in members])
        return total

    def line(self, level: Level, parts: list[int]) -> list[int]:
        """A line of six parts, with the total of each three after them; gives its eight figures."""
        number = len(self.lines)
        self.lines.append(Line(number, "long", level, Place(1 + number // LINES_A_PAGE, number)))
        found = []
        for k, measure in enumerate(MEASURES):
            three = parts[3 * k : 3 * k + 3]
            figures = [
                self.figure(number, measure, kind, v) for kind, v in zip(KINDS, [*three, sum(three)], strict=True)
            ]
            self.identity(figures[-1], figures[:-1])
            found += figures
        return found

    def figure(self, line: int, measure: Measure, kind: Kind, value: int) -> int:
        number = len(self.figures)
        reading = Reading(Decimal(value), How.PRINTED, step=Decimal(1000))
        place = self.lines[line].place
        self.figures.append(
            Figure(number, line, "2007/08", measure, kind, Unit.GBP, (reading,), f"{value // 1000:,}", place)
        )
        return number

    def identity(self, total: int, parts: list[int]) -> None:
        terms = tuple(Term(part) for part in parts)
        self.identities.append(Identity(len(self.identities), "sum", "", total, terms))


def misreadings(figure: Figure) -> tuple[Reading, ...]:
    """What a figure of the long paper may have been."""
    amount = parse(figure.raw)
    assert amount is not None
    return tuple(
        Reading(other.number * 1000, How.REPAIRED, cost, reason, Decimal(1000))
        for other, cost, reason in misread(amount)
    )


def damaged(problem: Problem, cells: int, seed: int) -> tuple[Problem, list[int]]:
    """A copy with a digit of some cells misread, and which cells those are."""
    chance = random.Random(seed)
    chosen = sorted(chance.sample(range(len(problem.figures)), cells))
    figures = list(problem.figures)
    for k in chosen:
        other = chance.choice(misreadings(figures[k]))
        reading = Reading(other.value, How.PRINTED, step=Decimal(1000))
        figures[k] = replace(figures[k], readings=(reading,), raw=f"{int(other.value or 0) // 1000:,}")
    return replace(problem, figures=tuple(figures)), chosen


def measure(problem: Problem, cells: int, seed: int) -> str:
    """One row of the table: CPU seconds, and what became of the damaged cells."""
    copy, chosen = damaged(problem, cells, seed)
    start = time.process_time()
    outcome = reconcile(copy, Damage(misreadings))
    seconds = time.process_time() - start
    right = [d.reading.value == f.readings[0].value for d, f in zip(outcome.decisions, problem.figures, strict=True)]
    restored = sum(right[k] for k in chosen)
    silent = sum(not ok and d.proof is Proof.RECONCILED for ok, d in zip(right, outcome.decisions, strict=True))
    return f"{cells:>8} {seconds:>8.2f} {restored:>9} {cells - restored:>11} {silent:>7}"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--damaged", type=int, nargs="+", default=[0, 1, 10, 100])
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    problem = long_paper(asked.lines, asked.seed)
    print(f"{len(problem.lines)} lines, {len(problem.figures)} figures, {len(problem.identities)} sums")
    print(" damaged  CPU (s)  restored  unrestored  silent")
    for cells in asked.damaged:
        print(measure(problem, cells, asked.seed))


if __name__ == "__main__":
    main()
