"""`savings explain`: how one figure came to be, from its cell on the page to what the paper's sums say of it."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import click

from extract.paper import PaperKind, Sides
from normalise.labels import likeness
from pipeline.corrections.files import load_corrections
from pipeline.corrections.standing import CorrectionsError
from pipeline.dataset.keys import figure_key
from pipeline.draw import ORANGE, PALE_BLUE, PALE_YELLOW, RED, CannotDraw, Mark, draw_page
from pipeline.life import (
    Life,
    Results,
    Row,
    Stand,
    Unexplained,
    box_sides,
    find_figure,
    load_results,
    relive,
)
from pipeline.records import plain_value
from pipeline.status import Exit
from rules.assemble import Form, Piece
from rules.errors import RuleError
from rules.heard import witnesses_of
from rules.load import load_rules_beside
from savings.arithmetic import QUANTUM
from savings.schema import Check, CodeReading, Identity, Line, Place, Proof, Reading, Suspect, Unit, Verdict
from savings.verdict import proof

WIDTH = 110
LABEL = 12
# Of a long sum so many parts are written out, the largest; of many readings so many, the cheapest.
PARTS_SHOWN = 12
READINGS_SHOWN = 10
TEXT_SHOWN = 200
# A header cell at least so like the rule's label is the column's own, not part of a band cut over its columns.
LABEL_ALIKE = 0.6


# --- the command -----------------------------------------------------------------------------------------------------


@click.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.argument("row", metavar="ROW")
@click.option("--document", help="The paper's file name, where several papers have a figure of this key.")
@click.option("--rules", "rules_dir", type=click.Path(path_type=Path), help="The folder that the run was given.")
@click.option(
    "--corrections", "decided", type=click.Path(path_type=Path), help="The folder of decisions that the run was given."
)
@click.option("--png", type=click.Path(path_type=Path), help="Write a picture of the page, with the cell marked.")
def explain(
    out: Path, row: str, document: str | None, rules_dir: Path | None, decided: Path | None, png: Path | None
) -> None:
    """Print how the figure ROW of the results in OUT came to be.

    ROW is the figure's number, which is its row in OUT/figures.csv, counted from 1 without the header; or its key as
    it stands in checks.csv and repairs.csv, such as 2.10.2007/08.achieved.cashable (page, row, year, measure, kind, and
    recurrence and part where there are any).

    The paper is read again to tell which readings were considered and how its sums add up.

    In the picture the cell has a red frame, its row and column are tinted, and the other figures of its sums that do
    not hold have an orange frame.

    Exit status: 0 explained; 1 the paper could not be read again as it was, so only what OUT says is printed; 2 wrong
    usage, or no picture could be made.
    """
    try:
        results = load_results(out)
        number = find_figure(results, row, document)
        rules, corrections = load_rules_beside(rules_dir), load_corrections(decided)
    except (Unexplained, RuleError, CorrectionsError) as error:
        _stop(error)
    try:
        life = relive(results, number, rules, corrections)
    except Unexplained as error:
        _say("\n\n".join(recorded(results, number)))
        _stop(f"{error} Printed above is what the files in {out} say", Exit.INCOMPLETE)
    _say("\n\n".join(told(results, life)))
    if png is not None:
        _picture(life, png)


def _stop(problem: object, status: Exit = Exit.USAGE) -> NoReturn:
    click.echo(f"savings: {problem}", err=True)
    sys.exit(status)


def _say(text: str) -> None:
    """Papers hold marks that not every terminal has; those are written as their codes."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding))


# --- the account -----------------------------------------------------------------------------------------------------


def told(results: Results, life: Life) -> Iterator[str]:
    """The whole account of a figure, section by section."""
    yield title(life.number, life.row)
    yield _section("Where", _where(life))
    yield _section("Printed", _printed(life))
    yield _section("Readings considered", [*_readings(life), *_codes(life)])
    yield _section("Repairs", _repairs(results, life.row))
    yield _section("Sums (this figure in [ ])", _sums(life))
    yield _section("Verdict", [_wrapped(_verdict(life))])


