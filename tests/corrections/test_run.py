"""Decisions in a run: applied, cached for their paper alone, reported when they no longer fit; and their command."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.command import main
from pipeline.corrections.files import add
from pipeline.corrections.model import Answer, Correction
from tests.pipeline.conftest import Ran, run_savings

CORPUS = Path(__file__).parents[2] / "corpus"
OUTTURN = CORPUS / "herefordshire/aes-outturn-2007-08/herefordshire-aes-outturn-2007-08.pdf"
OTHER = CORPUS / "leicestershire/ni179-2009/leicestershire-ni179-2009.pdf"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    for paper in (OUTTURN, OTHER):
        shutil.copy(paper, folder)
    return folder


def decision(ran: Ran, answer: Answer, value: str = "", **texts: object) -> Correction:
    """A decision on the figure that the paper prints as 255 for block 4."""
    (row,) = [r for r in ran.rows("figures.csv") if (r["page"], r["row"], r["raw"]) == ("5", "12", "255")]
    said = {
        "sha256": row["sha256"], "document": row["document"], "rule": row["rule"], "page": 5, "row": 12,
        "figure": "2007/08.achieved.cashable", "text": "255",
        "box": [float(row[name]) for name in ("x0", "top", "x1", "bottom")], "answer": answer, "value": value,
        "who": "A. Person", "when": "2026-11-25T10:00:00Z",
    }  # fmt: skip
    return Correction.model_validate(said | texts)


def test_a_rerun_applies_decisions_and_reads_only_their_paper_again(papers: Path, tmp_path: Path) -> None:
    first = run_savings([papers], tmp_path / "out")
    add(tmp_path / "corrections", "Herefordshire Council", [decision(first, Answer.VALUE, "115000", why="signed copy")])
    log = tmp_path / "log.jsonl"
    ran = run_savings([papers], tmp_path / "out", "--corrections", tmp_path / "corrections", "--log", log)
    assert ran.status == 0, ran.stderr
    (row,) = [row for row in ran.rows("figures.csv") if row["how"] == "corrected"]
    assert (row["value"], row["raw"]) == ("115000", "255")
    (repair,) = [row for row in ran.rows("repairs.csv") if row["how"] == "corrected"]
    assert (repair["evidence"], repair["taken"]) == ("a person's decision", "115000")
    assert "A. Person on 2026-11-25: signed copy" in repair["reason"]
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    kept = {Path(event["path"]).name: event["kept"] for event in events if event["event"] == "paper"}
    assert kept == {OUTTURN.name: False, OTHER.name: True}
    again = run_savings([papers], tmp_path / "out", "--corrections", tmp_path / "corrections")
    assert "up to date" in again.stderr


def test_a_decision_that_no_longer_fits_is_reported_and_not_applied(papers: Path, tmp_path: Path) -> None:
    first = run_savings([papers], tmp_path / "out")
    add(tmp_path / "corrections", "Herefordshire Council", [decision(first, Answer.VALUE, "115000", text="256")])
    ran = run_savings([papers], tmp_path / "out", "--corrections", tmp_path / "corrections")
    assert "a correction no longer fits (page 5 row 12, '256'" in ran.paper(OUTTURN.name)["warnings"]
    assert not [row for row in ran.rows("figures.csv") if row["how"] == "corrected"]


def test_wrong_corrections_are_wrong_usage(papers: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corrections"
    folder.mkdir()
    (folder / "a.yml").write_text('- {"sha256": "x"}\n', encoding="utf-8")
    ran = run_savings([papers], tmp_path / "out", "--corrections", folder)
    assert ran.status == 2
    assert "a.yml:1: sha256" in ran.stderr
    assert run_savings([papers], tmp_path / "out", "--corrections", tmp_path / "none").status == 2


def corrections(*words: Path | str) -> Result:
    return CliRunner().invoke(main, ["corrections", *map(str, words)])


def test_decisions_are_listed_checked_and_dropped(papers: Path, tmp_path: Path) -> None:
    first = run_savings([papers], tmp_path / "out")
    folder = tmp_path / "corrections"
    stale = decision(first, Answer.NIL, text="9", row=13)
    add(folder, "Herefordshire Council", [decision(first, Answer.VALUE, "115000"), stale])
    rows = list(csv.DictReader(io.StringIO(corrections("list", "--corrections", folder).stdout)))
    assert {(row["number"], row["answer"]) for row in rows} in (
        {("1", "value"), ("2", "nil")},
        {("2", "value"), ("1", "nil")},
    )
    checked = corrections("check", "--corrections", folder, papers)
    assert checked.exit_code == 1
    assert "'9' on page 5 is not what it was" in checked.stdout
    (number,) = [row["number"] for row in rows if row["answer"] == "nil"]
    assert corrections("drop", "--corrections", folder, number).exit_code == 0
    assert corrections("check", "--corrections", folder, papers).exit_code == 0
    assert corrections("drop", "--corrections", folder, number).exit_code == 2
    assert len(list(csv.DictReader(io.StringIO(corrections("list", "--all", "--corrections", folder).stdout)))) == 3


def test_a_figure_that_was_settled_is_explained(papers: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "corrections", tmp_path / "out"
    add(folder, "Herefordshire Council", [decision(run_savings([papers], out), Answer.VALUE, "115000", why="a copy")])
    assert run_savings([papers], out, "--corrections", folder).status == 0
    words = ["explain", str(out), "5.12.2007/08.achieved.cashable"]
    told = CliRunner().invoke(main, [*words, "--corrections", str(folder)])
    assert told.exit_code == 0, told.stderr
    assert "A. Person on 2026-11-25: a copy" in told.stdout
    untold = CliRunner().invoke(main, words)
    assert untold.exit_code == 1
    assert "--corrections" in untold.stderr
