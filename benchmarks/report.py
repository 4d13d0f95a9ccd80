"""The trials as tables of Markdown, and single cases in detail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median

from benchmarks.judge import Event, Fate, Judged
from benchmarks.kinds import CELL_KINDS, ROW_KINDS, Kind
from benchmarks.readings import Key
from benchmarks.sheet import SPACING
from benchmarks.trials import Trial
from benchmarks.undamaged import Reach, Undamaged

TWO_OR_MORE = (Reach.PARALLEL, Reach.CROSSING)
# What is asked of cells that two sums or more fix, in per cent restored.
ONE_DIGIT, ONE_CELL, TEN_CELLS = 99, 95, 85


def tables(papers: Sequence[Undamaged], trials: Sequence[Trial]) -> str:
    """All tables of a run."""
    cells = [(trial, event) for trial in trials for event in trial.events if event.kind not in ROW_KINDS]
    rows = [event for trial in trials for event in trial.events if event.kind in ROW_KINDS]
    parts = [
        f"{len(trials):,} damaged copies of {len(papers)} papers, {len(cells) + len(rows):,} damages.",
        "## Damaged cells, by how many at once and how many sums fix the cell",
        table(("at once", "cell fixed by", *COUNTED, "target"), _by_reach(cells)),
        "## One cell at a time, by kind of damage",
        table(("damage", "cell fixed by", *COUNTED, "target"), _by_kind([e for t, e in cells if t.at_once == 1])),
        "## Rows",
        table(("damage", "best amount fixed by", *COUNTED), _by_row(rows)),
        "## Figures of cells that were not damaged",
        table(SPREAD_COLUMNS, _spread(trials)),
        "## Papers",
        table(PAPER_COLUMNS, (_paper(paper, trials) for paper in papers)),
        "## Not restored though two sums or more fix the cell",
        table(("at once", "damage", "why", "cells"), _causes(cells)),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of Markdown, numbers to the right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *texts, strict=True)]
    lines = [head, ["-" * (w - 1) + (":" if i else "-") for i, w in enumerate(widths)], *texts]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines)


COUNTED = ("cells", "restored", "of these mended", "marked", "unseen", "silent")


def counted(events: Sequence[Event]) -> tuple[str, ...]:
    """How many damages, and what part of them came to each fate; silent ones as a number, since none is wanted."""
    fates = Counter(event.fate for event in events)
    mended = sum(event.fate is Fate.RESTORED and any(f.mended for f in event.figures) for event in events)
    return (
        f"{len(events):,}",
        percent(fates[Fate.RESTORED], len(events)),
        percent(mended, len(events)),
        percent(fates[Fate.MARKED], len(events)),
        with_nils([event.worst for event in events if event.fate is Fate.UNSEEN]),
        with_nils([event.worst for event in events if event.fate is Fate.SILENT]),
    )


def with_nils(figures: Sequence[Judged]) -> str:
    """How many figures, and how many of them are only a nil taken for nothing or nothing for a nil: "7 (5 nil)"."""
    nils = sum(figure.only_nil for figure in figures)
    return f"{len(figures):,}" + (f" ({nils:,} nil)" if nils else "")


def percent(part: int, whole: int) -> str:
    """A share of a whole; of nothing, a dash."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def _by_reach(cells: Sequence[tuple[Trial, Event]]) -> Iterator[tuple[str, ...]]:
    for n in sorted({trial.at_once for trial, _ in cells}):
        events = [event for trial, event in cells if trial.at_once == n]
        targets = {1: f"{ONE_CELL}%, 0 silent", 10: f"{TEN_CELLS}%, 0 silent"}
        best = [e for e in events if e.reach in TWO_OR_MORE]
        yield str(n), "two or more", *counted(best), targets.get(n, "0 silent")
        for reach in reversed(Reach):
            yield str(n), f"– {reach}" if reach in TWO_OR_MORE else reach, *counted(_of(events, reach)), "0 silent"


def _of(events: Iterable[Event], *reaches: Reach) -> list[Event]:
    return [event for event in events if event.reach in reaches]


def _by_kind(events: Sequence[Event]) -> Iterator[tuple[str, ...]]:
    for kind in CELL_KINDS:
        those = [event for event in events if event.kind is kind]
        target = f"{ONE_DIGIT}%" if kind is Kind.MISREAD else ""
        yield kind, "two or more", *counted(_of(those, *TWO_OR_MORE)), target
        for reach in reversed(Reach):
            if found := _of(those, reach):
                yield kind, f"– {reach}" if reach in TWO_OR_MORE else reach, *counted(found), ""


def _by_row(events: Sequence[Event]) -> Iterator[tuple[str, ...]]:
    for kind in ROW_KINDS:
        for reach in reversed(Reach):
            yield kind, reach, *counted([e for e in events if e.kind is kind and e.reach is reach])


SPREAD_COLUMNS = (
    "at once", "trials", "wrong, marked", "missing, marked", "unseen", "silent", "trials with silent", "code lost",
)  # fmt: skip


