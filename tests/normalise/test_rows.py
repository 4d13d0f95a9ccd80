"""One row on a layout's columns: untouched where it fits, mended where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise.align import Content, Shape
from normalise.rows import Mend, PlacedRow, place
from tests.normalise.tables import grid_row

SHAPES = (
    Shape("AES", Content.CODE, codes=(1, 14)),
    Shape("Directorate", Content.TEXT),
    Shape("Detail", Content.TEXT),
    Shape("Cashable", Content.AMOUNT),
    Shape("Non cashable", Content.AMOUNT),
    Shape("Total", Content.AMOUNT),
)
COLUMNS = (0, 1, 2, 3, 4, 5)


def laid(*texts: str) -> PlacedRow:
    """A row of seven columns on six shapes; the seventh column is no shape's."""
    return place(SHAPES, COLUMNS, grid_row(*texts, *[""] * (7 - len(texts))))


def texts(row: PlacedRow) -> list[str]:
    return [row.text(shape) for shape in range(len(SHAPES))]


def mends(row: PlacedRow) -> set[Mend | None]:
    return {placed.mend for placed in row.cells if placed}


@pytest.mark.parametrize(
    "row",
    [
        ["1", "Adult", "Care at home", "10", "20", "30"],
        ["", "Adult", "Care at home", "10", "20", "30"],
        ["1 1", "Adult", "Care at home", "1", "ı", "-"],
        ["1", "Adult", "Care at home", "", "20", "30"],
        ["1", "Adult", "Care at home", "10", "", "30"],
        ["1", "Adult", "Care at home", "10", "20", ""],
        ["1", "Adult", "", "10", "TBC", "N/A"],
        ["", "Total", "", "1,067,000", "(246)", "£1.4m"],
        ["", "", "", "", "", "30"],
        ["", "", "", "", "", ""],
    ],
)
def test_a_row_that_fits_is_left_as_it_is(row: list[str]) -> None:
    found = laid(*row)
    assert texts(found) == row
    assert mends(found) <= {None}
    assert found.unplaced == ()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # one cell out of place
        (["Total", "", "", "10", "20", "30"], ["", "Total", "", "10", "20", "30"]),
        (["1", "Adult", "Care", "10", "20", "", "30"], ["1", "Adult", "Care", "10", "20", "30"]),
        # the whole row out of place
        (["", "1", "Adult", "Care", "10", "20", "30"], ["1", "Adult", "Care", "10", "20", "30"]),
        (["Adult", "Care", "10", "20", "30"], ["", "Adult", "Care", "10", "20", "30"]),
    ],
)
def test_a_cell_in_the_wrong_column_is_moved_and_says_so(row: list[str], expected: list[str]) -> None:
    found = laid(*row)
    assert texts(found) == expected
    assert mends(found) <= {None, Mend.MOVED}
    assert Mend.MOVED in mends(found)
    assert found.unplaced == ()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["14 Miscellaneous", "", "Care", "10", "20", "30"], ["14", "Miscellaneous", "Care", "10", "20", "30"]),
        (["14. Miscellaneous", "", "Care", "10", "20", "30"], ["14", "Miscellaneous", "Care", "10", "20", "30"]),
        (["1 - Adult", "", "Care", "10", "20", "30"], ["1", "Adult", "Care", "10", "20", "30"]),
        (
            ["1", "Adult", "Care", "246,000 38,000", "", "284,000"],
            ["1", "Adult", "Care", "246,000", "38,000", "284,000"],
        ),
        (["1", "Adult", "Care", "£10 £20", "", "30"], ["1", "Adult", "Care", "£10", "£20", "30"]),
        (["1", "Adult", "Care", "£10 £20 £30", "", ""], ["1", "Adult", "Care", "£10", "£20", "£30"]),
    ],
)
def test_several_cells_in_one_are_parted_and_say_so(row: list[str], expected: list[str]) -> None:
    found = laid(*row)
    assert texts(found) == expected
    assert Mend.SPLIT in mends(found)
    assert found.unplaced == ()


def test_the_parts_of_a_split_cell_both_lead_back_to_it() -> None:
    found = laid("14 Miscellaneous", "", "Care", "10", "20", "30")
    assert [placed.raw for placed in found.cells[:2] if placed] == ["14 Miscellaneous"] * 2


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["1", "Adult", "Care", "1,0", "67,000", "20", "1,067,020"], ["1,067,000", "20", "1,067,020"]),
        (["1", "Adult", "Care", "1,", "067,000", "20", "1,067,020"], ["1,067,000", "20", "1,067,020"]),
        (["1", "Adult", "Care", "250", ",000", "20", "250,020"], ["250,000", "20", "250,020"]),
        (["1", "Adult", "Care", "10", "2,5", "00", "2,510"], ["10", "2,500", "2,510"]),
    ],
)
def test_one_cell_in_two_is_joined_and_says_so(row: list[str], expected: list[str]) -> None:
    found = laid(*row)
    assert texts(found)[3:] == expected
    assert Mend.JOINED in mends(found)
    assert found.unplaced == ()


def test_a_joined_cell_shows_both_of_its_pieces() -> None:
    found = laid("1", "Adult", "Care", "250", ",000", "20", "250,020")
    joined = found.cells[3]
    assert joined is not None
    assert joined.raw == "250|,000"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # A text where an amount is due may be a remark: there is no better place for it.
        (["1", "Adult", "Care", "see note", "20", "30"], ["1", "Adult", "Care", "see note", "20", "30"]),
        # Two amounts and one empty cell: which column lacks its amount is for the sums to say.
        (["1", "Adult", "Care", "10", "20", ""], ["1", "Adult", "Care", "10", "20", ""]),
        (["1", "Adult", "Care", "", "10", "20"], ["1", "Adult", "Care", "", "10", "20"]),
        # Two whole numbers side by side are not one torn apart.
        (["1", "Adult", "Care", "1", "067", "30"], ["1", "Adult", "Care", "1", "067", "30"]),
    ],
)
def test_where_nothing_is_better_cells_stay_where_they_are(row: list[str], expected: list[str]) -> None:
    found = laid(*row)
    assert texts(found) == expected
    assert mends(found) == {None}


def test_a_cell_without_any_place_is_kept_aside_not_dropped() -> None:
    found = laid("1", "Adult", "Care", "10", "20", "30", "late")
    assert texts(found) == ["1", "Adult", "Care", "10", "20", "30"]
    assert [cell.text for cell in found.unplaced] == ["late"]


def test_a_layout_column_that_is_not_printed_stays_empty() -> None:
    found = place(SHAPES[1:], (0, None, 1, 2, 3), grid_row("Adult", "10", "20", "30"))
    assert [found.text(shape) for shape in range(5)] == ["Adult", "", "10", "20", "30"]


CELLS = st.sampled_from(
    ["", "1", "11", "14 Other", "Adult", "£10 £20", "1,0", "67,000", ",000", "-", "TBC", "1 1", "5 x"]
)


@given(st.lists(CELLS, min_size=6, max_size=8))
def test_every_filled_cell_is_placed_in_order_or_kept_aside(cells: list[str]) -> None:
    row = grid_row(*cells)
    found = place(SHAPES, COLUMNS, row)
    placed = [cell.column for each in found.cells if each for cell in each.cells]
    assert placed == sorted(placed)
    aside = [cell.column for cell in found.unplaced]
    assert sorted({*placed, *aside}) == [cell.column for cell in row.filled]
    assert not set(placed) & set(aside)
