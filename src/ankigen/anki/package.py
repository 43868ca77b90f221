"""Notes into an Anki package (``.apkg``): the only module that knows genanki.

The same notes and the same time give the same bytes, wherever and however they are built (for one version
of SQLite and of zlib). A package is replaced as a whole or not at all, and what was passed in is not changed.
"""

import errno
import functools
import hashlib
import io
import itertools
import json
import os
import shutil
import sqlite3
import zipfile
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, NamedTuple

from ankigen.anki.template import card_ordinals, check_note_type
from ankigen.anki.text import clean_deck_name, clean_tag, first_field, join_fields
from ankigen.files import Staging, scratch
from ankigen.frozen import dataclass
from ankigen.later import later
from ankigen.records import CardTemplate, Field, MediaFile, Note, NoteType

# What genanki needs these for is not done here; the first has all of asyncio imported for what functools has, too.
with later("chevron", "yaml", cached_property=functools):
    import genanki

__all__ = ["Packer", "Packing", "Row", "pack", "stage_package", "write_package"]


class Row(NamedTuple):
    """A note as it lies in a package: ``tags`` and ``fields`` joined, ``media`` by their names in the package.

    ``id`` and ``modified`` are 0 when they are not known; ``cards`` are ordinals.
    """

    id: int
    guid: str
    note_type: int
    modified: int
    tags: str
    fields: str
    deck: str
    cards: Sequence[int]
    media: Sequence[str]


@dataclass(frozen=True, slots=True)
class Packing:
    """What goes into packages: notes in their order, their note types by id, and their media by name."""

    rows: Sequence[Row]
    note_types: Mapping[int, NoteType]
    media: Mapping[str, MediaFile]


def write_package(path: Path, notes: Sequence[Note], *, now: int) -> None:
    """Write ``notes`` as the package ``path``, new cards in the order of ``notes``.

    ``now``, in seconds since 1970, dates the package, and every note and note type without a date of its own. Anki
    updates only what is newer than its own copy, so that these dates keep what a reader changed in Anki.

    :class:`ValueError` where Anki would abort the import, add a blank card, or lose a note; :class:`OSError`
    for a file that cannot be read or written. Either way an older package at ``path`` stays as it was.
    """
    with Staging() as staging:
        stage_package(staging, path, pack(notes), now=now)


def pack(notes: Iterable[Note]) -> Packing:
    """Notes as they go into packages. Raises :class:`ValueError` for one that Anki would not take."""
    packer = Packer()
    for note in notes:
        packer.add(note)
    return packer.packing()


class Packer:
    """Packs notes as they come."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._note_types: dict[int, NoteType] = {}
        self._media: dict[str, MediaFile] = {}

    def add(self, note: Note) -> None:
        """Pack one more. Raises :class:`ValueError` for one that Anki would not take."""
        known = self._note_types.setdefault(note.note_type.id, note.note_type)
        if known is not note.note_type and known != note.note_type:
            raise ValueError(f"note type {note.note_type.name!r} shares its id with a different one")
        self._rows.append(_row(note))
        for file in note.media:
            self._media[file.name] = file

    def packing(self) -> Packing:
        """All that was packed. Raises :class:`ValueError` for a note type that Anki could not show."""
        for note_type in self._note_types.values():
            check_note_type(note_type)
        return Packing(self._rows, self._note_types, self._media)


def stage_package(staging: Staging, path: Path, packing: Packing, *, now: int) -> None:
    """The same as `write_package`, taking its place together with all else in ``staging``."""
    if min([now, *(row.modified or now for row in packing.rows)]) <= 0:
        raise ValueError("a package dated 0 or earlier breaks Anki's database check")
    _check_guids(packing.rows)
    contents = _Contents(packing)
    media = packing.media
    names = sorted({name for row in packing.rows for name in row.media})
    listing = json.dumps({str(number): name for number, name in enumerate(names)})
    with staging.writing(path) as stream, zipfile.ZipFile(stream, "w") as archive:
        is_large = len(packing.rows) > _LARGE
        with _in_file(path, contents, now) if is_large else _in_memory(contents, now) as source:
            _add(archive, "collection.anki2", source, _plain(source.read(_HEADER)))
        archive.writestr(_member("media"), listing)
        for number, name in enumerate(names):
            file = media[name]
            if file.content is not None:
                archive.writestr(_member(str(number)), file.content)
                continue
            with open(file.path, "rb") as source:
                _add(archive, str(number), source)


def _add(archive: zipfile.ZipFile, name: str, source: IO[bytes], begin: bytes = b"") -> None:
    """Add a member: ``begin``, then what is left in ``source``."""
    member = _member(name)
    at = source.tell()
    member.file_size = source.seek(0, os.SEEK_END)  # tells zipfile whether it needs zip64
    source.seek(at)
    with archive.open(member, "w") as target:
        target.write(begin)
        shutil.copyfileobj(source, target)


class _Model(genanki.Model):  # type: ignore[misc]
    """A note type as genanki's model, with the ids that let Anki recognise a renamed field or template."""

    def __init__(self, note_type: NoteType) -> None:
        super().__init__(
            note_type.id,
            note_type.name,
            fields=[{"name": field.name, **_id_of(field)} for field in note_type.fields],
            templates=[
                {"name": template.name, **_id_of(template), "qfmt": template.front, "afmt": template.back}
                for template in note_type.templates
            ],
            css=note_type.css,
            model_type=self.CLOZE if note_type.is_cloze else self.FRONT_BACK,
        )

    @property
    def _req(self) -> list[list[object]]:
        """Which fields a card needs: genanki renders with Mustache rules to know; Anki works it out anew."""
        every_field = list(range(len(self.fields)))
        return [[ordinal, "any", every_field] for ordinal in range(len(self.templates))]


