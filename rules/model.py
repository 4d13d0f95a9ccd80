"""What a rule file may say. One file describes one layout of one authority's papers, or of all that used a form.

The models are strict: an unknown key, a column that the schema lacks or a pattern that does not compile is an error.
docs/rules.md and docs/rule.schema.json are made from them, so what a key means is said here, and only here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from decimal import Decimal
from string import Formatter
from typing import Annotated, Any, Literal, get_args

import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from normalise.stitch import Stitch
from savings.schema import Kind, Level, Measure, Recurrence, Rounding, Unit

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
    "recurrence",
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


PRINTED = "printed"
Year = Annotated[str, Field(pattern=r"^(printed|span|base(\+\d)?(-base\+\d)?|\d{4}/\d\d(-\d{4}/\d\d)?)$")]
Scale = Annotated[int, Field(gt=0)] | Literal["suffix", "printed"]
Sign = Literal[1, -1, "printed"]


class Authority(Strict):
    """Who published the papers."""

    name: str = Field(
        description="The authority's name, as the dataset is to have it.", examples=["Kent County Council"]
    )
    gss: Annotated[str, Field(pattern=r"^([EWSN]\d{8})?$")] = Field(
        default="",
        description="Its code of the Office for National Statistics; empty where it has none.",
        examples=["E10000016"],
    )


class Phrases(Strict):
    """Phrases that a text must hold or must not hold; case, spaces and punctuation do not count.

    Of those that `match`, `pages` and `title` ask for, longer ones may have a letter in a dozen misread, and no digit.
    """

    all: tuple[str, ...] = Field(
        default=(), description="The text must hold all of these.", examples=[["AES", "Directorate"]]
    )
    any: tuple[str, ...] = Field(
        default=(), description="It must hold one of these.", examples=[["Achieved", "Achievement"]]
    )
    none: tuple[str, ...] = Field(
        default=(), description="It must hold none of these.", examples=[["Capital programme"]]
    )


class FigureKeys(Strict):
    """What the numbers of a column measure. Said on a band, it holds for all columns of the band."""

    measure: Measure | None = Field(
        default=None, description="What was measured; `target` where nothing is said.", examples=["achieved"]
    )
    kind: Kind | None = Field(
        default=None, description="Which part of the saving; `total` where nothing is said.", examples=["cashable"]
    )
    year: Year | None = Field(
        default=None,
        description="A financial year or span; `printed` (in the header of the column or its band), `base` (the "
        "paper's first year), `base+1` and so on, `base-base+2` for three years at once, or `span`, from "
        "the first to the last year that the table prints.",
        examples=["printed", "base+1", "base-base+2", "2007/08"],
    )
    recurrence: Recurrence | None = Field(
        default=None, description="Whether the saving comes back every year.", examples=["ongoing"]
    )
    part: str | None = Field(
        default=None, description="A split that the schema does not have.", examples=["cumulative"]
    )
    unit: Unit | None = Field(
        default=None, description="What the numbers count; `GBP` where nothing is said.", examples=["percent"]
    )
    scale: Scale | None = Field(
        default=None,
        description="What a printed 1 is worth, as of the whole rule, where this column has its own.",
        examples=[1000, "printed"],
    )
    sign: Sign | None = Field(
        default=None,
        description="The sign of a saving, as of the whole rule, where this column has its own.",
        examples=[-1],
    )
    unsure: str | None = Field(
        default=None,
        description="What is not known for certain: for as long as it stands there, the figures are ambiguous.",
        examples=["the header is damaged"],
    )


class Column(FigureKeys):
    """A column. It is one thing: a text of the schema (`field`), a text for sums (`key`), left out, or figures."""

    header: str = Field(
        default="",
        description='Its printed header. "{year}" is a header that is a financial year.',
        examples=["Non cashable", "{year}"],
    )
    also: tuple[str, ...] = Field(
        default=(),
        description='Other headers that the column may have; of a `by_header` table also none at all, "".',
        examples=[["Productivity", "Non cash"]],
    )
    field: TextField | None = Field(
        default=None,
        description="The text of the schema that it holds. `recurrence` is read as ongoing or one_off, by its words, "
        "for all figures of the line whose column does not say it.",
        examples=["detail"],
    )
    key: str | None = Field(
        default=None, description="A name of your own for a text that only sums and rows ask for.", examples=["funding"]
    )
    ignore: str | None = Field(default=None, description="Why it is left out.", examples=["a person"])
    times: Annotated[int, Field(ge=1, le=12)] | tuple[int, int] = Field(
        default=1,
        description="How many such columns follow each other; of a `by_header` table also fewest and most.",
        examples=[3, [1, 4]],
    )
    optional: bool = Field(
        default=False, description="Whether a paper may be without it; only in a `by_header` table.", examples=[True]
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Column:
        said = [k for k in ("field", "key", "ignore") if getattr(self, k) is not None]
        if len(said) > 1:
            raise ValueError(f"a column is one thing only, this one is {' and '.join(said)}")
        if self.most < self.fewest or self.most > 12 or self.fewest < 0:
            raise ValueError(f"times says how many columns, 12 at most, or the fewest and the most, not {self.times}")
        return self

    @property
    def name(self) -> str:
        """What row conditions call the column: its field or key; empty for figures and ignored columns."""
        return self.field or self.key or ""

    @property
    def is_figure(self) -> bool:
        """Whether the column holds figures."""
        return not (self.name or self.ignore is not None)

    @property
    def headers(self) -> tuple[str, ...]:
        """All headers that it may have, the first one first; none where it has none."""
        return tuple(filter(None, (self.header, *self.also)))

    @property
    def may_be_bare(self) -> bool:
        """Whether it may stand without a header."""
        return "" in self.also or not self.headers

    @property
    def fewest(self) -> int:
        """How many such columns a paper has at least."""
        least = self.times if isinstance(self.times, int) else self.times[0]
        return 0 if self.optional else least

    @property
    def most(self) -> int:
        """How many such columns a paper has at most."""
        return self.times if isinstance(self.times, int) else self.times[1]


class Band(FigureKeys):
    """Columns under a common header. What is said of figures here holds for all its columns."""

    band: str = Field(description="The printed common header.", examples=["Target"])
    also: tuple[str, ...] = Field(
        default=(), description="Other headers that the band may have.", examples=[["Planned"]]
    )
    columns: tuple[Column, ...] = Field(
        description="Its columns from left to right.", examples=[[{"header": "Cashable", "kind": "cashable"}]]
    )

    @property
    def headers(self) -> tuple[str, ...]:
        """All headers that it may have, the first one first."""
        return (self.band, *self.also)


class RowRule(Strict):
    """One sort of row. The first sort whose conditions a row meets is its sort: put sums before items."""

    level: Level | Literal["heading", "note"] = Field(
        description="What it is: a saving (`item`), a sum of others, a `heading` that says something of the rows below "
        "it, or a `note`, which is ignored.",
        examples=["item", "heading"],
    )
    when: dict[str, Pattern] = Field(
        default={},
        description="A pattern for the whole text of a column, by its field or key; `text` is the row's label. Named "
        "groups fill fields.",
        examples=[{"text": "TOTAL .+"}, {"service": r"(?P<reference>[A-Z]\d+)\s*-\s*(?P<detail>.+)"}],
    )
    needs: tuple[str, ...] = Field(
        default=(), description="Columns that must not be empty.", examples=[["reference", "detail"]]
    )
    figures: bool = Field(default=False, description="Whether there must be a figure.", examples=[True])
    set: dict[TextField, Template] = Field(
        default={}, description="Fields to fill, with the names of others in braces.", examples=[{"detail": "{text}"}]
    )
    inherits: tuple[TextField, ...] = Field(
        default=(), description="Fields that are those of the item before.", examples=[["reference", "detail"]]
    )
    sets: TextField | None = Field(
        default=None, description="The field of the rows below that a heading fills.", examples=["directorate"]
    )
    outside: bool = Field(
        default=False,
        description="Whether to look for such a row in the text between the tables, too.",
        examples=[True],
    )
    below: Pattern | None = Field(
        default=None, description="A pattern for the last heading above the row.", examples=["Savings.*"]
    )
    why: str = Field(default="", description="Why a note is ignored.", examples=["the strategy of a block"])
    unsure: str = Field(
        default="",
        description="What is not known for certain of such rows: their figures are ambiguous.",
        examples=["they may be growth"],
    )


class Find(FigureKeys):
    """A figure, or several, in a sentence. What is not printed is carried over from the figure before, or said here."""

    find: Pattern = Field(
        description="A pattern looked for again and again in what the statement found. Its groups: `amount`, or "
        '`amounts` ("3%, 3% and 3.4%"); `year`, or `years` ("2006/07 and 2007/08") for amounts that follow '
        '"respectively"; `kind` (words with or without "non").',
        examples=[r"savings of (?P<amount>£[\d.]+m) in (?P<year>\d{4}/\d\d)"],
    )
    years: tuple[str, ...] = Field(
        default=(),
        description="The years of `amounts` that the sentence leaves to its context.",
        examples=[["base", "base+1"]],
    )
    value: Decimal | None = Field(
        default=None, description='The amount that words state, such as "was not achieved".', examples=[0]
    )


class Statement(Strict):
    """Figures in prose: a sentence in a cell, in a row (its cells joined by " | ") or between tables."""

    name: str = Field(description="What sums call it, as `statement`.", examples=["property savings"])
    text: Pattern = Field(
        description="A pattern that knows the sentence; its named groups fill fields.",
        examples=[r"^Achieve £[\d.]+m (?P<detail>property related savings)"],
    )
    figures: tuple[Find, ...] = Field(
        description="The figures in it.", examples=[[{"find": r"(?P<amount>£[\d.]+m)", "year": "base"}]]
    )
    level: Level = Field(default=Level.ITEM, description="What it states.", examples=["total"])
    pages: Phrases = Field(
        default=Phrases(),
        description="Phrases of the text between the tables of its page.",
        examples=[{"any": ["Finance"]}],
    )
    set: dict[TextField, Template] = Field(
        default={}, description="Fields to fill, as of a row.", examples=[{"reference": "NI 179"}]
    )
    under: str | None = Field(
        default=None, description="A table whose last line before the sentence gives the AES code.", examples=["blocks"]
    )


class TableRule(Strict):
    """A table of the layout: where it stands, its columns in their order, and its sorts of rows."""

    pages: Phrases = Field(
        default=Phrases(),
        description="Phrases of the text between the tables of its page: a page's title, not the words of cells.",
        examples=[{"all": ["BUDGET - SAVINGS"]}],
    )
    title: Phrases = Field(
        default=Phrases(),
        description="Phrases of the lines right above the table, below the one before it, which tell it from another "
        "with the same header; where no line stands there, it goes on from the one before.",
        examples=[{"any": ["Savings"]}],
    )
    about: Phrases = Field(
        default=Phrases(),
        description="What it is about: the nearest text that holds a phrase of `any` or of `none` decides, its own "
        "header first, then the lines above, those of pages before too; without such a text it is none of this sort. "
        "Where this is not said, the figures of a table headed by growth, pressures, reserves or a capital programme "
        "are ambiguous.",
        examples=[{"any": ["saving", "efficienc"], "none": ["growth", "pressure"]}],
    )
    columns: tuple[Column | Band, ...] = Field(
        description="Its columns from left to right, and bands of columns.",
        examples=[[{"header": "Saving", "field": "detail"}, {"header": "{year}", "times": 2}]],
    )
    rows: tuple[RowRule, ...] = Field(
        description="Its sorts of row.", examples=[[{"level": "total", "when": {"text": "Total"}}, {"level": "item"}]]
    )
    labels: Literal["row", "below"] = Field(
        default="row",
        description="Where the name of a block stands: in the row of its figures, or in that or one further down.",
        examples=["below"],
    )
    loose: bool = Field(
        default=False,
        description="Whether pages without a header may lack columns; the sums then say which.",
        examples=[True],
    )
    by_header: bool = Field(
        default=False,
        description="Whether a column is only ever known by its header, in whatever order columns stand. What has "
        "another header is flagged. For forms that many authorities fill in.",
        examples=[True],
    )
    publish: bool = Field(
        default=True,
        description="`false` for a table that holds no savings, but whose sums are checked.",
        examples=[False],
    )
    unsure: str = Field(
        default="",
        description="What is not known for certain of the table: its figures are ambiguous.",
        examples=["is a reduction a saving here?"],
    )
    stitch: Stitch = Field(
        default=Stitch.PAGES,
        description="Whether a printed table goes on from the one before: as the evidence says (`pages`: same page or "
        "the next, header repeated or absent, rows that make sense), `never`, so that each needs a header, or "
        "`always`, whatever header or page stands between, if only its rows make sense.",
        examples=["always"],
    )

    @field_validator("columns")
    @classmethod
    def _are_some(cls, columns: tuple[Column | Band, ...]) -> tuple[Column | Band, ...]:
        if not columns:
            raise ValueError("a table needs columns")
        return columns

    @model_validator(mode="after")
    def _varies_by_header_only(self) -> TableRule:
        varies = [c for c, _ in _each_column(self) if c.fewest != c.most]
        if varies and not self.by_header:
            name = varies[0].header or varies[0].name
            raise ValueError(f"the column {name!r} may be missing, and the table does not say `by_header: true`")
        return self


class Selector(Strict):
    """Figures of lines: what is not said is not asked."""

    table: str | None = Field(
        default=None, description="The table; `statements` for those in prose.", examples=["lines"]
    )
    level: Level | None = Field(default=None, description="What the lines are.", examples=["item"])
    where: dict[str, Pattern] = Field(
        default={},
        description="Patterns for whole texts of the lines, by column.",
        examples=[{"detail": "CORE|EXTERNAL"}],
    )
    measure: Measure | None = Field(default=None, description="What was measured.", examples=["target"])
    kind: Kind | None = Field(default=None, description="Which part of the saving.", examples=["cashable"])
    year: Annotated[str, Field(pattern=r"^(base(\+\d)?(-base\+\d)?|\d{4}/\d\d(-\d{4}/\d\d)?)$")] | None = Field(
        default=None,
        description="The financial year or span, or counted from the paper's first: `base`, `base+1`, `base-base+2`.",
        examples=["2007/08", "base+1"],
    )
    recurrence: Recurrence | None = Field(default=None, description="Whether it comes back.", examples=["ongoing"])
    part: str | None = Field(default=None, description="A split of the rule's own.", examples=["cumulative"])
    unit: Unit | None = Field(default=None, description="What is counted.", examples=["GBP"])
    sign: Literal[1, -1] = Field(default=1, description="`-1` for what is taken away in the sum.", examples=[-1])


class IdentityRule(Strict):
    """A sum that the layout promises: `total` is what the figures `of` come to.

    Without `each: row` it is, for each line that `total` selects, over all lines that `of` selects. Figures in per cent
    are added up over lines only for `years`, or where `total` says `unit: percent`.
    """

    name: str = Field(description="What checks.csv calls it.", examples=["lines = total"])
    total: Selector = Field(description="The sum.", examples=[{"table": "lines", "level": "total"}])
    of: tuple[Selector, ...] = Field(description="Its parts.", examples=[[{"table": "lines", "level": "item"}]])
    each: Literal["row"] | None = Field(
        default=None, description="`row` where the parts and the sum are figures of one line.", examples=["row"]
    )
    by: tuple[str, ...] = Field(
        default=(), description="Columns in which the parts must agree with the sum.", examples=[["aes_code"]]
    )
    run: bool = Field(default=False, description="Whether the parts are those since the sum before.", examples=[True])
    years: bool = Field(
        default=False,
        description="Whether the sum is for several years, and its parts each for one of them.",
        examples=[True],
    )
    infers: bool = Field(
        default=False,
        description="Whether a sum whose cell is empty is given as what its parts come to, marked inferred.",
        examples=[True],
    )
    rounding: Rounding = Field(
        default=Rounding.EITHER,
        description="How it may differ: not at all (`exact`), rounded (`round`) or cut (`cut`) to the digits that the "
        "sum is printed with, one of these two (`either`), or parts and sum each rounded on their own (`loose`).",
        examples=["loose"],
    )


class Ignored(Strict):
    """Tables that hold no savings."""

    pages: Phrases = Field(
        description="Phrases of the text between the tables of their page; `{}` for all that no other key claims.",
        examples=[{"any": ["BUDGET - RESERVES"]}],
    )
    why: str = Field(description="Why, for the record.", examples=["reserves are no savings"])


class NoFigure(Strict):
    """Words in a figure's cell that say that there is no figure."""

    pattern: Pattern = Field(description="A pattern for the whole cell.", examples=["Under discussion.*"])
    why: str = Field(description="What they mean.", examples=["the plan is not settled yet"])


