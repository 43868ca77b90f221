"""Themes: chosen for a project or a file, and never a new note type to Anki."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ankigen.notetypes import load_note_types
from ankigen.themes import built_in_files, theme_names
from commands import run, write
from learner import Learner, learner, lock_of

NOTES: dict[str, str | bytes] = {
    "ankigen.toml": 'name = "cells"\n',
    "content/cells.md": "**Ribosome**: joins amino acids\n\n**Nucleus**: holds the chromosomes\n",
    "content/plants.md": "**Vacuole**: stores water {kind=reversed}\n\nA wall is made of {{c1::cellulose}}.\n",
}
TYPES = {"ankigen Term", "ankigen Cloze"}


@pytest.fixture
def anki(tmp_path: Path) -> Iterator[Learner]:
    """A learner who has imported the notes, answered every card, and changed one note."""
    with learner(write(tmp_path / "project", NOTES), tmp_path) as one:
        said(one, new=4)
        assert one.answer_all() >= 5
        one.edit(guid(one, "Ribosome"))
        yield one


def guid(anki: Learner, term: str) -> str:
    return next(entry.guid for entry in lock_of(anki.folder).entries if entry.term.startswith(term))


def said(anki: Learner, new: int = 0, updated: int = 0, duplicate: int = 0) -> None:
    """What Anki says of the next import. That no card and no review changes, `Learner.update` sees to."""
    assert anki.update().import_log == {
        "found_notes": new + updated + duplicate,
        "new": new,
        "updated": updated,
        "duplicate": duplicate,
        "conflicting": 0,
    }
    names = {one.name for one in anki.col.models.all_names_and_ids()}
    assert {name for name in names if name.startswith("ankigen")} == TYPES  # none forked


def page(anki: Learner, term: str) -> str:
    """The outermost element of the note's first card."""
    card = anki.col.get_card(anki.col.find_cards(f'"{term}"')[0])
    return card.render_output(reload=True).question_text.strip().partition(">")[0]


def paper(anki: Learner, name: str) -> str:
    """The ground of a card whose note has no theme of its own."""
    css: str = (anki.col.models.by_name(name) or {})["css"]
    return css.partition("--paper: ")[2].partition(";")[0]


def test_the_theme_of_a_project_changes_the_sheet_and_no_note(anki: Learner) -> None:
    before = {name: paper(anki, name) for name in TYPES}
    write(anki.folder, {"ankigen.toml": 'name = "cells"\ntheme = "large"\n'})
    said(anki, duplicate=4)
    assert {name: paper(anki, name) for name in TYPES} == dict.fromkeys(TYPES, "#ffffff") != before
    assert page(anki, "Nucleus") == '<div class="page"'
    said(anki, duplicate=4)
    write(anki.folder, {"ankigen.toml": 'name = "cells"\n'})
    said(anki, duplicate=4)
    assert {name: paper(anki, name) for name in TYPES} == before


def test_the_theme_of_a_file_reaches_its_notes_alone(anki: Learner) -> None:
    write(anki.folder, {"content/plants.md": f"---\ntheme: plain\n---\n\n{NOTES['content/plants.md']!s}"})
    said(anki, updated=2, duplicate=2)
    assert page(anki, "Vacuole") == page(anki, "cellulose") == '<div class="page theme-plain"'
    assert page(anki, "Nucleus") == '<div class="page"'
    for name in TYPES:
        assert ".theme-plain {" in (anki.col.models.by_name(name) or {})["css"]
    write(anki.folder, NOTES)
    said(anki, updated=2, duplicate=2)
    assert page(anki, "Vacuole") == '<div class="page"'


def test_a_theme_of_the_project_works_like_a_built_in_one(anki: Learner) -> None:
    css = "[= card =] { --paper: #eeffee }\n[= night =] { --paper: #001100 }\n"
    changed: dict[str, str | bytes] = {
        "templates/themes/moss/theme.css": css,
        "content/cells.md": f"+++\ntheme = 'moss'\n+++\n\n{NOTES['content/cells.md']!s}",
    }
    write(anki.folder, changed)
    anki.changed.clear()  # the author has changed the note too
    said(anki, updated=2, duplicate=2)
    sheet = (anki.col.models.by_name("ankigen Term") or {})["css"]
    assert ".theme-moss { --paper: #eeffee }\n.nightMode .theme-moss,\n.night_mode .theme-moss { --paper" in sheet
    assert page(anki, "Nucleus") == '<div class="page theme-moss"'


def test_a_spare_field_of_before_becomes_the_theme(tmp_path: Path) -> None:
    """A learner of a build in which the field had its first name: Anki goes by the id of the field."""
    folder = write(tmp_path / "project", NOTES)
    for name in ("term", "cloze"):
        files = {f"templates/{path}": text for path, text in built_in_files(name).items()}
        files[f"templates/{name}/notetype.toml"] = files[f"templates/{name}/notetype.toml"].replace("Theme", "Spare 6")
        write(folder, {**files})
    old = "[% macro page() %]<div>[= caller() =]</div>[% endmacro %][% macro deck() %][% endmacro %]"
    old += "[% macro hint() %][% endmacro %][% macro footnotes() %][% endmacro %]"
    write(folder, {"templates/base/card.html": old})
    with learner(folder, tmp_path) as one:
        said(one, new=4)
        assert one.answer_all() >= 5
        one.edit(guid(one, "Ribosome"))
        for path in sorted((folder / "templates").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        said(one, duplicate=4)
        fields = (one.col.models.by_name("ankigen Term") or {})["flds"]
        assert [field["name"] for field in fields][-1] == "Theme"
        write(folder, {"content/plants.md": f"---\ntheme: plain\n---\n\n{NOTES['content/plants.md']!s}"})
        said(one, updated=2, duplicate=2)
        assert page(one, "Vacuole") == '<div class="page theme-plain"'


# --- what is wrong is told


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write(tmp_path / "project", NOTES))
    return Path()


