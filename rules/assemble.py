"""Tables as printed onto a rule's tables: which is which, which column is which, and of what sort each row is.

Every printed table is tried against every table of the rule. What decides is how many of its rows make sense there;
the header only breaks ties, since a header may be damaged, missing, or repeated over rows of another table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex

from extract.paper import Page, Paper, PrintedTable, TextLine
from normalise.align import Alignment, Content, Shape, align
from normalise.grid import GridCell, GridRow, full_grid
from normalise.labels import likeness, plain
from normalise.marks import is_no_figure, one_line
from normalise.numbers import is_amount, split_amounts
from normalise.rows import Mend, Placed, PlacedRow, place
from normalise.years import read_years
from rules.match import unmet_phrases
from rules.model import PATTERN_SECONDS, Band, Column, Phrases, RowRule, Rule, TableRule, columns_of
from savings.aes import AES_BLOCKS
from savings.schema import Level

# A printed table is taken for a rule's table where at least this share of its rows makes sense and the header is at
# least so alike; one that goes on from the table before needs no header, but figures.
SENSE, ALIKE = 0.5, 0.6
# A header that may be a damaged one of the rule is at least so like one of its labels.
FAINTLY_ALIKE = 0.45
YEAR = "{year}"


@dataclass(frozen=True)
class Form:
    """A rule's table ready for use: its columns one by one, with their bands and shapes."""

    name: str
    table: TableRule
    columns: tuple[Column, ...]
    bands: tuple[Band | None, ...]
    shapes: tuple[Shape, ...]

    @property
    def amounts(self) -> tuple[int, ...]:
        """The columns that hold figures."""
        return tuple(j for j, column in enumerate(self.columns) if column.is_figure)

    def named(self, name: str) -> int | None:
        """The column of a field or key."""
        return next((j for j, column in enumerate(self.columns) if column.name == name), None)


@dataclass(frozen=True, slots=True)
class SortedRow:
    """A row on a rule's columns, the sort that it is (None: of no sort), and what its patterns took from it.

    `heading` is the last heading above it, or its own label where it is one.
    """

    placed: PlacedRow
    rule: RowRule | None
    taken: Mapping[str, str]
    label: str
    heading: str = ""

    @property
    def is_line(self) -> bool:
        """Whether the row is a saving or a sum, and no heading or note."""
        return self.rule is not None and self.rule.level in tuple(Level)


@dataclass(frozen=True)
class Piece:
    """One printed table taken for a rule's table: the assignment of its columns, its header, and its sorted rows."""

    form: Form
    printed: PrintedTable
    alignment: Alignment
    header: tuple[GridRow, ...]
    rows: tuple[SortedRow, ...]
    note: str

    @property
    def has_figures(self) -> bool:
        """Whether some row is a line with an amount: without a header, text alone makes no table of the rule's."""
        return any(is_amount(row.placed.text(j)) for row in self.rows if row.is_line for j in self.form.amounts)

    @property
    def sense(self) -> float:
        """The share of the filled cells that have a place in a row of a sort that the rule knows."""
        filled = sum(len(r.placed.row.filled) for r in self.rows)
        misfits = sum(_misfits(self.form, r.placed) for r in self.rows if r.is_line)
        placed = sum(len(r.placed.row.filled) - len(r.placed.unplaced) for r in self.rows if r.rule)
        return (placed - misfits) / max(1, filled)


@dataclass(frozen=True)
class Assembled:
    """A paper's tables by what they are: pieces of the rule's tables, ignored ones with the reason, and the rest."""

    forms: tuple[Form, ...]
    pieces: tuple[Piece, ...]
    ignored: tuple[tuple[PrintedTable, str], ...]
    unclaimed: tuple[PrintedTable, ...]
    outside: tuple[tuple[Form, SortedRow], ...]
    unread: tuple[TextLine, ...]


