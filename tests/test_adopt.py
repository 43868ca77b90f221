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


def foreign(
    path: Path, fields: list[dict[str, object]], notes: dict[str, list[str]], back: str = "", **model: object
) -> None:
    """A deck of one note type with two cards, the second one behind a switch."""
    first = {"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr>{{Back}}" + back}
    templates = [
        {**first, "id": model.pop("id", None)},
        {"name": "Card 2", "qfmt": "{{#Type}}{{Back}}{{/Type}}", "afmt": "{{Front}}"},
    ]
    named = [{"name": name} for name in ("Front", "Back", "Type")]
    old = genanki.Model(7, "Cloze", fields=fields or named, templates=templates, css="[# Jinja? #]\n.card{}", **model)
    deck = genanki.Deck(2_059_400_110, "Soil")
    for guid, values in notes.items():
        deck.add_note(genanki.Note(old, values, guid=guid))
    genanki.Package(deck).write_to_file(path, timestamp=NOW)


HUMUS = {"humus": ["What is <b>humus</b>?", "rotted plants, dark and soft", "y"]}


def test_what_no_record_fills_stays(project: Path) -> None:
    """A field that switches a card on, and all that a learner has changed in the note type."""
    foreign(project / "old.apkg", [], HUMUS, back="[% if %]")
    assert run("ids", "adopt", "old.apkg").exit_code == 0
    with collection(project) as col:
        import_package(col, project / "old.apkg")
        schema = col.models.by_name("Cloze+") or col.models.get(7)  # type: ignore[arg-type]
        assert schema is not None
        assert "[% if %]" in schema["tmpls"][0]["afmt"]
        schema["flds"][0]["rtl"], schema["latexPre"] = True, "mine"
        schema["mod"] = NOW
        assert col.db is not None
        col.models.update_dict(schema)
        col.db.execute("update notetypes set mtime_secs = ?", NOW)  # changed before the next build
        assert run("build", "-o", "new.apkg", "--now", "2030-01-01").exit_code == 0
        assert import_package(col, project / "new.apkg") == {"new": 3, "updated": 1}
        assert rows(col, "select flds from notes where guid = 'humus'")[0][0].split("\x1f")[2] == "y"
        assert not col.get_empty_cards().notes
        schema = col.models.get(7)  # type: ignore[arg-type]
        assert schema is not None
        assert (schema["flds"][0]["rtl"], schema["latexPre"]) == (True, "mine")


@pytest.mark.parametrize("kind", ["Basic", "Basic (and reversed card)", "Basic (optional reversed card)", "Cloze"])
@pytest.mark.parametrize("legacy", [True, False])
def test_every_note_type_of_anki_itself_can_be_adopted(project: Path, kind: str, legacy: bool) -> None:
    """Their ids are drawn at random from all 64-bit numbers, half of them below 0."""
    write(project, {"content/soil.md": "The best soil is {{c1::loam}}.\n" if kind == "Cloze" else "**Loam**: soil\n"})
    with collection(project) as col:
        schema = col.models.by_name(kind)
        assert schema is not None
        note = col.new_note(schema)
        note.fields[:2] = ["The best soil is {{c1::loam}}.", ""] if kind == "Cloze" else ["Loam", "soil"]
        col.add_note(note, col.decks.id_for_name("Default"))  # type: ignore[arg-type]
        options = ExportAnkiPackageOptions(legacy=legacy)
        col.export_anki_package(out_path=str(project / "old.apkg"), options=options, limit=None)
        cards = col.card_count()
        assert "1 adopted" in run("ids", "adopt", "old.apkg").stderr
        assert f'name = "{kind}"' in next((project / "templates").glob("*/notetype.toml")).read_text()
        built = run("build", "-o", "new.apkg", "--now", "2030-01-01")
        assert built.exit_code == 0, built.output
        assert import_package(col, project / "new.apkg") == {"updated": 1}
        assert (col.card_count(), len(col.get_empty_cards().notes)) == (cards, 0)


def test_what_is_in_doubt_is_asked_and_can_be_kept(project: Path) -> None:
    write(project, {"content/soil.md": "## capital of the kingdom of Prussia\n\nBerlin\n"})
    notes = {age: [f"capital of the {age} kingdom of Prussia", "Berlin", "y"] for age in ("old", "new")}
    foreign(project / "old.apkg", [], notes)
    assert "unsure   content/soil.md:1" in run("ids", "adopt", "old.apkg").stdout
    asked = run("build")
    assert asked.exit_code == 1
    assert "ambiguous-note" in asked.stderr
    assert run("ids", "keep", "old", "content/soil.md:1").exit_code == 0
    assert run("build", "-o", "new.apkg").exit_code == 0
    with collection(project) as col:
        import_package(col, project / "old.apkg")
        assert import_package(col, project / "new.apkg") == {"updated": 1}
        assert not col.get_empty_cards().notes


def test_a_record_with_a_note_type_by_name_is_listed(project: Path) -> None:
    write(project, {"ankigen.toml": 'notetype = "term"\n'})
    foreign(project / "old.apkg", [], HUMUS)
    done = run("ids", "adopt", "old.apkg")
    assert "named    content/soil.md:1  asks for the note type term" in done.stdout
    assert not (project / "ankigen.lock").exists()
    assert not (project / "templates").exists()


def test_a_note_type_that_cannot_be_used_leaves_nothing_behind(project: Path) -> None:
    foreign(project / "old.apkg", [], HUMUS, back="{{Nothing}}")
    done = run("ids", "adopt", "old.apkg")
    assert done.exit_code == 1
    assert "no field 'Nothing'" in done.stderr
    assert not (project / "ankigen.lock").exists()
    assert run("build").exit_code == 0


def test_of_two_notes_with_one_guid_one_is_adopted(project: Path) -> None:
    deck = genanki.Deck(2_059_400_110, "Soil")
    names = [{"name": "Front"}, {"name": "Back"}]
    old = genanki.Model(7, "Old", fields=names, templates=[{"name": "1", "qfmt": "{{Front}}", "afmt": "{{Back}}"}])
    for values in (["What is humus?", "rotted plants, dark and soft"], ["What is peat?", "half-rotted moss"]):
        deck.add_note(genanki.Note(old, values, guid="same"))
    genanki.Package(deck).write_to_file(project / "old.apkg", timestamp=NOW)
    done = run("ids", "adopt", "old.apkg")
    assert done.stdout.count("adopted ") == 1


def test_a_field_known_by_name_cannot_be_renamed(project: Path) -> None:
    """Measured: without ids, Anki would skip the notes for ever."""
    foreign(project / "old.apkg", [], HUMUS)
    run("ids", "adopt", "old.apkg")
    (definition,) = (project / "templates").glob("*/notetype.toml")
    for side in definition.parent.iterdir():
        side.write_text(side.read_text().replace("Front}}", "Vorne}}").replace('"Front"', '"Vorne"'))
    done = run("build")
    assert done.exit_code == 1
    assert "its fields are no longer those that were built before" in done.stderr
