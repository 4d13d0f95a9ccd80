"""What a rule file may say. One file describes one layout of one authority's papers.

The models are strict: an unknown key, a column that the schema lacks or a pattern that does not compile is an error.
"""

from __future__ import annotations

import difflib
from decimal import Decimal
from string import Formatter
from typing import Annotated, Literal, get_args

import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from normalise.stitch import Stitch
from savings.schema import Kind, Level, Measure, Recurrence, Rounding, Unit

# Patterns come from files and run on text from papers: neither may hang the program.
PATTERN_SECONDS = 1.0
# What identities call the lines that statements give.
STATEMENTS = "statements"

TextField = Literal[
    "aes_code",
    "aes_block",
    "reference",
    "category",
    "directorate",
    "service",
    "detail",
    "partner",
    "comment",
    "progress",
]


def _compiles(pattern: str) -> str:
    try:
        regex.compile(pattern)
    except regex.error as error:
        raise ValueError(f"the pattern {pattern!r} does not compile: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


def _fills_in(text: str) -> str:
    try:
        list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"{text!r} cannot be filled in: {error}") from None
    return text


Template = Annotated[str, AfterValidator(_fills_in)]


class Strict(BaseModel):
    """A part of a rule file: unknown keys are errors, values are not changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Authority(Strict):
    """Who published the papers: the name, and the code of the Office for National Statistics."""

    name: str
    gss: Annotated[str, Field(pattern=r"^([EWSN]\d{8})?$")] = ""


class Phrases(Strict):
    """Phrases that a text must hold or must not hold; case, spaces and punctuation do not count."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class FigureKeys(Strict):
    """What the numbers of a column measure. Said on a band, it holds for all columns of the band.

    `year` is a financial year or span of the schema's form, "printed" (in the column's or the band's header), "base"
    (the paper's first year), "base+1" and so on, or "base-base+2" for three years at once. `unsure` says what is not
    known for certain of the column: its figures are ambiguous for as long as it stands there.
    """

    measure: Measure | None = None
    kind: Kind | None = None
    year: Annotated[str, Field(pattern=r"^(printed|base(\+\d)?(-base\+\d)?|\d{4}/\d\d(-\d{4}/\d\d)?)$")] | None = None
    recurrence: Recurrence | None = None
    part: str | None = None
    unit: Unit | None = None
    scale: Annotated[int, Field(gt=0)] | Literal["suffix"] | None = None
    sign: Literal[1, -1] | None = None
    unsure: str | None = None


class Column(FigureKeys):
    """A column: its printed header, and what it is: a text of the schema, a key for sums, figures, or ignored.

    `header: "{year}"` is a header that is a financial year; `times` says how many such columns follow each other.
    """

    header: str = ""
    field: TextField | None = None
    key: str | None = None
    ignore: str | None = None
    times: Annotated[int, Field(ge=1, le=12)] = 1

    @model_validator(mode="after")
    def _is_one_thing(self) -> Column:
        said = [k for k in ("field", "key", "ignore") if getattr(self, k) is not None]
        if len(said) > 1:
            raise ValueError(f"a column is one thing only, this one is {' and '.join(said)}")
        return self

    @property
    def name(self) -> str:
        """What row conditions call the column: its field or key; empty for figures and ignored columns."""
        return self.field or self.key or ""

    @property
    def is_figure(self) -> bool:
        """Whether the column holds figures."""
        return not (self.name or self.ignore is not None)


class Band(FigureKeys):
    """Columns under a common header."""

    band: str
    columns: tuple[Column, ...]


class RowRule(Strict):
    """One sort of row. The first sort whose conditions a row meets is its sort.

    `when` gives a pattern for the whole text of a column (by field or key; "text" is the row's label); its named groups
    fill fields. `needs` names columns that must not be empty, `figures` asks for at least one figure. A `heading` row
    fills the field `sets` of the rows below it; a `note` is ignored, `why` says why. `outside` looks for the row in the
    text between tables, too. `below` is a pattern for the last heading above the row. `unsure` makes the figures of
    such rows ambiguous, as it does on a column.
    """

    level: Level | Literal["heading", "note"]
    when: dict[str, Pattern] = {}
    needs: tuple[str, ...] = ()
    figures: bool = False
    set: dict[TextField, Template] = {}
    inherits: tuple[TextField, ...] = ()
    sets: TextField | None = None
    outside: bool = False
    below: Pattern | None = None
    why: str = ""
    unsure: str = ""