# Schema 11. genanki writes the same rows one by one, through an object for each.
_NOTE = "INSERT INTO notes VALUES (?, ?, ?, ?, -1, ?, ?, ?, 0, 0, '')"
# Cards never reviewed: of them, interval, ease, counts and flags are 0.
_CARD = "INSERT INTO cards VALUES (?, ?, ?, ?, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')"
_HEADER = 100  # bytes of a database
_LEVEL = 4  # of compression: in less than half the time of zlib's own choice, for a package larger by 7 %
_LARGE = 5000  # notes whose database is no longer made in memory


def _row(note: Note) -> Row:
    known_by = note.id, note.guid, note.note_type.id, note.modified
    media = tuple([file.name for file in note.media]) if note.media else ()
    return Row(*known_by, _tags(note.tags), join_fields(note.fields), note.deck, _ordinals(note), media)


@lru_cache(maxsize=1 << 10)  # notes of one file have the same
def _tags(tags: tuple[str, ...]) -> str:
    return f" {' '.join(dict.fromkeys(filter(None, map(clean_tag, tags))))} "


def _ordinals(note: Note) -> tuple[int, ...]:
    """The cards that Anki would make of the note."""
    if ordinals := note.cards or card_ordinals(note.note_type, note.fields, note.tags):
        return ordinals
    raise ValueError(f"note {note.guid!r} makes no card")


class _Contents:
    """All that a package holds, in the place of genanki's decks.

    genanki writes deck by deck, parsing and writing all decks and note types again for each. Here they are
    written once, and the notes in source order across decks.
    """

    def __init__(self, packing: Packing) -> None:
        self._rows = packing.rows
        self._note_types = [packing.note_types[one] for one in dict.fromkeys(row.note_type for row in packing.rows)]
        names = {deck: clean_deck_name(deck) for deck in dict.fromkeys(row.deck for row in packing.rows)}
        self._deck_ids = {written: _deck_id(name) for written, name in names.items()}
        self._decks: dict[int, genanki.Deck] = {}
        for written, name in names.items():
            deck_id = self._deck_ids[written]
            self._decks.setdefault(deck_id, genanki.Deck(deck_id, name))

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: int, id_gen: Iterator[int]) -> None:
        """Fill an empty collection."""
        decks = json.loads(cursor.execute("SELECT decks FROM col").fetchone()[0])
        decks |= {str(deck_id): deck.to_json() for deck_id, deck in self._decks.items()}
        models = ", ".join(f'"{one.id}": {_model(one, one.modified or timestamp)}' for one in self._note_types)
        cursor.execute("UPDATE col SET decks = ?, models = ?", (json.dumps(decks), f"{{{models}}}"))
        ids, card_ids = array("q"), array("q")
        for row in self._rows:
            ids.append(row.id or next(id_gen))
            card_ids.extend([next(id_gen) for _ in row.cards])
        cursor.executemany(_NOTE, self._notes(ids, timestamp))
        cursor.executemany(_CARD, self._cards(ids, iter(card_ids), timestamp))

    def _notes(self, ids: Iterable[int], timestamp: int) -> Iterator[tuple[object, ...]]:
        for note_id, row in zip(ids, self._rows, strict=True):
            modified = row.modified or timestamp
            yield note_id, row.guid, row.note_type, modified, row.tags, row.fields, first_field(row.fields)

    def _cards(self, ids: Iterable[int], card_ids: Iterator[int], timestamp: int) -> Iterator[tuple[object, ...]]:
        for place, (note_id, row) in enumerate(zip(ids, self._rows, strict=True), start=1):
            for ordinal in row.cards:
                yield next(card_ids), note_id, self._deck_ids[row.deck], ordinal, row.modified or timestamp, place


