"""Notes that have lost their record: kept, or still sent with a tag; and back as themselves."""

from pathlib import Path

import pytest

from anki_oracle import collection, import_package, rows
from ankigen.lock import read_lock
from ankigen.retire import RETIRED_TAG
from commands import run, write

BOTH = "**Humus**: rotted plants {.soil}\n\n**Peat**: from moss {.soil}\n"
ONE = "**Humus**: rotted plants {.soil}\n"
TAGS = "select trim(tags) from notes order by flds"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/a.md": BOTH, "ankigen.toml": "retire = 'tag'\n"})
    assert run("build", "--now", "2026-01-01").exit_code == 0
    return tmp_path


def test_a_retired_note_is_tagged_and_comes_back_without_the_tag(project: Path) -> None:
    package = project / "build" / "a.apkg"
    with collection(project) as col:
        assert import_package(col, package) == {"new": 2}
        write(project, {"content/a.md": ONE})
        run("build", "--now", "2026-01-02")
        assert import_package(col, package) == {"updated": 1, "duplicate": 1}
        assert rows(col, TAGS) == [["soil"], [f"{RETIRED_TAG} soil"]]
        assert len(col.find_notes(f"tag:{RETIRED_TAG}")) == 1
        write(project, {"content/a.md": BOTH})
        run("build", "--now", "2026-01-03")
        assert import_package(col, package) == {"updated": 1, "duplicate": 1}
        assert rows(col, TAGS) == [["soil"], ["soil"]]


def test_it_goes_on_without_the_old_package(project: Path) -> None:
    write(project, {"content/a.md": ONE})
    run("build", "--now", "2026-01-02")
    package = project / "build" / "a.apkg"
    before = package.read_bytes(), (project / "ankigen.lock").read_bytes()
    package.unlink()
    run("build", "--now", "2026-01-09")
    assert (package.read_bytes(), (project / "ankigen.lock").read_bytes()) == before


def test_without_a_text_it_is_only_kept(project: Path) -> None:
    (project / "build" / "a.apkg").unlink()
    write(project, {"content/a.md": ONE})
    assert run("build", "--now", "2026-01-02").stdout == "build/a.apkg: 1 note, 1 deck\n"
    (peat,) = (entry for entry in read_lock(project / "ankigen.lock").entries if entry.term == "Peat")
    assert peat.retired


def test_by_default_it_is_kept_as_it_is(project: Path) -> None:
    write(project, {"content/a.md": ONE, "ankigen.toml": ""})
    assert run("build", "--now", "2026-01-02").stdout == "build/a.apkg: 1 note, 1 deck\n"
    (peat,) = (entry for entry in read_lock(project / "ankigen.lock").entries if entry.term == "Peat")
    write(project, {"content/a.md": BOTH})
    assert run("build", "--now", "2026-01-03").stdout == "build/a.apkg: 2 notes, 1 deck\n"
    (back,) = (entry for entry in read_lock(project / "ankigen.lock").entries if entry.term == "Peat")
    assert (back.guid, back.modified, back.retired) == (peat.guid, peat.modified, False)
