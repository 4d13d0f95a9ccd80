"""Tables as printed onto a rule's tables: which is which, which column is which, and of what sort each row is.

Every printed table is tried against every table of the rule. What decides is how many of its rows make sense there;
the header only breaks ties, since a header may be damaged, missing, or repeated over rows of another table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import regex

from extract.paper import Page, Paper, PrintedTable, TextLine
from normalise.align import MAX_HEADER_ROWS, Alignment, Content, Shape, align
from normalise.grid import GridCell, GridRow, full_grid
from normalise.heard import of_part
from normalise.labels import contains, count_known, plain, words_in
from normalise.marks import is_no_figure, one_line
from normalise.meant import apart
from normalise.numbers import is_amount, split_amounts
from normalise.rows import Mend, Placed, PlacedRow, place
from normalise.stitch import (
    Cut,
    Header,
    Neighbours,
    Seam,
    Surroundings,
    cut_of,
    judge,
    reading_order,
)
from normalise.years import read_years
from rules.fit import YEAR, Fitted, fit
from rules.match import lacks
from rules.model import Band, Column, Phrases, RowRule, Rule, TableRule, columns_of
from rules.patterns import full_match
from rules.titles import Titles, titles_of
from savings.aes import AES_BLOCKS
from savings.schema import Level

# A printed table is taken for a rule's table where at least this share of its rows makes sense and the header is at
# least so alike; one that goes on from the table before needs no header, but figures.
SENSE, ALIKE = 0.5, 0.6
# The rows of a printed table, and the heading that they begin under.
Below = tuple[Sequence[GridRow], str]
# Texts that run on where a row is cut in two.
RUNNING_ON = ("detail", "comment", "service", "directorate", "category")


@dataclass(frozen=True)
class Form:
    """A rule's table ready for use: its columns one by one, with their bands and shapes.

    A table that is known by its headers has a form for each set of columns that a paper prints; `variant` counts them.
    """

    name: str
    table: TableRule
    columns: tuple[Column, ...]
    bands: tuple[Band | None, ...]
    shapes: tuple[Shape, ...]
    variant: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from the other forms of a paper."""
        return self.name, self.variant

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


@dataclass(frozen=True, slots=True)
class Rejoined:
    """A part of a row that the end of a page cut off, and the row that it was joined to."""

    part: SortedRow
    whole: SortedRow
    cut: Cut


@dataclass(frozen=True)
class Piece:
    """One printed table taken for a rule's table: the assignment of its columns, its header, and its sorted rows.

    `seam` says why it goes on from the piece before it; `rejoined` are rows that were cut in two between them.
    """

    form: Form
    printed: PrintedTable
    alignment: Alignment
    header: tuple[GridRow, ...]
    rows: tuple[SortedRow, ...]
    note: str
    seam: Seam | None = None
    rejoined: tuple[Rejoined, ...] = ()
    # Printed columns with a header that the rule does not know.
    left_out: frozenset[int] = frozenset()
    # Why the table may be none of savings.
    doubt: str = ""

    @property
    def has_figures(self) -> bool:
        """Whether some row is a line with an amount: without a header, text alone makes no table of the rule's."""
        return any(is_amount(row.placed.text(j)) for row in self.rows if row.is_line for j in self.form.amounts)

    @property
    def sense(self) -> float:
        """The share of the filled cells that have a place in a row of a sort that the rule knows."""
        filled = sum(self._within(r.placed.row.filled) for r in self.rows)
        misfits = sum(_misfits(self.form, r.placed) for r in self.rows if r.is_line)
        unplaced = sum(self._within(r.placed.unplaced) for r in self.rows if r.rule)
        placed = sum(self._within(r.placed.row.filled) for r in self.rows if r.rule) - unplaced
        return (placed - misfits) / max(1, filled)

    def _within(self, cells: Sequence[GridCell]) -> int:
        """How many cells stand in columns that the rule might know."""
        return sum(cell.column not in self.left_out for cell in cells)


@dataclass(frozen=True)
class Assembled:
    """A paper's tables by what they are: pieces of the rule's tables, ignored ones with the reason, and the rest."""

    forms: tuple[Form, ...]
    pieces: tuple[Piece, ...]
    ignored: tuple[tuple[PrintedTable, str], ...]
    unclaimed: tuple[PrintedTable, ...]
    outside: tuple[tuple[Form, SortedRow], ...]
    unread: tuple[TextLine, ...]
    seams: tuple[Seam, ...] = ()


