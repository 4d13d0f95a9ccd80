"""`savings rules`: list, check, why and test, as a person who writes a rule file uses them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline import guards
from pipeline.command import main
from pipeline.rules_test import changes
from rules.load import BUILT_IN

RULE = """\
authority: {name: Made-up Council}
layout: plan
match: {all: [Saving plan, Target]}
scale: 1000
tables:
  lines:
    columns:
      - {header: Saving, field: detail}
      - {header: Target, year: 2024/25}
    rows:
      - {level: total, when: {text: Total}}
      - {level: item, needs: [detail]}
identities:
  - {name: lines = total, total: {level: total}, of: [{level: item}]}
"""
PAPER = "Saving plan\n\nSaving\tTarget\nBuses\t10\nBins\t5\nTotal\t15\nLamps\tmany\n"


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    file = tmp_path / "rules/made-up/plan.yml"
    file.parent.mkdir(parents=True)
    file.write_text(RULE)
    return file


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    file = tmp_path / "paper.txt"
    file.write_text(PAPER)
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["rules", *map(str, arguments)])


def test_list_names_rules_with_their_papers(rule: Path) -> None:
    said = run("list", "--rules", rule.parents[1])
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in said.stdout.splitlines()}
    assert rows["made-up/plan"] == ["Made-up Council", "0", ""]
    assert rows["kent/budget-savings"][:2] == ["Kent County Council", "2"]
    assert rows["standard/budget-savings"][0] == "any"


def test_the_commands_say_so_where_there_is_no_corpus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(guards, "CORPUS", tmp_path / "corpus")
    listed, checked = run("list"), run("check")
    assert "kent/budget-savings\tKent County Council\t\t" in listed.stdout
    assert (listed.exit_code, checked.exit_code) == (0, 0)
    assert "no part of an installed program" in listed.stderr
    assert "no part of an installed program" in checked.stderr


def test_the_built_in_rules_are_sound() -> None:
    said = run("check")
    assert (said.exit_code, [line for line in said.stdout.splitlines() if "worth a look" not in line]) == (0, [])


def test_check_says_what_is_wrong_and_where(rule: Path) -> None:
    assert run("check", rule).exit_code == 0
    rule.write_text(RULE.replace("{text: Total}", "{text: '(a|aa)+x'}").replace("layout: plan", "layout: plans"))
    said = run("check", rule)
    assert said.exit_code == 1
    assert [line.split(": ")[0] for line in said.stdout.splitlines()] == [f"{rule}:2", f"{rule}:11"]
    rule.write_text(RULE.replace("scale", "scales"))
    said = run("check", rule)
    assert (said.exit_code, "did you mean 'scale'?" in said.stdout) == (1, True)


def test_why_says_which_conditions_fit_and_what_each_header_is(rule: Path, paper: Path) -> None:
    said = run("why", paper, "--rules", rule.parents[1])
    assert said.exit_code == 0
    assert "made-up/plan reads this paper: 2 of 2 conditions\n  yes  holds “Saving plan”" in said.stdout
    assert "'Saving' → detail\n  'Target' → figures: 2024/25\n" in said.stdout
    assert "  NO   holds “MTFP Category”" in said.stdout


def test_why_names_the_nearest_rule_where_none_fits(rule: Path, paper: Path) -> None:
    rule.write_text(RULE.replace("[Saving plan, Target]", "[Saving plan, Target, Achieved, Outturn, Year, Quarter]"))
    said = run("why", paper, "--rules", rule.parents[1])
    assert said.exit_code == 1
    assert "No rule reads this paper; the nearest is" in said.stdout


def test_test_shows_figures_sums_and_what_is_left_over(rule: Path, paper: Path) -> None:
    said = run("test", rule, paper)
    assert said.exit_code == 0
    assert "figures   3: 3 reconciled" in said.stdout
    assert "sum       lines = total: holds 1 times" in said.stdout
    assert "left over page 1 row 7: 'many'" in said.stdout


def test_test_takes_the_file_at_its_word_and_says_what_is_wrong_with_it(rule: Path, paper: Path) -> None:
    rule.write_text(RULE.replace("[Saving plan, Target]", "[no such words]"))
    assert run("test", rule, paper).exit_code == 0
    rule.write_text(RULE.replace("level: item", "level: line"))
    said = run("test", rule, paper)
    assert (said.exit_code, f"{rule}:12" in said.stderr) == (2, True)


def test_a_change_of_the_file_is_seen(rule: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.rules_test.LOOK", 0.01)
    seen = changes(rule)
    timer = threading.Timer(0.1, lambda: rule.write_text(RULE + "# more\n"))
    timer.start()
    next(seen)
    timer.join()


def test_schema_and_reference_are_the_files_of_the_documents() -> None:
    docs = BUILT_IN.parent / "docs"
    assert run("schema").stdout == (docs / "rule.schema.json").read_text(encoding="utf-8")
    assert run("reference").stdout == (docs / "rules.md").read_text(encoding="utf-8")
