"""Pages of made-up tables in the ways that statistics and councils print them, with what stands in each cell.

Every page is drawn from a number alone, so that a set can be drawn anew, and other sets that nobody has looked at.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 612.0, 792.0
Align = Literal["left", "right", "centre"]
Rules = Literal["none", "ends", "head", "rows", "bands"]

PLACES = ["Alder", "Birch Hill", "Cotswold", "Dunmore", "Eastfield", "Fenwick", "Great Marsh", "Holbrook", "Ivybridge",
          "Kings Norton", "Long Eaton", "Marlow", "Northgate", "Oakham and district", "Penrith", "Quarry Bank", "Ripon",
          "Stanhope, including the parishes", "Thornbury", "Upton"]  # fmt: skip
TOPICS = ["Salaries and wages", "Employer contributions", "Contract services", "Supplies and materials", "Utilities",
          "Travel", "Equipment, less than one year", "Grants to others", "Debt service", "Insurance and claims",
          "Building maintenance", "Information technology", "Training", "Printing and postage",
          "Legal services"]  # fmt: skip
HEADS = ["Total", "Male", "Female", "Under 18", "18 to 64", "65 and over", "Number", "Percent", "Change", "Actual",
         "Budget", "Estimate", "Difference", "Rate", "Index", "Owned", "Rented", "Other"]  # fmt: skip
WORDS = ["the", "of", "a", "in", "to", "and", "for", "is", "that", "with", "as", "on", "by", "are", "from",
         "this", "which", "at", "be", "have", "was", "were", "their", "more", "than", "year", "report",
         "service", "council", "budget", "savings", "under", "plan", "rate", "areas", "people", "months",
         "costs", "work", "staff", "local", "public", "contract", "review", "agreed", "figures"]  # fmt: skip
REMARKS = ["Delivered in full", "Some delay, expected by March", "On track", "Subject to consultation with staff",
           "Replaced by another scheme", "Depends on the new contract", "Fees rise from April",
           "No risk seen"]  # fmt: skip


class TrueCell(NamedTuple):
    """A cell of a true table: the first and last row and column that it covers, and its text."""

    row: int
    column: int
    last_row: int
    last_column: int
    text: str


@dataclass(frozen=True)
class Style:
    """How a table is printed. Lengths are in points; `pitch` is the distance of rows in sizes."""

    font: str = "Helvetica"
    size: float = 8.5
    gap: float = 16
    pitch: float = 1.35
    rules: Rules = "none"
    head: Align = "right"
    body: Align = "right"
    leaders: bool = False
    label: float = 0
    blank: float = 0
    low: bool = False


@dataclass
class Spec:
    """What a table says. `levels` are heads above the heads: (text, columns). A row of one text spans it."""

    heads: list[str]
    rows: Sequence[list[str] | str]
    levels: list[list[tuple[str, int]]] = field(default_factory=list)
    text_columns: tuple[int, ...] = (0,)
    note: str = ""
    title: str = ""


@dataclass
class Page:
    """A page and its true tables."""

    name: str
    pdf: bytes
    tables: list[list[TrueCell]]


# --- drawing ---------------------------------------------------------------------------------------------------------


class _Table:
    """A table that is being drawn, its left edge and its columns known."""

    def __init__(self, canvas: Canvas, spec: Spec, style: Style, x: float) -> None:
        self.canvas, self.spec, self.style, self.x = canvas, spec, style, x
        self.cells: list[TrueCell] = []
        self.row = 0
        self.edges = self._edges()

    def _wide(self, text: str) -> float:
        return max(stringWidth(line, self._font(), self.style.size) for line in text.split("\n"))

    def _font(self) -> str:
        return "Times-Roman" if self.style.font == "Times" else self.style.font

    def _edges(self) -> list[float]:
        """Where each column begins, and where the last ends; between two columns lies the gap."""
        count = len(self.spec.heads)
        widths = [self._wide(head) for head in self.spec.heads]
        for row in self.spec.rows:
            if not isinstance(row, str):
                widths = [max(w, self._wide(text)) for w, text in zip(widths, row, strict=True)]
        widths[0] = max(widths[0], self.style.label)
        edges = [self.x]
        for i in range(count):
            edges.append(edges[-1] + widths[i] + (self.style.gap if i < count - 1 else 0))
        return edges

    def _place(self, text: str, first: int, last: int, align: Align) -> float:
        left = self.edges[first]
        right = self.edges[last + 1] - (self.style.gap if last < len(self.spec.heads) - 1 else 0)
        room = right - left - stringWidth(text, self._font(), self.style.size)
        return left + {"left": 0.0, "right": room, "centre": room / 2}[align]

    def _print(self, texts: Sequence[tuple[str, int, int, Align]], top: float, low: bool = False) -> float:
        """Print the cells of a row, each (text, first, last column, align); give the baseline of its last line."""
        lead = 1.15 * self.style.size
        most = max(text.count("\n") + 1 for text, *_ in texts)
        for text, first, last, align in texts:
            lines = text.split("\n")
            start = most - len(lines) if low else 0
            for i, line in enumerate(lines):
                self.canvas.drawString(self._place(line, first, last, align), HEIGHT - top - (start + i) * lead, line)
            if text:
                self.cells.append(TrueCell(self.row, first, self.row, last, " ".join(lines)))
        self.row += 1
        return top + (most - 1) * lead

    def draw(self, top: float) -> float:
        """Draw it all, the first baseline at `top`, and give the baseline after the last."""
        step = self.style.pitch * self.style.size
        self._rule(top - self.style.size)
        self.canvas.setFont(self._font(), self.style.size)
        top = self._heads(top, step)
        self._rule(top + 0.35 * self.style.size, strong=True)
        top += step + (0.3 * self.style.size if self.style.rules != "none" else 0)
        for number, row in enumerate(self.spec.rows):
            top = self._body(row, top, number) + step
            if self.style.rules == "rows":
                self._rule(top - step + 0.3 * self.style.size, strong=True)
        if self.style.rules in ("ends", "head"):
            self._rule(top - step + 0.4 * self.style.size)
        return top

    def _heads(self, top: float, step: float) -> float:
        for level in self.spec.levels:
            column, texts = 0, []
            for text, span in level:
                texts.append((text, column, column + span - 1, "centre"))
                column += span
            self._print([t for t in texts if t[0]], top)  # type: ignore[misc]
            for text, first, last, _ in texts:
                if text and self.style.rules != "none" and last > first:
                    self._line(
                        top + 0.3 * self.style.size, self.edges[first], self.edges[last + 1] - self.style.gap / 2
                    )
            top += step
        aligns: list[Align] = [
            "left" if i in self.spec.text_columns else self.style.head for i in range(len(self.spec.heads))
        ]
        if any(self.spec.heads):
            return self._print(
                [(t, i, i, a) for i, (t, a) in enumerate(zip(self.spec.heads, aligns, strict=True))], top, True
            )
        return top - step

    def _body(self, row: list[str] | str, top: float, number: int) -> float:
        if isinstance(row, str):
            return self._print(
                [(row, 0, 0 if row[0] != "(" else len(self.spec.heads) - 1, "left" if row[0] != "(" else "centre")], top
            )
        if self.style.rules == "bands" and number % 2:
            self.canvas.setFillGray(0.9)
            high = self.style.pitch * self.style.size
            self.canvas.rect(self.x - 3, HEIGHT - top - 0.3 * high, self.edges[-1] - self.x + 6, high, stroke=0, fill=1)
            self.canvas.setFillGray(0)
        texts: list[tuple[str, int, int, Align]] = []
        for i, text in enumerate(row):
            texts.append((text, i, i, "left" if i in self.spec.text_columns else self.style.body))
        if self.style.leaders and any(row[1:]):
            texts[0] = (self._led(row[0]), 0, 0, "left")
        return self._print(texts, top, self.style.low)

    def _led(self, text: str) -> str:
        """A label with the dots that lead to its figures."""
        room = self.edges[1] - self.edges[0] - self.style.gap * 0.4
        dots = int((room - self._wide(text.rpartition("\n")[2])) / stringWidth(".", self._font(), self.style.size))
        return text + "." * max(0, dots)

    def _rule(self, y: float, strong: bool = False) -> None:
        if self.style.rules in ("ends", "rows") or (self.style.rules == "head" and strong):
            self._line(y, self.x, self.edges[-1])

    def _line(self, y: float, x0: float, x1: float) -> None:
        self.canvas.setLineWidth(0.5)
        self.canvas.line(x0, HEIGHT - y, x1, HEIGHT - y)


class _Sheet:
    """A page under the pen: tables and prose from the top down."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.target = io.BytesIO()
        self.canvas = Canvas(self.target, pagesize=(WIDTH, HEIGHT), invariant=1)
        self.top = 80.0
        self.tables: list[list[TrueCell]] = []
        self.canvas.setFont("Times-Roman", 8)
        self.canvas.drawCentredString(WIDTH / 2, HEIGHT - 40, "Statistical report, volume 3")
        self.canvas.drawCentredString(WIDTH / 2, 36, str(chance.randrange(2, 90)))

    def prose(self, lines: int, x: float = 72, room: float = 468, size: float = 10, top: float | None = None) -> float:
        """Some lines of a paragraph; gives the baseline after it."""
        at = self.top if top is None else top
        self.canvas.setFont("Times-Roman", size)
        for number in range(lines):
            line = _words(self.chance, 3).capitalize() if not number else _words(self.chance, 3)
            while stringWidth(line, "Times-Roman", size) < room * (0.93 if number < lines - 1 else 0.5):
                line += " " + self.chance.choice(WORDS)
            self.canvas.drawString(x, HEIGHT - at, line)
            at += 1.2 * size
        if top is None:
            self.top = at + size
        return at

    def text(self, text: str, size: float = 10, x: float = 72, gap: float = 4, font: str = "Times-Bold") -> None:
        """A line of its own, such as a title or a note."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, HEIGHT - self.top, text)
        self.top += 1.2 * size + gap

    def table(self, spec: Spec, style: Style, x: float = 72, after: float = 18) -> None:
        """A table with its title and its note."""
        if spec.title:
            self.text(spec.title, x=x)
        table = _Table(self.canvas, spec, style, x)
        self.top = table.draw(self.top + style.size) - 0.35 * style.size
        self.tables.append(table.cells)
        if spec.note:
            self.text(spec.note, 7, x, 2, "Times-Roman")
        self.top += after

    def done(self, name: str) -> Page:
        self.canvas.save()
        return Page(name, self.target.getvalue(), self.tables)


# --- what they say ---------------------------------------------------------------------------------------------------


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count))


def _number(chance: random.Random, most: int = 99_999) -> str:
    return f"{chance.randrange(int(most ** chance.uniform(0.4, 1)) + 1):,}"


def _rows(
    chance: random.Random, count: int, columns: int, names: Sequence[str] = PLACES, most: int = 99_999
) -> list[list[str]]:
    start = chance.randrange(len(names))
    return [[names[(start + i) % len(names)], *(_number(chance, most) for _ in range(columns))] for i in range(count)]


def _heads(chance: random.Random, columns: int, first: str = "Area") -> list[str]:
    return [first, *chance.sample(HEADS, columns)]


def _with_total(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    return [*rows, ["Total", *(_number(chance, 999_999) for _ in rows[-1][1:])]]


# --- layouts ---------------------------------------------------------------------------------------------------------

Layout = Callable[[_Sheet, random.Random], None]


def plain(sheet: _Sheet, chance: random.Random) -> None:
    sheet.prose(4)
    rows = _with_total(_rows(chance, chance.randrange(4, 12), 4), chance)
    style = Style(size=chance.choice([8, 9, 10]), gap=chance.choice([12, 18, 26]))
    sheet.table(Spec(_heads(chance, 4), rows, title="Table 2. Areas by size"), style)
    sheet.prose(6)


def years(sheet: _Sheet, chance: random.Random) -> None:
    sheet.prose(3)
    first = chance.randrange(1990, 2004)
    spec = Spec(
        ["Item", *(str(first + i) for i in range(7))],
        _rows(chance, 9, 7, TOPICS, 9_999),
        title="Table A-1. Outlays by year",
    )
    sheet.table(spec, Style(font="Times", size=9, gap=14, rules=chance.choice(["none", "head"])))
    sheet.prose(5)


def census(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = []
    for group in ("All households", "Family households", "Other households"):
        rows.append([group, *(_number(chance) for _ in range(6))])
        rows += [["  " + name, *cells] for name, *cells in _rows(chance, 3, 6)]
    heads, note = (
        ["Area", *["Number", "Percent", "Change"] * 2],
        "1 Includes those who gave no answer. Source: made up.",
    )
    levels = [[("", 1), ("2000", 3), ("2010", 3)]]
    spec = Spec(heads, rows, levels, note=note, title="Table 14. Households by kind")
    sheet.table(spec, Style(font="Times", size=8, gap=14, rules="ends", leaders=True, label=130))
    sheet.prose(6)


def leaders(sheet: _Sheet, chance: random.Random) -> None:
    sheet.prose(3)
    spec = Spec(_heads(chance, 3, ""), _with_total(_rows(chance, 8, 3, TOPICS), chance))
    sheet.table(
        spec,
        Style(
            size=9, gap=chance.choice([8, 14, 20]), leaders=True, label=170, font=chance.choice(["Times", "Helvetica"])
        ),
    )
    sheet.prose(4)


def money(sheet: _Sheet, chance: random.Random) -> None:
    rows = _rows(chance, 7, 3, TOPICS)
    rows = [[row[0], *(f"$ {c:>7}" if i in (0, 6) else c for c in row[1:])] for i, row in enumerate(rows)]
    wide = max(len(c) for row in rows for c in row[1:])
    spec = Spec(
        _heads(chance, 3, "Fund"), [[row[0], *(_dollar(c, wide) for c in row[1:])] for row in rows], title="Schedule 3"
    )
    sheet.table(spec, Style(size=9, gap=20, rules=chance.choice(["none", "ends"])))
    sheet.prose(8)


def _dollar(text: str, wide: int) -> str:
    sign, _, number = text.rpartition(" ")
    return "$" + " " * (2 * (wide - len(number))) + number if sign else text


def percents(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = [
        [r[0], r[1], f"{chance.uniform(0, 60):.1f} %", r[2], f"{chance.uniform(0, 60):.1f} %"]
        for r in _rows(chance, 8, 2)
    ]
    sheet.table(
        Spec(["Region", "2008", "Share", "2009", "Share"], rows, title="Figure 3 in figures"), Style(size=9, gap=18)
    )
    sheet.prose(8)


def centred(sheet: _Sheet, chance: random.Random) -> None:
    sheet.prose(5)
    sheet.table(
        Spec(_heads(chance, 4, "District"), _rows(chance, 7, 4)),
        Style(gap=24, head="centre", body="centre", rules=chance.choice(["none", "ends"])),
    )
    sheet.prose(5)


def narrow(sheet: _Sheet, chance: random.Random) -> None:
    rows = _with_total(_rows(chance, 12, 8, most=9_999), chance)
    heads = ["Code", *(f"{chance.choice('ABCDEFG')}{i}" for i in range(1, 9))]
    sheet.table(Spec(heads, rows, title="Table 5"), Style(size=7, gap=chance.choice([5, 6, 7])))
    sheet.prose(6)


def wide(sheet: _Sheet, chance: random.Random) -> None:
    sheet.prose(3)
    sheet.table(Spec(_heads(chance, 2, "Item"), _rows(chance, 6, 2, TOPICS)), Style(size=10, gap=85, font="Times"))
    sheet.prose(5)


def double(sheet: _Sheet, chance: random.Random) -> None:
    sheet.prose(3)
    sheet.table(
        Spec(_heads(chance, 4), _rows(chance, 7, 4), title="Table 9"),
        Style(size=9, gap=22, pitch=chance.choice([2.1, 2.5, 2.9])),
        after=30,
    )
    sheet.prose(5)


def stacked(sheet: _Sheet, chance: random.Random) -> None:
    for number in (1, 2):
        spec = Spec(
            _heads(chance, 3, f"Part {number}"),
            _rows(chance, 5, 3),
            title=f"Table {number}. What part {number} comes to",
        )
        sheet.table(
            spec, Style(size=9, gap=30, rules=chance.choice(["none", "ends"])), after=chance.choice([6, 12, 20])
        )
    sheet.prose(4)


def beside(sheet: _Sheet, chance: random.Random) -> None:
    sheet.prose(4)
    top, columns = sheet.top, 2
    lows = []
    for number, x in enumerate((72, 330)):
        sheet.top = top
        spec = Spec(
            _heads(chance, columns, "Area"),
            _rows(chance, chance.randrange(5, 8), columns, most=9_999),
            title=f"Panel {'AB'[number]}",
        )
        sheet.table(spec, Style(size=8, gap=14), x)
        lows.append(sheet.top)
    sheet.top = max(lows)
    sheet.prose(4)


def two_columns(sheet: _Sheet, chance: random.Random) -> None:
    top = sheet.top
    sheet.prose(38, 54, 230, 9, top)
    low = sheet.prose(8, 320, 230, 9, top)
    sheet.top = low + 12
    sheet.table(
        Spec(_heads(chance, 2, "Area"), _rows(chance, 8, 2, most=9_999), title="Table 4. Two columns"),
        Style(size=8, gap=20),
        320,
    )
    sheet.prose(6, 320, 230, 9, sheet.top)


def texts(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = [
        [str(place), _wrapped(chance, 24), _wrapped(chance, 30)] for place in chance.sample(PLACES, 6)
    ]
    sheet.prose(3)
    sheet.table(
        Spec(["Area", "What was agreed", "What remains to be done"], rows, text_columns=(0, 1, 2)),
        Style(size=8.5, gap=16, rules="rows", pitch=1.6),
    )
    sheet.prose(4)


def _wrapped(chance: random.Random, letters: int) -> str:
    lines = []
    for _ in range(chance.randrange(1, 4)):
        line = _words(chance, 2)
        while len(line) < letters:
            line += " " + chance.choice(WORDS)
        lines.append(line)
    return "\n".join(lines).capitalize()


def short_texts(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = [
        [str(p), chance.choice(REMARKS), chance.choice(["High", "Medium", "Low"])] for p in chance.sample(PLACES, 8)
    ]
    sheet.prose(3)
    sheet.table(
        Spec(["Scheme", "Progress", "Risk"], rows, text_columns=(0, 1, 2)),
        Style(size=9, gap=24, rules=chance.choice(["ends", "head", "bands"])),
    )
    sheet.prose(4)


def sparse(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = [
        [r[0], *(c if chance.random() < 0.5 else "" for c in r[1:])] for r in _rows(chance, 10, 5)
    ]
    rows.append(["Total", *(_number(chance) for _ in range(5))])
    sheet.prose(2)
    sheet.table(Spec(_heads(chance, 5), rows, title="Table 6"), Style(gap=20, rules=chance.choice(["none", "ends"])))
    sheet.prose(4)


def inner_note(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = [*_rows(chance, 4, 4), "(In per cent of all)", *_rows(chance, 4, 4, most=99)]
    sheet.table(Spec(_heads(chance, 4), rows, title="Table 8. Counts and shares"), Style(gap=24, rules="ends"))
    sheet.prose(6)


def tall_heads(sheet: _Sheet, chance: random.Random) -> None:
    heads = [
        "Area",
        "All\npersons",
        "Persons\nof working\nage",
        "In work",
        "Out of\nwork and\nlooking",
        "Rate\n(per cent)",
    ]
    sheet.prose(2)
    sheet.table(
        Spec(heads, _rows(chance, 9, 5)),
        Style(gap=18, head=chance.choice(["right", "centre"]), rules=chance.choice(["none", "head", "ends"])),
    )
    sheet.prose(4)


def wrapped_labels(sheet: _Sheet, chance: random.Random) -> None:
    rows = _rows(chance, 8, 3, TOPICS)
    for i in (1, 4, 6):
        rows[i] = [f"{rows[i][0]}, with all that\nbelongs to it", *rows[i][1:]]
    sheet.prose(3)
    sheet.table(
        Spec(_heads(chance, 3, "Item"), rows, title="Table 7"),
        Style(gap=26, pitch=1.6, low=chance.random() < 0.5, rules=chance.choice(["none", "ends"])),
    )
    sheet.prose(3)


def small(sheet: _Sheet, chance: random.Random) -> None:
    sheet.prose(8)
    sheet.table(
        Spec(_heads(chance, 3, "Year"), _rows(chance, 3, 3)),
        Style(gap=40, rules=chance.choice(["head", "ends", "none"])),
    )
    sheet.prose(8)


def ranked(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = [[str(i), r[0], *r[1:]] for i, r in enumerate(_rows(chance, 12, 3), 1)]
    sheet.table(
        Spec(["Rank", "Area", "2008", "2009", "Change"], rows, text_columns=(0, 1), title="The twelve largest"),
        Style(gap=18, font="Times", size=9),
    )
    sheet.prose(6)


def signs(sheet: _Sheet, chance: random.Random) -> None:
    marks = ["-", "–", "n.a.", "(X)", "...", "*", "c"]
    rows: list[list[str] | str] = []
    for name, *numbers in _rows(chance, 10, 5):
        cells = [
            f"({c})"
            if chance.random() < 0.2
            else chance.choice(marks)
            if chance.random() < 0.15
            else f"-{c}"
            if chance.random() < 0.1
            else c
            for c in numbers
        ]
        rows.append([name, *cells])
    sheet.prose(2)
    sheet.table(
        Spec(_heads(chance, 5), rows, note="* Fewer than 5. (X) Not applicable. n.a. Not available.", title="Table 11"),
        Style(gap=22),
    )
    sheet.prose(4)


def council(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = []
    for i in range(8):
        rows.append(
            [
                f"CS{i + 1}",
                chance.choice(["Children", "Adults", "Highways"]),
                _wrapped(chance, 28),
                *(f"-{_number(chance, 999)}" for _ in range(3)),
            ]
        )
    spec = Spec(
        ["Ref", "Service", "Proposal", "2012/13\n£000", "2013/14\n£000", "2014/15\n£000"],
        rows,
        text_columns=(0, 1, 2),
        title="Appendix B: savings proposals",
    )
    sheet.table(spec, Style(size=8, gap=12, pitch=1.7, rules=chance.choice(["none", "ends", "rows"])))
    sheet.prose(3)


def bands(sheet: _Sheet, chance: random.Random) -> None:
    sheet.prose(3)
    sheet.table(Spec(_heads(chance, 4), _rows(chance, 10, 4)), Style(gap=26, rules="bands", pitch=1.5))
    sheet.prose(3)


def many_columns(sheet: _Sheet, chance: random.Random) -> None:
    rows = _rows(chance, 14, 12, most=999)
    sheet.table(
        Spec(["Area", *"JFMAMJJASOND"], rows, title="Table 12. Month by month"),
        Style(size=6.5, gap=chance.choice([8, 11, 14])),
    )
    sheet.prose(4)


def typewriter(sheet: _Sheet, chance: random.Random) -> None:
    sheet.prose(2)
    sheet.table(
        Spec(_heads(chance, 3, "ITEM"), _rows(chance, 9, 3, TOPICS)),
        Style(font="Courier", size=8, gap=chance.choice([12, 20]), leaders=chance.random() < 0.5, label=170),
    )
    sheet.prose(3)


def long(sheet: _Sheet, chance: random.Random) -> None:
    rows = _rows(chance, 44, 5)
    sheet.table(
        Spec(_heads(chance, 5), rows, title="Table 20, continued"),
        Style(size=8, gap=26, pitch=1.5, rules=chance.choice(["none", "ends"])),
    )


def bands_of_heads(sheet: _Sheet, chance: random.Random) -> None:
    level = [("", 1), ("Men", 2), ("Women", 2), ("All", 2)]
    spec = Spec(
        ["Age", *["Number", "Rate"] * 3],
        _rows(
            chance,
            8,
            6,
            ["16 to 24", "25 to 34", "35 to 44", "45 to 54", "55 to 64", "65 or more", "Not stated", "All ages"],
            9_999,
        ),
        [level],
    )
    sheet.prose(3)
    sheet.table(spec, Style(gap=20, head=chance.choice(["right", "centre"]), rules=chance.choice(["none", "ends"])))
    sheet.prose(3)


def statement(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = []
    for group in ("Revenues", "Expenses", "Other"):
        rows.append(group)
        rows += [["  " + name, *cells] for name, *cells in _rows(chance, 3, 2, TOPICS)]
        rows.append([f"  Total {group.lower()}", *(_number(chance, 999_999) for _ in range(2))])
    sheet.table(
        Spec(["", "2011", "2010"], rows, title="Statement of activities"),
        Style(font="Times", size=10, gap=40, label=220),
    )
    sheet.prose(4)


def no_table(sheet: _Sheet, chance: random.Random) -> None:
    """Prose, a list, an address, a table of contents, two columns of prose: none of it is a table."""
    kind = chance.randrange(5)
    sheet.prose(5)
    if kind == 0:
        for i in range(7):
            sheet.text(f"{i + 1}.", x=72, gap=-12, font="Times-Roman")
            sheet.text(_words(chance, 9).capitalize() + ".", x=92, font="Times-Roman")
    elif kind == 1:
        for left, right in zip(
            ["The Clerk", "Town Hall", "High Street", "Anytown AN1 2YY"],
            ["Our ref: 12/4", "Your ref: 99", "Date: 4 May 2009", "Tel: 01632 960 001"],
            strict=True,
        ):
            sheet.text(left, gap=-12, font="Times-Roman")
            sheet.text(right, x=380, font="Times-Roman")
    elif kind == 2:
        for i in range(9):
            sheet.text(
                f"{i + 1}  {_words(chance, 4).capitalize()} " + "." * chance.randrange(60, 80),
                gap=-12,
                font="Times-Roman",
            )
            sheet.text(str(3 * i + 2), x=520, font="Times-Roman")
    elif kind == 3:
        top = sheet.top
        sheet.prose(30, 54, 230, 9, top)
        sheet.prose(30, 320, 230, 9, top)
    else:
        sheet.prose(20)
        for _ in range(6):
            year, first, last = chance.randrange(1990, 2012), chance.randrange(9, 99), chance.randrange(100, 199)
            entry = f"{chance.choice(PLACES)}, {_words(chance, 6)} ({year}), pp. {first}-{last}."
            sheet.text(entry, 9, font="Times-Roman")
    if kind != 3:
        sheet.prose(6)


# --- layouts that were drawn after the finder was last changed for the others -----------------------------------------


def spaced_leaders(sheet: _Sheet, chance: random.Random) -> None:
    rows = [[r[0] + " ." * int((200 - stringWidth(r[0], "Times-Roman", 9)) / 4.5), *r[1:]] for r in _rows(chance, 9, 3)]
    sheet.prose(3)
    sheet.table(Spec(_heads(chance, 3), rows), Style(font="Times", size=9, gap=18))


def two_labels(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = []
    for place in chance.sample(PLACES, 4):
        rows += [[place if not k else "", str(2007 + k), *(_number(chance) for _ in range(3))] for k in range(3)]
    heads = ["Area", "Year", *chance.sample(HEADS, 3)]
    sheet.table(Spec(heads, rows, text_columns=(0, 1), title="Table 3"), Style(size=9, gap=20))
    sheet.prose(5)


def spaced_thousands(sheet: _Sheet, chance: random.Random) -> None:
    rows = [[r[0], *(c.replace(",", " ") for c in r[1:])] for r in _rows(chance, 9, 4, most=9_999_999)]
    sheet.prose(3)
    sheet.table(Spec(_heads(chance, 4), rows), Style(size=9, gap=22, rules=chance.choice(["none", "ends"])))


def units_row(sheet: _Sheet, chance: random.Random) -> None:
    heads = [
        "Area",
        *(
            f"{head}\n({unit})"
            for head, unit in zip(chance.sample(HEADS, 4), ["£000", "£000", "%", "no."], strict=True)
        ),
    ]
    sheet.table(
        Spec(heads, _rows(chance, 9, 4), title="Table 15. Four measures"),
        Style(gap=24, rules=chance.choice(["none", "head"])),
    )
    sheet.prose(5)


def three_beside(sheet: _Sheet, chance: random.Random) -> None:
    top = sheet.top
    for number, x in enumerate((60, 235, 410)):
        sheet.top = top
        rows = _rows(chance, 6, 1, ["Alder", "Birch", "Corby", "Diss", "Ely", "Filey", "Goole"], 9_999)
        sheet.table(Spec(["Area", chance.choice(HEADS)], rows, title=f"Year {number + 1}"), Style(size=8, gap=30), x)
    sheet.prose(5)


def text_without_rules(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = [
        [p, chance.choice(REMARKS), chance.choice(["High", "Low"])] for p in chance.sample(PLACES, 7)
    ]
    sheet.prose(3)
    sheet.table(Spec(["Scheme", "Progress", "Risk"], rows, text_columns=(0, 1, 2)), Style(size=9, gap=26))
    sheet.prose(3)


def total_set_off(sheet: _Sheet, chance: random.Random) -> None:
    rows: list[list[str] | str] = []
    for part in ("North", "South"):
        rows += [[f"{part}: {r[0]}", *r[1:]] for r in _rows(chance, 4, 3)]
        rows.append([f"{part}, all", *(_number(chance, 999_999) for _ in range(3))])
    sheet.table(Spec(_heads(chance, 3), rows, title="Exhibit 4"), Style(size=9, gap=34, pitch=1.7, rules="head"))
    sheet.prose(6)


def quarter_heads(sheet: _Sheet, chance: random.Random) -> None:
    level = [("", 1), (f"{chance.randrange(2000, 2012)}", 4), (f"{chance.randrange(2012, 2020)}", 4)]
    spec = Spec(
        ["Item", *["I", "II", "III", "IV"] * 2], _rows(chance, 10, 8, TOPICS, 9_999), [level], title="Table 2.1"
    )
    sheet.table(spec, Style(font="Times", size=8, gap=12, rules=chance.choice(["ends", "none"])))
    sheet.prose(4)


HELD_OUT: tuple[Layout, ...] = (
    spaced_leaders, two_labels, spaced_thousands, units_row, three_beside, text_without_rules, total_set_off,
    quarter_heads,
)  # fmt: skip
LAYOUTS: tuple[Layout, ...] = (
    plain, years, census, leaders, money, percents, centred, narrow, wide, double, stacked, beside, two_columns, texts,
    short_texts, sparse, inner_note, tall_heads, wrapped_labels, small, ranked, signs, council, bands, many_columns,
    typewriter, long, bands_of_heads, statement, no_table,
)  # fmt: skip


def pages(copies: int, seed: int, layouts: Sequence[Layout] = LAYOUTS) -> Iterator[Page]:
    """So many pages of each layout, each from the seed alone."""
    for layout in layouts:
        for copy in range(copies):
            chance = random.Random(f"{layout.__name__} {copy} {seed}")
            sheet = _Sheet(chance)
            layout(sheet, chance)
            yield sheet.done(f"{layout.__name__}-{copy}")
