"""The whole pipeline, from the files of a project to its packages.

Every fault of a run is collected, and costs as little as it can: a faulty record stays out, a file that cannot be
read keeps the packages of the last build as they were.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ankigen.anki.package import write_package
from ankigen.checks import check_documents
from ankigen.diagnostics import Diagnostic, Rule, Severity, sort
from ankigen.identity import guids
from ankigen.media import MediaFinder, is_remote
from ankigen.notes import note_of, note_type_of
from ankigen.notetypes import load_note_types
from ankigen.project import Project, SourceFile, load_source
from ankigen.readers import read_source
from ankigen.records import Document, MediaFile, Note, NoteType, Record
from ankigen.source import Source

__all__ = ["Built", "Reading", "build_project", "check_project", "read_project", "unread"]

_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')  # what some file system does not take in a name


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a project: its documents in the order of its files, and every problem found so far."""

    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def records(self) -> tuple[Record, ...]:
        """All records, in source order."""
        return tuple(record for document in self.documents for record in document.records)


@dataclass(frozen=True, slots=True)
class Built:
    """One written package: where it lies, and how many notes and decks went in."""

    path: Path
    notes: int
    decks: int


def read_project(project: Project, reader: str = "", each: Callable[[SourceFile], None] | None = None) -> Reading:
    """Read all files; ``each`` is called after every one. ``reader`` forces a reader by name."""
    documents: list[Document] = []
    diagnostics: list[Diagnostic] = []
    for file in project.files:
        source = load_source(file)
        if isinstance(source, Source):
            document = read_source(source, project.settings(file, reader))
            documents.append(document)
            diagnostics += document.diagnostics
            if not document.records and not document.diagnostics:
                message, hint = "this file holds no record", "see docs/notes.md for the forms a record is written in"
                diagnostics.append(Diagnostic.of_file(file.shown, Rule.NO_RECORDS, message, hint))
        else:
            diagnostics.append(source)
        if each:
            each(file)
    return Reading(tuple(documents), sort(diagnostics))


def check_project(project: Project, reading: Reading) -> Reading:
    """``reading`` with the problems that only all documents together show.

    Raises `TemplateFault` when a card template cannot be used.
    """
    note_types = load_note_types(project.templates)
    found = check_documents(reading.documents, note_types, MediaFinder(project.root), _paths(project))
    return Reading(reading.documents, sort([*reading.diagnostics, *found]))


def build_project(project: Project, reading: Reading, *, now: int, output: Path | None = None) -> list[Built]:
    """Write the packages of a checked reading: all notes to ``output``, or a package for each top deck.

    ``now``, in seconds since 1970, dates every note. Nothing is written when a problem stops the build or no record
    is left. Raises `TemplateFault`, and `OSError` when a file cannot be written.
    """
    if any(diagnostic.rule.stops for diagnostic in reading.diagnostics):
        return []
    note_types = load_note_types(project.templates)
    notes = _notes(project, _sound(reading), note_types)
    built = []
    for path, part in _packages(project, notes, output):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_package(path, part, now=now)
        built.append(Built(path, len(part), len({note.deck.casefold() for note in part})))
    return built


def unread(reading: Reading) -> Iterator[Diagnostic]:
    """The text that belongs to no record: prose, and the page's own lines in a paste."""
    hint = "nothing to do, unless this was to be a record: docs/notes.md shows the forms"
    for document in reading.documents:
        for rule, spans in ((Rule.PROSE, document.prose), (Rule.CHROME, document.chrome)):
            what = "text that is no record" if rule is Rule.PROSE else "a line of the page, not of the study set"
            for span in spans:
                yield Diagnostic.at(document.source, rule, span.start, what, hint, span.end)


def _sound(reading: Reading) -> list[Record]:
    """The records without an error in any of their lines."""
    faulty = {(d.path, d.line) for d in reading.diagnostics if d.severity is Severity.ERROR}
    return [
        record
        for record in reading.records
        if not any((record.path, line) in faulty for line in range(record.line, record.end_line + 1))
    ]


def _notes(project: Project, records: Sequence[Record], note_types: dict[str, NoteType]) -> list[Note]:
    finder = MediaFinder(project.root)
    paths = _paths(project)
    notes = []
    for record, guid in zip(records, guids(records, project.config.name), strict=True):

        def find(reference: str, path: Path = paths[record.path]) -> MediaFile | None:
            return None if is_remote(reference) else finder.find(reference, path)

        note_type = note_type_of(record, note_types)
        assert note_type is not None  # noqa: S101 - the checks name a record without one, and it is left out
        notes.append(note_of(record, guid, note_type, find))
    return notes


def _packages(project: Project, notes: Sequence[Note], output: Path | None) -> Iterable[tuple[Path, list[Note]]]:
    if output:
        return [(output, list(notes))] if notes else []
    decks: dict[str, list[Note]] = {}
    for note in notes:
        decks.setdefault(_top_deck(project, note).casefold(), []).append(note)
    names: dict[str, int] = {}
    packages = []
    for part in decks.values():
        name = _UNFIT.sub("-", _top_deck(project, part[0])).strip(" .-") or "deck"
        names[name.casefold()] = count = names.get(name.casefold(), 0) + 1
        name = name if count == 1 else f"{name}-{count}"
        packages.append((project.root / project.config.output / f"{name}.apkg", part))
    return packages


def _top_deck(project: Project, note: Note) -> str:
    """The first level below the deck that all decks of the project share."""
    shared = f"{project.config.deck}::" if project.config.deck else ""
    return note.deck.removeprefix(shared).split("::")[0]


def _paths(project: Project) -> dict[str, Path]:
    return {file.shown: file.path for file in project.files}
