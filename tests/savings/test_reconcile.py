"""The reconciler: the sums decide, and where they do not, it says so and touches nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from savings.free import Damage
from savings.reconcile import Limits, reconcile
from savings.schema import (
    CodeDecision,
    Figure,
    How,
    Line,
    Outcome,
    Problem,
    Proof,
    Reading,
    Rearrangement,
    Rounding,
    Term,
    Verdict,
)
from tests.savings.builders import (
    EMPTY,
    SLIPS,
    Draft,
    broken,
    one_sum,
    proofs,
    repaired,
    solve,
    table,
    totalled,
    values,
    verdicts,
)

RECONCILED, UNCHECKED, CONTRADICTED, AMBIGUOUS = (
    Proof.RECONCILED, Proof.UNCHECKED, Proof.CONTRADICTED, Proof.AMBIGUOUS,
)  # fmt: skip


def printed(value: int, bundle: str = "") -> Reading:
    return Reading(Decimal(value), How.PRINTED, 0, "", Decimal(1), bundle)


def guess(value: int, cost: int = 2, bundle: str = "") -> Reading:
    return Reading(Decimal(value), How.REPAIRED, cost, "a guess", Decimal(1), bundle)


def code(outcome: Outcome, line: int) -> CodeDecision:
    return next(decision for decision in outcome.codes if decision.line == line)


# Forced: the sums leave one choice.


@pytest.mark.parametrize(
    ("problem", "taken"),
    [
        pytest.param(one_sum("1", "30", total="30"), [0, 30, 30], id="a lone 1 is a dash"),
        pytest.param(one_sum("1", "30", total="31"), [1, 30, 31], id="a lone 1 is a one"),
        pytest.param(one_sum("ı", "30", total="30"), [0, 30, 30], id="a lone stroke is a dash"),
        pytest.param(one_sum("1", "1", "30", total="31"), [None, None, 30, 31], id="one of two lone 1s is a dash"),
        pytest.param(one_sum("1O5", "30", total="135"), [105, 30, 135], id="a letter for a digit"),
        pytest.param(one_sum("11,,223344", "6", total="1,240"), [1234, 6, 1240], id="bold"),
        pytest.param(one_sum("NII", "30", total="30"), [0, 30, 30], id="a damaged nil"),
        pytest.param(one_sum("-", "Nil", total="-"), [0, 0, 0], id="nothing but nils"),
        pytest.param(one_sum("(30", "50", total="20"), [-30, 50, 20], id="a lost bracket"),
    ],
)
def test_the_reading_under_which_the_sum_holds_is_taken(problem: Problem, taken: list[int | None]) -> None:
    outcome = solve(problem)
    assert verdicts(outcome) == [Verdict.HOLDS]
    found = values(outcome)
    assert [f for f, t in zip(found, taken, strict=True) if t is not None] == [t for t in taken if t is not None]


def test_a_forced_choice_is_reconciled_and_says_what_was_done_and_why() -> None:
    decision = solve(one_sum("1O5", "30", total="135")).decisions[0]
    assert (decision.reading.how, decision.proof, decision.others) == (How.REPAIRED, RECONCILED, ())
    assert "letters" in decision.reading.reason


def test_a_mark_taken_for_a_nil_is_not_proved_since_no_sum_tells_nil_from_nothing() -> None:
    decision = solve(one_sum("1", "30", total="30")).decisions[0]
    assert decision.reading.how is How.REPAIRED
    assert decision.reading.value == 0
    assert decision.proof is not RECONCILED
    assert "dash" in decision.reading.reason


def test_a_paper_that_adds_up_is_taken_as_printed() -> None:
    outcome = solve(table("1 20 21", "11 6 17", "12 26 38"))
    assert values(outcome) == [1, 20, 21, 11, 6, 17, 12, 26, 38]
    assert set(proofs(outcome)) == {RECONCILED}
    assert repaired(outcome) == []
    assert outcome.complete


# Free: nothing decides.


def test_without_sums_every_figure_is_as_printed_and_unchecked() -> None:
    draft = Draft()
    draft.row("150 - (20)")
    outcome = solve(draft.problem())
    assert values(outcome) == [150, 0, -20]
    assert set(proofs(outcome)) == {UNCHECKED}


def test_no_figures_give_no_decisions() -> None:
    outcome = solve(Draft().problem())
    assert (outcome.decisions, outcome.codes, outcome.checks, outcome.complete) == ((), (), (), True)


def test_readings_as_likely_that_no_sum_tells_apart_are_ambiguous_and_both_listed() -> None:
    draft = Draft()
    draft.figure("1")
    (decision,) = solve(draft.problem()).decisions
    assert decision.proof is AMBIGUOUS
    assert {decision.reading.value, *(r.value for r in decision.others)} == {0, 1}


def test_which_of_two_alike_cells_is_the_damaged_one_is_not_made_up() -> None:
    outcome = solve(one_sum("1", "1", "30", total="31"))
    ones = outcome.decisions[:2]
    assert [d.proof for d in ones] == [AMBIGUOUS, AMBIGUOUS]
    assert sorted(str(d.reading.value) for d in ones) == ["0", "1"]
    for decision in ones:
        assert {decision.reading.value, *(r.value for r in decision.others)} == {0, 1}


def test_slips_that_mend_all_sums_as_well_are_a_tie_and_both_are_listed() -> None:
    """Both cells of either diagonal may have been misread by 20."""
    decisions = solve(table("70 60 110", "60 70 110", "110 110 220")).decisions
    for item, alternatives in ((0, {70, 50}), (1, {60, 40}), (3, {60, 40}), (4, {70, 50})):
        decision = decisions[item]
        assert decision.proof is AMBIGUOUS
        assert {decision.reading.value, *(r.value for r in decision.others)} == alternatives
    assert [d.proof for d in decisions if d.figure in {2, 5, 6, 7, 8}] == [RECONCILED] * 5


def test_two_totals_of_the_same_lines_cannot_tell_which_line_is_wrong() -> None:
    draft = Draft()
    one, other, total, again = draft.row("10 20 50 50")
    draft.sum(total, [one, other])
    draft.sum(again, [one, other])
    outcome = solve(draft.problem())
    assert set(proofs(outcome)[:2]) <= {AMBIGUOUS, CONTRADICTED}


# Contradicted: nothing is changed, and what is wrong is named.


@pytest.mark.parametrize(
    ("parts", "total", "found"),
    [
        (("30", "40"), "80", 70),
        (("77", "38"), "255", 115),
        (("180", "80"), "220", 260),
        (("38", "40"), "73", 78),
        (("(30)", "40"), "70", 10),
        (("1", "40"), "80", 41),
    ],
)
def test_one_sum_never_rewrites_a_printed_digit(parts: tuple[str, ...], total: str, found: int) -> None:
    problem = one_sum(*parts, total=total)
    outcome = solve(problem)
    assert values(outcome) == [figure.readings[0].value for figure in problem.figures]
    assert repaired(outcome) == []
    assert set(proofs(outcome)) == {CONTRADICTED}
    (check,) = outcome.checks
    assert check.verdict is Verdict.BROKEN
    assert [check.found, check.expected, check.difference] == [found, int(total), found - int(total)]
    assert check.ties == (len(parts), *range(len(parts)))


def test_a_broken_sum_names_the_figures_that_would_mend_it_the_likely_one_first() -> None:
    (check,) = broken(solve(one_sum("38", "40", total="73")))
    first, *others = check.suspects
    assert (first.figure, first.value) == (0, Decimal(33))
    assert "8" in first.reason
    assert [s.cost for s in check.suspects] == sorted(s.cost for s in check.suspects)
    assert {(s.figure, s.value) for s in others} == {(1, Decimal(35)), (2, Decimal(78))}


def test_a_suspect_that_would_break_another_sum_comes_after_one_that_would_not() -> None:
    draft = Draft()
    shared, alone, total, same = draft.row("38 40 73 38")
    draft.sum(total, [shared, alone])
    draft.sum(same, [shared])
    (check,) = broken(solve(draft.problem()))
    assert [s.figure for s in check.suspects].index(alone) < [s.figure for s in check.suspects].index(shared)


def test_a_sum_that_is_broken_blames_no_figure_of_another_sum() -> None:
    draft = Draft()
    for row in ("30 40 80", "5 6 11"):
        *parts, total = draft.row(row)
        draft.sum(total, parts)
    outcome = solve(draft.problem())
    assert proofs(outcome) == [CONTRADICTED] * 3 + [RECONCILED] * 3


def test_a_paper_whose_faults_cancel_out_is_left_as_it_is() -> None:
    """Two block totals are wrong by the same amount, so the grand total holds: no single slip explains that."""
    draft = Draft()
    lines = [draft.row(text)[0] for text in ("77", "38", "180", "80", "500")]
    blocks = [draft.row(text)[0] for text in ("255", "120", "500")]
    grand = draft.row("875")[0]
    for block, parts in zip(blocks, (lines[:2], lines[2:4], lines[4:]), strict=True):
        draft.sum(block, parts)
    draft.sum(grand, blocks)
    draft.sum(grand, lines)
    outcome = solve(draft.problem())
    assert values(outcome) == [77, 38, 180, 80, 500, 255, 120, 500, 875]
    assert repaired(outcome) == []
    assert [(check.identity.id, check.difference) for check in broken(outcome)] == [
        (0, Decimal(-140)),
        (1, Decimal(140)),
    ]
    assert proofs(outcome)[4] is RECONCILED


@pytest.mark.parametrize(
    ("parts", "total", "note"), [(("30", "40"), "_", "total is not printed"), (("_", "_"), "70", "no part is printed")]
)
def test_a_sum_that_cannot_be_checked_says_why(parts: tuple[str, ...], total: str, note: str) -> None:
    outcome = solve(one_sum(*parts, total=total))
    (check,) = outcome.checks
    assert check.verdict is Verdict.NOT_CHECKABLE
    assert note in check.note
    assert check.difference is None or total != "_"
    assert RECONCILED not in proofs(outcome)


# Two sums: a misread digit is restored.


@pytest.mark.parametrize(
    ("rows", "damaged", "right"),
    [
        pytest.param(("16 20 30", "5 6 11", "15 26 41"), 0, 10, id="a digit misread"),
        pytest.param(("10 20 30", "5 6 17", "15 26 41"), 5, 11, id="in the total of a row"),
        pytest.param(("10 20 30", "5 6 11", "15 28 41"), 7, 26, id="in the total of a column"),
        pytest.param(("10 20 30", "5 6 11", "15 26 47"), 8, 41, id="in the grand total"),
        pytest.param(("10 20 30", "5 6 11", "15 26 4"), 8, 41, id="a digit lost"),
        pytest.param(("10 200 30", "5 6 11", "15 26 41"), 1, 20, id="a digit doubled"),
        pytest.param(("10 20 30", "5 6 11", "51 26 41"), 6, 15, id="two digits swapped"),
        pytest.param(("10 20 30", "5 (6) 11", "15 26 41"), 4, 6, id="a sign made up"),
        pytest.param(("10 20 30", "5 6 (1)", "15 14 29"), 4, -6, id="brackets lost"),
    ],
)
def test_two_sums_restore_a_misread_figure(rows: tuple[str, ...], damaged: int, right: int) -> None:
    problem = table(*rows)
    outcome = solve(problem)
    decision = outcome.decisions[damaged]
    assert (decision.reading.value, decision.reading.how, decision.proof) == (Decimal(right), How.REPAIRED, RECONCILED)
    assert decision.reading.reason
    assert repaired(outcome) == [damaged]
    assert set(verdicts(outcome)) == {Verdict.HOLDS}
    assert problem.figures[damaged].readings[0].value != right, "what was given stays as it was"


def test_without_misreadings_to_choose_from_nothing_is_rewritten() -> None:
    problem = table("16 20 30", "5 6 11", "15 26 41")
    outcome = reconcile(problem)
    assert values(outcome) == [16, 20, 30, 5, 6, 11, 15, 26, 41]
    assert outcome.decisions[0].proof is CONTRADICTED


def test_misreadings_are_asked_for_only_where_sums_fail() -> None:
    asked: list[int] = []

    def misreadings(figure: Figure) -> tuple[Reading, ...]:
        asked.append(figure.id)
        return ()

    reconcile(table("1 20 21", "11 6 17", "12 26 38"), Damage(misreadings))
    assert asked == []
    reconcile(table("1 20 21", "16 6 17", "12 26 38"), Damage(misreadings))
    assert 3 in asked


def test_two_misread_figures_in_different_rows_and_columns_are_both_restored() -> None:
    outcome = solve(table("18 20 30", "5 8 11", "15 26 41"))
    assert values(outcome) == [10, 20, 30, 5, 6, 11, 15, 26, 41]
    assert repaired(outcome) == [0, 4]


def test_no_repair_breaks_a_sum_that_holds() -> None:
    """10 and 20 were perhaps misread as 16 and 14, but as printed they come to their own total."""
    draft = Draft()
    one, other, both = draft.row("16 14 30")
    draft.sum(both, [one, other])
    for cell, more, total in ((one, "5", "15"), (one, "6", "16"), (one, "7", "17"), (other, "8", "28")):
        part = draft.row(more)[0]
        draft.sum(draft.row(total)[0], [cell, part])
    outcome = solve(draft.problem())
    assert values(outcome)[:3] == [16, 14, 30]
    assert repaired(outcome) == []
    assert outcome.checks[0].verdict is Verdict.HOLDS
    assert len(broken(outcome)) == 4


# Several cells of a line at once.


def moved(source: int, target: int, amount: int) -> Damage:
    """The amount of one cell may belong into another one of its line."""
    changes = {source: EMPTY, target: printed(amount)}

    def rearrangements(line: Line) -> tuple[Rearrangement, ...]:
        return (Rearrangement(changes, 14, "the cell stands one column off"),) if line.id == 0 else ()

    return Damage(rearrangements=rearrangements)


def test_a_cell_is_moved_where_two_sums_ask_for_it() -> None:
    outcome = reconcile(table("10 _ 10", "5 6 11", "5 16 21"), moved(0, 1, 10))
    assert values(outcome) == [None, 10, 10, 5, 6, 11, 5, 16, 21]
    assert outcome.decisions[1].proof is RECONCILED
    assert outcome.decisions[1].reading.reason == "the cell stands one column off"
    assert set(verdicts(outcome)) == {Verdict.HOLDS}


def test_a_cell_is_not_moved_where_no_more_sums_would_hold() -> None:
    outcome = reconcile(table("10 _ 10", "5 6 11", "15 16 21"), moved(0, 1, 10))
    assert values(outcome)[:3] == [10, None, 10]


def test_a_cell_is_not_moved_where_all_sums_hold() -> None:
    outcome = reconcile(table("10 _ 10", "5 6 11", "15 6 21"), moved(0, 1, 10))
    assert values(outcome)[:3] == [10, None, 10]
    assert repaired(outcome) == []


# Empty cells.


def test_an_empty_cell_is_filled_where_two_sums_ask_for_the_same_amount() -> None:
    outcome = solve(table("10 20 30", "5 _ 11", "15 26 41"))
    decision = outcome.decisions[4]
    assert (decision.reading.value, decision.reading.how, decision.proof) == (Decimal(6), How.INFERRED, RECONCILED)
    assert "empty" in decision.reading.reason
    assert repaired(outcome) == [4]


@pytest.mark.parametrize(
    "problem",
    [
        pytest.param(one_sum("5", "_", total="11"), id="one sum asks"),
        pytest.param(table("10 20 30", "5 _ 11", "15 20 41"), id="two sums disagree"),
        pytest.param(table("10 20 30", "5 _ 5", "15 20 35"), id="no sum asks"),
    ],
)
def test_an_empty_cell_stays_empty_without_two_sums_that_agree(problem: Problem) -> None:
    outcome = solve(problem)
    assert values(outcome) == [figure.readings[0].value for figure in problem.figures]
    assert repaired(outcome) == []


# Codes.


def by_code(blocks: dict[int, str], *lines: tuple[str, str]) -> Problem:
    """Lines of (code, amounts) and, for each block, a line of what the summary prints for it, amount by amount."""
    draft = Draft()
    rows = [draft.row(amounts, printed_code) for printed_code, amounts in lines]
    for block, totals in blocks.items():
        for column, total in enumerate(draft.row(totals)):
            draft.sum(total, [Term(row[column], when_code=block) for row in rows])
    return draft.problem()


def test_the_sums_by_code_say_that_1_1_is_1() -> None:
    outcome = solve(by_code({1: "266", 11: "50"}, ("1 1", "100"), ("1", "166"), ("11", "50")))
    decision = code(outcome, 0)
    assert (decision.reading.code, decision.reading.how, decision.others) == (1, How.REPAIRED, ())
    assert set(verdicts(outcome)) == {Verdict.HOLDS}
    assert set(proofs(outcome)) == {RECONCILED}


def test_the_sums_by_code_say_that_1_1_is_11() -> None:
    outcome = solve(by_code({1: "166", 11: "150"}, ("1 1", "100"), ("1", "166"), ("11", "50")))
    decision = code(outcome, 0)
    assert (decision.reading.code, decision.others) == (11, ())
    assert set(verdicts(outcome)) == {Verdict.HOLDS}


def test_lines_without_a_code_get_the_one_that_the_sums_ask_for() -> None:
    outcome = solve(by_code({10: "182 200", 11: "50 60"}, ("", "77 90"), ("", "105 110"), ("11", "50 60")))
    assert [code(outcome, line).reading.code for line in (0, 1, 2)] == [10, 10, 11]
    assert [code(outcome, line).reading.how for line in (0, 1, 2)] == [How.INFERRED, How.INFERRED, How.PRINTED]
    assert set(proofs(outcome)) == {RECONCILED}


def test_a_line_without_a_code_stays_without_where_no_sum_asks() -> None:
    outcome = solve(by_code({11: "50"}, ("", "77"), ("11", "50")))
    assert code(outcome, 0).reading.code is None


def test_a_printed_code_is_not_changed_to_mend_a_sum() -> None:
    outcome = solve(by_code({1: "150", 11: "50"}, ("1", "100"), ("11", "50"), ("11", "50")))
    assert [code(outcome, line).reading.code for line in range(3)] == [1, 11, 11]
    assert len(broken(outcome)) == 2


def test_a_mark_that_no_sum_decides_is_read_like_the_same_mark_elsewhere() -> None:
    """The nil of the second "1 1" would do in either block; the first can only be 11."""
    problem = by_code({1: "166", 11: "150"}, ("1 1", "100"), ("1 1", "-"), ("1", "166"), ("11", "50"))
    outcome = solve(problem)
    assert [code(outcome, line).reading.code for line in (0, 1)] == [11, 11]
    assert code(outcome, 1).others == ()
    assert "wherever" in code(outcome, 1).reading.reason


def test_the_same_mark_in_another_table_says_nothing() -> None:
    draft = Draft()
    first = draft.row("100", "1 1")[0]
    draft.sum(draft.row("100")[0], [Term(first, when_code=11)])
    draft.line("1 1", table="annex")
    other = draft.figure("-")
    draft.sum(draft.row("-")[0], [Term(other, when_code=1)])
    outcome = solve(draft.problem())
    assert code(outcome, 0).reading.code == 11
    assert "wherever" not in code(outcome, 2).reading.reason


# Bundles.


def swapped(first_total: str, second_total: str) -> Problem:
    """Two cells of 10 and 20 that may have been swapped, and what each is to come to."""
    draft = Draft()
    one = draft.figure("10", readings=(printed(10), guess(20, bundle="swap")))
    other = draft.figure("20", readings=(printed(20), guess(10, bundle="swap")))
    draft.sum(draft.figure(first_total), [one])
    draft.sum(draft.figure(second_total), [other])
    return draft.problem()


def test_readings_of_a_bundle_are_taken_together() -> None:
    outcome = reconcile(swapped("20", "10"))
    assert values(outcome)[:2] == [20, 10]
    assert set(proofs(outcome)) == {RECONCILED}


@pytest.mark.parametrize(("first", "second"), [("20", "20"), ("10", "10"), ("10", "20")])
def test_or_not_at_all(first: str, second: str) -> None:
    assert values(reconcile(swapped(first, second)))[:2] == [10, 20]


def test_a_bundle_is_paid_for_once() -> None:
    """Seven cells of one bundle at 2 each would cost more than the one sum that asks for them."""
    draft = Draft()
    cells = [draft.figure("10", readings=(printed(10), guess(20, bundle="scale"))) for _ in range(7)]
    draft.sum(draft.figure("140"), cells)
    assert values(reconcile(draft.problem()))[:7] == [20] * 7


# Rounding.


@pytest.mark.parametrize(
    ("rounding", "total", "holds"),
    [
        (Rounding.CUT, "£1.4m", True),
        (Rounding.CUT, "£1.5m", False),
        (Rounding.ROUND, "£1.4m", False),
        (Rounding.ROUND, "£1.5m", True),
        (Rounding.EITHER, "£1.4m", True),
        (Rounding.EITHER, "£1.5m", True),
        (Rounding.EXACT, "£1.5m", False),
        (Rounding.EXACT, "£1,460k", True),
    ],
)
def test_a_total_is_cut_or_rounded_as_the_layout_says(rounding: Rounding, total: str, holds: bool) -> None:
    outcome = solve(one_sum("£170k", "£1,290k", total=total, rounding=rounding))
    assert verdicts(outcome) == [Verdict.HOLDS if holds else Verdict.BROKEN]
    assert repaired(outcome) == []


# Whatever the paper.


@pytest.mark.parametrize(
    "problem",
    [
        table("16 20 30", "5 6 11", "15 26 41"),
        table("30 40 80", "5 6 12", "35 46 81"),
        one_sum("1", "1", "30", total="31"),
        by_code({1: "166", 11: "150"}, ("1 1", "100"), ("1 1", "-"), ("1", "166"), ("11", "50")),
        swapped("20", "20"),
    ],
)
def test_the_same_paper_gives_the_same_answer(problem: Problem) -> None:
    assert solve(problem) == solve(problem)


def test_a_part_that_could_not_be_solved_in_time_is_marked_and_not_guessed() -> None:
    problem = table("16 20 30", "5 6 11", "15 26 41")
    outcome = reconcile(problem, SLIPS, Limits(effort=0))
    assert not outcome.complete
    assert values(outcome) == [figure.readings[0].value for figure in problem.figures]
    assert RECONCILED not in [d.proof for d in outcome.decisions if d.figure == 0]


AMOUNTS = st.integers(0, 3_000)
ITEMS = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(AMOUNTS, min_size=width, max_size=width), min_size=1, max_size=4)
)


def as_table(rows: list[list[int]]) -> Problem:
    return table(*(" ".join(f"{amount:,}" for amount in row) for row in rows))


@settings(max_examples=50)
@given(ITEMS)
def test_an_undamaged_table_is_taken_as_printed(items: list[list[int]]) -> None:
    rows = totalled(items)
    outcome = solve(as_table(rows))
    assert values(outcome) == [amount for row in rows for amount in row]
    assert repaired(outcome) == []
    assert set(proofs(outcome)) == {RECONCILED}


@settings(max_examples=50)
@given(ITEMS, st.data())
def test_a_misread_digit_is_restored_or_marked_and_never_silently_wrong(
    items: list[list[int]], data: st.DataObject
) -> None:
    rows = totalled(items)
    right = [amount for row in rows for amount in row]
    damaged = data.draw(st.integers(0, len(right) - 1))
    digits = str(right[damaged])
    place = data.draw(st.integers(0, len(digits) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    wrong = [list(row) for row in rows]
    wrong[damaged // len(rows[0])][damaged % len(rows[0])] = int(digits[:place] + digit + digits[place + 1 :])
    outcome = solve(as_table(wrong))
    for decision, amount in zip(outcome.decisions, right, strict=True):
        if decision.reading.value != amount:
            assert decision.proof in {CONTRADICTED, AMBIGUOUS}
    assert outcome.decisions[damaged].reading.how is How.REPAIRED or outcome.decisions[damaged].proof is not RECONCILED
