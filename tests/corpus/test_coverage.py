"""Every rule file has a case that guards it, and the field is covered."""

from __future__ import annotations

import csv
from collections import Counter

from corpus.folders import KEPT_FOLDER, all_cases
from rules.load import load_rules


def guards() -> Counter[str]:
    """How many cases each rule file reads."""
    found: Counter[str] = Counter()
    for folder in all_cases():
        with (folder / KEPT_FOLDER / "figures.csv").open(encoding="utf-8", newline="") as kept:
            found.update({row["rule"] for row in csv.DictReader(kept)})
    return found


def test_every_rule_has_a_case() -> None:
    assert {rule.name for rule in load_rules()} == set(guards())


def test_many_layouts_of_many_authorities_have_two_papers() -> None:
    twice = {rule for rule, cases in guards().items() if cases >= 2}
    assert len(twice) >= 16
    assert len({rule.partition("/")[0] for rule in twice}) >= 10
