"""`savings rules`: commands for those who write rule files."""

from __future__ import annotations

import click

from pipeline.lazy import LazyGroup

COMMANDS = {
    "check": "pipeline.rules_check:check",
    "draft": "pipeline.draft:draft",
    "list": "pipeline.rules_check:list_rules",
    "reference": "pipeline.rules_check:reference",
    "schema": "pipeline.rules_check:schema",
    "test": "pipeline.rules_test:test",
    "why": "pipeline.rules_why:why",
}


@click.group(cls=LazyGroup, places=COMMANDS)
def rules() -> None:
    """Write, check and understand rule files."""
