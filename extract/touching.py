"""Words that run into the number of the next column without a space."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.blocks import Block
from extract.columns import Run, is_number
from extract.words import Layout

# A text and the number that it runs into. The end of a reference ("B12") is not level with a column of numbers.
_RUN_IN = re.compile(r"(.*[^\W\d_][.,;:)]?)([-−–(£]{0,2}\d{1,3}(?:,\d{3})*(?:\.\d+)?\)?)")

# In points: how nearly a number must end where the others of its column do, and how many do.
_LEVEL, _OTHERS = 1.5, 2


def touching(block: Block, found: Layout) -> Iterator[tuple[int, tuple[int]]]:
    """The words of a table that reach into a column of numbers and end where those do, and where to cut them."""
    for line in block.lines:
        for run, (first, last) in zip(line.runs, block.slots(line), strict=True):
            word = run.first + run.words - 1
            match = _RUN_IN.fullmatch(found.texts[word]) if first < last else None
            if match and sum(abs(other.x1 - run.x1) <= _LEVEL for other in _numbers(block, last)) >= _OTHERS:
                yield word, (match.end(1),)


def _numbers(block: Block, column: int) -> Iterator[Run]:
    for line in block.lines:
        for run, slots in zip(line.runs, block.slots(line), strict=True):
            if slots == (column, column) and is_number(run.text):
                yield run
