"""The build after a build: whatever was edited, it gives what a build without a cache gives."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ankigen.cache.store import Store
from ankigen.rebuild import Rebuild, rebuild
from commands import run, write

FILES: dict[str, str] = {
    "ankigen.toml": 'name = "cells"\n',
    "content/wall.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "content/other.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",  # something is said of it once
}
NAMES = ("a", "b", "in/c", "d")
TERMS = ("Wall", "Cell", "Eye of the fish", "Fin", "Gill", "wall", "Membrane of a cell", "Tail", "Scale", "Bone")
ANSWERS = (
    "small and round",
    "it holds water and salts, and lets some of them through",
    "![](wall.svg) a picture",
    "![](gone.png) none",
    "![](other.svg) two",
    "moves the fish forward, with the tail",
    "*soft* `x`",
)
OPTIONS = ("", "", "", "", "", " {#key}", " {.Fish}", " {.fish}", " {kind=reversed}", " {#other}")

RECORD = st.tuples(st.sampled_from(TERMS), st.sampled_from(ANSWERS), st.sampled_from(OPTIONS))
CLOZE = st.tuples(
    st.just(""), st.sampled_from(["{{swim}} and {{c2::eat}}", "{{c1::eat}} well", "a {{fish}} {{swims}}"])
)
NOTE = st.one_of(RECORD, RECORD, RECORD, RECORD, CLOZE)
FILE, PLACE = st.sampled_from(NAMES), st.integers(0, 9)


def _step(what: str, *given: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just(what), FILE, PLACE, *given)


STEP = st.one_of(
    *[_step("edit", st.sampled_from(ANSWERS))] * 4,
    *[_step("add", NOTE)] * 3,
    _step("term", st.sampled_from(TERMS)),
    _step("remove"),
    _step("move", FILE),
    _step("swap"),
    _step("rename"),
    _step("deck", st.sampled_from(["Fish", "fish", "Cells::Deep"])),
    _step("prose", st.sampled_from(["", "Some text.", "<!-- ankigen: ignore-file duplicate-term -->"])),
    _step("picture", st.sampled_from(["wall.svg", "gone.png"])),
    _step("nothing"),
)


class Notes:
    """The files of a project, as they are edited."""

    def __init__(self) -> None:
        self.records: dict[str, list[tuple[str, ...]]] = {
            name: [
                (f"{name} one", "first of these", ""),
                (f"{name} two", "second, with water", ""),
                (f"{name} three", "![](wall.svg) third", ""),
            ]
            for name in NAMES
        }
        self.decks: dict[str, str] = {}
        self.prose: dict[str, str] = {}
        self.pictures = {name: content for name, content in FILES.items() if name.endswith(".svg")}

    def apply(self, what: str, name: str, at: int, *given: Any) -> None:
        """One step of `STEP`."""
        records = self.records.setdefault(name, [])
        at %= max(1, len(records))
        if what == "add":
            records.insert(at, given[0])
        elif what == "deck":
            self.decks[name] = given[0]
        elif what == "prose":
            self.prose[name] = given[0]
        elif what == "rename":
            self.records[f"{name}x" if name in NAMES else name] = self.records.pop(name)
        elif what == "picture":
            self.pictures[f"content/{given[0]}"] = f"<svg xmlns='http://www.w3.org/2000/svg' id='p{at}'/>"
        elif records:
            self._apply_to_record(what, records, at, *given)

    def _apply_to_record(self, what: str, records: list[tuple[str, ...]], at: int, *given: Any) -> None:
        old = records[at]
        if what == "edit":
            records[at] = (old[0], given[0], *old[2:]) if old[0] else ("", f"{old[1]} too")
        elif what == "term" and old[0]:
            records[at] = (given[0], *old[1:])
        elif what == "remove":
            del records[at]
        elif what == "move":
            self.records.setdefault(given[0], []).append(records.pop(at))
        elif what == "swap":
            records.append(records.pop(at))

    def write(self, folder: Path) -> None:
        shutil.rmtree(folder / "content/in", ignore_errors=True)
        for path in (folder / "content").glob("*.md"):
            path.unlink()
        write(folder, self.pictures)
        for name, records in self.records.items():
            front = f"---\ndeck: {self.decks[name]}\n---\n\n" if name in self.decks else ""
            texts = [f"**{one[0]}**: {one[1]}{one[2]}" if one[0] else f"{one[1]}" for one in records]
            text = "\n\n".join([*([self.prose[name]] if name in self.prose else []), *texts])
            write(folder, {f"content/{name}.md": f"{front}{text}\n"})


def state(folder: Path) -> dict[str, bytes]:
    paths = [folder / "ankigen.lock", *sorted((folder / "build").glob("*"))]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each build that could be a short one was."""
    found: list[bool] = []

    def watched(*given: Any, **named: Any) -> Rebuild | None:
        done = rebuild(*given, **named)
        found.append(done is not None)
        return done

    monkeypatch.setattr("ankigen.rebuild.rebuild", watched)
    return found


