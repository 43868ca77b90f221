"""The cache: whatever is kept, a build gives what a fresh one gives, and nothing in the folder is trusted."""

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ankigen.cache.encoding import DAMAGE, decode, encode
from ankigen.cache.store import Store, open_store
from ankigen.readers import read_source
from ankigen.readers.settings import Settings
from ankigen.source import Source
from commands import NOW, process, run, write
from counting import calls

KEY = b"k" * 32
FILES: dict[str, str | bytes] = {
    "ankigen.toml": 'name = "cells"\n',
    "content/a.md": "# A\n\n**Wall**: ![](wall.svg)\n\n**Cell**: small\n",
    "content/b.md": "## Fish\n\n{{c1::swim}}\n\n**Broken**:\n",
    "content/wall.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write(tmp_path / "project", FILES)
    monkeypatch.chdir(folder)
    time.sleep(0.15)  # media that are as new as the build are not relied upon
    return folder


def state(folder: Path) -> dict[str, bytes]:
    """All that a build writes, but the cache."""
    paths = [folder / "ankigen.lock", *sorted((folder / "build").glob("*"))]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def entries(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / ".ankigen/cache").iterdir() if path.suffix == ".json")


TERM = st.sampled_from(["Wall", "Cell", "Eye", "Fin", "Gill", "Tail {{c1::x}}"])
EDIT: st.SearchStrategy[tuple[str, str, list[tuple[str, str]]]] = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(["a", "b", "c"]), st.lists(st.tuples(TERM, TERM), max_size=4)),
    st.tuples(st.just("delete"), st.sampled_from(["a", "b", "c"]), st.just([])),
    st.tuples(st.just("media"), st.sampled_from(["a", "b"]), st.just([])),
    st.tuples(st.just("setting"), st.sampled_from(["tags", "kind", "none"]), st.just([])),
)


def apply(folder: Path, edit: tuple[str, str, list[tuple[str, str]]]) -> None:
    what, name, records = edit
    if what == "write":
        text = "".join(f"**{term}**: {answer} ![](wall.svg)\n\n" for term, answer in records)
        write(folder, {f"content/{name}.md": text})
    elif what == "delete":
        (folder / f"content/{name}.md").unlink(missing_ok=True)
    elif what == "media":
        write(folder, {"content/wall.svg": f"<svg xmlns='http://www.w3.org/2000/svg' id='{name}'/>"})
    else:
        extra = {"tags": 'tags = ["x"]\n', "kind": 'kind = "reversed"\n', "none": ""}[name]
        write(folder, {"ankigen.toml": f'name = "cells"\n{extra}'})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDIT, min_size=1, max_size=6))
def test_a_cached_build_and_a_fresh_one_are_the_same(
    edits: list[tuple[str, str, list[tuple[str, str]]]],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cached, fresh = (write(tmp_path_factory.mktemp("p"), FILES) for _ in range(2))
    for number, edit in enumerate(edits):
        said = []
        for folder, option in ((cached, ()), (fresh, ("--no-cache",))):
            monkeypatch.chdir(folder)
            apply(folder, edit)
            for again in range(2):
                done = run("build", "--new-on-doubt", "--now", str(1_700_000_000 + 100 * number + again), *option)
                said.append((done.exit_code, done.output))
        assert state(cached) == state(fresh)
        assert said[0] == said[1] == said[2] == said[3]
    assert not (fresh / ".ankigen").exists()


def test_what_was_read_comes_back_as_it_was() -> None:
    for path in sorted((Path(__file__).parent / "fixtures").rglob("*.md")):
        source = Source("n.md", path.read_text("utf-8"))
        document = read_source(source, Settings())
        assert decode(encode(document, source), source) == document


def test_half_a_character_comes_back_too() -> None:
    source = Source("n.md", "# A\n\nB\n")
    document = read_source(source, Settings())
    half = document.with_records(replace(record, deck="\ud83d") for record in document.records)
    assert [record.deck for record in decode(encode(half, source), source).records] == ["\ud83d"]


@pytest.mark.parametrize("data", [b"", b"[", b"[" * 100_000, b"{}", b"[1]", b"[null,1]", b"\xff\xfe", b"\x80"])
def test_what_is_no_document_is_damage(data: bytes) -> None:
    with pytest.raises(DAMAGE):
        decode(data, Source("n.md", ""))


def test_nothing_changed_is_known_without_reading_a_note(project: Path) -> None:
    first = run("build", "--now", NOW)
    assert run("build").output == first.output
    assert first.exit_code == run("build").exit_code == 1  # of the broken record
    before = {path: path.stat().st_mtime_ns for path in (project / "build").iterdir()}
    watched = process("build", cwd=project, PYTHONPROFILEIMPORTTIME="1")
    assert watched.stdout == first.stdout
    imported = {line.rpartition("|")[2].strip() for line in watched.stderr.splitlines()}
    assert "ankigen.project" in imported
    assert not {"markdown_it", "genanki", "jinja2", "nh3", "rapidfuzz"} & imported
    assert {path: path.stat().st_mtime_ns for path in (project / "build").iterdir()} == before


@pytest.mark.parametrize(
    "change",
    [
        lambda p: (p / "build/a.apkg").unlink(),
        lambda p: (p / "build/a.apkg").write_bytes(b""),
        lambda p: (p / "ankigen.lock").unlink(),
        lambda p: write(p, {"ankigen.toml": 'name = "cells"\ntags = ["new"]\n'}),
        lambda p: write(p, {"content/c.md": "**New**: one\n"}),
        lambda p: write(p, {"content/wall.svg": "<svg xmlns='http://www.w3.org/2000/svg' id='x'/>"}),
        lambda p: (p / "content/wall.svg").rename(p / "content/wal.svg"),
        lambda p: write(p, {"templates/term/style.css": ".card {}\n"}),
    ],
)
def test_any_change_is_seen(project: Path, change: object) -> None:
    run("build", "--now", NOW)
    run("build")
    change(project)  # type: ignore[operator]
    other = shutil.copytree(project, project.parent / "other")
    done = run("build", "--now", "2026-02-01")
    os.chdir(other)
    assert run("build", "--now", "2026-02-01", "--no-cache").output == done.output
    assert state(project) == state(other)


def test_other_separators_are_seen(project: Path) -> None:
    write(project, {"content/t.csv": "a,b;c\nd,e;f\n"})
    run("build", "--now", NOW)
    run("build", "--separator", ";")
    found = state(project)
    run("build", "--separator", ";", "--no-cache")
    assert state(project) == found


def test_a_change_in_one_file_reads_that_file_alone(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("build")
    write(project, {"content/a.md": "**Wall**: thick\n"})
    read: list[str] = []

    def watch(source: Source, given: Settings) -> object:
        read.append(source.path)
        return read_source(source, given)

    monkeypatch.setattr("ankigen.loading.read_source", watch)
    run("build")
    assert read == ["content/a.md"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"x" * 500, None])
def test_a_damaged_entry_is_made_anew(project: Path, damage: bytes | None) -> None:
    first = run("build", "--now", NOW)
    before = state(project)
    for path in entries(project):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if damage is None else damage)
    done = run("build")
    assert "entries of the cache could not be used" in done.stderr
    assert done.stdout == first.stdout
    assert state(project) == before
    assert run("build").output == first.output


