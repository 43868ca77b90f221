"""What the commands share that run the stages of a build: options, a progress bar, and faults."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ankigen.cli_common import fail, report, say, stop

if TYPE_CHECKING:  # as in `cli`: the stages are imported where they are used
    from ankigen.build import Reading
    from ankigen.diagnostics import Diagnostic
    from ankigen.project import Project, SourceFile

__all__ = ["DOUBT", "FETCH", "check_all", "faults", "moment", "read"]

DOUBT = click.option(
    "--new-on-doubt", is_flag=True, help="Where two notes compete for a record, do not ask: it is a new note."
)
FETCH = click.option("--fetch", is_flag=True, help="Fetch pictures and sounds from the network, and keep them.")
_BAR_FROM = 50  # files; fewer are read before a progress bar could be seen


def moment(now: str | None) -> int:
    """The time of the build; wrong usage when it is none."""
    from ankigen.clock import build_time

    try:
        return build_time(now)
    except ValueError as error:
        stop(str(error), "write it like 2026-01-31T12:00:00Z")


def read(project: "Project", reader: str | None) -> "Reading":
    """The documents of a project. On a terminal, a bar shows how far that is."""
    from ankigen.build import read_project

    if not sys.stderr.isatty() or len(project.files) < _BAR_FROM:
        return read_project(project, reader or "")
    with click.progressbar(length=len(project.files), label="reading", file=sys.stderr) as bar:

        def each(_file: "SourceFile") -> None:
            bar.update(1)

        return read_project(project, reader or "", each)


def check_all(project: "Project", reader: str | None, new_on_doubt: bool = False, fetch: bool = False) -> "Reading":
    """Read and check; what no record can be blamed for is exit code 1."""
    from ankigen.build import check_project

    reading = read(project, reader)
    with faults(reading.diagnostics):
        return check_project(project, reading, new_on_doubt=new_on_doubt, fetch=fetch)


@contextmanager
def faults(found: Sequence["Diagnostic"] = ()) -> Iterator[None]:
    """What no record can be blamed for ends in a message and exit code 1; what was ``found`` before is said first."""
    from ankigen.anki.verify import AnkiMissing, UnreadablePackage
    from ankigen.dating import SchemaFault
    from ankigen.lock import LockFault
    from ankigen.media.shrink import PillowMissing
    from ankigen.notetypes import TemplateFault

    try:
        yield
    except (LockFault, SchemaFault, TemplateFault) as error:
        report(found)
        say(str(error), error.hint)
        sys.exit(1)
    except (AnkiMissing, PillowMissing, UnreadablePackage) as error:
        say(str(error))
        sys.exit(1)
    except OSError as error:
        fail(error)
