"""The files that ankigen gives away: a small project that builds at once, and its own templates, to be edited."""

import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path

from ankigen.themes import built_in_files

__all__ = ["copy_templates", "start_project"]

_CONFIG = """\
# Settings of this project; every line may be left out.
name = {name}         # keeps these notes apart from other projects' notes: do not change it later
headings = "tags"   # what the headings above a record become: "tags", "deck" or "none"
# deck = "University"   # a deck above all decks of this project
# tags = ["2026"]       # for every note
# theme = "plain"       # the look of the cards; `ankigen templates` lists them
"""

_NOTES = """\
# Memory

## Spacing effect

What is learned in several sittings, with time between them, is kept longer than what is learned in one.

## 3 stages of memory

1. encoding
2. storage
3. retrieval

## Forms

**Retrieval practice**: recalling something, instead of reading it again
testing effect ::: a test makes what is tested easier to recall

Q: Who measured the forgetting curve first?
A: Hermann Ebbinghaus, in 1885, with himself as the only subject.

Forgetting is {{c1::fast}} at first, and then {{c2::slower and slower}}.
"""


def start_project(folder: Path) -> list[Path]:
    """Write the files of a new project into ``folder`` and return them.

    Raises `FileExistsError` for a file that is there already; then nothing is written.
    """
    name = os.fsencode(os.path.basename(os.path.abspath(folder))).decode("utf-8", "ignore").replace("\x7f", "")
    files = {
        folder / "ankigen.toml": _CONFIG.format(name=json.dumps(name or "notes", ensure_ascii=False)),
        folder / "content" / "memory.md": _NOTES,
        folder / ".gitignore": "build/\n",
    }
    return _written(files)


def copy_templates(folder: str, templates: Path) -> list[Path]:
    """Write the built-in files of a note type, of a theme (``themes/NAME``) or ``base`` into a project's ``templates``.

    Returns them. Raises `FileNotFoundError` when there is no such folder, `FileExistsError` for a file that is there
    already, and `PermissionError` for a folder that a link leads out of ``templates``; then nothing is written.
    """
    files = {templates / path: text for path, text in built_in_files(folder).items()}
    if not files:
        raise FileNotFoundError(errno.ENOENT, "is not built in", folder)
    for path in files:
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(templates)):
            raise PermissionError(errno.EPERM, "a link leads out of the project", str(path))
    return _written(files)


def _written(files: Mapping[Path, str]) -> list[Path]:
    for path in files:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "is there already", str(path))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(files)
