"""Pages that no paper has: each says what is wrong with it, keeps what can be kept, and the next page is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from extract.paper import PageStatus
from extract.read import read_paper

SHORT = b"BT /F 10 Tf 50 50 Td (short) Tj ET\n"


def made(*pages: bytes, box: Sequence[int] = (0, 0, 600, 400), forms: Sequence[bytes] = ()) -> bytes:
    """A PDF of content streams. Form number k is drawn by `/Xk Do`."""
    kids = range(10, 10 + 2 * len(pages), 2)
    first = 10 + 2 * len(pages)
    names = b"".join(b"/X%d %d 0 R" % (k, first + k) for k in range(len(forms)))
    resources = b"/Resources<</Font<</F 3 0 R>>/XObject<<%s>>>>" % names
    bodies = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), b" ".join(b"%d 0 R" % kid for kid in kids)),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    sides = b" ".join(b"%d" % side for side in box)
    for kid, content in zip(kids, pages, strict=True):
        bodies[kid] = b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents %d 0 R%s>>" % (sides, kid + 1, resources)
        bodies[kid + 1] = b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    for k, content in enumerate(forms):
        head = b"/Type/XObject/Subtype/Form/BBox[0 0 600 400]" + resources
        bodies[first + k] = b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(content), content)
    objects = b"".join(b"%d 0 obj\n%s\nendobj\n" % body for body in sorted(bodies.items()))
    return b"%PDF-1.4\n" + objects + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def grid(columns: int, rows: int) -> bytes:
    """Cells of 50 × 20 points with their column's number, too wide a table for any sheet but one of 14,400 points."""
    level = b"".join(b"10 %d m %d %d l S\n" % (20 * r + 10, 50 * columns + 10, 20 * r + 10) for r in range(rows + 1))
    upright = b"".join(b"%d 10 m %d %d l S\n" % (50 * c + 10, 50 * c + 10, 20 * rows + 10) for c in range(columns + 1))
    cells = b"".join(
        b"BT /F 10 Tf %d %d Td (%d) Tj ET\n" % (50 * c + 15, 20 * r + 15, c)
        for r in range(rows)
        for c in range(columns)
    )
    return level + upright + cells


ABSURD: dict[str, Callable[[], tuple[bytes, str, str]]] = {
    # What is drawn, what is said of it, and the text that is kept.
    "a million characters": lambda: (
        b"BT /F 1 Tf 5 5 Td " + b"(%s) Tj " % (b"a " * 500) * 1000 + b"ET",
        "more than 200,000 characters on one page",
        "",
    ),
    "a million paths": lambda: (
        b"0 0 m 9 9 l S\n" * 1_000_000 + SHORT,
        "more than 200,000 drawn objects on one page",
        "short",
    ),
    "one path of a million pieces": lambda: (
        b"0 0 m " + b"9 9 l 5 5 l " * 500_000 + b"S\n" + SHORT,
        "more than 400,000 path segments on one page",
        "short",
    ),
}


@pytest.mark.parametrize("case", ABSURD)
def test_a_page_of_too_much_says_so_and_the_next_one_is_read(tmp_path: Path, case: str) -> None:
    content, problem, text = ABSURD[case]()
    path = tmp_path / "absurd.pdf"
    path.write_bytes(made(content, SHORT))
    absurd, following = read_paper(path).pages
    assert (absurd.status, absurd.problem, absurd.text) == (PageStatus.TOO_LARGE, problem, text)
    assert (following.status, following.text) == (PageStatus.OK, "short")


def test_drawings_that_hold_each_other_twice(tmp_path: Path) -> None:
    levels = 13
    forms = [b"/X%d Do /X%d Do" % (k + 1, k + 1) for k in range(levels)] + [b"0 0 m 100 0 l S"]
    path = tmp_path / "nested.pdf"
    path.write_bytes(made(SHORT + b"/X0 Do", SHORT, forms=forms))
    nested, following = read_paper(path).pages
    assert nested.status is PageStatus.TOO_LARGE
    assert (nested.problem, nested.text) == ("drawings nested more than 12 deep", "short")
    assert following.status is PageStatus.OK


@pytest.mark.parametrize(("box", "size"), [((0, 0, 0, 0), (612, 792)), ((0, 0, 14_400, 14_400), (14_400, 14_400))])
def test_a_page_without_a_size_or_of_five_metres(tmp_path: Path, box: Sequence[int], size: tuple[int, int]) -> None:
    path = tmp_path / "size.pdf"
    path.write_bytes(made(SHORT, box=box))
    (page,) = read_paper(path).pages
    # PDFium gives a sheet without a size that of a letter.
    assert ((page.width, page.height), page.status, page.text) == (size, PageStatus.OK, "short")


def test_a_table_of_200_columns(tmp_path: Path) -> None:
    path = tmp_path / "wide.pdf"
    path.write_bytes(made(grid(200, 12), box=(0, 0, 14_400, 14_400)))
    (table,) = read_paper(path).tables
    assert (table.width, len(table.rows)) == (200, 12)
    assert all([cell.text for cell in row.cells] == [str(c) for c in range(200)] for row in table.rows)
