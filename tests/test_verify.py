"""The real Anki as an oracle: it passes a good package, names the faults of others, and never panics at us."""

import os
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import genanki
import pytest

from anki_oracle import CLOZE, basic
from ankigen.anki import verify
from ankigen.anki.package import write_package
from ankigen.anki.verify import AnkiMissing, CardFault, ImportCounts, UnreadablePackage, verify_package
from ankigen.records import MediaFile, Note

NOW = 1_700_000_000


class Model(genanki.Model):  # type: ignore[misc]
    """A note type that genanki gives a card of each template, whatever the fields hold."""

    @property
    def _req(self) -> list[tuple[int, str, list[int]]]:
        return [(ordinal, "any", [0]) for ordinal in range(len(self.templates))]


def made_with_genanki(path: Path, templates: list[tuple[str, str]], *notes: tuple[str, str]) -> Path:
    """A package as faulty as it is asked to be."""
    model = Model(
        5,
        "M",
        fields=[{"name": "A"}, {"name": "B"}],
        templates=[{"name": f"T{n}", "qfmt": front, "afmt": back} for n, (front, back) in enumerate(templates)],
    )
    deck = genanki.Deck(7, "D")
    for fields in notes:
        deck.add_note(genanki.Note(model, list(fields)))
    genanki.Package(deck).write_to_file(path, timestamp=NOW)
    return path


def test_a_good_package_passes(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"picture")
    picture = MediaFile("hash.png", str(tmp_path / "a.png"))
    notes = [
        basic(1, "Zoo::Big", fields=("The front of this card is blank", "template has a problem")),
        basic(2, "Art", fields=("term", "<img src=hash.png>"), media=(picture,)),
        Note("cloze", CLOZE, ("{{c1::a}} {{c2::b}}",), "Art"),
    ]
    write_package(tmp_path / "p.apkg", notes, now=NOW)
    before = (tmp_path / "p.apkg").read_bytes()
    found = verify_package(tmp_path / "p.apkg")
    assert found.problems == ()
    assert found.ok
    assert (found.notes, found.cards, found.decks) == (3, 6, (("Art", 4), ("Zoo::Big", 2)))
    assert found.first_import == ImportCounts(new=3, updated=0, duplicate=0, conflicting=0)
    assert found.second_import == ImportCounts(new=0, updated=0, duplicate=3, conflicting=0)
    assert not found.second_import_changes
    assert found.anki_version
    assert (tmp_path / "p.apkg").read_bytes() == before


def test_empty_cards_are_named(tmp_path: Path) -> None:
    found = verify_package(made_with_genanki(tmp_path / "p", [("{{A}}", "{{B}}")], ("<br>", "x"), ("word", "x")))
    assert found.empty_cards == (CardFault("", "T0", "The front of this card is blank."),)
    assert found.problems == ("'', 'T0': The front of this card is blank.",)


def test_a_front_that_shows_nothing_is_an_empty_card(tmp_path: Path) -> None:
    found = verify_package(made_with_genanki(tmp_path / "p", [("{{cloze:A}}", "{{B}}")], ("word", "x")))
    assert found.empty_cards == (CardFault("word", "T0", "nothing is shown"),)


def test_template_errors_are_named(tmp_path: Path) -> None:
    templates = [("{{A}}", "{{#Nope}}{{B}}{{/Nope}}"), ("{{A}}{{/A}}", "")]
    found = verify_package(made_with_genanki(tmp_path / "p", templates, ("<b>word</b> &amp; more", "x")))
    assert found.template_errors == (
        CardFault(
            "word & more",
            "T0",
            "Back template has a problem: Found '{{#Nope}}', but there is no field called 'Nope'",
        ),
        CardFault(
            "word & more",
            "T1",
            "Front template has a problem: Found '{{/A}}', but missing '{{#A}}' or '{{^A}}'",
        ),
    )
    assert len(found.problems) == 2


def test_missing_media_are_named(tmp_path: Path) -> None:
    path = made_with_genanki(tmp_path / "p", [("{{A}}", "{{B}}")], ("<img src=gone.png>", "[sound:no.mp3]"))
    found = verify_package(path)
    assert found.missing_media == ("gone.png", "no.mp3")
    assert found.problems == ("missing media: gone.png", "missing media: no.mp3")


