"""A case as a text report yields the figures that its PDF yields."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from corpus.__main__ import main
from corpus.case import read_case
from corpus.folders import CASE_FILE, CORPUS, KEPT_FOLDER, all_cases, case_name, paper_of
from corpus.text_form import text_form
from corpus.yields import BOX_COLUMNS, FIGURES, read_yield
from rules.load import RuleFile, load_rules

# Where a figure stands differs between the forms, and so does where a line of a cell ends.
PLACES = {"document", "row", *BOX_COLUMNS}


# What only the print has: ink that cannot be seen, raised notes, nameless glyphs, tables at the same height.
IN_PRINT_ONLY = ("ink: hidden", "cover: ", "note: ", "\\ue000", "beside:")


def in_text(folder: Path) -> bool:
    text = (folder / CASE_FILE).read_text(encoding="utf-8").replace("\ue000", "\\ue000")
    return not any(mark in text for mark in IN_PRINT_ONLY)


@pytest.fixture(scope="module")
def rules() -> tuple[RuleFile, ...]:
    return load_rules()


def figures(text: str) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: " ".join(value.split()) for name, value in row.items() if name not in PLACES} for row in rows]


@pytest.mark.parametrize("folder", [folder for folder in all_cases() if in_text(folder)], ids=case_name)
def test_the_text_form_yields_the_same_figures(folder: Path, rules: tuple[RuleFile, ...], tmp_path: Path) -> None:
    paper = tmp_path / paper_of(folder).with_suffix(".txt").name
    paper.write_text(text_form(read_case(folder / CASE_FILE)), encoding="utf-8")
    kept = (folder / KEPT_FOLDER / FIGURES).read_text(encoding="utf-8")
    assert figures(read_yield(paper, rules).texts[FIGURES]) == figures(kept)


def test_cells_are_parted_by_tabs_blocks_by_blank_lines_and_pages_by_form_feeds(tmp_path: Path) -> None:
    case = tmp_path / CASE_FILE
    case.write_text(
        """
authority: Anyshire Council
made_up: true
source: made up
purpose: For tests, with made-up figures
header: Anyshire Council
footer: "{page} of {pages}"
tables: {lines: {columns: [90, 50r, 50r]}}
heads: {two: [[{text: Saving, down: 2}, {text: "2012/13", span: 2}], ["Plan\\n£k", "Out-\\nturn"]]}
pages:
  - content:
      - {text: "A title"}
      - {space: 4}
      - {table: lines, head: two, rows: [[Bins, ~, 10]]}
  - content:
      - beside:
          - {width: 200, content: [{table: lines, rows: [[Lamps, "1,0", "20"]]}]}
          - {at: 220, width: 200, content: [{text: "A note"}]}
""",
        encoding="utf-8",
    )
    first = "Anyshire Council\n\nA title\n\nSaving\t2012/13\t\n\tPlan £k\tOut- turn\nBins\t\t10\n\n1 of 2\n"
    expected = f"{first}\fAnyshire Council\n\nLamps\t1,0\t20\n\nA note\n\n2 of 2\n"
    assert text_form(read_case(case)) == expected


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    name = "cheshire/shared-services-2012-13"
    assert main(["--text", name]) == 0
    assert capsys.readouterr().out == text_form(read_case(CORPUS / name / CASE_FILE))