def _spread(trials: Sequence[Trial]) -> Iterator[tuple[str, ...]]:
    for n in sorted({trial.at_once for trial in trials}):
        those = [trial for trial in trials if trial.at_once == n]
        figures = [figure for trial in those for figure in trial.collateral]
        marked = [f for f in figures if f.fate is Fate.MARKED]
        wrong = sum(f.taken is not None for f in marked)
        unseen, silent = ([f for f in figures if f.fate is fate] for fate in (Fate.UNSEEN, Fate.SILENT))
        affected = sum(any(f.fate is Fate.SILENT for f in trial.collateral) for trial in those)
        codes = sum(trial.lost_codes for trial in those)
        yield (
            str(n), f"{len(those):,}", f"{wrong:,}", f"{len(marked) - wrong:,}", with_nils(unseen), with_nils(silent),
            f"{affected:,}", f"{codes:,}",
        )  # fmt: skip


PAPER_COLUMNS = (
    "paper", "rule", "amounts", "in no sum", "repairs undamaged", "median s", "worst s", "out of time", "unreadable",
)  # fmt: skip


def _paper(paper: Undamaged, trials: Sequence[Trial]) -> tuple[str, ...]:
    those = [trial for trial in trials if trial.paper == paper.path.name]
    seconds = [trial.seconds for trial in those] or [0.0]
    return (
        paper.path.name,
        paper.rule.name,
        f"{len(paper.spots)}",
        f"{len(paper.in_no_sum)} ({percent(len(paper.in_no_sum), len(paper.spots))})",
        f"{len(paper.repairs)}",
        f"{median(seconds):.2f}",
        f"{max(seconds):.2f}",
        f"{sum(not trial.complete for trial in those)}",
        f"{sum(trial.unreadable for trial in those)}",
    )


def _causes(cells: Sequence[tuple[Trial, Event]]) -> Iterator[tuple[str, ...]]:
    unrestored = Counter(
        (trial.at_once, event.kind, event.worst.why)
        for trial, event in cells
        if event.reach in TWO_OR_MORE and event.fate is not Fate.RESTORED
    )
    for (n, kind, why), count in sorted(unrestored.items(), key=lambda each: (each[0][0], -each[1], each[0][1:])):
        yield str(n), kind, why, f"{count}"


def beside(trials: Mapping[str, Sequence[Trial]]) -> str:
    """The table of damage to codes and headers."""
    rows = (
        (what, kind, *counted(events))
        for what, those in trials.items()
        for kind in Kind
        if (events := [event for trial in those for event in trial.events if event.kind is kind])
    )
    notes = (f"{what}: {sum(t.unreadable for t in those)} copies without a year" for what, those in trials.items())
    return (
        "## Codes and headers, one cell at a time\n\n"
        + table(("cell of a", "damage", *COUNTED), rows)
        + (f"\n\nRefused: {'; '.join(notes)}.\n")
    )


def silent(trials: Sequence[Trial]) -> list[str]:
    """Every figure that is wrong, or there and should not be, and is said to be reconciled."""
    return _details(trials, lambda judged: judged.fate is Fate.SILENT)


def unseen(trials: Sequence[Trial]) -> list[str]:
    """Every figure that is missing, and nothing says so."""
    return _details(trials, lambda judged: judged.fate is Fate.UNSEEN)


def unrestored(trials: Sequence[Trial]) -> list[str]:
    """Every damage to a cell that two sums or more fix that was not undone."""
    return [
        detail(trial, event.worst, [event])
        for trial in trials
        for event in trial.events
        if event.reach in TWO_OR_MORE and event.kind not in ROW_KINDS and event.fate is not Fate.RESTORED
    ]


CASES: Mapping[str, Callable[[Sequence[Trial]], list[str]]] = {
    "silent": silent,
    "unseen": unseen,
    "unrestored": unrestored,
}


def _details(trials: Sequence[Trial], asked: Callable[[Judged], bool]) -> list[str]:
    found: list[str] = []
    for trial in trials:
        found += [detail(trial, f, [e]) for e in trial.events for f in e.figures if asked(f)]
        found += [detail(trial, f, trial.events, "undamaged cell: ") for f in trial.collateral if asked(f)]
    return found


def detail(trial: Trial, judged: Judged, events: Sequence[Event], what: str = "") -> str:
    """One figure of one trial: the figure, what was taken for it and what is true, and the damages that did it."""
    done = "; ".join(f"{e.kind} at {cell(e.key)} ({e.reach}): {e.printed!r} → {e.damaged!r}" for e in events)
    codes = "" if judged.codes[0] == judged.codes[1] else f", code {judged.codes[0]} → {judged.codes[1]}"
    return (
        f"{trial.paper} [{trial.at_once} at once, trial {trial.number}] {what}{judged.fate}: {cell(judged.key)}: "
        f"taken {plain(judged.taken)} ({judged.how}, {judged.proof}), true {plain(judged.truth)}{codes}; "
        f"{judged.why} <- {done}"
    )


def cell(key: Key) -> str:
    """A figure's name in a report, with the row's number as the paper has it."""
    row = f"{key.row // SPACING}{' (second)' if key.row % SPACING else ''}"
    parts = (key.level, key.year, key.measure, key.kind, key.recurrence, key.part)
    return f"page {key.page} row {row} " + ".".join(filter(None, parts))


def plain(value: Decimal | None) -> str:
    """An amount as a person writes it; "nothing" for none."""
    return "nothing" if value is None else f"{value.normalize():f}"