def recorded(results: Results, number: int) -> Iterator[str]:
    """What the files of a run say of a figure, without its paper."""
    row = results.figures[number - 1]
    yield title(number, row)
    yield _section("Where", [_labelled("paper", row["document"]), *_place(row)])
    yield _section("Printed", [_labelled("cell", quoted(row["raw"]))])
    yield _section("Repairs", _repairs(results, row))
    yield _section("Sums", _recorded_sums(results, row))
    yield _section("Verdict", [_wrapped(f"{row['value']} {row['unit']}, {row['how']}: {row['proof']}.")])


def title(number: int, row: Row) -> str:
    """What the figure says, its number and key, and whose it is."""
    names = ("measure", "kind", "recurrence", "part", "year")
    unit = " (count)" if row["unit"] == Unit.COUNT else ""
    said = ", ".join(row[name] for name in names if row[name])
    block = f"AES {row['aes_code']} {row['aes_block']}" if row["aes_code"] else ""
    texts = [row[name] for name in ("reference", "category", "directorate", "service", "partner", "detail")]
    parts = dict.fromkeys(shown(t) for t in (row["authority"], row["level"], block, *texts) if t != row["aes_block"])
    return "\n".join(
        [
            f"{money(row['value'], row['unit'])}{unit}  {said}",
            textwrap.fill(" · ".join(filter(None, parts)), WIDTH),
            f"figure {number}, key {figure_key(row)}",
        ]
    )


def _where(life: Life) -> Iterator[str]:
    paper, stand = life.stages.paper, life.stand
    pages = f" ({_count(len(paper.pages), 'page')})" if paper.kind is PaperKind.PDF else ""
    yield _labelled("paper", f"{life.path}{pages}")
    yield from _place(life.row)
    if stand.form is None:
        yield _labelled("found by", f"a sentence that the rule {life.row['rule']} looks for")
        return
    found = "the row stands in the text between the tables"
    if stand.piece is not None:
        found = f"printed table {stand.piece.printed.number} of the page; {stand.piece.note}"
    yield _labelled("table", f"{stand.form.name!r} of the rule {life.row['rule']}: {found}")


def _place(row: Row) -> Iterator[str]:
    if not row["x0"]:
        yield _labelled("line", f"{row['row']} of the text report")
        return
    yield _labelled("page", f"{row['page']}, row {row['row']}")
    corners = f"({row['x0']}, {row['top']}) to ({row['x1']}, {row['bottom']})"
    yield _labelled("cell", f"{corners}, in points from the page's top left")


def _printed(life: Life) -> Iterator[str]:
    stand, figure = life.stand, life.figure
    yield _labelled("cell" if stand.form else "words", quoted(figure.raw))
    yield from _heard(life)
    meant = ", ".join(filter(None, (figure.measure, figure.kind, figure.recurrence, figure.part, figure.year)))
    if stand.form is None or stand.column is None or stand.row is None:
        yield _labelled("text", quoted(_text_at(life)))
        yield _labelled("taken for", meant)
        return
    yield _labelled("header", _header(life, stand.column))
    yield _labelled("taken for", f"{_column_name(stand.form, stand.column)}: {meant}")
    yield from _row_texts(stand.form, stand)


def _heard(life: Life) -> Iterator[str]:
    """Who reads what in the cell of a scan."""
    row, column = life.stand.row, life.stand.column
    said = witnesses_of(row.placed.cells[column]) if row and column is not None else ()
    if said:
        yield _labelled("read by", "; ".join(f"{w.name} {quoted(w.text)}" for w in said))
    if life.figure.contested:
        yield _labelled("contested", life.figure.contested)


def _text_at(life: Life) -> str:
    """The line or row where the figure's sentence begins, from a little before its words."""
    text = next((text for at, text in _texts_of(life) if at == life.figure.place), "")
    start = text.find(life.figure.raw) - TEXT_SHOWN // 2
    return f"…{text[start:]}" if start > 0 else text


def _texts_of(life: Life) -> Iterator[tuple[Place, str]]:
    """The lines and rows of the figure's page, with the place that a sentence in them has."""
    for page in life.stages.paper.pages:
        if page.number == life.figure.place.page:
            for line in page.lines:
                yield Place(page.number, line.number, 0, box_sides(line.box)), line.text
            for row in (row for table in page.tables for row in table.rows):
                text = " | ".join(cell.text for cell in row.cells if cell.text)
                yield Place(page.number, row.number, 0, box_sides(row.box)), text


