"""`savings rules draft`: a rule file proposed from a paper that nobody has seen, and what it reads at once."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click
import regex

from extract.errors import PaperError
from extract.paper import PageStatus, Paper
from extract.read import read_paper
from pipeline.status import Exit
from rules.apply import apply_rule
from rules.draft.draft import Draft, NothingToDraft, draft_rule
from rules.draft.write import rule_text
from rules.errors import RuleError
from rules.load import RuleFile, load_rule
from rules.mapped import MappedPaper
from rules.years import NoYear
from savings.reconcile import reconcile
from savings.schema import Outcome, Proof, Verdict

SHOWN = 8


@click.command()
@click.argument("paper", type=click.Path(path_type=Path))
@click.option("-o", "--out", "file", required=True, type=click.Path(path_type=Path), help="The rule file to write.")
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
def draft(paper: Path, file: Path, force: bool) -> None:
    """Propose a rule file for PAPER, and say what it reads.

    What the paper's words, numbers and sums show is written down; what they leave open is marked `unsure`, and figures
    of that are ambiguous until a person has looked.

    Exit status: 0 a draft was written; 1 nothing looked like savings; 2 wrong usage.
    """
    if file.exists() and not force:
        _stop(f"{file} is there already. Name another file, or say --force to overwrite it", Exit.USAGE)
    if not file.parent.is_dir():
        _stop(f"there is no folder {file.parent}. Make it first, or name another file", Exit.USAGE)
    read = _read(paper)
    try:
        drafted = draft_rule(read, layout_of(file))
    except NothingToDraft as error:
        _stop(f"{paper}: {error}{_without_text(read)}", Exit.INCOMPLETE)
    rule = _written(file, rule_text(drafted, paper.name))
    for line in report(drafted, rule, read):
        click.echo(line, err=True)
    click.echo(f"{file}: drafted. Next: compare it with the paper, then `savings run {paper} --rules …`", err=True)


def layout_of(file: Path) -> str:
    """The layout's name: that of the file, in the form that rule files ask for."""
    name = regex.sub(r"[^a-z0-9]+", "-", file.stem.casefold()).strip("-")
    return name or "drafted"


def _read(paper: Path) -> Paper:
    try:
        return read_paper(paper)
    except PaperError as error:
        _stop(f"{paper}: {error.problem}. {error.remedy}", Exit.INCOMPLETE)


def _without_text(paper: Paper) -> str:
    if paper.pages and all(page.status in (PageStatus.NO_TEXT, PageStatus.EMPTY) for page in paper.pages):
        return ". No page of it has text: it is a scan or blank"
    return ". `savings tables` shows what was found; a rule file for it would be written by hand, see CONTRIBUTING.md"


def _written(file: Path, text: str) -> RuleFile:
    """Write the file, and load it as any other rule file is."""
    try:
        file.write_text(text, encoding="utf-8")
        return load_rule(file)
    except OSError as error:
        _stop(f"{file} cannot be written: {error.strerror or error}. Name a file in a folder that is there", Exit.USAGE)
    except RuleError as error:
        _stop(f"the draft is not sound, which is a fault of the program: {error}", Exit.INCOMPLETE)


def _stop(problem: str, status: Exit) -> NoReturn:
    click.echo(f"savings: {problem}", err=True)
    sys.exit(status)


# --- what the draft reads -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reading:
    mapped: MappedPaper
    outcome: Outcome

    def proofs(self) -> Counter[Proof]:
        return Counter(d.proof for d in self.outcome.decisions if d.reading.value is not None)


def report(drafted: Draft, rule: RuleFile, paper: Paper) -> Iterator[str]:
    """What a drafted rule makes of its own paper: figures, sums, what it is unsure of, and the cells left over."""
    try:
        mapped = apply_rule(rule.rule, paper)
    except NoYear as error:
        yield f"nothing could be read: {error}"
        return
    reading = _Reading(mapped, reconcile(mapped.problem, mapped.damage))
    proofs = reading.proofs()
    yield f"figures   {proofs.total()}: " + ", ".join(f"{proofs[p]} {p}" for p in Proof if proofs[p])
    yield from _columns(drafted)
    yield from _sums(drafted, reading)
    yield from _doubts(reading)
    yield from _left_over(mapped)


def _columns(drafted: Draft) -> Iterator[str]:
    for table in drafted.tables:
        pages = ", ".join(dict.fromkeys(str(p.page.number) for p in table.sheet.pieces))
        yield f"table     {table.name}, page {pages}: {len(table.rows.views)} rows"
        for n in table.columns:
            what = n.field or n.key or n.ignore
            if n.figures is not None:
                f = n.figures
                what = " ".join(filter(None, (f.measure, f.kind or "total", f.recurrence, f.part, f.unit, *f.years)))
            yield f"          {n.label.all[:40] or '(no header)':<40}  {what}"


def _sums(drafted: Draft, reading: _Reading) -> Iterator[str]:
    verdicts = Counter((c.identity.name, c.verdict) for c in reading.outcome.checks)
    for name in dict.fromkeys(name for name, _ in verdicts):
        holds, broken = verdicts[name, Verdict.HOLDS], verdicts[name, Verdict.BROKEN]
        yield f"sum       {name}: holds {holds} times" + (f", fails {broken} times" if broken else "")
    for check in reading.outcome.checks:
        if check.verdict is Verdict.BROKEN:
            yield f"fails     {check.identity.where}: {check.found:,} found, {check.expected:,} printed"
    dropped = [e for e in drafted.sums if e.is_near]
    yield from (f"dropped   {e.candidate.keys['name']}: {e.why}" for e in dropped)


def _doubts(reading: _Reading) -> Iterator[str]:
    doubts = Counter(f.doubt for f in reading.mapped.problem.figures if f.doubt)
    yield from (f"unsure    {doubt} ({count} figures)" for doubt, count in doubts.most_common())


def _left_over(mapped: MappedPaper) -> Iterator[str]:
    accounting = mapped.accounting
    yield (
        f"cells     {accounting.cells}: {accounting.mapped} mapped, {accounting.ignored} ignored by name, "
        f"{accounting.flagged} left over"
    )
    for flag in accounting.flags[:SHOWN]:
        yield f"left over page {flag.place.page} row {flag.place.row}: {flag.text[:50]!r}: {flag.why}"
    more = accounting.flagged - SHOWN
    if more > 0:
        yield f"          and {more} more"


__all__ = ["Draft", "draft", "layout_of", "report"]
