"""Whatever an author does, in whatever order: two hundred generated stories of edits, each followed in the real Anki.

After every step `Learner.update` compares Anki's log with the plan, and looks at all cards, reviews and own words.
"""

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from ankigen.plan import Change
from commands import write
from learner import Learner, learner, lock_of

STORIES = 200
PARTS = 4  # so that the machine's cores share them
WORDS = """anchor basalt canyon delta ember fjord glacier harbour island jungle kelp lagoon magma nectar oasis pebble
quarry ridge savanna tundra upland valley willow yarrow zephyr amber beacon cedar dune estuary ferry grove hollow inlet
juniper kiln lichen meadow nettle orchard prairie quartz reef summit thicket""".split()


class Author:
    """Some notes in two files; every act is an edit of one of them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.files: dict[str, list[list[str]]] = {"a.md": [], "b.md": []}
        self.gone: list[list[str]] = []
        self.deck = ""
        self.number = 0
        for _ in range(6):
            self.add()

    def words(self, number: int) -> str:
        return " ".join(self.chance.choices(WORDS, k=number))

    def file(self) -> list[list[str]]:
        return self.files[self.chance.choice(sorted(self.files))]

    def note(self) -> list[str]:
        notes = [note for name in sorted(self.files) for note in self.files[name]]
        return self.chance.choice(notes) if notes else self.add()

    def texts(self) -> set[tuple[str, ...]]:
        """What the notes say, wherever they stand."""
        return {tuple(note) for notes in self.files.values() for note in notes}

    def add(self) -> list[str]:
        notes = self.file()
        self.number += 1  # no two notes say the same
        note = [f"{self.words(2)} {self.number}", f"{self.words(9)} {self.number}", ""]
        notes.insert(self.chance.randrange(len(notes) + 1), note)
        return note

    def remove(self) -> None:
        notes = self.file()
        if len(notes) > 1:
            self.gone.append(notes.pop(self.chance.randrange(len(notes))))

    def take_back(self) -> None:
        if self.gone:
            self.file().append(self.gone.pop())

    def edit_term(self) -> None:
        self.note()[0] += f" {self.words(1)}"

    def edit_definition(self) -> None:
        note = self.note()
        note[1] = f"{note[1]} {self.words(2)}"

    def rewrite(self) -> None:
        self.edit_term()
        self.edit_definition()

    def tag(self) -> None:
        self.note()[2] = f" {{.{self.words(1)}}}"

    def two_ways(self) -> None:
        self.note()[2] = " {kind=reversed}"

    def one_way(self) -> None:
        self.note()[2] = ""

    def shuffle(self) -> None:
        self.chance.shuffle(self.file())

    def move(self) -> None:
        notes = self.file()
        if len(notes) > 1:
            self.file().append(notes.pop(self.chance.randrange(len(notes))))

    def rename(self) -> None:
        name = self.chance.choice(sorted(self.files))
        self.files[f"{self.words(1)}-{len(self.files)}.md"] = self.files.pop(name)

    def new_deck(self) -> None:
        self.deck = self.words(1)

    def write(self, folder: Path) -> None:
        for path in (folder / "content").glob("*.md"):
            path.unlink()
        write(folder, {"ankigen.toml": f'name = "story"\ndeck = "{self.deck}"\n'})
        for name, notes in self.files.items():
            text = "\n".join(f"## {term}{more}\n\n{definition}\n" for term, definition, more in notes)
            write(folder, {f"content/{name}": text or "Nothing yet.\n"})


ACTS: list[Callable[[Author], object]] = [
    Author.add, Author.remove, Author.take_back, Author.edit_term, Author.edit_definition, Author.rewrite, Author.tag,
    Author.two_ways, Author.one_way, Author.shuffle, Author.move, Author.rename, Author.new_deck,
]  # fmt: skip


@pytest.mark.parametrize("part", range(PARTS))
def test_no_story_loses_a_review(part: int) -> None:
    @seed(part)
    @settings(max_examples=STORIES // PARTS, deadline=None, database=None)
    @given(
        st.lists(st.lists(st.sampled_from(ACTS), min_size=1, max_size=4), min_size=2, max_size=4),
        st.randoms(use_true_random=False),
    )
    def story(steps: list[list[Callable[[Author], object]]], chance: random.Random) -> None:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "project")
            author = Author(chance)
            author.write(folder)
            with learner(folder, Path(place)) as one:
                one.update()
                one.answer_all()
                owners = {entry.guid: _number(entry.term) for entry in lock_of(folder).entries}
                for step in steps:
                    before = author.texts()
                    one.edit(_some_guid(one, chance))
                    for act in step:
                        act(author)
                    author.write(folder)
                    updated = {note.term for note in one.update().notes if note.change is Change.UPDATED}
                    changed = {text[0] for text in author.texts() - before}
                    assert updated <= changed
                    # Each note has a number in its term: a guid that passes to another number is a merged history.
                    for entry in lock_of(folder).entries:
                        assert owners.setdefault(entry.guid, _number(entry.term)) == _number(entry.term)

    story()


def _some_guid(one: Learner, chance: random.Random) -> str:
    return chance.choice(sorted(entry.guid for entry in lock_of(one.folder).entries if entry.content))


def _number(term: str) -> str:
    return next(word for word in term.split() if word.isdecimal())
