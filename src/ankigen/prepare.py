"""From checked records to the notes of a build: who each one is, what Anki stores of it, and since when.

Nothing is written here. The lock as it was and as it will be stand side by side, so that a plan can tell the
difference, and a build can write it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from ankigen.dating import SchemaFault, date_note, date_type
from ankigen.diagnostics import Diagnostic, Rule, Severity
from ankigen.frozen import dataclass
from ankigen.gaps import gaps_of, remember
from ankigen.identity import Identities, Question, identify
from ankigen.lock import Entry, Lock, TypeEntry, read_lock
from ankigen.media.store import MediaStore
from ankigen.notes import stored_of
from ankigen.project import CONFIG_NAME, Project, SourceFile, shown_path
from ankigen.records import Document, Kind, MediaFile, Note, NoteType, Record
from ankigen.source import Span
from ankigen.themes import PLAIN_THEME, TemplateFault, theme_names

__all__ = ["Prepared", "files_of", "note_types_of", "prepare", "questions", "themes_of", "who"]

_LONGEST = 60  # characters of a term that a question shows


@dataclass(frozen=True, slots=True)
class Prepared:
    """The notes to be packed, in source order, and the lock before and after."""

    notes: tuple[Note, ...]
    before: Lock
    after: Lock


def note_types_of(project: Project) -> dict[str, NoteType]:
    """The project's note types by folder. Raises `TemplateFault` for one that Anki could not show."""
    from ankigen.rendered import rendered_note_types  # here, for a rebuild knows them

    theme = themes_of(project)[0]
    if project.templates is None and theme == PLAIN_THEME and (note_types := rendered_note_types()):
        return note_types
    from ankigen.notetypes import load_note_types

    return load_note_types(project.templates, theme)


def themes_of(project: Project) -> tuple[str, ...]:
    """The names of the project's themes, the chosen one first. Raises `TemplateFault` when it is none of them."""
    names, chosen = theme_names(project.templates), project.config.theme or PLAIN_THEME
    if chosen not in names:
        path = project.root / CONFIG_NAME
        lines = path.read_text("utf-8-sig").splitlines()
        line = next((at for at, text in enumerate(lines, 1) if text.lstrip("\"' \t").startswith("theme")), 0)
        hint = f"use {', '.join(names)}, or add a file templates/themes/{chosen}/theme.css"
        raise TemplateFault(shown_path(path), line, f"there is no theme {chosen}", hint)
    return (chosen, *(name for name in names if name != chosen))


def files_of(project: Project) -> dict[str, SourceFile]:
    """The files that were read, by the path that is shown for them."""
    return {file.shown: file for file in project.files}


def who(
    project: Project,
    documents: Sequence[Document],
    note_types: Mapping[str, NoteType],
    lock: Lock | None = None,
    texts: Sequence[str] | None = None,
) -> tuple[Lock, Identities]:
    """The project's lock, and the identity of each record. Raises `LockFault` for a damaged lock file.

    ``lock`` is the part of it that is about these documents, where they are not all. ``texts`` are the fingerprints of
    their definitions, where these are known.
    """
    if lock is None:
        lock = read_lock(project.lock) if project.lock else Lock()
    names = {shown: file.name for shown, file in files_of(project).items()}
    records = [_at_home(record, names[record.path]) for document in documents for record in document.records]
    namespace = lock.project or project.config.name or (_namespace(records) if project.lock else "")
    scope = None
    if not project.is_all:  # with a file that was not named but is gone, its notes may be in one that was
        scope = {file.name for file in project.files}
        scope |= {entry.path for entry in lock.entries if not (project.root / entry.path).exists()}

    def is_cloze(folder: str) -> bool:
        return folder in note_types and note_types[folder].is_cloze

    identities = identify(lock, records, project=namespace, is_cloze=is_cloze, files=scope, texts=texts)
    return replace(lock, project=namespace), identities


def questions(
    documents: Sequence[Document], files: Mapping[str, SourceFile], asked: Iterable[Question]
) -> list[Document]:
    """The documents, each with the questions about its records that only their author can answer."""
    by_place = {(question.record.path, question.record.span): question for question in asked}
    if not by_place:
        return list(documents)
    return [
        replace(document, diagnostics=(*document.diagnostics, *_asked(document, files, by_place)))
        for document in documents
    ]


