"""The boxes that ruling lines make: those that pdfplumber finds, which is slower and known to be right about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pdfplumber.table import TableFinder

from extract.crossings import boxes_of
from extract.limits import LIMITS, Limits, TooLarge

Line = tuple[float, float, float]
Boxes = list[list[tuple[float, ...]]]

# Far enough from 0 for pdfplumber to move lines without an error of rounding, and near enough for many to meet.
places = st.integers(40, 72).map(float) | st.sampled_from([50.0, 60.0, 60.5])
lines = st.lists(st.tuples(places, places, st.integers(1, 30).map(float)), max_size=14)

GRID = [(50.0, 40.0, 30.0), (60.0, 40.0, 30.0), (70.0, 40.0, 30.0)]


@dataclass
class Page:
    edges: list[dict[str, Any]]


def pdfplumbers(levels: list[Line], uprights: list[Line]) -> Boxes:
    edges = [
        {"orientation": "h", "top": at, "bottom": at, "x0": start, "x1": stop, "width": stop - start, "height": 0.0}
        for at, start, stop in levels
    ] + [
        {"orientation": "v", "x0": at, "x1": at, "top": start, "bottom": stop, "height": stop - start, "width": 0.0}
        for at, start, stop in uprights
    ]
    return [sorted(table.cells) for table in TableFinder(cast(Any, Page(edges))).tables]


def ours(levels: list[Line], uprights: list[Line]) -> Boxes:
    found = boxes_of(np.array(levels).reshape(-1, 3), np.array(uprights).reshape(-1, 3), LIMITS)
    return [sorted(map(tuple, group)) for group in found]


@given(lines, lines)
@example(GRID, GRID)
@example([*GRID, (55.0, 62.0, 8.0)], [(50.0, 40.0, 30.0), (60.0, 40.0, 8.0), (60.0, 53.0, 17.0), (70.0, 40.0, 30.0)])
@example([(50.0, 40.0, 12.0), (52.0, 56.0, 14.0), *GRID[1:]], GRID)
def test_the_boxes_are_those_of_pdfplumber(levels: list[Line], uprights: list[Line]) -> None:
    levels, uprights = ([(at, start, start + length) for at, start, length in some] for some in (levels, uprights))
    assert [list(map(pytest.approx, table)) for table in pdfplumbers(levels, uprights)] == ours(levels, uprights)


def test_too_many_crossings_are_not_followed() -> None:
    lines = np.array([(10.0 * i, 0.0, 400.0) for i in range(40)])
    assert len(boxes_of(lines, lines, LIMITS)[0]) == 39 * 39
    with pytest.raises(TooLarge, match="cross more than 1,000 times"):
        boxes_of(lines, lines, Limits(crossings=1_000))