class Meaning(Strict):
    """What a damaged or odd value means."""

    is_: str = Field(alias="is", description="What is taken for it.", examples=["CWaC"])
    why: str = Field(
        description="Why it came to be printed so.", examples=["two v for a W, a slip of text recognition"]
    )
    evidence: str = Field(
        description="How that is known.", examples=["the page before prints CWaC beside the same service"]
    )


class YearFound(Strict):
    """The paper's year by patterns on its text."""

    find: Pattern | tuple[Pattern, ...] = Field(
        description="A pattern with a group `year`, or several, the first that is found going before the others.",
        examples=[r"backward look (?P<year>\d{4}/\d\d)"],
    )

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns in their order."""
        return (self.find,) if isinstance(self.find, str) else self.find

    @field_validator("find")
    @classmethod
    def _have_the_group(cls, find: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for pattern in (find,) if isinstance(find, str) else find:
            if "year" not in regex.compile(pattern).groupindex:
                raise ValueError(f"the pattern {pattern!r} has no group `year`, as in (?P<year>\\d{{4}}/\\d\\d)")
        return find


class Expected(Strict):
    """How many figures a paper of this layout gives: a guard against tables that are lost in silence."""

    fewest: Annotated[int, Field(ge=0)] = Field(
        default=1, description="Fewer are an error; `0` for papers that may well have none.", examples=[40]
    )
    most: int | None = Field(default=None, description="More are worth a warning.", examples=[400])


def _relax_required(schema: dict[str, Any]) -> None:
    """A file that extends another need not say what that one says."""
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["extends"]}]


class Rule(Strict):
    """A rule file: keys at its top."""

    model_config = ConfigDict(
        title="Rule file of council-savings",
        json_schema_extra=_relax_required,
    )

    extends: Annotated[str, Field(pattern=r"^[^/\s]+/[^/\s]+$")] | None = Field(
        default=None,
        description="The rule that this one builds on. Keys said here go before its own, inside `tables`, `match` and "
        "so on, too; a list takes the place of the list there, but identities and statements that have another name "
        "are added to those there. `~` takes a key away.",
        examples=["standard/budget-savings"],
    )
    authority: Authority | Literal["printed"] = Field(
        description="Who published the papers, or `printed`: the council that the paper names most.",
        examples=[{"name": "Kent County Council", "gss": "E10000016"}, "printed"],
    )
    layout: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        description="The layout's name, that of the file.", examples=["aes-outturn"]
    )
    match: Phrases = Field(
        description="How a paper of this layout is known, by phrases of its text.",
        examples=[{"all": ["AES", "Directorate", "Achievement"]}],
    )
    codes: Literal["aes"] | None = Field(
        default=None, description="`aes` where lines carry blocks of the Annual Efficiency Statement.", examples=["aes"]
    )
    year: Annotated[str, Field(pattern=r"^(printed|\d{4}/\d\d)$")] | YearFound = Field(
        default="printed",
        description="The paper's first year: the earliest that is printed over columns, a year, or one to be found.",
        examples=["2007/08", {"find": r"backward look (?P<year>\d{4}/\d\d)"}],
    )
    scale: Scale = Field(
        default=1,
        description="What a printed 1 is worth in pounds; `suffix` where every amount carries its own k or m; "
        "`printed` where the paper says it in a header or near the table. If it does not, the figures are ambiguous.",
        examples=[1000, "suffix", "printed"],
    )
    scale_evidence: str = Field(
        default="", description="How the scale is known.", examples=["£'000 is printed over the summary"]
    )
    sign: Sign = Field(
        default=1,
        description="`-1` where a saving is printed negative; `printed` where the paper says it, or all its savings "
        "have one sign.",
        examples=[-1, "printed"],
    )
    expected: Expected = Field(
        default=Expected(fewest=1),
        description="How many figures a paper gives.",
        examples=[{"fewest": 40, "most": 400}],
    )
    tables: dict[str, TableRule] = Field(
        default={},
        description="The tables that are read, by a name of your own.",
        examples=[
            {
                "lines": {
                    "columns": [{"header": "Saving", "field": "detail"}, {"header": "Target"}],
                    "rows": [{"level": "item", "needs": ["detail"]}],
                }
            }
        ],
    )
    statements: tuple[Statement, ...] = Field(
        default=(),
        description="Figures in prose.",
        examples=[
            [
                {
                    "name": "target of the year",
                    "text": r"(?P<detail>efficiency target) of £[\d.]+m",
                    "figures": [{"find": r"of (?P<amount>£[\d.]+m)", "measure": "target"}],
                }
            ]
        ],
    )
    ignore: tuple[Ignored, ...] = Field(
        default=(),
        description="Tables that hold no savings, by name.",
        examples=[[{"pages": {"any": ["BUDGET - RESERVES"]}, "why": "reserves are no savings"}]],
    )
    no_figures: tuple[NoFigure, ...] = Field(
        default=(),
        description="Words that say that there is no figure, besides the usual ones (n/a, TBC).",
        examples=[[{"pattern": "Under discussion.*", "why": "the plan is not settled yet"}]],
    )
    lookups: dict[str, dict[str, Meaning]] = Field(
        default={},
        description="By column, what a damaged value means. One that a paper has no use for is reported.",
        examples=[
            {"partner": {"CvvaC": {"is": "CWaC", "why": "two v for a W", "evidence": "the page before prints CWaC"}}}
        ],
    )
    identities: tuple[IdentityRule, ...] = Field(
        default=(),
        description="The sums that the layout promises.",
        examples=[
            [
                {
                    "name": "lines = total",
                    "total": {"table": "lines", "level": "total"},
                    "of": [{"table": "lines", "level": "item"}],
                }
            ]
        ],
    )

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
    """The columns of a table from left to right, each with its band; one that repeats as many times as it may stand."""
    return tuple((column, band) for column, band in _each_column(table) for _ in range(column.most))


def _each_column(table: TableRule) -> Iterator[tuple[Column, Band | None]]:
    for each in table.columns:
        if isinstance(each, Band):
            yield from ((column, each) for column in each.columns)
        else:
            yield each, None


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
    texts = everywhere | set(get_args(TextField)) if rule.tables or rule.statements else set()
    names += [(("lookups", name), name, texts) for name in rule.lookups]
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
