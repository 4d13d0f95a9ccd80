"""What is given to `read_paper`, and what it says of files that it cannot read."""

from __future__ import annotations

import hashlib
import pickle
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption

from extract.errors import DamagedPaper, EmptyPaper, EncryptedPaper, PaperError, UnsupportedPaper
from extract.paper import Paper, PaperKind
from extract.read import read_paper

Drawer = Callable[..., Path]


def given_file(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_a_text_report_is_read_with_its_hash(tmp_path: Path) -> None:
    data = "Saving\t£150k\n".encode()
    paper = read_paper(given_file(tmp_path, "report.txt", data))
    assert (paper.name, paper.kind, paper.sha256) == ("report.txt", PaperKind.TEXT, hashlib.sha256(data).hexdigest())
    assert paper.tables[0].rows[0].cells[1].text == "£150k"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_is_decoded(tmp_path: Path, encoding: str) -> None:
    paper = read_paper(given_file(tmp_path, "report.txt", "Saving – “net”\t£150k".encode(encoding)))
    assert [cell.text for cell in paper.tables[0].rows[0].cells] == ["Saving – “net”", "£150k"]


def test_content_decides_not_the_name(drawn: Drawer, tmp_path: Path) -> None:
    pdf = drawn(lambda canvas: canvas.drawString(50, 50, "Savings"))
    path = given_file(tmp_path, "download", b"\r\n\r\n" + pdf.read_bytes())
    assert read_paper(path).kind is PaperKind.PDF


def test_a_text_that_speaks_of_pdfs_is_a_text(tmp_path: Path) -> None:
    path = given_file(tmp_path, "notes.txt", b"Each file begins with %PDF-1.4 and so on")
    assert read_paper(path).kind is PaperKind.TEXT


BAD = [
    ("empty.pdf", b"", EmptyPaper, "has 0 bytes"),
    ("empty.txt", b"", EmptyPaper, "has 0 bytes"),
    ("report.docx", b"PK\x03\x04 and so on", UnsupportedPaper, "is an Office document or a zip archive"),
    ("wrongly-named.pdf", b"PK\x03\x04 and so on", UnsupportedPaper, "is an Office document or a zip archive"),
    ("report.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ...", UnsupportedPaper, "is an old Office document"),
    ("scan.png", b"\x89PNG\r\n\x1a\n...", UnsupportedPaper, "is an image"),
    ("page.html", b"\n<!DOCTYPE html><p>1", UnsupportedPaper, "is a web page"),
    ("data.bin", b"\x00\x01\x02", UnsupportedPaper, "is neither a PDF nor a text report"),
    ("noise.pdf", b"\x93\x00\x17 no mark", DamagedPaper, "cannot be opened as a PDF"),
    ("cut.pdf", b"%PDF-1.4\n1 0 obj", DamagedPaper, "cannot be opened as a PDF"),
    ("nul.txt", b"a\tb\x00c", DamagedPaper, "holds NUL bytes"),
    ("bytes.txt", b"\x81\x8d\x8f", DamagedPaper, "is not UTF-8"),
    ("marks.txt", b"\xe9\x01\x02\x03\x04\x05", DamagedPaper, "is not UTF-8"),
]


@pytest.mark.parametrize(("name", "data", "kind", "problem"), BAD, ids=[case[0] for case in BAD])
def test_what_cannot_be_read_says_what_and_what_to_do(
    tmp_path: Path, name: str, data: bytes, kind: type[PaperError], problem: str
) -> None:
    with pytest.raises(kind) as caught:
        read_paper(given_file(tmp_path, name, data))
    assert type(caught.value) is kind
    assert caught.value.problem.startswith(problem)
    assert not caught.value.problem.endswith(".")
    assert caught.value.remedy.endswith(".")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_pdf_with_a_password(drawn: Drawer) -> None:
    path = drawn(lambda canvas: canvas.drawString(50, 50, "secret"), encrypt=StandardEncryption("pass"))
    with pytest.raises(EncryptedPaper, match="asks for a password"):
        read_paper(path)


def test_a_pdf_that_opens_without_its_owners_password_is_read(drawn: Drawer) -> None:
    lock = StandardEncryption("", ownerPassword="owner", canPrint=0)
    paper = read_paper(drawn(lambda canvas: canvas.drawString(50, 50, "open"), encrypt=lock))
    assert paper.text == "open"


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PaperError, match="is a folder"):
        read_paper(tmp_path)
    with pytest.raises(PaperError, match="is not there"):
        read_paper(tmp_path / "nothing.pdf")


@given(st.binary(max_size=200), st.sampled_from(["a.pdf", "a.txt", "a"]), st.sampled_from([b"", b"%PDF-1.7\n"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_any_bytes_give_a_paper_or_a_paper_error(tmp_path: Path, data: bytes, name: str, mark: bytes) -> None:
    with suppress(PaperError):
        read_paper(given_file(tmp_path, name, mark + data)).text.encode()


def test_every_broken_file_gives_a_paper_or_a_paper_error(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Two dozen of them are scans of good pages, whose reading is tested elsewhere and takes minutes.
    monkeypatch.setattr("extract.scan.scanned.installed", lambda: False)
    for path in sorted((shared / "broken").iterdir()):
        start = time.process_time()
        try:
            outcome: Paper | PaperError = read_paper(path)
        except PaperError as error:
            outcome = error
        assert isinstance(outcome, Paper | PaperError), path.name
        assert time.process_time() - start < 20, path.name


def test_the_example_papers_are_text_with_tables(shared: Path) -> None:
    for path in sorted((shared / "seeds").iterdir()):
        assert read_paper(path).tables, path.name
