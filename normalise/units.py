"""What a printed amount is worth where a header or a note says it once for all: "£'000", "£k", "£m", "in pounds"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from normalise.years import without_years

_APOSTROPHE = r"['’‘`´,]?"
# A digit before k or m makes it the scale of one amount ("£3m") and no unit of others.
_UNITS = (
    (1_000_000, r"£\s?m(?:n|illions?)?\b|£\s?\(?millions?\b|\bin millions\b|\bmillions of pounds\b"),
    (1_000, rf"£\s?{_APOSTROPHE}\s?000{_APOSTROPHE}s?(?!\d)|(?<![\d,.£'’])000['’]?s\b"),
    (1_000, r"£\s?k\b|£\s?thousands?\b|\bin thousands\b|\bthousands of pounds\b"),
    (1, r"\(£\)|£s\b|£(?=\s*(?:$|[|)\]/]))|\bin (?:whole )?pounds\b"),
)
_UNIT = regex.compile("|".join(f"(?P<u{factor}>{pattern})" for factor, pattern in _UNITS), regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PrintedUnit:
    """A unit as printed, and how many pounds a printed 1 is worth in it."""

    factor: int
    raw: str


def read_units(text: str) -> tuple[PrintedUnit, ...]:
    """The units that a text names, in order, without repeats; the scale of a single amount ("£3m") is none."""
    found = dict.fromkeys(_units(text))
    return tuple(found)


def _units(text: str) -> Iterator[PrintedUnit]:
    for match in _UNIT.finditer(text):
        factor = next(int(name[1:]) for name, value in match.groupdict().items() if value is not None)
        yield PrintedUnit(factor, match[0])


def without_unit(text: str) -> str:
    """A header without the unit that it ends with or holds."""
    return _UNIT.sub(" ", text)


def label_part(text: str) -> str:
    """What a header says besides a financial year and a unit."""
    return without_unit(without_years(text)).strip(" ()-–—:*\n")


def is_unit(text: str) -> bool:
    """Whether a cell names a unit and nothing else."""
    return bool(read_units(text)) and not without_unit(text).strip(" ()[].:")