def test_an_unknown_theme_in_the_settings(project: Path) -> None:
    write(project, {"ankigen.toml": 'name = "cells"\ntheme = "pepar"\n'})
    for command in ("check", "build", "templates"):
        done = run(command)
        assert done.exit_code == 1
        assert (
            "ankigen: ankigen.toml:2: there is no theme pepar\n  hint: use large, paper, plain, or add" in done.stderr
        )
    assert not Path("build").exists()


def test_an_unknown_theme_in_front_matter_is_told_once_and_costs_no_note(project: Path) -> None:
    write(project, {"content/cells.md": f"---\ntags: [x]\ntheme: pepar\n---\n\n{NOTES['content/cells.md']!s}"})
    done = run("check")
    assert done.exit_code == 1
    assert done.stdout.count("there is no theme pepar") == 1
    assert "content/cells.md:3:1: error[invalid-value]: there is no theme pepar" in done.stdout
    assert "build/cells.apkg: 2 notes" in run("build").stdout


def test_a_theme_that_a_note_type_cannot_show(project: Path) -> None:
    own = built_in_files("term")["term/notetype.toml"].replace('"Theme"', '"Spare"').replace("ankigen Term", "Own")
    own = own.replace("928668238336", "5").replace("ask-", "").replace("term.html", "definition.html")
    files: dict[str, str | bytes] = {
        "templates/own/notetype.toml": own,
        "templates/own/definition.html": "{{Term}}",
        "templates/own/style.css": "",
        "content/cells.md": f"---\nnotetype: own\ntheme: plain\n---\n\n{NOTES['content/cells.md']!s}",
    }
    write(project, files)
    done = run("check")
    assert "content/cells.md:3:1: error[invalid-value]: note type Own has no field Theme" in done.stdout
    assert done.stdout.count("error[") == 1


def test_a_theme_is_named_so_that_it_can_be_a_class(project: Path) -> None:
    write(project, {"templates/themes/My own/theme.css": ""})
    done = run("check")
    assert done.exit_code == 1
    assert "templates/themes/My own" in done.stderr
    assert "cannot be named 'My own'" in done.stderr


# --- ankigen templates


def test_templates_are_listed(project: Path) -> None:
    write(
        project, {"templates/themes/moss/theme.css": "", "templates/term/term.html": "", "ankigen.toml": 'theme="moss"'}
    )
    lines = [" ".join(line.split()) for line in run("templates").stdout.splitlines()]
    assert lines == [
        "note type cloze built in ankigen Cloze: Cloze",
        "note type term changed here ankigen Term: Definition, Term",
        "theme large built in",
        "theme moss the project chosen",
        "theme paper built in",
        "theme plain built in",
    ]
    data = json.loads(run("templates", "--format", "json").stdout)
    assert data == {
        "note_types": {"cloze": "ankigen Cloze", "term": "ankigen Term"},
        "theme": "moss",
        "themes": ["large", "moss", "paper", "plain"],
    }


@pytest.mark.parametrize("arguments", [["term"], ["cloze"], ["base"], *(["--theme", name] for name in theme_names())])
def test_a_copy_changes_nothing_and_is_never_overwritten(project: Path, arguments: list[str]) -> None:
    done = run("templates", "copy", *arguments)
    paths = [Path(line.removeprefix("wrote ")) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert paths
    assert load_note_types(Path("templates")) == load_note_types()
    paths[-1].write_text("mine")
    for path in paths[:-1]:
        path.unlink()
    again = run("templates", "copy", *arguments)
    assert again.exit_code == 2
    assert f"{paths[-1].as_posix()} is there already" in again.stderr
    assert [path for path in Path("templates").rglob("*") if path.is_file()] == [paths[-1]]
    assert paths[-1].read_text() == "mine"


@pytest.mark.parametrize(
    "arguments", [[], ["gone"], [".."], ["themes"], ["--theme", "gone"], ["term", "--theme", "plain"]]
)
def test_a_copy_of_nothing_is_wrong_usage(project: Path, arguments: list[str]) -> None:
    done = run("templates", "copy", *arguments)
    assert done.exit_code == 2
    assert "hint: " in done.stderr
    assert not Path("templates").exists()


def test_a_copy_stays_in_the_project(project: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    Path("templates").mkdir()
    Path("templates/term").symlink_to(tmp_path / "outside")
    done = run("templates", "copy", "term")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
    assert not list((tmp_path / "outside").iterdir())


def test_outside_of_a_project_templates_are_listed_but_not_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "theme      paper      built in      chosen" in run("templates").stdout
    done = run("templates", "copy", "term")
    assert done.exit_code == 2
    assert "this folder is no project" in done.stderr
    assert not list(tmp_path.iterdir())
