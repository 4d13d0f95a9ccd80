"""`savings rules`: commands for those who write rule files."""

from __future__ import annotations

import click

from pipeline.draft import draft
from pipeline.rules_check import check, list_rules, reference, schema
from pipeline.rules_test import test
from pipeline.rules_why import why


@click.group()
def rules() -> None:
    """Write, check and understand rule files."""


for command in (check, draft, list_rules, reference, schema, test, why):
    rules.add_command(command)
