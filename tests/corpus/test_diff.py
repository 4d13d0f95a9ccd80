"""`python -m corpus.diff`: what one program makes right or wrong against another, over the same cases."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from corpus import diff
from corpus.diff import DiffError, checked_out, compare_programs
from corpus.folders import CASE_FILE, CORPUS, KEPT_FOLDER
from corpus.yields import FIGURES

NAME = "cheshire/shared-services-2012-13"
PROGRAM = ("extract", "normalise", "savings", "rules", "pipeline")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CORPUS / NAME, tmp_path / NAME))


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Another program: it calls revised savings forecasts."""
    for name in PROGRAM:
        shutil.copytree(diff.ROOT / name, tmp_path / "base" / name)
    edit(tmp_path / "base/rules/cheshire/shared-services.yml", "measure: revised", "measure: forecast")
    return tmp_path / "base"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_figures_become_right_or_wrong(case: Path, base: Path) -> None:
    kept = case / KEPT_FOLDER / FIGURES
    text = kept.read_text(encoding="utf-8")
    revised = [line for line in text.splitlines() if ",revised," in line]
    # What must come: one figure as the other program has it, one that neither has.
    forecast = revised[0].replace(",revised,", ",forecast,")
    kept.write_text(text.replace(revised[0], forecast).replace("£715k", "£717k"), encoding="utf-8")
    found = compare_programs(base, [case])
    sorts = [move.sort for move in found.moves]
    # A figure under another measure is one that is missing and one that is extra.
    assert sorts.count("now right") == 2 * (len(revised) - 1)
    assert sorts.count("now wrong") == 2
    assert found.wrong == 1
    said = list(found.lines())
    assert said[0].startswith(f"now wrong  {NAME}: ")
    assert said[-1].startswith(f"2 now wrong, 0 changed, {2 * len(revised) - 2} now right, 1 wrong as before; ")


def test_the_same_program_changes_nothing_and_unaccepted_cases_are_left_out(case: Path) -> None:
    fresh = case.parent / "fresh"
    fresh.mkdir()
    shutil.copy(case / CASE_FILE, fresh)
    found = compare_programs(diff.ROOT, [case, fresh])
    assert not found.moves
    assert found.unkept == ("cheshire/fresh",)
    assert "left out   cheshire/fresh: not accepted yet" in "\n".join(found.lines())


def test_a_program_that_does_not_run_is_said(case: Path, tmp_path: Path) -> None:
    (tmp_path / "empty/pipeline").mkdir(parents=True)
    (tmp_path / "empty/pipeline/__main__.py").write_text("raise SystemExit('broken')")
    with pytest.raises(DiffError, match="did not run"):
        compare_programs(tmp_path / "empty", [case])


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", "-C", folder, *who, *arguments], env=environment, check=True, capture_output=True)


def test_a_revision_is_checked_out_and_taken_away(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    for text in ("one", "two"):
        (tmp_path / "file").write_text(text)
        git(tmp_path, "add", "file")
        git(tmp_path, "commit", "--quiet", "-m", text)
    with checked_out("HEAD~1", tmp_path) as tree:
        assert (tree / "file").read_text() == "one"
    assert not tree.exists()
    assert (tmp_path / "file").read_text() == "two"
    with pytest.raises(DiffError, match="'nowhere' cannot be checked out"), checked_out("nowhere", tmp_path):
        pass


def test_an_unknown_case_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        diff.main(["HEAD", "nowhere/at-all"])
    assert caught.value.code == 2
    assert "there is no case 'nowhere/at-all'" in capsys.readouterr().err
