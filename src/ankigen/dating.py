"""When each note and note type got its present content. Anki updates only what is newer than its own copy.

So a date changes exactly when the content does, and an unchanged note never overwrites what a reader changed in Anki.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import compress
from json.encoder import encode_basestring_ascii as quoted

from ankigen.anki.template import card_ordinals
from ankigen.lock import Entry, TypeEntry
from ankigen.records import CardTemplate, Field, NoteType

__all__ = ["SchemaFault", "content_of", "date_note", "date_type"]

_PLACE = "Source"  # this field says where a record stands; a record that moves down a line is not new to anybody
_BEGUN = hashlib.blake2b(digest_size=9, person=b"ankigen")


class SchemaFault(Exception):
    """A note type has changed in a way that Anki cannot apply to the notes that people have of it."""

    def __init__(self, folder: str, message: str, hint: str) -> None:
        super().__init__(f"templates/{folder}: {message}")
        self.hint = hint


def date_note(
    entry: Entry, note_type: NoteType, fields: Sequence[str], tags: Sequence[str], note_id: int, now: int
) -> Entry:
    """The entry with the id of its note, its cards, its content, and its date.

    That is ``now`` if the content is new, else as before.
    """
    cards = card_ordinals(note_type, fields, tags)
    content = content_of(note_type, fields, tags, cards)
    modified = entry.modified if content == entry.content else max(now, entry.modified + 1)
    if (note_id, content, modified, cards) == (entry.note_id, entry.content, entry.modified, entry.cards):
        return entry
    return entry.dated(note_id, content, modified, cards)


def date_type(before: TypeEntry | None, folder: str, note_type: NoteType, now: int) -> tuple[TypeEntry, NoteType]:
    """The same for a note type. Raises `SchemaFault` for a change of fields or cards: notes of it would freeze."""
    fields, cards = (tuple(map(_known_by, parts)) for parts in (note_type.fields, note_type.templates))
    if before and (before.id, before.fields, before.cards) != (note_type.id, fields, cards):
        what = "id" if before.id != note_type.id else "fields" if before.fields != fields else "cards"
        raise SchemaFault(
            folder,
            f"its {what} are no longer those that were built before: Anki would skip every note of this type",
            "take notetype.toml back as it was; to add a field, rename a spare one and keep its id; "
            "or make a new folder in templates/ for a new note type",
        )
    names = [[field.name for field in note_type.fields], [[t.name, t.front, t.back] for t in note_type.templates]]
    content = _hash(json.dumps([note_type.name, note_type.is_cloze, names, note_type.css]))
    modified = (
        before.modified if before and before.content == content else max(now, (before.modified if before else 0) + 1)
    )
    entry = TypeEntry(folder, note_type.id, fields, cards, content, modified)
    return entry, replace(note_type, modified=modified)


def content_of(note_type: NoteType, fields: Sequence[str], tags: Sequence[str], cards: Sequence[int]) -> str:
    """A hash of what a learner has of a note; a changed picture has another name in its field."""
    # As `json.dumps` writes it, which would make an encoder for each note.
    shown = ", ".join(map(quoted, compress(fields, _are_shown(note_type))))
    return _hash(f"[[{shown}], [{', '.join(map(quoted, sorted(tags)))}], {list(cards)}]")


@lru_cache(maxsize=1 << 8)
def _are_shown(note_type: NoteType) -> tuple[bool, ...]:
    """Of each field, whether it is content."""
    return tuple((field.holds or field.name) != _PLACE for field in note_type.fields)


def _known_by(part: Field | CardTemplate) -> int:
    """What Anki knows a field or card by: its id; without one its name, which then cannot change either."""
    return part.id or int(_hash(part.name)[:12], 16)


def _hash(text: str) -> str:
    """A hash of some JSON."""
    digest = _BEGUN.copy()
    digest.update(text.encode("ascii"))
    return digest.hexdigest()
