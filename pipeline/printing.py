"""Amounts and rows for stdout."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal


def amount_text(value: Decimal, *, signed: bool = False) -> str:
    """An amount with its thousands parted and no needless zeros; with `signed` a plus where it is positive."""
    text = f"{value:+,f}" if signed else f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def csv_line(values: Iterable[object]) -> str:
    """One row of CSV, without the line's end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()
