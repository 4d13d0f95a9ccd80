"""Decisions of a person: kept line by line, applied to the cell they are about, and to no other."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from extract.read import read_paper
from pipeline.corrections.apply import corrected
from pipeline.corrections.files import add, load_corrections
from pipeline.corrections.model import Answer, Correction, amount
from pipeline.corrections.standing import CorrectionsError
from pipeline.dataset.keys import measured
from rules.apply import map_paper
from rules.load import load_rules
from rules.mapped import MappedPaper
from savings.reconcile import reconcile
from savings.schema import Figure, How, Outcome, Proof, Verdict

CORPUS = Path(__file__).parents[2] / "corpus"
PAPER = CORPUS / "herefordshire/aes-outturn-2007-08/herefordshire-aes-outturn-2007-08.pdf"
SHA = "a" * 64


def decision(answer: Answer = Answer.NIL, value: str = "", **texts: object) -> Correction:
    usual = {
        "sha256": SHA, "document": "a.pdf", "page": 1, "row": 2, "figure": "2007/08.target.total", "text": "1 0",
        "who": "A. Person", "when": "2026-11-25T10:00:00Z",
    }  # fmt: skip
    return Correction.model_validate(usual | {"answer": answer, "value": value} | texts)


# --- files -----------------------------------------------------------------------------------------------------------


def test_what_is_added_is_read_again(tmp_path: Path) -> None:
    odd = decision(why='it says "nil": \u2028 # \x07 \U0001f600 é', text="- [x] {y}\n&z")
    add(tmp_path, "Exampleton District Council", [odd, decision(Answer.VALUE, "-12.50", row=3)])
    kept = load_corrections(tmp_path)
    assert {each.correction.row for each in kept.history} == {2, 3}
    assert odd in kept.of(SHA)
    assert kept.history[0].path.name == "exampleton-district-council.yml"


def test_the_later_decision_stands_and_both_are_kept(tmp_path: Path) -> None:
    later = decision(Answer.VALUE, "5", when="2026-11-25T11:00:00Z")
    add(tmp_path, "A", [later])
    add(tmp_path, "A", [decision()])
    corrections = load_corrections(tmp_path)
    assert corrections.of(SHA) == (later,)
    assert len(corrections.history) == 2


def test_a_decision_that_is_withdrawn_no_longer_stands(tmp_path: Path) -> None:
    add(tmp_path, "A", [decision(), decision(Answer.WITHDRAWN, when="2026-11-25T11:00:00Z")])
    assert load_corrections(tmp_path).of(SHA) == ()
    assert load_corrections(tmp_path).digest_of(SHA) == ""


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('- {"sha256": "x"}', "sha256"),
        ("- nonsense", "is no decision"),
        ("no: list", "is no list"),
        ("- {a: [", "cannot be read"),
        ('- {"colour": "red"}', ""),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "a.yml").write_text(f"# a comment\n{line}\n", encoding="utf-8")
    with pytest.raises(CorrectionsError, match=rf"a\.yml:\d: .*{problem}"):
        load_corrections(tmp_path)


@pytest.mark.parametrize("text", ["", "1,000", "1e3", "--1", "١٢", "9" * 16, "1.1234567", ".5", "£5"])
def test_an_amount_is_written_in_full(text: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        amount(text)
    with pytest.raises(ValueError, match="no amount"):
        decision(Answer.VALUE, text)


def test_two_files_merge_in_git(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-b", "main")
    add(tmp_path, "A", [decision()])
    git("add", "a.yml", ".gitattributes")
    git("commit", "-m", "first")
    git("checkout", "-b", "other")
    add(tmp_path, "A", [decision(row=7)])
    git("commit", "-am", "theirs")
    git("checkout", "main")
    add(tmp_path, "A", [decision(row=8)])
    git("commit", "-am", "ours")
    git("merge", "other")
    assert {each.row for each in load_corrections(tmp_path).of(SHA)} == {2, 7, 8}


# --- applied to a paper ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mapped() -> MappedPaper:
    """A paper whose summary prints 255 for a block whose lines come to 115."""
    return map_paper(load_rules(), read_paper(PAPER))[0]


def figure_of(mapped: MappedPaper, row: int, page: int, name: str) -> Figure:
    (found,) = [f for f in mapped.problem.figures if (f.place.page, f.place.row) == (page, row) and measured(f) == name]
    return found


def about(at: Figure, answer: Answer, value: str = "", **texts: object) -> Correction:
    box = list(at.place.box) if at.place.box else None
    place = {"page": at.place.page, "row": at.place.row, "figure": measured(at), "text": at.raw}
    return decision(answer, value, **{**place, "box": box, **texts})


def settle(mapped: MappedPaper, correction: Correction) -> tuple[Outcome, MappedPaper]:
    done = corrected(mapped, [correction]).mapped
    return reconcile(done.problem, done.damage), done


@pytest.fixture
def summary(mapped: MappedPaper) -> Figure:
    return figure_of(mapped, 12, 5, "2007/08.achieved.cashable")


def test_a_value_is_taken_and_its_sums_judge_it(mapped: MappedPaper, summary: Figure) -> None:
    outcome, _ = settle(mapped, about(summary, Answer.VALUE, "115000", why="seen on the council's own copy"))
    taken = outcome.decisions[summary.id]
    assert (taken.reading.value, taken.reading.how) == (Decimal(115000), How.CORRECTED)
    assert taken.reading.reason == "A. Person on 2026-11-25: seen on the council's own copy"
    lines = [c for c in outcome.checks if c.identity.total == summary.id and "lines" in c.identity.name]
    assert [check.verdict for check in lines] == [Verdict.HOLDS]


def test_what_is_no_figure_gives_none(mapped: MappedPaper, summary: Figure) -> None:
    outcome, _ = settle(mapped, about(summary, Answer.NOT_A_FIGURE))
    assert outcome.decisions[summary.id].reading.value is None


def test_the_paper_may_be_wrong(mapped: MappedPaper, summary: Figure) -> None:
    outcome, done = settle(mapped, about(summary, Answer.AS_PRINTED))
    taken = outcome.decisions[summary.id]
    assert taken.reading.value == 255000
    assert (taken.reading.how, taken.proof) == (How.PRINTED, Proof.CONTRADICTED)
    assert "read right, by A. Person" in done.mendings[-1].reason


def test_a_code_is_taken(mapped: MappedPaper) -> None:
    line = next(line for line in mapped.problem.lines if line.raw_code == "1 1")
    figure = mapped.problem.figures[mapped.problem.figures_of_line[line.id][0]]
    outcome, _ = settle(mapped, about(figure, Answer.CODE, "3"))
    (code,) = [code for code in outcome.codes if code.line == line.id]
    assert (code.reading.code, code.reading.how) == (3, How.CORRECTED)


def test_what_is_settled_is_not_read_otherwise_again(mapped: MappedPaper) -> None:
    stroke = next(f for f in mapped.problem.figures if len(f.readings) > 1)
    outcome, _ = settle(mapped, about(stroke, Answer.VALUE, "777000"))
    assert outcome.decisions[stroke.id].reading.value == 777000


@pytest.mark.parametrize(
    "other", [{"text": "256"}, {"row": 13}, {"page": 4}, {"figure": "2008/09.achieved.cashable"}, {"box": [0.0] * 4}]
)
def test_a_changed_cell_is_left_alone(mapped: MappedPaper, summary: Figure, other: dict[str, object]) -> None:
    done = corrected(mapped, [about(summary, Answer.NIL, "", **other)])
    assert len(done.stale) == 1
    assert done.mapped.problem == mapped.problem
    assert "no longer fits" in done.mapped.warnings[-1]
