"""Scans of the corpus' own papers, and pictures that are no scans. Few pages: each takes seconds to read."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageChops

from corpus.case import Case, read_case
from corpus.folders import CASE_FILE, CORPUS
from corpus.picture_pdf import Picture, write_pdf
from corpus.scan import DEGRADED, Wear, scan
from corpus.typeset import typeset
from extract.paper import Page, PageStatus, Paper
from extract.read import read_paper
from extract.scan import scanned
from tests.extract.scan.drawn import handwriting, photograph, sheet, write

OUTTURN = CORPUS / "herefordshire" / "aes-outturn-2008-09"


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(OUTTURN / CASE_FILE)


def pages_of(case: Case, *numbers: int) -> Case:
    return case.model_copy(update={"pages": tuple(case.pages[number - 1] for number in numbers)})


def read(folder: Path, data: bytes) -> Paper:
    path = folder / "paper.pdf"
    path.write_bytes(data)
    return read_paper(path)


def texts(page: Page) -> list[list[str]]:
    return [[cell.text for cell in row.cells if cell.text] for table in page.tables for row in table.rows]


def figures(page: Page) -> list[str]:
    return [text for row in texts(page) for text in row if all(c in "0123456789,-–" for c in text)]


# --- print -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def upside_down(case: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[Page, Page]:
    """A page as it is born, and scanned upside down and askew with a poor text layer under it."""
    data = typeset(pages_of(case, 4))
    folder = tmp_path_factory.mktemp("scans")
    born = read(folder, data).pages[0]
    return born, read(folder, scan(data, replace(DEGRADED, skew=2.0, turns={1: 180}, layer=True), seed=3)).pages[0]


def test_a_scan_gives_the_tables_of_the_page(upside_down: tuple[Page, Page]) -> None:
    born, page = upside_down
    assert page.status is PageStatus.OK
    assert [(t.finder, t.width, len(t.rows)) for t in page.tables] == [
        (t.finder, t.width, len(t.rows)) for t in born.tables
    ]
    assert figures(page) == figures(born)


def test_boxes_lie_where_the_page_shows_the_cells(upside_down: tuple[Page, Page]) -> None:
    born, page = upside_down
    assert page.frame is not None
    for before, after in zip(born.tables[0].rows, page.tables[0].rows, strict=True):
        assert before.box is not None
        assert after.box is not None
        x0, top, x1, bottom = page.frame.on_sheet(after.box)
        # Turned by half a turn about the middle of the sheet, and then by up to two degrees.
        across, down = (
            born.width - (before.box.x0 + before.box.x1) / 2,
            born.height - (before.box.top + before.box.bottom) / 2,
        )
        assert (x0 + x1) / 2 == pytest.approx(across, abs=17)
        assert (top + bottom) / 2 == pytest.approx(down, abs=17)


def test_each_cell_says_who_read_what(upside_down: tuple[Page, Page]) -> None:
    _, page = upside_down
    cell = next(cell for row in page.tables[0].rows for cell in row.cells if cell.text == "195")
    assert {w.name for w in cell.witnesses} >= {"rapidocr", "tesseract"}


def test_columns_without_rules_are_found_in_a_bitonal_scan(case: Case, tmp_path: Path) -> None:
    bare = pages_of(case, 4)
    tables = {name: style.model_copy(update={"rules": "none"}) for name, style in bare.tables.items()}
    data = typeset(bare.model_copy(update={"tables": tables}))
    born = read(tmp_path, data).pages[0]
    page = read(tmp_path, scan(data, Wear(blur=0.5, noise=4.0, speckle=0.0002, jpeg=0, bitonal=True), seed=1)).pages[0]
    assert [table.finder for table in page.tables] == ["aligned"]
    assert figures(page) == figures(born)


# --- without engines, and the cache ----------------------------------------------------------------------------------


def test_without_engines_a_scan_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanned, "installed", lambda: False)
    page = read(tmp_path, write_pdf([picture(np.full((300, 200), 255, np.uint8))])).pages[0]
    assert page.status is PageStatus.UNREAD
    assert "council-savings[ocr]" in page.problem


def test_a_picture_is_recognised_once(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("COUNCIL_SAVINGS_CACHE", str(tmp_path / "cache"))
    small = scan(typeset(pages_of(case, 4)), replace(DEGRADED, skew=0), seed=5)
    first = read(tmp_path, small).pages[0]
    (entry,) = (tmp_path / "cache").iterdir()
    assert entry.stat().st_mode & 0o077 == 0

    def refuse(*_: object) -> None:
        raise AssertionError("recognised twice")

    monkeypatch.setattr("extract.scan.recognise.recognise", refuse)
    assert read(tmp_path, small).pages[0] == first
    entry.write_bytes(entry.read_bytes()[:100])
    assert read(tmp_path, small).pages[0].problem == "recognised twice"


# --- pictures that are no scans --------------------------------------------------------------------------------------


def picture(grey: np.ndarray, kind: str = "DCTDecode", space: str = "DeviceGray", cut: int = 0) -> Picture:
    """A sheet of A4 that a picture covers."""
    target = BytesIO()
    image = Image.fromarray(grey)
    if space == "DeviceCMYK":
        # Pillow keeps inks as light.
        image = ImageChops.invert(image.convert("RGB").convert("CMYK"))
    image.save(target, "JPEG2000" if kind == "JPXDecode" else "JPEG")
    data = target.getvalue()
    return Picture(data[: len(data) - cut], image.width, image.height, 595, 842, kind, 8, (), space)


def noise() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 255, (1169, 827), dtype=np.uint8)


BLANK = np.full((1169, 827), 250, np.uint8)


@pytest.mark.parametrize(
    ("sheet", "status"),
    [
        (picture(BLANK), PageStatus.EMPTY),
        (picture(np.full((1, 1), 255, np.uint8)), PageStatus.EMPTY),
        (picture(noise()), PageStatus.NO_TEXT),
        (picture(noise(), space="DeviceCMYK"), PageStatus.NO_TEXT),
        (picture(BLANK, kind="JPXDecode"), PageStatus.EMPTY),
        (picture(noise(), cut=100_000), PageStatus.NO_TEXT),
        (picture(photograph()), PageStatus.NO_TEXT),
        (picture(handwriting(seed=3)), PageStatus.NO_TEXT),
        (replace(picture(BLANK), columns=30_000, rows=30_000), PageStatus.TOO_LARGE),
    ],
    ids=[
        "blank",
        "one pixel",
        "noise",
        "CMYK",
        "JPEG 2000",
        "cut off",
        "photograph",
        "handwriting",
        "30,000 pixels square",
    ],
)
def test_a_picture_without_print_has_a_clear_status(sheet: Picture, status: PageStatus, tmp_path: Path) -> None:
    page = read(tmp_path, write_pdf([sheet])).pages[0]
    assert page.status is status
    assert bool(page.problem) == (status is not PageStatus.EMPTY)


# --- pictures of print in the ways that they are kept ----------------------------------------------------------------


def printed() -> np.ndarray:
    """A sheet of A4 at 200 dpi with a few lines at its top."""
    grey = sheet(1654, 2339)
    for y in (200, 260, 320):
        write(grey, "Total of all savings 1,067 and 2,385", 200, y)
    return grey


def jbig2(grey: np.ndarray) -> Picture:
    """A picture as JBIG2: a page of one generic region, coded as Group 4 fax is."""
    height, width = grey.shape
    target = BytesIO()
    ink = Image.fromarray((grey < 128).astype(np.uint8) * 255).convert("1")
    ink.save(target, "TIFF", compression="group4", tiffinfo={278: height})
    tags = Image.open(target).tag_v2  # type: ignore[attr-defined]
    fax = target.getvalue()[tags[273][0] : tags[273][0] + tags[279][0]]
    size = width.to_bytes(4) + height.to_bytes(4)
    page, region = size + bytes(11), size + bytes(9) + b"\x01" + fax
    data = b"".join(
        number.to_bytes(4) + bytes([kind, 0, 1]) + len(body).to_bytes(4) + body
        for number, kind, body in ((0, 48, page), (1, 38, region))
    )
    return Picture(data, width, height, 595, 842, "JBIG2Decode", 1)


@pytest.mark.parametrize(
    "kept",
    [
        picture(printed(), kind="JPXDecode"),
        picture(printed(), space="DeviceCMYK"),
        picture(printed(), cut=5_000),
        jbig2(printed()),
    ],
    ids=["JPEG 2000", "CMYK", "cut off", "JBIG2"],
)
def test_print_is_read_however_its_picture_is_kept(kept: Picture, tmp_path: Path) -> None:
    page = read(tmp_path, write_pdf([kept])).pages[0]
    assert page.status is PageStatus.OK
    found = " ".join([line.text for line in page.lines] + [word for row in texts(page) for word in row])
    assert found.count("Total of all savings") == 3
    assert found.count("1,067") == found.count("2,385") == 3


def test_a_picture_that_is_no_print_costs_its_own_page_only(case: Case, tmp_path: Path) -> None:
    good = scan(typeset(pages_of(case, 4)), replace(DEGRADED, skew=0), seed=5)
    scanned_page = pypdfium2.PdfDocument(good)
    both = pypdfium2.PdfDocument(write_pdf([picture(noise())]))
    both.import_pages(scanned_page)
    target = BytesIO()
    both.save(target)
    first, second = read(tmp_path, target.getvalue()).pages
    assert (first.status, second.status) == (PageStatus.NO_TEXT, PageStatus.OK)
    assert second.tables


def test_the_same_seed_gives_the_same_scan(case: Case) -> None:
    data = typeset(pages_of(case, 4))
    wear = replace(DEGRADED, dpi=50, stamps=True, holes=True, folds=True, layer=True)
    assert scan(data, wear, 7) == scan(data, wear, 7) != scan(data, wear, 8)
