"""Which printed column is which of the columns that a layout expects?

Headers come cut over cells, damaged, repeated over the wrong table or not at all, so both the header and what stands
below it give evidence; the columns' order is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from normalise.codes import read_code
from normalise.grid import GridRow
from normalise.labels import likeness
from normalise.marks import is_no_figure
from normalise.numbers import BAD_GROUPS, is_amount, read_amount
from normalise.years import read_years

MAX_HEADER_ROWS = 6
LABEL_WEIGHT, CONTENT_WEIGHT = 2.0, 1.0
# A header less alike than this is no evidence.
UNLIKE = 0.55
SKIPPED_COLUMN, SKIPPED_SHAPE = 0.3, 0.6


class Content(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    AMOUNT = "amount"
    CODE = "code"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Shape:
    """A column that a layout expects: its printed label ("" for none), and what its cells hold.

    `year` means that the label is a financial year. `codes` bounds a CODE column's numbers.
    """

    label: str
    content: Content
    year: bool = False
    codes: tuple[int, int] = (1, 99)


@dataclass(frozen=True, slots=True)
class Alignment:
    """The printed column of each shape (None: not printed), how many rows are header, and how alike the header is.

    `likeness` is the mean over the shapes that have a label, 0 to 1.
    """

    columns: tuple[int | None, ...]
    header_rows: int
    likeness: float
    score: float


def align(shapes: Sequence[Shape], rows: Sequence[GridRow], header_rows: int | None = None) -> Alignment:
    """The best assignment of printed columns to shapes, over all numbers of header rows unless one is given."""
    most = min(MAX_HEADER_ROWS, len(rows))
    counts = range(most + 1) if header_rows is None else [header_rows]
    return max((_align(tuple(shapes), tuple(rows), n) for n in counts), key=lambda a: (a.score, -a.header_rows))


def _align(shapes: tuple[Shape, ...], rows: tuple[GridRow, ...], header_rows: int) -> Alignment:
    width = len(rows[0].cells) if rows else 0
    labels = [[_label(s, rows[:header_rows], i) for i in range(width)] for s in shapes]
    content = [[_content(s, rows[header_rows:], i) for i in range(width)] for s in shapes]
    filled = [any(r.cells[i].text for r in rows[header_rows:]) for i in range(width)]
    columns, score = _in_order(
        [
            [LABEL_WEIGHT * label + CONTENT_WEIGHT * c for label, c in zip(one, other, strict=True)]
            for one, other in zip(labels, content, strict=True)
        ],
        filled,
    )
    found = [labels[j][i] if i is not None else 0.0 for j, i in enumerate(columns) if shapes[j].label or shapes[j].year]
    mean = sum(found) / len(found) if found else 0.0
    return Alignment(columns, header_rows, mean, score - _data_in_header(rows[:header_rows], shapes, columns))


def _data_in_header(header: Sequence[GridRow], shapes: Sequence[Shape], columns: Sequence[int | None]) -> float:
    """A row taken for header that holds amounts where amounts belong is data: what that costs."""
    amounts = [i for s, i in zip(shapes, columns, strict=True) if s.content is Content.AMOUNT and i is not None]
    lost = 0.0
    for row in header:
        held = [row.cells[i].text for i in amounts if row.cells[i].text]
        lost += 2.0 * sum(is_amount(t) and not read_years(t) for t in held)
    return lost


def _in_order(scores: Sequence[Sequence[float]], filled: Sequence[bool]) -> tuple[tuple[int | None, ...], float]:
    """The assignment of columns to shapes, in order, with the highest sum of scores (dynamic programme)."""
    width = len(filled)
    skip = [SKIPPED_COLUMN if f else 0.0 for f in filled]
    best = [[0.0] * (width + 1) for _ in range(len(scores) + 1)]
    for i in range(1, width + 1):
        best[0][i] = best[0][i - 1] - skip[i - 1]
    for j, row in enumerate(scores, 1):
        best[j][0] = best[j - 1][0] - SKIPPED_SHAPE
        for i in range(1, width + 1):
            best[j][i] = max(
                best[j - 1][i - 1] + row[i - 1],
                best[j][i - 1] - skip[i - 1],
                best[j - 1][i] - SKIPPED_SHAPE,
            )
    return _trace(best, scores, skip), best[-1][-1]


def _trace(
    best: Sequence[Sequence[float]], scores: Sequence[Sequence[float]], skip: Sequence[float]
) -> tuple[int | None, ...]:
    columns: list[int | None] = [None] * len(scores)
    j, i = len(scores), len(skip)
    while j and i:
        if best[j][i] == best[j - 1][i - 1] + scores[j - 1][i - 1]:
            columns[j - 1] = i - 1
            j, i = j - 1, i - 1
        elif best[j][i] == best[j][i - 1] - skip[i - 1]:
            i -= 1
        else:
            j -= 1
    return tuple(columns)


def _label(shape: Shape, header: Sequence[GridRow], column: int) -> float:
    """How well a column's header says what a shape is called: any of its cells, or them joined from below."""
    texts = [row.cells[column].text for row in header if row.cells[column].text]
    joined = [" ".join(texts[k:]) for k in range(len(texts))]
    if shape.year:
        return float(any(read_years(t) for t in joined))
    if not shape.label:
        return 0.0
    found = max((likeness(t, shape.label) for t in {*texts, *joined}), default=0.0)
    return found if found >= UNLIKE else 0.0


def _content(shape: Shape, body: Sequence[GridRow], column: int) -> float:
    """The share of a column's filled cells that a shape can hold; nothing for an empty column."""
    texts = [row.cells[column].text for row in body if row.cells[column].text]
    if not texts:
        return 0.0
    return sum(fits(shape, text) for text in texts) / len(texts) * (0.3 if shape.content is Content.ANY else 1.0)


@lru_cache(maxsize=16384)
def fits(shape: Shape, text: str) -> bool:
    """Whether a filled cell's text is of the kind that a shape holds."""
    if shape.content is Content.AMOUNT:
        found = read_amount(text)
        return (bool(found) and found[0].cost < BAD_GROUPS) or is_no_figure(text)
    if shape.content is Content.CODE:
        return bool(read_code(text, *shape.codes))
    if shape.content is Content.TEXT:
        return not is_amount(text)
    return True
