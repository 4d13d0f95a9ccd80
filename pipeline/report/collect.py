"""What a report says, gathered paper by paper; held are sums and the largest doubts and papers, not the rows.

A run may be gathered in parts, by several processes: what they found goes between them as JSON.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, TypeVar

from pipeline.dataset.codebook import CHECKS, FIGURES, PAPERS, REPAIRS
from pipeline.dataset.keys import figure_key
from pipeline.dataset.run import Row, Source
from pipeline.report.charts import BARS_SHOWN
from savings.schema import DOUBTFUL, Kind, Level, Measure, Proof, Unit, Verdict

# So many doubtful figures, contradictions and papers are written out, the largest money first. All stand in the files.
DOUBTS_SHOWN = 500
SUMS_SHOWN = 500
PAPERS_SHOWN = 5_000
# What is told of a paper.
TOLD = ("document", "path", "sha256", "status", "authority", "nearest_rules", "pages", "pages_read", "figures",
        "reconciled", "flagged", "error")  # fmt: skip
# So many more than are shown are held before the last are let go of.
SLACK = 500
# Of a long sum so many parts are written out, the largest.
PARTS_SHOWN = 20

ZERO = Decimal(0)
# A paper by what its rows name it: file name and hash.
PaperKey = tuple[str, str]
# An authority and its year.
Year = tuple[str, str]
Json = Any
T = TypeVar("T")


@dataclass
class Tally:
    """How many figures there are of each proof, and the money in them (GBP, without sign)."""

    figures: Counter[str] = field(default_factory=Counter)
    money: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    # Where it is of one paper, that one's name.
    document: str = ""

    def merge(self, other: Tally) -> None:
        """Count another's figures."""
        self.figures.update(other.figures)
        for proof, money in other.money.items():
            self.money[proof] += money

    def add(self, row: Row) -> None:
        """Count a figure."""
        self.document = row["document"]
        self.figures[row["proof"]] += 1
        if row["unit"] == Unit.GBP:
            self.money[row["proof"]] += abs(row["value"])

    def as_json(self) -> Json:
        """All of it; `from_json` reads it."""
        return [self.figures, {proof: str(money) for proof, money in self.money.items()}, self.document]

    @classmethod
    def from_json(cls, said: Json) -> Tally:
        """What `as_json` gave."""
        figures, money, document = said
        return cls(Counter(figures), defaultdict(Decimal, {p: Decimal(m) for p, m in money.items()}), document)

    @property
    def count(self) -> int:
        """All figures."""
        return self.figures.total()

    @property
    def doubtful_money(self) -> Decimal:
        """The money in contradicted and ambiguous figures."""
        return sum((self.money[proof] for proof in DOUBTFUL), ZERO)

    def share(self, proof: str) -> float:
        """The share of the figures that are of a proof, 0 to 1."""
        return self.figures[proof] / self.count if self.count else 0.0

    def money_share(self, proof: str) -> float:
        """The share of the money that is in figures of a proof, 0 to 1."""
        whole = sum(self.money.values(), ZERO)
        return float(self.money[proof] / whole) if whole else 0.0


@dataclass(frozen=True)
class Doubt:
    """A doubtful figure: its row, its number in figures.csv, its paper's path, and other readings of its cell."""

    number: int
    row: Row
    path: str = ""
    others: str = ""

    @property
    def money(self) -> Decimal:
        """What hangs on it."""
        return abs(self.row["value"]) if self.row["unit"] == Unit.GBP else ZERO


@dataclass(frozen=True)
class Part:
    """One figure of a sum: what it is, and its value."""

    label: str
    value: Decimal


