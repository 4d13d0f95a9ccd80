"""Groups of commands that load no more than the one that is called: some take a second to load."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group of commands, each with its place ("module:name"); a module is loaded when its command is called."""

    def __init__(self, *args: Any, places: Mapping[str, str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order that they are told in."""
        return [*self.places, *(name for name in super().list_commands(ctx) if name not in self.places)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name not in self.places:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.places[cmd_name].partition(":")
        try:
            command = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"the library {error.name} is not installed: this environment is older than the program. "
                "In a checkout, `make run` renews it; elsewhere, install the program again"
            ) from None
        assert isinstance(command, click.Command)
        return command
