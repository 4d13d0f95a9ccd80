"""Marks that are not what they look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise.marks import clean, is_damaged_nil, is_dash, is_nil, is_no_figure, one_line, read_progress


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<b>12</b>", "12"),
        ("<B>12</B>", "12"),
        ("Adult<br/>care", "Adult care"),
        ('<span class="x">12</span>', "12"),
        ("$\\uparrow$", "↑"),
        ("\\leftrightarrow", "↔"),
        ("$\\downarrow$ late", "↓ late"),
        ("eﬃciency", "efficiency"),
        ("ﬁve ﬂats oﬀ", "five flats off"),
        ("Adult\u00a0care", "Adult care"),
        ("Adult \t  care", "Adult care"),
        ("A &amp; E", "A & E"),
        ("5 &lt; 6", "5 < 6"),
        ("effi\u00adciency", "efficiency"),
        ("Cafe\u0301", "Café"),
        ("  two\nlines ", "two\nlines"),
        ("", ""),
    ],
)
def test_mark_up_ligatures_and_odd_spaces_go(raw: str, text: str) -> None:
    assert clean(raw) == text


@pytest.mark.parametrize(
    "text", ["a < b", "<1>", "under < 5 > over", "R&D", "\\unknown", "£1.4m", "(1,234)", "–", "²", "½", "Ty'r"]
)
def test_what_means_something_stays(text: str) -> None:
    assert clean(text) == text


@given(st.text())
def test_clean_text_has_no_space_at_its_ends_and_one_line_is_one(text: str) -> None:
    assert clean(text) == clean(text).strip()
    assert len(one_line(text).splitlines()) <= 1


@pytest.mark.parametrize(("raw", "text"), [("Adult\nsocial  care", "Adult social care"), ("non-\ncash", "non- cash")])
def test_one_line_joins_lines_by_a_space(raw: str, text: str) -> None:
    assert one_line(raw) == text


@pytest.mark.parametrize("text", ["-", "–", "—", "−", "‑", "--", "- -"])
def test_a_dash_of_any_kind_is_nil(text: str) -> None:
    assert is_dash(text)
    assert is_nil(text)


@pytest.mark.parametrize("text", ["", " ", "5", "-5", "_", "~", "a-b", "N/A", "0", "nilly", "Nile", "l"])
def test_what_is_neither_a_dash_nor_a_word_for_none_is_not_nil(text: str) -> None:
    assert not is_nil(text)


@pytest.mark.parametrize("text", ["Nil", "NIL", "net nil", " nil.", "£nil", "None"])
def test_a_word_for_none_is_nil_but_no_dash(text: str) -> None:
    assert is_nil(text)
    assert not is_dash(text)
    assert not is_damaged_nil(text)


@pytest.mark.parametrize(
    ("text", "damaged"), [("NII", True), ("N1l", True), ("Ni1", True), ("Nl", True), ("N", False), ("Nile", False)]
)
def test_a_damaged_nil_is_told_by_its_strokes(text: str, damaged: bool) -> None:
    assert is_damaged_nil(text) is damaged


@pytest.mark.parametrize(
    ("text", "none"),
    [("N/A", True), ("n.a.", True), ("TBC*", True), ("to be confirmed", True), ("See above.", True), ("?", True),
     ("-", False), ("Nil", False), ("5", False), ("", False), ("Adult", False)],
)  # fmt: skip
def test_words_for_no_figure_are_neither_nil_nor_text(text: str, none: bool) -> None:
    assert is_no_figure(text) is none


@pytest.mark.parametrize(
    ("mark", "progress"),
    [("G", "green"), ("Green", "green"), ("GREEN", "green"), ("a", "amber"), ("Amber", "amber"), ("R", "red"),
     ("<b>R</b>", "red"), ("↑", "up"), ("▲", "up"), ("$\\uparrow$", "up"), ("$\\nearrow$", "up"), ("↓", "down"),
     ("▼", "down"), ("\\downarrow", "down"), ("↔", "same"), ("$\\leftrightarrow$", "same"), ("=", "same"),
     ("→", "same"), ("►", "same"), ("\uf0e9", "up"), ("\uf0e2", "down"), ("\uf0e8", "same")],
)  # fmt: skip
def test_a_mark_of_progress_has_one_of_six_names(mark: str, progress: str) -> None:
    assert read_progress(mark) == progress


@pytest.mark.parametrize("mark", ["", "x", "Amber/Red", "RAG", "Grey", "5", "\\foo"])
def test_a_mark_that_cannot_be_told_is_none(mark: str) -> None:
    assert read_progress(mark) == ""
