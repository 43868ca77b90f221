"""From a record to what Anki stores of it: the fields of its note type, filled by name."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape
from operator import itemgetter

from ankigen.anki.template import card_ordinals
from ankigen.identity import type_of
from ankigen.media.references import may_name, references, rewrite, silence
from ankigen.records import Kind, MediaFile, Note, NoteType, Record

__all__ = ["KEPT", "makes_cards", "note_of", "note_type_of", "stored_of"]

KEPT = "Kept"
"""What a field holds that no record fills, and that stays as it was when its note was adopted."""

_KNOWN = ("Term", "Text", "Definition", "Hint", "Extra", "Count", "Source", "Reverse", "Theme", "Typed")


def note_type_of(record: Record, note_types: Mapping[str, NoteType]) -> NoteType | None:
    """The note type a record asks for, or else the built-in one of its kind; None when there is none of that name."""
    return note_types.get(type_of(record))


def makes_cards(record: Record, note_type: NoteType) -> bool:
    """Whether Anki makes at least one card of the record."""
    return bool(card_ordinals(note_type, _values(record, note_type), record.tags))


def note_of(
    record: Record,
    guid: str,
    note_type: NoteType,
    find_media: Callable[[str], MediaFile | None],
    kept: Sequence[str] = (),
) -> Note:
    """The note of a record, without a date. ``find_media`` and ``kept`` are those of `stored_of`."""
    values, files = stored_of(record, note_type, find_media, kept)
    return Note(guid, note_type, values, record.deck, record.tags, files)


def stored_of(
    record: Record,
    note_type: NoteType,
    find_media: Callable[[str], MediaFile | None],
    kept: Sequence[str] = (),
) -> tuple[tuple[str, ...], tuple[MediaFile, ...]]:
    """What the fields of a record's note hold, and the media that they name.

    ``find_media`` tells the file that a reference names; None leaves it as it is. ``kept``, if there is any, has a
    value for each field, of which those that hold what is kept take theirs.
    """
    values = _values(record, note_type)
    files: dict[str, MediaFile] = {}
    if may_name(record.term.html) or may_name(record.definition.html):  # all else is plain text
        values = tuple(map(silence, values))
        found = {name: find_media(name) for value in values if value for name in references(value)}
        files = {name: file for name, file in found.items() if file}
    if files:
        values = tuple(rewrite(value, lambda name: files[name].name if name in files else name) for value in values)
    if kept:
        each = zip(note_type.fields, values, kept, strict=True)
        values = tuple(old if field.holds == KEPT else value for field, value, old in each)
    return values, tuple(files.values())


def _values(record: Record, note_type: NoteType) -> tuple[str, ...]:
    """One value a field; fields that this version knows nothing of stay empty."""
    kind, definition = record.kind, record.definition.html
    known = (  # as `_KNOWN` names them
        record.term.html,
        record.term.html,
        definition,
        _plain(record.hint),
        definition if kind is Kind.CLOZE else "",
        str(len(record.items)) if len(record.items) > 1 else "",
        _plain(record.origin) or f"{_plain(record.path)}:{record.line}",
        "1" if kind is Kind.REVERSED else "",
        record.theme,
        "1" if kind is Kind.TYPED else "",
        "",
    )
    return _held(note_type)(known)


@lru_cache(maxsize=1 << 8)
def _held(note_type: NoteType) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """What takes those values that the fields of a note type hold, in their order, of all that `_KNOWN` names."""
    names = (field.holds or field.name for field in note_type.fields)
    first, *others = (_KNOWN.index(name) if name in _KNOWN else -1 for name in names)
    return itemgetter(first, *others) if others else lambda known: (known[first],)


@lru_cache(maxsize=1 << 10)  # the records of a file have one path
def _plain(text: str) -> str:
    """Text that is no Markdown, so that Anki takes nothing in it for HTML, a cloze or a sound."""
    return text and escape(text, quote=False).replace("{{", "{&#123;").replace("[", "&#91;")
