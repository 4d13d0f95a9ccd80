"""Which sums a paper promises: those that could be are tried on it, and kept where the paper proves them.

A sum that is right holds wherever it applies, but for misprints; one that only looks right fails for a reason, on all
rows of a sort. See docs/drafting.md for the criterion.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import combinations
from math import log2
from typing import Any

import regex

from normalise.labels import plain
from rules.identities import AES_CODE, build_identities
from rules.model import IdentityRule, Rule
from savings.arithmetic import Choice, members
from savings.reconcile import reconcile
from savings.schema import Figure, Identity, Line, Problem, Verdict

# Chance: an amount that could be one of 2 ** n is met by chance once in 2 ** n. The words of a paper promise some sums
# ("total"); for those a little proof is enough. Others are found by trying, and have to outweigh that.
PROMISED, FOUND = 5.0, 20.0
# More failures than this among the rows of one sort are a reason, not misprints.
MOST_FAILING = 0.25
# A row that is called a total promises its sum; what a few of its columns come to otherwise is a finding.
MOST_PROMISED = 0.35
# So many sums have to hold before one that fails may be a misprint.
LEAST = 3
# More parts than these are not looked for where no word names them.
MOST_PARTS = 4
SHARED_FIELDS = ("directorate", "service", "category", "partner", "detail")


@dataclass(frozen=True)
class Candidate:
    """A sum that might be promised, as a rule file would say it, and how much proof it needs."""

    keys: Mapping[str, Any]
    needs: float = FOUND


@dataclass
class Evidence:
    """What a paper says of a candidate: on which sums it holds in earnest, and on which it fails."""

    candidate: Candidate
    identities: tuple[Identity, ...]
    holding: list[Identity] = field(default_factory=list)
    failing: list[Identity] = field(default_factory=list)
    bits: float = 0.0
    accepted: bool = False
    why: str = ""

    @property
    def is_near(self) -> bool:
        """Whether it was not accepted though it holds as often as not: worth a person's look."""
        return not self.accepted and len(self.holding) > 1 and 0 < len(self.failing) <= len(self.holding)


def find_sums(rule: Rule, problem: Problem) -> tuple[Evidence, ...]:
    """Try all candidates on a paper; those accepted come first in each one's order."""
    found = [_weighed(rule, problem, c) for c in _candidates(rule, problem)]
    fixed = _fixed(found)
    for evidence in found:
        _judge(evidence, problem, fixed)
    for evidence in found:
        if evidence.is_near and evidence.candidate.keys.get("by") == [AES_CODE]:
            _judge_by_codes(evidence, found, problem, fixed)
    _drop_implied(found)
    return tuple(found)


def _judge_by_codes(evidence: Evidence, found: Sequence[Evidence], problem: Problem, fixed: Counter[int]) -> None:
    """Judge sums over AES codes once more with the codes that they themselves decide, as marks are damaged."""
    identities = [i for e in found if e.accepted or e is evidence for i in e.identities]
    numbered = tuple(replace(i, id=k) for k, i in enumerate(identities))
    outcome = reconcile(Problem(problem.lines, problem.figures, numbered))
    codes = {d.line: d.reading for d in outcome.codes}
    _weigh(evidence, Choice(Problem(problem.lines, problem.figures, evidence.identities), recoded=codes))
    _judge(evidence, problem, fixed)


# --- candidates -----------------------------------------------------------------------------------------------------


def _candidates(rule: Rule, problem: Problem) -> Iterator[Candidate]:
    tables = [name for name, table in rule.tables.items() if table.publish]
    for name in tables:
        lines = [line for line in problem.lines if line.table == name]
        figures = [f for f in problem.figures if problem.lines[f.line].table == name]
        several = len(tables) > 1
        yield from _in_rows(name if several else None, figures)
        yield from _over_lines(name, lines)
        yield from _by_values(name, lines)
    for one in tables:
        for other in tables:
            if one != other:
                yield from _between(one, other, problem)


