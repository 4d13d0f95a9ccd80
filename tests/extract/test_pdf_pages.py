"""Pages that have no text, are odd, or fail: each says so, and the others are read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extract import pdf
from extract.errors import DamagedPaper, EmptyPaper
from extract.limits import Limits
from extract.paper import PageStatus
from extract.pdfium import Segments
from extract.read import read_paper
from extract.ruled import Grid, grids_of
from extract.scan.scanned import NO_PRINT

OUTTURN = next((Path(__file__).parents[2] / "corpus/herefordshire/aes-outturn-2007-08").glob("*.pdf"))
Drawer = Callable[..., Path]


def written(canvas: Canvas) -> None:
    canvas.drawString(50, 50, "text")


def scanned(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("L", (10, 10))), 0, 0, 600, 400)


def test_each_page_says_what_it_is(drawn: Drawer) -> None:
    path = drawn(written, lambda canvas: None, scanned, lambda canvas: canvas.circle(100, 100, 50))
    assert [(page.number, page.status, page.problem) for page in read_paper(path).pages] == [
        (1, PageStatus.OK, ""),
        (2, PageStatus.EMPTY, ""),
        (3, PageStatus.NO_TEXT, NO_PRINT),
        (4, PageStatus.NO_TEXT, "no text layer: shapes only"),
    ]


@pytest.mark.parametrize("size", [(0.0, 0.0), (14_400.0, 14_400.0), (1.0, 14_400.0)])
def test_pages_of_odd_sizes(drawn: Drawer, size: tuple[float, float]) -> None:
    def odd(canvas: Canvas) -> None:
        canvas.setPageSize(size)
        written(canvas)

    assert [page.number for page in read_paper(drawn(odd, written)).pages] == [1, 2]


def test_what_the_crop_box_cuts_off_is_not_on_the_page(drawn: Drawer) -> None:
    def cropped(canvas: Canvas) -> None:
        canvas.setCropBox((100, 100, 500, 300))
        canvas.drawString(110, 280, "inside")
        canvas.drawString(10, 280, "printer's mark")

    (page,) = read_paper(drawn(cropped)).pages
    assert (page.width, page.height) == (400, 200)
    assert [line.text for line in page.lines] == ["inside"]
    box = page.lines[0].box
    assert box is not None
    assert box.x0 == pytest.approx(10)
    assert 8 < box.top < 20 < box.bottom < 25


def test_a_page_that_fails_does_not_cost_the_others(drawn: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter([None, ValueError("broken rules"), None])

    def failing(segments: Segments, limits: Limits) -> list[Grid]:
        if fault := next(calls):
            raise fault
        return grids_of(segments, limits)

    monkeypatch.setattr("extract.pdf.grids_of", failing)
    pages = read_paper(drawn(written, written, written)).pages
    assert [page.status for page in pages] == [PageStatus.OK, PageStatus.FAILED, PageStatus.OK]
    assert pages[1].problem == "broken rules"


def test_a_pdf_cut_anywhere_gives_a_paper_or_a_paper_error(drawn: Drawer, tmp_path: Path) -> None:
    data = drawn(written, written).read_bytes()
    for length in range(1, len(data), 97):
        path = tmp_path / "cut.pdf"
        path.write_bytes(data[:length])
        with suppress(DamagedPaper, EmptyPaper):
            assert read_paper(path).pages


@pytest.mark.parametrize(("most", "statuses"), [(100, 6), (6, 6), (4, 5), (3, 4)])
def test_a_document_that_is_opened_several_times_gives_its_pages_once(
    monkeypatch: pytest.MonkeyPatch, most: int, statuses: int
) -> None:
    limits = Limits(pages=most)
    whole = read_paper(OUTTURN, limits)
    monkeypatch.setattr(pdf, "PAGES_OF_AN_OPENING", 2)
    again = read_paper(OUTTURN, limits)
    assert again == whole
    assert [page.number for page in again.pages] == list(range(1, statuses + 1))
    assert (again.pages[-1].status is PageStatus.TOO_LARGE) == (most < 6)
