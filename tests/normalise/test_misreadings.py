"""What an amount may have been before one slip damaged it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from normalise.misreadings import misread
from normalise.numbers import Amount, read_amount


def originals(text: str) -> dict[str, int]:
    """What a printed amount may have been, and at what price."""
    return {str(amount.number): cost for amount, cost, _ in misread(read_amount(text)[0])}


@st.composite
def slips(draw: st.DrawFn) -> tuple[Decimal, Decimal, Decimal]:
    """An amount, what it was printed as after one slip, and the step it is printed with."""
    right = str(draw(st.integers(0, 10**8)))
    place = draw(st.integers(0, len(right) - 1))
    wrong = draw(
        st.sampled_from(
            [
                right[:place] + draw(st.sampled_from("0123456789")) + right[place + 1 :],
                right[:place] + right[place + 1 :],
                right[:place] + right[place] + right[place:],
                right[:place] + right[place : place + 2][::-1] + right[place + 2 :],
            ]
        )
    )
    # A nought in front is not printed, so a slip that makes one there does not look like a single slip.
    assume(wrong and wrong != right and str(int(wrong)) == wrong)
    # Nor is the sign of a nought.
    decimals, sign = draw(st.integers(0, 2)), draw(st.sampled_from([1, -1])) if wrong != "0" else 1
    step = Decimal(1).scaleb(-decimals)
    return sign * int(right) * step, sign * int(wrong) * step, step


@given(slips())
def test_a_digit_replaced_lost_doubled_or_swapped_is_thought_of(slip: tuple[Decimal, Decimal, Decimal]) -> None:
    right, wrong, step = slip
    found = [amount.number for amount, _, _ in misread(Amount(wrong, step))]
    assert right in found
    assert wrong not in found
    assert len(set(found)) == len(found)


@given(st.integers(-(10**8), 10**8), st.integers(0, 2))
def test_a_slip_costs_more_than_one_sum_and_less_than_two(number: int, decimals: int) -> None:
    step = Decimal(1).scaleb(-decimals)
    found = misread(Amount(number * step, step, factor=1_000, currency=True))
    costs = [cost for _, cost, _ in found]
    assert all(10 < cost < 20 for cost in costs)
    assert costs == sorted(costs)
    for amount, _, reason in found:
        assert reason
        assert (amount.step, amount.factor, amount.currency, amount.how) == (step, 1_000, True, "repaired")


@pytest.mark.parametrize(
    ("printed", "likelier", "less_likely"),
    [
        ("38", "33", "32"),  # 3 and 8 look alike, 2 and 8 do not
        ("17", "77", "57"),
        ("1223", "123", "12234"),  # printed twice before lost
        ("21", "12", "91"),  # swapped before misread
        ("150", "-150", "152"),  # a lost minus before a misread digit
    ],
)
def test_slips_that_happen_more_often_cost_less(printed: str, likelier: str, less_likely: str) -> None:
    found = originals(printed)
    assert found[likelier] < found[less_likely]


def test_a_lost_minus_or_bracket_is_thought_of_both_ways() -> None:
    assert "-150" in originals("150")
    assert "150" in originals("(150)")


@pytest.mark.parametrize("nil", ["-", "Nil", "NII"])
def test_a_nil_has_no_digit_to_misread(nil: str) -> None:
    assert misread(read_amount(nil)[0]) == ()
