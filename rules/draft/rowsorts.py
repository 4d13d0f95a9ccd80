"""Of what sort each row of a sheet is, by words and by arithmetic, and the row sorts of a rule file that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import log2
from typing import Any

import regex

from normalise.labels import plain
from rules.block_names import block_code
from rules.draft.columns import Named
from rules.draft.sheet import RowView, Sheet
from rules.draft.words import meanings, whole
from savings.arithmetic import bounds
from savings.schema import Rounding

# A row is a sum by arithmetic alone where it would be one by chance less often than once in 2 ** BITS.
BITS = 14.0
# For a row without a text that nearly all lines have, such as a reference, less is enough.
FEWER_BITS = 4.0
LONGEST_HEADING = 70
TOTAL, SUBTOTAL, ITEM, BLOCK = "total", "subtotal", "item", "block"
HEADING, NOTE, TEXT, LEFT_OUT = "heading", "note", "text", "left out"
SUMS = (TOTAL, SUBTOTAL)

_TOTAL = regex.compile(r"\W*(?:(?:grand|overall|net|running|gross)[\s-]*)?totals?\b.*|.*\btotals?\W*", regex.IGNORECASE)
_SUBTOTAL = regex.compile(r"\W*sub[\s-]*totals?\b.*|.*\bsub[\s-]*totals?\W*", regex.IGNORECASE)
_GRAND = regex.compile(r"\W*(?:grand|overall|council)[\s-]*totals?\b.*", regex.IGNORECASE)


@dataclass
class Sorted:
    """The rows of a sheet and the sort of each; `left_out` are groups of rows that hold no savings, and why."""

    views: Sequence[RowView]
    sorts: list[str]
    left_out: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def labels(self, *sorts: str) -> list[str]:
        """The labels of all rows of some sorts."""
        return [v.label for v, s in zip(self.views, self.sorts, strict=True) if s in sorts]

    def rows(self, *sorts: str) -> list[RowView]:
        """The rows of some sorts."""
        return [v for v, s in zip(self.views, self.sorts, strict=True) if s in sorts]


def sort_rows(views: Sequence[RowView], columns: Sequence[Named]) -> Sorted:
    """Sort the rows of a sheet."""
    found = Sorted(views, [_by_words(v, columns) for v in views])
    _settle_headings(found)
    _leave_out(found, columns)
    _settle_sums(found, [n.index for n in columns if n.figures is not None and n.figures.unit != "percent"])
    _settle_values(found, columns)
    if any(n.field == "aes_block" for n in columns):
        found.sorts = [BLOCK if s == ITEM else s for s in found.sorts]
    elif headed_by_blocks(found):
        found.sorts = [BLOCK if s == SUBTOTAL else s for s in found.sorts]
    return found


def _by_words(view: RowView, columns: Sequence[Named]) -> str:
    if view.amounts:
        label = view.label or next(iter(view.texts.values()), "")
        return TOTAL if is_sum_label(label) or not _has_name(view, columns) else ITEM
    if len(view.texts) > 1:
        return TEXT
    text = next(iter(view.texts.values()), view.label)
    if text[:1].islower():
        # The rest of the row above, cut off by a page or a rule.
        return TEXT
    return HEADING if text and len(text) <= LONGEST_HEADING and text[:1].isupper() and not text.endswith(".") else NOTE


def _has_name(view: RowView, columns: Sequence[Named]) -> bool:
    named = [
        n.index
        for n in columns
        if n.field in ("detail", "aes_block", "service", "category", "directorate", "reference")
    ]
    return bool(view.label) or any(view.texts.get(c) for c in named)


def is_sum_label(label: str) -> bool:
    """Whether a label says that the row adds up others."""
    if _TOTAL.fullmatch(label) or _SUBTOTAL.fullmatch(label):
        return True
    hit = whole(label, "row")
    return hit is not None and hit.words == len(label.split())


def _settle_headings(found: Sorted) -> None:
    """A heading stands over rows; a text with no row of amounts below it, or in a name's place, is a note or a text."""
    for i, sort in enumerate(found.sorts):
        if sort == HEADING:
            below = next((s for s in found.sorts[i + 1 :] if s not in (HEADING, NOTE)), None)
            first = min(found.views[i].texts, default=0)
            found.sorts[i] = HEADING if below in (ITEM, TOTAL, TEXT) and first <= 1 else NOTE


