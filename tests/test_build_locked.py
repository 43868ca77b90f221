"""A build in CI: one that may not change the lock file, and the summary of what it changes."""

import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from commands import run, write

NOTES = (
    "**Humus**: rotted plants\n\n**Loam**: clay, silt and sand in fair shares\n\n"
    "**Peat**: from moss, where no air comes in\n\nGley ::: a soil that stands in water\n\n"
    "## 3 soils\n\n- clay\n- sand\n"
)
STALE = "ankigen.lock: the lock file is not up to date, a build would change it: "


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that has been built, in the working folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_REPOSITORY", "GITHUB_STEP_SUMMARY", "CI_PROJECT_URL"):
        monkeypatch.delenv(name, raising=False)
    write(tmp_path, {"ankigen.toml": 'name = "soil"\n', "content/a.md": NOTES})
    assert run("build", "--now", "2026-01-01").exit_code == 0
    return tmp_path


def edit(path: str, *changes: tuple[str, str]) -> None:
    text = Path(path).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    Path(path).write_text(text, "utf-8")


def tree() -> dict[Path, tuple[bytes, int]]:
    """Every file in the working folder, but for what is only kept to be faster."""
    files = (path for path in Path().rglob("*") if path.is_file() and path.parts[0] != ".ankigen")
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


# --locked


def test_a_lock_file_that_is_up_to_date_lets_the_build_pass(project: Path) -> None:
    package = project / "build" / "a.apkg"
    before = package.read_bytes()
    package.unlink()
    assert run("build", "--locked").exit_code == 0
    assert package.read_bytes() == before
    edit("content/a.md", ("## 3 soils\n", "A remark, which is no record.\n\n## 3 soils\n"))
    assert run("build", "--locked").exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rotted plants", "dead plants", "1 changed (Humus)"),
        ("**Humus**", "**Clay**: fine\n\n**Humus**", "1 new (Clay)"),
        ("**Peat**: from moss, where no air comes in\n\n", "", "1 removed (Peat)"),
        (NOTES, NOTES.replace("**Humus**: rotted plants\n\n", "") + "\n**Humus**: rotted plants\n", "1 "),
        (NOTES, NOTES + "".join(f"\nTerm {n} :: back {n}\n" for n in range(9)), "9 new (Term 0, Term 1, Term 2 and 6"),
    ],
)
def test_a_lock_file_that_would_change_fails_the_build(project: Path, old: str, new: str, said: str) -> None:
    edit("content/a.md", (old, new))
    before = tree()
    done = run("build", "--locked")
    assert (done.exit_code, done.stdout) == (1, "")
    assert tree() == before
    assert f"{STALE}{said}" in done.stderr
    assert "hint: run ankigen build where you write, and commit the lock file with your notes" in done.stderr
    assert run("build").exit_code == 0
    assert run("build", "--locked").exit_code == 0


def test_a_moved_note_is_a_change_of_the_lock_file(project: Path) -> None:
    edit("content/a.md", ("**Humus**: rotted plants\n\n", ""))
    write(project, {"content/b.md": "**Humus**: rotted plants\n"})
    assert f"{STALE}1 moved (Humus)\n" in run("build", "--locked").stderr


def test_a_card_template_is_a_change_of_the_lock_file(project: Path) -> None:
    write(project, {"templates/term/style.css": ".card { color: red }\n"})
    done = run("build", "--locked")
    assert done.exit_code == 1
    assert f"{STALE}note type term\n" in done.stderr


def test_a_lock_file_in_another_form_would_change_too(project: Path) -> None:
    text = Path("ankigen.lock").read_text("utf-8")
    Path("ankigen.lock").write_text(text.replace("\n\n", "\n\n\n"), "utf-8")
    assert f"{STALE}the order or form of its lines\n" in run("build", "--locked").stderr


def test_a_missing_lock_file_fails_the_build(project: Path) -> None:
    Path("ankigen.lock").unlink()
    before = tree()
    done = run("build", "--locked", "--format", "json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["packages"] == []
    assert "ankigen.lock: there is no lock file, so every note would get a new identity" in done.stderr
    assert tree() == before


def test_loose_notes_have_no_lock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, {"n.md": NOTES}))
    done = run("build", "n.md", "--locked")
    assert done.exit_code == 2
    assert "loose notes have no lock file" in done.stderr


# --summary


def summary(*arguments: str, code: int = 0) -> str:
    done = run("build", "--now", "2026-01-02", "--summary", "s.md", *arguments)
    assert done.exit_code == code, done.stderr
    return Path("s.md").read_text("utf-8")


def sections(text: str) -> dict[str, list[str]]:
    """The lines of each list in a summary."""
    parts = re.findall(r"^\*\*(\w+)\*\*\n\n((?:- .*\n)+)", text, re.MULTILINE)
    return {name: lines.splitlines() for name, lines in parts}


def test_without_a_change_there_is_nothing_to_tell(project: Path) -> None:
    assert summary() == (
        "### ankigen: 0 added, 0 changed, 0 moved, 0 removed, 5 unchanged\n\n"
        "1 more in notes that have not changed: `ankigen check` lists it.\n"
    )


