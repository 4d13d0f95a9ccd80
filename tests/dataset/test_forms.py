"""Every form of the dataset holds the same typed rows."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.dataset import stata, xlsx
from pipeline.dataset.codebook import CHECKS, FIGURES, FILES, PAPERS, REPAIRS
from pipeline.dataset.forms import write_forms
from pipeline.dataset.lines import lines_of
from pipeline.dataset.package import Origin
from pipeline.dataset.run import FinishedRun, NoRun, open_run
from tests.dataset.made import Made, figure


def test_frictionless_finds_the_package_valid(run_folder: Path) -> None:
    report = frictionless.Package(run_folder / "datapackage.json").validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])
    assert report.stats["tasks"] == len(FILES)


def test_the_package_names_what_it_was_made_from(run_folder: Path) -> None:
    package = json.loads((run_folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["program"]["version"] == "1.2.3"
    rules = {rule["name"]: rule["sha256"] for rule in package["rules"]}
    assert rules["kent/budget-savings"] == "abc"
    assert set(rules) == {row["rule"] for row in open_run(run_folder).rows(PAPERS)}
    assert [len(source["sha256"]) for source in package["sources"]] == [64] * 4
    fields = {f["name"]: f for f in package["resources"][0]["schema"]["fields"]}
    assert fields["proof"]["constraints"]["enum"] == ["reconciled", "unchecked", "contradicted", "ambiguous"]


def test_parquet_keeps_money_exact(run_folder: Path, finished: FinishedRun) -> None:
    table = pq.read_table(run_folder / "figures.parquet")
    assert table.column("value").to_pylist() == [row["value"] for row in finished.rows(FIGURES)]
    assert table.column("aes_code").to_pylist() == [row["aes_code"] for row in finished.rows(FIGURES)]


@pytest.fixture
def database(run_folder: Path) -> Any:
    with closing(sqlite3.connect(run_folder / "savings.sqlite")) as database:
        yield database


def test_sqlite_holds_every_row_and_its_keys_hold(database: sqlite3.Connection, finished: FinishedRun) -> None:
    for file in (FIGURES, CHECKS, REPAIRS, PAPERS):
        (count,) = database.execute(f"SELECT count(*) FROM {file.name}").fetchone()
        assert count == sum(1 for _ in finished.rows(file)), file.name
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    (total,) = database.execute("SELECT sum(value) FROM figures").fetchone()
    assert total == pytest.approx(float(sum(row["value"] for row in finished.rows(FIGURES))))


def test_sqlite_ties_sums_to_their_figures(database: sqlite3.Connection) -> None:
    query = """
        SELECT c.found, sum(f.value) FROM contradictions c
        JOIN check_figures t ON t.check_id = c.id AND NOT t.is_total JOIN figures f ON f.id = t.figure_id
        GROUP BY c.id
    """
    found = database.execute(query).fetchall()
    assert len(found) == 6
    assert all(printed == added for printed, added in found)


def test_the_views_say_what_they_are_called(database: sqlite3.Connection) -> None:
    assert database.execute("SELECT DISTINCT level FROM savings").fetchall() == [("item",)]
    proofs = {proof for (proof,) in database.execute("SELECT DISTINCT proof FROM doubtful")}
    assert proofs <= {"contradicted", "ambiguous"}
    assert proofs


def test_the_workbook_holds_numbers_and_frozen_headers(run_folder: Path, finished: FinishedRun) -> None:
    sheets = pd.read_excel(run_folder / "savings.xlsx", sheet_name=None)
    assert list(sheets) == [*(file.name for file in FILES), "codebook"]
    values = [float(row["value"]) for row in finished.rows(FIGURES)]
    assert sheets["figures"]["value"].to_list() == values


def test_a_text_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    row = figure(detail='=HYPERLINK("http://example.org")', comment="+1", raw="-150", value=-150)
    xlsx.write(Made([row]), (FIGURES,), tmp_path)
    (read,) = pd.read_excel(tmp_path / "savings.xlsx", sheet_name="figures").to_dict("records")
    assert read["detail"] == '=HYPERLINK("http://example.org")'
    assert read["value"] == -150
    assert b"<f>" not in (tmp_path / "savings.xlsx").read_bytes()


def test_a_sheet_that_is_full_goes_on_in_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS_OF_A_SHEET", 2)
    xlsx.write(Made([figure(value=n) for n in range(5)]), (FIGURES,), tmp_path)
    sheets = pd.read_excel(tmp_path / "savings.xlsx", sheet_name=None)
    rows = [value for name, sheet in sheets.items() if name.startswith("figures") for value in sheet["value"]]
    assert rows == [0, 1, 2, 3, 4]


def test_stata_has_labels_and_every_row(run_folder: Path, finished: FinishedRun) -> None:
    frame = pd.read_stata(run_folder / "figures.dta")
    with pd.read_stata(run_folder / "figures.dta", iterator=True) as reader:
        labels = reader.variable_labels()
    assert frame["value"].to_list() == [float(row["value"]) for row in finished.rows(FIGURES)]
    assert frame["proof"].astype(str).to_list() == [row["proof"] for row in finished.rows(FIGURES)]
    assert labels["detail"] == "What the saving is."


def test_stata_goes_on_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stata, "ROWS_OF_A_PIECE", 2)
    names = stata.write(Made([figure(value=n) for n in range(3)]), (FIGURES,), tmp_path)
    assert names == ["figures.dta", "figures-2.dta"]
    rows = [value for name in names for value in pd.read_stata(tmp_path / name)["value"]]
    assert rows == [0, 1, 2]


def test_stata_has_files_without_rows(tmp_path: Path) -> None:
    assert stata.write(Made([]), (FIGURES, REPAIRS), tmp_path) == ["figures.dta", "repairs.dta"]
    assert list(pd.read_stata(tmp_path / "repairs.dta")) == [column.name for column in REPAIRS.columns]


def test_names_that_stata_would_cut_stay_apart() -> None:
    long = "target_non_cashable_ongoing_original_2007_08"
    names = stata.stata_names([long, f"{long}x", "in-year"])
    assert len(set(names)) == 3
    assert all(len(name) <= 32 and name.isidentifier() for name in names)


def test_a_line_has_its_figures_side_by_side() -> None:
    rows = [
        figure(value=10, kind="cashable"),
        figure(value=5, kind="cashable", measure="achieved", proof="contradicted"),
        figure(value="2.5", unit="percent"),
        figure(value=7, row=2, year="2008/09-2010/11", recurrence="ongoing"),
    ]
    lines = lines_of(Made(rows))
    first, second = lines.rows(lines.file)
    assert first["target_cashable_2007_08"] == 10
    assert first["achieved_cashable_2007_08"] == 5
    assert first["target_total_percent_2007_08"] == Decimal("2.5")
    assert (first["proof"], first["figures"]) == ("contradicted", 3)
    assert second["target_total_ongoing_2008_09_to_2010_11"] == 7
    assert second["target_cashable_2007_08"] is None


def test_a_figure_that_is_there_twice_is_not_lost() -> None:
    lines = lines_of(Made([figure(value=1), figure(value=2)]))
    assert [row["target_total_2007_08"] for row in lines.rows(lines.file)] == [1, 2]


def test_every_figure_is_on_a_line(finished: FinishedRun) -> None:
    lines = lines_of(finished)
    assert sum(row["figures"] for row in lines.rows(lines.file)) == sum(1 for _ in finished.rows(FIGURES))


def test_forms_are_the_same_bytes_every_time(run_folder: Path, finished: FinishedRun, tmp_path: Path) -> None:
    forms = ("csv", "parquet", "sqlite", "dta", "xlsx")
    for name in write_forms(finished, tmp_path, forms, Origin("1.2.3", {"kent/budget-savings": "abc"})):
        assert (tmp_path / name).read_bytes() == (run_folder / name).read_bytes(), name


def test_a_folder_that_holds_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoRun, match="holds no results"):
        open_run(tmp_path)
    with pytest.raises(NoRun, match="there is no folder"):
        open_run(tmp_path / "none")
