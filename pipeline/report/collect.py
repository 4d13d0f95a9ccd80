"""What a report says, gathered in two passes over a run's rows; held are sums and the largest doubts, not the rows."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby

from pipeline.dataset.codebook import CHECKS, FIGURES, PAPERS, REPAIRS
from pipeline.dataset.keys import figure_key
from pipeline.dataset.run import Row, Source
from savings.schema import Kind, Level, Measure, Proof, Unit, Verdict

# So many doubtful figures, contradictions and papers are written out, the largest money first. All stand in the files.
DOUBTS_SHOWN = 500
SUMS_SHOWN = 500
PAPERS_SHOWN = 5_000
# Of a long sum so many parts are written out, the largest.
PARTS_SHOWN = 20

DOUBTFUL = (Proof.CONTRADICTED, Proof.AMBIGUOUS)
ZERO = Decimal(0)
# A paper by what its rows name it: file name and hash.
PaperKey = tuple[str, str]
FigureKey = tuple[str, str, str]


@dataclass
class Tally:
    """How many figures there are of each proof, and the money in them (GBP, without sign)."""

    figures: Counter[str] = field(default_factory=Counter)
    money: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, row: Row) -> None:
        """Count a figure."""
        self.figures[row["proof"]] += 1
        if row["unit"] == Unit.GBP:
            self.money[row["proof"]] += abs(row["value"])

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


@dataclass(frozen=True)
class Pair:
    """Target against outcome for one thing, over the lines for which a paper gives both."""

    label: str
    target: Decimal
    outcome: Decimal


@dataclass
class Contents:
    """All that a report says."""

    tally: Tally
    papers: list[Row]
    papers_left_out: int
    statuses: Counter[str]
    of_paper: dict[PaperKey, Tally]
    doubts: list[Doubt]
    doubts_left_out: int
    sums: list[BrokenSum]
    sums_left_out: int
    blocks: list[Pair]
    authorities: list[Pair]
    hows: Counter[str]
    repairs: int


def collect(source: Source) -> Contents:
    """Gather a report's contents."""
    found = _Figures()
    for number, row in enumerate(source.rows(FIGURES), 1):
        found.add(number, row)
    found.outcomes.close()
    papers = list(source.rows(PAPERS))
    checks = _Broken()
    for row in source.rows(CHECKS):
        checks.add(row)
    doubts, repairs = _told_more(source, found.doubts.taken(), papers)
    return Contents(
        tally=found.tally,
        papers=_worst_first(papers, found.of_paper)[:PAPERS_SHOWN],
        papers_left_out=max(0, len(papers) - PAPERS_SHOWN),
        statuses=Counter(row["status"] for row in papers),
        of_paper=dict(found.of_paper),
        doubts=doubts,
        doubts_left_out=found.doubts.left_out,
        sums=_written_out(source, checks.taken()),
        sums_left_out=checks.left_out,
        blocks=found.outcomes.by_block(),
        authorities=found.outcomes.by_authority(),
        hows=found.hows,
        repairs=repairs,
    )