def assemble(rule: Rule, paper: Paper) -> Assembled:
    """Find the rule's tables in a paper."""
    forms = tuple(_form(name, table, rule) for name, table in rule.tables.items())
    pieces: list[Piece] = []
    ignored: list[tuple[PrintedTable, str]] = []
    unclaimed: list[PrintedTable] = []
    for page in paper.pages:
        named, rest = _ignored(rule, page)
        for printed in page.tables:
            piece = None if named else _best(forms, page, printed, pieces[-1] if pieces else None)
            if piece is not None:
                pieces.append(piece)
            elif named or rest:
                ignored.append((printed, named or rest))
            else:
                unclaimed.append(printed)
    outside = tuple(_outside(forms, paper))
    lines = [(form, line, _line_row(form, line)) for form, line in outside]
    read = tuple((form, row) for form, _, row in lines if row is not None)
    unread = tuple(line for _, line, row in lines if row is None)
    return Assembled(forms, tuple(pieces), tuple(ignored), tuple(unclaimed), read, unread)


def _form(name: str, table: TableRule, rule: Rule) -> Form:
    pairs = columns_of(table)
    columns = tuple(column for column, _ in pairs)
    return Form(name, table, columns, tuple(band for _, band in pairs), tuple(_shape(c, rule) for c in columns))


def _shape(column: Column, rule: Rule) -> Shape:
    label = column.header.replace(YEAR, "").strip()
    is_year = YEAR in column.header and not label
    codes = (min(AES_BLOCKS), max(AES_BLOCKS)) if rule.codes == "aes" else (1, 99)
    return Shape(label, _content(column), is_year, codes)


def _content(column: Column) -> Content:
    if column.is_figure:
        return Content.AMOUNT
    if column.field == "aes_code":
        return Content.CODE
    free = column.ignore is not None or column.field in ("progress", "comment", "reference")
    return Content.ANY if free else Content.TEXT


def _ignored(rule: Rule, page: Page) -> tuple[str, str]:
    """Why the tables of a page are ignored: by the page's words, and, without any words, what is none of the rule's."""
    text = plain(page.text_between)
    named = (i.why for i in rule.ignore if i.pages != Phrases() and not unmet_phrases(i.pages, text))
    return next(named, ""), next((i.why for i in rule.ignore if i.pages == Phrases()), "")


def _best(forms: Sequence[Form], page: Page, printed: PrintedTable, before: Piece | None) -> Piece | None:
    text, title = plain(page.text_between), plain(title_of(page, printed))
    found = [
        piece
        for form in forms
        if not unmet_phrases(form.table.pages, text) and _is_titled(form, title, before)
        for piece in _candidates(form, printed, before)
        if piece.sense >= SENSE and (piece.alignment.likeness >= ALIKE or piece.has_figures)
    ]
    return max(found, key=lambda p: (round(p.sense, 2), p.alignment.likeness, p.alignment.score), default=None)


def _is_titled(form: Form, title: str, before: Piece | None) -> bool:
    """Whether a table stands under the title that the rule asks for, or goes on from one that does."""
    goes_on = before is not None and before.form is form and not regex.search(r"\p{L}{3}", title)
    return goes_on or not unmet_phrases(form.table.title, title)


def title_of(page: Page, printed: PrintedTable) -> str:
    """The lines right above a table: below the table before it, or below the top of the page."""
    before = [end for t in page.tables if t.number < printed.number and (end := _span(t)[1]) <= _span(printed)[0]]
    above = max(before, default=float("-inf"))
    return "\n".join(line.text for line in page.lines if above <= _top(line) < _span(printed)[0])


def _span(printed: PrintedTable) -> tuple[float, float]:
    if printed.box is not None:
        return printed.box.top, printed.box.bottom
    return (float(printed.rows[0].number), float(printed.rows[-1].number)) if printed.rows else (0.0, 0.0)


def _top(line: TextLine) -> float:
    return line.box.top if line.box else float(line.number)


