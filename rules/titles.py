"""What a table is headed: the nearest line above it that says what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.paper import Paper, PrintedTable, TextLine
from normalise.grid import GridRow
from normalise.labels import contains, plain
from rules.model import Phrases


@dataclass(frozen=True)
class Titles:
    """The lines of a paper between its tables, in order."""

    lines: tuple[TextLine, ...]

    def allow(self, about: Phrases, printed: PrintedTable, header: Sequence[GridRow]) -> tuple[bool, str]:
        """Whether a table is headed as a rule asks: the nearest text that holds any of its phrases decides.

        With it the phrase that says that the table is about something else, if one does.
        """
        if about == Phrases():
            return True, ""
        own = " | ".join(cell.text for row in header for cell in row.filled)
        for text in (own, *self._above(printed)):
            said = plain(text)
            other = next((phrase for phrase in about.none if contains(said, phrase)), "")
            if other:
                return False, other
            if any(contains(said, phrase) for phrase in about.any):
                return all(contains(said, phrase) for phrase in about.all), ""
        return not about.any, ""

    def _above(self, printed: PrintedTable) -> Iterator[str]:
        """The lines above a table, the nearest first; on pages before its own, too."""
        for line in reversed(self.lines):
            if line.page < printed.page or (line.page == printed.page and _is_above(line, printed)):
                yield line.text


def titles_of(paper: Paper) -> Titles:
    """The lines of a paper that may head a table."""
    return Titles(tuple(line for page in paper.pages for line in page.lines))


def _is_above(line: TextLine, printed: PrintedTable) -> bool:
    if line.box is not None and printed.box is not None:
        return line.box.top < printed.box.top
    return bool(printed.rows) and line.number < printed.rows[0].number
