"""A drafted rule as a YAML file that a person goes on with: in the order of the grammar, its doubts said beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import regex

from rules.draft.draft import Draft

WIDTH = 118
# Words that YAML takes for something else than text.
_RESERVED = frozenset({"", "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "none"})
_PLAIN = regex.compile(r"[\p{L}\p{N}_(£$.][\p{L}\p{N} _()£$.%/'+&-]*")
_NUMBER = regex.compile(r"[-+.\d][\d_.,eE+-]*")


def rule_text(draft: Draft, source: str) -> str:
    """The rule file. `source` names the paper that it was drafted from."""
    lines = [
        f"# Drafted from {source} by `savings rules draft`. Compare what it reads with the paper;",
        "# figures of what it is `unsure` of are ambiguous until that key goes. Then say here what the layout is.",
    ]
    for key, value in draft.keys.items():
        lines += [f"# {line}" for remark in draft.remarks.get(key, ()) for line in _wrapped(remark)]
        lines += _tables(draft, value) if key == "tables" else _entry(key, value, 0)
        if key == "tables" and "identities" not in draft.keys:
            lines += ["", "# No sum was found that the paper proves; add the ones that it promises under `identities`."]
    return "\n".join(lines) + "\n"


def _tables(draft: Draft, tables: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "tables:"
    for name, table in tables.items():
        notes = [
            *draft.remarks.get(name, ()),
            *(d for t in draft.tables if t.name == name for d in (*t.notes, *t.rows.doubts)),
        ]
        yield from (f"  # {line}" for note in notes for line in _wrapped(note))
        yield f"  {scalar(name)}:"
        for key, value in table.items():
            yield from _entry(key, value, 4)


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    """A key and its value: on one line where that is short enough, else a line for each item."""
    head = f"{' ' * indent}{scalar(key)}:"
    short = flow(value)
    listed = isinstance(value, list) and value and isinstance(value[0], dict)
    single = isinstance(value, str | int) or (not listed and len(head) + len(short) < WIDTH)
    if single:
        if indent == 0 and key in ("match", "ignore", "identities"):
            yield ""
        yield f"{head} {short}"
        return
    if indent == 0:
        yield ""
    yield head
    yield from _items(value, indent + 2)


def _items(value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _entry(key, inner, indent)
        return
    for item in value:
        yield from _item(item, indent)


def _item(item: Any, indent: int) -> Iterator[str]:
    short = flow(item)
    if not isinstance(item, Mapping) or (
        indent + len(short) < WIDTH and "columns" not in item and "unsure" not in item
    ):
        yield f"{' ' * indent}- {short}"
        return
    lead = "- "
    for key, value in item.items():
        for line in _entry(key, value, indent + 2):
            if line:
                yield line[:indent] + lead + line[indent + 2 :] if lead == "- " else line
                lead = "  "


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A text, number or truth value, quoted where YAML would take it for something else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text == text.strip() and not _NUMBER.fullmatch(text)
    if plain and text.casefold() not in _RESERVED:
        return text
    return (
        f"'{text}'"
        if "'" not in text and "\n" not in text and text.isprintable()
        else json.dumps(text, ensure_ascii=False)
    )


def _wrapped(text: str) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + len(word) > WIDTH - 6:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line
