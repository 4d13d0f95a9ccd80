"""What a page shows and what it holds: unseen ink, watermarks, raised notes, nameless glyphs, turned pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from corpus import typeset
from corpus.folders import CASE_FILE
from extract.paper import Page, PrintedTable
from extract.read import read_paper
from tests.extract.test_aligned import texts

Drawer = Callable[..., Path]


def grid(canvas: Canvas, *rows: tuple[str, str]) -> None:
    """A ruled table of two columns, 20 points a row."""
    canvas.grid([50, 250, 350], [300 - 20 * i for i in range(len(rows) + 1)])
    for i, (label, number) in enumerate(rows):
        canvas.drawString(55, 286 - 20 * i, label)
        canvas.drawRightString(345, 286 - 20 * i, number)


def page_of(path: Path) -> Page:
    (page,) = read_paper(path).pages
    return page


def only_table(page: Page) -> list[list[str]]:
    (table,) = page.tables
    return texts(table)


ROWS = (("Bins", "10"), ("Roads", "20"))


def white(canvas: Canvas) -> None:
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.drawString(200, 286, "999")


def nearly_white(canvas: Canvas) -> None:
    canvas.setFillColor(HexColor("#f4f4f4"))
    canvas.drawString(200, 286, "999")


def covered(canvas: Canvas) -> None:
    canvas.drawString(200, 286, "999")
    canvas.rect(190, 282, 40, 14, stroke=0, fill=1)


def black_on_black(canvas: Canvas) -> None:
    canvas.rect(190, 282, 40, 14, stroke=0, fill=1)
    canvas.drawString(200, 286, "999")


def for_programs(canvas: Canvas) -> None:
    canvas.drawString(200, 286, "999", mode=3)


@pytest.mark.parametrize("hide", [white, nearly_white, covered, black_on_black, for_programs])
def test_what_no_reader_sees_is_left_out_and_said(drawn: Drawer, hide: Callable[[Canvas], None]) -> None:
    def draw(canvas: Canvas) -> None:
        grid(canvas, *ROWS)
        hide(canvas)

    page = page_of(drawn(draw))
    assert only_table(page) == [["Bins", "10"], ["Roads", "20"]]
    assert [note.split()[0] for note in page.notes] == ["3"]


def white_on_a_fill(canvas: Canvas) -> None:
    canvas.setFillColor(HexColor("#204060"))
    canvas.rect(190, 282, 40, 14, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.drawString(200, 286, "999")


def under_a_highlight(canvas: Canvas) -> None:
    canvas.drawString(200, 286, "999")
    canvas.setFillColor(HexColor("#ffff00"))
    canvas.setFillAlpha(0.4)
    canvas.rect(190, 282, 40, 14, stroke=0, fill=1)


def on_two_fills(canvas: Canvas) -> None:
    canvas.rect(190, 282, 40, 14, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#eeeeee"))
    canvas.rect(190, 282, 40, 14, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#000000"))
    canvas.drawString(200, 286, "999")


@pytest.mark.parametrize("show", [white_on_a_fill, under_a_highlight, on_two_fills])
def test_what_can_be_seen_is_read(drawn: Drawer, show: Callable[[Canvas], None]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "Bins")
        show(canvas)

    page = page_of(drawn(draw))
    assert "999" in page.text_between
    assert page.notes == ()


@pytest.mark.parametrize("angle", [0, 45, 90])
def test_a_watermark_gets_into_no_cell(drawn: Drawer, angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        grid(canvas, *ROWS)
        canvas.setFillGray(0.8)
        canvas.setFont("Helvetica-Bold", 60)
        canvas.translate(200, 280)
        canvas.rotate(angle)
        canvas.drawCentredString(0, -20, "DRAFT")

    page = page_of(drawn(draw))
    assert only_table(page) == [["Bins", "10"], ["Roads", "20"]]
    assert page.text_between == "DRAFT"


def test_a_large_title_is_no_watermark(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        grid(canvas, ("Bins", "10"), ("Roads", "20"), ("Parks", "30"))
        canvas.setFont("Helvetica", 30)
        canvas.drawString(60, 330, "Savings")

    page = page_of(drawn(draw))
    assert "Savings" in page.text
    assert only_table(page)[0] == ["Bins", "10"]


def test_a_raised_digit_is_a_note_and_no_digit(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([50, 250, 350], [300, 280, 260])
        for y, label, number, note in ((286, "Bins", "1,234", "1"), (266, "Roads", "20", "12")):
            canvas.setFont("Helvetica", 10)
            canvas.drawString(55, y, label)
            canvas.drawString(300, y, number)
            canvas.setFont("Helvetica", 6)
            canvas.drawString(300 + canvas.stringWidth(number, "Helvetica", 10), y + 4, note)

    assert only_table(page_of(drawn(draw))) == [["Bins", "1,234¹"], ["Roads", "20¹²"]]


def test_small_print_on_the_same_line_is_no_note(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "Total")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(80, 200, "2009")

    assert page_of(drawn(draw)).text_between == "Total 2009"


CASE = """
authority: Anyshire Council
made_up: true
source: made up
purpose: For tests of reading
header: Running header
tables: {{lines: {{columns: [160, 60r, 60r], rules: {rules}, size: 9}}}}
pages:
  - page: {{landscape: true, {turn}}}
    content:
      - table: lines
        rows:
          - [Service, 2008/09, 2009/10]
          - [Bins, "1,200", "{first}"]
          - [Roads, "30", {{text: "40", colour: "#cc0000"}}]
          - [Parks, "5", "6"]
          - [Total, "1,235", "46"]
