"""The commands to begin with: ``init`` starts a project, ``completion`` makes a shell complete the others."""

import shlex
from pathlib import Path

import click

from ankigen.cli_common import PATH, stop

__all__ = ["completion", "init"]

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("folder", type=PATH, default=".")
def init(folder: Path) -> None:
    """Start a project in a folder: settings, and a first note that builds at once.

    \b
    ankigen init biology && cd biology && ankigen build
    """
    from ankigen.starter import start_project

    try:
        for path in start_project(folder):
            click.echo(f"wrote {path}")
    except FileExistsError as error:
        stop(f"{error.filename} is there already", "start in an empty folder")
    except OSError as error:
        stop(f"{error.filename} cannot be written: {error.strerror}")
    click.echo(f"now: ankigen build{'' if folder == Path() else f' {shlex.quote(str(folder))}'}")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script that completes ankigen's commands and options in a shell.

    \b
    ankigen completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows the shells that the argument allows
    click.echo(kind(context.find_root().command, {}, "ankigen", "_ANKIGEN_COMPLETE").source())
