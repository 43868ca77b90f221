"""Severities and comments: one place decides what is said, for every command and for programs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ankigen
from anki_oracle import collection, import_package
from ankigen.diagnostics import Nature, Reach, Rule, Severity
from ankigen.policy import Policy, settle
from ankigen.readers import read_source
from ankigen.readers.ignores import ignores_in
from ankigen.readers.settings import Settings
from ankigen.source import Source
from commands import run, write
from counting import calls

TWICE = "**Bank**: money\n\n**Bank**: river\n"
FENCE = "**Loop**: for\n\n```\nfor x in xs\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(note: str, settings: str = "", *options: str) -> list[str]:
    """Line, severity and rule of all that `ankigen check` says of a note."""
    write(Path(), {"n.md": note, "ankigen.toml": settings})
    lines = [line for line in run("check", "n.md", *options).stdout.splitlines() if line.startswith("n.md:")]
    return [f"{line.split(':')[1]} {line.split(': ')[1]}" for line in lines]


@pytest.mark.parametrize("severity", ["error", "warning", "info", "off"])
def test_a_project_sets_what_a_rule_costs(here: Path, severity: str) -> None:
    settings = f'[rules]\nduplicate-term = "{severity}"\n'
    assert said(TWICE, settings) == ([] if severity == "off" else [f"3 {severity}[duplicate-term]"])
    done = run("build", "n.md", "-o", "n.apkg")
    assert done.stdout == f"n.apkg: {'1 note' if severity == 'error' else '2 notes'}, 1 deck\n"
    assert done.exit_code == (severity == "error")
    assert ("[duplicate-term]" in done.stderr) is (severity != "off")


def test_a_record_whose_error_was_lowered_is_built(here: Path) -> None:
    write(here, {"n.md": FENCE.replace("**Loop**: for\n\n", "## Loop\n\n")})
    assert run("build", "n.md", "-o", "n.apkg").exit_code == 1
    write(here, {"ankigen.toml": '[rules]\nunclosed-fence = "warning"\n'})
    done = run("build", "n.md", "-o", "n.apkg")
    assert (done.exit_code, done.stdout) == (0, "n.apkg: 1 note, 1 deck\n")
    assert "n.md:3:1: warning[unclosed-fence]" in done.stderr
    with collection(here) as col:
        assert import_package(col, here / "n.apkg") == {"new": 1}


def test_a_missing_picture_that_is_not_said_stops_no_build(here: Path) -> None:
    write(here, {"n.md": "**Bank**: ![](b.png)\n", "ankigen.toml": '[rules]\nmissing-media = "off"\n'})
    done = run("build", "n.md", "-o", "n.apkg")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "n.apkg: 1 note, 1 deck\n", "")


@pytest.mark.parametrize("severity", ["error", "warning", "info", "off"])
def test_what_is_found_before_a_file_is_read_goes_by_the_settings(here: Path, severity: str) -> None:
    (here / "n.md").write_bytes("café :: house\n".encode("cp1252"))
    write(here, {"ankigen.toml": f'[rules]\nguessed-encoding = "{severity}"\n'})
    for command in (["parse"], ["check"], ["build", "-o", "n.apkg"], ["plan"], ["convert"]):
        done = run(command[0], "n.md", *command[1:])
        assert done.exit_code == (severity == "error"), command
        assert done.output.count(f"{severity}[guessed-encoding]") == (severity != "off"), command


def test_every_command_goes_by_the_settings(here: Path) -> None:
    write(here, {"n.md": "**Bank**: money {colour=red}\n", "ankigen.toml": '[rules]\nunknown-attribute = "error"\n'})
    for command in (["parse"], ["check"], ["build", "-o", "n.apkg"], ["plan"], ["convert"]):
        done = run(command[0], "n.md", *command[1:])
        assert done.exit_code == 1
        assert "error[unknown-attribute]" in done.output
    (fault,) = ankigen.read("n.md").diagnostics
    assert fault.severity is ankigen.Severity.ERROR


@pytest.mark.parametrize(
    ("rules", "message", "hint"),
    [
        ('dublicate-term = "off"', "there is no rule dublicate-term", "did you mean duplicate-term?"),
        ('zzz = "off"', "there is no rule zzz", "ankigen explain lists all rules"),
        ('duplicate-term = "fatal"', "duplicate-term cannot be fatal", "use error, warning, info, off"),
        ("duplicate-term = 1", "duplicate-term cannot be 1", "use error, warning, info, off"),
        ('empty-term = "warning"', "empty-term stays an error: no sound note can be made", "take it out of [rules]"),
        ('ambiguous-note = "off"', "ambiguous-note stays an error: no package can be written", "take it out"),
        ('unsafe-html = "off"', "unsafe-html cannot be off: text is left out", "use error, warning, info; a comment"),
        ("learning = 1", "learning is neither true nor false", "write learning = true"),
        ("longest-answer = 0", "longest-answer is no number of at least 1", "write longest-answer = 50"),
    ],
)
def test_a_setting_that_cannot_be_is_explained(here: Path, rules: str, message: str, hint: str) -> None:
    write(here, {"n.md": TWICE, "ankigen.toml": f"[rules]\n{rules}\n"})
    done = run("check", "n.md")
    assert done.exit_code == 2
    assert f"ankigen.toml: {message}" in done.stderr
    assert hint in done.stderr


@pytest.mark.parametrize("rule", Rule, ids=lambda rule: rule.value)
def test_each_rule_can_be_set_as_low_as_it_says_and_no_lower(here: Path, rule: Rule) -> None:
    for severity in Severity:
        write(here, {"n.md": "**Bank**: money\n", "ankigen.toml": f'[rules]\n{rule.value} = "{severity}"\n'})
        assert run("check", "n.md").exit_code == (0 if severity.rank >= rule.lowest.rank else 2)


def test_warnings_fail_when_asked(here: Path) -> None:
    write(here, {"n.md": TWICE})
    assert run("check", "n.md").exit_code == 0
    assert run("check", "n.md", "--strict").exit_code == 1
    assert run("check", "n.md", "--strict", "--format", "json").exit_code == 1
    write(here, {"ankigen.toml": '[rules]\nduplicate-term = "info"\n'})
    assert run("check", "n.md", "--strict").exit_code == 0


IGNORE = "<!-- ankigen: ignore duplicate-term -->"
CASES = {
    "at the end of the line": (f"**Bank**: money\n\n**Bank**: river {IGNORE}\n", []),
    "behind the attributes": (f"**Bank**: ![](a.png)\n\n**Bank**: river {{.tag}} {IGNORE}\n", ["1 missing-media"]),
    "above the record": (f"**Bank**: money\n\n{IGNORE}\n\n**Bank**: river\n", []),
    "above the record, only for that": (
        f"**Bank**: money\n\n{IGNORE}\n**Bank**: river\n**Bank**: tree\n",
        ["5 duplicate-term"],
    ),
    "above a record of many lines": (
        "<!-- ankigen: ignore missing-media -->\n## Bank\n\nmoney\n\n![](a.png)\n\n## Tree\n\n![](b.png)\n",
        ["10 missing-media"],
    ),
    "above a table": (
        f"{IGNORE}\n| Term | Definition |\n|---|---|\n| Bank | money |\n| Bank | river |\n",
        [],
    ),
    "in a table": (f"| Term | Definition |\n|---|---|\n| Bank | money |\n| Bank | river | {IGNORE}\n", []),
    "two above each other": (
        f"**Bank**: money\n\n{IGNORE}\n<!-- ankigen: ignore missing-media -->\n**Bank**: ![](a.png)\n",
        [],
    ),
    "above a comment for the file": (
        f"**Bank**: money\n\n{IGNORE}\n<!-- ankigen: ignore-file missing-media -->\n**Bank**: ![](a.png)\n",
        [],
    ),
    "two rules": (
        "**Bank**: money\n\n<!-- ankigen: ignore duplicate-term, missing-media -->\n**Bank**: ![](a.png)\n",
        [],
    ),
    "for the file": (f"**Bank**: money\n\n**Bank**: river\n\n{IGNORE.replace('ignore', 'ignore-file')}\n", []),
    "no records": ("Prose.\n\n<!-- ankigen: ignore-file no-records -->\n", []),
    "in code": (f"**Bank**: money\n\n```\n{IGNORE}\n```\n\n**Bank**: `{IGNORE}`\n", ["7 duplicate-term"]),
    "in front matter": (f"---\n# {IGNORE}\ntags: a\n---\n**Bank**: money\n\n**Bank**: a\n", ["7 duplicate-term"]),
    "of nothing": (f"**Bank**: money {IGNORE}\n", ["1 unused-ignore"]),
    "above nothing": (f"**Bank**: money\n\n**Bank**: river\n\n{IGNORE}\n", ["3 duplicate-term", "5 unused-ignore"]),
    "one of two": (
        "**Bank**: ![](a.png) <!-- ankigen: ignore missing-media, duplicate-term -->\n",
        ["1 unused-ignore"],
    ),
    "an unknown rule": ("**Bank**: money <!-- ankigen: ignore dublicate-term -->\n", ["1 invalid-ignore"]),
    "no rule": ("**Bank**: money <!-- ankigen: ignore -->\n", ["1 invalid-ignore"]),
    "an unknown verb": ("**Bank**: money <!-- ankigen: ingore empty-term -->\n", ["1 invalid-ignore"]),
    "in the midst of a line": (f"**Bank**: money {IGNORE} and more\n", ["1 invalid-ignore"]),
    "over two lines": ("**Bank**: money\n\n<!-- ankigen: ignore\nduplicate-term -->\n", ["3 invalid-ignore"]),
    "a rule that cannot be silenced": (
        "**Bank**: money\n\n**Tree**: <!-- ankigen: ignore empty-definition -->\n",
        ["3 empty-definition", "3 invalid-ignore"],
    ),
    "a rule about these comments": ("**Bank**: money <!-- ankigen: ignore unused-ignore -->\n", ["1 invalid-ignore"]),
    "a rule that is not asked for": ("Prose. <!-- ankigen: ignore prose -->\n\n**Bank**: money\n", []),
    "in a paste": (
        "1/3 <!-- ankigen: ignore card-count-mismatch -->\nClick to flip\nFront\nhull\nBack\nthe body of a ship\n"
        "Front\nkeel\nBack\nthe beam along the bottom\n",
        [],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_comment_silences_a_rule_where_it_stands(here: Path, case: tuple[str, list[str]]) -> None:
    note, expected = case
    shown = [line.replace("[", " ").rstrip("]").split() for line in said(note)]
    assert [f"{line} {rule}" for line, _, rule in shown] == expected


def test_an_unused_comment_is_named_only_once_all_checks_are_made(here: Path) -> None:
    write(here, {"n.md": CASES["of nothing"][0]})
    assert run("parse", "n.md").stderr == ""
    assert "[unused-ignore]" in run("build", "n.md").stderr


PLAIN = [
    "**Bank**: money {.tag}\n\n**Tree**: oak\n  and ash\n",
    "## Bank {#b}\n\nmoney\n\n| Term | Definition |\n|---|---|\n| a | b |\n",
    "- **Bank**: money\n- **Tree**:\n\n  oak\n",
    "Fish {{c1::swim}}.\n\nQ: Who?\nA: They\nwho came\n",
]


@pytest.mark.parametrize("note", PLAIN)
def test_a_comment_changes_no_note(here: Path, note: str) -> None:
    """A note that gets a comment stays as it is for Anki: no review is lost, no learner's change overwritten."""
    write(here, {"content/n.md": note})
    run("build", "--now", "2026-01-01")
    package = (here / "build" / "n.apkg").read_bytes()
    for number, line in enumerate(note.splitlines()):
        if line.strip(" -|") or not line:
            lines = note.splitlines()
            lines[number] = f"{line} {IGNORE}" if line else IGNORE
            write(here, {"content/n.md": "\n".join(lines)})
            assert "found" not in run("plan").stdout
            run("build", "--now", "2026-01-02")
            assert (here / "build" / "n.apkg").read_bytes() == package, lines[number]


