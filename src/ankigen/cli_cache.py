"""``ankigen cache``: what was kept to build faster."""

from pathlib import Path

import click

from ankigen.cli_common import PATH, fail, stop

__all__ = ["cache"]


@click.group()
def cache() -> None:
    """Look after the cache of a project, .ankigen/cache: notes as they were read, so that builds are fast.

    It is safe to delete at any time, and keeps below 512 MB by itself.

    \b
    ankigen cache clear
    """


@cache.command()
@click.argument("folder", type=PATH, default=".")
def clear(folder: Path) -> None:
    """Delete the cache of a project; the next build reads all notes anew.

    \b
    ankigen cache clear
    """
    from ankigen.cache.store import open_store
    from ankigen.project import is_project

    if not is_project(folder):
        stop(f"{folder} is no project: it has neither content/ nor ankigen.toml")
    try:
        store = open_store(folder)
        freed = store.clear() if store else 0
    except OSError as error:
        fail(error)
    click.echo(f"{freed / 2**20:.1f} MB deleted")
