"""A rule applied to a paper: tables found, lines built, sums spelled out; the arithmetic is left to savings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

import regex

from extract.paper import Paper, PrintedTable
from normalise.meant import MeantRow, MeantTable, note_of, unmapped
from normalise.numbers import split_amounts
from normalise.stitch import Cut, Seam, Stitch, place_of
from rules.accounting import BETWEEN, Accounting
from rules.assemble import Assembled, Form, Piece, SortedRow, assemble
from rules.authorities import Found, authority_of
from rules.damage import damage_of
from rules.identities import build_identities
from rules.lines import UNREADABLE, build_lines
from rules.load import RuleFile
from rules.mapped import MappedPaper
from rules.match import Match, matches, near_misses, rivals, without
from rules.model import Authority, Rule
from rules.years import NoYear
from savings.arithmetic import Choice
from savings.free import Damage
from savings.schema import Place, Problem, Unit, Verdict

# A rule that meets so much of its conditions, and not fewer, may read a paper whose sums bear it out.
NEARLY, LEAST_MET, LEAST_SUMS = 0.7, 3, 4
# Numbers that are no amounts.
_YEAR, _PHONE = regex.compile(r"(?:19|20)\d\d"), regex.compile(r"\b0\d{2,}\b")


def map_paper(rules: Iterable[RuleFile], paper: Paper) -> tuple[MappedPaper, RuleFile | None, tuple[Match, ...]]:
    """Map a paper by the rule that fits it best, or by none; the matches say how far each rule fits.

    A rule fits whose phrases are there and of whose tables at least one is. Where none does, one of whose phrases a few
    letters are misread reads the paper, or one that lacks little, if the paper adds up under it: a single misread word
    should not cost a paper. It is said then.
    Raises rules.years.NoYear.
    """
    found = matches(rules, paper)
    no_year: NoYear | None = None
    while found and found[0].fits:
        rule = found[0].rule
        try:
            mapped = apply_rule(rule.rule, paper)
        except NoYear as error:
            # Another rule may know the year; where none does, this one's fault is the paper's.
            no_year = no_year or error
            found = without(found, rule, str(error))
            continue
        if mapped.problem.lines:
            return mapped, rule, _without_empty_rivals(found, paper)
        found = without(found, rule, "holds its words, but none of its tables")
    if no_year is not None:
        raise no_year
    for match, lacks in near_misses(found, paper):
        near = _by_near_miss(match, lacks, paper)
        if near is not None:
            return near, match.rule, found
    for match in found:
        near = _nearly(match, paper)
        if near is not None:
            return near, match.rule, found
    return without_rule(paper), None, found


def _by_near_miss(match: Match, lacks: str, paper: Paper) -> MappedPaper | None:
    """A paper mapped by a rule whose phrases it holds but for a few letters; None where it has no such tables."""
    try:
        mapped = apply_rule(match.rule.rule, paper)
    except NoYear:
        return None
    warning = f"the rule {match.rule.name} was taken though the paper lacks {lacks}"
    return replace(mapped, warnings=(*mapped.warnings, warning)) if mapped.problem.lines else None


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
    identities = build_identities(rule, lines.lines, lines.figures, lines.base)
    problem = Problem(tuple(lines.lines), tuple(lines.figures), identities)
    whose = Found(rule.authority) if isinstance(rule.authority, Authority) else authority_of(paper)
    tables, seams = _tables(rule, assembled, paper)
    cut_off = tuple(_cut_off(assembled, paper, lines.accounting))
    # Sums over rows of which some are lost would mend what is right.
    rows_lost = cut_off or any(flag.lost and flag.why != UNREADABLE for flag in lines.accounting.flags)
    return MappedPaper(
        problem,
        tables,
        (*whose.records, *lines.mendings),
        lines.accounting,
        Damage() if rows_lost else damage_of(lines),
        (*_missing(assembled), *cut_off),
        seams,
        whose.authority,
        (*whose.warnings, *_unused_lookups(rule, lines.looked_up), *map(_unsaid, lines.unsaid), *_unread(lines.unread)),
    )


def _unsaid(name: str) -> str:
    return f"no sentence of this paper is the rule's statement {name!r}: look whether it is there in other words"


def _unread(places: Sequence[Place]) -> Iterator[str]:
    if places:
        yield (
            f"sentences about savings with an amount of money that no statement of the rule reads: {len(places)}, the "
            f"first on page {places[0].page} row {places[0].row}; look whether figures are missing"
        )


def _unused_lookups(rule: Rule, used: Collection[tuple[str, str]]) -> Iterator[str]:
    for name, meanings in rule.lookups.items():
        for value in meanings:
            if (name, value) not in used:
                yield f"the lookup of {value!r} in {name} found nothing in this paper; take it out if it never does"


def without_rule(paper: Paper) -> MappedPaper:
    """A paper that no rule fits: its tables as meant, and no figure."""
    accounting = Accounting()
    for table in paper.tables:
        accounting.leave_out(table, "no rule fits the paper", by_name=False)
    tables, seams = unmapped(paper.tables, paper.pages)
    return MappedPaper(Problem((), (), ()), tables, (), accounting, Damage(), seams=seams)


def _missing(assembled: Assembled) -> tuple[str, ...]:
    found = {piece.form.name for piece in assembled.pieces}
    missing = [f"table {form.name!r} of the rule was not found" for form in assembled.forms if form.name not in found]
    unread = [f"page {x.page}: the line {x.text!r} could not be read" for x in assembled.unread]
    return (*missing, *unread)


def _cut_off(assembled: Assembled, paper: Paper, accounting: Accounting) -> Iterator[str]:
    """What is told of lines between the tables that look like rows, on pages with a table of the rule."""
    pages = {piece.printed.page for piece in assembled.pieces}
    rows = [
        line
        for page in paper.pages
        if page.number in pages
        for line in page.lines
        if (page.number, line.number, BETWEEN) not in accounting.fates and _is_row(line.text)
    ]
    if rows:
        first = f"the first {rows[0].text[:50]!r} on page {rows[0].page}"
        yield f"lines outside the tables that look like rows of one: {len(rows)}, {first}; a table may be cut off there"


def _is_row(text: str) -> bool:
    """Whether a line is a label and some amounts: three, or two of which one is plainly no page and no day."""
    label, amounts = split_amounts(text)
    numbers = [each for each in amounts if any(map(str.isdigit, each)) and not _YEAR.fullmatch(each)]
    plain = any(not each.isdigit() for each in numbers)
    return any(map(str.isalpha, label)) and not _PHONE.search(text) and len(numbers) >= (2 if plain else 3)


def _tables(rule: Rule, assembled: Assembled, paper: Paper) -> tuple[tuple[MeantTable, ...], tuple[Seam, ...]]:
    """All tables of the paper as meant, the rule's, then those that it ignores or does not know; and their seams."""
    mapped = [table for form in assembled.forms for table in _stitched(rule, form, assembled.pieces)]
    others: Sequence[PrintedTable] = [t for t, _ in assembled.ignored] + list(assembled.unclaimed)
    others = sorted(others, key=place_of)
    rest, seams = unmapped(others, paper.pages)
    # What the rule's tables say of a table goes before what it looks like beside the others.
    said = {seam.after: seam for seam in (*seams, *assembled.seams)}
    return (*(t for t in mapped if t.rows), *rest), tuple(said[after] for after in sorted(said))


