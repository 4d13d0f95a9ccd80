"""The grammar of rule files, made from its models: a JSON Schema for editors, and a page for people."""

from __future__ import annotations

import io
import json
import types
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from rules.model import (
    Authority,
    Band,
    Column,
    Expected,
    FigureKeys,
    Find,
    IdentityRule,
    Ignored,
    Meaning,
    NoFigure,
    Phrases,
    RowRule,
    Rule,
    Selector,
    Statement,
    TableRule,
    YearFound,
)

SCHEMA_FILE = "docs/rule.schema.json"
# The parts of a rule file in the order in which one is written, each with its title and where it stands.
PARTS: tuple[tuple[type[BaseModel], str, str], ...] = (
    (Rule, "The file", "its top"),
    (Authority, "Whose papers", "`authority`"),
    (Phrases, "Phrases", "`match`, `pages`, `title`, `about`"),
    (YearFound, "A year to be found", "`year`"),
    (Expected, "How many figures", "`expected`"),
    (TableRule, "A table", "`tables.<name>`"),
    (Column, "A column", "`columns`"),
    (Band, "A band of columns", "`columns`"),
    (FigureKeys, "What figures measure", "a column, a band, or a figure in prose"),
    (RowRule, "A sort of row", "`rows`"),
    (Statement, "A sentence", "`statements`"),
    (Find, "A figure in a sentence", "`figures` of a sentence"),
    (IdentityRule, "A sum", "`identities`"),
    (Selector, "The figures of a sum", "`total` and `of`"),
    (Ignored, "Tables to leave out", "`ignore`"),
    (NoFigure, "Words for no figure", "`no_figures`"),
    (Meaning, "What a value means", "`lookups.<column>.<value>`"),
)
INTRODUCTION = f"""\
# Rule files

What a rule file may say, key by key. This page is made from the models that read rule files
(`savings rules reference`), and a test holds it to them.
[CONTRIBUTING.md](../CONTRIBUTING.md#a-rule-file-in-five-steps) shows how to write one, and
`savings rules check FILE` says what is wrong with it.

Editors complete and check a rule file by its schema, [{SCHEMA_FILE.rpartition("/")[2]}](rule.schema.json), which
`savings rules schema` prints. Where the editor has the YAML language server, this as the first line is enough:

```yaml
# yaml-language-server: $schema=../../docs/rule.schema.json
```

A file lies at `rules/<authority>/<layout>.yml`, or in a folder of your own, which `--rules` names. Those in
`rules/standard/` serve any authority that used a form; an authority's own goes before them, and may build on one:

```yaml
extends: standard/budget-savings
authority: {{name: Kent County Council, gss: E10000016}}
layout: budget-plan
sign: -1
```
"""


def schema_text() -> str:
    """The JSON Schema of a rule file."""
    schema = Rule.model_json_schema()
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=1) + "\n"


def reference_text() -> str:
    """The page on rule files, in Markdown."""
    return "\n".join([INTRODUCTION, *(line for part in PARTS for line in _part(*part))]).rstrip() + "\n"


def own_fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of a part of a rule file, those left out that all figures share."""
    shared = FigureKeys.model_fields if model is not FigureKeys and issubclass(model, FigureKeys) else {}
    return {name: field for name, field in model.model_fields.items() if name not in shared}


def _part(model: type[BaseModel], title: str, where: str) -> Iterator[str]:
    yield f"## {title}\n"
    said = " ".join((model.__doc__ or "").split())
    shared = (
        " Besides, [what figures measure](#what-figures-measure)." if own_fields(model) != model.model_fields else ""
    )
    yield f"Stands at {where}. {said}{shared}\n"
    for name, field in own_fields(model).items():
        yield from _key(field.alias or name, field)
    yield ""


def _key(name: str, field: FieldInfo) -> Iterator[str]:
    said = "; ".join(filter(None, (_values(field.annotation), _default(field))))
    yield f"- **`{name}`** ({said}): {field.description}\n"
    yield "  ```yaml"
    for example in field.examples or ():
        yield f"  {name}: {flow(example)}"
    yield "  ```"


def flow(value: Any) -> str:
    """A value as YAML on one line."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = True
    yaml.width = 10_000
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    out = io.StringIO()
    yaml.dump(value, out)
    return out.getvalue().removesuffix("...\n").strip()


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    default = field.default
    if default is None or default in ("", (), {}) or isinstance(default, BaseModel):
        return "may be left out"
    shown = str(default.value if isinstance(default, Enum) else default)
    return f"else `{shown.lower() if isinstance(default, bool) else shown}`"


def _values(kind: Any) -> str:
    """The values that a key may have, where they are few."""
    names = list(dict.fromkeys(_names(kind)))
    return ", ".join(names)


def _names(kind: Any) -> Iterator[str]:
    origin = typing.get_origin(kind)
    if kind is bool:
        yield from ("`true`", "`false`")
    elif kind is int:
        yield "a whole number"
    elif kind is str:
        yield "a text"
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield from (f"`{each.value}`" if each.value else '`""`' for each in kind)
    elif origin is typing.Literal:
        yield from (f"`{each}`" for each in typing.get_args(kind))
    elif origin is typing.Annotated:
        yield from _names(typing.get_args(kind)[0])
    elif origin in (typing.Union, types.UnionType):
        yield from (name for each in typing.get_args(kind) for name in _names(each))
    elif origin is tuple:
        yield "a list"
    elif origin is dict or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        yield "keys"
