"""What a run of print is taken for when its witnesses differ, and what stays open."""

from __future__ import annotations

import pytest

from extract.paper import Witness
from extract.scan.engines import RAPIDOCR, TESSERACT
from extract.scan.marks import Marks
from extract.scan.recognise import Run
from extract.scan.witnesses import HEARSAY, INK, LAYER, RIVAL, Court, plain

PRINT = Marks(
    dash=False, dirt=False, leading_dash=False, bracket=False, points=0, strokes=0, tall=3, gap=0.2, reach=2.2, height=1
)  # fmt: skip


def run(one: str, other: str, **marks: object) -> Run:
    values = {name: getattr(PRINT, name) for name in PRINT.__slots__} | marks
    return Run(0, 0, 30, 12, {RAPIDOCR: one, TESSERACT: other}, Marks(**values))


def heard(one: str, other: str, layer: str = "", **marks: object) -> tuple[str, dict[str, tuple[str, int]]]:
    text, witnesses = Court([]).hear(run(one, other, **marks), layer)
    return text, {w.name: (w.text, w.cost) for w in witnesses}


def test_what_both_engines_read_is_the_text() -> None:
    assert heard("1,067", "1,067") == ("1,067", {RAPIDOCR: ("1,067", 0), TESSERACT: ("1,067", 0)})


def test_of_two_readings_of_a_figure_the_other_stays_open() -> None:
    text, witnesses = heard("182", "132")
    assert {text, *(words for words, cost in witnesses.values() if cost == RIVAL)} == {"182", "132"}


@pytest.mark.parametrize(("layer", "text"), [("132", "132"), ("182", "182")])
def test_the_text_layer_says_which_reading_comes_first_and_settles_nothing(layer: str, text: str) -> None:
    found, witnesses = heard("182", "132", layer)
    assert found == text
    assert sum(cost == RIVAL for _, cost in witnesses.values()) == 1


def test_the_text_layer_alone_is_hearsay() -> None:
    assert heard("182", "182", "I82")[1][LAYER] == ("I82", HEARSAY)


def test_a_level_stroke_is_a_dash_whatever_the_engines_are_sure_of() -> None:
    text, witnesses = heard("1", "1", dash=True)
    assert text == "-"
    assert witnesses[INK] == ("-", 0)


def test_a_minus_that_the_ink_shows_needs_one_engine_only() -> None:
    assert heard("-920", "920", leading_dash=True)[1][TESSERACT] == ("920", HEARSAY)
    text, witnesses = heard("920", "920", leading_dash=True)
    assert (text, witnesses[RAPIDOCR][1]) == ("-920", RIVAL)


def test_a_point_in_the_ink_that_no_engine_reads_is_a_doubt() -> None:
    assert heard("25", "25", points=1)[1][INK][1] == RIVAL
    assert INK not in heard("2.5", "2.5", points=1)[1]


def test_two_digits_a_space_apart_stay_two() -> None:
    assert heard("11", "11", gap=0.9)[0] == "1 1"
    assert heard("11", "11", gap=0.4)[0] == "11"


def test_ink_that_no_engine_can_read_is_seen_to_be_missing() -> None:
    assert heard("", "")[0] == "\ufffd"


def test_texts_are_voted_word_by_word() -> None:
    runs = [run("Adult Social Care", "Adult Social Care")]
    text, _ = Court(runs).hear(run("Adult Sociál Care", "Aduit Social Care"))
    assert text == "Adult Social Care"


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        ("Nationa! indicator", "National indicator", "National indicator"),
        ("Strategic.Plan", "Strategic-Plan", "Strategic-Plan"),
        (".Total Adults", "Total Adults", "Total Adults"),
        (".Total Adults", ".Total Adults", "Total Adults"),
        ("Printers .", "Printers .", "Printers"),
    ],
)
def test_marks_that_stand_in_no_word_are_dirt(one: str, other: str, text: str) -> None:
    assert heard(one, other)[0] == text


def test_of_two_references_the_one_of_the_shape_of_the_others_stands() -> None:
    court = Court([run(name, name) for name in ("A01 Archives", "A02 Libraries", "A03 Museums")])
    for one, other in (("A05 -Occupational Health", "A005 - Occupational Health"), ("A05 - Health", "A005 -Health")):
        assert court.hear(run(one, other))[0].startswith("A05 - ")
        assert court.hear(run(other, one))[0].startswith("A05 - ")


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("which are £1,530k and.", "which are £1,530k and"),
        ("the sum of. £5m", "the sum of £5m"),
        ("They carry on.", "They carry on."),
        ("Land, and, sand.", "Land, and sand."),
    ],
)
def test_a_stop_behind_a_word_that_ends_no_sentence_is_dirt(read: str, meant: str) -> None:
    assert heard(read, read)[0] == meant


