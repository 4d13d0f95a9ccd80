"""Grids that lack rules: the words say how many columns there are; whole grids keep the say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from tests.extract.test_aligned import RIGHT, SAVINGS, only_table, rows, texts

Drawer = Callable[..., Path]

TOP, PITCH, LEFT, END = 312, 15, 45, 520


def level_rules(canvas: Canvas) -> None:
    for i in range(len(SAVINGS) + 1):
        canvas.line(LEFT, TOP - i * PITCH, END, TOP - i * PITCH)


def upright_rules(canvas: Canvas, *places: float) -> None:
    for x in places:
        canvas.line(x, TOP, x, TOP - len(SAVINGS) * PITCH)


def table_with_rules(*places: float) -> Callable[[Canvas], None]:
    def page(canvas: Canvas) -> None:
        level_rules(canvas)
        upright_rules(canvas, *places)
        rows(canvas, SAVINGS)

    return page


def test_a_grid_without_rules_between_its_figures_yields_to_their_alignment(drawn: Drawer) -> None:
    table = only_table(drawn(table_with_rules(LEFT, 230, END)))
    assert (table.finder, texts(table)) == ("aligned", [list(row) for row in SAVINGS])


def test_a_whole_grid_keeps_the_say(drawn: Drawer) -> None:
    table = only_table(drawn(table_with_rules(LEFT, 230, RIGHT[0] + 10, RIGHT[1] + 10, END)))
    assert (table.finder, texts(table)) == ("ruled", [list(row) for row in SAVINGS])
