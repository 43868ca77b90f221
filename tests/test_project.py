"""Which notes a project has, in which order, which decks they go to, and how the packages are called."""

import json
from pathlib import Path

import pytest

from ankigen.project import find_project
from commands import run, write

GOOD = "**Wall**: holds\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*paths: str) -> list[tuple[str, str, str]]:
    """The shown path, the name and the deck of each file."""
    return [(file.shown, file.name, file.deck) for file in find_project([Path(path) for path in paths]).files]


def packages(folder: Path, decks: list[str], settings: str = "") -> dict[str, str]:
    """What each package is said to hold when every deck has one note."""
    texts = {f"content/{n:02}.md": f"---\ndeck: {json.dumps(deck)}\n---\n{GOOD}" for n, deck in enumerate(decks)}
    write(folder, {"ankigen.toml": settings, **texts})
    done = run("build")
    assert done.exit_code == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(list((folder / "build").iterdir()))
    return {
        line.rpartition(":")[0].removeprefix("build/"): line.rpartition(": ")[2] for line in done.stdout.splitlines()
    }


def test_notes_come_in_a_stable_order(folder: Path) -> None:
    names = ["b.md", "a/z.TXT", "a.b.markdown", "B.md", "a/b/é.md", ".a.md", "_a.md", ".x/a.md", "_x/a.md", "a.html"]
    write(folder, {f"content/{name}": GOOD for name in names})
    assert found(".") == [
        ("content/B.md", "content/B.md", "B"),
        ("content/a.b.markdown", "content/a.b.markdown", "a.b"),
        ("content/b.md", "content/b.md", "b"),
        ("content/a/z.TXT", "content/a/z.TXT", "a::z"),
        ("content/a/b/é.md", "content/a/b/é.md", "a::b::é"),
    ]


def test_a_project_is_named_by_its_folder_or_by_its_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, {"p/content/a/b.md": GOOD, "p/read.md": GOOD})
    assert found("p") == [("p/content/a/b.md", "content/a/b.md", "a::b")]
    assert found("p/content/a/b.md", "p/content", "p") == found("p")
    assert found("p/read.md") == [("p/read.md", "read.md", "read")]
    assert [name for _, name, _ in found("p", "p/read.md")] == ["content/a/b.md", "read.md"]
    monkeypatch.chdir("p/content/a")
    assert found(".") == [("b.md", "content/a/b.md", "a::b")]
    assert found("..") == [("../a/b.md", "content/a/b.md", "a::b")]
    assert found("../..") == [("../../content/a/b.md", "content/a/b.md", "a::b")]


def test_loose_notes_have_the_place_that_was_named(folder: Path) -> None:
    write(folder, {"x/a.md": GOOD, "x/y/b.md": GOOD, "z/a.md": GOOD})
    assert found("x") == [("x/a.md", "a.md", "a"), ("x/y/b.md", "y/b.md", "y::b")]
    assert found("x/y/b.md", "z/a.md") == [("x/y/b.md", "b.md", "b"), ("z/a.md", "a.md", "a")]
    assert found("x", "x/a.md", "x/../x/a.md", str(folder / "x/a.md")) == found("x")


def test_loose_notes_take_media_only_from_where_they_are(folder: Path) -> None:
    write(folder, {"x/a.md": "**Wall**: ![](w.png)\n", "x/w.png": "", "y/b.md": "**Cell**: ![](../x/w.png)\n"})
    for paths in (["x/a.md", "y/b.md"], ["y", "x"]):
        done = run("build", *paths)
        assert done.stdout == "notes.apkg: 1 note, 1 deck\n"
        assert "y/b.md:1:15: error[unsafe-media]" in done.stderr


def test_loose_notes_have_no_templates(folder: Path) -> None:
    write(folder, {"a.md": GOOD, "templates/term/style.css": "[= fault =]"})
    assert run("build", "a.md").exit_code == 0


@pytest.mark.parametrize(
    ("name", "deck"),
    [
        ("a::b.md", "a:b"),
        (" a .md", "a"),
        ("::.md", "Notes"),
        ("e\u0301.md", "é"),
        ("v1.2.md", "v1.2"),
        ("tab\t.md", "tab"),
        (".md", ".md"),
    ],
)
def test_a_file_name_becomes_a_deck(folder: Path, name: str, deck: str) -> None:
    write(folder, {name: GOOD})
    data = json.loads(run("parse", name, "--format=json").stdout)
    assert [record["deck"] for record in data["records"]] == [deck]


def test_decks_that_anki_takes_for_one_go_into_one_package(folder: Path) -> None:
    decks = ["Bio::A", "bio::B", "BIO", "É", "E\u0301::x"]
    assert packages(folder, decks) == {"Bio.apkg": "3 notes, 3 decks", "É.apkg": "2 notes, 2 decks"}


def test_packages_never_take_the_place_of_another(folder: Path) -> None:
    decks = ["a/b-2", "a/b", "a\\b", "A*B", "..", "?", "/", "x" * 300, "x" * 299 + "y", "NUL"]
    names = list(packages(folder, decks))
    assert names[:4] == ["a-b-2.apkg", "a-b.apkg", "a-b-3.apkg", "A-B-4.apkg"]
    assert names[4:7] == ["deck.apkg", "deck-2.apkg", "deck-3.apkg"]
    assert len({name.casefold() for name in names}) == len(decks)


@pytest.mark.parametrize(
    ("deck", "package"),
    [
        ("Uni::Bio::Cells", "Bio.apkg"),
        ("uni::Bio", "Bio.apkg"),
        ("Uni", "Uni.apkg"),
        ("University", "University.apkg"),
        ("Other::Bio", "Other.apkg"),
    ],
)
def test_the_deck_above_all_makes_no_package(folder: Path, deck: str, package: str) -> None:
    assert list(packages(folder, [deck], "deck = 'Uni'")) == [package]


def test_settings_are_defaults_for_every_note(folder: Path) -> None:
    settings = (
        "content = 'nötes'\noutput = 'out/put'\ndeck = 'Uni::'\ntags = ['#a b']\nkind = 'typed'\nheadings = 'deck'"
    )
    write(folder, {"ankigen.toml": f"\ufeff{settings}", "nötes/a.md": f"# Cells\n\n{GOOD}"})
    (record,) = json.loads(run("parse", "--format=json").stdout)["records"]
    assert (record["deck"], record["tags"], record["kind"]) == ("Uni::a::Cells", ["a_b"], "typed")
    assert run("build").stdout == "out/put/a.apkg: 1 note, 1 deck\n"
