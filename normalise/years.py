"""Financial years as papers print them: "2007/08", "07-08", "2007/2008", "20 | 007/08" cut over cells, and spans."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

FIRST, LAST = 1990, 2060
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|am|pm"
# Not a part of a date (1/4/2005), and no day of a month (12/13 March). A single last digit ("2008/9", "07/8") only
# where the first year is plainly one.
_YEAR = regex.compile(
    r"(?<!\d[/.])(?:(?P<start>(?:19|20)?\d{2})\s*[/\-–—‐‑−]\s*(?P<end>(?:19|20)?\d{2})"
    r"|(?P<start>(?:19|20)\d{2})\s*[/\-–—‐‑−]\s*(?P<end>\d)|(?P<start>0\d)/(?P<end>\d))"
    rf"(?!\d|\s?[/.]\d|\s*(?:{_MONTH})\p{{L}}*)",
    regex.IGNORECASE,
)
_UNTIL = regex.compile(r"\s*(?:to|until|[-–—‐‑−])\s*", regex.IGNORECASE)
_SINGLE = regex.compile(r"FY\s?(?P<end>(?:20)?\d{2})(?!\d|\s*[/–-]\s*\d)", regex.IGNORECASE)


def format_year(start: int) -> str:
    """The schema's name of the financial year that begins in April of `start`: 2007 is "2007/08"."""
    return f"{start}/{(start + 1) % 100:02d}"


def start_of(year: str) -> int:
    """The calendar year in which a financial year of the schema's form begins; for a span its first."""
    return int(year[:4])


def years_within(year: str) -> tuple[str, ...]:
    """The financial years of a span ("2008/09-2010/11"); a single year is one of one."""
    first, _, last = year.partition("-")
    return tuple(format_year(start) for start in range(start_of(first), start_of(last or first) + 1))


@lru_cache(maxsize=16384)
def read_years(text: str) -> tuple[str, ...]:
    """The financial years in a text, in order, without repeats; of a damaged one, the nearest year that it contains."""
    squeezed = "".join(text.split())
    return tuple(dict.fromkeys([*_years(text), *_years(squeezed)]))


def read_span(text: str) -> str:
    """The span in a text that says from which financial year to which ("2012/13 to 2014/15"); "" if it says none."""
    found = [(year, match) for match in _YEAR.finditer(text) if (year := _year_of(match))]
    if len(found) != 2:
        return ""
    (first, start), (last, end) = found
    is_span = first < last and _UNTIL.fullmatch(text[start.end() : end.start()])
    return f"{first}-{last}" if is_span else ""


def _years(text: str) -> Iterator[str]:
    # Overlapping matches, so that "20007/08" (cut to "20" and "007/08") still holds 07/08.
    for match in _YEAR.finditer(text, overlapped=True):
        if year := _year_of(match):
            yield year
    for match in _SINGLE.finditer(text):
        yield format_year(_full(match["end"]) - 1)


def _year_of(match: regex.Match[str]) -> str:
    start, end = _full(match["start"]), int(match["end"]) % 100
    # "2008/9" leaves out a digit, and so does "07/8".
    after = (start + 1) % (10 if len(match["end"]) == 1 else 100)
    return format_year(start) if FIRST <= start <= LAST and after == end else ""


def _full(digits: str) -> int:
    year = int(digits)
    if year >= 100:
        return year
    return year + (1900 if year >= FIRST % 100 else 2000)


def without_years(text: str) -> str:
    """A text without the financial years in it."""
    return _SINGLE.sub(" ", _YEAR.sub(" ", text))
