"""The last build of a project: what it said, as long as all that it was made of and all that it wrote is as it was.

An entry has the name of all that goes in: program, settings, notes, templates and lock. What the notes themselves lead
to, their media and the folders in which these were looked for, stands in the entry, as do the packages. Contents are
compared, not times. The time of a build is not among them: without a change no note is dated anew.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from ankigen.cache.encoding import DAMAGE, dumped, loaded
from ankigen.cache.program import program
from ankigen.cache.store import Store
from ankigen.diagnostics import Diagnostic
from ankigen.frozen import dataclass
from ankigen.project import CONFIG_NAME, Project, SourceFile, load_bytes

__all__ = ["Digested", "Last", "LastBuild", "digest_of", "file_digest"]

_FETCHED = Path(".ankigen", "fetched")
_CLOCK = 10**8  # nanoseconds that a file system's clock may be behind


@dataclass(frozen=True, slots=True)
class Last:
    """What a build said: a line for each package, and its diagnostics."""

    lines: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


class _Kept(NamedTuple):
    """An entry: digests of files and of what folders hold, None for those that were not there, and what was said."""

    files: dict[str, str | None]
    folders: dict[str, str | None]
    last: Last


def digest_of(data: bytes) -> bytes:
    """What is the same for the same bytes."""
    return blake2b(data, digest_size=20).digest()


class Digested:
    """Parts of some data as they are asked for, and the digest of those that were."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts
        self._digest = blake2b(digest_size=20)

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._digest.update(part)
            yield part

    def digest(self) -> bytes:
        """That of `digest_of`."""
        return self._digest.digest()


class LastBuild:
    """The last build of ``project`` with these ``options``; as the project was when this was made.

    ``digests`` are those of the bytes of its notes, by the path that is shown.
    """

    def __init__(self, project: Project, options: Sequence[object], store: Store) -> None:
        self._project = project
        self._options = options
        self._store = store
        self.digests = {file.shown: _digest_of_note(file) for file in project.files}
        self._settings = self._fixed()
        self._begun = time.time_ns()

    def find(self) -> Last | None:
        """What it said, if a build would do it all again."""
        kept = self._store.get(self._name())
        if kept is None:
            return None
        try:
            entry = loaded(kept, _Kept)
        except DAMAGE:
            self._store.damaged += 1
            return None
        if any(file_digest(path) != digest for path, digest in entry.files.items()):
            return None
        if any(_listing(path) != listing for path, listing in entry.folders.items()):
            return None
        last: Last = entry.last
        return last

    def keep(
        self,
        last: Last,
        *,
        notes: Mapping[str, bytes],
        packages: Mapping[str, str | None],
        media: Iterable[Path],
        folders: Iterable[Path],
    ) -> None:
        """Keep what a build has said, that read ``notes``, wrote ``packages`` (digests), and used ``media``.

        These were looked for in ``folders``.
        Nothing is kept of a build during which something has changed.
        """
        used = [str(path) for path in media]
        if not self.is_current(notes) or any(map(self._is_young, used)):
            return
        files = {**packages, **{path: file_digest(path) for path in used}}
        listings = {path: _listing(path) for path in map(str, folders)}
        self._store.put(self._name(), dumped(_Kept(files, listings, last)))

    def is_current(self, notes: Mapping[str, bytes]) -> bool:
        """Whether a build that read ``notes`` (digests) has read all as it was when this was made, and still is."""
        return notes == self.digests and self._fixed() == self._settings

    @cached_property
    def shared(self) -> str:
        """A digest of what goes into all notes: program, settings, templates, and which files there are."""
        files = [(file.shown, file.deck, str(file.root)) for file in self._project.files]
        parts = (self._settings, self._options, os.getcwd(), files)
        return blake2b(program() + _bytes(repr(parts)), digest_size=20).hexdigest()

    def _is_young(self, path: str) -> bool:
        try:
            return os.stat(path).st_ctime_ns >= self._begun - _CLOCK
        except OSError:
            return True

    def _name(self) -> str:
        """The name of the entry: a digest of all that goes in."""
        lock = file_digest(str(self._project.lock)) if self._project.lock else None
        parts = (self.shared, lock, self.digests)
        return f"built-{blake2b(_bytes(repr(parts)), digest_size=20).hexdigest()}.json"

    def _fixed(self) -> bytes:
        """A digest of what all notes share: settings, templates, and the files fetched earlier."""
        project, digest = self._project, blake2b(digest_size=20)
        for path in (str(project.root / CONFIG_NAME), *_tree(project.templates), *_tree(project.root / _FETCHED)):
            digest.update(_bytes(repr((path, file_digest(path)))))
        return digest.digest()


def _digest_of_note(file: SourceFile) -> bytes:
    data = load_bytes(file)
    return b"" if isinstance(data, Diagnostic) else digest_of(data)


def _tree(folder: Path | None) -> Iterator[str]:
    if folder:
        for parent, folders, names in os.walk(folder, followlinks=False):
            folders.sort()
            yield from (os.path.join(parent, name) for name in sorted(names))


def file_digest(path: str) -> str | None:
    """A digest of a file's content, and of where a link leads; None when it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return f"{hashlib.file_digest(stream, 'blake2b').hexdigest()[:40]} {os.path.realpath(path)}"
    except OSError:
        return None


def _listing(folder: str) -> str | None:
    """A digest of the names in a folder, what they are, and where links among them lead."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(
                (entry.name, entry.is_file(), entry.is_dir(), os.path.realpath(entry) if entry.is_symlink() else "")
                for entry in entries
            )
    except OSError:
        return None
    return digest_of(_bytes(repr(found))).hex()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