def assemble(rule: Rule, paper: Paper) -> Assembled:
    """Find the rule's tables in a paper."""
    forms = tuple(_form(name, table, rule) for name, table in rule.tables.items())
    found = _Found(forms, Surroundings(paper.pages), titles_of(paper))
    for page in paper.pages:
        named, rest = _ignored(rule, page)
        for printed in reading_order(page.tables):
            found.add(page, printed, named, rest)
    forms = found.used()
    outside = tuple(_outside(forms, paper))
    lines = [(form, line, _line_row(form, line)) for form, line in outside]
    read = tuple((form, row) for form, _, row in lines if row is not None)
    unread = tuple(line for _, line, row in lines if row is None)
    pieces = tuple(_rejoined(found.pieces))
    return Assembled(forms, pieces, tuple(found.ignored), tuple(found.unclaimed), read, unread, tuple(found.seams))


class _Found:
    """What the tables of a paper are, table by table."""

    def __init__(self, forms: Sequence[Form], surroundings: Surroundings, titles: Titles) -> None:
        self.forms = forms
        self.surroundings = surroundings
        self.titles = titles
        # The forms that the headers of tables give, by the rule's table and its columns that are there.
        self.variants: dict[tuple[str, tuple[int, ...]], Form] = {}
        # Tables under a header of the rule that are about something else, by `id`.
        self.about_other: dict[int, str] = {}
        self.pieces: list[Piece] = []
        self.ignored: list[tuple[PrintedTable, str]] = []
        self.unclaimed: list[PrintedTable] = []
        self.seams: list[Seam] = []

    def add(self, page: Page, printed: PrintedTable, named: str, rest: str) -> None:
        """Say what a table is; `named` and `rest` are why it is ignored in any case, or if it is none of the rule's."""
        before = self.pieces[-1] if self.pieces else None
        piece, open_seam = (None, None) if named else self._best(page, printed, before)
        if piece is not None:
            self.pieces.append(piece)
            reason = f"it is the rule's table {piece.form.name!r}: {piece.note}"
            self.seams += [piece.seam] if piece.seam else self._apart(printed, reason)
            return
        why = named or self.about_other.get(id(printed), "") or rest
        if why:
            self.ignored.append((printed, why))
            self.seams += self._apart(printed, f"the rule leaves it out: {why}", after_piece=True)
        else:
            self.unclaimed.append(printed)
            self.seams += [open_seam] if open_seam else []

    def _apart(self, printed: PrintedTable, reason: str, *, after_piece: bool = False) -> list[Seam]:
        """The seam between a table and the one that it would go on from; with `after_piece` only if that is a piece."""
        before = self.surroundings.before(printed)
        if before is None or (after_piece and not any(piece.printed is before for piece in self.pieces)):
            return []
        return [apart(before, printed, Header.OTHER, self.surroundings.between(before, printed), reason)]

    def _best(self, page: Page, printed: PrintedTable, before: Piece | None) -> tuple[Piece | None, Seam | None]:
        """The piece that a table is, and, where it is none, the seam to the one before."""
        text, title = plain(page.text_between), plain(title_of(page, printed))
        found: list[Piece] = []
        seam: Seam | None = None
        grid = full_grid(printed)
        for form in self.forms if grid else ():
            if lacks(form.table.pages, text) or not _is_titled(form, title, before):
                continue
            goes_on = before is not None and before.form.name == form.name
            below = (grid, before.rows[-1].heading if before and goes_on and before.rows else "")
            headed = self._headed(form, printed, below)
            own = headed.alignment
            has_header = own.likeness >= ALIKE
            allowed, other = self.titles.allow(form.table.about, printed, headed.header) if has_header else (True, "")
            if not allowed:
                if other:
                    self.about_other[id(printed)] = f"it is headed {other!r}, which {form.name!r} is not about"
                continue
            candidates = [headed] if has_header else []
            if before is not None and goes_on:
                going_on = list(_going_on(before.form, printed, below, own, before))
                if not candidates and not going_on:
                    continue
                seam = self._seam(before.form, before, own, grid, [*candidates, *going_on])
                if seam.joined:
                    candidates = [replace(piece, seam=seam) for piece in (*candidates, *going_on)]
            found += filter(_makes_sense, candidates)
        best = max(found, key=lambda p: (round(p.sense, 2), p.alignment.likeness, p.alignment.score), default=None)
        best = self._doubted(best, before) if best else None
        return best, seam if seam is not None and not seam.joined else None

    def _doubted(self, piece: Piece, before: Piece | None) -> Piece:
        """The piece with what speaks against its being of savings, where the rule does not say what it is about."""
        if piece.seam and not piece.header:
            return replace(piece, doubt=before.doubt if before else "")
        if piece.form.table.about != Phrases():
            return piece
        title = self.titles.other_matter(piece.printed, piece.header, _labels(piece.form))
        doubt = f"the table is headed {title!r}; `about` in the rule can say whether it is of savings" if title else ""
        return replace(piece, doubt=doubt)

    def _headed(self, form: Form, printed: PrintedTable, below: Below) -> Piece:
        """A table as its own header says what its columns are; without likeness where it does not."""
        if not form.table.by_header:
            own = align(form.shapes, below[0])
            return _piece(form, printed, below, own, f"its header is {own.likeness:.0%} like the rule's")
        fitted = fit(form.columns, form.bands, below[0])
        if fitted is None:
            return Piece(form, printed, Alignment((None,) * len(form.shapes), 0, 0.0, 0.0), (), (), "it has no header")
        variant, own = self._variant(form, fitted.shapes), fitted.alignment
        return _piece(variant, printed, below, own, f"its header is {own.likeness:.0%} like the rule's", fitted)

    def _variant(self, form: Form, shapes: tuple[int, ...]) -> Form:
        """The form with these of its columns, in this order."""
        if (form.name, shapes) not in self.variants:
            number = sum(name == form.name for name, _ in self.variants) + 1
            self.variants[form.name, shapes] = replace(
                form,
                columns=tuple(form.columns[j] for j in shapes),
                bands=tuple(form.bands[j] for j in shapes),
                shapes=tuple(form.shapes[j] for j in shapes),
                variant=number,
            )
        return self.variants[form.name, shapes]

    def used(self) -> tuple[Form, ...]:
        """The forms that pieces have; of a table without any the form as the rule says it."""
        used = {id(piece.form): piece.form for piece in self.pieces}
        names = {form.name for form in used.values()}
        order = [form.name for form in self.forms]
        forms = (*used.values(), *(form for form in self.forms if form.name not in names))
        return tuple(sorted(forms, key=lambda form: (order.index(form.name), form.variant)))

    def _seam(
        self, form: Form, before: Piece, own: Alignment, grid: Sequence[GridRow], candidates: Sequence[Piece]
    ) -> Seam:
        """Whether a table goes on from a piece of a form."""
        sense = max((piece.sense for piece in candidates if _makes_sense(piece)), default=0.0)
        header = Header.REPEATED if own.likeness >= ALIKE else Header.ABSENT
        # In a loose table a header that is like nothing the rule knows may be a page's own data.
        if header is Header.ABSENT and not form.table.loose and _has_other_header(form, grid, before.header):
            header = Header.OTHER
        printed = candidates[0].printed
        between = self.surroundings.between(before.printed, printed)
        pair = Neighbours(before.printed, printed, header, between, sense=sense)
        return judge(pair, form.table.stitch, SENSE)


