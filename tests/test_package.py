"""A package: the same bytes for the same notes, whole or not at all, and what the real Anki makes of it."""

import hashlib
import json
import os
import stat
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import genanki
import pytest

from anki_oracle import BASIC, CLOZE, basic, blank_cards, collection, import_package, ordinals_by_guid, rows
from ankigen.anki.package import write_package
from ankigen.anki.template import TemplateError
from ankigen.records import CardTemplate, Field, MediaFile, Note

NOW = 1_700_000_000


def test_anki_gets_the_notes_and_their_cards_in_source_order(tmp_path: Path) -> None:
    decks = ("Zoo", "Art::Old", "Zoo", "Art")
    notes = [basic(number, decks[number % 4], tags=("b", "a")) for number in range(9, 0, -1)]
    notes.insert(4, Note("cloze", CLOZE, ("{{c2::b}} {{c1::a}}",), "Art"))
    write_package(tmp_path / "p.apkg", notes, now=NOW)
    with collection(tmp_path) as col:
        assert import_package(col, tmp_path / "p.apkg") == {"new": 10}
        assert set(ordinals_by_guid(col).values()) == {(0, 1)}
        order = rows(col, "select guid, due from notes join cards on nid = notes.id where ord = 0 order by due")
        assert order == [[note.guid, place] for place, note in enumerate(notes, start=1)]
        found = {
            guid: (col.decks.name(deck), tags, fields)
            for guid, deck, tags, fields in rows(
                col, "select guid, did, tags, flds from notes join cards on nid = notes.id"
            )
        }
        assert found["guid9"] == ("Art::Old", " a b ", "term 9\x1fdefinition")
        assert found["cloze"] == ("Art", "", "{{c2::b}} {{c1::a}}")
        assert import_package(col, tmp_path / "p.apkg") == {"duplicate": 10}
        cards = col.card_count()
        col.fix_integrity()
        assert (col.card_count(), blank_cards(col)) == (cards, set())


def test_a_renamed_field_or_template_is_known_again(tmp_path: Path) -> None:
    first, second = tmp_path / "1.apkg", tmp_path / "2.apkg"
    write_package(first, [basic(1)], now=NOW)
    templates = (CardTemplate("Asked", 9101, "{{Word}}", ""), CardTemplate("Back", 9102, "{{Meaning}}", ""))
    renamed = replace(BASIC, fields=(Field("Word", 9001), Field("Meaning", 9002)), templates=templates)
    write_package(second, [basic(1, note_type=renamed, fields=("edited", "definition"))], now=NOW + 1)
    with collection(tmp_path) as col:
        import_package(col, first)
        assert import_package(col, second) == {"updated": 1}
        schema = col.models.by_name(BASIC.name)
        assert schema is not None
        assert [(field["name"], field["id"]) for field in schema["flds"]] == [
            ("Word", 9001),
            ("Meaning", 9002),
        ]
        assert [(one["name"], one["id"]) for one in schema["tmpls"]] == [("Asked", 9101), ("Back", 9102)]


def test_only_what_was_modified_is_updated(tmp_path: Path) -> None:
    first, second = tmp_path / "1.apkg", tmp_path / "2.apkg"
    write_package(first, [basic(1), basic(2)], now=NOW)
    dated = replace(BASIC, modified=NOW)
    edited = [replace(basic(1), modified=NOW), basic(2, fields=("edited", "definition"))]
    write_package(second, [replace(note, note_type=dated) for note in edited], now=NOW + 9)
    with collection(tmp_path) as col:
        import_package(col, first)
        assert import_package(col, second) == {"updated": 1, "duplicate": 1}
        assert rows(col, "select guid, mod from notes order by guid") == [["guid1", NOW], ["guid2", NOW + 9]]
        schema = col.models.by_name(BASIC.name)
        assert schema is not None
        assert schema["mod"] == NOW


