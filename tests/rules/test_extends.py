"""A rule file that builds on another says only what differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rules.errors import RuleError
from rules.load import load_rule
from rules.model import Authority

WriteRule = Callable[..., Path]

BASE = """\
authority: printed
layout: form
match: {any: [saving]}
scale: printed
no_figures:
  - {pattern: Under review, why: not settled}
tables:
  lines:
    columns:
      - {header: Saving, field: detail}
      - {header: Target}
    rows:
      - {level: total, when: {text: Total}}
      - {level: item, needs: [detail]}
identities:
  - {name: lines = total, total: {level: total}, of: [{level: item}]}
"""


def test_what_is_said_goes_before_what_is_built_on(rule_file: WriteRule) -> None:
    rule_file(BASE, "standard/form")
    own = """
        extends: standard/form
        authority: {name: Made-up Council}
        layout: plan
        scale: 1000
        no_figures: ~
        tables: {lines: {columns: [{header: Scheme, field: detail}, {header: Planned}]}}
        identities:
          - {name: rows, each: row, total: {kind: total}, of: [{kind: cashable}]}
        """
    loaded = load_rule(rule_file(own, "made-up/plan"))
    rule = loaded.rule
    assert (rule.authority, rule.scale, rule.match.any) == (Authority(name="Made-up Council"), 1000, ("saving",))
    assert rule.no_figures == ()
    assert [c.header for c in rule.tables["lines"].columns if hasattr(c, "header")] == ["Scheme", "Planned"]
    assert [row.level for row in rule.tables["lines"].rows] == ["total", "item"]
    assert [identity.name for identity in rule.identities] == ["lines = total", "rows"]
    assert not loaded.is_standard


def test_an_identity_of_the_same_name_takes_the_place_of_the_other(rule_file: WriteRule) -> None:
    rule_file(BASE, "standard/form")
    own = "extends: standard/form\nidentities: [{name: lines = total, total: {level: total}, of: [{level: block}]}]\n"
    (identity,) = load_rule(rule_file(own)).rule.identities
    assert identity.of[0].level == "block"


def test_a_change_of_what_is_built_on_changes_the_hash(rule_file: WriteRule) -> None:
    rule_file(BASE, "standard/form")
    own = rule_file("extends: standard/form\n")
    before = load_rule(own).sha256
    rule_file(BASE + "# a remark\n", "standard/form")
    assert load_rule(own).sha256 != before


WRONG = [
    ("extends: standard/forms\n", ["extends 'standard/forms'", "did you mean"]),
    ("layout: plan\nextends: made-up/plan\n", ["builds on this very file"]),
    ("layout: plan\nextends: standard/form\nscales: 1\n", ["unknown key 'scales'", "did you mean 'scale'?"]),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_wrong_is_said_of_the_file_that_extends(rule_file: WriteRule, text: str, said: list[str]) -> None:
    rule_file(BASE, "standard/form")
    path = rule_file(text)
    with pytest.raises(RuleError) as caught:
        load_rule(path)
    assert (caught.value.file, caught.value.line) == (str(path), text.count("\n"))
    assert [part for part in said if part not in caught.value.problem] == []
