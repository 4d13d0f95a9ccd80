"""Whether a block of lines is a table: what speaks for data, and what for prose, lists, contents and charts."""

from __future__ import annotations

import re

from extract.blocks import Block
from extract.columns import Line, is_number

# Marks that begin the items of a list, and the dots that lead to a page number.
_ITEM = re.compile(
    r"[•·▪■●○◦\-–—*➢✓o]|\(?(\d{1,2}|[a-zA-Z]|[ivxIVX]+)[.)]|\d+(\.\d+)+\.?|\(\d+\)|\[\d+\]|[\uf000-\uf0ff]"
)
_LEADERS = re.compile(r"\.{4,}|(\. ){4,}|…{2,}|_{4,}")

# Thresholds chosen on ICDAR 2013 (EU).
_NUMBERS = 0.4  # of the cells right of the first column
_WORDS = 6.0  # in a cell of a ruled-off table of text, on average


def is_table(block: Block) -> bool:
    """Whether a block is a table: of numbers, or of text between rules."""
    body = [line for line in block.lines if block.fits(line)]
    if len(body) < 2 or not _has_letters(block) or not _dense(block, body):
        return False
    if _is_list(block, body) or _is_contents(block, body):
        return False
    return _is_of_numbers(block, body) or _is_of_text(block, body)


def _has_letters(block: Block) -> bool:
    """Whether there are words at all: the ticks along a chart's axes have none."""
    return any(run.text.upper() != run.text.lower() for line in block.lines for run in line.runs)


def _is_of_numbers(block: Block, body: list[Line]) -> bool:
    """Whether enough cells right of the first column are numbers, in three rows or, between rules, in one with a label.

    A row of numbers alone may be the ticks along the axis of a chart.
    """
    rows = [line for line in body if any(is_number(run.text) for run in line.runs)]
    if len(rows) < 3 and (len(block.levels) < 2 or all(is_number(line.runs[0].text) for line in rows)):
        return False
    cells = [run for line in body for run in line.runs[1:]]
    return sum(is_number(run.text) for run in cells) >= _NUMBERS * len(cells)


def _is_of_text(block: Block, body: list[Line]) -> bool:
    """Whether rules part short texts."""
    runs = [run for line in body for run in line.runs]
    words = sum(run.words for run in runs) / len(runs)
    return len(block.levels) >= 3 and len(body) >= 3 and words <= _WORDS


def _dense(block: Block, body: list[Line]) -> bool:
    """Whether most lines are rows, and most rows have most cells."""
    width = len(block.separators) + 1
    filled = sum(len(line.runs) for line in body) / (width * len(body))
    return len(body) >= 0.4 * len(block.lines) and filled >= 0.35


def _is_list(block: Block, body: list[Line]) -> bool:
    """Whether the first column holds nothing but the marks of a list's items, and there is only one other."""
    marks = sum(_ITEM.fullmatch(line.runs[0].text) is not None for line in body)
    return len(block.separators) == 1 and marks > 0.6 * len(body)


def _is_contents(block: Block, body: list[Line]) -> bool:
    """Whether dots lead to the last column, or it holds page numbers that only grow, with no header but "Page"."""
    dotted = sum(any(_LEADERS.search(run.text) for run in line.runs) for line in body)
    if dotted > 0.3 * len(body):
        return True
    head, *tail = [line.runs[-1].text for line in body]
    pages = [head, *tail] if head.isdigit() else tail
    unheaded = head.isdigit() and body[0] is block.lines[0]
    if not (unheaded or head.lower() in ("page", "page no", "page no.", "pages")) or len(block.separators) > 2:
        return False
    numbers = [int(page) for page in pages if page.isdigit()]
    return len(numbers) == len(pages) and numbers == sorted(numbers) and not block.levels
