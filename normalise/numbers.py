"""Readings of an amount: what a cell may say as a number, the cheapest first.

A normaliser proposes, it does not decide: every candidate carries a cost and a reason. Amounts come out as printed
("150", "£1.4m"); scale and sign conventions of a layout are the rules' business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

import regex

from normalise.marks import DASH_LIKE, DASHES, LETTERS_FOR_DIGITS, clean, is_damaged_nil, is_nil, is_no_figure

ZERO = Decimal(0)
_SIGN = "[" + "".join(map(regex.escape, sorted(DASHES - {"\u00ad"}))) + "+]"
_AMOUNT = regex.compile(
    rf"""(?P<before>£\s?(?=\())?(?P<open>[(\[])?\s*(?P<about>c\.?\s?|circa\s|approx\.?\s|~)?(?P<sign>{_SIGN})?\s*(?P<currency>£)?\s*
        (?P<sign2>{_SIGN})?\s*
        (?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)
        \s*(?P<suffix>k|m|mn|million|thousand|bn|billion)?\s*(?P<percent>%|per\scent|percent)?
        (?:\s*(?P<close>[)\]]))?(?P<percent2>%)?(?P<credit>{_SIGN}|\s*CR)?(?:\s*(?P<note>\*{{1,3}}|[†‡§#^]|[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}}))?""",
    regex.VERBOSE | regex.IGNORECASE,
)
FACTORS = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "mn": 1_000_000, "million": 1_000_000,
           "bn": 1_000_000_000, "billion": 1_000_000_000}  # fmt: skip

# What a reading costs when it departs from the print. All are below the price of a broken identity (10): one sum
# is enough to prefer such a reading, and none is taken without one unless the print is no number at all.
# A mark in brackets after a number is a note's: "1,234 (2)", "1,234 (a)", "1,234[3]". "12 (3)" may as well be two.
_BRACKETED_NOTE = regex.compile(r"(?<=\d{3})\s*(?:\((?:[1-9]|[a-h]|[ivx]{1,3})\)|\[\w{1,2}\])$")
NAMELESS = "\ufffd"
NO_NAME = 2
STRAY_SPACE, STROKE_FOR_DASH, LOST_BRACKET, LETTER_FOR_DIGIT, ONE_FOR_DASH, BAD_GROUPS = 1, 2, 2, 3, 3, 4


# No amount is longer, however it is printed; what is longer is prose.
LONGEST = 60
# Nor has any more digits: what has is an account, a telephone number, or numbers run together. Every form of the
# dataset can hold what has fewer, whatever its scale.
MOST_DIGITS, MOST_DECIMALS = 15, 6


@dataclass(frozen=True, slots=True)
class Amount:
    """One reading of a cell as an amount, in the unit that it is printed in.

    `factor` is the printed scale ("k" is 1,000), None where none is printed. `step` is one unit of the last printed
    digit, in the same unit as `number`; 0 for a nil. `how` is printed, nil or repaired.
    """

    number: Decimal
    step: Decimal
    factor: int | None = None
    currency: bool = False
    percent: bool = False
    how: str = "printed"
    cost: int = 0
    reason: str = ""


@lru_cache(maxsize=16384)
def read_amount(text: str) -> tuple[Amount, ...]:
    """All readings of a cell as one amount, the cheapest first; empty where it can be none."""
    text = clean(text).replace("\n", " ")
    if not text or len(text) > LONGEST or is_no_figure(text):
        return ()
    found: dict[tuple[Decimal, int | None], Amount] = {}
    for amount in sorted(_proposals(text), key=lambda a: a.cost):
        found.setdefault((amount.number, amount.factor), amount)
    return tuple(found.values())


def is_amount(text: str) -> bool:
    """Whether a cell's text has a reading as an amount."""
    return bool(read_amount(text))


def _proposals(text: str) -> Iterator[Amount]:
    if is_nil(text):
        yield Amount(ZERO, ZERO, how="nil")
        return
    if is_damaged_nil(text):
        yield Amount(ZERO, ZERO, how="repaired", cost=STROKE_FOR_DASH, reason=f"{text!r} is a damaged Nil")
        return
    if len(text) == 1 and text in DASH_LIKE:
        yield Amount(ZERO, ZERO, how="repaired", cost=STROKE_FOR_DASH, reason=f"a lone {text!r} is a damaged dash")
        if text.translate(LETTERS_FOR_DIGITS) == "1":
            yield Amount(Decimal(1), Decimal(1), how="repaired", cost=BAD_GROUPS, reason=f"a lone {text!r} may be a 1")
    if text == "1":
        reason = "a lone 1 is what a scanner makes of a dash"
        yield Amount(ZERO, ZERO, how="repaired", cost=ONE_FOR_DASH, reason=reason)
    if text == "O":
        yield Amount(ZERO, Decimal(1), how="repaired", cost=LETTER_FOR_DIGIT, reason="a lone 'O' may be a 0")
    yield from _as_number(text)


def _as_number(text: str) -> Iterator[Amount]:
    exact = parse(text)
    if exact:
        yield exact
        return
    yield from _repaired(_without_words(text), STRAY_SPACE, "words before the amount")
    if regex.search(rf"\d\s+{_SIGN}$", text):
        # An amount and a dash: two cells as likely as a minus that stands apart.
        yield from _repaired(regex.sub(r"\s+(?=.$)", "", text), BAD_GROUPS, "a minus apart from its number")
        return
    yield from _repaired(_BRACKETED_NOTE.sub("", text), STRAY_SPACE, "a note's mark in brackets after the number")
    yield from _nameless(text)
    yield from _repaired(text.removesuffix("."), STRAY_SPACE, "a point after the number; decimals may be lost")
    squeezed = "".join(text.split())
    # Two whole amounts with a space between are two before they are one with a space inside.
    stray = BAD_GROUPS if len(split_amounts(text)[1]) > 1 else STRAY_SPACE
    yield from _repaired(squeezed, stray, "spaces inside the number")
    yield from _repaired(_even(squeezed), LETTER_FOR_DIGIT, "every character is printed twice")
    if len(squeezed) > 1:
        yield from _repaired(_letters_as_digits(squeezed), LETTER_FOR_DIGIT, "letters that look like digits")
    for bracketed in (f"({squeezed}", f"{squeezed})"):
        yield from _repaired(bracketed, LOST_BRACKET, "one bracket is lost")
    if len(split_amounts(text)[1]) < 2:
        yield from _repaired(_regrouped(squeezed), BAD_GROUPS, "commas or points in odd places")


def _nameless(text: str) -> Iterator[Amount]:
    """An amount before which stands a glyph that is no character: a minus sign as likely as a pound sign."""
    if text.startswith(NAMELESS) and text[1:].lstrip()[:1].isdigit():
        for sign, what in (("-", "a minus sign"), ("£", "a pound sign")):
            yield from _repaired(sign + text[1:], NO_NAME, f"a glyph without a name is taken for {what}")


def _repaired(text: str, cost: int, reason: str) -> Iterator[Amount]:
    amount = parse(text) if text else None
    if amount:
        yield replace(amount, how="repaired", cost=cost, reason=reason)


def parse(text: str) -> Amount | None:
    """An amount in a form that accountants use, or None: sign, brackets, £, commas, k/m, %, trailing minus or CR."""
    match = _AMOUNT.fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [s for s in (match["sign"], match["sign2"], match["credit"]) if s]
    if len(signs) > 1 or (signs and match["open"]):
        return None
    negative = bool(match["open"]) or (bool(signs) and signs[0] != "+")
    digits = match["number"].replace(",", "")
    whole, _, decimals = digits.partition(".")
    if len(whole) > MOST_DIGITS or len(decimals) > MOST_DECIMALS:
        return None
    number = Decimal(digits)
    suffix = (match["suffix"] or "").casefold()
    return Amount(
        -number if negative else number,
        Decimal(1).scaleb(-len(decimals)),
        FACTORS[suffix] if suffix else None,
        bool(match["currency"] or match["before"]),
        bool(match["percent"] or match["percent2"]),
    )


def _even(text: str) -> str:
    """Every second character, where bold was made by printing each twice; empty where it was not."""
    doubled = len(text) > 2 and len(text) % 2 == 0 and text[::2] == text[1::2]
    return text[::2] if doubled else ""


def _without_words(text: str) -> str:
    """The amount after words that say that there is none: "See above 4,207,000"."""
    label, amounts = split_amounts(text)
    return amounts[0] if len(amounts) == 1 and is_no_figure(label) else ""


def _letters_as_digits(text: str) -> str:
    body, suffix = (text[:-1], text[-1]) if text[-1:] in "kKmM" else (text, "")
    digits = sum(c.isdigit() for c in body)
    letters = sum(c.isalpha() for c in body)
    # One real digit at least, and no more letters than digits: "Slough" is no amount, nor is a reference ("B12").
    if digits < letters or not digits or regex.fullmatch(r"[BSZbsgqz]\d+", body):
        return ""
    return body.translate(LETTERS_FOR_DIGITS) + suffix if letters or "|" in body else ""


def _regrouped(text: str) -> str:
    """Leave out separators ("1.067,000", "1,0670"); a point before the last one or two digits stays."""
    if regex.fullmatch(r"[^\d,.]*[,.]\d{1,3}", text):
        # The first group is lost: ",298".
        return text.replace(",", "").replace(".", "")
    match = regex.fullmatch(r"(?P<head>[^\d]*)(?P<body>\d[\d,.]*?)(?P<decimals>\.\d{1,2})?(?P<tail>[^\d]*)", text)
    if match is None or not regex.search("[,.]", match["body"]):
        return ""
    # One group may have lost or gained a digit; with more, it is a date or a section's number.
    groups = regex.split("[,.]", match["body"])[1:]
    if sum(len(group) != 3 for group in groups) > 1 or regex.fullmatch(r"\d\d?\.\d\d?\.\d{2,4}", text):
        return ""
    return match["head"] + regex.sub("[,.]", "", match["body"]) + (match["decimals"] or "") + match["tail"]


def split_amounts(text: str) -> tuple[str, tuple[str, ...]]:
    """A label and the amounts printed after it: "Total 2,298 658 -" is ("Total", ("2,298", "658", "-")).

    Words are taken as amounts from the end for as long as each is one on its own, as printed or nearly so.
    """
    words = clean(text).replace("\n", " ").split()
    start = len(words)
    while start and _stands_alone(words[start - 1]):
        start -= 1
    return " ".join(words[:start]), tuple(words[start:])


def _stands_alone(word: str) -> bool:
    """Whether a word is an amount on its own; "067,000" is the end of one, "1,31" one that lost a digit."""
    if parse(word) is not None:
        return not regex.match(r"0\d", word)
    return is_nil(word) or bool(regex.fullmatch(r"[(\-−–]?£?[\d,.]*\d[\d,.]*[)k m%]?", word))
