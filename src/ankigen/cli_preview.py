"""The commands that go on while notes are written: `preview`, and `build --watch`."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import click

from ankigen.cli_common import FROM, check_paths, report, say, stop

__all__ = ["preview", "watch"]

_PATH = click.Path(path_type=Path)
_PORT = 8790  # the same each time, so that a page left open goes on; another when it is taken
_EXTRA = "install it along: pip install 'ankigen[preview]'"


@click.command()
@click.argument("paths", nargs=-1, type=_PATH)
@click.option("--export", "folder", metavar="DIR", type=_PATH, help="Write the page as static files, and end.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen here; 0 is any free port.")
@click.option("--open/--no-open", "is_opened", default=True, help="Open the page, where there is a desktop.")
@FROM
def preview(
    paths: tuple[Path, ...], folder: Path | None, port: int | None, is_opened: bool, reader: str | None
) -> None:
    """Show the cards of a project, or of loose files and folders, in a browser, as Anki will.

    The page follows each save, on this machine alone. Ctrl-C ends it. With --export, it is written into a folder,
    which opens from disk and can be published. Needs the extra `preview`.

    \b
    ankigen preview
    ankigen preview lecture.md
    ankigen preview --export public
    """
    check_paths(paths)
    for path in paths:
        if not path.exists():
            stop(f"there is no {path}")
    if folder:
        _export(paths, folder, reader or "")
    try:
        from ankigen.preview.server import open_socket, serve
    except ModuleNotFoundError as error:
        _lacking(error)

    def ready(address: str) -> None:
        click.echo(f"preview at {address} (Ctrl-C ends it)")
        if is_opened and _has_desktop():
            import webbrowser

            webbrowser.open(address)

    try:
        try:
            opened = open_socket(_PORT if port is None else port)
        except OSError:
            if port is not None:
                raise
            opened = open_socket(0)
    except OSError as error:
        say(f"port {port or _PORT} cannot be used: {error.strerror}", "name another one: --port 0 takes any")
        sys.exit(1)
    serve(paths, reader or "", opened, ready)


def _export(paths: Sequence[Path], folder: Path, reader: str) -> NoReturn:
    try:
        from ankigen.preview.export import NotOurs, check_target, export
        from ankigen.preview.snapshot import Watched
    except ModuleNotFoundError as error:
        _lacking(error)
    try:
        check_target(folder)
        snapshot = Watched(paths, reader).snapshot()
        report(snapshot.diagnostics, brief=True)
        for problem in snapshot.problems:
            say(problem.message, problem.hint)
        if snapshot.problems:
            say("nothing was written")
            sys.exit(1)
        records = export(snapshot, folder)
    except NotOurs as error:
        stop(str(error), "name a new folder, or an empty one")
    except OSError as error:
        say(f"{error.filename or folder}: {error.strerror}", "the folder is as it was")
        sys.exit(1)
    click.echo(f"{folder / 'index.html'}: {records} record{'s' * (records != 1)}")
    sys.exit(snapshot.is_faulty)


def watch(paths: Sequence[Path], output: Path, lock: Path | None, build: Callable[[], None]) -> NoReturn:
    """Call ``build`` now and after each save, until Ctrl-C; one that ends with exit code 1 has said why.

    What it writes itself, into the folder ``output`` and the file ``lock``, is no save.
    """
    try:
        from ankigen.watch import changes

        saves = changes(paths, output)
        next(saves)  # from here on, no save is missed
        written = _built(build, lock)
        say("watching for changes (Ctrl-C ends it)")
        for saved in saves:
            if lock and {os.path.basename(path) for path in saved} == {lock.name} and _content(lock) == written:
                continue
            written = _built(build, lock)
    except ModuleNotFoundError as error:
        _lacking(error)
    except OSError as error:
        say(f"saves cannot be watched: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("", err=True)
    sys.exit(0)


def _built(build: Callable[[], None], lock: Path | None) -> bytes:
    try:
        build()
    except SystemExit as ended:
        if ended.code == 2:  # wrong usage will not get better
            raise
    return _content(lock)


def _content(lock: Path | None) -> bytes:
    try:
        return lock.read_bytes() if lock else b""
    except OSError:
        return b""


def _lacking(error: ModuleNotFoundError) -> NoReturn:
    if (error.name or "").startswith("ankigen"):
        raise error
    stop(f"this needs the extra preview ({error.name} is missing)", _EXTRA)


def _has_desktop() -> bool:
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
