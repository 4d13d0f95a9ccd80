"""One row on a layout's columns: each filled cell in its place, or, where that does not fit, moved, split or joined.

A row of a damaged paper may have lost a cell, hold two cells in one ("14 Miscellaneous", "246,000 38,000") or one in
two ("1,0 | 67,000"). Such a row is laid out anew at the least cost that keeps the cells' order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import regex

from normalise.align import Content, Shape, fits
from normalise.grid import GridCell, GridRow
from normalise.numbers import is_amount, split_amounts

SHIFTED, SPLIT, JOINED, MISFIT, UNPLACED = 1, 1, 2, 3, 6

# A cell is tried in every shape, and asked the same each time.
_ASKED_ANEW = 4096
_fits = lru_cache(_ASKED_ANEW)(fits)
_split_amounts = lru_cache(_ASKED_ANEW)(split_amounts)
_CODE_AND_NAME = regex.compile(r"(\d{1,2})[\s.:)–-]+(\p{L}.*)")

# A shift to a place that the page does not have.
FAR = 99


class Mend(StrEnum):
    """What had to be done to a cell to give it its place in a row."""

    MOVED = "the cell stands in another column"
    SPLIT = "several cells are printed as one"
    JOINED = "one cell is printed as two"
    SPREAD = "a label and its amounts are printed as one text"


@dataclass(frozen=True, slots=True)
class Placed:
    """The text of one shape in one row, the cells that it came from, and what had to be done to get it there."""

    text: str
    cells: tuple[GridCell, ...]
    mend: Mend | None = None

    @property
    def raw(self) -> str:
        """The text as printed; the parts of one cell in two are joined by "|"."""
        return "|".join(c.raw for c in self.cells)


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row on a layout's shapes: for each the text or None, and the filled cells that found no place."""

    row: GridRow
    cells: tuple[Placed | None, ...]
    unplaced: tuple[GridCell, ...]

    def text(self, shape: int) -> str:
        """The text in a shape, empty where there is none."""
        placed = self.cells[shape]
        return placed.text if placed else ""


def place(shapes: Sequence[Shape], columns: Sequence[int | None], row: GridRow) -> PlacedRow:
    """Lay a row out on shapes whose printed columns are known."""
    shape_of = {column: j for j, column in enumerate(columns) if column is not None}
    straight = [(j, Placed(c.text, (c,))) for c in row.filled if (j := shape_of.get(c.column)) is not None]
    cost = sum(MISFIT for j, p in straight if not _fits(shapes[j], p.text))
    cost += UNPLACED * (len(row.filled) - len(straight))
    if cost:
        anew = _Layout(shapes, columns, row.filled).cheapest()
        if anew.cost < cost:
            return _placed(row, shapes, anew.places)
    return _placed(row, shapes, straight)


def _placed(row: GridRow, shapes: Sequence[Shape], places: Sequence[tuple[int, Placed]]) -> PlacedRow:
    by_shape = dict(places)
    used = {cell for _, placed in places for cell in placed.cells}
    unplaced = tuple(c for c in row.filled if c not in used)
    return PlacedRow(row, tuple(by_shape.get(j) for j in range(len(shapes))), unplaced)


@dataclass(frozen=True, slots=True)
class _Found:
    cost: int
    places: tuple[tuple[int, Placed], ...]
    shift: int = 0

    def then(self, cost: int, *places: tuple[int, Placed]) -> _Found:
        return _Found(self.cost + cost, (*self.places, *places), self.shift)

    def shifted(self, shift: int) -> _Found:
        """The same, with the next cell standing `shift` columns off: free if the cell before stands so, too."""
        price = 0 if shift == self.shift else SHIFTED * min(3, abs(shift))
        return _Found(self.cost + price, self.places, shift)


