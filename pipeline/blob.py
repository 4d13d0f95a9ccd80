"""One paper's result as bytes, and back: compressed JSON lines, which hold data only and can run nothing.

The first line is the head: the format, the hash of the content, and the paper's row of papers.csv. Then comes a line
for each figure, check, repair, table and whatever else a result has, and last one that counts them. The names of the
file are not in it: the same bytes under another name are the same paper. gzip's check sum and the count tell a whole
result from a damaged one. What is written and read follows from the fields of PaperResult, so that a new one is kept.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import UnionType
from typing import IO, Any, Literal, Union, get_args, get_origin, get_type_hints

from pipeline.records import PaperResult, PaperRow

FORMAT = 1
# What the file's name and place say; set anew whenever a result is read.
NAMES = frozenset({"document", "path", "sha256"})
END = "end"
# The head of a result is looked at without reading the rest.
HEAD_BYTES = 1 << 16
LEVEL = 4

Json = Any
Names = dict[str, str]
# From a value to its JSON and back; None where it is its own JSON.
Pack = Callable[[Any], Json]
Unpack = Callable[[Json, Names], Any]


class DamagedBlob(Exception):
    """Bytes that are not a whole result of this format."""


# What reading bytes of any sort as a result can raise.
FAULTS = (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, IndexError, StopIteration, InvalidOperation,
          RecursionError)  # fmt: skip


def encode(result: PaperResult) -> bytes:
    """A result as bytes; the same result gives the same bytes."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=LEVEL, mtime=0, filename="") as packed:
        for line in _lines(result):
            packed.write(json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")
    return stream.getvalue()


def _lines(result: PaperResult) -> Iterator[Json]:
    yield {"format": FORMAT, "sha256": result.paper.sha256, "paper": packed_row(result.paper)}
    counts = []
    for name, (pack, _) in _kinds().items():
        rows = getattr(result, name)
        counts.append(len(rows))
        for row in rows:
            yield [name, pack(row)]
    yield [END, counts]


def decode(data: bytes | IO[bytes], document: str, path: str, sha256: str) -> PaperResult:
    """The result in these bytes, as that of a file of this name and path. Raises DamagedBlob.

    So it does where the content, by its hash, was another paper's.
    """
    names = {"document": document, "path": path, "sha256": sha256}
    kinds = _kinds()
    found: dict[str, list[Any]] = {name: [] for name in kinds}
    try:
        lines = _read_lines(data)
        paper = _paper(next(lines), names)
        for kind, said in lines:
            if kind == END:
                _compare(said, found)
                break
            found[kind].append(kinds[kind][1](said, names))
        else:
            raise ValueError("it ends too early")
        for _ in lines:  # Only at its very end gzip compares its check sum.
            raise ValueError("it goes on after its end")
    except FAULTS as error:
        raise DamagedBlob(f"{type(error).__name__}: {error}") from None
    return PaperResult(paper, **{name: tuple(rows) for name, rows in found.items()})


def decode_head(data: bytes) -> PaperRow:
    """The row of papers.csv from the beginning of a result, without its names. Raises DamagedBlob."""
    try:
        start = zlib.decompressobj(wbits=31).decompress(data, HEAD_BYTES * 16)
        return _paper(json.loads(start[: start.index(b"\n")]), dict.fromkeys(NAMES, ""))
    except FAULTS as error:
        raise DamagedBlob(f"{type(error).__name__}: {error}") from None


def _read_lines(data: bytes | IO[bytes]) -> Iterator[Json]:
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    with gzip.GzipFile(fileobj=stream, mode="rb") as packed:
        for line in packed:
            yield json.loads(line)


def _paper(head: Json, names: Names) -> PaperRow:
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise ValueError("not of this format")
    if names["sha256"] not in ("", head["sha256"]):
        raise ValueError("the result of another paper")
    return unpacked_row(head["paper"], names)


def _compare(counts: Sequence[int], found: dict[str, list[Any]]) -> None:
    if list(counts) != [len(rows) for rows in found.values()]:
        raise ValueError("rows are missing")


def packed_row(paper: PaperRow) -> Json:
    """A row of papers.csv as JSON, without its names."""
    return _PAPER[0](paper)


def unpacked_row(said: Json, names: Names) -> PaperRow:
    """A row of papers.csv from its JSON and its names. Raises ValueError, TypeError and others of FAULTS."""
    row = _PAPER[1](said, names)
    assert isinstance(row, PaperRow)
    return row


def renamed(paper: PaperRow, document: str, path: str, sha256: str) -> PaperRow:
    """A row of papers.csv under another name."""
    return replace(paper, document=document, path=path, sha256=sha256)


# --- from types to JSON and back -----------------------------------------------------------------------------------


def _form(hint: Any) -> tuple[Pack, Unpack] | None:
    """How values of a type become JSON and come back; None where they are JSON. Raises TypeError for a type unknown."""
    if hint in (str, int, float, bool) or get_origin(hint) is Literal:
        return None
    if hint is Decimal:
        return str, lambda said, _: Decimal(said)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda value: value.value, lambda said, _: hint(said)
    if is_dataclass(hint):
        return _form_of_class(hint)
    return _form_of_parts(hint)


def _form_of_parts(hint: Any) -> tuple[Pack, Unpack] | None:
    if get_origin(hint) in (Union, UnionType):
        return _form_of_option(hint)
    if get_origin(hint) is tuple:
        return _form_of_tuple(get_args(hint))
    raise TypeError(f"a result cannot be kept with a {hint}")


def _form_of_option(hint: Any) -> tuple[Pack, Unpack] | None:
    (inner,) = [each for each in get_args(hint) if each is not type(None)]
    form = _form(inner)
    if form is None:
        return None
    pack, unpack = form
    return (
        lambda value: None if value is None else pack(value),
        lambda said, names: None if said is None else unpack(said, names),
    )


def _form_of_tuple(parts: tuple[Any, ...]) -> tuple[Pack, Unpack]:
    form = _form(parts[0])
    if any(part is not Ellipsis and _form(part) != form for part in parts[1:]):
        raise TypeError(f"a result cannot be kept with a tuple of {parts}")
    if form is None:
        return list, lambda said, _: tuple(said)
    pack, unpack = form
    return lambda value: [pack(v) for v in value], lambda said, names: tuple(unpack(v, names) for v in said)


def _form_of_class(kind: Any) -> tuple[Pack, Unpack]:
    """A row or table as the list of its fields, in order, without those that are names."""
    hints = get_type_hints(kind)
    columns = [(f.name, _form(hints[f.name])) for f in fields(kind) if f.name not in NAMES]
    named = [f.name for f in fields(kind) if f.name in NAMES]

    def pack(value: Any) -> Json:
        return [getattr(value, name) if form is None else form[0](getattr(value, name)) for name, form in columns]

    def unpack(said: Json, names: Names) -> Any:
        read = {
            name: part if form is None else form[1](part, names)
            for (name, form), part in zip(columns, said, strict=True)
        }
        return kind(**read, **{name: names[name] for name in named})

    return pack, unpack


@cache
def _kinds() -> dict[str, tuple[Pack, Unpack]]:
    """How each kind of row that a result has becomes JSON and comes back."""
    # Loaded here: whoever only looks at heads needs no tables.
    from normalise.meant import MeantTable  # noqa: PLC0415
    from normalise.stitch import Seam  # noqa: PLC0415

    hints = get_type_hints(PaperResult, localns={"MeantTable": MeantTable, "Seam": Seam})
    items = {f.name: get_args(hints[f.name])[0] for f in fields(PaperResult) if f.name != "paper"}
    return {name: _form_of_class(item) for name, item in items.items()}


_PAPER = _form_of_class(PaperRow)
