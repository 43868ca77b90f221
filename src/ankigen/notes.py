"""From a record to what Anki stores of it: the fields of its note type, filled by name."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape

from ankigen.anki.template import card_ordinals
from ankigen.identity import type_of
from ankigen.media.references import may_name, references, rewrite, silence
from ankigen.records import Kind, MediaFile, Note, NoteType, Record

__all__ = ["KEPT", "makes_cards", "note_of", "note_type_of"]

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
    note_id: int = 0,
) -> Note:
    """The note of a record. ``find_media`` tells the file that a reference names; None leaves it as it is.

    ``kept``, if there is any, has a value for each field, of which those that hold what is kept take theirs.
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
    return Note(guid, note_type, values, record.deck, record.tags, tuple(files.values()), note_id)


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
    return tuple([known[at] for at in _held(note_type)])


@lru_cache(maxsize=1 << 8)
def _held(note_type: NoteType) -> tuple[int, ...]:
    """What each field of a note type holds, by its place in `_KNOWN`."""
    names = (field.holds or field.name for field in note_type.fields)
    return tuple(_KNOWN.index(name) if name in _KNOWN else -1 for name in names)


@lru_cache(maxsize=1 << 10)  # the records of a file have one path
def _plain(text: str) -> str:
    """Text that is no Markdown, so that Anki takes nothing in it for HTML, a cloze or a sound."""
    return text and escape(text, quote=False).replace("{{", "{&#123;").replace("[", "&#91;")