# --- sums -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Added:
    """Whether some rows come to another: in how many columns, in how many not, and how far from chance that is."""

    holds: int
    fails: int
    bits: float

    @property
    def proved(self) -> bool:
        """Whether it holds wherever it can be looked at."""
        return self.holds > 0 and self.fails == 0


def add_up(total: RowView, parts: Sequence[RowView], columns: Sequence[int]) -> Added:
    """Add up parts column by column and compare."""
    holds = fails = 0
    bits = 0.0
    for column in columns:
        amount = total.amounts.get(column)
        terms = [part.amounts[column] for part in parts if column in part.amounts]
        filled = [t for t in terms if t.number]
        if amount is None or not (filled or amount.number):
            continue
        found = sum((part.value(column) for part in parts), Decimal(0))
        factor = amount.factor or 1
        allowed = bounds(
            total.value(column), amount.step * factor, Rounding.EITHER, [t.step * (t.factor or 1) for t in terms]
        )
        if filled and found in allowed:
            holds += 1
            bits += log2(1 + abs(float(amount.number / (amount.step or 1)))) if len(filled) > 1 else 0.0
        else:
            fails += 1
    return Added(holds, fails, bits)


def _settle_sums(found: Sorted, columns: Sequence[int]) -> None:
    """Tell subtotals from totals, and find the sums that no word betrays."""
    since: list[int] = []
    items: list[int] = []
    subtotals: list[int] = []
    last = max((i for i, s in enumerate(found.sorts) if s == TOTAL), default=-1)
    rows = found.views
    bare = _bare(found)
    for i, sort in enumerate(found.sorts):
        if sort == ITEM:
            run = add_up(rows[i], [rows[k] for k in since], columns) if len(since) > 1 else Added(0, 0, 0.0)
            if not run.proved or run.bits < (FEWER_BITS if i in bare else BITS):
                since.append(i)
                items.append(i)
                continue
            found.sorts[i] = SUBTOTAL if i < last or subtotals else TOTAL
            found.doubts.append(f"the row {rows[i].label!r} is taken for a sum because the rows above it come to it")
        if found.sorts[i] not in SUMS:
            continue
        found.sorts[i] = _level(found, i, last, (since, items, subtotals), columns)
        if found.sorts[i] == SUBTOTAL:
            subtotals.append(i)
        since = []
    _settle_only(found)


def _bare(found: Sorted) -> set[int]:
    """The rows that lack a text which nearly all others have."""
    items = [i for i, s in enumerate(found.sorts) if s == ITEM]
    columns = {c for i in items for c in found.views[i].texts}
    usual = {c for c in columns if sum(c in found.views[i].texts for i in items) >= 0.7 * len(items)}
    return {i for i in items if usual - set(found.views[i].texts)}


def _level(
    found: Sorted, i: int, last: int, seen: tuple[list[int], list[int], list[int]], columns: Sequence[int]
) -> str:
    since, items, subtotals = seen
    label = found.views[i].label
    if _SUBTOTAL.fullmatch(label):
        return SUBTOTAL
    if _GRAND.fullmatch(label):
        return TOTAL
    rows = found.views
    over = [add_up(rows[i], [rows[k] for k in part], columns) for part in (subtotals, items) if part]
    if subtotals and any(a.proved for a in over):
        return TOTAL
    if i == last:
        # The last group of a table without a total of its own ends in a subtotal like the others.
        alone = add_up(rows[i], [rows[k] for k in since], columns)
        return SUBTOTAL if subtotals and alone.proved and since != items else TOTAL
    return SUBTOTAL if (since and since != items) or i < last else TOTAL