def _labels(form: Form) -> str:
    """All words of a rule's table: of its headers, its bands, its title and its sorts of row."""
    headers = [header for column in form.columns for header in column.headers]
    bands = [header for band in form.bands if band for header in band.headers]
    patterns = [pattern for row in form.table.rows for pattern in row.when.values()]
    return " | ".join([*headers, *bands, *form.table.title.all, *form.table.title.any, *map(str, patterns)])


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
    named = (i.why for i in rule.ignore if i.pages != Phrases() and not lacks(i.pages, text))
    return next(named, ""), next((i.why for i in rule.ignore if i.pages == Phrases()), "")


def _is_titled(form: Form, title: str, before: Piece | None) -> bool:
    """Whether a table stands under the title that the rule asks for, or goes on from one that does."""
    goes_on = before is not None and before.form.name == form.name and not regex.search(r"\p{L}{3}", title)
    return goes_on or not lacks(form.table.title, title)


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


def _makes_sense(piece: Piece) -> bool:
    return piece.sense >= SENSE and (piece.alignment.likeness >= ALIKE or piece.has_figures)


def _going_on(form: Form, printed: PrintedTable, below: Below, own: Alignment, before: Piece) -> Iterator[Piece]:
    """What a table may be that goes on from a piece: its columns found anew, or those of the piece, or one a row."""
    if form.table.by_header and own.likeness >= ALIKE:
        return
    if not form.table.by_header:
        # A header that is like nothing the rule knows is none: those rows may be data.
        bare = own if own.likeness >= ALIKE else align(form.shapes, below[0], header_rows=0)
        yield _piece(form, printed, below, bare, "it follows a table of this sort, and its rows make sense there")
    if printed.width == before.printed.width:
        # Where both make as much sense, a page without a header has the columns of the page before.
        own_score = 0.0 if form.table.loose or form.table.by_header or bare.header_rows else bare.score + 1
        inherited = Alignment(before.alignment.columns, 0, 0.0, own_score)
        note = "it follows a table of this sort, with as many columns"
        yield replace(_piece(form, printed, below, inherited, note, before), header=())
    if printed.width == 1:
        yield _piece(form, printed, below, Alignment((None,) * len(form.shapes), 0, 0.0, 0.0), "its rows are one cell")