def _in_rows(table: str | None, figures: Sequence[Figure]) -> Iterator[Candidate]:
    at: dict[str, Any] = {} if table is None else {"table": table}
    said = {key: {str(getattr(f, key)) for f in figures} for key in ("kind", "recurrence", "measure", "part")}
    yield from _of_kinds(at, said["kind"])
    if {"", "ongoing", "one_off"} <= said["recurrence"]:
        split = [{"recurrence": "ongoing"}, {"recurrence": "one_off"}]
        yield Candidate(_row("ongoing + one-off = total", at, {"recurrence": ""}, split), PROMISED)
    if any("-" in f.year for f in figures):
        yield Candidate(
            _row("years = total over the years", at, {"kind": "total"}, [{"kind": "total"}]) | {"years": True}, PROMISED
        )
    if "" in said["part"] and len(said["part"]) > 2:
        parts = [{"part": part} for part in sorted(said["part"] - {""})]
        yield Candidate(_row("parts = whole", at, {"part": ""}, parts))
    yield from _of_measures(at, said["measure"])
    yield from _of_columns(at, figures)


def _row(name: str, at: Mapping[str, Any], total: Mapping[str, Any], of: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"name": name, "each": "row", "total": {**at, **total}, "of": [{**at, **x} for x in of]}


def _of_kinds(at: Mapping[str, Any], kinds: set[str]) -> Iterator[Candidate]:
    parts = [k for k in ("cashable", "non_cashable", "capital", "other_spend") if k in kinds]
    if "total" not in kinds:
        return
    for size in range(2, len(parts) + 1):
        for chosen in combinations(parts, size):
            name = f"{' + '.join(chosen).replace('_', '-')} = total"
            keys = _row(name, at, {"kind": "total"}, [{"kind": k} for k in chosen])
            yield Candidate(keys, PROMISED if chosen == ("cashable", "non_cashable") else FOUND)


def _of_measures(at: Mapping[str, Any], measures: set[str]) -> Iterator[Candidate]:
    plans = [m for m in ("revised", "target") if m in measures]
    outcomes = [m for m in ("forecast", "achieved") if m in measures]
    for outcome in outcomes if "variance" in measures else []:
        for plan in plans:
            of: list[dict[str, Any]] = [{"measure": outcome}, {"measure": plan, "sign": -1}]
            yield Candidate(_row(f"{outcome} - {plan} = variance", at, {"measure": "variance"}, of), PROMISED)
    if len(outcomes) > 1 and "variance" in measures:
        for plan in plans:
            both: list[dict[str, Any]] = [{"measure": m} for m in outcomes]
            of = [*both, {"measure": plan, "sign": -1}]
            name = f"{' + '.join(outcomes)} - {plan} = variance"
            yield Candidate(_row(name, at, {"measure": "variance"}, of), PROMISED)
    rest = [m for m in ("achieved", "forecast", "slipped", "undeliverable") if m in measures]
    for plan in plans:
        for size in range(2, len(rest) + 1):
            for chosen in combinations(rest, size):
                keys = _row(f"{' + '.join(chosen)} = {plan}", at, {"measure": plan}, [{"measure": m} for m in chosen])
                yield Candidate(keys)


def _of_columns(at: Mapping[str, Any], figures: Sequence[Figure]) -> Iterator[Candidate]:
    """Any columns of one measure and year that may come to another that is called a total."""
    columns = dict.fromkeys((f.measure, f.unit, f.kind, f.recurrence, f.part) for f in figures)
    for measure, unit, kind, recurrence, part in columns:
        if kind != "total" or recurrence or part or unit != "GBP":
            continue
        others = [c for c in columns if c[:2] == (measure, unit) and c[2:] != (kind, recurrence, part)]
        if len({c[2:] for c in others if c[3] or c[4]}) == 0:
            continue
        for size in range(2, min(len(others), MOST_PARTS) + 1):
            for chosen in combinations(others, size):
                of = [{"measure": measure, "kind": c[2], "recurrence": c[3], "part": c[4]} for c in chosen]
                name = " + ".join(c[4] or c[3].replace("_", "-") or c[2] for c in chosen) + " = total"
                total = {"measure": measure, "kind": kind, "recurrence": "", "part": ""}
                yield Candidate(_row(name, at, total, of))