def _settle_only(found: Sorted) -> None:
    """A single sum of a sheet is its total, whatever it is called."""
    sums = [i for i, s in enumerate(found.sorts) if s in SUMS]
    if any(found.sorts[i] == TOTAL for i in sums):
        return
    if len(sums) == 1:
        found.sorts[sums[0]] = TOTAL


def _settle_values(found: Sorted, columns: Sequence[Named]) -> None:
    """Rows after the last group named after a value of a column ("Core") are sums of the lines that have it."""
    values = {plain(v.texts.get(n.index, "")) for n in columns if n.key for v in found.rows(ITEM)} - {""}
    last = max((i for i, s in enumerate(found.sorts) if s == SUBTOTAL), default=-1)
    for i, view in enumerate(found.views):
        if i > last and found.sorts[i] == ITEM and plain(view.label) in values and len(view.texts) <= 1:
            found.sorts[i] = TOTAL


# --- row sorts of the rule ------------------------------------------------------------------------------------------

_TOTAL_PATTERNS = (
    "totals?",
    "(?:grand |overall |net )?totals?",
    "(?:grand |overall |net )?totals?( .*)?",
    ".*totals?.*",
)
_SUBTOTAL_PATTERNS = (
    "sub.?totals?",
    "sub.?totals?( .*)?",
    "totals?( .+)?",
    "(sub.?)?totals? .+",
    ".+ totals?",
    ".*totals?.*",
)


def row_rules(sheet: Sheet, found: Sorted, columns: Sequence[Named]) -> list[dict[str, Any]]:
    """The sorts of row of a rule's table, the first that fits taken: sums, groups that are none, lines, the rest."""
    return [
        *_left_out_rules(found, columns),
        *_sum_rules(found),
        *_line_rules(found, columns),
        *_text_rules(found, columns),
    ]


def _sum_rules(found: Sorted) -> Iterator[dict[str, Any]]:
    lines = [x.casefold() for x in found.labels(ITEM, BLOCK, TEXT, HEADING)]
    totals, subtotals = found.labels(TOTAL), found.labels(SUBTOTAL)
    if totals:
        yield from _labelled(TOTAL, totals, [*lines, *subtotals], _TOTAL_PATTERNS)
    if BLOCK in found.sorts and headed_by_blocks(found):
        blocks = [x for x in found.labels(BLOCK) if x]
        others = [x for x in lines if x not in {b.casefold() for b in blocks}]
        text = pattern_for(list(dict.fromkeys(blocks)), others, _SUBTOTAL_PATTERNS)
        yield {"level": BLOCK, "when": {"text": text}, "figures": True, "inherits": ["aes_block"]}
    if subtotals:
        yield from _labelled(SUBTOTAL, subtotals, lines, (*_SUBTOTAL_PATTERNS, *_common_heads(subtotals)))


def _labelled(
    level: str, labels: Sequence[str], others: Sequence[str], patterns: Iterable[str]
) -> Iterator[dict[str, Any]]:
    named = list(dict.fromkeys(x for x in labels if x))
    if named:
        yield {"level": level, "when": {"text": pattern_for(named, others, patterns)}, "set": {"detail": "{text}"}}
    if len(named) < len(set(labels)):
        yield {"level": level, "when": {"text": ""}, "figures": True, "set": {"detail": level.capitalize()}}


def pattern_for(labels: Sequence[str], others: Sequence[str], patterns: Iterable[str] = ()) -> str:
    """A pattern that fits some labels and none of the others: a general one where there is one, or the labels."""
    for pattern in patterns:
        if all(_fits(pattern, x) for x in labels) and not any(_fits(pattern, x) for x in others):
            return pattern
    return "|".join(escaped(x) for x in labels)


def escaped(text: str) -> str:
    """A text as a pattern for itself."""
    return regex.escape(text, literal_spaces=True)


def _fits(pattern: str, text: str) -> bool:
    return bool(regex.fullmatch(pattern, text, regex.IGNORECASE))


