"""Switching to ankigen: a deck made elsewhere goes on with its guids, note types and reviews."""

from pathlib import Path

import genanki
import pytest
from anki.collection import Collection, ExportAnkiPackageOptions
from anki.scheduler.v3 import CardAnswer

from anki_oracle import collection, import_package, rows
from ankigen.lock import read_lock
from commands import run, write

NOW = 1_700_000_000
NOTES = """\
## What is **humus**?

rotted plants, dark and soft

## What is loam?

clay and sand, with humus

## What is peat?

half-rotted moss

## Which is best?

The best soil is {{c1::loam}}.
"""


def old_deck(path: Path, names: tuple[str, str] = ("Front", "Back")) -> Path:
    """A deck as genanki makes it, with a note too many, and an older wording of another."""
    fields = [{"name": name} for name in names]
    template = {"name": "Card 1", "qfmt": "{{%s}}" % names[0], "afmt": "{{FrontSide}}<hr>{{%s}}" % names[1]}  # noqa: UP031
    basic = genanki.Model(1_234_567_890, "My Basic", fields=fields, templates=[template], css=".card { color: red }")
    cloze = genanki.Model(
        1_234_567_891,
        "My Cloze",
        fields=[{"name": "Text"}, {"name": "Extra"}],
        templates=[{"name": "Cloze", "qfmt": "{{cloze:Text}}", "afmt": "{{cloze:Text}}<br>{{Extra}}"}],
        model_type=genanki.Model.CLOZE,
    )
    deck = genanki.Deck(2_059_400_110, "Soil")
    deck.add_note(genanki.Note(basic, ["What is <b>humus</b>?", "rotted plants, dark and soft"], guid="humus"))
    deck.add_note(genanki.Note(basic, ["What is loam?", "clay, sand, with humus"], guid="loam"))
    deck.add_note(genanki.Note(basic, ["What is gley?", "waterlogged soil, grey and blue"], guid="gley"))
    deck.add_note(genanki.Note(cloze, ["The best soil is {{c1::loam}}.", ""], guid="best"))
    genanki.Package(deck).write_to_file(path, timestamp=NOW)
    return path


def answer_all(col: Collection) -> None:
    """Answer every card once, with "good"."""
    deck = col.decks.id_for_name("Soil")
    assert deck is not None
    col.decks.select(deck)
    while queued := col.sched.get_queued_cards(fetch_limit=1).cards:  # type: ignore[union-attr]
        card = col.get_card(queued[0].card.id)
        card.start_timer()
        answer = col.sched.build_answer(card=card, states=queued[0].states, rating=CardAnswer.EASY)  # type: ignore[union-attr]
        col.sched.answer_card(answer)  # type: ignore[union-attr]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"content/soil.md": NOTES})


SCHEDULING = (
    "select n.guid, c.ord, c.due, c.ivl, c.reps, c.queue from cards c join notes n on n.id = c.nid order by 1, 2"
)


@pytest.mark.parametrize("names", [("Front", "Back"), ("Frage", "Antwort")])
def test_who_switches_keeps_every_review(project: Path, names: tuple[str, str]) -> None:
    old_deck(project / "old.apkg", names)
    done = run("ids", "adopt", "old.apkg")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "adopted  content/soil.md:1  humus",
        "adopted  content/soil.md:5  loam",
        "adopted  content/soil.md:15  best",
        "new      content/soil.md:9",
        "left     gley  What is gley?",
        "wrote templates/my-basic",
        "wrote templates/my-cloze",
    ]
    with collection(project) as col:
        import_package(col, project / "old.apkg")
        answer_all(col)
        before = {(row[0], row[1]): row[2:] for row in rows(col, SCHEDULING)}
        reviews = rows(col, "select * from revlog order by id")
        assert len(reviews) == 4
        built = run("build", "-o", "new.apkg")
        assert built.exit_code == 0, built.output
        assert import_package(col, project / "new.apkg") == {"new": 1, "updated": 3}
        after = {(row[0], row[1]): row[2:] for row in rows(col, SCHEDULING)}
        assert {key: after[key] for key in before} == before
        assert rows(col, "select * from revlog order by id") == reviews
        assert "clay and sand, with humus" in str(rows(col, "select flds from notes where guid = 'loam'"))
        schema = col.models.by_name("My Basic")
        assert schema is not None
        assert (schema["id"], schema["css"]) == (1_234_567_890, ".card { color: red }")
        assert not col.get_empty_cards().notes
        assert import_package(col, project / "new.apkg") == {"duplicate": 4}


def test_adopting_again_changes_nothing(project: Path) -> None:
    old_deck(project / "old.apkg")
    run("ids", "adopt", "old.apkg")
    lock = (project / "ankigen.lock").read_bytes()
    again = run("ids", "adopt", "old.apkg")
    assert again.exit_code == 0
    assert [line.split()[0] for line in again.stdout.splitlines()] == ["settled", "settled", "settled", "new", "left"]
    assert (project / "ankigen.lock").read_bytes() == lock


def test_a_record_with_a_history_keeps_it(project: Path) -> None:
    assert run("build").exit_code == 0
    before = {entry.term: entry.guid for entry in read_lock(project / "ankigen.lock").entries}
    old_deck(project / "old.apkg")
    done = run("ids", "adopt", "old.apkg")
    assert not [line for line in done.stdout.splitlines() if line.startswith("adopted")]
    assert {entry.term: entry.guid for entry in read_lock(project / "ankigen.lock").entries} == before


def test_an_export_of_anki_can_be_adopted(project: Path) -> None:
    with collection(project) as col:
        import_package(col, old_deck(project / "old.apkg"))
        col.export_anki_package(
            out_path=str(project / "export.apkg"), options=ExportAnkiPackageOptions(with_scheduling=True), limit=None
        )
    done = run("ids", "adopt", "export.apkg")
    assert done.stdout.count("adopted ") == 3
    assert run("build").exit_code == 0


def test_our_own_package_needs_no_new_note_type(project: Path) -> None:
    run("build", "-o", "own.apkg")
    guids = {entry.guid for entry in read_lock(project / "ankigen.lock").entries}
    (project / "ankigen.lock").unlink()
    write(project, {"ankigen.toml": 'name = "moved"\n'})
    done = run("ids", "adopt", "own.apkg")
    assert done.stdout.count("adopted ") == 4
    assert "wrote" not in done.stdout
    assert {entry.guid for entry in read_lock(project / "ankigen.lock").entries} == guids


def test_what_is_no_package_is_a_message(project: Path) -> None:
    write(project, {"old.apkg": "no archive"})
    done = run("ids", "adopt", "old.apkg")
    assert done.exit_code == 1
    assert "old.apkg is no Anki package" in done.stderr
    assert not (project / "ankigen.lock").exists()