def _over_lines(table: str, lines: Sequence[Line]) -> Iterator[Candidate]:
    levels = {line.level.value for line in lines}
    for part in ("item", "block"):
        if {part, "subtotal"} <= levels:
            yield Candidate(_lines("lines = subtotal", table, "subtotal", part) | {"run": True}, PROMISED)
        if {part, "total"} <= levels:
            name = "blocks = total" if part == "block" else "lines = total"
            several = sum(line.level == "total" for line in lines) > 1
            yield Candidate(_lines(name, table, "total", part) | ({"run": True} if several else {}), PROMISED)
    if {"item", "block"} <= levels:
        yield Candidate(_lines("lines = block", table, "block", "item") | {"run": True}, PROMISED)
    if {"subtotal", "total"} <= levels:
        yield Candidate(_lines("subtotals = total", table, "total", "subtotal"), PROMISED)


def _lines(name: str, table: str, total: str, part: str) -> dict[str, Any]:
    return {
        "name": f"{table}: {name}",
        "total": {"table": table, "level": total},
        "of": [{"table": table, "level": part}],
    }


def _by_values(table: str, lines: Sequence[Line]) -> Iterator[Candidate]:
    """Totals named after a value of a column, and the total of such totals."""
    totals = [line for line in lines if line.level == "total"]
    items = [line for line in lines if line.level == "item"]
    if len(totals) < 2:
        return
    named: list[str] = []
    for total in totals:
        label = total.fields.get("detail", "")
        where = next((w for w in _places(items, label)), None)
        if where is None:
            continue
        named.append(label)
        keys = _lines(f"lines of {label} = {label}", table, "total", "item")
        keys["total"]["where"] = {"detail": _literal(label)}
        keys["of"][0]["where"] = {where: _literal(label)}
        yield Candidate(keys, PROMISED)
    for total in totals:
        label = total.fields.get("detail", "")
        if label in named:
            continue
        for level in ("item", "subtotal"):
            keys = _lines(f"{level}s = {label}", table, "total", level)
            keys["total"]["where"] = {"detail": _literal(label)}
            yield Candidate(keys, PROMISED)
        if len(named) > 1:
            keys = _lines(f"{' + '.join(named)} = {label}", table, "total", "total")
            keys["total"]["where"] = {"detail": _literal(label)}
            keys["of"][0]["where"] = {"detail": "|".join(map(_literal, named))}
            yield Candidate(keys, PROMISED)


def _places(items: Sequence[Line], label: str) -> Iterator[str]:
    """The columns of the lines in which a total's label is a value."""
    for name in {k for line in items for k in (*line.keys, *line.fields)} - {"detail", "comment"}:
        values = {plain(line.keys.get(name) or line.fields.get(name, "")) for line in items}
        if plain(label) in values and len(values - {""}) > 1:
            yield name


def _literal(text: str) -> str:
    return regex.escape(text, literal_spaces=True)


def _between(one: str, other: str, problem: Problem) -> Iterator[Candidate]:
    """Lines of one table that a line of another adds up: by AES block, by a text that both have, or in all."""
    mine = [line for line in problem.lines if line.table == one]
    its = [line for line in problem.lines if line.table == other]
    for level in ("block", "item", "subtotal"):
        sums = [line for line in its if line.level == level]
        if not sums or len(sums) >= sum(line.level == "item" for line in mine):
            continue
        if level == "block" and any(line.codes for line in mine if line.level == "item"):
            yield Candidate(_across(one, other, "item", level, ["aes_code"]))
        for name in SHARED_FIELDS:
            if _share(mine, sums, name):
                yield Candidate(_across(one, other, "item", level, [name]))
    if one < other and any(x.level == "total" for x in mine) and any(x.level == "total" for x in its):
        yield Candidate(_across(one, other, "total", "total", []))


