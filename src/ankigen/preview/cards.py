"""The cards of one record for the page: rendered as Anki does, with the files that they show and play."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

from ankigen.anki.render import render_card
from ankigen.anki.reviewer import typed_sides
from ankigen.anki.sounds import Sound, Speech
from ankigen.anki.template import TemplateError, card_ordinals
from ankigen.frozen import dataclass
from ankigen.identity import type_of
from ankigen.notes import note_of, note_type_of
from ankigen.preview.mathml import with_mathml
from ankigen.preview.snapshot import Snapshot
from ankigen.records import MediaFile, Note

__all__ = ["Cards", "cards_of"]

_PLAY = re.compile(r"\[anki:play:([qa]):(\d+)\]")
_BUTTON = (
    '<a class="replay-button soundLink" href=# data-play="{}" aria-label="{}" draggable="false">'
    '<svg class="playImage" viewBox="0 0 64 64" aria-hidden="true"><circle cx="32" cy="32" r="29" />'
    '<path d="M25 18 L49 32 L25 46 Z" /></svg></a>'
)


@dataclass(frozen=True, slots=True)
class Cards:
    """A record's cards as plain data, and the files they name."""

    data: dict[str, Any]
    media: tuple[MediaFile, ...] = ()


def cards_of(snapshot: Snapshot, at: int) -> Cards:
    """The cards of record number ``at``: none, and the reason, where Anki could make none of it."""
    record = snapshot.records[at]
    note_type = note_type_of(record, snapshot.note_types)
    if note_type is None:
        return Cards({"cards": [], "reason": f"there is no note type {record.note_type}"})
    file = snapshot.files[record.path]

    def find(reference: str) -> MediaFile | None:
        return snapshot.media.find(reference, file).file if snapshot.media else None

    kept = snapshot.kept[at]
    note = note_of(
        replace(record, path=file.name),
        "",
        note_type,
        find,
        kept if len(kept) == len(note_type.fields) else (),
    )
    ordinals = card_ordinals(note_type, note.fields, note.tags)
    try:
        cards = [_card(note, ordinal) for ordinal in ordinals]
    except TemplateError as error:
        return Cards({"cards": [], "reason": str(error)})
    reason = "" if cards else "Anki would make no card of this record"
    return Cards({"cards": cards, "style": type_of(record), "reason": reason}, note.media)


def _card(note: Note, ordinal: int) -> dict[str, Any]:
    rendered = render_card(note.note_type, note.fields, ordinal, deck=note.deck, tags=note.tags)
    front, back = typed_sides(rendered.front, rendered.back, note.note_type, note.fields, ordinal)
    sounds = {"q": rendered.front_sounds, "a": rendered.back_sounds}
    button = _buttons(sounds)
    name = f"Cloze {ordinal + 1}" if note.note_type.is_cloze else note.note_type.templates[ordinal].name
    return {
        "name": name,
        "ordinal": ordinal,
        "front": _PLAY.sub(button, with_mathml(front)),
        "back": _PLAY.sub(button, with_mathml(back)),
    }


def _buttons(sounds: dict[str, tuple[Sound | Speech, ...]]) -> Callable[[re.Match[str]], str]:
    def button(found: re.Match[str]) -> str:
        side, number = sounds[found[1]], int(found[2])
        if number >= len(side):  # written so by hand
            return found[0]
        sound = side[number]
        if isinstance(sound, Sound):
            return _BUTTON.format(escape(sound.file), f"play {escape(sound.file)}")
        return _BUTTON.format("", f"read aloud in {escape(sound.language)}: {escape(sound.text)}")

    return button