@dataclass(frozen=True)
class BrokenSum:
    """A contradiction: the check, the figures that it adds up, the largest first, and how many more there are."""

    check: Row
    parts: tuple[Part, ...]
    more: int
    rest: Decimal
    total: Part | None

    @property
    def money(self) -> Decimal:
        """By how much it is off."""
        return abs(Decimal(self.check["difference"] or ZERO))

    def as_json(self) -> Json:
        """All of it; `from_json` reads it."""
        parts = [[part.label, str(part.value)] for part in (*self.parts, *([self.total] if self.total else []))]
        return [_packed(self.check), parts, self.more, str(self.rest), self.total is not None]

    @classmethod
    def from_json(cls, said: Json) -> BrokenSum:
        """What `as_json` gave."""
        check, texts, more, rest, with_total = said
        parts = [Part(label, Decimal(value)) for label, value in texts]
        total = parts.pop() if with_total else None
        return cls(_unpacked(check), tuple(parts), more, Decimal(rest), total)


@dataclass(frozen=True)
class Pair:
    """Target against outcome for one thing, over the lines for which a paper gives both."""

    label: str
    target: Decimal
    outcome: Decimal


@dataclass
class Contents:
    """All that a report says. `doubtful_money` is that of the papers that are written out."""

    tally: Tally
    papers: list[Row]
    papers_left_out: int
    statuses: Counter[str]
    doubtful_money: dict[PaperKey, Decimal]
    # The papers of which least is reconciled, with that share, and how many have figures.
    shares: list[tuple[float, str]]
    papers_with_figures: int
    doubts: list[Doubt]
    doubts_left_out: int
    sums: list[BrokenSum]
    sums_left_out: int
    blocks: list[Pair]
    authorities: list[Pair]
    hows: Counter[str]
    repairs: int


def collect(source: Source) -> Contents:
    """Gather a report's contents, paper by paper."""
    return gather(source).contents()


def gather(source: Source) -> Gathered:
    """What there is to say of a run, or of a part of it whose papers stand in no other part."""
    gathered = Gathered()
    for paper in _papers(source):
        gathered.add(paper)
    return gathered


def _packed(row: Row) -> Json:
    """A row as JSON, in which amounts are texts in a list."""
    return {name: [str(value)] if isinstance(value, Decimal) else value for name, value in row.items()}


def _unpacked(said: Json) -> Row:
    return {name: Decimal(value[0]) if isinstance(value, list) else value for name, value in said.items()}


def paper_of(row: Row) -> PaperKey:
    """The paper of a row of any file."""
    return (row["document"], row["sha256"])


def label_of(row: Row) -> str:
    """What a figure is about, in a few words."""
    names = ("reference", "detail", "service", "directorate", "category", "aes_block", "partner")
    texts = list(dict.fromkeys(row[name] for name in names if row[name]))
    about = " ".join(filter(None, (row["measure"], row["kind"].replace("_", "-"), row["recurrence"], row["part"])))
    return f"{' · '.join(texts[:3]) or row['level']}: {about} {row['year']}"


# --- target against outcome ------------------------------------------------------------------------------------------


