"""Layouts of tables without rules that statistics and councils print: leaders, units apart, tables side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from extract.paper import PrintedTable
from extract.read import read_paper
from tests.extract.test_aligned import PROSE, SAVINGS, paragraph, rows, texts

Drawer = Callable[..., Path]
NUMBERS = [list(row[1:]) for row in SAVINGS]


def tables(path: Path) -> list[list[list[str]]]:
    return [texts(table) for table in read_paper(path).tables]


def spans(table: PrintedTable, row: int) -> list[tuple[str, int, int]]:
    return [(cell.text, cell.column, cell.span) for cell in table.rows[row].cells]


def leaders(canvas: Canvas, end: float) -> None:
    """The savings, with dots from each label up to so far from the first number."""
    for i, (label, *numbers) in enumerate(SAVINGS):
        y, right = 300 - 15 * i, 300 - canvas.stringWidth(numbers[0]) - end
        dots = int((right - 50 - canvas.stringWidth(label)) / canvas.stringWidth("."))
        canvas.drawRightString(right, y, label + "." * dots)
        for x, number in zip((300, 400, 500), numbers, strict=True):
            canvas.drawRightString(x, y, number)


def test_dots_that_lead_to_figures_part_labels_from_them(drawn: Drawer) -> None:
    for end in (8, 3, 0):
        (table,) = tables(drawn(lambda canvas, end=end: leaders(canvas, end)))
        assert [row[1:] for row in table] == NUMBERS, end
        assert [row[0].rstrip(" .") for row in table] == [row[0] for row in SAVINGS]


def test_signs_in_a_column_of_their_own_belong_to_their_numbers(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        rows(canvas, SAVINGS)
        for i in (0, 4):
            for x in (265, 365, 465):
                canvas.drawString(x, 300 - 15 * i, "£")

    (table,) = tables(drawn(draw))
    assert table[0] == ["Adult services", "£ 1,250", "£ 1,100", "£ (150)"]
    assert table[1] == list(SAVINGS[1])


def test_a_column_of_dashes_is_a_column(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        for i, (label, first, second, _) in enumerate(SAVINGS):
            for x, text in zip((300, 400, 500), (first, "-", second if i else ""), strict=True):
                canvas.drawRightString(x, 300 - 15 * i, text)
            canvas.drawString(50, 300 - 15 * i, label)

    (table,) = tables(drawn(draw))
    assert [row[2] for row in table] == ["-"] * 5


def test_two_tables_side_by_side_are_two(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        for left, title in ((50, "Targets"), (320, "Outturn")):
            canvas.drawString(left, 330, title)
            for i, (label, number, other, _) in enumerate([("Service", "Cash", "Other", ""), *SAVINGS]):
                canvas.drawString(left, 310 - 15 * i, label)
                canvas.drawRightString(left + 170, 310 - 15 * i, number)
                canvas.drawRightString(left + 220, 310 - 15 * i, other)

    found = tables(drawn(draw))
    assert [len(table[0]) for table in found] == [3, 3]
    assert [row[1] for row in found[1]] == ["Cash", *(row[1] for row in SAVINGS)]


def test_a_table_beside_prose_keeps_clear_of_it(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        paragraph(canvas, PROSE * 2, 30, 350, 250)
        for i, (label, number, other, _) in enumerate(SAVINGS):
            canvas.drawString(320, 314 - 12 * i, label)
            canvas.drawRightString(500, 314 - 12 * i, number)
            canvas.drawRightString(550, 314 - 12 * i, other)

    (table,) = tables(drawn(draw))
    assert table == [list(row[:3]) for row in SAVINGS]


def test_a_title_set_off_between_two_tables_belongs_to_neither(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        head = ("Service", "Target", "Outturn", "Variance")
        rows(canvas, [head, *SAVINGS], top=380)
        canvas.drawString(50, 283, "What is to come")
        rows(canvas, [head, *SAVINGS], top=265)

    found = tables(drawn(draw))
    assert [len(table) for table in found] == [6, 6]
    assert found[0] == found[1]


def test_heads_span_the_columns_that_they_stand_in_the_middle_of(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        for x, text in ((230, "Men"), (390, "Women")):
            canvas.drawCentredString(x, 330, text)
        for x in (190, 270, 350, 430):
            canvas.drawCentredString(x, 315, "Number" if x in (190, 350) else "Rate")
            for i in range(4):
                canvas.drawCentredString(x, 300 - 15 * i, str(x + i))
        for i in range(4):
            canvas.drawString(50, 300 - 15 * i, f"Age group {i}")

    (table,) = read_paper(drawn(draw)).tables
    assert spans(table, 0) == [("Men", 1, 2), ("Women", 3, 2)]
    assert texts(table)[1] == ["", "Number", "Rate", "Number", "Rate"]


def test_the_last_row_keeps_its_wrapped_lines(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        for i, (label, *numbers) in enumerate(SAVINGS):
            y = 340 - 30 * i
            canvas.drawString(50, y, f"R{i}")
            canvas.drawString(90, y, label)
            canvas.drawString(90, y - 11, "in two lines")
            for x, number in zip((300, 400, 500), numbers, strict=True):
                canvas.drawRightString(x, y, number)
        canvas.drawString(50, 170, "The figures are those of the outturn report.")

    (table,) = tables(drawn(draw))
    assert [row[1] for row in table] == [f"{row[0]}\nin two lines" for row in SAVINGS]


def test_words_of_a_typewriter_are_no_columns(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Courier", 9)
        for i, (label, *numbers) in enumerate(SAVINGS):
            canvas.drawString(50, 300 - 12 * i, f"{label:30}" + "".join(f"{number:>10}" for number in numbers))

    (table,) = tables(drawn(draw))
    assert table == [list(row) for row in SAVINGS]


def test_full_rows_of_text_under_one_rule_are_a_table(drawn: Drawer) -> None:
    def draw(canvas: Canvas) -> None:
        for i, row in enumerate([("Scheme", "Progress", "Risk"), *[(s[0], "On track", "Low") for s in SAVINGS]]):
            for x, text in zip((50, 250, 400), row, strict=True):
                canvas.drawString(x, 300 - 15 * i, text)
        canvas.line(50, 296, 450, 296)

    (table,) = tables(drawn(draw))
    assert table[0] == ["Scheme", "Progress", "Risk"]
    assert [row[0] for row in table[1:]] == [row[0] for row in SAVINGS]
