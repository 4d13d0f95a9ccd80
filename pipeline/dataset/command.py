"""`savings codebook`: what every column means."""

from __future__ import annotations

import click

from pipeline.dataset.codebook import markdown


@click.command()
def codebook() -> None:
    """Print what every column of every file means, as Markdown."""
    click.echo(markdown(), nl=False)
