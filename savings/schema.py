"""The one savings schema: the words that a figure is described with, and what a paper yields.

The values of the enums are what the output files hold; design and codebook list them in this order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property


class Level(StrEnum):
    """What a line is: one saving, or a sum of others."""

    ITEM = "item"
    BLOCK = "block"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


class Measure(StrEnum):
    """What was measured: planned, expected or delivered, and how they differ."""

    TARGET = "target"
    REVISED = "revised"
    FORECAST = "forecast"
    ACHIEVED = "achieved"
    VARIANCE = "variance"
    UNDELIVERABLE = "undeliverable"
    SLIPPED = "slipped"


class Kind(StrEnum):
    """Which part of a saving a figure gives."""

    CASHABLE = "cashable"
    NON_CASHABLE = "non_cashable"
    TOTAL = "total"
    CAPITAL = "capital"
    OTHER_SPEND = "other_spend"


class Recurrence(StrEnum):
    """Whether a saving comes back every year; empty where the paper does not say."""

    UNSAID = ""
    ONGOING = "ongoing"
    ONE_OFF = "one_off"


class Unit(StrEnum):
    """What a figure counts."""

    GBP = "GBP"
    PERCENT = "percent"
    COUNT = "count"


class How(StrEnum):
    """How a value came from its cell."""

    PRINTED = "printed"
    NIL = "nil"
    REPAIRED = "repaired"
    INFERRED = "inferred"
    CORRECTED = "corrected"


class Proof(StrEnum):
    """What the paper's own arithmetic says of a figure."""

    RECONCILED = "reconciled"
    UNCHECKED = "unchecked"
    CONTRADICTED = "contradicted"
    AMBIGUOUS = "ambiguous"


# What marks a figure as one to look at.
DOUBTFUL = (Proof.CONTRADICTED, Proof.AMBIGUOUS)


class Progress(StrEnum):
    """A paper's own mark of progress beside a line."""

    UNSAID = ""
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UP = "up"
    SAME = "same"
    DOWN = "down"


class Verdict(StrEnum):
    """What became of an identity. DIFFERS is for what a line's comment works out: it is no sum, and overrules none."""

    HOLDS = "holds"
    BROKEN = "broken"
    NOT_CHECKABLE = "not_checkable"
    DIFFERS = "differs"


