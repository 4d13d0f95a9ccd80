"""What the tests of rules share: a folder to write rule files into, and the papers that are not in the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.fixture
def rule_file(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a rule file and gives its path."""

    def write(text: str | bytes, name: str = "made-up/plan") -> Path:
        path = tmp_path / "rules" / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return path

    return write


@pytest.fixture
def shared() -> Path:
    """The folder of papers that are not in the repository; tests that need it skip without it."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here")
    return SHARED
