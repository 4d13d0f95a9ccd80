"""The sums that a rule promises, spelled out for a paper: which figure is the total of which."""

from __future__ import annotations

from typing import Any

import pytest

from rules.model import Rule
from savings.schema import How, Proof
from tests.rules.made import BANDED, PLAN, Found, keys, read, rule, with_columns

HEADER = "| 2007/08 Achieved | | |\nSaving | Cashable | Non cashable | Total | Remarks"


def banded(*rows: str) -> Found:
    return read(rule(BANDED), "\n".join([HEADER, *rows]))


def ties(found: Found, number: int) -> list[str]:
    """The figures that a check ties: row of the file and kind, the total first."""
    figures = found.mapped.problem.figures
    return [f"{figures[f].place.row} {figures[f].kind}" for f in found.outcome.checks[number].ties]


def test_sums_within_a_row() -> None:
    found = banded("Buses | 10 | 5 | 15 |", "Ink | 3 | | 3 |", "Paper | 1 | 1 | 3 |")
    rows = "cashable + non-cashable = total: "
    assert found.sums[:3] == [f"{rows}15 of 15 holds", f"{rows}3 of 3 holds", f"{rows}2 of 3 broken"]
    assert ties(found, 0) == ["3 total", "3 cashable", "3 non_cashable"]
    assert ties(found, 1) == ["4 total", "4 cashable"]
    assert found.values["Paper"] == [1_000, 1_000, 3_000]
    assert found.marks["Paper"] == ["printed contradicted"] * 3


def test_sums_over_lines_are_for_each_figure_of_the_total() -> None:
    found = banded("Buses | 10 | 5 | 15 |", "Ink | 3 | 2 | 5 |", "Total | 13 | 7 | 20 |")
    assert found.sums[3:] == [
        "lines = total: 13 of 13 holds",
        "lines = total: 7 of 7 holds",
        "lines = total: 20 of 20 holds",
    ]
    assert ties(found, 3) == ["5 cashable", "3 cashable", "4 cashable"]
    assert found.all_marks == {"printed reconciled"}


def test_a_line_without_a_printed_total_stands_in_the_sum_by_its_parts() -> None:
    found = banded("Buses | 10 | 5 | 15 |", "Ink | 3 | 2 | |", "Total | 13 | 7 | 20 |")
    assert found.sums[-1] == "lines = total: 20 of 20 holds"
    assert ties(found, len(found.sums) - 1) == ["5 total", "3 total", "4 cashable", "4 non_cashable"]
    # What is not printed is no figure.
    assert found.values["Ink"] == [3_000, 2_000]


@pytest.mark.parametrize("order", [1, -1])
def test_an_empty_subtotal_stands_in_the_total_by_its_lines(order: int) -> None:
    rows = [
        {"level": level, "when": {"detail": word}} for level, word in (("total", "Total"), ("subtotal", "Sub-total"))
    ]
    lines, subtotals = ({"table": "lines", "level": level} for level in ("item", "subtotal"))
    sums = [
        {"name": "lines = sub-total", "total": subtotals, "of": [lines], "run": True},
        {"name": "sub-totals = total", "total": {"table": "lines", "level": "total"}, "of": [subtotals]},
    ]
    made = with_columns(
        PLAN,
        {"header": "Saving", "field": "detail"},
        {"header": "{year}", "times": 2},
        rows=[*rows, {"level": "item", "needs": ["detail"]}],
        identities=sums[::order],
    )
    text = "Saving | 2007/08 | 2008/09\nBuses | 1 | 2\nSub-total | 1 | 2\nInk | 3 | 4\nPaper | 5 | 6\nSub-total | 8 |\n"
    found = read(made, text + "Total | 9 | 12")
    said = [each for each in found.sums if each.startswith("sub-totals")]
    assert said == ["sub-totals = total: 9 of 9 holds", "sub-totals = total: 12 of 12 holds"]
    assert "broken" not in "".join(found.sums)


def test_a_sum_may_reach_from_one_year_to_the_next() -> None:
    """Annual and cumulative: what was gained so far, and the gain of the year."""
    columns = [
        {"header": f"{{year}} {part}", "part": part, "year": "printed"}
        for part in ("annual", "so far")
        for _ in range(2)
    ]
    cumulative = {
        "name": "so far + annual = so far",
        "each": "row",
        "total": {"part": "so far", "year": "base+1"},
        "of": [{"part": "so far", "year": "base"}, {"part": "annual", "year": "base+1"}],
    }
    made = with_columns(
        PLAN, {"header": "Saving", "field": "detail"}, *columns[::2], *columns[1::2],
        rows=[{"level": "item", "needs": ["detail"]}], identities=[cumulative],
    )  # fmt: skip
    head = "Saving | 2008/09 annual | 2008/09 so far | 2009/10 annual | 2009/10 so far"
    found = read(made, f"{head}\nBuses | 4 | 4 | 3 | 7\nInk | 1 | 1 | 1 | 3")
    assert found.sums == ["so far + annual = so far: 7 of 7 holds", "so far + annual = so far: 2 of 3 broken"]


