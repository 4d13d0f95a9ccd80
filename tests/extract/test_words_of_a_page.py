"""How letters become words: nothing printed is lost, joined or parted wrongly, whatever way it was drawn."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from extract.glyphs import Glyph
from extract.read import read_paper
from extract.words import lines_of, text_of

Drawer = Callable[..., Path]

SENTENCE = "Savings of £1,250k in 2025-26 (11.5%)"


def line_texts(path: Path) -> list[str]:
    return [line.text for page in read_paper(path).pages for line in page.lines]


def spelt(canvas: Canvas, x: float, y: float, text: str, order: list[int] | None = None) -> None:
    """Draw a text glyph by glyph, each as its own object."""
    for i in order or range(len(text)):
        canvas.drawString(x + canvas.stringWidth(text[:i]), y, text[i])


@pytest.mark.parametrize("size", [5, 10, 24])
def test_glyph_by_glyph_in_any_order(drawn: Drawer, size: int) -> None:
    order = random.Random(size).sample(range(len(SENTENCE)), len(SENTENCE))

    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        spelt(canvas, 20, 200, SENTENCE)
        spelt(canvas, 20, 100, SENTENCE, order)

    assert line_texts(drawn(page)) == [SENTENCE, SENTENCE]


def test_words_placed_without_spaces_are_parted(drawn: Drawer) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "Net")
        canvas.drawString(50 + canvas.stringWidth("Net "), 200, "saving")

    assert line_texts(drawn(page)) == ["Net saving"]


def test_bold_by_drawing_twice_counts_once(drawn: Drawer) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "Total 1,100")
        canvas.drawString(50.3, 200, "Total 1,100")
        for i, char in enumerate("TOTAL"):
            for offset in (0, 0.3):
                canvas.drawString(200 + offset + canvas.stringWidth("TOTAL"[:i]), 200, char)

    assert line_texts(drawn(page)) == ["Total 1,100 TOTAL"]


def test_no_break_spaces_and_soft_hyphens(drawn: Drawer) -> None:
    assert line_texts(drawn(lambda canvas: canvas.drawString(50, 200, "10\u00a0000 self-"))) == ["10 000 self-"]


def test_a_hyphen_before_the_next_line_is_kept(drawn: Drawer) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "the one-")
        canvas.drawString(50, 188, "off cost")

    assert line_texts(drawn(page)) == ["the one-", "off cost"]


def test_superscripts_stay_on_their_line(drawn: Drawer) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "Total")
        canvas.drawString(100, 200, "1,250")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(50 + canvas.stringWidth("Total", "Helvetica", 10), 203.5, "1")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(50, 189, "next")

    assert line_texts(drawn(page)) == ["Total¹ 1,250", "next"]


def test_invisible_text_is_read_where_nothing_visible_stands(drawn: Drawer) -> None:
    """The minus signs of Kent's totals are invisible text; an OCR layer over visible text repeats it."""

    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 200, "1,250")
        for x, text in ((56, "-"), (61, "1,250")):
            hidden = canvas.beginText(x, 200)
            hidden.setTextRenderMode(3)
            hidden.textOut(text)
            canvas.drawText(hidden)

    assert line_texts(drawn(page)) == ["-1,250"]


@given(st.permutations(range(12)), st.floats(4, 40), st.floats(0, 500), st.floats(0, 500))
def test_only_places_matter(order: list[int], size: float, x: float, y: float) -> None:
    """Any order of drawing, any size, any place: the same words."""
    text = "ab c-1 11.5 £"[:12]
    glyphs = [Glyph(char, x + i * size * 0.5, y, x + (i + 1) * size * 0.5, y + size) for i, char in enumerate(text)]
    assert text_of(lines_of([glyphs[i] for i in order])) == text.strip()


@given(st.lists(st.tuples(st.sampled_from("0123456789,.-£"), st.integers(0, 40), st.integers(0, 8)), max_size=60))
def test_no_mark_is_lost(marks: list[tuple[str, int, int]]) -> None:
    """Distinct places hold distinct marks: each comes back once."""
    places = {(column, row): char for char, column, row in marks}
    glyphs = [Glyph(char, 6.0 * c, 12.0 * r, 6.0 * c + 5, 12.0 * r + 10) for (c, r), char in places.items()]
    lines = lines_of(glyphs)
    assert sorted("".join(word.text for line in lines for word in line)) == sorted(places.values())
