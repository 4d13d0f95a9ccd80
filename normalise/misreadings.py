"""What a printed amount may have been before a scanner or a typist damaged it.

Asked only where sums fail. Each misreading costs more than one broken identity and less than two (savings.solve), so
that it is never taken on the word of one sum alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from normalise.codes import Code
from normalise.numbers import Amount

LIKELY, POSSIBLE, UNLIKELY = 14, 15, 16
# Digits that print and scan alike.
ALIKE = frozenset(
    frozenset(pair) for pair in ("17", "38", "56", "08", "69", "27", "14", "49", "35", "06", "89", "68", "58", "09")
)


def misread(amount: Amount) -> tuple[tuple[Amount, int, str], ...]:
    """Amounts one slip away from a printed one, each with its cost and what the slip was; unique, cheapest first."""
    if amount.step == 0:
        return ()
    found: dict[Decimal, tuple[int, str]] = {}
    for number, cost, reason in sorted(_slips(amount), key=lambda slip: slip[1]):
        if number != amount.number:
            found.setdefault(number, (cost, reason))
    return tuple((_with(amount, number), cost, reason) for number, (cost, reason) in found.items())


def misread_code(text: str, first: int, last: int) -> tuple[Code, ...]:
    """Codes between two bounds that are one slip away from a printed one, the likeliest first."""
    if not text.isdecimal():
        return ()
    slips = sorted(
        (slip for make in (_replaced, _swapped, _added, _lost) for slip in make(text)), key=lambda slip: slip[1]
    )
    found = {int(digits): Code(int(digits), "repaired", cost, reason) for digits, cost, reason in reversed(slips)}
    return tuple(code for number, code in sorted(found.items()) if first <= number <= last and number != int(text))


def _with(amount: Amount, number: Decimal) -> Amount:
    return Amount(number, amount.step, amount.factor, amount.currency, amount.percent, "repaired")


def _slips(amount: Amount) -> Iterator[tuple[Decimal, int, str]]:
    sign = -1 if amount.number < 0 else 1
    decimals = -int(amount.step.as_tuple().exponent)
    digits = str(int(abs(amount.number).scaleb(decimals)))
    yield -amount.number, LIKELY, "the sign or the brackets are lost"
    for slip in (_replaced, _swapped, _added, _lost):
        for other, cost, reason in slip(digits):
            yield sign * Decimal(int(other)).scaleb(-decimals), cost, reason


def _replaced(digits: str) -> Iterator[tuple[str, int, str]]:
    for place, old in enumerate(digits):
        for new in "0123456789":
            if new != old and not (place == 0 and new == "0" and len(digits) > 1):
                alike = frozenset((old, new)) in ALIKE
                reason = f"a {new} misread as {old}"
                yield digits[:place] + new + digits[place + 1 :], LIKELY if alike else UNLIKELY, reason


def _swapped(digits: str) -> Iterator[tuple[str, int, str]]:
    for place in range(len(digits) - 1):
        one, other = digits[place], digits[place + 1]
        if one != other:
            yield digits[:place] + other + one + digits[place + 2 :], LIKELY, f"{other}{one} swapped to {one}{other}"


def _added(digits: str) -> Iterator[tuple[str, int, str]]:
    for place, digit in enumerate(digits):
        rest = digits[:place] + digits[place + 1 :]
        if rest:
            doubled = digit in (digits[place - 1 : place], digits[place + 1 : place + 2])
            yield rest, LIKELY if doubled else POSSIBLE, f"a {digit} too many"


def _lost(digits: str) -> Iterator[tuple[str, int, str]]:
    for place in range(len(digits) + 1):
        for new in "0123456789":
            if place or new != "0":
                yield digits[:place] + new + digits[place:], POSSIBLE, f"a {new} lost"
