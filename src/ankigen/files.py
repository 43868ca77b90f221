"""Files that are written as a whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ankigen.unfinished import unfinished

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["BUILT_IN_TEMPLATES", "Staging", "replacing", "scratch"]

_IN_WHEEL = Path(__file__).parent / "templates"
BUILT_IN_TEMPLATES = _IN_WHEEL if _IN_WHEEL.is_dir() else Path(__file__).parents[2] / "templates"
"""The folder of the templates that come with ankigen."""

_AT_ONCE = 4  # files of which the disk is asked


@contextmanager
def replacing(path: Path, *, is_lasting: bool = True) -> Iterator[IO[bytes]]:
    """A new file that takes the place of ``path`` when all went well, and is gone when anything did not.

    A file that is not ``is_lasting`` may be lost, or be found cut off, when the power fails.
    """
    with Staging() as staging, staging.writing(path, is_lasting=is_lasting) as stream:
        yield stream


class Staging:
    """New files that take their places together, in the order in which they were written.

        with Staging() as staging:
            with staging.writing(path) as stream: ...

    All of them are whole on the disk before the first takes its place. When anything goes wrong, none does. Once the
    first has, an interruption waits until all have. A disk takes long to say that a file is on it, and as long for many
    at once: meanwhile the next ones are written.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Path, Path]] = []
        self._threads: ThreadPoolExecutor | None = None
        self._written: list[Future[None]] = []

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        try:
            if kind is None:
                self._wait()
                self._place_all()
        finally:
            if self._threads:
                self._threads.shutdown(cancel_futures=True)
            for temporary, _ in self._waiting:
                temporary.unlink(missing_ok=True)

    @contextmanager
    def writing(self, path: Path, *, is_lasting: bool = True, is_first: bool = False) -> Iterator[IO[bytes]]:
        """A new file that will take the place of ``path``; one that ``is_first`` before all that are written so far."""
        temporary = unfinished(path)
        try:
            with open(temporary, "xb") as stream:  # not tempfile, whose files only their owner may read
                yield stream
            if is_lasting:
                self._written.append(self._disk().submit(_write_out, temporary))
            self._waiting.insert(0 if is_first else len(self._waiting), (temporary, path))
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def hand_over(self) -> list[tuple[Path, Path]]:
        """The files so far, whole on the disk, for another process to take over."""
        self._wait()
        waiting, self._waiting = self._waiting, []
        return waiting

    def take_over(self, files: list[tuple[Path, Path]]) -> None:
        """Have the files take their places here that another process has handed over."""
        self._waiting += files

    def _wait(self) -> None:
        for written in self._written:
            written.result()

    def _disk(self) -> "ThreadPoolExecutor":
        if self._threads is None:
            from concurrent.futures import ThreadPoolExecutor  # here, for most commands write nothing that lasts

            self._threads = ThreadPoolExecutor(_AT_ONCE)
        return self._threads

    def _place_all(self) -> None:
        try:
            self._place()
        except OSError:
            raise
        except BaseException:  # an interruption, at any point of it
            self._place()
            raise

    def _place(self) -> None:
        while self._waiting:
            temporary, path = self._waiting[0]
            if temporary.exists() or not path.exists():  # not after an interruption between these two lines
                os.replace(temporary, path)
            del self._waiting[0]


def _write_out(path: Path) -> None:
    """Have a file written to the disk. Raises `OSError`, also for what failed since it was written here."""
    with open(path, "r+b") as stream:  # not all systems do this for a file that may only be read
        os.fsync(stream.fileno())


@contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """A place beside ``path`` for a file that is needed for a while."""
    temporary = unfinished(path)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
