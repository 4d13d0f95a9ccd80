"""The codebook is true: of every column, and of docs/codebook.md."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.dataset.codebook import CHECKS, FIGURES, FILES, PAPERS, REPAIRS, Column, File, Type, markdown
from pipeline.records import CheckRow, FigureRow, PaperRow, RepairRow

ROOT = Path(__file__).parents[2]
COLUMNS = [(file, column) for file in FILES for column in file.columns]


@pytest.mark.parametrize(
    ("file", "record"), [(FIGURES, FigureRow), (CHECKS, CheckRow), (REPAIRS, RepairRow), (PAPERS, PaperRow)]
)
def test_it_has_the_columns_of_the_files_in_their_order(file: File, record: type) -> None:
    assert [column.name for column in file.columns] == [f.name for f in fields(record)]


@pytest.mark.parametrize(("file", "column"), COLUMNS, ids=[f"{file.name}.{column.name}" for file, column in COLUMNS])
def test_an_example_is_of_its_column(file: File, column: Column) -> None:
    if column.values:
        assert column.example in column.values
    elif column.type is Type.INTEGER:
        int(column.example)
    elif column.type is Type.DECIMAL:
        Decimal(column.example)
    elif column.type in (Type.POINTS, Type.SECONDS):
        float(column.example)
    assert column.says.endswith(".")


def test_the_document_is_what_the_program_prints() -> None:
    assert (ROOT / "docs/codebook.md").read_text(encoding="utf-8") == markdown()
