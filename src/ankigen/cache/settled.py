"""Files that a build has settled: of each, all that the next build needs when nothing about it has changed.

An entry holds a line of JSON for the project, and one for each file. Lines of files that stay as they are go into the
next entry as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, NamedTuple

from ankigen.cache.encoding import DAMAGE, dumped, loaded
from ankigen.cache.store import Store
from ankigen.diagnostics import Diagnostic
from ankigen.frozen import dataclass
from ankigen.records import NoteType

__all__ = ["Answer", "Settled", "SettledFile", "encode_file", "keep_settled", "read_settled"]

_NAME = "settled.json"


class Answer(NamedTuple):
    """Which file a reference means in the notes of a folder: ``said`` is told of it, ``name`` is that in packages."""

    reference: str
    folder: str
    name: str
    said: str


class SettledFile(NamedTuple):
    """What a build made of one file.

    ``terms`` and ``names`` are those that are compared with other files'; ``is_first`` says that it may be the first
    of several that a fault of a medium is told of. ``rows`` are its notes as they lie in packages.
    """

    terms: Sequence[str]
    names: Sequence[tuple[str, str]]
    is_first: bool
    diagnostics: tuple[Diagnostic, ...]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Settled:
    """The state that a build has left: digests of what all files share, of the lock, and of each file by its path.

    ``note_types`` are by folder. ``packages`` are digests of the files that were written. ``lines`` are the files of
    notes as they are kept, ``files`` as they were found there.
    """

    shared: str
    lock: str
    note_types: Mapping[str, NoteType]
    answers: Sequence[Answer]
    digests: Mapping[str, str]
    lines: Mapping[str, bytes]
    packages: Mapping[str, str | None] = field(default_factory=dict)
    files: Mapping[str, SettledFile] = field(default_factory=dict)


_Head = tuple[str, dict[str, NoteType], list[Answer], dict[str, str], dict[str, str | None]]


def encode_file(file: SettledFile) -> bytes:
    """One line."""
    return dumped(file)


def keep_settled(store: Store, settled: Settled) -> None:
    """Keep the state, in the place of an earlier one."""
    head = (settled.lock, settled.note_types, settled.answers, settled.digests, settled.packages)
    lines = (settled.lines[path] for path in settled.digests)
    store.put(_NAME, b"\n".join([settled.shared.encode(), dumped(head), *lines]))


def read_settled(store: Store, shared: str) -> Settled | None:
    """The state that the last build has kept, if it was one of what all files share now."""
    kept = store.get(_NAME)
    if kept is None:
        return None
    try:
        was_shared, head, *lines = kept.split(b"\n")
        if was_shared != shared.encode():  # by another version too, which has written the rest in another way
            return None
        lock, types, answers, digests, packages = loaded(head, _Head)
        by_path = dict(zip(digests, lines, strict=True))
        files = {path: loaded(line, SettledFile) for path, line in by_path.items()}
        return Settled(shared, lock, types, answers, digests, by_path, packages, files)
    except DAMAGE:
        store.damaged += 1
        return None
