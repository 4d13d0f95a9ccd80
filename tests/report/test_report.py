"""What the report says, and that nothing of a paper can act in it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from pipeline.dataset.run import FinishedRun, open_run
from pipeline.report import collect as collecting
from pipeline.report.charts import Bar, Group, bar_chart, short_money
from pipeline.report.collect import collect
from pipeline.report.page import render, write_report
from pipeline.report.pictures import FOLDER
from tests.dataset.conftest import CORPUS
from tests.dataset.made import Made, figure
from tests.pipeline.conftest import run_savings

OUTTURN = CORPUS / "herefordshire/aes-outturn-2007-08"


def paper(document: str, status: str = "ok", **texts: Any) -> dict[str, Any]:
    numbers = dict.fromkeys(("pages", "pages_read", "cells", "flagged", "figures", "reconciled"), 1)
    texts_of = dict.fromkeys(("authority", "rule", "nearest_rules", "error", "flags"), "")
    return {"document": document, "sha256": "0", "path": document, "status": status, **numbers, **texts_of, **texts}


def page_of(source: Made, folder: Path) -> str:
    return render(collect(source), {}, folder, folder)


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run over a paper that contradicts itself, with its report."""
    out = tmp_path_factory.mktemp("report") / "out"
    run_savings([OUTTURN], out)
    write_report(open_run(out), out, out)
    return out


def test_a_contradiction_is_written_out_as_a_sum(reported: Path) -> None:
    said = re.sub(r"<[^>]+>|\s+", " ", (reported / "report.html").read_text(encoding="utf-8"))
    said = re.sub(r"\s+", " ", said)
    assert "-140,000 summary, Environmental services: 2007/08 achieved cashable" in said
    assert "what the parts come to 115,000 what the paper prints 255,000" in said


def test_a_doubtful_figure_has_a_picture_of_its_place(reported: Path) -> None:
    run = FinishedRun(reported)
    doubts = collect(run).doubts
    pictures = list((reported / FOLDER).glob("*.png"))
    assert len(pictures) == len(doubts) == 38
    with Image.open(pictures[0]) as picture:
        pixels = bytes(picture.convert("RGB").tobytes())
    reds = zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)
    assert any(red > 200 and green < 40 and blue < 40 for red, green, blue in reds), "no red frame"


def test_a_paper_that_has_changed_gives_no_picture(tmp_path: Path) -> None:
    copy = tmp_path / "paper.pdf"
    copy.write_bytes(next(OUTTURN.glob("*.pdf")).read_bytes())
    run_savings([copy], tmp_path / "out")
    copy.write_bytes(copy.read_bytes() + b"\n% changed")
    assert write_report(open_run(tmp_path / "out"), tmp_path / "out", tmp_path / "out") == ["report.html"]
    assert "No picture could be made" in (tmp_path / "out/report.html").read_text(encoding="utf-8")


def test_markup_in_a_paper_is_text_in_the_report(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>\" onload='x"
    row = figure(f"{hostile}.pdf", detail=hostile, raw=hostile, comment=hostile, proof="ambiguous", authority=hostile)
    page = page_of(Made([row], {"papers": [paper(f"{hostile}.pdf", "failed", error=hostile)]}), tmp_path)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert page.count("<script>") == 1


def test_a_link_to_a_paper_is_quoted(tmp_path: Path) -> None:
    odd = tmp_path / 'a "b" #1 <é>.pdf'
    odd.write_bytes(b"")
    page = page_of(Made([], {"papers": [paper(odd.name, path=str(odd))]}), tmp_path)
    assert 'href="a%20%22b%22%20%231%20%3C%C3%A9%3E.pdf"' in page


def test_what_is_left_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "DOUBTS_SHOWN", 2)
    rows = [figure(value=n, row=n, proof="ambiguous") for n in (5, 9, 7)]
    contents = collect(Made(rows, {"papers": [paper("a.pdf")]}))
    assert [int(d.row["value"]) for d in contents.doubts] == [9, 7]
    assert contents.doubts_left_out == 1
    assert "1 more are in figures.csv" in render(contents, {}, tmp_path, tmp_path)


def test_papers_that_were_not_read_come_first() -> None:
    rows = [figure("a.pdf", 5, proof="ambiguous"), figure("b.pdf", 9, proof="contradicted")]
    papers = [paper("a.pdf"), paper("b.pdf"), paper("c.pdf", "damaged")]
    assert [row["document"] for row in collect(Made(rows, {"papers": papers})).papers] == ["c.pdf", "b.pdf", "a.pdf"]


def test_target_and_outcome_are_of_the_same_lines() -> None:
    rows = [
        figure("a.pdf", 100, aes_block="Procurement"),
        figure("a.pdf", 60, aes_block="Procurement", measure="achieved"),
        figure("a.pdf", 999, row=2, aes_block="Procurement"),
        figure("a.pdf", 160, row=3, level="total"),
        figure("a.pdf", 60, row=3, level="total", measure="achieved"),
    ]
    (pair,) = collect(Made(rows)).blocks
    assert (pair.label, int(pair.target), int(pair.outcome)) == ("Procurement", 100, 60)


def test_two_papers_of_a_year_are_not_added_up() -> None:
    def paper_rows(document: str, lines: int) -> list[Any]:
        return [
            figure(document, 10, row=n, measure=m, category="x") for n in range(lines) for m in ("target", "achieved")
        ]

    (pair,) = collect(Made([*paper_rows("draft.pdf", 2), *paper_rows("final.pdf", 3)])).authorities
    assert pair.target == 30


def test_a_chart_is_well_formed_and_says_its_numbers() -> None:
    chart = bar_chart("c", "Target & outcome", [Group("A <b>", (Bar("target", 5, "£5"), Bar("outcome", -3, "-£3")))])
    svg = ElementTree.fromstring(chart)
    assert svg.attrib["role"] == "img"
    assert [child.text for child in svg[:2]] == ["Target & outcome", "A <b>: £5, -£3"]
    widths = [float(bar.attrib["width"]) for bar in svg.iter("rect")]
    assert widths[0] / widths[1] == pytest.approx(5 / 3, rel=0.01)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "£0"), (999, "£999"), (1234, "£1.23k"), (-350_000, "-£350k"), (999_999, "£1,000k"), (1_240_000, "£1.24m")],
)
def test_money_in_a_few_characters(value: int, text: str) -> None:
    assert short_money(Decimal(value)) == text


def test_a_large_report_is_small_enough(tmp_path: Path) -> None:
    rows = [
        figure(f"p{n:04}.pdf", 1000 + n, row=k, proof="ambiguous", detail="A saving of some length")
        for n in range(2000)
        for k in range(2)
    ]
    papers = [paper(f"p{n:04}.pdf") for n in range(2000)]
    assert len(page_of(Made(rows, {"papers": papers}), tmp_path)) < 20_000_000
