"""Rules drafted from papers that nobody has seen: right, or marked where the paper leaves something open."""

from __future__ import annotations

import pytest

from rules.draft.draft import NothingToDraft, draft_rule
from savings.schema import Verdict
from tests.rules.draft.papers import (
    GROUPS,
    GROWTH_FIRST,
    MISPRINT,
    MONITORING,
    ONE_OFF,
    SCHEDULE,
    SHORTFALL,
    drafted,
)
from tests.rules.made import filled_cells, paper

ALL = [MONITORING, SHORTFALL, SCHEDULE, ONE_OFF, GROWTH_FIRST, GROUPS, MISPRINT]


@pytest.mark.parametrize("text", ALL, ids=range(len(ALL)))
def test_every_cell_of_the_paper_is_mapped_or_left_out_by_name(text: str) -> None:
    found = drafted(text).found
    assert found.flags == []
    assert found.mapped.accounting.cells == filled_cells(paper(text))


def test_a_monitoring_report_with_target_forecast_and_variance() -> None:
    found = drafted(MONITORING)
    assert found.measured("Leisure contract") == {
        "2024/25 target total": 410_000,
        "2024/25 forecast total": 300_000,
        "2024/25 variance total": -110_000,
    }
    assert found.sums == ["forecast - target = variance", "savings: lines = total"]
    assert found.found.all_marks == {"printed reconciled"}
    assert found.draft.keys["authority"] == {"name": "Midshire District Council"}


def test_a_shortfall_printed_positive_is_a_negative_variance() -> None:
    found = drafted(SHORTFALL)
    assert found.measured("Digital")["2021/22 variance total"] == -80_000
    assert found.measured("Fleet")["2021/22 variance total"] == 30_000
    assert found.found.all_marks == {"printed reconciled"}


def test_a_variance_that_no_row_explains_is_marked() -> None:
    text = MONITORING
    for printed, other in (("(50)", "(9)"), ("(110)", "(8)"), ("| 25 ", "| 7 "), ("(135)", "(10)")):
        text = text.replace(printed, other)
    marks = drafted(text).found.marks["Waste rounds"]
    assert marks == ["printed reconciled", "printed reconciled", "printed ambiguous"]


def test_a_schedule_over_several_years_with_groups_subtotals_posts_and_a_total_over_the_years() -> None:
    found = drafted(SCHEDULE)
    assert found.measured("Reablement") == {
        "2025/26 target total": 4,
        "2026/27 target total": 600_000,
        "2027/28 target total": 0,
        "2025/26-2027/28 target total": 1_800_000,
    }
    assert found.measured("Reversal of one-off")["2025/26-2027/28 target total"] == -150_000
    assert [level for level, _ in found.found.levels] == [*["item"] * 3, "subtotal", *["item"] * 2, "subtotal", "total"]
    assert found.found.texts("category")[:3] == ["Adult Social Care"] * 3
    assert {f.unit for f in found.found.mapped.problem.figures} == {"GBP", "count"}
    assert "years = total over the years" in found.sums
    assert {"savings: lines = subtotal", "savings: subtotals = total"} <= set(found.sums)
    doubted = {f.unit for f in found.found.mapped.problem.figures if f.doubt}
    assert doubted == {"count"}


def test_one_off_against_recurring() -> None:
    found = drafted(ONE_OFF)
    figures = found.found.mapped.problem.figures[:3]
    assert [(f.measure, f.recurrence) for f in figures] == [
        ("achieved", "ongoing"),
        ("achieved", "one_off"),
        ("achieved", ""),
    ]
    assert "ongoing + one-off = total" in found.sums
    assert found.found.all_marks == {"printed reconciled"}


@pytest.mark.parametrize("turned", [False, True], ids=["growth first", "savings first"])
def test_growth_under_the_same_header_is_left_out_by_name(turned: bool) -> None:
    head, rest = GROWTH_FIRST.split("Growth proposals")
    growth, savings = rest.split("Savings proposals")
    text = GROWTH_FIRST
    if turned:
        text = f"{head}Savings proposals{savings.rstrip()}\n\n    Growth proposals{growth}"
    found = drafted(text).found
    assert set(found.values) == {"Fewer managers", "Office move", "Fees and charges", "Total"}
    assert found.values["Total"] == [525_000, 625_000]
    assert found.flags == []


