"""The real Anki for tests: temporary collections, and what it makes of note types, notes and packages."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.models import NotetypeId

from ankigen.records import CardTemplate, Field, Note, NoteType

BASIC = NoteType(
    "ankigen Test",
    1607392319,
    False,
    (Field("Term", 9001), Field("Definition", 9002)),
    (
        CardTemplate("Card", 9101, "{{Term}}", "{{FrontSide}}<hr>{{Definition}}"),
        CardTemplate("Back", 9102, "{{#Definition}}{{Definition}}{{/Definition}}", "{{Term}}"),
    ),
    ".card { color: black }",
)
CLOZE = NoteType(
    "ankigen Test Cloze",
    1607392320,
    True,
    (Field("Text", 9003),),
    (CardTemplate("Cloze", 9103, "{{cloze:Text}}", "{{cloze:Text}}"),),
    "",
)


def basic(number: int, deck: str = "Deck", **changes: Any) -> Note:
    """A note with two cards, told from others by its number."""
    return replace(Note(f"guid{number}", BASIC, (f"term {number}", "definition"), deck), **changes)


@contextmanager
def collection(folder: Path) -> Iterator[Collection]:
    """A new collection in ``folder``, which must exist and hold none yet."""
    opened = Collection(str(folder / "collection.anki2"))
    try:
        yield opened
    finally:
        opened.close()


def rows(col: Collection, sql: str) -> list[Any]:
    """The result of a query."""
    assert col.db is not None
    return col.db.all(sql)


def import_package(col: Collection, path: Path) -> dict[str, int]:
    """Import with no option set; how many notes were new, updated, duplicate, conflicting (no zeros)."""
    request = ImportAnkiPackageRequest(package_path=str(path), options=ImportAnkiPackageOptions())
    log = col.import_anki_package(request).log
    col.models._clear_cache()  # an import does not empty the Python side's cache
    counts = {kind: len(getattr(log, kind)) for kind in ("new", "updated", "duplicate", "conflicting")}
    return {kind: count for kind, count in counts.items() if count}


def add_note_type(col: Collection, note_type: NoteType) -> NotetypeId:
    """Add a note type, faulty templates included, which Anki's own editor would refuse."""
    schema = col.models.new(f"{note_type.name} {len(col.models.all_names_and_ids())}")
    schema["type"] = int(note_type.is_cloze)
    for field in note_type.fields:
        col.models.add_field(schema, col.models.new_field(field.name))
    for template in note_type.templates:
        dummy = col.models.new_template(template.name)
        filters = "cloze:" if note_type.is_cloze else ""
        dummy["qfmt"] = dummy["afmt"] = f"{template.name}{{{{{filters}{note_type.fields[0].name}}}}}"
        col.models.add_template(schema, dummy)
    added = NotetypeId(col.models.add_dict(schema).id)
    stored = col.models.get(added)
    assert stored is not None
    for template, raw in zip(note_type.templates, stored["tmpls"], strict=True):
        raw["qfmt"], raw["afmt"] = template.front, template.back
    col._backend.update_notetype_legacy(json=json.dumps(stored).encode(), skip_checks=True)
    col.models._clear_cache()
    return added


def made_ordinals(
    col: Collection, note_type: NotetypeId, notes: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]
) -> list[tuple[int, ...]]:
    """The cards Anki makes of notes (fields and tags), without the blank one it puts where there are none.

    As sets: of two cloze numbers above 500, Anki makes two cards with the one last ordinal (26.9.3).
    """
    schema = col.models.get(note_type)
    assert schema is not None
    added = []
    for fields, tags in notes:
        note = col.new_note(schema)
        note.fields, note.tags = list(fields), list(tags)
        col.add_note(note, col.decks.id_for_name("Default") or 0)  # type: ignore[arg-type]
        added.append(note)
    blank = blank_cards(col)
    return [tuple(sorted({card.ord for card in note.cards() if card.id not in blank})) for note in added]


def blank_cards(col: Collection) -> set[int]:
    """The cards that Anki's own report calls empty."""
    return {card for note in col.get_empty_cards().notes for card in note.card_ids}


def ordinals_by_guid(col: Collection) -> dict[str, tuple[int, ...]]:
    """Of each note, the ordinals of its cards, ascending."""
    found: dict[str, tuple[int, ...]] = {}
    for guid, ordinal in rows(col, "select guid, ord from cards join notes on nid = notes.id order by ord"):
        found[guid] = (*found.get(guid, ()), ordinal)
    return found


def cards_in(collection: Collection, note_type: NoteType, **fields: str) -> dict[int, tuple[str, str]]:
    """The front and back of each card that Anki makes of a note, by the card's number."""
    schema = collection.models.by_name(note_type.name)
    if schema is None:
        schema = collection.models.new(note_type.name)
        schema["type"] = int(note_type.is_cloze)
        schema["css"] = note_type.css
        for field in note_type.fields:
            collection.models.add_field(schema, collection.models.new_field(field.name))
        for card in note_type.templates:
            made = collection.models.new_template(card.name) | {"qfmt": card.front, "afmt": card.back}
            collection.models.add_template(schema, made)
        collection.models.add_dict(schema)
        schema = collection.models.by_name(note_type.name)
        assert schema is not None
    note = collection.new_note(schema)
    for name, value in fields.items():
        note[name] = value
    deck = collection.decks.id("Science::Cells")
    assert deck is not None
    collection.add_note(note, deck)
    shown = {card.ord: card.render_output(reload=True) for card in note.cards()}
    sides = {number: (output.question_text, output.answer_text) for number, output in shown.items()}
    for text in (text for pair in sides.values() for text in pair):
        assert "template has a problem" not in text
        assert "The front of this card is blank" not in text
        assert "{{" not in text
    assert not collection.get_empty_cards().notes
    return sides
