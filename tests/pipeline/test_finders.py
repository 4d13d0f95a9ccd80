"""Where the paper's sums fail with one finder's tables and hold with another's, the other's are taken, on record."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from extract import alternatives
from extract.alternatives import File
from extract.paper import Page, PrintedTable
from extract.read import read_paper
from extract.second import NoSecondOpinion, ask_camelot
from pipeline import finders
from pipeline.finders import Reading, best_reading, tally
from rules.apply import apply_rule
from rules.model import Rule
from savings.reconcile import reconcile
from tests.rules.made import PLAN, rule

HEADER = ["Reference", "Saving", "2007/08", "2008/09"]
ROWS = [["R1", "Buses", "10", "20"], ["R2", "Lighting", "5", "30"], ["R3", "Postage", "12", "40"]]
TOTAL = ["", "Total", "27", "90"]
X = [30, 100, 300, 380, 460]
TOP, STEP = 360, 20

Printed = Callable[..., Path]


@pytest.fixture
def printed(tmp_path: Path) -> Printed:
    """A function that prints rows as a ruled table on one page."""

    def draw(*rows: Sequence[str]) -> Path:
        canvas = Canvas(str(tmp_path / "plan.pdf"), pagesize=(600, 400))
        canvas.grid(X, [TOP - STEP * i for i in range(len(rows) + 1)])
        for i, row in enumerate(rows):
            for x, text in zip(X, row, strict=False):
                canvas.drawString(x + 4, TOP - STEP * i - 14, text)
        canvas.save()
        return tmp_path / "plan.pdf"

    return draw


def reading_of(path: Path, made: Rule, change: Callable[[PrintedTable], PrintedTable] = lambda t: t) -> Reading:
    """A paper read and decided, its table first changed as a finder might have got it wrong."""
    paper = read_paper(path)
    pages = tuple(replace(page, tables=tuple(map(change, page.tables))) for page in paper.pages)
    paper = replace(paper, pages=pages)
    mapped = apply_rule(made, paper)
    return Reading(paper, mapped, reconcile(mapped.problem, mapped.damage))


def file_of(path: Path) -> File:
    return File(path, path.read_bytes())


def without_a_row(table: PrintedTable) -> PrintedTable:
    """A table whose finder lost a line."""
    return replace(table, rows=(*table.rows[:2], *table.rows[3:]), finder="aligned")


def values(reading: Reading) -> list[int]:
    return [int(d.reading.value) for d in reading.outcome.decisions if d.reading.value is not None]


def no_camelot(*_: object) -> object:
    raise AssertionError("camelot was asked")


def test_the_finder_under_which_the_paper_adds_up_wins_and_the_log_says_so(
    printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finders, "camelot_alternatives", no_camelot)
    path, made = printed(HEADER, *ROWS, TOTAL), rule(PLAN)
    first = reading_of(path, made, without_a_row)
    assert tally(first).broken == 2
    found = best_reading(file_of(path), made, first)
    assert (tally(found).holds, tally(found).broken) == (2, 0)
    assert values(found) == [10_000, 20_000, 5_000, 30_000, 12_000, 40_000, 27_000, 90_000]
    (mending,) = found.mapped.mendings
    assert (mending.what, mending.place.page, mending.raw) == ("tables", 1, "aligned")
    assert mending.taken.startswith("ruled")
    assert "2 hold and 0 fail now" in mending.evidence


def test_every_figure_of_the_finder_taken_has_the_box_of_its_cell(printed: Printed) -> None:
    path, made = printed(HEADER, *ROWS, TOTAL), rule(PLAN)
    found = best_reading(file_of(path), made, reading_of(path, made, without_a_row))
    for figure in found.mapped.problem.figures:
        assert figure.place.box
        x0, top, x1, bottom = figure.place.box
        assert X[2] - 1 <= x0 < x1 <= X[-1] + 1
        assert 400 - TOP <= top < bottom <= 400 - TOP + 5 * STEP + 1


def test_a_ruled_paper_that_contradicts_itself_stays_as_it_is_and_nobody_is_asked(
    printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finders, "camelot_alternatives", no_camelot)
    monkeypatch.setattr(finders, "own_alternatives", no_camelot)
    path, made = printed(HEADER, *ROWS, ["", "Total", "27", "95"]), rule(PLAN)
    first = reading_of(path, made)
    assert tally(first).broken == 1
    assert best_reading(file_of(path), made, first) is first


def test_what_does_not_mend_a_sum_is_not_taken(printed: Printed) -> None:
    """The sums fail whatever finder is asked; the first reading stays, its figures with it."""
    path, made = printed(HEADER, *ROWS, ["", "Total", "99", "95"]), rule(PLAN)
    first = reading_of(path, made, lambda table: replace(table, finder="aligned"))
    found = best_reading(file_of(path), made, first)
    assert values(found) == values(first)
    assert found.mapped.mendings == ()
    assert found.mapped.warnings == ()


def test_a_reading_that_loses_figures_does_not_win_though_fewer_sums_fail(printed: Printed) -> None:
    before = tally(reading_of(printed(HEADER, *ROWS, ["", "Total", "27", "95"]), rule(PLAN)))
    assert not replace(before, broken=0, figures=before.figures - 1).beats(before)
    assert not replace(before, broken=0, flagged=before.flagged + 1).beats(before)
    assert not replace(before, broken=0, holds=before.holds - 1).beats(before)
    assert not before.beats(before)
    assert replace(before, broken=0).beats(before)


def test_where_camelot_cannot_be_asked_the_reading_stays_and_a_warning_says_why(
    printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object) -> object:
        raise NoSecondOpinion("camelot failed (No module named 'camelot')")

    monkeypatch.setattr(alternatives, "ask_camelot", absent)
    path, made = printed(HEADER, *ROWS, ["", "Total", "99", "95"]), rule(PLAN)
    first = reading_of(path, made, lambda table: replace(table, finder="aligned"))
    found = best_reading(file_of(path), made, first)
    assert values(found) == values(first)
    assert found.mapped.warnings == (
        "page 1: no second opinion on its tables: camelot failed (No module named 'camelot')",
    )


def test_no_finder_shows_what_no_reader_of_the_page_can_see(tmp_path: Path) -> None:
    """A blacked-out figure by which a total would add up must not come back through another finder."""
    canvas = Canvas(str(tmp_path / "plan.pdf"), pagesize=(600, 400))
    canvas.grid(X, [TOP - STEP * i for i in range(6)])
    for i, row in enumerate([HEADER, *ROWS, TOTAL]):
        for x, text in zip(X, row, strict=False):
            canvas.drawString(x + 4, TOP - STEP * i - 14, text)
    canvas.rect(X[2] + 1, TOP - STEP * 3 + 1, X[3] - X[2] - 2, STEP - 2, fill=1)
    canvas.save()
    path = tmp_path / "plan.pdf"
    page = read_paper(path).pages[0]
    bare = replace(page, tables=())
    found = [
        *alternatives.own_alternatives(file_of(path), bare),
        *alternatives.camelot_alternatives(file_of(path), bare),
    ]
    assert {each.finder for each in found} >= {"ruled, coarse grids kept", "camelot lattice"}
    assert "Lighting" in page.text
    for each in found:
        assert ("Lighting" in each.page.text, "\n5\n" in f"\n{each.page.text}\n") == (True, False)
        assert each.page.notes == page.notes != ()


# --- camelot ---------------------------------------------------------------------------------------------------------


def test_camelots_grids_are_filled_with_the_words_of_the_page(printed: Printed) -> None:
    path = printed(HEADER, *ROWS, TOTAL)
    bare = replace(read_paper(path).pages[0], tables=())
    found = {each.finder: each.page for each in alternatives.camelot_alternatives(file_of(path), bare)}
    (table,) = found["camelot lattice"].tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [HEADER, *ROWS, TOTAL]
    boxes = [cell.box for row in table.rows for cell in row.cells]
    assert [round(box.x0) for box in boxes[:4] if box] == pytest.approx(X[:4], abs=2)
    assert table.finder == "camelot lattice"


def test_camelot_is_stopped_when_it_takes_too_long(printed: Printed) -> None:
    with pytest.raises(NoSecondOpinion, match="took longer"):
        ask_camelot(printed(HEADER, *ROWS).read_bytes(), 1, seconds=0.01)


def test_a_camelot_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "camelot.py").write_text("raise ImportError('no such module here')", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(NoSecondOpinion, match="no such module here"):
        ask_camelot(b"%PDF-", 1)


def test_a_turned_page_is_not_shown_to_camelot(printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alternatives, "ask_camelot", no_camelot)
    assert list(alternatives.camelot_alternatives(file_of(printed(HEADER)), Page(1, rotation=90))) == []
