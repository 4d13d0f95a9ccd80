"""What is print, rule, box, fold and stamp on a picture: shades, filled boxes, ruling lines."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extract.scan.ink import Flat, Segment, as_print, evened, ink_of, rough_lean_of, rules_of, without_creases
from tests.extract.scan.drawn import DPI, INK, PAPER, box, grid, rule, sheet, where, write


@pytest.mark.parametrize(
    ("shade", "ink"),
    [(75, PAPER), (110, 235), (190, INK), (215, INK), (130, 20)],
    ids=["white on dark", "pale on dark", "dark on grey", "dark on pale", "dark on dark"],
)
def test_print_on_a_box_is_dark_on_white_whatever_the_shade(shade: int, ink: int) -> None:
    grey = sheet()
    box(grey, 100, 100, 900, 160, shade)
    write(grey, "Total 1,067", 300, 140, ink)
    text = where("Total 1,067", 300, 140, grey.shape)
    flat = evened(grey, DPI).grey
    assert flat[text].mean() < 90
    assert flat[115:150, 620:860].mean() > 225


def test_boxes_of_several_shades_side_by_side_keep_their_print() -> None:
    grey = sheet()
    for top, shade in ((100, 110), (140, 80), (180, 45)):
        box(grey, 100, top, 900, top + 40, shade)
        write(grey, "10,170.3", 400, top + 30, PAPER)
    flat = evened(grey, DPI).grey
    for top in (100, 140, 180):
        assert flat[where("10,170.3", 400, top + 30, grey.shape)].mean() < 90
        assert flat[top + 10 : top + 32, 600:880].mean() > 225


def test_bold_print_on_a_shade_is_no_dark_box() -> None:
    grey = sheet()
    box(grey, 100, 60, 900, 100, 75)
    box(grey, 100, 102, 900, 140, 210)
    write(grey, "Highways and Environment", 104, 133, INK, thick=5)
    filled = evened(grey, DPI).filled
    assert filled[65:95, 110:890].all()
    assert not filled[106:].any()


def test_where_one_shade_ends_and_another_begins_is_a_rule() -> None:
    grey = sheet()
    box(grey, 100, 100, 900, 160, 110)
    box(grey, 100, 160, 900, 220, 60)
    assert any(abs(s.y0 * DPI / 72 - 160) < 4 and s.x1 - s.x0 > 200 for s in rules(grey) if s.y0 == s.y1)


def rules(grey: np.ndarray) -> tuple[Segment, ...]:
    flat = evened(grey, DPI)
    return rules_of(ink_of(flat.grey, 178), flat, DPI).segments


def uprights(grey: np.ndarray) -> list[int]:
    return sorted({round(s.x0 * DPI / 72 / 10) * 10 for s in rules(grey) if s.x0 == s.x1})


def test_a_blot_that_lines_run_into_does_not_take_them_with_it() -> None:
    grey = sheet()
    grid(grey, (100, 400, 700, 900), (60, 110, 160, 210))
    ink = ink_of(grey)
    cv2.fillPoly(ink, [np.array([(100, 209), (900, 209), (880, 240), (500, 225), (120, 290)])], (1,))
    nothing = np.zeros_like(ink)
    found = rules_of(ink, Flat(ink, nothing, nothing, nothing), DPI).segments
    assert {round(s.x0 * DPI / 72 / 10) * 10 for s in found if s.x0 == s.x1} >= {100, 400, 700, 900}


# --- folds and stamps ------------------------------------------------------------------------------------------------


def test_a_fold_goes_and_the_rules_and_print_on_it_stay() -> None:
    grey = sheet()
    grid(grey, (100, 400, 900), (60, 160, 260))
    write(grey, "1,067", 600, 220, INK)
    rule(grey, 0, 205, 1000, 211, 90)
    clean = without_creases(evened(grey, DPI).grey, DPI)
    assert (clean[200:216, 120:390] < 178).mean() < 0.01
    assert (clean[where("1,067", 600, 220, grey.shape)] < 178).mean() > 0.7
    assert (clean[160, 110:890] < 178).all()


def test_a_line_that_ends_before_the_edge_is_no_fold() -> None:
    grey = sheet()
    rule(grey, 60, 200, 940, 200)
    assert (without_creases(grey, DPI) == grey).all()


@pytest.mark.parametrize("x", [60, 74, 90])
def test_a_hole_at_the_edge_of_a_table_leaves_it_its_border(x: int) -> None:
    grey = sheet()
    grid(grey, (100, 300, 900), (40, 120, 200, 280))
    before = rules(grey)
    cv2.circle(grey, (x, 160), 24, (INK,), -1)
    found = sorted(rules(grey))
    assert len(found) == len(before)
    assert np.abs(np.array(found) - np.array(sorted(before))).max() < 1.5
    assert (evened(grey, DPI).grey[130:190, :95] > 200).all()


def test_a_round_letter_and_a_square_box_are_no_holes() -> None:
    grey = sheet()
    write(grey, "O", 100, 200, scale=3, thick=6)
    box(grey, 300, 100, 348, 148, INK)
    assert not evened(grey, DPI).holes.any()


def test_the_frame_of_a_stamp_is_no_part_of_the_table_under_it() -> None:
    grey = sheet()
    grid(grey, (100, 300, 500, 700, 900), (40, 120, 200, 280))
    before = rules(grey)
    grid(grey, (380, 640), (75, 250))
    assert {tuple(round(v) for v in s) for s in rules(grey)} == {tuple(round(v) for v in s) for s in before}


def test_a_stamp_across_the_edge_of_a_table_leaves_it_its_border() -> None:
    grey = sheet()
    grid(grey, (100, 300, 500, 700, 900), (40, 120, 200))
    grid(grey, (560, 660), (160, 260))
    assert set(uprights(grey)) >= {100, 900}
    assert {round(s.y0 * DPI / 72 / 10) * 10 for s in rules(grey) if s.y0 == s.y1} >= {40, 120, 200}


def test_a_table_without_its_first_cell_is_whole() -> None:
    grey = sheet()
    grid(grey, (100, 300, 500, 900), (120, 200, 280))
    grid(grey, (300, 500, 900), (40, 120))
    assert set(uprights(grey)) == {100, 300, 500, 900}
    assert {round(s.y0 * DPI / 72 / 10) * 10 for s in rules(grey) if s.y0 == s.y1} == {40, 120, 200, 280}


@pytest.mark.parametrize("broken", [(120, 122), (127, 129), (878, 880)])
def test_a_rule_that_is_broken_close_to_a_corner_is_whole(broken: tuple[int, int]) -> None:
    grey = sheet()
    grid(grey, (100, 500, 900), (120, 200, 280))
    grey[198:203, slice(*broken)] = PAPER
    middle = [s for s in rules(grey) if s.y0 == s.y1 and abs(s.y0 * DPI / 72 - 200) < 3]
    assert min(s.x0 for s in middle) * DPI / 72 < 104
    assert max(s.x1 for s in middle) * DPI / 72 > 896


@pytest.mark.parametrize("depth", [13, 20, 40])
def test_a_rule_in_a_dark_box_is_found_whole_though_it_is_hardly_darker(depth: int) -> None:
    grey = sheet()
    box(grey, 100, 60, 900, 160, 90)
    rule(grey, 500, 60, 500, 160, 90 - depth)
    write(grey, "Achieved to", 300, 100, PAPER)
    write(grey, "Forecast", 512, 100, PAPER)
    noise = np.random.default_rng(1).normal(0, 6, grey.shape)
    found = rules(np.clip(grey + noise, 0, 255).astype(np.uint8))
    long = [s for s in found if s.x0 == s.x1 and abs(s.x0 * DPI / 72 - 500) < 4]
    assert sum(s.y1 - s.y0 for s in long) * DPI / 72 > 85


def test_rules_that_a_black_box_hides_go_on_through_it_beside_its_print() -> None:
    grey = sheet()
    grid(grey, (100, 400, 700, 900), (120, 180, 240))
    box(grey, 100, 60, 900, 120, INK)
    for x, text in ((120, "Saving"), (404, "Target"), (640, "Forecast")):
        write(grey, text, x, 100, PAPER)
    flat = evened(grey, DPI)
    found = rules_of(ink_of(flat.grey, 178), flat, DPI).segments
    tops = {
        round(s.x0 * DPI / 72 / 10) * 10: s.y0 * DPI / 72 for s in sorted(found, key=lambda s: -s.y0) if s.x0 == s.x1
    }
    assert tops[400] < 70
    assert tops[700] > 110


@pytest.mark.parametrize("degrees", [-2.0, -0.6, 0.0, 1.1, 4.0])
def test_the_lean_is_told_before_light_is_evened_out(degrees: float) -> None:
    grey = sheet(1600, 1100)
    box(grey, 100, 60, 1500, 120, 80)
    for y in range(180, 1000, 60):
        write(grey, "Highways and Environment: street lighting at night", 120, y)
    height, width = grey.shape
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    assert abs(rough_lean_of(cv2.warpAffine(grey, turned, (width, height), borderValue=(PAPER,))) - degrees) < 0.1


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 2)])
def test_a_picture_of_few_pixels_leans_by_nothing(size: tuple[int, int]) -> None:
    assert rough_lean_of(np.zeros(size, np.uint8)) == 0


def test_a_negative_is_exchanged() -> None:
    grey = sheet()
    write(grey, "Total 1,067", 300, 140)
    assert (as_print(255 - grey) == grey).all()
    assert as_print(grey) is grey
