"""What the real Anki makes of a package: imported twice, every card shown on both sides.

Anki is an optional extra and runs in a process of its own, in a temporary folder: its noise, its crashes and
its files stay there. The package is not changed. An archive of absurd size is refused before it is unpacked.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ankigen.frozen import dataclass

__all__ = [
    "AnkiMissing",
    "CardFault",
    "ImportCounts",
    "UnreadablePackage",
    "Verification",
    "check_archive",
    "verify_package",
]

_MAX_MEMBERS = 200_000
_MAX_BYTES = 8 * 1024**3
_COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")


class AnkiMissing(RuntimeError):
    """The real Anki is not installed."""

    def __init__(self) -> None:
        super().__init__('the real Anki is needed for this: pip install "ankigen[verify]"')


class UnreadablePackage(ValueError):
    """Anki cannot import the file at all; the message says why."""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What an import did with the notes of a package."""

    new: int
    updated: int
    duplicate: int
    conflicting: int


@dataclass(frozen=True, slots=True)
class CardFault:
    """A card that Anki does not show as meant: its note's first field, its template, and what Anki says."""

    note: str
    template: str
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What Anki made of a package. ``decks`` pairs the name of each deck that has cards with their number."""

    anki_version: str
    notes: int
    cards: int
    decks: tuple[tuple[str, int], ...]
    empty_cards: tuple[CardFault, ...]
    template_errors: tuple[CardFault, ...]
    missing_media: tuple[str, ...]
    first_import: ImportCounts
    second_import: ImportCounts
    second_import_changes: bool
    cards_added_by_check: int

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, a line each; empty when nothing is."""
        faults = [
            (f"{fault.note!r}, {fault.template!r}: {fault.message}")
            for fault in (*self.template_errors, *self.empty_cards)
        ]
        missing = [f"missing media: {name}" for name in self.missing_media]
        found = {
            "the package has no notes": not self.notes,
            f"Anki skipped {self._skipped} notes at the first import": self._skipped,
            "a second import of the same package changes notes or cards": self.second_import_changes,
            f"Anki's database check adds {self.cards_added_by_check} cards": self.cards_added_by_check,
        }
        return (*faults, *missing, *(problem for problem, holds in found.items() if holds))

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def _skipped(self) -> int:
        return self.first_import.duplicate + self.first_import.conflicting


def verify_package(path: Path) -> Verification:
    """Import ``path`` into a temporary collection of the real Anki, twice, and say what it made of it.

    :class:`AnkiMissing` without the ``verify`` extra; :class:`UnreadablePackage` for what is no package.
    """
    if find_spec("anki") is None:
        raise AnkiMissing
    check_archive(path)
    with tempfile.TemporaryDirectory(prefix="ankigen-verify-") as folder:
        found = _ask_anki(path, Path(folder))
    if "refused" in found:
        raise UnreadablePackage(f"Anki cannot import {path}: {found['refused']}")
    return Verification(
        **found
        | {
            "decks": tuple((name, count) for name, count in found["decks"]),
            "empty_cards": tuple(CardFault(*fault) for fault in found["empty_cards"]),
            "template_errors": tuple(CardFault(*fault) for fault in found["template_errors"]),
            "missing_media": tuple(found["missing_media"]),
            "first_import": ImportCounts(**found["first_import"]),
            "second_import": ImportCounts(**found["second_import"]),
        }
    )


def _ask_anki(path: Path, folder: Path) -> dict[str, Any]:
    """What :mod:`ankigen.anki.oracle` writes about the package."""
    modules = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-P", "-m", "ankigen.anki.oracle", os.path.abspath(path), str(folder)],
        env=os.environ | {"PYTHONPATH": modules, "PYTHONIOENCODING": "utf-8:replace"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    result = folder / "result.json"
    if not result.exists():
        said = done.stderr.decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(said) if line.strip()), f"exit code {done.returncode}")
        raise UnreadablePackage(f"Anki broke down over {path}: {last}")
    answer: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return answer


def check_archive(path: Path) -> None:
    """Refuse what is no archive of a sensible size, before Anki unpacks it."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if len(members) > _MAX_MEMBERS or size > _MAX_BYTES:
                raise UnreadablePackage(f"{path} is too large: {len(members)} files of {size:,} bytes")
            if not {member.filename for member in members}.intersection(_COLLECTIONS):
                raise UnreadablePackage(f"{path} is no Anki package: it holds no collection")
            # Reads everything, so that a size that was stated too small is found out as well.
            damaged = archive.testzip()
    except OSError as error:
        raise UnreadablePackage(f"cannot read {path}: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadablePackage(f"{path} is no Anki package: {error}") from None
    if damaged is not None:
        raise UnreadablePackage(f"{path} is damaged: {damaged} does not match its checksum")
