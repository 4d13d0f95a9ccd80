"""The corpus as a rule file's guard: which cases keep which rule, and since when. It is there in a checkout only."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import regex

from rules.checks import Guard, plain_text
from rules.load import BUILT_IN

CORPUS = BUILT_IN.parent / "corpus"
CASE, KEPT = "case.yml", "expected"
NO_CORPUS = (
    "The corpus is not here: it is no part of an installed program. In a checkout, or with --corpus DIR, this also "
    "says which cases guard each rule."
)
# What a case says about itself is not printed in its paper.
_ABOUT = regex.compile(
    r"^(?:authority|made_up|source|purpose|contradictions|figures|checks)\b.*\n(?:[ \t-].*\n|\n)*", regex.M
)


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a corpus, and by case the day on which what it must yield was last accepted."""

    guards: tuple[Guard, ...]
    accepted: dict[str, str]

    def of(self, rule: str) -> tuple[str, ...]:
        """The names of the cases that guard a rule."""
        return tuple(guard.name for guard in self.guards if rule in guard.rules)

    def last(self, rule: str) -> str:
        """The last day on which a case of a rule was accepted; empty where there is none."""
        return max((self.accepted[name] for name in self.of(rule)), default="")


def cases_of(folder: Path | None) -> Cases | None:
    """The cases of a corpus, or of that of the checkout; None where there is none."""
    corpus = folder or CORPUS
    folders = sorted({file.parent.parent for file in corpus.glob(f"*/*/{KEPT}/figures.csv")})
    if not folders and folder is None:
        return None
    days = _days(corpus)
    guards = tuple(Guard(_name(case), frozenset(_rules(case)), _text(case)) for case in folders)
    return Cases(guards, {_name(case): days.get(_name(case)) or _written(case) for case in folders})


def _name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def _rules(case: Path) -> Iterator[str]:
    with (case / KEPT / "figures.csv").open(encoding="utf-8", newline="") as kept:
        yield from (row["rule"] for row in csv.DictReader(kept))


def _text(case: Path) -> str:
    file = case / CASE
    return plain_text(_ABOUT.sub("", file.read_text(encoding="utf-8"))) if file.is_file() else ""


def _days(corpus: Path) -> dict[str, str]:
    """The day of the last commit that touched what each case must yield; empty outside a repository."""
    command = ["git", "log", "--format=%cs", "--name-only", "--relative", "--", f"*/{KEPT}/*"]
    try:
        said = subprocess.run(command, cwd=corpus, capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    days: dict[str, str] = {}
    day = ""
    for line in filter(None, said.splitlines()):
        if regex.fullmatch(r"\d{4}-\d\d-\d\d", line):
            day = line
        else:
            days.setdefault("/".join(line.split("/")[:2]), day)
    return days


def _written(case: Path) -> str:
    return datetime.fromtimestamp((case / KEPT / "figures.csv").stat().st_mtime, UTC).date().isoformat()