class _Outcomes:
    """Target and outcome of the lines for which one paper gives both, by paper, year and block.

    Two papers may speak of the same year: of an authority's year the paper with the most such lines counts alone.
    """

    def __init__(self) -> None:
        self._line: list[Row] = []
        self._at: tuple[object, ...] = ()
        # Of the paper that is being read, and of the fullest paper so far, by authority and year.
        self._here: dict[Year, _OfYear] = {}
        self._best: dict[Year, _OfYear] = {}

    def add(self, row: Row) -> None:
        """Take a figure; those of a line come one after the other."""
        at = (row["page"], row["row"], row["detail"], row["service"])
        if at != self._at:
            self._end_line()
            self._at = at
        if row["level"] == Level.ITEM and row["unit"] == Unit.GBP and not row["part"]:
            self._line.append(row)

    def _end_line(self) -> None:
        for year, figures in groupby(sorted(self._line, key=_year), key=_year):
            rows = list(figures)
            target = _amount(rows, Measure.TARGET)
            outcome = _amount(rows, Measure.ACHIEVED)
            outcome = _amount(rows, Measure.FORECAST) if outcome is None else outcome
            if target is not None and outcome is not None:
                of_year = self._here.setdefault((rows[0]["authority"], year), _OfYear(paper_of(rows[0])))
                of_year.add(rows[0]["aes_block"] or rows[0]["directorate"] or rows[0]["category"], target, outcome)
        self._line = []

    def close(self) -> None:
        """The paper is whole."""
        self._end_line()
        self._at = ()
        self._take(self._here)
        self._here = {}

    def _take(self, found: dict[Year, _OfYear]) -> None:
        for year, of_year in found.items():
            self._best[year] = min(self._best.get(year, of_year), of_year, key=lambda o: (-o.lines, o.paper))

    def merge(self, later: _Outcomes) -> None:
        """Take what was found in other papers."""
        self._take(later._best)

    def as_json(self) -> Json:
        """All of it; `from_json` reads it."""
        return [
            [*year, *best.paper, best.lines, [[block, *map(str, pair)] for block, pair in best.blocks.items()]]
            for year, best in self._best.items()
        ]

    @classmethod
    def from_json(cls, said: Json) -> _Outcomes:
        """What `as_json` gave."""
        found = cls()
        for authority, year, document, sha256, lines, blocks in said:
            best = found._best[authority, year] = _OfYear((document, sha256), lines)
            best.blocks.update({block: (Decimal(target), Decimal(outcome)) for block, target, outcome in blocks})
        return found

    def by_block(self) -> list[Pair]:
        """Over all papers, by AES block or, where there is none, directorate or category; the largest first."""
        return _pairs(
            (b, pair)
            for _, found in sorted(self._best.items(), key=itemgetter(0))
            for b, pair in found.blocks.items()
            if b
        )

    def by_authority(self) -> list[Pair]:
        """By authority over its years; the largest first."""
        return _pairs(
            (year[0], pair)
            for year, found in sorted(self._best.items(), key=itemgetter(0))
            for pair in found.blocks.values()
        )


@dataclass
class _OfYear:
    paper: PaperKey
    lines: int = 0
    blocks: dict[str, tuple[Decimal, Decimal]] = field(default_factory=lambda: defaultdict(lambda: (ZERO, ZERO)))

    def add(self, block: str, target: Decimal, outcome: Decimal) -> None:
        self.lines += 1
        before = self.blocks[block]
        self.blocks[block] = (before[0] + target, before[1] + outcome)


def _year(row: Row) -> str:
    return str(row["year"])


def _amount(rows: list[Row], measure: Measure) -> Decimal | None:
    """A line's amount of one measure: its total, or else the sum of its kinds; None where it has none."""
    own = [row for row in rows if row["measure"] == measure]
    totals = [row["value"] for row in own if row["kind"] == Kind.TOTAL]
    parts = [row["value"] for row in own if row["kind"] in (Kind.CASHABLE, Kind.NON_CASHABLE)]
    values = totals or parts
    return sum(values, ZERO) if values else None


def _pairs(found: Iterable[tuple[str, tuple[Decimal, Decimal]]]) -> list[Pair]:
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for label, (target, outcome) in found:
        before = sums.get(label, (ZERO, ZERO))
        sums[label] = (before[0] + target, before[1] + outcome)
    pairs = [Pair(label, *pair) for label, pair in sums.items()]
    return sorted(pairs, key=lambda pair: (-max(abs(pair.target), abs(pair.outcome)), pair.label))


# --- paper by paper --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _OnePaper:
    """The rows of one paper, or of one that was given under one name several times in a row; figures come once."""

    papers: Sequence[Row]
    checks: Iterable[Row]
    repairs: Iterable[Row]
    figures: Iterable[Row]


def _papers(source: Source) -> Iterator[_OnePaper]:
    """The papers of a run. All its files have them in the same order; rows of papers that are not listed come last."""
    others = [_Follower(source.rows(file)) for file in (CHECKS, REPAIRS, FIGURES)]
    for key, papers in groupby(source.rows(PAPERS), paper_of):
        yield _OnePaper(list(papers), *(follower.rows_of(key) for follower in others))
    while left := [follower.key for follower in reversed(others) if follower.key]:
        key = left[0]
        yield _OnePaper([], *(follower.rows_of(key) for follower in others))