def _in_memory(contents: _Contents, now: int) -> IO[bytes]:
    """The package's database."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(_empty_collection())
        contents.write_to_db(connection.cursor(), now, itertools.count(now * 1000))
        connection.commit()
        return io.BytesIO(connection.serialize())
    finally:
        connection.close()


@contextmanager
def _in_file(package: Path, contents: _Contents, now: int) -> Iterator[IO[bytes]]:
    """The same as a file: a large one would take as much memory as all notes. Raises `OSError`."""
    with scratch(package) as path:
        path.write_bytes(_empty_collection())
        connection = sqlite3.connect(path)
        try:
            for setting in ("journal_mode", "synchronous"):  # a file that nobody needs after a crash
                connection.execute(f"PRAGMA {setting} = OFF")
            contents.write_to_db(connection.cursor(), now, itertools.count(now * 1000))
            connection.commit()
        except sqlite3.OperationalError as error:  # such as a full disk
            raise OSError(errno.EIO, str(error), str(path)) from error
        finally:
            connection.close()
        with open(path, "rb") as stream:
            yield stream


@lru_cache(maxsize=1)
def _empty_collection() -> bytes:
    """A database without notes; a project may have thousands of packages, and all begin with it."""
    connection = sqlite3.connect(":memory:")
    try:
        genanki.Package([]).write_to_db(connection.cursor(), 0, itertools.count())
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def _plain(header: bytes) -> bytes:
    """A database's header as of one that was never a file: without how often and by which SQLite it was written."""
    return header[:24] + bytes(4) + header[28:92] + bytes(8)


@lru_cache(maxsize=1 << 8)
def _model(note_type: NoteType, modified: int) -> str:
    """A note type as JSON; a project may have thousands of packages, and most have the same ones."""
    return json.dumps(_Model(note_type).to_json(modified, None))


def _id_of(part: Field | CardTemplate) -> dict[str, int]:
    return {"id": part.id} if part.id else {}


def _check_guids(rows: Sequence[Row]) -> None:
    """Refuse two notes with one guid: Anki takes both, and ever after updates only one of them."""
    counts = Counter(row.guid for row in rows)
    for guid, count in counts.items():
        if count > 1:
            raise ValueError(f"{count} notes share the guid {guid!r}")


def _deck_id(name: str) -> int:
    """An id that depends on the name alone. Anki matches decks by name, without case, so the id does too.

    Ids of 51 bits: exact as a JavaScript number, and far from Anki's special ones. One of those is the deck
    Default, always 1: with another id it would arrive as ``Default_`` (measured).
    """
    name = name.casefold()
    if name == "default":
        return 1
    digest = hashlib.sha256(name.encode()).digest()
    return 2**50 + int.from_bytes(digest[:8], "big") % 2**50


def _member(name: str) -> zipfile.ZipInfo:
    """A member of the archive that bears no trace of when, where and by whom it was written."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = _LEVEL  # type: ignore[attr-defined]  # its name is public from Python 3.13 on
    info.create_system = 3  # Unix, on every system
    info.external_attr = 0o100644 << 16
    return info
