"""A result kept as bytes comes back as it was, under whatever name; bytes that are no whole result never do."""

from __future__ import annotations

import gzip
import json
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise.meant import MeantRow, MeantTable
from normalise.stitch import Columns, Header, Seam
from pipeline.blob import DamagedBlob, decode, decode_head, encode
from pipeline.read import rows_of
from pipeline.records import CheckRow, FigureRow, PaperResult, PaperRow, RepairRow
from pipeline.status import Status

ROOT = Path(__file__).parents[2]
NAMES = ("a.pdf", "papers/a.pdf", "0" * 64)

texts = st.text(st.characters(), max_size=20)  # With lone surrogates, which PDFs can hold.
amounts = st.decimals(allow_nan=False, allow_infinity=False)
points = st.one_of(st.none(), st.floats(allow_nan=False))


def rows(kind: type[Any]) -> st.SearchStrategy[Any]:
    by_hint = {
        "str": texts, "int": st.integers(), "float": st.floats(allow_nan=False), "Decimal": amounts,
        "float | None": points, "Decimal | None": st.one_of(st.none(), amounts),
        "int | None": st.one_of(st.none(), st.integers()), "Status": st.sampled_from(Status),
    }  # fmt: skip
    named = dict(zip(("document", "path", "sha256"), map(st.just, NAMES), strict=True))
    return st.builds(kind, **{f.name: named.get(f.name, by_hint[str(f.type)]) for f in fields(kind)})


places = st.lists(st.tuples(st.integers(), st.integers()), max_size=2).map(tuple)
seams = st.builds(
    Seam, st.just((1, 1)), st.just((2, 1)), st.booleans(), st.sampled_from(Header), st.sampled_from(Columns),
    st.just(("a line",)), texts,
)  # fmt: skip
many_texts = st.lists(texts, max_size=3).map(tuple)
tables = st.builds(
    MeantTable,
    texts,
    many_texts,
    st.lists(st.builds(MeantRow, st.integers(), st.integers(), texts, many_texts, places), max_size=3).map(tuple),
    places,
    st.lists(texts, max_size=2).map(tuple),
)  # fmt: skip
results = st.builds(
    PaperResult,
    rows(PaperRow),
    *(st.lists(rows(kind), max_size=3).map(tuple) for kind in (FigureRow, CheckRow, RepairRow)),
    st.lists(tables, max_size=2).map(tuple),
    st.lists(seams, max_size=2).map(tuple),
)


@given(results)
def test_a_result_comes_back_as_it_was(result: PaperResult) -> None:
    assert decode(encode(result), *NAMES) == result
    assert decode_head(encode(result)) == replace(result.paper, document="", path="", sha256="")


@pytest.fixture(scope="module")
def real() -> PaperResult:
    path = ROOT / "corpus/herefordshire/aes-outturn-2007-08/herefordshire-aes-outturn-2007-08.pdf"
    from rules.load import load_rules  # noqa: PLC0415

    return rows_of(path, path.read_bytes(), load_rules())


def test_a_papers_result_comes_back_with_its_types(real: PaperResult) -> None:
    paper = real.paper
    back = decode(encode(real), paper.document, paper.path, paper.sha256)
    assert back == real
    assert len(back.figures) == 187
    assert isinstance(back.figures[0].value, Decimal)
    assert back.paper.status is Status.OK


def test_another_name_is_on_every_row(real: PaperResult) -> None:
    back = decode(encode(real), "a.pdf", "papers/a.pdf", real.paper.sha256)
    rows_of_all: list[Any] = [*back.figures, *back.checks, *back.repairs]
    assert {row.document for row in rows_of_all} == {"a.pdf"}
    assert (back.paper.document, back.paper.path) == ("a.pdf", "papers/a.pdf")


def test_the_result_of_another_paper_is_refused(real: PaperResult) -> None:
    with pytest.raises(DamagedBlob, match="another paper"):
        decode(encode(real), *NAMES)


def test_every_cut_and_every_flipped_byte_is_noticed(real: PaperResult) -> None:
    small = encode(PaperResult(replace(real.paper, sha256=NAMES[2]), real.figures[:2]))
    whole = decode(small, *NAMES)
    for size in range(len(small)):
        with pytest.raises(DamagedBlob):
            decode(small[:size], *NAMES)
    for at in range(len(small)):
        flipped = small[:at] + bytes([small[at] ^ 0x10]) + small[at + 1 :]
        try:
            back = decode(flipped, *NAMES)
        except DamagedBlob:
            continue
        assert back == whole  # A byte of gzip's header that says nothing, such as its time.


@given(st.one_of(st.binary(max_size=200), st.recursive(st.none() | st.integers() | texts, st.lists).map(
    lambda value: gzip.compress(json.dumps(value).encode()))))  # fmt: skip
def test_bytes_of_any_sort_are_refused(data: bytes) -> None:
    with pytest.raises(DamagedBlob):
        decode(data, *NAMES)
    with pytest.raises(DamagedBlob):
        decode_head(data)