def change(project: Path) -> None:
    edit(
        "content/a.md",
        ("fair shares", "equal shares"),
        ("**Peat**: from moss, where no air comes in\n\n", ""),
        ("Gley ::: a soil that stands in water\n\n", "**Clay**: fine ![](clay.png)\n\n## Empty\n\n"),
    )
    write(project, {"content/b.md": "\n**Peat**: from moss, where no air comes in\n"})


def test_a_summary_lists_what_is_added_changed_moved_and_removed(project: Path) -> None:
    change(project)
    text = summary(code=1)
    assert text.startswith("### ankigen: 1 added, 1 changed, 1 moved, 1 removed, 2 unchanged\n")
    found = sections(text)
    assert found["Added"] == ["- `content/a.md:5` `Clay`"]
    assert found["Changed"] == ["- `content/a.md:3` `Loam`"]
    assert found["Moved"] == ["- `content/b.md:2` `Peat`: from `content/a.md`, its cards stay in the deck `a`"]
    assert found["Removed"] == ["- `content/a.md` `Gley`"]
    assert re.search(r"this search selects them there: `nid:\d+`\n", text)
    assert [line.split(": ")[0] for line in found["Problems"]] == [
        "- `content/a.md:5:20` warning, missing-media",
        "- `content/a.md:7:4` error, empty-definition",
    ]
    assert "1 more in notes that have not changed" in text


def test_a_summary_since_an_older_lock_file_tells_what_was_built_meanwhile(project: Path) -> None:
    old = Path("ankigen.lock").read_bytes()
    change(project)
    told = summary(code=1)
    assert "0 added" in summary(code=1)
    Path("old.lock").write_bytes(old)
    assert summary("--since", "old.lock", "--locked", code=1) == told


def test_a_summary_tells_of_the_cards(project: Path) -> None:
    edit("content/a.md", ("Gley ::: a soil", "Gley :: a soil"), ("**Humus**: rotted", "Humus ::: rotted"))
    found = sections(summary())["Changed"]
    assert found[0].endswith(" `Humus`: gets card 2")
    assert found[1].endswith(" `Gley`: card 2 goes blank")


def test_a_summary_is_written_also_when_the_lock_file_stops_the_build(project: Path) -> None:
    edit("content/a.md", ("rotted", "dead"))
    assert sections(summary("--locked", code=1))["Changed"] == ["- `content/a.md:1` `Humus`"]


def test_a_summary_of_notes_that_stop_the_build_has_all_problems(project: Path) -> None:
    edit("content/a.md", ("**Humus**", "---\ndeck: [\n---\n**Humus**"))
    text = summary(code=1)
    assert text.startswith("### ankigen: nothing to build\n")
    assert any("invalid-front-matter" in line for line in sections(text)["Problems"])


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        (
            {"GITHUB_SERVER_URL": "https://g.example", "GITHUB_REPOSITORY": "me/n", "GITHUB_SHA": "abc"},
            "https://g.example/me/n/blob/abc/content/a%20%28b%29.md?plain=1#L1",
        ),
        (
            {"CI_PROJECT_URL": "https://l.example/me/n", "CI_COMMIT_SHA": "abc"},
            "https://l.example/me/n/-/blob/abc/content/a%20%28b%29.md?plain=1#L1",
        ),
    ],
)
def test_a_summary_links_to_the_lines(
    project: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.setenv(name, str(project))
    write(project, {"content/a (b).md": "**Clay**: fine\n"})
    (line,) = sections(summary())["Added"]
    assert line == f"- [`content/a (b).md:1`]({url}) `Clay`"
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.setenv(name, str(project / "build"))
    write(project, {"content/a (b).md": "**Clay**: fine and wet\n"})
    (line,) = sections(summary())["Changed"]
    assert line == "- `content/a (b).md:1` `Clay`"


def test_what_github_collects_is_added_to(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("s.md").write_text("of another step\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "s.md"))
    assert summary().startswith("of another step\n### ankigen: ")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "other.md"))
    assert summary().startswith("### ankigen: ")


@pytest.mark.parametrize(
    "term", ["a `` b `", "@team ![x](http://e.example/x)", "<img src=x onerror=alert(1)>", "x\\|y"]
)
def test_no_text_of_a_note_is_markdown_in_a_summary(project: Path, term: str) -> None:
    write(project, {"content/c.md": f"{term} :: with <b>a</b> back\n"})
    html = MarkdownIt().render(summary())
    assert "<img" not in html
    assert "<a " not in html
    assert html.count("<h3>") == 1
    assert "@team" not in re.sub("<code>.*?</code>", "", html)


def test_a_long_list_is_cut(project: Path) -> None:
    write(project, {"content/c.md": "".join(f"Term {n} :: back {n}\n\n" for n in range(70))})
    found = sections(summary())["Added"]
    assert len(found) == 51
    assert found[-1] == "- and 20 more"


def test_since_needs_a_summary_and_a_lock_file(project: Path) -> None:
    assert run("build", "--since", "ankigen.lock").exit_code == 2
    assert run("build", "--since", "none.lock", "--summary", "s.md").exit_code == 2
    done = run("build", "--since", "content/a.md", "--summary", "s.md")
    assert done.exit_code == 1
    assert "content/a.md:1: this line is damaged" in done.stderr
    assert not Path("s.md").exists()
    assert run("build", "--summary", "none/s.md").exit_code == 1
