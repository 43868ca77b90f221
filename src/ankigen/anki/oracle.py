"""The real Anki, asked about a package: ``python -m ankigen.anki.oracle PACKAGE FOLDER``.

Runs in a process of its own, started by :mod:`ankigen.anki.verify`: a panic in Anki's native code, or a stack
that overflows there, ends this process and no other. Writes ``result.json`` into the folder, with what it
found or with Anki's reason to refuse the package; no such file means that Anki broke down.
"""

import html
import json
import re
import sys
from pathlib import Path
from typing import Any

from anki.buildinfo import version
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.errors import AnkiException, TemplateError
from anki.notes import NoteId

from ankigen.anki.text import is_blank

_COUNTED = ("new", "updated", "duplicate", "conflicting")
_LINK = re.compile("<br><a .*?</a>")  # "More information", after every message of Anki
_TAG = re.compile("<[^<>]*>")
_ISOLATES = dict.fromkeys(map(ord, "\u2068\u2069"))  # around each value in Anki's messages


def examine(package: Path, folder: Path) -> dict[str, Any]:
    """Import ``package`` twice into a new collection in ``folder``, and look at every card."""
    collection = Collection(str(folder / "collection.anki2"))
    try:
        first = _import(collection, package)
        imported = _rows(collection)
        # Before the second import and the database check, both of which may add blank cards.
        report = {
            "anki_version": version,
            "notes": collection.note_count(),
            "cards": collection.card_count(),
            "decks": _decks(collection),
            **_faults(collection),
            "missing_media": sorted(collection.media.check().missing),
            "first_import": first,
            "second_import": _import(collection, package),
            "second_import_changes": _rows(collection) != imported,
        }
        before = collection.card_count()
        collection.fix_integrity()  # reports success even where it adds cards
        return {**report, "cards_added_by_check": collection.card_count() - before}
    finally:
        collection.close()


def _import(collection: Collection, package: Path) -> dict[str, int]:
    """Import with no option set: notes and note types are updated if newer."""
    request = ImportAnkiPackageRequest(package_path=str(package), options=ImportAnkiPackageOptions())
    log = collection.import_anki_package(request).log
    return {kind: len(getattr(log, kind)) for kind in _COUNTED}


def _rows(collection: Collection) -> list[Any]:
    """All that an import may change in notes and cards."""
    notes = _query(collection, "select id, guid, mid, mod, tags, flds from notes order by id")
    cards = _query(collection, "select id, nid, did, ord, type, queue, due, ivl, reps from cards order by id")
    return [notes, cards]


def _decks(collection: Collection) -> list[tuple[str, int]]:
    counts = _query(collection, "select did, count() from cards group by did")
    return sorted((collection.decks.name(deck_id), count) for deck_id, count in counts)


def _faults(collection: Collection) -> dict[str, list[tuple[str, str, str]]]:
    """Each card that is blank, and each that shows an error, as first field, template and message."""
    reported = {card for note in collection.get_empty_cards().notes for card in note.card_ids}
    empty, errors = [], []
    for card, note, ordinal in _query(collection, "select id, nid, ord from cards order by nid, ord"):
        try:
            # Not `Card.render_output`, which puts an error where the text would be: a field may quote one.
            shown = collection._backend.render_existing_card(card_id=card, browser=False, partial_render=False)
        except TemplateError as error:
            errors.append((*_names(collection, note, ordinal), _plain(str(error))))
            continue
        question = "".join(node.text for node in shown.question_nodes)
        if shown.is_empty or card in reported or is_blank(question):
            message = "".join(node.text for node in shown.answer_nodes) if shown.is_empty else ""
            empty.append((*_names(collection, note, ordinal), _plain(message) or "nothing is shown"))
    return {"empty_cards": empty, "template_errors": errors}


def _query(collection: Collection, sql: str) -> list[Any]:
    return collection.db.all(sql) if collection.db else []


def _names(collection: Collection, note_id: int, ordinal: int) -> tuple[str, str]:
    """How a person finds the card: the note's first field, and the name of the template."""
    note = collection.get_note(NoteId(note_id))
    note_type = note.note_type()
    templates = note_type["tmpls"] if note_type else []
    template = templates[ordinal]["name"] if ordinal < len(templates) else f"cloze {ordinal + 1}"
    return _plain(note.fields[0])[:80], template


def _plain(message: str) -> str:
    text = _TAG.sub(" ", _LINK.sub("", message))
    return " ".join(html.unescape(text).translate(_ISOLATES).split())


def main(package: str, folder: str) -> None:
    """Write what is to say of ``package`` to ``result.json`` in ``folder``."""
    try:
        result = examine(Path(package), Path(folder))
    except AnkiException as error:
        result = {"refused": _plain(str(error))}
    Path(folder, "result.json").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