def _row_texts(form: Form, stand: Stand) -> Iterator[str]:
    """What else its row prints, column by column."""
    label = "row"
    for j, cell in enumerate(stand.row.placed.cells if stand.row else ()):
        if cell and cell.text and j != stand.column:
            yield _labelled(label, f"{_column_name(form, j)}: {quoted(cell.raw)}")
            label = ""


def _column_name(form: Form, j: int) -> str:
    """The rule's name for a column, its band first."""
    column, band = form.columns[j], form.bands[j]
    names = [band.band if band else "", column.header or column.name]
    return " > ".join(name for name in names if name) or f"column {j + 1}"


def _header(life: Life, shape: int) -> str:
    """The printed header over a figure, row by row."""
    stand = life.stand
    if stand.piece is None:
        return "none: a label and its amounts in the text between the tables"
    if stand.header is None:
        return "none is printed"
    own = stand.header is stand.piece
    column = life.figure.place.column if own else stand.header.alignment.columns[shape]
    texts = list(dict.fromkeys(header_texts(stand.header, column))) if column is not None else []
    said = " > ".join(map(quoted, texts)) or "nothing is printed over this column"
    return said if own else f"{said} (on page {stand.header.printed.page}; here none is repeated)"


def header_texts(piece: Piece, column: int) -> Iterator[str]:
    """What each header row prints over a column: its own cell, or the band's, whose pieces are parted by "|"."""
    shape = next((j for j, c in enumerate(piece.alignment.columns) if c == column), None)
    band = _band_columns(piece, shape) if shape is not None else ()
    label = piece.form.columns[shape].header if shape is not None else ""
    for row, printed in zip(piece.header, piece.printed.rows, strict=False):
        text, covering = row.cells[column].raw, printed.at(column)
        if band and likeness(text, label) < LABEL_ALIKE:
            pieces = "|".join(filter(None, (row.cells[c].raw for c in band)))
            text = covering.text if covering and (not pieces or 1 < covering.span <= len(band)) else pieces
        if text.strip():
            yield text


def _band_columns(piece: Piece, shape: int) -> range:
    """The printed columns under the band of a column; none for a column without a band."""
    band = piece.form.bands[shape]
    pairs = zip(piece.form.bands, piece.alignment.columns, strict=True)
    columns = [c for other, c in pairs if other is band and c is not None]
    return range(min(columns), max(columns) + 1) if band is not None else range(0)


# --- readings and repairs --------------------------------------------------------------------------------------------


def _readings(life: Life) -> Iterator[str]:
    taken = life.decision.reading
    usual = life.figure.readings if taken in life.figure.readings else (*life.figure.readings, taken)
    texts = dict.fromkeys(_reading(life, reading, taken=reading == taken) for reading in usual)
    yield from [text for n, text in enumerate(texts) if n < READINGS_SHOWN or text.startswith(TAKEN)]
    if len(texts) > READINGS_SHOWN:
        yield _wrapped(f"and {len(texts) - READINGS_SHOWN} more that cost as much or more", "    ", "    ")
    if life.broken:
        yield from _slips(life)


def _slips(life: Life) -> Iterator[str]:
    """What a cell in broken sums may have been before it was damaged, where that would mend one."""
    slips = life.stages.mapped.damage.misreadings(life.figure)
    mending = [r for r in slips if any(_holds_with(life, check.identity, r) for check in life.broken)]
    for reading in mending:
        yield _reading(life, reading, taken=False)
    others = len(slips) - len(mending)
    if others:
        yield _wrapped(f"and {_count(others, 'slip')} of single characters, none of which mends a sum", "    ", "    ")


def _reading(life: Life, reading: Reading, *, taken: bool) -> str:
    sums = [check.identity for check in life.checks]
    broken = sum(not _holds_with(life, identity, reading) for identity in sums)
    reason = f"; {reading.reason}" if reading.reason else ""
    said = f"{_value(reading, life.figure.unit)}: {reading.how}, cost {reading.cost}{reason}"
    return _choice(f"{said}; {_holding(broken, len(sums))}", taken=taken)


