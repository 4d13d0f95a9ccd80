"""Text reports: what a person sees in the file comes back with its line numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extract.paper import PageStatus, Paper, PaperKind
from extract.text import read_text


def read(text: str) -> Paper:
    return read_text("report.txt", "00", text)


def cells(paper: Paper) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables]


def test_a_block_with_tabs_is_a_table_as_wide_as_its_longest_row() -> None:
    paper = read("AES\tDetail\tTotal\n7\tSchool transport\n")
    (table,) = paper.tables
    assert paper.kind is PaperKind.TEXT
    assert (table.width, table.finder, table.page, table.number) == (3, "tabs", 1, 1)
    assert (table.box, table.edges) == (None, ())
    assert cells(paper) == [[["AES", "Detail", "Total"], ["7", "School transport"]]]


def test_empty_cells_keep_their_places() -> None:
    (table,) = read("\t\t150\t\t").tables
    assert [(cell.column, cell.text) for cell in table.rows[0].cells] == [
        (0, ""),
        (1, ""),
        (2, "150"),
        (3, ""),
        (4, ""),
    ]


def test_rows_and_lines_carry_the_line_number_of_the_file() -> None:
    paper = read("Savings\nof 2007/08\n\n\na\t1\nb\t2\n\nc\t3")
    (page,) = paper.pages
    assert [(line.number, line.text) for line in page.lines] == [(1, "Savings"), (2, "of 2007/08")]
    assert [[row.number for row in table.rows] for table in page.tables] == [[5, 6], [8]]
    assert [table.number for table in page.tables] == [1, 2]


def test_a_line_without_a_tab_inside_a_table_is_a_row_with_one_cell() -> None:
    assert cells(read("Cashable\t10\nAdult services\nTotal\t10")) == [
        [["Cashable", "10"], ["Adult services"], ["Total", "10"]]
    ]


def test_form_feeds_part_pages_and_line_numbers_go_on() -> None:
    paper = read("a\t1\n\fb\t2\n\n\f")
    assert [page.number for page in paper.pages] == [1, 2]
    assert [(table.page, table.rows[0].number) for table in paper.tables] == [(1, 1), (2, 2)]


def test_a_page_without_a_mark_between_two_others_is_empty() -> None:
    assert [page.status for page in read("a\f\fb").pages] == [PageStatus.OK, PageStatus.EMPTY, PageStatus.OK]


def test_line_ends_of_windows_and_old_macs_are_line_ends() -> None:
    assert cells(read("a\t1\r\nb\t2\rc\t3\r\n")) == [[["a", "1"], ["b", "2"], ["c", "3"]]]


def test_blanks_are_cut_after_a_cell_and_kept_before_it() -> None:
    assert cells(read("  of which  \t 12 \u00a0\n")) == [[["  of which", " 12"]]]


def test_marks_that_other_programs_take_for_line_ends_stay_in_their_cell() -> None:
    (table,) = read("a\u2028b\tc\x0bd\n").tables
    assert [cell.text for cell in table.rows[0].cells] == ["a\u2028b", "c\x0bd"]


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r\f")), min_size=2), min_size=1))
def test_no_cell_is_lost_or_moved(rows: list[list[str]]) -> None:
    """Every row with something on it comes back with all its cells, under its own line number."""
    paper = read("\n".join("\t".join(row) for row in rows))
    found = {row.number: [c.text for c in row.cells] for table in paper.tables for row in table.rows}
    printed = {i: [cell.rstrip() for cell in row] for i, row in enumerate(rows, 1) if "\t".join(row).strip()}
    assert found == printed
