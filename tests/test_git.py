"""Notes and lock file in git: two branches edit, and merge."""

import subprocess
from pathlib import Path

import pytest

from ankigen.lock import read_lock
from commands import run, write

TERMS = [f"Term {word}" for word in "alpha beta gamma delta epsilon zeta eta theta iota kappa".split()]
ETA = "## Term eta\n\nwhat eta is, in words of its own Term eta\n\n"


def notes(*changes: tuple[str, str]) -> str:
    text = "\n\n".join(f"## {term}\n\nwhat {term.split()[1]} is, in words of its own {term}" for term in TERMS) + "\n"
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


class Repository:
    """A project in real git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch", "main")
        write(folder, {".gitignore": "build/\n"})

    def git(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        who = ["-c", "user.name=Author", "-c", "user.email=author@example.org"]
        command = ["git", "-C", str(self.folder), *who, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=check)

    def commit(self, text: str, now: str, **more: str) -> None:
        """Write, build and commit."""
        write(self.folder, {"content/a.md": text, **{f"content/{name}.md": other for name, other in more.items()}})
        assert run("build", "--now", now).exit_code == 0
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "notes")

    def guids(self) -> dict[str, str]:
        return {entry.term: entry.guid for entry in read_lock(self.folder / "ankigen.lock").entries}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(tmp_path)
    one = Repository(tmp_path)
    one.commit(notes(), "2026-01-01")
    return one


def branch_and_merge(one: Repository, ours: str, theirs: str, **new_files: str) -> subprocess.CompletedProcess[str]:
    one.git("switch", "--quiet", "--create", "other")
    one.commit(theirs, "2026-01-02", **new_files)
    one.git("switch", "--quiet", "main")
    one.commit(ours, "2026-01-03")
    return one.git("merge", "--quiet", "--no-edit", "other", check=False)


def test_both_sides_edit_and_git_merges(repository: Repository) -> None:
    before = repository.guids()
    ours = notes(("what delta is", "what a delta is"), ("## Term iota\n", "## New one\n\nours\n\n## Term iota\n"))
    theirs = notes(("## Term epsilon", "## The epsilon"), ("## Term beta\n", "## New two\n\ntheirs\n\n## Term beta\n"))
    merged = branch_and_merge(repository, ours, theirs, b="## Elsewhere\n\na new file\n")
    assert merged.returncode == 0, merged.stdout
    merged_guids = repository.guids()
    assert run("build", "--now", "2026-01-04").exit_code == 0
    after = repository.guids()
    assert after == merged_guids
    assert after["The epsilon"] == before["Term epsilon"]
    assert {term: guid for term, guid in after.items() if term in before} == {
        term: guid for term, guid in before.items() if term != "Term epsilon"
    }
    assert {"New one", "New two", "Elsewhere"} <= after.keys()


def test_notes_added_at_one_place_conflict_and_keeping_both_is_right(repository: Repository) -> None:
    before = repository.guids()
    merged = branch_and_merge(repository, notes() + "\n## Ours\n\nmine\n", notes() + "\n## Theirs\n\nyours\n")
    assert merged.returncode == 1
    stopped = run("build")
    assert stopped.exit_code == 1
    lock = repository.folder / "ankigen.lock"
    line = next(n for n, text in enumerate(lock.read_text().split("\n"), start=1) if text.startswith("<<<<<<<"))
    assert f"ankigen.lock:{line}: two branches meet here" in stopped.stderr
    for path in (lock, repository.folder / "content" / "a.md"):
        kept = [text for text in path.read_text().split("\n") if not text.startswith(("<<<<<<<", "=======", ">>>>>>>"))]
        path.write_text("\n".join(kept))
    assert run("build", "--now", "2026-01-04").exit_code == 0
    after = repository.guids()
    assert {term: after[term] for term in before} == before
    assert {"Ours", "Theirs"} <= after.keys()
    assert len(set(after.values())) == len(after)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (("what delta is", "what a delta is"), ("what epsilon is", "what an epsilon is")),
        (("what delta is", "what a delta is"), ("## Term delta\n", "## New\n\nx\n\n## Term delta\n")),
        (("what delta is", "what a delta is"), ("## Term epsilon\n", "## New\n\nx\n\n## Term epsilon\n")),
        (("## Term beta\n", "## More\n\ny\n\n## Term beta\n"), ("## Term gamma\n", "## New\n\nx\n\n## Term gamma\n")),
        ((ETA, ""), ("what theta is", "what a theta is")),
    ],
    ids=["two edits", "edit, and new above", "edit, and new below", "two new", "removed, and edit below"],
)
def test_neighbours_merge(repository: Repository, ours: tuple[str, str], theirs: tuple[str, str]) -> None:
    """What merges in the notes merges in the lock file."""
    before = repository.guids()
    merged = branch_and_merge(repository, notes(ours), notes(theirs))
    assert merged.returncode == 0, merged.stdout
    known = repository.guids()
    assert {term: known[term] for term in before} == before
    assert run("build", "--now", "2026-01-04").exit_code == 0
    assert repository.guids() == known


def test_a_note_moved_here_and_its_neighbours_edited_there(repository: Repository) -> None:
    before = repository.guids()
    ours = notes(("what theta is", "what a theta is"), ("what zeta is", "what a zeta is"))
    merged = branch_and_merge(repository, ours, notes((ETA, "")), b=ETA)
    assert merged.returncode == 0, merged.stdout
    assert run("build", "--now", "2026-01-04").exit_code == 0
    assert repository.guids() == before


def test_two_branches_built_in_one_second_give_different_ids(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create", "other")
    repository.commit(notes(), "2026-01-02", b="## Theirs\n\nx\n")
    repository.git("switch", "--quiet", "main")
    repository.commit(notes(("## Term iota\n", "## Ours\n\ny\n\n## Term iota\n")), "2026-01-02")
    assert repository.git("merge", "--quiet", "--no-edit", "other").returncode == 0
    ids = [entry.note_id for entry in read_lock(repository.folder / "ankigen.lock").entries]
    assert len(set(ids)) == len(ids) == 12
