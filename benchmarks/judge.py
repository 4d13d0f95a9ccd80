"""What became of a damaged cell, and of all other figures of its paper.

Truth is what was taken for the undamaged paper. A figure of a damaged copy is

- RESTORED where it has its true value, whatever is said of it. `mended` says that it is marked as repaired or inferred;
  without that mark the damage did not change what the cell says.
- MARKED where its value is wrong, and it is contradicted, ambiguous or unchecked; or where it is missing, and a check
  that counted it in the undamaged paper is broken or not checkable, its text is flagged, or its true value or another
  is listed as possible.
- SILENT where its value is wrong, or it has one and should have none, and it is said to be reconciled.
- UNSEEN where it is missing and nothing says so. A nil that is lost breaks no sum, and a cell in no sum is not missed:
  such losses are counted apart from SILENT, for nothing false is said.

A code that differs from the true one makes a figure wrong; a code that could no longer be inferred does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from benchmarks.kinds import Kind
from benchmarks.readings import Key, PaperRead, Taken
from benchmarks.undamaged import Reach
from savings.schema import How, Proof, Verdict


class Fate(StrEnum):
    """What became of a figure, the worst last."""

    RESTORED = "restored"
    MARKED = "marked"
    UNSEEN = "unseen"
    SILENT = "silent"


ORDER = tuple(Fate)
MISSED = frozenset({Verdict.BROKEN, Verdict.NOT_CHECKABLE})
MADE_UP = frozenset({How.REPAIRED, How.INFERRED})


@dataclass(frozen=True)
class Judged:
    """One figure of a damaged copy against the truth; `why` says what an unrestored one lacked."""

    key: Key
    fate: Fate
    truth: Decimal | None
    taken: Decimal | None
    how: How | None
    proof: Proof | None
    why: str = ""
    codes: tuple[int | None, int | None] = (None, None)

    @property
    def only_nil(self) -> bool:
        """Whether truth and what was taken differ only as nil and nothing do: no money is added or lost."""
        return not self.truth and not self.taken

    @property
    def mended(self) -> bool:
        """Whether a right value is marked as one that was not printed so."""
        return self.fate is Fate.RESTORED and self.how in MADE_UP


@dataclass(frozen=True)
class Event:
    """One damage: what was done where, and what became of the figures of the cells that it touched, the worst first."""

    kind: Kind
    key: Key
    reach: Reach
    printed: str
    damaged: str
    figures: tuple[Judged, ...]

    @property
    def fate(self) -> Fate:
        """That of the figure that came off worst: a damage to two cells is undone only where both are."""
        return max((f.fate for f in self.figures), key=ORDER.index)

    @property
    def worst(self) -> Judged:
        """The figure that came off worst; of several, one of money before a nil."""
        return max(self.figures, key=lambda f: (ORDER.index(f.fate), not f.only_nil))


def judge(key: Key, truth: PaperRead, damaged: PaperRead, texts: Collection[str] = ()) -> Judged:
    """Judge one figure; `texts` are what its damaged cells say."""
    meant, taken = truth.figures.get(key), damaged.figures.get(key)
    fate = _fate(key, meant, taken, truth, damaged, texts)
    why = "" if fate is Fate.RESTORED else _why(key, meant, taken, damaged)
    value = meant.value if meant else None
    codes = (meant.code if meant else None, taken.code if taken else None)
    if taken is None:
        return Judged(key, fate, value, None, None, None, why, codes)
    return Judged(key, fate, value, taken.value, taken.how, taken.proof, why, codes)


def _fate(
    key: Key, meant: Taken | None, taken: Taken | None, truth: PaperRead, damaged: PaperRead, texts: Collection[str]
) -> Fate:
    if is_right(meant, taken):
        return Fate.RESTORED
    if taken is not None and taken.value is not None:
        return Fate.SILENT if taken.proof is Proof.RECONCILED else Fate.MARKED
    said = (meant.raw if meant else "", *texts)
    if (taken and taken.others) or missed(key, truth, damaged):
        return Fate.MARKED
    return Fate.MARKED if any(damaged.flagged(key.page, key.row, text) for text in said) else Fate.UNSEEN


def is_right(meant: Taken | None, taken: Taken | None) -> bool:
    """Whether a figure has its true value and no false code; no figure is right where there should be none."""
    value = meant.value if meant else None
    if (taken.value if taken else None) != value:
        return False
    return value is None or taken is None or meant is None or taken.code in (None, meant.code)


def missed(key: Key, truth: PaperRead, damaged: PaperRead) -> bool:
    """Whether a check that counted a figure now fails for the lack of it. A check that is gone says nothing."""
    return any(damaged.checks.get(check) in MISSED for check in truth.ties.get(key, ()))


def _why(key: Key, meant: Taken | None, taken: Taken | None, damaged: PaperRead) -> str:
    if taken is None:
        return "its row or column is no longer read"
    value = meant.value if meant else None
    if taken.value == value:
        return "its code is wrong"
    if value in taken.others:
        return "the true value is among several as good"
    if taken.proof is Proof.AMBIGUOUS:
        return "ambiguous, the true value is not among those listed"
    said = "contradicted" if taken.proof is Proof.CONTRADICTED else "not contradicted"
    if taken.raw == "":
        return f"the cell is read as empty, {said}"
    return f"the true value {'was' if damaged.offers(key, value) else 'was not'} proposed, {said}"


def others(truth: PaperRead, damaged: PaperRead, touched: Collection[Key]) -> Iterator[Judged]:
    """All figures of cells that were not damaged and that are not as they should be, or are extra."""
    for key in dict.fromkeys((*truth.figures, *damaged.figures)):
        if key not in touched and not is_right(truth.figures.get(key), damaged.figures.get(key)):
            yield judge(key, truth, damaged)


def lost_codes(truth: PaperRead, damaged: PaperRead) -> int:
    """How many figures have the right value but not their code, which only a sum could tell."""
    pairs: Mapping[Key, Taken] = damaged.figures
    return sum(
        bool(t.code) and key in pairs and pairs[key].code is None and pairs[key].value == t.value is not None
        for key, t in truth.figures.items()
    )


def judge_row(keys: Sequence[Key], truth: PaperRead, damaged: PaperRead, *, twice: bool) -> tuple[Judged, ...]:
    """A row lost or printed twice: noticed where a sum of one of its amounts fails.

    A second row is noticed, too, where none of its amounts is said to be reconciled. Restored is only a row that was
    printed twice and of which one was dropped.
    """
    doubles = [damaged.figures[d] for key in keys if (d := key._replace(row=key.row + 1)) in damaged.figures]
    doubled = any(d.value is not None for d in doubles)
    right = all(is_right(truth.figures[key], damaged.figures.get(key)) for key in keys)
    if twice and right and not doubled:
        fate = Fate.RESTORED
    elif any(missed(key, truth, damaged) for key in keys):
        fate = Fate.MARKED
    elif twice:
        fate = Fate.SILENT if any(d.proof is Proof.RECONCILED for d in doubles if d.value is not None) else Fate.MARKED
    else:
        fate = Fate.UNSEEN
    first = judge(keys[0], truth, damaged)
    return (Judged(keys[0], fate, first.truth, first.taken, first.how, first.proof, f"{len(keys)} amounts in the row"),)
