"""Files that are written as a whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ankigen.unfinished import unfinished

__all__ = ["BUILT_IN_TEMPLATES", "Staging", "replacing", "scratch"]

_IN_WHEEL = Path(__file__).parent / "templates"
BUILT_IN_TEMPLATES = _IN_WHEEL if _IN_WHEEL.is_dir() else Path(__file__).parents[2] / "templates"
"""The folder of the templates that come with ankigen."""


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
    first has, an interruption waits until all have.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Path, Path]] = []

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        try:
            if kind is None:
                self._place()
        except OSError:
            raise
        except BaseException:  # an interruption, at any point of it
            self._place()
            raise
        finally:
            for temporary, _ in self._waiting:
                temporary.unlink(missing_ok=True)

    @contextmanager
    def writing(self, path: Path, *, is_lasting: bool = True, is_first: bool = False) -> Iterator[IO[bytes]]:
        """A new file that will take the place of ``path``; one that ``is_first`` before all that are written so far."""
        temporary = unfinished(path)
        try:
            with open(temporary, "xb") as stream:  # not tempfile, whose files only their owner may read
                yield stream
                stream.flush()
                if is_lasting:
                    os.fsync(stream.fileno())
            self._waiting.insert(0 if is_first else len(self._waiting), (temporary, path))
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def _place(self) -> None:
        while self._waiting:
            temporary, path = self._waiting[0]
            if temporary.exists() or not path.exists():  # not after an interruption between these two lines
                os.replace(temporary, path)
            del self._waiting[0]


@contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """A place beside ``path`` for a file that is needed for a while."""
    temporary = unfinished(path)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
