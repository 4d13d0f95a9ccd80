"""Sorted rows and sentences into lines and figures: texts into fields, cells into readings, all accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

import regex

from extract.paper import Paper
from normalise.codes import read_code
from normalise.grid import GridCell, GridRow
from normalise.marks import is_no_figure, read_progress, read_recurrence
from normalise.numbers import is_amount
from normalise.rows import Mend
from rules.accounting import BETWEEN, Accounting, Fate, Flagged, box_of, key_of
from rules.amounts import EMPTY, Convention, readings
from rules.assemble import RUNNING_ON, Assembled, Form, Piece, Rejoined, SortedRow
from rules.block_names import block_codes
from rules.blocks import codes_below
from rules.heard import hear, hear_code
from rules.layouts import Layout, layouts
from rules.lost import doubts, lacking
from rules.mapped import Mending
from rules.measures import Measured, measured
from rules.model import STATEMENTS, Meaning, Rule, TextField
from rules.patterns import full_match
from rules.statements import Said, Sentence, find_sentences, unread
from rules.years import Years, years_of
from savings.aes import AES_BLOCKS
from savings.schema import CodeReading, Figure, How, Level, Line, Place, Progress, Reading, Recurrence, Source

FIELDS = frozenset(get_args(TextField))
# Fields that are read as what they mean, and are no texts.
READ = ("aes_code", "aes_block", "progress", "recurrence")
BY_CONTEXT = 1
# What a figure looks like that has come to stand before words, or alone where words should be.
_AMOUNT_FIRST = regex.compile(r"[-–(]*(?:£\s?\d|\d{1,3}(?:,\d{3})+|\d+\.\d|\d{2,}[)km%]*$)")
UNREADABLE = "the cell should hold a figure and cannot be read as one"


@dataclass
class Lines:
    """The lines and figures of a paper, as they are built up row by row."""

    lines: list[Line] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    # The text that each figure's readings were made from, and by what convention, by figure id.
    sources: list[tuple[str, Convention]] = field(default_factory=list)
    mendings: list[Mending] = field(default_factory=list)
    # The lookups that had something to look up, by column and value.
    looked_up: set[tuple[str, str]] = field(default_factory=set)
    accounting: Accounting = field(default_factory=Accounting)
    # The paper's first year, from which rules count others; "" where none is known.
    base: str = ""
    # The statements of the rule of which the paper holds no sentence, by name.
    unsaid: tuple[str, ...] = ()
    # Where it speaks of savings and money in sentences that the rule does not know, or not wholly.
    unread: tuple[Place, ...] = ()

    def add(self, figure: Figure, text: str, convention: Convention) -> None:
        """Add a figure and what its readings were made from."""
        self.figures.append(figure)
        self.sources.append((text, convention))


def build_lines(rule: Rule, paper: Paper, assembled: Assembled) -> Lines:
    """All lines of a paper in its order. Raises rules.years.NoYear where a column's year is not to be had."""
    years = years_of(rule, assembled.pieces, paper)
    built = Lines(base=years.base)
    builders = _builders(rule, paper, assembled, years, built)
    built.mendings += dict.fromkeys(r for b in builders.values() for m in b.measures if m for r in m.records)
    sentences = find_sentences(rule, paper, years.base)
    said = {sentence.statement.name for sentence in sentences}
    built.unsaid = tuple(statement.name for statement in rule.statements if statement.name not in said)
    built.unread = unread(rule, paper, sentences)
    for _, each in sorted([*_rows(assembled), *_sentences(sentences)], key=lambda pair: pair[0]):
        if isinstance(each, Sentence):
            _add_sentence(built, rule, each)
        elif each.form.key in builders:
            builders[each.form.key].add(each.piece, each.row)
    for rejoined in (each for piece in assembled.pieces for each in piece.rejoined):
        _add_rejoined(built, rejoined)
    _account(built.accounting, assembled, {(s.place.page, s.place.row) for s in sentences if s.in_table})
    return built


