"""Papers and rules made in a test, and what is read from them in a form that is short to compare.

A paper is written as a text report. Cells stand between bars, so that empty ones can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from textwrap import dedent
from typing import Any

from ruamel.yaml import YAML

from extract.paper import Paper
from extract.text import read_text
from rules.apply import apply_rule
from rules.load import RuleFile
from rules.mapped import MappedPaper
from rules.model import Rule
from savings.reconcile import reconcile
from savings.schema import Check, Outcome

# Two years of targets after a reference and a text, in thousands; what most tests start from.
PLAN = """
    authority: {name: Made-up Council, gss: E06000001}
    layout: plan
    match: {all: [Reference, Saving]}
    scale: 1000
    tables:
      lines:
        columns:
          - {header: Reference, field: reference}
          - {header: Saving, field: detail}
          - {header: "{year}", times: 2, measure: target, kind: total}
        rows:
          - {level: total, when: {text: Total}}
          - {level: item, needs: [reference, detail]}
    identities:
      - name: lines = total
        total: {table: lines, level: total}
        of: [{table: lines, level: item}]
    """
# The accountants' other habit: cashable and non-cashable beside their total, under a band with the year.
BANDED = """
    authority: {name: Made-up Council}
    layout: banded
    match: {all: [Saving, Cashable]}
    scale: 1000
    tables:
      lines:
        columns:
          - {header: Saving, field: detail}
          - band: Achieved
            measure: achieved
            year: printed
            columns:
              - {header: Cashable, kind: cashable}
              - {header: Non cashable, kind: non_cashable}
              - {header: Total, kind: total}
          - {header: Remarks, field: comment}
        rows:
          - {level: total, when: {detail: Total}}
          - {level: item, needs: [detail]}
    identities:
      - name: cashable + non-cashable = total
        each: row
        total: {kind: total}
        of: [{kind: cashable}, {kind: non_cashable}]
      - name: lines = total
        total: {table: lines, level: total}
        of: [{table: lines, level: item}]
    """


def keys(text: str) -> Any:
    """The keys of a rule written as YAML, for tests that change some of them."""
    return YAML(typ="safe").load(dedent(text))


def rule(text: str, **changed: object) -> Rule:
    """A rule from YAML, some of its first keys changed."""
    return Rule.model_validate(keys(text) | changed)


def with_columns(text: str, *columns: dict[str, Any], rows: list[dict[str, Any]] | None = None, **more: Any) -> Rule:
    """A rule of one table with other columns, and other sorts of row."""
    data = keys(text)
    (table,) = data["tables"].values()
    table["columns"] = list(columns)
    if rows is not None:
        table["rows"] = rows
    return Rule.model_validate(data | more)


def named(name: str, made: Rule) -> RuleFile:
    """A rule as if it had been loaded from a file."""
    return RuleFile(name, Path(f"{name}.yml"), "", made)


def report(text: str) -> str:
    """A text report from lines whose cells stand between bars; a line "====" begins a new page."""
    lines = [line.strip() for line in dedent(text).strip().split("\n")]
    cells = ("\t".join(cell.strip() for cell in line.split("|")) for line in lines)
    return "\n".join(cells).replace("====\n", "\f") + "\n"


def paper(text: str) -> Paper:
    """The paper in a text report written with bars."""
    return read_text("report.txt", "00", report(text))


@dataclass(frozen=True)
class Found:
    """What a rule makes of a paper, decided."""

    mapped: MappedPaper
    outcome: Outcome

    @cached_property
    def figures(self) -> list[tuple[str, str, Decimal]]:
        """Label, "year measure kind" and value of every figure that a cell holds."""
        return [
            (self.mapped.problem.lines[f.line].fields["detail"], f"{f.year} {f.measure} {f.kind}", d.reading.value)
            for f, d in zip(self.mapped.problem.figures, self.outcome.decisions, strict=True)
            if d.reading.value is not None
        ]

    @property
    def values(self) -> dict[str, list[int]]:
        """The values of each line by its label, in the order of its columns."""
        found: dict[str, list[int]] = {}
        for label, _, value in self.figures:
            found.setdefault(label, []).append(int(value))
        return found

    @property
    def marks(self) -> dict[str, list[str]]:
        """How and proof of each figure by the label of its line."""
        found: dict[str, list[str]] = {}
        for f, d in zip(self.mapped.problem.figures, self.outcome.decisions, strict=True):
            if d.reading.value is not None:
                label = self.mapped.problem.lines[f.line].fields["detail"]
                found.setdefault(label, []).append(f"{d.reading.how} {d.proof}")
        return found

    @property
    def all_marks(self) -> set[str]:
        """How and proof of all figures."""
        return {mark for marks in self.marks.values() for mark in marks}

    def texts(self, name: str) -> list[str]:
        """A field of every line."""
        return [line.fields.get(name, "") for line in self.mapped.problem.lines]

    @property
    def levels(self) -> list[tuple[str, str]]:
        """Level and label of every line."""
        return [(line.level, line.fields["detail"]) for line in self.mapped.problem.lines]

    @property
    def flags(self) -> list[tuple[int, str]]:
        """Row and text of every flagged cell."""
        return [(flag.place.row, flag.text) for flag in self.mapped.accounting.flags]

    @property
    def sums(self) -> list[str]:
        """Every check: name, total, parts in thousands, verdict."""
        return [shown(check) for check in self.outcome.checks]


def shown(check: Check) -> str:
    """A check in short, such as "lines = total: 30 of 30 holds"."""
    found, expected = (None if v is None else int(v / 1000) for v in (check.found, check.expected))
    return f"{check.identity.name}: {found} of {expected} {check.verdict}"


def read(made: Rule, text: str | Paper) -> Found:
    """Map a paper by a rule and decide it."""
    mapped = apply_rule(made, paper(text) if isinstance(text, str) else text)
    return Found(mapped, reconcile(mapped.problem, mapped.damage))


def filled_cells(one: Paper) -> int:
    """How many cells of a paper's tables hold text."""
    return sum(bool(cell.text.strip()) for table in one.tables for row in table.rows for cell in row.cells)
