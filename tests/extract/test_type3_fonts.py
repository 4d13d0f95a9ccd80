"""Fonts that draw each letter as a little picture (Type 3): PDFium makes their height up."""

from __future__ import annotations

from pathlib import Path

from extract.read import read_paper

# Name: advance, then the box of the ink, in thousandths of the font size.
LETTERS = {
    "space": (278, ""),
    "comma": (278, "90 -120 80 200"),
    "hyphen": (333, "40 230 250 90"),
    "one": (556, "200 0 100 700"),
}


def a_pdf(shown: str) -> bytes:
    """A page that shows a string of the four letters at 10 points, built by hand: reportlab knows no Type 3 fonts."""
    streams = [f"{advance} 0 d0 {box} re f" if box else f"{advance} 0 d0" for advance, box in LETTERS.values()]
    streams.append(f"BT /F 10 Tf 50 700 Td {shown} ET")
    objects = [f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream" for stream in streams]
    procs = " ".join(f"/{name} {i} 0 R" for i, name in enumerate(LETTERS, 1))
    widths = " ".join(["278", *["0"] * 11, "278", "333", "0", "0", "0", "556"])
    objects += [
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 0 0] /FontMatrix [.001 0 0 .001 0 0] /Resources << >> "
        f"/CharProcs << {procs} >> /Encoding << /Differences [32 /space 44 /comma 45 /hyphen 49 /one] >> "
        f"/FirstChar 32 /LastChar 49 /Widths [{widths}] >>",
        "<< /Type /Page /Parent 8 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 6 0 R >> >> /Contents 5 0 R >>",
        "<< /Type /Pages /Kids [7 0 R] /Count 1 >>",
        "<< /Type /Catalog /Pages 8 0 R >>",
    ]
    body = "".join(f"{i} 0 obj\n{text}\nendobj\n" for i, text in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer << /Size 10 /Root 9 0 R >>\n%%EOF".encode()


def test_numbers_keep_together_and_dashes_stay_on_their_line(tmp_path: Path) -> None:
    path = tmp_path / "type3.pdf"
    path.write_bytes(a_pdf("(-11,111 11) Tj 0 -12 Td (1-1) Tj"))
    assert [line.text for line in read_paper(path).pages[0].lines] == ["-11,111 11", "1-1"]
