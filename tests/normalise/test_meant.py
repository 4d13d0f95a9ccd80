"""Tables that no rule maps: header joined, pages stitched."""

from __future__ import annotations

import pytest

from extract.paper import PrintedTable
from normalise.meant import MeantTable, unmapped
from tests.normalise.tables import ruled, spanned, tabbed, word

HEADER = ["Service", "Target", "Achieved"]
ROW = ["Adult", "10", "20"]


def cells(table: MeantTable) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ([HEADER], ("Service", "Target", "Achieved")),
        ([["", "2007/08", "2007/08"], HEADER], ("Service", "2007/08 Target", "2007/08 Achieved")),
        ([["", "Tar", ""], ["Service", "get", "Achieved"]], ("Service", "Tar get", "Achieved")),
        ([["Service", "2007/08", "2008/09"]], ("Service", "2007/08", "2008/09")),
        ([["Savings", "", ""], ["", "2007/08", ""], HEADER], ("Savings Service", "2007/08 Target", "Achieved")),
        ([], ("", "", "")),
    ],
)
def test_the_rows_before_the_first_amount_are_the_header(header: list[list[str]], columns: tuple[str, ...]) -> None:
    (table,) = unmapped([tabbed(*header, ROW, ["Bins", "-", "5"])]).tables
    assert table.columns == columns
    assert cells(table) == [("Adult", "10", "20"), ("Bins", "-", "5")]


def test_a_table_of_words_has_its_first_row_for_header() -> None:
    (table,) = unmapped([tabbed(["Risk", "Owner"], ["Slippage", "Head of service"])]).tables
    assert (table.columns, cells(table)) == (("Risk", "Owner"), [("Slippage", "Head of service")])


def test_pages_with_the_same_header_are_one_table_whose_rows_keep_their_page() -> None:
    pages = [tabbed(HEADER, ROW, page=page) for page in (2, 3, 4)]
    (table,) = unmapped(pages).tables
    assert table.columns == tuple(HEADER)
    assert [(row.page, row.number) for row in table.rows] == [(2, 2), (3, 2), (4, 2)]
    assert table.pieces == ((2, 1), (3, 1), (4, 1))
    assert len(table.notes) == 2
    assert "page 3" in table.notes[0]


def test_a_header_is_the_same_whatever_its_case_and_spaces() -> None:
    (table,) = unmapped([tabbed(HEADER, ROW), tabbed(["SERVICE", "Tar get", "Achieved:"], ROW, page=2)]).tables
    assert len(table.rows) == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(tabbed(["Service", "Target", "Forecast"], ROW, page=2), id="another header"),
        pytest.param(tabbed([*HEADER, "Comment"], [*ROW, "late"], page=2), id="another width"),
        pytest.param(tabbed(HEADER, ROW, page=3), id="a page between"),
    ],
)
def test_other_tables_stay_apart(other: PrintedTable) -> None:
    found = unmapped([tabbed(HEADER, ROW), other]).tables
    assert [len(table.pieces) for table in found] == [1, 1]
    assert [table.notes for table in found] == [(), ()]


def test_two_tables_without_any_header_are_not_joined() -> None:
    assert len(unmapped([tabbed(ROW), tabbed(ROW, page=2)]).tables) == 2


def test_words_of_a_spanning_header_stand_over_their_columns() -> None:
    header = spanned(0, 3, word("Service", 2, 30), word("Target", 53, 80), word("Achieved", 105, 140))
    body = spanned(0, 3, word("Adult", 2, 30), word("10", 80, 95), word("20", 130, 145))
    (table,) = unmapped([ruled((0, 50, 100, 150), [header], [body])]).tables
    assert table.columns == tuple(HEADER)
    assert cells(table) == [tuple(ROW)]


def test_no_tables_give_none() -> None:
    assert unmapped([]).tables == ()
