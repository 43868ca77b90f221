"""The README, walked from top to bottom in a fresh copy, as someone would who has just found it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def steps() -> Iterator[tuple[str, str]]:
    """Each command of the console blocks with the output that the README shows for it."""
    for block in blocks("console"):
        yield from re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the repository, without anything that was built or installed."""
    folder = tmp_path_factory.mktemp("clone") / "ankigen"
    skipped = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, folder, ignore=skipped)
    return folder


def run(command: str, folder: Path, bin_folder: Path) -> str:
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S602 - the README's commands are ours
        command, shell=True, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_readme(copy: Path, tmp_path: Path) -> None:
    built = run("make deck", copy, copy)
    assert {line.split(":")[0] for line in built.splitlines() if ".apkg: " in line} == {
        f"build/{path.name}" for path in (copy / "build").glob("*.apkg")
    }
    bin_folder = copy / ".venv" / "bin"
    (notes, *_) = blocks("markdown")
    (tmp_path / "memory.md").write_text(notes, encoding="utf-8")
    (tmp_path / "lecture.md").write_text(
        "# Memory\n\n## 3 stages of memory\n\n1. encoding\n2. storage\n", encoding="utf-8"
    )
    folder = tmp_path
    for command, shown in steps():
        if command.startswith(("pip ", "make ")):
            continue  # `make deck` has installed it, and `make test` runs this test
        if command.startswith("cd "):
            folder /= command.removeprefix("cd ")
            continue
        if "memory.md" in command or "lecture.md" in command:
            folder = tmp_path
        assert shown in run(command, folder, bin_folder)
    (program,) = blocks("python")
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    run("python program.py", tmp_path, bin_folder)
    assert (tmp_path / "exam.apkg").is_file()


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        text = re.sub(r"`[^`\n]*`", "", text)
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_is_in_the_manual() -> None:
    from ankigen.cli import main

    manual = (ROOT / "docs" / "usage.md").read_text(encoding="utf-8")
    for name in main.commands:
        assert f"| `ankigen {name}" in manual


@pytest.mark.parametrize("page", ["README.md", "docs/scale.md"])
def test_what_is_measured_has_its_place(page: str) -> None:
    begin, end = "<!-- measured: python benchmarks/build.py --write -->", "<!-- measured: end -->"
    assert f'_BEGIN, _END = "{begin}", "{end}"' in (ROOT / "benchmarks" / "table.py").read_text("utf-8")
    _, _, rest = (ROOT / page).read_text("utf-8").partition(begin)
    measured = rest.partition(end)[0]
    assert "| first build, one process |" in measured
    assert "Traceback" not in measured
