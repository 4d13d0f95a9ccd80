"""Sorted rows into lines and figures: texts into fields, cells into readings, and an account of every filled cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

import regex

from extract.paper import Box, PrintedTable
from normalise.codes import read_code
from normalise.grid import GridCell, GridRow
from normalise.labels import likeness
from normalise.marks import is_no_figure, read_progress
from normalise.rows import Mend
from rules.amounts import EMPTY, Convention, readings, usual_factor
from rules.assemble import Assembled, Form, Piece, SortedRow
from rules.mapped import Accounting, Flagged, Mending
from rules.model import PATTERN_SECONDS, Meaning, Rule, TextField
from rules.years import years_of
from savings.aes import AES_BLOCKS
from savings.schema import (
    CodeReading,
    Figure,
    How,
    Kind,
    Level,
    Line,
    Measure,
    Place,
    Progress,
    Reading,
    Recurrence,
    Unit,
)

FIELDS = frozenset(get_args(TextField))
# A block's name less alike than this is not recognised.
BLOCK_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Measured:
    """What the figures of a column measure, with all that bands and the rule add to it."""

    year: str
    measure: Measure
    kind: Kind
    recurrence: Recurrence
    part: str
    convention: Convention


@dataclass
class Lines:
    """The lines and figures of a paper, as they are built up row by row."""

    lines: list[Line] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    # The text that each figure's readings were made from, and by what convention, by figure id.
    sources: list[tuple[str, Convention]] = field(default_factory=list)
    mendings: list[Mending] = field(default_factory=list)
    accounting: Accounting = field(default_factory=Accounting)


def build_lines(rule: Rule, assembled: Assembled) -> Lines:
    """All lines of a paper in its order. Raises rules.years.NoYear where a column's year is not to be had."""
    built = Lines()
    years = years_of(rule, assembled.pieces)
    builders = {
        form.name: _FormLines(rule, form, _measured(rule, form, assembled, years[form.name]), built)
        for form in assembled.forms
        if form.name in years
    }
    for form, piece, row in _in_order(assembled):
        if form.name in builders:
            builders[form.name].add(piece, row)
    for piece in assembled.pieces:
        _count(built.accounting, sum(len(r.filled) for r in piece.header), "ignored")
    for table, _ in assembled.ignored:
        _count(built.accounting, sum(bool(c.text.strip()) for r in table.rows for c in r.cells), "ignored")
    for table in assembled.unclaimed:
        flag_table(built.accounting, table, "no table of the rule claims this table")
    return built


def _count(accounting: Accounting, cells: int, fate: str) -> None:
    accounting.cells += cells
    setattr(accounting, fate, getattr(accounting, fate) + cells)


def _flag(accounting: Accounting, flagged: Flagged) -> None:
    accounting.cells += 1
    accounting.flags.append(flagged)


def flag_table(accounting: Accounting, table: PrintedTable, why: str) -> None:
    """Flag every filled cell of a table."""
    for row in table.rows:
        for cell in row.cells:
            if cell.text.strip():
                place = Place(table.page, row.number, cell.column, box_of(cell.box))
                _flag(accounting, Flagged(place, cell.text, why))


def box_of(box: Box | None) -> tuple[float, float, float, float] | None:
    """A box as the schema has it."""
    return None if box is None else (box.x0, box.top, box.x1, box.bottom)


def _in_order(assembled: Assembled) -> list[tuple[Form, Piece | None, SortedRow]]:
    """All rows as they follow each other in the paper, those between the tables in their places."""
    rows: list[tuple[Form, Piece | None, SortedRow]] = [(p.form, p, r) for p in assembled.pieces for r in p.rows]
    rows += [(form, None, row) for form, row in assembled.outside]
    return sorted(rows, key=lambda each: _position(each[2].placed.row))


def _position(row: GridRow) -> tuple[int, float]:
    return (row.page, row.box.top if row.box else float(row.number))


def _measured(rule: Rule, form: Form, assembled: Assembled, years: Sequence[str]) -> tuple[Measured | None, ...]:
    rows = [r for p in assembled.pieces if p.form is form for r in p.rows]
    texts = [[r.placed.text(j) for r in rows] for j in range(len(form.columns))]
    usual = usual_factor(text for j in form.amounts for text in texts[j])
    return tuple(
        _measure(rule, form, j, years[j], usual) if column.is_figure else None for j, column in enumerate(form.columns)
    )