class Rounding(StrEnum):
    """How a total may differ from the sum of its parts.

    EXACT: not at all. ROUND and CUT: the sum, rounded or cut to the precision that the total is printed with.
    EITHER: one of the two. LOOSE: parts and total were each rounded on their own, so half a step each may be off.
    """

    EXACT = "exact"
    ROUND = "round"
    CUT = "cut"
    EITHER = "either"
    LOOSE = "loose"


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the page something stands: page from 1, the row, and the box in points (None for text reports)."""

    page: int
    row: int
    column: int = 0
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A cell as printed, and where it stands."""

    raw: str
    place: Place


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell may mean. `value` is in the figure's unit (pounds for money); None means no figure at all.

    `cost` says how far the reading is from the print (0: as printed). `step` is the precision it is printed with,
    0 for a nil. Readings that share a `bundle` are taken together or not at all. `source` is the cell that it was read
    from, as printed, where that is not the figure's own.
    """

    value: Decimal | None
    how: How
    cost: int = 0
    reason: str = ""
    step: Decimal = Decimal(0)
    bundle: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """A slip that touches several cells of a line at once: a cell moved, two joined, a row twice.

    `changes` says how each of the figures (by id) would read; they are taken together or not at all, for `cost`.
    """

    changes: Mapping[int, Reading]
    cost: int
    reason: str


@dataclass(frozen=True, slots=True)
class CodeReading:
    """What the code of a line may be; like `Reading`, for AES codes."""

    code: int | None
    how: How
    cost: int = 0
    reason: str = ""
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One saving, block or total that the paper lists. `fields` holds its texts by schema column.

    `keys` are a rule's own columns, used to group lines in identities and not published. A line that is not `published`
    is no saving; its figures only take part in sums.
    """

    id: int
    table: str
    level: Level
    place: Place
    fields: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    codes: tuple[CodeReading, ...] = ()
    raw_code: str = ""
    progress: Progress = Progress.UNSAID
    recurrence: Recurrence = Recurrence.UNSAID
    published: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a line before it is decided: what it measures, and its readings, the cheapest first.

    `doubt` says why it is unsure what the number measures: however well the paper adds up, the figure is ambiguous.
    `contested` says who reads the cell of a scan otherwise: the figure is ambiguous unless a sum fixes it.
    """

    id: int
    line: int
    year: str
    measure: Measure
    kind: Kind
    unit: Unit
    readings: tuple[Reading, ...]
    raw: str
    place: Place
    recurrence: Recurrence = Recurrence.UNSAID
    part: str = ""
    doubt: str = ""
    contested: str = ""

    def source_of(self, reading: Reading) -> Source:
        """The cell that a reading of the figure was made from."""
        return reading.source or Source(self.raw, self.place)

    @property
    def signature(self) -> tuple[str, str, str, str, str, str]:
        """What is measured, for matching figures of different lines: two that agree here may be added."""
        return (self.year, self.measure, self.kind, self.recurrence, self.part, self.unit)


@dataclass(frozen=True, slots=True)
class Term:
    """One part of an identity: a figure, its sign, and the code its line must have to count (None: any)."""

    figure: int
    sign: int = 1
    when_code: int | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """An equation that a layout promises: the parts come to the total, within its printed precision."""

    id: int
    name: str
    where: str
    total: int
    parts: tuple[Term, ...]
    rounding: Rounding = Rounding.EITHER
    infers: bool = False


@dataclass(frozen=True)
class Problem:
    """All that a paper states, undecided: lines, figures with their readings, and the identities that tie them.

    `lines` and `figures` are in the paper's order, and each one's id is its index.
    """

    lines: tuple[Line, ...]
    figures: tuple[Figure, ...]
    identities: tuple[Identity, ...]

    @cached_property
    def figures_of_line(self) -> dict[int, tuple[int, ...]]:
        """The figures of each line, by line id."""
        of_line: dict[int, list[int]] = defaultdict(list)
        for figure in self.figures:
            of_line[figure.line].append(figure.id)
        return {line: tuple(figures) for line, figures in of_line.items()}

    @cached_property
    def terms(self) -> dict[tuple[int, int], tuple[Term, ...]]:
        """The terms of each identity (by id) that name a figure (by id)."""
        found: dict[tuple[int, int], tuple[Term, ...]] = {}
        for identity in self.identities:
            for term in identity.parts:
                key = (identity.id, term.figure)
                found[key] = (*found.get(key, ()), term)
        return found

    def siblings(self, figure: Figure) -> tuple[int, ...]:
        """The other figures of a figure's line."""
        return tuple(f for f in self.figures_of_line[figure.line] if f != figure.id)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was taken for one figure and what the arithmetic says of it.

    `others` are readings that explain the paper as well: where there are any, the figure is ambiguous.
    """

    figure: int
    reading: Reading
    proof: Proof
    others: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeDecision:
    """The code taken for one line; `others` as in `Decision`."""

    line: int
    reading: CodeReading
    others: tuple[CodeReading, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspect:
    """A single figure whose change to `value` would mend a broken identity. The lower the cost, the likelier."""

    figure: int
    value: Decimal
    cost: int
    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    """An identity after reconciliation. `found` is the sum of the parts, `difference` is found less expected.

    `ties` are the figures that took part, the total first.
    """

    identity: Identity
    verdict: Verdict
    expected: Decimal | None
    found: Decimal | None
    ties: tuple[int, ...]
    suspects: tuple[Suspect, ...] = ()
    note: str = ""

    @property
    def difference(self) -> Decimal | None:
        """Found less expected, in the figures' unit; None where there is nothing to compare."""
        return None if self.expected is None or self.found is None else self.found - self.expected


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reconciliation made of a problem: a decision per figure and per line with codes, a check per identity."""

    decisions: tuple[Decision, ...]
    codes: tuple[CodeDecision, ...]
    checks: tuple[Check, ...]
    complete: bool = True