def _holds_with(life: Life, identity: Identity, reading: Reading) -> bool:
    """Whether a sum would hold with another reading, those of its bundle taken with it."""
    changes = {life.figure.id: reading}
    for other in life.index.bundles.get(reading.bundle, ()) if reading.bundle else ():
        readings = life.stages.mapped.problem.figures[other].readings
        changes[other] = next(r for r in readings if r.bundle == reading.bundle)
    return life.choice.satisfied_with(identity, changes)


def _codes(life: Life) -> Iterator[str]:
    """The codes that the figure's line may have, where that was a question."""
    line, taken = life.line, life.choice.code(life.line.id)
    if len(line.codes) < 2:
        return
    sums = life.index.by_line.get(line.id, [])
    for code in line.codes:
        other = life.choice.with_changes({}, {line.id: code})
        broken = sum(not other.satisfied(identity) for identity in sums)
        yield _choice(
            f"{_code(line, code)}; {_holding(broken, len(sums))}", taken=taken is not None and code.code == taken.code
        )


def _code(line: Line, code: CodeReading) -> str:
    reason = f"; {code.reason}" if code.reason else ""
    value = f"AES {code.code}" if code.code else "no AES code"
    return f"code {quoted(line.raw_code)} as {value}: {code.how}, cost {code.cost}{reason}"


TAKEN = "  > "


def _choice(text: str, *, taken: bool) -> str:
    return _wrapped(text + (" (taken)" if taken else ""), "      ", TAKEN if taken else "    ")


def _holding(broken: int, sums: int) -> str:
    if not sums:
        return "no sum reaches it"
    if broken in (0, sums):
        return "none of its sums holds" if broken else "all its sums hold"
    return f"{sums - broken} of its {sums} sums {'holds' if sums - broken == 1 else 'hold'}"


def _repairs(results: Results, figure: Row) -> list[str]:
    """What repairs.csv says of the figure, its line's code and the other texts of its row."""
    key, place = figure_key(figure), (figure["page"], figure["row"])
    others = {row["raw"] for row in results.figures if _place_of(row) == _place_of(figure)} - {figure["raw"]}
    found = []
    for row in results.of_paper("repairs.csv", figure):
        of_cell = row["what"] != "figure" and row["raw"] not in others
        if (row["page"], row["row"]) == place and (row["figure"] == key or of_cell):
            found.append(_repair(row))
    return found or [_wrapped("none")]


def _place_of(row: Row) -> tuple[str, ...]:
    return (row["document"], row["sha256"], row["page"], row["row"])


def _repair(row: Row) -> str:
    what = {"figure": "this figure", "aes_code": "the row's AES code"}.get(row["what"], "a cell of the row")
    others = f"; as good: {row['others']}" if row["others"] else ""
    taken = f"{quoted(row['raw'])} taken as {quoted(row['taken'])}"
    return _wrapped(f"{what}: {taken}: {shown(row['reason'])} ({row['evidence']}){others}", "    ")


# --- sums ------------------------------------------------------------------------------------------------------------


def _sums(life: Life) -> Iterator[str]:
    if not life.checks:
        yield _wrapped("none: no sum that the rule knows of reaches this figure")
    for number, check in enumerate(life.checks, 1):
        place = life.stages.mapped.problem.figures[check.identity.total].place
        where = f"{check.identity.where} (total: page {place.page} row {place.row})"
        yield _wrapped(f"{number}. {check.identity.name}: {shown(where)}", "     ")
        yield _wrapped(written_out(life, check), "       ", "     ")
        yield _wrapped(_says(life, check), "       ", "     ")
        for suspect in check.suspects:
            yield _wrapped(_suspect(life, suspect), "         ", "       - ")


def written_out(life: Life, check: Check) -> str:
    """An identity with its numbers: "266,000 = [210,000] + 56,000 (and 1 nil)"; ≈ where it holds as rounded."""
    total = "?" if check.expected is None else _number(check.expected)
    total = f"[{total}]" if check.identity.total == life.figure.id else total
    relation, result = "=", ""
    if check.expected is not None and check.found != check.expected:
        relation = "≈" if check.verdict is Verdict.HOLDS else "≠"
        result = f" = {_number(check.found)}"
    return f"{total} {relation} {_addition(life, check)}{result}"


