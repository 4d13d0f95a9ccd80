"""Block names that stand below their figures, or nowhere: which AES block does a row of figures belong to?

The government's form has its blocks in a fixed order. A name in the figures' own row is theirs; else the next one
further down; else what the order leaves. A page scanned upside down runs backwards, and its names show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rules.assemble import Piece, SortedRow
from rules.block_names import block_code
from savings.aes import AES_BLOCKS
from savings.schema import CodeReading, How, Level

BY_NAME, BY_ORDER = 1, 4


@dataclass
class _Block:
    """A row of figures, the names that may be its own, and the code they give."""

    row: SortedRow
    names: list[str]
    code: int | None = None


def codes_below(pieces: Sequence[Piece], name_column: int) -> Mapping[int, tuple[CodeReading, ...]]:
    """The readings of the code of every block row of a table, by the row's identity (`id`)."""
    blocks: list[_Block] = []
    for piece in pieces:
        rows = list(reversed(piece.rows)) if _backwards(piece, name_column) else list(piece.rows)
        for row in rows:
            name = _name(row, name_column)
            if row.rule is not None and row.rule.level == Level.BLOCK:
                blocks.append(_Block(row, [name] if name else []))
            elif name and blocks and not _is_named(blocks[-1]):
                blocks[-1].names.append(name)
    for block in blocks:
        block.code = _named(block.names)
    return {id(block.row): _readings(blocks, k) for k, block in enumerate(blocks)}


def _name(row: SortedRow, column: int) -> str:
    """What stands in the names' own column; text that was moved there is no name."""
    placed = row.placed.cells[column]
    return placed.text if placed is not None and placed.mend is None else ""


def _is_named(block: _Block) -> bool:
    return _named(block.names) is not None


def _named(names: Sequence[str]) -> int | None:
    """The code of the first name that is known; a name may be broken over rows."""
    for start in range(len(names)):
        for end in range(len(names), start, -1):
            code = block_code(" ".join(names[start:end]))
            if code is not None:
                return code
    return None


def _backwards(piece: Piece, name_column: int) -> bool:
    """Whether a page's rows run from the bottom to the top: its blocks descend, or the total stands before them."""
    codes = [code for row in piece.rows if (code := block_code(_name(row, name_column))) is not None]
    descends = len(codes) > 1 and all(a > b for a, b in pairwise(codes))
    levels = [row.rule.level for row in piece.rows if row.rule is not None and row.rule.level in tuple(Level)]
    total_first = len(levels) > 1 and levels[0] == Level.TOTAL and Level.TOTAL not in levels[1:]
    return descends or (total_first and len(codes) <= 1)


def _readings(blocks: Sequence[_Block], k: int) -> tuple[CodeReading, ...]:
    block = blocks[k]
    if block.code is not None:
        reason = f"the block is named {' '.join(block.names)!r}"
        return (CodeReading(block.code, How.INFERRED, BY_NAME, reason),)
    before = next((b.code for b in reversed(blocks[:k]) if b.code is not None), min(AES_BLOCKS) - 1)
    after = next((b.code for b in blocks[k + 1 :] if b.code is not None), max(AES_BLOCKS) + 1)
    reason = "no name is printed; the order of the blocks leaves this one"
    return tuple(CodeReading(code, How.INFERRED, BY_ORDER, reason) for code in range(before + 1, after))