class _Layout:
    """All ways to lay filled cells out on shapes in order; the cheapest by dynamic programming over both."""

    def __init__(self, shapes: Sequence[Shape], columns: Sequence[int | None], cells: Sequence[GridCell]) -> None:
        self.shapes = shapes
        self.columns = columns
        self.cells = cells

    def cheapest(self) -> _Found:
        # The best for each number of cells and shapes done, and for each shift of the last cell: a lost cell shifts all
        # that follow it, and that is one slip, not many.
        best: list[list[dict[int, _Found]]] = [
            [{} for _ in range(len(self.shapes) + 1)] for _ in range(len(self.cells) + 1)
        ]
        best[0][0][0] = _Found(0, ())
        for a in range(len(self.cells) + 1):
            for b in range(len(self.shapes) + 1):
                for found in list(best[a][b].values()):
                    for (after_a, after_b), other in self._steps(a, b, found):
                        known = best[after_a][after_b].get(other.shift)
                        if known is None or other.cost < known.cost:
                            best[after_a][after_b][other.shift] = other
        return min(best[-1][-1].values(), key=lambda found: found.cost)

    def _steps(self, a: int, b: int, found: _Found) -> Iterator[tuple[tuple[int, int], _Found]]:
        if a < len(self.cells):
            yield (a + 1, b), found.then(UNPLACED)
        if b < len(self.shapes):
            yield (a, b + 1), found
        if a < len(self.cells) and b < len(self.shapes):
            # A name with its code before it is two cells, though it passes for a text.
            whole = _fits(self.shapes[b], self.cells[a].text) and not (
                b and _halves(self.cells[a].text, self.shapes[b - 1 : b + 1])
            )
            misfit = 0 if whole else MISFIT
            yield (a + 1, b + 1), found.shifted(self._shift(a, b)).then(misfit, (b, self._whole(a, b)))
            yield from self._splits(a, b, found)
            yield from self._joins(a, b, found)

    def _shift(self, a: int, b: int) -> int:
        """How many columns to the left of its shape's a cell stands; of a shape without a column, far."""
        column = self.columns[b]
        return FAR if column is None else column - self.cells[a].column

    def _whole(self, a: int, b: int) -> Placed:
        moved = self.columns[b] != self.cells[a].column
        return Placed(self.cells[a].text, (self.cells[a],), Mend.MOVED if moved else None)

    def _splits(self, a: int, b: int, found: _Found) -> Iterator[tuple[tuple[int, int], _Found]]:
        parts = _halves(self.cells[a].text, self.shapes[b : b + 2])
        if not parts and self.shapes[b].content is Content.AMOUNT:
            label, amounts = _split_amounts(self.cells[a].text)
            parts = amounts if not label and len(amounts) > 1 else ()
        after = b + len(parts)
        if not parts or not all(_fits(s, t) for s, t in zip(self.shapes[b:after], parts, strict=False)):
            return
        places = [(b + k, Placed(text, (self.cells[a],), Mend.SPLIT)) for k, text in enumerate(parts)]
        if after <= len(self.shapes):
            yield (a + 1, after), found.shifted(self._shift(a, b)).then(SPLIT, *places)

    def _joins(self, a: int, b: int, found: _Found) -> Iterator[tuple[tuple[int, int], _Found]]:
        if a + 1 >= len(self.cells) or self.shapes[b].content is not Content.AMOUNT:
            return
        pair = self.cells[a : a + 2]
        text = "".join(c.text for c in pair)
        if _torn(pair[0].text, pair[1].text) and is_amount(text):
            placed = Placed(text, tuple(pair), Mend.JOINED)
            nearer = min(self._shift(a, b), self._shift(a + 1, b), key=abs)
            yield (a + 2, b + 1), found.shifted(nearer).then(JOINED, (b, placed))


def _halves(text: str, shapes: Sequence[Shape]) -> tuple[str, ...]:
    """A code and the name after it in one cell, where the layout has a code and then a text."""
    if len(shapes) != 2 or (shapes[0].content, shapes[1].content) != (Content.CODE, Content.TEXT):
        return ()
    match = _CODE_AND_NAME.fullmatch(text)
    return (match[1], match[2]) if match else ()


@lru_cache(_ASKED_ANEW)
def _torn(left: str, right: str) -> bool:
    """Whether two texts are one number torn apart: "1,0 | 67,000", "250 | ,000", "1, | 067,000"."""
    if regex.match(r"[,.]\d", right) or regex.search(r"\d[,.]$", left):
        return True
    return bool(regex.search(r",\d{1,2}$", left) and regex.match(r"\d{1,2}(,|$)", right))