def test_groups_of_rows_that_are_growth_are_left_out_with_their_total() -> None:
    found = drafted(GROUPS).found
    assert found.values == {
        "Shared directors": [60_000, 60_000],
        "Theatre grant": [45_000, 90_000],
        "Car parks": [130_000, 135_000],
        "Total savings": [235_000, 285_000],
    }
    assert found.all_marks == {"printed reconciled"}


def test_a_sum_with_a_misprint_is_declared_all_the_same_and_the_contradiction_reported() -> None:
    found = drafted(MISPRINT)
    assert "cashable + non-cashable = total" in found.sums
    assert set(found.found.marks["Training"]) == {"printed contradicted"}
    assert set(found.found.marks["Printing"]) == {"printed reconciled"}


def test_a_sum_that_holds_on_all_lines_and_fails_on_their_total_is_not_declared() -> None:
    # Lines that deliver more than planned have nothing that cannot be delivered: the total has to break the equation.
    text = """
        Savings tracker 2023/24

        Saving | Target £000 | Forecast £000 | Undeliverable £000 | Slipped £000
        One    | 600 | 450 | 100 | 50
        Two    | 400 | 400 | 0   | 0
        Three  | 250 | 100 | 110 | 40
        Four   | 180 | 120 | 45  | 15
        Five   | 333 | 300 | 20  | 13
        Six    | 75  | 99  | 0   | 0
        Seven  | 80  | 104 | 0   | 0
        Total  | 1,918 | 1,573 | 275 | 118
        """
    found = drafted(text)
    assert found.sums == ["savings: lines = total"]
    assert any(
        e.candidate.keys["name"] == "forecast + slipped + undeliverable = target"
        for e in found.draft.sums
        if not e.accepted
    )


def test_what_the_words_leave_open_is_marked() -> None:
    text = "Efficiencies\n\nSaving | 2012/13\nBuses | 1,250\nLighting | 31,000\nTotal | 32,250"
    found = drafted(text).found
    assert found.values["Total"] == [32_250_000]
    assert all(mark.endswith("ambiguous") for mark in found.all_marks)
    doubts = " ".join(f.doubt for f in found.mapped.problem.figures)
    assert "scale" in doubts
    assert "planned or achieved" in doubts


def test_a_damaged_header_is_still_named() -> None:
    text = MONITORING.replace("Forecast", "Forecasl").replace("Target", "Targ et").replace("Variance", "Variancc")
    assert set(drafted(text).measured("Vacancy factor")) == {
        "2024/25 target total",
        "2024/25 forecast total",
        "2024/25 variance total",
    }


def test_a_paper_without_savings_says_what_was_found() -> None:
    text = "Use of reserves 2019/20\n\nReserve | 2019/20 £000\nGeneral | 400\nInsurance | 250"
    with pytest.raises(NothingToDraft, match=r"page 1: Reserve, 2019/20 £000 \(.*reserves"):
        draft_rule(paper(text))


def test_the_national_indicator_stands_among_others_that_are_no_savings() -> None:
    text = """
        National indicators 2009/10
        NI 179 is in £000.

        Indicator | Description | 2008/09 actual | 2009/10 outturn | 2010/11 target
        NI 178 | Bus services running on time | 78%   | 81%   | 80%
        NI 179 | Value for money              | 1,240 | 2,415 | 3,600
        NI 180 | Changes in entitlements      | 1,012 | 1,100 | 1,050
        """
    found = drafted(text).found
    assert found.values == {"Value for money": [1_240_000, 2_415_000, 3_600_000]}
    figures = found.mapped.problem.figures
    assert {(f.kind, f.recurrence, f.part) for f in figures} == {("cashable", "ongoing", "cumulative")}
    assert [f.measure for f in figures] == ["achieved", "achieved", "target"]
    # That is the indicator's definition, and not what this paper says.
    assert all("definition" in f.doubt for f in figures)