def _addition(life: Life, check: Check) -> str:
    """The parts that count: nils and, of a long sum, the smaller ones are counted only; the figure itself is shown."""
    choice, own = life.choice, life.figure.id
    parts = [(t.figure, t.sign * choice.value(t.figure)) for t in check.identity.parts if choice.counts(t)]
    filled = [part for part in parts if part[1] or part[0] == own]
    largest = {f for f, _ in sorted(filled, key=lambda part: (part[0] != own, -abs(part[1])))[:PARTS_SHOWN]}
    text = " ".join(_term(value, own=figure == own) for figure, value in filled if figure in largest)
    rest = [value for figure, value in filled if figure not in largest]
    if rest:
        text += f" {_term(sum(rest, Decimal(0)), own=False)} for {len(rest)} more"
    nils = len(parts) - len(filled)
    text = text.removeprefix("+ ") or "0"
    return text + (f" (and {_count(nils, 'nil')})" if nils else "")


def _term(value: Decimal, *, own: bool) -> str:
    number = f"[{_number(abs(value))}]" if own else _number(abs(value))
    return f"- {number}" if value < 0 else f"+ {number}"


def _says(life: Life, check: Check) -> str:
    if check.verdict is Verdict.NOT_CHECKABLE:
        return f"cannot be checked: {check.note}"
    if check.verdict is Verdict.HOLDS:
        return "holds" + (_tolerance(life, check) if check.difference else "")
    difference = check.difference or Decimal(0)
    way = "more" if difference > 0 else "less"
    return (
        f"does not hold: the parts come to {_number(check.found)}, which is {_number(abs(difference))} {way} than the "
        "total that is printed. Any one of these changes alone would mend it:"
    )


def _tolerance(life: Life, check: Check) -> str:
    """What the parts may come to, for a total that is rounded or cut."""
    allowed, total = life.choice.bounds(check.identity), life.choice.reading(check.identity.total)
    step = f", which is printed to the nearest {_number(total.step)}" if total.step else ""
    low = f"more than {_number(allowed.low - QUANTUM)}" if allowed.low % 1 else f"{_number(allowed.low)} or more"
    high = f"less than {_number(allowed.high + QUANTUM)}" if allowed.high % 1 else f"{_number(allowed.high)} at most"
    return f": for this total{step}, the parts may come to {low} and {high}"


def _suspect(life: Life, suspect: Suspect) -> str:
    figure = life.stages.mapped.problem.figures[suspect.figure]
    now = _number(life.choice.value(suspect.figure))
    detail = shown(life.line_of(suspect.figure).fields.get("detail", ""))
    name = (
        "this figure"
        if suspect.figure == life.figure.id
        else f"{life.rows.key(suspect.figure)}, {detail or 'no detail'}"
    )
    reason = f" ({suspect.reason})" if suspect.reason else ""
    change = f"{quoted(figure.raw)}, {now}, as {_number(suspect.value)}{reason}"
    return f"{name}: {change}; {_consequence(life, suspect)}"


def _consequence(life: Life, suspect: Suspect) -> str:
    """What a change would do to the other sums that the suspect stands in."""
    changed = replace(life.choice.reading(suspect.figure), value=suspect.value)
    before = {i.id: life.choice.satisfied(i) for i in life.index.by_figure[suspect.figure]}
    identities = life.index.by_figure[suspect.figure]
    after = {i.id: life.choice.satisfied_with(i, {suspect.figure: changed}) for i in identities}
    mended = sum(after[i] and not before[i] for i in after)
    hurt = sum(before[i] and not after[i] for i in after)
    others = f" and {mended - 1} more" if mended > 1 else ""
    return f"mends this sum{others}, breaks {hurt or 'no'} other{'s' if hurt != 1 else ''}"


