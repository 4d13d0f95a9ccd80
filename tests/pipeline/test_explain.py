"""`savings explain` on the corpus: what a person who doubts a figure needs is printed, and mistakes are told apart."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from extract.read import read_paper
from pipeline.command import main
from pipeline.dataset.keys import figure_key
from pipeline.draw import ORANGE, RED, CannotDraw, Mark, draw_page, pixels
from pipeline.life import find_figure, load_results
from pipeline.publish import MARK
from pipeline.status import Exit

ROOT = Path(__file__).parents[2]
CASES = ("herefordshire/aes-outturn-2007-08", "cheshire/shared-services-2011-12", "cheshire/shared-services-2012-13")
SCALE = 150 / 72
REPORT = """\
\t\t\t\t20\t007/08 Targ\tet\t2007/08 Achievement\t\t\tComments
AES\tDirectorate\tArea\tDetail\tCashable\tNon cashable\tTotal\tCashable\tNon cashable\tTotal\t
7\tSchools\tSchools\tRouting of buses\t150\t\t150\t192\t\t192\t
2\tSchools\tSchools\tKey Stage results\t\t18\t18\t\t10\t10\t
"""

CONTRADICTED = "5.12.2007/08.achieved.total"
CONTRADICTED_PART = "2.10.2007/08.achieved.cashable"
RECONCILED = "5.9.2007/08.achieved.total"
REPAIRED = "3.8.2007/08.achieved.total"
UNCHECKED = "1.4.2011/12.target.total"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    for case in CASES:
        (paper,) = (ROOT / "corpus" / case).glob("*.pdf")
        shutil.copy(paper, folder / f"{case.replace('/', '-')}.pdf")
    return folder


@pytest.fixture(scope="module")
def out(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "out"
    result = CliRunner().invoke(main, ["run", str(papers), "-o", str(folder), "--jobs", "1"])
    assert result.exit_code == Exit.OK, result.stderr
    return folder


@pytest.fixture
def text_out(tmp_path: Path) -> Path:
    """The results of a text report."""
    report = tmp_path / "report.txt"
    report.write_text(REPORT, encoding="utf-8")
    CliRunner().invoke(main, ["run", str(report), "-o", str(tmp_path / "out"), "--jobs", "1"])
    return tmp_path / "out"


@pytest.fixture
def copied(out: Path, tmp_path: Path) -> Path:
    """Results to tamper with."""
    return Path(shutil.copytree(out, tmp_path / "out"))


def explain(out: Path, *arguments: object) -> Result:
    result = CliRunner().invoke(main, ["explain", str(out), *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def told(out: Path, *arguments: object) -> str:
    """What is printed, lines joined, so that wrapping does not matter."""
    result = explain(out, *arguments)
    assert result.exit_code == Exit.OK, result.stderr
    return " ".join(result.stdout.split())


def refused(out: Path, *arguments: object) -> str:
    result = explain(out, *arguments)
    assert result.exit_code == Exit.USAGE
    assert result.stdout == ""
    assert result.stderr.startswith("savings: ")
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


def rewrite(folder: Path, name: str, change: Callable[[dict[str, str]], None]) -> None:
    with (folder / name).open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        change(row)
    with (folder / name).open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


# --- what is told ----------------------------------------------------------------------------------------------------


def test_a_reconciled_figure_shows_its_place_and_its_sums(out: Path) -> None:
    text = told(out, RECONCILED)
    assert text.startswith(
        "£266,000 achieved, total, 2007/08 Herefordshire Council · block · AES 1 Adult social services"
    )
    assert "page 5, row 9" in text
    assert "cell “266”" in text
    assert "header “2007/08 Achievement” > “Total £'000”" in text
    assert "> £266,000: printed, cost 0; all its sums hold (taken)" in text
    assert "Repairs none" in text
    assert "[266,000] = 210,000 + 20,000 + 9,000 + 27,000 (and 1 nil) holds" in text
    assert "4,101,000 = [266,000] + 74,000 + 144,000 + 832,000" in text
    assert "Reconciled. Sums 1, 2 and 3 each fix it" in text


def test_a_long_sum_is_cut_to_its_largest_parts_and_still_adds_up(out: Path) -> None:
    text = told(out, CONTRADICTED_PART)
    start = text.index("2,670,000 = ")
    total, parts = text[start : text.index(" more holds", start)].split(" = ")
    terms = parts.replace("[", "").replace("]", "").split(" for ")[0].split(" + ")
    assert "+ [13,000] +" in parts
    assert len(terms) == 12 + 1
    assert sum(int(term.replace(",", "")) for term in terms) == int(total.replace(",", ""))
    assert parts.endswith("for 17")


def test_a_repaired_figure_shows_what_was_printed_and_why_it_was_not_taken(out: Path) -> None:
    text = told(out, REPAIRED)
    assert "cell “ı”" in text
    assert "header “2007/08 Target 2007/08 Achievement” > “Total”" in text
    assert "> £0: repaired, cost 2; a lone 'ı' is a damaged dash; all its sums hold (taken)" in text
    assert "this figure: “ı” taken as “0”: a lone 'ı' is a damaged dash (chosen by reconciliation)" in text
    assert "the row's AES code: “1 1” taken as “1”" in text
    assert "266,000 = 210,000 + 20,000 + 9,000 + [0] + 27,000 holds" in text


def test_the_codes_of_a_line_are_weighed_by_the_sums(out: Path) -> None:
    text = told(out, "3.4.2007/08.achieved.total")
    assert "> code “1 1” as AES 1: repaired, cost 2; '1 1' may be 1; 4 of its 6 sums hold (taken)" in text
    assert "code “1 1” as AES 11: repaired, cost 2; '1 1' may be 11; 2 of its 6 sums hold" in text


def test_a_contradicted_figure_shows_what_would_mend_it(out: Path) -> None:
    text = told(out, CONTRADICTED)
    assert "[832,000] ≠ 102,000 + 577,000 + 13,000 (and 4 nils) = 692,000" in text
    assert "the parts come to 692,000, which is 140,000 less than the total that is printed" in text
    assert "2.10.2007/08.achieved.total, 1/4% rate reduction" in text
    assert "“13”, 13,000, as 153,000 (a 5 lost); mends this sum, breaks 2 others" in text
    assert "Contradicted. The paper contradicts itself: sum 2 does not hold" in text
    assert "this figure would have to be £692,000 for sum 2. Sums 1 and 3 hold with it as it is." in text


def test_a_contradicted_part_shows_the_slip_that_would_mend_its_sum(out: Path) -> None:
    text = told(out, CONTRADICTED_PART)
    assert "£153,000: repaired, cost 15; a 5 lost" in text
    assert "255,000 ≠ 102,000 + [13,000] = 115,000" in text
    assert "- this figure: “13”, 13,000, as 153,000 (a 5 lost)" in text
    assert "this figure would have to be £153,000 for sum 3" in text


def test_an_unchecked_figure_shows_its_readings_and_why_no_sum_fixes_it(out: Path) -> None:
    text = told(out, UNCHECKED)
    assert "cell “£170” header “20|11-12” > “Efficiency Target” > “Planned”" in text
    assert "> £170,000: repaired, cost 2; no scale is printed" in text
    assert "£170: printed, cost 3" in text
    assert "£170,000,000: repaired, cost 5" in text
    assert "1,400,000 ≈ [170,000] + 539,000" in text
    assert "= 1,409,500 holds: for this total, which is printed to the nearest 100,000" in text
    assert "1,400,000 or more and less than 1,500,000" in text
    assert "Unchecked. Its sums hold, but they are of amounts so rounded that a slip here would not show" in text


def test_a_figure_between_the_tables_is_not_taken_for_the_row_of_that_number(out: Path) -> None:
    text = told(out, "5.1.2007/08.achieved.total")
    assert "the row stands in the text between the tables" in text
    assert "row AES: “Total of selected groups”" in text
    assert "[4,101,000] = 2,670,000 + 1,431,000 holds" in text


def test_a_figure_of_a_text_report_has_a_line_and_no_box(text_out: Path) -> None:
    text = told(text_out, "1.3.2007/08.achieved.total")
    assert "line 3 of the text report" in text
    assert "cell “192” header “2007/08 Achievement” > “Total”" in text
    assert "[192,000] = 192,000 holds" in text


def test_every_figure_is_found_again_and_told(out: Path) -> None:
    for number, row in enumerate(load_results(out).figures, 1):
        if number % 24 == 0:
            text = told(out, number)
            assert f"figure {number}, key {figure_key(row)}" in text
            assert f"{row['proof'].capitalize()}." in text


def test_number_and_key_tell_the_same(out: Path) -> None:
    number = find_figure(load_results(out), CONTRADICTED)
    assert explain(out, number).stdout == explain(out, CONTRADICTED).stdout
    with (out / "figures.csv").open(newline="", encoding="utf-8") as handle:
        assert figure_key(list(csv.DictReader(handle))[number - 1]) == CONTRADICTED


def test_keys_in_checks_and_repairs_are_known(out: Path) -> None:
    results = load_results(out)
    known = {figure_key(row) for row in results.figures}
    with (out / "repairs.csv").open(newline="", encoding="utf-8") as handle:
        named = {row["figure"] for row in csv.DictReader(handle)} - {""}
    assert named
    assert named <= known


# --- mistakes --------------------------------------------------------------------------------------------------------


def test_a_number_out_of_range_is_told_the_range(out: Path) -> None:
    count = len(load_results(out).figures)
    assert f"holds 1 to {count}" in refused(out, count + 1)
    assert f"holds 1 to {count}" in refused(out, 0)
    assert "there is no figure 9" in refused(out, "9" * 900)


def test_an_unknown_key_is_told_the_nearest_keys(out: Path) -> None:
    assert "5.12.2007/08.achieved.total" in refused(out, "5.12.2007/08.achieved.totl")
    assert "no figure has the key nonsense" in refused(out, "nonsense")


def test_a_key_in_several_papers_asks_for_one(out: Path) -> None:
    key = "1.7.2012/13.target.total"
    problem = refused(out, key)
    assert "cheshire-shared-services-2011-12.pdf (figure " in problem
    assert "cheshire-shared-services-2012-13.pdf (figure " in problem
    assert "--document" in problem
    assert "cheshire-shared-services-2012-13.pdf" in told(
        out, key, "--document", "cheshire-shared-services-2012-13.pdf"
    )


def test_an_unknown_document_is_told_what_there_is(out: Path) -> None:
    problem = refused(out, RECONCILED, "--document", "cheshire-shared-services.pdf")
    assert "no figure in" in problem
    assert "cheshire-shared-services-2011-12.pdf" in problem
    assert "is from cheshire" in refused(out, 1, "--document", "herefordshire-aes-outturn-2007-08.pdf")


def test_other_folders_are_no_results(out: Path, copied: Path, tmp_path: Path) -> None:
    assert "there is no folder" in refused(tmp_path / "nowhere", 1)
    assert "holds no results" in refused(tmp_path, 1)
    assert "there is no folder" in refused(out / "figures.csv", 1)
    (copied / MARK).write_text(json.dumps({"complete": False}), encoding="utf-8")
    assert "not whole" in refused(copied, 1)


def test_damaged_results_are_refused(copied: Path) -> None:
    (copied / "figures.csv").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in refused(copied, 1)
    (copied / "figures.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert "lacks columns" in refused(copied, 1)
    (copied / "figures.csv").write_text("", encoding="utf-8")
    assert "holds no figure" in refused(copied, 1)


def test_rules_that_are_none_are_refused(out: Path, tmp_path: Path) -> None:
    assert "no such folder of rule files" in refused(out, 1, "--rules", tmp_path / "nowhere")


# --- papers that are not as they were --------------------------------------------------------------------------------


def told_from_files(out: Path, *arguments: object) -> tuple[str, str]:
    result = explain(out, *arguments)
    assert result.exit_code == Exit.INCOMPLETE
    assert len(result.stderr.splitlines()) == 1
    return " ".join(result.stdout.split()), result.stderr


def test_without_its_paper_a_figure_is_told_as_recorded(copied: Path) -> None:
    rewrite(copied, "papers.csv", lambda row: row.update(path=f"/gone/{row['document']}"))
    text, problem = told_from_files(copied, CONTRADICTED)
    assert "no longer at /gone/herefordshire-aes-outturn-2007-08.pdf" in problem
    assert "832,000 printed, 692,000 found, difference -140,000: broken" in text
    assert "2.10.2007/08.achieved.total = 153000 (a 5 lost)" in text
    assert "cell “832”" in text
    text, _ = told_from_files(copied, REPAIRED)
    assert "“ı” taken as “0”" in text


def test_a_paper_that_has_changed_is_not_read_for_the_old_one(copied: Path, papers: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(next(papers.glob("herefordshire*")).read_bytes() + b"\n")
    rewrite(copied, "papers.csv", lambda row: row.update(path=str(changed)))
    _, problem = told_from_files(copied, CONTRADICTED)
    assert "has changed since the run" in problem


def test_a_paper_that_is_now_read_otherwise_is_not_explained_as_if_it_were_not(copied: Path) -> None:
    rewrite(copied, "figures.csv", lambda row: row.update(value="1"))
    text, problem = told_from_files(copied, CONTRADICTED)
    assert "is now read otherwise" in problem
    assert "£1 achieved" in text


def test_a_rule_that_is_gone_is_asked_for(copied: Path) -> None:
    rewrite(copied, "figures.csv", lambda row: row.update(rule="mine/own"))
    _, problem = told_from_files(copied, CONTRADICTED)
    assert "mine/own, which is not here. Give --rules" in problem


# --- pictures --------------------------------------------------------------------------------------------------------


def has_frame(image: Image.Image, box: tuple[float, ...], colour: tuple[int, int, int]) -> bool:
    """Whether a frame of a colour runs around a box: looked for on all four sides."""
    x0, top, x1, bottom = (round(side * SCALE) for side in box)
    middles = [(x0 - 1, (top + bottom) // 2), (x1 + 1, (top + bottom) // 2)]
    middles += [((x0 + x1) // 2, top - 1), ((x0 + x1) // 2, bottom + 1)]
    return all(image.getpixel(at) == colour for at in middles)


def test_the_picture_marks_the_cell_and_the_others_of_its_broken_sum(out: Path, tmp_path: Path) -> None:
    png = tmp_path / "page.png"
    result = explain(out, CONTRADICTED_PART, "--png", png)
    assert result.exit_code == Exit.OK
    assert "page 2; other figures of its broken sums are on page 5" in result.stderr
    page = read_paper(next(ROOT.glob("corpus/herefordshire/aes-outturn-2007-08/*.pdf"))).pages[1]
    with Image.open(png) as image:
        assert image.format == "PNG"
        assert image.width == pytest.approx(page.width * SCALE, abs=1)
        assert image.height == pytest.approx(page.height * SCALE, abs=1)
        assert has_frame(image, box_of(out, CONTRADICTED_PART), RED)
        assert has_frame(image, box_of(out, "2.7.2007/08.achieved.cashable"), ORANGE)


def box_of(out: Path, key: str) -> tuple[float, ...]:
    results = load_results(out)
    row = results.figures[find_figure(results, key) - 1]
    return tuple(float(row[side]) for side in ("x0", "top", "x1", "bottom"))


def test_a_text_report_has_no_picture(text_out: Path, tmp_path: Path) -> None:
    result = explain(text_out, 1, "--png", tmp_path / "page.png")
    assert result.exit_code == Exit.USAGE
    assert "is a text report and has no page to draw" in result.stderr
    assert not (tmp_path / "page.png").exists()


def test_a_picture_that_cannot_be_written_is_told(out: Path, tmp_path: Path) -> None:
    result = explain(out, RECONCILED, "--png", tmp_path / "nowhere" / "page.png")
    assert result.exit_code == Exit.USAGE
    assert "cannot be written" in result.stderr
    assert "Reconciled." in result.stdout


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_fit_pages_however_they_are_turned(rotation: int, tmp_path: Path) -> None:
    path = tmp_path / "turned.pdf"
    canvas = Canvas(str(path), pagesize=(400, 300))
    canvas.setPageRotation(rotation)
    canvas.drawString(60, 250, "mark")
    canvas.showPage()
    canvas.save()
    paper = read_paper(path)
    page = paper.pages[0]
    (box,) = (line.box for line in page.lines)
    assert box is not None
    sides = paper.on_sheet(1, (box.x0, box.top, box.x1, box.bottom))
    image = draw_page(path, 1, [])
    assert page.rotation == rotation
    assert image.width == pytest.approx(page.width * SCALE, abs=1)
    assert image.height == pytest.approx(page.height * SCALE, abs=1)
    assert darkest(image.crop(pixels(sides, SCALE))) < 60
    assert has_frame(draw_page(path, 1, [Mark(sides, RED)]), sides, RED)


def darkest(image: Image.Image) -> int:
    return min(shade for shade, count in enumerate(image.convert("L").histogram()) if count)


def test_a_page_as_large_as_a_hall_is_drawn_small(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    canvas = Canvas(str(path), pagesize=(14_000, 14_000))
    canvas.showPage()
    canvas.save()
    image = draw_page(path, 1, [Mark((0, 0, 100, 100), RED)])
    assert image.width * image.height <= 41_000_000


def test_what_is_no_page_cannot_be_drawn(tmp_path: Path) -> None:
    path = tmp_path / "no.pdf"
    path.write_bytes(b"not a PDF")
    with pytest.raises(CannotDraw, match=r"no\.pdf"):
        draw_page(path, 1, [])
    with pytest.raises(CannotDraw):
        draw_page(tmp_path / "none.pdf", 1, [])
