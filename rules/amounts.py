"""Readings of a figure's cell in the schema's terms: scale and sign of the layout applied to what the cell may say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from normalise.misreadings import misread
from normalise.numbers import Amount, read_amount
from savings.schema import How, Reading, Unit

# An amount without k or m in a layout where each has its own: read with its column's scale, or as pounds.
COLUMN_SCALE, POUNDS, OTHER_SCALE = 2, 3, 5
# From so many digits on, an amount without a scale is plainly in pounds.
PLAIN_POUNDS = 10_000
EMPTY = Reading(None, How.PRINTED)


@dataclass(frozen=True, slots=True)
class Convention:
    """How a column prints amounts: unit, sign of a saving, and scale, or the one that most of its cells carry."""

    unit: Unit
    sign: int
    scale: int | Literal["suffix"]
    usual: int = 1_000


def usual_factor(texts: Iterable[str]) -> int:
    """The scale that most amounts of a column carry ("k": 1,000)."""
    factors = Counter(a.factor for text in texts for a in read_amount(text)[:1] if a.factor)
    return max(factors, key=lambda f: (factors[f], -f), default=1_000)


def readings(text: str, convention: Convention, red: bool = False) -> tuple[Reading, ...]:
    """All readings of a cell, the cheapest first; none where it can be no amount of the column's unit.

    Of an amount that is printed in red, and with no sign, nobody can say alone whether it is below zero.
    """
    amounts = read_amount(text)
    if red:
        amounts += tuple(_below_zero(amount) for amount in amounts if amount.how == "printed" and amount.number > 0)
    found = [r for amount in amounts for r in _scaled(amount, convention)]
    return tuple(sorted(found, key=lambda r: r.cost))


def _below_zero(amount: Amount) -> Amount:
    return replace(amount, number=-amount.number, how="repaired", reason="printed in red, as amounts below zero are")


def misreadings(text: str, convention: Convention, taken: Reading) -> tuple[Reading, ...]:
    """What the cell may have been before it was damaged, for the printed amount of the same scale as `taken`."""
    found: list[Reading] = []
    for amount in read_amount(text)[:1]:
        for other, cost, reason in misread(amount):
            scaled = [r for r in _scaled(other, convention) if r.step == taken.step]
            found += [replace(r, how=How.REPAIRED, cost=cost, reason=reason) for r in scaled[:1]]
    return tuple(found)


def _scaled(amount: Amount, convention: Convention) -> Iterable[Reading]:
    if convention.unit is not Unit.GBP:
        yield _reading(amount, convention, 1)
    elif amount.percent:
        return
    elif amount.factor or amount.step == 0:
        yield _reading(amount, convention, amount.factor or 1)
    elif convention.scale != "suffix":
        yield _reading(amount, convention, convention.scale)
    elif abs(amount.number) >= PLAIN_POUNDS:
        yield _reading(amount, convention, 1)
    else:
        yield from _unscaled(amount, convention)


def _unscaled(amount: Amount, convention: Convention) -> Iterable[Reading]:
    reasons = {
        1: (POUNDS, "no scale is printed; the amount may be in pounds"),
        1_000: (OTHER_SCALE, "no scale is printed; the amount may be in thousands"),
        1_000_000: (OTHER_SCALE, "no scale is printed; the amount may be in millions"),
    }
    reasons[convention.usual] = (COLUMN_SCALE, "no scale is printed; most other amounts of the table have this one")
    for scale, (cost, reason) in reasons.items():
        how = How.PRINTED if scale == 1 else How.REPAIRED
        yield replace(_reading(amount, convention, scale), how=how, cost=amount.cost + cost, reason=reason)


def _reading(amount: Amount, convention: Convention, scale: int) -> Reading:
    value = amount.number * scale * convention.sign
    # A nil has no sign: 0, not -0.
    return Reading(value or Decimal(0), How(amount.how), amount.cost, amount.reason, amount.step * scale)
