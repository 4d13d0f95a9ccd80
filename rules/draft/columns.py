"""What the columns of a sheet are: their printed labels and bands, and what the vocabulary makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import regex

from extract.paper import Cell, Row
from normalise.labels import plain
from normalise.marks import read_progress, read_recurrence
from normalise.numbers import read_amount
from normalise.years import read_years
from rules.block_names import block_code
from rules.draft.sheet import Piece, Sheet, is_figure
from rules.draft.words import meanings, read, whole, words_of
from rules.model import TextField

FIELDS = get_args(TextField)
FIGURE_WORDS = ("measure", "no_saving", "budget_position", "kind", "recurrence", "unit", "scale")
# Where a header names several measures, the column holds the first of these: a "forecast variance" is a variance.
STRONGEST = ("variance", "undeliverable", "slipped", "forecast", "achieved", "revised", "target")
YEAR = "{year}"
UNKNOWN = "not in the vocabulary"
_YEAR = regex.compile(r"(?:(?:19|20)\d\d|\b\d\d)\s*[/\-–—‐]\s*(?:(?:19|20)\d\d|\d\d?)(?!\d)")
_SINCE = regex.compile(r"\b(?:from|since)\s+(?:(?:19|20)\d\d|\d\d)\s*[/\-–—]", regex.IGNORECASE)
_SCALE = regex.compile(
    r"[(\[]?\s*£\s*(?:['’‘`]?\s*0{3}['’]?\s*s?|m(?:illions?|n)?|k)\b['’]?s?\s*[)\]]?", regex.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Label:
    """What is printed over a column: its own label, and that of the band over it and its neighbours (its columns)."""

    own: str
    band: str = ""
    group: tuple[int, ...] = ()

    @property
    def all(self) -> str:
        """Band and label together."""
        return f"{self.band} {self.own}".strip()


@dataclass(frozen=True, slots=True)
class Figures:
    """What a column of amounts measures, as far as its header says; "" or 0 where it does not."""

    measure: str = ""
    kind: str = ""
    recurrence: str = ""
    part: str = ""
    unit: str = ""
    scale: int = 0
    years: tuple[str, ...] = ()
    year_in_band: bool = False
    doubts: tuple[str, ...] = ()

    def doubting(self, doubt: str) -> Figures:
        """The same with one more doubt."""
        return replace(self, doubts=(*self.doubts, doubt)) if doubt not in self.doubts else self


@dataclass(frozen=True, slots=True)
class Named:
    """A column and what it is: figures, a text of the schema, a key, or left out with a reason."""

    index: int
    label: Label
    figures: Figures | None = None
    field: str = ""
    key: str = ""
    ignore: str = ""
    doubt: str = ""

    @property
    def name(self) -> str:
        """What conditions on rows call the column."""
        return self.field or self.key


def name_columns(sheet: Sheet) -> tuple[Named, ...]:
    """Every column of a sheet that holds anything, and what it is."""
    printed = labels_of(sheet)
    named = [_named(sheet, c, printed[c]) for c in range(sheet.width) if sheet.texts(c) or printed[c].own]
    return tuple(_of_which(list(_distinct(_with_aes(sheet, named)))))


def _of_which(columns: Sequence[Named]) -> Iterator[Named]:
    """A column "of which cashable" measures what the one before it does."""
    whole_one: Figures | None = None
    split = any(n.figures and n.figures.part == "cumulative" for n in columns)
    for each in columns:
        n, f = each, each.figures
        if f is not None and f.part == "annual" and not split:
            # Nothing cumulative stands beside it: "annual" says no more than that these are gains a year.
            f = replace(f, part="")
            n = replace(n, figures=f)
        if f is not None and whole_one is not None and plain(n.label.own).startswith("ofwhich") and not f.measure:
            f = replace(f, measure=whole_one.measure, part=whole_one.part, years=f.years or whole_one.years)
            yield replace(n, figures=replace(f, year_in_band=f.year_in_band or whole_one.year_in_band))
            continue
        whole_one = f or whole_one
        yield n


# --- labels and bands -----------------------------------------------------------------------------------------------


def labels_of(sheet: Sheet) -> tuple[Label, ...]:
    """The labels over the columns of a sheet; of pages that print the header differently, those that say most."""
    found = [_labels(piece) for piece in sheet.alike if piece.header_rows]
    if not found:
        return (Label(""),) * sheet.width
    return max(found, key=_telling)


def _telling(labels: Sequence[Label]) -> int:
    return sum(len({h.section for h in read(x.all, *FIGURE_WORDS)}) + bool(read_years(x.all)) for x in labels)


def _labels(piece: Piece) -> tuple[Label, ...]:
    width = piece.printed.width
    stacks = [[row.cells[c].text for row in piece.header] for c in range(width)]
    inside = _bands_inside(piece)
    for column, (band, _) in inside.items():
        stacks[column] = [text.replace(band, "", 1).strip() for text in stacks[column]]
    groups = {c: g for c, g in _groups(piece, stacks).items() if c not in inside}
    labels = [_label(stacks, c, groups.get(c)) for c in range(width)]
    return tuple(Label(x.own, *inside[c]) if c in inside else x for c, x in enumerate(labels))


def _bands_inside(piece: Piece) -> dict[int, tuple[str, tuple[int, ...]]]:
    """Years that are printed once over several columns, in one cell with the labels of these: the band, its columns."""
    found: dict[int, tuple[str, tuple[int, ...]]] = {}
    for number, row in enumerate(piece.printed.rows[: piece.header_rows]):
        for cell in row.cells:
            columns = tuple(range(cell.column, cell.column + cell.span))
            shares = [piece.header[number].cells[c].text for c in columns]
            years = read_years(cell.text)
            said = sum(bool(read_years(share)) for share in shares)
            if cell.span > 1 and len(years) == 1 and said <= 1 < sum(map(bool, shares)):
                match = _YEAR.search(cell.text)
                band = match[0] if match else years[0]
                under = _under(piece, cell, band) or columns
                found |= dict.fromkeys(under, (band, under))
    return found


def _under(piece: Piece, cell: Cell, band: str) -> tuple[int, ...]:
    """The columns that a text of a cell is centred over: two of the cell's columns at least."""
    edges = piece.printed.edges
    boxes = [word.box for word in cell.words if word.text in band.split()]
    if not boxes or len(edges) <= cell.column + cell.span:
        return ()
    middle = (boxes[0].x0 + boxes[-1].x1) / 2
    starts = range(cell.column, cell.column + cell.span - 1)
    runs = [(a, b) for a in starts for b in range(a + 2, cell.column + cell.span + 1)]
    first, last = min(runs, key=lambda run: abs(middle - (edges[run[0]] + edges[run[1]]) / 2))
    return tuple(range(first, last))


