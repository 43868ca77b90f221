"""Note types made elsewhere: which of their fields are the term and the definition, and how they become templates.

Anki skips a note that comes back under other fields or cards. So a foreign type is written down as it is: a record
fills two of its fields, and in all others stays what stood there.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ankigen.anki.reading import StoredType
from ankigen.files import replacing
from ankigen.notes import KEPT

__all__ = ["roles", "write_type"]

_TERMS = ("term", "front", "question", "text", "word")
_DEFINITIONS = ("definition", "back", "answer", "extra", "back extra", "meaning")
_GAPS = re.compile(r"\{\{(?:[^{}]*:)?cloze:\s*([^{}:]+?)\s*\}\}")
_JINJA = re.compile(r"\[[%=#]")


def roles(note_type: StoredType) -> tuple[int, int]:
    """Which fields hold the term and the definition: by their names, or else the first two. -1 is none.

    Of a cloze type, the term is the field that has its gaps.
    """
    names = [name.casefold() for name, _ in note_type.fields]
    gaps = _GAPS.search(note_type.templates[0][2]) if note_type.is_cloze and note_type.templates else None
    terms = [gaps[1].casefold()] if gaps else _TERMS
    term = next((names.index(name) for name in terms if name in names), 0)
    others = [at for at in range(len(names)) if at != term]
    named = (names.index(name) for name in _DEFINITIONS if name in names and names.index(name) != term)
    return term, next(named, others[0] if others else -1)


def write_type(folder: Path, note_type: StoredType) -> None:
    """Write a note type into a new folder of templates. Raises `OSError`."""
    term, definition = roles(note_type)
    holds = {
        term: "Text" if note_type.is_cloze else "Term",
        definition: "Extra" if note_type.is_cloze else "Definition",
    }
    # Anki draws no ids for the fields of an older type. Then it goes by the names, of all of them.
    has_ids = all(part[1] for part in (*note_type.fields, *note_type.templates))
    fields: list[dict[str, object]] = []
    for at, (name, number) in enumerate(note_type.fields):
        fields.append({"name": name, **({"id": number} if has_ids else {}), "holds": holds.get(at, KEPT)})
    cards: list[dict[str, object]] = []
    files = {"style.css": note_type.css}
    for at, (name, number, front, back) in enumerate(note_type.templates, start=1):
        sides = {"front": f"front-{at}.html", "back": f"back-{at}.html"}
        files |= {sides["front"]: front, sides["back"]: back}
        cards.append({"name": name, **({"id": number} if has_ids else {}), **sides})
    rows = [
        "# An adopted note type: Anki knows it by its ids and names, so they stay as they are, and in this order.",
        f'# "holds" says what a record writes into a field; {KEPT} is nothing: there stays what stood there.',
        f"name = {_text(note_type.name)}",
        f"id = {note_type.id}",
        f"cloze = {_text(note_type.is_cloze)}",
        'style = "style.css"',
        *(line for field in fields for line in _table("fields", field)),
        *(line for card in cards for line in _table("cards", card)),
    ]
    folder.mkdir(parents=True)
    for file, text in files.items():
        _write(folder / file, _JINJA.sub(r"[= '\g<0>' =]", text))  # so that Jinja leaves Anki's text alone
    _write(folder / "notetype.toml", "\n".join(rows) + "\n")


def _table(name: str, row: Mapping[str, object]) -> Iterator[str]:
    yield f"\n[[{name}]]"
    yield from (f"{key} = {_text(value)}" for key, value in row.items())


def _text(value: object) -> str:
    """A value in TOML, which writes it as JSON does, but for DEL."""
    return json.dumps(value).replace("\x7f", "\\u007f")


def _write(path: Path, text: str) -> None:
    with replacing(path) as stream:
        stream.write(text.encode())
