"""Note types: what is promised for ever, what the real Anki makes of them, and what is refused."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from anki.collection import Collection

from anki_oracle import cards_in
from ankigen.files import BUILT_IN_TEMPLATES
from ankigen.notetypes import load_note_types
from ankigen.rendered import RENDERED, kept, rendered_note_types
from ankigen.themes import TemplateFault

# A contract, so written out: the reviews in people's collections hang on these numbers and on this order. A
# change here freezes or forks the notes of everyone who has imported a deck. A name alone may change.
FOR_EVER = {
    "term": (
        928668238336,
        [
            ("Term", 3922513793511399),
            ("Definition", 3288098756645540),
            ("Hint", 1243763398574857),
            ("Extra", 2396601666243961),
            ("Count", 7905111201197488),
            ("Source", 7685925670732646),
            ("Reverse", 3027228449696840),
            ("Typed", 7824599985487637),
            ("Spare 1", 8726781458589221),
            ("Spare 2", 4005834454092550),
            ("Spare 3", 7205933227141755),
            ("Spare 4", 4803237398938741),
            ("Spare 5", 6705734458974219),
            ("Theme", 8069167682157704),
        ],
        [("Definition", 8966646620197211), ("Term", 6273464469594041)],
    ),
    "cloze": (
        896694392331,
        [
            ("Text", 8075984203437925),
            ("Extra", 5579558540349412),
            ("Hint", 4183939711640231),
            ("Source", 7801630372511973),
            ("Spare 1", 8924699524872632),
            ("Spare 2", 6388196337121539),
            ("Spare 3", 2799404401957313),
            ("Spare 4", 2192004346632302),
            ("Spare 5", 3792653583021570),
            ("Theme", 8443637797294747),
        ],
        [("Cloze", 7312876305034673)],
    ),
}


def test_ids_never_change() -> None:
    note_types = load_note_types()
    assert list(note_types) == sorted(FOR_EVER)
    for folder, (number, fields, cards) in FOR_EVER.items():
        note_type = note_types[folder]
        assert note_type.id == number
        assert [(field.name, field.id) for field in note_type.fields] == fields
        assert [(card.name, card.id) for card in note_type.templates] == cards


def test_what_is_kept_of_them_is_what_the_templates_give() -> None:
    assert RENDERED.read_text("utf-8") == kept(load_note_types()), "run python tools/write_rendered.py"
    found = rendered_note_types()
    assert found == load_note_types()
    assert list(found or ()) == list(load_note_types())


def test_nothing_is_kept_of_other_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = tmp_path / "templates"
    shutil.copytree(BUILT_IN_TEMPLATES, copied)
    monkeypatch.setattr("ankigen.rendered.BUILT_IN_TEMPLATES", copied)
    assert rendered_note_types()
    (copied / "themes" / "mine").mkdir()
    assert rendered_note_types()
    (copied / "themes" / "mine" / "theme.css").write_bytes(b"\xff")
    assert rendered_note_types() is None


# --- in the real Anki


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    collection = Collection(str(tmp_path / "collection.anki2"))
    yield collection
    collection.close()


@pytest.mark.parametrize(
    ("switches", "numbers", "is_typed"),
    [
        ({}, {0}, False),
        ({"Typed": "1"}, {0}, True),
        ({"Reverse": "1"}, {0, 1}, False),
        ({"Reverse": "1", "Typed": "1"}, {0, 1}, True),
        ({"Hint": "h", "Extra": "e", "Count": "2", "Source": "s", "Spare 1": "x"}, {0}, False),
    ],
)
def test_switches_give_exactly_their_cards(
    collection: Collection, switches: dict[str, str], numbers: set[int], is_typed: bool
) -> None:
    sides = cards_in(collection, load_note_types()["term"], Term="Osmosis", Definition="Water moves.", **switches)
    assert set(sides) == numbers
    # the back takes the answer that was typed from the front, where Anki replaces this mark by the comparison
    assert [side.count("[[type:Definition]]") for side in sides[0]] == [int(is_typed)] * 2
    if 1 in sides:
        front, back = sides[1]
        assert "Osmosis" not in front
        assert "Osmosis" in back
        assert "[[type:" not in front + back


def test_term_card_shows_each_field_where_it_belongs(collection: Collection) -> None:
    fields = {"Hint": "raisins", "Extra": "pressure", "Count": "7", "Source": "p. 135"}
    term = load_note_types()["term"]
    front, back = cards_in(collection, term, Term="Osmosis", Definition="Water moves.", **fields)[0]
    for text in ("Science::Cells", "Osmosis", "7 items", "raisins"):
        assert text in front
    for text in ("Water moves.", "pressure", "p. 135"):
        assert text not in front
        assert text in back
    assert back.index("Water moves.") < back.index("pressure") < back.index("p. 135")

    front, _ = cards_in(collection, term, Term="Osmosis", Definition="Water", Typed="1", Count="7")[0]
    assert "items" not in front


def test_cloze_makes_one_card_a_number(collection: Collection) -> None:
    text = "{{c1::Water}} moves through a {{c2::membrane::thin}}."
    sides = cards_in(collection, load_note_types()["cloze"], Text=text, Extra="more", Hint="h", Source="p. 1")
    assert set(sides) == {0, 1}
    front, back = sides[1]
    assert "[thin]" in front
    assert "more" not in front
    assert 'class="cloze"' in back
    assert back.index("membrane") < back.index("more") < back.index("p. 1")


# --- a project's own templates

MINE = """\
name = "Mine"
id = 5
cloze = false
style = "style.css"
fields = [
    { name = "Word", id = 6 },
    { name = "Meaning", id = 7 },
]
cards = [
    { name = "Only", id = 8, front = "front.html", back = "back.html" },
]
"""
MINE_FILES = {
    "mine/notetype.toml": MINE,
    "mine/front.html": "{{Word}}\n",
    "mine/back.html": "{{FrontSide}}\n<hr>\n{{#Meaning}}{{text:Meaning}}{{/Meaning}}\n",
    "mine/style.css": '[% include "base/style.css" %]\n',
}


def project(folder: Path, **changed: str | bytes) -> Path:
    """A templates folder that adds the note type "mine", with some of its files written otherwise."""
    root = folder / "templates"
    for name, text in {**MINE_FILES, **changed}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def test_a_project_adds_a_note_type(tmp_path: Path, collection: Collection) -> None:
    note_types = load_note_types(project(tmp_path))
    assert list(note_types) == ["cloze", "term", "mine"]
    assert note_types["mine"].css == load_note_types()["term"].css.partition("\n\n.unseen")[0]
    assert cards_in(collection, note_types["mine"], Word="w", Meaning="m") == {0: ("w", "w\n<hr>\nm")}


def test_a_project_changes_single_files(tmp_path: Path) -> None:
    root = project(
        tmp_path,
        **{
            "term/ask-term.html": '[% set a = "?" %]\n[# b #]\n{{#Reverse}}{{Definition}}[= a =]{{/Reverse}}',
            "themes/paper/theme.css": "[= card =] { --paper: white }",
        },
    )
    ours, theirs = load_note_types()["term"], load_note_types(root)["term"]
    assert theirs.templates[1].front == "{{#Reverse}}{{Definition}}?{{/Reverse}}"
    assert theirs.css.startswith(".card { --paper: white }")
    assert (theirs.id, theirs.fields, theirs.templates[0]) == (ours.id, ours.fields, ours.templates[0])
    assert load_note_types(tmp_path / "not there") == load_note_types()


# --- faults name the file, the line, and a way out


@pytest.mark.parametrize(
    ("file", "text", "place", "message"),
    [
        # Jinja
        ("front.html", "{{Word}}\n[% if %]\n", "front.html:2", "Expected an expression"),
        ("front.html", "{{Word}}\n\n[= Word =]\n", "front.html:3", "'Word' is undefined"),
        ("front.html", "{{Word}}\n[= range(9) =]\n", "front.html:2", "'range' is undefined"),
        ("front.html", '\n[% include "mine/gone.html" %]\n', "front.html:2", "no file mine/gone.html"),
        ("front.html", "{{Word}}\n[= 1 + 'a' =]\n", "front.html:2", "unsupported operand"),
        ("back.html", '\n[% include "mine/back.html" %]\n', "back.html:2", "recursion"),
        ("style.css", "\n[= gone =]\n", "style.css:2", "'gone' is undefined"),
        ("front.html", b"\n\xff", "notetype.toml:10", "mine/front.html cannot be read"),
        # Anki's marks
        ("front.html", "{{Word}}\n{{Wrod}}\n", "front.html:2", "no field 'Wrod'"),
        ("back.html", "\n\n{{type:nc:Wrod}}\n", "back.html:3", "no field 'Wrod'"),
        ("back.html", "\n{{^Wrod}}no{{/Wrod}}\n", "back.html:2", "no field 'Wrod'"),
        ("front.html", "{{Word}}{{#c1}}x{{/c1}}\n", "front.html:1", "no field 'c1'"),
        ("front.html", "{{#Word}}a{{/Word}}\n\n{{#Word}}\n", "front.html:3", "Missing '{{/Word}}'"),
        ("back.html", "{{#Word}}a{{/Word}}\nb{{/Word}}\n", "back.html:2", "missing '{{#Word}}' or"),
        ("back.html", "{{#Word}}\n{{^Meaning}}\n{{/Word}}\n", "back.html:3", "expected '{{/Meaning}}'"),
        # the definition
        ("notetype.toml", "name = \n", "notetype.toml:1", "cannot be read as TOML"),
        ("notetype.toml", 'name = "x', "notetype.toml:1", "cannot be read as TOML"),
        ("notetype.toml", "a = " + "[" * 9999, "notetype.toml:1", "cannot be read as TOML"),
        ("notetype.toml", "\n\nid = " + "9" * 9999, "notetype.toml:3", "cannot be read as TOML"),
        ("notetype.toml", MINE.replace('name = "Mine"\n', ""), "notetype.toml:1", "name is missing"),
        ("notetype.toml", "# fields\n" + MINE.replace('"Word"', '""'), "notetype.toml:6", "named ''"),
        ("notetype.toml", MINE.replace("id = 5\n", ""), "notetype.toml:1", "id is missing"),
        ("notetype.toml", MINE.replace(", id = 7", ""), "notetype.toml:7", "id is missing"),
        ("notetype.toml", MINE.replace("id = 7", "id = 6"), "notetype.toml:7", "6 is used twice"),
        ("notetype.toml", MINE.replace("id = 8", "id = 6"), "notetype.toml:10", "6 is used twice"),
        ("notetype.toml", MINE.replace("id = 7", "id = 0"), "notetype.toml:7", "out of range"),
        ("notetype.toml", MINE.replace("id = 7", f"id = {2**63}"), "notetype.toml:7", "out of range"),
        ("notetype.toml", MINE.replace("id = 7", "id = true"), "notetype.toml:7", "not an integer"),
        ("notetype.toml", MINE.replace("id = 5", "id = 928668238336"), "notetype.toml:2", "templates/term"),
        ("notetype.toml", MINE.replace("Mine", "ankigen Term"), "notetype.toml:1", "templates/term"),
        ("notetype.toml", MINE.replace("Meaning", "WORD"), "notetype.toml:7", "WORD is used twice"),
        ("notetype.toml", MINE.replace("Meaning", "Tags"), "notetype.toml:7", "cannot be named 'Tags'"),
        ("notetype.toml", MINE.replace("Meaning", "a:b"), "notetype.toml:7", "cannot be named 'a:b'"),
        ("notetype.toml", MINE.replace("style =", "styles ="), "notetype.toml:1", "style is missing"),
        ("notetype.toml", MINE + "other = 1\n", "notetype.toml:12", "other is not a key"),
        ("notetype.toml", MINE.partition("cards")[0] + "cards = []\n", "notetype.toml:9", "cards is empty"),
        ("notetype.toml", MINE.partition("cards")[0] + "cards = [1]\n", "notetype.toml:9", "not a table"),
        (
            "notetype.toml",
            MINE.replace("back.html", "gone.html"),
            "notetype.toml:10",
            "no file mine/gone.html",
        ),
        ("notetype.toml", b"\xff", "notetype.toml:0", "cannot be read"),
    ],
)
def test_faults(tmp_path: Path, file: str, text: str | bytes, place: str, message: str) -> None:
    root = project(tmp_path, **{f"mine/{file}": text})
    with pytest.raises(TemplateFault) as raised:
        load_note_types(root)
    fault = raised.value
    path, line = place.split(":")
    assert message in fault.message
    assert (fault.path.removeprefix(f"{root.as_posix()}/"), fault.line) == (f"mine/{path}", int(line))
    assert fault.hint
    assert str(fault) == f"{fault.path}:{fault.line}: {fault.message}"


def test_a_fault_in_a_shared_file_is_placed_there(tmp_path: Path) -> None:
    files = {"mine/front.html": '[% include "mine/part.html" %]\n', "mine/part.html": "\n{{Wrod}}\n"}
    for part in ("\n{{Wrod}}\n", "\n[= wrod =]\n", "\n[% wrod %]\n"):
        with pytest.raises(TemplateFault) as raised:
            load_note_types(project(tmp_path, **{**files, "mine/part.html": part}))
        assert str(raised.value).endswith(("part.html:2: " + raised.value.message,))


# --- no template gets out

ENDLESS = "[% set many = 'x'.ljust(2000) %][% for a in many %][= many =][% endfor %]"


@pytest.mark.parametrize(
    "template",
    [
        "[= ''.__class__.__mro__ =]",
        "[= 'x'.format.__globals__ =]",
        "[= '{0.__class__}'.format('') =]",
        '[% include "../../etc/passwd" %]',
        '[% include "../../../../../../../../etc/passwd" ignore missing %]',
        '[% include "/etc/passwd" %]',
        '[% include "mine/link.html" %]',
        '[% include "mine/far/secret.html" %]',
        "[= 'x' * 999999999999 =]",
        "[= 9 ** 9 ** 9 ** 9 =]",
        ENDLESS,
    ],
)
def test_the_sandbox(tmp_path: Path, template: str) -> None:
    root = project(tmp_path, **{"mine/front.html": f"{{{{Word}}}}\n{template}"})
    (tmp_path / "secret.html").write_text("secret")
    (root / "mine/link.html").symlink_to(tmp_path / "secret.html")
    (root / "mine/far").symlink_to(tmp_path)
    with pytest.raises(TemplateFault) as raised:
        load_note_types(root)
    assert raised.value.path.endswith("mine/front.html")
    assert raised.value.hint.startswith("Templates run in a sandbox")


def test_a_definition_is_not_read_through_a_link(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "mine/notetype.toml").rename(tmp_path / "notetype.toml")
    (root / "mine/notetype.toml").symlink_to(tmp_path / "notetype.toml")
    with pytest.raises(TemplateFault, match="leads out of"):
        load_note_types(root)
