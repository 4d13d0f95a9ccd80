"""`savings rules`: commands for those who write rule files."""

from __future__ import annotations

import click

from pipeline.draft import draft


@click.group()
def rules() -> None:
    """Write rule files."""


rules.add_command(draft)