def _recorded_sums(results: Results, figure: Row) -> list[str]:
    """The sums of a figure as checks.csv has them."""
    key, found = figure_key(figure), []
    for row in results.of_paper("checks.csv", figure):
        if key in row["figures"].split():
            difference = f", difference {grouped(row['difference'])}" if row["difference"] not in ("", "0") else ""
            sums = f"{grouped(row['expected'])} printed, {grouped(row['found'])} found{difference}: {row['verdict']}"
            mends = f". Would mend it: {row['suspects']}" if row["suspects"] else ""
            found.append(_wrapped(f"{row['identity']}: {shown(row['where'])}: {sums}{mends}", "    "))
    return found or [_wrapped("none: checks.csv has no sum that reaches this figure")]


# --- the verdict -----------------------------------------------------------------------------------------------------


def _verdict(life: Life) -> str:
    say = {
        Proof.RECONCILED: _reconciled,
        Proof.UNCHECKED: _unchecked,
        Proof.CONTRADICTED: _contradicted,
        Proof.AMBIGUOUS: _ambiguous,
    }[life.decision.proof]
    return f"{life.decision.proof.capitalize()}. {say(life)}"


def _reconciled(life: Life) -> str:
    holding = [n for n, check in enumerate(life.checks, 1) if check.verdict is Verdict.HOLDS]
    alone = [n for n in holding if _fixes(life, life.checks[n - 1])]
    if alone:
        verb = "fixes" if len(alone) == 1 else "each fix"
        return f"{_numbered(alone)} {verb} it: any other amount in this cell would break the sum."
    return f"{_numbered(holding)} together fix it: no other amount and no other place in the row would do for all."


def _fixes(life: Life, check: Check) -> bool:
    """Whether this sum would be proof enough without the figure's others."""
    others = {f: each for f, each in life.index.by_figure.items() if f != life.figure.id}
    return proof(life.choice, life.figure, {**others, life.figure.id: [check.identity]}) is Proof.RECONCILED


def _unchecked(life: Life) -> str:
    holding = [check for check in life.checks if check.verdict is Verdict.HOLDS]
    look = "Compare it with the page."
    if not life.checks:
        return f"No sum reaches this figure. {look}"
    if not holding:
        return f"None of its sums can be checked. {look}"
    spans = [life.choice.bounds(check.identity) for check in holding]
    if any(span.low == span.high for span in spans):
        return f"Its sums hold, but the amount would do as well in an empty cell of its row. {look}"
    return f"Its sums hold, but they are of amounts so rounded that a slip here would not show. {look}"


def _contradicted(life: Life) -> str:
    broken = [n for n, check in enumerate(life.checks, 1) if check.verdict is Verdict.BROKEN]
    holding = [n for n, check in enumerate(life.checks, 1) if check.verdict is Verdict.HOLDS]
    verb, each = ("does", "it") if len(broken) == 1 else ("do", "each of them")
    needed = " and ".join(f"{money(plain_value(_needed(life, n)), life.figure.unit)} for sum {n}" for n in broken)
    also = f" {_numbered(holding)} {'holds' if len(holding) == 1 else 'hold'} with it as it is." if holding else ""
    return (
        f"The paper contradicts itself: {_numbered(broken).lower()} {verb} not hold, so a figure in {each} is wrong, "
        f"not necessarily this one, and nothing was changed. To mend it alone this figure would have to be {needed}."
        f"{also}"
    )


def _needed(life: Life, number: int) -> Decimal:
    """What the figure would have to be for a broken sum of its to hold."""
    identity, choice = life.checks[number - 1].identity, life.choice
    surplus = choice.found(identity) - choice.value(identity.total)
    if identity.total == life.figure.id:
        return choice.found(identity)
    sign = next(t.sign for t in identity.parts if t.figure == life.figure.id and choice.counts(t))
    return choice.value(life.figure.id) - sign * surplus


def _ambiguous(life: Life) -> str:
    outcome = life.stages.outcome
    others = [f"{_value(r, life.figure.unit)} ({r.reason or r.how})" for r in life.decision.others]
    codes = [
        f"AES {c.code or 'none'} ({c.reason or c.how})"
        for d in outcome.codes
        if d.line == life.line.id
        for c in d.others
    ]
    if life.figure.doubt and life.decision.reading.value is not None:
        return f"The rule file is unsure: {life.figure.doubt}. Compare it with the page, and mend the rule file."
    if others or codes:
        return f"These would do as well: {'; '.join([*others, *codes])}. Compare it with the page."
    return "Reconciliation ran out of time before it could tell whether another reading would do as well."