def _label(stacks: Sequence[Sequence[str]], column: int, group: tuple[int, tuple[int, ...]] | None) -> Label:
    if group is None:
        return Label(" ".join(filter(None, stacks[column])))
    depth, columns = group
    own = " ".join(filter(None, stacks[column][depth:]))
    return Label(own, _joined([stacks[c][:depth] for c in columns]), columns)


def _joined(stacks: Sequence[Sequence[str]]) -> str:
    """The text of a band, row by row; one cut over cells ("20 | 007/08 Targ | et") is put together again."""
    return " ".join(filter(None, (_row_joined([s[k] for s in stacks if s[k]]) for k in range(len(stacks[0])))))


def _row_joined(texts: Sequence[str]) -> str:
    together, apart = "".join(texts), " ".join(texts)
    return max((apart, together), key=lambda t: (len(read_years(t)) > 0) + len(read(t, "measure", "about")))


def _groups(piece: Piece, stacks: Sequence[Sequence[str]]) -> dict[int, tuple[int, tuple[int, ...]]]:
    """For each column under a common header: how many rows that has, and the columns that share it."""
    found: dict[int, tuple[int, tuple[int, ...]]] = {}
    depth = len(piece.header) - 1
    if depth < 1:
        return found
    for columns in (*_spanned(piece), *_repeated(stacks, depth), *_filled_forward(stacks, depth)):
        rows = _band_rows(stacks, columns, depth)
        if rows and not any(c in found for c in columns):
            found |= dict.fromkeys(columns, (rows, columns))
    return found


