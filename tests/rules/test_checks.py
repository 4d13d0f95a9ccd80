"""What `savings rules check` finds in a rule file that loads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rules.checks import Guard, claims, faults_of, plain_text
from rules.load import load_rule

WriteRule = Callable[..., Path]

GOOD = """\
authority: {name: Made-up Council}
layout: plan
match: {all: [Reference, Saving]}
tables:
  lines:
    columns:
      - {header: Saving, field: detail}
      - {header: Target}
    rows:
      - {level: total, when: {text: Total}}
      - {level: item, needs: [detail]}
"""
GUARD = Guard("made-up/one", frozenset({"made-up/plan"}), plain_text("Reference and Saving"))


def problems(path: Path, guards: tuple[Guard, ...] | None = (GUARD,)) -> list[tuple[int, str]]:
    return [(fault.line, fault.problem) for fault in faults_of(load_rule(path), guards)]


def test_a_sound_file_has_no_faults(rule_file: WriteRule) -> None:
    assert problems(rule_file(GOOD)) == []


FAULTS = [
    (GOOD.replace("layout: plan", "layout: plans"), 2, "the file is named 'plan'"),
    (GOOD.replace("text: Total", "text: '(T|To|ot|t|al)+x'").replace("(T|To|ot|t|al)", "(a|aa)"), 10, "runs away"),
    (GOOD.replace("{level: total, when: {text: Total}}", "{level: item}"), 11, "row 2 is never reached"),
    (GOOD[: GOOD.index("tables")], 0, "cannot give a figure"),
    (GOOD.replace("{header: Target}", "{header: Target, unsure: is it one?}"), 8, "unsure: is it one?"),
]


@pytest.mark.parametrize(("text", "line", "said"), FAULTS)
def test_what_is_wrong_is_said_with_its_line(rule_file: WriteRule, text: str, line: int, said: str) -> None:
    ((where, problem),) = problems(rule_file(text))
    assert (where, said in problem) == (line, True)


def test_a_rule_needs_a_case_where_there_is_a_corpus(rule_file: WriteRule) -> None:
    path = rule_file(GOOD)
    ((_, problem),) = problems(path, ())
    assert "no case of the corpus guards it" in problem
    assert problems(path, None) == []


def test_two_rules_that_claim_one_case_by_their_words(rule_file: WriteRule) -> None:
    rules = [load_rule(rule_file(GOOD)), load_rule(rule_file(GOOD, "other/plan"))]
    (fault,) = claims(rules, [GUARD])
    assert "made-up/plan and other/plan both claim the case made-up/one" in fault.problem
    more = load_rule(rule_file(GOOD.replace("[Reference, Saving]", "[Reference, Saving, and]"), "other/plan"))
    assert list(claims([rules[0], more], [GUARD])) == []
