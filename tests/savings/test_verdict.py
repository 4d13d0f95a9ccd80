"""What counts as proof: a sum that would break if the figure were a little different, or stood elsewhere."""

from __future__ import annotations

from decimal import Decimal

import pytest

from savings.schema import Problem, Proof, Rounding, Term, Verdict
from tests.savings.builders import Draft, broken, one_sum, proofs, solve, table, values, verdicts

RECONCILED, UNCHECKED, CONTRADICTED = Proof.RECONCILED, Proof.UNCHECKED, Proof.CONTRADICTED


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        pytest.param(one_sum("30", "40", total="70"), [RECONCILED] * 3, id="an exact sum fixes all"),
        pytest.param(one_sum("30", "-", total="30"), [RECONCILED] * 3, id="a nil is fixed like any figure"),
        pytest.param(one_sum("-", "-", total="-"), [RECONCILED] * 3, id="nothing but nils"),
        pytest.param(
            one_sum("10", "1,000,000", total="£1.0m"),
            [UNCHECKED, UNCHECKED, RECONCILED],
            id="parts much finer than the total's rounding",
        ),
        pytest.param(
            one_sum("£20k", "£1.0m", total="£1.0m"),
            [UNCHECKED, RECONCILED, RECONCILED],
            id="one part as coarse as the total, one too small for it",
        ),
        pytest.param(
            one_sum("£170k", "£1,290k", total="£1.4m", rounding=Rounding.CUT),
            [UNCHECKED, UNCHECKED, RECONCILED],
            id="a cut total",
        ),
        pytest.param(
            one_sum("30", "40", total="70", rounding=Rounding.LOOSE),
            [UNCHECKED] * 3,
            id="parts and total that may each be off",
        ),
        pytest.param(one_sum("30", "40", total="80"), [CONTRADICTED] * 3, id="a broken sum"),
        pytest.param(one_sum("30", "40", total="_"), [UNCHECKED] * 3, id="no total"),
        pytest.param(one_sum("_", "_", total="70"), [UNCHECKED] * 3, id="no parts"),
    ],
)
def test_only_a_sum_that_fixes_a_figure_reconciles_it(problem: Problem, expected: list[Proof]) -> None:
    assert proofs(solve(problem)) == expected


def test_a_fine_sum_reconciles_what_a_coarse_one_cannot() -> None:
    draft = Draft()
    one, other = draft.row("£170k")[0], draft.row("£1,250k")[0]
    draft.sum(draft.row("£1.4m")[0], [one, other])
    draft.sum(draft.row("£1,420k")[0], [one, other])
    assert set(proofs(solve(draft.problem()))) == {RECONCILED}


def test_a_broken_sum_outweighs_one_that_holds() -> None:
    draft = Draft()
    one, other, right, wrong = (draft.row(text)[0] for text in ("30", "40", "70", "300"))
    draft.sum(right, [one, other])
    draft.sum(wrong, [one])
    assert proofs(solve(draft.problem())) == [CONTRADICTED, RECONCILED, RECONCILED, CONTRADICTED]


# Which column is it?


def test_an_amount_that_could_as_well_stand_in_the_empty_cell_beside_it_is_not_reconciled_by_the_row_alone() -> None:
    draft = Draft()
    cashable, empty, total = draft.row("10 _ 10")
    draft.sum(total, [cashable, empty])
    outcome = solve(draft.problem())
    assert verdicts(outcome) == [Verdict.HOLDS]
    assert outcome.decisions[cashable].proof is UNCHECKED
    assert outcome.decisions[empty].proof is UNCHECKED


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("10 20 30", [RECONCILED] * 3),
        ("10 - 10", [RECONCILED] * 3),
        ("10 0 10", [RECONCILED] * 3),
    ],
)
def test_a_row_without_an_empty_cell_to_move_to_reconciles(row: str, expected: list[Proof]) -> None:
    draft = Draft()
    *parts, total = draft.row(row)
    draft.sum(total, parts)
    assert proofs(solve(draft.problem())) == expected


def test_the_sums_of_the_columns_say_which_column_it_is() -> None:
    outcome = solve(table("10 _ 10", "5 6 11", "15 6 21"))
    assert outcome.decisions[0].proof is RECONCILED
    assert outcome.decisions[1].proof is UNCHECKED, "an empty cell gives no figure to prove"
    assert values(outcome)[1] is None


def test_an_empty_cell_that_is_to_be_taken_away_is_no_place_to_move_to() -> None:
    draft = Draft()
    target, variance, outcome = draft.row("10 _ 10")
    draft.sum(outcome, [target, Term(variance, sign=-1)])
    assert solve(draft.problem()).decisions[target].proof is RECONCILED


def test_an_empty_cell_of_another_line_is_no_place_to_move_to() -> None:
    assert proofs(solve(one_sum("10", "_", total="10"))) == [RECONCILED, UNCHECKED, RECONCILED]


# Codes.


def test_a_sum_by_code_says_nothing_of_lines_of_other_codes() -> None:
    draft = Draft()
    parts = [draft.row("100", code)[0] for code in ("1", "11", "")]
    draft.sum(draft.row("100")[0], [Term(part, when_code=1) for part in parts])
    outcome = solve(draft.problem())
    assert proofs(outcome) == [RECONCILED, UNCHECKED, UNCHECKED, RECONCILED]
    assert outcome.checks[0].ties == (3, 0)


# Checks.


def test_a_check_ties_the_total_and_the_parts_that_hold_a_figure() -> None:
    (check,) = solve(one_sum("30", "_", "40", total="70")).checks
    assert check.ties == (3, 0, 2)
    assert [check.expected, check.found, check.difference] == [70, 70, 0]
    assert (check.suspects, check.note) == ((), "")


def test_the_difference_is_found_less_expected() -> None:
    (check,) = solve(one_sum("30", "40", total="60")).checks
    assert check.difference == 10


def test_no_more_than_five_suspects_are_named_and_each_would_mend_the_sum() -> None:
    parts = [str(100 + number) for number in range(9)]
    (check,) = broken(solve(one_sum(*parts, total="999")))
    assert check.found is not None
    assert check.expected is not None
    assert len(check.suspects) == 5
    for suspect in check.suspects:
        printed = check.expected if suspect.figure == 9 else 100 + suspect.figure
        surplus = check.found - check.expected
        assert suspect.value == printed + surplus * (1 if suspect.figure == 9 else -1)


def test_a_suspect_that_is_taken_away_would_have_to_be_more() -> None:
    draft = Draft()
    target, achieved, variance = draft.row("100 80 (30)")
    draft.sum(variance, [Term(achieved), Term(target, sign=-1)])
    (check,) = broken(solve(draft.problem()))
    assert {(s.figure, s.value) for s in check.suspects} == {
        (target, Decimal(110)),
        (achieved, Decimal(70)),
        (variance, Decimal(-20)),
    }
