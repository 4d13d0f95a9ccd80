"""One paper from file to rows: read, match a rule, map, reconcile. Whatever is wrong with it ends in its own row."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from extract.alternatives import File
from extract.errors import PaperError
from extract.limits import LIMITS
from extract.limits import Limits as PageLimits
from extract.paper import PageStatus, Paper
from extract.read import bytes_of, paper_of
from normalise.numbers import is_amount
from pipeline.corrections.apply import corrected
from pipeline.corrections.model import Correction
from pipeline.corrections.standing import NONE, Corrections
from pipeline.finders import Reading, best_reading
from pipeline.records import PaperResult, PaperRow
from pipeline.rows import Rows
from pipeline.status import Status
from rules.accounting import Accounting
from rules.apply import map_paper
from rules.load import RuleFile
from rules.mapped import MappedPaper
from rules.match import Match, rivals
from rules.model import Expected
from rules.patterns import PatternTooSlow
from rules.years import NoYear
from savings.reconcile import Limits, reconcile
from savings.schema import Outcome, Proof, Verdict

NEAREST = 3
FLAGS_SHOWN = 5
PAGES_SHOWN = 12


@dataclass(frozen=True)
class Stages:
    """A paper at every stage: as printed, as meant, decided. `rule` is None where none fits."""

    paper: Paper
    matches: tuple[Match, ...]
    rule: RuleFile | None
    mapped: MappedPaper
    outcome: Outcome


def read_stages(
    path: Path, rules: Sequence[RuleFile], limits: Limits | None = None, corrections: Corrections = NONE
) -> Stages:
    """Take a file through all stages. Raises extract.errors.PaperError and rules.years.NoYear."""
    file = File(path, bytes_of(path))
    paper = paper_of(file.path, file.data, _for_figures(file.limits))
    return stages_of(paper, rules, limits, corrections.of(paper.sha256), file)


def _for_figures(limits: PageLimits) -> PageLimits:
    """Pages that can hold no figure, whatever the rules, are not laid out."""
    return replace(limits, amounts_only=True)


def stages_of(
    paper: Paper,
    rules: Sequence[RuleFile],
    limits: Limits | None = None,
    corrections: Sequence[Correction] = (),
    file: File | None = None,
) -> Stages:
    """Take a paper as printed through the other stages, with a person's decisions. Raises rules.years.NoYear.

    Where `file` is given, other table finders are asked about pages whose sums fail.
    """
    mapped, rule, found = map_paper(rules, paper)
    reading = Reading(paper, mapped, reconcile(mapped.problem, mapped.damage, limits))
    if rule is not None and file is not None:
        reading = best_reading(file, rule.rule, reading, limits)
    decided = corrected(reading.mapped, corrections).mapped
    decided.accounting.check(reading.paper)
    same = decided.problem is reading.mapped.problem
    outcome = reading.outcome if same else reconcile(decided.problem, decided.damage, limits)
    return Stages(reading.paper, found, rule, decided, outcome)


def read_to_rows(path: Path, rules: Sequence[RuleFile], limits: Limits | None = None) -> PaperResult:
    """Take a file through all stages to the rows of the output files; never raises for a fault of the paper."""
    try:
        data = bytes_of(path)
    except PaperError as error:
        problem = f"{error.problem}. {error.remedy}"
        return PaperResult(PaperRow(path.name, str(path), status=Status.UNREADABLE, error=problem))
    return rows_of(path, data, rules, limits)


def rows_of(
    path: Path,
    data: bytes,
    rules: Sequence[RuleFile],
    limits: Limits | None = None,
    pages: PageLimits = LIMITS,
    corrections: Corrections = NONE,
) -> PaperResult:
    """Take a file's bytes through all stages to the rows of the output files; never raises for a fault of the paper.

    The file itself is not opened again; `path` gives its name and suffix.
    """
    start = time.perf_counter()
    row = PaperRow(path.name, str(path), hashlib.sha256(data).hexdigest())
    try:
        paper = paper_of(path, data, _for_figures(pages))
        stages = stages_of(paper, rules, limits, corrections.of(paper.sha256), File(path, data, pages))
        result = _result(row, stages)
    except PaperError as error:
        problem = f"{error.problem}. {error.remedy}"
        result = PaperResult(replace(row, status=Status(error.status), error=problem))
    except (NoYear, PatternTooSlow) as error:
        result = PaperResult(replace(row, status=Status.FAILED, error=str(error)))
    seconds = round(time.perf_counter() - start, 2)
    return replace(result, paper=replace(result.paper, seconds=seconds))


def _result(row: PaperRow, stages: Stages) -> PaperResult:
    paper, mapped = stages.paper, stages.mapped
    row = replace(_accounted(_of_paper(row, paper), paper, mapped.accounting), warnings=_skipped(paper))
    if stages.rule is None:
        nearest = "; ".join(map(describe, stages.matches[:NEAREST]))
        row = replace(row, nearest_rules=nearest, status=_without_rule(paper), error=_advice(paper))
        return PaperResult(row, tables=mapped.tables, seams=mapped.seams)
    rows = Rows(paper, stages.rule, mapped, stages.outcome)
    figures = tuple(rows.figures())
    proofs = Counter(f.proof for f in figures)
    verdicts = Counter(check.verdict for check in stages.outcome.checks)
    expected = stages.rule.rule.expected
    problems = [*_problems(stages), *_too_few(expected, len(figures))]
    row = replace(
        row,
        status=_status(expected, len(figures), problems),
        authority=mapped.authority.name,
        rule=stages.rule.name,
        figures=len(figures),
        reconciled=proofs[Proof.RECONCILED],
        unchecked=proofs[Proof.UNCHECKED],
        contradicted=proofs[Proof.CONTRADICTED],
        ambiguous=proofs[Proof.AMBIGUOUS],
        checks_hold=verdicts[Verdict.HOLDS],
        checks_broken=verdicts[Verdict.BROKEN],
        error="; ".join(problems),
        warnings="; ".join(_warnings(stages, len(figures))),
    )
    return PaperResult(row, figures, tuple(rows.checks()), tuple(rows.repairs()), mapped.tables, mapped.seams)


def _status(expected: Expected, figures: int, problems: Sequence[str]) -> Status:
    if not figures and expected.fewest:
        return Status.NO_FIGURES
    return Status.PARTIAL if problems else Status.OK


def _too_few(expected: Expected, figures: int) -> Iterator[str]:
    if figures < expected.fewest and (figures or expected.fewest > 1):
        yield (
            f"{figures} figures were found, and the rule expects {expected.fewest} at least. Look in tables/ for a "
            "table that was not read"
        )


def _too_many(expected: Expected, figures: int) -> Iterator[str]:
    if expected.most is not None and figures > expected.most:
        yield f"{figures} figures were found, and the rule expects {expected.most} at most. Are they all savings?"


def _of_paper(row: PaperRow, paper: Paper) -> PaperRow:
    read = sum(page.status.is_fine for page in paper.pages)
    return replace(row, sha256=paper.sha256, pages=len(paper.pages), pages_read=read)


def _accounted(row: PaperRow, paper: Paper, accounting: Accounting) -> PaperRow:
    notes = [f"page {page.number}: {note}" for page in paper.pages for note in page.notes]
    shown = accounting.flags[:FLAGS_SHOWN]
    flags = "; ".join(f"page {f.place.page} row {f.place.row}: {f.text!r}: {f.why}" for f in shown)
    more = accounting.flagged - len(shown)
    return replace(
        row,
        cells=accounting.cells,
        mapped=accounting.mapped,
        ignored=accounting.ignored,
        flagged=accounting.flagged,
        flags="; ".join([*([flags] if flags else []), *([f"and {more} more"] if more > 0 else []), *notes]),
    )


def _without_rule(paper: Paper) -> Status:
    statuses = {page.status for page in paper.pages}
    if PageStatus.UNREAD in statuses and PageStatus.OK not in statuses:
        # Nothing is known of the paper, and there is a way to know more.
        return Status.PARTIAL
    if statuses <= {PageStatus.NO_TEXT, PageStatus.EMPTY}:
        return Status.NO_TEXT
    return Status.NO_RULE if any(status.is_fine for status in statuses) else Status.DAMAGED


def _advice(paper: Paper) -> str:
    problems = _page_problems(paper)
    if _without_rule(paper) is Status.DAMAGED:
        return "; ".join(["no page could be read. Get the paper anew from where it was published", *problems])
    if _without_rule(paper) is Status.NO_TEXT:
        reasons = problems or ["the paper is blank. Check that this is the paper you meant"]
        return "; ".join(["no page has text", *reasons])
    if _without_rule(paper) is Status.PARTIAL:
        return "; ".join(problems)
    if not paper.tables:
        return "; ".join(["no rule fits, and no table was found. Check that this is the paper you meant", *problems])
    advice = "no rule fits this paper. See nearest_rules for what each lacked, and tables/ for what was read; "
    return "; ".join([advice + "a rule file for this layout would go below rules/<authority>/", *problems])


def _problems(stages: Stages) -> list[str]:
    """Why a paper that a rule reads is not wholly read."""
    problems = [*stages.mapped.problems, *_page_problems(stages.paper), *_lost(stages.mapped.accounting)]
    claims = rivals(stages.matches)
    if len(claims) > 1:
        problems.append("rules claim the same paper: " + ", ".join(m.rule.name for m in claims))
    if not stages.outcome.complete:
        problems.append("reconciliation ran out of time; what it left undecided is marked ambiguous")
    return problems


def _lost(accounting: Accounting) -> Iterator[str]:
    """Amounts in what the rule reads that became no figure: they must not go missing in a paper that is called ok."""
    lost = [flag for flag in accounting.flags if flag.lost]
    if lost:
        first = lost[0]
        amounts = "1 cell with an amount has" if len(lost) == 1 else f"{len(lost)} cells with amounts have"
        yield (
            f"{amounts} no place in the rule, first {first.text!r} on page {first.place.page} row {first.place.row} "
            f"({first.why}); `flags` lists them. A rule of its own can read or ignore them: savings rules draft"
        )


def _unclaimed(accounting: Accounting) -> Iterator[str]:
    """Amounts in tables that the rule does not know; they may well be none of its business."""
    pages = Counter(flag.place.page for flag in accounting.flags if not flag.lost and is_amount(flag.text))
    if pages:
        yield (
            f"{_pages(sorted(pages))}: {pages.total()} amounts in tables that the rule does not claim. Look in tables/ "
            "whether they are savings"
        )


def _warnings(stages: Stages, figures: int) -> list[str]:
    """What is worth a look in a paper that a rule reads."""
    said = [*stages.mapped.warnings, *_too_many(stages.rule.rule.expected, figures)] if stages.rule else []
    return [*said, *_unclaimed(stages.mapped.accounting), *filter(None, [_skipped(stages.paper)])]


def _page_problems(paper: Paper) -> list[str]:
    """What is wrong with the pages, said once where several have the same."""
    pages: dict[str, list[int]] = {}
    for page in paper.pages:
        if not page.status.is_fine:
            pages.setdefault(page.problem or page.status, []).append(page.number)
    return [f"{_pages(numbers)}: {problem}" for problem, numbers in pages.items()]


def _pages(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    if len(numbers) > PAGES_SHOWN:
        return f"{len(numbers)} pages, the first of them page {numbers[0]}"
    return f"pages {', '.join(map(str, numbers))}"


def _skipped(paper: Paper) -> str:
    """Which pages were not laid out; empty where all were."""
    numbers = [page.number for page in paper.pages if page.status is PageStatus.SKIPPED]
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    shown = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return f"pages without an amount or ruling lines, of which only the text was taken: {shown}" if shown else ""


def describe(match: Match) -> str:
    """A rule and what a paper lacks for it."""
    conditions = match.met + len(match.unmet)
    return f"{match.rule.name} ({match.met} of {conditions} conditions; {', '.join(match.unmet)})"
