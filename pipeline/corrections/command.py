"""`savings corrections`: the decisions that are kept, whether they still fit, and taking one back."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import click

from pipeline.corrections.apply import corrected
from pipeline.corrections.files import add, load_corrections
from pipeline.corrections.model import Answer
from pipeline.corrections.standing import Corrections, CorrectionsError, Kept
from pipeline.corrections.suggest import suggestions
from pipeline.papers import find_papers
from pipeline.printing import csv_line
from pipeline.status import Exit

FOLDER = Path("corrections")
COLUMNS = ("number", "document", "page", "row", "figure", "text", "answer", "value", "who", "when", "why")


@click.group()
def corrections() -> None:
    """Decisions of a person on single cells, as `savings review` keeps them."""


_folder = click.option(
    "--corrections", "folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True, help="Their folder."
)


@corrections.command(name="list")
@_folder
@click.option("--all", "everything", is_flag=True, help="Also those that a later one has replaced or withdrawn.")
def list_(folder: Path, everything: bool) -> None:
    """Print the decisions that stand, as CSV."""
    found = _loaded(folder)
    click.echo(csv_line(COLUMNS))
    for number, kept in _numbered(found, everything=everything):
        correction = kept.correction
        click.echo(csv_line([number, *(getattr(correction, name) for name in COLUMNS[1:])]))


@corrections.command()
@_folder
@click.option("--rules", "rules_dir", type=click.Path(path_type=Path), help="A folder of your own rule files.")
@click.argument("papers", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PAPER|FOLDER...")
def check(folder: Path, rules_dir: Path | None, papers: tuple[Path, ...]) -> None:
    """Say which decisions no longer fit the papers, and what recurs so often that the rule file should say it.

    Exit status: 0 all fit; 1 some do not, or their papers are not among those given; 2 wrong usage.
    """
    found = _loaded(folder)
    lost = list(_unfitting(found, rules_dir, papers))
    for line in (*lost, *suggestions(found)):
        click.echo(line)
    standing = sum(len(kept) for kept in found.standing.values())
    click.echo(f"savings: {standing} decisions stand, {len(lost)} of them do not fit", err=True)
    sys.exit(Exit.INCOMPLETE if lost else Exit.OK)


@corrections.command()
@_folder
@click.argument("number", type=click.IntRange(min=1))
@click.option("--why", default="", help="Why, for the record.")
def drop(folder: Path, number: int, why: str) -> None:
    """Withdraw the decision NUMBER of `savings corrections list`. It stays in the file, and so does this."""
    found = _loaded(folder)
    chosen = dict(_numbered(found, everything=False)).get(number)
    if chosen is None:
        _stop(f"there is no decision {number} that stands; `savings corrections list` numbers them")
    latest = max(found.history[-1].correction.time + timedelta(microseconds=1), datetime.now(UTC))
    withdrawn = chosen.correction.model_copy(
        update={
            "answer": Answer.WITHDRAWN,
            "value": "",
            "who": getpass.getuser(),
            "when": latest.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "why": why,
        }
    )
    try:
        add(folder, chosen.path.stem, [withdrawn])
    except OSError as error:
        _stop(f"{folder} cannot be written: {error.strerror}")
    click.echo(f"savings: withdrawn: {chosen.correction.document}, {chosen.correction.text!r}", err=True)


def _numbered(found: Corrections, *, everything: bool) -> Iterator[tuple[int, Kept]]:
    """The decisions by their number, which is their place in the order they were made."""
    standing = {id(kept) for each in found.standing.values() for kept in each}
    for number, kept in enumerate(found.history, 1):
        if everything or id(kept) in standing:
            yield number, kept


def _unfitting(found: Corrections, rules_dir: Path | None, papers: tuple[Path, ...]) -> Iterator[str]:
    from extract.errors import PaperError  # noqa: PLC0415
    from extract.read import read_paper  # noqa: PLC0415
    from rules.apply import map_paper  # noqa: PLC0415
    from rules.errors import RuleError  # noqa: PLC0415
    from rules.load import load_rules_beside  # noqa: PLC0415

    try:
        rules = load_rules_beside(rules_dir)
    except RuleError as error:
        _stop(error)
    left = dict(found.standing)
    for path in find_papers(papers).papers:
        assert isinstance(path, Path)  # As those it was given are.
        try:
            paper = read_paper(path)
        except PaperError:
            continue
        if left.pop(paper.sha256, None):
            mapped = map_paper(rules, paper)[0]
            stale = corrected(mapped, found.of(paper.sha256)).stale
            yield from (f"{path}: {each.text!r} on page {each.page} is not what it was: {each.said}" for each in stale)
    for kept in left.values():
        yield f"{kept[0].correction.document}: not among the papers given, or changed: {len(kept)} decisions"


def _loaded(folder: Path) -> Corrections:
    try:
        return load_corrections(folder)
    except CorrectionsError as error:
        _stop(error)


def _stop(problem: object) -> NoReturn:
    click.echo(f"savings: {problem}", err=True)
    sys.exit(Exit.USAGE)
