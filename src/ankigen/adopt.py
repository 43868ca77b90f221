"""The guids of a deck made elsewhere, taken over for the records that say the same: who switches loses no review.

Anki skips a note that comes back under another note type. So an adopted note keeps its old type, which is written into
the project's ``templates/``, and only its content becomes that of the record.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import blake2b
from html import unescape
from pathlib import Path

from ankigen.anki.reading import PackageContents, StoredNote, StoredType
from ankigen.build import Reading
from ankigen.files import replacing
from ankigen.identity import follow
from ankigen.lock import Entry, write_lock
from ankigen.matching import Candidate, Known, fingerprint, match
from ankigen.prepare import files_of, note_types_of, who
from ankigen.project import Project
from ankigen.records import Kind, NoteType, Record

__all__ = ["Adoption", "adopt"]

_TAG = re.compile(r"<[^<>]*>")
_TERMS = ("term", "front", "question", "text", "word")
_DEFINITIONS = ("definition", "back", "answer", "extra", "back extra", "meaning")


@dataclass(frozen=True, slots=True)
class Adoption:
    """What became of a package: records and the guids they took over; records and notes that are left; new folders.

    A record in ``doubtful`` has several notes that it may be; one in ``settled`` has a history of its own already.
    """

    adopted: tuple[tuple[Record, str], ...]
    settled: tuple[Record, ...]
    doubtful: tuple[Record, ...]
    left: tuple[Record, ...]
    notes_left: tuple[StoredNote, ...]
    folders: tuple[Path, ...]


def adopt(project: Project, reading: Reading, contents: PackageContents) -> Adoption:
    """Write the guids of a package into the project's lock file, for the records that match, and their note types.

    Done again, it changes nothing. Raises what reading a project's lock file and templates raises, and `OSError`.
    """
    note_types = note_types_of(project)
    lock, identities = who(project, reading.documents, note_types)
    files = files_of(project)
    records = [replace(record, path=files[record.path].name) for record in reading.records]
    built = {entry.guid for entry in lock.entries if entry.content}
    taken = {entry.guid for entry in lock.entries}
    free = [number for number, entry in enumerate(identities.entries) if entry.guid not in built]
    notes = [note for note in contents.notes if note.guid not in taken and note.type_id in contents.types]
    found = match(list(_known(notes, contents)), list(_candidates([records[number] for number in free])))
    pairs = {free[number]: notes[index] for number, index in found.pairs.items()}
    doubtful = {free[doubt.candidate] for doubt in found.doubts}
    folders, written = _folders(project, note_types, {note.type_id for note in pairs.values()}, contents.types)
    entries = {entry.guid: entry for entry in lock.entries}
    for number, note in pairs.items():
        entries.pop(identities.entries[number].guid, None)  # it was never built
        entries[note.guid] = follow(_entry(note, folders[note.type_id]), records[number])
    if pairs and project.lock:
        write_lock(project.lock, replace(lock, entries=tuple(entries.values())))
    adopted = {note.guid for note in pairs.values()}
    return Adoption(
        tuple((reading.records[number], note.guid) for number, note in sorted(pairs.items())),
        tuple(reading.records[n] for n, entry in enumerate(identities.entries) if entry.guid in built),
        tuple(reading.records[number] for number in sorted(doubtful)),
        tuple(reading.records[number] for number in free if number not in pairs and number not in doubtful),
        tuple(note for note in notes if note.guid not in adopted),
        tuple(written),
    )


def _known(notes: Sequence[StoredNote], contents: PackageContents) -> Iterator[Known]:
    for place, note in enumerate(notes):
        note_type = contents.types[note.type_id]
        term, definition = (_plain(note.fields[at]) if at >= 0 else "" for at in _roles(note_type))
        yield Known(_family(note_type.is_cloze), note.deck, place, None, term, fingerprint(definition))


def _candidates(records: Sequence[Record]) -> Iterator[Candidate]:
    for place, record in enumerate(records):
        texts = _plain(record.term.html), _plain(record.definition.html)
        yield Candidate(_family(record.kind is Kind.CLOZE), record.path, place, None, *texts)


def _family(is_cloze: bool) -> str:
    return "cloze" if is_cloze else "term"


def _plain(html: str) -> str:
    """What is read of a field, however its HTML is written."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _roles(note_type: StoredType) -> tuple[int, int]:
    """Which fields hold the term and the definition: by their names, or else the first two. -1 is none."""
    names = [name.casefold() for name, _ in note_type.fields]
    term = next((names.index(name) for name in _TERMS if name in names), 0)
    others = [at for at in range(len(names)) if at != term]
    definition = next((names.index(name) for name in _DEFINITIONS if name in names and names.index(name) != term), -1)
    return term, definition if definition >= 0 else others[0] if others else -1