def prepare(
    project: Project,
    documents: Sequence[Document],
    note_types: Mapping[str, NoteType],
    lock: Lock,
    identities: Identities,
    media: MediaStore,
    now: int,
    take: Callable[[Note], None] | None = None,
) -> Prepared:
    """The notes of all records without an error, with their dates, and the lock that remembers them.

    ``take`` is given each note as soon as it is made, and then the result has none: all of them take much memory.
    Raises `SchemaFault` for a note type that Anki could not update.
    """
    types = _Types(note_types, lock.types, now)
    files = files_of(project)
    ids = _NoteIds(lock, now)
    entries = iter(identities.entries)
    notes: list[Note] = []
    take = take or notes.append
    after: list[Entry] = []
    for document in documents:
        faulty = _lines(fault for fault in document.diagnostics if fault.severity is Severity.ERROR)
        for record in document.records:
            entry = next(entries)
            note_id = ids.of(entry)
            if _stands_in(record, faulty):
                entry = replace(entry, note_id=note_id)
            else:
                file = files[record.path]

                def find(reference: str, file: SourceFile = file) -> MediaFile | None:
                    return media.find(reference, file).file

                named = _at_home(record, file.name)
                if record.kind is Kind.CLOZE and (gaps := remember(entry.gaps, gaps_of(record))) != entry.gaps:
                    entry = replace(entry, gaps=gaps)
                note_type = types[entry.type]
                fields, found = stored_of(named, note_type, find, entry.kept)
                entry = date_note(entry, note_type, fields, record.tags, note_id, now)
                if not entry.cards:
                    message = f"it makes no card of the record at {record.path}:{record.line}"
                    hint = "let a front of it show a field that the record fills"
                    raise SchemaFault(entry.type, message, hint)
                known_by = entry.note_id, entry.modified, entry.cards
                take(Note(entry.guid, note_type, fields, record.deck, record.tags, found, *known_by))
            after.append(entry)
    gone = [replace(entry, retired=True) for entry in identities.gone]
    if project.config.retire == "tag":
        from ankigen.retire import last_sent, retire  # here, for it reads packages

        gone = last_sent(gone, sorted(project.output.glob("*.apkg")))
        for at, entry in enumerate(gone):
            if sent := retire(entry, types, now):
                gone[at], note = sent
                take(note)
    here = {entry.guid for entry in (*after, *gone)}
    elsewhere = [entry for entry in lock.entries if entry.guid not in here]
    return Prepared(tuple(notes), lock, Lock(lock.project, types.entries, (*after, *gone, *elsewhere)))


class _Types(Mapping[str, NoteType]):
    """The note types by folder, each dated when it is first asked for; ``entries`` remembers them."""

    def __init__(self, note_types: Mapping[str, NoteType], known: Mapping[str, TypeEntry], now: int) -> None:
        self.entries = dict(known)
        self._note_types = note_types
        self._dated: dict[str, NoteType] = {}
        self._now = now

    def __getitem__(self, folder: str) -> NoteType:
        if folder not in self._note_types:
            raise SchemaFault(folder, "this folder is gone, but notes are built with it", "take it back")
        if folder not in self._dated:
            before = self.entries.get(folder)
            self.entries[folder], self._dated[folder] = date_type(before, folder, self._note_types[folder], self._now)
        return self._dated[folder]

    def __iter__(self) -> Iterator[str]:
        return iter(self._note_types)

    def __len__(self) -> int:
        return len(self._note_types)


class _NoteIds:
    """Gives notes the ids that searches in Anki select them by; like Anki's own, they are times in milliseconds.

    New ones begin somewhere in the day before the build: so that those of another project or branch, built in the same
    second, are others.
    """

    def __init__(self, lock: Lock, now: int) -> None:
        self._owners: dict[int, str] = dict(lock.others)
        for entry in lock.entries:  # two branches may have given one id to two notes all the same
            self._owners.setdefault(entry.note_id, entry.guid)
        self._now = now
        self._next = 0

    def of(self, entry: Entry) -> int:
        """The id of a note, which no other has."""
        if entry.note_id and self._owners.get(entry.note_id) == entry.guid:
            return entry.note_id
        if not self._next:
            earlier = int.from_bytes(blake2b(entry.guid.encode(), digest_size=8).digest()) % 86_400_000
            self._next = max(1, self._now * 1000 - earlier)
        while self._next in self._owners:
            self._next += 1
        self._owners[self._next] = entry.guid
        return self._next


def _at_home(record: Record, name: str) -> Record:
    """The record with the path of its file that is the same wherever its project is named from."""
    return record if record.path == name else replace(record, path=name)


def _asked(
    document: Document, files: Mapping[str, SourceFile], asked: Mapping[tuple[str, Span], Question]
) -> Iterator[Diagnostic]:
    for record in document.records:
        question = asked.get((files[record.path].name, record.span))
        if not question:
            continue
        place = f"{record.path}:{record.line}"
        keep = [f'ankigen ids keep {entry.guid} {place}  it is "{_short(entry.term)}"' for entry in question.among[:3]]
        at = record.span.start
        yield Diagnostic.at(
            document.source,
            Rule.AMBIGUOUS_NOTE,
            at,
            f'is this the note "{_short(question.among[0].term)}", edited, or a new one? Reviews hang on the answer',
            "\n".join(["answer with one of", *keep, f"ankigen ids new {place}  it is new; or give it a key: {{#key}}"]),
            at + len(document.source.line(record.line)),
        )


def _short(term: str) -> str:
    line = " ".join(term.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _namespace(records: Sequence[Record]) -> str:
    """A name for a project that has none: two projects that begin differently do not share guids."""
    digest = blake2b(digest_size=6)
    for at, r in enumerate(records):
        text = f"{r.path}\x1f{r.term.markdown}\x1f{r.definition.markdown}"
        digest.update((f"\x1f{text}" if at else text).encode("utf-8", "replace"))
    return digest.hexdigest()


def _lines(faults: Iterable[Diagnostic]) -> set[tuple[str, int]]:
    return {(fault.path, fault.line) for fault in faults}


def _stands_in(record: Record, lines: set[tuple[str, int]]) -> bool:
    return bool(lines) and any((record.path, line) in lines for line in range(record.line, record.end_line + 1))
