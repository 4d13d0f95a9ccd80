"""Ruled tables of born-digital PDFs: the grid as ruled, the text as printed, every word with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from extract.limits import Limits
from extract.paper import PageStatus, PrintedTable
from extract.read import read_paper

Drawer = Callable[..., Path]

COLUMNS = [50.0, 200.0, 300.0, 400.0]


def texts(table: PrintedTable) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def only_table(path: Path) -> PrintedTable:
    (table,) = read_paper(path).tables
    return table


def savings(canvas: Canvas) -> None:
    """Three columns, a header over two of them, a wrapped cell, and a total row that is one filled box."""
    canvas.rect(50, 300, 150, 40)
    canvas.rect(200, 320, 200, 20)
    canvas.grid(COLUMNS, [260, 300])
    canvas.line(300, 300, 300, 320)
    canvas.line(400, 300, 400, 320)
    canvas.drawString(55, 310, "Service")
    canvas.drawString(205, 325, "2025-26 Budget")
    canvas.drawString(205, 305, "Target")
    canvas.drawString(305, 305, "Forecast")
    canvas.drawString(55, 287, "Routing of school")
    canvas.drawString(55, 275, "transport")
    canvas.drawString(205, 287, "(1,250.5)")
    canvas.setFillGray(0.7)
    canvas.rect(50, 240, 350, 20, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.drawString(55, 245, "TOTAL SAVINGS")
    canvas.drawString(205, 245, "-1,250.5")
    canvas.drawString(305, 245, "0.0")


def test_cells_are_where_the_rules_put_them(drawn: Drawer) -> None:
    def page(canvas: Canvas) -> None:
        canvas.grid(COLUMNS, [320, 340, 360])
        canvas.drawString(55, 345, "Line")
        canvas.drawString(205, 345, "Cashable")
        canvas.drawRightString(395, 325, "38")

    table = only_table(drawn(page))
    assert texts(table) == [["Line", "Cashable", ""], ["", "", "38"]]
    assert table.width == 3
    assert table.edges == pytest.approx(COLUMNS)
    assert table.finder == "ruled"
    word = table.rows[1].cells[2].words[0]
    assert word.text == "38"
    assert word.box.x1 == pytest.approx(395, abs=0.1)
    assert 60 < word.box.top < word.box.bottom < 80
    box = table.rows[0].cells[0].box
    assert box is not None
    assert (box.x0, box.top, box.x1, box.bottom) == pytest.approx((50, 40, 200, 60))


def test_wrapped_cells_spanning_headers_and_total_rows(drawn: Drawer) -> None:
    table = only_table(drawn(savings))
    assert texts(table) == [
        ["Service", "2025-26 Budget"],
        ["Target", "Forecast"],
        ["Routing of school\ntransport", "(1,250.5)", ""],
        ["TOTAL SAVINGS -1,250.5 0.0"],
    ]
    assert [(c.column, c.span) for c in table.rows[0].cells] == [(0, 1), (1, 2)]
    total = table.rows[3].cells[0]
    assert (total.column, total.span) == (0, table.width)
    assert [round(word.box.x0) for word in total.words] == [55, 90, 205, 305]


def test_rows_are_counted_over_all_tables_of_a_page(drawn: Drawer) -> None:
    def page(canvas: Canvas) -> None:
        canvas.grid([50, 100, 150], [300, 320, 340])
        canvas.grid([50, 100, 150], [200, 220])
        # A frame without text is no table.
        canvas.grid([300, 350, 400], [200, 220, 240])
        for y in (305, 325, 205):
            canvas.drawString(55, y, "Buses")
        canvas.drawString(50, 260, "between")

    (read,) = read_paper(drawn(page, page)).pages[1:]
    assert [[row.number for row in table.rows] for table in read.tables] == [[1, 2], [3]]
    assert [(table.page, table.number) for table in read.tables] == [(2, 1), (2, 2)]
    assert [(line.number, line.text) for line in read.lines] == [(1, "between")]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_reads_as_it_is_shown(drawn: Drawer, degrees: int) -> None:
    """The same page, drawn turned and shown turned back, gives the same table."""

    def turned(canvas: Canvas) -> None:
        canvas.setPageRotation(degrees)
        canvas.setPageSize((600, 400))
        canvas.translate(*{90: (400, 0), 180: (600, 400), 270: (0, 600)}[degrees])
        canvas.rotate(degrees)
        savings(canvas)

    def upright(canvas: Canvas) -> None:
        savings(canvas)

    expected = only_table(drawn(upright, name="upright.pdf"))
    path = drawn(turned, name="turned.pdf")
    (page,) = read_paper(path).pages
    assert (page.rotation, page.width, page.height) == (degrees, 600, 400)
    (table,) = page.tables
    assert texts(table) == texts(expected)
    assert table.edges == pytest.approx(expected.edges, abs=0.05)


def test_upright_text_in_a_narrow_column_reads_from_the_bottom(drawn: Drawer) -> None:
    def page(canvas: Canvas) -> None:
        canvas.grid([50, 80, 300], [200, 300])
        canvas.saveState()
        canvas.translate(70, 210)
        canvas.rotate(90)
        canvas.drawString(0, 0, "Adult services")
        canvas.restoreState()
        canvas.drawString(100, 250, "12")

    assert texts(only_table(drawn(page))) == [["Adult services", "12"]]


def test_a_watermark_stays_out_of_the_numbers(drawn: Drawer) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(55, 345, "12,500")
        canvas.saveState()
        canvas.setFont("Helvetica", 60)
        canvas.translate(200, 100)
        canvas.rotate(45)
        canvas.drawString(0, 0, "DRAFT")
        canvas.restoreState()

    assert [line.text for line in read_paper(drawn(page)).pages[0].lines] == ["12,500", "DRAFT"]


def test_rules_inside_a_form_that_is_scaled_and_nested(drawn: Drawer) -> None:
    def page(canvas: Canvas) -> None:
        canvas.beginForm("inner")
        canvas.grid([10, 60, 110], [10, 20, 30])
        canvas.setFont("Helvetica", 5)
        canvas.drawString(12, 22, "inside")
        canvas.endForm()
        canvas.beginForm("outer")
        canvas.translate(5, 5)
        canvas.doForm("inner")
        canvas.endForm()
        canvas.scale(2, 2)
        canvas.doForm("outer")

    table = only_table(drawn(page))
    assert texts(table) == [["inside", ""], ["", ""]]
    assert table.edges == pytest.approx([30, 130, 230])


def test_frames_are_no_tables_and_one_column_is(drawn: Drawer) -> None:
    def framed(canvas: Canvas) -> None:
        canvas.rect(10, 10, 580, 380)
        canvas.drawString(50, 200, "prose")

    def listed(canvas: Canvas) -> None:
        canvas.grid([50, 300], [200, 220, 240])
        canvas.drawString(60, 205, "item")

    frame, column = read_paper(drawn(framed, listed)).pages
    assert (frame.tables, [line.text for line in frame.lines]) == ((), ["prose"])
    assert [(table.width, len(table.rows)) for table in column.tables] == [(1, 2)]


def test_a_hatched_page_keeps_its_text_and_does_not_hang(drawn: Drawer) -> None:
    def hatched(canvas: Canvas) -> None:
        canvas.grid([4.0 * i for i in range(1, 149)], [4.0 * i for i in range(1, 99)])
        canvas.drawString(50, 200, "map")

    (page,) = read_paper(drawn(hatched)).pages
    assert page.status is PageStatus.TOO_LARGE
    assert page.problem == "ruling lines that cross more than 10,000 times on one page"
    assert [line.text for line in page.lines] == ["map"]


def test_limits_are_per_page_and_told(drawn: Drawer) -> None:
    path = drawn(savings, lambda canvas: canvas.drawString(50, 50, "short"), savings)
    few_chars, _, cut = read_paper(path, Limits(chars=20, pages=2)).pages
    assert (few_chars.status, few_chars.problem) == (PageStatus.TOO_LARGE, "more than 20 characters on one page")
    assert (cut.number, cut.status, cut.problem) == (3, PageStatus.TOO_LARGE, "3 pages: only the first 2 were read")
    few_segments = read_paper(path, Limits(segments=5)).pages[0]
    assert few_segments.problem == "more than 5 path segments on one page"


def test_drawings_nested_too_often_or_too_deep(drawn: Drawer) -> None:
    def nested(canvas: Canvas) -> None:
        canvas.beginForm("0")
        canvas.line(0, 0, 10, 0)
        canvas.endForm()
        for depth in range(1, 4):
            canvas.beginForm(str(depth))
            for _ in range(5):
                canvas.doForm(str(depth - 1))
            canvas.endForm()
        canvas.doForm("3")

    path = drawn(nested)
    assert read_paper(path).pages[0].status is PageStatus.NO_TEXT
    assert read_paper(path, Limits(objects=100)).pages[0].problem == "more than 100 drawn objects on one page"
    assert read_paper(path, Limits(depth=2)).pages[0].problem == "drawings nested more than 2 deep"
