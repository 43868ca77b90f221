"""Packages made elsewhere, or by an earlier build: the notes and note types that they hold.

The two older formats are read here. A package in the newest one is first turned into an older one by the real Anki,
which the extra `verify` installs.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ankigen.anki.verify import AnkiMissing, UnreadablePackage, check_archive
from ankigen.frozen import dataclass

__all__ = ["PackageContents", "StoredNote", "StoredType", "read_package"]

_NEWEST = "collection.anki21b"
_CARDS = "SELECT nid, ord, CASE odid WHEN 0 THEN did ELSE odid END FROM cards ORDER BY nid, ord"  # home decks
_OLDER = ("collection.anki21", "collection.anki2")  # where both are, the second is a dummy


@dataclass(frozen=True, slots=True)
class StoredNote:
    """A note as a package holds it. ``cards`` are ordinals, ``deck`` is that of its first card."""

    guid: str
    id: int
    modified: int
    type_id: int
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    deck: str
    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StoredType:
    """A note type as a package holds it: fields by name and id, card templates by name, id, front and back.

    Packages of older programs give fields and templates no id.
    """

    id: int
    name: str
    is_cloze: bool
    css: str
    fields: tuple[tuple[str, int | None], ...]
    templates: tuple[tuple[str, int | None, str, str], ...]
    modified: int


@dataclass(frozen=True, slots=True)
class PackageContents:
    """All notes of a package, and its note types by id."""

    notes: tuple[StoredNote, ...]
    types: Mapping[int, StoredType]


def read_package(path: Path) -> PackageContents:
    """What the package ``path`` holds.

    Raises `UnreadablePackage` for what is none, and `AnkiMissing` where the real Anki would be needed to read it.
    """
    check_archive(path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if _NEWEST not in names:
            data = archive.read(next(name for name in _OLDER if name in names))
            return _contents(path, data)
    if find_spec("anki") is None:
        raise AnkiMissing
    with tempfile.TemporaryDirectory(prefix="ankigen-read-") as folder:
        older = Path(folder) / "older.apkg"
        command = [sys.executable, "-P", "-m", "ankigen.anki.older", os.path.abspath(path), folder]
        modules = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
        subprocess.run(  # noqa: S603 - our own interpreter, our own module
            command,
            env=os.environ | {"PYTHONPATH": modules},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if not older.exists():
            raise UnreadablePackage(f"Anki cannot read {path}")
        return read_package(older)


def _contents(path: Path, data: bytes) -> PackageContents:
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data)
        models, decks = (json.loads(text) for text in connection.execute("SELECT models, decks FROM col").fetchone())
        names = {int(number): str(deck["name"]) for number, deck in decks.items()}
        cards: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for note_id, ordinal, deck_id in connection.execute(_CARDS):
            cards[note_id].append((ordinal, deck_id))
        notes = tuple(
            StoredNote(
                str(guid),
                note_id,
                modified,
                type_id,
                tuple(fields.split("\x1f")),
                tuple(tags.split()),
                names.get(cards[note_id][0][1], "") if cards[note_id] else "",
                tuple(ordinal for ordinal, _ in cards[note_id]),
            )
            for note_id, guid, modified, type_id, fields, tags in connection.execute(
                "SELECT id, guid, mod, mid, flds, tags FROM notes ORDER BY id"
            )
        )
        return PackageContents(notes, {int(number): _type(model) for number, model in models.items()})
    except (
        sqlite3.Error,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        MemoryError,
    ) as error:
        raise UnreadablePackage(f"{path} holds no collection that can be read: {error}") from None
    finally:
        connection.close()


def _type(model: Mapping[str, Any]) -> StoredType:
    return StoredType(
        int(model["id"]),
        str(model["name"]),
        model["type"] == 1,
        str(model["css"]),
        tuple((str(field["name"]), field.get("id")) for field in model["flds"]),
        tuple((str(t["name"]), t.get("id"), str(t["qfmt"]), str(t["afmt"])) for t in model["tmpls"]),
        int(model["mod"]),
    )
