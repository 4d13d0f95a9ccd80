"""What a paper's cells may have been before they were damaged, from the texts that their readings were made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from normalise.misreadings import misread_code
from rules.amounts import EMPTY, misreadings, readings
from rules.lines import Lines
from savings.aes import AES_BLOCKS
from savings.free import Damage
from savings.schema import CodeReading, Figure, How, Line, Problem, Reading, Rearrangement, Source

# As dear as a misread digit: two sums must ask for it.
MOVED, TORN, TWICE = 14, 15, 14


def damage_of(lines: Lines) -> Damage:
    """The proposals for a paper's lines; each is worked out when it is first asked for."""
    return Damage(_Misreadings(lines), _Rearrangements(lines), _miscodings)


class _Misreadings:
    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.known: dict[int, tuple[Reading, ...]] = {}

    def __call__(self, figure: Figure) -> Sequence[Reading]:
        """What a figure's cell may have been, a slip away from its print."""
        if figure.id not in self.known:
            text, convention = self.lines.sources[figure.id]
            taken = figure.readings[0]
            usable = text and not taken.bundle
            self.known[figure.id] = misreadings(text, convention, taken) if usable else ()
        return self.known[figure.id]


def _miscodings(line: Line) -> Sequence[CodeReading]:
    """Codes a slip away from the one that is printed, as it is read first."""
    code = line.codes[0].code if line.codes and line.raw_code else None
    found = misread_code(str(code), min(AES_BLOCKS), max(AES_BLOCKS)) if code is not None else ()
    return tuple(CodeReading(c.code, How.REPAIRED, c.cost, c.reason) for c in found)


class _Rearrangements:
    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.of_line = Problem(tuple(lines.lines), tuple(lines.figures), ()).figures_of_line

    def __call__(self, line: Line) -> Sequence[Rearrangement]:
        """What a line's cells may have been: one moved to a neighbour's place, one torn in two, the line twice."""
        figures = [self.lines.figures[f] for f in self.of_line.get(line.id, ())]
        if any(r.bundle for figure in figures for r in figure.readings):
            return ()
        return (*self._moved(figures), *self._torn(figures), *self._twice(line, figures))

    def _moved(self, figures: Sequence[Figure]) -> Iterator[Rearrangement]:
        for one, other in _neighbours(figures):
            for source, target in ((one, other), (other, one)):
                if _is_empty(source) or not _is_empty(target):
                    continue
                found = readings(self.lines.sources[source.id][0], self.lines.sources[target.id][1])
                if found:
                    moved = replace(_repaired(found[0]), source=Source(source.raw, source.place))
                    changes = {source.id: EMPTY, target.id: moved}
                    yield Rearrangement(changes, MOVED, "the cell stands one column off")

    def _torn(self, figures: Sequence[Figure]) -> Iterator[Rearrangement]:
        for one, other in _neighbours(figures):
            if _is_empty(one) or _is_empty(other):
                continue
            text = self.lines.sources[one.id][0] + self.lines.sources[other.id][0]
            for target, rest in ((one, other), (other, one)):
                found = readings(text, self.lines.sources[target.id][1])
                if found:
                    both = Source(f"{one.raw}|{other.raw}", one.place)
                    changes = {target.id: replace(_repaired(found[0]), source=both), rest.id: EMPTY}
                    yield Rearrangement(changes, TORN, "one cell is printed as two")

    def _twice(self, line: Line, figures: Sequence[Figure]) -> Iterator[Rearrangement]:
        before = self.lines.lines[line.id - 1] if line.id else None
        if before is None or (before.table, before.fields) != (line.table, line.fields):
            return
        if [f.raw for f in figures] == [self.lines.figures[f].raw for f in self.of_line.get(before.id, ())]:
            changes = {f.id: EMPTY for f in figures if not _is_empty(f)}
            yield Rearrangement(changes, TWICE, "the row is printed twice")


def _neighbours(figures: Sequence[Figure]) -> Iterator[tuple[Figure, Figure]]:
    yield from pairwise(figures)


def _is_empty(figure: Figure) -> bool:
    return figure.readings[0].value is None


def _repaired(reading: Reading) -> Reading:
    return replace(reading, how=How.REPAIRED) if reading.how is not How.NIL else reading
