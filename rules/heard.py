"""Readings of a scanned cell from what its witnesses say, each with a cost, and whether the cell is contested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extract.paper import Witness
from normalise.codes import read_code
from normalise.heard import WEIGHTY, differing, of_part
from normalise.rows import Placed
from rules.amounts import Convention, readings
from savings.schema import CodeReading, How, Reading


@dataclass(frozen=True, slots=True)
class Heard:
    """Further readings of a cell, and why what it says is contested; empty where it is not."""

    readings: tuple[Reading, ...] = ()
    contested: str = ""


def witnesses_of(placed: Placed | None) -> tuple[Witness, ...]:
    """What was said of the text in a place. Of a cell put together from two, what was said of either."""
    if placed is None:
        return ()
    if len(placed.cells) == 1:
        return of_part(placed.cells[0].text, placed.text, placed.cells[0].witnesses)
    return tuple(Witness(w.name, "", w.cost) for cell in placed.cells for w in cell.witnesses)


def hear(placed: Placed | None, convention: Convention, taken: Sequence[Reading]) -> Heard:
    """What the witnesses that do not read a cell as its text does would make of it."""
    others = differing(witnesses_of(placed))
    if placed is None or not others:
        return Heard()
    found = list(_candidates(placed, others, convention, taken))
    values = {r.value for r in taken[:1]}
    first = {r.value: r for _, r in reversed(found) if r is not None and r.value not in values}
    contested = [w for w, r in found if w.cost <= WEIGHTY and (r is None or r.value not in values)]
    return Heard(tuple(first.values()), "; ".join(dict.fromkeys(_says(w) for w in contested)))


def _candidates(
    placed: Placed, others: Sequence[Witness], convention: Convention, taken: Sequence[Reading]
) -> Iterator[tuple[Witness, Reading | None]]:
    least = taken[0].cost if taken else 0
    for witness in others:
        found = readings(witness.text, convention)[:1] if witness.text else ()
        reason = f"{_says(witness)}, where {placed.raw!r} was taken first"
        yield (
            witness,
            (
                replace(found[0], cost=max(found[0].cost, least) + witness.cost, how=_how(found[0]), reason=reason)
                if found
                else None
            ),
        )


def _how(reading: Reading) -> How:
    return How.NIL if reading.how is How.NIL else How.REPAIRED


def _says(witness: Witness) -> str:
    return f"{witness.name} reads {witness.text!r}" if witness.text else f"{witness.name} reads nothing of the kind"


def hear_code(placed: Placed | None, first: int, last: int, taken: Sequence[CodeReading]) -> tuple[CodeReading, ...]:
    """Codes that witnesses read who do not read the cell as its text does."""
    known = {code.code for code in taken}
    found: list[CodeReading] = []
    for witness in differing(witnesses_of(placed)):
        for code in read_code(witness.text, first, last)[:1] if witness.text else ():
            if code.code not in known:
                known.add(code.code)
                found.append(CodeReading(code.code, How.REPAIRED, code.cost + witness.cost, _says(witness)))
    return tuple(found)
