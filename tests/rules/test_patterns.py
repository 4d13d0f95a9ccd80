"""Patterns of rule files neither run away nor hang."""

from __future__ import annotations

import pytest

from rules.load import load_rules
from rules.model import Statement, TableRule
from rules.patterns import PatternTooSlow, full_match, runs_away

AWAY = [r"(a|aa)+$", r"^(?:\d|\d\d)+$", r"(?:saving|savings|s)*(?:x|xx)+!"]
TAME = [r"(\w+\s?)+:", r"\d{4}/\d\d", r"(?:\d{4}/\d\d [\d.]+%(?:, | and )?)+", r"[^|]+?\|", r"(?:a|b)+", r"(a|aa)++$"]


@pytest.mark.parametrize("pattern", AWAY)
def test_a_pattern_that_runs_away_is_found(pattern: str) -> None:
    assert runs_away(pattern)


@pytest.mark.parametrize("pattern", TAME)
def test_a_pattern_that_comes_to_an_end_is_not(pattern: str) -> None:
    assert runs_away(pattern) == ""


def test_a_pattern_that_does_not_end_is_stopped_and_named() -> None:
    with pytest.raises(PatternTooSlow, match="did not come to an end"):
        full_match("(a|aa)+$", "a" * 80 + "!")


def test_no_pattern_of_the_built_in_rules_runs_away() -> None:
    statements = [s for rule in load_rules() for s in rule.rule.statements]
    tables = [t for rule in load_rules() for t in rule.rule.tables.values()]
    assert [p for p in (*_in_statements(statements), *_in_tables(tables)) if runs_away(p)] == []


def _in_statements(statements: list[Statement]) -> list[str]:
    return [p for s in statements for p in (s.text, *(find.find for find in s.figures))]


def _in_tables(tables: list[TableRule]) -> list[str]:
    return [p for t in tables for row in t.rows for p in row.when.values()]