def _measure(rule: Rule, form: Form, j: int, year: str, usual: int) -> Measured:
    column, band = form.columns[j], form.bands[j]

    def said(key: str, default: object) -> object:
        for source in (column, band, rule):
            value = getattr(source, key, None)
            if value is not None:
                return value
        return default

    scale, sign = said("scale", 1), said("sign", 1)
    assert scale == "suffix" or isinstance(scale, int)
    assert isinstance(sign, int)
    convention = Convention(Unit(str(said("unit", Unit.GBP))), sign, "suffix" if scale == "suffix" else scale, usual)
    return Measured(
        year,
        Measure(str(said("measure", Measure.TARGET))),
        Kind(str(said("kind", Kind.TOTAL))),
        Recurrence(str(said("recurrence", ""))),
        str(said("part", "")),
        convention,
    )


class _FormLines:
    """Lines of one table of the rule; it remembers headings and the line before, for rows that inherit."""

    def __init__(self, rule: Rule, form: Form, measured: Sequence[Measured | None], built: Lines) -> None:
        self.rule = rule
        self.form = form
        self.measured = measured
        self.built = built
        self.headings: dict[str, str] = {}
        self.before: dict[str, str] = {}

    def add(self, piece: Piece | None, row: SortedRow) -> None:
        self._account(row)
        if row.rule is None or row.rule.level == "note":
            return
        if row.rule.level == "heading":
            if row.rule.sets:
                self.headings[row.rule.sets] = row.taken.get(row.rule.sets, row.label)
            return
        fields = self._fields(row)
        line = self._line(row, Level(row.rule.level), fields)
        self.built.lines.append(line)
        if line.level is Level.ITEM:
            self.before = fields
        for j in self.form.amounts:
            self._figure(line, row, piece, j)

    def _fields(self, row: SortedRow) -> dict[str, str]:
        rule = row.rule
        assert rule is not None
        fields = dict(self.headings) if rule.level == Level.ITEM else {}
        fields |= {c.name: row.placed.text(j) for j, c in enumerate(self.form.columns) if c.name}
        fields |= {name: self.before.get(name, "") for name in rule.inherits}
        fields |= {k: self._looked_up(k, v, row) for k, v in row.taken.items()}
        known = {**dict.fromkeys(FIELDS, ""), **fields, "text": row.label}
        fields |= {k: v.format_map(known) for k, v in rule.set.items()}
        return fields

    def _looked_up(self, name: str, value: str, row: SortedRow) -> str:
        meaning: Meaning | None = self.rule.lookups.get(name, {}).get(value)
        if meaning is None:
            return value
        self.built.mendings.append(
            Mending(_place(row.placed.row), value, meaning.is_, meaning.why, "lookup of the rule")
        )
        return meaning.is_

    def _line(self, row: SortedRow, level: Level, fields: Mapping[str, str]) -> Line:
        raw_code = fields.get("aes_code", "")
        codes = self._codes(level, raw_code, fields.get("aes_block", ""))
        texts = {k: v for k, v in fields.items() if k in FIELDS and k not in ("aes_code", "aes_block", "progress")}
        keys = {k: v for k, v in fields.items() if k not in FIELDS}
        if level is Level.BLOCK and codes and codes[0].code:
            texts["detail"] = AES_BLOCKS[codes[0].code]
        elif level is not Level.ITEM and not texts.get("detail"):
            texts["detail"] = row.label
        progress = Progress(read_progress(fields.get("progress", "")))
        number = len(self.built.lines)
        return Line(number, self.form.name, level, _place(row.placed.row), texts, keys, codes, raw_code, progress)

    def _codes(self, level: Level, raw: str, block: str) -> tuple[CodeReading, ...]:
        if self.rule.codes is None or level not in (Level.ITEM, Level.BLOCK):
            return ()
        named = block_code(block)
        found = read_code(raw, min(AES_BLOCKS), max(AES_BLOCKS)) if self.form.named("aes_code") is not None else ()
        if named is None:
            return tuple(CodeReading(c.code, How(c.how), c.cost, c.reason) for c in found)
        if any(c.code == named for c in found if c.how == How.PRINTED):
            return (CodeReading(named, How.PRINTED),)
        reason = f"the block is named {block!r}"
        return (CodeReading(named, How.REPAIRED if raw else How.INFERRED, 1, reason),)

    def _figure(self, line: Line, row: SortedRow, piece: Piece | None, j: int) -> None:
        measured, placed = self.measured[j], row.placed.cells[j]
        assert measured is not None
        found = readings(placed.text, measured.convention) if placed else ()
        if placed and placed.mend:
            found = tuple(_mended(r, placed.mend) for r in found)
        number = len(self.built.figures)
        self.built.figures.append(
            Figure(
                number, line.id, measured.year, measured.measure, measured.kind, measured.convention.unit,
                found or (EMPTY,), placed.raw if placed else "", self._cell_place(row, piece, j),
                measured.recurrence, measured.part,
            )
        )  # fmt: skip
        self.built.sources.append((placed.text if placed and found else "", measured.convention))

    def _cell_place(self, row: SortedRow, piece: Piece | None, j: int) -> Place:
        grid, placed = row.placed.row, row.placed.cells[j]
        if placed:
            return Place(grid.page, grid.number, placed.cells[0].column, box_of(placed.cells[0].box))
        column = piece.alignment.columns[j] if piece else None
        if column is None or piece is None or grid.box is None or len(piece.printed.edges) <= column + 1:
            return Place(grid.page, grid.number, column or 0)
        left, right = piece.printed.edges[column : column + 2]
        return Place(grid.page, grid.number, column, (left, grid.box.top, right, grid.box.bottom))

    def _account(self, row: SortedRow) -> None:
        """Say of every filled cell of a row what became of it."""
        accounting = self.built.accounting
        for cell in row.placed.row.filled:
            why = self._why_flagged(row, cell)
            if why:
                _flag(accounting, Flagged(_place(row.placed.row, cell), cell.raw, why))
            else:
                _count(accounting, 1, "ignored" if self._is_ignored(row, cell) else "mapped")
        for placed in row.placed.cells:
            if placed and placed.mend:
                place = _place(row.placed.row, placed.cells[0])
                self.built.mendings.append(
                    Mending(place, placed.raw, placed.text, placed.mend.value, "layout of the row")
                )

    def _why_flagged(self, row: SortedRow, cell: GridCell) -> str:
        if row.rule is None:
            return "the row is of no sort that the rule knows"
        if row.rule.level == "note":
            return ""
        columns = self._columns_of(row, cell)
        if not columns:
            return "the cell has no place in the row" if cell in row.placed.unplaced else ""
        unreadable = [j for j in columns if self._is_unreadable(row, j)]
        return "the cell should hold a figure and cannot be read as one" if unreadable else ""

    def _is_unreadable(self, row: SortedRow, j: int) -> bool:
        measured, text = self.measured[j], row.placed.text(j)
        return measured is not None and not self._says_none(text) and not readings(text, measured.convention)

    def _says_none(self, text: str) -> bool:
        patterns = (n.pattern for n in self.rule.no_figures)
        return is_no_figure(text) or any(
            regex.fullmatch(p, text, regex.IGNORECASE, timeout=PATTERN_SECONDS) for p in patterns
        )

    def _is_ignored(self, row: SortedRow, cell: GridCell) -> bool:
        if row.rule is not None and row.rule.level == "note":
            return True
        columns = [self.form.columns[j] for j in self._columns_of(row, cell)]
        silent = [j for j in self._columns_of(row, cell) if self.measured[j] and self._says_none(row.placed.text(j))]
        return bool(silent) or (bool(columns) and all(column.ignore is not None for column in columns))

    def _columns_of(self, row: SortedRow, cell: GridCell) -> list[int]:
        return [j for j, placed in enumerate(row.placed.cells) if placed and cell in placed.cells]


def _place(row: GridRow, cell: GridCell | None = None) -> Place:
    box = cell.box if cell and cell.box else row.box
    return Place(row.page, row.number, cell.column if cell else 0, box_of(box))


def _mended(reading: Reading, mend: Mend) -> Reading:
    """A reading of a cell that had to be taken apart or put together is a repair; a nil that only moved stays a nil."""
    if mend is Mend.SPREAD or reading.how is not How.PRINTED:
        return reading
    return replace(reading, how=How.REPAIRED, reason=mend.value)


def block_code(name: str) -> int | None:
    """The AES code that a printed block name stands for, None where it is like none."""
    if not name:
        return None
    code = max(AES_BLOCKS, key=lambda c: likeness(name, AES_BLOCKS[c]))
    return code if likeness(name, AES_BLOCKS[code]) >= BLOCK_ALIKE else None
