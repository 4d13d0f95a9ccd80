"""Where a run of print begins and ends, and what its ink shows."""

from __future__ import annotations

import numpy as np
import pytest

from extract.scan.ink import Rules, ink_of
from extract.scan.marks import Marks, marks_of
from extract.scan.runs import Inked, Spot, cut_after, runs_of
from tests.extract.scan.drawn import DPI, INK, Grey, rule, sheet, write


def inked(grey: Grey) -> Inked:
    nothing = np.zeros_like(grey)
    return runs_of(ink_of(grey, 178), Rules((), nothing, nothing), DPI)


def filler(grey: Grey) -> None:
    """Lines of print, so that the usual height of a capital is known."""
    for y in (300, 340, 380):
        write(grey, "THE COUNCIL IS ASKED", 60, y)


def row(grey: Grey) -> list[tuple[int, int]]:
    return sorted((run.x0, run.x1) for run in inked(grey).runs if run.top < 200)


@pytest.mark.parametrize("dirt", [False, True])
def test_columns_that_stand_close_are_two_runs(dirt: bool) -> None:
    grey = sheet()
    filler(grey)
    end = write(grey, "42,000", 100, 100)
    start = end + 8
    # Words stand closer than that.
    write(grey, "up", write(grey, "BV119", start, 100) + 3, 100)
    if dirt:
        grey[92:94, end + 2 : end + 4] = INK
    (_, first), (second, _) = row(grey)
    assert first <= end + 1
    assert second >= start - 1


def test_a_figure_parts_from_words_at_the_widest_gap_only() -> None:
    grey = sheet()
    filler(grey)
    end = write(grey, "42,000", 100, 100)
    write(grey, "up", write(grey, "BV119", end + 6, 100) + 5, 100)
    found = inked(grey)
    runs = [run for run in found.runs if run.top < 200]
    whole = Spot(runs[0].x0, min(r.top for r in runs), max(r.x1 for r in runs), max(r.bottom for r in runs))
    parts = cut_after(whole, found.ink, found.capital, {5})
    assert parts is not None
    assert abs(parts[0].x1 - end) < 6
    assert cut_after(whole, found.ink, found.capital, {12}) is None


def test_a_point_between_a_figure_and_words_is_dirt() -> None:
    grey = sheet()
    filler(grey)
    end = write(grey, "11,400", 100, 100)
    grey[97:100, end + 3 : end + 6] = INK
    write(grey, "better: it", write(grey, "Survey", end + 13, 100) + 12, 100)
    found = inked(grey)
    runs = [run for run in found.runs if run.top < 200]
    whole = Spot(100, min(r.top for r in runs), max(r.x1 for r in runs), max(r.bottom for r in runs))
    assert cut_after(whole, found.ink, found.capital, {5}) is None
    parts = cut_after(whole, found.ink, found.capital, {5}, stops=False)
    assert parts is not None
    assert parts[0].x1 <= end + 1
    assert parts[1].x0 >= end + 10


def test_a_piece_of_a_rule_at_the_end_of_a_run_is_taken_off() -> None:
    grey = sheet()
    filler(grey)
    end = write(grey, "190", 100, 100)
    rule(grey, end + 8, 72, end + 8, 112)
    ((_, right),) = row(grey)
    assert right <= end + 1
    assert len(inked(grey).remnants) == 1


def test_dirt_beside_a_run_is_no_part_of_it() -> None:
    grey = sheet()
    filler(grey)
    end = write(grey, "4,250", 100, 100)
    grey[96:99, end + 7 : end + 10] = INK
    assert min(right for _, right in row(grey)) <= end + 1
    assert all(right - left > 20 or right - left < 5 for left, right in row(grey))


def test_print_on_its_side_is_one_run() -> None:
    grey = sheet(1000, 700)
    filler(grey)
    aside = sheet(260, 60)
    write(aside, "NON CASHABLE", 10, 40)
    grey[400 : 400 + 260, 500:560] = np.rot90(aside, 1)
    (run,) = inked(grey).aside
    assert run.height > 4 * run.width


# --- shapes ----------------------------------------------------------------------------------------------------------


def shown(grey: Grey) -> Marks:
    found = inked(grey)
    (run,) = (run for run in found.runs if run.top < 200)
    return marks_of(found.ink, grey, run, found.capital)


def test_a_small_digit_above_the_line_is_raised() -> None:
    grey = sheet()
    filler(grey)
    end = write(grey, "230", 100, 100)
    assert shown(grey).raised == 0
    write(grey, "3", end + 1, 90, scale=0.55, thick=1)
    assert shown(grey).raised == 1


def test_a_stroke_before_a_number_is_a_minus_only_at_half_its_height() -> None:
    grey = sheet()
    filler(grey)
    write(grey, "384", 112, 100)
    low, level = grey.copy(), grey.copy()
    low[97:100, 102:110] = INK
    level[89:92, 102:110] = INK
    assert shown(level).leading_dash
    assert not shown(low).leading_dash
