"""The rows of the output files. Field names are column names, in the order of the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipeline.spreadsheet import guarded
from pipeline.status import Status

if TYPE_CHECKING:
    from normalise.meant import MeantTable
    from normalise.stitch import Seam


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row of figures.csv. Boxes are in points from the page's top left; None for text reports."""

    authority: str
    gss_code: str
    document: str
    sha256: str
    page: int
    row: int
    level: str
    aes_code: int | None
    aes_how: str
    aes_block: str
    reference: str
    category: str
    directorate: str
    service: str
    detail: str
    partner: str
    year: str
    measure: str
    kind: str
    recurrence: str
    part: str
    value: Decimal
    unit: str
    how: str
    proof: str
    raw: str
    comment: str
    progress: str
    rule: str
    x0: float | None
    top: float | None
    x1: float | None
    bottom: float | None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One row of checks.csv: an identity after reconciliation. `figures` ties it to figures.csv, the total first."""

    document: str
    sha256: str
    rule: str
    identity: str
    where: str
    page: int
    row: int
    expected: Decimal | None
    found: Decimal | None
    difference: Decimal | None
    verdict: str
    suspects: str
    figures: str
    note: str


@dataclass(frozen=True, slots=True)
class RepairRow:
    """One row of repairs.csv: what was printed, what was taken for it, why, and on what evidence."""

    document: str
    sha256: str
    rule: str
    page: int
    row: int
    what: str
    raw: str
    taken: str
    how: str
    reason: str
    evidence: str
    figure: str = ""
    cost: int = 0
    proof: str = ""
    others: str = ""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One row of papers.csv: one file that was given. Cells: `cells` = `mapped` + `ignored` + `flagged`."""

    document: str
    path: str
    sha256: str = ""
    status: Status = Status.FAILED
    authority: str = ""
    rule: str = ""
    nearest_rules: str = ""
    pages: int = 0
    pages_read: int = 0
    cells: int = 0
    mapped: int = 0
    ignored: int = 0
    flagged: int = 0
    flags: str = ""
    figures: int = 0
    reconciled: int = 0
    unchecked: int = 0
    contradicted: int = 0
    ambiguous: int = 0
    checks_hold: int = 0
    checks_broken: int = 0
    seconds: float = 0.0
    error: str = ""
    warnings: str = ""


@dataclass(frozen=True)
class PaperResult:
    """All that one paper yields."""

    paper: PaperRow
    figures: tuple[FigureRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    repairs: tuple[RepairRow, ...] = ()
    tables: tuple[MeantTable, ...] = field(default=())
    seams: tuple[Seam, ...] = ()


def plain_value(value: Any) -> str:
    """A value as the CSV files have it: amounts without an exponent or needless zeros, boxes to a hundredth point.

    A text that a spreadsheet would run as a formula has an apostrophe in front.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        # A lone carriage return ends a row for some readers of CSV, quoted or not.
        text = guarded(value)
        return text.replace("\r\n", "\n").replace("\r", "\\r") if "\r" in text else text
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, float):
        return f"{value:.2f}"
    return str(value)
