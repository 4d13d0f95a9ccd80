"""The tables of a page in reading order, whatever finder found them first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.paper import PrintedTable


def in_order(tables: Sequence[PrintedTable]) -> tuple[PrintedTable, ...]:
    """Tables of one page from top to bottom and then from left to right; they and their rows are numbered so."""
    placed = sorted(tables, key=lambda table: (table.box.top, table.box.x0) if table.box else (0.0, 0.0))
    ordered: list[PrintedTable] = []
    first = 1
    for number, table in enumerate(placed, start=1):
        rows = tuple(replace(row, number=first + i) for i, row in enumerate(table.rows))
        first += len(rows)
        ordered.append(replace(table, number=number, rows=rows))
    return tuple(ordered)
