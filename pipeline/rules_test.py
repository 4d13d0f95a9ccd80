"""`savings rules test`: what a rule file makes of a paper, at once, and again whenever the file changes."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from extract.errors import PaperError
from extract.paper import Paper
from extract.read import read_paper
from pipeline.records import plain_value
from pipeline.status import Exit
from rules.apply import apply_rule
from rules.errors import RuleError
from rules.load import load_rule
from rules.mapped import MappedPaper
from rules.patterns import PatternTooSlow
from rules.years import NoYear
from savings.reconcile import reconcile
from savings.schema import Figure, Level, Line, Outcome, Proof, Verdict

# Seconds between two looks at a file that is watched.
LOOK = 0.5


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("paper", type=click.Path(path_type=Path))
@click.option("--watch", is_flag=True, help="Again whenever FILE changes, until Ctrl-C.")
def test(file: Path, paper: Path, watch: bool) -> None:
    """Read PAPER by the rule FILE, whatever its `match` says, and print figures, sums and what is left over.

    Exit status: 0 figures were found; 1 none; 2 the rule file is wrong.
    """
    try:
        read = read_paper(paper)
    except PaperError as error:
        click.echo(f"savings: {paper}: {error.problem}. {error.remedy}", err=True)
        sys.exit(Exit.INCOMPLETE)
    status = _tried(file, read)
    if not watch:
        sys.exit(status)
    try:
        for _ in changes(file):
            click.clear()
            _tried(file, read)
    except KeyboardInterrupt:
        sys.exit(Exit.OK)


def changes(file: Path) -> Iterator[None]:
    """One item for every change of a file, as its time and size show it; a file that is gone is waited for."""
    before = _state(file)
    while True:
        time.sleep(LOOK)
        now = _state(file)
        if now != before:
            before = now
            if now is not None:
                yield


def _state(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def _tried(file: Path, paper: Paper) -> Exit:
    try:
        rule = load_rule(file)
        mapped = apply_rule(rule.rule, paper)
    except RuleError as error:
        click.echo(f"savings: {error}", err=True)
        return Exit.USAGE
    except (NoYear, PatternTooSlow) as error:
        click.echo(f"savings: {file}: {error}", err=True)
        return Exit.INCOMPLETE
    outcome = reconcile(mapped.problem, mapped.damage)
    for line in report(mapped, outcome):
        click.echo(line)
    return Exit.OK if any(d.reading.value is not None for d in outcome.decisions) else Exit.INCOMPLETE


def report(mapped: MappedPaper, outcome: Outcome) -> Iterator[str]:
    """What a rule makes of a paper, as lines: its figures, its sums, and what is left over."""
    yield from _figures(mapped, outcome)
    yield from _sums(outcome)
    yield from _left_over(mapped)


def _figures(mapped: MappedPaper, outcome: Outcome) -> Iterator[str]:
    proofs: Counter[Proof] = Counter()
    line_before: Line | None = None
    for figure, decision in zip(mapped.problem.figures, outcome.decisions, strict=True):
        if decision.reading.value is None:
            continue
        line = mapped.problem.lines[figure.line]
        if line is not line_before:
            yield f"page {line.place.page} row {line.place.row}  {_label(line)}"
            line_before = line
        proofs[decision.proof] += 1
        marks = "" if decision.proof is Proof.RECONCILED else f"  {decision.proof}"
        how = "" if decision.reading.how == "printed" else f"  {decision.reading.how}"
        doubt = f"  ({figure.doubt})" if figure.doubt else ""
        yield f"    {_measured(figure):<44}{plain_value(decision.reading.value):>14}{how}{marks}{doubt}"
    yield f"figures   {proofs.total()}: " + ", ".join(f"{proofs[p]} {p}" for p in Proof if proofs[p])


def _label(line: Line) -> str:
    texts = [line.fields.get(name, "") for name in ("reference", "directorate", "service", "detail")]
    level = "" if line.level is Level.ITEM else f"[{line.level}] "
    return level + " | ".join(text[:60] for text in texts if text)


def _measured(figure: Figure) -> str:
    parts = (figure.year, figure.measure, figure.kind, figure.recurrence, figure.part)
    return " ".join(str(part) for part in parts if part)


def _sums(outcome: Outcome) -> Iterator[str]:
    verdicts = Counter((check.identity.name, check.verdict) for check in outcome.checks)
    for name in dict.fromkeys(name for name, _ in verdicts):
        broken = verdicts[name, Verdict.BROKEN]
        yield f"sum       {name}: holds {verdicts[name, Verdict.HOLDS]} times" + (f", fails {broken}" if broken else "")
    for check in outcome.checks:
        if check.verdict is Verdict.BROKEN and check.found is not None and check.expected is not None:
            yield f"fails     {check.identity.where}: {check.found:,} found, {check.expected:,} printed"


def _left_over(mapped: MappedPaper) -> Iterator[str]:
    accounting = mapped.accounting
    yield (
        f"cells     {accounting.cells}: {accounting.mapped} mapped, {accounting.ignored} ignored by name, "
        f"{accounting.flagged} left over"
    )
    for flag in accounting.flags:
        yield f"left over page {flag.place.page} row {flag.place.row}: {flag.text[:60]!r}: {flag.why}"
    yield from (f"problem   {problem}" for problem in mapped.problems)
    yield from (f"warning   {warning}" for warning in mapped.warnings)
    taken = [m for m in mapped.mendings if m.what != "cell"]
    yield from (f"taken     {m.what} {m.taken or 'unsaid'} (page {m.place.page}): {m.reason}" for m in taken)
