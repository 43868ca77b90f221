"""The whole pipeline, from the files of a project to its packages.

Every fault of a run is collected, and costs as little as it can: a faulty record stays out, a file that cannot be
read keeps the packages of the last build as they were.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ankigen.anki.package import write_package
from ankigen.anki.template import TemplateError, check_note_type
from ankigen.checks import check_documents
from ankigen.diagnostics import Diagnostic, Rule, Severity, sort
from ankigen.identity import folded, guids
from ankigen.media import MediaFinder, MissingMedia, is_remote
from ankigen.notes import note_of, note_type_of
from ankigen.notetypes import TemplateFault, load_note_types
from ankigen.project import Project, SourceFile, file_name, load_source
from ankigen.readers import read_source
from ankigen.records import Document, MediaFile, Note, NoteType, Record
from ankigen.source import Source

__all__ = ["Built", "Reading", "build_project", "check_project", "read_project", "unread"]

_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')  # what some file system does not take in a name
_LONGEST_NAME = 200  # bytes, of the 255 that a file system takes


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a project: its documents in the order of its files, and what is wrong outside of them."""

    documents: tuple[Document, ...]
    faults: tuple[Diagnostic, ...] = ()

    @property
    def records(self) -> tuple[Record, ...]:
        """All records, in source order."""
        return tuple(record for document in self.documents for record in document.records)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every problem found so far."""
        return sort([*self.faults, *(fault for document in self.documents for fault in document.diagnostics)])

    @property
    def stops(self) -> bool:
        """Whether a problem keeps every package from being written."""
        return any(fault.rule.stops for fault in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Built:
    """One written package: where it lies, and how many notes and decks went in."""

    path: Path
    notes: int
    decks: int


def read_project(project: Project, reader: str = "", each: Callable[[SourceFile], None] | None = None) -> Reading:
    """Read all files; ``each`` is called after every one. ``reader`` forces a reader by name."""
    documents: list[Document] = []
    faults = list(project.faults)
    for file in project.files:
        source = load_source(file)
        if isinstance(source, Source):
            document = read_source(source, project.settings(file, reader))
            documents.append(document)
            if not document.records and not document.diagnostics:
                message, hint = "this file holds no record", "see docs/notes.md for the forms a record is written in"
                faults.append(Diagnostic.of_file(file.shown, Rule.NO_RECORDS, message, hint))
        else:
            faults.append(source)
        if each:
            each(file)
    return Reading(tuple(documents), tuple(faults))


def check_project(project: Project, reading: Reading) -> Reading:
    """``reading`` with the problems that only all documents together show.

    Raises `TemplateFault` when a card template cannot be used.
    """
    note_types = _note_types(project)
    checked = check_documents(reading.documents, note_types, MediaFinder(), _files(project))
    return Reading(tuple(checked), reading.faults)


def build_project(project: Project, reading: Reading, *, now: int, output: Path | None = None) -> list[Built]:
    """Write the packages of a checked reading: all notes to ``output``, or a package for each top deck.

    ``now``, in seconds since 1970, dates every note. Nothing is written when a problem stops the build or no record
    is left. Raises `TemplateFault`, and `OSError` when a file cannot be read or written.
    """
    if reading.stops:
        return []
    notes = list(_notes(project, reading, _note_types(project)))
    built = []
    for path, part in _packages(project, notes, output):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_package(path, part, now=now)
        built.append(Built(path, len(part), len({folded(note.deck) for note in part})))
    return built


def unread(reading: Reading) -> Iterator[Diagnostic]:
    """The text that belongs to no record: prose, and the page's own lines in a paste."""
    hint = "nothing to do, unless this was to be a record: docs/notes.md shows the forms"
    for document in reading.documents:
        for rule, spans in ((Rule.PROSE, document.prose), (Rule.CHROME, document.chrome)):
            what = "text that is no record" if rule is Rule.PROSE else "a line of the page, not of the study set"
            for span in spans:
                yield Diagnostic.at(document.source, rule, span.start, what, hint, span.end)


def _note_types(project: Project) -> dict[str, NoteType]:
    note_types = load_note_types(project.templates)
    for folder, note_type in note_types.items():
        try:
            check_note_type(note_type)
        except TemplateError as error:
            path = (project.templates or Path("templates")) / folder
            raise TemplateFault(path.as_posix(), 0, str(error), "Anki could not show such a card: mend it.") from None
    return note_types


def _notes(project: Project, reading: Reading, note_types: Mapping[str, NoteType]) -> Iterator[Note]:
    """The notes of the records without an error in any of their lines."""
    files, finder = _files(project), MediaFinder()
    # A faulty record has its guid too, or another of the same term would take it until the fault is mended.
    own_guids = iter(guids(reading.records, project.config.name))
    for document in reading.documents:
        faulty = _lines(fault for fault in document.diagnostics if fault.severity is Severity.ERROR)
        lacking = _lines(fault for fault in document.diagnostics if fault.rule is Rule.MISSING_MEDIA)
        for record in document.records:
            guid = next(own_guids)
            if _stands_in(record, faulty):
                continue
            note_type = note_type_of(record, note_types)
            assert note_type is not None  # noqa: S101 - the checks name a record without one, and it is left out
            find = partial(_find, finder, files[record.path], is_lacking=_stands_in(record, lacking))
            yield note_of(replace(record, path=files[record.path].name), guid, note_type, find)


def _find(finder: MediaFinder, file: SourceFile, reference: str, *, is_lacking: bool) -> MediaFile | None:
    """The file that a record names; None for what is not sent along, and that the checks have named."""
    try:
        return None if is_remote(reference) else finder.find(reference, file)
    except MissingMedia:
        if is_lacking:
            return None
        raise


def _lines(faults: Iterable[Diagnostic]) -> set[tuple[str, int]]:
    return {(fault.path, fault.line) for fault in faults}


def _stands_in(record: Record, lines: set[tuple[str, int]]) -> bool:
    return any((record.path, line) in lines for line in range(record.line, record.end_line + 1))


def _packages(project: Project, notes: Sequence[Note], output: Path | None) -> list[tuple[Path, list[Note]]]:
    if output:
        return [(output, list(notes))] if notes else []
    decks: dict[str, list[Note]] = {}
    for note in notes:
        decks.setdefault(folded(_top_deck(project, note)), []).append(note)
    names = _file_names(_top_deck(project, part[0]) for part in decks.values())
    return [(project.output / name, part) for name, part in zip(names, decks.values(), strict=True)]


def _file_names(decks: Iterable[str]) -> Iterator[str]:
    """A file name for each deck, all different on every system."""
    taken: set[str] = set()
    for deck in decks:
        cut = _UNFIT.sub("-", deck).encode()[:_LONGEST_NAME].decode("utf-8", "ignore")
        name = first = cut.strip(" .-") or "deck"
        number = 1
        while folded(name) in taken:
            number += 1
            name = f"{first}-{number}"
        taken.add(folded(name))
        yield file_name(f"{name}.apkg")


def _top_deck(project: Project, note: Note) -> str:
    """The first level below the deck that all decks of the project share."""
    levels, shared = note.deck.split("::"), project.config.deck.split("::")
    is_below = [folded(level) for level in levels[: len(shared)]] == [folded(level) for level in shared]
    return levels[len(shared)] if is_below and len(levels) > len(shared) else levels[0]


def _files(project: Project) -> dict[str, SourceFile]:
    return {file.shown: file for file in project.files}
