"""Text laid out by spaces: columns from white gaps, rows from figures, blank lines and how texts run on."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.paper import PaperKind, PrintedTable
from extract.text import read_text


def tables(text: str) -> tuple[PrintedTable, ...]:
    return read_text("report.txt", "00", text).tables


def rows(table: PrintedTable) -> list[list[str]]:
    """A text for each column of each row, wrapped ones on one line."""
    found = []
    for row in table.rows:
        texts = [""] * table.width
        for cell in row.cells:
            texts[cell.column] = " ".join(cell.text.split())
        found.append(texts)
    return found


PLAN = """\
                     Savings plan 2025-28

Reference  Saving                         2025-26   2026-27
                                            £000      £000
R1         Review of contracts for            120     1,200
           printing and post
R2         Lighting                             5         -
R3         Fewer offices                   (1,050)        0
           Total                             (925)    1,200

Figures are estimates, and those of the second year will be looked at again in the autumn.
"""


def test_columns_rows_and_the_lines_around_them() -> None:
    paper = read_text("report.txt", "00", PLAN)
    (table,) = paper.tables
    assert (paper.kind, table.finder, table.width, table.page, table.number) == (PaperKind.TEXT, "spaces", 4, 1, 1)
    assert rows(table) == [
        ["Reference", "Saving", "2025-26 £000", "2026-27 £000"],
        ["R1", "Review of contracts for printing and post", "120", "1,200"],
        ["R2", "Lighting", "5", "-"],
        ["R3", "Fewer offices", "(1,050)", "0"],
        ["", "Total", "(925)", "1,200"],
    ]
    assert [line.text.strip()[:12] for line in paper.pages[0].lines] == ["Savings plan", "Figures are "]


def test_a_row_has_the_number_of_the_line_of_its_figures_and_no_box() -> None:
    (table,) = tables(PLAN)
    assert [row.number for row in table.rows] == [3, 5, 7, 8, 9]
    assert {cell.box for row in table.rows for cell in row.cells} == {None}
    assert table.box is None


def test_a_file_with_a_tab_is_read_by_its_tabs() -> None:
    (table,) = tables("Saving\t2025-26\nLighting    and heating\t5\n")
    assert table.finder == "tabs"


def test_form_feeds_part_pages_and_lines_are_counted_on() -> None:
    found = tables(f"{PLAN}\f{PLAN}")
    assert [(table.page, table.rows[0].number) for table in found] == [(1, 3), (2, 14)]


def test_a_header_over_several_columns_is_a_row_of_its_own() -> None:
    text = """\
                     Target 2007/08           Achieved 2007/08
Saving             Cashable      Total      Cashable      Total
Buses                    10         15             9         14
Lighting                  8         12             8         12
Postage                   3          3             -          -
"""
    (table,) = tables(text)
    assert table.width == 5
    (band, *rest) = table.rows
    assert [(cell.column, cell.span, cell.text) for cell in band.cells] == [
        (1, 2, "Target 2007/08"),
        (3, 2, "Achieved 2007/08"),
    ]
    assert rows(table)[2] == ["Buses", "10", "15", "9", "14"]
    assert len(rest) == 4


def test_columns_that_stand_one_space_apart() -> None:
    """A text that fills its column touches the next one; other lines show where that begins."""
    text = """\
Service         Member        Saving  2025-26  2026-27 Area            Fund
Schools         Sue Chandler  Legal     850.0      0.0 Children's      Core
Special Schools Rory Love     Buses  10,600.0 10,300.0 Transport       Core
Roads           Neil Baker    Lamps     233.0      0.0 Highways        Core
Waste           Rob Thomas    Food    1,410.0     95.5 Environment     Core
"""
    (table,) = tables(text)
    assert rows(table)[2] == ["Special Schools", "Rory Love", "Buses", "10,600.0", "10,300.0", "Transport", "Core"]
    assert {len(row) for row in rows(table)} == {7}


def test_the_groups_of_a_number_and_its_sign_stay_together() -> None:
    text = """\
Saving          2025-26     2026-27
Buses            13 288       1 000
Lighting            500         - 5
Postage              12         200
"""
    (table,) = tables(text)
    assert rows(table)[1:3] == [["Buses", "13 288", "1 000"], ["Lighting", "500", "- 5"]]


def test_columns_of_numbers_that_waver_as_texts_push_them() -> None:
    text = """\
Saving                     2025-26    2026-27    2027-28 Area
Buses                        100.0       20.0        3.0 Transport
Lamps                     -2,100.0    1,020.0        0.0 Highways
Grant of the department  -11,276.2        0.0 -14,200.0 Schools
Hubs                        -423.9   3,832.9         0.0 Children
Fund of the households   -8,437.0 19,502.4          0.0 Unallocated
"""
    (table,) = tables(text)
    assert [row[1:4] for row in rows(table)[3:]] == [
        ["-11,276.2", "0.0", "-14,200.0"],
        ["-423.9", "3,832.9", "0.0"],
        ["-8,437.0", "19,502.4", "0.0"],
    ]
    assert [row[-1] for row in rows(table)[3:]] == ["Schools", "Children", "Unallocated"]


def test_texts_that_stand_around_their_figures_go_with_them() -> None:
    """Cells centred in height: the figures stand in the middle of the row's lines."""
    text = """\
Service          Saving                          2025-26

                 Contracts for printing let
Resources        anew with fewer machines            120
                 and no colour

                 Bus routes that end before
Transport        noon                                 30

Parks            One gate                              4
"""
    (table,) = tables(text)
    assert rows(table)[1:] == [
        ["Resources", "Contracts for printing let anew with fewer machines and no colour", "120"],
        ["Transport", "Bus routes that end before noon", "30"],
        ["Parks", "One gate", "4"],
    ]