def _has_other_header(form: Form, grid: Sequence[GridRow], before: Sequence[GridRow]) -> bool:
    """Whether a table begins, below a title if it has one, with a row of labels in other words.

    Other than those of the rule and of the header of the piece `before`, of which pieces may have been cut off.
    """
    row = next((row for row in grid[:MAX_HEADER_ROWS] if len(row.filled) > 1), grid[0])
    if len(row.filled) < 2 or any(is_amount(c.text) or read_years(c.text) for c in row.filled):
        return False
    labels = [*(s.label for s in form.shapes), *(band.band for band in form.bands if band)]
    texts = [cell.text for header in before for cell in header.filled]
    words = [word for cell in row.filled for word in words_in(cell.text)]
    if 2 * count_known(words, {word for text in (*labels, *texts) for word in words_in(text)}) >= len(words):
        return False
    # Text under figures is what tells labels from a row that goes on from the page before.
    placed = place_row(form, align(form.shapes, grid, header_rows=0).columns, row)
    return _misfits(form, placed) > 0


def _piece(
    form: Form,
    printed: PrintedTable,
    below: Below,
    alignment: Alignment,
    note: str,
    known: Fitted | Piece | None = None,
) -> Piece:
    """A printed table under one alignment; `below` are its rows and the heading that they begin under.

    `known` is what its own header says, or the piece that it goes on from.
    """
    grid, heading = below
    header, body = tuple(grid[: alignment.header_rows]), grid[alignment.header_rows :]
    header, left_out = (known.header, known.left_out) if known is not None else (header, frozenset())
    placed = [place_row(form, alignment.columns, row, left_out) for row in body if row.filled]
    rows = tuple(_as_header(form, header, r) for r in _sorted(form, placed, heading))
    rows = tuple(_about_something_else(form.table.about, rows))
    return Piece(form, printed, alignment, header, rows, note, left_out=left_out)


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


def _as_header(form: Form, header: Sequence[GridRow], row: SortedRow) -> SortedRow:
    """A row that repeats the header is header: one of no sort that has most of it, any other that has nothing else."""
    printed = {plain(c.text) for h in header for c in h.filled}
    filled = row.placed.row.filled
    if row.rule is None:
        texts = printed | {plain(s.label) for s in form.shapes if s.label}
        same = sum(plain(c.text) in texts for c in filled)
        repeats = bool(filled) and same >= 0.7 * len(filled)
    else:
        repeats = len(filled) > 1 and all(plain(c.text) in printed and not is_amount(c.text) for c in filled)
    return SortedRow(row.placed, HEADER, {}, row.label, row.heading) if repeats else row


OTHER = RowRule(level="note", why="it stands under a heading that is about something else")


def _about_something_else(about: Phrases, rows: Sequence[SortedRow]) -> Iterator[SortedRow]:
    """The rows of a table; those under a heading inside it that is about what the rule leaves out are notes."""
    other = False
    for row in rows:
        texts = [c.text for c in row.placed.row.filled]
        said = plain(" ".join(texts))
        if about != Phrases() and not any(map(is_amount, texts)):
            left_out = any(contains(said, phrase) for phrase in about.none)
            other = left_out or (other and not any(contains(said, phrase) for phrase in about.any))
        yield SortedRow(row.placed, OTHER, {}, row.label, row.heading) if other else row


def _rejoined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces with rows that are cut in two between them made one, in the piece that holds the row's figures."""
    before: dict[int, Piece] = {}
    done = list(pieces)
    for number, piece in enumerate(done):
        last = before.get(id(piece.form))
        if last is not None and piece.seam is not None and piece.seam.joined:
            at = next(i for i, other in enumerate(done) if other is last)
            done[at], done[number] = _with_row_rejoined(last, piece)
        before[id(piece.form)] = done[number]
    yield from done