class Find(FigureKeys):
    """A figure, or several, in a sentence: `find` is looked for again and again in what the statement's pattern found.

    Its groups: `amount`, or `amounts` ("3%, 3% and 3.4%"); `year`, or `years` ("2006/07 and 2007/08"), for amounts that
    follow "respectively"; `kind` (words with or without "non"). What is not printed is carried over from the figure
    before, or is what the keys say; `years` here says the years of `amounts` that the sentence leaves to the context.
    `value` is for words that state an amount ("was not achieved": 0).
    """

    find: Pattern
    years: tuple[str, ...] = ()
    value: Decimal | None = None


class Statement(Strict):
    """Figures in prose: a sentence in a cell, in a row (its cells joined by " | ") or between tables.

    The named groups of `text` fill fields. `under` is a table whose last line before the sentence gives the AES code.
    """

    name: str
    text: Pattern
    figures: tuple[Find, ...]
    level: Level = Level.ITEM
    pages: Phrases = Phrases()
    set: dict[TextField, Template] = {}
    under: str | None = None


class TableRule(Strict):
    """A table of the layout: on which pages it stands, its columns in their order, and its sorts of rows.

    `pages` are phrases of the text between the tables: a page's title, not the words of its cells. `title` are phrases
    of the lines right above the table, which tell it from another with the same header; where no line stands there, it
    goes on from the one before. With `labels: below` the name of a block stands in the row of its figures or in one
    further down. In a `loose` table pages without a header may lack columns, and the sums say which. `publish: false`
    is for tables that hold no savings, but whose sums are checked all the same. `unsure` makes all figures of the table
    ambiguous, as it does on a column.

    `stitch` says whether a printed table goes on from the one before: `pages`, as the evidence says (same page or the
    next, header repeated or absent, rows that make sense); `never`, so that each is one for itself and needs a header;
    or `always`, whatever header or page stands between, if only its rows make sense.
    """

    pages: Phrases = Phrases()
    title: Phrases = Phrases()
    columns: tuple[Column | Band, ...]
    rows: tuple[RowRule, ...]
    labels: Literal["row", "below"] = "row"
    loose: bool = False
    publish: bool = True
    unsure: str = ""
    stitch: Stitch = Stitch.PAGES

    @field_validator("columns")
    @classmethod
    def _are_some(cls, columns: tuple[Column | Band, ...]) -> tuple[Column | Band, ...]:
        if not columns:
            raise ValueError("a table needs columns")
        return columns


class Selector(Strict):
    """Figures of lines: of a table, a level, texts that match, and what they measure. What is not said is not asked."""

    table: str | None = None
    level: Level | None = None
    where: dict[str, Pattern] = {}
    measure: Measure | None = None
    kind: Kind | None = None
    year: str | None = None
    recurrence: Recurrence | None = None
    part: str | None = None
    unit: Unit | None = None
    sign: Literal[1, -1] = 1


class IdentityRule(Strict):
    """A sum that the layout promises: `total` is what the figures `of` come to.

    With `each: row` the figures are those of one line. Otherwise, for each line that `total` selects, all lines that
    `of` selects: with `by`, those that agree in these columns; with `run`, those since the total before it. With
    `years` the total is for several years at once, and its parts are each for one of them. With `infers` a total whose
    cell is empty is given as what its parts come to, marked inferred.
    """

    name: str
    total: Selector
    of: tuple[Selector, ...]
    each: Literal["row"] | None = None
    by: tuple[str, ...] = ()
    run: bool = False
    years: bool = False
    infers: bool = False
    rounding: Rounding = Rounding.EITHER


class Ignored(Strict):
    """Tables that hold no savings, by phrases of the text between the tables of their page; `why` is put on record."""

    pages: Phrases
    why: str


class NoFigure(Strict):
    """Words in a figure's cell that say that there is no figure."""

    pattern: Pattern
    why: str


class Meaning(Strict):
    """What a damaged value means, and why that is known."""

    is_: str = Field(alias="is")
    why: str