def test_a_sum_whose_total_is_not_printed_cannot_be_checked_and_says_so() -> None:
    found = banded("Buses | 10 | 5 | |")
    (check,) = found.outcome.checks
    assert (check.verdict, check.expected, check.note) == ("not_checkable", None, "the total is not printed")
    assert found.marks["Buses"] == ["printed unchecked"] * 2


def test_a_sum_of_nothing_printed_is_no_sum() -> None:
    found = banded("Buses | 10 | 5 | 15 |", "Heading | | | |")
    assert len(found.outcome.checks) == 1


def test_a_broken_sum_names_the_single_figures_that_would_mend_it() -> None:
    found = banded("Buses | 10 | 5 | 15 |", "Ink | 25 | 2 | 27 |", "Total | 53 | 7 | 60 |")
    broken = [check for check in found.outcome.checks if check.verdict == "broken"]
    assert [check.difference for check in broken] == [-18_000, -18_000]
    figures = found.mapped.problem.figures
    suspects = {(figures[s.figure].place.row, int(s.value)) for s in broken[0].suspects}
    assert suspects == {(3, 28_000), (4, 43_000), (5, 35_000)}
    # And nothing was changed.
    assert found.values == {
        "Buses": [10_000, 5_000, 15_000],
        "Ink": [25_000, 2_000, 27_000],
        "Total": [53_000, 7_000, 60_000],
    }


REFERENCE = {"header": "Ref", "field": "reference"}
DETAIL = {"header": "Saving", "field": "detail"}
GROUP = {"header": "Group", "key": "group"}
AMOUNT = {"header": "Target", "year": "2007/08"}
SORTS: list[dict[str, Any]] = [
    {"level": "subtotal", "when": {"text": "Subtotal.*"}},
    {"level": "total", "when": {"text": "Total.*"}},
    {"level": "item", "needs": ["detail"]},
]


def summed(*columns: dict[str, Any], **identity: Any) -> Rule:
    """A rule with one sum."""
    promise = {"name": "sum", "total": {"level": "total"}, "of": [{"level": "item"}], **identity}
    return with_columns(PLAN, *columns, rows=SORTS, identities=[promise])


def test_a_run_is_what_stands_between_one_total_and_the_next() -> None:
    text = """
        Saving     | Target
        Buses      | 10
        Parking    | 5
        Subtotal A | 15
        Ink        | 3
        ====
        Paper      | 4
        Subtotal B | 7
        """
    found = read(summed(DETAIL, AMOUNT, total={"level": "subtotal"}, run=True), text)
    assert found.sums == ["sum: 15 of 15 holds", "sum: 7 of 7 holds"]


def test_sums_by_a_field_whatever_its_case() -> None:
    text = """
        Ref | Saving | Target
        A   | Buses  | 10
        B   | Ink    | 3
        a   | Trams  | 5
        A   | Total  | 15
        B   | Total  | 4
        """
    sorts: list[dict[str, Any]] = [{"level": "total", "when": {"detail": "Total"}}, SORTS[2]]
    promise = {"name": "sum", "total": {"level": "total"}, "of": [{"level": "item"}], "by": ["reference"]}
    found = read(with_columns(PLAN, REFERENCE, DETAIL, AMOUNT, rows=sorts, identities=[promise]), text)
    assert found.sums == ["sum: 15 of 15 holds", "sum: 3 of 4 broken"]


def test_sums_by_a_key_that_is_not_published() -> None:
    text = """
        Saving     | Group | Target
        Buses      | North | 10
        Ink        | South | 3
        Trams      | north | 5
        Subtotal 1 | North | 15
        Subtotal 2 | South | 3
        """
    sorts: list[dict[str, Any]] = [{"level": "subtotal", "when": {"detail": "Subtotal.*"}}, SORTS[2]]
    promise = {"name": "sum", "total": {"level": "subtotal"}, "of": [{"level": "item"}], "by": ["group"]}
    found = read(with_columns(PLAN, DETAIL, GROUP, AMOUNT, rows=sorts, identities=[promise]), text)
    assert found.sums == ["sum: 15 of 15 holds", "sum: 3 of 3 holds"]
    assert "group" not in found.mapped.problem.lines[0].fields


def test_sums_of_lines_that_match_a_pattern() -> None:
    text = """
        Saving        | Group    | Target
        Buses         | Core     | 10
        Grant         | External | 3
        Trams         | core     | 5
        Total core    |          | 15
        """
    selected = {"total": {"level": "total", "where": {"detail": ".* core"}}, "of": [{"where": {"group": "Core"}}]}
    found = read(summed(DETAIL, GROUP, AMOUNT, **selected), text)
    assert found.sums == ["sum: 15 of 15 holds"]


