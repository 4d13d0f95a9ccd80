"""`python -m corpus.new`, and a corpus outside the project: a folder of one's own papers, by the same commands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus import new, typeset
from corpus.__main__ import main
from corpus.case import read_any, read_case
from corpus.folders import CASE_FILE, CORPUS, paper_of
from extract.read import read_paper
from rules.load import BUILT_IN

PAPER = paper_of(CORPUS / "cheshire/shared-services-2012-13")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A corpus of one's own, with one case laid out."""
    assert new.main(["Cheshire East", str(PAPER), "--case", "2012", "--corpus", str(tmp_path)]) == 0
    return tmp_path


def case_of(corpus: Path) -> Path:
    return corpus / "cheshire-east/2012"


def say_purpose(case: Path) -> None:
    file = case / CASE_FILE
    file.write_text(file.read_text(encoding="utf-8").replace('purpose: ""', "purpose: Guards it"), encoding="utf-8")


def accept(corpus: Path) -> None:
    say_purpose(case_of(corpus))
    assert main(["--accept", "cheshire-east/2012", "--corpus", str(corpus)]) == 0


def test_a_case_of_ones_own_holds_the_paper_itself(own: Path) -> None:
    say_purpose(case_of(own))
    assert {file.name for file in case_of(own).iterdir()} == {CASE_FILE, "cheshire-east-2012.pdf"}
    assert (case_of(own) / "cheshire-east-2012.pdf").read_bytes() == PAPER.read_bytes()
    assert read_any(case_of(own) / CASE_FILE).authority == "Cheshire East"


def test_it_fails_until_its_purpose_is_written_and_it_was_accepted(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--corpus", str(own)]) == 1
    assert "purpose: " in capsys.readouterr().out
    say_purpose(case_of(own))
    assert main(["--corpus", str(own)]) == 1
    assert "not accepted yet" in capsys.readouterr().out
    accept(own)
    assert "£" in capsys.readouterr().out
    assert main(["--corpus", str(own)]) == 0
    assert capsys.readouterr().out.endswith("1 case, all as it must be\n")


def test_another_paper_in_its_place_is_noticed(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accept(own)
    shutil.copy(paper_of(CORPUS / "cheshire/shared-services-2011-12"), case_of(own) / "cheshire-east-2012.pdf")
    assert main(["--corpus", str(own)]) == 1
    assert "is not the paper that case.yml names by its sha256" in capsys.readouterr().out


def test_ones_own_rules_are_used(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accept(own)
    rule = BUILT_IN / "cheshire/shared-services.yml"
    mine = own / "rules/cheshire/shared-services.yml"
    mine.parent.mkdir(parents=True)
    mine.write_text(rule.read_text(encoding="utf-8").replace("measure: revised", "measure: forecast"), encoding="utf-8")
    capsys.readouterr()
    assert main(["--corpus", str(own), "--rules", str(own / "rules")]) == 1
    said = capsys.readouterr().out
    assert "look first at: figures" in said
    assert "2013/14 forecast total" in said


def test_its_table_is_made_by_the_program(own: Path) -> None:
    accept(own)
    for _ in range(2):
        assert main(["--put-table", "--corpus", str(own)]) == 0
        readme = (own / "README.md").read_text(encoding="utf-8")
        assert readme.count("`cheshire-east/2012`") == 1
        assert "| published | Guards it | 59 |" in readme


def test_a_corpus_without_cases_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--corpus", str(tmp_path)])
    assert caught.value.code == 2
    assert "holds no cases" in capsys.readouterr().err


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the project's own corpus."""
    monkeypatch.setattr(new, "CORPUS", tmp_path)
    return tmp_path


@pytest.mark.parametrize("text", [False, True], ids=["pdf", "text"])
def test_a_case_of_the_project_is_laid_out_from_the_tables_of_the_paper(house: Path, text: bool) -> None:
    """Typeset as it was laid out, the paper has the tables of the one it was laid out from."""
    paper = PAPER
    if text:
        paper = house / "paper.txt"
        lines = "Shared services 2012-13\n\nSaving\t2012/13\nBins, emptied twice\t1,0\nno\t£20k\n\f\nNotes\n"
        paper.write_text(lines, encoding="utf-8")
    case = new.lay_out("Anyshire", paper, "2012", house)
    say_purpose(case)
    typeset.write(case)
    assert case == house / "anyshire/2012"
    assert read_tables(paper) == read_tables(paper_of(case))


def read_tables(paper: Path) -> list[list[list[str]]]:
    tables = read_paper(paper).tables
    return [
        [[" ".join(cell.text.split()) for cell in row.cells if cell.text] for row in table.rows] for table in tables
    ]


def test_sentences_are_left_out(house: Path) -> None:
    paper = house / "paper.txt"
    paper.write_text(
        "A title\n\n" + "A sentence of the paper. " * 9 + "\n\nSaving\t2012/13\nBins\t10\n", encoding="utf-8"
    )
    case = new.lay_out("Anyshire", paper, "", house)
    say_purpose(case)
    assert case.name == "paper"
    texts = [getattr(block, "text", "") for block in read_case(case / CASE_FILE).pages[0].content]
    assert texts == ["A title", ""]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["...", "{paper}"], "makes no name of a folder"),
        (["Cheshire East", "{paper}", "--case", "2012"], "is there already"),
        (["Cheshire East", "nowhere.pdf", "--case", "x"], "is not there"),
    ],
)
def test_what_cannot_be_laid_out_is_said(
    own: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [argument.replace("{paper}", str(PAPER)) for argument in arguments]
    with pytest.raises(SystemExit) as caught:
        new.main([*given, "--corpus", str(own)])
    assert caught.value.code == 2
    assert said in capsys.readouterr().err
