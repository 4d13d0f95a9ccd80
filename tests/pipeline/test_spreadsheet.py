"""No text of a paper runs as a formula in a spreadsheet, and no number is harmed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dataset.codebook import FIGURES
from pipeline.dataset.run import open_run
from pipeline.records import plain_value
from pipeline.spreadsheet import guarded, restored
from tests.pipeline.conftest import GOOD, Ran

FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1+1", "\n=1+1",
    '=HYPERLINK("http://example.org","x")', "-A1", "+A1", "-1-1+A2", "'=1+1", "＝1+1", "-o.txt", "- Buses",
]  # fmt: skip
HARMLESS = ["-", "--", "- -", "-5", "-1,234.50", "+5", "-£5k", "- £2.4m", "-5%", "£5", "5-", "(5)", "1 = 2", "", "'s"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_a_text(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert restored(guarded(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_amounts_dashes_and_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == restored(text) == text


@given(st.text(st.sampled_from("=+-@'\t\r\n＝ 1a,.£k("), max_size=6))
def test_every_text_comes_back(text: str) -> None:
    assert restored(guarded(text)) == text
    assert not guarded(text).startswith(("=", "@", "\t", "\r", "\n"))


def test_a_carriage_return_before_a_formula_is_no_way_round() -> None:
    assert plain_value("\r=1+1") == "'\\r=1+1"


def test_all_files_are_guarded_and_read_back(
    savings: Callable[..., Ran], paper: Callable[..., Path], tmp_path: Path
) -> None:
    evil = "=HYPERLINK(A1)"
    ran = savings(paper("=evil.txt", GOOD.replace("Buses", evil)))
    (figure, *_) = ran.rows("figures.csv")
    assert (figure["detail"], figure["document"]) == (f"'{evil}", "'=evil.txt")
    for path in ran.out.rglob("*.csv"):
        with path.open(newline="", encoding="utf-8") as handle:
            cells = [cell for row in csv.reader(handle) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r"))], path
    (first, *_) = open_run(ran.out).rows(FIGURES)
    assert (first["detail"], first["document"]) == (evil, "=evil.txt")
