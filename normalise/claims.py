"""Sums in words: "3.65% improvement x £22.8m budget", "£5,722,676 spend x 2.5% saving = £143,067"."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import regex

from normalise.numbers import Amount, parse

_PERCENT = r"\d+(?:\.\d+)?\s?%"
_MONEY = r"£\s?\d[\d,]*(?:\.\d+)?\s?(?:k|m|bn|million)?\b"
_COUNT = r"\b\d[\d,]*\b"
# Between the two factors and after them stand a few words, but no other operation.
_WORDS = r"(?:(?!\s[x×*]\s)[^=|\d£]){0,60}?"
_CLAIM = regex.compile(
    rf"(?P<left>{_PERCENT}|{_MONEY}|{_COUNT}){_WORDS}\s[x×*]\s?(?P<right>{_PERCENT}|{_MONEY})"
    rf"(?:{_WORDS}=\s?(?P<result>{_MONEY}))?",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """An amount in pounds that a text claims, and the words that claim it."""

    value: Decimal
    text: str


def read_claim(text: str) -> Claim | None:
    """The amount that a comment works out: the stated result, or else the product; None where it works out nothing.

    A share alone ("40% subsidy") is none, nor is a product without an amount of money.
    """
    match = _CLAIM.search(text)
    if match is None:
        return None
    factors = [_factor(match["left"]), _factor(match["right"])]
    result = _factor(match["result"]) if match["result"] else None
    if None in factors or "£" not in match["left"] + match["right"]:
        return None
    value = result
    if value is None:
        left, right = factors
        assert left is not None
        assert right is not None
        value = left * right
    return Claim(value, match[0])


def _factor(text: str) -> Decimal | None:
    amount: Amount | None = parse(text)
    if amount is None:
        return None
    return amount.number / 100 if amount.percent else amount.number * (amount.factor or 1)