def _with_row_rejoined(above: Piece, below: Piece) -> tuple[Piece, Piece]:
    feet = [row for row in above.rows if not _is_note(row)]
    heads = [row for row in below.rows if not _is_note(row)]
    if not feet or not heads:
        return above, below
    foot, head = feet[-1], heads[0]
    cut = _cut(foot, head, above.form)
    if cut is None:
        return above, below
    whole = sort_row(above.form, _whole_row(foot, head, cut), foot.heading)
    if whole.rule is None or whole.rule.level != Level.ITEM:
        return above, below
    dropped, kept = (head, foot) if cut is Cut.FOOT else (foot, head)
    rows = [
        tuple(whole if row is kept else row for row in piece.rows if row is not dropped) for piece in (above, below)
    ]
    one = Rejoined(dropped, whole, cut)
    return replace(above, rows=rows[0]), replace(below, rows=rows[1], rejoined=(one,))


def _is_note(row: SortedRow) -> bool:
    return row.rule is not None and row.rule.level == "note"


def _cut(foot: SortedRow, head: SortedRow, form: Form) -> Cut | None:
    """Whether two rows are the parts of one line, by the columns whose texts may run on."""
    if any(row.rule is not None and row.rule.level != Level.ITEM for row in (foot, head)):
        return None
    if any(row.placed.unplaced for row in (foot, head)):
        return None
    figures = [column.is_figure for column in form.columns]
    above, below = ([row.placed.text(j) for j in range(len(figures))] for row in (foot, head))
    names = [column.name for text, column in zip(below, form.columns, strict=True) if text and not column.is_figure]
    return cut_of(above, below, figures) if all(name in RUNNING_ON for name in names) else None


def _whole_row(foot: SortedRow, head: SortedRow, cut: Cut) -> PlacedRow:
    """Two parts as one row, which stands where its figures do."""
    pairs = zip(foot.placed.cells, head.placed.cells, strict=True)
    cells = tuple(_run_on(one, other) if one and other else one or other for one, other in pairs)
    return PlacedRow((foot if cut is Cut.FOOT else head).placed.row, cells, ())


def _run_on(one: Placed, other: Placed) -> Placed:
    return Placed(f"{one.text} {other.text}", (*one.cells, *other.cells), one.mend or other.mend)


def place_row(
    form: Form, columns: Sequence[int | None], row: GridRow, left_out: frozenset[int] = frozenset()
) -> PlacedRow:
    """Lay a row out on a form's columns; a label with all its amounts in one cell is shared out over the figures.

    Cells of printed columns that are `left_out` take no place of others.
    """
    aside = tuple(cell for cell in row.filled if cell.column in left_out)
    if aside:
        rest = replace(row, cells=tuple(replace(c, raw="", text="") if c in aside else c for c in row.cells))
        placed = place_row(form, columns, rest)
        return PlacedRow(row, placed.cells, (*placed.unplaced, *aside))
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
        heard = of_part(cell.text, text, cell.witnesses)
        cells[j] = Placed(text, (GridCell(text, text, cell.column, cell.box, heard, cell.red),), Mend.SPREAD)
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
    return bool(full_match(rule.below, heading))


def label_of(form: Form, placed: PlacedRow) -> str:
    """The texts of a row before its first figure, less those that the rule ignores."""
    first = form.amounts[0] if form.amounts else len(form.columns)
    return " ".join(placed.text(j) for j in range(first) if placed.text(j) and form.columns[j].ignore is None)


def _meets(form: Form, placed: PlacedRow, rule: RowRule, label: str) -> dict[str, str] | None:
    taken: dict[str, str] = {}
    for name, pattern in rule.when.items():
        text = label if name == "text" else _text(form, placed, name)
        match = full_match(pattern, text)
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
            if any(r.outside for r in form.table.rows) and not lacks(form.table.pages, text):
                yield from ((form, line) for line in page.lines if _is_sought(form, line))


def _is_sought(form: Form, line: TextLine) -> bool:
    """Whether a line begins with a label that the rule looks for, and goes on with digits or dashes."""
    match = regex.match(r"(.*?\p{L}\S*)\s+[^\p{L}]*$", one_line(line.text))
    if match is None:
        return False
    patterns = (rule.when.get("text", "") for rule in form.table.rows if rule.outside)
    return any(full_match(p, match[1]) for p in patterns if p)


def _line_row(form: Form, line: TextLine) -> SortedRow | None:
    """A line between tables as a row; None where its amounts cannot be told apart."""
    cell = GridCell(line.text, one_line(line.text), 0, line.box, line.witnesses)
    row = GridRow(line.page, line.number, (cell,), line.box)
    spread = _spread(form, row, cell)
    if spread is None:
        return None
    label = label_of(form, spread)
    sought = (rule for rule in form.table.rows if rule.outside)
    found = ((rule, _meets(form, spread, rule, label)) for rule in sought)
    return next((SortedRow(spread, rule, taken, label) for rule, taken in found if taken is not None), None)
