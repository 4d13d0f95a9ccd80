"""What a table is headed: the nearest line above it that says what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.paper import Paper, PrintedTable, TextLine
from normalise.grid import GridRow
from normalise.labels import contains, plain
from rules.model import Phrases

# What stands in tables like those of savings, in the same papers and often under the same years.
OTHER_MATTERS = ("growth", "pressure", "reserve", "capital programme")
SAVINGS = ("saving", "efficienc", "reduction", "gain")
# A longer line is prose, and says less of the table below it than a title does.
LONGEST_TITLE = 60


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
        for text in (_header_text(header), *self._above(printed)):
            said = plain(text)
            other = next((phrase for phrase in about.none if contains(said, phrase)), "")
            if other:
                return False, other
            if any(contains(said, phrase) for phrase in about.any):
                return all(contains(said, phrase) for phrase in about.all), ""
        return not about.any, ""

    def other_matter(self, printed: PrintedTable, header: Sequence[GridRow], labels: str) -> str:
        """What a table is headed, if not savings but another matter; empty where neither is said, or savings.

        The nearest title on its page decides. What the rule's own `labels` speak of is none of the other matters.
        """
        matters = [matter for matter in OTHER_MATTERS if not contains(plain(labels), matter)]
        titles = (t for t in self._on_page(printed) if len(t) <= LONGEST_TITLE)
        for text in (_header_text(header), *titles):
            said = plain(text)
            if any(contains(said, phrase) for phrase in SAVINGS):
                return ""
            if any(contains(said, matter) for matter in matters):
                return text
        return ""

    def _on_page(self, printed: PrintedTable) -> Iterator[str]:
        return (line.text for line in self._lines_above(printed) if line.page == printed.page)

    def _above(self, printed: PrintedTable) -> Iterator[str]:
        return (line.text for line in self._lines_above(printed))

    def _lines_above(self, printed: PrintedTable) -> Iterator[TextLine]:
        """The lines above a table, the nearest first; on pages before its own, too."""
        for line in reversed(self.lines):
            if line.page < printed.page or (line.page == printed.page and _is_above(line, printed)):
                yield line


def _header_text(header: Sequence[GridRow]) -> str:
    return " | ".join(cell.text for row in header for cell in row.filled)


def titles_of(paper: Paper) -> Titles:
    """The lines of a paper that may head a table."""
    return Titles(tuple(line for page in paper.pages for line in page.lines))


def _is_above(line: TextLine, printed: PrintedTable) -> bool:
    if line.box is not None and printed.box is not None:
        return line.box.top < printed.box.top
    return bool(printed.rows) and line.number < printed.rows[0].number
