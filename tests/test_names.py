"""Decks and tags: what people write, and that Anki spells them as predicted."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ankigen
from anki_oracle import collection, import_package, rows
from ankigen.identity import folded
from ankigen.readers.names import clean_deck, clean_tag
from commands import run, write

NAMES = st.lists(
    st.text(st.characters(exclude_categories=()) | st.sampled_from(':/"# \t\u00a0e\u0301ß_-'), min_size=1, max_size=12),
    min_size=1,
    max_size=12,
)


LEVELS = st.lists(
    st.sampled_from(["Bio", "bio", "BIO", "Zelle", "ZELLE", "é", "É", "ß", "SS", "Default", "x y"]),
    min_size=1,
    max_size=4,
)


@given(st.lists(LEVELS, min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_anki_nests_decks_as_predicted(paths: list[list[str]]) -> None:
    """Names whose levels differ in case alone are one deck, at each level."""
    decks = ["::".join(levels) for levels in paths]
    note = "".join(f"t{number} :: definition\n" for number in range(len(decks)))
    with TemporaryDirectory() as folder, collection(Path(folder)) as col:
        document = ankigen.read_text(note, str(Path(folder) / "notes.md"))
        records = [ankigen.replace(record, deck=deck) for record, deck in zip(document.records, decks, strict=True)]
        path = Path(folder) / "n.apkg"
        ankigen.write_package(path, [document.with_records(records)], now=1_700_000_000)
        assert import_package(col, path) == {"new": len(decks)}
        names = [deck.name for deck in col.decks.all_names_and_ids()]
        wanted = {folded("::".join(levels[:end])) for levels in paths for end in range(1, len(levels) + 1)}
        assert sorted(map(folded, names)) == sorted(wanted | {"default"})  # no deck is there twice
        for number, deck in enumerate(decks):
            (card,) = col.find_cards(f"t{number}")
            assert folded(col.decks.name(col.get_card(card).did)) == folded(deck)


@given(NAMES, NAMES)
@settings(max_examples=25, deadline=None)
def test_anki_spells_names_as_predicted(decks: list[str], tags: list[str]) -> None:
    spelt = list({folded(level): name for name in map(clean_deck, decks) if (level := name)}.values())
    spelt = [name for name in spelt if "::" not in name and folded(name) != "default"]
    marks = list({folded(name): name for name in map(clean_tag, tags) if name and "::" not in name}.values())
    if not spelt or not marks:
        return
    with TemporaryDirectory() as folder, collection(Path(folder)) as col:
        document = ankigen.read_text("Term :: definition", str(Path(folder) / "notes.md"))
        (record,) = document.records
        records = [ankigen.replace(record, deck=name, key=f"k{number}") for number, name in enumerate(spelt)]
        records[0] = ankigen.replace(records[0], tags=tuple(marks))
        ankigen.write_package(Path(folder) / "n.apkg", [document.with_records(records)], now=1_700_000_000)
        assert import_package(col, Path(folder) / "n.apkg") == {"new": len(spelt)}
        assert {deck.name for deck in col.decks.all_names_and_ids()} - {"Default"} == set(spelt)
        found = {tag for (text,) in rows(col, "select tags from notes") for tag in text.split()}
        assert found == set(marks)


@pytest.mark.parametrize(
    ("front", "deck", "tags"),
    [
        ("deck: TCP/IP", "TCP/IP", ()),
        ("deck: 'a :: b'", "a::b", ()),
        ("tags:\n  - one\n  - two/three", "n", ("one", "two::three")),
        ("tags:\n- '#one'", "n", ("one",)),
        ("tags: one two, three", "n", ("one", "two", "three")),
        ('tags: "#one #two"', "n", ("one", "two")),
    ],
)
def test_front_matter_names(front: str, deck: str, tags: tuple[str, ...], tmp_path: Path) -> None:
    write(tmp_path, {"content/sub/n.md": f"---\n{front}\n---\n\na :: b\n"})
    document = ankigen.read(tmp_path / "content/sub/n.md")
    assert document.diagnostics == ()
    assert [(r.deck, r.tags) for r in document.records] == [(deck if deck != "n" else "sub::n", tags)]


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("---\ndeck: a::::b\n---\nx :: y\n", "2:1: warning[cleaned-name]: Anki takes no empty levels"),
        ("---\ndeck: 'say \"a\"'\n---\nx :: y\n", "2:1: warning[cleaned-name]: Anki takes no quotes"),
        ("---\ntags: ['a::::b']\n---\nx :: y\n", "2:1: warning[cleaned-name]: Anki takes no empty levels"),
        ('x :: y {deck="::a"}\n', "1:8: warning[cleaned-name]: Anki takes no empty levels"),
        (
            'x :: y {class="a::::b"}\n',
            "1:8: warning[cleaned-name]: Anki takes no empty levels in a name: it becomes a::b",
        ),
        ("x :: y {.::}\n", "1:8: warning[cleaned-name]: Anki takes no empty levels in a name: nothing is left of it"),
        ("---\ndeck: [a, b]\n---\nx :: y\n", "2:1: error[invalid-value]: deck cannot be a, b"),
    ],
)
def test_a_name_that_has_to_change_is_said(note: str, says: str, tmp_path: Path) -> None:
    write(tmp_path, {"n.md": note})
    assert f"n.md:{says}" in run("check", tmp_path / "n.md").stdout


def test_a_folder_whose_name_has_to_change_is_said_once(tmp_path: Path) -> None:
    write(tmp_path, {f'content/say "a"/{name}.md': f"{name} :: y\n" for name in ("b", "c")})
    write(tmp_path, {'content/say "a"/a.md': "---\ndeck: Own\n---\nx :: y\n"})  # its place says nothing
    write(tmp_path, {'content/the "d".md': "x :: y\n"})
    said = run("check", tmp_path).stdout
    message = "warning[cleaned-name]: Anki takes no quotes or control characters in a name: it becomes"
    assert said.count("[cleaned-name]") == 2
    assert f'content/say "a"/b.md: {message} say a\n' in said
    assert f'content/the "d".md: {message} the d\n' in said


def test_names_that_are_one_to_anki_are_named_once_with_both_places(tmp_path: Path) -> None:
    write(tmp_path, {"content/a.md": "---\ndeck: Bio::Cells\n---\n\na :: b #Exam\n\nc :: d #exam\n"})
    write(tmp_path, {"content/b.md": "---\ndeck: bio\n---\n\ne :: f\n\ng :: h\n"})
    shown = run("check", tmp_path).stdout
    assert shown.count("similar-names") == 2
    assert "content/a.md:7:9: warning[similar-names]: tag exam and tag Exam, at" in shown
    assert "content/b.md:5:1: warning[similar-names]: deck bio and deck Bio, at" in shown
