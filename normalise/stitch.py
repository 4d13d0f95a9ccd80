"""Which neighbouring tables are one: a decision of its own for each pair, with the evidence that it rests on.

Tables are cut by the ends of pages, and two tables may stand one after the other and look alike. For every table and
the one that it may go on from there is a seam: joined or apart, and why. The same judge decides for tables that a rule
maps, where the rule's labels tell a header and its columns tell whether the rows make sense, and for those of no rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from sys import intern
from typing import NamedTuple

import regex

from extract.paper import Page, PrintedTable, TextLine
from normalise.labels import plain

# In points, how far the column edges of two pieces may be apart once one is shifted over the other, and how far that
# shift may be (left and right pages have other margins). Where words make the edges they stand less firmly; a text
# laid out by spaces counts in characters.
_EDGES = {"ruled": 3.0, "spaces": 5.0}
_ALIGNED_EDGES = 15.0
_SHIFT = 45.0
# A line is running if one like it stands this near to its height, in points, on a neighbouring page.
_SAME_HEIGHT = 15.0
# How many lines at the ends of a text report's page may be running ones.
_RUNNING_LINES = 3
# A table that ends above this part of its page's height has room left under it.
_ROOM_LEFT = 0.6
# A piece without a header is taken over other tables in between only if this share of its cells makes sense.
_SURE = 0.9
# A text between two tables is quoted up to here.
_QUOTED = 40

_CONTINUED = regex.compile(r"\b(continued|cont(’|')?d|cont)\b", regex.IGNORECASE)

# A printed table by its page and its number there.
Place = tuple[int, int]


class Stitch(StrEnum):
    """What a rule may say of a table: what the evidence says, that it never goes on, or that it always does."""

    PAGES = "pages"
    NEVER = "never"
    ALWAYS = "always"


class Header(StrEnum):
    """What stands at the head of a table that may go on from another: that one's header again, none, or another."""

    REPEATED = "repeated"
    ABSENT = "absent"
    OTHER = "other"


class Columns(StrEnum):
    """How the columns of two tables agree: edge by edge, in number where there are no edges, or not."""

    SAME_EDGES = "same edges"
    SAME_NUMBER = "same number"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Seam:
    """Two neighbouring tables, whether they were joined, and why.

    `header`, `columns` and `between` (what stands between the two: texts that are no running line, other tables, room
    left on the page) are the evidence; `reason` is what decided, in words that follow "as".
    """

    before: Place
    after: Place
    joined: bool
    header: Header
    columns: Columns
    between: tuple[str, ...]
    reason: str

    @property
    def text(self) -> str:
        """The decision in a sentence."""
        said = "joined" if self.joined else "not joined"
        page, number = self.before
        evidence = f"header {self.header}, columns: {self.columns}, between: {'; '.join(self.between) or 'nothing'}"
        return (
            f"page {self.after[0]}, table {self.after[1]}: {said} to page {page}, table {number}, "
            f"as {self.reason} ({evidence})"
        )


