"""The plan: what it tells of an import, and that its searches select in the real Anki just what they say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from anki_oracle import collection, import_package
from ankigen.lock import read_lock
from commands import run, write

NOTES = (
    "**Humus**: rotted plants\n\n"
    "**Loam**: clay, silt and sand in fair shares\n\n"
    "**Peat**: from moss, where no air comes in\n\n"
    "Gley ::: a soil that stands in water\n\n"
    "Clay is {{c1::fine}}, sand is {{c2::coarse}}.\n"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that has been built, in the working folder."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"ankigen.toml": 'name = "soil"\n', "content/a.md": NOTES})
    assert run("build", "--now", "2026-01-01").exit_code == 0
    return tmp_path


def edit(project: Path, *changes: tuple[str, str]) -> None:
    path = project / "content" / "a.md"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def planned(*arguments: str) -> tuple[dict[str, Any], list[str]]:
    """The plan as data and as lines; telling it writes nothing."""
    before = tree()
    data, text = (run("plan", "--now", "2026-01-02", *arguments, "--format", form) for form in ("json", "text"))
    assert (data.exit_code, text.exit_code) == (0, 0), data.stderr
    assert tree() == before
    return json.loads(data.stdout), text.stdout.splitlines()


def tree() -> dict[Path, tuple[bytes, int]]:
    """Every file in the working folder."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path().rglob("*") if path.is_file()}


def terms(plan: dict[str, Any], **wanted: object) -> list[str]:
    """The first words of the notes of which a plan says this."""
    found = [note for note in plan["notes"] if all(note[name] == value for name, value in wanted.items())]
    return [note["term"].split()[0] for note in found]


def test_without_an_edit_all_is_unchanged(project: Path) -> None:
    plan, lines = planned()
    assert terms(plan, change="unchanged") == ["Humus", "Loam", "Peat", "Gley", "Clay"]
    assert lines == ["0 new, 0 updated, 5 unchanged, 0 conflicting, 0 removed"]
    assert (plan["removed"], plan["moves"], plan["note_types"]) == (None, {}, [])


def test_a_first_build_is_all_new(project: Path) -> None:
    (project / "ankigen.lock").unlink()
    plan, lines = planned()
    assert plan["import"] == {"found_notes": 5, "new": 5, "updated": 0, "duplicate": 0, "conflicting": 0}
    assert lines[1] == "  new        content/a.md: Humus"


def test_each_kind_of_change_is_told(project: Path) -> None:
    edit(
        project,
        ("rotted plants", "rotted plants and beasts"),
        ("**Peat**: from moss, where no air comes in", "**Marl**: clay with lime"),
        ("in fair shares", 'in fair shares {deck="Fields"}'),
        ("Gley :::", "Gley ::"),
        ("Clay is", "{{c3::Clay}} is"),
        ("{{c2::coarse}}", "coarse"),
    )
    plan, lines = planned()
    assert terms(plan, change="new") == ["Marl"]
    assert terms(plan, change="removed") == ["Peat"]
    assert terms(plan, change="updated") == ["Humus", "Gley", "{{c3::Clay}}"]
    assert terms(plan, deck="Fields", deck_before="a") == ["Loam"]
    assert terms(plan, cards_added=[2], cards_left=[1]) == ["{{c3::Clay}}"]
    assert terms(plan, cards_left=[1]) == ["Gley", "{{c3::Clay}}"]
    assert lines[:7] == [
        "1 new, 3 updated, 1 unchanged, 0 conflicting, 1 removed",
        "  updated    content/a.md: Humus",
        "  unchanged  content/a.md: Loam (stays in deck a)",
        "  new        content/a.md: Marl",
        "  updated    content/a.md: Gley (card 2 goes blank)",
        "  updated    content/a.md: {{c3::Clay}} is {{c1::fine}}, sand is coarse. (gets card 3, card 2 goes blank)",
        "  removed    content/a.md: Peat",
    ]
    searches = [line.strip() for line in lines if line.startswith("  nid:")]
    assert searches[:2] == [plan["removed"], plan["moves"]["Fields"]]
    with collection(project) as col:
        import_package(col, project / "build" / "a.apkg")
        selected = [{col.get_note(note).fields[0].split()[0] for note in col.find_notes(search)} for search in searches]
        assert selected == [{"Peat"}, {"Loam"}, {"Gley", "Clay"}]
        assert run("build", "--now", "2026-01-02").exit_code == 0
        said = dict.fromkeys(plan["import"], 0)
        for package in (project / "build").iterdir():
            for kind, count in import_package(col, package).items():
                said[kind] += count
        assert said == plan["import"] | {"found_notes": 0}
        moved = col.find_notes(plan["moves"]["Fields"])
        assert {col.decks.name(col.get_card(card).did) for one in moved for card in col.card_ids_of_note(one)} == {"a"}