def _across(one: str, other: str, part: str, level: str, by: Sequence[str]) -> dict[str, Any]:
    keys: dict[str, Any] = {
        "name": f"{one} = {other}" + (f" by {by[0].replace('_', ' ')}" if by else ", in all"),
        "total": {"table": other, "level": level},
        "of": [{"table": one, "level": part}],
    }
    return keys | ({"by": list(by)} if by else {})


def _share(lines: Sequence[Line], sums: Sequence[Line], name: str) -> bool:
    mine = {plain(line.fields.get(name, "")) for line in lines if line.level == "item"} - {""}
    its = {plain(line.fields.get(name, "")) for line in sums} - {""}
    return len(mine & its) >= 2 and 2 * len(mine & its) >= len(its)


# --- evidence -------------------------------------------------------------------------------------------------------


def _weighed(rule: Rule, problem: Problem, candidate: Candidate) -> Evidence:
    one = rule.model_copy(update={"identities": (IdentityRule.model_validate(candidate.keys),)})
    identities = build_identities(one, problem.lines, problem.figures)
    evidence = Evidence(candidate, identities)
    _weigh(evidence, Choice(Problem(problem.lines, problem.figures, identities)))
    return evidence


def _weigh(evidence: Evidence, choice: Choice) -> None:
    """Count on which sums a candidate holds and fails under a choice of readings."""
    verdicts = [(identity, choice.verdict(identity)) for identity in evidence.identities]
    evidence.failing = [i for i, verdict in verdicts if verdict is Verdict.BROKEN]
    holding = [i for i, verdict in verdicts if verdict is Verdict.HOLDS]
    alone: dict[int, list[Identity]] = defaultdict(list)
    evidence.holding = []
    for identity in holding:
        filled = [k for k, t in enumerate(identity.parts) if choice.counts(t) and choice.value(t.figure)]
        if len(filled) > 1 or (filled and len(identity.parts) > 4):
            evidence.holding.append(identity)
        elif filled:
            alone[filled[0]].append(identity)
    # Lines with one part only say something once it is not always the same part.
    if sum(len(lines) > 1 for lines in alone.values()) > 1:
        evidence.holding += [i for lines in alone.values() for i in lines]
    evidence.bits = sum(_bits(choice, identity) for identity in evidence.holding)


def _bits(choice: Choice, identity: Identity) -> float:
    total = choice.reading(identity.total)
    parts = (abs(choice.value(t.figure)) for t in identity.parts if choice.counts(t))
    size = max([abs(total.value or Decimal(0)), *parts])
    return log2(1 + float(size / (total.step or 1)))


def _fixed(found: Iterable[Evidence]) -> Counter[int]:
    """How many candidates that hold for the most part a figure stands in a holding sum of."""
    fixed: Counter[int] = Counter()
    for evidence in found:
        if evidence.bits >= evidence.candidate.needs and len(evidence.failing) <= MOST_FAILING * len(evidence.holding):
            fixed.update({f for identity in evidence.holding for f in members(identity)})
    return fixed


def _judge(evidence: Evidence, problem: Problem, fixed: Counter[int]) -> None:
    """Accept a candidate that the paper proves, whose failures can be misprints, and are not all of one sort."""
    holding, failing = evidence.holding, evidence.failing
    if evidence.bits < evidence.candidate.needs:
        evidence.why = "too little of the paper speaks for it"
    elif not failing:
        evidence.accepted = True
    elif len(holding) < LEAST and len(failing) >= len(holding):
        evidence.why = f"it holds {len(holding)} times and fails {len(failing)} times"
    else:
        evidence.why = _reason(evidence, problem, fixed)
        evidence.accepted = not evidence.why


