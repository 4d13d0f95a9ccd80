"""Parquet: one file a table, money as exact decimals, enums as dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dataset.codebook import Column, File, Type
from pipeline.dataset.run import Row, Source

# 28 digits before the point and 10 after it: more than any amount that is read has.
MONEY = pa.decimal128(38, 10)
_TYPES: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(),
    Type.KEYS: pa.string(),
    Type.ENUM: pa.dictionary(pa.int16(), pa.string()),
    Type.INTEGER: pa.int32(),
    Type.DECIMAL: MONEY,
    Type.POINTS: pa.float64(),
    Type.SECONDS: pa.float64(),
}
ROWS_AT_ONCE = 20_000


def write(source: Source, files: tuple[File, ...], folder: Path) -> list[str]:
    """Write each file as Parquet below a folder; the names written."""
    return [_write(source, file, folder) for file in files]


def _write(source: Source, file: File, folder: Path) -> str:
    name = f"{file.name}.parquet"
    schema = pa.schema([_field(column) for column in file.columns])
    with pq.ParquetWriter(folder / name, schema, compression="zstd") as writer:
        rows = source.rows(file)
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(list(_shaped(batch, file)), schema=schema))
    return name


def _field(column: Column) -> pa.Field:
    return pa.field(column.name, _TYPES[column.type], metadata={"description": column.says})


def _shaped(rows: list[Row], file: File) -> Iterator[dict[str, Any]]:
    """Rows as Arrow takes them. An empty text is one that the paper does not say: null."""
    for row in rows:
        yield {column.name: _value(row[column.name]) for column in file.columns}


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value
    return None if value == "" else value
