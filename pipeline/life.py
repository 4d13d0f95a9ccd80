"""A figure of a finished run, looked up in the results and found again by reading its paper once more.

The files of a run hold what was decided. The readings that were considered and the parts of the sums are not in them:
they are had by reading the paper again, which gives the same result as long as file, rules and program are the same.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from extract.errors import PaperError
from extract.paper import Box, Paper, Sides
from pipeline.corrections.standing import NONE, Corrections
from pipeline.dataset.keys import figure_key
from pipeline.publish import MARK
from pipeline.read import Stages, read_stages
from pipeline.records import FigureRow, plain_value
from pipeline.rows import Rows
from pipeline.spreadsheet import restored
from rules.assemble import Assembled, Form, Piece, SortedRow, assemble
from rules.load import RuleFile
from rules.years import NoYear
from savings.arithmetic import Choice
from savings.free import Index
from savings.schema import Check, Decision, Figure, Line, Place, Problem, Verdict

# A row of one of the files of a results folder, by column.
Row = Mapping[str, str]

COLUMNS = tuple(f.name for f in fields(FigureRow))
NEAREST = 3
CELL_LIMIT = 2**31 - 1


class Unexplained(Exception):
    """What stands in the way of an explanation, and what to do about it."""


# --- the results folder ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Results:
    """A results folder: its figures, and its other files to be read on demand."""

    folder: Path
    figures: tuple[Row, ...]

    def of_paper(self, name: str, figure: Row) -> Iterator[Row]:
        """The rows of another file that belong to the paper of a figure."""
        for row in _read_csv(self.folder / name):
            if (row.get("document"), row.get("sha256")) == (figure["document"], figure["sha256"]):
                yield row


def load_results(folder: Path) -> Results:
    """The results that a run has left in a folder. Raises Unexplained where there are none, or not all."""
    if not folder.is_dir():
        raise Unexplained(f"there is no folder {folder}. Give the folder that `savings run` was given with -o")
    mark = folder / MARK
    if not mark.is_file() or not (folder / "figures.csv").is_file():
        raise Unexplained(f"{folder} holds no results with a figures.csv. Give the output folder of `savings run`")
    try:
        complete = json.loads(mark.read_text(encoding="utf-8"))["complete"]
    except (OSError, ValueError, KeyError, TypeError):
        complete = False
    if not complete:
        raise Unexplained(f"the results in {folder} are not whole: a run was cut off. Run it again")
    figures = tuple(_read_csv(folder / "figures.csv"))
    lacking = set(COLUMNS) - set(figures[0] if figures else COLUMNS)
    if lacking:
        names = ", ".join(sorted(lacking))
        raise Unexplained(f"figures.csv in {folder} lacks columns ({names}): another version wrote it. Run it again")
    return Results(folder, figures)


def _read_csv(path: Path) -> Iterator[Row]:
    # A check on a long paper names more figures in one cell than Python's reader takes by default.
    csv.field_size_limit(CELL_LIMIT)
    try:
        with path.open(newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle, restval=""):
                yield {str(k): v for k, v in row.items() if k is not None}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Unexplained(f"{path} cannot be read: {error}. Run `savings run` again") from None


def find_figure(results: Results, name: str, document: str | None = None) -> int:
    """The number of the figure that a user means by a number or a key. Raises Unexplained."""
    if not results.figures:
        raise Unexplained(f"figures.csv in {results.folder} holds no figure; papers.csv says why")
    _check_document(results, document)
    return _by_number(results, int(name), document) if _is_number(name) else _by_key(results, name, document)


def _is_number(name: str) -> bool:
    # int() refuses numbers of some thousand digits.
    return name.isascii() and name.isdecimal() and len(name) < 1000


def _check_document(results: Results, document: str | None) -> None:
    names = list(dict.fromkeys(row["document"] for row in results.figures))
    if document is not None and document not in names:
        near = ", ".join(get_close_matches(document, names, n=NEAREST, cutoff=0))
        raise Unexplained(f"no figure in {results.folder} is from a paper called {document}. Papers there: {near}")


def _by_number(results: Results, number: int, document: str | None) -> int:
    count = len(results.figures)
    if not 1 <= number <= count:
        raise Unexplained(f"there is no figure {number}: figures.csv in {results.folder} holds 1 to {count}")
    found = results.figures[number - 1]["document"]
    if document not in (None, found):
        raise Unexplained(f"figure {number} is from {found}, not from {document}. Leave --document out")
    return number


def _by_key(results: Results, key: str, document: str | None) -> int:
    keys = {n: figure_key(row) for n, row in enumerate(results.figures, 1) if document in (None, row["document"])}
    found = [n for n, each in keys.items() if each == key]
    if len(found) == 1:
        return found[0]
    if not found:
        near = ", ".join(get_close_matches(key, dict.fromkeys(keys.values()), n=NEAREST, cutoff=0))
        raise Unexplained(f"no figure has the key {key}. The nearest keys: {near}")
    places = ", ".join(f"{results.figures[n - 1]['document']} (figure {n})" for n in found)
    remedy = "Give the figure's number"
    if len({results.figures[n - 1]["document"] for n in found}) == len(found):
        remedy = "Name the paper with --document, or give the figure's number"
    raise Unexplained(f"the key {key} is that of several figures: {places}. {remedy}")


# --- the paper, read again -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stand:
    """Where a figure stands: the table of the rule, its column there, its row, and the printed table that holds it.

    `header` is the printed table whose header names the column: this one, or one before it that goes on here. What a
    figure has none of is None: one in a sentence has none at all, one between the tables has no printed table.
    """

    form: Form | None = None
    column: int | None = None
    row: SortedRow | None = None
    piece: Piece | None = None
    header: Piece | None = None


@dataclass(frozen=True)
class Life:
    """A figure with all that its paper says of it."""

    number: int
    row: Row
    path: Path
    stages: Stages
    figure: Figure
    stand: Stand
    choice: Choice
    index: Index

    @property
    def decision(self) -> Decision:
        """What was taken for the figure."""
        return self.stages.outcome.decisions[self.figure.id]

    @property
    def line(self) -> Line:
        """The line that the figure belongs to."""
        return self.line_of(self.figure.id)

    def line_of(self, figure: int) -> Line:
        """The line of any figure."""
        problem = self.stages.mapped.problem
        return problem.lines[problem.figures[figure].line]

    @property
    def checks(self) -> tuple[Check, ...]:
        """The identities that the figure takes part in."""
        return tuple(check for check in self.stages.outcome.checks if self.figure.id in check.ties)

    @property
    def broken(self) -> tuple[Check, ...]:
        """Those of them that do not hold."""
        return tuple(check for check in self.checks if check.verdict is Verdict.BROKEN)

    @cached_property
    def rows(self) -> Rows:
        """The paper's rows of the output files."""
        assert self.stages.rule is not None
        return Rows(self.stages.paper, self.stages.rule, self.stages.mapped, self.stages.outcome)