"""


def read_case(folder: Path, first: str = "-", rules: str = "all", turn: str = "rotate: 0") -> Page:
    folder.mkdir(exist_ok=True)
    (folder / CASE_FILE).write_text(CASE.format(first=first, rules=rules, turn=turn), encoding="utf-8")
    (folder / "made.pdf").write_bytes(typeset.typeset_folder(folder))
    return page_of(folder / "made.pdf")


def test_a_glyph_without_a_name_is_seen_to_be_missing(tmp_path: Path) -> None:
    (table,) = read_case(tmp_path, first="\ue00077").tables
    assert texts(table)[1] == ["Bins", "1,200", "\ufffd77"]


def test_red_cells_are_marked(tmp_path: Path) -> None:
    (table,) = read_case(tmp_path).tables
    assert [cell.text for row in table.rows for cell in row.cells if cell.red] == ["40"]


def table_of(page: Page) -> PrintedTable:
    (table,) = page.tables
    return table


@pytest.mark.parametrize("rules", ["all", "none"])
@pytest.mark.parametrize("turn", ["turned: 90", "turned: 180", "turned: 270", "rotate: 90", "rotate: 180"])
def test_a_table_turned_on_its_page_reads_as_if_it_were_not(tmp_path: Path, rules: str, turn: str) -> None:
    upright, turned = read_case(tmp_path / "a", rules=rules), read_case(tmp_path / "b", rules=rules, turn=turn)
    assert texts(table_of(turned)) == texts(table_of(upright))
    assert table_of(turned).box == pytest.approx(table_of(upright).box, abs=0.05)
    assert [cell.red for row in table_of(turned).rows for cell in row.cells].count(True) == 1


@pytest.mark.parametrize(("turn", "quarters"), [("turned: 90", 1), ("turned: 180", 2), ("turned: 270", 3)])
def test_the_place_on_the_page_as_shown_is_known(tmp_path: Path, turn: str, quarters: int) -> None:
    page = read_case(tmp_path, turn=turn)
    box = table_of(page).box
    assert page.frame
    assert box
    x0, top, x1, bottom = page.frame.on_sheet(box)
    width, height = page.width, page.height
    # The table stands at the top left of its sheet, wherever that went: 36 points from its side, 40 from its top.
    places = {
        1: (x0 - 40, height - bottom - 36),
        2: (width - x1 - 36, height - bottom - 40),
        3: (width - x1 - 40, top - 36),
    }
    assert places[quarters] == pytest.approx((0, 0), abs=0.5)


def test_a_word_that_runs_into_its_number_is_parted_from_it(drawn: Drawer) -> None:
    rows = [("Bins", "1,250", "3"), ("Roads", "980", "4"), ("Parks", "75", "5"), ("Total", "2,305", "12")]
    long = "What is rescheduled in the third quarter"

    def draw(canvas: Canvas) -> None:
        for i, (label, number, other) in enumerate([*rows, ("", "405", "6"), *rows]):
            canvas.drawString(50, 300 - 15 * i, label)
            canvas.drawRightString(300, 300 - 15 * i, number)
            canvas.drawRightString(360, 300 - 15 * i, other)
        text = canvas.beginText(50, 240)
        text.setHorizScale(100 * (250 - canvas.stringWidth("405")) / canvas.stringWidth(long))
        text.textOut(long)
        canvas.drawText(text)

    assert only_table(page_of(drawn(draw)))[4] == [long, "405", "6"]


def test_a_fill_that_is_cut_away_covers_nothing(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        grid(canvas, *ROWS)
        path = canvas.beginPath()
        path.rect(0, 0, 40, 40)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.setFillColor(HexColor("#dddddd"))
        canvas.rect(0, 0, 595, 842, stroke=0, fill=1)

    page = page_of(drawn(draw))
    assert only_table(page) == [list(row) for row in ROWS]
    assert page.notes == ()
