"""Which neighbouring tables are one, on what evidence, and which rows are parts of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extract.paper import Box, Cell, Page, PrintedTable, Row, TextLine
from normalise.meant import MeantTable, Stitched, unmapped
from normalise.stitch import Columns, Cut, Header, Surroundings, columns_of, cut_of

EDGES = (50.0, 150.0, 250.0, 350.0)
HEADER = ["Service", "Target", "Achieved"]
ROWS = [["Adult care", "10", "20"], ["Bins", "30", "40"]]
HEIGHT = 800.0
FULL = (100.0, 700.0)


def ruled(
    page: int, *rows: Sequence[str], at: tuple[float, float] = FULL, edges: Sequence[float] = EDGES, number: int = 1
) -> PrintedTable:
    """A ruled table between two heights of its page."""
    found = tuple(Row(n, tuple(Cell(t, i) for i, t in enumerate(texts))) for n, texts in enumerate(rows, 1))
    box = Box(edges[0], at[0], edges[-1], at[1])
    return PrintedTable(page, number, len(edges) - 1, found, "ruled", box, tuple(edges))


def line(page: int, number: int, top: float, text: str) -> TextLine:
    return TextLine(page, number, text, Box(60, top, 200, top + 10))


def stitched(*tables: PrintedTable, lines: Sequence[TextLine] = (), pages: int = 3) -> Stitched:
    """The tables of a paper of some pages, no rule mapping any."""
    found = [
        Page(
            n,
            tuple(t for t in tables if t.page == n),
            tuple(x for x in lines if x.page == n),
            width=600.0,
            height=HEIGHT,
        )
        for n in range(1, pages + 1)
    ]
    return unmapped(tables, found)


def cells(table: MeantTable) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


# --- the evidence ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "header"),
    [
        pytest.param([HEADER], Header.REPEATED, id="the header again"),
        pytest.param([], Header.ABSENT, id="none"),
        pytest.param([["Transport", "", ""]], Header.ABSENT, id="a heading, nothing over the figures"),
    ],
)
def test_a_table_over_two_pages_is_one_whatever_is_repeated(head: list[list[str]], header: Header) -> None:
    (table,), (seam,) = stitched(ruled(1, HEADER, *ROWS), ruled(2, *head, *ROWS))
    assert table.pieces == ((1, 1), (2, 1))
    assert {row.page for row in table.rows} == {1, 2}
    assert [row.cells for row in table.rows if row.page == 2][-2:] == [tuple(row) for row in ROWS]
    assert (seam.joined, seam.header, seam.columns) == (True, header, Columns.SAME_EDGES)
    assert table.notes == (seam.text,)


NEXT = ruled(2, *ROWS)
APART = {
    "another header": (ruled(2, ["Fund", "Opening", "Closing"], *ROWS), [], "its header is another one"),
    "other edges": (ruled(2, *ROWS, edges=(50.0, 120.0, 250.0, 350.0)), [], "its columns are others"),
    "more columns": (ruled(2, ["a", "1", "2", "3"], edges=(*EDGES, 450.0)), [], "its columns are others (4 against 3)"),
    "a title": (NEXT, [line(2, 1, 60, "Reserves")], "there is something between them: text 'Reserves'"),
    "not the next page": (ruled(3, *ROWS), [], ""),
}


@pytest.mark.parametrize("name", APART)
def test_what_keeps_two_tables_apart_is_said(name: str) -> None:
    after, lines, reason = APART[name]
    found = stitched(ruled(1, HEADER, *ROWS), after, lines=lines)
    assert [len(table.pieces) for table in found.tables] == [1, 1]
    assert [seam.reason[: len(reason)] for seam in found.seams] == ([reason] if reason else [])
    assert not any(seam.joined for seam in found.seams)


def test_a_table_that_leaves_half_its_page_empty_is_at_its_end() -> None:
    short = ruled(1, HEADER, *ROWS, at=(100, 300))
    assert len(stitched(short, NEXT).tables) == 2
    assert len(stitched(short, ruled(2, HEADER, *ROWS)).tables) == 1


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([line(1, 1, 30, "Council, 4 May"), line(2, 1, 31, "Council, 4 May")], id="running headers"),
        pytest.param([line(1, 1, 30, "Page 1 of 3"), line(2, 1, 30, "Page 2 of 3")], id="page numbers at the head"),
        pytest.param([line(2, 1, 60, "Savings (continued)")], id="a title that says so"),
        pytest.param([line(1, 1, 720, "* estimated")], id="a note at the foot"),
    ],
)
def test_what_stands_between_pages_of_one_table(lines: list[TextLine]) -> None:
    (seam,) = stitched(ruled(1, HEADER, *ROWS), NEXT, lines=lines).seams
    assert (seam.joined, seam.between) == (True, ())


def test_a_title_over_a_repeated_header_begins_another_table() -> None:
    found = stitched(ruled(1, HEADER, *ROWS), ruled(2, HEADER, *ROWS), lines=[line(2, 1, 60, "Children's services")])
    assert len(found.tables) == 2


def test_tables_side_by_side_go_on_each_in_its_own_columns() -> None:
    right = tuple(x + 300 for x in EDGES)
    found = stitched(
        ruled(1, HEADER, *ROWS),
        ruled(1, ["Fund", "Opening", "Closing"], ["General", "5", "6"], edges=right, number=2),
        ruled(2, *ROWS),
        ruled(2, ["Schools", "7", "8"], edges=right, number=2),
    )
    assert [table.pieces for table in found.tables] == [((1, 1), (2, 1)), ((1, 2), (2, 2))]


def test_pages_with_other_margins_have_the_same_columns() -> None:
    one = ruled(1, *ROWS)
    assert columns_of(one, ruled(2, *ROWS, edges=[x + 20 for x in EDGES])) is Columns.SAME_EDGES
    assert columns_of(one, ruled(2, *ROWS, edges=[x + 100 for x in EDGES])) is Columns.OTHER


def test_the_columns_of_words_move_more_than_ruled_ones() -> None:
    moved = (40.0, 140.0, 260.0, 390.0)
    one, other = ruled(1, *ROWS), ruled(2, *ROWS, edges=moved)
    assert columns_of(one, other) is Columns.OTHER
    aligned = [replace(table, finder="aligned") for table in (one, other)]
    assert columns_of(*aligned) is Columns.OTHER
    assert columns_of(aligned[0], replace(aligned[1], edges=(40.0, 145.0, 252.0, 390.0))) is Columns.SAME_EDGES


def test_the_table_before_one_is_the_nearest_above_it() -> None:
    top, low = ruled(1, *ROWS, at=(100, 200)), ruled(1, *ROWS, at=(300, 400), number=2)
    after = ruled(2, *ROWS)
    around = Surroundings([Page(1, (top, low)), Page(2, (after,))])
    assert around.before(after) is low
    assert around.before(low) is top
    assert around.before(top) is None


# --- rows cut in two -------------------------------------------------------------------------------------------------

FIGURES = (False, False, True)


@pytest.mark.parametrize(
    ("foot", "head", "cut"),
    [
        (("R1", "Review of", "10"), ("", "contracts", ""), Cut.FOOT),
        (("R1", "Review of", "10"), ("", "Contracts", ""), Cut.FOOT),
        (("Waste", "Review of", "10"), ("collection", "contracts", ""), Cut.FOOT),
        (("R1", "Review of", ""), ("", "contracts", "10"), Cut.HEAD),
        (("R1", "Review of", ""), ("R2", "Contracts", "10"), None),
        (("R1", "Review of", "10"), ("R2", "Contracts", ""), None),
        (("R1", "Review of", "10"), ("", "contracts", "20"), None),
        (("R1", "", "10"), ("", "contracts", ""), None),
        (("transport", "Review", "10"), ("waste", "", ""), None),
        (("R1", "Review of", "10"), ("", "", "20"), None),
    ],
)
def test_parts_of_one_row(foot: tuple[str, ...], head: tuple[str, ...], cut: Cut | None) -> None:
    assert cut_of(foot, head, FIGURES) is cut


def test_a_row_cut_in_two_is_one_row_that_keeps_both_places() -> None:
    table = ruled(1, HEADER, *ROWS, ["Review of", "50", "60"])
    (found,) = stitched(table, ruled(2, ["contracts", "", ""], ["Parks", "1", "2"])).tables
    assert cells(found)[2:] == [("Review of contracts", "50", "60"), ("Parks", "1", "2")]
    assert (found.rows[2].page, found.rows[2].number, found.rows[2].rest) == (1, 4, ((2, 1),))
    assert found.notes[1].startswith("page 2, row 1: joined to page 1, row 4: the row is cut in two")
