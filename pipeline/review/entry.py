"""What a person types into the free field, as a decision: an amount, nil, no figure, or an AES block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import regex

from normalise.marks import clean
from normalise.numbers import parse
from pipeline.corrections.model import Answer, code
from pipeline.printing import amount_text
from pipeline.records import plain_value


class NotUnderstood(Exception):
    """An entry that is none of these; says what is."""


@dataclass(frozen=True)
class Entry:
    """A decision as typed: the answer, its value, and both in words."""

    answer: Answer
    value: str
    said: str


def read_entry(text: str, step: Decimal = Decimal(1)) -> list[Entry]:
    """What an entry may mean, the likeliest first. `step` is the scale that the cell is printed in.

    Raises NotUnderstood.
    """
    plain = clean(text).casefold()
    if plain in ("nil", "zero", "-", "–", "0"):
        return [Entry(Answer.NIL, "", "nil")]
    if plain in ("none", "empty", "no figure", "not a figure"):
        return [Entry(Answer.NOT_A_FIGURE, "", "not a figure")]
    if match := regex.fullmatch(r"(?:aes|block|code)\s*(?:block|code)?\s*(\d{1,2})", plain):
        try:
            return [Entry(Answer.CODE, str(code(match[1])), f"AES block {match[1]}")]
        except ValueError as error:
            raise NotUnderstood(str(error)) from None
    return list(_amounts(plain, step))


def _amounts(text: str, step: Decimal) -> Iterator[Entry]:
    amount = parse(text)
    if amount is None:
        raise NotUnderstood(
            "That is no amount. Type one in full (150000), with its scale (150k, £1.2m), nil, or block 4"
        )
    value = amount.number * (amount.factor or 1)
    values = [value]
    if amount.factor is None and step > 1 and abs(value) < step:
        values.insert(0, value * step)
    for each in values:
        yield Entry(Answer.VALUE, plain_value(each), amount_text(each))
