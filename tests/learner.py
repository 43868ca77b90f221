"""Author and learner for tests: a project that is edited and built, and the real Anki that gets every build."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.decks import DeckId
from anki.scheduler.v3 import CardAnswer

from anki_oracle import blank_cards, collection, rows
from ankigen.build import Reading, build_project, check_project, plan_project, read_project
from ankigen.lock import Lock, read_lock
from ankigen.plan import Change, Plan, Planned
from ankigen.project import Project, find_project

START = 1_700_000_000
DAY = 86_400

_CARDS = """
    select guid, ord, cards.id, nid, did, type, queue, due, ivl, factor, reps, lapses, left, odue, odid, cards.data
    from cards join notes on nid = notes.id
"""
_SAID = ("new", "updated", "duplicate", "conflicting")
_UNSAID = ("first_field_match", "missing_notetype", "missing_deck", "empty_first_field")

Slot = tuple[str, int]  # a card by the guid of its note and its ordinal


def read(folder: Path, *, new_on_doubt: bool = True) -> tuple[Project, Reading]:
    """The project in ``folder``, checked."""
    project = find_project([folder])
    return project, check_project(project, read_project(project), new_on_doubt=new_on_doubt)


def build(folder: Path, now: int) -> list[Path]:
    """Build the project in ``folder``; its packages."""
    project, reading = read(folder)
    return [built.path for built in build_project(project, reading, now=now)]


def lock_of(folder: Path) -> Lock:
    """The lock file of the project in ``folder``."""
    return read_lock(folder / "ankigen.lock")


@dataclass
class Learner:
    """A collection in Anki that has the last build of a project. Every import is compared with its plan."""

    folder: Path
    col: Collection
    now: int = START
    changed: dict[str, str] = field(default_factory=dict)  # guid to what the learner wrote into the note

    def update(self) -> Plan:
        """Plan, build and import, a day after the last time, and look at everything that has to hold."""
        self.now += DAY
        project, reading = read(self.folder)
        plan = plan_project(project, reading, now=self.now)
        packages = [built.path for built in build_project(project, reading, now=self.now)]
        before = self._state()
        said = self._import(packages)
        assert said == plan.import_log
        self._compare(plan, before, self._state())
        return plan

    def answer_all(self) -> int:
        """Answer the cards that Anki's scheduler shows in each deck, each time in another way; how many they were."""
        answered = 0
        scheduler: Any = self.col.sched
        for deck in self.col.decks.all_names_and_ids():
            self.col.decks.select(DeckId(deck.id))
            while answered < 100 and (queued := scheduler.get_queued_cards().cards):
                card = self.col.get_card(queued[0].card.id)
                card.start_timer()
                rating = (CardAnswer.EASY, CardAnswer.GOOD)[answered % 2]
                answer = scheduler.build_answer(card=card, states=queued[0].states, rating=rating)
                scheduler.answer_card(answer)
                answered += 1
        return answered

    def edit(self, guid: str) -> None:
        """Change a note in Anki as its owner, soon after the last import."""
        note = self.col.get_note(self.note_id(guid))  # type: ignore[arg-type]
        note.fields[1] += f"<br>my own words {len(self.changed)}"
        self.col.update_note(note)
        # The time of day of the story, which runs in the past.
        self.col.db.execute("update notes set mod = ? where guid = ?", self.now + 60, guid)  # type: ignore[union-attr]
        self.changed[guid] = note.fields[1]

    def note_id(self, guid: str) -> int:
        """Anki's id of the note."""
        return next(int(one) for one, known in rows(self.col, "select id, guid from notes") if known == guid)

    def found(self, search: str) -> set[str]:
        """The guids of the notes that a search in Anki selects."""
        ids = set(self.col.find_notes(search))
        return {guid for one, guid in rows(self.col, "select id, guid from notes") if one in ids}

    def blank(self) -> set[Slot]:
        """The cards that show nothing."""
        empty = blank_cards(self.col)
        cards = rows(self.col, "select cards.id, guid, ord from cards join notes on nid = notes.id")
        return {(guid, ordinal) for card, guid, ordinal in cards if card in empty}

    def _import(self, packages: list[Path]) -> dict[str, int]:
        said = dict.fromkeys(("found_notes", *_SAID), 0)
        for path in packages:
            request = ImportAnkiPackageRequest(package_path=str(path), options=ImportAnkiPackageOptions())
            log = self.col.import_anki_package(request).log
            said["found_notes"] += log.found_notes
            for kind in _SAID:
                said[kind] += len(getattr(log, kind))
            assert not any(len(getattr(log, kind)) for kind in _UNSAID)
        self.col.models._clear_cache()  # an import does not empty the Python side's cache
        return said

    def _state(self) -> dict[str, Any]:
        notes = rows(self.col, "select guid, id, mid, mod, tags, flds from notes")
        return {
            "cards": {(row[0], row[1]): row for row in rows(self.col, _CARDS)},
            "notes": {row[0]: row for row in notes},
            "reviews": rows(self.col, "select * from revlog order by id"),
            "note count": len(notes),
        }

    def _compare(self, plan: Plan, before: dict[str, Any], after: dict[str, Any]) -> None:
        planned = {note.guid: note for note in plan.notes}
        assert after["reviews"] == before["reviews"]
        kept = {slot: after["cards"].get(slot) for slot in before["cards"]}
        assert kept == before["cards"]
        added = after["cards"].keys() - before["cards"].keys()
        old = {slot for slot in before["cards"] if slot[0] in planned}
        told = {(note.guid, ordinal) for note in plan.notes for ordinal in note.cards_added} - old
        assert {slot for slot in added if planned[slot[0]].change is not Change.NEW} == told
        for guid, row in before["notes"].items():
            change = planned[guid].change if guid in planned else None
            if change is Change.UPDATED:
                assert after["notes"][guid][3] == self.now
                self.changed.pop(guid, None)  # author and learner have changed it: the author's words count
            else:
                assert after["notes"][guid] == row
        assert after["notes"].keys() - before["notes"].keys() == self._guids(plan, Change.NEW)
        assert len(after["notes"]) == after["note count"]
        for guid, text in self.changed.items():
            assert text in after["notes"][guid][5]
        self._look_at_cards(planned)

    def _look_at_cards(self, planned: dict[str, Planned]) -> None:
        """Cards are blank where a note has lost them, and Anki's check adds none."""
        entries = {entry.guid: entry for entry in lock_of(self.folder).entries}
        assert len(entries) == len(lock_of(self.folder).entries)
        lost = {slot for slot in self._state()["cards"] if slot[1] not in entries[slot[0]].cards}
        assert self.blank() == lost
        cards = self.col.card_count()
        self.col.fix_integrity()
        assert self.col.card_count() == cards
        assert not self.col.media.check().missing

    @staticmethod
    def _guids(plan: Plan, change: Change) -> set[str]:
        return {note.guid for note in plan.notes if note.change is change}


@contextmanager
def learner(folder: Path, place: Path) -> Iterator[Learner]:
    """A learner of the project in ``folder``, with a new collection in ``place``."""
    with collection(place) as col:
        yield Learner(folder, col)