def test_histories_that_would_go_to_another_cloze_are_told(project: Path) -> None:
    """For somebody who has the older package too, after a build; the real Anki moves just these."""
    older = (project / "build" / "a.apkg").rename(project / "older.apkg")
    edit(project, ("{{c2::coarse}}", "{{c3::coarse}}"))
    assert run("build", "--now", "2026-01-02").exit_code == 0
    edit(project, ("Clay is {{c1::fine}}", "{{c1::Clay}} is {{c4::fine}}"))
    plan, lines = planned()
    assert terms(plan, cards_moved=[0]) == ["{{c1::Clay}}"]
    assert sum("card 1 asks another cloze, or lost its own" in line for line in lines) == 1
    for _ in range(2):
        plan, _ = planned("--against", str(older))
        assert terms(plan, cards_moved=[0, 1]) == ["{{c1::Clay}}"]
        assert terms(plan, cards_moved=[]) == ["Humus", "Loam", "Peat", "Gley"]
        assert run("build", "--now", "2026-01-03").exit_code == 0
    assert terms(planned()[0], cards_moved=[]) == ["Humus", "Loam", "Peat", "Gley", "{{c1::Clay}}"]
    with collection(project) as col:
        asked = []
        for package in (older, project / "build" / "a.apkg"):
            import_package(col, package)
            [note] = col.find_notes("coarse")
            backs = {card.ord: card.render_output(reload=True).answer_text for card in col.get_note(note).cards()}
            asked.append({at: re.findall(r'class="cloze" [^>]*>([^<]*)', text) for at, text in backs.items()})
        assert asked == [{0: ["fine"], 1: ["coarse"]}, {0: ["Clay"], 1: [], 2: ["coarse"], 3: ["fine"]}]


def test_a_changed_note_type_is_told(project: Path) -> None:
    write(project, {"templates/term/style.css": ".card { color: teal }"})
    plan, lines = planned()
    assert (plan["note_types"], plan["import"]["updated"]) == (["term"], 0)
    assert lines[1].startswith("  note type  templates/term changes")


def test_searches_select_no_notes_of_another_project_or_branch(project: Path) -> None:
    """Though both were built in the same second: the learner is told to delete what is found."""
    other = write(project / "other", {"ankigen.toml": 'name = "other"\n', "content/b.md": NOTES})
    assert run("build", other, "--now", "2026-01-01").exit_code == 0
    edit(project, ("**Humus**: rotted plants\n\n", ""))
    plan, _ = planned()
    with collection(project) as col:
        import_package(col, other / "build" / "b.apkg")
        import_package(col, project / "build" / "a.apkg")
        [found] = col.find_notes(plan["removed"])
        guid = next(entry.guid for entry in read_lock(project / "ankigen.lock").entries if entry.term == "Humus")
        assert col.get_note(found).guid == guid


def test_a_doubt_is_shown_and_planned_as_new_on_request(project: Path) -> None:
    write(project, {"content/a.md": "**Rendzina**: a thin dark soil on limestone, rich in humus, found on slopes\n"})
    run("build", "--now", "2026-01-01")
    twins = "**Rendzina {}**: a thin dark soil on limestone, rich in humus, found on {}\n\n"
    write(project, {"content/a.md": twins.format("one", "hills") + twins.format("two", "rocks")})
    done = run("plan")
    assert done.exit_code == 1
    assert "ambiguous-note" in done.stderr
    assert "ankigen ids keep " in done.stderr
    plan, _ = planned("--new-on-doubt")
    assert terms(plan, change="new") == ["Rendzina", "Rendzina"]
