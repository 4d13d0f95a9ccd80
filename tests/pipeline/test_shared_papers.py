"""Real papers against figures that people checked by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.conftest import Ran, run_savings

OUTTURN, SHARED_SERVICES, KENT = "000_5f7d720959e74852.txt", "002_343a49474a469325.txt", "kent-2025-final.pdf"
Row = dict[str, str]


@pytest.fixture(scope="module")
def ran(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One run over all real papers with the built-in rules."""
    return run_savings([shared / "seeds", shared / "papers"], tmp_path_factory.mktemp("real") / "out", jobs=2)


def of(ran: Ran, name: str, document: str) -> list[Row]:
    return [row for row in ran.rows(name) if row["document"] == document]


def test_the_figures_are_those_that_people_found(ran: Ran, shared: Path) -> None:
    command = [sys.executable, shared / "score.py", ran.out / "figures.csv", "--only", "000", "002", "kent-2025-final"]
    scored = subprocess.run(list(map(str, command)), capture_output=True, text=True, encoding="utf-8", check=False)
    assert scored.returncode == 0, scored.stdout + scored.stderr
    assert scored.stdout.count("exact") == 3


@pytest.mark.parametrize("document", [OUTTURN, SHARED_SERVICES, KENT])
def test_every_cell_is_accounted_for_and_none_left_over(ran: Ran, document: str) -> None:
    row = ran.paper(document)
    assert (row["status"], row["flagged"], row["error"]) == ("ok", "0", "")
    assert int(row["cells"]) == int(row["mapped"]) + int(row["ignored"])
    assert int(row["figures"]) == len(of(ran, "figures.csv", document))


def sums(ran: Ran, document: str) -> list[Row]:
    """The checks of sums; what a comment works out is told beside them."""
    return [row for row in of(ran, "checks.csv", document) if row["identity"] != "amount worked out in the comment"]


# Herefordshire 2007/08, where the summary contradicts the lines: row of the summary, printed, what the lines come to.
CONTRADICTIONS = [
    ("68", "cashable", "255000", "115000"),
    ("68", "total", "832000", "692000"),
    ("78", "cashable", "220000", "260000"),
    ("78", "total", "220000", "260000"),
    ("80", "cashable", "952000", "1052000"),
    ("80", "total", "964000", "1064000"),
]


def test_herefordshires_contradictions_are_found_and_no_others(ran: Ran) -> None:
    checks = sums(ran, OUTTURN)
    broken = [c for c in checks if c["verdict"] == "broken"]
    assert [(c["row"], c["where"].split()[-1], c["expected"], c["found"]) for c in broken] == CONTRADICTIONS
    assert {c["identity"] for c in broken} == {"lines of a block = summary"}
    assert {c["verdict"] for c in checks} - {"broken"} <= {"holds", "not_checkable"}
    assert all(c["difference"] == "0" for c in checks if c["verdict"] == "holds")


def test_herefordshires_figures_in_a_contradiction_are_marked_and_unchanged(ran: Ran) -> None:
    figures = of(ran, "figures.csv", OUTTURN)
    by_key = {f"1.{f['row']}.{f['year']}.{f['measure']}.{f['kind']}": f for f in figures}
    broken = [c for c in of(ran, "checks.csv", OUTTURN) if c["verdict"] == "broken"]
    tied = {key for check in broken for key in check["figures"].split()}
    assert {key for key, f in by_key.items() if f["proof"] == "contradicted"} == tied
    # A nil that a scanner made a 1 of is repaired whatever the sums say; all else is as printed.
    changed = [f for key, f in by_key.items() if key in tied and f["how"] not in ("printed", "nil")]
    assert {(f["raw"], f["value"]) for f in changed} <= {("1", "0")}
    for row, kind, printed, _ in CONTRADICTIONS:
        assert by_key[f"1.{row}.2007/08.achieved.{kind}"]["value"] == printed


def test_herefordshires_other_amounts_are_proved(ran: Ran) -> None:
    proofs = {(f["value"] == "0", f["proof"]) for f in of(ran, "figures.csv", OUTTURN)}
    # A nil beside empty cells, or a mark taken for one, stands in no sum that would miss it.
    assert {said for nil, said in proofs if not nil} == {"reconciled", "contradicted"}
    assert {said for nil, said in proofs if nil} <= {"reconciled", "contradicted", "unchecked"}


def test_herefordshires_codes(ran: Ran) -> None:
    raw = {r["row"]: r for r in of(ran, "repairs.csv", OUTTURN) if r["what"] == "aes_code"}
    codes = {(f["row"], f["aes_code"], f["aes_how"]) for f in of(ran, "figures.csv", OUTTURN) if f["row"] in raw}
    torn = {(row, "1", "repaired") for row, r in raw.items() if r["raw"] == "1 1"}
    blank = {(row, "10", "inferred") for row, r in raw.items() if r["raw"] == ""}
    assert (len(torn), len(blank)) == (5, 3)
    assert codes == torn | blank


def services(ran: Ran) -> dict[str, Row]:
    """One figure of each line of the report on shared services, by reference and partner."""
    return {f["reference"] + f["partner"] or f["detail"]: f for f in of(ran, "figures.csv", SHARED_SERVICES)}


def test_cheshires_marks_of_progress(ran: Ran) -> None:
    progress = {line: f["progress"] for line, f in services(ran).items()}
    assert progress == {
        "A01a": "same",
        "A01b": "up",
        "A03": "",
        "A03CWaC": "same",
        "A03CE": "same",
        "A04": "same",
        "A05": "",  # printed as "*"
        "A06": "same",
        "A08": "",  # printed as "\"
        "A14": progress["A14"],  # an arrow to the right, which may be meant for one that slants
        "B29": "",
        "TOTALS": "",
    }


def test_cheshires_words_in_a_money_cell_are_no_figure(ran: Ran) -> None:
    planned = [f for f in of(ran, "figures.csv", SHARED_SERVICES) if f["reference"] == "A04"]
    assert ("2012/13", "target") in {(f["year"], f["measure"]) for f in planned}
    assert "revised" not in {f["measure"] for f in planned}


def test_cheshires_damaged_marks_are_repaired_and_said_so(ran: Ran) -> None:
    repaired = [f for f in of(ran, "figures.csv", SHARED_SERVICES) if f["how"] == "repaired"]
    assert [(f["raw"], f["value"]) for f in repaired] == [("£170", "170000"), ("£170", "170000"), ("NII", "0")]
    assert len([r for r in of(ran, "repairs.csv", SHARED_SERVICES) if r["what"] == "figure"]) == 3


def test_kents_spending_and_reserves_yield_nothing(ran: Ran) -> None:
    figures = of(ran, "figures.csv", KENT)
    assert {int(f["page"]) for f in figures} == set(range(13, 20))
    assert {int(c["page"]) for c in of(ran, "checks.csv", KENT)} <= set(range(13, 20))


def test_kents_savings_are_positive_boxed_and_proved(ran: Ran) -> None:
    figures = of(ran, "figures.csv", KENT)
    first = next(f for f in figures if f["raw"] == "-12,868.7")
    assert (first["page"], first["row"], first["value"], first["year"]) == ("13", "2", "12868700", "2025/26")
    assert {f["proof"] for f in figures} == {"reconciled"}
    for figure in figures:
        assert float(figure["x0"]) < float(figure["x1"])
        assert float(figure["top"]) < float(figure["bottom"])
