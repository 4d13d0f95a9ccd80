"""Tables of forms that many authorities fill in: known by their headers alone, scale and sign from the paper."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rules.model import Rule
from savings.schema import Proof
from tests.rules.made import Found, keys, read

SCHEDULE = """
    authority: printed
    layout: schedule
    match: {any: [saving]}
    scale: printed
    sign: printed
    tables:
      savings:
        by_header: true
        about: {any: [saving], none: [growth]}
        columns:
          - {header: Ref, also: [Reference, "Ref No"], field: reference, optional: true}
          - {header: Description, also: [Proposal, Detail], field: detail}
          - {header: "{year}", also: ["{year} saving"], times: [1, 4], measure: target, kind: total, year: printed}
        rows:
          - {level: total, when: {text: Total.*}}
          - {level: item, needs: [detail]}
    identities:
      - name: lines = total
        total: {table: savings, level: total}
        of: [{table: savings, level: item}]
    """


def schedule(**changed: object) -> Rule:
    return Rule.model_validate(keys(SCHEDULE) | changed)


def doubts(found: Found) -> list[str]:
    return [figure.doubt for figure in found.mapped.problem.figures if figure.doubt]


def test_columns_in_another_order_with_other_names_and_without_a_reference() -> None:
    text = """
        Proposal | 2024/25 £'000 | 2025/26 £'000
        Buses    | 10            | 5
        Total    | 10            | 5
        """
    found = read(schedule(), "Savings\n\n" + text)
    assert found.values == {"Buses": [10_000, 5_000], "Total": [10_000, 5_000]}
    swapped = """
        2024/25 | 2025/26 | Ref No | Detail
        £000    | £000    |        |
        10      | 5       | A1     | Buses
        10      | 5       |        | Total
        """
    found = read(schedule(), "Savings\n\n" + swapped)
    assert found.values["Buses"] == [10_000, 5_000]
    assert found.texts("reference") == ["A1", ""]


def test_amounts_under_a_header_that_is_not_known_are_flagged_and_never_taken() -> None:
    text = """
        Savings £000

        Ref | Description | Budget 2023/24 | 2024/25 | FTE
        A1  | Buses       | 900            | 10      | 2
        A2  | Bins        | 800            |         | 1
        """
    found = read(schedule(), text)
    assert found.figures == [("Buses", "2024/25 target total", Decimal(10_000))]
    assert sorted(found.flags) == [(4, "2"), (4, "900"), (5, "1"), (5, "800")]


def test_the_nearest_title_that_says_what_a_table_is_about_decides() -> None:
    text = """
        Savings £000

        Description | 2024/25
        Buses       | 10

        Growth

        Description | 2024/25
        Care        | 70
        """
    assert read(schedule(), text).values == {"Buses": [10_000]}
    assert read(schedule(), text.replace("Growth", "Children's services")).values == {
        "Buses": [10_000],
        "Care": [70_000],
    }


UNITS = [("£'000", 1_000), ("£000s", 1_000), ("£k", 1_000), ("£m", 1_000_000), ("£", 1), ("in thousands", 1_000)]


@pytest.mark.parametrize(("unit", "factor"), UNITS)
def test_the_scale_is_what_the_paper_prints_over_the_column(unit: str, factor: int) -> None:
    found = read(schedule(), f"Savings\n\nDescription | 2024/25 {unit}\nBuses | 10\n")
    assert found.values == {"Buses": [10 * factor]}
    assert not doubts(found)
    (record,) = [m for m in found.mapped.mendings if m.what == "scale"]
    assert (record.taken, record.place.row) == (str(factor), 3)


def test_the_unit_nearest_to_the_column_goes_before_one_of_the_page() -> None:
    found = read(schedule(), "Savings, all in £m\n\nDescription | 2024/25 £k\nBuses | 10\n")
    assert found.values == {"Buses": [10_000]}


def test_a_scale_that_is_nowhere_printed_leaves_the_figures_ambiguous_though_their_sums_hold() -> None:
    found = read(schedule(), "Savings\n\nDescription | 2024/25\nBuses | 10\nBins | 5\nTotal | 15\n")
    assert [check.verdict for check in found.outcome.checks] == ["holds"]
    assert {d.proof for d in found.outcome.decisions} == {Proof.AMBIGUOUS}
    assert [doubt.endswith(end) for doubt, end in zip(doubts(found), ("10,000", "5,000", "15,000"), strict=True)]


def test_amounts_of_millions_are_in_pounds() -> None:
    found = read(schedule(), "Savings\n\nDescription | 2024/25\nBuses | 1,250,000\nBins | 90,000\n")
    assert found.values == {"Buses": [1_250_000], "Bins": [90_000]}
    assert not doubts(found)


SIGNS = [
    ("Savings £000", ["-10", "-5"], [10_000, 5_000], False),
    ("Savings £000", ["10", "5"], [10_000, 5_000], False),
    ("Savings £000 (savings are shown as negative figures)", ["-10", "5"], [10_000, -5_000], False),
    ("Savings £000", ["-10", "5"], None, True),
    ("Savings £000 (savings are shown as positive figures)", ["-10", "-5"], None, True),
]


@pytest.mark.parametrize(("title", "amounts", "values", "doubtful"), SIGNS)
def test_the_sign_is_what_the_paper_says_or_its_amounts_show(
    title: str, amounts: list[str], values: list[int] | None, doubtful: bool
) -> None:
    rows = "\n".join(f"Saving {n} | {amount}" for n, amount in enumerate(amounts))
    found = read(schedule(), f"{title}\n\nDescription | 2024/25\n{rows}\n")
    assert bool(doubts(found)) is doubtful
    if values is not None:
        assert [int(value) for _, _, value in found.figures] == values


def test_two_tables_with_other_columns_are_one_table_of_the_rule_in_its_sums() -> None:
    text = """
        Savings £000

        Ref | Description | 2024/25
        A1  | Buses       | 10

        Savings in other services

        Description | 2024/25 | 2025/26
        Bins        | 5       | 1
        Total       | 15      | 1
        """
    found = read(schedule(), text)
    assert found.values == {"Buses": [10_000], "Bins": [5_000, 1_000], "Total": [15_000, 1_000]}
    assert found.sums == ["lines = total: 15 of 15 holds", "lines = total: 1 of 1 holds"]


def test_a_table_that_goes_on_without_a_header_keeps_the_columns_of_the_page_before() -> None:
    text = """
        Savings £000

        Description | 2024/25 | 2025/26
        Buses       | 10      | 2
        ====
        Bins        | 5       | 1
        """
    assert read(schedule(), text).values == {"Buses": [10_000, 2_000], "Bins": [5_000, 1_000]}


WHOSE = [
    ("Kent County Council", "Kent County Council", "E10000016"),
    ("Report of Dorset Council", "Dorset Council", "E06000059"),
    ("Budget of Dorset County Council", "Dorset County Council", "E10000009"),
    ("London Borough of Camden", "London Borough of Camden", "E09000007"),
    ("WREXFORD DISTRICT COUNCIL", "Wrexford District Council", ""),
    ("Mid Devon District Council", "Mid Devon District Council", "E07000042"),
    ("Mid Wessham District Council", "Mid Wessham District Council", ""),
    ("Devon Borough Council", "Devon Borough Council", ""),
    ("Report to Full Council", "", ""),
]


@pytest.mark.parametrize(("line", "name", "gss"), WHOSE)
def test_whose_paper_it_is(line: str, name: str, gss: str) -> None:
    found = read(schedule(), f"{line}\n\nSavings £000\n\nDescription | 2024/25\nBuses | 10\n")
    assert (found.mapped.authority.name, found.mapped.authority.gss) == (name, gss)
    assert bool(found.mapped.warnings) is not bool(name)


def test_marks_under_a_header_for_words_are_not_what_is_saved() -> None:
    text = """
        Savings £000

        Service | Detail | 2024/25
        Buses   | up     | 10
        Bins    | ↑      | 20
        Roads   | →      | 30
        Parks   | *      | 40
        """
    assert read(schedule(), text).values == {}
