"""The lock file: the same lock, the same bytes; damage is named, and never a silent renumbering."""

import json
import random
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen.lock import Entry, Gap, Lock, LockFault, TypeEntry, lock_data, read_lock, write_lock
from ankigen.lockplaces import spread
from commands import run, write


def entry(number: int, path: str = "a.md", at: Fraction = Fraction(0)) -> Entry:
    guid = f"guid{number}"
    return Entry(guid, 1000 + number, "term", path, at, None, "Deck", f"Term {number}\n«x»", "text", (0,), "c", 5)


def lock(numbers: int = 5) -> Lock:
    types = {"term": TypeEntry("term", 7, (1, 2), (3,), "hash", 5)}
    entries = spread(entry(number) for number in range(numbers))
    return Lock("project", types, (*entries, *spread([entry(99, "b.md"), replace(entry(98, "b.md"), retired=True)])))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ankigen.lock"


def test_a_lock_file_gives_back_what_was_written(path: Path) -> None:
    assert read_lock(path) == Lock()
    assert write_lock(path, lock())
    before = path.read_bytes()
    assert read_lock(path) == lock()
    assert not write_lock(path, replace(lock(), entries=lock().entries[::-1]))
    assert path.read_bytes() == before
    assert before.count(b'"guid": ') == 7


@given(st.text(), st.none() | st.text(), st.lists(st.integers(0, 9)), st.booleans())
def test_a_line_is_what_json_makes_of_a_note(text: str, key: str | None, cards: list[int], retired: bool) -> None:
    note = replace(entry(1), term=text, key=key, cards=tuple(cards), retired=retired, gaps=(Gap(1, text, ""),))
    line = lock_data(Lock("project", {}, (note,))).decode().split("\n")[5]
    values = {name: getattr(note, name) for name in ("guid", "note_id", "type", "path")} | {"at": str(note.at)}
    values |= {name: getattr(note, name) for name in ("key", "deck", "term", "text", "cards", "content", "modified")}
    values |= ({"retired": True} if retired else {}) | {"gaps": [[1, text, ""]]}
    assert line.startswith(json.dumps(values, ensure_ascii=False)[:-1] + ', "sum": "')


def test_a_note_that_comes_or_goes_changes_no_other_line() -> None:
    chance = random.Random(1)  # noqa: S311 - the same story in every run
    notes = spread(entry(number) for number in range(20))
    for number in range(100, 160):
        before = {note.guid: note.at for note in notes}
        at = chance.randrange(len(notes))
        notes = [note for index, note in enumerate(notes) if index != at]
        notes.insert(chance.randrange(len(notes)), entry(number))
        notes = spread(notes)
        assert all(before[note.guid] == note.at for note in notes if note.guid in before)
        places = [note.at for note in notes]
        assert places == sorted(set(places))


@given(st.lists(st.integers(0, 30), unique=True), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_places_ascend_in_any_new_order(numbers: list[int], chance: random.Random) -> None:
    notes = spread(entry(number) for number in numbers)
    chance.shuffle(notes)
    again = spread(notes)
    assert [note.guid for note in again] == [note.guid for note in notes]
    assert [note.at for note in again] == sorted({note.at for note in again})
    assert spread(again) == again


@pytest.mark.parametrize(
    ("damage", "line", "says"),
    [
        (lambda text: text.replace("guid2", "guid", 1), None, ""),
        (lambda text: text.replace('"deck": "Deck"', '"deck": 3', 1), None, "damaged"),
        (lambda text: "<<<<<<< HEAD\n" + text, 1, "two branches meet here"),
        (lambda text: text.replace('"ankigen.lock": 1', '"ankigen.lock": 2'), 1, "version 2"),
        (lambda text: text[: len(text) // 2], None, ""),
        (lambda text: text + text, None, ""),
        (lambda text: "\n".join(text.split("\n")[3:]), None, ""),
        (lambda text: "\0" + text, 1, ""),
        (lambda text: "", 1, "the end of this file is missing"),
        (lambda text: text.removesuffix("# end\n"), None, "the end of this file is missing"),
    ],
)
def test_damage_stops_the_build_and_is_named(path: Path, damage: object, line: int | None, says: str) -> None:
    assert callable(damage)
    write_lock(path, lock())
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    with pytest.raises(LockFault) as caught:
        read_lock(path)
    assert says in str(caught.value)
    assert line in (None, caught.value.line)
    assert caught.value.hint


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_damage_goes_unseen_or_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("lock") / "ankigen.lock"
    write_lock(path, lock())
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 40))
    put = data.draw(st.binary(max_size=5))
    path.write_bytes(whole[:at] + put + whole[at + length :])
    try:
        found = read_lock(path)
    except LockFault:
        return
    known = {note.guid: note for note in lock().entries}
    assert all(known.get(note.guid) == note for note in found.entries)
    assert {note.guid for note in found.entries} == known.keys()


def test_a_line_that_is_gone_or_doubled_is_noticed(path: Path) -> None:
    write_lock(path, lock())
    lines = path.read_text("utf-8").split("\n")
    for number in range(len(lines)):
        for kept in (0, 2):
            path.write_text(
                "\n".join([*lines[:number], *lines[number : number + 1] * kept, *lines[number + 1 :]]), "utf-8"
            )
            with suppress(LockFault):
                assert read_lock(path).entries == lock().entries


def test_a_lock_file_is_written_whole_or_not_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lock(path, lock())
    before = path.read_bytes()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_lock(path, lock(6))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_build_with_a_damaged_lock_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/a.md": "**Humus**: rotted plants\n"})
    run("build", "--now", "2026-01-01")
    write(tmp_path, {"content/a.md": "**Humus**: rotten plants\n"})
    text = (tmp_path / "ankigen.lock").read_text("utf-8").replace('"term": "Humus"', '"term": "Humous"')
    (tmp_path / "ankigen.lock").write_text(text, "utf-8")
    before = (tmp_path / "build" / "a.apkg").read_bytes()
    for command in ("build", "plan", "check"):
        done = run(command)
        assert done.exit_code == 1
        assert "ankigen.lock:" in done.stderr
        assert "Traceback" not in done.output
    assert (tmp_path / "build" / "a.apkg").read_bytes() == before
    assert (tmp_path / "ankigen.lock").read_text("utf-8") == text


def test_building_again_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/a.md": "**Humus**: rotted plants\n\nThe {{c1::best}} soil.\n"})
    run("build", "--now", "2026-01-01")
    before = [(tmp_path / name).read_bytes() for name in ("ankigen.lock", "build/a.apkg")]
    for now in ("2026-01-01", "2026-06-01", "2025-01-01"):
        assert run("build", "--now", now).exit_code == 0
        assert [(tmp_path / name).read_bytes() for name in ("ankigen.lock", "build/a.apkg")] == before
