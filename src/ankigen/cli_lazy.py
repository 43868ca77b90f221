"""Commands that are listed without being imported: so that help and completion answer at once."""

from importlib import import_module
from typing import Any

import click

from ankigen.cli_signals import ending

__all__ = ["Commands", "Named"]


class Named(click.Command):
    """What a list shows of the command ``name``; the command itself stands in ``module``, under the same name."""

    def __init__(self, name: str, module: str, summary: str) -> None:
        super().__init__(name, help=summary)
        self._module = f"{__package__}.{module}"

    def load(self) -> click.Command:
        """The command itself."""
        command: click.Command = getattr(import_module(self._module), self.name or "")
        return command


class Commands(click.Group):
    """A group that imports of its commands only the one that is run, and ends it well when it is told to."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that ``args`` name: its name, itself, and the other arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, Named) else command, rest

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """What is to be run, from its arguments."""
        with ending():  # or click would end with 1
            return super().make_context(*arguments, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that ``ctx`` names."""
        with ending():
            return super().invoke(ctx)
