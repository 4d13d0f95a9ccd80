"""What can be wrong with a rule file that loads, found without reading a paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from normalise.labels import plain
from rules.load import RuleFile, line_of, tree_of
from rules.match import unmet_phrases
from rules.model import RowRule
from rules.patterns import runs_away

# Keys whose values are patterns, and keys whose values are patterns by column.
PATTERN_KEYS, PATTERN_MAPS = frozenset({"find", "pattern", "below", "text"}), frozenset({"when", "where"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a rule file: the line (0 for none), and what to do. A `doubt` may well be right."""

    file: Path
    line: int
    problem: str
    doubt: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {'worth a look: ' if self.doubt else ''}{self.problem}"


@dataclass(frozen=True, slots=True)
class Guard:
    """A case of the corpus: its name, the rules that its kept figures name, and the text of its paper."""

    name: str
    rules: frozenset[str]
    text: str


def faults_of(rule: RuleFile, guards: Sequence[Guard] | None) -> Iterator[Fault]:
    """What is wrong with one file. Without a corpus (None) nothing is said of cases."""
    data = tree_of(rule.path)
    if rule.path.stem != rule.rule.layout:
        line = line_of(data, ["layout"])
        yield Fault(rule.path, line, f"the layout is {rule.rule.layout!r}, and the file is named {rule.path.stem!r}")
    for where, pattern in _patterns(data, ()):
        text = runs_away(pattern)
        if text:
            problem = (
                f"the pattern {pattern!r} runs away, as on {text[:20]!r}: a part that repeats leaves a choice inside"
            )
            yield Fault(rule.path, line_of(data, where), problem)
    for name, table in rule.rule.tables.items():
        for number in _never_reached(table.rows):
            line = line_of(data, ["tables", name, "rows", number])
            yield Fault(
                rule.path, line, f"table {name!r}: row {number + 1} is never reached; one before it takes all rows"
            )
    if not rule.rule.tables and not rule.rule.statements:
        yield Fault(rule.path, 0, "neither tables nor statements: it cannot give a figure")
    if guards is not None and not any(rule.name in guard.rules for guard in guards):
        yield Fault(rule.path, 0, "no case of the corpus guards it. Add one: make corpus-new, then make corpus-accept")
    yield from _unsure(rule, data, ())


def claims(rules: Iterable[RuleFile], guards: Iterable[Guard]) -> Iterator[Fault]:
    """Rules of authorities that claim the same case by their words, each as well as the other."""
    own = [rule for rule in rules if not rule.is_standard]
    for guard in guards:
        fitting = [rule for rule in own if not unmet_phrases(rule.rule.match, guard.text)]
        for one, other in combinations(fitting, 2):
            if _weight(one) == _weight(other) and guard.rules & {one.name, other.name}:
                problem = (
                    f"{one.name} and {other.name} both claim the case {guard.name} by their words. Say under `match` "
                    "what tells them apart"
                )
                yield Fault(one.path, 0, problem)


def _weight(rule: RuleFile) -> int:
    phrases = rule.rule.match
    return len(phrases.all) + bool(phrases.any) + bool(phrases.none)


def _patterns(node: Any, where: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The patterns of a file, each with its place."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        inner = (*where, key)
        if isinstance(value, str):
            if key in PATTERN_KEYS or (where and where[-1] in PATTERN_MAPS):
                yield inner, str(value)
        elif key == "find" and isinstance(value, list):
            yield from (((*inner, n), str(pattern)) for n, pattern in enumerate(value))
        else:
            yield from _patterns(value, inner)


def _never_reached(rows: Sequence[RowRule]) -> Iterator[int]:
    """The sorts of row that stand after one which asks for nothing."""
    for number, row in enumerate(rows):
        if not (row.when or row.needs or row.figures or row.below):
            yield from range(number + 1, len(rows))
            return


def _unsure(rule: RuleFile, node: Any, where: tuple[str | int, ...]) -> Iterator[Fault]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    root = node
    for key, value in items:
        if key == "unsure" and value:
            line = line_of(root, [key])
            yield Fault(rule.path, line, f"unsure: {value}; its figures are ambiguous while it says so", doubt=True)
        else:
            yield from _unsure(rule, value, (*where, key))


def plain_text(text: str) -> str:
    """The text of a case, for comparison with phrases."""
    return plain(text)
