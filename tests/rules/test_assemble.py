"""Tables as they were printed onto the rule's tables, however pages, headers and rows were cut."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.model import Rule
from tests.rules.made import BANDED, PLAN, Found, filled_cells, keys, paper, read, rule, with_columns

HEADER = "Reference | Saving | 2007/08 | 2008/09"
ROWS = [
    "R1 | Buses      | 10 | 20",
    "R2 | Lighting   | 5  | -",
    "R3 | Postage    |    | 12",
    "R4 | Insurance  | 7  | 1,000",
    "R5 | Head count | 30 | 40",
    "   | Total      | 52 | 1,072",
]
VALUES = {
    "Buses": [10_000, 20_000],
    "Lighting": [5_000, 0],
    "Postage": [12_000],
    "Insurance": [7_000, 1_000_000],
    "Head count": [30_000, 40_000],
    "Total": [52_000, 1_072_000],
}
# What may stand between two parts of a table: a blank line, or the end of a page.
GAPS = {"a blank line": [""], "a page": ["===="], "a page and a title": ["====", "Savings, continued", ""]}


def whole() -> Found:
    return read(rule(PLAN), "\n".join([HEADER, *ROWS]))


def test_a_whole_table() -> None:
    found = whole()
    assert found.values == VALUES
    assert [measured for _, measured, _ in found.figures[:2]] == ["2007/08 target total", "2008/09 target total"]
    assert found.sums == ["lines = total: 52 of 52 holds", "lines = total: 1072 of 1072 holds"]
    assert found.flags == []


@given(
    cuts=st.sets(st.integers(1, len(ROWS) - 1), max_size=3),
    gap=st.sampled_from(sorted(GAPS)),
    repeated=st.booleans(),
)
def test_a_table_cut_at_any_rows_gives_the_same_lines_and_figures(cuts: set[int], gap: str, repeated: bool) -> None:
    text = [HEADER]
    for number, row in enumerate(ROWS):
        if number in cuts:
            text += GAPS[gap] + ([HEADER] if repeated else [])
        text.append(row)
    found = read(rule(PLAN), "\n".join(text))
    assert found.figures == whole().figures
    assert found.levels == whole().levels
    assert found.marks == whole().marks
    assert found.sums == whole().sums
    assert found.flags == []


def test_the_pieces_of_a_table_become_one_that_says_why_they_were_joined() -> None:
    found = read(rule(PLAN), "\n".join([HEADER, *ROWS[:3], "====", *ROWS[3:]]))
    (table,) = found.mapped.tables
    assert table.name == "lines"
    assert table.pieces == ((1, 1), (2, 1))
    assert [row.page for row in table.rows] == [1, 1, 1, 2, 2, 2]
    assert [row.sort for row in table.rows] == ["item"] * 5 + ["total"]
    assert len(table.notes) == 2
    assert "header" in table.notes[0]
    assert table.notes[1].startswith("page 2, table 1: joined to page 1, table 1, as it has no header of its own")


# One printed header, cut and damaged as on the pages of one paper.
CUT_HEADERS = [
    ["| 2007/08 Achieved | | |", "Saving | Cashable | Non cashable | Total | Remarks"],
    ["| 20 | 07/08 Achie | ved | Remarks", "Saving | Cashable | Non cashable | Total |"],
    ["| 20 | 007/08 Achieved | |", "Saving | Cash able | Non- cashable | Total | Remarks"],
    ["Saving | Cashabie | Non cashabl | Totai | Remarks"],
]


@pytest.mark.parametrize("header", CUT_HEADERS, ids=range(len(CUT_HEADERS)))
def test_a_header_cut_differently_on_the_next_page(header: list[str]) -> None:
    first = [*CUT_HEADERS[0], "Buses | 10 | 5 | 15 | on time"]
    second = [*header, "Lighting | | 7 | 7 |", "Postage | 3 | - | 3 | late", "Total | 13 | 12 | 25 |"]
    found = read(rule(BANDED), "\n".join([*first, "====", *second]))
    assert found.values == {
        "Buses": [10_000, 5_000, 15_000],
        "Lighting": [7_000, 7_000],
        "Postage": [3_000, 0, 3_000],
        "Total": [13_000, 12_000, 25_000],
    }
    assert {measured.split()[0] for _, measured, _ in found.figures} == {"2007/08"}
    assert found.all_marks <= {"printed reconciled", "nil reconciled"}
    assert found.flags == []


def test_a_header_repeated_inside_a_table_is_no_line() -> None:
    lines = "\n".join([HEADER, *ROWS[:3], HEADER, *ROWS[3:]])
    strict = keys(PLAN)["tables"]["lines"]
    strict["rows"][1]["when"] = {"reference": r"R\d"}
    found = read(rule(PLAN, tables={"lines": strict}), lines)
    assert found.values == VALUES
    assert found.flags == []


def test_rows_of_other_tables_are_flagged_and_give_no_figure() -> None:
    found = read(rule(PLAN), "\n".join([HEADER, *ROWS, "", "Ward | Votes", "North | 512", "South | 384"]))
    assert found.values == VALUES
    assert [text for _, text in found.flags] == ["Ward", "Votes", "North", "512", "South", "384"]


def test_tables_of_pages_that_the_rule_ignores_are_ignored_by_name() -> None:
    ignoring = rule(PLAN, ignore=[{"pages": {"any": ["Reserves"]}, "why": "no savings"}])
    text = [HEADER, *ROWS, "====", "Notes", "", "A page without a table", "====", "Reserves", "", "Fund | Use", "A | B"]
    found = read(ignoring, "\n".join(text))
    assert found.values == VALUES
    assert found.mapped.accounting.ignored == 4 + 4
    assert found.flags == []


def test_a_table_stands_only_on_the_pages_that_the_rule_names() -> None:
    lines = keys(PLAN)["tables"]["lines"] | {"pages": {"all": ["Savings"]}}
    text = ["Growth", "", HEADER, "G1 | Pay | 90 | 95", "====", "Savings", "", HEADER, *ROWS]
    found = read(rule(PLAN, tables={"lines": lines}), "\n".join(text))
    assert found.values == VALUES
    assert "Pay" in [text for _, text in found.flags]


SUMMARY = """
    authority: {name: Made-up Council}
    layout: two-tables
    match: {all: [Saving]}
    scale: 1000
    codes: aes
    tables:
      lines:
        columns:
          - {header: AES, field: aes_code}
          - {header: Saving, field: detail}
          - {header: "{year}", measure: target, kind: total}
        rows: [{level: item, needs: [detail]}]
      summary:
        columns:
          - {header: Block, field: aes_block}
          - {header: "{year}", measure: target, kind: total}
        rows:
          - {level: total, when: {aes_block: Total}}
          - {level: block, needs: [aes_block]}
    identities:
      - {name: blocks, total: {table: summary, level: block}, of: [{table: lines, level: item}], by: [aes_code]}
      - {name: all, total: {table: summary, level: total}, of: [{table: summary, level: block}]}
    """
LINES = ["AES | Saving | 2007/08", "1 | Buses | 10", "11 | Paper | 20", "11 | Ink | 1"]
BLOCKS = ["Adult social services | 10", "Procurement | 21", "Total | 31"]


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(["", "Block | 2007/08"], id="its own header"),
        pytest.param(["====", "Block | 2007/08"], id="its own page"),
    ],
)
def test_a_second_table_of_the_rule(between: list[str]) -> None:
    found = read(rule(SUMMARY), "\n".join([*LINES, *between, *BLOCKS]))
    assert found.levels == [
        ("item", "Buses"),
        ("item", "Paper"),
        ("item", "Ink"),
        ("block", "Adult social services"),
        ("block", "Procurement"),
        ("total", "Total"),
    ]
    assert found.sums == ["blocks: 10 of 10 holds", "blocks: 21 of 21 holds", "all: 31 of 31 holds"]
    assert found.flags == []


def test_a_summary_that_goes_on_under_the_header_of_another_table() -> None:
    """Pages of a report are often made from one template, whose header is then over a table that it does not fit."""
    data = keys(SUMMARY)
    data["tables"]["lines"]["columns"].insert(1, {"header": "Directorate", "field": "directorate"})
    data["tables"]["summary"]["columns"] = [{"field": "aes_code"}, {"field": "aes_block"}]
    data["tables"]["summary"]["columns"] += [{"header": "{year}", "measure": "target", "kind": "total"}]
    header = "AES | Directorate | Saving | 2007/08"
    lines = ["1 | Adults | Buses | 10", "11 | Finance | Paper | 20", "11 | Finance | Ink | 1"]
    first = ["| | | 2007/08", "1 | Adult social services | | 10"]
    second = ["11 | Procurement | | 21", "| Total | | 31"]
    text = [header, *lines, "", *first, "====", header, *second]
    found = read(Rule.model_validate(data), "\n".join(text))
    assert found.levels[-3:] == [("block", "Adult social services"), ("block", "Procurement"), ("total", "Total")]
    assert found.sums == ["blocks: 10 of 10 holds", "blocks: 21 of 21 holds", "all: 31 of 31 holds"]
    assert found.flags == []


MOVED = [
    pytest.param("Resources | Postage | | 3,000 | 2,000 | 5,000 | late", id="to the right"),
    pytest.param("| Resources | Postage | 3,000 | 2,000 | 5,000 | late", id="all of it to the right"),
    pytest.param("Resources | Postage | 3,000 2,000 | 5,000 | late", id="two cells in one"),
]


@pytest.mark.parametrize("row", MOVED)
def test_a_row_moved_by_one_column_is_put_right_and_said_so(row: str) -> None:
    columns = keys(BANDED)["tables"]["lines"]["columns"]
    made = with_columns(BANDED, {"header": "Directorate", "field": "directorate"}, *columns)
    text = [
        "| | 2007/08 Achieved | | |",
        "Directorate | Saving | Cashable | Non cashable | Total | Remarks",
        "Resources | Buses | 10,000 | 5,000 | 15,000 | on time",
        "Resources | Lighting | 8,000 | 4,000 | 12,000 |",
        row,
        "| Total | 21,000 | 11,000 | 32,000 |",
    ]
    found = read(made, "\n".join(text))
    assert found.values["Total"] == [21_000_000, 11_000_000, 32_000_000]
    assert found.values["Postage"] == [3_000_000, 2_000_000, 5_000_000]
    assert {mending.place.row for mending in found.mapped.mendings} == {5}
    assert {check.split()[-1] for check in found.sums} == {"holds"}
    assert found.flags == []


def test_a_number_torn_in_two_cells_is_joined_and_marked_as_a_repair() -> None:
    text = [HEADER, "R1 | Buses | 10 | 1,0 | 67,000", "R2 | Paper | 10 | 5", "| Total | 20 | 1,067,005"]
    found = read(rule(PLAN), "\n".join(text))
    assert found.values["Buses"] == [10_000, 1_067_000_000]
    assert found.marks["Buses"] == ["printed reconciled", "repaired reconciled"]
    assert [(m.raw, m.taken) for m in found.mapped.mendings] == [("1,0|67,000", "1,067,000")]


def test_a_label_and_all_its_amounts_in_one_cell() -> None:
    found = read(rule(PLAN), "\n".join([HEADER, *ROWS[:5], "Total 52 1,072"]))
    assert found.values == VALUES
    assert found.sums == ["lines = total: 52 of 52 holds", "lines = total: 1072 of 1072 holds"]


def test_a_total_in_the_text_below_a_table_counts_where_the_rule_looks_for_it() -> None:
    lines = keys(PLAN)["tables"]["lines"]
    lines["rows"][0]["outside"] = True
    found = read(rule(PLAN, tables={"lines": lines}), "\n".join([HEADER, *ROWS[:5], "", "Total 52 1,072", "", "Notes"]))
    assert found.values == VALUES
    assert found.sums == ["lines = total: 52 of 52 holds", "lines = total: 1072 of 1072 holds"]


def test_a_text_below_a_table_that_the_rule_does_not_look_for_gives_nothing() -> None:
    found = read(rule(PLAN), "\n".join([HEADER, *ROWS[:5], "", "Total 52 1,072"]))
    assert "Total" not in found.values


def test_a_table_of_the_rule_that_is_not_there_is_said() -> None:
    found = read(rule(SUMMARY), "\n".join(LINES))
    assert found.mapped.problems == ("table 'summary' of the rule was not found",)


texts = st.sampled_from(
    ["", "", "R1", "Buses", "Total", "10", "1,000", "-", "n/a", "£5k", "2007/08", "x y 3", "Saving"]
)
grids = st.lists(st.lists(texts, min_size=2, max_size=6), min_size=1, max_size=8)


@given(grids, st.sampled_from(["", "===="]))
def test_every_filled_cell_is_accounted_for_once(grid: list[list[str]], gap: str) -> None:
    text = [HEADER, *ROWS[:2], gap, *(" | ".join(row) for row in grid)]
    given_paper = paper("\n".join(text))
    accounting = read(rule(PLAN), given_paper).mapped.accounting
    assert accounting.mapped + accounting.ignored + accounting.flagged == accounting.cells
    assert accounting.cells == filled_cells(given_paper)


def test_a_page_that_the_rule_ignores_gives_no_figure_though_its_table_looks_alike() -> None:
    ignoring = rule(PLAN, ignore=[{"pages": {"any": ["Reserves"]}, "why": "no savings"}])
    other = ["Fund | Purpose | 2007/08 | 2008/09", "General | Pay | 500 | 400"]
    found = read(ignoring, "\n".join([HEADER, *ROWS, "====", "Reserves", "", *other]))
    assert found.values == VALUES
    assert found.sums == whole().sums


@pytest.mark.parametrize("gap", [["", "Grants paid", ""], ["===="]], ids=["the same page", "the next page"])
def test_a_table_with_a_header_of_its_own_does_not_go_on_from_the_one_before(gap: list[str]) -> None:
    other = ["Ward | Councillor | Votes | Turnout", "North | Smith | 500 | 40"]
    found = read(rule(PLAN), "\n".join([HEADER, *ROWS, *gap, *other]))
    assert found.values == VALUES
    assert "500" in [text for _, text in found.flags]


def test_a_text_that_ends_with_a_number_is_no_saving() -> None:
    columns: list[dict[str, Any]] = [{"header": "Saving", "field": "detail"}, {"header": "Target", "year": "2007/08"}]
    made = with_columns(PLAN, *columns, rows=[{"level": "item", "needs": ["detail"]}], identities=[])
    found = read(made, "Saving | Target\nPhase 2 |\nBuses | 10\nReduce staff by 10 |")
    assert found.values == {"Buses": [10_000]}


def test_two_tables_with_the_same_header_are_told_apart_by_the_lines_above_them() -> None:
    growth = [HEADER, "P1 | Pay | 80 | 90", "P2 | Prices | 10 | 10"]
    text = "\n".join(["Pressures", "", *growth, "", "Savings", "", HEADER, *ROWS[:3], "====", *ROWS[3:]])
    table = keys(PLAN)["tables"]["lines"] | {"title": {"any": ["Savings"]}}
    found = read(rule(PLAN, tables={"lines": table}), text)
    assert found.values == VALUES
    assert {text for _, text in found.flags} >= {"Pay", "80", "Prices"}


def test_rows_below_a_heading_are_of_another_sort_than_those_below_the_next() -> None:
    rows: list[dict[str, Any]] = [
        {"level": "note", "below": "growth.*", "figures": True, "why": "growth is no saving"},
        {"level": "item", "figures": True},
        {"level": "heading"},
    ]
    columns: list[dict[str, Any]] = [
        {"header": "Saving", "field": "detail"},
        {"header": "{year}", "measure": "target", "year": "printed"},
    ]
    text = "Saving | 2007/08\nGrowth and pressures |\nPay | 80\n====\nPrices | 10\nSavings |\nBuses | 5"
    found = read(with_columns(PLAN, *columns, rows=rows, identities=[]), text)
    assert found.values == {"Buses": [5_000]}
    assert found.flags == []


@pytest.mark.parametrize("place", ["column", "row", "table"])
def test_what_a_rule_is_unsure_of_is_ambiguous_though_the_sums_hold(place: str) -> None:
    table = keys(PLAN)["tables"]["lines"]
    doubted = {"column": table["columns"][2], "row": table["rows"][1], "table": table}[place]
    doubted["unsure"] = "planned or delivered?"
    found = read(rule(PLAN, tables={"lines": table}), "\n".join([HEADER, *ROWS]))
    assert found.values == VALUES
    assert found.marks["Buses"] == ["printed ambiguous"] * 2
    assert found.marks["Total"] == ["printed reconciled" if place == "row" else "printed ambiguous"] * 2
    assert found.sums == whole().sums


# --- stitching -------------------------------------------------------------------------------------------------------


def with_stitch(word: str) -> Rule:
    return rule(PLAN, tables={"lines": keys(PLAN)["tables"]["lines"] | {"stitch": word}})


def test_a_rule_may_say_that_its_tables_never_go_on() -> None:
    text = "\n".join([HEADER, *ROWS[:3], "====", HEADER, *ROWS[3:5], "====", "R7 | Pay | 1 | 2"])
    found = read(with_stitch("never"), text)
    assert [table.pieces for table in found.mapped.tables] == [((1, 1),), ((2, 1),), ((3, 1),)]
    assert [table.name for table in found.mapped.tables] == ["lines", "lines", ""]
    assert "Pay" in [text for _, text in found.flags]
    assert "Pay" not in found.values
    assert "never" in found.mapped.seams[-1].reason


@pytest.mark.parametrize(
    "between", [["A page of notes", "===="], ["Number | What it is | Then | Soon"]], ids=["page", "header"]
)
def test_a_rule_may_say_that_a_table_always_goes_on(between: list[str]) -> None:
    text = "\n".join([HEADER, *ROWS[:3], "====", *between, *ROWS[3:]])
    assert read(with_stitch("pages"), text).values.keys() < VALUES.keys()
    found = read(with_stitch("always"), text)
    assert found.values == VALUES
    (seam,) = found.mapped.seams
    assert (seam.joined, "the rule says" in seam.reason) == (True, True)


def test_a_word_for_stitching_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="stitch"):
        with_stitch("sometimes")


def test_a_table_far_from_the_one_before_needs_more_than_half_its_cells_to_make_sense() -> None:
    other = ["", "Ward | Votes", "North | 512", "", "Owner | Due | | 10", "x | Head | | soon", "y | Team | | later"]
    found = read(rule(PLAN), "\n".join([HEADER, *ROWS, *other]))
    assert found.values == VALUES


CUT = [
    pytest.param("R2 | Review of | 5 | -", " | contracts | | ", "R2 | Review of contracts | 5 | -", id="text below"),
    pytest.param("R2 | Review of | | ", " | contracts | 5 | -", "R2 | Review of contracts | 5 | -", id="figures below"),
]


@pytest.mark.parametrize("gap", [["===="], ["====", HEADER]], ids=["bare", "header repeated"])
@pytest.mark.parametrize(("foot", "head", "whole"), CUT)
def test_a_row_cut_in_two_by_a_page_break_is_one_line(foot: str, head: str, whole: str, gap: list[str]) -> None:
    cut = paper("\n".join([HEADER, ROWS[0], foot, *gap, head, *ROWS[2:]]))
    found = read(rule(PLAN), cut)
    uncut = read(rule(PLAN), "\n".join([HEADER, ROWS[0], whole, *ROWS[2:]]))
    assert (found.values, found.marks) == (uncut.values, uncut.marks)
    assert found.texts("detail")[1] == "Review of contracts"
    assert found.texts("reference") == uncut.texts("reference")
    assert found.flags == []
    assert found.mapped.accounting.cells == filled_cells(cut)
    (mending,) = found.mapped.mendings
    assert mending.taken.endswith("Review of contracts")
    assert "cut in two" in mending.reason
    (table,) = found.mapped.tables
    (row,) = [row for row in table.rows if row.rest]
    assert row.cells[:2] == ("R2", "Review of contracts")


def test_a_figure_of_a_row_cut_in_two_keeps_the_place_of_its_own_cell() -> None:
    found = read(rule(PLAN), "\n".join([HEADER, "R1 | Review of | |", "====", " | contracts | 5 | 6", *ROWS[1:]]))
    assert {(f.place.page, f.place.row) for f in found.mapped.problem.figures if f.line == 0} == {(2, 3)}


def test_a_row_without_figures_at_the_foot_of_a_page_is_no_part_of_the_next_one() -> None:
    found = read(rule(PLAN), "\n".join([HEADER, ROWS[0], "R2 | Lighting | |", "====", "R3 | Postage | | 12"]))
    assert found.values == {"Buses": [10_000, 20_000], "Postage": [12_000]}
    assert found.mapped.mendings == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Contract reviews 700 210 185", True),
        ("Programme total 3,425 (20) -", True),
        ("Contract reviews 700 210", False),
        ("Home care (70) 210", True),
        ("Contact: J Smith 01432 260 261", False),
        ("See the report of 2007 2008 2009", False),
        ("Savings of £5m", False),
        ("12", False),
    ],
)
def test_a_line_that_looks_like_a_row_outside_the_tables_is_told(line: str, *, told: bool) -> None:
    found = read(rule(PLAN), f"{HEADER}\n{ROWS[0]}\n\n{line}")
    assert len(found.figures) == 2
    assert any("look like rows of one: 1" in problem for problem in found.mapped.problems) is told


def test_sums_mend_nothing_where_rows_are_lost() -> None:
    # With the line of R5 the total is right; a digit of it could be misread for it to hold without.
    rows = [row for row in ROWS if "R5" not in row]
    line = "Head count 30 40.0"
    whole_ = read(rule(PLAN), "\n".join([HEADER, *rows]))
    cut = read(rule(PLAN), "\n".join([HEADER, *rows, "", line]))
    assert whole_.mapped.damage.misreadings(whole_.mapped.problem.figures[0])
    assert not cut.mapped.damage.misreadings(cut.mapped.problem.figures[0])