def test_a_conversion_keeps_the_comments(here: Path) -> None:
    note = f"## Bank\n\nmoney\n\n{IGNORE}\n## Bank\n\nriver {IGNORE}\n"
    write(here, {"n.md": note})
    done = run("convert", "n.md")
    assert (done.exit_code, done.stdout.count(IGNORE)) == (0, 2)


_PIECES = st.sampled_from(
    ["**A**: b", IGNORE, f"x {IGNORE}", "", "## A", "```", "- A :: b", "<!-- ankigen: x", "`", "b"]
)


@given(st.lists(_PIECES, max_size=12))
def test_settling_is_pure_and_settled_at_once(pieces: list[str]) -> None:
    source = Source("n.md", "\n".join(pieces))
    document = read_source(source, Settings())
    assert document.source == source
    for record in document.records:
        assert record.span == source.lines_span(record.line, record.end_line)
    policy = Policy({Rule.EMPTY_DEFINITION: Severity.ERROR}).asking(Nature.LEARNING)
    once = settle(document, policy, is_checked=True)
    assert settle(once, policy, is_checked=True) == once
    about = (Rule.UNUSED_IGNORE, Rule.INVALID_IGNORE)
    assert {(f.rule, f.line) for f in once.faults if f.rule not in about} == {(f.rule, f.line) for f in document.faults}


