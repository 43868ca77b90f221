"""Every command as a user meets it: arguments, streams, exit codes."""

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from click import Group
from jsonschema import Draft202012Validator

from ankigen.cli import main
from ankigen.readers.studyset.segment import REVIEW
from commands import NOW, process, run, terminal, write

COMMANDS = tuple("build parse check plan convert explain ids preview templates verify init completion".split())
GOOD = "# Cells\n\n**Ribosome**: makes proteins\n\n**Nucleus**: holds the genome\n"
FAULTY = "**Ribosome**: makes proteins\n\n## Nucleus\n\n## Wall\n\nholds\n"
PASTE = "Terms in this set (2)\n\nRibosome\nmakes proteins\nNucleus\nholds the genome\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


# build


@pytest.mark.parametrize("settings", ["", 'name = "cells"\n', None])
def test_build_makes_a_package_for_each_top_deck(folder: Path, settings: str | None) -> None:
    write(folder, {"content/a.md": GOOD, "content/b/c.md": GOOD, "content/b/d.md": GOOD})
    if settings is not None:
        write(folder, {"ankigen.toml": settings})
    done = run("build")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == "build/a.apkg: 2 notes, 1 deck\nbuild/b.apkg: 4 notes, 2 decks\n"
    assert sorted(path.name for path in (folder / "build").iterdir()) == ["a.apkg", "b.apkg"]


@pytest.mark.parametrize(
    ("paths", "package"),
    [
        (["one.md"], "one.apkg"),
        (["some"], "some.apkg"),
        (["one.md", "some"], "notes.apkg"),
        (["one.md", "-o", "other/place.apkg"], "other/place.apkg"),
    ],
)
def test_build_puts_loose_notes_into_one_package(folder: Path, paths: list[str], package: str) -> None:
    write(folder, {"one.md": GOOD, "some/two.md": GOOD, "some/more/three.markdown": GOOD})
    done = run("build", *paths)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith(f"{package}: ")
    assert (folder / package).is_file()


def test_build_of_a_whole_project_into_one_package(folder: Path) -> None:
    write(folder, {"p/content/a.md": GOOD, "p/content/b.md": GOOD})
    assert run("build", "p", "-o", "all.apkg").stdout == "all.apkg: 4 notes, 2 decks\n"
    assert not (folder / "p" / "build").exists()


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--now", NOW], ""),
        (["--now", "1769860800"], ""),
        (["--now", "2026-01-31T13:00+01:00"], "5"),
        ([], "1769860800"),
    ],
)
def test_a_dated_build_gives_the_same_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], environment: str
) -> None:
    write(folder, {"n.md": GOOD})
    run("build", "n.md", "--now", NOW)
    first = (folder / "n.apkg").read_bytes()
    if environment:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", environment)
    assert run("build", "n.md", *arguments).exit_code == 0
    assert (folder / "n.apkg").read_bytes() == first


