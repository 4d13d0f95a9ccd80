"""A rule applied to a paper: tables found, lines built, sums spelled out; the arithmetic is left to savings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extract.paper import Paper, PrintedTable
from normalise.meant import MeantRow, MeantTable, unmapped
from rules.accounting import Accounting
from rules.assemble import Assembled, Form, Piece, SortedRow, assemble
from rules.damage import damage_of
from rules.identities import build_identities
from rules.lines import build_lines
from rules.load import RuleFile
from rules.mapped import MappedPaper
from rules.match import Match, matches, rivals, without
from rules.model import Rule
from rules.years import NoYear
from savings.arithmetic import Choice
from savings.free import Damage
from savings.schema import Problem, Unit, Verdict

# A rule that meets so much of its conditions, and not fewer, may read a paper whose sums bear it out.
NEARLY, LEAST_MET, LEAST_SUMS = 0.7, 3, 4


def map_paper(rules: Iterable[RuleFile], paper: Paper) -> tuple[MappedPaper, RuleFile | None, tuple[Match, ...]]:
    """Map a paper by the rule that fits it best, or by none; the matches say how far each rule fits.

    A rule fits whose phrases are there and of whose tables at least one is. Where none does, one that lacks little may
    still read the paper, if the paper adds up under it: a single misread word should not cost a paper. It is said then.
    Raises rules.years.NoYear.
    """
    found = matches(rules, paper)
    while found and found[0].fits:
        rule = found[0].rule
        mapped = apply_rule(rule.rule, paper)
        if mapped.problem.lines:
            return mapped, rule, _without_empty_rivals(found, paper)
        found = without(found, rule, "holds its words, but none of its tables")
    for match in found:
        nearly = _nearly(match, paper)
        if nearly is not None:
            return nearly, match.rule, found
    return without_rule(paper), None, found


def _nearly(match: Match, paper: Paper) -> MappedPaper | None:
    """A paper mapped by a rule that it nearly fits; None where it lacks too much, or the sums do not bear it out."""
    if match.fits or match.met < LEAST_MET or match.share < NEARLY:
        return None
    try:
        mapped = apply_rule(match.rule.rule, paper)
    except NoYear:
        return None
    verdicts = Counter(Choice(mapped.problem).verdict(identity) for identity in mapped.problem.identities)
    if verdicts[Verdict.HOLDS] < LEAST_SUMS or verdicts[Verdict.HOLDS] < 4 * verdicts[Verdict.BROKEN]:
        return None
    problem = f"the rule {match.rule.name} was taken though the paper {', '.join(match.unmet)}, since its sums hold"
    return replace(mapped, problems=(*mapped.problems, problem))


def _without_empty_rivals(found: tuple[Match, ...], paper: Paper) -> tuple[Match, ...]:
    """The matches, less other rules that claim the paper by their words and find none of their tables."""
    for match in rivals(found)[1:]:
        if not assemble(match.rule.rule, paper).pieces:
            found = without(found, match.rule, "holds its words, but none of its tables")
    return found


def apply_rule(rule: Rule, paper: Paper) -> MappedPaper:
    """Map a paper by a rule. Raises rules.years.NoYear where a figure's year is not to be had."""
    assembled = assemble(rule, paper)
    lines = build_lines(rule, paper, assembled)
    problem = Problem(tuple(lines.lines), tuple(lines.figures), build_identities(rule, lines.lines, lines.figures))
    return MappedPaper(
        problem,
        _tables(rule, assembled),
        tuple(lines.mendings),
        lines.accounting,
        damage_of(lines),
        _missing(assembled),
    )


def without_rule(paper: Paper) -> MappedPaper:
    """A paper that no rule fits: its tables as meant, and no figure."""
    accounting = Accounting()
    for table in paper.tables:
        accounting.leave_out(table, "no rule fits the paper", by_name=False)
    return MappedPaper(Problem((), (), ()), unmapped(paper.tables), (), accounting, Damage())


def _missing(assembled: Assembled) -> tuple[str, ...]:
    found = {piece.form.name for piece in assembled.pieces}
    missing = [f"table {form.name!r} of the rule was not found" for form in assembled.forms if form.name not in found]
    unread = [f"page {x.page}: the line {x.text!r} could not be read" for x in assembled.unread]
    return (*missing, *unread)


def _tables(rule: Rule, assembled: Assembled) -> tuple[MeantTable, ...]:
    """All tables of the paper as meant: the rule's, stitched, then those that it ignores or does not know."""
    mapped = [_stitched(rule, form, [p for p in assembled.pieces if p.form is form]) for form in assembled.forms]
    others: Sequence[PrintedTable] = [t for t, _ in assembled.ignored] + list(assembled.unclaimed)
    others = sorted(others, key=lambda t: (t.page, t.number))
    return (*(t for t in mapped if t.rows), *unmapped(others))


def _stitched(rule: Rule, form: Form, pieces: Sequence[Piece]) -> MeantTable:
    rows = [_meant_row(row) for piece in pieces for row in piece.rows]
    notes = (f"page {p.printed.page}, table {p.printed.number}: {p.note}" for p in pieces)
    return MeantTable(
        form.name,
        tuple(_titles(form, rule)),
        tuple(rows),
        tuple((p.printed.page, p.printed.number) for p in pieces),
        tuple(notes),
    )


def _titles(form: Form, rule: Rule) -> Iterable[str]:
    """What each column is called; figures with the scale that the rule knows them to be printed in."""
    for column, band in zip(form.columns, form.bands, strict=True):
        scale = column.scale or (band.scale if band else None) or rule.scale
        unit = (
            f"[£{scale:,}]" if column.is_figure and isinstance(scale, int) and column.unit in (None, Unit.GBP) else ""
        )
        yield " ".join(filter(None, (band.band if band else "", column.header or column.name, unit)))


def _meant_row(row: SortedRow) -> MeantRow:
    texts = tuple(cell.text if cell else "" for cell in row.placed.cells)
    return MeantRow(row.placed.row.page, row.placed.row.number, row.rule.level if row.rule else "", texts)
