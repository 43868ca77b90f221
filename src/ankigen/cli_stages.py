"""What the commands share that run the stages of a build: options, workers, a progress bar, and faults."""

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import click

from ankigen.cli_common import fail, report, say, stop

if TYPE_CHECKING:  # as in `cli`: the stages are imported where they are used
    from concurrent.futures import Executor

    from ankigen.cache.store import Store
    from ankigen.loading import Loaded
    from ankigen.project import Project
    from ankigen.reading import Begun, Reading

__all__ = ["DOUBT", "FETCH", "cache_of", "check_all", "faults", "moment", "read"]

DOUBT = click.option(
    "--new-on-doubt", is_flag=True, help="Where two notes compete for a record, do not ask: it is a new note."
)
FETCH = click.option("--fetch", is_flag=True, help="Fetch pictures and sounds from the network, and keep them.")
_PATIENCE = 1.0  # seconds without a progress bar


def moment(now: str | None) -> int:
    """The time of the build; wrong usage when it is none."""
    from ankigen.clock import build_time

    try:
        return build_time(now)
    except ValueError as error:
        stop(str(error), "write it like 2026-01-31T12:00:00Z")


def cache_of(project: "Project", *, create: bool = False) -> "Store | None":
    """The project's cache; loose files have none."""
    from ankigen.cache.store import open_store
    from ankigen.project import is_project

    return open_store(project.root, create=create) if project.lock and is_project(project.root) else None


def read(
    project: "Project", reader: str | None, store: "Store | None" = None, executor: "Executor | None" = None
) -> "Reading":
    """The documents of a project. What takes a while is shown on a terminal."""
    with _begun(project, reader, store, executor) as begun:
        return begun.whole()


@contextmanager
def _begun(
    project: "Project", reader: str | None, store: "Store | None", executor: "Executor | None"
) -> "Iterator[Begun]":
    """The same while it is being read."""
    from ankigen.reading import begin

    with _Progress(len(project.files)) if sys.stderr.isatty() else nullcontext() as progress:
        yield begin(project, reader or "", progress.each if progress else None, store=store, executor=executor)


class _Progress:
    """A bar on the terminal, from the second second on: files, and below it how many records and errors."""

    def __init__(self, files: int) -> None:
        self._begun = time.monotonic()
        self._records = self._errors = self._waiting = 0
        self._is_shown = False
        self._bar = click.progressbar(
            length=files, label="reading", file=sys.stderr, show_pos=True, item_show_func=self._found
        )

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *_rest: object) -> None:
        if self._is_shown:
            self._bar.render_finish()
        self._is_shown, self._begun = False, math.inf

    def each(self, loaded: "Loaded") -> None:
        """Another file has been read."""
        from ankigen.diagnostics import Severity

        found = [*loaded.faults, *(loaded.document.diagnostics if loaded.document else ())]
        self._records += len(loaded.document.records) if loaded.document else 0
        self._errors += sum(fault.severity is Severity.ERROR for fault in found)
        self._waiting += 1
        if self._is_shown or time.monotonic() - self._begun > _PATIENCE:
            self._is_shown = True
            self._bar.update(self._waiting, loaded)
            self._waiting = 0

    def _found(self, _loaded: object) -> str:
        return f"{self._records} records, {self._errors} errors"


def check_all(
    project: "Project",
    reader: str | None,
    new_on_doubt: bool = False,
    fetch: bool = False,
    store: "Store | None" = None,
    executor: "Executor | None" = None,
) -> "Reading":
    """Read and check; what no record can be blamed for is exit code 1."""
    with _begun(project, reader, store, executor) as begun, faults(begun):
        from ankigen.build import check_project  # here, for other processes may have begun to read

        return check_project(project, begun, new_on_doubt=new_on_doubt, fetch=fetch)


@contextmanager
def faults(reading: "Reading | Begun | None" = None) -> Iterator[None]:
    """What no record can be blamed for ends in a message and exit code 1; what ``reading`` has found is said first."""
    from ankigen.dating import SchemaFault
    from ankigen.lock import LockFault
    from ankigen.themes import TemplateFault

    try:
        yield
    except (LockFault, SchemaFault, TemplateFault) as error:
        report(reading.diagnostics if reading else ())
        say(str(error), error.hint)
        sys.exit(1)
    except _seldom() as error:
        say(str(error))
        sys.exit(1)
    except OSError as error:
        fail(error)


def _seldom() -> tuple[type[Exception], ...]:
    """More faults, of modules that are slow to import: Python asks for them when there is a fault."""
    from ankigen.anki.verify import AnkiMissing, UnreadablePackage
    from ankigen.media.shrink import PillowMissing

    return AnkiMissing, PillowMissing, UnreadablePackage