class _Follower:
    """The rows of a file, handed out paper by paper."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._groups = groupby(rows, paper_of)
        self.key: PaperKey | None = None
        self._rows: Iterator[Row] = iter(())
        self._next()

    def _next(self) -> None:
        self.key, self._rows = next(self._groups, (None, iter(())))

    def rows_of(self, key: PaperKey) -> Iterator[Row]:
        """The rows of a paper, if they are next. They must be asked for before those of the next paper."""
        if key == self.key:
            yield from self._rows
            self._next()


# --- what is gathered ------------------------------------------------------------------------------------------------


@dataclass
class Gathered:
    """What the papers of a run, or of a part of it, come to: sums and the largest of what is written out.

    Parts that are merged in the order of the run give what the whole run gives.
    """

    tally: Tally = field(default_factory=Tally)
    statuses: Counter[str] = field(default_factory=Counter)
    hows: Counter[str] = field(default_factory=Counter)
    figures: int = 0
    repairs: int = 0
    papers: _First[tuple[Row, Decimal]] = field(default_factory=lambda: _First(PAPERS_SHOWN, _worst))
    shares: _First[tuple[float, str]] = field(default_factory=lambda: _First(BARS_SHOWN, lambda share: share))
    doubts: _First[Doubt] = field(default_factory=lambda: _First(DOUBTS_SHOWN, lambda doubt: -doubt.money))
    sums: _First[BrokenSum] = field(default_factory=lambda: _First(SUMS_SHOWN, lambda broken: -broken.money))
    outcomes: _Outcomes = field(default_factory=_Outcomes)

    def add(self, paper: _OnePaper) -> None:
        """Take a paper."""
        broken = [check for check in paper.checks if check["verdict"] == Verdict.BROKEN]
        others = self._others(paper.repairs)
        tally, found = self._figures(paper, {key for check in broken for key in check["figures"].split()}, others)
        self.sums.add(_sum(check, found) for check in broken)
        self.papers.add((_told(row), tally.doubtful_money) for row in paper.papers)
        self.statuses.update(row["status"] for row in paper.papers)
        if tally.count:
            self.tally.merge(tally)
            self.shares.add([(tally.share(Proof.RECONCILED), tally.document)])

    def _others(self, repairs: Iterable[Row]) -> dict[str, str]:
        """What else the cells of a paper may say, by the keys of their figures."""
        others = {}
        for row in repairs:
            self.repairs += 1
            if row["others"]:
                others[row["figure"]] = row["others"]
        return others

    def _figures(self, paper: _OnePaper, wanted: Set[str], others: Mapping[str, str]) -> tuple[Tally, dict[str, Part]]:
        """Take a paper's figures: their tally, and those that are parts of broken sums by their keys."""
        tally, found = Tally(), dict[str, Part]()
        path = paper.papers[0]["path"] if paper.papers else ""
        for row in paper.figures:
            self.figures += 1
            tally.add(row)
            self.hows[row["how"]] += 1
            self.outcomes.add(row)
            if wanted and (key := figure_key(row)) in wanted:
                found.setdefault(key, Part(label_of(row), row["value"]))
            if row["proof"] in DOUBTFUL:
                self.doubts.add([Doubt(self.figures, row, path, others.get(figure_key(row), ""))])
        self.outcomes.close()
        return tally, found

    def merge(self, later: Gathered) -> None:
        """Take what the part of the run that comes next has gathered."""
        self.doubts.merge(later.doubts, lambda doubt: replace(doubt, number=doubt.number + self.figures))
        for name in ("papers", "shares", "sums"):
            getattr(self, name).merge(getattr(later, name))
        self.tally.merge(later.tally)
        self.statuses.update(later.statuses)
        self.hows.update(later.hows)
        self.outcomes.merge(later.outcomes)
        self.figures += later.figures
        self.repairs += later.repairs

    def as_json(self) -> Json:
        """All of it; `from_json` reads it."""
        return {
            "counts": [
                self.figures,
                self.repairs,
                self.papers.count,
                self.shares.count,
                self.doubts.count,
                self.sums.count,
            ],
            "tally": self.tally.as_json(),
            "statuses": self.statuses,
            "hows": self.hows,
            "papers": [[list(row.values()), str(money)] for row, money in self.papers.taken()],
            "shares": self.shares.taken(),
            "doubts": [[doubt.number, _packed(doubt.row), doubt.path, doubt.others] for doubt in self.doubts.taken()],
            "sums": [broken.as_json() for broken in self.sums.taken()],
            "outcomes": self.outcomes.as_json(),
        }

    @classmethod
    def from_json(cls, said: Json) -> Gathered:
        """What `as_json` gave."""
        figures, repairs, *counts = said["counts"]
        found = cls(Tally.from_json(said["tally"]), Counter(said["statuses"]), Counter(said["hows"]), figures, repairs)
        found.papers.add((dict(zip(TOLD, row, strict=True)), Decimal(money)) for row, money in said["papers"])
        found.shares.add((share, document) for share, document in said["shares"])
        found.doubts.add(Doubt(number, _unpacked(row), path, others) for number, row, path, others in said["doubts"])
        found.sums.add(map(BrokenSum.from_json, said["sums"]))
        found.papers.count, found.shares.count, found.doubts.count, found.sums.count = counts
        found.outcomes = _Outcomes.from_json(said["outcomes"])
        return found

    def contents(self) -> Contents:
        """What the report says."""
        papers = self.papers.taken()
        return Contents(
            tally=self.tally,
            papers=[row for row, _ in papers],
            papers_left_out=self.papers.left_out,
            statuses=self.statuses,
            doubtful_money={paper_of(row): money for row, money in papers},
            shares=self.shares.taken(),
            papers_with_figures=self.shares.count,
            doubts=self.doubts.taken(),
            doubts_left_out=self.doubts.left_out,
            sums=self.sums.taken(),
            sums_left_out=self.sums.left_out,
            blocks=self.outcomes.by_block(),
            authorities=self.outcomes.by_authority(),
            hows=self.hows,
            repairs=self.repairs,
        )


