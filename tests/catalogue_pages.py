"""The example of a catalogue page: its files and commands in order, and the output that the page shows.

`python tests/catalogue_pages.py [RULE...]` writes the output that is printed now into the pages; the difference is then
to be read by a person.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ankigen.diagnostics import Rule
from commands import run

FOLDER = Path(str(files("ankigen.catalogue")))
_BLOCK = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1$\n?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """The steps of an example, each the info string and the content of a block, and the output shown after them."""

    steps: tuple[tuple[str, str], ...]
    shown: str

    @property
    def actual(self) -> str:
        """What is printed in an empty folder once all steps are done there.

        It is the output of ``ankigen check notes.md``, or of the check that the last step names itself.
        """
        with tempfile.TemporaryDirectory() as name, chdir(name):
            printed = ""
            for info, content in self.steps:
                printed = _do(info, content)
            return printed or run("check", "notes.md").stdout


def example(text: str) -> Example:
    """The example of a page."""
    *steps, (info, shown) = [(info.strip(), content) for _, info, content in _BLOCK.findall(text)]
    assert info == "text", "the last block shows the output"
    return Example(tuple(steps), shown)


def _do(info: str, content: str) -> str:
    """Write a file, or run commands; what the last of them prints, if it is a check."""
    if info == "console":
        printed = ""
        for command in re.findall(r"^\$ (.*)$", content, re.MULTILINE):
            if command.startswith("ankigen "):
                done = run(*shlex.split(command)[1:])
                printed = done.stdout if command.startswith("ankigen check") else ""
            else:
                subprocess.run(command, shell=True, check=True)  # noqa: S602 - the commands of our own pages
        return printed
    language, path = info.split()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(b64decode(content) if language == "base64" else content.encode())
    return ""


def _update(names: Iterator[str]) -> None:
    for name in names:
        path = FOLDER / f"{name}.md"
        text = path.read_text("utf-8")
        start = [found.start(3) for found in _BLOCK.finditer(text)][-1]
        end = [found.end(3) for found in _BLOCK.finditer(text)][-1]
        actual = example(text).actual.rstrip("\n") + "\n"
        path.write_text(text[:start] + actual + text[end:], "utf-8")


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    _update(iter(sys.argv[1:] or [rule.value for rule in Rule]))
