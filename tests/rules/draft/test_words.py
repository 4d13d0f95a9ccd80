"""The vocabulary: longer phrases first, damage to long words forgiven, opposites never taken for damage."""

from __future__ import annotations

import tomllib
from typing import get_args

import pytest

from rules.draft.words import FILE, meanings, read, whole, words_of
from rules.model import TextField
from savings.schema import Kind, Measure, Recurrence, Unit


@pytest.mark.parametrize(
    ("header", "section", "meaning"),
    [
        ("Forecast outturn", "measure", ["forecast"]),
        ("Savings achieved to date £000", "measure", ["achieved"]),
        ("Variance to target", "measure", ["variance"]),
        ("Not deliverable", "measure", ["undeliverable"]),
        ("Achievement", "measure", ["achieved"]),
        ("Achievernent", "measure", ["achieved"]),
        ("Tar get", "measure", ["target"]),
        ("Non-cashable", "kind", ["non_cashable"]),
        ("Non\ncashable £", "kind", ["non_cashable"]),
        ("of which cashable (£)", "kind", ["cashable"]),
        ("Non-recurring", "recurrence", ["one_off"]),
        ("£'000", "scale", ["1000"]),
        ("£m", "scale", ["1000000"]),
        ("Director of Finance", "measure", []),
    ],
)
def test_what_a_header_says(header: str, section: str, meaning: list[str]) -> None:
    assert list(meanings(header, section)) == meaning


def test_each_word_counts_once_and_the_longer_phrase_takes_it() -> None:
    assert [hit.meaning for hit in read("Revised budget", "measure", "no_saving")] == ["a budget is no saving"]


def test_a_phrase_is_whole_where_it_is_at_least_half_of_the_text() -> None:
    assert whole("Description of saving", "field") is not None
    assert whole("Risk - what are the implications of not achieving it?", "field") is None


def test_the_vocabulary_says_only_what_the_schema_has() -> None:
    sections = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert set(sections["measure"]) == set(Measure)
    assert set(sections["kind"]) == set(Kind)
    assert set(sections["recurrence"]) == set(Recurrence) - {""}
    assert set(sections["unit"]) <= set(Unit)
    assert set(sections["field"]) == set(get_args(TextField))


def test_no_phrase_means_two_things_in_one_section() -> None:
    for section, by_meaning in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        said = {(words_of(phrase), meaning) for meaning, phrases in by_meaning.items() for phrase in phrases}
        assert len(said) == len({phrase for phrase, _ in said}), section
