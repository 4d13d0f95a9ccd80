"""The command line. stdout carries data only; progress and what was found go to stderr."""

from __future__ import annotations

from importlib import import_module

import click

# Each command and where it is; a module is loaded when its command is called, since some take a second to load.
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


class Commands(click.Group):
    """A group whose commands are loaded on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order that they are told in."""
        return [*COMMANDS, *(name for name in super().list_commands(ctx) if name not in COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = COMMANDS[cmd_name].partition(":")
        try:
            command = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"the library {error.name} is not installed: this environment is older than the program. "
                "In a checkout, `make run` renews it; elsewhere, install the program again"
            ) from None
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="council-savings", prog_name="savings")
def main() -> None:
    """Savings figures from council committee papers: one clean dataset, every figure traceable and checked."""
