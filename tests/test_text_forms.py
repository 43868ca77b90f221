"""One text, saved in many ways, is one text: the same records, the same places, and the same notes in Anki."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import pytest

from ankigen.decoding import decode
from ankigen.diagnostics import Diagnostic, Rule, sort
from ankigen.readers.markdown import read_markdown
from ankigen.readers.settings import Settings
from ankigen.records import Document
from ankigen.report.human import human
from ankigen.source import Source
from commands import NOW, run, write
from notes_fixtures import cases

SAVED: dict[str, Callable[[str], bytes]] = {
    "as it is": lambda text: text.encode(),
    "with a byte order mark": lambda text: text.encode("utf-8-sig"),
    "with the line ends of Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "with the line ends of old Macs": lambda text: text.replace("\n", "\r").encode(),
    "decomposed": lambda text: normalize("NFD", text).encode(),
    "as UTF-16": lambda text: text.encode("utf-16"),
    "as UTF-16, the other way round": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "as UTF-16 of Windows": lambda text: b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le"),
    "all at once": lambda text: ("\ufeff" + normalize("NFD", text).replace("\n", "\r\n")).encode("utf-16"),
}
NOTES = [case.notes.replace("\r\n", "\n").replace("\r", "\n") for case in cases()]
NOTE = "# Érudition\n\n**Café**: où l’on boit\n\nnaïveté :: l’état naïf\n\nGroße Bögen ::: großes Ja\n"


def read(data: bytes, encoding: str = "") -> Document:
    source, faults = decode("notes.md", data, encoding)
    assert source
    document = read_markdown(source, Settings())
    return replace(document, diagnostics=(*faults, *document.diagnostics))


def places(document: Document) -> list[tuple[object, ...]]:
    return [(d.rule, d.line, d.column, d.length, d.message) for d in sort(document.diagnostics)]


@pytest.mark.parametrize("form", SAVED)
def test_a_note_is_the_same_however_it_is_saved(form: str) -> None:
    for note in NOTES:
        if note.startswith("\ufeff"):
            continue
        plain, saved = read(note.encode()), read(SAVED[form](note))
        assert saved.records == plain.records
        assert (saved.prose, places(saved)) == (plain.prose, places(plain))


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_plain_utf_16_needs_no_mark(order: str) -> None:
    found = [note for note in NOTES if note.isascii() and len(note) > 4 and "\0" not in note]
    assert len(found) > 100
    for note in found:
        assert read(note.encode(order)).records == read(note.encode()).records


@pytest.mark.parametrize("form", [*SAVED, "as cp1252", "with invisible characters"])
def test_a_note_saved_in_another_way_is_unchanged_in_anki(form: str, tmp_path: Path) -> None:
    write(tmp_path, {"content/n.md": NOTE})
    assert run("build", tmp_path, "--now", NOW).exit_code == 0
    lock = (tmp_path / "ankigen.lock").read_bytes()
    saved = {
        "as cp1252": lambda: NOTE.encode("cp1252"),
        "with invisible characters": lambda: re.sub(r"(?m)^|(?= :)|$", "\u200b\ufeff", NOTE).encode(),
    }.get(form, lambda: SAVED[form](NOTE))()
    write(tmp_path, {"content/n.md": saved})
    plan = json.loads(run("plan", tmp_path, "--format", "json").stdout)
    assert {note["change"] for note in plan["notes"]} <= {"unchanged"}, plan
    run("build", tmp_path, "--now", "2027-01-01T00:00:00Z")
    assert (tmp_path / "ankigen.lock").read_bytes() == lock


BESIDE = (
    *("Term{0} :: def", "Term{0}:: def", "Term ::{0} def", "Term ::: def{0}", "{0}Term :: def", "**Term**{0}: def"),
    *("**Term**:{0}def", "**Term:**{0}def", "**Term**{0}- def", "**Term** -{0}def", "{0}**Term**: def"),
    *("#{0}Term\ndef", "##{0} Term\ndef", "{0}# Term\n\ndef", "-{0}**Term**: def", "{0}- **Term**: def"),
    *("{0}Q: Term\nA: def", "Q:{0}Term\nA:{0}def", "Q: Term\n{0}A: def", "Term\n:{0}def", "Term\n{0}: def"),
    *("- Q:{0}Term\n  A: def", "Term :: def{0}{{#key}}", "| Term{0}|{0}Definition |\n|---|---|\n|{0}Term | def{0}|"),
)


@pytest.mark.parametrize("sign", ["\u00a0", "\u202f", "\u200b", "\ufeff", "\u2060", "\u00ad", "\u00a0\u200b"])
@pytest.mark.parametrize("form", BESIDE)
def test_what_cannot_be_seen_beside_a_mark_changes_nothing(form: str, sign: str) -> None:
    if not sign.strip("\u200b\ufeff\u2060\u00ad"):  # an invisible character is no space: the mark needs one beside it
        form = re.sub(r"(?<=[:#-])\{0\}(?=\w|\*)|(?<=:\*\*)\{0\}|\{0\}(?=::|-|\{\{)", "{0} ", form)
    plain, marked = (read_markdown(Source("n.md", form.format(s)), Settings()) for s in (" ", sign))
    assert len(marked.records) == 1
    said = [(r.term.markdown.strip(), r.definition.markdown.strip("\u00a0\u202f "), r.key) for r in marked.records]
    assert said == [(r.term.markdown, r.definition.markdown, r.key) for r in plain.records]


def test_a_space_that_does_not_break_stays_in_the_text() -> None:
    text = "Weg :: 10\u00a0km, «\u00a0oui\u202f!\u00a0» und Zwerg\u00adelstern, ភាសា\u200bខ្មែរ 👩\u200d🔬\n"
    (record,) = read_markdown(Source("n.md", text), Settings()).records
    assert record.definition.markdown == text[7:-1]


def test_what_cannot_be_seen_makes_no_second_term(tmp_path: Path) -> None:
    write(tmp_path, {"n.md": "Elster :: a\n\nEl\u00adster :: b\n\nCafe\u0301 :: c\n\nCafé :: d\n"})
    assert run("check", tmp_path / "n.md").stdout.count("duplicate-term") == 2


def test_cp1252_is_read_with_a_warning_that_a_setting_silences(tmp_path: Path) -> None:
    data = "a :: b\n\ncafé :: “naïf” – 5 €\n".encode("cp1252")
    document = read(data)
    assert [record.definition.markdown for record in document.records] == ["b", "“naïf” – 5 €"]
    assert places(document)[0][:3] == (Rule.GUESSED_ENCODING, 3, 4)
    write(tmp_path, {"content/n.md": data, "ankigen.toml": 'encoding = "cp1252"\n'})
    done = run("check", tmp_path)
    assert (done.exit_code, done.stdout) == (0, "")
    write(tmp_path, {"ankigen.toml": 'encoding = "zz"\n'})
    assert "there is no encoding zz" in run("check", tmp_path).stderr


@pytest.mark.parametrize("data", ["é ö :: ü".encode() + b"\xe9", b"a :: \x8d", b"a\x01 :: \xe9", b"\xed\xa0\x80 :: a"])
def test_damaged_text_is_not_taken_for_cp1252(data: bytes) -> None:
    source, faults = decode("n.md", data)
    assert source is None
    assert [fault.rule for fault in faults] == [Rule.UNDECODABLE_FILE]


@pytest.mark.parametrize(
    ("before", "marked", "columns", "width"),
    [
        ("word ", "x", 5, 1),
        ("\t", "x", 4, 1),
        ("a\tb\t", "x", 10, 1),
        ("塩と", "水", 4, 2),
        ("e\u0301\u0323 ", "x", 2, 1),
        ("👩\u200d👩\u200d👧 ", "👍🏽", 3, 2),
        ("❤\ufe0f🇩🇪 ", "x", 5, 1),
        ("שָׁלוֹם ", "x", 5, 1),
        ("a\u200bb ", "x", 3, 1),
    ],
)
def test_the_mark_stands_below_what_is_meant(before: str, marked: str, columns: int, width: int) -> None:
    source = Source("n.md", f"{before}{marked} and more")
    start = source.text.index(marked)
    fault = Diagnostic.at(source, Rule.EMPTY_TERM, start, "m", "h", start + len(marked))
    *_, text, marks, _ = human(fault, lambda part, **_: part).split("\n")
    assert text.startswith("1 | ")
    assert marks == "  | " + " " * columns + "^" * width