def _leave_out(found: Sorted, columns: Sequence[Named]) -> None:
    """Groups of rows that are no savings, told by a column, by the heading above them or by their label."""
    heading = ""
    groups = [n.index for n in columns if n.name and n.field not in ("detail", "comment", "reference")]
    for i, view in enumerate(found.views):
        if found.sorts[i] == HEADING:
            heading = view.label or next(iter(view.texts.values()), "")
        elif found.sorts[i] in (ITEM, TOTAL):
            texts = [heading, *(view.texts.get(c, "") for c in groups)]
            group, why = _why_left_out(view, texts, is_sum=found.sorts[i] == TOTAL)
            if why:
                found.left_out[group] = why
                found.sorts[i] = LEFT_OUT


def _why_left_out(view: RowView, groups: Sequence[str], is_sum: bool) -> tuple[str, str]:
    """The text that tells that a row is no saving, and why it is none; both empty where it may be one."""
    for text in view.texts.values():
        if _INDICATOR.fullmatch(text):
            return text, "another indicator is no saving"
    if no_saving_group(_group_named(view.label)):
        return view.label, no_saving_group(_group_named(view.label))
    group = next((t for t in groups if t and no_saving_group(t)), "")
    if is_sum and "saving" in meanings(view.label, "about"):
        return "", ""
    return group, no_saving_group(group) if group else ""


# National indicators other than 179, the value of ongoing gains.
_INDICATOR = regex.compile(r"NI\s*(?!179)\d{2,3}[a-z]?", regex.IGNORECASE)


def _group_named(label: str) -> str:
    """The group that a label of a sum names: "Growth: Adult services", "Total growth"; empty for other labels."""
    match = regex.match(r"(\p{L}[^:]*?)(?::|\s[-–]\s)", label)
    if match:
        return match[1]
    return regex.sub(r"(?i)\b(?:sub|grand|net)?[\s-]*totals?\b", "", label).strip() if is_sum_label(label) else ""


def _left_out_rules(found: Sorted, columns: Sequence[Named]) -> Iterator[dict[str, Any]]:
    headings = found.labels(HEADING)
    for n in columns:
        values = dict.fromkeys(v.texts.get(n.index, "") for v in found.rows(ITEM, LEFT_OUT))
        for why in dict.fromkeys(found.left_out.values()):
            texts = [v for v in values if found.left_out.get(v) == why]
            if texts and n.name:
                others = [v for v in values if v not in texts]
                yield {"level": NOTE, "when": {n.name: pattern_for(texts, others)}, "why": why}
    for group, why in found.left_out.items():
        if group in headings:
            yield {"level": NOTE, "below": escaped(group), "figures": True, "why": why}
    yield from _left_out_by_label(found)


def _left_out_by_label(found: Sorted) -> Iterator[dict[str, Any]]:
    own = found.labels(LEFT_OUT)
    named = {label: why for label, why in found.left_out.items() if label in own}
    others = found.labels(ITEM, BLOCK, TEXT, HEADING, TOTAL, SUBTOTAL)
    for why in dict.fromkeys(named.values()):
        labels = [label for label in named if named[label] == why]
        yield {"level": NOTE, "when": {"text": pattern_for(labels, others, _common_heads(labels))}, "why": why}


def _common_heads(labels: Sequence[str]) -> Iterator[str]:
    """Patterns for labels that begin alike: "Growth: .+"."""
    heads = {match[1] for x in labels if (match := regex.match(r"(\p{L}[^:]*:)\s", x))}
    if len(heads) == 1:
        yield f"{escaped(heads.pop())} .+"


def no_saving_group(text: str) -> str:
    """Why a group of rows is no saving, by its name; "" where it may be one."""
    if "saving" in meanings(text, "about") and not meanings(text, "group"):
        return ""
    hit = whole(text, "group", "about")
    return hit.meaning if hit is not None and hit.section == "group" else ""


