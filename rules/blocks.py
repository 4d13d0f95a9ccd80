"""Block names that stand below their figures, or nowhere: which AES block does a row of figures belong to?

The government's form has its blocks in a fixed order. A name in the figures' own row is theirs; else the next one
further down; else what the order leaves. A page scanned upside down runs backwards, and its names show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import regex
from rapidfuzz import fuzz

from normalise.labels import likeness, plain
from rules.assemble import Piece, SortedRow
from savings.aes import AES_BLOCKS, AES_EITHER, AES_NAMES
from savings.schema import CodeReading, How, Level

# A block's name less alike than this is not recognised; of one that is as near to the names of two blocks, but for
# this, it is not said which it is.
ALIKE, APART = 0.8, 0.08
BY_NAME, BY_ORDER = 1, 4
_ORNAMENT = regex.compile(r"^(?:block\s*)?\d{1,2}\s*[.:)–-]?\s+|[\s*†‡¹²³]+$", regex.IGNORECASE)
_BRACKETS = regex.compile(r"\s*\([^)]*\)\s*$")


def block_code(name: str) -> int | None:
    """The AES code that a printed block name stands for, None where it is like none, or like those of two blocks."""
    found = block_codes(name)
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def block_codes(name: str) -> tuple[int, ...]:
    """The AES codes that a printed block name may stand for, the likeliest first; none where it is like no name.

    A number before the name, a footnote's mark and what stands in brackets are no part of it where it is known without.
    """
    bare = _ORNAMENT.sub("", name).strip()
    for text in (name, bare, _BRACKETS.sub("", bare)):
        codes = _exact().get(_plain(text))
        if codes is not None:
            return codes
    alike: dict[int, float] = {}
    for known, code in AES_NAMES.items():
        alike[code] = max(alike.get(code, 0.0), _alike(bare, known))
    ranked = sorted(alike, key=lambda code: -alike[code])
    if not bare or alike[ranked[0]] < ALIKE:
        return ()
    return tuple(code for code in ranked if alike[code] >= max(ALIKE, alike[ranked[0]] - APART))


def _alike(name: str, known: str) -> float:
    """How alike two names are; one word inside a longer text may be part of something else ("Housing benefit")."""
    whole = fuzz.ratio(_plain(name), _plain(known)) / 100
    return max(whole, likeness(_plain(name), known)) if " " in known else whole


@cache
def _exact() -> dict[str, tuple[int, ...]]:
    names = {_plain(name): (code,) for name, code in AES_NAMES.items()}
    return {**names, **{_plain(name): codes for name, codes in AES_EITHER.items()}}


def _plain(name: str) -> str:
    return plain(name.replace("&", " and "))


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
