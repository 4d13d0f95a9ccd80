"""What cannot be read costs only itself: one clear line, a row in papers.csv, and every other paper is read."""

from __future__ import annotations

import io

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.pipeline.conftest import GOOD, Ran, run_savings, write_rule
from tests.rules.made import PLAN, report


def pdf(*lines: str, password: str | None = None) -> bytes:
    """A PDF of one page with lines of text and no table."""
    stream = io.BytesIO()
    lock = StandardEncryption(password) if password else None
    canvas = Canvas(stream, pagesize=(600, 400), encrypt=lock)
    for number, line in enumerate(lines):
        canvas.drawString(50, 350 - 15 * number, line)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


# Name, content, status, what is said of it, and what to do next.
BAD: list[tuple[str, bytes, str, str, str]] = [
    ("empty.pdf", b"", "empty", "has 0 bytes", "Fetch the file again"),
    ("empty.txt", b"", "empty", "has 0 bytes", "Fetch the file again"),
    ("blank.txt", b"\n \n\n", "no_text", "no page has text", "Check that this is the paper"),
    ("cut.pdf", pdf("Savings", "of the year")[:400], "damaged", "cannot be opened as a PDF", ""),
    ("noise.pdf", bytes(range(256)) * 8, "damaged", "cannot be opened as a PDF", ""),
    ("nul.txt", b"Saving\t\x00150\n", "damaged", "holds NUL bytes", "Save it anew as text in UTF-8"),
    ("bytes.txt", b"Saving\t\x81\x8d\x8f\x90\n", "damaged", "is not UTF-8", "Save it anew as text in UTF-8"),
    ("report.docx", b"PK\x03\x04\x14\x00\x06\x00", "unsupported", "is an Office document", "Save it as PDF"),
    ("page.html", b"<!DOCTYPE html><table>", "unsupported", "is a web page", "Save it as PDF"),
    ("locked.pdf", pdf("x", password="key"), "encrypted", "asks for a password", ""),
    ("blank.pdf", pdf(), "no_text", "no page has text", "Check that this is the paper"),
    ("prose.pdf", pdf("The council met on 3 May.", "It was agreed."), "no_rule", "no table was found", "Check that"),
    ("other.txt", b"Ward\tVotes\nNorth\t512\n", "no_rule", "no rule fits this paper", "a rule file for this layout"),
    ("prose.txt", b"The council met on 3 May.\n", "no_rule", "no table was found", "Check that this is the paper"),
]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One run over all the bad papers, a good one among them, and paths that give no paper."""
    folder = tmp_path_factory.mktemp("bad")
    papers = folder / "papers"
    papers.mkdir()
    for name, data, *_ in BAD:
        (papers / name).write_bytes(data)
    (papers / "good.txt").write_text(report(GOOD), encoding="utf-8")
    (folder / "empty folder").mkdir()
    (folder / "no papers").mkdir()
    (folder / "no papers" / "figures.csv").write_text("a,b\n")
    rule = write_rule(folder / "rules", "made-up/plan", PLAN)
    given = [folder / "missing.pdf", folder / "empty folder", folder / "no papers", papers]
    return run_savings(given, folder / "out", "--rules", rule.parent.parent)


@pytest.mark.parametrize(("name", "status", "problem", "remedy"), [(n, s, p, r) for n, _, s, p, r in BAD])
def test_a_bad_paper_has_a_status_and_one_clear_line(
    ran: Ran, name: str, status: str, problem: str, remedy: str
) -> None:
    row = ran.paper(name)
    assert row["status"] == status
    assert problem in row["error"]
    assert remedy in row["error"]
    lines = [line for line in ran.stderr.splitlines() if name in line]
    assert len(lines) == 1
    assert lines[0].startswith(f"{row['path']}: {status}: {row['error']}")
    assert row["figures"] == "0"


PATHS = [
    ("missing.pdf", "missing", "there is no such file or folder"),
    ("empty folder", "empty", "the folder holds no papers"),
    ("no papers", "empty", "the folder holds no papers"),
]


@pytest.mark.parametrize(("name", "status", "problem"), PATHS)
def test_a_path_that_gives_no_paper_has_a_status_and_one_clear_line(
    ran: Ran, name: str, status: str, problem: str
) -> None:
    row = ran.paper(name)
    assert (row["status"], row["sha256"]) == (status, "")
    assert problem in row["error"]
    lines = [line for line in ran.stderr.splitlines() if f"{name}: {status}: " in line]
    assert len(lines) == 1
    assert problem in lines[0]


def test_all_other_papers_are_read(ran: Ran) -> None:
    assert ran.status == 1
    assert ran.statuses["good.txt"] == "ok"
    assert {figure["document"] for figure in ran.rows("figures.csv")} == {"good.txt"}
    assert len(ran.rows("papers.csv")) == len(BAD) + len(PATHS) + 1
    assert "Traceback" not in ran.stderr


def test_what_is_passed_over_in_folders_is_counted(ran: Ran) -> None:
    assert "Passed over in the folders, as no papers: 1 .csv" in ran.stderr


def test_a_paper_that_no_rule_fits_names_the_nearest_rules_and_what_they_lacked(ran: Ran) -> None:
    nearest = ran.paper("other.txt")["nearest_rules"]
    assert nearest.count("conditions; lacks") == 3
    first = nearest.split(")")[0] + ")"
    assert f"Nearest rule: {first}." in ran.stderr


def test_a_paper_that_no_rule_fits_still_gives_its_tables(ran: Ran) -> None:
    (folder,) = (ran.out / "tables").glob("other.txt-*")
    assert "North,512" in (folder / "001-unmapped.csv").read_text(encoding="utf-8")
    row = ran.paper("other.txt")
    assert (row["cells"], row["flagged"]) == ("4", "4")


def test_no_bad_paper_leaves_tables_of_its_own_unless_it_has_any(ran: Ran) -> None:
    folders = {path.name.rsplit("-", 1)[0] for path in (ran.out / "tables").iterdir()}
    assert folders == {"good.txt", "other.txt"}
