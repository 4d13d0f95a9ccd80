"""SQLite: one database with foreign keys, indexes and views, as Datasette likes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.dataset.codebook import CHECKS, FIGURES, PAPERS, Column, File, Type
from pipeline.dataset.keys import figure_key
from pipeline.dataset.run import Row, Source

NAME = "savings.sqlite"
_TYPES = {
    Type.TEXT: "TEXT",
    Type.KEYS: "TEXT",
    Type.ENUM: "TEXT",
    Type.INTEGER: "INTEGER",
    # NUMERIC affinity: whole pounds are kept as integers, pence as the nearest real number.
    Type.DECIMAL: "DECIMAL",
    Type.POINTS: "REAL",
    Type.SECONDS: "REAL",
}
# SQLite takes at most 2,000 columns in a table; what is beyond is in figures all the same.
_MOST_COLUMNS = 1_900
_ROWS_AT_ONCE = 5_000

_INDEXES = """
CREATE INDEX papers_document ON papers (document, sha256);
CREATE INDEX figures_paper ON figures (paper_id);
CREATE INDEX figures_authority ON figures (authority, year);
CREATE INDEX figures_measure ON figures (measure, kind, year);
CREATE INDEX figures_block ON figures (aes_code);
CREATE INDEX figures_proof ON figures (proof);
CREATE INDEX lines_paper ON lines (paper_id);
CREATE INDEX checks_paper ON checks (paper_id);
CREATE INDEX checks_verdict ON checks (verdict);
CREATE INDEX repairs_paper ON repairs (paper_id);
CREATE INDEX check_figures_figure ON check_figures (figure_id);
"""
_VIEWS = """
CREATE VIEW savings AS SELECT * FROM figures WHERE level = 'item';
CREATE VIEW totals AS SELECT * FROM figures WHERE level <> 'item';
CREATE VIEW doubtful AS SELECT * FROM figures WHERE proof IN ('contradicted', 'ambiguous') ORDER BY abs(value) DESC;
CREATE VIEW contradictions AS
    SELECT * FROM checks WHERE verdict = 'broken' ORDER BY abs(difference) DESC;
CREATE VIEW savings_by_authority AS
    SELECT authority, year, measure, kind, unit, sum(value) AS value, count(*) AS figures
    FROM figures WHERE level = 'item' GROUP BY authority, year, measure, kind, unit;
"""


def write(source: Source, files: tuple[File, ...], folder: Path) -> list[str]:
    """Write the database below a folder; its name. `files` are those of the dataset, papers among them."""
    path = folder / NAME
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        # The file is put in place whole or not at all, so SQLite need not guard it while it is written.
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192;")
        for file in sorted(files, key=lambda file: file.name != PAPERS.name):
            _fill(database, source, file)
        _tie(database, source)
        database.executescript(_INDEXES + _VIEWS + "PRAGMA foreign_keys = ON; ANALYZE;")
        database.commit()
    return [NAME]


def _fill(database: sqlite3.Connection, source: Source, file: File) -> None:
    columns = file.columns[:_MOST_COLUMNS]
    foreign = file.name != PAPERS.name
    database.execute(_create(file, columns, foreign=foreign))
    marks = ", ".join("?" for _ in range(len(columns) + (2 if foreign else 1)))
    papers: dict[tuple[str, str], int] = {}
    if foreign:
        found = database.execute("SELECT document, sha256, min(id) FROM papers GROUP BY document, sha256")
        papers = {(document, sha256): number for document, sha256, number in found}
    rows = (_values(number, row, columns, papers, foreign) for number, row in enumerate(source.rows(file), 1))
    _insert(database, f"INSERT INTO {file.name} VALUES ({marks})", rows)


def _insert(database: sqlite3.Connection, statement: str, rows: Iterator[Any]) -> None:
    while batch := list(islice(rows, _ROWS_AT_ONCE)):
        database.executemany(statement, batch)


def _create(file: File, columns: Iterable[Column], *, foreign: bool) -> str:
    own = ["id INTEGER PRIMARY KEY"] + (["paper_id INTEGER NOT NULL REFERENCES papers (id)"] if foreign else [])
    return f"CREATE TABLE {file.name} ({', '.join([*own, *map(_declared, columns)])})"


def _declared(column: Column) -> str:
    must = " NOT NULL" if column.required else ""
    values = ", ".join(f"'{value}'" for value in column.values)
    check = f' CHECK ("{column.name}" IN ({values}))' if values else ""
    return f'"{column.name}" {_TYPES[column.type]}{must}{check}'


def _values(
    number: int, row: Row, columns: Iterable[Column], papers: dict[tuple[str, str], int], foreign: bool
) -> list[Any]:
    own = [number, papers[row["document"], row["sha256"]]] if foreign else [number]
    return [*own, *(_plain(row[column.name]) for column in columns)]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return None if value == "" else value


def _tie(database: sqlite3.Connection, source: Source) -> None:
    """check_figures: which figures stand in which sum, the total as such. Paper by paper, to bound the memory."""
    database.execute(
        "CREATE TABLE check_figures (check_id INTEGER NOT NULL REFERENCES checks (id), "
        "figure_id INTEGER NOT NULL REFERENCES figures (id), is_total INTEGER NOT NULL)"
    )
    keys = _keys_by_paper(source)
    paper, known = None, {}
    for number, row in enumerate(source.rows(CHECKS), 1):
        at = (row["document"], row["sha256"])
        while paper != at:
            paper, known = next(keys, (at, {}))
        ties = ((number, f, int(not n)) for n, key in enumerate(row["figures"].split()) for f in known.get(key, ()))
        database.executemany("INSERT INTO check_figures VALUES (?, ?, ?)", ties)


def _keys_by_paper(source: Source) -> Iterator[tuple[tuple[str, str], dict[str, list[int]]]]:
    """Paper by paper, in the order of figures, the numbers of the figures that have a key."""
    paper: tuple[str, str] | None = None
    keys: dict[str, list[int]] = {}
    for number, row in enumerate(source.rows(FIGURES), 1):
        if paper != (row["document"], row["sha256"]):
            if paper is not None:
                yield paper, keys
            paper, keys = (row["document"], row["sha256"]), {}
        keys.setdefault(figure_key(row), []).append(number)
    if paper is not None:
        yield paper, keys