def relive(results: Results, number: int, rules: Sequence[RuleFile], corrections: Corrections = NONE) -> Life:
    """Read the figure's paper again and find the figure in it. Raises Unexplained."""
    row = results.figures[number - 1]
    if row["rule"] not in {rule.name for rule in rules}:
        raise Unexplained(f"the run read the paper by the rule {row['rule']}, which is not here. Give --rules as then.")
    path = _unchanged(results, row)
    try:
        stages = read_stages(path, rules, corrections=corrections)
    except PaperError as error:
        raise Unexplained(f"{path} cannot be read again: {error.problem}. {error.remedy}") from None
    except NoYear as error:
        raise Unexplained(f"{path} cannot be read again: {error}. Run `savings run` again.") from None
    figure = _same_figure(stages, row)
    if figure is None or stages.rule is None:
        remedy = "Give --rules and --corrections as then, or run it again."
        raise Unexplained(f"{path} is now read otherwise: rules, corrections or program have changed. {remedy}")
    outcome = stages.outcome
    readings = {d.figure: d.reading for d in outcome.decisions}
    choice = Choice(stages.mapped.problem).with_changes(readings, {c.line: c.reading for c in outcome.codes})
    stand = _stand(assemble(stages.rule.rule, stages.paper), stages.mapped.problem, figure)
    return Life(number, row, path, stages, figure, stand, choice, Index(stages.mapped.problem))


