"""What a sheet is about: savings, or something that is none and is left out by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.draft.columns import Named
from rules.draft.sheet import Piece, Sheet
from rules.draft.words import meanings, read

SAVING, PERHAPS = "saving", "perhaps"
NEAR_LINES, MOST_LINES, LONGEST_TITLE = 3, 12, 120


@dataclass(frozen=True, slots=True)
class About:
    """Whether a sheet holds savings, why not, and what is doubtful about it. `words` are where it was read."""

    is_saving: bool
    why_not: str = ""
    doubt: str = ""
    words: str = ""


def about(sheet: Sheet, columns: Sequence[Named]) -> About:
    """Decide what a sheet is about, by the words nearest to its figures that say anything."""
    figures = [n for n in columns if n.figures is not None]
    if not any(n.label.all for n in figures):
        none = "no header was found over its amounts, so that a rule could not know it"
        return About(False, none if figures else "no column of it holds amounts of savings")
    headers = " | ".join(n.label.all for n in figures)
    if SAVING in meanings(headers, "about"):
        # Columns that are none are left out one by one.
        return About(True, words=headers)
    found = [_said(words) for words in _contexts(sheet, columns)]
    clear = next((a for a in found if a is not None and not a.doubt), None)
    doubtful = next((a for a in found if a is not None and a.doubt), None)
    if clear is not None and (clear.is_saving or doubtful is None or found.index(clear) < found.index(doubtful)):
        return clear
    if doubtful is not None:
        return doubtful
    if any(a is not None and a.is_saving for a in map(_said, _row_labels(sheet))):
        return About(True, doubt="only some of its rows speak of savings")
    split = any(n.figures and n.figures.kind in ("cashable", "non_cashable") for n in figures)
    return About(True) if split else About(False, "nothing in or above the table speaks of savings")


def _said(words: str) -> About | None:
    """What one text says a table is about; None where it says nothing of that."""
    said = meanings(words, "about")
    others = [meaning for meaning in said if meaning not in (SAVING, PERHAPS)]
    if SAVING in said:
        return About(True, doubt=f"{words!r} speaks of savings and of more" if others else "", words=words)
    if PERHAPS in said and not others:
        return About(True, doubt=f"{words!r} may be more than savings", words=words)
    return About(False, others[0], words=words) if others else None


def _contexts(sheet: Sheet, columns: Sequence[Named]) -> Iterator[str]:
    """Texts that may say what a sheet is about, the nearest to its figures first."""
    yield _figure_labels(columns)
    yield _text_labels(columns)
    yield from _above(sheet.first)
    yield from _page_lines(sheet)


def _figure_labels(columns: Sequence[Named]) -> str:
    return " | ".join(dict.fromkeys(n.label.all for n in columns if n.figures is not None))


def _text_labels(columns: Sequence[Named]) -> str:
    return " | ".join(n.label.own for n in columns if n.figures is None)


def _page_lines(sheet: Sheet) -> Iterator[str]:
    return (line.text for line in sheet.first.page.lines[:MOST_LINES])


def _row_labels(sheet: Sheet) -> Iterator[str]:
    """Labels of groups and totals: rows that say nothing but what they add up or head."""
    for piece in sheet.pieces:
        for row in piece.body:
            text = row.filled[0].text
            if len(text) <= LONGEST_TITLE and (len(row.filled) == 1 or text.casefold().startswith("total")):
                yield text


def _above(piece: Piece) -> Iterator[str]:
    """The lines above a table, the nearest first; a long one is prose and says less than a title does."""
    lines = [line for line in piece.title.split("\n") if line.strip()]
    yield from (line for line in reversed(lines[-NEAR_LINES:]) if len(line) <= LONGEST_TITLE)


def plan_or_outcome(sheet: Sheet, columns: Sequence[Named]) -> tuple[str, str]:
    """Which the savings of a table are by its words, target, achieved or forecast, and what is doubtful about that.

    Its title says it before a column that happens to be called "Proposal". Empty where nothing says it.
    """
    titles = [_time(words) for words in (_figure_labels(columns), *_above(sheet.first), *_page_lines(sheet))]
    found = [time for time in titles if time]
    if not found:
        return _time(_text_labels(columns)), ""
    others = sorted(set(found) - {found[0]})
    return found[0], f"its titles speak of {found[0]} and of {' and '.join(others)} savings" if others else ""


def _time(words: str) -> str:
    said = {hit.meaning for hit in read(words, "time")}
    return said.pop() if len(said) == 1 else ""
