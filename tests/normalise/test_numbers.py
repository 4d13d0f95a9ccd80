"""What a cell says as an amount: every form that accountants print, and the damage that scanners and typists do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from normalise.numbers import Amount, is_amount, parse, read_amount, split_amounts

MINUS_SIGNS = "-−–—‐‑‒―﹣－"
ZERO = Decimal(0)
# What amounts, and what damage makes of them, are written with.
MARKS = "0123456789.,()[]£%kKmM*†- –|ıIlOSoBnilNCRtTBC/\n"


def only(text: str) -> Amount:
    """The reading of a cell that has one."""
    readings = read_amount(text)
    assert len(readings) == 1, readings
    return readings[0]


def numbers(text: str) -> list[str]:
    """The numbers that a cell may say, the cheapest first."""
    return [str(amount.number) for amount in read_amount(text)]


@pytest.mark.parametrize(
    ("text", "number", "step"),
    [
        ("0", "0", "1"),
        ("7", "7", "1"),
        ("150", "150", "1"),
        ("1234", "1234", "1"),
        ("1,234", "1234", "1"),
        ("1,067,000", "1067000", "1"),
        ("12.5", "12.5", "0.1"),
        ("1,234.50", "1234.50", "0.01"),
        ("0.0", "0", "0.1"),
        (".5", "0.5", "0.1"),
        ("+5", "5", "1"),
        ("c.150", "150", "1"),
        ("circa 150", "150", "1"),
        ("approx. 150", "150", "1"),
        ("~150", "150", "1"),
        ("  150 ", "150", "1"),
        ("<b>150</b>", "150", "1"),
    ],
)
def test_a_plain_number_is_what_it_says(text: str, number: str, step: str) -> None:
    assert only(text) == Amount(Decimal(number), Decimal(step))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(1,234)", "-1234"),
        ("[1,234]", "-1234"),
        ("( 1,234 )", "-1234"),
        ("(£1,234)", "-1234"),
        ("-£1,234", "-1234"),
        ("£-1,234", "-1234"),
        ("- 1,234", "-1234"),
        ("1,234-", "-1234"),
        ("1,234–", "-1234"),
        ("1,234CR", "-1234"),
        ("1,234 CR", "-1234"),
        ("1,234 cr", "-1234"),
        ("(0.5)", "-0.5"),
        *((f"{sign}1,234", "-1234") for sign in MINUS_SIGNS),
    ],
)
def test_brackets_minus_signs_and_cr_make_an_amount_negative(text: str, number: str) -> None:
    amount = only(text)
    assert (amount.number, amount.how, amount.cost) == (Decimal(number), "printed", 0)


@pytest.mark.parametrize(
    ("text", "number", "factor", "currency"),
    [
        ("£170", "170", None, True),
        ("£ 170", "170", None, True),
        ("70k", "70", 1_000, False),
        ("70K", "70", 1_000, False),
        ("£70 k", "70", 1_000, True),
        ("70 thousand", "70", 1_000, False),
        ("£1.4m", "1.4", 1_000_000, True),
        ("£1.4M", "1.4", 1_000_000, True),
        ("£1.4mn", "1.4", 1_000_000, True),
        ("£1.4 million", "1.4", 1_000_000, True),
        ("(£1.4m)", "-1.4", 1_000_000, True),
        ("-£1.4m", "-1.4", 1_000_000, True),
        ("£2bn", "2", 1_000_000_000, True),
        ("170", "170", None, False),
    ],
)
def test_the_scale_is_read_only_where_it_is_printed(text: str, number: str, factor: int | None, currency: bool) -> None:
    amount = only(text)
    assert (amount.number, amount.factor, amount.currency, amount.cost) == (Decimal(number), factor, currency, 0)


@pytest.mark.parametrize("text", ["2.5%", "2.5 %", "2.5 per cent", "2.5 percent", "2.5 Per Cent"])
def test_a_percentage_says_so(text: str) -> None:
    assert only(text) == Amount(Decimal("2.5"), Decimal("0.1"), percent=True)


def test_an_amount_of_money_is_no_percentage() -> None:
    assert not only("2.5").percent


@pytest.mark.parametrize("note", ["*", "**", "***", "†", "‡", "¹", "²", "³", "⁴", "¹²", " *", "§"])
@pytest.mark.parametrize("amount", ["1,234", "£1.4m", "(70)"])
def test_a_footnote_mark_changes_nothing(amount: str, note: str) -> None:
    assert read_amount(amount + note) == read_amount(amount)


@pytest.mark.parametrize(
    "text",
    [*MINUS_SIGNS, "--", "- -", "–-", "Nil", "nil", "NIL", "Nil.", "£Nil", "Net Nil", "net nil", "none", "None", "zero",
     "No savings"],
)  # fmt: skip
def test_a_dash_and_a_word_for_none_are_nil(text: str) -> None:
    assert only(text) == Amount(Decimal(0), Decimal(0), how="nil")


@pytest.mark.parametrize("text", ["NII", "N1l", "N1L", "Ni1", "N|l", "Nı|", "Net NII", "£NII"])
def test_a_damaged_nil_is_nil_and_says_why(text: str) -> None:
    amount = only(text)
    assert (amount.number, amount.step, amount.how) == (ZERO, ZERO, "repaired")
    assert amount.cost > 0
    assert repr(text) in amount.reason


def test_a_lone_1_is_a_one_first_and_then_what_a_scanner_makes_of_a_dash() -> None:
    one, dash = read_amount("1")
    assert one == Amount(Decimal(1), Decimal(1))
    assert (dash.number, dash.step, dash.how) == (ZERO, ZERO, "repaired")
    assert dash.cost > 0
    assert "dash" in dash.reason


@pytest.mark.parametrize("text", ["ı", "l", "I", "|", "i", "!", "_", "~", ".", "•", "'"])
def test_a_lone_stroke_or_speck_is_a_damaged_dash_before_all_else(text: str) -> None:
    dash = read_amount(text)[0]
    assert (dash.number, dash.step, dash.how) == (ZERO, ZERO, "repaired")
    assert dash.cost > 0
    assert "dash" in dash.reason


@pytest.mark.parametrize("text", ["11", "10", "£1", "1k", "(1)", "-1", "1.0", "1%"])
def test_only_a_lone_1_may_be_a_dash(text: str) -> None:
    assert only(text).cost == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        # letters for digits
        ("1O5", "105"),
        ("l,0S7", "1057"),
        ("£l70", "170"),
        ("6Ok", "60"),
        ("1l", "11"),
        ("I0", "10"),
        ("8B", "88"),
        ("(1O5)", "-105"),
        # spaces inside
        ("1, 067,000", "1067000"),
        ("1,067, 000", "1067000"),
        ("1 067 000", "1067000"),
        ("1,\n067,000", "1067000"),
        ("12 000", "12000"),
        ("£ 1, 067", "1067"),
        # odd groups
        ("1.067,000", "1067000"),
        ("1.067.000", "1067000"),
        ("1,0670", "10670"),
        ("(1.067,000)", "-1067000"),
        # one bracket
        ("(1,234", "-1234"),
        ("1,234)", "-1234"),
        ("(£70k", "-70"),
    ],
)
def test_a_damaged_amount_is_read_and_says_what_was_wrong(text: str, number: str) -> None:
    amount = read_amount(text)[0]
    assert (amount.number, amount.how) == (Decimal(number), "repaired")
    assert amount.cost > 0
    assert amount.reason


@pytest.mark.parametrize("note", [" (2)", "(1)", " (a)", " [3]", " (ii)"])
def test_a_note_in_brackets_after_an_amount_is_no_part_of_it_and_is_told(note: str) -> None:
    amount = read_amount("1,234" + note)[0]
    assert (amount.number, amount.how) == (Decimal(1234), "repaired")
    assert "note" in amount.reason


@pytest.mark.parametrize("text", ["1,234 (20)", "1,234 (150)", "1,234 (2.5)"])
def test_an_amount_in_brackets_after_another_is_no_note(text: str) -> None:
    assert all("note" not in amount.reason for amount in read_amount(text))


def test_a_glyph_without_a_name_may_be_a_minus_as_well_as_a_pound_sign() -> None:
    found = read_amount("\ufffd1,234")
    assert [(amount.number, amount.how) for amount in found] == [
        (Decimal(-1234), "repaired"),
        (Decimal(1234), "repaired"),
    ]
    assert found[0].cost == found[1].cost > 0


@pytest.mark.parametrize(("text", "number"), [("11,,223344", "1234"), ("££770000", "700"), ("((7700))", "-70")])
def test_bold_that_prints_each_character_twice_is_read_once_first(text: str, number: str) -> None:
    amount = read_amount(text)[0]
    assert (amount.number, amount.how, amount.reason) == (
        Decimal(number),
        "repaired",
        "every character is printed twice",
    )


@pytest.mark.parametrize("text", ["11", "1122", "7700", "112233"])
def test_a_number_that_only_looks_doubled_is_taken_at_its_word(text: str) -> None:
    assert only(text) == Amount(Decimal(text), Decimal(1))


@pytest.mark.parametrize("text", ["", " ", "\n", "\u00a0", "<b></b>"])
def test_an_empty_cell_is_not_a_zero(text: str) -> None:
    assert read_amount(text) == ()


@pytest.mark.parametrize(
    "text",
    ["N/A", "n/a", "NA", "n.a.", "TBC", "tbc", "TBC*", "TBD", "To be confirmed", "See above", "?", "Under discussion",
     "Not known", "Ongoing", "Slough", "SOS", "Bill", "Bob", "Ill", "Oil", "Soil", "lO", "OO", "S", "o", "k", "m", "£",
     "£k", "£'000", "()", "(", ")", ",", "%", "CR", "*", "Total", "Total 5", "5 posts", "3 FTE", "5 km", "Year 1"],
)  # fmt: skip
def test_words_and_marks_that_are_no_figure_have_no_reading(text: str) -> None:
    assert read_amount(text) == ()
    assert not is_amount(text)


@pytest.mark.parametrize(
    "text",
    ["01/04/2007", "1/4/07", "12/03", "31 March 2008", "April 2007", "2007/08", "2007-08", "07/08", "2008/09-2010/11",
     "10-12", "1:30", "9.30am", "A01", "ASC1", "IOS1", "CH-07", "E06000019", "PL/12/34", "01432 260/261", "1e5", "½"],
)  # fmt: skip
def test_dates_years_ranges_and_codes_are_no_amounts(text: str) -> None:
    assert read_amount(text) == ()


@pytest.mark.parametrize("text", ["-5-", "(-5)", "--5", "5CR-", "5 -5", ",234", "£££", "5k5", "%5"])
def test_what_contradicts_itself_is_no_plain_amount(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "text", ["246,000 38,000", "1,200\n3,400", "£5 £6", "1.5 2.5", "12 (3)", "£1m (£2m)", "5 - 10"]
)
def test_two_amounts_in_one_cell_are_not_one_amount(text: str) -> None:
    assert read_amount(text) == ()


@pytest.mark.parametrize("text", ["See above 4,207,000", "TBC 4,207,000", "N/A 4,207,000"])
def test_an_amount_after_words_that_say_there_is_none_is_read_at_a_price(text: str) -> None:
    amount = only(text)
    assert (amount.number, amount.how) == (Decimal(4_207_000), "repaired")
    assert amount.reason


def test_prose_is_no_amount_however_many_digits_it_holds() -> None:
    assert read_amount("5" * 100) == ()


@pytest.mark.parametrize(
    ("text", "label", "amounts"),
    [
        ("Total 2,298 658 -", "Total", ("2,298", "658", "-")),
        ("Total of selected groups £1.4m", "Total of selected groups", ("£1.4m",)),
        ("246,000 38,000", "", ("246,000", "38,000")),
        ("Phase 2 of the review", "Phase 2 of the review", ()),
        ("Phase 2 70k Nil", "Phase", ("2", "70k", "Nil")),
        ("Total\n(10)\n20", "Total", ("(10)", "20")),
        ("", "", ()),
    ],
)
def test_a_label_and_the_amounts_after_it_are_parted(text: str, label: str, amounts: tuple[str, ...]) -> None:
    assert split_amounts(text) == (label, amounts)


@st.composite
def printed_amounts(draw: st.DrawFn) -> tuple[str, Decimal, int | None]:
    """An amount as an accountant prints it, its value with its sign, and its factor."""
    decimals = draw(st.integers(0, 2))
    value = Decimal(draw(st.integers(0, 10**10))).scaleb(-decimals)
    number = f"{value:,.{decimals}f}" if draw(st.booleans()) else f"{value:.{decimals}f}"
    suffix = draw(st.sampled_from(["", "k", "K", "m", "M", " k", " m", "mn", " million"]))
    factor = {"": None, "k": 1_000}.get(suffix.strip().casefold(), 1_000_000)
    pound = draw(st.sampled_from(["", "£"]))
    minus = draw(st.sampled_from(MINUS_SIGNS))
    amount = pound + number + suffix
    negative = [f"({amount})", f"[{amount}]", f"{minus}{amount}", f"{pound}{minus}{number}{suffix}"]
    negative += [f"{amount}{minus}", f"{amount}CR", f"{amount} CR"]
    text = draw(st.sampled_from([amount, *negative]))
    return text, value if text == amount else -value, factor


@given(printed_amounts())
def test_however_an_accountant_prints_an_amount_it_is_read_back(amount: tuple[str, Decimal, int | None]) -> None:
    text, value, factor = amount
    first = read_amount(text)[0]
    assert (first.number, first.factor, first.cost, first.how) == (value, factor, 0, "printed")


@given(st.one_of(st.text(), st.text(MARKS, max_size=12)))
@example("(")
@example("٣")
def test_any_text_has_well_formed_readings_or_none(text: str) -> None:
    readings = read_amount(text)
    assert [a.cost for a in readings] == sorted(a.cost for a in readings), "the cheapest first"
    assert len({(a.number, a.factor) for a in readings}) == len(readings), "each value once"
    assert all(bool(a.reason) == bool(a.cost) for a in readings), "a price has a reason"
    assert all((a.how == "repaired") == bool(a.cost) for a in readings), "only a repair has a price"
    assert is_amount(text) == bool(readings)


@pytest.mark.parametrize("text", ["1234567890123456", "£12345678901234567890", "9" * 60])
def test_what_has_more_digits_than_an_amount_is_none(text: str) -> None:
    assert not is_amount(text)