def _entry(note: StoredNote, folder: str) -> Entry:
    """The entry of a note that people have, in a content that no build has made: the next one will be newer."""
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
        content="adopted",
        modified=note.modified,
    )


def _folders(
    project: Project, note_types: Mapping[str, NoteType], wanted: set[int], types: Mapping[int, StoredType]
) -> tuple[dict[int, str], list[Path]]:
    """The folder of each note type by its id; those that the project has not are written."""
    folders = {note_type.id: folder for folder, note_type in note_types.items()}
    written = []
    for type_id in sorted(wanted - folders.keys()):
        name = re.sub(r"[^\w-]+", "-", types[type_id].name.casefold()).strip("-") or "adopted"
        folder = next(f for f in _names(name) if f not in folders.values() and f not in note_types)
        folders[type_id] = folder
        path = project.root / "templates" / folder
        _write_type(path, types[type_id])
        written.append(path)
    return folders, written


def _names(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _write_type(folder: Path, note_type: StoredType) -> None:
    """A note type of another program as templates: Anki text as it is, which Jinja leaves alone."""
    term, definition = _roles(note_type)
    holds = {
        term: "Text" if note_type.is_cloze else "Term",
        definition: "Extra" if note_type.is_cloze else "Definition",
    }
    fields = [
        {"name": name, "id": number or _id(note_type, name, at), **({"holds": holds[at]} if at in holds else {})}
        for at, (name, number) in enumerate(note_type.fields)
    ]
    cards = []
    files = {"style.css": note_type.css}
    for at, (name, number, front, back) in enumerate(note_type.templates):
        sides = {"front": f"front-{at + 1}.html", "back": f"back-{at + 1}.html"}
        files |= {sides["front"]: front, sides["back"]: back}
        cards.append({"name": name, "id": number or _id(note_type, name, 1000 + at), **sides})
    rows = [
        "# A note type that was adopted: Anki knows it by these ids and names, so they stay.",
        f"name = {json.dumps(note_type.name)}",
        f"id = {note_type.id}",
        f"cloze = {json.dumps(note_type.is_cloze)}",
        'style = "style.css"',
        *(_table("fields", field) for field in fields),
        *(_table("cards", card) for card in cards),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        _write(folder / name, f"[% raw %]{text}[% endraw %]")
    _write(folder / "notetype.toml", "\n".join(rows) + "\n")


def _table(name: str, row: Mapping[str, object]) -> str:
    return "\n".join([f"\n[[{name}]]", *(f"{key} = {json.dumps(value)}" for key, value in row.items())])


def _write(path: Path, text: str) -> None:
    with replacing(path) as stream:
        stream.write(text.encode())


def _id(note_type: StoredType, name: str, at: int) -> int:
    """An id for a field or card without one; Anki takes it over as long as the names are the same (measured)."""
    text = f"{note_type.id}\x1f{at}\x1f{name}"
    return 1 + int.from_bytes(blake2b(text.encode(), digest_size=6, person=b"ankigen").digest())