def _add_rejoined(built: Lines, rejoined: Rejoined) -> None:
    """Account for a part of a row that was joined to the rest of it, and put it on record."""
    part, whole = rejoined.part.placed, rejoined.whole.placed
    for cell in part.row.filled:
        built.accounting.put(key_of(part.row, cell), Fate.MAPPED)
    both = [(cell, row) for cell, row in zip(part.cells, whole.cells, strict=True) if cell and row]
    raw, taken = (" | ".join(text) for text in zip(*((c.text, r.text) for c, r in both), strict=True))
    at = whole.row
    evidence = f"stitching of pages, with page {at.page}, row {at.number}"
    built.mendings.append(Mending(_place(part.row), raw, taken, rejoined.cut.value, evidence))


@dataclass(frozen=True, slots=True)
class _Row:
    form: Form
    piece: Piece | None
    row: SortedRow


def _builders(
    rule: Rule, paper: Paper, assembled: Assembled, years: Years, built: Lines
) -> dict[tuple[str, int], _FormLines]:
    pieces = assembled.pieces
    return {
        form.key: _FormLines(
            rule, form, measured(rule, form, pieces, years.columns[form.key], paper), pieces, built, years
        )
        for form in assembled.forms
        if form.key in years.columns
    }


def _rows(assembled: Assembled) -> Iterator[tuple[tuple[int, float], _Row | Sentence]]:
    """Every row with its position in the paper, those between the tables too."""
    for piece in assembled.pieces:
        for row in piece.rows:
            yield _position(row.placed.row), _Row(piece.form, piece, row)
    for form, row in assembled.outside:
        yield _position(row.placed.row), _Row(form, None, row)


def _sentences(sentences: Sequence[Sentence]) -> Iterator[tuple[tuple[int, float], _Row | Sentence]]:
    for sentence in sentences:
        yield (sentence.place.page, sentence.order), sentence


def _position(row: GridRow) -> tuple[int, float]:
    return (row.page, row.box.top if row.box else float(row.number))


def _account(accounting: Accounting, assembled: Assembled, said: set[tuple[int, int]]) -> None:
    """Account for headers, for the tables that are none of the rule's, and for lines that could not be read."""
    for line in assembled.unread:
        place = Place(line.page, line.number, 0, box_of(line.box))
        why = "the rule looks for this line, and its amounts cannot be told"
        accounting.flag((line.page, line.number, BETWEEN), Flagged(place, line.text, why, lost=True))
    for row in (row for piece in assembled.pieces for row in piece.header):
        for cell in row.filled:
            accounting.put(key_of(row, cell), Fate.IGNORED)
    for table, why in assembled.ignored:
        accounting.leave_out(table, why, by_name=True, but=said)
    for table in assembled.unclaimed:
        accounting.leave_out(table, "no table of the rule claims this table", by_name=False, but=said)


def _add_sentence(built: Lines, rule: Rule, sentence: Sentence) -> None:
    fields = {k: v for k, v in sentence.fields.items() if k in FIELDS}
    line = Line(
        len(built.lines), STATEMENTS, sentence.statement.level, sentence.place, fields,
        {**sentence.fields, "statement": sentence.statement.name}, _code_under(built, rule, sentence),
    )  # fmt: skip
    built.lines.append(line)
    for said in sentence.figures:
        built.add(_said_figure(len(built.figures), line, said), said.raw, said.convention)


def _said_figure(number: int, line: Line, said: Said) -> Figure:
    return Figure(
        number, line.id, said.year, said.measure, said.kind, said.unit, said.readings or (EMPTY,), said.raw,
        line.place, said.recurrence, said.part, said.doubt, said.contested,
    )  # fmt: skip


def _code_under(built: Lines, rule: Rule, sentence: Sentence) -> tuple[CodeReading, ...]:
    """The code of a sentence: what the statement says, or that of the line that it stands under."""
    if rule.codes is None:
        return ()
    if sentence.fields.get("aes_code"):
        return (CodeReading(int(sentence.fields["aes_code"]), How.INFERRED, BY_CONTEXT, "the rule says so"),)
    under = [line for line in built.lines if line.table == sentence.statement.under and line.codes]
    return tuple(replace(c, reason=f"it stands under this block; {c.reason}") for c in under[-1].codes) if under else ()


