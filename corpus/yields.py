"""What a paper yields at each stage, as the texts that a case keeps.

The texts are laid out for people who read changes: a cell of a table is a line of its own, and so is a figure and a
sum. They hold nothing that may differ from one machine to the next.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from extract.paper import PrintedTable
from normalise.meant import MeantTable
from pipeline.read import Stages, read_stages
from pipeline.records import CheckRow, FigureRow, plain_value
from pipeline.rows import Rows
from rules.load import RuleFile
from rules.match import rivals
from savings.schema import Proof, Verdict

PRINTED, MEANT, FIGURES, CHECKS = "printed.json", "meant.json", "figures.csv", "checks.csv"
FILES = (PRINTED, MEANT, FIGURES, CHECKS)

# The hash of a paper changes with every release of the typesetter and says nothing of how it was read.
FIGURE_COLUMNS = tuple(f.name for f in fields(FigureRow) if f.name != "sha256")
CHECK_COLUMNS = ("identity", "where", "expected", "found", "difference", "verdict")
# A figure's box is what leads back to the page, so it is kept; in whole points, as parts of a point depend on the
# library that reads the PDF.
BOX_COLUMNS = ("x0", "top", "x1", "bottom")

Json = Mapping[str, Any] | Sequence[Any] | str | int


@dataclass(frozen=True)
class Yield:
    """What one paper yields. `texts` by file name; `problems` say why it was not wholly read, if it was not."""

    texts: Mapping[str, str]
    figures: tuple[FigureRow, ...]
    checks: tuple[CheckRow, ...]
    problems: tuple[str, ...]

    @property
    def reconciled(self) -> int:
        """How many figures are fixed by a sum that holds."""
        return sum(figure.proof == Proof.RECONCILED for figure in self.figures)

    @property
    def holding(self) -> int:
        """How many sums hold."""
        return sum(check.verdict == Verdict.HOLDS for check in self.checks)

    @property
    def broken(self) -> tuple[CheckRow, ...]:
        """The sums that do not hold."""
        return tuple(check for check in self.checks if check.verdict == Verdict.BROKEN)


def read_yield(paper: Path, rules: Sequence[RuleFile]) -> Yield:
    """Take a paper through all stages.

    Raises:
        extract.errors.PaperError: it cannot be read.
        rules.years.NoYear: a figure's year is not to be had.
    """
    stages = read_stages(paper, rules)
    rows = Rows(stages.paper, stages.rule, stages.mapped, stages.outcome) if stages.rule else None
    figures = tuple(rows.figures()) if rows else ()
    checks = tuple(rows.checks()) if rows else ()
    texts = {
        PRINTED: printed_text(stages.paper.tables),
        MEANT: meant_text(stages.mapped.tables),
        FIGURES: csv_text(FIGURE_COLUMNS, figures),
        CHECKS: csv_text(CHECK_COLUMNS, checks),
    }
    return Yield(texts, figures, checks, tuple(_problems(stages, figures)))


def _problems(stages: Stages, figures: Sequence[FigureRow]) -> Iterable[str]:
    if stages.rule is None:
        yield "no rule fits the paper"
    elif not figures:
        yield f"the rule {stages.rule.name} finds no figure"
    yield from stages.mapped.problems
    claims = rivals(stages.matches)
    if len(claims) > 1:
        yield "rules claim the same paper: " + ", ".join(match.rule.name for match in claims)
    for page in stages.paper.pages:
        if not page.status.is_fine:
            yield f"page {page.number}: {page.problem or page.status}"
    if not stages.outcome.complete:
        yield "reconciliation ran out of time"


def printed_text(tables: Iterable[PrintedTable]) -> str:
    """Lay out tables as printed: a cell is [column, span, text], its columns counted from 0."""
    return _lay_out([_printed(table) for table in tables]) + "\n"


def _printed(table: PrintedTable) -> Json:
    rows = [
        {"row": row.number, "cells": [[cell.column, cell.span, cell.text] for cell in row.cells]} for row in table.rows
    ]
    return {"page": table.page, "table": table.number, "finder": table.finder, "width": table.width, "rows": rows}


def meant_text(tables: Iterable[MeantTable]) -> str:
    """Lay out tables as meant: a cell is [column, text], its column counted from 0; empty cells are left out."""
    return _lay_out([_meant(table) for table in tables]) + "\n"


def _meant(table: MeantTable) -> Json:
    rows = [
        {
            "page": row.page,
            "row": row.number,
            "sort": row.sort,
            "cells": [[number, text] for number, text in enumerate(row.cells) if text],
        }
        for row in table.rows
    ]
    columns = [[number, text] for number, text in enumerate(table.columns)]
    pieces = [list(piece) for piece in table.pieces]
    notes = [[note] for note in table.notes]
    return {"table": table.name, "columns": columns, "pieces": pieces, "notes": notes, "rows": rows}


def _lay_out(value: Json, indent: str = "") -> str:
    """Write JSON with a line for each innermost list, so that a changed cell is a changed line."""
    inner = indent + " "
    if isinstance(value, dict):
        lines = [f"{inner}{_plain(key)}: {_lay_out(item, inner)}" for key, item in value.items()]
        return _bracketed("{", lines, "}", indent)
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        return _bracketed("[", [inner + _lay_out(item, inner) for item in value], "]", indent)
    return _plain(value)


def _plain(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _bracketed(opening: str, lines: Sequence[str], closing: str, indent: str) -> str:
    return "\n".join((opening, ",\n".join(lines), indent + closing))


def csv_text(columns: Sequence[str], rows: Iterable[FigureRow | CheckRow]) -> str:
    """Write rows as CSV, in the columns that are kept."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(name, getattr(row, name)) for name in columns] for row in rows)
    return target.getvalue()


def _text(column: str, value: object) -> str:
    if column in BOX_COLUMNS and isinstance(value, float):
        return f"{value:.0f}"
    return plain_value(value)
