"""Notes that have lost their record, still sent with a tag, so that a learner can find them and decide.

What such a note said is taken from the last package, and kept in the lock file from then on: later builds give the same
bytes without that package. Its pictures are not sent again; whoever has the note has them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ankigen.anki.reading import StoredNote, read_package
from ankigen.anki.verify import UnreadablePackage
from ankigen.dating import date_note
from ankigen.lock import Entry
from ankigen.records import Note, NoteType

__all__ = ["RETIRED_TAG", "last_sent", "retire"]

RETIRED_TAG = "ankigen::retired"


def last_sent(entries: Iterable[Entry], packages: Iterable[Path]) -> list[Entry]:
    """The entries, with what the last ``packages`` hold of those whose text is not known yet."""
    given = list(entries)
    if not any(entry.content and not entry.fields for entry in given):
        return given
    stored: dict[str, StoredNote] = {}
    for path in packages:
        try:
            stored |= {note.guid: note for note in read_package(path).notes}
        except UnreadablePackage:
            continue  # it will be written anew
    return [_with_text(entry, stored.get(entry.guid)) for entry in given]


def retire(entry: Entry, note_types: Mapping[str, NoteType], now: int) -> tuple[Entry, Note] | None:
    """The tagged note of an entry, and the entry with its date; None where its text is not known."""
    if not entry.fields or len(entry.fields) != len((note_type := note_types[entry.type]).fields):
        return None
    tags = (*entry.tags, RETIRED_TAG)
    dated = date_note(entry, note_type, entry.fields, tags, entry.note_id, now)
    known_by = dated.note_id, dated.modified, dated.cards
    return dated, Note(entry.guid, note_type, entry.fields, entry.deck, tags, (), *known_by)


def _with_text(entry: Entry, note: StoredNote | None) -> Entry:
    if note is None or entry.fields or not entry.content:
        return entry
    return replace(entry, fields=note.fields, tags=tuple(_own(note.tags)))


def _own(tags: Iterable[str]) -> Iterator[str]:
    return (tag for tag in tags if tag != RETIRED_TAG)
