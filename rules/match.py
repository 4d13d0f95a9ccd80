"""Which rule reads a paper? Conditions are counted, so that a paper that no rule fits hears what the nearest lacked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from extract.paper import Paper
from normalise.labels import contains, nearly_in, plain
from rules.authorities import is_of_another
from rules.load import RuleFile
from rules.model import Authority, Phrases


@dataclass(frozen=True, slots=True)
class Match:
    """How far a rule fits a paper: how many of its conditions are met, and those that are not, in words."""

    rule: RuleFile
    met: int
    unmet: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether all conditions are met."""
        return not self.unmet

    @property
    def share(self) -> float:
        """The share of the conditions that are met, 0 to 1."""
        return self.met / max(1, self.met + len(self.unmet))


def matches(rules: Iterable[RuleFile], paper: Paper) -> tuple[Match, ...]:
    """Every rule against a paper, the best fit first; of equal ones the one with more conditions.

    An authority's own rule goes before one that serves any authority which used a form.
    """
    text = plain(paper.text)
    return _ranked(_match(rule, text, paper) for rule in rules)


def _ranked(found: Iterable[Match]) -> tuple[Match, ...]:
    return tuple(
        sorted(found, key=lambda m: (not m.fits, m.fits and m.rule.is_standard, -m.share, -m.met, m.rule.name))
    )


def without(found: Sequence[Match], rule: RuleFile, why: str) -> tuple[Match, ...]:
    """The matches once a rule that met all its conditions has proved not to fit after all."""
    return _ranked(replace(m, unmet=(why,)) if m.rule is rule else m for m in found)


def rivals(found: Sequence[Match]) -> tuple[Match, ...]:
    """The rules that claim a paper with as many conditions as the first: more than one is a fault of the rules."""
    first = found[0] if found else None
    return tuple(
        m for m in found if first and m.fits and (m.met, m.rule.is_standard) == (first.met, first.rule.is_standard)
    )


def near_misses(found: Iterable[Match], paper: Paper) -> Iterator[tuple[Match, str]]:
    """Of matches that do not fit those that lack nothing but phrases of which the paper holds the like, and that.

    A few letters are misread in a scan or a dump; what a rule says that a paper must not hold is never met in this way.
    """
    text = plain(paper.text)
    for match in found:
        phrases = match.rule.rule.match
        lacked = [p for p in phrases.all if not contains(text, p)]
        like = [nearly_in(text, p) for p in lacked]
        nothing_else = match.unmet == unmet_phrases(Phrases(all=tuple(lacked)), text)
        if lacked and all(like) and nothing_else and not _other(match.rule, paper):
            yield match, ", ".join(f"“{p}” (it holds “{said}”)" for p, said in zip(lacked, like, strict=True))


def _match(rule: RuleFile, text: str, paper: Paper) -> Match:
    phrases = rule.rule.match
    unmet = unmet_phrases(phrases, text)
    other = "" if unmet else _other(rule, paper)
    if other:
        return Match(rule, _conditions(phrases), (f"is a paper of {other}",))
    return Match(rule, _conditions(phrases) - len(unmet), unmet)


def _other(rule: RuleFile, paper: Paper) -> str:
    """Whose paper it is, where that is another council's than the rule's; what the rule says of a layout may fit it."""
    authority = rule.rule.authority
    return is_of_another(paper, authority) if isinstance(authority, Authority) else ""


def _conditions(phrases: Phrases) -> int:
    return len(phrases.all) + bool(phrases.any) + bool(phrases.none)


def conditions(phrases: Phrases, text: str) -> tuple[tuple[str, bool], ...]:
    """Every condition in words, and whether a text (already `plain`) meets it."""
    found = [(f"holds “{p}”", contains(text, p)) for p in phrases.all]
    if phrases.any:
        listed = ", ".join(f"“{p}”" for p in phrases.any)
        found.append((f"holds one of {listed}", any(contains(text, p) for p in phrases.any)))
    if phrases.none:
        listed = ", ".join(f"“{p}”" for p in phrases.none)
        found.append((f"holds none of {listed}", not any(contains(text, p) for p in phrases.none)))
    return tuple(found)


def lacks(phrases: Phrases, text: str) -> bool:
    """Whether a text (already `plain`) is not what phrases ask for; a letter of a longer one may be misread in it."""

    def has(phrase: str) -> bool:
        return contains(text, phrase) or bool(nearly_in(text, phrase))

    wanted = all(map(has, phrases.all)) and (not phrases.any or any(map(has, phrases.any)))
    return not wanted or any(contains(text, phrase) for phrase in phrases.none)


def unmet_phrases(phrases: Phrases, text: str) -> tuple[str, ...]:
    """The conditions that a text (already `plain`) does not meet, in words."""
    unmet = [f"lacks “{p}”" for p in phrases.all if not contains(text, p)]
    if phrases.any and not any(contains(text, p) for p in phrases.any):
        unmet.append("lacks all of " + ", ".join(f"“{p}”" for p in phrases.any))
    found = [p for p in phrases.none if contains(text, p)]
    if found:
        unmet.append("holds " + ", ".join(f"“{p}”" for p in found))
    return tuple(unmet)
