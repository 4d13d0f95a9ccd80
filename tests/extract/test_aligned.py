"""Tables without upright rules: found by the places of their words, and not seen where there is only text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from extract.aligned import halved
from extract.paper import Cell, Page, PrintedTable, Row
from extract.read import read_paper

Drawer = Callable[..., Path]

RIGHT = (300, 400, 500)
SAVINGS = [
    ("Adult services", "1,250", "1,100", "(150)"),
    ("Children and families", "980", "1,020", "40"),
    ("Routing of school transport", "75", "-", "(75)"),
    ("Highways", "2,305", "2,305", "0"),
    ("Total", "4,610", "4,425", "(185)"),
]
PROSE = (
    "The committee notes that efficiency savings of 4,610 were planned for the year and that 4,425 had been made by "
    "the end of March 2009. The shortfall of 185 is explained by the delay in the letting of the transport contract, "
    "which began in July and not in April, and by a lower return on balances than the budget of 2008 assumed."
)


def texts(table: PrintedTable) -> list[list[str]]:
    """The rows of a table on its grid."""
    return [[cell.text if (cell := row.at(i)) else "" for i in range(table.width)] for row in table.rows]


def page_of(path: Path) -> Page:
    (page,) = read_paper(path).pages
    return page


def only_table(path: Path) -> PrintedTable:
    (table,) = page_of(path).tables
    return table


def rows(
    canvas: Canvas, lines: Sequence[tuple[str, ...]], top: float = 300, left: float = 50, pitch: float = 15
) -> None:
    """A first column flush left and the others flush right."""
    for i, (label, *numbers) in enumerate(lines):
        canvas.drawString(50, top - i * pitch, label)
        for x, number in zip(RIGHT, numbers, strict=False):
            canvas.drawRightString(x, top - i * pitch, number)


def wrapped(text: str, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if stringWidth(longer, "Helvetica", 10) < width else [*lines, word]
    return lines


def paragraph(canvas: Canvas, text: str, left: float, top: float, width: float) -> None:
    for i, line in enumerate(wrapped(text, width)):
        canvas.drawString(left, top - 12 * i, line)


def justified(canvas: Canvas, text: str, left: float, top: float, width: float) -> None:
    for i, line in enumerate(wrapped(text, width)[:-1]):
        words = line.split()
        gap = (width - sum(stringWidth(word, "Helvetica", 10) for word in words)) / max(1, len(words) - 1)
        x = left
        for word in words:
            canvas.drawString(x, top - 12 * i, word)
            x += stringWidth(word, "Helvetica", 10) + gap


def test_numbers_in_columns_are_a_table(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        paragraph(canvas, PROSE, 50, 380, 480)
        rows(canvas, [("Service", "Target", "Outturn", "Variance"), *SAVINGS], top=300)
        paragraph(canvas, PROSE, 50, 180, 480)

    page = page_of(drawn(draw))
    (table,) = page.tables
    assert texts(table) == [["Service", "Target", "Outturn", "Variance"], *map(list, SAVINGS)]
    assert (table.finder, table.width, table.number, len(table.edges)) == ("aligned", 4, 1, 5)
    assert [row.number for row in table.rows] == [1, 2, 3, 4, 5, 6]
    assert "Highways" not in page.text_between
    assert page.text_between.split() == [*PROSE.split(), *PROSE.split()]


def test_cells_know_their_words_and_boxes(drawn: Drawer) -> None:
    table = only_table(drawn(lambda canvas: rows(canvas, SAVINGS)))
    cell = table.rows[2].cells[0]
    assert [word.text for word in cell.words] == ["Routing", "of", "school", "transport"]
    assert cell.box is not None
    assert table.box is not None
    assert all(cell.box.x0 <= word.box.x0 and word.box.x1 <= cell.box.x1 for word in cell.words)
    assert table.edges[0] == table.box.x0
    assert table.edges[-1] == table.box.x1
    assert list(table.edges) == sorted(table.edges)


def test_level_rules_alone_bound_rows(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 330, "Table 3: what was saved")
        canvas.drawString(55, 300, "Energy")
        canvas.drawString(55, 288, "(Buildings)")
        canvas.drawString(255, 300, "Boilers are")
        canvas.drawString(255, 288, "replaced")
        canvas.drawRightString(500, 300, "45")
        canvas.drawString(55, 270, "Fleet")
        canvas.drawString(255, 270, "Fewer vans")
        canvas.drawRightString(500, 270, "12")
        canvas.drawString(55, 252, "Print")
        canvas.drawString(255, 252, "One contract")
        canvas.drawRightString(500, 252, "8")
        for y in (312, 283, 265, 247):
            canvas.line(50, y, 510, y)

    page = page_of(drawn(draw))
    (table,) = page.tables
    assert texts(table) == [
        ["Energy\n(Buildings)", "Boilers are\nreplaced", "45"],
        ["Fleet", "Fewer vans", "12"],
        ["Print", "One contract", "8"],
    ]
    assert page.text_between == "Table 3: what was saved"


def test_shaded_bands(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.9)
        for y in (281, 251, 221):
            canvas.rect(45, y, 465, 15, stroke=0, fill=1)
        canvas.setFillGray(0)
        rows(canvas, SAVINGS)

    assert texts(only_table(drawn(draw))) == [list(row) for row in SAVINGS]


def test_a_wrapped_label_stays_one_row(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        rows(canvas, SAVINGS[:2], top=300, pitch=24)
        canvas.drawString(50, 252, "Routing of school transport by")
        canvas.drawString(50, 241, "one system for all districts")
        canvas.drawRightString(300, 252, "75")
        canvas.drawRightString(400, 252, "60")
        canvas.drawRightString(500, 252, "(15)")
        rows(canvas, SAVINGS[3:], top=217, pitch=24)

    assert texts(only_table(drawn(draw)))[2] == [
        "Routing of school transport by\none system for all districts",
        "75",
        "60",
        "(15)",
    ]


def test_a_header_of_two_lines_is_one_row(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        rows(canvas, [("", "Target", "Outturn", "Variance"), ("Service", "£000", "£000", "£000")], top=324, pitch=12)
        rows(canvas, SAVINGS, top=296)

    table = only_table(drawn(draw))
    assert texts(table)[:2] == [["Service", "Target\n£000", "Outturn\n£000", "Variance\n£000"], list(SAVINGS[0])]


def test_a_head_over_several_columns_spans_them(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawCentredString(340, 327, "Efficiency savings of the year")
        rows(canvas, [("Service", "Target", "Outturn", "Variance"), *SAVINGS], top=315)

    head = only_table(drawn(draw)).rows[0].cells[0]
    assert (head.text, head.column, head.span) == ("Efficiency savings of the year", 1, 2)


def test_numbers_that_nearly_touch_are_parted(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        for i, (label, *numbers) in enumerate(SAVINGS):
            canvas.drawString(50, 300 - 15 * i, label)
            for x, number in zip((300, 333, 366), numbers, strict=True):
                canvas.drawRightString(x, 300 - 15 * i, number)

    assert texts(only_table(drawn(draw))) == [list(row) for row in SAVINGS]


def test_two_tables_are_numbered_on(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        rows(canvas, SAVINGS, top=360)
        canvas.drawString(50, 250, "Table 2: what is to be saved in the years to come, by service")
        rows(canvas, SAVINGS, top=200)

    page = page_of(drawn(draw))
    assert [table.number for table in page.tables] == [1, 2]
    assert [row.number for table in page.tables for row in table.rows] == list(range(1, 11))


def test_ruled_tables_and_others_come_in_reading_order(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        rows(canvas, SAVINGS, top=360)
        canvas.grid([50, 200, 300], [100, 120, 140])
        canvas.drawString(55, 125, "Line")
        canvas.drawString(205, 125, "38")

    page = page_of(drawn(draw))
    assert [(table.finder, table.number) for table in page.tables] == [("aligned", 1), ("ruled", 2)]
    assert [row.number for table in page.tables for row in table.rows] == list(range(1, 8))


def test_words_on_both_sides_of_a_grid_are_no_table(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([150, 250, 350], [200, 215, 230, 245, 260])
        for i in range(4):
            canvas.drawString(155, 205 + 15 * i, f"{i}")
            canvas.drawString(60, 205 + 15 * i, f"199{i}")
            canvas.drawString(400, 205 + 15 * i, f"{i}.5")
        canvas.drawString(60, 190, "Source: returns")

    assert [table.finder for table in page_of(drawn(draw)).tables] == ["ruled"]


def test_a_sentence_between_a_rule_and_a_table_stays_text(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.line(50, 341, 505, 341)
        canvas.drawString(50, 330, "The savings that the plan for the year sets out are shown here by service and line")
        canvas.line(50, 314, 505, 314)
        rows(canvas, SAVINGS)
        canvas.line(50, 235, 505, 235)

    page = page_of(drawn(draw))
    assert [len(table.rows) for table in page.tables] == [5]
    assert page.text_between.startswith("The savings that")


@pytest.mark.parametrize("lines", [401, 60])
def test_absurd_pages_are_not_searched(drawn: Drawer, lines: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 0.5)
        for i in range(lines):
            for j in range(70 if lines == 60 else 2):
                canvas.drawString(20 + 8 * j, 390 - 0.9 * i, str(j))

    assert page_of(drawn(draw)).tables == ()


def prose(canvas: Canvas) -> None:
    paragraph(canvas, f"{PROSE} {PROSE} {PROSE}", 50, 370, 480)


def justified_prose(canvas: Canvas) -> None:
    justified(canvas, f"{PROSE} {PROSE} {PROSE}", 50, 370, 300)


def two_columns(canvas: Canvas) -> None:
    justified(canvas, f"{PROSE} {PROSE}", 50, 370, 220)
    justified(canvas, f"Further, {PROSE} {PROSE}", 300, 370, 220)


def contents(canvas: Canvas) -> None:
    for i, (title, page) in enumerate([("Introduction", 3), ("Savings", 4), ("Risks", 9), ("Reserves", 12)]):
        canvas.drawString(50, 350 - 15 * i, f"{i + 1}.")
        canvas.drawString(80, 350 - 15 * i, title)
        canvas.drawRightString(500, 350 - 15 * i, str(page))


def dotted_contents(canvas: Canvas) -> None:
    for i, (title, page) in enumerate([("Introduction", 3), ("Savings", 4), ("Risks", 9), ("Annex", 1)]):
        canvas.drawString(50, 350 - 15 * i, f"{title} {'.' * 60}")
        canvas.drawRightString(500, 350 - 15 * i, str(page))


def address(canvas: Canvas) -> None:
    left = ["County Hall", "Station Road", "Glenfield", "Leicester", "LE3 8RA"]
    right = ["Contact: J. Smith", "Tel: 0116 555 0100", "Fax: 0116 555 0101", "12 March 2009", "Ref: JS/09"]
    for i, (a, b) in enumerate(zip(left, right, strict=True)):
        canvas.drawString(50, 350 - 13 * i, a)
        canvas.drawString(380, 350 - 13 * i, b)


def numbered_list(canvas: Canvas) -> None:
    for i in range(1, 7):
        canvas.drawString(50, 350 - 13 * i, f"1.{i}")
        canvas.drawString(90, 350 - 13 * i, f"That saving {i} of the plan be noted and its figures be published")


def furniture(canvas: Canvas) -> None:
    canvas.line(50, 385, 550, 385)
    canvas.drawString(50, 388, "Scrutiny Committee")
    canvas.drawRightString(550, 388, "12 March 2009")
    paragraph(canvas, PROSE, 50, 370, 480)
    canvas.line(50, 30, 550, 30)
    canvas.drawString(50, 18, "Efficiency plan")
    canvas.drawRightString(550, 18, "7")


NO_TABLES = [
    prose,
    justified_prose,
    two_columns,
    contents,
    dotted_contents,
    address,
    numbered_list,
    furniture,
]


@pytest.mark.parametrize("draw", NO_TABLES, ids=lambda draw: draw.__name__)
def test_text_is_no_table(drawn: Drawer, draw: Callable[[Canvas], None]) -> None:
    page = page_of(drawn(draw))
    assert page.tables == ()
    assert page.lines


def test_text_that_begins_close_after_a_column_of_numbers_is_a_column_of_its_own(drawn: Drawer) -> None:
    """4 points lie between the two: more than a space, less than what parts words elsewhere."""

    def draw(canvas: Canvas) -> None:
        rows(canvas, SAVINGS)
        for i, note in enumerate(("On course", "More carers", "BV12 down", "Contract let", "See above")):
            canvas.drawString(RIGHT[2] + 4, 300 - i * 15, note)

    found = texts(only_table(drawn(draw)))
    assert [row[3:] for row in found[:2]] == [["(150)", "On course"], ["40", "More carers"]]


def test_a_label_at_the_left_of_its_column_and_numbers_at_its_right_are_one_column() -> None:
    def row(number: int, **cells: str) -> Row:
        return Row(number, tuple(Cell(text, int(column[1:])) for column, text in cells.items()))

    header = row(1, c0="Saving", c1="Target", c3="Variance")
    lines = [row(n, c0="Buses", c2="1,200", c4="(50)") for n in range(2, 7)]
    assert halved([header, *lines], 5) == {1, 3}
    # So are they where the label reaches over both.
    wide = Row(1, (Cell("Saving", 0), Cell("Cash releasing", 1, 2), Cell("Variance", 3)))
    assert halved([wide, *lines], 5) == {1, 3}
    # A row that has both says that they are two.
    assert halved([header, *lines, row(8, c0="Total", c1="6,000", c2="5,900", c4="1")], 5) == {3}


PROPOSALS = [
    (["Museums open later and", "close on Mondays from", "October until the end", "of March"], "55", "60"),
    (["Events have sponsors"], "20", "30"),
    (["Licences that nobody", "uses are given back to", "those who sell them"], "110", "170"),
    (["Leases of temporary", "homes are shared with", "the two districts to the", "north"], "260", "1,040"),
]


def test_texts_that_run_on_over_many_lines_belong_to_their_rows(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        y = 370
        for number, (lines, *amounts) in enumerate([(["Proposal"], "2023/24", "2024/25"), *PROPOSALS]):
            canvas.drawString(50, y, str(number) if number else "No.")
            for x, amount in zip(RIGHT, amounts, strict=False):
                canvas.drawRightString(x, y, amount)
            for line in lines:
                canvas.drawString(90, y, line)
                y -= 12
            y -= 6
        canvas.drawString(50, y, "Total")
        canvas.drawRightString(RIGHT[0], y, "445")
        canvas.drawRightString(RIGHT[1], y, "1,300")

    found = texts(only_table(drawn(draw)))
    expected = [[str(n), "\n".join(lines), *amounts] for n, (lines, *amounts) in enumerate(PROPOSALS, start=1)]
    assert found == [["No.", "Proposal", "2023/24", "2024/25"], *expected, ["Total", "", "445", "1,300"]]


@pytest.mark.parametrize("year", ["2010/11", "2010-11", "2010/2011", "10/11", "2010"])
def test_a_header_of_years_over_a_row_of_units_begins_the_table(drawn: Drawer, year: str) -> None:
    def draw(canvas: Canvas) -> None:
        rows(canvas, [("Description of", year, year), ("proposal",)], top=330, pitch=12)
        rows(canvas, [("", "£", "£"), *(row[:3] for row in SAVINGS)], top=300, pitch=18)

    found = texts(only_table(drawn(draw)))
    assert found[0] == ["Description of\nproposal", year, year]
    assert found[1] == ["", "£", "£"]
    assert [row[0] for row in found[2:]] == [row[0] for row in SAVINGS]
