"""How much of one file is read at most, so that a hostile or absurd file ends in a message and not in a hang."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Counts above which a page, or the rest of a paper, is given up as `PageStatus.TOO_LARGE`.

    `chars`, `segments` (of paths, curves among them) and `objects` (of all kinds, those of nested drawings counted each
    time they are drawn) are per page. `crossings` bounds the work of the table finder, which grows with the upright
    times the level ruling lines of a page and with the square of the points where they cross. `depth` is how deep
    drawings may nest. `pixels` is how many all pictures of a page may have, and the page itself when it is drawn; one
    with more is never drawn. A page that is read as text needs no drawing, whatever pictures it has.

    With `amounts_only` a page without an amount or ruling lines is not laid out: only its text is taken.

    They cannot bound what PDFium does before it hands a page over: a run over unknown files also needs a limit on the
    time and memory of each process.
    """

    pages: int = 5_000
    chars: int = 200_000
    objects: int = 200_000
    segments: int = 400_000
    crossings: int = 10_000
    depth: int = 12
    pixels: int = 100_000_000
    amounts_only: bool = False


LIMITS = Limits()


class TooLarge(Exception):
    """A page that goes over one of the limits; the message says which. Never leaves this package."""