def _unchanged(results: Results, row: Row) -> Path:
    """The paper's file, which must be the one that was read."""
    paths = [Path(restored(paper["path"])) for paper in results.of_paper("papers.csv", row)]
    if not paths:
        raise Unexplained(f"papers.csv in {results.folder} does not name {row['document']}. Run `savings run` again.")
    there = [path for path in paths if path.is_file()]
    if not there:
        remedy = "Put it back, or go to the folder that the run was started in, or run it again."
        raise Unexplained(f"the paper is no longer at {paths[0]}. {remedy}")
    for path in there:
        if _digest(path) == row["sha256"]:
            return path
    raise Unexplained(f"{there[0]} has changed since the run. Put the old file back, or run `savings run` again.")


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise Unexplained(f"{path} cannot be read: {error.strerror}. Check its permissions.") from None


def _same_figure(stages: Stages, row: Row) -> Figure | None:
    """The figure that gives this very row of figures.csv; None where none does any longer."""
    if stages.rule is None:
        return None
    rows = Rows(stages.paper, stages.rule, stages.mapped, stages.outcome)
    if not any(_as_read_back(fresh) == {name: row[name] for name in COLUMNS} for fresh in rows.figures()):
        return None
    key = figure_key(row)
    for figure in stages.mapped.problem.figures:
        source = figure.source_of(stages.outcome.decisions[figure.id].reading)
        if rows.key(figure.id) == key and (plain_value(source.raw), _sides(source.place, stages.paper)) == (
            row["raw"],
            _sides_of(row),
        ):
            return figure
    return None


def _as_read_back(row: FigureRow) -> dict[str, str]:
    return {name: plain_value(getattr(row, name)) for name in COLUMNS}


def _sides(place: Place, paper: Paper) -> tuple[str, ...]:
    box = paper.on_sheet(place.page, place.box) if place.box else (None,) * 4
    return tuple(map(plain_value, box))


def _sides_of(row: Row) -> tuple[str, ...]:
    return (row["x0"], row["top"], row["x1"], row["bottom"])


def _stand(assembled: Assembled, problem: Problem, figure: Figure) -> Stand:
    table = problem.lines[figure.line].table
    form = next((f for f in assembled.forms if f.name == table), None)
    if form is None:
        return Stand()
    # A line has a figure for each of its table's figure columns, in their order.
    mates = problem.figures_of_line[figure.line]
    column = form.amounts[mates.index(figure.id)] if len(mates) == len(form.amounts) else None
    rows: list[tuple[Piece | None, SortedRow]] = [(p, r) for p in assembled.pieces if p.form is form for r in p.rows]
    rows += [(None, row) for other, row in assembled.outside if other is form]
    here = [(p, r) for p, r in rows if _is_at(r, figure.place)]
    # Lines between the tables have numbers of their own, so that a page may have two rows of one number.
    here = [(p, r) for p, r in here if _holds(r, figure.place)] or here
    if not here:
        return Stand(form, column)
    piece, row = here[0]
    return Stand(form, column, row, piece, _header_of(assembled, piece) if piece else None)


def _is_at(row: SortedRow, place: Place) -> bool:
    return (row.placed.row.page, row.placed.row.number) == (place.page, place.row)


def _holds(row: SortedRow, place: Place) -> bool:
    return any(c.column == place.column and box_sides(c.box) == place.box for c in row.placed.row.filled)


def box_sides(box: Box | None) -> Sides | None:
    """A box as the schema has it."""
    return None if box is None else (box.x0, box.top, box.x1, box.bottom)


def _header_of(assembled: Assembled, piece: Piece) -> Piece | None:
    before = assembled.pieces[: assembled.pieces.index(piece) + 1]
    return next((p for p in reversed(before) if p.form is piece.form and p.header), None)
