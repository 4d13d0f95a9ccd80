"""Sums in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from normalise.claims import read_claim


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.65% performance improvement x £22.8m Children's Directorate budget", "832200"),
        ("£5,722,676 spend on contracts x 2.5% saving =£143,067", "143067"),
        ("0.75% increase in exam results x £1.282m spend on school improvement = £9,614", "9614"),
        ("Improvement by 0.21 days. 600 staff x £106 pp =£13,700", "13700"),
        ("2% of the price x £40k", "800"),
    ],
)
def test_an_amount_that_a_comment_works_out(text: str, value: str) -> None:
    claim = read_claim(text)
    assert claim is not None
    assert claim.value == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "40% subsidy on overpayments",
        "Built into budget.",
        "A movement from 62.28% from 59.19%. 47p transaction saving.",
        "No inflation on spot purchasing on spend of £1.5m",
        "Waste reduced by 5769 tonnes, £100-200 per tonne saving",
        "3 x 4 visits",
    ],
)
def test_what_works_out_nothing_is_no_claim(text: str) -> None:
    assert read_claim(text) is None
