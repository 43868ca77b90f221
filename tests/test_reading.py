"""Packages made elsewhere or earlier: what they hold, and what an import will do for somebody who has one."""

import json
import zipfile
from pathlib import Path

import genanki
import pytest
from anki.collection import ExportAnkiPackageOptions

from anki_oracle import BASIC, basic, collection, import_package
from ankigen.anki.package import write_package
from ankigen.anki.reading import read_package
from ankigen.anki.verify import UnreadablePackage
from commands import run, write

NOW = 1_700_000_000


def foreign(path: Path) -> Path:
    """A package as another program makes it: no ids for fields and templates, guids of its own."""
    fields = [{"name": "Front"}, {"name": "Back"}]
    templates = [{"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr>{{Back}}"}]
    model = genanki.Model(1_234_567_890, "Old", fields=fields, templates=templates, css=".card{}")
    deck = genanki.Deck(2_059_400_110, "Old deck")
    deck.add_note(genanki.Note(model, ["What is <b>humus</b>?", "rotted plants"], guid="old1", tags=["soil"]))
    genanki.Package(deck).write_to_file(path, timestamp=NOW)
    return path


def test_a_foreign_package(tmp_path: Path) -> None:
    contents = read_package(foreign(tmp_path / "old.apkg"))
    (note,) = contents.notes
    assert (note.guid, note.modified, note.type_id, note.deck) == ("old1", NOW, 1_234_567_890, "Old deck")
    assert (note.fields, note.tags, note.cards) == (("What is <b>humus</b>?", "rotted plants"), ("soil",), (0,))
    note_type = contents.types[note.type_id]
    assert (note_type.name, note_type.is_cloze, note_type.css) == ("Old", False, ".card{}")
    assert note_type.fields == (("Front", None), ("Back", None))
    assert note_type.templates == (("Card 1", None, "{{Front}}", "{{FrontSide}}<hr>{{Back}}"),)


@pytest.mark.parametrize("legacy", [True, False])
def test_an_export_of_anki_reads_like_the_package_it_came_from(tmp_path: Path, legacy: bool) -> None:
    first, exported = tmp_path / "1.apkg", tmp_path / "2.apkg"
    write_package(first, [basic(1), basic(2)], now=NOW)
    with collection(tmp_path) as col:
        import_package(col, first)
        options = ExportAnkiPackageOptions(legacy=legacy)
        col.export_anki_package(out_path=str(exported), options=options, limit=None)
    assert ("collection.anki21b" in zipfile.ZipFile(exported).namelist()) is not legacy
    assert read_package(exported).notes == read_package(first).notes
    assert read_package(exported).types[BASIC.id] == read_package(first).types[BASIC.id]


@pytest.mark.parametrize("member", ["collection.anki2", "collection.anki21", "collection.anki21b"])
@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\0" + b"x" * 600])
def test_a_damaged_package_is_named(tmp_path: Path, member: str, data: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "bad.apkg", "w") as archive:
        archive.writestr(member, data)
    with pytest.raises(UnreadablePackage, match=r"bad\.apkg"):
        read_package(tmp_path / "bad.apkg")


def test_a_plan_against_an_older_package_is_what_anki_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    note = "**Humus**: rotted plants\n\n**Loam**: clay and sand\n\n**Peat**: from moss\n\n**Clay**: fine\n"
    write(tmp_path, {"content/a.md": note})
    run("build", "--now", "2026-01-01", "-o", "1.apkg")
    write(tmp_path, {"content/a.md": note.replace("rotted", "old").replace("**Clay**: fine", "**Silt**: from rivers")})
    run("build", "--now", "2026-01-02", "-o", "2.apkg")
    write(tmp_path, {"content/a.md": note.replace("rotted", "old").replace("from moss", "of moss")})
    planned = {
        against: json.loads(run("plan", "--now", "2026-01-03", "--against", against, "--format", "json").stdout)
        for against in ("1.apkg", "2.apkg")
    }
    run("build", "--now", "2026-01-03", "-o", "3.apkg")
    for against, plan in planned.items():
        folder = tmp_path / against.removesuffix(".apkg")
        folder.mkdir()
        with collection(folder) as col:
            import_package(col, tmp_path / against)
            said = import_package(col, tmp_path / "3.apkg")
            assert {kind: count for kind, count in plan["import"].items() if count and kind != "found_notes"} == said
            if plan["removed"]:
                assert len(col.find_notes(plan["removed"])) == 1


def test_another_note_type_is_a_conflict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/a.md": "**Humus**: rotted plants\n"})
    run("build", "--now", "2026-01-01")
    guid = json.loads(run("parse", "content", "--format", "json").stdout)["records"][0]["guid"]
    model = genanki.Model(1, "Old", fields=[{"name": "F"}], templates=[{"name": "C", "qfmt": "{{F}}", "afmt": ""}])
    deck = genanki.Deck(2, "Old")
    deck.add_note(genanki.Note(model, ["x"], guid=guid))
    genanki.Package(deck).write_to_file(tmp_path / "old.apkg", timestamp=NOW)
    plan = json.loads(run("plan", "--against", "old.apkg", "--format", "json").stdout)
    assert plan["import"] == {"found_notes": 1, "new": 0, "updated": 0, "duplicate": 0, "conflicting": 1}


def test_a_package_that_cannot_be_read_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/a.md": "**Humus**: rotted plants\n", "old.apkg": "no archive"})
    done = run("plan", "--against", "old.apkg")
    assert done.exit_code == 1
    assert "old.apkg is no Anki package" in done.stderr
