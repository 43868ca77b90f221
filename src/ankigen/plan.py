"""What Anki's import will do with the next build, told beforehand from the lock file or from an older package.

It is told for a learner who has the last build. What an import cannot do (remove notes, move cards to another deck) is
told with a search that selects just these notes in Anki.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from html import unescape
from typing import Any

from ankigen.anki.cloze import MAX_CARDS
from ankigen.anki.reading import PackageContents
from ankigen.frozen import dataclass
from ankigen.gaps import gaps_in, moved
from ankigen.identity import folded
from ankigen.lock import Entry, Gap, TypeEntry
from ankigen.records import Note

__all__ = ["Change", "Plan", "Planned", "changed_types", "compare", "entries_of", "search"]

_TAG = re.compile(r"<[^<>]*>")


class Change(StrEnum):
    """What an import does with a note, in Anki's own terms."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CONFLICTING = "conflicting"  # the note type is another: Anki skips the note
    REMOVED = "removed"  # from the notes; in Anki it stays


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one note. ``deck_before`` is where its cards stay although the notes have another deck now.

    ``path_before`` is the file that it has come from.
    ``cards_added`` and ``cards_left`` are ordinals: the latter lose their text, and stay in Anki, blank. The history of
    those in ``cards_moved`` goes to another cloze, or is left behind by its own.
    """

    change: Change
    guid: str
    note_id: int
    term: str
    path: str
    deck: str
    deck_before: str = ""
    cards_added: tuple[int, ...] = ()
    cards_left: tuple[int, ...] = ()
    cards_moved: tuple[int, ...] = ()
    path_before: str = ""

    @property
    def is_moved(self) -> bool:
        """Whether it is in another file or deck than before."""
        return bool(self.deck_before or self.path_before)


@dataclass(frozen=True, slots=True)
class Plan:
    """All notes of a build, and those that it has lost. ``note_types`` are the folders of those that have changed."""

    notes: tuple[Planned, ...]
    note_types: tuple[str, ...] = ()

    def count(self, change: Change) -> int:
        """How many notes change in this way."""
        return sum(note.change is change for note in self.notes)

    @property
    def import_log(self) -> dict[str, int]:
        """What Anki will say of the import of all packages."""
        sent = len(self.notes) - self.count(Change.REMOVED)
        return {
            "found_notes": sent,
            "new": self.count(Change.NEW),
            "updated": self.count(Change.UPDATED),
            "duplicate": self.count(Change.UNCHANGED),
            "conflicting": self.count(Change.CONFLICTING),
        }

    @property
    def removed(self) -> tuple[Planned, ...]:
        """The notes that are in Anki, but no longer in the project."""
        return tuple(note for note in self.notes if note.change is Change.REMOVED)

    @property
    def moves(self) -> dict[str, tuple[Planned, ...]]:
        """By their new deck, the notes whose cards stay in another one."""
        decks: dict[str, list[Planned]] = {}
        for note in self.notes:
            if note.deck_before:
                decks.setdefault(note.deck, []).append(note)
        return {deck: tuple(notes) for deck, notes in sorted(decks.items())}


def compare(notes: Iterable[Note], before: Mapping[str, Entry], after: Mapping[str, Entry]) -> Plan:
    """The plan for ``notes``, given the entries of the last build and of this one by guid."""
    planned = []
    sent = set()
    for note in notes:
        entry, old = after[note.guid], before.get(note.guid)
        sent.add(note.guid)
        was_built = old is not None and bool(old.content)
        if old is None or not was_built:
            planned.append(_planned(Change.NEW, entry, entry.note_id))
            continue
        change = Change.UPDATED if entry.modified > old.modified else Change.UNCHANGED
        planned.append(
            _planned(
                change if entry.type == old.type else Change.CONFLICTING,
                entry,
                old.note_id,
                deck_before=old.deck if folded(old.deck) != folded(entry.deck) else "",
                cards_added=tuple(sorted(set(entry.cards) - set(old.cards))),
                cards_left=tuple(sorted(set(old.cards) - set(entry.cards))),
                cards_moved=tuple(sorted(one.number - 1 for one in moved(old.gaps, old.cards, _live(entry)))),
                path_before=old.path if old.path != entry.path else "",
            )
        )
    for guid, old in before.items():
        entry = after.get(guid, old)
        if guid not in sent and old.content and not old.retired and (entry.retired or guid not in after):
            planned.append(_planned(Change.REMOVED, old, old.note_id))
    return Plan(tuple(planned))


def changed_types(before: Mapping[str, TypeEntry], after: Mapping[str, TypeEntry]) -> tuple[str, ...]:
    """The folders of the note types that Anki will update: no note of theirs is updated for that alone."""
    return tuple(sorted(name for name in before if name in after and after[name].modified > before[name].modified))


def entries_of(contents: PackageContents, types: Mapping[str, TypeEntry]) -> dict[str, Entry]:
    """What a learner has who imported a package, as entries by guid; ``types`` are those of the build."""
    folders = {entry.id: folder for folder, entry in types.items()}
    return {
        note.guid: Entry(
            note.guid,
            note.id,
            folders.get(note.type_id, ""),
            "",
            Fraction(0),
            None,
            note.deck,
            unescape(_TAG.sub(" ", note.fields[0])).strip(),
            "",
            cards=note.cards,
            content="imported",
            modified=note.modified,
            gaps=gaps_in(note.fields[0]),
        )
        for note in contents.notes
    }


def search(notes: Iterable[Planned]) -> str:
    """The search that selects these notes in Anki's browser."""
    return f"nid:{','.join(str(note.note_id) for note in notes)}"


def _planned(change: Change, entry: Entry, note_id: int, **more: Any) -> Planned:
    return Planned(change, entry.guid, note_id, entry.term, entry.path, entry.deck, **more)


def _live(entry: Entry) -> list[Gap]:
    """The clozes that the note has now."""
    return [gap for gap in entry.gaps if min(gap.number, MAX_CARDS) - 1 in entry.cards]
