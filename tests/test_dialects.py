"""Notes written for another program: how a project says so, what never reaches a card, and that they stay the same."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen.convert import convert
from ankigen.globs import is_named
from ankigen.lock import read_lock
from ankigen.readers import read_source
from ankigen.readers.registry import find_reader, reader_names
from ankigen.readers.settings import Headings, Settings
from ankigen.readers.tells import TELLS
from ankigen.records import Document, Record
from ankigen.source import Source
from commands import NOW, process, run, write
from counting import calls
from notes_fixtures import DIALECTS, Case, cases

CASES = cases(DIALECTS)
NAMES = sorted({case.reader for case in CASES})
PAGES = [name for name in NAMES if find_reader(name).__module__.startswith("ankigen.readers.dialects")]

CARDS = {  # one card in each dialect
    "notes": "Front :: Back\n",
    "osr": "Front::Back\n",
    "flashcards-obsidian": "Front::Back\n",
    "obsidian-to-anki": "START\nBasic\nFront: Front\nBack: Back\nEND\n",
    "logseq": "- Front #card\n  - Back\n",
    "hashcards": "Q: Front\nA: Back\n",
    "ankiops": "Q: Front\nA: Back\n",
    "heading": "# Deck\n\n## Front\n\nBack\n",
    "markdown-anki-decks": "## Front\n\nBack\n",
    "yanki": "Front\n\n---\n\nBack\n",
    "inka": "---\nDeck: A\n\n1. Front\n> Back\n---\n",
    "ankdown": "Front\n\n%\n\nBack\n",
    "supermemo": "Q: Front\nA: Back\n",
    "mochi": "Front\n\n---\n\nBack\n",
}


def read(name: str, text: str, **said: object) -> Document:
    return find_reader(name)(Source("notes.md", text), Settings(**said))  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# how a file is read


def test_the_last_pattern_that_fits_says_how_a_file_is_read(folder: Path) -> None:
    toml = 'dialect = "logseq"\n[dialects]\n"obsidian/**" = "osr"\n"**/plain*.md" = "notes"\n'
    write(
        folder,
        {
            "ankigen.toml": toml,
            "content/a.md": "- one #card\n  - 1\n",
            "content/obsidian/b.md": "two::2\n",
            "content/obsidian/deep/c.md": "three::3\n",
            "content/obsidian/plain.md": "four :: 4\n",
            "content/obsidian/d.md": "---\ndialect: notes\n---\nfive :: 5\n",
        },
    )
    done = run("check", "--format", "json")
    assert done.exit_code == 0, done.output
    built = run("build", "--now", NOW) if "--now" in run("build", "--help").output else run("build")
    assert built.exit_code == 0, built.output
    terms = {entry.term: entry.path for entry in read_lock(folder / "ankigen.lock").entries}
    assert sorted(terms) == ["five", "four", "one", "three", "two"]
    assert run("check", "--from", "osr", "content/a.md").exit_code == 0


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("*.md", ["a.md"]),
        ("**", ["a.md", "x/a.md", "x/y/b.md"]),
        ("**/*.md", ["a.md", "x/a.md", "x/y/b.md"]),
        ("x/**", ["x/a.md", "x/y/b.md"]),
        ("x/*", ["x/a.md"]),
        ("**/y/?.md", ["x/y/b.md"]),
        ("x", []),
        ("[a].md", []),
    ],
)
def test_patterns(pattern: str, named: list[str]) -> None:
    assert [path for path in ("a.md", "x/a.md", "x/y/b.md") if is_named(path, pattern)] == named


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('dialect = "osrr"', "did you mean osr?"),
        ('[dialects]\n"a" = "x"', "there is no dialect x"),
        ('dialects = "osr"', "dialects is no table"),
        ("[dialects]\na = 1", "there is no dialect 1"),
    ],
)
def test_a_dialect_that_there_is_not_is_named(folder: Path, toml: str, said: str) -> None:
    write(folder, {"ankigen.toml": toml, "content/a.md": "a :: b\n"})
    done = run("check")
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_note_in_an_unknown_dialect_stops_the_build_and_lists_all(folder: Path) -> None:
    write(folder, {"content/a.md": "---\ndialect: other\n---\na :: b\n"})
    done = run("build")
    assert done.exit_code == 1
    assert "there is no dialect other" in done.stderr
    assert all(name in done.stderr for name in reader_names())
    assert not (folder / "build").exists() or not list((folder / "build").iterdir())


def test_the_shell_completes_every_dialect(tmp_path: Path) -> None:
    done = process(cwd=tmp_path, _ANKIGEN_COMPLETE="bash_complete", COMP_WORDS="ankigen check --from ", COMP_CWORD="3")
    assert {line.partition(",")[2] for line in done.stdout.split()} == set(reader_names())


@pytest.mark.parametrize("name", CARDS)
def test_the_settings_of_a_project_reach_every_dialect(name: str) -> None:
    text = "Back <iframe></iframe>".join(CARDS[name].rsplit("Back", 1))
    said = {"tags": ("exam",), "theme": "plain", "note_type": "own", "deck": "A::B", "above": "A"}
    for unsafe in (True, False):
        document = read(name, text, unsafe_html=unsafe, **said)
        (record,) = document.records
        assert ("<iframe" in record.definition.html) is unsafe
        assert any(fault.rule.value == "unsafe-html" for fault in document.diagnostics)
        assert (record.tags[0], record.theme, record.note_type) == ("exam", "plain", "own")
        assert record.deck.split("::")[0] == "A"


def test_headings_count_as_in_notes() -> None:
    text = "# One\n\n## Two #x\n\na::b\n"
    for name in ("osr", "flashcards-obsidian"):
        assert [r.tags for r in read(name, text).records] == [("One::Two",)]
        assert [r.deck for r in read(name, text, headings=Headings.DECK).records] == ["Notes::One::Two"]
        assert [r.tags for r in read(name, text, headings=Headings.NONE).records] == [()]


def test_a_comment_silences_a_rule_in_a_dialect(folder: Path) -> None:
    write(
        folder,
        {"ankigen.toml": 'dialect = "osr"', "content/a.md": "x::1\nx::2 <!-- ankigen: ignore duplicate-term -->\n"},
    )
    done = run("check")
    assert (done.exit_code, done.stdout) == (0, ""), done.output


# what never is a card, or on one


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    "place", ["`{}`", "$x {} y$", "<https://x.example/{}>", "[a](<{}>)", "<!-- {} -->", "```\n{}\n```"]
)
@pytest.mark.parametrize(
    "mark", ["a::b", "a:::b", "==a==", "{1:a}", "{{c1::a}}", "{{cloze a}}", "a #card", "STARTI [Basic] a Back: b ENDI"]
)
def test_no_mark_in_code_math_and_links_is_one(name: str, place: str, mark: str) -> None:
    assert read(name, f"Words\n\n{place.format(mark)}\n\nmore words\n").records == ()


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize(
    "left",
    [
        "<!--ID: 1700000000001-->",
        "^1700000000001",
        "<!-- nid: 1700000000001 -->",
        "^abc",
        "<!--SR:!2024-01-01,3,250-->",
        "^q-ab2d <!--SR:!2024-01-01,3,250-->",
    ],
)
def test_ids_of_other_programs_are_not_shown_and_are_keys(name: str, left: str) -> None:
    text = CARDS[name].replace("Back\n", f"Back {left}\n")
    (record,) = read(name, text).records
    assert "Back" in record.definition.html
    for part in ("ID", "nid", "17000", "SR", "abc", "q-ab", "^"):
        assert part not in record.definition.html + record.definition.markdown + record.term.html
    assert record.key == ("1700000000001" if "17000" in left else None)


@pytest.mark.parametrize("text", ["`a ^abc`", "a $x ^abc$", "`<!--ID: 1-->`", "2 ^10", "a^b", "x^abc"])
def test_what_only_looks_like_an_id_is_shown(text: str) -> None:
    for name in ("notes", "osr"):
        (record,) = read(name, f"{text} :: b\n\nc :: {text}\n").records[1:]
        assert record.definition.markdown == text
        assert record.key is None


@pytest.mark.parametrize("name", ["notes", "osr"])
def test_an_id_that_another_program_adds_keeps_the_note(folder: Path, name: str) -> None:
    (text, card), note_id = ("a{0} :: b{0}\n\n", "<!--ID: 170000000000{0}-->"), range(3)
    write(folder, {"ankigen.toml": f'dialect = "{name}"', "content/a.md": "".join(text.format(n) for n in note_id)})
    assert run("build").exit_code == 0
    before = {entry.term: entry.guid for entry in read_lock(folder / "ankigen.lock").entries}
    with_ids = "".join(text.format(n).strip() + f"\n{card.format(n)}\n\n" for n in reversed(note_id))
    for changed in (with_ids, with_ids.replace("b1", "b1 and more"), "".join(text.format(n) for n in note_id)):
        write(folder, {"content/a.md": changed})
        assert run("build").exit_code == 0
        assert {entry.term: entry.guid for entry in read_lock(folder / "ankigen.lock").entries} == before


# a file that looks like another program's


def test_a_file_of_another_dialect_is_named(folder: Path) -> None:
    write(folder, {"content/a.md": "#flashcards/x\n\n" + "q\n?\na\n\n" * 14})
    done = run("check", "--format", "json")
    (fault,) = [fault for fault in json.loads(done.stdout)["diagnostics"] if fault["rule"] == "other-dialect"]
    assert fault["message"] == "14 lines hold only `?`: is this Obsidian Spaced Repetition?"
    assert '`dialect = "osr"`' in fault["hint"]
    assert fault["line"] == 4
    for said in ("dialect: osr", "dialect: notes"):
        write(folder, {"content/a.md": f"---\n{said}\n---\n#flashcards/x\n\n" + "q\n?\na\n\n" * 14})
        assert "other-dialect" not in run("check").output


def test_no_file_of_notes_is_taken_for_another_dialect() -> None:
    texts = [path.read_text("utf-8") for path in Path(__file__).parents[1].joinpath("content").rglob("*.md")]
    texts += [case.notes for case in cases()] + ["what?\n\n`?`\n\n?\n", "```\n?\n?\nSTART\n{{cloze x}}\n```\n"]
    for text in texts:
        faults = read_source(Source("a.md", text), Settings()).faults
        assert [fault.message for fault in faults if fault.rule.value == "other-dialect"] == []


def test_a_dialect_is_never_taken_for_a_wrong_one() -> None:
    named = set()
    for case in CASES:
        for fault in read_source(Source("a.md", case.notes), Settings()).faults:
            if fault.rule.value == "other-dialect":
                assert f"`dialect: {case.reader}`" in fault.hint, case.name
                named.add(case.reader)
    assert {tell.dialect for tell in TELLS} <= set(reader_names())
    assert {"osr", "flashcards-obsidian", "obsidian-to-anki", "logseq"} <= named


# converting


def content(record: Record) -> tuple[object, ...]:
    return (record.term, record.definition, record.items, record.ordered, record.kind, record.deck, record.tags)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_fixture_converts_to_the_same_records(case: Case) -> None:
    document = case.document
    said = Settings(dialect=case.reader)
    done = convert(document, said, "old.md")
    back = read_source(Source("new.md", done.text), said)
    assert back.reader == "notes"
    assert list(map(content, back.records)) == list(map(content, document.records)), done.text
    assert [r.key for r in back.records] == [r.key for r in document.records]
    assert done.changed == ()
    for span in document.prose:  # every word of it, comments too
        words = re.findall(r"[^\W_]+", document.source.text[span.start : span.end])
        assert set(words) <= set(re.findall(r"[^\W_]+", done.text))


PIECES = {
    name: [piece for case in CASES if case.reader == name for piece in case.notes.split("\n\n")] for name in PAGES
}


@pytest.mark.parametrize("name", ["osr", "flashcards-obsidian", "obsidian-to-anki", "logseq"])
@given(st.data())
@settings(max_examples=30, deadline=None)
def test_pieces_in_any_order_convert_to_the_same_records(name: str, data: st.DataObject) -> None:
    pieces = [piece for piece in PIECES[name] if not piece.startswith(("---", "+++")) and piece.count("```") % 2 == 0]
    text = "\n\n".join(data.draw(st.lists(st.sampled_from(pieces), max_size=6)))
    document = read(name, f"words\n\n{text}\n")
    done = convert(document, Settings(), "old.md")
    back = read_source(Source("new.md", done.text), Settings())
    lost = set(map(content, document.records)) - set(map(content, back.records))
    assert lost == set(map(content, done.changed)), done.text
    assert not lost, done.text


# another package's dialect


def test_an_installed_package_brings_its_own_dialect(folder: Path) -> None:
    example = re.search(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert example
    assert len(example[1].splitlines()) <= 30
    write(
        folder,
        {
            "site/ankigen_arrows.py": example[1],
            "site/ankigen_arrows-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: arrows\nVersion: 1.0\n",
            "site/ankigen_arrows-1.0.dist-info/entry_points.txt": (
                "[ankigen.readers]\narrows = ankigen_arrows:read_arrows\n"
            ),
            "content/a.md": "---\ndialect: arrows\n---\nsun => star\n\n`a => b`\n",
        },
    )
    done = process("build", cwd=folder, PYTHONPATH=str(folder / "site"))
    assert done.returncode == 0, done.stderr
    assert [entry.term for entry in read_lock(folder / "ankigen.lock").entries] == ["sun"]
    assert (
        "arrows"
        in process("check", "--from", "none", "content/a.md", cwd=folder, PYTHONPATH=str(folder / "site")).stderr
    )


def test_a_package_that_cannot_be_loaded_is_named(folder: Path) -> None:
    write(
        folder,
        {
            "site/broken-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n",
            "site/broken-1.0.dist-info/entry_points.txt": "[ankigen.readers]\nbroken = no_such_module:read\n",
            "content/a.md": "a :: b\n",
        },
    )
    assert process("check", cwd=folder, PYTHONPATH=str(folder / "site")).returncode == 0
    done = process("check", "--from", "broken", cwd=folder, PYTHONPATH=str(folder / "site"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "no_such_module:read cannot be loaded" in done.stdout


DOCS = Path(__file__).parents[1] / "docs" / "dialects.md"

# cost

HOSTILE: dict[str, Callable[[int], str]] = {
    "colons": lambda n: "a::b::" * n,
    "highlights": lambda n: "==a;;" * n,
    "open highlights": lambda n: "==a " * n,
    "braces": lambda n: "{1:a" * n,
    "double braces": lambda n: "{{cloze a\\\\" * n,
    "marks": lambda n: "q\n?\n" * n,
    "marks apart": lambda n: "q\n?\n\n" * n,
    "tags": lambda n: "#card " * n + "x",
    "decks": lambda n: "#flashcards/a " * n + "x",
    "headings": lambda n: "# a #card\n" * n,
    "nested headings": lambda n: "".join(f"{'#' * (1 + i % 6)} a #card\n\n" for i in range(n)),
    "paragraphs": lambda n: "a #card\n\n" * n,
    "starts": lambda n: "START\n" * n,
    "starts in a line": lambda n: "STARTI [Basic] a " * n,
    "labels": lambda n: "START\n" + "Back: a\n" * n + "END\n",
    "bullets": lambda n: "- a #card\n" * n,
    "deep bullets": lambda n: "".join(f"{' ' * min(i, 60)}- a #card\n" for i in range(n)),
    "comments": lambda n: "<!--ID:" * n,
    "schedules": lambda n: "a::b <!--SR:x-->\n" * n,
    "anchors": lambda n: " ^aaa" * n,
    "rules": lambda n: "---\n\na\n\n" * n,
    "links": lambda n: "[#" * n,
}


@pytest.mark.parametrize("shape", HOSTILE)
@pytest.mark.parametrize("name", ["osr", "flashcards-obsidian", "obsidian-to-anki", "logseq"])
def test_no_shape_costs_more_than_its_length(name: str, shape: str) -> None:
    small, large = (calls(lambda n=n: read(name, HOSTILE[shape](n))) for n in (100, 400))  # type: ignore[misc]
    assert large < 4 * small * 1.3 + 3000, (small, large)


def test_the_pages_of_dialects_are_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DOCS.parents[1] / "tools")
    from write_dialects import pages

    for path, text in pages().items():
        assert path.read_text("utf-8") == text, f"run python tools/write_dialects.py: {path.name}"
    assert {path.stem for path in DOCS.with_suffix("").glob("*.md")} == set(NAMES)


@pytest.mark.parametrize("opening", ["```python", "<!-- later"])
@pytest.mark.parametrize("name", ["osr", "hashcards", "heading", "logseq"])
def test_what_swallows_the_cards_below_is_named(name: str, opening: str) -> None:
    document = read_source(Source("n.md", f"Text.\n\n{opening}\nQ: a\nA: b::c\n"), Settings(reader=name))
    assert [fault.line for fault in document.diagnostics if fault.rule.value.startswith("unclosed-")] == [3]
