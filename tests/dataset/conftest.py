"""A finished run over a few papers of the corpus, in every form."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.dataset.forms import FORMS, write_forms
from pipeline.dataset.package import Origin
from pipeline.dataset.run import FinishedRun, open_run
from tests.pipeline.conftest import run_savings

CORPUS = Path(__file__).parents[2] / "corpus"
# A paper that contradicts itself, two that speak of the same years, percentages, and lines over three years.
CASES = (
    "herefordshire/aes-outturn-2007-08",
    "herefordshire/aes-forward-look-2007-08",
    "leicestershire/ni179-2009",
    "kent/budget-2026-29",
)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the run."""
    out = tmp_path_factory.mktemp("dataset") / "out"
    papers = [pdf for case in CASES for pdf in (CORPUS / case).glob("*.pdf")]
    assert run_savings(papers, out).status == 0
    write_forms(open_run(out), out, FORMS, Origin("1.2.3", {"kent/budget-savings": "abc"}))
    return out


@pytest.fixture(scope="session")
def finished(run_folder: Path) -> FinishedRun:
    """The run, opened."""
    return open_run(run_folder)
