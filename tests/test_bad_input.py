"""Bad input of every kind ends in a message that names the file, and leaves the last good package as it was."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ankigen.media.store import MediaStore
from commands import NOW, run, write

GOOD = "**Ribosome**: makes proteins\n"
PICTURE = "**Cell**: ![]({})\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in the working folder, built once."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/good.md": GOOD})
    assert run("build", "--now", "2020-01-01").exit_code == 0
    return tmp_path


def fails(project: Path, *arguments: str, code: int = 1, says: str) -> str:
    """A build fails as it should; what it says."""
    package = project / "build" / "good.apkg"
    before = package.read_bytes()
    done = run("build", "--now", NOW, *arguments)
    assert done.exit_code == code, done.output
    assert re.search(says, done.stderr), done.stderr
    assert "Traceback" not in done.output
    assert package.read_bytes() == before
    assert not list(project.rglob("*.tmp"))
    return done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x7fELF\0\1\2", "no text"),
        (b"\0" * 1000, "no text"),
        ("**a**: b".encode("utf-32"), "no text"),
        (b"**a**: b\n\xed\xa0\x80 half a pair\n", "line 2 is not UTF-8: it holds the byte 0xed"),
        (b"**a**: b\r\r\n**\x93Gr\xfc\x81e**: hallo\n", "line 3 is not UTF-8: it holds the byte 0x93"),
        ("**Grüße**: größer, süß".encode() + b" \xfc\n", "line 1 is not UTF-8: it holds the byte 0xfc"),
        (b"\xff\xfea\0\0\xd8", "line 1 is not UTF-16"),
        (b"\xef\xbb\xbfa\n\xff", "line 2 is not UTF-8: it holds the byte 0xff"),
        (b"---\ndeck: x\n**a**: b\n", r"unclosed-front-matter"),
        (b"---\ndeck: [x\n---\n**a**: b\n", r"invalid-front-matter"),
    ],
)
def test_a_file_that_is_no_text_stops_the_build(project: Path, content: bytes, says: str) -> None:
    write(project, {"content/bad.md": content})
    assert "content/bad.md" in fails(project, says=says)
    assert "error" in fails(project, "content/bad.md", "-o", "build/good.apkg", says=says)


def test_a_line_of_50_megabytes(project: Path) -> None:
    write(project, {"content/big.md": b"a" * 50 * 2**20})
    fails(project, says=r"content/big.md: error\[oversized-file\]: the file has 50 MB, and a note at most 32 MB")


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n", "only prose\n", "---\ndeck: a\n---\n"])
def test_a_file_without_records_alone(project: Path, text: str) -> None:
    write(project, {"content/empty.md": text})
    said = fails(project, "content/empty.md", "-o", "build/good.apkg", says="there is no record to build")
    assert "content/empty.md: warning[no-records]" in said


def test_a_file_without_records_among_others(project: Path) -> None:
    write(project, {"content/empty.md": ""})
    assert run("build").exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        "> " * 10_000 + "deep",
        "- " * 10_000 + "deep",
        "\n".join(f"{' ' * 2 * level}- a" for level in range(3_000)),
        "".join(f"{number}. " for number in range(5_000)) + "deep",
    ],
    ids=["quotes", "lists in a line", "lists", "numbered lists"],
)
def test_deep_nesting_is_named(project: Path, text: str) -> None:
    write(project, {"content/deep.md": text})
    fails(
        project, "content/deep.md", "-o", "build/good.apkg", says=r"content/deep.md:1?\d*:1: error\[nested-too-deep\]"
    )


@pytest.mark.parametrize("text", ["&#xD800;", "&#55296;", "\\ud800", "&#0;", "\x0c\x1f\x1b[31m", "\u202e"])
def test_odd_characters_are_built(project: Path, text: str) -> None:
    write(project, {"content/odd.md": f"**a{text}**: b{text}\n"})
    assert run("build").exit_code == 0
    assert run("verify", "build/odd.apkg").exit_code == 0


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"\xed\xa0\x80.md", b"new\nline.md", b"red\x1b[31m.md", b"%2e%2e.md"])
def test_odd_file_names_are_built_and_shown(project: Path, name: bytes) -> None:
    path = os.fsencode(project / "content") + b"/" + name
    with open(path, "wb") as stream:
        stream.write(b"**Cell**: b\n\n**Wall**: ![](../../none.png)\n")
    done = run("build")
    assert done.exit_code == 1
    assert done.stdout.count(".apkg: 1 note, 1 deck\n") == 2
    assert "error[unsafe-media]" in done.stderr
    assert "\x1b" not in done.output
    for package in (project / "build").iterdir():
        assert run("verify", package).exit_code == 0


def test_two_undecodable_names_are_two_files(project: Path) -> None:
    for byte, folder in ((b"\xe8", "a"), (b"\xe9", "b")):
        os.mkdir(os.fsencode(project / "content") + b"/" + byte)
        for name, content in ((b"n.md", b"**t**: ![](p.png)"), (b"p.png", folder.encode())):
            with open(os.fsencode(project / "content") + b"/" + byte + b"/" + name, "wb") as stream:
                stream.write(content)
    done = run("build", "-o", "all.apkg")
    assert (done.exit_code, done.stdout) == (0, "all.apkg: 3 notes, 3 decks\n")


# where nothing can be read


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_a_note_that_is_no_file(project: Path, make: Callable[[str], None]) -> None:
    make("content/odd.md")
    if make is os.mkdir:  # a folder may have any name
        assert run("build").exit_code == 0
        fails(project, "content/odd.md", says="there are no notes in content/odd.md")
    else:
        fails(project, says=r"content/odd.md: error\[unreadable-file\]: this is no regular file")


def test_a_device_is_no_note(project: Path) -> None:
    fails(project, "/dev/zero", says="/dev/zero: error.*this is no regular file")


def test_a_folder_without_notes(project: Path) -> None:
    write(project, {"empty/picture.png": "", "empty/.hidden.md": GOOD, "empty/_drafts/a.md": GOOD, "empty/_b.md": GOOD})
    fails(project, "empty", says="there are no notes in empty")


def test_a_project_without_its_folder_of_notes(project: Path) -> None:
    write(project, {"ankigen.toml": 'content = "notes"'})
    fails(project, says=r"notes: error\[unreadable-file\]: the folder cannot be read: No such file")


def test_a_folder_that_cannot_be_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, {"content/sub/a.md": GOOD})
    real = os.scandir

    def refuse(path: str) -> object:  # as root, the tests may read everything
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr("os.scandir", refuse)
    fails(project, says=r"content/sub: error\[unreadable-file\]: the folder cannot be read: Permission denied")


@pytest.mark.parametrize("path", ["missing.md", "content/missing", "x" * 300, "content/good.md/x", "a\nb"])
def test_a_path_that_is_not_there(project: Path, path: str) -> None:
    fails(project, path, code=2, says="there is no ")


# links


def test_links_in_a_circle(project: Path) -> None:
    os.symlink("loop.md", "content/loop.md")
    os.symlink(".", "content/folder")
    fails(project, says=r"content/loop.md: error\[unreadable-file\]")
    fails(project, "content/loop.md", code=2, says="there is no content/loop.md")
    os.remove("content/loop.md")
    assert run("build").stdout == "build/good.apkg: 1 note, 1 deck\n"


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside.md", "gone.md"])
def test_a_link_that_leads_nowhere_good(project: Path, target: str) -> None:
    write(project.parent, {"outside.md": GOOD})
    os.symlink(target, "content/link.md")
    fails(project, says=r"content/link.md: error\[unreadable-file\]: ")
    os.rename("content/link.md", "content/_link.md")
    assert run("build").exit_code == 0


def test_a_linked_folder_outside(project: Path) -> None:
    os.symlink("/etc", "content/link")
    fails(project, says=r"content/link: error\[unreadable-file\]: this link leads out of the folder of notes")


@pytest.mark.parametrize("name", ["ankigen.toml", "templates", "build", "content"])
def test_no_part_of_a_project_may_lie_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    outside = write(tmp_path, {"outside/a.md": GOOD, "ankigen.toml": ""}) / (
        "ankigen.toml" if "." in name else "outside"
    )
    project = write(tmp_path / "p", {"content/a.md": GOOD} if name != "content" else {"ankigen.toml": ""})
    os.symlink(outside, project / name)
    monkeypatch.chdir(project)
    done = run("build")
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"ankigen.toml: {name} leads out of the project" in done.stderr
    assert sorted(os.listdir(tmp_path / "outside")) == ["a.md"]


def test_a_file_named_by_hand_may_be_a_link(project: Path) -> None:
    write(project.parent, {"linked.md": GOOD})
    os.symlink("../linked.md", "today.md")
    assert run("build", "today.md").stdout == "today.apkg: 1 note, 1 deck\n"


# media


@pytest.mark.parametrize(
    ("reference", "rule"),
    [
        ("none.png", "missing-media"),
        ("../secret.png", "missing-media"),
        ("../../secret.png", "unsafe-media"),
        ("%2e%2e/%2E%2E/secret.png", "unsafe-media"),
        ("/etc/passwd", "unsafe-media"),
        ("link.png", "unsafe-media"),
        ("loop.png", "missing-media"),
        ("folder.png", "missing-media"),
        ("pipe.png", "missing-media"),
        ("/dev/zero", "unsafe-media"),
        ("x" * 5000, "missing-media"),
        ("y/" * 3000, "missing-media"),
        ("a%00b.png", "missing-media"),
        ("a&#0;b.png", "missing-media"),
        ("%ff%fe.png", "missing-media"),
        ("%ed%a0%80.png", "missing-media"),
        ("good.md/x.png", "missing-media"),
    ],
)
def test_media_that_cannot_be_taken_are_named_and_never_followed(project: Path, reference: str, rule: str) -> None:
    write(project.parent, {"secret.png": "secret"})
    os.symlink("../../secret.png", "content/link.png")
    os.symlink("loop.png", "content/loop.png")
    os.mkdir("content/folder.png")
    os.mkfifo("content/pipe.png")
    write(project, {"content/bad.md": PICTURE.format(reference) + GOOD})
    done = run("build", "content/bad.md", "-o", "bad.apkg")
    if rule == "unsafe-media":  # costs its record; a record whose picture is missing is worth having without
        assert (done.exit_code, done.stdout) == (1, "bad.apkg: 1 note, 1 deck\n")
    else:
        assert (done.exit_code, done.stdout) == (0, "bad.apkg: 2 notes, 1 deck\n")
    assert re.search(rf"content/bad.md:1:15: (error|warning)\[{rule}\]", done.stderr)


def test_a_picture_that_goes_away_while_building(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, {"content/a.md": PICTURE.format("p.png"), "content/p.png": "picture"})
    find, calls = MediaStore.find, []

    def find_once(self: MediaStore, *arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            os.remove("content/p.png")
        return find(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(MediaStore, "find", find_once)
    fails(project, says="content/p.png: No such file")


# settings and templates


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("contents = 'x'", r"ankigen.toml: there is no setting contents\n  hint: did you mean content\?"),
        ("quux = 1", "there is no setting quux\n  hint: known are name, content,"),
        ("name = 1", "name is no text"),
        ("tags = 'a'", "tags is no list of names"),
        ("tags = [1]", "tags is no list of names"),
        ("kind = 'both'", "kind cannot be both\n  hint: use basic, reversed, typed"),
        ("kind = 'cloze'", "kind cannot be cloze"),
        ("headings = 'all'", "headings cannot be all\n  hint: use tags, deck, none"),
        ("deck = 2026-01-01", "deck is no text"),
        ("name = ", "this is no TOML"),
        ("name = " + "9" * 5000, "this is no TOML"),
        ("a = " + "[" * 5000, "this is no TOML"),
        (b"name = '\xff'", "this is no TOML"),
        (b"\0", "this is no TOML"),
        ("content = '..'", r"ankigen.toml: \.\. leads out of the project"),
        ("content = '/etc'", "/etc leads out of the project"),
        ('content = "a\\u0000"', "leads out of the project"),
        ("output = '../out'", "../out leads out of the project"),
        ("output = '/var'", "/var leads out of the project"),
    ],
)
def test_settings_that_cannot_be_used(project: Path, settings: str | bytes, says: str) -> None:
    write(project, {"ankigen.toml": settings})
    fails(project, code=2, says=says)
    fails(project, "content/good.md", code=2, says=says)


def test_settings_that_are_no_file(project: Path) -> None:
    os.mkdir("ankigen.toml")
    fails(project, code=2, says="ankigen.toml: this is no regular file")


def test_settings_in_a_pipe(project: Path) -> None:
    os.mkfifo("ankigen.toml")
    fails(project, code=2, says="ankigen.toml: this is no regular file")


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("term/style.css", "[= nothing =]", r"templates/term/style.css:1: "),
        ("term/ask-term.html", "a\n[% if %]", r"templates/term/ask-term.html:2: "),
        ("term/ask-term.html", "{{Nothing}}", r"templates/term/ask-term.html:1: "),
        ("term/ask-term.html", "{{#Term}}", r"templates/term.*Missing '\{\{/Term\}\}'"),
        ("own/notetype.toml", "name = 1", r"templates/own/notetype.toml"),
    ],
)
def test_a_template_that_cannot_be_used(project: Path, file: str, text: str, says: str) -> None:
    write(project, {f"templates/{file}": text, "content/faulty.md": "**Wall**:\n"})
    said = fails(project, says=says)
    assert "hint: " in said
    assert "empty-definition" in said  # all faults of a run are shown at once
    done = run("check")
    assert done.exit_code == 1
    assert re.search(says, done.stderr)


# where nothing can be written


def test_an_output_that_is_a_folder(project: Path) -> None:
    os.mkdir("out.apkg")
    fails(project, "-o", "out.apkg", says="ankigen: out.apkg: Is a directory")


@pytest.mark.parametrize("output", ["ankigen.toml/x.apkg", "ankigen.toml/sub/x.apkg"])
def test_an_output_below_a_file(project: Path, output: str) -> None:
    write(project, {"ankigen.toml": ""})
    fails(project, "-o", output, says="ankigen: ankigen.toml")


def test_an_output_folder_that_is_a_file(project: Path) -> None:
    write(project, {"ankigen.toml": "output = 'out'", "out": "mine"})
    fails(project, says="ankigen: out: ")
    assert (project / "out").read_text() == "mine"


def test_an_output_with_too_long_a_name(project: Path) -> None:
    fails(project, "-o", f"{'x' * 300}.apkg", says="File name too long")


def test_a_deck_with_too_long_a_name_still_has_a_file(project: Path) -> None:
    write(project, {"content/long.md": f"---\ndeck: {'ü' * 300}\n---\n{GOOD}"})
    assert run("build").exit_code == 0


def test_a_full_disk(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ankigen.anki.package.os.fsync", full)
    fails(project, says="No space left on device")


@pytest.mark.parametrize("step", ["build.read_source", "build.write_package", "anki.package.os.replace"])
def test_an_interrupted_build_leaves_no_half_package(project: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def interrupt(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"ankigen.{step}", interrupt)
    assert fails(project, says="Aborted!").strip() == "Aborted!"


def test_a_reader_that_goes_away_is_no_fault(project: Path) -> None:
    write(project, {"content/long.md": "".join(f"**{n}**: b\n" for n in range(4_000))})
    command = f"'{sys.executable}' -m ankigen parse 2>errors | head -1"
    done = subprocess.run(["sh", "-c", command], cwd=project, capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in (project / "errors").read_text()