def test_an_entry_that_came_with_the_notes_is_not_believed(project: Path) -> None:
    run("build")
    store = Store(project / ".ankigen/cache", b"another key".ljust(32))
    content = {path.name: path.read_bytes()[32:].replace(b"small", b"<script>") for path in entries(project)}
    assert any(b"<script>" in data for data in content.values())
    for name, data in content.items():
        store.put(name, data)
    (project / "build/a.apkg").unlink()
    assert "could not be used" in run("build").stderr
    fresh = state(project)
    run("build", "--no-cache")
    assert state(project) == fresh


def test_one_entry_in_the_place_of_another_is_not_believed(tmp_path: Path) -> None:
    store = Store(tmp_path, KEY)
    store.put("a.json", b"one")
    (tmp_path / "a.json").rename(tmp_path / "b.json")
    assert store.get("b.json") is None
    assert store.damaged == 1


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    store = Store(tmp_path, KEY, largest=1000)
    for number in range(5):
        store.put(f"{number}.json", b"x" * 268)
        os.utime(tmp_path / f"{number}.json", (number + 1, number + 1))
    assert store.get("0.json")
    store.trim()
    assert [path.name for path in sorted(tmp_path.glob("*.json"))] == ["0.json", "3.json", "4.json"]


def test_the_folder_is_ignored_by_git_and_can_be_cleared(project: Path) -> None:
    run("build")
    assert (project / ".ankigen/cache/.gitignore").read_text() == "*\n"
    assert run("cache", "clear").stdout.endswith("MB deleted\n")
    assert not (project / ".ankigen/cache").exists()
    assert run("cache", "clear").exit_code == 0
    assert run("cache", "clear", "nowhere").exit_code == 2


def test_a_cache_that_leads_out_is_not_used(project: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (project / ".ankigen").symlink_to(tmp_path / "outside")
    assert open_store(project, create=True) is None
    run("build")
    assert not list((tmp_path / "outside").iterdir())


def test_loose_files_have_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, {"n.md": "**one**: b\n", "folder/n.md": "**one**: b\n"}))
    assert run("build", "n.md").exit_code == run("build", "folder").exit_code == 0
    assert not list(tmp_path.rglob(".ankigen"))


def test_commands_that_write_nothing_keep_nothing(project: Path) -> None:
    run("check")
    run("plan")
    assert not (project / ".ankigen").exists()
    run("build", "--no-cache")
    assert not (project / ".ankigen").exists()


def test_machines_share_a_cache_by_a_key_in_the_environment(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANKIGEN_CACHE_KEY", "a secret of this pipeline")
    run("build")
    monkeypatch.setenv("XDG_CACHE_HOME", str(project.parent / "another machine"))
    assert "could not be used" not in run("build").stderr
    monkeypatch.setenv("ANKIGEN_CACHE_KEY", "short")
    assert open_store(project) is None


def test_two_builds_at_once(project: Path) -> None:
    write(project, {f"content/{n}.md": f"**{n}**: b\n" for n in range(40)})
    run("build", "--now", NOW)
    before = state(project)
    from concurrent.futures import ThreadPoolExecutor

    for _ in range(2):
        shutil.rmtree(project / ".ankigen")
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(lambda _: process("build", cwd=project), range(4)))
        assert {one.stderr.count("could not be used") for one in done} == {0}
        assert state(project) == before
        assert not list(project.rglob("*.tmp"))


def test_the_work_for_nothing_is_linear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    for files in (50, 200):
        folder = write(tmp_path / str(files), {f"content/{n}.md": f"**{n}**: b\n" for n in range(files)})
        monkeypatch.chdir(folder)
        run("build")
        counts.append(calls(lambda: run("build")))
    assert counts[1] < 4.5 * counts[0]