def test_a_note_without_cards_is_found(tmp_path: Path) -> None:
    model = genanki.Model(6, "C", [{"name": "A"}], [{"name": "T", "qfmt": "{{cloze:A}}", "afmt": ""}], model_type=1)
    deck = genanki.Deck(7, "D")
    deck.add_note(genanki.Note(model, ["no cloze"]))
    genanki.Package(deck).write_to_file(tmp_path / "p", timestamp=NOW)
    found = verify_package(tmp_path / "p")
    assert (found.notes, found.cards, found.cards_added_by_check) == (1, 0, 1)
    assert found.problems == ("Anki's database check adds 1 cards",)


def test_an_empty_package_is_a_problem(tmp_path: Path) -> None:
    write_package(tmp_path / "p", [], now=NOW)
    assert verify_package(tmp_path / "p").problems == ("the package has no notes",)


def rewritten(path: Path, **members: bytes | None) -> None:
    """A good package with some of its members changed, or left out."""
    write_package(path, [basic(1)], now=NOW)
    with zipfile.ZipFile(path) as archive:
        content: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {
            **content,
            **{name.replace("_", "."): data for name, data in members.items()},
        }.items():
            if data is not None:
                archive.writestr(name, data)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"collection_anki2": b"not a database"}, "file is not a database"),
        ({"collection_anki2": b"SQLite format 3\x00" + b"\xff" * 5000}, "cannot import"),
        ({"collection_anki2": None}, "it holds no collection"),
        ({"media": b"{"}, "cannot import"),
        ({"media": b'{"0": "../x"}', "0": b""}, "cannot import"),
        ({"meta": b"\xff"}, "cannot import"),
    ],
)
def test_a_broken_package_is_refused_in_words(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    rewritten(tmp_path / "p", **members)
    with pytest.raises(UnreadablePackage, match=message) as error:
        verify_package(tmp_path / "p")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: b"", "is no Anki package"),
        (lambda data: b"plain text", "is no Anki package"),
        (lambda data: data[: len(data) // 2], "is no Anki package"),
        (lambda data: data[:200] + bytes([data[200] ^ 255]) + data[201:], "is no Anki package|is damaged"),
        (
            lambda data: data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"),
            "encrypted",
        ),
    ],
)
def test_a_damaged_file_is_refused_in_words(tmp_path: Path, change: Any, message: str) -> None:
    write_package(tmp_path / "p", [basic(1)], now=NOW)
    (tmp_path / "p").write_bytes(change((tmp_path / "p").read_bytes()))
    with pytest.raises(UnreadablePackage, match=message):
        verify_package(tmp_path / "p")


def test_no_file_and_a_folder_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePackage, match="No such file"):
        verify_package(tmp_path / "none")
    with pytest.raises(UnreadablePackage, match="cannot read"):
        verify_package(tmp_path)


def test_silly_archives_are_refused_before_anki_sees_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewritten(tmp_path / "p", bomb=b"0" * 10_000_000)
    monkeypatch.setattr(subprocess, "run", None)
    monkeypatch.setattr(verify, "_MAX_BYTES", 5_000_000)
    with pytest.raises(UnreadablePackage, match="is too large: 3 files of 10,0"):
        verify_package(tmp_path / "p")
    monkeypatch.setattr(verify, "_MAX_BYTES", 50_000_000)
    monkeypatch.setattr(verify, "_MAX_MEMBERS", 2)
    with pytest.raises(UnreadablePackage, match="is too large"):
        verify_package(tmp_path / "p")


def test_a_crash_of_anki_is_not_ours(tmp_path: Path) -> None:
    deep = "{{#A}}" * 300_000 + "{{/A}}" * 300_000  # overflows the stack of Anki's own parser
    made_with_genanki(tmp_path / "p", [("{{A}}", deep)], ("word", "x"))
    with pytest.raises(UnreadablePackage, match="Anki broke down over"):
        verify_package(tmp_path / "p")


def test_nothing_is_printed_or_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_package(tmp_path / "p", [basic(1)], now=NOW)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path)
    assert verify_package(Path("p")).ok
    assert os.listdir(tmp_path / "tmp") == []
    assert capfd.readouterr() == ("", "")


def test_without_anki_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "find_spec", lambda name: None)
    with pytest.raises(AnkiMissing, match=r'pip install "ankigen\[verify\]"'):
        verify_package(tmp_path / "p")