def test_a_part_may_be_taken_away() -> None:
    columns = [
        {"header": "Target", "measure": "target", "year": "2007/08"},
        {"header": "Achieved", "measure": "achieved", "year": "2007/08"},
        {"header": "Variance", "measure": "variance", "year": "2007/08"},
    ]
    parts = [{"measure": "achieved"}, {"measure": "target", "sign": -1}]
    made = summed(DETAIL, *columns, each="row", total={"measure": "variance"}, of=parts)
    found = read(made, "Saving | Target | Achieved | Variance\nBuses | 10 | 7 | (3)\nInk | 5 | 9 | 3")
    assert found.sums == ["sum: -3 of -3 holds", "sum: 4 of 3 broken"]


CODED = """
    authority: {name: Made-up Council}
    layout: coded
    match: {all: [AES]}
    codes: aes
    scale: 1000
    tables:
      lines:
        columns:
          - {header: AES, field: aes_code}
          - {header: Directorate, field: directorate}
          - {header: Saving, field: detail}
          - {header: Achieved, year: 2007/08, measure: achieved}
        rows: [{level: item, needs: [detail]}]
      summary:
        columns:
          - {header: No, field: aes_code}
          - {header: Block, field: aes_block}
          - {header: Achieved, year: 2007/08, measure: achieved}
        rows: [{level: block, needs: [aes_block]}]
    identities:
      - {name: block, total: {table: summary}, of: [{table: lines}], by: [aes_code]}
    """
SUMMARY = "\n\nNo | Block | Achieved\n1 | Adult social services | 30\n11 | Procurement | 7\n10 | Corporate services | 9"


def coded(*lines: str) -> Found:
    return read(rule(CODED), "\n".join(["AES | Directorate | Saving | Achieved", *lines]) + SUMMARY)


def codes(found: Found) -> list[tuple[int | None, str]]:
    lines = found.mapped.problem.lines
    return [(c.reading.code, str(c.reading.how)) for c in found.outcome.codes if lines[c.line].table == "lines"]


def test_sums_by_code_settle_a_code_that_may_be_two() -> None:
    found = coded("1 1 | A | Homes | 30", "1 1 | B | Paper | 7", "10 | B | Rent | 9")
    assert codes(found) == [(1, "repaired"), (11, "repaired"), (10, "printed")]
    assert found.sums == ["block: 30 of 30 holds", "block: 7 of 7 holds", "block: 9 of 9 holds"]


def test_sums_by_code_give_a_line_the_code_that_is_not_printed() -> None:
    found = coded("1 | A | Homes | 30", "11 | B | Paper | 7", "| B | Rent | 9")
    assert codes(found) == [(1, "printed"), (11, "printed"), (10, "inferred")]


def test_a_code_that_no_sum_asks_for_is_not_made_up() -> None:
    found = coded("1 | A | Homes | 30", "11 | B | Paper | 7", "10 | B | Rent | 9", "| B | Stamps |")
    assert codes(found)[-1] == (None, "printed")


@pytest.mark.parametrize(("printed", "verdict"), [("1.4", "holds"), ("1.5", "broken"), ("1.3", "broken")])
def test_a_total_that_is_cut_to_its_precision(printed: str, verdict: str) -> None:
    data = keys(PLAN)["identities"][0] | {"rounding": "cut"}
    rows = ["A | Buses | £1,290k | 1", "B | Ink | £198k | 1", f"| Total | £{printed}m | 2"]
    text = "\n".join(["Reference | Saving | 2007/08 | 2008/09", *rows])
    found = read(rule(PLAN, identities=[data]), text)
    assert found.outcome.checks[0].verdict == verdict


@pytest.mark.parametrize(("infers", "values"), [(True, [10, 5, 15]), (False, [10, 5])])
def test_a_missing_total_is_inferred_only_where_the_rule_asks_for_it(infers: bool, values: list[int]) -> None:
    promise = {
        "name": "sum", "each": "row", "infers": infers,
        "total": {"kind": "total"}, "of": [{"kind": "cashable"}, {"kind": "non_cashable"}],
    }  # fmt: skip
    made = rule(BANDED, identities=[promise])
    found = read(
        made, "| 2007/08 Achieved | | |\nSaving | Cashable | Non cashable | Total | Remarks\nBuses | 10 | 5 | |"
    )
    decided = [d for d in found.outcome.decisions if d.reading.value is not None]
    assert [d.reading.value for d in decided] == [value * 1000 for value in values]
    assert [d.reading.how for d in decided[2:]] == [How.INFERRED] * infers
    assert {d.proof for d in decided} == {Proof.UNCHECKED}
