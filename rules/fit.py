"""A table that is known by its headers alone: which printed column is which, whatever their order and number.

Forms that many authorities fill in come with columns left out, added and exchanged. Here a column's content never says
what it is: a column of amounts under a header that the rule does not know may be anything, a budget or a number of
posts, and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from normalise.align import MAX_HEADER_ROWS, Alignment
from normalise.grid import GridRow
from normalise.labels import plain, words_in
from normalise.numbers import is_amount
from normalise.units import is_unit, label_part, read_units
from normalise.years import read_years
from rules.block_names import block_codes
from rules.model import Band, Column

YEAR = "{year}"
# A header less alike than this is another one. Stricter than where content bears a header out.
ALIKE = 0.84
# A header of several lines may be longer than one that is known, where the column holds text.
PARTLY = 0.9
# A column that may stand without a header, and does: less than any header says.
BARE = 0.3
BAND_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a printed table's header says: the rule's columns that it has, from left to right, and where each stands.

    `shapes` are indexes into the rule's columns. `left_out` are printed columns with a header that the rule does not
    know. `header` are the header's rows, each cell over the column that it is the header of.
    """

    shapes: tuple[int, ...]
    alignment: Alignment
    left_out: frozenset[int]
    header: tuple[GridRow, ...]


def fit(columns: Sequence[Column], bands: Sequence[Band | None], rows: Sequence[GridRow]) -> Fitted | None:
    """The best reading of a table's first rows as its header; None where a column is missing that there must be."""
    most = min(MAX_HEADER_ROWS, len(rows) - 1)
    found = [f for n in range(1, most + 1) if (f := _fit(columns, bands, rows, n)) is not None]
    return max(found, key=lambda f: (f.alignment.score, -f.alignment.header_rows), default=None)


def _fit(
    columns: Sequence[Column], bands: Sequence[Band | None], rows: Sequence[GridRow], header_rows: int
) -> Fitted | None:
    header = _over_columns(rows[:header_rows], rows[header_rows:])
    scores = [
        [_score(column, band, header, i) for i in range(len(rows[0].cells))]
        for column, band in zip(columns, bands, strict=True)
    ]
    _clear_bare(scores, columns, rows[header_rows:])
    places = _assigned(scores)
    if not _is_complete(columns, places):
        return None
    order = sorted(places, key=places.__getitem__)
    amounts = [places[j] for j in order if columns[j].is_figure]
    body = rows[header_rows:]
    if any(_holds_amount(row, amounts) for row in header):
        return None
    if not (_names_blocks(columns, places, body) and _says_what(columns, places, body)):
        return None
    while header_rows < len(rows) - 1 and _goes_on(rows[header_rows], amounts):
        header_rows += 1
    header = _over_columns(rows[:header_rows], rows[header_rows:])
    total = sum(scores[j][places[j]] for j in order)
    alignment = Alignment(tuple(places[j] for j in order), header_rows, total / len(order), total)
    return Fitted(tuple(order), alignment, frozenset(_named_otherwise(header, places)), header)


def _names_blocks(columns: Sequence[Column], places: Mapping[int, int], body: Sequence[GridRow]) -> bool:
    """Whether a column of AES blocks holds names of AES blocks: other tables have services under such a header."""
    at = next((place for j, place in places.items() if columns[j].field == "aes_block"), None)
    if at is None:
        return True
    amounts = [place for j, place in places.items() if columns[j].is_figure]
    names = [row.cells[at].text for row in body if _holds_amount(row, amounts)]
    named = [name for name in names if name and "total" not in plain(name)]
    return 2 * sum(bool(block_codes(name)) for name in named) >= len(named)


def _says_what(columns: Sequence[Column], places: Mapping[int, int], body: Sequence[GridRow]) -> bool:
    """Whether the column of what the savings are holds words: under a header like "savings" may be marks or amounts."""
    at = next((place for j, place in places.items() if columns[j].field == "detail"), None)
    texts = [row.cells[at].text for row in body if row.cells[at].text] if at is not None else []
    return 2 * sum(bool(words_in(text)) and not is_amount(text) for text in texts) >= len(texts)


def _over_columns(header: Sequence[GridRow], body: Sequence[GridRow]) -> tuple[GridRow, ...]:
    """The header with cells that stand beside their column put over it.

    Where words make the columns, a header in the middle over amounts on the right falls to a column of its own, with
    nothing below it, and the column beside it has no header.
    """
    width = len(header[0].cells)
    headed = [any(row.cells[i].text for row in header) for i in range(width)]
    # The header may be printed again further down.
    known = {cell.text for row in header for cell in row.filled}
    filled = [any(row.cells[i].text and row.cells[i].text not in known for row in body) for i in range(width)]
    moves: dict[int, int] = {}
    for i in range(width):
        free = [k for k in (i + 1, i - 1) if 0 <= k < width and filled[k] and not headed[k]]
        free = [k for k in free if k not in moves.values()]
        if headed[i] and not filled[i] and free:
            moves[i] = free[0]
    order = list(range(width))
    for i, k in moves.items():
        order[i], order[k] = order[k], order[i]
    return tuple(replace(row, cells=tuple(row.cells[i] for i in order)) for row in header)


