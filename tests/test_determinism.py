"""The same notes give the same bytes, wherever, whenever and by whomever they are built."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from commands import NOW, process, run, write

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
NOTES: dict[str, str | bytes] = {
    "ankigen.toml": 'name = "cells"\ntags = ["b", "a"]\n',
    "content/biology.md": "# Cells\n\n**Wall**: ![](img/wall.svg)\n\nFish {{c1::swim}}. {.z .y .x}\n\n## Eyes\n\nsee\n",
    "content/biology/café.md": "**Ribosome**: makes proteins\n\nterm ::: both ways\n",
    "content/Ärzte.md": "```python\nprint(1)\n```\n\n**Doctor**: heals [sound:heal.MP3]\n",
    "content/img/wall.svg": SVG,
    "content/heal.MP3": b"sound",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", NOTES)


def packages(folder: Path) -> dict[str, bytes]:
    found = {path.name: path.read_bytes() for path in (folder / "build").iterdir()}
    assert sorted(found) == ["biology.apkg", "Ärzte.apkg"]
    shutil.rmtree(folder / "build")
    return found


def test_every_process_gives_the_same_bytes(project: Path) -> None:
    environments = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "3", "TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONOPTIMIZE": "2"},
    ]
    built = []
    for environment in environments:
        done = process("build", "--now", NOW, cwd=project, **environment)
        assert done.returncode == 0, done.stderr
        built.append(packages(project))
    assert built[0] == built[1] == built[2]


def test_from_wherever_the_project_is_named(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(project)
    built = []
    for folder, name in (
        (project, "."),
        (tmp_path, "project"),
        (tmp_path, "link"),
        (tmp_path, str(project)),
        (project / "content", ".."),
        (project / "content" / "img", "../../../project/content/.."),
    ):
        monkeypatch.chdir(folder)
        assert run("build", name, "--now", NOW).exit_code == 0
        built.append(packages(project))
    assert all(one == built[0] for one in built)


def test_the_files_of_a_project_are_the_same_however_they_are_named(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(project / "content")
    built = []
    for folder, names in (
        (project, ["content"]),
        (project, [".", "content/biology"]),
        (project / "content", ["."]),
        (project / "content" / "biology", [".."]),
        (tmp_path, ["link"]),
        (tmp_path, ["project/content", "project/content/../content/biology.md"]),
        (tmp_path, [str(project / "content"), "link/biology"]),
    ):
        monkeypatch.chdir(folder)
        done = run("build", *names, "--now", NOW, "-o", tmp_path / "all.apkg")
        assert done.stdout == f"{tmp_path / 'all.apkg'}: 6 notes, 3 decks\n", (folder, names)
        built.append((tmp_path / "all.apkg").read_bytes())
    assert all(one == built[0] for one in built)


def test_wherever_the_project_lies(project: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(project, tmp_path / "a long way" / "off [1]")
    for folder in (project, copy):
        assert run("build", folder, "--now", NOW).exit_code == 0
    assert packages(project) == packages(copy)


def test_whatever_the_files_rights_and_times_are(project: Path) -> None:
    run("build", project, "--now", NOW)
    first = packages(project)
    old = os.umask(0o077)
    try:
        for path in project.rglob("*.*"):
            os.utime(path, (1, 1))
            path.chmod(0o700)
        run("build", project, "--now", NOW)
    finally:
        os.umask(old)
    assert packages(project) == first


def test_line_ends_and_byte_order_marks_do_not_count(project: Path) -> None:
    run("build", project, "--now", NOW)
    first = packages(project)
    for path in project.rglob("*.md"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    run("build", project, "--now", NOW)
    assert packages(project) == first


def test_file_names_do_not_depend_on_how_a_system_writes_them(project: Path) -> None:
    run("build", project, "--now", NOW)
    first = packages(project)
    (project / "content/biology/café.md").rename(project / "content/biology/cafe\u0301.md")
    (project / "content/Ärzte.md").rename(project / "content/A\u0308rzte.md")
    run("build", project, "--now", NOW)
    assert packages(project) == first


def test_a_package_bears_no_trace_of_its_place(project: Path) -> None:
    run("build", project)
    for path in (project / "build").iterdir():
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                assert str(project).encode() not in archive.read(name)
