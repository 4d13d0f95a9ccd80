"""Papers in miniature: problems that read like the tables they stand for, and answers as short as the tables."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from normalise.codes import read_code
from normalise.misreadings import misread
from normalise.numbers import Amount, read_amount
from savings.free import Damage
from savings.reconcile import reconcile
from savings.schema import (
    Check,
    CodeReading,
    Decision,
    Figure,
    How,
    Identity,
    Kind,
    Level,
    Line,
    Measure,
    Outcome,
    Place,
    Problem,
    Proof,
    Reading,
    Rounding,
    Term,
    Unit,
    Verdict,
)

EMPTY = Reading(None, How.PRINTED)


def cell(text: str) -> tuple[Reading, ...]:
    """What a cell may mean, as the rules would say of a column in pounds; "_" is an empty cell."""
    return tuple(map(_reading, read_amount(text))) if text != "_" else (EMPTY,)


def _reading(amount: Amount) -> Reading:
    factor = amount.factor or 1
    return Reading(amount.number * factor, How(amount.how), amount.cost, amount.reason, amount.step * factor)


def slips(figure: Figure) -> tuple[Reading, ...]:
    """What a figure's cell may have been before it was damaged."""
    amounts = read_amount(figure.raw)[:1] if figure.raw != "_" else ()
    found = ((_reading(other), cost, reason) for amount in amounts for other, cost, reason in misread(amount))
    return tuple(Reading(r.value, How.REPAIRED, cost, reason, r.step) for r, cost, reason in found)


SLIPS = Damage(misreadings=slips)


class Draft:
    """A problem in the making: `line`, `figure` and `sum` give the ids that the next calls and the tests use."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.figures: list[Figure] = []
        self.identities: list[Identity] = []

    def line(self, code: str | None = None, *, codes: tuple[CodeReading, ...] = (), table: str = "lines") -> int:
        """A new line; `code` is its code cell as printed, None for a layout without codes."""
        number = len(self.lines)
        if code is not None and not codes:
            codes = tuple(CodeReading(c.code, How(c.how), c.cost, c.reason) for c in read_code(code, 1, 14))
        place = Place(1, number)
        self.lines.append(Line(number, table, Level.ITEM, place, codes=codes, raw_code=code or ""))
        return number

    def figure(self, text: str, *, readings: Sequence[Reading] = (), line: int | None = None) -> int:
        """A cell as printed on a line (the last, or a first one), with readings of its own if it is to have some."""
        if line is None:
            line = self.lines[-1].id if self.lines else self.line()
        number = len(self.figures)
        self.figures.append(
            Figure(
                number, line, "2007/08", Measure.TARGET, Kind.TOTAL, Unit.GBP,
                tuple(readings) or cell(text), text, Place(1, line, number),
            )
        )  # fmt: skip
        return number

    def row(self, texts: str, code: str | None = None) -> list[int]:
        """A new line with a figure for each cell."""
        self.line(code)
        return [self.figure(text) for text in texts.split()]

    def sum(self, total: int, parts: Sequence[int | Term], rounding: Rounding = Rounding.EITHER) -> int:
        """The parts come to the total."""
        number = len(self.identities)
        terms = tuple(part if isinstance(part, Term) else Term(part) for part in parts)
        self.identities.append(Identity(number, f"sum {number}", "here", total, terms, rounding))
        return number

    def problem(self) -> Problem:
        """What was drafted."""
        return Problem(tuple(self.lines), tuple(self.figures), tuple(self.identities))


def one_sum(*parts: str, total: str, rounding: Rounding = Rounding.EITHER) -> Problem:
    """Parts, each on a line of its own, and their total, which is the last figure."""
    draft = Draft()
    found = [draft.row(part)[0] for part in parts]
    draft.sum(draft.row(total)[0], found, rounding)
    return draft.problem()


def table(*rows: str) -> Problem:
    """A table whose last column is the total of each row and whose last row is the total of each column.

    The sums of the rows come first, then those of the columns. Figures are counted row by row.
    """
    draft = Draft()
    ids = [draft.row(row) for row in rows]
    for row in ids:
        draft.sum(row[-1], row[:-1])
    for column in zip(*ids, strict=True):
        draft.sum(column[-1], column[:-1])
    return draft.problem()


def totalled(items: Sequence[Sequence[int]]) -> list[list[int]]:
    """Rows of amounts with the totals of rows and columns that `table` expects."""
    rows = [[*row, sum(row)] for row in items]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def solve(problem: Problem) -> Outcome:
    """The problem reconciled, with every slip of a scanner or typist thought of."""
    return reconcile(problem, SLIPS)


def value(decision: Decision) -> Decimal | None:
    """What was taken for one figure."""
    return decision.reading.value


def values(outcome: Outcome) -> list[Decimal | None]:
    """What was taken for every figure."""
    return [value(decision) for decision in outcome.decisions]


def proofs(outcome: Outcome) -> list[Proof]:
    """What the sums say of every figure."""
    return [decision.proof for decision in outcome.decisions]


def verdicts(outcome: Outcome) -> list[Verdict]:
    """What became of every sum."""
    return [check.verdict for check in outcome.checks]


def broken(outcome: Outcome) -> list[Check]:
    """The sums that do not hold."""
    return [check for check in outcome.checks if check.verdict is Verdict.BROKEN]


def repaired(outcome: Outcome) -> list[int]:
    """The figures for which something else than the print was taken."""
    return [d.figure for d in outcome.decisions if d.reading.how in {How.REPAIRED, How.INFERRED}]