def test_a_statement_at_mid_year_against_its_forward_look() -> None:
    text = """
        Efficiency: mid-year update 2006-07

        Efficiency block | Forward look £000 | Mid-year estimate £000 | Change £000
        Adult social services  | 95  | 110 | 15
        Children's services    | 40  | 55  | 15
        Culture and sport      | 180 | 160 | -20
        Environmental services | 200 | 160 | -40
        Local transport        | 40  | 55  | 15
        Total                  | 555 | 540 | -15
        """
    found = drafted(text)
    assert [f.measure for f in found.found.mapped.problem.figures[:3]] == ["target", "forecast", "variance"]
    assert [level for level, _ in found.found.levels] == ["block"] * 5 + ["total"]
    assert "forecast - target = variance" in found.sums
    assert found.found.all_marks == {"printed reconciled"}


def test_lines_under_headings_that_are_blocks_belong_to_them() -> None:
    lines = "\n".join(
        f"Block {n}: {name} |\nOne of {n} | {n}00\nTwo of {n} | {n}50\nSub-total | {2 * n * 100 + 50}"
        for n, name in ((3, "Culture and sport"), (4, "Environmental services"), (5, "Local transport"))
    )
    text = f"Efficiency gains achieved 2006/07\n\nEfficiency gain | Gain £000\n{lines}\nTotal of all blocks | 2,550"
    found = drafted(text).found
    blocks = [line for line in found.mapped.problem.lines if line.level == "block"]
    assert [line.codes[0].code for line in blocks] == [3, 4, 5]
    assert [line.codes[0].code for line in found.mapped.problem.lines if line.level == "item"] == [3, 3, 4, 4, 5, 5]


def test_a_total_beside_years_that_it_does_not_add_up_is_marked() -> None:
    text = SCHEDULE
    for printed, other in (("-1,800", "-1,900"), ("-1,050", "-1,000"), ("-750 ", "-700 "), ("-840 ", "-800 ")):
        text = text.replace(printed, other)
    found = drafted(text)
    marks = [
        d.proof
        for f, d in zip(found.found.mapped.problem.figures, found.found.outcome.decisions, strict=True)
        if "-" in f.year and d.reading.value is not None
    ]
    assert set(marks) <= {"ambiguous", "contradicted"}


SHARES = """
Hillfordshire County Council: efficiency programme, annual report 2009-10

Workstream | Target 2009/10 £m | Achieved 2009/10 £m | % of target
Procurement | 3.6 | 3.9 | 108%
Property | 0.9 | 0.7 | 78%
Shared services | 0.5 | 0.5 | 100%
Total | 5.0 | 5.1 | 102%
"""


def test_shares_in_per_cent_are_not_added_up() -> None:
    found = drafted(SHARES)
    assert found.measured("Total")["2009/10 achieved total"] == 5_100_000
    assert "contradicted" not in " ".join(found.found.all_marks)
    assert sum(check.verdict is Verdict.HOLDS for check in found.found.outcome.checks) == 2


NATURE = """
Eastholm District Council: savings and efficiencies

Service | Saving | One-off / recurring | 2018/19 £000 | 2019/20 £000
Leisure | Trust transfer | Recurring | 100 | 150
Leisure | Sale of equipment | One-off | 25 | -
Waste | Route optimisation | Recurring | 210 | 210
Total savings | | | 335 | 360
"""


def test_a_column_that_says_how_often_a_saving_comes_back() -> None:
    found = drafted(NATURE)
    recurrences = {line.fields["detail"]: line.recurrence for line in found.found.mapped.problem.lines}
    assert recurrences == {
        "Trust transfer": "ongoing",
        "Sale of equipment": "one_off",
        "Route optimisation": "ongoing",
        "Total savings": "",
    }
    assert found.found.all_marks == {"printed reconciled", "nil reconciled"}