class Between(NamedTuple):
    """What stands between two tables: texts and other tables, and whether the page of the first has room left."""

    lines: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    room_left: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """All of it in words."""
        return (*self.lines, *self.tables, *(("room left on the page",) if self.room_left else ()))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two tables of which the second may go on from the first, and what can be seen of that.

    `sense` is the share of the cells that make sense in the columns of a rule's table; None where no rule maps them.
    `headed` says whether the first has a header.
    """

    before: PrintedTable
    after: PrintedTable
    header: Header
    between: Between
    headed: bool = True
    sense: float | None = None


def judge(pair: Neighbours, said: Stitch = Stitch.PAGES, least_sense: float = 0.0) -> Seam:
    """Decide whether two neighbours are one table. `said` is the word of the rule that maps the first, if one does."""
    columns = columns_of(pair.before, pair.after)
    joined, reason = _by_rule(pair, said, least_sense) or _by_evidence(pair, columns)
    return Seam(place_of(pair.before), place_of(pair.after), joined, pair.header, columns, pair.between.texts, reason)


def _by_rule(pair: Neighbours, said: Stitch, least: float) -> tuple[bool, str] | None:
    """The decision where a rule maps the first table; None where no rule does."""
    if said is Stitch.NEVER:
        return False, "the rule says that its tables never go on"
    if pair.sense is None:
        return None
    sense = f"its rows make sense there ({pair.sense:.0%})"
    if pair.sense < least:
        return False, f"few of its cells make sense in the rule's columns ({pair.sense:.0%})"
    if said is Stitch.ALWAYS:
        return True, f"the rule says that it goes on, and {sense}"
    if pair.header is Header.REPEATED:
        return True, f"it repeats the header, and {sense}"
    against = _far_or_other(pair)
    if not against and pair.between.tables and pair.sense < _SURE:
        against = (
            f"it has no header, other tables stand between, and only {pair.sense:.0%} of its cells make sense there"
        )
    return (False, against) if against else (True, f"it has no header of its own, and {sense}")


def _far_or_other(pair: Neighbours) -> str:
    """What speaks against any two tables being one; empty where nothing does."""
    if pair.after.page - pair.before.page > 1:
        return "it does not stand on the same page or the next"
    return "its header is another one" if pair.header is Header.OTHER else ""


def _by_evidence(pair: Neighbours, columns: Columns) -> tuple[bool, str]:
    """The decision for tables that no rule maps: all of the evidence must speak for it."""
    repeated = pair.header is Header.REPEATED
    between = (*pair.between.lines, *pair.between.tables) if repeated else pair.between.texts
    against = _far_or_other(pair)
    if not against and columns is Columns.OTHER:
        against = f"its columns are others ({pair.after.width} against {pair.before.width})"
    if not against and between:
        against = f"there is something between them: {between[0]}"
    if not against and not repeated and not (columns is Columns.SAME_EDGES or pair.headed):
        against = "neither has a header that could show that they are one"
    if against:
        return False, against
    return True, "it repeats the header" if repeated else "it has no header, and its columns are the same"


def place_of(table: PrintedTable) -> Place:
    """The page and number of a table."""
    return (table.page, table.number)


def columns_of(before: PrintedTable, after: PrintedTable) -> Columns:
    """How the columns of two tables agree."""
    if before.width != after.width:
        return Columns.OTHER
    if not (before.edges and after.edges):
        return Columns.SAME_NUMBER
    # The outer edges of a table that is not ruled are those of its words.
    ruled = before.finder == after.finder == "ruled"
    pairs = list(zip(before.edges, after.edges, strict=True))
    shifts = [b - a for a, b in (pairs if ruled else pairs[1:-1])]
    if not shifts:
        return Columns.SAME_NUMBER
    near = max(_EDGES.get(table.finder, _ALIGNED_EDGES) for table in (before, after))
    same = max(shifts) - min(shifts) <= near and max(map(abs, shifts)) <= _SHIFT
    return Columns.SAME_EDGES if same else Columns.OTHER


# --- what stands between ---------------------------------------------------------------------------------------------


class Surroundings:
    """Where the tables of a paper stand among each other and its lines of text."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self.pages = {page.number: page for page in pages}

    @cached_property
    def _running(self) -> dict[int, frozenset[int]]:
        """The numbers of the lines of each page that are running headers and footers."""
        return {number: frozenset(self._running_on(page)) for number, page in self.pages.items()}

    def _running_on(self, page: Page) -> Iterable[int]:
        others = [self.pages[n] for n in (page.number - 1, page.number + 1) if n in self.pages]
        known: defaultdict[str, list[float]] = defaultdict(list)
        for other in others:
            for at, line in _ends(other):
                known[_wording(line)].append(at)
        for at, line in _ends(page):
            wording = _wording(line)
            near = any(abs(at - there) <= _SAME_HEIGHT for there in known.get(wording, ()))
            if near or (not wording and line.text.strip()):
                yield line.number

    def before(self, table: PrintedTable) -> PrintedTable | None:
        """The table that one would go on from: the nearest above it in its columns, else the last on the page before.

        Where tables stand side by side, it is the one that shares most of its width.
        """
        above = [t for t in self._tables(table.page) if _is_above(t, table)]
        if above:
            return max(above, key=lambda t: (_overlap(t, table) > 0, _top(t)))
        last = self._tables(table.page - 1)
        feet = [t for t in last if not any(_is_above(t, other) for other in last if other is not t)]
        return max(feet, key=lambda t: (_overlap(t, table), _top(t)), default=None)

    def _tables(self, page: int) -> Sequence[PrintedTable]:
        return self.pages[page].tables if page in self.pages else ()

    def between(self, before: PrintedTable, after: PrintedTable) -> Between:
        """What stands between two tables. A text that says that something is continued does not part them."""
        if before.page == after.page:
            texts = [line for line in self._lines(before.page) if _under(line, before) and _over(line, after)]
        else:
            # Notes at the foot of a page go with the table; a text at the head of the next one begins something.
            texts = [line for line in self._lines(after.page) if _over(line, after)]
        titles = [] if any(_CONTINUED.search(line.text) for line in texts) else texts
        lines = tuple(f"text {_quoted(line.text)}" for line in titles[:2])
        # The same text for each: of a long paper, thousands may stand between two that belong together.
        tables = tuple(intern(f"page {t.page}, table {t.number}") for t in self._others(before, after))
        return Between(lines, tables, self._has_room(before, after))

    def _lines(self, page: int) -> list[TextLine]:
        found = self.pages.get(page)
        return [line for line in found.lines if line.number not in self._running[page]] if found else []

    def _others(self, before: PrintedTable, after: PrintedTable) -> list[PrintedTable]:
        """The tables between two, on the two's own pages and those between."""
        pages = range(before.page, after.page + 1)
        tables = [t for page in pages for t in self._tables(page) if t is not before and t is not after]
        return [
            t
            for t in tables
            if (t.page > before.page or _is_above(before, t)) and (t.page < after.page or _is_above(t, after))
        ]

    def _has_room(self, before: PrintedTable, after: PrintedTable) -> bool:
        page = self.pages.get(before.page)
        if before.page == after.page or page is None or before.box is None or not page.height:
            return False
        lowest = max([before.box.bottom, *(x.box.bottom for x in self._lines(before.page) if x.box)])
        return lowest < _ROOM_LEFT * page.height


