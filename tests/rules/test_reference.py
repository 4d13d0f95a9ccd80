"""docs/rules.md and docs/rule.schema.json are what the models say, and every key has an example that loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, create_model
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from rules.load import load_rules
from rules.model import Rule
from rules.reference import PARTS, SCHEMA_FILE, flow, own_fields, reference_text, schema_text

ROOT = Path(__file__).parents[2]
KEYS = [(model, name, field) for model, _, _ in PARTS for name, field in own_fields(model).items()]


def models_below(model: type[BaseModel], found: set[type[BaseModel]]) -> set[type[BaseModel]]:
    found.add(model)
    for field in model.model_fields.values():
        for inner in inner_models(field.annotation):
            if inner not in found:
                models_below(inner, found)
    return found


def inner_models(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [model for each in getattr(kind, "__args__", ()) for model in inner_models(each)]


def test_the_page_is_what_the_models_say() -> None:
    assert (ROOT / "docs/rules.md").read_text(encoding="utf-8") == reference_text(), (
        "savings rules reference > docs/rules.md"
    )


def test_the_schema_is_what_the_models_say() -> None:
    said = (ROOT / SCHEMA_FILE).read_text(encoding="utf-8")
    assert said == schema_text(), f"savings rules schema > {SCHEMA_FILE}"


def test_every_part_of_a_rule_file_is_on_the_page() -> None:
    assert models_below(Rule, set()) <= {model for model, _, _ in PARTS}


@pytest.mark.parametrize(("model", "name", "field"), KEYS, ids=[f"{m.__name__}.{n}" for m, n, _ in KEYS])
def test_every_key_has_examples_that_load(model: type[BaseModel], name: str, field: FieldInfo) -> None:
    assert field.description
    assert field.examples
    alone = create_model("Alone", **{name: (field.annotation, field)})  # type: ignore[call-overload]
    for example in field.examples:
        printed = YAML(typ="safe").load(f"{name}: {flow(example)}")[name]
        assert printed == example
        alone.model_validate({field.alias or name: printed})


def test_the_schema_knows_what_every_rule_file_says() -> None:
    """Every key of every built-in file is one of the schema's."""
    schema = json.loads(schema_text())
    for rule in load_rules():
        data = YAML(typ="safe").load(rule.path.read_text(encoding="utf-8"))
        assert unknown_keys(data, schema, schema) == [], rule.name


def unknown_keys(data: Any, node: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    if "anyOf" in node and "properties" not in node:
        return min((unknown_keys(data, each, schema) for each in node["anyOf"]), key=len)
    if isinstance(data, list):
        return [key for each in data for key in unknown_keys(each, node.get("items", {}), schema)]
    if not isinstance(data, dict):
        return []
    known, rest = node.get("properties", {}), node.get("additionalProperties", False)
    if node.get("type") != "object":
        return [f"{list(data)} where no keys belong"]
    if not known and isinstance(rest, dict):
        return [key for each in data.values() for key in unknown_keys(each, rest, schema)]
    wrong = [key for key in data if key not in known]
    return wrong + [k for key in data if key in known for k in unknown_keys(data[key], known[key], schema)]
