"""The guids of a deck made elsewhere, taken over for the records that say the same: who switches loses no review.

Anki skips a note that comes back under another note type. So an adopted note keeps its old type, which is written into
the project's ``templates/``, and only its content becomes that of the record.
"""

import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from html import unescape
from itertools import count
from pathlib import Path

from ankigen.anki.reading import PackageContents, StoredNote, StoredType
from ankigen.build import Reading
from ankigen.dating import date_type
from ankigen.foreign import roles, write_type
from ankigen.frozen import dataclass
from ankigen.gaps import gaps_in
from ankigen.identity import follow
from ankigen.lock import Entry, write_lock
from ankigen.matching import Candidate, Known, fingerprint, match
from ankigen.notes import KEPT
from ankigen.prepare import files_of, note_types_of, who
from ankigen.project import Project
from ankigen.records import Kind, NoteType, Record

__all__ = ["Adoption", "adopt"]

_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Adoption:
    """What became of a package: records and the guids they took over; records and notes that are left; new folders.

    A record in ``doubtful`` has several notes that it may be: the next build asks. One in ``settled`` has a history of
    its own already, and one in ``named`` asks for a note type by name, which an adopted note cannot have.
    """

    adopted: tuple[tuple[Record, str], ...]
    settled: tuple[Record, ...]
    doubtful: tuple[Record, ...]
    named: tuple[Record, ...]
    left: tuple[Record, ...]
    notes_left: tuple[StoredNote, ...]
    folders: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """Which record, by number, is which note; the records that fall out; the notes to be asked about, with a file."""

    pairs: Mapping[int, StoredNote]
    doubtful: frozenset[int]
    named: frozenset[int]
    asked: tuple[tuple[StoredNote, str], ...]


def adopt(project: Project, reading: Reading, contents: PackageContents) -> Adoption:
    """Write the guids of a package into the project's lock file, for the records that match, and their note types.

    Done again, it changes nothing. Raises what reading a project's lock file and templates raises, and `OSError`; then
    nothing is written.
    """
    note_types = note_types_of(project)
    lock, identities = who(project, reading.documents, note_types)
    files = files_of(project)
    records = [replace(record, path=files[record.path].name) for record in reading.records]
    taken = {entry.guid for entry in lock.entries}
    notes = [note for note in contents.notes if note.guid not in taken]
    settled = {number for number, entry in enumerate(identities.entries) if entry.content}
    free = [number for number in range(len(records)) if number not in settled]
    found = _find([note for note in notes if _fits(note, contents, note_types)], contents, records, free, note_types)
    sent = [*found.pairs.values(), *(note for note, _ in found.asked)]
    with _folders(project, note_types, {note.type_id for note in sent}, contents.types) as (folders, written):
        if written:
            project = replace(project, templates=project.root / "templates")
            note_types = note_types_of(project)
        if sent and project.lock:
            types = dict(lock.types)
            for type_id, folder_path in written.items():  # dated as people have it: their own changes to it stay
                modified = contents.types[type_id].modified
                name = folder_path.name
                types[name], _ = date_type(None, name, note_types[name], modified)
            dropped = {identities.entries[number].guid for number in found.pairs}  # never built
            entries = [entry for entry in lock.entries if entry.guid not in dropped]
            known = {note.guid: _entry(note, folders[note.type_id], note_types) for note in sent}
            entries += [follow(known[note.guid], records[number]) for number, note in found.pairs.items()]
            for note, path in found.asked:  # as if it stood there: so the next build asks, and its author answers
                term, definition = _texts(note, contents.types[note.type_id])
                entries.append(replace(known[note.guid], path=path, term=term, text=fingerprint(definition)))
            write_lock(project.lock, replace(lock, types=types, entries=tuple(entries)))
    adopted = {note.guid for note in found.pairs.values()}
    left = [n for n in free if n not in found.pairs and n not in found.doubtful | found.named]
    kinds = settled, found.doubtful, found.named, left
    listed = [tuple(reading.records[number] for number in sorted(kind)) for kind in kinds]
    return Adoption(
        tuple((reading.records[number], note.guid) for number, note in sorted(found.pairs.items())),
        listed[0],
        listed[1],
        listed[2],
        listed[3],
        tuple(note for note in notes if note.guid not in adopted),
        tuple(written.values()),
    )