def _candidates(form: Form, printed: PrintedTable, before: Piece | None) -> Iterator[Piece]:
    grid = full_grid(printed)
    if not grid:
        return
    own = align(form.shapes, grid)
    heading = before.rows[-1].heading if before is not None and before.form is form and before.rows else ""
    if own.likeness >= ALIKE:
        yield _piece(form, printed, (grid, heading), own, f"its header is {own.likeness:.0%} like the rule's")
    if before is None or before.form is not form or printed.page - before.printed.page > 1:
        return
    if not form.table.loose and _has_other_header(form, grid):
        return
    # A header that is like nothing the rule knows is none: those rows may be data.
    bare = own if own.likeness >= ALIKE else align(form.shapes, grid, header_rows=0)
    yield _piece(form, printed, (grid, heading), bare, "it follows a table of this sort, and its rows make sense there")
    if printed.width == before.printed.width:
        inherited = Alignment(before.alignment.columns, 0, 0.0, 0.0)
        yield _piece(form, printed, (grid, heading), inherited, "it follows a table of this sort, with as many columns")
    if printed.width == 1:
        yield _piece(
            form, printed, (grid, heading), Alignment((None,) * len(form.shapes), 0, 0.0, 0.0), "its rows are one cell"
        )


def _has_other_header(form: Form, grid: Sequence[GridRow]) -> bool:
    """Whether a table begins with a row of labels, none of them like those that the rule knows."""
    first = grid[0].filled
    labels = [*(s.label for s in form.shapes if s.label), *(band.band for band in form.bands if band)]
    if len(first) < 2 or any(is_amount(c.text) or read_years(c.text) for c in first):
        return False
    if any(likeness(c.text, label) >= FAINTLY_ALIKE for c in first for label in labels):
        return False
    # Text under figures is what tells labels from a row that goes on from the page before.
    placed = place_row(form, align(form.shapes, grid, header_rows=0).columns, grid[0])
    return _misfits(form, placed) > 0


def _piece(
    form: Form, printed: PrintedTable, below: tuple[Sequence[GridRow], str], alignment: Alignment, note: str
) -> Piece:
    """A printed table under one alignment; `below` are its rows and the heading that they begin under."""
    grid, heading = below
    header, body = tuple(grid[: alignment.header_rows]), grid[alignment.header_rows :]
    placed = [place_row(form, alignment.columns, row) for row in body if row.filled]
    rows = tuple(r if r.rule else _as_header(form, alignment, header, r) for r in _sorted(form, placed, heading))
    return Piece(form, printed, alignment, header, rows, note)


def _sorted(form: Form, placed: Sequence[PlacedRow], heading: str) -> Iterator[SortedRow]:
    for each in placed:
        row = sort_row(form, each, heading)
        heading = row.heading
        yield row


def _misfits(form: Form, placed: PlacedRow) -> int:
    """Cells under figures that hold neither an amount nor a word for none."""
    texts = (placed.text(j) for j in form.amounts)
    return sum(bool(text) and not is_amount(text) and not is_no_figure(text) for text in texts)


HEADER = RowRule(level="note", why="the header, repeated")


def _as_header(form: Form, alignment: Alignment, header: Sequence[GridRow], row: SortedRow) -> SortedRow:
    """A row of no sort that repeats the header is header."""
    texts = {plain(c.text) for h in header for c in h.filled} | {plain(s.label) for s in form.shapes if s.label}
    filled = row.placed.row.filled
    same = sum(plain(c.text) in texts for c in filled)
    return SortedRow(row.placed, HEADER, {}, row.label, row.heading) if filled and same >= 0.7 * len(filled) else row


def place_row(form: Form, columns: Sequence[int | None], row: GridRow) -> PlacedRow:
    """Lay a row out on a form's columns; a label with all its amounts in one cell is shared out over the figures."""
    spread = _spread(form, row, row.filled[0]) if len(row.filled) == 1 else None
    # A single number after a text may be part of the text: with one figure to a row it is only looked for there where
    # the row makes no sense otherwise.
    if spread is not None and len(form.amounts) > 1:
        return spread
    placed = place(form.shapes, columns, row)
    return spread if spread is not None and sort_row(form, placed).rule is None else placed


