"""datapackage.json: what the files are, column by column, as a Frictionless Data Package (version 1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.dataset.codebook import PAPER_KEY, PAPERS, Column, File, Type
from pipeline.dataset.run import Source

NAME = "datapackage.json"
# So many papers are named as sources; all of them stand in papers.csv, each with its hash.
SOURCES_SHOWN = 1_000
_TYPES = {
    Type.TEXT: "string",
    Type.KEYS: "string",
    Type.ENUM: "string",
    Type.INTEGER: "integer",
    Type.DECIMAL: "number",
    Type.POINTS: "number",
    Type.SECONDS: "number",
}
_UNITS = {Type.POINTS: "pt (1/72 inch)", Type.SECONDS: "s", Type.DECIMAL: "as the column unit says; mostly GBP"}
# The papers' words are their publishers'; a run cannot know under which licence each of them was published.
_UNSTATED = {"name": "notspecified", "title": "Not stated: rights in the papers' words are with their publishers"}

Json = dict[str, Any]


@dataclass(frozen=True)
class Origin:
    """What a dataset was made with: the program's version, and the sha256 of each rule file by its name."""

    version: str
    rules: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""

    @classmethod
    def here(cls, rules: Mapping[str, str]) -> Origin:
        """This program, with these rule files."""
        return cls(version("council-savings"), rules)


def write(source: Source, files: tuple[File, ...], folder: Path, origin: Origin, others: Iterable[str] = ()) -> str:
    """Describe the CSV files below a folder, and name the others beside them; the name of the description."""
    package = {
        "profile": "data-package",
        "name": "council-savings",
        "title": "Savings of UK councils, read from their committee papers",
        "licenses": [{"name": origin.licence} if origin.licence else _UNSTATED],
        "contributors": [{"title": f"council-savings {origin.version}", "role": "wrangler"}],
        "program": {"name": "council-savings", "version": origin.version},
        "rules": [{"name": name, "sha256": origin.rules.get(name, "")} for name in _rules_used(source)],
        "sources": _sources(source),
        "resources": [_resource(file) for file in files],
        "also": sorted(others),
    }
    (folder / NAME).write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return NAME


def _rules_used(source: Source) -> list[str]:
    return sorted({row["rule"] for row in source.rows(PAPERS)} - {""})


def _sources(source: Source) -> list[Json]:
    papers = islice(source.rows(PAPERS), SOURCES_SHOWN)
    return [{"title": row["document"], "path": row["path"], "sha256": row["sha256"]} for row in papers]


def _resource(file: File) -> Json:
    schema: Json = {"fields": [_field(column) for column in file.columns], "missingValues": [""]}
    if file.name != PAPERS.name:
        reference = {"resource": PAPERS.name, "fields": list(PAPER_KEY)}
        schema["foreignKeys"] = [{"fields": list(PAPER_KEY), "reference": reference}]
    return {
        "name": file.name,
        "path": f"{file.name}.csv",
        "profile": "tabular-data-resource",
        "title": f"A row is {file.row}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": schema,
    }


def _field(column: Column) -> Json:
    limits: Json = {"required": True} if column.required else {}
    if column.values:
        limits["enum"] = list(column.values)
    said: Json = {"name": column.name, "type": _TYPES[column.type], "description": column.says}
    if column.example:
        said["example"] = column.example
    if column.type in _UNITS:
        said["unit"] = _UNITS[column.type]
    return said | ({"constraints": limits} if limits else {})
