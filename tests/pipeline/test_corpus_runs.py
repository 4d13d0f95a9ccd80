"""Every case of the corpus is read by the command as a user runs it."""

from __future__ import annotations

from pathlib import Path

from tests.pipeline.conftest import run_savings

CORPUS = Path(__file__).parents[2] / "corpus"


def test_every_case_gives_figures(tmp_path: Path) -> None:
    papers = {path.name for path in CORPUS.glob("*/*/*.pdf")}
    ran = run_savings([CORPUS], tmp_path / "out", jobs=2)
    assert ran.status == 0, ran.stderr
    assert papers
    assert set(ran.statuses) == papers
    assert {row["document"] for row in ran.rows("figures.csv")} == papers
    assert "Traceback" not in ran.stderr
