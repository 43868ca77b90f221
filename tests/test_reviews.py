"""No review is lost: an author edits and builds, a learner answers cards and imports, in the real Anki."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anki_oracle import import_package
from ankigen.plan import Change, Plan
from commands import write
from learner import DAY, Learner, build, learner, lock_of

SVG = "<svg xmlns='http://www.w3.org/2000/svg'><text>{}</text></svg>"
NOTES: dict[str, str | bytes] = {
    "ankigen.toml": 'name = "cells"\n',
    "content/cells.md": (
        "**Ribosome**: joins amino acids into a protein\n\n"
        "**Nucleus**: holds the chromosomes behind a double membrane\n\n"
        "**Golgi apparatus**: sorts and packs proteins for export\n\n"
        "**Lysosome**: digests worn-out parts with acid enzymes\n\n"
        "**Mitochondrion**: makes ATP ![](mito.svg)\n"
    ),
    "content/plants.md": (
        "**Chloroplast**: turns light into sugar\n\n"
        "**Vacuole**: stores water and keeps the cell stiff {kind=reversed}\n\n"
        "A plant's wall is made of {{c1::cellulose}}, a fungus's of {{c2::chitin}}.\n"
    ),
    "content/mito.svg": SVG.format("one"),
}


@pytest.fixture
def anki(tmp_path: Path) -> Iterator[Learner]:
    """A learner who has imported the notes, and answered every card."""
    folder = write(tmp_path / "project", NOTES)
    with learner(folder, tmp_path) as one:
        assert one.update().import_log == said(new=8)
        assert one.answer_all() >= 10
        yield one


def said(new: int = 0, updated: int = 0, duplicate: int = 0) -> dict[str, int]:
    found = new + updated + duplicate
    return {"found_notes": found, "new": new, "updated": updated, "duplicate": duplicate, "conflicting": 0}


def edit(anki: Learner, name: str, *changes: tuple[str, str]) -> Path:
    """Replace texts in a file, each of which must be there."""
    path = anki.folder / "content" / name
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return path


def guid(anki: Learner, term: str) -> str:
    return next(entry.guid for entry in lock_of(anki.folder).entries if entry.term.startswith(term))


def terms(plan: Plan, change: Change) -> set[str]:
    return {" ".join(note.term.split()[:2]) for note in plan.notes if note.change is change}


def move(anki: Learner, name: str, other: str) -> Path:
    return (anki.folder / "content" / name).rename(anki.folder / "content" / other)


# What an author does, and what Anki says of the eight notes. ``Learner.update`` compares log and plan, and looks at all
# cards, reviews, and words of the learner's own.
EDITS: dict[str, tuple[Callable[[Learner], object], dict[str, int]]] = {
    "nothing": (lambda a: None, said(duplicate=8)),
    "term": (lambda a: edit(a, "cells.md", ("Golgi apparatus", "Golgi body")), said(updated=1, duplicate=7)),
    "definition": (lambda a: edit(a, "cells.md", ("holds", "keeps")), said(updated=1, duplicate=7)),
    "both": (
        lambda a: edit(a, "cells.md", ("**Lysosome**: digests", "**The lysosome**: breaks down")),
        said(updated=1, duplicate=7),
    ),
    "tags": (lambda a: edit(a, "plants.md", ("sugar", "sugar {.light}")), said(updated=1, duplicate=7)),
    "deck": (lambda a: write(a.folder, {"ankigen.toml": 'name = "cells"\ndeck = "Life"\n'}), said(duplicate=8)),
    "picture": (
        lambda a: write(a.folder, {"content/mito.svg": SVG.format("two")}),
        said(updated=1, duplicate=7),
    ),
    "added": (
        lambda a: edit(a, "cells.md", ("**Nucleus**", "**Centriole**: organises the spindle\n\n**Nucleus**")),
        said(new=1, duplicate=8),
    ),
    "removed": (lambda a: edit(a, "plants.md", ("**Chloroplast**: turns light into sugar\n", "")), said(duplicate=7)),
    "reordered": (
        lambda a: write(
            a.folder,
            {"content/cells.md": "\n\n".join(reversed(str(NOTES["content/cells.md"]).strip().split("\n\n")))},
        ),
        said(duplicate=8),
    ),
    "moved to another file": (
        lambda a: (
            edit(a, "cells.md", ("**Nucleus**: holds the chromosomes behind a double membrane\n\n", "")),
            edit(a, "plants.md", ("**Vac", "**Nucleus**: holds the chromosomes behind a double membrane\n\n**Vac")),
        ),
        said(duplicate=8),
    ),
    "file renamed": (lambda a: move(a, "plants.md", "botany.md"), said(duplicate=8)),
    "file renamed and edited": (
        lambda a: (move(a, "cells.md", "organelles.md"), edit(a, "organelles.md", ("sorts", "marks"))),
        said(updated=1, duplicate=7),
    ),
    "second side added": (
        lambda a: edit(a, "plants.md", ("sugar", "sugar {kind=reversed}")),
        said(updated=1, duplicate=7),
    ),
    "second side dropped": (lambda a: edit(a, "plants.md", (" {kind=reversed}", "")), said(updated=1, duplicate=7)),
    "cloze added": (lambda a: edit(a, "plants.md", ("plant's", "{{c3::plant}}'s")), said(updated=1, duplicate=7)),
    "cloze dropped": (lambda a: edit(a, "plants.md", ("{{c2::chitin}}", "chitin")), said(updated=1, duplicate=7)),
    "at fault": (lambda a: edit(a, "cells.md", ("enzymes", "enzymes {kind=nothing}")), said(duplicate=7)),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_anki_says_is_what_was_planned(anki: Learner, name: str) -> None:
    act, expected = EDITS[name]
    anki.edit(guid(anki, "Ribosome"))
    act(anki)
    assert anki.update().import_log == expected
    assert anki.update().import_log == said(duplicate=expected["found_notes"])
    assert anki.changed, "the learner's words in a note that its author did not change"


def test_an_update_says_which_cards_come_and_go(anki: Learner) -> None:
    edit(anki, "plants.md", ("{{c2::chitin}}", "chitin"), ("plant's", "{{c3::plant}}'s"), (" {kind=reversed}", ""))
    changes = {note.term[:3]: (note.cards_added, note.cards_left) for note in anki.update().notes if note.cards_left}
    assert changes == {"A {": ((2,), (1,)), "Vac": ((), (1,))}
    assert anki.blank() == {(guid(anki, "A {{c3"), 1), (guid(anki, "Vacuole"), 1)}
    edit(anki, "plants.md", ("chitin", "{{c2::chitin}}"))
    assert [note.cards_added for note in anki.update().notes if note.change is Change.UPDATED] == [(1,)]
    assert anki.blank() == {(guid(anki, "Vacuole"), 1)}


def test_a_changed_picture_arrives(anki: Learner) -> None:
    shown = [path for path in Path(anki.col.media.dir()).iterdir() if b"one" in path.read_bytes()]
    write(anki.folder, {"content/mito.svg": SVG.format("two")})
    assert terms(anki.update(), Change.UPDATED) == {"Mitochondrion"}
    [new] = set(Path(anki.col.media.dir()).iterdir()) - set(shown)
    assert "<text>two</text>" in new.read_text()
    assert new.name in anki.col.get_note(anki.note_id(guid(anki, "Mito"))).fields[1]  # type: ignore[arg-type]


def test_a_note_type_is_updated_and_its_notes_are_not(anki: Learner) -> None:
    anki.edit(guid(anki, "Ribosome"))
    write(anki.folder, {"templates/term/style.css": ".card { color: teal }"})
    assert anki.update().import_log == said(duplicate=8)
    schema = anki.col.models.by_name("ankigen Term")
    assert schema is not None
    assert ("teal" in schema["css"], schema["mod"]) == (True, anki.now)
    assert anki.update().import_log == said(duplicate=8)
    assert (anki.col.models.by_name("ankigen Term") or {})["mod"] == anki.now - DAY


def test_a_template_that_asks_more_adds_its_cards(anki: Learner) -> None:
    write(anki.folder, {"templates/term/ask-term.html": "{{Definition}}"})
    added = {slot for note in anki.update().notes for slot in ((note.guid, one) for one in note.cards_added)}
    assert added == {(guid(anki, term), 1) for term in ("Rib", "Nuc", "Gol", "Lys", "Mit", "Chl")}


def test_a_removed_note_comes_back_as_itself(anki: Learner) -> None:
    for text, again in (("sugar", "sugar"), ("sugar", "sugar, and water into oxygen")):
        edit(anki, "plants.md", (f"**Chloroplast**: turns light into {text}\n", ""))
        plan = anki.update()
        assert terms(plan, Change.REMOVED) == {"Chloroplast"}
        assert anki.update().removed == ()  # said once
        anki.edit(plan.removed[0].guid)
        edit(anki, "plants.md", ("**Vac", f"**Chloroplast**: turns light into {again}\n\n**Vac"))
        back = anki.update()
        assert [note.change for note in back.notes if note.guid == plan.removed[0].guid] == [
            Change.UNCHANGED if text == again else Change.UPDATED
        ]
        assert back.count(Change.NEW) == 0


def test_a_learner_who_missed_a_build_gets_all_of_it(anki: Learner) -> None:
    edit(anki, "cells.md", ("joins", "links"))
    build(anki.folder, anki.now + 1)
    edit(anki, "cells.md", ("holds", "keeps"))
    packages = build(anki.folder, anki.now + 2)
    assert sum(import_package(anki.col, path).get("updated", 0) for path in packages) == 2
