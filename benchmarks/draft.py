"""How right drafted rules are: every case of the corpus drafted with its own authority's rules taken away.

    python -m benchmarks.draft [CASE...] [--forms] [--show N]

Each figure that a case must yield is compared with what the drafted rule reads: its sense (year, measure, kind,
recurrence, unit, value, on its page) and what is said of its line. With --forms rules of other authorities stay, as do
the standard forms, and a paper that one of them fits is read by it.
"""

from __future__ import annotations

import argparse
import csv
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from corpus.folders import CORPUS, KEPT_FOLDER, all_cases, case_name, paper_of
from extract.read import read_paper
from pipeline.read import read_stages
from pipeline.records import FigureRow
from pipeline.rows import Rows
from rules.apply import map_paper
from rules.draft.draft import Draft, NothingToDraft, draft_rule
from rules.draft.write import rule_text
from rules.load import RuleFile, load_rule, load_rules
from rules.years import NoYear
from savings.schema import DOUBTFUL

# What a figure is: with a wrong one of these it is wrong.
SENSE = ("year", "measure", "kind", "recurrence", "unit", "value")
# What is said about its line.
LABEL = ("level", "aes_code", "detail", "partner", "part")

Key = tuple[str, ...]


@dataclass
class Score:
    """What became of the figures of one case."""

    name: str
    how: str = "drafted"
    wanted: int = 0
    right: int = 0
    labels: int = 0
    wrong_marked: int = 0
    wrong_silent: int = 0
    missing: int = 0
    marked: int = 0
    sums: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Add another case's counts."""
        for name in ("wanted", "right", "labels", "wrong_marked", "wrong_silent", "missing", "marked", "sums"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def words(text: str) -> str:
    """A label as it is compared."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def sense(row: Mapping[str, str]) -> Key:
    """What a figure says, without its label."""
    texts = [row[k] for k in SENSE[:-1]]
    return (row["page"], *texts, str(Decimal(row["value"]).normalize() + 0))


def label(row: Mapping[str, str]) -> Key:
    """What is said about a figure's line."""
    detail = words(row["detail"]) if row["level"] == "item" else ""
    return (row["level"], row["aes_code"], detail, words(row["partner"]), row["part"])


def compare(score: Score, wanted: Sequence[Mapping[str, str]], found: Sequence[Mapping[str, str]], show: int) -> None:
    """Count each wanted figure as right, right but for its line's labels, or missing; and each other as wrong."""
    score.wanted = len(wanted)
    whole_wanted, whole_found = Counter(map(both, wanted)), Counter(map(both, found))
    score.right = sum((whole_wanted & whole_found).values())
    rest_wanted, rest_found = whole_wanted - whole_found, whole_found - whole_wanted
    senses = _senses(rest_wanted) & _senses(rest_found)
    score.labels = senses.total()
    spare = Counter(senses)
    for row in found:
        if rest_found[both(row)] > 0:
            rest_found[both(row)] -= 1
            _count_wrong(score, row, spare, show)
    score.missing = score.wanted - score.right - score.labels
    for key, count in rest_wanted.items():
        if senses[key[0]] < count and len(score.shown) < 2 * show:
            score.shown.append(f"missing {' '.join(key[0])} | {' '.join(key[1])[:60]}")
    score.marked = sum(row["proof"] in DOUBTFUL for row in found)


def both(row: Mapping[str, str]) -> tuple[Key, Key]:
    """All that is compared of a figure."""
    return sense(row), label(row)


def _senses(rows: Counter[tuple[Key, Key]]) -> Counter[Key]:
    counted: Counter[Key] = Counter()
    for (said, _), count in rows.items():
        counted[said] += count
    return counted


def _count_wrong(score: Score, row: Mapping[str, str], spare: Counter[Key], show: int) -> None:
    if spare[sense(row)] > 0:
        spare[sense(row)] -= 1
        if len(score.shown) < show:
            score.shown.append(f"label   {' '.join(sense(row))} | {' '.join(label(row))[:60]}")
        return
    silent = row["proof"] not in DOUBTFUL
    score.wrong_silent += silent
    score.wrong_marked += not silent
    if len(score.shown) < show or silent:
        score.shown.append(f"{'SILENT ' if silent else 'marked '} {' '.join(sense(row))} | {' '.join(label(row))[:60]}")


def wanted_of(folder: Path) -> list[dict[str, str]]:
    """The figures that a case must yield."""
    with (folder / KEPT_FOLDER / "figures.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def found_by(paper: Path, rules: Sequence[RuleFile], score: Score) -> list[dict[str, str]]:
    """The figures that a paper yields by some rules."""
    stages = read_stages(paper, rules)
    if stages.rule is None:
        score.how = "the drafted rule does not fit"
        return []
    score.sums = len(stages.mapped.problem.identities)
    rows = Rows(stages.paper, stages.rule, stages.mapped, stages.outcome)
    return [_texts(row) for row in rows.figures()]


def _texts(row: FigureRow) -> dict[str, str]:
    names = (*SENSE, *LABEL, "proof", "page")
    return {name: "" if getattr(row, name) is None else str(getattr(row, name)) for name in names}


def measure(folder: Path, forms: bool, show: int) -> Score:
    """Draft the paper of one case and compare what the draft reads with what the case must yield."""
    score = Score(case_name(folder))
    paper = paper_of(folder)
    found: list[dict[str, str]] = []
    try:
        others = [r for r in load_rules() if not r.name.startswith(folder.parent.name + "/")] if forms else []
        if map_paper(others, read_paper(paper))[1] is not None:
            score.how = "by another rule"
            found = found_by(paper, others, score)
        else:
            found = by_draft(draft_rule(read_paper(paper)), paper, score)
    except (NothingToDraft, NoYear) as error:
        score.how = str(error)[:60]
    compare(score, wanted_of(folder), found, show)
    return score


def by_draft(draft: Draft, paper: Path, score: Score) -> list[dict[str, str]]:
    """The figures that a drafted rule reads once it is written down and loaded again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drafted" / "rule.yml"
        path.parent.mkdir()
        path.write_text(rule_text(draft, paper.name), encoding="utf-8")
        return found_by(paper, [load_rule(path)], score)


def lines(scores: Iterable[Score]) -> Iterator[str]:
    """The scores as a table."""
    total = Score("all")
    yield "| case | figures | right | labels differ | missing | wrong, marked | silent | all marked | sums | how |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for score in scores:
        total.add(score)
        yield _line(score)
        yield from (f"    {text}" for text in score.shown)
    wanted = max(1, total.wanted)
    total.how = f"{total.right / wanted:.1%} right, {(total.right + total.labels) / wanted:.1%} but for labels"
    yield _line(total)


def _line(s: Score) -> str:
    counts = (s.wanted, s.right, s.labels, s.missing, s.wrong_marked, s.wrong_silent, s.marked, s.sums)
    return f"| {s.name} | {' | '.join(map(str, counts))} | {s.how} |"


def main() -> None:
    """Measure all cases, or those named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help="some of the cases, as authority/case")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--forms", action="store_true", help="let rules of other authorities and standard forms stay")
    parser.add_argument("--show", type=int, default=0, help="how many figures to list of each case")
    given = parser.parse_args()
    folders = [
        f
        for f in all_cases(given.corpus)
        if (f / KEPT_FOLDER / "figures.csv").is_file() and (not given.cases or case_name(f) in given.cases)
    ]
    for line in lines(measure(folder, given.forms, given.show) for folder in folders):
        print(line, flush=True)


if __name__ == "__main__":
    main()
