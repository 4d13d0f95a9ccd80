"""The rows of a paper as texts that can be changed, and a copy of the paper with some of them changed.

Rows are numbered by twos, so that a row printed twice finds a number of its own and no other row is renumbered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.kinds import Change
from extract.paper import Box, Cell, Page, Paper, PrintedTable, Row, TextLine, Word
from normalise.grid import GridCell, GridRow, full_grid
from normalise.numbers import split_amounts
from savings.schema import Source

SPACING = 2
# Above all row numbers: lines between the tables are counted apart from the rows in a PDF.
OUTSIDE = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class RowPlace:
    """A row of a table, or a line between the tables, which is counted from OUTSIDE on."""

    page: int
    number: int


@dataclass(frozen=True, slots=True)
class RowTexts:
    """The texts of a row by grid column; of a row that is printed as one text (`whole`), its words."""

    place: RowPlace
    texts: tuple[str, ...]
    whole: GridCell | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a figure is printed: its row, and which of the row's texts it is."""

    row: RowPlace
    column: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be changed in a paper: texts by row and column, rows to leave out, rows to print twice."""

    texts: Mapping[RowPlace, Change]
    lost: frozenset[RowPlace] = frozenset()
    twice: frozenset[RowPlace] = frozenset()


def spaced(paper: Paper) -> Paper:
    """The paper with its rows and lines numbered by twos."""
    return replace(paper, pages=tuple(map(_spaced_page, paper.pages)))


def _spaced_page(page: Page) -> Page:
    tables = tuple(replace(t, rows=tuple(replace(r, number=SPACING * r.number) for r in t.rows)) for t in page.tables)
    return replace(page, tables=tables, lines=tuple(replace(x, number=SPACING * x.number) for x in page.lines))


class Sheet:
    """The rows of a spaced paper."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.rows = {r.place: r for r in _rows(paper)}

    def spots(self, lines: Iterable[Sequence[Source]]) -> Iterator[Spot | None]:
        """Where the cells stand that the figures of each line were read from; None for those in sentences or pieces."""
        for sources in lines:
            for nth, source in enumerate(sources):
                yield self._cell(source) or self._word(source, nth - len(sources))

    def _cell(self, source: Source) -> Spot | None:
        row = self.rows.get(RowPlace(source.place.page, source.place.row))
        found = row is not None and source.raw and _at(row, source.place.column) == source.raw
        return Spot(row.place, source.place.column) if row and found else None

    def _word(self, source: Source, from_end: int) -> Spot | None:
        """The word of a row that is one text: a label, and as many amounts as the line has figures."""
        page, number = source.place.page, source.place.row
        for place in (RowPlace(page, number), RowPlace(page, OUTSIDE + number)):
            row = self.rows.get(place)
            if row and row.whole and -from_end <= len(row.texts) and row.texts[from_end] == source.raw != "":
                return Spot(place, len(row.texts) + from_end)
        return None

    def damage(self, spot: Spot, slip: Callable[[Sequence[str], int], Change | None]) -> Change | None:
        """What a kind of damage makes of the text of a spot; None where it can make nothing, or nothing to be seen."""
        row = self.rows[spot.row]
        change = slip(row.texts, spot.column)
        if change and row.whole and _joined(row.texts, change) == _joined(row.texts, {}):
            return None
        return change

    def changed(self, changes: Changes) -> Paper:
        """A copy of the paper with some texts changed and some rows lost or printed twice."""
        return replace(self.paper, pages=tuple(self._page(page, changes) for page in self.paper.pages))

    def _page(self, page: Page, changes: Changes) -> Page:
        if not any(p.page == page.number for p in (*changes.texts, *changes.lost, *changes.twice)):
            return page
        tables = tuple(replace(t, rows=tuple(self._table_rows(t, changes))) for t in page.tables)
        return replace(page, tables=tables, lines=tuple(self._lines(page, changes)))

    def _table_rows(self, table: PrintedTable, changes: Changes) -> Iterator[Row]:
        for row, grid in zip(table.rows, full_grid(table), strict=True):
            place = RowPlace(table.page, row.number)
            if place in changes.lost:
                continue
            change = changes.texts.get(place)
            yield self._row(row, grid, table.edges, change) if change else row
            if place in changes.twice:
                yield replace(row, number=row.number + 1)

    def _row(self, row: Row, grid: GridRow, edges: Sequence[float], change: Change) -> Row:
        texts = self.rows[RowPlace(grid.page, row.number)]
        if texts.whole:
            return written(row, grid, edges, {texts.whole.column: _joined(texts.texts, change)})
        return written(row, grid, edges, change)

    def _lines(self, page: Page, changes: Changes) -> Iterator[TextLine]:
        for line in page.lines:
            place = RowPlace(page.number, OUTSIDE + line.number)
            if place not in changes.lost:
                change = changes.texts.get(place)
                yield replace(line, text=_joined(self.rows[place].texts, change)) if change else line
            if place in changes.twice:
                yield replace(line, number=line.number + 1)


