"""PDFs that a test draws itself, so that what is on the page and what is read from it stand side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

Draw = Callable[[Canvas], None]
Drawer = Callable[..., Path]

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.fixture
def drawn(tmp_path: Path) -> Drawer:
    """A function that draws each given page onto a PDF of 600 × 400 points and gives its path."""

    def draw(*pages: Draw, name: str = "drawn.pdf", **settings: Any) -> Path:
        canvas = Canvas(str(tmp_path / name), pagesize=(600, 400), **settings)
        for page in pages:
            canvas.setFont("Helvetica", 10)
            page(canvas)
            canvas.showPage()
        canvas.save()
        return tmp_path / name

    return draw


@pytest.fixture
def shared() -> Path:
    """The folder of papers that are not in the repository; tests that need it skip without it."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here")
    return SHARED