def test_sentences_inside_a_table_are_rows_over_several_columns() -> None:
    text = """\
                              Total (£)     Cashable (£)

Local transport                 356,000          276,000

                       Key actions: one contract for gritting and mending all roads.

Homelessness                     47,000           35,000

                       Key actions: deposits are lent, and seldom given, to those who move.

Corporate services              930,000          730,000
"""
    (table,) = tables(text)
    assert [row[0] for row in rows(table)[1::2]] == ["Local transport", "Homelessness", "Corporate services"]
    assert rows(table)[1][1:] == ["356,000", "276,000"]
    assert "".join(rows(table)[2]) == "Key actions: one contract for gritting and mending all roads."


PROSE = [
    "The council has looked at its services in turn and found what could be done with less money than before.",
    "In 2007/08 it saved £1.2m, of which  £0.4m did not release cash; the rest went back into the budget.",
    "A further review, in 2008/09, will look  at the contracts for waste and at those for highways and parks.",
]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\n".join(PROSE * 3), id="prose with double spaces"),
        pytest.param(
            "1.    Introduction .......... 1\n2.    Savings ............... 7\n3.    Risks ................. 9\n",
            id="contents",
        ),
        pytest.param(
            "Ann Example            12 High Street\nHead of Finance        Anytown\nTel. 01234             AN1 1AA\n",
            id="addresses",
        ),
        pytest.param("  a)    We save.\n  b)    We spend.\n  c)    We report.\n", id="a list"),
    ],
)
def test_what_is_no_table(text: str) -> None:
    assert tables(text) == ()


# --- every figure comes back where it was ----------------------------------------------------------------------------

words = st.sampled_from(["Review", "of", "the", "Waste", "contracts", "and", "lighting", "Post", "buses"])
labels = st.lists(words, min_size=1, max_size=9).map(" ".join)
amounts = st.decimals(-20_000, 20_000, places=1).map(lambda d: f"{Decimal(d):,.1f}")


def laid_out(lines: Sequence[tuple[str, Sequence[str]]], width: int, gap: int) -> str:
    """A table as a program lays it out: texts wrapped to the left, amounts to the right on the first line."""
    heads = ["2025-26", "2026-27", "2027-28"]
    text = ["Saving".ljust(width + gap) + "".join(head.rjust(10 + gap) for head in heads)]
    for label, figures in lines:
        first, *more = wrap(label, width)
        text.append(first.ljust(width + gap) + "".join(figure.rjust(10 + gap) for figure in figures))
        text += more
    return "\n".join(text) + "\n"


@given(
    st.lists(st.tuples(labels, st.tuples(amounts, amounts, amounts)), min_size=4, max_size=12),
    st.integers(24, 50),
    st.integers(2, 6),
)
def test_no_amount_is_lost_or_moved(lines: list[tuple[str, tuple[str, ...]]], width: int, gap: int) -> None:
    (table,) = tables(laid_out(lines, width, gap))
    assert [row[-3:] for row in rows(table) if row[-1] and row[-1] != "2027-28"] == [list(f) for _, f in lines]


def test_a_last_row_that_is_wider_than_its_column_is_part_of_the_table() -> None:
    text = """\
Saving            2013/14        Achieved to
                   Target           date
                    £000            £000
Reablement              450              62
Telecare                300              20
Day service             215              54
Total                 3,965             136
"""
    (table,) = tables(text)
    assert rows(table)[-1] == ["Total", "3,965", "136"]


def test_headings_and_sums_between_them_are_rows_of_their_own() -> None:
    text = """\
Ref     Proposal                             2014/15     2015/16
Housing and Planning
HP1     Advice charged for                    18,000      22,500
HP2     Options with the neighbours           41,200      54,800
        Housing and Planning total            59,200      77,300
Leisure and Culture
LC1     Museum opens five days                22,960      30,610
        Leisure and Culture total             22,960      30,610
"""
    (table,) = tables(text)
    assert ["".join(row[:2]) for row in rows(table)] == [
        "RefProposal",
        "Housing and Planning",
        "HP1Advice charged for",
        "HP2Options with the neighbours",
        "Housing and Planning total",
        "Leisure and Culture",
        "LC1Museum opens five days",
        "Leisure and Culture total",
    ]


def test_no_line_is_a_row_of_two_tables() -> None:
    # What is left of a page where the tail of one block was the head of the next, once all that did not matter was cut.
    lines = (
        "a    0a  '  a",
        " a a  .  0 A",
        " a a  .  0 A",
        " a a  .  0 A",
        " a a -.  0 A",
        " a a -.  0 A",
        " a         A",
        " a aa65  5 A",
        " aaa 6. 10 A",
    )
    numbers = [row.number for table in tables("\n".join(lines)) for row in table.rows]
    assert numbers
    assert len(numbers) == len(set(numbers))
