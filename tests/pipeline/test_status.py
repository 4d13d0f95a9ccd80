"""Exit statuses are documented where a user looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.command import main
from pipeline.status import Exit

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("status", Exit)
def test_the_readme_has_every_exit_status_and_its_meaning(status: Exit) -> None:
    assert f"| {int(status)} | {status.meaning} |\n" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("status", Exit)
def test_the_help_has_every_exit_status(status: Exit) -> None:
    said = CliRunner().invoke(main, ["run", "--help"]).stdout.split("Exit status:")[1]
    assert f" {int(status)} " in said.replace("\n", " ")