class _Figures:
    """What one pass over the figures gathers."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.of_paper: defaultdict[PaperKey, Tally] = defaultdict(Tally)
        self.hows: Counter[str] = Counter()
        self.doubts = _Largest()
        self.outcomes = _Outcomes()

    def add(self, number: int, row: Row) -> None:
        """Take the figure that is row `number` of figures.csv."""
        self.tally.add(row)
        self.of_paper[paper_of(row)].add(row)
        self.hows[row["how"]] += 1
        self.outcomes.add(row)
        if row["proof"] in DOUBTFUL:
            self.doubts.add(Doubt(number, row))


def _told_more(source: Source, doubts: list[Doubt], papers: list[Row]) -> tuple[list[Doubt], int]:
    """Doubts with where their papers lie and what else their cells may say; and how many repairs there are."""
    wanted = {_key_of(doubt.row) for doubt in doubts}
    others: dict[FigureKey, str] = {}
    repairs = 0
    for row in source.rows(REPAIRS):
        repairs += 1
        key = (*paper_of(row), row["figure"])
        if key in wanted and row["others"]:
            others[key] = row["others"]
    paths = {paper_of(row): row["path"] for row in reversed(papers)}
    more = [(paths.get(paper_of(doubt.row), ""), others.get(_key_of(doubt.row), "")) for doubt in doubts]
    return [replace(doubt, path=path, others=said) for doubt, (path, said) in zip(doubts, more, strict=True)], repairs


def paper_of(row: Row) -> PaperKey:
    """The paper of a row of any file."""
    return (row["document"], row["sha256"])


def _worst_first(papers: list[Row], of_paper: dict[PaperKey, Tally]) -> list[Row]:
    """Papers that were not read, then those with the most doubtful money, then by name."""

    def order(row: Row) -> tuple[bool, Decimal, str]:
        tally = of_paper.get(paper_of(row))
        return (row["status"] == "ok", -(tally.doubtful_money if tally else ZERO), row["path"])

    return sorted(papers, key=order)


# --- doubtful figures ------------------------------------------------------------------------------------------------


class _Largest:
    """The doubtful figures with the most money, and how many others there are."""

    def __init__(self) -> None:
        self._heap: list[tuple[Decimal, int, Doubt]] = []
        self.left_out = 0

    def add(self, doubt: Doubt) -> None:
        heapq.heappush(self._heap, (doubt.money, -doubt.number, doubt))
        if len(self._heap) > DOUBTS_SHOWN:
            heapq.heappop(self._heap)
            self.left_out += 1

    def taken(self) -> list[Doubt]:
        return [doubt for *_, doubt in sorted(self._heap, key=lambda entry: (-entry[0], -entry[1]))]


def _key_of(row: Row) -> FigureKey:
    return (*paper_of(row), figure_key(row))


# --- contradictions --------------------------------------------------------------------------------------------------


class _Broken:
    """The broken sums with the largest differences, and how many others there are."""

    def __init__(self) -> None:
        self._heap: list[tuple[Decimal, int, Row]] = []
        self._count = 0
        self.left_out = 0

    def add(self, row: Row) -> None:
        if row["verdict"] != Verdict.BROKEN:
            return
        self._count += 1
        heapq.heappush(self._heap, (abs(row["difference"] or ZERO), -self._count, row))
        if len(self._heap) > SUMS_SHOWN:
            heapq.heappop(self._heap)
            self.left_out += 1

    def taken(self) -> list[Row]:
        return [row for *_, row in sorted(self._heap, key=lambda entry: (-entry[0], -entry[1]))]


def _written_out(source: Source, checks: list[Row]) -> list[BrokenSum]:
    """The sums with their parts, which are looked up among the figures in a second pass."""
    wanted = {(*paper_of(check), key) for check in checks for key in check["figures"].split()}
    found: dict[FigureKey, Part] = {}
    for row in source.rows(FIGURES) if wanted else ():
        if (key := _key_of(row)) in wanted:
            found.setdefault(key, Part(label_of(row), row["value"]))
    return [_sum(check, found) for check in checks]


def _sum(check: Row, found: dict[FigureKey, Part]) -> BrokenSum:
    total, *keys = check["figures"].split()
    parts = [part for key in keys if (part := found.get((*paper_of(check), key)))]
    parts.sort(key=lambda part: -abs(part.value))
    shown, rest = parts[:PARTS_SHOWN], parts[PARTS_SHOWN:]
    whole = found.get((*paper_of(check), total))
    return BrokenSum(check, tuple(shown), len(rest), sum((part.value for part in rest), ZERO), whole)


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
        # authority, year → paper → lines, and by block target and outcome.
        self._found: dict[tuple[str, str], dict[PaperKey, _OfYear]] = defaultdict(lambda: defaultdict(_OfYear))

    def add(self, row: Row) -> None:
        """Take a figure; those of a line come one after the other."""
        at = (*paper_of(row), row["page"], row["row"], row["detail"], row["service"])
        if at != self._at:
            self.close()
            self._at = at
        if row["level"] == Level.ITEM and row["unit"] == Unit.GBP and not row["part"]:
            self._line.append(row)

    def close(self) -> None:
        """The line is whole."""
        for year, figures in groupby(sorted(self._line, key=_year), key=_year):
            rows = list(figures)
            target = _amount(rows, Measure.TARGET)
            outcome = _amount(rows, Measure.ACHIEVED)
            outcome = _amount(rows, Measure.FORECAST) if outcome is None else outcome
            if target is not None and outcome is not None:
                of_year = self._found[rows[0]["authority"], year][paper_of(rows[0])]
                of_year.add(rows[0]["aes_block"] or rows[0]["directorate"] or rows[0]["category"], target, outcome)
        self._line = []

    def _chosen(self) -> Iterator[tuple[str, _OfYear]]:
        for (authority, _), papers in sorted(self._found.items()):
            yield authority, min(papers.items(), key=lambda item: (-item[1].lines, item[0]))[1]

    def by_block(self) -> list[Pair]:
        """Over all papers, by AES block or, where there is none, directorate or category; the largest first."""
        return _pairs((block, pair) for _, found in self._chosen() for block, pair in found.blocks.items() if block)

    def by_authority(self) -> list[Pair]:
        """By authority over its years; the largest first."""
        return _pairs((authority, pair) for authority, found in self._chosen() for pair in found.blocks.values())


@dataclass
class _OfYear:
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
