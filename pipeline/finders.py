"""The paper's sums choose between table finders: where they fail under one and hold under another, that one wins.

Asked only where a sum is broken or a cell has no place, and only of pages where the finder may be to blame: not of one
that is ruled throughout and whose cells all found their places. A paper that contradicts itself so stays as it is, and
costs little more. Our own finders come first, and camelot only where they do not mend it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from extract.alternatives import Alternative, File, camelot_alternatives, own_alternatives
from extract.limits import TooLarge
from extract.paper import Page, Paper, PaperKind
from extract.second import NoSecondOpinion
from rules.apply import apply_rule
from rules.mapped import MappedPaper, Mending
from rules.model import Rule
from rules.patterns import PatternTooSlow
from rules.years import NoYear
from savings.arithmetic import Choice
from savings.reconcile import Limits, reconcile
from savings.schema import Outcome, Place, Verdict

# How many pages of a paper are tried with our own finders, and how many are shown to camelot, the worst first.
MOST_TRIED, MOST_ASKED = 6, 3
RULED = "ruled"


@dataclass(frozen=True)
class Reading:
    """A paper with certain tables, mapped and decided."""

    paper: Paper
    mapped: MappedPaper
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Tally:
    """What a reading of a paper comes to: sums that hold and that fail, figures, and flagged cells."""

    holds: int
    broken: int
    figures: int
    flagged: int

    def beats(self, other: Tally) -> bool:
        """Whether this is strictly better: more sums hold or fewer fail, and nothing is worse or lost."""
        if self.holds < other.holds or self.broken > other.broken:
            return False
        if self.figures < other.figures or self.flagged > other.flagged:
            return False
        return (self.holds, -self.broken) != (other.holds, -other.broken)


def best_reading(file: File, rule: Rule, first: Reading, limits: Limits | None = None) -> Reading:
    """The reading under which the paper adds up best: the first one, unless another finder's tables are better.

    What was changed is among the mendings of what is returned, and what could not be asked among its warnings.
    """
    if first.paper.kind is not PaperKind.PDF or not _is_in_doubt(first):
        return first
    reading = first
    for finders, most in ((own_alternatives, MOST_TRIED), (_second_opinions, MOST_ASKED)):
        for page in _suspects(reading)[:most]:
            try:
                reading = _tried(rule, reading, finders(file, _page(reading.paper, page)), limits)
            except NoSecondOpinion as reason:
                warning = f"page {page}: no second opinion on its tables: {reason}"
                return replace(reading, mapped=replace(reading.mapped, warnings=(*reading.mapped.warnings, warning)))
    return reading


def _second_opinions(file: File, page: Page) -> Iterable[Alternative]:
    try:
        return list(camelot_alternatives(file, page))
    except TooLarge as reason:
        raise NoSecondOpinion(str(reason)) from None


def _is_in_doubt(reading: Reading) -> bool:
    return any(check.verdict is Verdict.BROKEN for check in reading.outcome.checks)


def _suspects(reading: Reading) -> list[int]:
    """The pages whose finder may be to blame for sums that fail, those with the most such figures first.

    It is not to blame for a row of a ruled table whose own sums hold, though its cells were moved.
    """
    figures, checks = reading.mapped.problem.figures, reading.outcome.checks
    broken = {tie for check in checks if check.verdict is Verdict.BROKEN for tie in check.ties}
    proven = {tie for check in checks if check.verdict is Verdict.HOLDS for tie in check.ties}
    pages = Counter(figures[tie].place.page for tie in broken)
    doubtful = {(figures[tie].place.page, figures[tie].place.row) for tie in broken - proven}
    moved = {(m.place.page, m.place.row) for m in reading.mapped.mendings if m.evidence == "layout of the row"}
    odd = {page for page, _ in doubtful & moved}
    odd |= {flag.place.page for flag in reading.mapped.accounting.flags}
    odd |= {table.page for table in reading.paper.tables if table.finder != RULED}
    return sorted(pages.keys() & odd, key=lambda page: (-pages[page], page))


def _page(paper: Paper, number: int) -> Page:
    return next(page for page in paper.pages if page.number == number)


def _tried(rule: Rule, reading: Reading, found: Iterable[Alternative], limits: Limits | None) -> Reading:
    """The best of a reading and what it becomes under other finders of one page."""
    best = reading
    for alternative in found:
        other = _under(rule, reading, alternative)
        # The solver is asked only where the cheapest readings already speak for the change.
        if other is None or not _first_tally(other).beats(_first_tally(reading.mapped)):
            continue
        decided = Reading(
            _with_page(reading.paper, alternative.page), other, reconcile(other.problem, other.damage, limits)
        )
        if tally(decided).beats(tally(best)):
            best = _on_record(reading, decided, alternative)
    return best


def _under(rule: Rule, reading: Reading, alternative: Alternative) -> MappedPaper | None:
    try:
        return apply_rule(rule, _with_page(reading.paper, alternative.page))
    except (NoYear, PatternTooSlow):
        return None


def _with_page(paper: Paper, page: Page) -> Paper:
    return replace(paper, pages=tuple(page if old.number == page.number else old for old in paper.pages))


def tally(reading: Reading) -> Tally:
    """What a decided paper comes to."""
    verdicts = Counter(check.verdict for check in reading.outcome.checks)
    figures = sum(decision.reading.value is not None for decision in reading.outcome.decisions)
    flagged = reading.mapped.accounting.flagged
    return Tally(verdicts[Verdict.HOLDS], verdicts[Verdict.BROKEN], figures, flagged)


def _first_tally(mapped: MappedPaper) -> Tally:
    """The same by the cheapest reading of each figure."""
    choice = Choice(mapped.problem)
    verdicts = Counter(choice.verdict(identity) for identity in mapped.problem.identities)
    figures = sum(figure.readings[0].value is not None for figure in mapped.problem.figures)
    return Tally(verdicts[Verdict.HOLDS], verdicts[Verdict.BROKEN], figures, mapped.accounting.flagged)


def _on_record(before: Reading, after: Reading, alternative: Alternative) -> Reading:
    old, new = tally(before), tally(after)
    page = alternative.page.number
    finders = sorted({table.finder for table in _page(before.paper, page).tables})
    evidence = f"sums: {old.holds} hold and {old.broken} fail before, {new.holds} hold and {new.broken} fail now"
    mending = Mending(
        Place(page, 0, 0), ", ".join(finders), alternative.finder,
        "the paper adds up better with the tables that this finder sees on the page", evidence, "tables",
    )  # fmt: skip
    kept = [m for m in before.mapped.mendings if m.what == "tables"]
    return replace(after, mapped=replace(after.mapped, mendings=(*kept, mending, *after.mapped.mendings)))
