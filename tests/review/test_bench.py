"""What a reviewer is shown: readings, what each does to the sums, and what a decision did."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.corrections.model import Answer, Correction
from pipeline.corrections.standing import Corrections, Kept
from pipeline.corrections.suggest import suggestions
from pipeline.review.bench import Bench, CannotOpen, changes_between
from pipeline.review.entry import Entry, NotUnderstood, read_entry
from pipeline.review.queue import Filter, Queue
from rules.load import load_rules
from tests.dataset.made import Made, figure

PAPER = Path(__file__).parents[2] / "corpus/herefordshire/aes-outturn-2007-08/herefordshire-aes-outturn-2007-08.pdf"
DIGEST = sha256(PAPER.read_bytes()).hexdigest()
# The summary's cashable figure of block 4: 255 is printed, and the lines come to 115.
KEY = "5.12.2007/08.achieved.cashable"


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(load_rules())


def correction(answer: Answer, value: str = "", text: str = "255", **texts: object) -> Correction:
    usual = {
        "sha256": DIGEST, "document": PAPER.name, "page": 5, "row": 12, "figure": KEY.removeprefix("5.12."),
        "text": text, "box": [220.0, 357.04, 280.0, 370.48], "who": "A", "when": "2026-11-25T10:00:00Z",
    }  # fmt: skip
    return Correction.model_validate(usual | {"answer": answer, "value": value} | texts)


def test_each_reading_says_what_it_does(bench: Bench) -> None:
    weighed = bench.weigh(str(PAPER), DIGEST, (), KEY)
    assert (weighed.value, weighed.raw, weighed.proof) == ("255000", "255", "contradicted")
    now, asked = weighed.options[:2]
    assert (now.value, now.taken) == ("255000", True)
    assert asked.value == "115000"
    assert [(e.mended, e.broken) for e in asked.effects] == [(False, True), (True, False), (False, True)]
    assert any(e.text == "102,000 + 13,000 = 115,000 = [115,000]" for e in asked.effects)


def test_a_decision_changes_what_is_said_of_the_rest(bench: Bench) -> None:
    before = bench.settle(str(PAPER), DIGEST, ())
    after = bench.settle(str(PAPER), DIGEST, [correction(Answer.VALUE, "115000")])
    assert after.figures[KEY] == ("115000", "contradicted", "corrected")
    said = changes_between(before, after)
    assert said[0].startswith("1 sum now holds: lines of a block = summary")
    assert said[1].startswith("2 sums no longer hold")
    assert changes_between(before, before) == ["No sum and no other figure changed"]


def test_a_typed_amount_is_tried(bench: Bench) -> None:
    effects = bench.attempt(str(PAPER), DIGEST, (), KEY, "115000")
    assert [e.mended for e in effects] == [False, True, False]


def test_a_paper_that_is_not_there_or_changed_is_named(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="no longer there"):
        bench.settle(str(tmp_path / "none.pdf"), DIGEST, ())
    (tmp_path / "other.pdf").write_bytes(b"%PDF")
    with pytest.raises(CannotOpen, match="has changed"):
        bench.settle(str(tmp_path / "other.pdf"), DIGEST, ())
    with pytest.raises(CannotOpen, match="read otherwise"):
        bench.weigh(str(PAPER), DIGEST, (), "1.1.1999/00.target.total")


@pytest.mark.parametrize(
    ("text", "step", "entries"),
    [
        ("150000", 1, [(Answer.VALUE, "150000")]),
        ("£1.2m", 1, [(Answer.VALUE, "1200000")]),
        ("(1,500)", 1, [(Answer.VALUE, "-1500")]),
        ("266", 1000, [(Answer.VALUE, "266000"), (Answer.VALUE, "266")]),
        ("Nil", 1, [(Answer.NIL, "")]),
        ("no figure", 1, [(Answer.NOT_A_FIGURE, "")]),
        ("block 4", 1, [(Answer.CODE, "4")]),
    ],
)
def test_what_is_typed_is_understood(text: str, step: int, entries: list[tuple[Answer, str]]) -> None:
    found: list[Entry] = read_entry(text, Decimal(step))
    assert [(entry.answer, entry.value) for entry in found] == entries


@pytest.mark.parametrize("text", ["much", "block 15", "12 or 13", ""])
def test_what_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(NotUnderstood):
        read_entry(text)


def test_the_largest_doubt_comes_first() -> None:
    rows = [
        figure(value=5, proof="ambiguous", row=1),
        figure(value=900_000, proof="unchecked", row=2),
        figure(value=99_999, proof="unchecked", row=3),
        figure(value=400_000, proof="contradicted", row=4, authority="Other"),
        figure(value=800_000, row=5),
    ]
    queue = Queue(Made(rows))
    assert [item.row["row"] for item in queue.items] == [2, 4, 1]
    shown = queue.open_items(Corrections(), Filter(authority="Other"))
    assert [item.row["row"] for item in shown] == [4]


def test_what_is_settled_leaves_the_queue() -> None:
    rows = [figure(value=n, proof="ambiguous", row=n, sha256="a" * 64, raw=str(n)) for n in (3, 2, 1)]
    queue = Queue(Made(rows))
    first = queue.items[0]
    made = Correction(
        sha256="a" * 64, document="a.pdf", page=1, row=3, figure=first.cell.figure, text="3", answer=Answer.NIL,
        who="A", when="2026-11-25T10:00:00Z",
    )  # fmt: skip
    settled = Corrections({"a" * 64: (Kept(made, Path(), 1),)})
    assert [item.row["row"] for item in queue.open_items(settled, Filter())] == [2, 1]
    after = queue.after(first.number, settled, Filter())
    assert after is not None
    assert after.row["row"] == 2


def test_what_recurs_in_a_layout_is_a_line_for_its_rule() -> None:
    kept = tuple(Kept(correction(Answer.NOT_A_FIGURE, text="See (a)", row=n, rule="x/y"), Path(), n) for n in (1, 2, 3))
    (said,) = suggestions(Corrections({DIGEST: kept}))
    assert "3 times" in said
    assert "no_figures: - {pattern: 'See\\ \\(a\\)'" in said
    assert suggestions(Corrections({DIGEST: kept[:2]})) == []
