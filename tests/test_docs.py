"""What the documents show is what the program does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
MARKER = "<!-- summary: tests/test_docs.py holds this true -->\n```text\n"


def test_the_readme_shows_what_a_run_says(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.split(MARKER)[1].split("```")[0]
    paper = ROOT / "corpus/herefordshire/aes-outturn-2007-08/herefordshire-aes-outturn-2007-08.pdf"
    command = [sys.executable, "-m", "pipeline", "run", str(paper), "-o", str(tmp_path / "out")]
    said = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    lines = [line.rstrip() for line in said.stderr.splitlines() if not line.startswith("Results")]
    assert shown.splitlines() == lines
