"""What a command imports before it answers: nothing that it does not need."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from ankigen.cli import main
from ankigen.cli_lazy import Named
from ankigen.later import pattern
from commands import NOW, write

HEAVY = set(
    "asyncio concurrent.futures distributed email genanki importlib.metadata jinja2 markdown_it mdit_py_plugins "
    "multiprocessing nh3 pygments rapidfuzz sqlite3 subprocess tinycss2 wcwidth webbrowser yaml zipfile".split()
)
LISTING = {"ankigen", *(f"ankigen.{name}" for name in ("cli", "cli_lazy", "cli_signals"))}  # all that a list needs
NAMED = [command for command in main.commands.values() if isinstance(command, Named)]


def imported(*arguments: str, cwd: Path) -> set[str]:
    """The modules of a process that ran ``ankigen``."""
    program = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "
    program += "from ankigen.cli import main; main()"
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_imports_no_command(tmp_path: Path, option: str) -> None:
    found = imported(option, cwd=tmp_path)
    assert not found & HEAVY
    assert {name for name in found if name.startswith("ankigen")} == LISTING


def test_a_build_without_a_change_imports_no_stage(tmp_path: Path) -> None:
    notes = "---\ntags: [cells]\n---\n\n**Ribosome**: makes `proteins` of $n$ parts\n\nA remark {{c1::here}}\n"
    write(tmp_path, {"content/a.md": notes, "content/b.csv": "front,back\na,b\n", "ankigen.toml": 'name = "n"\n'})
    first = imported("build", "--now", NOW, cwd=tmp_path)
    assert {"genanki", "markdown_it", "yaml"} <= first  # so that it means something that they are missing
    second = imported("build", "--now", NOW, cwd=tmp_path)
    assert not second & HEAVY
    assert not second & {"ankigen.build", "ankigen.identity", "ankigen.loading", "ankigen.readers.markdown"}


def test_a_first_build_imports_what_its_notes_need(tmp_path: Path) -> None:
    write(tmp_path, {"content/a.md": "## Ribosome\n\nmakes *proteins* of `n` parts, see $n$\n", "ankigen.toml": ""})
    found = imported("build", "--now", NOW, "--jobs", "1", cwd=tmp_path)
    assert "genanki" in found
    assert not found & set("difflib html.parser jinja2 nh3 secrets subprocess wcwidth".split())
    assert not found & {"ankigen.anki.verify", "ankigen.matching.judgement", "ankigen.readers.markdown.sanitise"}


def test_all_commands_are_listed_without_being_imported() -> None:
    assert len(NAMED) == len(main.commands)


@pytest.mark.parametrize("listed", NAMED, ids=lambda command: command.name)
def test_a_command_is_listed_in_its_own_words(listed: Named) -> None:
    command = listed.load()
    assert isinstance(command, click.Command)
    assert (command.name, command.hidden, command.deprecated) == (listed.name, listed.hidden, listed.deprecated)
    for limit in range(10, 200):
        assert command.get_short_help_str(limit) == listed.get_short_help_str(limit)


def test_a_module_is_imported_when_it_is_used() -> None:
    program = """
import functools, sys
from ankigen.later import later
with later("colorsys", "yaml", cached_property=functools):
    import colorsys
    import yaml
    from cached_property import cached_property
    assert yaml.safe_load("[1]") == [1]  # within, too
assert cached_property is functools.cached_property
assert not {"colorsys", "cached_property"} & sys.modules.keys()
assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
assert "colorsys" in sys.modules
from ankigen.anki.package import genanki
assert genanki.Model(1, "m", "[{name: a}]", "[{name: b, qfmt: '{{a}}'}]")._req == [[0, "all", [0]]]
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_pattern_is_compiled_when_it_is_used() -> None:
    lazy: Any = pattern(r"a(b+)", re.IGNORECASE)
    assert "match" not in vars(lazy)
    assert [lazy.match("ABb c")[1], lazy.sub("-", "abc"), lazy.findall("ab abb")] == ["Bb", "-c", ["b", "bb"]]
    assert [lazy.pattern, lazy.flags & re.IGNORECASE] == ["a(b+)", re.IGNORECASE]
    assert "match" in vars(lazy)
    with pytest.raises(re.error):
        pattern("(").match("a")
