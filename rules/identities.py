"""The sums that a rule promises, spelled out for one paper: which figure is the total of which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from normalise.labels import plain
from normalise.years import years_within
from rules.model import IdentityRule, Rule, Selector
from rules.patterns import full_match
from rules.years import resolve
from savings.schema import Figure, Identity, Line, Term, Unit

AES_CODE = "aes_code"


def build_identities(
    rule: Rule, lines: Sequence[Line], figures: Sequence[Figure], base: str = ""
) -> tuple[Identity, ...]:
    """All sums of a paper that have at least one printed member, in the order of the rule and the paper.

    `base` is the paper's first year, from which selectors may count.
    """
    sums = _Sums(lines, figures)
    promises = [_dated(promise, base) for promise in rule.identities]
    found = [each for promise in promises if promise.each == "row" for each in sums.in_rows(promise)]
    sums.implied = {identity.total: identity.parts for identity in found}
    over = [promise for promise in promises if promise.each is None]
    # Sums of sums come before or after the sums that they add up: what an empty total stands for is looked for first.
    first = [identity for promise in over for identity in sums.over_lines(promise)]
    sums.implied = {identity.total: identity.parts for identity in reversed(first)} | sums.implied
    found += [identity for promise in over for identity in sums.over_lines(promise)]
    kept = [i for i in found if _is_printed(figures, i)]
    return tuple(replace(i, id=number) for number, i in enumerate(kept))


def _dated(promise: IdentityRule, base: str) -> IdentityRule:
    """A promise whose selectors name years, in place of counting them from the paper's first."""
    total, *of = (
        selector.model_copy(update={"year": resolve(selector.year, base)}) if selector.year else selector
        for selector in (promise.total, *promise.of)
    )
    return promise.model_copy(update={"total": total, "of": tuple(of)})


def _is_printed(figures: Sequence[Figure], identity: Identity) -> bool:
    return any(_printed(figures[f]) for f in (identity.total, *(t.figure for t in identity.parts)))


def _printed(figure: Figure) -> bool:
    return figure.readings[0].value is not None


class _Sums:
    def __init__(self, lines: Sequence[Line], figures: Sequence[Figure]) -> None:
        self.lines = lines
        self.figures = figures
        self.of_line: dict[int, list[Figure]] = defaultdict(list)
        for figure in figures:
            self.of_line[figure.line].append(figure)
        # A total that is not printed, in a line or under lines, stands in other sums as its parts do.
        self.implied: dict[int, tuple[Term, ...]] = {}

    def in_rows(self, promise: IdentityRule) -> Iterator[Identity]:
        """Sums within one line: for each year, measure and so on, the figure selected is that of the others."""
        for line in self.lines:
            if not _selects_line(promise.total, line):
                continue
            for total in self.of_line[line.id]:
                if _selects_figure(promise.total, total):
                    parts = self._parts_in_row(promise, line, total)
                    if parts:
                        yield Identity(
                            0, promise.name, _where(line, total), total.id, parts, promise.rounding, promise.infers
                        )

    def _parts_in_row(self, promise: IdentityRule, line: Line, total: Figure) -> tuple[Term, ...]:
        """The parts of a sum in a line; none where one of them has no column in this paper: it is not promised then."""
        parts: list[Term] = []
        for selector in promise.of:
            others = (f for f in self.of_line[line.id] if f.id != total.id and _selects_figure(selector, f))
            found = [f for f in others if _is_part(total, f, selector, promise)]
            if not found:
                return ()
            parts += [Term(figure.id, selector.sign) for figure in found]
        return tuple(parts)

    def over_lines(self, promise: IdentityRule) -> Iterator[Identity]:
        """Sums over lines: for each total line and each of its figures, the same figure of the lines that it adds."""
        for line in self.lines:
            if not _selects_line(promise.total, line):
                continue
            groups = [(s, [m for m in self._members(promise, s, line) if m.id != line.id]) for s in promise.of]
            for total in self.of_line[line.id]:
                if _selects_figure(promise.total, total) and _adds_up(promise, total):
                    parts = tuple(t for s, members in groups for t in self._terms(promise, s, members, line, total))
                    yield Identity(
                        0, promise.name, _where(line, total), total.id, parts, promise.rounding, promise.infers
                    )

    def _members(self, promise: IdentityRule, selector: Selector, total: Line) -> list[Line]:
        """The lines that a total adds up."""
        members = [line for line in self.lines if _selects_line(selector, line)]
        if promise.run:
            before = [x.id for x in self.lines if x.id < total.id and _selects_line(promise.total, x)]
            members = [x for x in members if max(before, default=-1) < x.id < total.id]
        for name in promise.by:
            if name != AES_CODE:
                members = [x for x in members if plain(_text(x, name)) == plain(_text(total, name))]
        return members

    def _terms(
        self, promise: IdentityRule, selector: Selector, members: Iterable[Line], line: Line, total: Figure
    ) -> Iterator[Term]:
        code = line.codes[0].code if AES_CODE in promise.by and line.codes else None
        for member in members:
            if AES_CODE in promise.by and not any(c.code == code for c in member.codes):
                continue
            for figure in self.of_line[member.id]:
                if _adds_to(total, figure, promise):
                    yield from self._shares(figure, selector.sign, code)

    def _shares(
        self, figure: Figure, sign: int, code: int | None, seen: frozenset[int] = frozenset()
    ) -> Iterator[Term]:
        """A figure as a part of a sum; if it is not printed, what it would add up. `seen` ends what adds up itself."""
        parts = () if _printed(figure) or figure.id in seen else self.implied.get(figure.id, ())
        for term in parts:
            part = self.figures[term.figure]
            yield from self._shares(part, sign * term.sign, code, seen | {figure.id})
        if not parts:
            yield Term(figure.id, sign, code)


