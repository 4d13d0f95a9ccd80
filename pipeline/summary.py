"""What a run found, reconciled and doubts, for the person at the terminal."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import regex
from rich.console import Console
from rich.table import Table

from pipeline.address import Place
from pipeline.records import CheckRow, PaperResult, PaperRow, plain_value
from pipeline.status import Status
from savings.schema import Proof, Verdict

CONTRADICTIONS_SHOWN = 12
_FIRST_RULE = regex.compile(r".*?\)(?=; |$)")
_KEPT = ("passed_over", "statuses", "proofs", "hows", "flagged", "broken", "shown")


def problem_line(paper: PaperRow) -> str:
    """One line that names a paper, says what is wrong with it and what to do next."""
    first = _FIRST_RULE.match(paper.nearest_rules)
    nearest = f" Nearest rule: {first[0]}." if first else ""
    line = f"{paper.path}: {paper.status}: {paper.error}.{nearest}".replace("..", ".")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


class Summary:
    """Counts over all papers, and the contradictions found."""

    def __init__(self, passed_over: Counter[str]) -> None:
        self.passed_over = passed_over
        self.statuses: Counter[Status] = Counter()
        self.proofs: Counter[str] = Counter()
        self.hows: Counter[str] = Counter()
        self.flagged = 0
        self.broken = 0
        self.shown: list[str] = []

    @property
    def papers(self) -> int:
        """How many papers were given."""
        return self.statuses.total()

    @property
    def complete(self) -> bool:
        """Whether every paper was read, and there was one."""
        return set(self.statuses) == {Status.OK}

    def add(self, result: PaperResult) -> None:
        """Count one paper's result."""
        self.statuses[result.paper.status] += 1
        self.flagged += result.paper.flagged
        self.proofs.update(row.proof for row in result.figures)
        self.hows.update(row.how for row in result.figures)
        broken = [check for check in result.checks if check.verdict == Verdict.BROKEN]
        self.broken += len(broken)
        self.shown += map(contradiction, broken[: CONTRADICTIONS_SHOWN - len(self.shown)])

    def merge(self, later: Summary) -> None:
        """Count the papers of another, which come after these."""
        self.statuses.update(later.statuses)
        self.proofs.update(later.proofs)
        self.hows.update(later.hows)
        self.flagged += later.flagged
        self.broken += later.broken
        self.shown += later.shown[: CONTRADICTIONS_SHOWN - len(self.shown)]

    @property
    def doubtful(self) -> int:
        """How many figures are contradicted or ambiguous."""
        return self.proofs[Proof.CONTRADICTED] + self.proofs[Proof.AMBIGUOUS]

    def as_json(self) -> dict[str, Any]:
        """All of it, to be kept; `from_json` reads it."""
        return {name: getattr(self, name) for name in _KEPT}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Summary:
        """A summary that was kept. Raises KeyError, TypeError, ValueError."""
        summary = cls(Counter(kept["passed_over"]))
        summary.statuses = Counter({Status(name): number for name, number in kept["statuses"].items()})
        summary.proofs, summary.hows = Counter(kept["proofs"]), Counter(kept["hows"])
        summary.flagged, summary.broken, summary.shown = kept["flagged"], kept["broken"], kept["shown"]
        return summary

    def show(self, console: Console, out: Place) -> None:
        """Print what was found, reconciled and doubtful, and where the results are."""
        console.print(self._counts())
        for line in self.shown:
            console.print(line, markup=False)
        if self.broken > len(self.shown):
            console.print(f"… and {self.broken - len(self.shown)} more contradictions in checks.csv")
        if self.passed_over:
            kinds = ", ".join(f"{n} {suffix}" for suffix, n in sorted(self.passed_over.items()))
            console.print(f"Passed over in the folders, as no papers: {kinds}", markup=False)
        where = f"Results: {out / 'figures.csv'} (figures), lines.csv, checks.csv, repairs.csv, papers.csv, tables/"
        report = out / "report.html"
        console.print(f"{where}; to look at: {report}" if report.is_file() else where, markup=False)

    def _counts(self) -> Table:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        others = ", ".join(f"{n} {s}" for s, n in sorted(self.statuses.items()) if s is not Status.OK)
        read = self.statuses[Status.OK]
        table.add_row("papers", str(self.papers), f"{read} read" + (f", {others}" if others else ""))
        figures = self.proofs.total()
        how = ", ".join(f"{n} {h}" for h, n in sorted(self.hows.items(), key=lambda pair: -pair[1]))
        table.add_row("figures", str(figures), how)
        for proof in Proof:
            count = self.proofs[proof]
            table.add_row(f"  {proof}", str(count), f"{count / figures:.0%}" if figures else "")
        table.add_row("cells flagged", str(self.flagged), "see papers.csv" if self.flagged else "")
        return table


def contradiction(check: CheckRow) -> str:
    """A contradiction of a paper as a sum: what its parts come to, and what it prints."""
    found, expected = check.found or Decimal(0), check.expected or Decimal(0)
    sums = f"{_grouped(found)} found, {_grouped(expected)} printed, difference {_grouped(found - expected)}"
    return f"{check.document}, page {check.page} row {check.row}: {check.where}: {sums}"


def _grouped(value: Decimal) -> str:
    whole, _, decimals = plain_value(value).partition(".")
    return f"{int(whole):,}" + (f".{decimals}" if decimals else "")
