"""`savings rules why`: which rule reads a paper, and why none of the others does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from extract.errors import PaperError
from extract.paper import Paper
from extract.read import read_paper
from normalise.labels import plain
from pipeline.rules_check import RULES, load
from pipeline.status import Exit
from rules.apply import map_paper
from rules.assemble import Assembled, Piece, assemble
from rules.load import RuleFile
from rules.match import Match, conditions, matches
from rules.model import Column
from rules.years import NoYear


@click.command()
@click.argument("paper", type=click.Path(path_type=Path))
@RULES
def why(paper: Path, folder: Path | None) -> None:
    """Say of every rule which of its conditions PAPER meets, and of the one that reads it what each header is to it.

    Exit status: 0 a rule reads the paper; 1 none does; 2 wrong usage.
    """
    rules = load(folder)
    try:
        read = read_paper(paper)
    except PaperError as error:
        click.echo(f"savings: {paper}: {error.problem}. {error.remedy}", err=True)
        sys.exit(Exit.INCOMPLETE)
    chosen, found, problem = _mapped(rules, read)
    text = plain(read.text)
    for match in found:
        click.echo("\n".join(_match(match, text, chosen)))
    click.echo("")
    nearest = chosen or (found[0].rule if found else None)
    if chosen is None:
        what = f"the nearest is {nearest.name}" if nearest else "there are none"
        click.echo(f"No rule reads this paper; {what}.{f' {problem}' if problem else ''}")
    if nearest is not None:
        click.echo("\n".join(_tables(nearest, assemble(nearest.rule, read))))
    sys.exit(Exit.OK if chosen else Exit.INCOMPLETE)


def _mapped(rules: tuple[RuleFile, ...], paper: Paper) -> tuple[RuleFile | None, tuple[Match, ...], str]:
    try:
        _, chosen, found = map_paper(rules, paper)
    except NoYear as error:
        return None, matches(rules, paper), str(error)
    return chosen, found, ""


def _match(match: Match, text: str, chosen: RuleFile | None) -> Iterator[str]:
    reads = " reads this paper" if match.rule is chosen else ""
    yield f"{match.rule.name}{reads}: {match.met} of {match.met + len(match.unmet)} conditions"
    met = conditions(match.rule.rule.match, text)
    yield from (f"  {'yes' if fits else 'NO '}  {condition}" for condition, fits in met)
    # What its words do not show: it has none of the tables, or it is another council's.
    if all(fits for _, fits in met):
        yield from (f"  NO   {unmet}" for unmet in match.unmet)


def _tables(rule: RuleFile, assembled: Assembled) -> Iterator[str]:
    """The tables of a paper as a rule sees them: which is which, and what each printed header fell to."""
    for piece in assembled.pieces:
        yield f"page {piece.printed.page}, table {piece.printed.number} is {piece.form.name!r}: {piece.note}"
        yield from (f"  {line}" for line in _headers(piece))
    for table, reason in assembled.ignored:
        yield f"page {table.page}, table {table.number} is left out: {reason}"
    for table in assembled.unclaimed:
        first = " | ".join(cell.text for cell in table.rows[0].cells if cell.text) if table.rows else ""
        begins = " ".join(first.split())[:80]
        yield f"page {table.page}, table {table.number} is none of {rule.name}: it begins {begins!r}"
    found = {piece.form.name for piece in assembled.pieces}
    yield from (f"table {name!r} of the rule was not found" for name in rule.rule.tables if name not in found)


def _headers(piece: Piece) -> Iterator[str]:
    shape_of = {i: j for j, i in enumerate(piece.alignment.columns) if i is not None}
    for i in range(piece.printed.width):
        header = " ".join(row.cells[i].text for row in piece.header if row.cells[i].text) or "(no header here)"
        if i in shape_of:
            yield f"{header!r} → {_said(piece, shape_of[i])}"
        elif any(row.placed.row.cells[i].text for row in piece.rows):
            known = "a header that the rule does not know" if i in piece.left_out else "no column of its own"
            yield f"{header!r} → {known}"
    lacking = [_said(piece, j) for j, i in enumerate(piece.alignment.columns) if i is None]
    yield from (f"(not printed here) → {said}" for said in lacking)


def _said(piece: Piece, j: int) -> str:
    """What a column of a rule is, in words."""
    column: Column = piece.form.columns[j]
    band = piece.form.bands[j]
    if column.name or column.ignore is not None:
        return column.field or (f"{column.key} (a key)" if column.key else f"left out: {column.ignore}")
    keys = ("measure", "kind", "recurrence", "part", "year")
    values = (getattr(column, key) or (getattr(band, key) if band else None) for key in keys)
    return "figures: " + (" ".join(str(value) for value in values if value) or "target total")
