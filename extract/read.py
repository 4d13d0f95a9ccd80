"""Opens a file, decides by its content what it is, and reads it."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from pathlib import Path

from extract.errors import DamagedPaper, EmptyPaper, PaperError, UnsupportedPaper
from extract.limits import LIMITS, Limits
from extract.paper import Page, Paper, PaperKind
from extract.pdf import pdf_pages, read_pdf
from extract.text import read_text

# How much of a file is looked at to tell what it is; a PDF's mark may stand anywhere in it.
_HEAD = 1024
_PDF_MARK = b"%PDF-"

# Files that no reader here knows, by their first bytes: what they are.
_FOREIGN = {
    b"PK\x03\x04": "an Office document or a zip archive",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office document",
    b"{\\rtf": "a rich text document",
    b"\x89PNG\r\n\x1a\n": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"II*\x00": "an image",
    b"MM\x00*": "an image",
    b"BM": "an image",
    b"RIFF": "an image or a recording",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf\x27\x1c": "a compressed file",
    b"Rar!": "a compressed file",
    b"%!PS": "a PostScript file",
    b"\x7fELF": "a program",
    b"SQLite format 3\x00": "a database",
}
_MARKUP = {b"<!doctype html": "a web page", b"<html": "a web page", b"<?xml": "an XML file"}
_SAVE_AS = "Save it as PDF or as text with tabs between the cells, and give that."

# Byte order marks of text that is not UTF-8; UTF-32 first, whose little-endian mark begins with that of UTF-16.
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# The share of characters that must print for bytes that are not UTF-8 to count as Windows text.
_PLAUSIBLE = 0.97


def read_paper(path: Path, limits: Limits = LIMITS) -> Paper:
    """The paper in a file: a PDF or a text report, whatever it is called.

    Raises EmptyPaper, UnsupportedPaper, DamagedPaper, EncryptedPaper, or PaperError where the file cannot be got at.
    Nothing else: what goes wrong on single pages stands on those pages.
    """
    return paper_of(path, bytes_of(path), limits)


def paper_of(path: Path, data: bytes, limits: Limits = LIMITS) -> Paper:
    """The paper in a file's bytes; `path` is not opened, only its name and suffix are looked at. Raises as read_paper.

    Raises no PaperError but EmptyPaper, UnsupportedPaper, DamagedPaper and EncryptedPaper.
    """
    kind = _kind_of(path, data)
    sha256 = hashlib.sha256(data).hexdigest()
    if kind is PaperKind.PDF:
        return read_pdf(path, data, sha256, limits)
    return read_text(path.name, sha256, _decoded(path, data))


def read_pages(path: Path, limits: Limits = LIMITS) -> Iterator[Page]:
    """The pages of a file one by one, for whoever needs no two at once: a long paper then takes no more memory.

    Raises as `read_paper` does, when the first page is asked for.
    """
    data = bytes_of(path)
    if _kind_of(path, data) is PaperKind.PDF:
        yield from pdf_pages(path, data, limits)
    else:
        yield from read_text(path.name, "", _decoded(path, data)).pages


def bytes_of(path: Path) -> bytes:
    """A file's content. Raises PaperError, which says what stands in the way."""
    if path.is_dir():
        raise PaperError(path.name, "is a folder", "Give the files in it, or run over the folder.")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PaperError(path.name, "is not there", "Check the path.") from None
    except PermissionError:
        raise PaperError(path.name, "may not be read", "Give yourself leave to read it.") from None
    except OSError as fault:
        problem = f"cannot be read ({fault.strerror or fault})"
        raise PaperError(path.name, problem, "Check the disk, or copy the file and give the copy.") from fault


def _kind_of(path: Path, data: bytes) -> PaperKind:
    """A PDF or text; raises for all else. A text may speak of PDFs: one called .txt must begin like a PDF to be one."""
    if not data:
        raise EmptyPaper(path.name, "has 0 bytes", "Fetch the file again from where it was published.")
    head, suffix = data[:_HEAD], path.suffix.lower()
    if what := _foreign(head):
        raise UnsupportedPaper(path.name, f"is {what}, not a PDF or a text report", _SAVE_AS)
    if _PDF_MARK in head and (suffix != ".txt" or head.lstrip().startswith(_PDF_MARK)):
        return PaperKind.PDF
    if suffix == ".pdf":
        return PaperKind.PDF
    if what := _markup(head):
        raise UnsupportedPaper(path.name, f"is {what}, not a PDF or a text report", _SAVE_AS)
    return PaperKind.TEXT


def _foreign(head: bytes) -> str:
    return next((what for mark, what in _FOREIGN.items() if head.startswith(mark)), "")


def _markup(head: bytes) -> str:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return next((what for mark, what in _MARKUP.items() if start.startswith(mark)), "")


def _decoded(path: Path, data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 or UTF-32 with a byte order mark, or Windows-1252 that reads like text."""
    encoding = next((name for mark, name in _WIDE.items() if data.startswith(mark)), None)
    if encoding is None and b"\x00" in data:
        raise _unreadable(path, "holds NUL bytes, which no text has")
    for name in (encoding,) if encoding else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name != "cp1252" or _reads_like_text(text):
            return text
    raise _unreadable(path, "is not UTF-8 and does not read like Windows text either")


def _unreadable(path: Path, problem: str) -> PaperError:
    if path.suffix.lower() in {"", ".txt", ".tsv", ".tab", ".csv", ".text"}:
        return DamagedPaper(path.name, problem, "Save it anew as text in UTF-8, or give the PDF that it came from.")
    return UnsupportedPaper(path.name, "is neither a PDF nor a text report", _SAVE_AS)


def _reads_like_text(text: str) -> bool:
    printing = sum(char.isprintable() or char in "\t\n\r\f" for char in text)
    return printing >= _PLAUSIBLE * len(text)
