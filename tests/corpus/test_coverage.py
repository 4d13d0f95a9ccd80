"""Every rule file has a case that guards it."""

from __future__ import annotations

import csv

from corpus.folders import KEPT_FOLDER, all_cases
from rules.load import load_rules


def test_every_rule_has_a_case() -> None:
    guarded: set[str] = set()
    for folder in all_cases():
        with (folder / KEPT_FOLDER / "figures.csv").open(encoding="utf-8", newline="") as kept:
            guarded |= {row["rule"] for row in csv.DictReader(kept)}
    assert {rule.name for rule in load_rules()} == guarded
