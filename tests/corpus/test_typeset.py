"""The typesetter: the same bytes every time, text that can be read back, and errors that say where to look."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
import pytest

from corpus import folders, fonts, typeset
from corpus.case import Case, CaseError, Cell, Page, read_case

ROOT = Path(__file__).parents[2]
CASES = folders.all_cases()
LARGEST = 300_000
# What another reader may get back otherwise: marks of private fonts, ligatures, soft hyphens and no-break spaces.
PRIVATE = {*fonts.TICKS, *fonts.PRIVATE_ARROWS, fonts.NAMELESS, *"ﬁﬂ\u00ad\u00a0"}

SMALL = """
authority: Anyshire Council
made_up: true
source: made up
purpose: For tests of the typesetter
page: {landscape: true}
tables:
  lines: {columns: [120, 50r, 50c], head: {boxed: true, fill: "#333333", colour: "#ffffff"}}
heads:
  plain:
    - [Saving, £'000, Mark]
pages:
  - content:
      - {text: "A line of its own: 1,067 – 20"}
      - table: lines
        head: plain
        rows:
          - ["1 1", 1067.0, ↔]
          - [Lampposts in every street of the borough that has any, ~, ı]
          - [Bins – and bags, "£170", ↑ or →]
          - {total: [Total of both, "1,237.0", ~], fill: "#333333", colour: "#ffffff"}
"""


def make(folder: Path, text: str = SMALL) -> Path:
    (folder / folders.CASE_FILE).write_text(text, encoding="utf-8")
    return folder


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1
    return SMALL.replace(old, new)


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(CaseError) as caught:
        typeset.typeset_folder(make(folder, text))
    return str(caught.value)


def cells_printed(case: Case, page: Page, *, boxed: bool) -> Iterator[str]:
    """The texts of cells that stand in boxes of their own, or those that do not; none where a page makes trouble."""
    style, mark = page.page or case.page, page.watermark or case.watermark
    if style.turned or style.rotate or mark:
        return
    for grid in page.grids:
        rules, ink = grid.rules or case.tables[grid.table].rules, case.tables[grid.table].ink
        rows = [row for row in grid.rows if (row.boxed or rules != "all") == boxed]
        cells = [cell for row in rows for cell in row.cells if (cell.ink or row.ink or ink) == "plain"]
        yield from (" ".join(cell.text.split()) for cell in cells if cell.text and is_plain(cell))


def is_plain(cell: Cell) -> bool:
    return not (cell.note or cell.turn or cell.free or PRIVATE & set(cell.text))


def cells_read(page: pdfplumber.page.Page) -> set[str]:
    found = (cell for table in page.extract_tables() for row in table for cell in row if cell)
    return {" ".join(cell.split()) for cell in found}


@pytest.mark.parametrize("folder", CASES, ids=folders.case_name)
def test_a_case_gives_the_same_bytes_twice(folder: Path) -> None:
    assert typeset.typeset_folder(folder) == typeset.typeset_folder(folder)


@pytest.mark.parametrize("folder", CASES, ids=folders.case_name)
def test_the_paper_is_what_its_case_yields(folder: Path) -> None:
    assert not typeset.differs(folder), f"run `python -m corpus.typeset {folder.relative_to(ROOT)}`"
    assert folders.paper_of(folder).stat().st_size < LARGEST


@pytest.mark.parametrize("folder", CASES, ids=folders.case_name)
def test_every_cell_can_be_read_back(folder: Path) -> None:
    case = read_case(folder / folders.CASE_FILE)
    with pdfplumber.open(folders.paper_of(folder)) as paper:
        assert len(paper.pages) == len(case.pages)
        for printed, page in zip(case.pages, paper.pages, strict=True):
            assert set(cells_printed(case, printed, boxed=False)) <= cells_read(page)
            text = page.extract_text()
            assert all(word in text for cell in cells_printed(case, printed, boxed=True) for word in cell.split())


@pytest.mark.parametrize("folder", CASES, ids=folders.case_name)
def test_a_case_says_what_it_is_for_and_whether_its_figures_are_made_up(folder: Path) -> None:
    case = read_case(folder / folders.CASE_FILE)
    assert case.purpose
    assert ("made-up" in case.purpose) == case.made_up


def test_chance_and_place_leave_no_mark(tmp_path: Path) -> None:
    papers = set()
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", "corpus.typeset", str(make(folder))]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        papers.add(folders.paper_of(folder).read_bytes())
    assert len(papers) == 1


def test_marks_are_printed_as_they_stand_in_the_file(tmp_path: Path) -> None:
    paper = typeset.typeset_folder(make(tmp_path))
    with pdfplumber.open(io.BytesIO(paper)) as pdf:
        read = cells_read(pdf.pages[0])
        assert {"1 1", "1067.0", "↔", "ı", "£170", "↑ or →", "Bins – and bags"} <= read
        assert "A line of its own: 1,067 – 20" in pdf.pages[0].extract_text()


def test_another_reader_gets_the_same_marks(tmp_path: Path) -> None:
    with pypdfium2.PdfDocument(typeset.typeset_folder(make(tmp_path))) as pdf:
        text = pdf[0].get_textpage().get_text_bounded()
    assert all(mark in text for mark in ("1 1", "1067.0", "↔", "ı", "£170", "↑ or →", "1,067 – 20"))


def test_long_cells_wrap_and_stay_one_cell(tmp_path: Path) -> None:
    with pdfplumber.open(io.BytesIO(typeset.typeset_folder(make(tmp_path)))) as pdf:
        rows = pdf.pages[0].extract_tables()[0]
    assert rows[2][0] == "Lampposts in every street of the\nborough that has any"


def test_a_box_has_no_inner_rules_and_its_numbers_keep_their_column(tmp_path: Path) -> None:
    with pdfplumber.open(io.BytesIO(typeset.typeset_folder(make(tmp_path)))) as pdf:
        rows = pdf.pages[0].extract_tables()[0]
        words = {word["text"]: word for word in pdf.pages[0].extract_words()}
    assert rows[0] == ["Saving £'000 Mark", None, None]
    assert rows[-1] == ["Total of both 1,237.0", None, None]
    assert words["1,237.0"]["x1"] == pytest.approx(words["1067.0"]["x1"], abs=0.01)


TROUBLES = """
authority: Anyshire Council
made_up: true
source: made up
purpose: For tests of the typesetter
header: Running header
tables:
  lines: {columns: [120, 80r]}
pages:
  - watermark: {text: DRAFT}
    content:
      - table: lines
        rows:
          - [Twice, {text: "1,111", ink: twice}]
          - [Letters, {text: "2,222", ink: letters}]
          - [Raised, {text: "3,333", note: "1"}]
          - [{text: Hidden, ink: hidden}, {text: "\\ue0004,444"}]
          - {height: 70, cells: [{text: Upwards, turn: 90}, {text: Downwards, turn: 270}]}
      - beside:
          - {width: 210, content: [{table: lines, rows: [[Left, "5"], [Low, "6"]]}]}
          - {at: 250, width: 210, content: [{text: A note}, {table: lines, rows: [[Right, "7"]]}]}
  - page: {landscape: true, rotate: 270}
    content: [{table: lines, rows: [[Rotated, "8"]]}]
  - page: {landscape: true, turned: 90}
    content: [{table: lines, rows: [[Turned, "9"]]}]
"""


@pytest.fixture(scope="module")
def troubles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[pdfplumber.page.Page]]:
    folder = make(tmp_path_factory.mktemp("troubles"), TROUBLES)
    with pdfplumber.open(io.BytesIO(typeset.typeset_folder(folder))) as pdf:
        yield pdf.pages


def characters(page: pdfplumber.page.Page, letters: str) -> list[dict[str, Any]]:
    return [char for char in page.chars if char["text"] in letters]


def test_letters_drawn_twice_stand_a_little_apart(troubles: list[pdfplumber.page.Page]) -> None:
    places = [char["x0"] for char in characters(troubles[0], "1") if char["size"] == 7]
    assert len(places) == 8
    assert {round(b - a, 2) for a, b in zip(places[:4], places[4:], strict=True)} == {0.21}


def test_letters_drawn_one_by_one_come_in_no_order(troubles: list[pdfplumber.page.Page]) -> None:
    places = [char["x0"] for char in characters(troubles[0], "2")]
    assert len(places) == 4
    assert places != sorted(places)


def test_a_note_is_small_and_raised(troubles: list[pdfplumber.page.Page]) -> None:
    digits, [note] = characters(troubles[0], "3"), [c for c in characters(troubles[0], "1") if c["size"] < 7]
    assert note["bottom"] < min(digit["bottom"] for digit in digits) - 1
    assert note["x0"] >= max(digit["x1"] for digit in digits)


@pytest.mark.parametrize(("text", "downwards"), [("Upwards", False), ("Downwards", True)])
def test_turned_text_stands_on_its_end(troubles: list[pdfplumber.page.Page], text: str, downwards: bool) -> None:
    turned = [c for c in troubles[0].chars if abs(c["matrix"][0]) < 0.01 and (c["matrix"][1] < 0) == downwards]
    assert "".join(c["text"] for c in sorted(turned, key=lambda c: c["top"], reverse=not downwards)) == text


def test_tables_stand_side_by_side(troubles: list[pdfplumber.page.Page]) -> None:
    words = {word["text"]: word for word in troubles[0].extract_words()}
    assert words["Left"]["x0"] + 250 == pytest.approx(words["Right"]["x0"])
    assert words["Left"]["top"] < words["Low"]["top"] < words["Right"]["top"]


def test_a_rotated_page_is_shown_upright_and_a_turned_table_is_not(troubles: list[pdfplumber.page.Page]) -> None:
    _, rotated, turned = troubles
    assert (rotated.rotation, turned.rotation) == (270, 0)
    assert rotated.width > rotated.height
    assert turned.width < turned.height
    assert rotated.extract_tables() == [[["Rotated", "8"]]]
    upright = "".join(char["text"] for char in turned.chars if char["upright"])
    assert upright.replace(" ", "") == "Runningheader"


def test_a_glyph_without_a_name_is_no_character_to_a_reader(tmp_path: Path) -> None:
    with pypdfium2.PdfDocument(typeset.typeset_folder(make(tmp_path, TROUBLES))) as pdf:
        text = pdf[0].get_textpage().get_text_range()
    assert "\ufffe4,444" in text


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("purpose:", "porpoise: x\npurpose:", "porpoise"),
        ("columns: [120", "colums: [], columns: [120", "tables.lines.colums"),
        ('{text: "A line', '{bald: true, text: "A line', "pages.1.content.1.text.bald"),
        ("{total: [Total", "{hight: 3, total: [Total", "pages.1.content.2.table.rows.4.hight"),
    ],
)
def test_an_unknown_key_is_an_error_that_names_file_and_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert f"{tmp_path / folders.CASE_FILE}: {key}: unknown key" in complaint(tmp_path, changed(old, new))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("made_up: true", "made_up: false", "made_up is true if, and only if, source is 'made up'"),
        ("[120, 50r, 50c]", "[120, 50x, 50c]", "not '50x'"),
        ("head: plain", "head: fancy", "page 1: there is no head 'fancy'"),
        ("- table: lines", "- table: others", "page 1: there is no table 'others'"),
        (", ↔]", "]", "page 1: row 1 of 'lines' takes 2 columns, the table has 3"),
        ("- {text: ", "- {space: 3, text: ", "exactly one of the keys text, space, table and beside"),
        ("Lampposts in every", "Lampposts_in_every_single_street_there_is", "page 1: 'Lampposts_in_every_single"),
        ("[120, 50r, 50c]", "[920, 50r, 50c]", "page 1: the table 'lines' is"),
        ("- {text: ", "- {space: 999}\n      - {text: ", "points too long"),
        ("£170", "雪", "page 1: no font has '雪' (U+96EA)"),
        ("pages:", "pages: [", "while parsing"),
        ("purpose:", "made_up: false\npurpose:", "duplicate key"),
    ],
)
def test_what_cannot_be_typeset_is_said(tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = complaint(tmp_path, changed(old, new))
    assert problem in text
    assert text.startswith(f"{tmp_path / folders.CASE_FILE}: ")


def test_the_command_writes_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typeset.main([str(make(tmp_path))]) == 0
    assert re.search(r"\.pdf: [\d,]+ bytes", capsys.readouterr().out)
    assert typeset.main(["--check", str(tmp_path)]) == 0


def test_check_notices_a_paper_that_is_missing_or_out_of_date(tmp_path: Path) -> None:
    make(tmp_path)
    assert typeset.main(["--check", str(tmp_path)]) == 1
    typeset.main([str(tmp_path)])
    make(tmp_path, changed("£170", "£171"))
    assert typeset.main(["--check", str(tmp_path)]) == 1


def test_one_bad_case_does_not_hide_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, good, missing = tmp_path / "bad", tmp_path / "good", tmp_path / "missing"
    for folder in (bad, good, missing):
        folder.mkdir()
    make(bad, changed("purpose:", "porpoise:"))
    make(good)
    assert typeset.main([str(bad), str(missing), str(good)]) == 1
    assert folders.paper_of(good).is_file()
    assert "porpoise: unknown key" in capsys.readouterr().err