def _where(line: Line, total: Figure) -> str:
    label = line.fields.get("detail") or " ".join(filter(None, line.keys.values()))
    return f"{line.table}, {label}: {total.year} {total.measure} {total.kind}"


def _selects_line(selector: Selector, line: Line) -> bool:
    if selector.table not in (None, line.table) or selector.level not in (None, line.level):
        return False
    return all(_matches(pattern, _text(line, name)) for name, pattern in selector.where.items())


def _text(line: Line, name: str) -> str:
    return line.fields.get(name) or line.keys.get(name) or ""


@lru_cache(maxsize=16384)
def _matches(pattern: str, text: str) -> bool:
    return bool(full_match(pattern, text))


def _selects_figure(selector: Selector, figure: Figure) -> bool:
    asked = ("measure", "kind", "year", "recurrence", "part", "unit")
    return all(getattr(selector, k) in (None, getattr(figure, k)) for k in asked)


def _adds_up(promise: IdentityRule, total: Figure) -> bool:
    """Whether figures such as a total add up over lines: shares do not, but for years, or where the sum says so."""
    return total.unit is not Unit.PERCENT or promise.years or promise.total.unit is Unit.PERCENT


def _adds_to(total: Figure, figure: Figure, promise: IdentityRule) -> bool:
    """Whether a figure measures the same as a total; with `years`, for one of the years that the total is for."""
    if not promise.years:
        return figure.signature == total.signature
    same = figure.signature[1:] == total.signature[1:]
    return same and figure.year != total.year and figure.year in years_within(total.year)


def _is_part(total: Figure, figure: Figure, selector: Selector, promise: IdentityRule) -> bool:
    return _adds_to(total, figure, promise) if promise.years else _fellow(total, figure, selector)


def _fellow(total: Figure, figure: Figure, selector: Selector) -> bool:
    """Whether two figures of a line agree in all that the selector does not ask for itself, besides kind."""
    free = {k for k in ("measure", "kind", "year", "recurrence", "part") if getattr(selector, k) is not None}
    same = ("measure", "kind", "year", "recurrence", "part", "unit")
    return all(k in free or getattr(total, k) == getattr(figure, k) for k in same)
