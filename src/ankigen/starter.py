"""What ``ankigen init`` puts into an empty folder: a small project that builds at once."""

import errno
import json
import os
from pathlib import Path

__all__ = ["start_project"]

_CONFIG = """\
# Settings of this project; every line may be left out.
name = {name}         # keeps these notes apart from other projects' notes: do not change it later
headings = "tags"   # what the headings above a record become: "tags", "deck" or "none"
# deck = "University"   # a deck above all decks of this project
# tags = ["2026"]       # for every note
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
    for path in files:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "is there already", str(path))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(files)