def reading_order(tables: Sequence[PrintedTable]) -> list[PrintedTable]:
    """The tables of one page from top to bottom, as their numbers have it where nothing has a box."""
    return sorted(tables, key=lambda t: (_top(t), t.box.x0 if t.box else 0.0, t.number))


def _ends(page: Page) -> list[tuple[float, TextLine]]:
    """The lines that may be running ones, each with a height: in a text report the number of lines to the end."""
    boxed = [(line.box.top, line) for line in page.lines if line.box]
    if boxed:
        return boxed
    lines = [line for line in page.lines if line.text.strip()]
    head = [(i * 2 * _SAME_HEIGHT, line) for i, line in enumerate(lines[:_RUNNING_LINES])]
    foot = [(-(i + 1) * 2 * _SAME_HEIGHT, line) for i, line in enumerate(reversed(lines[-_RUNNING_LINES:]))]
    return head + foot


def _wording(line: TextLine) -> str:
    """The words of a line without its numbers: page numbers count on."""
    words = regex.sub(r"\bpage\b|\bof\b|\d+", "", line.text, flags=regex.IGNORECASE)
    return plain(words)


def _top(table: PrintedTable) -> float:
    return table.box.top if table.box else float(table.rows[0].number if table.rows else table.number)


def _is_above(one: PrintedTable, other: PrintedTable) -> bool:
    """Whether one table ends before another of its page begins, in columns that they share."""
    if one is other or one.page != other.page:
        return False
    if one.box is None or other.box is None:
        return one.number < other.number
    middle = (other.box.top + other.box.bottom) / 2
    return one.box.bottom <= middle and one.box.top < other.box.top and _overlap(one, other) > 0


def _overlap(one: PrintedTable, other: PrintedTable) -> float:
    if one.box is None or other.box is None:
        return 0.0
    return min(one.box.x1, other.box.x1) - max(one.box.x0, other.box.x0)


def _under(line: TextLine, table: PrintedTable) -> bool:
    if line.box is None or table.box is None:
        return line.number > table.rows[-1].number
    beside = line.box.x1 < table.box.x0 or line.box.x0 > table.box.x1
    return line.box.top >= table.box.bottom - 2 and not beside


def _over(line: TextLine, table: PrintedTable) -> bool:
    if line.box is None or table.box is None:
        return line.number < table.rows[0].number
    beside = line.box.x1 < table.box.x0 or line.box.x0 > table.box.x1
    return line.box.bottom <= table.box.top + 2 and not beside


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1]}…")


# --- rows cut in two -------------------------------------------------------------------------------------------------


class Cut(StrEnum):
    """How a row is cut in two by the end of a page: which part holds its figures."""

    FOOT = "the row is cut in two: what follows has text only, under columns where the row has text"
    HEAD = "the row is cut in two: it has text only, and what follows goes on in small letters, with figures"


def cut_of(foot: Sequence[str], head: Sequence[str], figures: Sequence[bool]) -> Cut | None:
    """Whether the last row of one piece and the first of the next are two parts of one, by their texts.

    `figures` says which columns hold figures. The second part stands under columns where the first has text. Either it
    has text only, and nothing in the first column or small letters where the first part has a capital; or it has small
    letters, and only the second part has figures.
    """
    texts = [i for i, text in enumerate(head) if text and not figures[i]]
    if not texts or not all(foot[i] for i in texts):
        return None
    small = head[texts[0]][:1].islower() and not foot[texts[0]][:1].islower()
    above, below = (any(row[i] for i, is_figure in enumerate(figures) if is_figure) for row in (foot, head))
    if not below:
        return Cut.FOOT if small or not head[0] else None
    return Cut.HEAD if small and not above else None