@pytest.mark.parametrize("time", ["", "soon", "0", "-5", "1969-01-01", "99999999999", "2026-13-01", "9" * 5000])
def test_a_time_that_anki_cannot_hold_is_wrong_usage(folder: Path, monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    write(folder, {"n.md": GOOD})
    done = run("build", "n.md", f"--now={time}")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "hint: write it like 2026-01-31T12:00:00Z" in done.stderr
    monkeypatch.setenv("SOURCE_DATE_EPOCH", time)
    done = run("build", "n.md")
    assert done.exit_code == (2 if time else 0)
    assert "SOURCE_DATE_EPOCH" in done.stderr or not time
    assert (folder / "n.apkg").exists() is not bool(time)


def test_a_faulty_record_costs_only_itself(folder: Path) -> None:
    write(folder, {"n.md": FAULTY})
    done = run("build", "n.md")
    assert (done.exit_code, done.stdout) == (1, "n.apkg: 2 notes, 1 deck\n")
    assert "n.md:3:4: error[empty-definition]: this term has no definition" in done.stderr


# parse


def test_parse_prints_records_as_text(folder: Path) -> None:
    write(folder, {"n.md": "## 2 gases {#gases .air kind=reversed}\n\n- oxygen\n- argon\n"})
    done = run("parse", "n.md")
    assert done.exit_code == 0
    assert done.stdout == ("n.md:1  (deck n, reversed, #gases, .air, 2 items)\n  2 gases\n    - oxygen\n    - argon\n")
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["parse", "check"])
def test_json_keeps_to_the_published_schema(folder: Path, command: str) -> None:
    write(folder, {"p/content/a.md": GOOD, "p/content/b.md": f"{FAULTY}\nFish {{{{c1::swim}}}} {{#fish}}\n"})
    schema = json.loads(files("ankigen").joinpath("schema/parse.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    done = run(command, "p", "--format", "json")
    data = json.loads(done.stdout)
    Draft202012Validator(schema).validate(data)
    assert done.exit_code == 1
    assert [fault["rule"] for fault in data["diagnostics"]] == ["empty-definition"]
    assert {record["kind"] for record in data["records"]} == {"basic", "cloze"}
    places = [(record["path"], record["line"]) for record in data["records"]]
    assert places == [("p/content/a.md", 3), ("p/content/a.md", 5), ("p/content/b.md", 1), ("p/content/b.md", 9)]


def test_parse_of_a_file_of_a_folder_and_of_a_project(folder: Path) -> None:
    write(folder, {"p/content/a/b.md": GOOD})
    for path in ("p", "p/content", "p/content/a", "p/content/a/b.md"):
        records = json.loads(run("parse", path, "--format=json").stdout)["records"]
        assert [(record["deck"], record["path"]) for record in records] == [("a::b", "p/content/a/b.md")] * 2, path


def test_from_forces_a_reader(folder: Path) -> None:
    write(folder, {"n.txt": PASTE})
    read = {
        reader: json.loads(run("parse", "n.txt", "--from", reader, "--format=json").stdout)["records"]
        for reader in ("studyset", "notes")
    }
    assert [record["term"] for record in read["studyset"]] == ["Ribosome", "Nucleus"]
    assert read["notes"] == []


# check


def test_check_prints_what_is_wrong_to_standard_output(folder: Path) -> None:
    write(folder, {"n.md": FAULTY})
    done = run("check", "n.md")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0] == "n.md:3:4: error[empty-definition]: this term has no definition"
    assert done.stderr == "1 error\nankigen: 2 records in 1 file\n"


def test_check_of_clean_notes_says_nothing(folder: Path) -> None:
    write(folder, {"n.md": GOOD})
    done = run("check", "n.md")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "ankigen: 2 records in 1 file\n")


def test_check_lists_prose_on_request(folder: Path) -> None:
    write(folder, {"n.md": f"{GOOD}\nOnly a remark.\n"})
    assert "remark" not in run("check", "n.md").stdout
    done = run("check", "n.md", "--prose")
    assert done.exit_code == 0
    assert done.stdout.startswith("n.md:7:1: info[prose]: ")


def test_a_warning_is_no_failure(folder: Path) -> None:
    write(folder, {"n.md": "## 3 gases\n\n- oxygen\n- argon\n"})
    for command in ("check", "parse", "build"):
        done = run(command, "n.md")
        assert done.exit_code == 0
        assert "warning[count-mismatch]" in done.output


# verify, init, completion


