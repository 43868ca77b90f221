"""A project as the preview shows it: read again after each save, and shown with whatever is broken in it.

What cannot be used (settings, a lock file, a template) is told in the page, and the rest is shown as far as it can be:
with the note types that last were sound, and without the lock. A file that did not change is not read again.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from hashlib import blake2b
from pathlib import Path

from ankigen.build import Reading, check_project, read_project
from ankigen.config import ProjectFault
from ankigen.diagnostics import Diagnostic, Severity
from ankigen.frozen import dataclass
from ankigen.lock import LockFault
from ankigen.media.shrink import PillowMissing
from ankigen.media.store import MediaStore
from ankigen.notetypes import load_note_types
from ankigen.prepare import files_of, note_types_of
from ankigen.project import Project, SourceFile, find_project
from ankigen.records import NoteType, Record
from ankigen.themes import TemplateFault

__all__ = ["Problem", "Snapshot", "Watched"]

_MANY = 2_000  # records whose identities take longer than an author waits


@dataclass(frozen=True, slots=True)
class Problem:
    """What no record can be blamed for."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read at one moment.

    ``names`` has a name for each record, which outlives edits as long as the note's identity does. ``kept`` are the
    values of an adopted note's fields, of which those are shown that no record fills.
    """

    title: str = ""
    records: tuple[Record, ...] = ()
    names: tuple[str, ...] = ()
    kept: tuple[tuple[str, ...], ...] = ()
    files: dict[str, SourceFile] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    note_types: dict[str, NoteType] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    media: MediaStore | None = None

    @property
    def is_faulty(self) -> bool:
        """Whether a record, a file or the project itself is in error."""
        return bool(self.problems) or any(fault.severity is Severity.ERROR for fault in self.diagnostics)


class Watched:
    """The notes that ``paths`` name, read as often as asked."""

    def __init__(self, paths: Sequence[Path], reader: str = "") -> None:
        self.paths = list(paths) or [Path()]
        self._reader = reader
        self._read: dict[SourceFile, tuple[object, Reading]] = {}
        self._note_types: dict[str, NoteType] = {}
        self._last = Snapshot()

    def snapshot(self) -> Snapshot:
        """What there is now. Raises nothing that a file can cause: the last good records are shown, and the problem."""
        return list(self.snapshots())[-1]

    def snapshots(self) -> Iterator[Snapshot]:
        """The same; of many records first what each file tells of itself, then what all of them together do."""
        try:
            for snapshot in self._snapshots(find_project(self.paths)):
                self._last = snapshot
                yield snapshot
        except (ProjectFault, OSError) as error:
            message = f"there is no {error}" if isinstance(error, FileNotFoundError) else str(error)
            hint = getattr(error, "hint", "") or "the page shows what was read before"
            yield replace(self._last, problems=(Problem(message, hint),))

    def _snapshots(self, project: Project) -> Iterator[Snapshot]:
        reading = self._reading(project)
        problems: list[Problem] = []
        try:
            self._note_types = note_types_of(project)
        except TemplateFault as error:
            problems.append(Problem(str(error), error.hint))
            self._note_types = self._note_types or load_note_types()
        if len(reading.records) > _MANY:
            yield self._of(project, reading, problems)
        for attempt in (project, replace(project, lock=None)):
            try:
                reading = check_project(attempt, reading)
                break
            except LockFault as error:
                problems.append(Problem(str(error), error.hint))
            except TemplateFault:
                break
            except PillowMissing as error:
                problems.append(Problem(str(error), "install it, or leave shrink out of ankigen.toml"))
                break
        yield self._of(project, reading, problems)

    def _of(self, project: Project, reading: Reading, problems: Sequence[Problem]) -> Snapshot:
        records, identities = reading.records, reading.identities
        is_locked = bool(reading.lock.entries)  # before the first build, a guid changes with every note
        return Snapshot(
            title=project.config.name or os.path.basename(os.path.realpath(self.paths[0])),
            records=records,
            names=tuple(entry.guid for entry in identities.entries) if identities and is_locked else _names(records),
            kept=tuple(entry.kept for entry in identities.entries) if identities else ((),) * len(records),
            files=files_of(project),
            diagnostics=reading.diagnostics,
            note_types=self._note_types,
            problems=tuple(problems),
            media=reading.media or _store(project),
        )

    def _reading(self, project: Project) -> Reading:
        """The project read, each file only if it, or a setting, has changed."""
        read = {}
        for file in project.files:
            key = (_state(file.path), project.config)
            before = self._read.get(file)
            if before is None or before[0] != key:
                before = key, read_project(replace(project, files=(file,), faults=()), self._reader)
            read[file] = before
        self._read = read
        parts = [reading for _, reading in read.values()]
        documents = tuple(document for part in parts for document in part.documents)
        return Reading(documents, (*project.faults, *(fault for part in parts for fault in part.faults)))


def _store(project: Project) -> MediaStore | None:
    try:
        return MediaStore(project)
    except PillowMissing:
        return None


def _state(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _names(records: Sequence[Record]) -> tuple[str, ...]:
    """A name for each record by its file and its term."""
    seen: Counter[tuple[str, str]] = Counter()
    names = []
    for record in records:
        place = record.path, record.term.markdown
        seen[place] += 1
        names.append(blake2b(f"{place}{seen[place]}".encode("utf-8", "replace"), digest_size=8).hexdigest())
    return tuple(names)