def _spread(form: Form, row: GridRow, cell: GridCell) -> PlacedRow | None:
    label, amounts = split_amounts(cell.text)
    first = next((j for j, c in enumerate(form.columns) if c.name), None)
    # A single amount after a text may be part of the text; where some are lost, rules.layouts says which they may be.
    if not 1 < len(amounts) <= len(form.amounts) and len(amounts) != len(form.amounts):
        return None
    if first is None or not amounts:
        return None
    cells: list[Placed | None] = [None] * len(form.columns)
    for j, text in zip(form.amounts, amounts, strict=False):
        cells[j] = Placed(text, (GridCell(text, text, cell.column, cell.box),), Mend.SPREAD)
    if label:
        cells[first] = Placed(label, (GridCell(label, label, cell.column, cell.box),))
    return PlacedRow(row, tuple(cells), ())


def sort_row(form: Form, placed: PlacedRow, heading: str = "") -> SortedRow:
    """Say of what sort a row is: the first of the rule's sorts whose conditions it meets below a heading."""
    label = label_of(form, placed)
    for rule in form.table.rows:
        taken = _meets(form, placed, rule, label) if _is_below(rule, heading) else None
        if taken is not None:
            return SortedRow(placed, rule, taken, label, label if rule.level == "heading" else heading)
    return SortedRow(placed, None, {}, label, heading)


def _is_below(rule: RowRule, heading: str) -> bool:
    if rule.below is None:
        return True
    return bool(regex.fullmatch(rule.below, heading, regex.IGNORECASE, timeout=PATTERN_SECONDS))


def label_of(form: Form, placed: PlacedRow) -> str:
    """The texts of a row before its first figure."""
    first = form.amounts[0] if form.amounts else len(form.columns)
    return " ".join(placed.text(j) for j in range(first) if placed.text(j))


def _meets(form: Form, placed: PlacedRow, rule: RowRule, label: str) -> dict[str, str] | None:
    taken: dict[str, str] = {}
    for name, pattern in rule.when.items():
        text = label if name == "text" else _text(form, placed, name)
        match = regex.fullmatch(pattern, text, regex.IGNORECASE, timeout=PATTERN_SECONDS)
        if match is None:
            return None
        taken |= {k: v for k, v in match.groupdict().items() if v is not None}
    if rule.figures and not any(is_amount(placed.text(j)) for j in form.amounts):
        return None
    return None if any(not _text(form, placed, name) for name in rule.needs) else taken


def _text(form: Form, placed: PlacedRow, name: str) -> str:
    column = form.named(name)
    return placed.text(column) if column is not None else ""


def _outside(forms: Sequence[Form], paper: Paper) -> Iterator[tuple[Form, TextLine]]:
    """The lines between the tables whose label is that of a row which the rule looks for there."""
    for page in paper.pages:
        text = plain(page.text_between)
        for form in forms:
            if any(r.outside for r in form.table.rows) and not unmet_phrases(form.table.pages, text):
                yield from ((form, line) for line in page.lines if _is_sought(form, line))


def _is_sought(form: Form, line: TextLine) -> bool:
    """Whether a line begins with a label that the rule looks for, and goes on with digits or dashes."""
    match = regex.match(r"(.*?\p{L}\S*)\s+[^\p{L}]*$", one_line(line.text))
    if match is None:
        return False
    patterns = (rule.when.get("text", "") for rule in form.table.rows if rule.outside)
    return any(regex.fullmatch(p, match[1], regex.IGNORECASE, timeout=PATTERN_SECONDS) for p in patterns if p)


def _line_row(form: Form, line: TextLine) -> SortedRow | None:
    """A line between tables as a row; None where its amounts cannot be told apart."""
    cell = GridCell(line.text, one_line(line.text), 0, line.box)
    row = GridRow(line.page, line.number, (cell,), line.box)
    spread = _spread(form, row, cell)
    if spread is None:
        return None
    label = label_of(form, spread)
    sought = (rule for rule in form.table.rows if rule.outside)
    found = ((rule, _meets(form, spread, rule, label)) for rule in sought)
    return next((SortedRow(spread, rule, taken, label) for rule, taken in found if taken is not None), None)