def test_verify_tells_good_packages_from_bad(folder: Path) -> None:
    write(folder, {"good.md": GOOD, "bad.apkg": "no archive"})
    run("build", "good.md")
    done = run("verify", "good.apkg")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("good.apkg: 2 notes, 2 cards in Anki ")
    done = run("verify", "bad.apkg", "good.apkg", "--format", "json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (found["good.apkg"]["notes"], found["good.apkg"]["problems"]) == (2, [])
    assert found["bad.apkg"]["problems"]
    assert "bad.apkg" in done.stderr


def test_init_starts_a_project_that_builds_at_once(folder: Path) -> None:
    done = run("init", "my notes")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.endswith("now: ankigen build 'my notes'\n")
    for command in ("parse", "check", "build"):
        assert run(command, "my notes").exit_code == 0
    assert not run("check", "my notes").stdout
    assert [path.name for path in (folder / "my notes" / "build").iterdir()] == ["memory.apkg"]


@pytest.mark.parametrize("taken", ["ankigen.toml", "content/memory.md", ".gitignore"])
def test_init_overwrites_nothing(folder: Path, taken: str) -> None:
    write(folder, {taken: "mine"})
    done = run("init")
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{taken} is there already" in done.stderr
    assert [path.read_text() for path in folder.rglob("*") if path.is_file()] == ["mine"]


@pytest.mark.parametrize("name", ['a"b', "back\\slash", "line\nend", "del\x7f", "émoji 🎈", "[x]", "caf\udce9"])
def test_init_takes_any_name(folder: Path, name: str) -> None:
    assert run("init", name).exit_code == 0
    assert run("check", name).exit_code == 0


def test_init_where_no_folder_can_be(folder: Path) -> None:
    write(folder, {"file": "mine"})
    done = run("init", "file")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "file is there already" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_of_the_shell(folder: Path, shell: str) -> None:
    script = process("completion", shell, cwd=folder).stdout
    assert "_ANKIGEN_COMPLETE" in script
    if program := shutil.which(shell):
        done = subprocess.run([program, "-n"], input=script, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


# conventions


def test_help_of_every_command_has_an_example() -> None:
    assert isinstance(main, Group)
    assert tuple(main.commands) == COMMANDS
    for name in COMMANDS:
        done = run(name, "--help")
        assert done.exit_code == 0
        assert f"\n  ankigen {name}" in done.output.partition("Options:")[0], name
    assert all(f"  {name}" in run("-h").output for name in COMMANDS)


def test_exit_codes_are_told() -> None:
    manual = (Path(__file__).parents[1] / "docs" / "usage.md").read_text("utf-8")
    for code in ("0", "1", "2", "130"):
        assert f"\n| {code} | " in manual
        assert f" {code} " in " ".join(run("--help").output.split("Exit codes")[1].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["bake"],
        ["build", "--loud"],
        ["build", "missing.md"],
        ["parse", "missing"],
        ["check", "--format", "xml"],
        ["build"],
        ["parse"],
        ["verify"],
        ["verify", "missing.apkg"],
        ["build", "n.md", "-o", "n.zip"],
        ["parse", "n.md", "--from", "word"],
        ["completion", "tcsh"],
        ["build", "p", "q"],
        ["check", "n.md", "p/content/a.md"],
    ],
)
def test_wrong_usage_is_exit_code_2(folder: Path, arguments: list[str]) -> None:
    write(folder, {"n.md": GOOD, "p/content/a.md": GOOD, "q/content/a.md": GOOD})
    before = sorted(folder.rglob("*"))
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr
    assert sorted(folder.rglob("*")) == before


def test_only_data_goes_to_standard_output(folder: Path) -> None:
    write(folder, {"n.md": FAULTY})
    done = process("parse", "n.md", "--format", "json", cwd=folder)
    assert json.loads(done.stdout)["records"]
    assert "error[empty-definition]" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert process("build", "n.md", cwd=folder).stdout == "n.apkg: 2 notes, 1 deck\n"


def test_colour_is_for_terminals_that_want_it(folder: Path) -> None:
    write(folder, {"n.md": FAULTY})
    assert "\x1b[31m" in terminal("check", "n.md", cwd=folder)
    shown = terminal("check", "n.md", cwd=folder, NO_COLOR="1")
    assert "error[empty-definition]" in shown
    assert "\x1b" not in shown


def test_a_progress_bar_is_for_terminals(folder: Path) -> None:
    write(folder, {f"notes/{number}.md": GOOD for number in range(60)})
    assert "100%" in terminal("parse", "notes", cwd=folder)
    assert process("parse", "notes", cwd=folder).stderr == ""


def test_output_in_an_old_locale_is_still_utf_8(folder: Path) -> None:
    write(folder, {"n.md": "**Übermut** - 過信\n"})
    done = process("parse", "n.md", cwd=folder, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert "Übermut" in done.stdout
    assert "過信" in done.stdout


def test_unsure_records_are_listed_by_check_and_counted_by_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "1/3\nLooks like no tags are added yet.\nclay\nfine\nsand\ncoarse\nloam\nboth\nfor beds\npeat\nwet\nsour\n"
    write(tmp_path, {"soil.txt": text})
    records = json.loads(run("parse", "soil.txt", "--format", "json").stdout)["records"]
    sure = [record["confidence"] for record in records]
    assert all(0 < confidence < 1 for confidence in sure)
    listed = run("check", "soil.txt").stdout
    doubts = listed.count("warning[unsure-record]: line ")
    assert 0 < doubts <= sum(confidence <= REVIEW for confidence in sure)  # they are rounded
    assert "may be a term of its own" in listed or "may go on with the record above it" in listed
    built = run("build", "soil.txt", "--now", NOW)
    assert built.exit_code == 0
    assert f"soil.txt: {doubts} unsure record{'s' * (doubts != 1)}" in built.stderr
    assert "unsure-record" not in built.stderr
