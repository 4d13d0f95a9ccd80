"""What a printed total allows its parts to come to."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from savings.arithmetic import Bounds, Choice, bounds
from savings.schema import How, Reading, Rounding, Term, Verdict
from tests.savings.builders import Draft, one_sum

EXACT, ROUND, CUT, EITHER, LOOSE = (
    Rounding.EXACT, Rounding.ROUND, Rounding.CUT, Rounding.EITHER, Rounding.LOOSE,
)  # fmt: skip
STEPS = st.sampled_from([10, 100, 1_000, 100_000])


def allows(total: int, step: int, rounding: Rounding, found: int, *, parts_step: int = 1) -> bool:
    """Whether a total printed to `step` allows its parts, printed to `parts_step`, to come to `found`."""
    return Decimal(found) in bounds(Decimal(total), Decimal(step), rounding, [Decimal(parts_step)])


def cut(value: int, step: int) -> int:
    return int((Decimal(value) / step).quantize(Decimal(1), ROUND_DOWN)) * step


def rounded(value: int, step: int) -> int:
    return int((Decimal(value) / step).quantize(Decimal(1), ROUND_HALF_UP)) * step


@pytest.mark.parametrize(
    ("rounding", "found", "allowed"),
    [
        (EXACT, 1_400, True), (EXACT, 1_401, False), (EXACT, 1_399, False),
        (ROUND, 1_350, True), (ROUND, 1_349, False), (ROUND, 1_450, True), (ROUND, 1_451, False),
        (CUT, 1_400, True), (CUT, 1_399, False), (CUT, 1_499, True), (CUT, 1_500, False),
        (EITHER, 1_350, True), (EITHER, 1_349, False), (EITHER, 1_499, True), (EITHER, 1_500, False),
        (LOOSE, 1_350, True), (LOOSE, 1_349, False), (LOOSE, 1_450, True), (LOOSE, 1_451, False),
    ],
)  # fmt: skip
def test_a_total_of_1400_printed_to_100(rounding: Rounding, found: int, allowed: bool) -> None:
    assert allows(1_400, 100, rounding, found) is allowed


@pytest.mark.parametrize(
    ("rounding", "found", "allowed"),
    [
        (EXACT, -1_400, True), (EXACT, 1_400, False),
        (ROUND, -1_450, True), (ROUND, -1_451, False), (ROUND, -1_350, True), (ROUND, -1_349, False),
        (CUT, -1_400, True), (CUT, -1_399, False), (CUT, -1_499, True), (CUT, -1_500, False),
        (EITHER, -1_499, True), (EITHER, -1_350, True), (EITHER, -1_500, False), (EITHER, -1_349, False),
    ],
)  # fmt: skip
def test_a_negative_total_is_cut_towards_zero(rounding: Rounding, found: int, allowed: bool) -> None:
    assert allows(-1_400, 100, rounding, found) is allowed


@pytest.mark.parametrize(
    ("rounding", "found", "allowed"),
    [(CUT, 99, True), (CUT, -99, True), (CUT, 100, False), (CUT, -100, False), (ROUND, 50, True), (ROUND, -50, True),
     (ROUND, 51, False), (ROUND, -51, False)],
)  # fmt: skip
def test_a_total_of_zero_may_come_from_either_side(rounding: Rounding, found: int, allowed: bool) -> None:
    assert allows(0, 100, rounding, found) is allowed


@pytest.mark.parametrize("rounding", [EXACT, ROUND, CUT, EITHER])
@pytest.mark.parametrize("parts_step", [100, 0])
def test_a_total_as_fine_as_its_parts_must_be_met(rounding: Rounding, parts_step: int) -> None:
    assert allows(1_400, 100, rounding, 1_400, parts_step=parts_step)
    assert not allows(1_400, 100, rounding, 1_401, parts_step=parts_step)
    assert not allows(1_400, 100, rounding, 1_399, parts_step=parts_step)


def test_loose_parts_and_total_may_each_be_half_a_step_off() -> None:
    steps = [Decimal(100)] * 3
    allowed = bounds(Decimal(1_400), Decimal(100), LOOSE, steps)
    assert allowed == Bounds(Decimal(1_200), Decimal(1_600))


def test_a_part_that_is_coarser_than_the_total_may_be_half_a_step_off() -> None:
    allowed = bounds(Decimal(1_234), Decimal(1), EITHER, [Decimal(1), Decimal(100)])
    assert allowed == Bounds(Decimal(1_184), Decimal(1_284))


@pytest.mark.parametrize("rounding", list(Rounding))
def test_a_nil_total_has_no_digit_to_be_rounded(rounding: Rounding) -> None:
    allowed = bounds(Decimal(0), Decimal(0), rounding, [Decimal(1)])
    assert allowed == Bounds(Decimal(0), Decimal(0))


@given(st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=6), STEPS)
def test_a_total_rounded_or_cut_from_its_parts_is_allowed(parts: list[int], step: int) -> None:
    found = sum(parts)
    assert allows(found, step, EXACT, found)
    assert allows(cut(found, step), step, CUT, found)
    assert allows(rounded(found, step), step, ROUND, found)
    assert allows(cut(found, step), step, EITHER, found)
    assert allows(rounded(found, step), step, EITHER, found)


@given(st.integers(-(10**7), 10**7), STEPS, st.sampled_from([1, -1]))
def test_a_total_one_step_off_is_not_allowed(found: int, step: int, off: int) -> None:
    assert not allows(found + off, 1, EXACT, found)
    assert not allows(cut(found, step) + off * step, step, CUT, found)
    # Half a step is rounded either way.
    assume(2 * found % step)
    assert not allows(rounded(found, step) + off * step, step, ROUND, found)


@given(st.lists(st.tuples(st.integers(0, 10**7), STEPS), min_size=1, max_size=6), STEPS)
def test_parts_and_total_that_were_each_rounded_on_their_own_are_allowed_where_loose(
    parts: list[tuple[int, int]], step: int
) -> None:
    printed = sum(rounded(part, own) for part, own in parts)
    total = rounded(sum(part for part, _ in parts), step)
    assert Decimal(printed) in bounds(Decimal(total), Decimal(step), LOOSE, [Decimal(own) for _, own in parts])


@given(st.lists(st.integers(0, 10**7), max_size=4), st.lists(st.tuples(st.integers(0, 10**7), STEPS), max_size=4))
def test_a_total_of_parts_some_of_which_were_rounded_is_allowed(fine: list[int], coarse: list[tuple[int, int]]) -> None:
    total = sum(fine) + sum(part for part, _ in coarse)
    printed = sum(fine) + sum(rounded(part, step) for part, step in coarse)
    steps = [Decimal(1) for _ in fine] + [Decimal(step) for _, step in coarse]
    assert Decimal(printed) in bounds(Decimal(total), Decimal(1), EITHER, steps)


@pytest.mark.parametrize(
    ("parts", "total", "verdict"),
    [
        (("30", "40"), "70", Verdict.HOLDS),
        (("30", "40"), "71", Verdict.BROKEN),
        (("30", "-"), "30", Verdict.HOLDS),
        (("30", "_"), "30", Verdict.HOLDS),
        (("30", "(40)"), "(10)", Verdict.HOLDS),
        (("£170k", "£1.25m"), "£1.4m", Verdict.HOLDS),
        (("_", "_"), "-", Verdict.HOLDS),
        (("_", "_"), "70", Verdict.NOT_CHECKABLE),
        (("30", "40"), "_", Verdict.NOT_CHECKABLE),
        (("30", "_"), "70", Verdict.BROKEN),
    ],
)  # fmt: skip
def test_a_sum_as_printed_holds_is_broken_or_cannot_be_checked(
    parts: tuple[str, ...], total: str, verdict: Verdict
) -> None:
    problem = one_sum(*parts, total=total)
    assert Choice(problem).verdict(problem.identities[0]) is verdict


def test_a_part_may_be_taken_away() -> None:
    draft = Draft()
    target, achieved, variance = draft.row("100 80 (20)")
    draft.sum(variance, [Term(achieved), Term(target, sign=-1)])
    problem = draft.problem()
    assert Choice(problem).verdict(problem.identities[0]) is Verdict.HOLDS


def test_only_parts_of_the_code_count() -> None:
    draft = Draft()
    parts = [draft.row("100", code)[0] for code in ("1", "1", "11", "")]
    draft.sum(draft.row("200")[0], [Term(part, when_code=1) for part in parts])
    problem = draft.problem()
    choice = Choice(problem)
    assert choice.found(problem.identities[0]) == 200
    assert [choice.counts(term) for term in problem.identities[0].parts] == [True, True, False, False]


def test_a_change_is_tried_on_a_copy() -> None:
    problem = one_sum("30", "40", total="71")
    choice = Choice(problem)
    other = Reading(Decimal(31), How.REPAIRED, step=Decimal(1))
    changed = choice.with_changes({0: other})
    assert changed.verdict(problem.identities[0]) is Verdict.HOLDS
    assert choice.satisfied_with(problem.identities[0], {0: other})
    assert choice.verdict(problem.identities[0]) is Verdict.BROKEN
