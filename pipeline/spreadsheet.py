"""Texts of papers in files that spreadsheets open: none may run as a formula, and no number is touched.

A spreadsheet takes a cell of a CSV file that begins with = + - @ (or with a tab or line end before them) for a formula,
which may call programs or send data away. Such a text gets an apostrophe in front, unless all of it is an amount or a
dash, which no formula can be. `restored` takes the apostrophe away again.
"""

from __future__ import annotations

import regex

# With one of these a text must begin to be one; most do not, and are not looked at further.
_FIRST = frozenset("'=+-@\t\r\n＝＋－＠")
_FORMULA = regex.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_HARMLESS = regex.compile(r"[+-](?:[ £$€+-]*)(?:\d[\d., ]*)?(?:k|m|bn|%)?", regex.IGNORECASE)


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; amounts and dashes stay as they are."""
    if text[:1] not in _FIRST:
        return text
    return f"'{text}" if _FORMULA.match(text) and not _HARMLESS.fullmatch(text) else text


def restored(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and guarded(text[1:]) == text else text