def _score(column: Column, band: Band | None, header: Sequence[GridRow], i: int) -> float:
    """How well what stands over a printed column says that it is a column of the rule; 0 where it does not."""
    own = max((_alike(column, label, text) for label in column.headers for text in _texts(header, i)), default=0.0)
    if not own and column.may_be_bare and not any(row.cells[i].text for row in header):
        return BARE
    if band is None or not own:
        return own
    over = max((_likeness(label_part(text), _bare(b)) for b in band.headers for text in _over(header, i)), default=0.0)
    return own + BAND_WEIGHT * over if over >= ALIKE else 0.0


def _clear_bare(scores: list[list[float]], columns: Sequence[Column], body: Sequence[GridRow]) -> None:
    """A text without a header is the first column that has none and holds no amounts."""
    for j, row in enumerate(scores):
        bare = [i for i, score in enumerate(row) if score == BARE]
        texts = [i for i in bare if not _holds_amounts(body, i)]
        for i in bare:
            if columns[j].is_figure or i not in texts[:1]:
                row[i] = 0.0


def _holds_amounts(body: Sequence[GridRow], i: int) -> bool:
    texts = [row.cells[i].text for row in body if row.cells[i].text]
    return not texts or sum(map(is_amount, texts)) > len(texts) / 2


def _texts(header: Sequence[GridRow], i: int) -> Iterator[str]:
    """The header of a column: each of its cells, and every run of them from above to below."""
    texts = [row.cells[i].text for row in header if row.cells[i].text]
    for start in range(len(texts)):
        for end in range(start + 1, len(texts) + 1):
            yield " ".join(texts[start:end])


def _over(header: Sequence[GridRow], i: int) -> Iterator[str]:
    """What stands over several columns: in each header row the nearest text, here or to the left, else to the right."""
    for row in header:
        left = [row.cells[k].text for k in range(i, -1, -1) if row.cells[k].text]
        right = [row.cells[k].text for k in range(i, len(row.cells)) if row.cells[k].text]
        yield from (left or right)[:1]
        if not row.cells[i].text:
            yield from right[:1]


def _bare(label: str) -> str:
    return label.replace(YEAR, "").strip()


def _alike(column: Column, label: str, text: str) -> float:
    """How alike a printed header and one of the rule's are, years and units aside; 0 where one has a year too many."""
    years, bare = read_years(text), _bare(label)
    if YEAR in label:
        if len(years) != 1:
            return 0.0
    elif column.is_figure and years and column.year != "printed":
        return 0.0
    if column.name and read_units(text):
        # Amounts stand below it, whatever else does: two columns read as one.
        return 0.0
    rest = label_part(text)
    if not bare:
        return 1.0 if YEAR in label and not plain(rest) else 0.0
    whole = _likeness(rest, bare)
    if whole >= ALIKE:
        return whole
    within = 0.0 if column.is_figure else PARTLY * _within(rest, bare)
    return within if within >= PARTLY else 0.0


def _likeness(one: str, other: str) -> float:
    return fuzz.ratio(plain(one), plain(other)) / 100


def _within(text: str, label: str) -> float:
    """Whether a label stands as words of its own in a longer header."""
    words = f" {' '.join(text.casefold().split())} "
    return float(f" {' '.join(label.casefold().split())} " in words)


def _assigned(scores: Sequence[Sequence[float]]) -> dict[int, int]:
    """The printed column of each of the rule's: the best pairs first; of equal ones in the order of both."""
    pairs = sorted((-score, j, i) for j, row in enumerate(scores) for i, score in enumerate(row) if score)
    places: dict[int, int] = {}
    for _, j, i in pairs:
        if j not in places and i not in places.values():
            places[j] = i
    return places


def _is_complete(columns: Sequence[Column], places: dict[int, int]) -> bool:
    """Whether each column is there as often as it must be, and something of each sort that a table needs."""
    for column in {id(c): c for c in columns}.values():
        there = sum(c is column and j in places for j, c in enumerate(columns))
        if there < column.fewest:
            return False
    return any(columns[j].is_figure for j in places)


def _holds_amount(row: GridRow, columns: Sequence[int]) -> bool:
    texts = (row.cells[i].text for i in columns)
    return any(is_amount(t) and not read_years(t) and not is_unit(t) for t in texts)


def _goes_on(row: GridRow, amounts: Sequence[int]) -> bool:
    """Whether a row below the header only says in what unit the columns are."""
    texts = [row.cells[i].text for i in amounts if row.cells[i].text]
    return bool(texts) and all(map(is_unit, texts))


def _named_otherwise(header: Sequence[GridRow], places: dict[int, int]) -> Iterator[int]:
    width = len(header[0].cells)
    known = set(places.values())
    yield from (i for i in range(width) if i not in known and any(row.cells[i].text for row in header))
