"""The command line before any command is run."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from pipeline import lazy
from pipeline.command import main


def test_an_environment_that_lacks_a_library_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(name: str) -> None:
        raise ModuleNotFoundError("No module named 'newlib'", name="newlib")

    monkeypatch.setattr(lazy, "import_module", lacking)
    result = CliRunner().invoke(main, ["run", "papers", "-o", "out"])
    assert result.exit_code == 1
    assert "newlib is not installed" in result.stderr
    assert "make run" in result.stderr