class _FormLines:
    """Lines of one table of the rule; it remembers headings and the line before, for rows that inherit."""

    def __init__(
        self,
        rule: Rule,
        form: Form,
        measures: Sequence[Measured | None],
        pieces: Sequence[Piece],
        built: Lines,
        years: Years,
    ) -> None:
        self.rule = rule
        self.form = form
        self.measures = measures
        self.built = built
        self.years = years
        self.lost = doubts(pieces)
        self.headings: dict[str, str] = {}
        self.before: dict[str, str] = {}
        self.last: tuple[str, ...] = ()
        names = form.named("aes_block")
        below = form.table.labels == "below" and names is not None
        self.codes_below = (
            codes_below([p for p in pieces if p.form is form], names) if below and names is not None else {}
        )

    def add(self, piece: Piece | None, row: SortedRow) -> None:
        """Add what a row says: a line with its figures, a heading for the rows below, or nothing."""
        self._account(row, piece)
        if row.rule is None or row.rule.level == "note":
            self.last = ()
            return
        if row.rule.level == "heading":
            if row.rule.sets:
                self.headings[row.rule.sets] = row.taken.get(row.rule.sets, row.label)
            return
        if self._is_repeated(row) or self._continues(row):
            return
        fields = self._fields(row)
        line = self._line(row, Level(row.rule.level), fields)
        self.built.lines.append(line)
        if line.level is Level.ITEM:
            self.before = fields
        ways = layouts(self.form, piece, row.placed)
        for j in self.form.amounts:
            self._figure(line, row, piece, j, ways)

    def _continues(self, row: SortedRow) -> bool:
        """Whether a row is the rest of the line before it, cut off by a rule; if so, join the two.

        It has text only, under columns where the line before has text, and goes on in small letters. Rows that the end
        of a page cut in two are one already.
        """
        assert row.rule is not None
        before = self.built.lines[-1] if self.built.lines else None
        filled = [(self.form.columns[j], cell) for j, cell in enumerate(row.placed.cells) if cell]
        if before is None or (before.table, before.level, row.rule.level) != (self.form.name, Level.ITEM, Level.ITEM):
            return False
        rest = {str(column.field): cell.text for column, cell in filled}
        joins = all(name in RUNNING_ON and before.fields.get(name) for name in rest)
        if not rest or not joins or row.placed.cells[0] or not filled[0][1].text[:1].islower():
            return False
        joined = {k: f"{before.fields[k]} {v}" for k, v in rest.items()}
        self.built.lines[-1] = replace(before, fields={**before.fields, **joined})
        place, raw = _place(row.placed.row), " | ".join(rest.values())
        reason = "the row goes on from the one before"
        self.built.mendings.append(Mending(place, raw, " | ".join(joined.values()), reason, "layout of the table"))
        return True

    def _is_repeated(self, row: SortedRow) -> bool:
        """Whether a sum is printed again right after itself, as at a page break; no other sum would show it."""
        texts = tuple(cell.text if cell else "" for cell in row.placed.cells)
        assert row.rule is not None
        named = bool(row.label) or row.rule.level in (Level.SUBTOTAL, Level.TOTAL)
        repeated = row.rule.level != Level.ITEM and named and texts == self.last
        self.last = texts
        if repeated:
            place, raw = _place(row.placed.row), " | ".join(filter(None, texts))
            self.built.mendings.append(Mending(place, raw, "", "the row is printed twice", "layout of the table"))
        return repeated

    def _fields(self, row: SortedRow) -> dict[str, str]:
        rule = row.rule
        assert rule is not None
        fields = dict(self.headings) if rule.level == Level.ITEM else {}
        printed = {c.name: row.placed.text(j) for j, c in enumerate(self.form.columns) if c.name}
        fields |= {k: self._looked_up(k, v, row) for k, v in {**printed, **row.taken}.items()}
        fields |= {name: self.before.get(name, "") for name in rule.inherits if name not in row.taken}
        known = {**dict.fromkeys(FIELDS, ""), **fields, "text": row.label}
        if rule.level not in (Level.ITEM, Level.BLOCK):
            # The label of a sum is what it is called, not the category or the service that its column holds elsewhere.
            fields |= {c.name: "" for c in self.form.columns if c.field and fields[c.name] == row.label}
            fields["detail"] = row.taken.get("detail") or fields.get("detail") or row.label
        fields |= {k: v.format_map(known) for k, v in rule.set.items()}
        return fields

    def _looked_up(self, name: str, value: str, row: SortedRow) -> str:
        meaning: Meaning | None = self.rule.lookups.get(name, {}).get(value)
        if meaning is None:
            return value
        self.built.looked_up.add((name, value))
        evidence = f"lookup of the rule: {meaning.evidence}"
        self.built.mendings.append(Mending(_place(row.placed.row), value, meaning.is_, meaning.why, evidence))
        return meaning.is_

    def _line(self, row: SortedRow, level: Level, fields: Mapping[str, str]) -> Line:
        column = self.form.named("aes_code")
        raw_code = row.placed.text(column) if column is not None else fields.get("aes_code", "")
        codes = self._codes(row, level, fields.get("aes_code", ""), fields.get("aes_block", ""))
        meaning = self.rule.lookups.get("aes_code", {}).get(raw_code)
        if meaning is not None:
            codes = tuple(replace(c, how=How.REPAIRED, reason=meaning.why) for c in codes)
        texts = {k: v for k, v in fields.items() if k in FIELDS and k not in READ}
        keys = {k: v for k, v in fields.items() if k not in FIELDS}
        if level is Level.BLOCK:
            code = codes[0].code if codes else None
            texts["detail"] = AES_BLOCKS[code] if code else texts.get("detail") or fields.get("aes_block", "")
        progress = Progress(read_progress(fields.get("progress", "")))
        recurrence = Recurrence(read_recurrence(fields.get("recurrence", "")))
        number, published = len(self.built.lines), self.form.table.publish
        place = _place(row.placed.row)
        return Line(
            number, self.form.name, level, place, texts, keys, codes, raw_code, progress, recurrence, published
        )  # fmt: skip

    def _codes(self, row: SortedRow, level: Level, raw: str, block: str) -> tuple[CodeReading, ...]:
        if self.rule.codes is None or level not in (Level.ITEM, Level.BLOCK):
            return ()
        if id(row) in self.codes_below:
            return self.codes_below[id(row)]
        names = block_codes(block)
        named = names[0] if len(names) == 1 else None
        found = read_code(raw, min(AES_BLOCKS), max(AES_BLOCKS)) if self.form.named("aes_code") is not None else ()
        if len(names) > 1 and not any(c.how == How.PRINTED and c.code for c in found):
            # Two blocks of which it may be either: the sums choose, and where they do not, both stand.
            reason = f"{block!r} is as like the names of other blocks"
            return tuple(CodeReading(code, How.INFERRED, 1, reason) for code in names)
        if named is None:
            codes = tuple(CodeReading(c.code, How(c.how), c.cost, c.reason) for c in found)
            column = self.form.named("aes_code")
            placed = row.placed.cells[column] if column is not None else None
            return (*codes, *hear_code(placed, min(AES_BLOCKS), max(AES_BLOCKS), codes))
        if any(c.code == named for c in found if c.how == How.PRINTED):
            return (CodeReading(named, How.PRINTED),)
        reason = f"the block is named {block!r}"
        return (CodeReading(named, How.REPAIRED if raw else How.INFERRED, 1, reason),)

    def _figure(self, line: Line, row: SortedRow, piece: Piece | None, j: int, ways: Sequence[Layout]) -> None:
        measure = self.measures[j]
        assert measure is not None
        placed = ways[0].cells.get(j)
        found = tuple(reading for way in ways for reading in _in_layout(way, j, measure.convention, row.placed.row))
        heard = hear(placed, measure.convention, found)
        found = found if ways[0].bundle else (*found, *heard.readings)
        if j in self.years.assumed[self.form.key]:
            found = tuple(_in_assumed_year(r, measure.year) for r in found)
        open_ = _doubts(placed.text, measure, found[0]) if placed and found else ()
        unsure = row.rule.unsure if row.rule else ""
        column = (self._lost(piece, j), self._without_year(piece, j))
        number = len(self.built.figures)
        figure = Figure(
            number, line.id, self._year(piece, j) or measure.year, measure.measure, measure.kind,
            measure.convention.unit, found or (EMPTY,),
            _raw(ways, j), self._cell_place(row, piece, j), measure.recurrence, measure.part,
            "; ".join(filter(None, (measure.doubt, unsure, *open_, *column))),
            heard.contested,
        )  # fmt: skip
        self.built.add(figure, placed.text if placed and found else "", measure.convention)

    def _lost(self, piece: Piece | None, j: int) -> str:
        return self.lost[id(piece)].get(j, "") if piece is not None else ""

    def _without_year(self, piece: Piece | None, j: int) -> str:
        """Why a column's year is in doubt: another column's was taken for it, and nothing else says the paper's."""
        if piece is not None and j in self.years.doubted[id(piece)]:
            return "not all the years over these columns can be read; they were counted from the others"
        if self.rule.year != "printed" or j not in self.years.assumed[self.form.key]:
            return ""
        return "no year can be read over the column; the first of the other columns was taken"

    def _year(self, piece: Piece | None, j: int) -> str:
        """The year that the row's own page prints over a column; pages of one table may be of different years."""
        return self.years.pages[id(piece)][j] if piece is not None else ""

    def _cell_place(self, row: SortedRow, piece: Piece | None, j: int) -> Place:
        grid, placed = row.placed.row, row.placed.cells[j]
        if placed:
            return Place(grid.page, grid.number, placed.cells[0].column, box_of(placed.cells[0].box))
        column = piece.alignment.columns[j] if piece else None
        if column is None or piece is None or grid.box is None or len(piece.printed.edges) <= column + 1:
            return Place(grid.page, grid.number, column or 0)
        left, right = piece.printed.edges[column : column + 2]
        return Place(grid.page, grid.number, column, (left, grid.box.top, right, grid.box.bottom))

    def _account(self, row: SortedRow, piece: Piece | None) -> None:
        """Say of every filled cell of a row, or of the line between tables that it is, what became of it."""
        accounting = self.built.accounting
        grid = row.placed.row
        for cell in grid.filled:
            key = (grid.page, grid.number, BETWEEN) if piece is None else key_of(grid, cell)
            among_words = self._among_words(row, cell, piece)
            why = self._why_flagged(row, cell) or among_words
            if why:
                lost = why in (UNREADABLE, among_words) or is_amount(cell.raw)
                accounting.flag(key, Flagged(_place(grid, cell), cell.raw, why, lost))
            else:
                accounting.put(key, Fate.IGNORED if self._is_ignored(row, cell) else Fate.MAPPED)
        if row.rule is not None and row.rule.level != "note":
            self.built.mendings += _mendings(row)

    def _why_flagged(self, row: SortedRow, cell: GridCell) -> str:
        if row.rule is None:
            return "the row is of no sort that the rule knows"
        if row.rule.level == "note":
            return ""
        if row.rule.level == "heading":
            is_amount = any(self.measures[j] for j in self._columns_of(row, cell))
            return "a heading has no figures" if is_amount else ""
        columns = self._columns_of(row, cell)
        if not columns:
            return "the cell has no place in the row" if cell in row.placed.unplaced else ""
        unreadable = [j for j in columns if self._is_unreadable(row, j)]
        return UNREADABLE if unreadable else ""

    def _among_words(self, row: SortedRow, cell: GridCell, piece: Piece | None) -> str:
        """Why an amount at the head of a text is a lost figure: the page has one column for two of the rule's."""
        missing = lacking(piece)
        words = row.rule is not None and row.rule.level != "note" and self._columns_of(row, cell)
        if not missing or not words or any(self.measures[j] for j in words) or not _AMOUNT_FIRST.match(cell.raw):
            return ""
        return f"an amount in a column of words, and the page has no column {missing}"

    def _is_unreadable(self, row: SortedRow, j: int) -> bool:
        measure, text = self.measures[j], row.placed.text(j)
        return measure is not None and not self._says_none(text) and not readings(text, measure.convention)

    def _says_none(self, text: str) -> bool:
        patterns = (n.pattern for n in self.rule.no_figures)
        return is_no_figure(text) or any(full_match(p, text) for p in patterns)

    def _is_ignored(self, row: SortedRow, cell: GridCell) -> bool:
        if row.rule is not None and row.rule.level == "note":
            return True
        columns = self._columns_of(row, cell)
        silent = [j for j in columns if self.measures[j] and self._says_none(row.placed.text(j))]
        return bool(silent) or (bool(columns) and all(self.form.columns[j].ignore is not None for j in columns))

    def _columns_of(self, row: SortedRow, cell: GridCell) -> list[int]:
        return [j for j, placed in enumerate(row.placed.cells) if placed and cell in placed.cells]


