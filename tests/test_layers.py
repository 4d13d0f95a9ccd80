"""Imports go one way: the contracts of pyproject.toml hold, cover every package, and would notice a breach."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("extract", "normalise", "savings", "rules", "pipeline", "corpus")
UNDER = {
    "extract": set[str](),
    "savings": set[str](),
    "normalise": {"extract"},
    "rules": {"savings", "normalise", "extract"},
    "pipeline": {"rules", "savings", "normalise", "extract"},
    "corpus": {"pipeline", "rules", "savings", "normalise", "extract"},
}
BREACHES = [
    (importer, other) for importer in PACKAGES for other in PACKAGES if other not in {importer, *UNDER[importer]}
]
OUTSIDE = [
    ("savings", "ruamel.yaml"),
    ("savings", "pdfplumber"),
    ("normalise", "pypdfium2"),
    ("extract", "ortools.sat.python"),
    ("pipeline", "reportlab"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages in a folder, with the contracts of this project."""
    script = f"""
import sys
sys.path.insert(0, {str(folder)!r})
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename={str(ROOT / "pyproject.toml")!r}, no_cache=True))
"""
    command = [sys.executable, "-c", script]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


def make_house(folder: Path, importer: str, imported: str) -> None:
    """Write all packages with the imports that are allowed, and one more."""
    for package in PACKAGES:
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text("")
        imports = sorted(UNDER[package]) + ([imported] if package == importer else [])
        (folder / package / "work.py").write_text("".join(f"import {name}\n" for name in imports))


def test_the_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_package_is_under_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = settings["contracts"][0]["layers"]
    found = {file.parent.name for file in ROOT.glob("[a-z]*/__init__.py")} - {"tests", "benchmarks"}
    assert found == set(PACKAGES)
    assert set(settings["root_packages"]) == found
    assert {name.strip() for layer in layers for name in layer.split("|")} == found


def test_the_allowed_imports_pass(tmp_path: Path) -> None:
    make_house(tmp_path, "extract", "pypdfium2")
    result = lint(tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("importer", "imported"), BREACHES + OUTSIDE)
def test_a_breach_is_noticed(importer: str, imported: str, tmp_path: Path) -> None:
    make_house(tmp_path, importer, imported)
    result = lint(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout
