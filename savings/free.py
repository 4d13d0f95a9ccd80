"""Which cells are free to be read otherwise: those of broken sums, in parts that can be settled each on its own.

Only cells of broken identities are ever free, so a paper that adds up at face value is taken at face value. Damage is
proposed only where two broken identities *cross* in a cell, a row's sum and a column's: sums that share other cells,
such as a subtotal and a total over the same lines, say the same thing twice and cannot tell which cell is damaged.
And only what mends one of them outright and breaks none that holds: with several cells damaged, each nearly always has
a sum that it alone broke.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from savings.arithmetic import Choice, members
from savings.schema import CodeReading, Figure, How, Identity, Line, Problem, Reading, Rearrangement, Verdict
from savings.solve import Part

# Repairs that are not to be proposed: figure and value.
Refused = frozenset[tuple[int, Decimal | None]]
# Filling an empty cell costs what a misread digit costs: two identities must ask for it.
FILLING = 15
# A sum that could not be checked and holds after a change speaks for the change, though it was not broken before.
PROVES = 6
# What the bundles of rearrangements are called.
WAY = "way"
# A line under a wrong code is missing in one block and too much in another.
MISCODED = 2


def no_misreadings(figure: Figure) -> Sequence[Reading]:
    """No cell is ever misread."""
    return ()


def no_rearrangements(line: Line) -> Sequence[Rearrangement]:
    """No row is ever out of order."""
    return ()


def no_miscodings(line: Line) -> Sequence[CodeReading]:
    """No code is ever misread."""
    return ()


@dataclass(frozen=True)
class Damage:
    """What damage a paper may have: proposals for what a cell, or a line's cells together, may have been before.

    Figures that are `settled` read as they do: nothing is proposed for them.
    """

    misreadings: Callable[[Figure], Sequence[Reading]] = no_misreadings
    rearrangements: Callable[[Line], Sequence[Rearrangement]] = no_rearrangements
    miscodings: Callable[[Line], Sequence[CodeReading]] = no_miscodings
    refused: Refused = frozenset()
    settled: frozenset[int] = frozenset()


def settling(damage: Damage, figures: frozenset[int], lines: frozenset[int]) -> Damage:
    """The same proposals, but none for some figures, nor other codes for some lines."""
    if not (figures or lines):
        return damage

    def misreadings(figure: Figure) -> Sequence[Reading]:
        return () if figure.id in figures else damage.misreadings(figure)

    def rearrangements(line: Line) -> Sequence[Rearrangement]:
        return [way for way in damage.rearrangements(line) if figures.isdisjoint(way.changes)]

    def miscodings(line: Line) -> Sequence[CodeReading]:
        return () if line.id in lines else damage.miscodings(line)

    return Damage(misreadings, rearrangements, miscodings, damage.refused, figures)


def refusing(damage: Damage, refused: Refused) -> Damage:
    """The same proposals without some repairs."""
    if not refused:
        return damage

    def misreadings(figure: Figure) -> Sequence[Reading]:
        return [r for r in damage.misreadings(figure) if (figure.id, r.value) not in refused]

    def rearrangements(line: Line) -> Sequence[Rearrangement]:
        ways = damage.rearrangements(line)
        return [w for w in ways if not all((f, r.value) in refused for f, r in w.changes.items())]

    return Damage(misreadings, rearrangements, damage.miscodings, refused, damage.settled)


class Index:
    """The identities that each figure and each line with a code stands in, and the cells of each bundle."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.by_figure: dict[int, list[Identity]] = defaultdict(list)
        self.by_line: dict[int, list[Identity]] = defaultdict(list)
        self.members = {identity.id: frozenset(members(identity)) for identity in problem.identities}
        for identity in problem.identities:
            for figure in dict.fromkeys(members(identity)):
                self.by_figure[figure].append(identity)
            coded = (problem.figures[t.figure].line for t in identity.parts if t.when_code is not None)
            for line in dict.fromkeys(coded):
                self.by_line[line].append(identity)
        self.bundles: dict[str, set[int]] = defaultdict(set)
        for each in problem.figures:
            for reading in each.readings:
                if reading.bundle:
                    self.bundles[reading.bundle].add(each.id)

    def of_one_line(self, identity: Identity) -> bool:
        """Whether an identity ties figures of a single line."""
        return len({self.problem.figures[f].line for f in self.members[identity.id]}) == 1

    def cross(self, figures: Collection[int], identities: Iterable[Identity]) -> bool:
        """Whether two of some identities share no figure but these: then they bear out each other's word on them.

        Of a single figure one of the two must be the sum of its own line, or the sum that it is the total of: two sums
        over lines that happen to share only one are not independent when a line is lost.
        """
        pairs = combinations(identities, 2)
        return any(
            self.members[one.id] & self.members[other.id] <= set(figures)
            and (len(figures) > 1 or self._is_own(figures, one) or self._is_own(figures, other))
            for one, other in pairs
        )

    def _is_own(self, figures: Collection[int], identity: Identity) -> bool:
        return identity.total in figures or self.of_one_line(identity)


Free = dict[int, list[Reading]]


def independent_parts(index: Index, choice: Choice, damage: Damage) -> list[Part]:
    """The cells of broken identities that have another reading, in groups that share no identity."""
    broken = {i.id for i in index.problem.identities if not choice.satisfied(i)}
    figures = _free_figures(index, choice, broken, damage)
    codes = _free_codes(index, choice, broken, damage)
    groups = Groups()
    bundles: dict[str, int] = {}
    for figure, readings in figures.items():
        groups.join(("f", figure), (("i", i.id) for i in index.by_figure[figure]))
        tied = (bundles.setdefault(r.bundle, len(bundles)) for r in readings if r.bundle)
        groups.join(("f", figure), (("b", bundle) for bundle in tied))
    for line in codes:
        groups.join(("c", line), (("i", i.id) for i in index.by_line[line]))
    return [_part(index, cells, figures, codes) for cells in groups.sorted()]


def _free_figures(index: Index, choice: Choice, broken: set[int], damage: Damage) -> Mapping[int, Sequence[Reading]]:
    free: Free = {}
    for figure in index.problem.figures:
        touched = [i for i in index.by_figure[figure.id] if i.id in broken]
        if not touched or figure.id in damage.settled:
            continue
        slips = list(_slips(index, figure, touched, choice, damage)) if index.cross({figure.id}, touched) else []
        if slips or len(figure.readings) > 1:
            free[figure.id] = [*figure.readings, *slips]
    _rearrange(index, choice, broken, damage, free)
    for bundle in {r.bundle for figure in free for r in index.problem.figures[figure].readings if r.bundle}:
        for each in index.bundles[bundle]:
            free.setdefault(each, list(index.problem.figures[each].readings))
    return dict(sorted(free.items()))


def _slips(
    index: Index, figure: Figure, broken: Sequence[Identity], choice: Choice, damage: Damage
) -> Iterable[Reading]:
    for reading in (*damage.misreadings(figure), *_fillings(index, figure, broken, choice)):
        if (figure.id, reading.value) not in damage.refused and _mends(index, choice, {figure.id: reading}):
            yield reading


def _mends(index: Index, choice: Choice, changes: Mapping[int, Reading]) -> bool:
    """Whether a change mends a broken sum outright and breaks none that holds.

    Without the second half, several changes that cancel each other could rewrite a paper that contradicts itself.
    """
    mended = False
    for identity in {i.id: i for figure in changes for i in index.by_figure[figure]}.values():
        before, after = choice.satisfied(identity), choice.satisfied_with(identity, changes)
        if before and not after:
            return False
        mended |= after and not before
    return mended


def _fillings(index: Index, figure: Figure, broken: Sequence[Identity], choice: Choice) -> Iterable[Reading]:
    """What an empty cell would have to hold for the sum of its own line, whose total is printed.

    A cell that the sums of other lines alone could fill would take any amount that is missing anywhere.
    """
    if choice.reading(figure.id).value is not None:
        return
    reason = "the cell is empty, and its line and other sums lack this amount"
    for identity in broken:
        for term in choice.problem.terms.get((identity.id, figure.id), ()):
            if index.of_one_line(identity):
                total = choice.reading(identity.total)
                value = term.sign * (choice.value(identity.total) - choice.found(identity))
                yield Reading(value, How.INFERRED, FILLING, reason, total.step)


def _rearrange(index: Index, choice: Choice, broken: set[int], damage: Damage, free: Free) -> None:
    """Add rearrangements of the cells of a line, for lines whose figures stand in several broken identities."""
    for line in index.problem.lines:
        figures = index.problem.figures_of_line.get(line.id, ())
        if not any(i.id in broken for f in figures for i in index.by_figure[f]):
            continue
        for number, way in enumerate(damage.rearrangements(line)):
            touched = {i.id: i for f in way.changes for i in index.by_figure[f]}.values()
            unproved = [i for i in touched if choice.verdict(i) is not Verdict.HOLDS]
            if index.cross(way.changes.keys(), unproved) and _mends(index, choice, way.changes):
                cost = way.cost - (PROVES if _proves(index, choice, way, touched) else 0)
                _add(index, replace(way, cost=cost), f"{WAY} {line.id}.{number}", free)


def _proves(index: Index, choice: Choice, way: Rearrangement, touched: Iterable[Identity]) -> bool:
    """Whether the sum of the line, which lacked its total or its parts, holds once its cells are in place."""
    return any(
        index.of_one_line(i) and choice.verdict(i) is Verdict.NOT_CHECKABLE and choice.holds_with(i, way.changes)
        for i in touched
    )


def _add(index: Index, way: Rearrangement, bundle: str, free: Free) -> None:
    for figure, reading in way.changes.items():
        known = free.setdefault(figure, list(index.problem.figures[figure].readings))
        known.append(replace(reading, cost=way.cost, reason=way.reason, bundle=bundle))


def _free_codes(index: Index, choice: Choice, broken: set[int], damage: Damage) -> dict[int, tuple[CodeReading, ...]]:
    free: dict[int, tuple[CodeReading, ...]] = {}
    for line in index.problem.lines:
        touched = [i for i in index.by_line[line.id] if i.id in broken]
        if not touched:
            continue
        codes = (*line.codes, *_miscoded(index, choice, line, damage))
        if len(codes) > 1:
            free[line.id] = codes
    return free


def _miscoded(index: Index, choice: Choice, line: Line, damage: Damage) -> Iterable[CodeReading]:
    """Codes a slip away under which every sum by code that the line touches holds, where some do not now.

    All of them, for both blocks: moving a line from a block that does not add up to another that does not, either,
    would mend one by chance.
    """
    known = {code.code for code in line.codes}
    for code in damage.miscodings(line):
        if code.code in known:
            continue
        other = choice.with_changes({}, {line.id: code})
        asked = [i for i in index.by_line[line.id] if _turns_on(choice, other, i)]
        broken = [i for i in asked if not choice.satisfied(i)]
        if len(broken) >= MISCODED and all(other.satisfied(i) for i in asked):
            yield code


def _turns_on(choice: Choice, other: Choice, identity: Identity) -> bool:
    return choice.found(identity) != other.found(identity)


class Groups:
    """Union-find over cells ("f", figure), ("c", line) and what ties them: identities ("i", …), bundles ("b", …)."""

    def __init__(self) -> None:
        self.parent: dict[tuple[str, int], tuple[str, int]] = {}

    def find(self, node: tuple[str, int]) -> tuple[str, int]:
        """The node that stands for a node's group."""
        self.parent.setdefault(node, node)
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, node: tuple[str, int], others: Iterable[tuple[str, int]]) -> None:
        """Put a node and others into one group."""
        root = self.find(node)
        for other in others:
            self.parent[self.find(other)] = root

    def sorted(self) -> list[list[tuple[str, int]]]:
        """The cells of each group, groups and cells in a stable order."""
        groups: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
        for node in sorted(n for n in self.parent if n[0] in "cf"):
            groups[self.find(node)].append(node)
        return sorted(groups.values())


def _part(
    index: Index,
    cells: Sequence[tuple[str, int]],
    figures: Mapping[int, Sequence[Reading]],
    codes: Mapping[int, Sequence[CodeReading]],
) -> Part:
    free_figures = {key: figures[key] for kind, key in cells if kind == "f"}
    free_codes = {key: codes[key] for kind, key in cells if kind == "c"}
    touched = {i.id: i for figure in free_figures for i in index.by_figure[figure]}
    touched |= {i.id: i for line in free_codes for i in index.by_line[line]}
    return Part(free_figures, free_codes, [touched[i] for i in sorted(touched)])
