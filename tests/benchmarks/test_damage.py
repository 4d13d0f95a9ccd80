"""The damage benchmark: kinds of damage do what they say, hit nothing else, and are judged by what is said of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from benchmarks import damage, report
from benchmarks.judge import Event, Fate, Judged, is_right, judge, judge_row, lost_codes, others
from benchmarks.kinds import CELL_KINDS, Kind
from benchmarks.readings import Key, PaperRead, Taken
from benchmarks.sheet import OUTSIDE, Changes, RowPlace, Sheet, spaced
from benchmarks.surroundings import Beside, attempt, code_spots, header_spots
from benchmarks.trials import Plan, Trial, draw, plans, run
from benchmarks.undamaged import Reach, Undamaged, reaches, undamaged
from extract.paper import Box, Cell, Page, Paper, PaperKind, PrintedTable, Row, TextLine, Word
from normalise.grid import full_grid
from rules.accounting import Accounting, Flagged
from rules.mapped import MappedPaper
from savings.free import Damage
from savings.reconcile import reconcile
from savings.schema import (
    Figure,
    How,
    Identity,
    Level,
    Line,
    Measure,
    Outcome,
    Place,
    Problem,
    Proof,
    Reading,
    Term,
    Unit,
    Verdict,
)
from savings.schema import Kind as FigureKind

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "corpus" / "kent" / "budget-2026-29" / "kent-budget-2026-29.pdf"


def results(kind: Kind, texts: Sequence[str], column: int, tries: int = 200) -> set[tuple[str, ...]]:
    """All rows that a kind of damage makes of a row."""
    found = set()
    for seed in range(tries):
        change = CELL_KINDS[kind](texts, column, Random(seed))
        if change is not None:
            found.add(tuple(change.get(i, text) for i, text in enumerate(texts)))
    return found


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.MISREAD, "£7k", {"£1k", "£2k"}),
        (Kind.LOST, "1,20", {",20", "1,0", "1,2"}),
        (Kind.LOST, "£7k", set()),
        (Kind.DOUBLED, "-12", {"-112", "-122"}),
        (Kind.SWAPPED, "1,233", {"2,133", "1,323"}),
        (Kind.SWAPPED, "33", set()),
        (Kind.SIGN_LOST, "(12)", {"12)", "(12"}),
        (Kind.SIGN_LOST, "-1.5", {"1.5"}),
        (Kind.SIGN_LOST, "-", set()),
        (Kind.DASH_AS_ONE, " – ", {"1"}),
        (Kind.DASH_AS_ONE, "Nil", set()),
        (Kind.DASH_AS_ONE, "1", set()),
        (Kind.EMPTIED, "12", {""}),
        (Kind.EMPTIED, "", set()),
    ],
)
def test_damage_within_a_cell(kind: Kind, text: str, expected: set[str]) -> None:
    assert results(kind, ("a", text, "b"), 1) == {("a", each, "b") for each in expected}


@pytest.mark.parametrize(
    ("kind", "texts", "expected"),
    [
        (Kind.MOVED, ("", "12", "x"), {("12", "", "x")}),
        (Kind.MOVED, ("", "12", ""), {("12", "", ""), ("", "", "12")}),
        (Kind.MOVED, ("y", "12", "x"), set()),
        (Kind.RUN_TOGETHER, ("3", "12", ""), {("3 12", "", "")}),
        (Kind.RUN_TOGETHER, ("3", "12", "4"), {("3 12", "", "4"), ("3", "", "12 4")}),
        (Kind.RUN_TOGETHER, ("", "12", ""), set()),
        (Kind.CUT, ("y", "123", ""), {("y", "1", "23"), ("y", "12", "3")}),
        (Kind.CUT, ("", "12", "x"), {("1", "2", "x")}),
        (Kind.CUT, ("", "1", ""), set()),
    ],
)
def test_damage_over_two_cells(kind: Kind, texts: tuple[str, ...], expected: set[tuple[str, ...]]) -> None:
    assert results(kind, texts, 1) == expected


def test_a_misread_digit_looks_like_the_right_one() -> None:
    assert all(
        text[1] != "8" and text[1] in "03569" for _, text in results(Kind.MISREAD, ("", "18"), 1) if text[0] == "1"
    )


def printed(*rows: Sequence[str], lines: tuple[TextLine, ...] = ()) -> Paper:
    """A paper of one page and one table of cells without boxes."""
    cells = [tuple(Cell(text, i) for i, text in enumerate(row)) for row in rows]
    table = PrintedTable(1, 1, len(rows[0]), tuple(Row(n, row) for n, row in enumerate(cells, 1)), "tabs")
    return Paper("made.txt", "", PaperKind.TEXT, (Page(1, (table,), lines),))


def texts_of(paper: Paper) -> list[tuple[str, ...]]:
    return [tuple(c.raw for c in row.cells) for table in paper.tables for row in full_grid(table)]


def test_a_row_is_lost_and_another_printed_twice_and_no_other_is_renumbered() -> None:
    sheet = Sheet(spaced(printed(("a", "1"), ("b", "2"), ("c", "3"))))
    copy = sheet.changed(Changes({}, frozenset({RowPlace(1, 2)}), frozenset({RowPlace(1, 4)})))
    assert texts_of(copy) == [("b", "2"), ("b", "2"), ("c", "3")]
    assert [row.number for row in copy.tables[0].rows] == [4, 5, 6]


def test_a_text_changes_and_the_sheet_stays_as_it_was() -> None:
    sheet = Sheet(spaced(printed(("a", "12", ""))))
    copy = sheet.changed(Changes({RowPlace(1, 2): {1: "", 2: "12"}}))
    assert texts_of(copy) == [("a", "", "12")]
    assert texts_of(sheet.paper) == [("a", "12", "")]


def test_a_wide_cell_has_its_words_changed() -> None:
    words = (Word("Total", Box(1, 0, 20, 8)), Word("-12", Box(61, 0, 75, 8)), Word("-7", Box(101, 0, 115, 8)))
    cell = Cell("Total -12 -7", 0, 4, Box(0, 0, 160, 10), words)
    row = Row(1, (cell,), Box(0, 0, 160, 10))
    table = PrintedTable(1, 1, 4, (row,), "ruled", row.box, (0, 40, 80, 120, 160))
    sheet = Sheet(spaced(Paper("made.pdf", "", PaperKind.PDF, (Page(1, (table,)),))))
    assert texts_of(sheet.paper) == [("Total", "-12", "-7", "")]
    copy = sheet.changed(Changes({RowPlace(1, 2): {1: "-13", 2: "", 3: "-7"}}))
    assert texts_of(copy) == [("Total", "-13", "", "-7")]


def test_amounts_printed_in_one_text_are_damaged_word_by_word() -> None:
    line = TextLine(1, 9, "Total of groups 2,298 658 -")
    sheet = Sheet(spaced(printed(("a", "1"), lines=(line,))))
    place = RowPlace(1, OUTSIDE + 18)
    assert sheet.rows[place].texts == ("Total of groups", "2,298", "658", "-")
    copy = sheet.changed(Changes({place: {1: "2,293"}}))
    assert copy.pages[0].lines[0].text == "Total of groups 2,293 658 -"


def figures(*amounts: int | None) -> tuple[Figure, ...]:
    def reading(amount: int | None) -> Reading:
        return Reading(None if amount is None else Decimal(amount), How.PRINTED, step=Decimal(1))

    return tuple(
        Figure(
            i, 0, "2007/08", Measure.TARGET, FigureKind.TOTAL, Unit.GBP, (reading(a),), str(a), Place(1, 2), part=f"{i}"
        )
        for i, a in enumerate(amounts)
    )


def identity(number: int, total: int, *parts: int) -> Identity:
    return Identity(number, f"sum {number}", "", total, tuple(map(Term, parts)))


def test_reach_counts_the_sums_that_fix_a_figure_and_sees_whether_they_cross() -> None:
    """A square: rows 0+1=2 and 3+4=5, columns 0+3=6, 1+4=7; and 8 = 9 once more as 9 = 8."""
    line = Line(0, "t", Level.ITEM, Place(1, 2))
    sums = (identity(0, 2, 0, 1), identity(1, 5, 3, 4), identity(2, 6, 0, 3), identity(3, 8, 9), identity(4, 9, 8))
    problem = Problem((line,), figures(1, 2, 3, 4, 5, 9, 5, 7, 8, 8), sums)
    found = reaches(problem, reconcile(problem))
    assert found[0] is Reach.CROSSING
    assert found[8] is Reach.PARALLEL
    assert found[1] is Reach.ONE
    assert found[7] is Reach.NONE


def test_a_broken_sum_fixes_nothing() -> None:
    problem = Problem((Line(0, "t", Level.ITEM, Place(1, 2)),), figures(1, 2, 4), (identity(0, 2, 0, 1),))
    assert set(reaches(problem, reconcile(problem)).values()) == {Reach.NONE}


KEY = Key(1, 4, Level.ITEM, "2007/08", "target", "total", "", "")
BESIDE = KEY._replace(kind="cashable")
CHECK = ("lines = total", KEY._replace(row=9, level=Level.TOTAL))


def taken(value: int | None, proof: Proof = Proof.RECONCILED, **more: object) -> Taken:
    amount = None if value is None else Decimal(value)
    return replace(Taken(amount, 1, How.PRINTED, proof, "12", 0), **more)  # type: ignore[arg-type]


def read(found: dict[Key, Taken], verdict: Verdict | None = None, *flags: Flagged) -> PaperRead:
    """What a paper yields, made by hand; one check counts KEY."""
    line = Line(0, "t", Level.ITEM, Place(1, 4))
    mapped = MappedPaper(Problem((line,), figures(12), ()), (), (), Accounting(flags=list(flags)), Damage())
    checks = {} if verdict is None else {CHECK: verdict}
    return PaperRead(mapped, Outcome((), (), ()), found, checks, {KEY: (CHECK,)})


TRUTH = read({KEY: taken(12), BESIDE: taken(None)}, Verdict.HOLDS)


@pytest.mark.parametrize(
    ("found", "verdict", "fate"),
    [
        (taken(12), Verdict.HOLDS, Fate.RESTORED),
        (taken(12, Proof.CONTRADICTED), Verdict.BROKEN, Fate.RESTORED),
        (taken(12, code=None), Verdict.HOLDS, Fate.RESTORED),
        (taken(12, code=7), Verdict.HOLDS, Fate.SILENT),
        (taken(13), Verdict.HOLDS, Fate.SILENT),
        (taken(13), Verdict.BROKEN, Fate.SILENT),
        (taken(13, Proof.UNCHECKED), Verdict.HOLDS, Fate.MARKED),
        (taken(13, Proof.AMBIGUOUS), Verdict.HOLDS, Fate.MARKED),
        (taken(13, Proof.CONTRADICTED), Verdict.BROKEN, Fate.MARKED),
        (taken(None, Proof.UNCHECKED), Verdict.BROKEN, Fate.MARKED),
        (taken(None, Proof.UNCHECKED), Verdict.NOT_CHECKABLE, Fate.MARKED),
        (taken(None, Proof.UNCHECKED), Verdict.HOLDS, Fate.UNSEEN),
        (taken(None, Proof.AMBIGUOUS, others=(Decimal(12),)), Verdict.HOLDS, Fate.MARKED),
        (None, Verdict.BROKEN, Fate.MARKED),
        (None, None, Fate.UNSEEN),
    ],
)
def test_fates(found: Taken | None, verdict: Verdict | None, fate: Fate) -> None:
    damaged = read({} if found is None else {KEY: found}, verdict)
    assert judge(KEY, TRUTH, damaged).fate is fate


def test_a_missing_figure_whose_text_is_flagged_is_marked() -> None:
    flag = Flagged(Place(1, 4, 3), "1 2\n", "the cell has no place in the row")
    assert judge(KEY, TRUTH, read({}, None, flag), ("1 2",)).fate is Fate.MARKED
    assert judge(KEY, TRUTH, read({}, None, replace(flag, place=Place(1, 6))), ("1 2",)).fate is Fate.UNSEEN


def test_a_figure_where_there_should_be_none_is_wrong() -> None:
    damaged = read({KEY: taken(12), BESIDE: taken(3)}, Verdict.HOLDS)
    (extra,) = others(TRUTH, damaged, ())
    assert (extra.key, extra.fate) == (BESIDE, Fate.SILENT)
    assert not list(others(TRUTH, damaged, {BESIDE}))
    assert is_right(None, None)


def test_a_damage_to_two_cells_is_judged_by_the_worse() -> None:
    good = Judged(KEY, Fate.RESTORED, Decimal(1), Decimal(1), How.REPAIRED, Proof.RECONCILED)
    nil = Judged(BESIDE, Fate.SILENT, None, Decimal(0), How.NIL, Proof.RECONCILED)
    bad = replace(nil, taken=Decimal(5))
    event = Event(Kind.MOVED, KEY, Reach.ONE, "", "", (good, nil, bad))
    assert (event.fate, event.worst) == (Fate.SILENT, bad)
    assert good.mended
    assert nil.only_nil
    assert not bad.only_nil


def test_codes_that_no_sum_tells_any_more_are_counted() -> None:
    assert lost_codes(TRUTH, read({KEY: taken(12, code=None)})) == 1
    assert lost_codes(TRUTH, read({KEY: taken(13, code=None)})) == 0


@pytest.mark.parametrize(
    ("found", "verdict", "twice", "fate"),
    [
        ({}, Verdict.BROKEN, False, Fate.MARKED),
        ({}, Verdict.HOLDS, False, Fate.UNSEEN),
        ({KEY: taken(12)}, Verdict.HOLDS, True, Fate.RESTORED),
        ({KEY: taken(12), KEY._replace(row=5): taken(12)}, Verdict.BROKEN, True, Fate.MARKED),
        ({KEY: taken(12), KEY._replace(row=5): taken(12, Proof.CONTRADICTED)}, Verdict.HOLDS, True, Fate.MARKED),
        ({KEY: taken(12), KEY._replace(row=5): taken(12, Proof.UNCHECKED)}, Verdict.HOLDS, True, Fate.MARKED),
        ({KEY: taken(12), KEY._replace(row=5): taken(12)}, Verdict.HOLDS, True, Fate.SILENT),
    ],
)
def test_rows_lost_and_doubled(found: dict[Key, Taken], verdict: Verdict, twice: bool, fate: Fate) -> None:
    (judged,) = judge_row([KEY], TRUTH, read(found, verdict), twice=twice)
    assert judged.fate is fate


@pytest.fixture(scope="module")
def small() -> Undamaged:
    paper = undamaged(SMALL)
    assert paper is not None
    return paper


def test_damage_hits_the_cells_meant_and_nothing_else(small: Undamaged) -> None:
    before = {place: row.texts for place, row in small.sheet.rows.items()}
    for number in range(60):
        for done in draw(small, Plan(SMALL, 3, number, 7)):
            after = Sheet(small.sheet.changed(Changes({done.row: done.change}))).rows
            differing = {place for place, texts in before.items() if after[place].texts != texts}
            assert differing == {done.row}, done


def test_no_two_damages_of_a_trial_touch_the_same_cell(small: Undamaged) -> None:
    for number in range(20):
        cells = Counter((d.row, c) for d in draw(small, Plan(SMALL, 10, number, 7)) for c in d.change)
        assert set(cells.values()) == {1}


def test_trials_are_drawn_by_the_seed_alone() -> None:
    planned = plans([SMALL], (1, 3), 26, 5)
    one, other = (list(map(untimed, run(planned, workers))) for workers in (1, 2))
    assert one == other
    assert one != list(map(untimed, run(plans([SMALL], (1, 3), 26, 6), 1)))


def untimed(trial: Trial) -> Trial:
    return replace(trial, seconds=0.0)


def test_all_kinds_get_their_turn(small: Undamaged) -> None:
    kinds = {d.kind for number in range(len(Kind)) for d in draw(small, Plan(SMALL, 1, number, 1))}
    assert kinds >= set(Kind) - {Kind.DASH_AS_ONE, Kind.MOVED, Kind.CUT}


def test_fewer_trials_with_many_cells() -> None:
    counts = Counter(plan.at_once for plan in plans([SMALL], (1, 3, 10), 240, 1))
    assert sum(counts.values()) == 240
    assert counts[1] > counts[3] > counts[10]


def test_one_damaged_cell_of_a_small_paper_is_never_wrong_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert damage.main([str(SMALL), "--at-once", "1", "--trials", "48", "--show-silent", "99", "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "## Silent: 0 cases" in out, out
    assert "kent/budget-savings" in out


def test_a_silent_case_is_told_in_detail() -> None:
    judged = Judged(KEY, Fate.SILENT, Decimal(12), Decimal(13), How.PRINTED, Proof.RECONCILED, "because")
    event = Event(Kind.MISREAD, KEY, Reach.ONE, "12", "13", (judged,))
    (told,) = report.silent([Trial("made.pdf", 1, 4, (event,))])
    assert told == (
        "made.pdf [1 at once, trial 4] silent: page 1 row 2 item.2007/08.target.total: taken 13 (printed, reconciled), "
        "true 12; because <- a digit misread at page 1 row 2 item.2007/08.target.total (one sum): '12' → '13'"
    )


def test_codes_and_headers_are_damaged_too(small: Undamaged) -> None:
    assert len(header_spots(SMALL)) > 10
    assert not code_spots(SMALL)
    trial = attempt(Beside.HEADER, Plan(SMALL, 1, 2, 1))
    assert trial is not None
    (event,) = trial.events
    assert (event.kind, event.damaged) == (Kind.EMPTIED, "")
    assert "| header    | emptied" in report.beside({"header": [trial]})


def test_codes_are_found_where_they_are_printed() -> None:
    path = ROOT / "corpus" / "herefordshire" / "aes-outturn-2008-09" / "herefordshire-aes-outturn-2008-09.pdf"
    paper = undamaged(path)
    assert paper is not None
    codes = {paper.sheet.rows[spot.row].texts[spot.column] for spot in code_spots(path)}
    assert codes >= {"1", "2", "13"}


def test_the_line_between_the_tables_can_be_damaged() -> None:
    path = ROOT / "corpus" / "herefordshire" / "aes-outturn-2007-08" / "herefordshire-aes-outturn-2007-08.pdf"
    paper = undamaged(path)
    assert paper is not None
    totals = [spot for key, spot in paper.spots.items() if key.level == "total" and spot.row.number > OUTSIDE]
    assert len(totals) == 6


def test_without_a_paper_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "prose.txt").write_text("Nothing here.\n", encoding="utf-8")
    assert damage.main([str(tmp_path / "prose.txt")]) == 1
    assert "No paper here" in capsys.readouterr().err
