"""Readers given nonsense refuse it by the errors they document, and by no other. `make fuzz` does this for longer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import READERS, seeds_of
from benchmarks.mutations import MUTATIONS, make, mutated
from tests.pipeline.conftest import Ran, run_savings

CELLS = st.text(st.sampled_from("0123456789,.£k m-–()%'\t\n\f\x00 aıNil\u2028\ud800"), max_size=40)
EXAMPLES = {"text_report": 150, "rule_file": 40, "number": 300, "kept_result": 100, "pdf": 25}


@pytest.mark.parametrize("name", READERS)
def test_mutated_input_is_read_or_refused(name: str) -> None:
    seeds = seeds_of(name)

    @settings(max_examples=EXAMPLES[name])
    @given(st.sampled_from(range(len(seeds))), st.integers(0, 2**32))
    def read(seed: int, number: int) -> None:
        READERS[name](mutated(seeds[seed], random.Random(number)))

    read()


@settings(max_examples=200)
@given(CELLS)
def test_texts_that_look_like_numbers(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    READERS["number"](data)
    READERS["text_report"](data)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: str(mutation.__name__))
def test_every_mutation_works_on_the_smallest_input(mutation: object) -> None:
    assert callable(mutation)
    for size in (1, 2, 30):
        mutation(bytearray(b"1 0 obj [1 0 R 2 0 R] "[:size] or b"1"), random.Random(1))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "papers").mkdir()
    smallest = sorted((Path(__file__).parents[2] / "corpus").glob("*/*/*.pdf"), key=lambda path: path.stat().st_size)
    make(smallest[:4], 24, 7, folder / "papers")
    return run_savings([folder / "papers"], folder / "out", "--max-seconds", "60", jobs=2)


def test_every_damaged_copy_is_reported_with_a_reason(ran: Ran) -> None:
    assert len(ran.rows("papers.csv")) == 24
    assert [row["document"] for row in ran.rows("papers.csv") if row["status"] != "ok" and not row["error"]] == []
    assert "Traceback" not in ran.stderr