def _band_rows(stacks: Sequence[Sequence[str]], columns: Sequence[int], depth: int) -> int:
    """How many of the upper rows the band has: as many as leave every column a label of its own."""
    for rows in range(depth, 0, -1):
        if all(any(stacks[c][rows:]) for c in columns) and any(any(stacks[c][:rows]) for c in columns):
            return rows
    return 0


def _spanned(piece: Piece) -> Iterator[tuple[int, ...]]:
    """Columns under one cell that is printed over several of them, and holds one text."""
    for number, row in enumerate(piece.printed.rows[: piece.header_rows - 1]):
        for cell in _wide(row, piece.printed.width):
            covered = range(cell[0], cell[0] + cell[1])
            shares = [c for c in covered if piece.header[number].cells[c].text]
            if len(shares) == 1:
                yield tuple(covered)


def _wide(row: Row, width: int) -> Iterator[tuple[int, int]]:
    return ((cell.column, cell.span) for cell in row.cells if 1 < cell.span < width - 1 and cell.text.strip())


def _repeated(stacks: Sequence[Sequence[str]], depth: int) -> Iterator[tuple[int, ...]]:
    """Runs of labels that come again in the same order: cashable, non-cashable, total, and once more."""
    lowest = [plain(stack[depth]) for stack in stacks]
    for size in range(2, len(lowest) // 2 + 1):
        for start in range(len(lowest) - 2 * size + 1):
            run = lowest[start : start + size]
            count = 1
            while lowest[start + count * size : start + (count + 1) * size] == run:
                count += 1
            if all(run) and len(set(run)) > 1 and count > 1:
                yield from (tuple(range(start + k * size, start + (k + 1) * size)) for k in range(count))
                return


def _filled_forward(stacks: Sequence[Sequence[str]], depth: int) -> Iterator[tuple[int, ...]]:
    """An upper label over a labelled column, and the labelled columns to its right that have no upper label."""
    column = 0
    while column < len(stacks):
        end = column + 1
        if any(stacks[column][:depth]) and stacks[column][depth]:
            while end < len(stacks) and not any(stacks[end][:depth]) and stacks[end][depth]:
                end += 1
        if end - column > 1 and (
            read_years(" ".join(stacks[column][:depth])) or read(" ".join(stacks[column][:depth]), "measure", "kind")
        ):
            yield tuple(range(column, end))
        column = end


# --- what a column is -----------------------------------------------------------------------------------------------


def _named(sheet: Sheet, column: int, label: Label) -> Named:
    texts = sheet.texts(column)
    text = _text_column(label, texts)
    amounts_that_are_none = column in sheet.amount_columns and whole(label.own, "no_saving")
    if text.field in ("reference", "aes_code", "progress") and whole(label.own, "field") and not amounts_that_are_none:
        return replace(text, index=column)
    left_out = text.ignore not in ("", UNKNOWN) and not read(label.own, "measure", "kind", "recurrence")
    if _holds_figures(sheet, column, label, texts) and not left_out:
        return _amount_column(column, label, texts)
    return replace(text, index=column)


def _holds_figures(sheet: Sheet, column: int, label: Label, texts: Sequence[str]) -> bool:
    """Whether a column holds amounts: most of its cells do, or some or none do and its header speaks of amounts."""
    if column in sheet.amount_columns:
        return True
    speaks = bool(read(label.own, "measure", "kind", "scale")) or bool(_scale(label.own))
    return speaks and (any(map(is_figure, texts)) or (not texts and bool(sheet.amount_columns)))


def _amount_column(column: int, label: Label, texts: Sequence[str]) -> Named:
    if not label.all and _is_count_up(texts):
        return Named(column, label, field="reference")
    why = _no_saving(label)
    if why:
        return Named(column, label, ignore=why)
    return Named(column, label, figures=read_figures(label, texts))


def _is_count_up(texts: Sequence[str]) -> bool:
    """Whether a column without a label counts its rows: 1, 2, 3."""
    numbers = [int(t) for t in texts if regex.fullmatch(r"\d{1,3}", t)]
    return (
        len(numbers) >= 3
        and len(numbers) >= 0.8 * len(texts)
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )


def _no_saving(label: Label) -> str:
    """Why a column of amounts is no saving, by its header; "" where it may be one."""
    for text in (label.own, label.all):
        hits = [hit for hit in read(text, *FIGURE_WORDS, "about") if hit.section in ("no_saving", "measure", "about")]
        why = [hit.meaning for hit in hits if hit.section == "no_saving"]
        saving = any(hit.section == "about" and hit.meaning == "saving" for hit in hits)
        measured = any(hit.section == "measure" for hit in hits)
        if why and not saving and not (measured and text is label.own):
            return why[0]
        if hits:
            return ""
    return ""


def read_figures(label: Label, texts: Sequence[str]) -> Figures:
    """What a column of amounts measures, by its header; its own label says more than the band's."""
    own, band = label.own, label.band
    measure, doubts = _measure(own, band)
    percent = 2 * sum("%" in t for t in texts) > len(texts)
    # What has been going on from a year on is not that year's alone.
    years = () if _SINCE.search(own) else read_years(own) or read_years(band)
    return Figures(
        measure=measure,
        kind=_first(own, "kind") or _first(band, "kind"),
        recurrence=_first(own, "recurrence") or _first(band, "recurrence"),
        part=_part(own, measure),
        unit="percent" if percent else next((h.meaning for h in read(own, *FIGURE_WORDS) if h.section == "unit"), ""),
        scale=_scale(own) or _scale(band),
        years=years,
        year_in_band=not read_years(own) and bool(read_years(band)),
        doubts=doubts,
    )


def _part(own: str, measure: str) -> str:
    """A split that is named: annual and cumulative; "to date" of what is achieved."""
    found = next(iter(meanings(own, "part")), "")
    return found if found != "to date" or measure == "achieved" else ""


def _measure(own: str, band: str) -> tuple[str, tuple[str, ...]]:
    for text in (own, band):
        hits = read(text, *FIGURE_WORDS)
        if any(hit.section == "budget_position" for hit in hits):
            return "variance", ("a variance of the budget, which may be no saving's",)
        said = dict.fromkeys(hit.meaning for hit in hits if hit.section == "measure")
        if said:
            found = next(m for m in STRONGEST if m in said)
            others = [m for m in said if m != found]
            doubt = f"the header says both {found} and {' and '.join(others)}"
            return found, (doubt,) if others and found != "variance" else ()
    return "", ()


def _first(text: str, section: str) -> str:
    """The meaning of the longest phrase of a section, which may lie inside one of another: "full year forecast"."""
    hits = [hit for hit in read(text, *FIGURE_WORDS) if hit.section == section]
    return max(hits, key=lambda hit: hit.words).meaning if hits else ""


def _scale(text: str) -> int:
    found = meanings(text, "scale")
    return int(found[0]) if found and found[0] != "1" else 1 if regex.search(r"£\s*\)?\s*$", text) else 0


# --- texts ----------------------------------------------------------------------------------------------------------


def _text_column(label: Label, texts: Sequence[str]) -> Named:
    if marks := _marks(texts):
        return Named(0, label, field=marks)
    hit = whole(label.own, "field", "ignored_text") or whole(label.all, "field", "ignored_text")
    hits = [hit] if hit else list(read(label.own, "field", "ignored_text"))
    if hits and hits[0].section == "ignored_text":
        return Named(0, label, ignore=hits[0].meaning)
    if hits and hits[0].meaning == "reference" and _are_names(texts):
        return Named(0, label, field="detail")
    if hits:
        doubt = "" if hit else "its header is more than the word that names it"
        return Named(0, label, field=hits[0].meaning, doubt=doubt)
    if _is_categorical(texts):
        return Named(0, label, key=slug(label.own) or "group")
    return Named(0, label, ignore=UNKNOWN, doubt="say what this column is")


def _marks(texts: Sequence[str]) -> str:
    """The field of a column of marks: of progress, or of how often a saving comes back; empty where it has others."""
    if not texts:
        return ""
    if 2 * sum(bool(read_progress(t)) for t in texts) > len(texts):
        return "progress"
    return "recurrence" if all(map(read_recurrence, texts)) else ""


def _are_names(texts: Sequence[str]) -> bool:
    """Whether a column holds names, and no references: texts of several words without a digit."""
    return 2 * sum(len(t.split()) > 1 and not any(c.isdigit() for c in t) for t in texts) > len(texts)


def _is_categorical(texts: Sequence[str]) -> bool:
    """Whether a column sorts the lines into a few groups."""
    return len(texts) >= 4 and 1 < len(set(texts)) <= len(texts) / 2 and max(map(len, texts)) <= 40


def _names_blocks(texts: Sequence[str]) -> bool:
    """Whether a column names the AES blocks, each once."""
    codes = [code for t in texts if (code := block_code(t)) is not None]
    return len(set(codes)) >= 5 and len(set(codes)) >= 0.8 * len(codes) and 2 * len(codes) > len(texts)


def _with_aes(sheet: Sheet, named: Sequence[Named]) -> Iterator[Named]:
    """The names of AES blocks, and numbers from 1 to 14 before them, are what they are whatever the header says."""
    blocks = {n.index for n in named if n.figures is None and _names_blocks(sheet.texts(n.index))}
    for n in named:
        after = next((m.index for m in named if m.index > n.index), None)
        if n.index in blocks:
            yield Named(n.index, n.label, field="aes_block")
        elif after in blocks and _are_codes(sheet.texts(n.index)):
            yield Named(n.index, n.label, field="aes_code")
        else:
            yield n


def _are_codes(texts: Sequence[str]) -> bool:
    numbers = [t for t in texts if regex.fullmatch(r"\d{1,2}", t) and 1 <= int(t) <= 14]
    return bool(numbers) and len(numbers) >= 0.8 * len(texts)


def _distinct(named: Iterator[Named]) -> Iterator[Named]:
    """Each field once; further columns of one become what they can: the second description is a comment."""
    columns = list(named)
    columns = _with_detail(columns)
    taken: Counter[str] = Counter()
    for n in columns:
        field = n.field
        if field and taken[field]:
            field = (
                "comment"
                if field == "detail" and not any(m.field == "comment" for m in columns) and not taken["comment"]
                else ""
            )
        if field:
            taken[field] += 1
        yield n if field == n.field else _renamed(n, field, taken)


def _renamed(n: Named, field: str, taken: Counter[str]) -> Named:
    if field:
        return replace(n, field=field)
    key = slug(n.label.own) or f"column {n.index + 1}"
    taken[key] += 1
    return replace(n, field="", key=key if taken[key] == 1 else f"{key} {taken[key]}")


def _with_detail(columns: list[Named]) -> list[Named]:
    """What a line is called: the column that says so, else the last text that may do."""
    if any(n.field == "aes_block" for n in columns):
        return [replace(n, field="comment") if n.field == "detail" else n for n in columns]
    if any(n.field == "detail" for n in columns):
        return columns
    unknown = [n for n in columns if n.ignore == UNKNOWN]
    order = [
        *unknown[:1],
        *(n for f in ("service", "category", "directorate", "comment") for n in columns if n.field == f),
    ]
    if not order:
        return columns
    best = order[0]
    doubt = "the vocabulary does not know its header" if best.ignore and best.label.own else ""
    return [replace(n, field="detail", ignore="", doubt=doubt) if n is best else n for n in columns]


def slug(text: str) -> str:
    """A text as the name of a key: its words in small letters."""
    return " ".join(w for w in words_of(text) if w.isalpha())[:30].strip()


def header_of(label: Label) -> str:
    """A column's label as a rule file has it, a year in it as {year}."""
    text = _YEAR.sub(YEAR, label.own, count=1)
    bare = _SCALE.sub("", text).strip(" -–()£")
    if bare == YEAR:
        return YEAR
    return text.replace("{", "{") if text.count("{") <= 1 else label.own


def year_text(text: str) -> str:
    """A band's text with its year as {year}."""
    return _YEAR.sub(YEAR, text, count=1)


__all__ = ["FIELDS", "Figures", "Label", "Named", "header_of", "labels_of", "name_columns", "read_amount", "year_text"]
