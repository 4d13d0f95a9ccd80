"""Cases in scanned form yield the figures of their papers, and what they yield otherwise is told."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import numpy as np
import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from corpus.folders import CORPUS
from corpus.scan import Wear, scan_with_frames
from corpus.scanned import Compared, compare_case, paired, report, summed, tells
from extract.paper import Frame
from pipeline.records import FigureRow, PaperRow
from pipeline.status import Status
from rules.load import RuleFile, load_rules
from savings.schema import Proof


@pytest.fixture(scope="module")
def rules() -> tuple[RuleFile, ...]:
    return load_rules()


# A few short papers, ruled and not, in several sorts of wear; `make corpus-scans` does all.
@pytest.mark.parametrize(
    ("name", "wear", "layer"),
    [
        ("dunmoor/ni179-return-2008-09", "200dpi", False),
        ("south-cambridgeshire/savings-form-2005-07", "turned", False),
        ("eastmarsh/mtfs-savings-2025-27", "bitonal", True),
    ],
)
def test_a_scan_yields_what_its_paper_does(name: str, wear: str, layer: bool, rules: tuple[RuleFile, ...]) -> None:
    found = compare_case(CORPUS / name, rules, wear, layer=layer)
    assert found.figures
    assert not found.untold
    assert len(found.differing) <= 0.02 * found.figures


# --- side by side ----------------------------------------------------------------------------------------------------

STAYS = Frame(1, 0, 0, 1, 0, 0)
BLANK = FigureRow(**{field.name: "" for field in fields(FigureRow)} | {"page": 1, "row": 1, "value": Decimal(0)})  # type: ignore[arg-type]


def figure(value: int, top: float, proof: Proof = Proof.RECONCILED) -> FigureRow:
    return replace(
        BLANK, value=Decimal(value), raw=str(value), proof=proof, x0=100.0, top=top, x1=130.0, bottom=top + 10
    )


def compared(born: list[FigureRow], read: list[FigureRow], *, told: bool = False) -> Compared:
    return Compared("anyshire/plan", "200dpi", tuple(paired(born, read, [STAYS])), told, 1, 3.0)


def test_figures_are_paired_by_place_the_nearest_first() -> None:
    pairs = list(paired([figure(1, 100), figure(2, 112)], [figure(2, 110), figure(1, 99)], [STAYS]))
    assert all(pair.exact for pair in pairs)


def test_a_wrong_figure_is_silent_unless_it_carries_a_mark() -> None:
    found = compared([figure(71, 100), figure(5, 140)], [figure(77, 100), figure(6, 140, Proof.AMBIGUOUS)])
    assert [pair.silent for pair in found.pairs] == [True, False]
    assert len(found.untold) == 1
    assert next(iter(report(found, 5))).startswith("SILENT")
    assert "NOT MARKED" in list(report(found, 5))[1]


def test_a_missing_figure_is_told_by_the_account_of_its_paper() -> None:
    assert len(compared([figure(71, 100)], []).untold) == 1
    partial = compared([figure(71, 100)], [], told=True)
    assert not partial.untold
    assert "the account says so" in list(report(partial, 5))[1]
    assert summed([partial]).endswith("0 wrong without a mark, 1 missing (0 in silence)")


@pytest.mark.parametrize(
    ("paper", "scan", "told"),
    [
        ({}, {}, False),
        ({}, {"status": Status.PARTIAL}, True),
        ({"status": Status.PARTIAL}, {"status": Status.PARTIAL}, False),
        ({"status": Status.PARTIAL, "flagged": 2}, {"status": Status.PARTIAL, "flagged": 3}, True),
        ({"checks_broken": 6, "contradicted": 9}, {"checks_broken": 6, "contradicted": 9}, False),
        ({"checks_broken": 6}, {"checks_broken": 7}, True),
        ({}, {"ambiguous": 1}, True),
        ({"warnings": "a"}, {"warnings": "a"}, False),
        ({"warnings": "a"}, {"warnings": "a; b"}, True),
    ],
)
def test_an_account_tells_of_a_loss_by_what_the_papers_own_does_not_say(
    paper: dict[str, Any], scan: dict[str, Any], *, told: bool
) -> None:
    assert tells(PaperRow("a.pdf", "a.pdf", **scan), PaperRow("a.pdf", "a.pdf", **paper)) is told


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_scan_says_where_print_has_come_to_lie(turn: int) -> None:
    target = BytesIO()
    canvas = Canvas(target, pagesize=(300, 200))
    canvas.rect(40, 130, 60, 20, fill=1)  # from the page's bottom left
    canvas.save()
    made = scan_with_frames(target.getvalue(), Wear(dpi=72, skew=2.0, turns={1: turn}), seed=4)
    page = pypdfium2.PdfDocument(made.pdf)[0]
    rows, columns = np.nonzero(page.render(scale=1, grayscale=True).to_numpy().squeeze() < 90)
    x0, top, x1, bottom = made.frames[0].on_sheet((40, 50, 100, 70))
    assert np.median(columns) == pytest.approx((x0 + x1) / 2, abs=1.5)
    assert np.median(rows) == pytest.approx((top + bottom) / 2, abs=1.5)
