"""Which printed column is which of the columns that a layout expects."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from normalise.align import Alignment, Content, Shape, align
from tests.normalise.tables import grid

CODE = Shape("AES", Content.CODE, codes=(1, 14))
SHAPES = (
    CODE,
    Shape("Directorate", Content.TEXT),
    Shape("Detail", Content.TEXT),
    Shape("Cashable", Content.AMOUNT),
    Shape("Non cashable", Content.AMOUNT),
    Shape("Total", Content.AMOUNT),
)
IN_PLACE = (0, 1, 2, 3, 4, 5)
HEADER = ["AES", "Directorate", "Detail", "Cashable", "Non cashable", "Total"]
BODY = [
    ["1", "Adult", "Care at home", "10", "20", "30"],
    ["10", "Corporate", "Post room", "1,000", "-", "1,000"],
    ["4", "Environment", "Bins", "", "5", "5"],
]


def aligned(*rows: Sequence[str]) -> Alignment:
    """The columns of a table of six shapes."""
    return align(SHAPES, grid(*rows))


@pytest.mark.parametrize(
    "header",
    [
        pytest.param([HEADER], id="whole"),
        pytest.param([["AE", "S Director", "ate Det", "ail Cash", "able Non cash", "able Total"]], id="cut over cells"),
        pytest.param([["AES", "Direct orate", "Detai1", "CashabIe", "Non cashabie", "Tota1"]], id="damaged"),
        pytest.param([["AES", "Directorate", "Detail", "", "", ""]], id="half of it lost"),
        pytest.param([["", "", "", "20", "007/08 Targ", "et"], HEADER], id="under a band"),
        pytest.param([["", "", "", "", "Non", ""], ["AES", *HEADER[1:4], "cashable", "Total"]], id="on two lines"),
        pytest.param([HEADER, HEADER], id="printed twice"),
    ],
)
def test_the_header_is_told_from_the_data_and_the_columns_are_found(header: list[list[str]]) -> None:
    found = aligned(*header, *BODY)
    assert (found.columns, found.header_rows) == (IN_PLACE, len(header))


def test_without_a_header_the_content_decides_and_no_row_is_lost() -> None:
    found = aligned(*BODY)
    assert (found.columns, found.header_rows, found.likeness) == (IN_PLACE, 0, 0)


def test_the_likeness_says_how_much_of_the_header_is_there() -> None:
    whole = aligned(HEADER, *BODY)
    damaged = aligned(["AES", "Direct orate", "Detai1", "CashabIe", "Non cashabie", "Tota1"], *BODY)
    cut = aligned(["AE", "S Director", "ate Det", "ail Cash", "able Non cash", "able Total"], *BODY)
    other = aligned(["Ref", "Officer", "Risk", "Budget", "Actual", "Variance"], *BODY)
    assert whole.likeness == 1
    assert whole.likeness > damaged.likeness > cut.likeness > other.likeness


def test_a_header_on_two_lines_is_as_good_as_on_one() -> None:
    found = aligned(["", "", "", "", "Non", ""], ["AES", *HEADER[1:4], "cashable", "Total"], *BODY)
    assert found.likeness == 1


def test_the_header_of_another_table_is_no_evidence() -> None:
    other = ["Ref", "Officer", "Risk", "Budget", "Actual", "Variance"]
    found = aligned(other, *BODY)
    assert found.likeness == 0
    assert found.score < aligned(HEADER, *BODY).score


@pytest.mark.parametrize("place", range(7))
def test_an_empty_column_is_passed_over_wherever_it_stands(place: int) -> None:
    rows = [[*row[:place], "", *row[place:]] for row in [HEADER, *BODY]]
    expected = tuple(column + (column >= place) for column in IN_PLACE)
    assert aligned(*rows).columns == expected


@pytest.mark.parametrize("place", range(7))
def test_a_column_that_the_layout_does_not_know_is_passed_over(place: int) -> None:
    words = ["Comments", "on track", "late", "see note"]
    rows = [[*row[:place], other, *row[place:]] for row, other in zip([HEADER, *BODY], words, strict=True)]
    expected = tuple(column + (column >= place) for column in IN_PLACE)
    assert aligned(*rows).columns == expected


@pytest.mark.parametrize("lost", range(6))
def test_a_column_that_is_not_printed_is_none_and_the_others_are_found(lost: int) -> None:
    rows = [[*row[:lost], *row[lost + 1 :]] for row in [HEADER, *BODY]]
    expected = tuple(None if c == lost else c - (c > lost) for c in IN_PLACE)
    assert aligned(*rows).columns == expected


def test_the_order_of_the_layout_is_kept() -> None:
    rows = [list(reversed(row)) for row in [HEADER, *BODY]]
    columns = [c for c in aligned(*rows).columns if c is not None]
    assert columns == sorted(columns)


def test_a_given_number_of_header_rows_is_taken() -> None:
    rows = grid(HEADER, *BODY)
    assert align(SHAPES, rows, 0).header_rows == 0
    assert align(SHAPES, rows, 1).header_rows == 1
    assert align(SHAPES, rows, 1).columns == IN_PLACE


def test_a_row_of_data_is_not_taken_for_header() -> None:
    odd = ["1", "Corporate directorate", "Bins", "10", "20", "30"]
    assert aligned(odd, *BODY).header_rows == 0


def test_years_over_columns_are_header_not_data() -> None:
    shapes = (Shape("Detail", Content.TEXT), *(Shape("", Content.AMOUNT, year=True) for _ in range(2)))
    found = align(shapes, grid(["Detail", "2025/26", "2026/27"], ["Bins", "10", "20"], ["Parks", "-", "5"]))
    assert (found.columns, found.header_rows, found.likeness) == ((0, 1, 2), 1, 1)


def test_columns_of_a_code_and_of_amounts_are_told_apart_by_what_they_hold() -> None:
    shapes = (CODE, Shape("", Content.TEXT), Shape("", Content.AMOUNT))
    rows = grid(["x", "1", "Adult", "1,067"], ["y", "14", "Other", "246,000"])
    assert align(shapes, rows).columns == (1, 2, 3)


@pytest.mark.parametrize("rows", [[], [["", "", ""]]])
def test_a_table_without_text_says_nothing(rows: list[list[str]]) -> None:
    found = align(SHAPES[:2], grid(*rows))
    assert found.likeness == 0
    assert found.score <= 0
