"""What tests of the corpus share."""

from __future__ import annotations

from functools import cache

import pytest

from rules.load import load_rules_beside

LOADED = cache(load_rules_beside)


@pytest.fixture(autouse=True)
def _rule_files_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading and checking all rule files takes longer than most cases do."""
    monkeypatch.setattr("corpus.__main__.load_rules_beside", LOADED)
