"""XLSX: one workbook, a sheet a table, with frozen headers, filters, widths and number formats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.dataset.codebook import FILES, Column, File, Type
from pipeline.dataset.run import Row, Source

NAME = "savings.xlsx"
# What a sheet takes of rows, its header aside, and a cell of characters.
ROWS_OF_A_SHEET = 1_048_575
LONGEST = 32_767
_CUT = "… (cut; whole in the CSV file)"
_WIDTHS = {Type.INTEGER: 8, Type.DECIMAL: 15, Type.POINTS: 9, Type.SECONDS: 9, Type.ENUM: 13, Type.KEYS: 40}
_LONG_TEXTS = {"detail": 40, "comment": 40, "where": 50, "reason": 40, "flags": 40, "error": 50, "path": 40}
_FORMATS = {Type.DECIMAL: "#,##0.##;[Red]-#,##0.##", Type.POINTS: "0.00", Type.SECONDS: "0.00"}
# The workbook's own time of making: the same for the same dataset.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001
_NUMBERS = (Type.INTEGER, Type.DECIMAL, Type.POINTS, Type.SECONDS)


def write(source: Source, files: tuple[File, ...], folder: Path) -> list[str]:
    """Write the workbook below a folder, row by row; its name."""
    # Texts are texts: what begins with an equals sign or looks like a link is not made a formula or a link.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(folder),
    }
    with Workbook(str(folder / NAME), options) as book:
        book.set_properties({"title": "Savings of councils", "created": _MADE})
        styles = _Styles(book)
        for file in files:
            _sheets(book, source, file, styles)
        _codebook(book, styles)
    return [NAME]


class _Styles:
    """The formats of a workbook: of headers, and of the cells of each type."""

    def __init__(self, book: Workbook) -> None:
        self.header: Format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.of: dict[Type, Format | None] = {
            kind: book.add_format({"num_format": _FORMATS[kind]}) if kind in _FORMATS else None for kind in Type
        }


def _sheets(book: Workbook, source: Source, file: File, styles: _Styles) -> None:
    """The rows of a file on one sheet, or on more where one is too short."""
    rows = source.rows(file)
    number = 1
    while True:
        sheet: Worksheet = book.add_worksheet(file.name if number == 1 else f"{file.name} {number}")
        count = _sheet(sheet, islice(rows, ROWS_OF_A_SHEET), file, styles)
        if count < ROWS_OF_A_SHEET:
            return
        number += 1


def _sheet(sheet: Worksheet, rows: Iterator[Row], file: File, styles: _Styles) -> int:
    for x, column in enumerate(file.columns):
        sheet.set_column(x, x, _width(column), styles.of[column.type])
        sheet.write_string(0, x, column.name, styles.header)
    sheet.freeze_panes(1, 0)
    count = 0
    for row in rows:
        count += 1
        _row(sheet, count, row, file, styles)
    sheet.autofilter(0, 0, max(1, count), len(file.columns) - 1)
    return count


def _row(sheet: Worksheet, y: int, row: Row, file: File, styles: _Styles) -> None:
    for x, column in enumerate(file.columns):
        value = row[column.name]
        if value is None or value == "":
            continue
        if column.type in _NUMBERS:
            sheet.write_number(y, x, float(value), styles.of[column.type])
        else:
            sheet.write_string(y, x, _cut(str(value)))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - len(_CUT)] + _CUT


def _width(column: Column) -> int:
    return _LONG_TEXTS.get(column.name, _WIDTHS.get(column.type, 18))


def _codebook(book: Workbook, styles: _Styles) -> None:
    sheet = book.add_worksheet("codebook")
    for x, (name, width) in enumerate((("file", 10), ("column", 16), ("type", 40), ("what it says", 90))):
        sheet.set_column(x, x, width)
        sheet.write_string(0, x, name, styles.header)
    sheet.freeze_panes(1, 0)
    columns = ((file, column) for file in FILES for column in file.columns)
    for y, (file, column) in enumerate(columns, 1):
        kind = ", ".join(column.values) or str(column.type)
        for x, text in enumerate((file.name, column.name, kind, column.says)):
            sheet.write_string(y, x, text)
