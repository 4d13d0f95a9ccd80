"""`savings tables` on the corpus: grids on pages, tables as meant, pictures of both, and clear refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from extract.paper import Box, Cell, PrintedTable, Row
from extract.prints import SHAPES_ONLY
from extract.read import read_paper
from normalise.meant import MeantRow, MeantTable
from pipeline.command import main
from pipeline.draw import PALE_BLUE, RED
from pipeline.status import Exit
from pipeline.tables import BLUE, BROWN, CELL_SHOWN, PURPLE, grid_texts, header_rows, meant_text

ROOT = Path(__file__).parents[2]
OUTTURN = ROOT / "corpus/herefordshire/aes-outturn-2007-08/herefordshire-aes-outturn-2007-08.pdf"
KENT = ROOT / "corpus/kent/budget-2025-28/kent-budget-2025-28.pdf"
CORPUS = sorted((ROOT / "corpus").glob("*/*/*.pdf"))
DPI = 150
# A line of one pixel lies within this of the place that a box has on the page.
NEAR = 2


def tables(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["tables", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def as_json(*arguments: object) -> list[dict[str, Any]]:
    result = tables(*arguments, "--json")
    assert result.exit_code == Exit.OK, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)["tables"]
    return found


# --- as printed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", CORPUS, ids=lambda path: path.stem)
def test_every_table_as_printed_is_a_full_grid_inside_its_page(paper: Path) -> None:
    found, read = as_json(paper, "--as-printed"), read_paper(paper)
    assert len(found) == len(read.tables)
    for table, printed in zip(found, read.tables, strict=True):
        x0, top, x1, bottom = table["bbox"]
        page = read.pages[table["page"] - 1]
        assert 0 <= x0 < x1 <= page.width
        assert 0 <= top < bottom <= page.height
        assert len(table["rows"]) == len(printed.rows)
        assert {len(row) for row in table["rows"]} == {printed.width}


def test_the_text_of_a_table_as_printed_is_untouched() -> None:
    first, *_ = as_json(OUTTURN, "--as-printed")
    assert first["page"] == 1
    assert first["rows"][0][4:7] == ["20", "007/08 Targ", "et"]
    assert first["rows"][1][:2] == ["AES", "Directorate"]


def test_a_spanning_cell_stands_in_its_first_column() -> None:
    table = PrintedTable(1, 1, 3, (Row(1, (Cell("wide", 0, 2), Cell("end", 2))), Row(2, (Cell("x", 1),))), "ruled")
    assert grid_texts(table) == [["wide", "", "end"], ["", "x", ""]]


def test_a_table_of_a_text_report_has_no_box(paper: Callable[..., Path]) -> None:
    (table,) = as_json(paper(), "--as-printed")
    assert table["bbox"] is None
    assert table["rows"][1] == ["R1", "Buses", "10", "20"]


def test_as_printed_as_text_names_page_and_size() -> None:
    lines = tables(OUTTURN, "--as-printed").stdout.splitlines()
    assert lines[0].startswith("Page 1, table 1 (ruled): 11 rows, 11 columns")
    assert "20  007/08 Targ" in lines[1]


# --- as meant --------------------------------------------------------------------------------------------------------


def test_as_meant_is_the_default_and_says_its_pieces_and_why_they_are_one() -> None:
    lines, summary = as_json(OUTTURN)
    assert [lines, summary] == as_json(OUTTURN, "--as-meant")
    assert lines["name"] == "lines"
    assert lines["pieces"] == [{"page": page, "number": 1} for page in range(1, 6)]
    assert len(lines["notes"]) == 5
    assert len(lines["rows"]) == 43
    assert len(summary["rows"]) == 15
    assert {len(row["cells"]) for row in lines["rows"]} == {len(lines["columns"])} == {11}
    assert {row["page"] for row in lines["rows"]} == {1, 2, 3, 4, 5}


def test_tables_that_no_rule_maps_are_stitched_where_the_header_is_repeated(paper: Callable[..., Path]) -> None:
    page = "Month | Rainfall\nMay | 10\nJune | 20\n"
    (table,) = as_json(paper("rain.txt", f"{page}\n{page}"))
    assert table["columns"] == ["Month", "Rainfall"]
    assert [row["cells"] for row in table["rows"]] == [["May", "10"], ["June", "20"]] * 2
    assert "repeats the header" in table["notes"][0]


def test_a_rule_of_ones_own_maps_the_paper(paper: Callable[..., Path], rules: Path) -> None:
    plan = paper()
    unmapped, own = as_json(plan), as_json(plan, "--rules", rules)
    assert all(table["name"] for table in own)
    assert [table["columns"] for table in unmapped] != [table["columns"] for table in own]


def test_text_stands_in_columns_under_wrapped_headers_and_long_cells_are_cut() -> None:
    said = tables(KENT).stdout
    table = said.split("\n\n")[0].splitlines()
    rule = next(line for line in table if line.startswith("----"))
    starts = [k for k, mark in enumerate(rule) if mark == "-" and rule[k - 1 : k] in ("", " ")]
    first = table[table.index(rule) + 1]
    assert all(first[start - 1 : start] in ("", " ") for start in starts)
    assert "…" in said
    assert max(len(column) for column in rule.split()) == CELL_SHOWN


def test_a_column_that_has_neither_name_nor_text_takes_no_room() -> None:
    table = MeantTable("", ("Month", "", "Rainfall"), (MeantRow(1, 2, "", ("May", "", "10")),), ((1, 1),))
    title, header, rule, row = meant_text(table).splitlines()
    assert title == "Table, page 1: 1 row, 3 columns"
    assert header.split() == ["page", "row", "sort", "Month", "Rainfall"]
    assert len(header) == len(rule) == len(row)


@pytest.mark.parametrize("paper", CORPUS, ids=lambda path: path.stem)
def test_every_paper_of_the_corpus_prints_as_text_in_both_forms(paper: Path) -> None:
    for form in ("--as-printed", "--as-meant"):
        result = tables(paper, form)
        assert result.exit_code == Exit.OK
        assert result.stdout.strip()
        assert result.stderr == ""


# --- pictures --------------------------------------------------------------------------------------------------------


def test_draw_writes_a_picture_a_page_in_the_size_of_the_page(tmp_path: Path) -> None:
    assert tables(OUTTURN, "--draw", tmp_path / "new" / "folder").exit_code == Exit.OK
    pictures = sorted((tmp_path / "new" / "folder").iterdir())
    pages = read_paper(OUTTURN).pages
    assert [p.name for p in pictures] == [f"{OUTTURN.stem}-page-{page.number:03}.png" for page in pages]
    for picture, page in zip(pictures, pages, strict=True):
        with Image.open(picture) as image:
            assert image.size == pytest.approx((page.width * DPI / 72, page.height * DPI / 72), abs=1)


def test_the_table_is_framed_where_it_stands_and_its_header_apart(tmp_path: Path) -> None:
    tables(OUTTURN, "--draw", tmp_path)
    table = read_paper(OUTTURN).pages[0].tables[0]
    assert table.box
    assert table.rows[1].box
    with Image.open(tmp_path / f"{OUTTURN.stem}-page-001.png") as picture:
        middle = (table.box.top + table.box.bottom) / 2 * DPI / 72
        assert near(picture, table.box.x0 * DPI / 72, middle) >= {BLUE}
        # Off the middle, where no frame of a cell runs.
        across = (table.box.x0 + 5) * DPI / 72
        assert near(picture, across, table.rows[1].box.bottom * DPI / 72) >= {PURPLE}


CUT = ROOT / "corpus/herefordshire/aes-outturn-2008-09/herefordshire-aes-outturn-2008-09.pdf"


def test_ruling_lines_joined_tables_and_rows_cut_in_two_are_drawn(tmp_path: Path) -> None:
    tables(CUT, "--draw", tmp_path)
    pages = read_paper(CUT).pages
    above, below = pages[1].tables[0], pages[2].tables[0]
    assert above.box
    assert below.box
    foot, head = above.rows[-1].box, below.rows[0].box
    assert foot
    assert head
    scale = DPI / 72
    across = (above.box.x0 + 2) * scale
    with Image.open(tmp_path / f"{CUT.stem}-page-002.png") as picture:
        assert near(picture, across, above.box.bottom * scale + 8) >= {BROWN}
        assert picture.getpixel((round(across) + 3, round((foot.bottom - 4) * scale))) == PALE_BLUE
        assert near(picture, across + 3, foot.top * scale) >= {RED}
    with Image.open(tmp_path / f"{CUT.stem}-page-003.png") as picture:
        assert near(picture, across, below.box.top * scale - 8) >= {BROWN}
        assert picture.getpixel((round(across) + 3, round((head.bottom - 4) * scale))) == PALE_BLUE


def near(picture: Image.Image, x: float, y: float) -> set[Any]:
    """The colours around a point."""
    around = range(-NEAR, NEAR + 1)
    return {picture.getpixel((round(x) + i, round(y) + j)) for i in around for j in around}


def test_header_rows_are_those_above_the_first_row_of_the_body() -> None:
    rows = tuple(Row(number, (Cell("x", 0),), Box(0, number, 9, number + 1)) for number in (4, 5, 6))
    table = PrintedTable(2, 1, 1, rows, "ruled")
    assert header_rows(table, {(2, 6)}) == [rows[0], rows[1]]
    assert header_rows(table, {(1, 6)}) == []
    assert header_rows(table, {(2, 4), (2, 5), (2, 6)}) == []


def test_a_text_report_has_no_page_to_draw(paper: Callable[..., Path], tmp_path: Path) -> None:
    refused(tables(paper(), "--draw", tmp_path / "pictures"), Exit.USAGE, "has no page to draw")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    refused(tables(OUTTURN, "--draw", taken), Exit.USAGE, f"{taken} cannot be written")


# --- what cannot be read ---------------------------------------------------------------------------------------------


def refused(result: Result, status: Exit, *words: str) -> None:
    """Nothing on stdout, and one line that says why."""
    assert result.exit_code == status
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert all(word in line for word in words), line


def test_a_paper_that_is_not_there(tmp_path: Path) -> None:
    refused(tables(tmp_path / "none.pdf"), Exit.INCOMPLETE, "none.pdf: is not there. Check the path")


@pytest.mark.parametrize("form", ["--as-printed", "--as-meant"])
def test_a_damaged_paper(tmp_path: Path, form: str) -> None:
    path = tmp_path / "cut.pdf"
    path.write_bytes(OUTTURN.read_bytes()[:900])
    refused(tables(path, form, "--json"), Exit.INCOMPLETE, "cut.pdf", "damaged")


def test_a_folder_of_rules_that_is_not_there(tmp_path: Path) -> None:
    refused(tables(OUTTURN, "--rules", tmp_path / "none"), Exit.USAGE, "none")


def test_a_paper_without_a_table_is_read_and_said_to_have_none(tmp_path: Path) -> None:
    prose = tmp_path / "prose.pdf"
    canvas = Canvas(str(prose), pagesize=(300, 200))
    canvas.drawString(30, 100, "Nothing here stands in columns.")
    canvas.save()
    result = tables(prose, "--as-printed", "--json")
    assert result.exit_code == Exit.OK
    assert json.loads(result.stdout)["tables"] == []
    assert "no table was found" in result.stderr


def test_pages_that_could_not_be_read_are_named_and_the_others_shown(tmp_path: Path) -> None:
    path = tmp_path / "half.pdf"
    canvas = Canvas(str(path), pagesize=(300, 200))
    canvas.grid([30, 100, 170], [30, 60, 90])
    for x, y, text in ((40, 70, "Bus"), (110, 70, "Fare"), (40, 40, "7"), (110, 40, "£2")):
        canvas.drawString(x, y, text)
    canvas.showPage()
    canvas.line(10, 10, 90, 90)
    canvas.save()
    result = tables(path, "--as-printed", "--json")
    assert result.exit_code == Exit.INCOMPLETE
    assert json.loads(result.stdout)["tables"][0]["rows"] == [["Bus", "Fare"], ["7", "£2"]]
    assert f"page 2: {SHAPES_ONLY}" in result.stderr


def test_a_header_longer_than_its_column_is_wrapped() -> None:
    table = MeantTable("t", ("A very long header indeed",), (MeantRow(1, 2, "item", ("5",)),), ((1, 1),), ("why",))
    title, *header, rule, row, note = meant_text(table).splitlines()
    assert title == "t, page 1: 1 row, 1 column"
    assert [line.split()[-1] for line in header] == ["long", "header", "indeed"]
    assert rule.endswith("-" * 12)
    assert row.split() == ["1", "2", "item", "5"]
    assert note == "why"
