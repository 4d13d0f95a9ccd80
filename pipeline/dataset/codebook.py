"""What every column of every file means: the one place from which types, labels and docs/codebook.md are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipeline.status import Status
from savings.schema import How, Kind, Level, Measure, Progress, Proof, Recurrence, Unit, Verdict


class Type(StrEnum):
    """The type of a column. DECIMAL is exact, POINTS a length of 1/72 inch, KEYS several keys parted by spaces."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    POINTS = "points"
    SECONDS = "seconds"
    ENUM = "enum"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type, a sentence on what it says, an example, and the values of an enum.

    `required` says that no row is without it. What else is empty says that the paper does not say it.
    """

    name: str
    type: Type
    says: str
    example: str
    values: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """One file of the dataset: its name without an ending, what a row is, its columns, and the key to its paper."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column of a name. Raises KeyError."""
        return {column.name: column for column in self.columns}[name]


PAPER_KEY = ("document", "sha256")


def _text(name: str, says: str, example: str, *, required: bool = False) -> Column:
    return Column(name, Type.TEXT, says, example, required=required)


def _integer(name: str, says: str, example: str, *, required: bool = True) -> Column:
    return Column(name, Type.INTEGER, says, example, required=required)


def _decimal(name: str, says: str, example: str, *, required: bool = False) -> Column:
    return Column(name, Type.DECIMAL, says, example, required=required)


def _enum(name: str, values: Iterable[StrEnum], says: str, example: str, *, required: bool = False) -> Column:
    return Column(name, Type.ENUM, says, example, tuple(str(v) for v in values if v), required=required)


def _points(name: str, says: str, example: str) -> Column:
    return Column(name, Type.POINTS, says, example)


DOCUMENT = _text("document", "File name of the paper.", "budget-2025-28.pdf", required=True)
SHA256 = _text("sha256", "SHA-256 hash of the paper's bytes; empty where it could not be got at.", "9910677e…")
RULE = _text("rule", "The rule file that read the paper: authority/layout.", "exampleton/budget-savings")
AUTHORITY = _text("authority", "Who published the paper.", "Exampleton County Council")
GSS = _text("gss_code", "The authority's code in official statistics (GSS); empty where it has none.", "E10000099")
PAGE = _integer("page", "Page of the paper, from 1; of a text report, pages are parted by form feeds.", "14")
ROW = _integer("row", "The row's number on its page; in a text report the number of the line in the file.", "7")

# What says which saving a line is, and which number of it a figure is: the same columns in both files.
LINE_TEXTS = (
    _enum("level", Level, "One saving (item), or a line that adds up others.", "item", required=True),
    _integer("aes_code", "Block of the Annual Efficiency Statement (AES), 1 to 14.", "7", required=False),
    Column(
        "aes_how",
        Type.ENUM,
        "Whether the block's code was printed, repaired or inferred.",
        "inferred",
        tuple(str(how) for how in (How.PRINTED, How.REPAIRED, How.INFERRED, How.CORRECTED)),
    ),
    _text("aes_block", "Name of that block.", "Non-school educational services"),
    _text("reference", "The line's own reference.", "ASC-04"),
    _text("category", "The heading that the paper groups the line under.", "Efficiency"),
    _text("directorate", "Directorate or department.", "Adult and Community Services"),
    _text("service", "Service, division or area.", "Libraries"),
    _text("detail", "What the saving is.", "Home to School Transport"),
    _text("partner", "The partner council or body that the line is about.", "Neighbour Council"),
)
YEAR = _text("year", "Financial year; a span where the paper gives one figure for several.", "2007/08", required=True)
RECURRENCE = _enum("recurrence", Recurrence, "Whether the saving comes back every year.", "ongoing")
PART = _text("part", "A split that only this layout has, by the rule's name for it.", "cumulative")
UNIT = _enum("unit", Unit, "What the value counts.", "GBP", required=True)
COMMENT = _text("comment", "The line's remark.", "Starts in October")
PROGRESS = _enum("progress", Progress, "The paper's own mark of progress.", "amber")

FIGURES = File(
    "figures",
    "one number of a line: financial year × measure × kind",
    (
        AUTHORITY,
        GSS,
        DOCUMENT,
        SHA256,
        PAGE,
        ROW,
        *LINE_TEXTS,
        YEAR,
        _enum("measure", Measure, "Planned, expected or delivered; or how these differ.", "target", required=True),
        _enum("kind", Kind, "Which part of the saving the figure gives.", "cashable", required=True),
        RECURRENCE,
        PART,
        _decimal("value", "The amount in full; a saving is positive, its undoing negative.", "150000", required=True),
        UNIT,
        _enum("how", How, "How the value came from its cell.", "printed", required=True),
        _enum("proof", Proof, "What the paper's own sums say of it.", "reconciled", required=True),
        _text("raw", "The cell as printed.", "150"),
        COMMENT,
        PROGRESS,
        RULE,
        _points("x0", "Left edge of the cell, in points from the page's left; empty for text reports.", "130.00"),
        _points("top", "Upper edge of the cell, in points from the page's top.", "106.48"),
        _points("x1", "Right edge of the cell.", "192.00"),
        _points("bottom", "Lower edge of the cell.", "144.34"),
    ),
    PAPER_KEY,
)

