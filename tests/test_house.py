"""The house: imports go down the floors of docs/architecture.md, and the linter and the type checker are content."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"

FLOORS = {  # from the ground up; the longest matching prefix counts
    "ankigen.source": 0,
    "ankigen.diagnostics": 0,
    "ankigen.records": 0,
    "ankigen.files": 0,
    "ankigen.frozen": 0,
    "ankigen.unfinished": 0,
    "ankigen.later": 0,
    "ankigen.readers": 1,
    "ankigen.project": 1,
    "ankigen.config": 1,
    "ankigen.decoding": 1,
    "ankigen.policy": 1,
    "ankigen.cache": 1,
    "ankigen.loading": 1,
    "ankigen.globs": 1,
    "ankigen.lock": 2,
    "ankigen.locked": 2,
    "ankigen.lockparts": 2,
    "ankigen.lockplaces": 2,
    "ankigen.matching": 2,
    "ankigen.media": 2,
    "ankigen.identity": 2,
    "ankigen.anki": 3,
    "ankigen.notetypes": 3,
    "ankigen.themes": 3,
    "ankigen.notes": 3,
    "ankigen.checks": 3,
    "ankigen.learning": 3,
    "ankigen.places": 3,
    "ankigen.clozes": 3,
    "ankigen.gaps": 3,
    "ankigen.dating": 3,
    "ankigen.foreign": 3,
    "ankigen.clock": 3,
    "ankigen.starter": 3,
    "ankigen.prepare": 4,
    "ankigen.plan": 4,
    "ankigen.retire": 4,
    "ankigen.adopt": 4,
    "ankigen.build": 4,
    "ankigen.reading": 4,
    "ankigen.rebuild": 4,
    "ankigen.settling": 4,
    "ankigen.convert": 4,
    "ankigen.answers": 4,
    "ankigen.library": 4,
    "ankigen.workers": 4,
    "ankigen.catalogue": 5,
    "ankigen.preview": 5,
    "ankigen.watch": 5,
    "ankigen.report": 5,
    "ankigen.cli": 5,
    "ankigen.cli_explain": 5,
    "ankigen.cli_build": 5,
    "ankigen.cli_cache": 5,
    "ankigen.cli_signals": 5,
    "ankigen.cli_formats": 5,
    "ankigen.cli_stages": 5,
    "ankigen.cli_ids": 5,
    "ankigen.cli_common": 5,
    "ankigen.cli_lazy": 5,
    "ankigen.cli_read": 5,
    "ankigen.cli_start": 5,
    "ankigen.cli_convert": 5,
    "ankigen.cli_preview": 5,
    "ankigen.cli_review": 5,
    "ankigen.cli_templates": 5,
    "ankigen.cli_verify": 5,
    "ankigen.__main__": 6,
    "ankigen": 6,
}

ONLY_IN = {  # who may know an outside library
    "genanki": {"ankigen.anki.package"},
    "anki": {"ankigen.anki.oracle", "ankigen.anki.older"},
    "rapidfuzz": {"ankigen.matching.evidence"},
    "jinja2": {"ankigen.notetypes"},
    "click": {
        f"ankigen.cli{name and '_'}{name}"
        for name in (
            *("", "build", "cache", "common", "convert", "explain", "formats", "ids", "lazy"),
            *("preview", "read", "review", "stages", "start", "templates", "verify"),
        )
    },
    "tinycss2": {"ankigen.media.css"},
    "PIL": {"ankigen.media.shrink"},
    "http": {"ankigen.media.network"},
    "socket": {"ankigen.media.network", "ankigen.preview.server"},
    "starlette": {"ankigen.preview.server"},
    "uvicorn": {"ankigen.preview.server"},
    "watchfiles": {"ankigen.watch"},
    "math_core": {"ankigen.preview.mathml"},
    "nh3": {"ankigen.readers.markdown.sanitise"},
    "yaml": {"ankigen.readers.frontmatter"},
    "distributed": {"ankigen.workers"},
    "wcwidth": {"ankigen.report.human"},
}


def modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


MODULES = modules()


def imports(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "imports are absolute"
            names |= {
                inner if (inner := f"{node.module}.{alias.name}") in MODULES else node.module for alias in node.names
            }
    return names


def floor(name: str) -> int:
    prefix = max((p for p in FLOORS if name == p or (name.startswith(f"{p}.") and p != "ankigen")), key=len, default="")
    assert prefix, f"{name} stands on no floor: give it one here and in docs/architecture.md"
    return FLOORS[prefix]


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_down(name: str) -> None:
    for other in imports(MODULES[name]):
        if other.split(".")[0] == "ankigen":
            assert floor(other) <= floor(name), f"{name} (floor {floor(name)}) reaches up to {other}"


def test_no_two_modules_import_each_other() -> None:
    graph = {name: imports(tree) & MODULES.keys() - {name} for name, tree in MODULES.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError


def test_each_outside_library_has_one_door() -> None:
    for name, tree in MODULES.items():
        for other in imports(tree):
            allowed = ONLY_IN.get(other.split(".")[0])
            assert allowed is None or name in allowed, f"{name} imports {other}"


def test_every_module_says_what_it_promises_and_stays_short() -> None:
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), path
        assert text.count("\n") <= 400, f"{path} asks to be split"


def test_every_floor_is_described() -> None:
    described = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name in FLOORS:
        if name not in ("ankigen", "ankigen.__main__"):
            assert f"`{name.removeprefix('ankigen.').replace('.', '/')}" in described, name


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=["linter", "format", "types"],
)
def test_checked(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