def _reason(evidence: Evidence, problem: Problem, fixed: Counter[int]) -> str:
    """What its failures have in common, where they have something; "" where they can be misprints."""
    evidence = replace(evidence, failing=_independent(evidence, problem))
    for sort, hold, fail in _by_sort(evidence, problem):
        single = fail == 1 and len(evidence.failing) == 1 and len(evidence.holding) >= LEAST
        if single and _mendable(evidence.failing[0], fixed):
            continue
        most = MOST_FAILING if evidence.candidate.keys.get("each") == "row" else MOST_PROMISED
        if fail > most * (hold + fail):
            return f"it fails on {fail} of {hold + fail} {sort} lines"
    if len(evidence.failing) > 1 and _one_sided(evidence, problem):
        return "it fails wherever the sum has the other sign"
    return ""


def _by_sort(evidence: Evidence, problem: Problem) -> Iterator[tuple[str, int, int]]:
    """For each level of the lines that a sum is on: how often it holds there, and how often it fails."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for k, group in enumerate((evidence.holding, evidence.failing)):
        for identity in group:
            counts[problem.lines[problem.figures[identity.total].line].level][k] += 1
    return ((level, hold, fail) for level, (hold, fail) in counts.items())


def _independent(evidence: Evidence, problem: Problem) -> list[Identity]:
    """The failures that do not follow from others: a total's row is off by as much as the rows that it adds up."""
    choice = Choice(Problem(problem.lines, problem.figures, evidence.identities))

    def off(identity: Identity) -> Decimal:
        return choice.found(identity) - choice.value(identity.total)

    def level(identity: Identity) -> str:
        return problem.lines[problem.figures[identity.total].line].level

    lines = [off(i) for i in evidence.failing if level(i) in ("item", "block")]
    follow = {sum(lines, Decimal(0)), *lines} if lines else set()
    return [i for i in evidence.failing if level(i) in ("item", "block") or off(i) not in follow]


def _mendable(identity: Identity, fixed: Counter[int]) -> bool:
    """Whether some figure of a failing sum stands in no other sum that holds, so that it alone may be misprinted."""
    return any(not fixed[f] for f in members(identity))


def _one_sided(evidence: Evidence, problem: Problem) -> bool:
    def sign(identity: Identity) -> bool:
        return (problem.figures[identity.total].readings[0].value or 0) < 0

    failing, holding = {sign(i) for i in evidence.failing}, {sign(i) for i in evidence.holding}
    return len(failing) == 1 and len(holding) == 1 and failing != holding


def unproved(found: Sequence[Evidence], problem: Problem) -> Iterator[tuple[str, str]]:
    """Tables and levels whose sums were tried over the lines, and fail without one that is proved."""
    for table in dict.fromkeys(line.table for line in problem.lines if line.published):
        for level in ("subtotal", "total"):
            tried = [
                e
                for e in found
                if e.candidate.keys["total"].get("table") == table and e.candidate.keys["total"].get("level") == level
            ]
            if any(e.failing for e in tried) and not any(e.accepted for e in tried):
                yield table, level


def _drop_implied(found: Sequence[Evidence]) -> None:
    """Of two ways to split the same totals the one that says more is kept: cashable + non-cashable, not + nothing."""
    accepted = [e for e in found if e.accepted and e.candidate.keys.get("each") == "row"]
    for one in accepted:
        for other in accepted:
            if one is not other and one.accepted and _same_total(one, other) and _says_less(one, other):
                other.accepted = False
                other.why = f"{one.candidate.keys['name']!r} says it with less"


def _same_total(one: Evidence, other: Evidence) -> bool:
    return bool(one.candidate.keys["total"] == other.candidate.keys["total"])


def _says_less(one: Evidence, other: Evidence) -> bool:
    """Whether another sum only adds columns to one that holds already, and so says that they are empty."""
    mine, its = one.candidate.keys["of"], other.candidate.keys["of"]
    return len(mine) < len(its) and all(x in its for x in mine)
