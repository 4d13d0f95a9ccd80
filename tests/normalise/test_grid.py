"""A table as printed as a full grid."""

from __future__ import annotations

import pytest

from extract.paper import Cell, Word
from normalise.grid import full_grid
from tests.normalise.tables import ruled, spanned, tabbed, word

EDGES = (0.0, 50.0, 100.0, 150.0)


def texts(*cells: Cell) -> list[str]:
    """The texts of one row, a text for each of three columns."""
    (row,) = full_grid(ruled(EDGES, cells))
    return [cell.text for cell in row.cells]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(
            [word("Total", 2, 30), word("10", 80, 95), word("20", 130, 145)],
            ["Total", "10", "20"],
            id="a total row with no rules between its columns",
        ),
        pytest.param(
            [word("Total", 2, 22), word("of", 24, 32), word("groups", 34, 68), word("20", 130, 145)],
            ["Total of groups", "", "20"],
            id="a long label that runs into the next column",
        ),
        pytest.param(
            [word("Cashable", 2, 48), word("Non", 53, 65), word("cashable", 67, 98), word("Total", 105, 130)],
            ["Cashable", "Non cashable", "Total"],
            id="headers side by side",
        ),
        pytest.param(
            [word("12", 30, 49), word("13", 51, 65)],
            ["12", "13", ""],
            id="amounts that touch",
        ),
        pytest.param(
            [word("2007/08", 10, 49), word("2008/09", 51, 90), word("Total", 105, 130)],
            ["2007/08", "2008/09", "Total"],
            id="years that touch",
        ),
        pytest.param(
            [word("Total", 2, 30), word("-", 80, 83), word("–", 130, 133)],
            ["Total", "-", "–"],
            id="dashes in the columns of amounts",
        ),
        pytest.param(
            [word("Adult", 2, 48), word("-", 49.5, 51.5), word("social", 53, 80), word("care", 82, 110)],
            ["Adult - social care", "", ""],
            id="a dash inside a text over an edge",
        ),
        pytest.param(
            [word("long", 2, 20), word("text", 22, 60), word("that", 62, 98), word("runs", 100.5, 120)],
            ["long text that runs", "", ""],
            id="a text over all columns",
        ),
        pytest.param(
            [word("first", 2, 40), word("line", 42, 60), word("second", 2, 45, line=1), word("one", 47, 70, line=1)],
            ["first line second one", "", ""],
            id="a text on two lines",
        ),
        pytest.param(
            [word("20", 60, 70), word("Target", 105, 140), word("07/08", 60, 90, line=1)],
            ["", "20 07/08", "Target"],
            id="nothing in the first column",
        ),
    ],
)
def test_the_words_of_a_spanning_cell_go_to_the_columns_they_stand_in(words: list[Word], expected: list[str]) -> None:
    assert texts(spanned(0, 3, *words)) == expected


def test_a_cell_over_some_columns_leaves_the_others_alone() -> None:
    both = spanned(1, 2, word("10", 80, 95), word("20", 130, 145))
    assert texts(Cell("Adult social care", 0), both) == ["Adult social care", "10", "20"]


def test_the_parts_of_a_shared_out_cell_each_have_their_own_place() -> None:
    (row,) = full_grid(ruled(EDGES, [spanned(0, 3, word("Total", 2, 30), word("20", 130, 145))]))
    boxes = [cell.box and (cell.box.x0, cell.box.x1) for cell in row.cells]
    assert boxes == [(2, 30), None, (130, 145)]


def test_the_lines_of_a_shared_out_cell_stay_lines() -> None:
    title = [word("Adult", 2, 40), word("care", 60, 80, line=1)]
    (row,) = full_grid(ruled(EDGES, [spanned(0, 3, *title, word("20", 130, 145, line=1))]))
    assert [cell.raw for cell in row.cells] == ["Adult", "care", "20"]
    (row,) = full_grid(ruled((0, 90, 150), [spanned(0, 2, *title)]))
    assert row.cells[0].raw == "Adult\ncare"


def test_a_cell_of_one_column_is_never_parted() -> None:
    cell = Cell("10 20", 0, 1, None, (word("10", 2, 20), word("20", 60, 80)))
    assert texts(cell) == ["10 20", "", ""]


def test_a_row_has_a_cell_for_every_column_and_keeps_its_page_and_number() -> None:
    table = tabbed(["Adult", "", "10"], ["", "x", ""], page=3, first_row=17)
    rows = full_grid(table)
    assert [[c.text for c in row.cells] for row in rows] == [["Adult", "", "10"], ["", "x", ""]]
    assert [[c.column for c in row.cells] for row in rows] == [[0, 1, 2], [0, 1, 2]]
    assert [(row.page, row.number) for row in rows] == [(3, 17), (3, 18)]
    assert [[c.text for c in row.filled] for row in rows] == [["Adult", "10"], ["x"]]


def test_columns_without_a_cell_are_empty() -> None:
    assert texts(Cell("x", 1)) == ["", "x", ""]


def test_a_spanning_cell_without_places_stands_in_its_first_column() -> None:
    assert texts(Cell("Total 10", 1, 2)) == ["", "Total 10", ""]


def test_the_text_is_clean_and_the_raw_text_is_as_printed() -> None:
    (row,) = full_grid(tabbed(["<b>Adult</b>\nsocial", "1,067"]))
    assert [(c.raw, c.text) for c in row.cells] == [("<b>Adult</b>\nsocial", "Adult social"), ("1,067", "1,067")]


def test_an_empty_table_has_no_rows() -> None:
    assert full_grid(ruled(EDGES)) == ()