def _rows(paper: Paper) -> Iterator[RowTexts]:
    for page in paper.pages:
        for table in page.tables:
            for row in full_grid(table):
                yield _row_texts(row)
        for line in page.lines:
            cell = GridCell(line.text, line.text, 0, line.box)
            yield RowTexts(RowPlace(line.page, OUTSIDE + line.number), _words(line.text), cell)


def _row_texts(row: GridRow) -> RowTexts:
    place = RowPlace(row.page, row.number)
    if len(row.filled) == 1 and len(split_amounts(row.filled[0].text)[1]) > 1:
        return RowTexts(place, _words(row.filled[0].text), row.filled[0])
    return RowTexts(place, tuple(c.raw for c in row.cells))


def _words(text: str) -> tuple[str, ...]:
    label, amounts = split_amounts(text)
    return (label, *amounts)


def _joined(texts: Sequence[str], change: Change) -> str:
    return " ".join(filter(None, (change.get(i, text) for i, text in enumerate(texts))))


def _at(row: RowTexts, column: int) -> str:
    return row.texts[column] if not row.whole and column < len(row.texts) else ""


def written(row: Row, grid: GridRow, edges: Sequence[float], change: Change) -> Row:
    """A row with the texts of some grid columns changed; a cell over several columns has its words changed."""
    cells = list(row.cells)
    for column, text in sorted(change.items()):
        old = next((c for c in cells if c.column <= column < c.column + c.span), None)
        if old is not None:
            cells.remove(old)
        cells.append(_cell(old, grid.cells[column], edges, text))
    return replace(row, cells=tuple(sorted(cells, key=lambda c: c.column)))


def _cell(old: Cell | None, grid: GridCell, edges: Sequence[float], text: str) -> Cell:
    if old is None:
        return Cell(text, grid.column)
    if old.span == 1 or not old.words or len(edges) <= old.column + old.span:
        # Words that say otherwise would be a trap for whoever looks at them.
        return replace(old, text=text, words=())
    words = _with_word(old.words, grid, edges, text)
    return replace(old, text=" ".join(w.text for w in words), words=words)


def _with_word(words: Iterable[Word], grid: GridCell, edges: Sequence[float], text: str) -> tuple[Word, ...]:
    """The words of a wide cell with those of one column left out, and one with the new text in their place."""
    words = tuple(words)
    kept = [w for w in words if not (grid.box and _inside(w.box, grid.box))]
    if text:
        box = grid.box or Box(edges[grid.column] + 1, words[0].box.top, edges[grid.column + 1] - 1, words[0].box.bottom)
        before = sum(w.box.top < box.bottom and (w.box.bottom <= box.top or w.box.x0 < box.x0) for w in kept)
        kept.insert(before, Word(text, box))
    return tuple(kept)


def _inside(box: Box, outer: Box) -> bool:
    return (
        outer.x0 - 0.1 <= box.x0
        and box.x1 <= outer.x1 + 0.1
        and outer.top - 0.1 <= box.top
        and box.bottom <= outer.bottom + 0.1
    )