def both(kept: Path, fresh: Path, notes: Notes, now: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build the notes as they are in two places, once without a cache, and compare."""
    said = []
    for folder, options in ((kept, ()), (fresh, ("--no-cache",))):
        notes.write(folder)
        monkeypatch.chdir(folder)
        done = run("build", "--new-on-doubt", "--now", str(now), *options)
        said.append((done.exit_code, done.output))
    assert said[0] == said[1]
    assert state(kept) == state(fresh)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=3, max_size=8))
def test_whatever_is_edited_a_rebuild_is_a_build(
    steps: list[tuple[Any, ...]],
    home: None,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, fresh = (write(tmp_path_factory.mktemp("p"), FILES) for _ in range(2))
    notes = Notes()
    for number, step in enumerate([("nothing", "a", 0), *steps]):
        notes.apply(*step)
        both(kept, fresh, notes, 1_700_000_000 + 100 * number, monkeypatch)


MOVED = ("add", "b", 0, ("a two", "second, with water", ""))


@pytest.mark.parametrize(
    ("steps", "short"),
    [
        ([("edit", "a", 0, "small"), ("edit", "in/c", 1, "another")], [True, True]),
        ([("add", "b", 1, ("New", "one", "")), ("edit", "b", 1, "two")], [True, True]),
        ([("add", "a", 0, ("", "a {{gap}}")), ("edit", "a", 0, "")], [True, True]),
        ([("term", "a", 0, "b One")], [True]),  # which is in another deck
        ([("swap", "a", 0), ("edit", "d", 0, "![](wall.svg)")], [True, True]),
        ([("remove", "a", 1), ("edit", "a", 0, "small"), ("remove", "a", 1)], [True, True, True]),
        ([("remove", "a", 1), MOVED], [True, False]),
        ([("add", "a", 0, ("One", "x", " {.Fish}")), ("add", "b", 0, ("Two", "x", " {.fish}"))], [True, False]),
        ([("add", "a", 0, ("One", "x", " {#key}")), ("add", "b", 0, ("Two", "x", " {#key}"))], [True, False]),
        ([("move", "a", 0, "b")], [False]),
        ([("edit", "a", 0, "![](other.svg)"), ("edit", "b", 0, "![](other.svg)")], [False, False]),
        ([("deck", "a", 0, "Fish"), ("deck", "b", 0, "Fish"), ("term", "a", 0, "b two")], [True, True, False]),
        ([("picture", "a", 1, "wall.svg"), ("edit", "a", 0, "small")], [False, True]),
        ([("rename", "a", 0)], []),
    ],
)
def test_usual_edits_are_built_in_short_and_others_are_not(
    steps: list[tuple[Any, ...]],
    short: list[bool],
    home: None,
    taken: list[bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, fresh = write(tmp_path / "kept", FILES), write(tmp_path / "fresh", FILES)
    notes = Notes()
    both(kept, fresh, notes, 1_700_000_000, monkeypatch)
    for number, step in enumerate(steps, start=1):
        notes.apply(*step)
        both(kept, fresh, notes, 1_700_000_000 + 100 * number, monkeypatch)
    assert taken == short


@pytest.fixture
def built(home: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Notes, Path, Path]:
    kept, fresh = write(tmp_path / "kept", FILES), write(tmp_path / "fresh", FILES)
    notes = Notes()
    both(kept, fresh, notes, 1_700_000_000, monkeypatch)
    return notes, kept, fresh


@pytest.mark.parametrize("harm", ["cut", "forged", "empty", "gone"])
def test_a_state_that_cannot_be_trusted_is_not_used(
    built: tuple[Notes, Path, Path], taken: list[bool], harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, kept, fresh = built
    place = kept / ".ankigen/cache/settled.json"
    content = place.read_bytes()[32:]
    assert b"second, with water" in content
    if harm == "forged":
        Store(place.parent, b"another key".ljust(32)).put(place.name, content.replace(b"second", b"<script>"))
    elif harm == "gone":
        place.unlink()
    else:
        place.write_bytes(content[:200] if harm == "cut" else b"")
    notes.apply("edit", "a", 0, "small")
    for folder, options in ((kept, ()), (fresh, ("--no-cache",))):
        notes.write(folder)
        monkeypatch.chdir(folder)
        done = run("build", "--new-on-doubt", "--now", "1700000100", *options)
        assert ("1 entry of the cache could not be used" in done.stderr) is (folder == kept and harm != "gone")
    assert state(kept) == state(fresh)
    assert taken == []
    notes.apply("edit", "a", 0, "large")
    both(kept, fresh, notes, 1_700_000_200, monkeypatch)
    assert taken == [True]


def test_a_build_that_was_killed_between_two_files_is_made_whole(
    built: tuple[Notes, Path, Path], taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, kept, fresh = built
    before = shutil.copytree(kept, kept.parent / "before")
    notes.apply("edit", "a", 0, "small")
    both(kept, fresh, notes, 1_700_000_100, monkeypatch)
    assert taken == [True]
    for folder in ("build", ".ankigen"):  # all but the lock, which takes its place first
        shutil.rmtree(kept / folder)
        shutil.copytree(before / folder, kept / folder)
    both(kept, fresh, notes, 1_700_000_200, monkeypatch)
    assert taken == [True, False]


def test_a_lock_that_came_from_elsewhere_is_read_as_a_whole(
    built: tuple[Notes, Path, Path], taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, kept, fresh = built
    notes.apply("edit", "b", 0, "small")
    notes.write(fresh)
    monkeypatch.chdir(fresh)
    run("build", "--new-on-doubt", "--now", "1700000050")
    shutil.copy(fresh / "ankigen.lock", kept)
    notes.apply("edit", "a", 0, "large")
    both(kept, fresh, notes, 1_700_000_100, monkeypatch)
    assert taken == [False]


def test_another_command_line_is_another_build(
    built: tuple[Notes, Path, Path], taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, kept, _ = built
    notes.apply("edit", "a", 0, "small")
    notes.write(kept)
    monkeypatch.chdir(kept)
    for options in (["--locked"], ["--summary", "s.md"], ["--format", "json"], ["content/a.md"]):
        run("build", "--new-on-doubt", "--now", "1700000100", *options)
    assert taken == []


def test_only_packages_whose_notes_have_changed_are_written(
    home: None, taken: list[bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, fresh = write(tmp_path / "kept", FILES), write(tmp_path / "fresh", FILES)
    notes = Notes()
    for name, deck in (("a", "Fish"), ("b", "Birds"), ("d", "Moss")):
        notes.apply("deck", name, 0, deck)
    notes.apply("prose", "a", 0, "Text that no record holds.")
    both(kept, fresh, notes, 1_700_000_000, monkeypatch)
    packages = {path.stem: path for path in (kept / "build").glob("*.apkg")}
    assert packages.keys() == {"Fish", "Birds", "Moss", "in"}

    def written() -> set[str]:
        """The packages that a build after an edit of the notes has written."""
        before = {name: path.stat().st_ino if path.exists() else 0 for name, path in packages.items()}
        both(kept, fresh, notes, 1_700_000_000 + 100 * len(taken), monkeypatch)
        return {name for name, path in packages.items() if path.stat().st_ino != before[name]}

    notes.apply("edit", "a", 0, "small")
    assert written() == {"Fish"}
    notes.apply("prose", "a", 0, "Other text that no record holds.")
    assert written() == set()
    packages["Moss"].unlink()
    packages["Birds"].write_bytes(b"PK")
    packages["in"].write_bytes(packages["in"].read_bytes())
    notes.apply("edit", "a", 0, "large")
    assert written() == {"Fish", "Birds", "Moss"}
    notes.apply("deck", "b", 0, "Fish")
    assert written() == {"Fish"}
    assert taken == [True] * 4
