"""The folders of ``templates/``: which there are, which themes, and what is wrong with one.

Note types are made of them by `ankigen.notetypes`, which takes a template engine; most builds know theirs already.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from ankigen.files import BUILT_IN_TEMPLATES

__all__ = [
    "PLAIN_THEME",
    "THEME",
    "THEMES",
    "TemplateFault",
    "built_in_files",
    "folders_with",
    "theme_names",
]

PLAIN_THEME = "paper"
"""The theme of a project that chooses none."""

THEMES, THEME = "themes", "theme.css"
_THEME_NAME = re.compile(r"[a-z][a-z0-9_-]*")  # it stands in a class of HTML and in a selector of CSS


class TemplateFault(Exception):
    """What is wrong with a template or a definition. ``line`` counts from 1; 0 means the whole file."""

    def __init__(self, path: str, line: int, message: str, hint: str) -> None:
        super().__init__(path, line, message, hint)
        self.path = path
        self.line = line
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def theme_names(project_templates: Path | None = None) -> tuple[str, ...]:
    """The names of all themes: the built-in ones, then those that the project adds. Raises `TemplateFault`."""
    roots = [root / THEMES for root in (project_templates, BUILT_IN_TEMPLATES) if root is not None]
    names = folders_with(roots, THEME)
    for name in names:
        if not _THEME_NAME.fullmatch(name):
            path = (roots[0] / name).as_posix()
            raise TemplateFault(path, 0, f"a theme cannot be named {name!r}", "Use a-z, 0-9, - and _, a letter first.")
    return tuple(names)


def built_in_files(folder: str = "") -> dict[str, str]:
    """The built-in templates in ``folder`` and below, as text by their path in ``templates/``; empty without any."""
    found = sorted(path for path in (BUILT_IN_TEMPLATES / folder).rglob("*") if path.is_file())
    return {path.relative_to(BUILT_IN_TEMPLATES).as_posix(): path.read_text("utf-8") for path in found}


def folders_with(roots: Sequence[Path], file: str) -> list[str]:
    """The names of the folders below ``roots`` that hold ``file``, those of the last root first."""
    found: dict[str, None] = {}
    for root in reversed(roots):
        if root.is_dir():
            found |= dict.fromkeys(sorted(sub.name for sub in root.iterdir() if (sub / file).is_file()))
    return list(found)
