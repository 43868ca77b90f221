"""Questions of identity: the build that asks, and the one-line answers."""

import json
import re
from pathlib import Path

import pytest

from ankigen.lock import Entry, read_lock
from commands import run, write

BEFORE = """\
## Symptoms of anaemia

pale skin, tiredness, a fast pulse

## Symptoms of asthma

a cough at night, short breath
"""
# One note has gone and another has come that is much like both: nobody but the author can know.
AFTER = """\
## Signs of anaemia in asthma

pale skin, a cough at night
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/a.md": BEFORE})
    assert run("build", "--now", "2026-01-01").exit_code == 0
    write(tmp_path, {"content/a.md": AFTER})
    return tmp_path


def entries(project: Path) -> dict[str, Entry]:
    return {entry.term: entry for entry in read_lock(project / "ankigen.lock").entries}


def guids() -> list[str | None]:
    records = json.loads(run("parse", "content", "--format", "json").stdout)["records"]
    return [record["guid"] for record in records]


def test_the_build_stops_and_says_how_to_answer(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    done = run("build", "--now", "2026-01-02")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "content/a.md:1:1: error[ambiguous-note]: is this the note" in done.stderr
    assert guids() == [None]
    assert {path: path.read_bytes() for path in before} == before
    answers = re.findall(r"ankigen (ids keep \S+ \S+|ids new \S+)", done.stderr)
    assert {answer.split()[1] for answer in answers} == {"keep", "new"}
    for answer in answers:  # every one of them works as it is written
        assert run(*answer.split()).exit_code == 0
        assert run("build", "--now", "2026-01-02").exit_code == 0
        for path, data in before.items():
            path.write_bytes(data)


@pytest.mark.parametrize("term", ["Symptoms of anaemia", "Symptoms of asthma"])
def test_keep_gives_the_record_the_reviews_of_the_note(project: Path, term: str) -> None:
    old = entries(project)[term]
    done = run("ids", "keep", old.guid, "content/a.md:1")
    assert (done.exit_code, done.stdout) == (0, f"content/a.md:1 is the note {old.guid}\n")
    assert run("build", "--now", "2026-01-02").exit_code == 0
    kept = entries(project)["Signs of anaemia in asthma"]
    assert (kept.guid, kept.note_id) == (old.guid, old.note_id)
    assert kept.modified > old.modified
    assert guids() == [old.guid]


@pytest.mark.parametrize("answer", ["ids new", "key", "--new-on-doubt"])
def test_a_new_note_has_a_guid_of_its_own(project: Path, answer: str) -> None:
    old = entries(project)
    if answer == "key":
        write(project, {"content/a.md": AFTER.replace("in asthma", "in asthma {#signs}")})
    elif answer == "ids new":
        assert run("ids", "new", "content/a.md:3").exit_code == 0
    assert run("build", *([answer] if answer.startswith("--") else [])).exit_code == 0
    new = entries(project)["Signs of anaemia in asthma"]
    assert new.guid not in {entry.guid for entry in old.values()}
    assert new.note_id > max(entry.note_id for entry in old.values())
    assert all(entries(project)[term].retired for term in old)


def test_a_note_that_has_a_record_is_not_given_away(project: Path) -> None:
    write(project, {"content/a.md": AFTER + "\n" + BEFORE})
    anaemia = entries(project)["Symptoms of anaemia"]
    done = run("ids", "keep", anaemia.guid, "content/a.md:1")
    assert done.exit_code == 1
    assert f'the note {anaemia.guid} is the record "Symptoms of anaemia" of content/a.md' in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["keep", "nobody", "content/a.md:1"], 1, "the lock file has no note nobody"),
        (["new", "content/a.md:2000"], 1, "no record stands at content/a.md:2000"),
        (["new", "content/a.md"], 2, "content/a.md names no line"),
        (["new", "content/none.md:1"], 1, "content/none.md"),
    ],
)
def test_answers_that_do_not_fit(project: Path, arguments: list[str], code: int, says: str) -> None:
    before = (project / "ankigen.lock").read_bytes()
    done = run("ids", *arguments)
    assert done.exit_code == code
    assert says in done.stderr
    assert (project / "ankigen.lock").read_bytes() == before


def test_without_a_lock_file_there_is_nothing_to_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/a.md": AFTER})
    done = run("ids", "new", "content/a.md:1")
    assert done.exit_code == 1
    assert "nothing has been built here" in done.stderr
