"""`savings rules draft` as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.command import main
from rules.load import load_rule
from tests.rules.draft.papers import MONITORING
from tests.rules.made import report


@pytest.fixture
def monitoring(tmp_path: Path) -> Path:
    """A monitoring report that no rule file knows."""
    path = tmp_path / "monitoring.txt"
    path.write_text(report(MONITORING), encoding="utf-8")
    return path


def drafted(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["rules", "draft", *map(str, arguments)])


def test_the_drafted_file_loads_and_reads_its_own_paper(monitoring: Path, tmp_path: Path) -> None:
    file = tmp_path / "rules" / "midshire" / "savings-monitoring.yml"
    file.parent.mkdir(parents=True)
    result = drafted(monitoring, "-o", file)
    assert result.exit_code == 0, result.output
    assert load_rule(file).rule.layout == "savings-monitoring"
    assert result.stdout == ""
    assert "figures   18: 18 reconciled" in result.stderr
    assert "forecast - target = variance: holds 6 times" in result.stderr
    assert "0 left over" in result.stderr
    run = CliRunner().invoke(
        main, ["run", str(monitoring), "-o", str(tmp_path / "out"), "--rules", str(tmp_path / "rules")]
    )
    assert run.exit_code == 0, run.output


def test_a_file_that_is_there_is_not_overwritten_without_force(monitoring: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.yml"
    file.write_text("# my work\n", encoding="utf-8")
    result = drafted(monitoring, "-o", file)
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert file.read_text(encoding="utf-8") == "# my work\n"
    assert drafted(monitoring, "-o", file, "--force").exit_code == 0
    assert load_rule(file).rule.tables


def test_no_savings_says_what_was_found_and_what_to_do(tmp_path: Path) -> None:
    paper = tmp_path / "reserves.txt"
    paper.write_text(report("Use of reserves\n\nReserve | £000\nGeneral | 400"), encoding="utf-8")
    result = drafted(paper, "-o", tmp_path / "rule.yml")
    assert result.exit_code == 1
    assert "Reserve" in result.stderr
    assert "savings tables" in result.stderr
    assert not (tmp_path / "rule.yml").exists()


def test_what_is_unsure_is_said_and_marked(tmp_path: Path) -> None:
    paper = tmp_path / "efficiencies.txt"
    paper.write_text(report("Efficiencies\n\nSaving | 2012/13\nBuses | 1,250\nTotal | 1,250"), encoding="utf-8")
    file = tmp_path / "rule.yml"
    result = drafted(paper, "-o", file)
    assert "unsure    " in result.stderr
    assert "unsure:" in file.read_text(encoding="utf-8")
