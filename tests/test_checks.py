"""The rules over whole documents: each fault on its line and column, and at the cost of its record alone."""

import re
from pathlib import Path

import pytest

import ankigen
from ankigen.diagnostics import Rule
from commands import run, write

# note, and its diagnostics as `line:column+length rule: message`
CASES = {
    "a term twice in a deck": (
        "**Wall**: a\n\n**Cell**: b\n\n## WALL\n\ne\n",
        ["5:4+4 duplicate-term: deck n has this term already, at n.md:1"],
    ),
    "a term twice, one with a key": ("**Wall**: a\n\n**Wall**: b {#other}\n", []),
    "a term twice, in two decks": ('**Wall**: a\n\n**Wall**: b {deck="Other"}\n', []),
    "a key twice": (
        "**Wall**: a {#key}\n\n**Cell**: b {.key #key}\n\n**Last**: c\n",
        ["3:19+4 duplicate-key: the key key is taken by the record at n.md:1"],
    ),
    "a cloze that is not closed": (
        "Fish {{c1::swim}} and birds {{c2::fly}\n",
        ["1:29+6 broken-cloze: the cloze that begins here is not closed"],
    ),
    "a cloze that is not closed, with one inside": (
        "Text\ncells {{c1::have {{c2::walls}}\n",
        ["2:7+6 broken-cloze: the cloze that begins here is not closed"],
    ),
    "cloze 0": (
        "{{c1::Fish}} {{c0::swim}}\n",
        ["1:14+6 broken-cloze: clozes are numbered from 1: Anki makes no card for c0"],
    ),
    "an empty cloze": (
        "{{c1::Fish}} {{c1::}} {{c2:: }}\n",
        ["1:14+8 broken-cloze: this cloze hides nothing"],
    ),
    "an empty cloze with a hint": (
        "Fish {{c1::::how}}\n",
        ["1:6+13 broken-cloze: this cloze hides nothing"],
    ),
    "a cloze with a capital": ("Fish {{C1::swim}}\n", ["1:6+6 broken-cloze: this is no cloze to Anki"]),
    "a cloze number without end": (
        "Fish {{c99999999::swim}}\n",
        ["1:6+13 broken-cloze: this is no cloze to Anki"],
    ),
    "clozes inside clozes": ("{{c1::Fish {{c2::swim::how}}}} {{c12::a}}\n", []),
    "missing media": (
        "**Wall**: two\n  lines ![wall](img/w.png) ![](w.png)\n",
        ["2:17+9 missing-media: there is no file img/w.png", "2:32+5 missing-media: there is no file w.png"],
    ),
    "media in a term": ("**Wall ![](w.png)**: x\n", ["1:12+5 missing-media: there is no file w.png"]),
    "a missing sound": ("**Wall**: [sound:w.mp3]\n", ["1:18+5 missing-media: there is no file w.mp3"]),
    "unsafe media": ("**Wall**: ![](../w.png)\n", ["1:15+8 unsafe-media: ../w.png lies outside the project"]),
    "remote media": (
        "**Wall**: ![](https://a.b/w.png)\n",
        [
            "1:15+17 remote-media: https://a.b/w.png is not in the package: it is shown only where there is a network",
        ],
    ),
    "an unknown note type": (
        "**Wall**: a\n\n## Cell {notetype=other}\n\nb\n",
        ["3:4+4 invalid-value: there is no note type other"],
    ),
    "a cloze note type for a term": (
        "## Cell {notetype=cloze}\n\nb\n",
        ["1:4+4 invalid-value: note type cloze does not fit a basic record"],
    ),
    "a note type for terms for a cloze": (
        "Fish {{c1::swim}} {notetype=term}\n",
        ["1:1+17 invalid-value: note type term does not fit a cloze record"],
    ),
    "a blank front": ("## <br>\n\nb\n", ["1:4+4 empty-term: the front of every card would be blank"]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_fault_has_its_place(tmp_path: Path, case: tuple[str, list[str]]) -> None:
    note, expected = case
    document = ankigen.read_text(f"**Sound**: record\n\n{note}", str(tmp_path / "n.md"))
    try:
        problems = ankigen.write_package(tmp_path / "n.apkg", [document])
    finally:
        assert not list(tmp_path.glob("*.tmp"))
    shown = [f"{p.line - 2}:{p.column}+{p.length} {p.rule.value}: {p.message}" for p in problems]
    moved = [line.replace("n.md:1", f"{tmp_path}/n.md:3") for line in expected]
    assert shown == moved


def test_every_rule_of_this_stage_has_a_case() -> None:
    shown = {line.split(" ")[1].rstrip(":") for _, lines in CASES.values() for line in lines}
    assert shown == {
        rule.value
        for rule in (
            Rule.DUPLICATE_TERM,
            Rule.DUPLICATE_KEY,
            Rule.BROKEN_CLOZE,
            Rule.MISSING_MEDIA,
            Rule.UNSAFE_MEDIA,
            Rule.REMOTE_MEDIA,
            Rule.INVALID_VALUE,
            Rule.EMPTY_TERM,
        )
    }


def test_faults_cost_their_records_and_are_shown_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notes = [note for note, _ in CASES.values()]
    write(tmp_path, {f"notes/{number}.md": f"**Sound**: record\n\n{note}" for number, note in enumerate(notes)})
    done = run("build", "notes", "-o", "all.apkg")
    assert done.exit_code == 1
    for number, (_, expected) in enumerate(CASES.values()):
        for fault in expected:
            line, column, _, rule = re.split(r"[:+ ]", fault)[:4]
            assert re.search(
                rf"^notes/{number}.md:{int(line) + 2}:{column}: \w+\[{rule}\]: ", done.stderr, re.MULTILINE
            )
    sound = run("verify", "all.apkg")
    assert set(re.findall(r"problem: (.*):", sound.stdout)) == {"missing media"}


def test_faults_are_found_across_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"a.md": "---\ndeck: x\n---\n**Wall**: a\n\n**Cell**: a {#cell}\n"})
    write(tmp_path, {"b.md": "---\ndeck: X\n---\n**wall**: b\n\n**Nucleus**: b {#cell}\n"})
    done = run("check", "a.md", "b.md")
    assert done.stdout.splitlines()[0] == ("b.md:4:3: warning[duplicate-term]: deck X has this term already, at a.md:4")
    assert "b.md:6:17: error[duplicate-key]: the key cell is taken by the record at a.md:6" in done.stdout
    assert run("build", "a.md", "b.md").stdout == "notes.apkg: 3 notes, 1 deck\n"