def _fits(note: StoredNote, contents: PackageContents, note_types: Mapping[str, NoteType]) -> bool:
    """Whether the note has the fields of its type, also where the project has that type already."""
    if note.type_id not in contents.types:
        return False
    same = next((len(own.fields) for own in note_types.values() if own.id == note.type_id), len(note.fields))
    return len(note.fields) == len(contents.types[note.type_id].fields) == same


def _find(
    notes: Sequence[StoredNote],
    contents: PackageContents,
    records: Sequence[Record],
    free: Sequence[int],
    note_types: Mapping[str, NoteType],
) -> _Found:
    first = {note.guid: note for note in reversed(notes)}  # of two notes with one guid, Anki updates only one
    notes = [note for note in notes if first[note.guid] is note]
    matching = match(list(_known(notes, contents)), list(_candidates([records[number] for number in free])))
    pairs = {free[number]: notes[index] for number, index in matching.pairs.items()}
    ids = {folder: note_type.id for folder, note_type in note_types.items()}
    named = {
        number
        for number, note in pairs.items()
        if (folder := records[number].note_type) and ids.get(folder) != note.type_id
    }
    among: dict[int, str] = {}
    for doubt in matching.doubts:
        among |= dict.fromkeys(doubt.among, records[free[doubt.candidate]].path)
    return _Found(
        {number: note for number, note in pairs.items() if number not in named},
        frozenset(free[doubt.candidate] for doubt in matching.doubts),
        frozenset(named),
        tuple((notes[index], path) for index, path in among.items() if index not in matching.pairs.values()),
    )


def _known(notes: Sequence[StoredNote], contents: PackageContents) -> Iterator[Known]:
    for place, note in enumerate(notes):
        note_type = contents.types[note.type_id]
        term, definition = _texts(note, note_type)
        yield Known(_family(note_type.is_cloze), note.deck, place, None, term, fingerprint(definition))


def _candidates(records: Sequence[Record]) -> Iterator[Candidate]:
    for place, record in enumerate(records):
        texts = _plain(record.term.html), _plain(record.definition.html)
        yield Candidate(_family(record.kind is Kind.CLOZE), record.path, place, None, *texts)


def _family(is_cloze: bool) -> str:
    return "cloze" if is_cloze else "term"


def _texts(note: StoredNote, note_type: StoredType) -> tuple[str, str]:
    """The note's term and definition."""
    term, definition = (_plain(note.fields[at]) if at >= 0 else "" for at in roles(note_type))
    return term, definition


def _plain(html: str) -> str:
    """What is read of a field, however its HTML is written."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _entry(note: StoredNote, folder: str, note_types: Mapping[str, NoteType]) -> Entry:
    """The entry of a note that people have, in a content that no build has made: the next one will be newer."""
    each = zip(note_types[folder].fields, note.fields, strict=True)
    kept = tuple(value if field.holds == KEPT else "" for field, value in each)
    return Entry(
        note.guid,
        note.id,
        folder,
        "",
        Fraction(0),
        None,
        note.deck,
        "",
        "",
        cards=note.cards,
        gaps=gaps_in(note.fields[0]),
        content="adopted",
        modified=note.modified,
        kept=kept if any(kept) else (),
    )


@contextmanager
def _folders(
    project: Project, note_types: Mapping[str, NoteType], wanted: Collection[int], types: Mapping[int, StoredType]
) -> Iterator[tuple[dict[int, str], dict[int, Path]]]:
    """The folder of each note type by its id, and those that are written for it: gone again when anything fails."""
    folders = {note_type.id: folder for folder, note_type in note_types.items()}
    written: dict[int, Path] = {}
    try:
        for type_id in sorted(set(wanted) - folders.keys()):
            name = re.sub(r"[^\w-]+", "-", types[type_id].name.casefold()).strip("-") or "adopted"
            names = (name if number == 1 else f"{name}-{number}" for number in count(1))
            # "Cloze" is also what Anki calls a type: its folder must not take the place of a built-in one.
            free = (each for each in names if each not in note_types and each not in folders.values())
            path = next(path for each in free if not (path := project.root / "templates" / each).exists())
            folders[type_id] = path.name
            written[type_id] = path
            write_type(path, types[type_id])
        yield folders, written
    except BaseException:
        for path in written.values():
            shutil.rmtree(path, ignore_errors=True)
        raise
