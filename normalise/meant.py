"""A table as meant: header rejoined, pages stitched, rows mended; every row keeps the page that it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from extract.paper import Page, PrintedTable
from normalise.grid import GridRow, full_grid
from normalise.labels import plain
from normalise.marks import is_no_figure
from normalise.numbers import is_amount
from normalise.stitch import Between, Cut, Header, Neighbours, Place, Seam, Surroundings, cut_of, judge, place_of
from normalise.years import read_years

MAX_HEADER_ROWS = 4
# A column holds figures where at least this share of its filled cells are amounts.
FIGURES = 0.5


@dataclass(frozen=True, slots=True)
class MeantRow:
    """One row: its page and number there, its sort ("item", …; "" where no rule says), its texts by column.

    `rest` is the page and number of what was cut off it by the end of the page, if anything was.
    """

    page: int
    number: int
    sort: str
    cells: tuple[str, ...]
    rest: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class MeantTable:
    """A whole table. `pieces` are the (page, number) of the tables as printed; `notes` say why they were joined."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[MeantRow, ...]
    pieces: tuple[Place, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Alone:
    """A printed table with its header joined, and which of its columns hold figures."""

    printed: PrintedTable
    table: MeantTable
    figures: tuple[bool, ...]


class Stitched(NamedTuple):
    """Tables as meant, and the decision on each two neighbours among what they were made of."""

    tables: tuple[MeantTable, ...]
    seams: tuple[Seam, ...]


def unmapped(tables: Sequence[PrintedTable], pages: Iterable[Page] = ()) -> Stitched:
    """Tables that no rule maps, each with its header joined, stitched where all evidence speaks for it; and the seams.

    `pages` are those of the whole paper, for what stands between the tables; without them nothing does.
    """
    surroundings = Surroundings(pages)
    alone = {place_of(table): _alone(table) for table in tables}
    whole: dict[Place, MeantTable] = {}
    seams: list[Seam] = []
    for place, one in alone.items():
        before = surroundings.before(one.printed) if surroundings.pages else _previous(tables, one.printed)
        seam = _seam(alone.get(place_of(before)), one, before, surroundings) if before else None
        seams += [seam] if seam else []
        # Of two that go on from the same table, the first one does.
        if seam and seam.joined and (last := _ending(whole, seam.before)) is not None:
            whole[last] = _joined(whole[last], alone[seam.before].figures, one, seam)
        else:
            whole[place] = one.table
    return Stitched(tuple(whole.values()), tuple(seams))


def _previous(tables: Sequence[PrintedTable], table: PrintedTable) -> PrintedTable | None:
    number = next(i for i, other in enumerate(tables) if other is table)
    return tables[number - 1] if number else None


def _ending(whole: dict[Place, MeantTable], place: Place) -> Place | None:
    """The place of the first piece of the table whose last piece is at a place."""
    return next((first for first, table in whole.items() if table.pieces[-1] == place), None)


def _alone(table: PrintedTable) -> _Alone:
    rows = full_grid(table)
    header = _header_rows(rows)
    columns = tuple(" ".join(r.cells[i].text for r in rows[:header] if r.cells[i].text) for i in range(table.width))
    body = tuple(MeantRow(r.page, r.number, "", tuple(c.text for c in r.cells)) for r in rows[header:])
    figures = tuple(_holds_figures([row.cells[i] for row in body if row.cells[i]]) for i in range(table.width))
    return _Alone(table, MeantTable("", columns, body, (place_of(table),)), figures)


def _header_rows(rows: Sequence[GridRow]) -> int:
    """How many rows stand before the first that holds an amount; none where no row does."""
    for count, row in enumerate(rows[: MAX_HEADER_ROWS + 1]):
        if any(is_amount(c.text) and not read_years(c.text) for c in row.filled):
            return count
    return min(1, len(rows) - 1)


def _holds_figures(texts: Sequence[str]) -> bool:
    return bool(texts) and sum(map(is_amount, texts)) >= FIGURES * len(texts)


def _seam(known: _Alone | None, after: _Alone, before: PrintedTable, surroundings: Surroundings) -> Seam:
    """The decision for two neighbours; one that a rule maps or leaves out goes on in no other table."""
    between = surroundings.between(before, after.printed) if surroundings.pages else Between()
    if known is None:
        return apart(before, after.printed, Header.OTHER, between, "the one before is a table that the rule speaks of")
    headed = any(known.table.columns)
    return judge(Neighbours(before, after.printed, _header(known, after), between, headed))


def apart(before: PrintedTable, after: PrintedTable, header: Header, between: Between, reason: str) -> Seam:
    """A seam that is open for a reason of its own."""
    seam = judge(Neighbours(before, after, header, between))
    return replace(seam, joined=False, reason=reason)


def _header(before: _Alone, after: _Alone) -> Header:
    """What stands at the head of a table after another one. Labels stand over figures; rows that go on do not."""
    own, other = after.table.columns, before.table.columns
    if any(own) and [plain(c) for c in own] == [plain(c) for c in other]:
        return Header.REPEATED
    if not any(own):
        return Header.ABSENT
    if len(own) != len(other) or not any(before.figures):
        return Header.OTHER
    labels = [text for text, is_figure in zip(own, before.figures, strict=True) if text and is_figure]
    return Header.OTHER if any(not is_no_figure(text) for text in labels) else Header.ABSENT


def _joined(before: MeantTable, figures: tuple[bool, ...], after: _Alone, seam: Seam) -> MeantTable:
    rows = after.table.rows
    if seam.header is Header.ABSENT and any(after.table.columns):
        # What was taken for a header are rows that go on.
        grid = full_grid(after.printed)
        rows = tuple(MeantRow(r.page, r.number, "", tuple(c.text for c in r.cells)) for r in grid if r.filled)
    kept, rows, notes = rejoined(before.rows, rows, figures)
    pieces = (*before.pieces, seam.after)
    return MeantTable(before.name, before.columns, kept + rows, pieces, (*before.notes, seam.text, *notes))


def rejoined(
    above: tuple[MeantRow, ...], below: tuple[MeantRow, ...], figures: Sequence[bool]
) -> tuple[tuple[MeantRow, ...], tuple[MeantRow, ...], tuple[str, ...]]:
    """The rows of two pieces with a row that is cut in two between them made one, and a note if there is one."""
    foot, head = (above[-1] if above else None), (below[0] if below else None)
    cut = cut_of(foot.cells, head.cells, figures) if foot and head else None
    if foot is None or head is None or cut is None:
        return above, below, ()
    texts = tuple(" ".join(filter(None, pair)) for pair in zip(foot.cells, head.cells, strict=True))
    whole = MeantRow(foot.page, foot.number, foot.sort, texts, (*foot.rest, (head.page, head.number)))
    return (*above[:-1], whole), below[1:], (note_of(cut, (foot.page, foot.number), (head.page, head.number)),)


def note_of(cut: Cut, foot: Place, head: Place) -> str:
    """Where a row was put together, and why."""
    return f"page {head[0]}, row {head[1]}: joined to page {foot[0]}, row {foot[1]}: {cut}"