CHECKS = File(
    "checks",
    "a sum that the paper promises, after reconciliation",
    (
        DOCUMENT,
        SHA256,
        RULE,
        _text("identity", "The rule's name for this kind of sum.", "lines of a block = summary", required=True),
        _text("where", "Which sum of that kind it is.", "summary, Procurement: 2007/08 achieved total"),
        PAGE,
        ROW,
        _decimal("expected", "What the paper prints as the total.", "220000"),
        _decimal("found", "What the parts come to.", "260000"),
        _decimal("difference", "Found less expected.", "40000"),
        _enum("verdict", Verdict, "Whether it holds.", "broken", required=True),
        _text("suspects", "Single figures whose change would mend it, parted by semicolons.", ""),
        Column("figures", Type.KEYS, "The figures in it by their keys, the total first.", "6.6.2007/08.achieved.total"),
        _text("note", "What else is to be said of it.", ""),
    ),
    PAPER_KEY,
)

REPAIRS = File(
    "repairs",
    "a change: what was printed, what was taken for it, and why",
    (
        DOCUMENT,
        SHA256,
        RULE,
        PAGE,
        ROW,
        _text(
            "what",
            "What was changed or decided: a cell, a figure, an AES code; scale, sign or authority, where the paper was "
            "asked for them; or a person's decision.",
            "figure",
            required=True,
        ),
        _text("raw", "What was printed.", "ı"),
        _text("taken", "What was taken for it.", "0"),
        _enum("how", How, "How that came from the cell.", "repaired", required=True),
        _text("reason", "Why the print may mean this.", "a stroke for a dash"),
        _text("evidence", "What speaks for it.", "chosen by reconciliation"),
        _text("figure", "The figure's key; empty for cells and codes.", "2.10.2007/08.achieved.cashable"),
        _integer("cost", "How far the reading is from the print; 0 is as printed.", "2"),
        _enum("proof", Proof, "What the paper's own sums say of it.", "reconciled"),
        _text("others", "Other readings that explain the paper as well, parted by bars.", ""),
    ),
    PAPER_KEY,
)

PAPERS = File(
    "papers",
    "one file that was given, read or not",
    (
        DOCUMENT,
        _text("path", "Where it was found.", "papers/exampleton/budget-2025-28.pdf", required=True),
        SHA256,
        _enum("status", Status, "What became of it; only ok is wholly read.", "ok", required=True),
        AUTHORITY,
        RULE,
        _text("nearest_rules", "Where no rule fits: the nearest ones, and what the paper lacks for each.", ""),
        _integer("pages", "Pages of the paper.", "23"),
        _integer("pages_read", "Pages that could be read.", "23"),
        _integer("cells", "Filled cells of its tables: mapped + ignored + flagged.", "366"),
        _integer("mapped", "Cells that a rule gave a meaning.", "360"),
        _integer("ignored", "Cells that a rule leaves out by name.", "6"),
        _integer("flagged", "Cells that found no meaning.", "0"),
        _text("flags", "The first of these, and why.", ""),
        _integer("figures", "Figures that it gave.", "187"),
        _integer("reconciled", "Of these, how many the paper's sums fix.", "142"),
        _integer("unchecked", "How many no sum decides.", "7"),
        _integer("contradicted", "How many stand in sums that do not hold.", "38"),
        _integer("ambiguous", "How many have several readings that explain the paper as well.", "0"),
        _integer("checks_hold", "Sums that hold.", "114"),
        _integer("checks_broken", "Sums that do not.", "6"),
        Column("seconds", Type.SECONDS, "Seconds that reading it took.", "0.42", required=True),
        _text("error", "What is wrong with it, and what to do.", ""),
        _text("warnings", "What its rule asks to be looked at, though the paper was read.", ""),
    ),
    ("path",),
)

PROOF_COLUMN = _enum("proof", Proof, "The worst proof among the line's figures.", "reconciled", required=True)


# Further columns, one for each sort of figure that a run holds, are added by pipeline.dataset.lines.
LINES = File(
    "lines",
    "one saving, block or total that a paper lists; its figures stand side by side in further columns, such as "
    "`target_cashable_2007_08`: measure, kind, recurrence, part and unit where they say more, and year",
    (
        AUTHORITY,
        GSS,
        DOCUMENT,
        SHA256,
        PAGE,
        ROW,
        *LINE_TEXTS,
        COMMENT,
        PROGRESS,
        RULE,
        _enum("proof", Proof, "The worst proof among the line's figures.", "reconciled", required=True),
        _integer("figures", "How many figures the row holds.", "3"),
    ),
    PAPER_KEY,
)

FILES = (FIGURES, LINES, CHECKS, REPAIRS, PAPERS)


def markdown() -> str:
    """docs/codebook.md."""
    return "\n".join(_markdown()) + "\n"


def _markdown() -> Iterator[str]:
    yield "# Codebook"
    yield ""
    yield "Every column of every file, made from the program's own schema by `savings codebook`. An empty value says"
    yield "that the paper does not say it; it is never a zero. Amounts are in full and exact, lengths in points"
    yield "(1/72 inch)."
    for file in FILES:
        yield ""
        yield f"## {file.name}"
        yield ""
        yield f"A row is {file.row}."
        yield ""
        yield "| column | type | what it says | example |"
        yield "|---|---|---|---|"
        yield from map(_markdown_row, file.columns)


def _markdown_row(column: Column) -> str:
    kind = ", ".join(f"`{value}`" for value in column.values) if column.values else str(column.type)
    must = "" if column.required else " or empty"
    example = f"`{column.example}`" if column.example else ""
    return f"| {column.name} | {kind}{must} | {column.says} | {example} |"