def test_comments_without_an_end_silence_nothing() -> None:
    source = Source("n.md", "<!-- ankigen: ignore a " * 2000)
    assert {ignore.reach for ignore in ignores_in(source)} == {Reach.NOTHING}


HOSTILE = {
    "comments above each other": lambda n: f"{IGNORE}\n" * n + "**A**:\n" * n,
    "comments between lines": lambda n: f"**A**:\n{IGNORE}\n" * n,
    "comments behind each other": lambda n: f"**A**: {IGNORE * n}\n" + "**A**:\n" * n,
    "comments for the file": lambda n: f"{IGNORE.replace('ignore', 'ignore-file')}\n" * n + "**A**:\n" * n,
    "comments above blank lines": lambda n: f"{IGNORE}\n" + "\n" * n + "**A**:\n" * n,
    "code like comments": lambda n: f"`{IGNORE}` a\n" * n,
}


@pytest.mark.parametrize("shape", HOSTILE.values(), ids=HOSTILE)
def test_comments_cost_in_proportion_to_their_number(shape: Callable[[int], str]) -> None:
    def work(size: int) -> int:
        document = read_source(Source("n.md", shape(size)), Settings())
        return calls(lambda: settle(document, Policy(), is_checked=True))

    work(10)
    assert work(400) < 2.5 * work(200)
