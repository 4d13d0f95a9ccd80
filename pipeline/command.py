"""The command line. stdout carries data only; progress and what was found go to stderr."""

from __future__ import annotations

import click

from pipeline.lazy import LazyGroup

# Each command and where it is.
COMMANDS = {
    "run": "pipeline.run:run",
    "codebook": "pipeline.dataset.command:codebook",
    "compare": "pipeline.compare:compare",
    "corrections": "pipeline.corrections.command:corrections",
    "diff": "pipeline.diff:diff",
    "explain": "pipeline.explain:explain",
    "report": "pipeline.report.command:report",
    "review": "pipeline.review.command:review",
    "rules": "pipeline.rules_command:rules",
    "tables": "pipeline.tables:tables",
}


@click.group(cls=LazyGroup, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="council-savings", prog_name="savings")
def main() -> None:
    """Savings figures from council committee papers: one clean dataset, every figure traceable and checked."""