class YearFound(Strict):
    """The paper's year by a pattern on its text, with a group `year`."""

    find: Pattern


class Rule(Strict):
    """A rule file."""

    authority: Authority
    layout: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    match: Phrases
    codes: Literal["aes"] | None = None
    year: Annotated[str, Field(pattern=r"^(printed|\d{4}/\d\d)$")] | YearFound = "printed"
    scale: Annotated[int, Field(gt=0)] | Literal["suffix"] = 1
    scale_evidence: str = ""
    sign: Literal[1, -1] = 1
    tables: dict[str, TableRule] = {}
    statements: tuple[Statement, ...] = ()
    ignore: tuple[Ignored, ...] = ()
    no_figures: tuple[NoFigure, ...] = ()
    lookups: dict[str, dict[str, Meaning]] = {}
    identities: tuple[IdentityRule, ...] = ()

    @model_validator(mode="after")
    def _names_are_known(self) -> Rule:
        for where, name, known in _named(self):
            if name not in known:
                raise _unknown_name(where, name, known)
        if self.codes is None and any(c.field == "aes_code" for t in self.tables.values() for c, _ in columns_of(t)):
            raise _elsewhere(("tables",), "a column holds aes_code, and the rule does not say `codes: aes`")
        return self


Location = tuple[str | int, ...]


def _unknown_name(where: Location, name: str, known: set[str]) -> PydanticCustomError:
    nearest = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"known are: {', '.join(sorted(known))}"
    return _elsewhere(where, f"{'.'.join(map(str, where))} names {name!r}, which the rule does not have; {hint}")


def _elsewhere(where: Location, problem: str) -> PydanticCustomError:
    """An error of the whole rule that belongs to one place of it."""
    return PydanticCustomError("elsewhere", "{problem}", {"problem": problem, "where": where})


def columns_of(table: TableRule) -> tuple[tuple[Column, Band | None], ...]:
    """The columns of a table from left to right, each with its band; year columns as many times as they stand."""
    found: list[tuple[Column, Band | None]] = []
    for each in table.columns:
        inner = each.columns if isinstance(each, Band) else (each,)
        band = each if isinstance(each, Band) else None
        found += [(column, band) for column in inner for _ in range(column.times)]
    return tuple(found)


def _named(rule: Rule) -> list[tuple[Location, str, set[str]]]:
    """Every name that a rule uses, where, and the names it may be."""
    names: list[tuple[Location, str, set[str]]] = []
    everywhere: set[str] = set()
    for number, statement in enumerate(rule.statements):
        everywhere |= {*regex.compile(statement.text).groupindex, *statement.set, "statement"}
        if statement.under is not None:
            names.append((("statements", number, "under"), statement.under, set(rule.tables)))
    for key, table in rule.tables.items():
        columns = {c.name for c, _ in columns_of(table)} - {""}
        fields = columns | {f for row in table.rows for p in row.when.values() for f in regex.compile(p).groupindex}
        everywhere |= fields | {f for row in table.rows for f in (*row.set, *row.inherits, row.sets) if f}
        for number, row in enumerate(table.rows):
            at: Location = ("tables", key, "rows", number)
            names += [((*at, "when", n), n, columns | {"text"}) for n in row.when]
            names += [((*at, "needs"), n, columns) for n in row.needs]
            known = columns | {"text", *get_args(TextField)} | {g for p in row.when.values() for g in _groups(p)}
            names += [((*at, "set", k), n, known) for k, text in row.set.items() for n in _placeholders(text)]
    for number, identity in enumerate(rule.identities):
        names += [(("identities", number, "by"), n, everywhere) for n in identity.by]
        selectors = [(("total",), identity.total), *((("of", k), s) for k, s in enumerate(identity.of))]
        for inner, selector in selectors:
            place: Location = ("identities", number, *inner)
            names += [((*place, "where", n), n, everywhere) for n in selector.where]
            if selector.table is not None:
                names.append(((*place, "table"), selector.table, {*rule.tables, STATEMENTS}))
    return names


def _groups(pattern: str) -> set[str]:
    return set(regex.compile(pattern).groupindex)


def _placeholders(text: str) -> list[str]:
    """The names in braces of a text to be filled in."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
