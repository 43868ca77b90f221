"""The wheel: it holds everything that is needed at run time, and works from anywhere."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ankigen.diagnostics import Rule

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_templates(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*") if path.is_file()}
    assert templates
    assert {f"ankigen/{name}" for name in templates} <= names
    assert {f"ankigen/catalogue/{rule.value}.md" for rule in Rule} <= names
    assert {"ankigen/py.typed", "ankigen/rendered.json", "ankigen/schema/parse.schema.json"} <= names
    page = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src" / "ankigen" / "preview").rglob("*.*")}
    assert {name for name in page if name.endswith((".html", ".css", ".js"))} <= names


def test_the_wheel_builds_a_deck(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "notes.md").write_text("Santiago :: the capital of Chile\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    command = [sys.executable, "-P", "-m", "ankigen", "build", "notes.md"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "notes.apkg: 1 note, 1 deck\n"), done.stderr
