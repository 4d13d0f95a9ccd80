"""`import savings`: papers and runs as pandas frames."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import savings
from pipeline.dataset.codebook import FIGURES
from pipeline.dataset.run import NoRun
from tests.dataset.conftest import CORPUS

KENT = CORPUS / "kent/budget-2026-29/kent-budget-2026-29.pdf"


def test_a_paper_gives_typed_frames() -> None:
    paper = savings.read(KENT)
    assert paper.status == "ok"
    total = paper.figures.query("detail == 'TOTAL' and year == '2026/27'")
    assert total["value"].to_list() == [10888500.0]
    assert list(paper.figures["proof"].cat.categories) == ["reconciled", "unchecked", "contradicted", "ambiguous"]
    assert paper.lines["target_total_2026_27"].sum() == paper.figures.query("year == '2026/27'")["value"].sum()
    assert paper.tables[0].attrs["name"] == "savings"
    assert set(paper.checks["verdict"]) == {"holds"}


def test_exact_amounts_are_decimals() -> None:
    paper = savings.read(KENT)
    assert all(isinstance(value, Decimal) for value in paper.frame(FIGURES, exact=True)["value"])


def test_what_is_wrong_with_a_paper_is_said(tmp_path: Path) -> None:
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.4 cut off")
    paper = savings.read(tmp_path / "cut.pdf")
    assert paper.status == "damaged"
    assert "cannot be opened" in paper.error
    assert paper.figures.empty


def test_a_folder_gives_one_result_a_paper(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 cut off")
    (tmp_path / "b.pdf").write_bytes(KENT.read_bytes())
    papers = [(paper.document, paper.status, len(paper.figures)) for paper in savings.read_folder(tmp_path, jobs=1)]
    assert papers == [("a.pdf", "damaged", 0), ("b.pdf", "ok", 96)]


def test_a_finished_run_is_opened(run_folder: Path) -> None:
    run = savings.open(run_folder)
    assert len(run.papers) == 4
    assert run.repairs["how"].isin(["repaired", "inferred", "printed"]).all()
    with pytest.raises(NoRun):
        savings.open(run_folder / "tables")


def test_the_package_shows_its_doors() -> None:
    assert {"read", "read_folder", "open"} <= set(dir(savings))
    with pytest.raises(AttributeError, match="no attribute 'write'"):
        _ = savings.write  # type: ignore[attr-defined]