def _stitched(rule: Rule, form: Form, pieces: Sequence[Piece]) -> Iterator[MeantTable]:
    """The rule's table from all its pieces; one for each piece where the rule says that they are never one."""
    own = [p for p in pieces if p.form is form]
    for part in [[piece] for piece in own] if form.table.stitch is Stitch.NEVER else [own]:
        yield MeantTable(
            form.name,
            tuple(_titles(form, rule)),
            tuple(_meant_row(row, part) for piece in part for row in piece.rows),
            tuple(place_of(p.printed) for p in part),
            tuple(note for piece in part for note in _notes(piece)),
        )


def _notes(piece: Piece) -> Iterator[str]:
    """Why a piece is part of its table, and which rows were put together."""
    page, number = place_of(piece.printed)
    yield piece.seam.text if piece.seam else f"page {page}, table {number}: {piece.note}"
    for one in piece.rejoined:
        part, whole = one.part.placed.row, one.whole.placed.row
        foot, head = (whole, part) if one.cut is Cut.FOOT else (part, whole)
        yield note_of(one.cut, (foot.page, foot.number), (head.page, head.number))


def _titles(form: Form, rule: Rule) -> Iterable[str]:
    """What each column is called; figures with the scale that the rule knows them to be printed in."""
    for column, band in zip(form.columns, form.bands, strict=True):
        scale = column.scale or (band.scale if band else None) or rule.scale
        unit = (
            f"[£{scale:,}]" if column.is_figure and isinstance(scale, int) and column.unit in (None, Unit.GBP) else ""
        )
        yield " ".join(filter(None, (band.band if band else "", column.header or column.name, unit)))


def _meant_row(row: SortedRow, pieces: Sequence[Piece]) -> MeantRow:
    texts = tuple(cell.text if cell else "" for cell in row.placed.cells)
    parts = (one.part.placed.row for piece in pieces for one in piece.rejoined if one.whole is row)
    rest = tuple((part.page, part.number) for part in parts)
    return MeantRow(row.placed.row.page, row.placed.row.number, row.rule.level if row.rule else "", texts, rest)