def test_media_arrive(tmp_path: Path) -> None:
    pictures = []
    for name in ("b.png", "a.png"):
        (tmp_path / name).write_bytes(name.encode() * 1000)
        pictures.append(MediaFile(f"hash-{name}", str(tmp_path / name)))
    fields = ("<img src='hash-a.png'>", "<img src='hash-b.png'>")
    write_package(tmp_path / "p.apkg", [basic(n, fields=fields, media=tuple(pictures)) for n in (1, 2)], now=NOW)
    with zipfile.ZipFile(tmp_path / "p.apkg") as archive:
        assert archive.namelist() == ["collection.anki2", "media", "0", "1"]
        assert json.loads(archive.read("media")) == {"0": "hash-a.png", "1": "hash-b.png"}
        assert archive.read("1") == b"b.png" * 1000
    with collection(tmp_path) as col:
        import_package(col, tmp_path / "p.apkg")
        assert sorted(os.listdir(col.media.dir())) == ["hash-a.png", "hash-b.png"]
        assert not col.media.check().missing


def test_decks_match_without_case_and_default_stays_default(tmp_path: Path) -> None:
    written = (
        "Zoo",
        "zoo",
        "ZOO::Big",
        "default",
        " A :: B ",
        "A::B",
        "Cafe\u0301",
        "CAF\xc9",
        "X::::Y",
        "",
        'Q"\x00q',
    )
    write_package(tmp_path / "p.apkg", [basic(n, deck) for n, deck in enumerate(written)], now=NOW)
    with collection(tmp_path) as col:
        import_package(col, tmp_path / "p.apkg")
        used = rows(col, "select distinct did from cards")
        names = {col.decks.name(deck) for (deck,) in used}
    assert names == {"Zoo", "Zoo::Big", "Default", "A::B", "Café", "X::blank::Y", "blank", "Qq"}


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1f",
        "\x00 nul",
        "\ud800 lone",
        "\r\n",
        "a<b " * 20_000,
        "<a<b>",
        "\ufeff\ufffe",
        "{{c1::" * 1000,
        "\U0010ffff",
    ],
)
def test_hostile_text_neither_crashes_nor_aborts_the_import(tmp_path: Path, hostile: str) -> None:
    notes = [
        basic(1, fields=(f"x{hostile}", hostile), deck=f"D{hostile[:20]}", tags=(hostile[:20], "a\u2003b", '"')),
        basic(2, deck=f"D{hostile[:20]}::sub"),
    ]
    write_package(tmp_path / "p.apkg", notes, now=NOW)
    with collection(tmp_path) as col:
        assert import_package(col, tmp_path / "p.apkg") == {"new": 2}
        assert col.tags.all().count("a_b") == 1
        cards = col.card_count()
        col.fix_integrity()
        assert (col.card_count(), blank_cards(col)) == (cards, set())


BUILD = """
import hashlib, os, sys
from pathlib import Path
umask, folder = int(sys.argv[1], 8), Path(sys.argv[2])
os.umask(umask)
from anki_oracle import CLOZE, basic
from ankigen.anki.package import write_package
from ankigen.records import MediaFile, Note
media = (MediaFile("z.png", str(folder / "z.png")), MediaFile("a.png", str(folder / "a.png")))
notes = [basic(n, f"Deck {n % 7}", tags=("x", "y", f"t{n}"), media=media) for n in range(200)]
notes.append(Note("cloze", CLOZE, ("{{c3::a}}{{c1::b}}{{c2,7::c}}",), "Ärger"))
target = Path(os.getcwd(), "built.apkg")
write_package(target, notes, now=1_700_000_000)
print(hashlib.sha256(target.read_bytes()).hexdigest())
"""


def test_the_bytes_depend_on_notes_and_time_alone(tmp_path: Path) -> None:
    for name in ("a.png", "z.png"):
        (tmp_path / name).write_bytes(os.urandom(10_000))
    digests = set()
    for number, (seed, zone, locale, umask) in enumerate(
        [
            ("0", "UTC", "C", "022"),
            ("1", "Asia/Kathmandu", "tr_TR.UTF-8", "077"),
            ("random", "America/St_Johns", "de_DE.UTF-8", "000"),
        ]
    ):
        folder = tmp_path / f"cwd{number}"
        folder.mkdir()
        os.utime(tmp_path / "a.png", (number, number * 10**8))
        done = subprocess.run(
            [sys.executable, "-c", BUILD, umask, str(tmp_path)],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(sys.path),
                "PYTHONHASHSEED": seed,
                "TZ": zone,
                "LC_ALL": locale,
            },
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_a_database_has_the_same_bytes_in_memory_and_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("memory", 9), ("file", 8)):
        monkeypatch.setattr("ankigen.anki.package._LARGE", most)
        write_package(tmp_path / name, [basic(number) for number in range(9)], now=NOW)
    assert (tmp_path / "memory").read_bytes() == (tmp_path / "file").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "memory"]


