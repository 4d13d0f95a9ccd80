"""The benchmark of table finding, on papers of a page: scores, packs, and what is said of a tool that fails."""

from __future__ import annotations

import json
import shutil
import sys
import venv
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from benchmarks.tables import (
    ICDAR,
    OURS,
    PLUMBER,
    PRINTING,
    RUNNING,
    Measured,
    Ran,
    Score,
    Use,
    pack,
    pages_of,
    pages_without_tables,
    prose,
    read_all,
    run,
    score_of,
    targets,
    told,
    use_of,
)
from extract.limits import Limits
from extract.paper import PageStatus
from extract.read import read_paper

TEXTS = (("Line", "2007/08"), ("Buses", "10"), ("Lighting", "20"))
TRUTH = """<document><table id="1"><region page="1">{}</region></table></document>"""
CELL = '<cell start-row="{}" start-col="{}"><content>{}</content></cell>'


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder with a paper of a ruled table and a page of prose, and the truth about it."""
    canvas = Canvas(str(tmp_path / "made.pdf"), pagesize=(300, 200))
    canvas.grid([30, 120, 210], [60, 90, 120, 150])
    for row, texts in enumerate(TEXTS):
        for column, text in enumerate(texts):
            canvas.drawString(40 + 90 * column, 130 - 30 * row, text)
    canvas.showPage()
    canvas.drawString(30, 100, "Nothing on this page stands in columns.")
    canvas.save()
    cells = (CELL.format(r, c, text) for r, texts in enumerate(TEXTS) for c, text in enumerate(texts))
    (tmp_path / "made-str.xml").write_text(TRUTH.format("".join(cells)), encoding="utf-8")
    return tmp_path


@pytest.fixture
def script() -> Path:
    """The competition's measure, which is not in the repository."""
    path = ICDAR / "score.py"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


def test_a_table_that_is_found_whole_scores_one(made: Path, script: Path) -> None:
    ran = run(OURS, Path(sys.executable), [made / "made.pdf"], made / "found")
    assert (ran.fault, ran.problems) == ("", {})
    assert ran.cpu[made / "made.pdf"] > 0
    assert score_of(made / "found", made, script) == Score(1.0, 1.0, 0)


def test_a_table_that_is_none_counts_as_false(made: Path, script: Path) -> None:
    read_all(OURS, made, [made / "made.pdf"])
    found = json.loads((made / "made.json").read_text(encoding="utf-8"))
    found["tables"].append({"page": 2, "rows": [["Nothing", "on"], ["this", "page"]]})
    (made / "made.json").write_text(json.dumps(found), encoding="utf-8")
    score = score_of(made, made, script)
    assert score is not None
    assert score.false == 1
    assert score.documents < 1


def test_a_paper_that_a_tool_cannot_read_is_said_and_counts_as_empty(made: Path) -> None:
    bad = made / "bad.pdf"
    bad.write_bytes(b"no PDF at all")
    ran = run(OURS, Path(sys.executable), [made / "made.pdf", bad], made / "found")
    assert list(ran.problems) == [bad]
    assert "DamagedPaper" in ran.problems[bad]
    assert json.loads((made / "found" / "bad.json").read_text(encoding="utf-8")) == {"tables": []}


def test_a_tool_that_is_not_installed_is_said(made: Path) -> None:
    ran = run(PLUMBER, made / "nowhere" / "python", [made / "made.pdf"], made / "found")
    assert ran.fault.startswith("not installed")
    bare = made / "bare"
    venv.create(bare)
    python = next(bare.glob("bin/python*"), bare / "Scripts" / "python.exe")
    ran = run("camelot hybrid", python, [made / "made.pdf"], made / "found")
    assert "camelot" in ran.fault


def test_without_a_measure_there_is_no_score(made: Path) -> None:
    assert score_of(made, made, made / "none.py") is None


def test_a_pack_repeats_the_pages_in_order_and_shares_what_they_share(made: Path) -> None:
    pack(made / "made.pdf", [0, 1], 60, made / "pack.pdf")
    pack(made / "made.pdf", [0, 1], 2, made / "two.pdf")
    assert pages_of(made / "pack.pdf") == 60
    assert (made / "pack.pdf").stat().st_size < 30 * (made / "two.pdf").stat().st_size


def test_pages_are_plain_that_hold_no_table_and_in_which_none_is_found(made: Path) -> None:
    assert pages_without_tables([made / "made.pdf"]) == {made / "made.pdf": [1]}
    shutil.copy(made / "made-str.xml", made / "madea-str.xml")
    (made / "madea-str.xml").write_text(TRUTH.replace('page="1"', 'page="2"'), encoding="utf-8")
    assert pages_without_tables([made / "made.pdf"]) == {}


def test_the_page_of_prose_is_one_that_a_run_does_not_lay_out(tmp_path: Path) -> None:
    (page,) = read_paper(prose(tmp_path / "prose.pdf"), Limits(amounts_only=True)).pages
    assert page.status is PageStatus.SKIPPED
    assert len(page.text) > 3_000


def test_the_use_of_a_command_is_its_own_and_a_failure_is_kept() -> None:
    large = use_of(sys.executable, "-c", "x = bytearray(b'x') * (150 << 20)")
    small = use_of(sys.executable, "-c", "import sys; sys.exit('went wrong')")
    assert large.peak > 150 > small.peak
    assert large.fault == ""
    assert small.fault == "exit status 1: went wrong"


def test_the_report_says_what_was_not_measured_and_never_counts_it_as_reached() -> None:
    paper = Path("a.pdf")
    ours, peer = Ran(OURS, {paper: 0.02}, {}), Ran(PLUMBER, {}, {}, "not installed: x is not here")
    memory = {PRINTING: Use(1, 9), RUNNING: Use(1, 9, "exit status 1")}
    sets = {"ICDAR": [], "corpus": [paper]}
    measured = Measured(sets, {paper: 2}, [ours, peer], (0, 0.0), (0, 0.0), memory)
    report = "\n".join(told(measured))
    assert "ICDAR: not here, not measured; corpus: 1 papers, 2 pages" in report
    assert "not installed: x is not here" in report
    reached = {name: (value, verdict) for name, value, verdict in targets(measured)}
    assert reached["F1 pooled ≥ .90"] == ("not measured", "no")
    assert reached["≥ 6 times faster than pdfplumber"] == ("not measured", "no")
    assert reached["≤ 20 ms CPU a page (corpus)"] == ("10.0", "yes")
    assert reached["≤ 20 ms CPU a page (ICDAR)"] == ("not measured", "no")
    assert reached[f"2,000 pages in < 300 MB ({PRINTING})"] == ("9", "yes")
    assert reached[f"2,000 pages in < 300 MB ({RUNNING})"] == ("not measured", "no")


def test_tools_are_compared_on_papers_that_both_read() -> None:
    one, two = Path("one.pdf"), Path("two.pdf")
    ours = Ran(OURS, {one: 1.0, two: 9.0}, {})
    peer = Ran(PLUMBER, {one: 6.0, two: 0.0}, {two: "failed"})
    measured = Measured({"all": [one, two]}, {one: 1, two: 1}, [ours, peer], (0, 0.0), (0, 0.0), {})
    assert measured.times(peer) == pytest.approx(6.0)
    assert measured.times(ours) == pytest.approx(1.0)
