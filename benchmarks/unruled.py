"""How well tables are found on pages of made-up tables, most of them not ruled off, whose cells are known exactly.

    python -m benchmarks.unruled [--copies 4] [--seed 1] [--keep FOLDER]

Two sets: layouts that the finder was changed for, and some that were drawn after that and for which nothing was changed
(docs/performance.md). The measure is that of the table competitions: neighbouring cells with text.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.made_tables import HELD_OUT, LAYOUTS, Layout, Page, TrueCell, pages
from extract.paper import PrintedTable
from extract.read import read_paper

Relations = Counter[tuple[str, str, str]]


@dataclass
class Score:
    """Relations that are right, true and found, and tables found that are none."""

    right: int = 0
    true: int = 0
    found: int = 0
    false_tables: int = 0

    def add(self, other: Score) -> None:
        self.right += other.right
        self.true += other.true
        self.found += other.found
        self.false_tables += other.false_tables

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.true + self.found) if self.true + self.found else 1.0


def relations(cells: Iterable[TrueCell]) -> Relations:
    """Each cell with text and its nearest neighbour with text, to the right and below."""
    named = [(cell, _plain(cell.text)) for cell in cells]
    grid = {
        (row, column): (number, text)
        for number, (cell, text) in enumerate(named)
        if text
        for row in range(cell.row, cell.last_row + 1)
        for column in range(cell.column, cell.last_column + 1)
    }
    last = (max((r for r, _ in grid), default=0), max((c for _, c in grid), default=0))
    steps = [(at, place, step) for at, place in grid.items() for step in ((0, 1), (1, 0))]
    pairs = {(place, near, step) for at, place, step in steps if (near := _next(grid, at, step, last))}
    return Counter((one, other, "right" if step[1] else "below") for (_, one), (_, other), step in pairs)


def _next(
    grid: dict[tuple[int, int], tuple[int, str]], at: tuple[int, int], step: tuple[int, int], last: tuple[int, int]
) -> tuple[int, str] | None:
    own, (row, column) = grid[at], at
    while row <= last[0] and column <= last[1]:
        row, column = row + step[0], column + step[1]
        if (row, column) in grid and grid[row, column] != own:
            return grid[row, column]
    return None


def _plain(text: str) -> str:
    """A text for comparison: without white space, case and leading dots."""
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return folded.rstrip(".") if folded.strip(".") else folded


def cells_of(table: PrintedTable) -> list[TrueCell]:
    return [
        TrueCell(i, cell.column, i, cell.column + cell.span - 1, cell.text)
        for i, row in enumerate(table.rows)
        for cell in row.cells
    ]


def score(page: Page, tables: Sequence[PrintedTable]) -> Score:
    """A page's tables against the true ones, each paired with the one that it shares most with."""
    true = [relations(cells) for cells in page.tables]
    found = [relations(cells_of(table)) for table in tables]
    shared = sorted(
        ((sum((t & f).values()), i, j) for i, t in enumerate(true) for j, f in enumerate(found)), reverse=True
    )
    right, used_true, used_found = 0, set[int](), set[int]()
    for count, i, j in shared:
        if count and i not in used_true and j not in used_found:
            right += count
            used_true.add(i)
            used_found.add(j)
    return Score(right, sum(map(Counter.total, true)), sum(map(Counter.total, found)), len(found) - len(used_found))


def measure(copies: int, seed: int, layouts: Sequence[Layout]) -> tuple[dict[str, Score], float]:
    """The score of each layout, and CPU milliseconds a page."""
    scores: defaultdict[str, Score] = defaultdict(Score)
    spent, count = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        for page in pages(copies, seed, layouts):
            path = Path(folder) / f"{page.name}.pdf"
            path.write_bytes(page.pdf)
            start = time.process_time()
            tables = read_paper(path).tables
            spent += time.process_time() - start
            count += 1
            scores[page.name.rpartition("-")[0]].add(score(page, tables))
    return dict(scores), 1000 * spent / max(1, count)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.unruled", description="Tables of known cells.")
    parser.add_argument("--copies", type=int, default=4, help="pages of each layout")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder to write the pages into")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(exist_ok=True)
        for page in pages(options.copies, options.seed, (*LAYOUTS, *HELD_OUT)):
            (options.keep / f"{page.name}.pdf").write_bytes(page.pdf)
    for name, layouts in (("looked at", LAYOUTS), ("held out", HELD_OUT)):
        _print(name, *measure(options.copies, options.seed, layouts))


def _print(name: str, scores: dict[str, Score], spent: float) -> None:
    pooled = Score()
    for layout, one in scores.items():
        pooled.add(one)
        counts = f"right {one.right:5} of {one.true:5}, found {one.found:5}, false tables {one.false_tables}"
        print(f"{layout:18} F1 {one.f1:.3f}  {counts}")
    mean = sum(one.f1 for one in scores.values()) / len(scores)
    summary = f"mean over layouts {mean:.3f}, pooled {pooled.f1:.3f}, false tables {pooled.false_tables}"
    print(f"{name}: {summary}, {spent:.1f} ms a page\n")


if __name__ == "__main__":
    main()