def test_another_time_gives_other_bytes(tmp_path: Path) -> None:
    digests = set()
    for now in (NOW, NOW, NOW + 1):
        write_package(tmp_path / "p.apkg", [basic(1)], now=now)
        digests.add(hashlib.sha256((tmp_path / "p.apkg").read_bytes()).digest())
    assert len(digests) == 2


def test_members_are_compressed_and_bear_no_trace(tmp_path: Path) -> None:
    write_package(tmp_path / "p.apkg", [basic(n) for n in range(500)], now=NOW)
    with zipfile.ZipFile(tmp_path / "p.apkg") as archive:
        for member in archive.infolist():
            assert member.compress_type == zipfile.ZIP_DEFLATED
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
            assert (member.create_system, member.external_attr) == (3, 0o100644 << 16)
        database = archive.getinfo("collection.anki2")
        assert database.compress_size * 3 < database.file_size


def test_a_failure_leaves_the_old_package_and_no_temporary_file(tmp_path: Path) -> None:
    target = tmp_path / "p.apkg"
    write_package(target, [basic(1)], now=NOW)
    before = target.read_bytes()
    with pytest.raises(FileNotFoundError):
        write_package(target, [basic(1, media=(MediaFile("x.png", str(tmp_path / "none")),))], now=NOW)
    with pytest.raises(ValueError, match="makes no card"):
        write_package(target, [basic(1, fields=(" ", ""))], now=NOW)
    assert target.read_bytes() == before
    assert os.listdir(tmp_path) == ["p.apkg"]
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_package(tmp_path / "folder", [basic(1)], now=NOW)
    with pytest.raises(FileNotFoundError):
        write_package(tmp_path / "no" / "p.apkg", [basic(1)], now=NOW)
    assert sorted(os.listdir(tmp_path)) == ["folder", "p.apkg"]


def test_a_package_is_as_readable_as_any_new_file(tmp_path: Path) -> None:
    write_package(tmp_path / "p.apkg", [basic(1)], now=NOW)
    (tmp_path / "other").touch()
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("p.apkg", "other")}
    assert len(modes) == 1


def test_nothing_leaks_into_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    write_package(tmp_path / "p.apkg", [basic(1)], now=NOW)
    assert os.listdir(temporary) == []


@pytest.mark.parametrize("now", [0, -1])
def test_time_zero_is_refused(tmp_path: Path, now: int) -> None:
    with pytest.raises(ValueError, match="dated 0"):
        write_package(tmp_path / "p.apkg", [basic(1)], now=now)
    with pytest.raises(ValueError, match="dated 0"):
        write_package(tmp_path / "p.apkg", [replace(basic(1), modified=-1)], now=NOW)


def test_what_anki_would_abort_on_or_mix_up_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "p.apkg"
    with pytest.raises(ValueError, match="1 values for the 2 fields"):
        write_package(target, [basic(1, fields=("x",))], now=NOW)
    with pytest.raises(ValueError, match="2 notes share the guid 'guid1'"):
        write_package(target, [basic(1), basic(1, fields=("y", "z"))], now=NOW)
    with pytest.raises(ValueError, match="shares its id with a different one"):
        write_package(target, [basic(1), basic(2, note_type=replace(BASIC, css="other"))], now=NOW)
    faulty = replace(BASIC, templates=(CardTemplate("T", 1, "{{Term}}{{Nope}}", ""),))
    with pytest.raises(TemplateError, match="there is no field called 'Nope'"):
        write_package(target, [basic(1, note_type=faulty)], now=NOW)
    assert os.listdir(tmp_path) == []


def test_two_thousand_decks_are_written_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parse = Mock(wraps=json.loads)
    monkeypatch.setattr(json, "loads", parse)
    write_package(tmp_path / "p.apkg", [basic(n, f"Deck {n}") for n in range(2_000)], now=NOW)
    assert parse.call_count == 1


def test_genankis_html_warning_never_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(genanki.Note, "_INVALID_HTML_TAG_RE", None)
    write_package(tmp_path / "p.apkg", [basic(1, fields=("a<b <c", "<"))], now=NOW)
