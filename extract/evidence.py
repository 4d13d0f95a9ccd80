"""Whether a block of lines is a table: what speaks for data, and what for prose, lists, contents and charts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extract.blocks import Block, running_on
from extract.columns import Line, is_number
from extract.leaders import LEADERS

# Marks that begin the items of a list, and what numbers a page.
_ITEM = re.compile(
    r"[•·▪■●○◦\-–—*➢✓o]|\(?(\d{1,2}|[a-zA-Z]|[ivxIVX]+)[.)]|\d+(\.\d+)+\.?|\(\d+\)|\[\d+\]|[\uf000-\uf0ff]"
)
_PAGE = re.compile(r"([A-Z]{0,2}[-.]?)?\d{1,4}|[ivxlc]+|[IVXLC]+")

# Thresholds chosen on ICDAR 2013 (EU).
_NUMBERS = 0.4  # of the cells right of the first column
_WORDS = 6.0  # in a cell of a ruled-off table of text, on average

# Of the rows of a table that is laid out by spaces.
_FIGURES = 0.3

# The same of a table of text under one rule. Chosen on made-up pages (benchmarks/unruled.py, seed 1).
_ROWS, _FULL, _FEW_WORDS = 5, 0.9, 4.0


def is_table(block: Block) -> bool:
    """Whether a block is a table: of numbers, or of text between rules."""
    body = [line for line in block.lines if block.fits(line)]
    if len(body) < 2 or not _has_letters(block) or not _dense(block, body):
        return False
    if _is_list(block, body) or _is_contents(block, body):
        return False
    return _is_of_numbers(block, body) or _is_of_text(block, body)


def is_table_of_rows(block: Block, figures: Sequence[bool]) -> bool:
    """Whether rows, each as one line of `block`, are a table where nothing is ruled; `figures` says which have numbers.

    There must be three rows with figures, or two under a header, and most rows must be such; texts alone are no table.
    """
    body = [line for line in block.lines if block.fits(line)]
    if len(body) < 2 or not _has_letters(block) or _is_list(block, body) or _is_contents(block, body):
        return False
    headed = not figures[0] and block.fits(block.lines[0])
    return sum(figures) >= (2 if headed else 3) and sum(figures) >= _FIGURES * len(figures)


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
    """Whether rules part short texts; one under the header is enough where nearly every cell of many is filled."""
    runs = [run for line in body for run in line.runs]
    words = sum(run.words for run in runs) / len(runs)
    if len(block.levels) >= 3 and len(body) >= 3 and words <= _WORDS:
        return True
    width = len(block.separators) + 1
    full = width >= 3 and len(body) >= _ROWS and len(runs) >= _FULL * width * len(block.lines)
    return full and len(block.levels) >= 1 and words <= _FEW_WORDS


def _dense(block: Block, body: list[Line]) -> bool:
    """Whether most lines are rows, or go on with a text of one, and most rows have most cells."""
    width = len(block.separators) + 1
    filled = sum(len(line.runs) for line in body) / (width * len(body))
    return len(body) >= 0.4 * (len(block.lines) - running_on(block.lines)) and filled >= 0.35


def _is_list(block: Block, body: list[Line]) -> bool:
    """Whether the first column holds nothing but the marks of a list's items, and there is only one other."""
    marks = sum(_ITEM.fullmatch(line.runs[0].text) is not None for line in body)
    return len(block.separators) == 1 and marks > 0.6 * len(body)


def _is_contents(block: Block, body: list[Line]) -> bool:
    """Whether dots lead to page numbers, or the last column holds some that only grow, with no header but "Page"."""
    led = [_led_to(line) for line in body if any(LEADERS.search(run.text) for run in line.runs)]
    if len(led) > 0.3 * len(body):
        return _are_pages(led)
    head, *tail = [line.runs[-1].text for line in body]
    pages = [head, *tail] if head.isdigit() else tail
    unheaded = head.isdigit() and body[0] is block.lines[0]
    if not (unheaded or head.lower() in ("page", "page no", "page no.", "pages")) or len(block.separators) > 2:
        return False
    numbers = [int(page) for page in pages if page.isdigit()]
    return len(numbers) == len(pages) and numbers == sorted(numbers) and not block.levels


def _led_to(line: Line) -> list[str]:
    """What stands right of the leaders of a line."""
    last = max(i for i, run in enumerate(line.runs) if LEADERS.search(run.text))
    return [run.text for run in line.runs[last + 1 :]]


def _are_pages(led: list[list[str]]) -> bool:
    """Whether leaders lead to the pages of a contents: one number each, and the numbers do not fall."""
    if sum(len(texts) > 1 for texts in led) > 0.3 * len(led):
        return False
    pages = [texts[0] for texts in led if len(texts) == 1]
    numbers = [int(page) for page in pages if page.isdigit()]
    falls = sum(b < a for a, b in pairwise(numbers))
    return all(map(_PAGE.fullmatch, pages)) and falls <= max(1, 0.1 * len(numbers))
