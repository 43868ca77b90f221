"""Note types and guids that must not change under people's reviews, and dates that change when content does."""

import json
from pathlib import Path

import pytest

from anki_oracle import collection, import_package, rows
from ankigen.lock import read_lock
from commands import run, write

ROOT = Path(__file__).parents[1]
TERM = (ROOT / "templates" / "term" / "notetype.toml").read_text("utf-8")
MORE = '{ name = "M", id = 5, front = "ask-term.html", back = "term.html" }'
NOTE = "**Humus**: rotted plants\n\n**Peat**: from moss\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/a.md": NOTE})
    assert run("build", "--now", "2026-01-01").exit_code == 0
    return tmp_path


def swapped(text: str) -> str:
    first, second = [line for line in text.split("\n") if line.startswith("    { name =")][:2]
    return text.replace(first, "x").replace(second, first).replace("x\n", f"{second}\n", 1)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda t: t.replace("fields = [\n", 'fields = [\n    { name = "More", id = 5 },\n'), "fields"),
        (lambda t: t.replace('    { name = "Spare 5", id = 6705734458974219 },\n', ""), "fields"),
        (swapped, "fields"),
        (lambda t: t.replace("cards = [\n", f"cards = [\n{MORE},"), "cards"),
        (lambda t: t.replace("id = 928668238336", "id = 928668238337"), "id"),
    ],
)  # fmt: skip
def test_a_change_that_anki_could_not_apply_is_refused(project: Path, change: object, what: str) -> None:
    assert callable(change)
    write(project, {"templates/term/notetype.toml": change(TERM)})
    before = (project / "build" / "a.apkg").read_bytes(), (project / "ankigen.lock").read_bytes()
    done = run("build")
    assert done.exit_code == 1
    assert f"templates/term: its {what} are no longer those that were built before" in done.stderr
    assert "rename a spare one and keep its id" in done.stderr
    assert ((project / "build" / "a.apkg").read_bytes(), (project / "ankigen.lock").read_bytes()) == before


def test_a_spare_field_is_renamed_without_a_conflict(project: Path) -> None:
    package = project / "build" / "a.apkg"
    with collection(project) as col:
        import_package(col, package)
        write(project, {"templates/term/notetype.toml": TERM.replace('"Spare 1"', '"Example"')})
        run("build", "--now", "2026-01-02")
        assert import_package(col, package) == {"duplicate": 2}
        schema = col.models.by_name("ankigen Term")
        assert schema is not None
        assert "Example" in [field["name"] for field in schema["flds"]]
        assert len(rows(col, "select id from notes")) == 2


def guids(folder: Path) -> set[str]:
    return {entry.guid for entry in read_lock(folder / "ankigen.lock").entries}


def test_two_projects_share_no_guids_by_accident(project: Path) -> None:
    projects: dict[str, dict[str, str | bytes]] = {
        "same": {"content/a.md": NOTE},
        "other": {"content/a.md": NOTE + "\n**Loam**: clay and sand\n"},
        "named": {"content/a.md": NOTE, "ankigen.toml": "name = 'named'\n"},
    }
    for name, files in projects.items():
        folder = write(project / name, files)
        assert run("build", folder).exit_code == 0
    assert guids(project / "same") == guids(project)  # a copy of a project is that project
    assert not guids(project / "other") & guids(project)
    assert not guids(project / "named") & guids(project)


def dates(folder: Path) -> dict[str, int]:
    return {entry.term: entry.modified for entry in read_lock(folder / "ankigen.lock").entries}


def test_a_date_changes_when_the_content_does(project: Path) -> None:
    day = 86_400
    first = dates(project)["Humus"]
    assert dates(project) == {"Humus": first, "Peat": first}
    write(project, {"content/a.md": "Prose above moves every record down.\n\n" + NOTE})
    run("build", "--now", "2026-01-02")
    assert dates(project) == {"Humus": first, "Peat": first}
    write(project, {"content/a.md": NOTE.replace("rotted", "old")})
    run("build", "--now", "2026-01-03")
    assert dates(project) == {"Humus": first + 2 * day, "Peat": first}
    write(project, {"content/a.md": NOTE.replace("rotted", "very old")})
    run("build", "--now", "2025-01-01")  # a clock that is wrong: newer all the same, or Anki would not update
    assert dates(project) == {"Humus": first + 2 * day + 1, "Peat": first}


def test_the_environment_sets_the_clock(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    write(project, {"content/a.md": NOTE.replace("rotted", "old")})
    run("build")
    assert dates(project)["Humus"] == 1_800_000_000


def test_parse_shows_guids_once_there_is_a_lock_file(project: Path) -> None:
    records = json.loads(run("parse", "content", "--format", "json").stdout)["records"]
    assert {record["guid"] for record in records} == guids(project)
    (project / "ankigen.lock").unlink()
    records = json.loads(run("parse", "content", "--format", "json").stdout)["records"]
    assert [record["guid"] for record in records] == [None, None]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_plan_tells_what_changes_and_writes_nothing(project: Path, form: str) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    write(project, {"content/a.md": "**Humus**: old plants\n\n**Loam**: clay and sand\n"})
    before[project / "content/a.md"] = (project / "content/a.md").read_bytes()
    done = run("plan", "--format", form)
    assert done.exit_code == 0
    if form == "json":
        plan = json.loads(done.stdout)
        assert {note["term"]: note["change"] for note in plan["notes"]} == {
            "Humus": "updated", "Loam": "new", "Peat": "removed"
        }  # fmt: skip
        with collection(project / "build") as col:
            import_package(col, project / "build" / "a.apkg")
            (found,) = (col.get_note(note) for note in col.find_notes(plan["removed"]))
            assert found.fields[0] == "Peat"
    else:
        assert done.stdout.splitlines()[0] == "1 new, 1 updated, 0 unchanged, 0 conflicting, 1 removed"
        assert {path: path.read_bytes() for path in before} == before