class _First(Generic[T]):
    """The first so many things in an order, the earlier of two equal ones first; and how many there were in all."""

    def __init__(self, shown: int, order: Callable[[T], Any]) -> None:
        self.shown = shown
        self.order = order
        self.count = 0
        self._held: list[T] = []

    def add(self, things: Iterable[T]) -> None:
        """Take things, which come after all before."""
        before = len(self._held)
        self._held.extend(things)
        self.count += len(self._held) - before
        if len(self._held) > self.shown + SLACK:
            self._held = self.taken()

    def merge(self, later: _First[T], change: Callable[[T], T] = lambda thing: thing) -> None:
        """Take the first of other things, which come after all before, each changed."""
        self.add(map(change, later._held))
        self.count += later.count - len(later._held)

    def taken(self) -> list[T]:
        """The first things, in their order."""
        return sorted(self._held, key=self.order)[: self.shown]

    @property
    def left_out(self) -> int:
        """How many there are beyond them."""
        return max(0, self.count - self.shown)


def _told(row: Row) -> Row:
    """What a report tells of a paper: a small part of its row, since thousands are held."""
    return {name: row[name] for name in TOLD}


def _worst(entry: tuple[Row, Decimal]) -> tuple[bool, Decimal, str]:
    """Papers that were not read, then those with the most doubtful money, then by name."""
    row, money = entry
    return (row["status"] == "ok", -money, row["path"])


def _sum(check: Row, found: Mapping[str, Part]) -> BrokenSum:
    total, *keys = check["figures"].split()
    parts = [part for key in keys if (part := found.get(key))]
    parts.sort(key=lambda part: -abs(part.value))
    shown, rest = parts[:PARTS_SHOWN], parts[PARTS_SHOWN:]
    return BrokenSum(check, tuple(shown), len(rest), sum((part.value for part in rest), ZERO), found.get(total))