def _line_rules(found: Sorted, columns: Sequence[Named]) -> Iterator[dict[str, Any]]:
    if BLOCK in found.sorts and not headed_by_blocks(found):
        yield {"level": BLOCK, "needs": [n.field for n in columns if n.field == "aes_block"]}
        return
    name = next((n for n in columns if n.field == "detail"), None)
    if name is None:
        yield {"level": ITEM, "figures": True}
        return
    items = found.rows(ITEM)
    has_text = HEADING in found.sorts or NOTE in found.sorts
    rule: dict[str, Any] = {"level": ITEM, **_split_reference(name, items, columns)}
    inherited = [
        n.name for n in columns if n.field in ("category", "directorate", "service") and _carries_over(n.index, items)
    ]
    figures = {"figures": True} if has_text else {}
    if inherited:
        yield {**rule, "needs": ["detail", *inherited], **figures}
        yield {**rule, "needs": ["detail"], **figures, "inherits": inherited}
    else:
        yield {**rule, "needs": ["detail"], **figures}
    if "when" in rule:
        yield {"level": ITEM, "needs": ["detail"], **figures}


_REFERENCED = r"(?P<reference>[A-Z]{1,4}[-/ ]?\d{1,4}[A-Za-z]?|\d{1,3}(?:\.\d{1,3})*[a-z]?)\s*[-–:.)]\s*(?P<detail>.+)"


def _split_reference(name: Named, items: Sequence[RowView], columns: Sequence[Named]) -> dict[str, Any]:
    """Names that begin with a reference: "A05 - Occupational Health"."""
    texts = [v.texts.get(name.index, "") for v in items]
    fits = sum(bool(regex.fullmatch(_REFERENCED, t)) for t in texts)
    if any(n.field == "reference" for n in columns) or not texts or 2 * fits < len(texts):
        return {}
    return {"when": {"detail": _REFERENCED}}


def _carries_over(column: int, items: Sequence[RowView]) -> bool:
    """Whether a column is filled on the first line of each group only."""
    filled = [bool(v.texts.get(column)) for v in items]
    return len(filled) > 2 and filled[0] and 0 < sum(filled) <= 0.7 * len(filled)


def _text_rules(found: Sorted, columns: Sequence[Named]) -> Iterator[dict[str, Any]]:
    """Headings of groups, which become the category of the lines below, and texts that are no lines."""
    if headed_by_blocks(found):
        yield {"level": HEADING, "when": {"text": BLOCK_HEADING}, "sets": "aes_block"}
    if HEADING in found.sorts:
        free = next((f for f in ("category", "directorate", "service") if not any(n.field == f for n in columns)), None)
        others = [n.name for n in columns if n.name and n.index > min(m.index for m in columns if m.name)]
        rule: dict[str, Any] = {"level": HEADING, "when": dict.fromkeys(others[:3], "")}
        yield {**rule, **({"sets": free} if free else {})}
    if HEADING in found.sorts or NOTE in found.sorts:
        yield {"level": NOTE, "why": "a text without amounts"}


# "Block 3: Culture and sport", "3 Culture and sport".
BLOCK_HEADING = r"(?:(?:AES )?block\s+)?\d{1,2}\s*[-–:.)]?\s*(?P<aes_block>\p{L}.+)"


def headed_by_blocks(found: Sorted) -> bool:
    """Whether the headings of a sheet are AES blocks, with their numbers."""
    matches = [regex.fullmatch(BLOCK_HEADING, x, regex.IGNORECASE) for x in found.labels(HEADING)]
    return sum(m is not None and block_code(m["aes_block"]) is not None for m in matches) >= 3


def block_names_below(found: Sorted, columns: Sequence[Named]) -> bool:
    """Whether the names of AES blocks stand in rows below their figures."""
    name = next((n.index for n in columns if n.field == "aes_block"), None)
    if name is None:
        return False
    with_figures = [v for v in found.views if v.amounts]
    own = sum(block_code(v.texts.get(name, "")) is not None for v in with_figures)
    below = sum(block_code(v.texts.get(name, "")) is not None for v in found.views if not v.amounts)
    return below > own