def _numbered(numbers: Sequence[int]) -> str:
    head = "Sum" if len(numbers) == 1 else "Sums"
    said = [str(n) for n in numbers]
    return f"{head} {' and '.join(filter(None, (', '.join(said[:-1]), said[-1])))}"


# --- the picture -----------------------------------------------------------------------------------------------------


def _picture(life: Life, png: Path) -> None:
    if life.stages.paper.kind is not PaperKind.PDF:
        _stop(f"{life.path} is a text report and has no page to draw; --png is for PDFs")
    try:
        draw_page(life.path, life.figure.place.page, marks_of(life)).save(png, format="PNG")
    except CannotDraw as error:
        _stop(error)
    except OSError as error:
        _stop(f"{png} cannot be written: {error.strerror or error}. Name a file in a folder that is there")
    elsewhere = sorted({page for page, box in _others(life) if page != life.figure.place.page})
    also = f"; other figures of its broken sums are on page {', '.join(map(str, elsewhere))}" if elsewhere else ""
    click.echo(f"{png}: page {life.figure.place.page}{also}", err=True)


def marks_of(life: Life) -> list[Mark]:
    """What is marked on the picture of a figure's page, the figure itself last and so on top."""
    page = life.figure.place.page
    return [replace(mark, box=life.stages.paper.on_sheet(page, mark.box)) for mark in _upright_marks(life)]


def _upright_marks(life: Life) -> list[Mark]:
    marks = [Mark(box, PALE_BLUE, tint=True) for box in _column_box(life)]
    row = box_sides(life.stand.row.placed.row.box) if life.stand.row else None
    marks += [Mark(row, PALE_YELLOW, tint=True)] if row else []
    page = life.figure.place.page
    marks += [Mark(box, ORANGE) for other, box in _others(life) if other == page]
    return marks + ([Mark(life.figure.place.box, RED)] if life.figure.place.box else [])


def _column_box(life: Life) -> Iterator[Sides]:
    piece, column = life.stand.piece, life.figure.place.column
    if piece and piece.printed.box and len(piece.printed.edges) > column + 1:
        left, right = piece.printed.edges[column : column + 2]
        yield (left, piece.printed.box.top, right, piece.printed.box.bottom)


def _others(life: Life) -> list[tuple[int, Sides]]:
    """Page and box of the other figures of the sums that do not hold."""
    figures = life.stages.mapped.problem.figures
    ids = dict.fromkeys(f for check in life.broken for f in check.ties if f != life.figure.id)
    return [(figures[f].place.page, box) for f in ids if (box := figures[f].place.box)]


# --- words -----------------------------------------------------------------------------------------------------------


def money(value: str, unit: str) -> str:
    """An amount as a reader expects it: £1,250, 95%, 12."""
    if unit == Unit.GBP:
        return f"-£{grouped(value[1:])}" if value.startswith("-") else f"£{grouped(value)}"
    return grouped(value) + ("%" if unit == Unit.PERCENT else "")


def _value(reading: Reading, unit: str) -> str:
    return "no figure" if reading.value is None else money(plain_value(reading.value), unit)


def _number(value: Decimal | None) -> str:
    return grouped(plain_value(value))


def grouped(value: str) -> str:
    """A plain amount with commas; nothing where there is none."""
    return f"{Decimal(value):,f}" if value else "none"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shown(text: str) -> str:
    """Text of a paper on one line, cut where it is long; marks that do not print as their codes."""
    line = " / ".join(text.split("\n"))
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
    return line if len(line) <= TEXT_SHOWN else f"{line[:TEXT_SHOWN]}…"


def quoted(text: str) -> str:
    """A cell's text in quotation marks."""
    return f"“{shown(text)}”" if text else "(empty)"


def _section(name: str, lines: Iterable[str]) -> str:
    return "\n".join([name, *lines])


def _labelled(label: str, text: str) -> str:
    return _wrapped(text, " " * (LABEL + 2), f"  {label:<{LABEL}}")


def _wrapped(text: str, rest: str = "  ", first: str = "  ") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
