"""PDFs made of pictures, one a page, with or without text that is not shown under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Printed:
    """A word of the text layer and its place in points from the page's top left."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A page: its picture's bytes as the filter wants them, size in pixels, size of the sheet in points, its words."""

    data: bytes
    columns: int
    rows: int
    width: float
    height: float
    filter: str
    bits: int = 8
    words: tuple[Printed, ...] = ()
    space: str = "DeviceGray"


def write_pdf(pages: Sequence[Picture]) -> bytes:
    """The bytes of a PDF; the same pages give the same bytes."""
    objects: list[bytes] = [
        b"",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for page in pages:
        first = len(objects) + 1
        kids.append(f"{first} 0 R")
        objects.append(_page(page, first))
        objects.append(_stream(_content(page), ""))
        objects.append(_stream(page.data, _image(page)))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    return _file(objects)


def _page(page: Picture, first: int) -> bytes:
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width:.2f} {page.height:.2f}] /Contents {first + 1} 0 R "
        f"/Resources << /Font << /F 3 0 R >> /XObject << /I {first + 2} 0 R >> >> >>"
    ).encode()


def _image(page: Picture) -> str:
    parameters = ""
    if page.filter == "CCITTFaxDecode":
        parameters = f"/DecodeParms << /K -1 /Columns {page.columns} /Rows {page.rows} >>"
    return (
        f"/Type /XObject /Subtype /Image /Width {page.columns} /Height {page.rows} /ColorSpace /{page.space} "
        f"/BitsPerComponent {page.bits} /Filter /{page.filter} {parameters}"
    )


def _content(page: Picture) -> bytes:
    drawn = f"q {page.width:.2f} 0 0 {page.height:.2f} 0 0 cm /I Do Q\n".encode()
    return drawn + b"".join(_word(page, word) for word in page.words)


def _word(page: Picture, word: Printed) -> bytes:
    """A word as text that is not shown (render mode 3), stretched to its box."""
    size = max(1.0, (word.bottom - word.top) / 1.15)
    text = word.text.encode("cp1252", "replace")
    natural = max(0.1, 0.5 * size * len(text))
    stretch = 100 * (word.x1 - word.x0) / natural
    escaped = text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    place = (
        f"BT 3 Tr /F {size:.2f} Tf {stretch:.1f} Tz {word.x0:.2f} {page.height - word.bottom + 0.21 * size:.2f} Td ("
    )
    return place.encode() + escaped + b") Tj ET\n"


def _stream(data: bytes, keys: str) -> bytes:
    return f"<< {keys} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