def _mendings(row: SortedRow) -> Iterator[Mending]:
    for placed in row.placed.cells:
        if placed and placed.mend:
            place = _place(row.placed.row, placed.cells[0])
            yield Mending(place, placed.raw, placed.text, placed.mend.value, "layout of the row")


def _place(row: GridRow, cell: GridCell | None = None) -> Place:
    box = cell.box if cell and cell.box else row.box
    return Place(row.page, row.number, cell.column if cell else 0, box_of(box))


def _raw(ways: Sequence[Layout], j: int) -> str:
    """The print of a figure: of the first layout that puts something there."""
    return next((placed.raw for way in ways if (placed := way.cells.get(j))), "")


def _in_layout(way: Layout, j: int, convention: Convention, row: GridRow) -> tuple[Reading, ...]:
    """The readings of a column in one layout of its row; of several layouts each has just one, tied to the layout."""
    placed = way.cells.get(j)
    found = readings(placed.text, convention, all(c.red for c in placed.cells)) if placed else ()
    if placed and placed.mend:
        found = tuple(_mended(r, placed.mend) for r in found)
    if not way.bundle:
        return found
    first = found[0] if found else EMPTY
    how = How.REPAIRED if first.how is How.PRINTED and first.value is not None and way.cost else first.how
    reason = first.reason or ("its column is chosen by the sums" if how is How.REPAIRED else "")
    source = Source(placed.raw, _place(row, placed.cells[0])) if placed else None
    return (replace(first, bundle=way.bundle, cost=way.cost, how=how, reason=reason, source=source),)


def _doubts(text: str, measure: Measured, taken: Reading) -> Iterator[str]:
    """What a cell would say under other conventions that the print leaves open."""
    for convention in measure.doubts:
        for reading in readings(text, convention)[:1]:
            if reading.value != taken.value and reading.value is not None:
                what = "scale" if convention.scale != measure.convention.scale else "sign"
                yield f"the {what} is not clear from the paper; it may as well be {reading.value:,.0f}"


def _in_assumed_year(reading: Reading, year: str) -> Reading:
    if reading.how is not How.PRINTED or reading.value is None:
        return reading
    return replace(reading, how=How.INFERRED, reason=f"no year is printed over the column; {year} is the paper's first")


def _mended(reading: Reading, mend: Mend) -> Reading:
    """A reading of a cell that had to be taken apart or put together is a repair; a nil that only moved stays a nil."""
    if mend is Mend.SPREAD or reading.how is not How.PRINTED:
        return reading
    return replace(reading, how=How.REPAIRED, reason=mend.value)
