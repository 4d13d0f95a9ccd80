"""Cases drafted with their own rules taken away: what the benchmark counts, and that nothing is silent."""

from __future__ import annotations

import pytest

from benchmarks.draft import Score, compare, measure
from corpus.folders import CORPUS

# A budget with growth among its savings, a monitoring report, a statement with a summary, and one over several years.
CASES = [
    "aldermere/mtfs-2013-16",
    "brackenshire/savings-monitoring-2013-q1",
    "herefordshire/aes-outturn-2008-09",
    "kent/budget-2026-29",
]


@pytest.mark.parametrize("case", CASES)
def test_a_case_comes_out_right_without_its_own_rule(case: str) -> None:
    score = measure(CORPUS / case, forms=False, show=0)
    assert score.wrong_silent == 0
    assert score.right >= 0.95 * score.wanted


def row(**other: str) -> dict[str, str]:
    """A figure as the benchmark compares it."""
    same = {"page": "1", "year": "2007/08", "measure": "target", "kind": "total", "recurrence": "", "unit": "GBP"}
    line = {"level": "item", "aes_code": "", "detail": "Buses", "partner": "", "part": "", "proof": "unchecked"}
    return same | line | {"value": "1000"} | other


def test_figures_are_right_mislabelled_missing_marked_or_silently_wrong() -> None:
    wanted = [row(), row(detail="Post", value="20"), row(detail="Fuel", value="30"), row(detail="Rent", value="40")]
    found = [
        row(),
        row(detail="Postage", value="20.0"),
        row(detail="Fuel", value="31", proof="ambiguous"),
        row(detail="Rent", value="40", measure="achieved"),
    ]
    score = Score("made up")
    compare(score, wanted, found, show=0)
    counts = (score.right, score.labels, score.missing, score.wrong_marked, score.wrong_silent)
    assert counts == (1, 1, 2, 1, 1)