def test_of_two_readings_the_one_stands_that_is_as_wide_as_the_run() -> None:
    known = [Run(0, 0, 10 * len(words), 20, {TESSERACT: words}, PRINT) for words in ("related to", "capital spend") * 3]
    court = Court(known)
    for one, other in (("Expected annual", "Secular"), ("Secular", "Expected annual")):
        read = Run(0, 0, 148, 20, {RAPIDOCR: one, TESSERACT: other}, PRINT)
        assert court.hear(read)[0] == "Expected annual"
    # Larger print is wider than its letters say.
    assert Court([]).hear(read)[0] == court.hear(Run(0, 0, 148, 60, read.texts, PRINT))[0]


def test_a_text_that_one_engine_alone_was_asked_for_is_without_dirt_too() -> None:
    alone = Run(0, 0, 30, 12, {TESSERACT: ".Total Adults"}, PRINT)
    assert Court([]).hear(alone) == ("Total Adults", (Witness(TESSERACT, "Total Adults"),))


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("（1,204）", "(1,204)"),
        ("一", "-"),
        ("Al4 – Bus", "A14 - Bus"),
        ("Alan", "Alan"),
        ("BUDGET 日■ Ⅰ", "BUDGET I"),
        ("▲ ↓", "▲ ↓"),
    ],
)
def test_signs_of_other_scripts_are_made_the_common_ones(read: str, meant: str) -> None:
    assert plain(read) == meant


def test_a_witness_is_plain_data() -> None:
    assert Witness("a", "b") == Witness("a", "b", 0)


@pytest.mark.parametrize(
    ("one", "other", "tall", "text"),
    [
        ("1,5201", "1,520'", 4, "1,520¹"),
        ("582", "582", 2, "58²"),
        ("1,2303", "1,230°", 4, "1,230³"),
        ("84*", "84*", 1, "84*"),
    ],
)
def test_the_mark_of_a_note_is_no_digit_of_its_figure(one: str, other: str, tall: int, text: str) -> None:
    found, witnesses = heard(one, other, raised=1, tall=tall)
    assert found == text
    assert all(cost == 0 for _, cost in witnesses.values())


def test_where_digits_touch_the_mark_of_a_note_stays_open() -> None:
    text, witnesses = heard("582", "582", raised=1, tall=1)
    assert text == "582"
    assert witnesses[INK] == ("58²", RIVAL)


def test_a_minus_that_has_run_into_its_number_is_told_by_its_room() -> None:
    numbers = [run(f"{n}00", f"{n}00", reach=2.2) for n in range(3, 9)]
    signs = [run("-512", "-512", reach=2.2)] * 3
    wide = run("920", "920", reach=2.7)
    assert (INK, "-920", RIVAL) in {(w.name, w.text, w.cost) for w in Court([*numbers, *signs]).hear(wide)[1]}
    assert all(w.text != "-920" for w in Court(numbers).hear(wide)[1])


def test_of_two_readings_of_a_sentence_the_well_formed_amount_stands() -> None:
    assert heard("which are £1,530k for", "which are £1 530k for")[0] == "which are £1,530k for"
    assert heard("savings (c£74m) in", "savings (cE74m) in")[0] == "savings (c£74m) in"


def test_a_point_before_three_digits_may_be_a_comma() -> None:
    assert heard("84.000", "84.000")[1][INK] == ("84,000", RIVAL)
    commas = [run("1,067", "1,067"), run("22,000", "22,000"), run("(3,513)", "(3,513)")]
    text, witnesses = Court(commas).hear(run("84.000", "84,000"))
    assert (text, {w.cost for w in witnesses}) == ("84,000", {0})
    assert heard("£1.234m", "£1.234m")[0] == "£1.234m"


@pytest.mark.parametrize(("one", "other", "text"), [("A0la", "A0la", "A01a"), ("A01b", "AQlb", "A01b")])
def test_references_keep_their_digits(one: str, other: str, text: str) -> None:
    assert heard(one, other)[0] == text


def test_of_two_readings_the_one_with_the_points_of_the_ink_comes_first() -> None:
    assert heard("- £2.4m", "-£24m", points=1)[0] == "- £2.4m"
    assert heard("£11k", "£1.1k", points=0)[0] == "£11k"


def test_of_two_readings_of_a_unit_the_one_seen_elsewhere_comes_first() -> None:
    assert heard("£D0O's", "£000's")[0] == "£000's"
    assert Court([run("£000s", "£000s")]).hear(run("£O00s", "£000s"))[0] == "£000s"


def test_that_a_number_is_common_on_a_page_makes_it_no_likelier() -> None:
    common = [run("1", "1", tall=1)] * 5
    assert Court(common).hear(run("11", "1", tall=2))[0] == "11"
    assert Court(common).hear(run("1", "11", tall=2))[0] == "11"
