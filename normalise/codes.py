"""Readings of a code cell: which whole number between bounds it may say, the cheapest first."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from normalise.marks import LETTERS_FOR_DIGITS, one_line

AS_PRINTED, DOUBTFUL, INFERRED = 0, 2, 4


@dataclass(frozen=True, slots=True)
class Code:
    """One reading of a code cell; None where the line has no code. `how` is printed, repaired or inferred."""

    code: int | None
    how: str
    cost: int
    reason: str = ""


def read_code(text: str, first: int, last: int) -> tuple[Code, ...]:
    """All readings of a code between `first` and `last`, the cheapest first.

    "1 1" may be a 1 printed twice or an 11 torn apart. An empty cell may be any code, at a price that a sum must pay.
    """
    text = one_line(text)
    if not text:
        reason = "no code is printed; the sums by code ask for this one"
        return (Code(None, "printed", 0), *(Code(c, "inferred", INFERRED, reason) for c in range(first, last + 1)))
    squeezed = text.translate(LETTERS_FOR_DIGITS).strip(".:,;*")
    digits = regex.findall(r"\d+", squeezed) if regex.fullmatch(r"[\d\s.:,;*)]+", squeezed) else []
    found = [Code(n, "printed", AS_PRINTED) for n in _numbers([text])]
    if not found and digits:
        found += [Code(n, "repaired", DOUBTFUL, f"{text!r} may be {n}") for n in _numbers(digits[:1])]
        found += [Code(n, "repaired", DOUBTFUL, f"{text!r} may be {n}") for n in _numbers(["".join(digits)])]
    unique = {c.code: c for c in reversed(found) if c.code is not None and first <= c.code <= last}
    return tuple(sorted(unique.values(), key=lambda c: (c.cost, c.code or 0)))


def _numbers(texts: list[str]) -> list[int]:
    return [int(t) for t in texts if regex.fullmatch(r"0?\d{1,2}", t)]
