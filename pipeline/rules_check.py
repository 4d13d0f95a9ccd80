"""`savings rules list`, `check`, `schema` and `reference`: what rule files there are, and whether they are sound."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from pipeline.guards import NO_CORPUS, Cases, cases_of
from pipeline.status import Exit
from rules.checks import Fault, claims, faults_of
from rules.errors import RuleError
from rules.load import BUILT_IN, RuleFile, load_rule, load_rules_beside
from rules.model import Authority
from rules.reference import reference_text, schema_text

RULES = click.option(
    "--rules",
    "folder",
    type=click.Path(path_type=Path),
    help="A folder of your own rule files, beside the built-in ones.",
)
CORPUS = click.option(
    "--corpus", type=click.Path(path_type=Path), help="A corpus of your own.  [default: that of the checkout]"
)


@click.command()
def schema() -> None:
    """Print the JSON Schema of a rule file, for editors; docs/rule.schema.json holds it, too."""
    click.echo(schema_text(), nl=False)


@click.command()
def reference() -> None:
    """Print what a rule file may say, key by key, as Markdown; docs/rules.md holds it, too."""
    click.echo(reference_text(), nl=False)


@click.command("list")
@RULES
@CORPUS
def list_rules(folder: Path | None, corpus: Path | None) -> None:
    """List the rule files: name, authority, papers in the corpus, and when what these must yield was last accepted.

    One a line, parted by tabs. "any" is an authority that the paper itself names.
    """
    cases = cases_of(corpus)
    for rule in load(folder):
        whose = rule.rule.authority
        name = whose.name if isinstance(whose, Authority) else "any"
        papers, last = (str(len(cases.of(rule.name))), cases.last(rule.name)) if cases else ("", "")
        click.echo("\t".join((rule.name, name, papers, last)))
    if cases is None:
        click.echo(NO_CORPUS, err=True)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...]")
@RULES
@CORPUS
def check(files: tuple[Path, ...], folder: Path | None, corpus: Path | None) -> None:
    """Check rule FILEs, or all of them, without reading a paper.

    Keys, columns and names; patterns that do not compile or run away; sorts of row that are never reached; rules
    without a case in the corpus, and rules that claim the same case.

    Exit status: 0 all is sound; 1 something is wrong.
    """
    cases = cases_of(corpus)
    try:
        rules = [load_rule(file) for file in files] if files else load_rules_beside(folder)
        others = load_rules_beside(folder) if files else rules
    except RuleError as error:
        click.echo(str(error))
        sys.exit(Exit.INCOMPLETE)
    faults = _faults(rules, others, cases, all_guarded=corpus is not None)
    for fault in faults:
        click.echo(str(fault))
    wrong = sum(not fault.doubt for fault in faults)
    click.echo(f"{len(rules)} rule files, {wrong} faults, {len(faults) - wrong} worth a look", err=True)
    if cases is None:
        click.echo(NO_CORPUS, err=True)
    sys.exit(Exit.INCOMPLETE if wrong else Exit.OK)


def _faults(
    rules: Sequence[RuleFile], others: Sequence[RuleFile], cases: Cases | None, *, all_guarded: bool
) -> list[Fault]:
    """The faults of some rule files, and where they and others claim one case."""
    found: list[Fault] = []
    for rule in rules:
        # The corpus of the checkout guards the built-in rules; a user's own are guarded by a corpus of one's own.
        guarded = cases is not None and (all_guarded or rule.path.resolve().is_relative_to(BUILT_IN.resolve()))
        found += faults_of(rule, cases.guards if guarded and cases else None)
    if cases is not None:
        names = {rule.name for rule in rules}
        together = {rule.name: rule for rule in (*others, *rules)}
        found += [fault for fault in claims(together.values(), cases.guards) if _names(fault, names)]
    return found


def _names(fault: Fault, names: set[str]) -> bool:
    return any(name in fault.problem.split(" ") for name in names)


def load(folder: Path | None) -> tuple[RuleFile, ...]:
    """All rule files; what is wrong with one ends the program."""
    try:
        return load_rules_beside(folder)
    except RuleError as error:
        click.echo(f"savings: {error}", err=True)
        sys.exit(Exit.USAGE)
