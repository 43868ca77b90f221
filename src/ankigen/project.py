"""A project: where its notes lie, in a stable order, and what ``ankigen.toml`` says of them.

A project is a folder with ``content/`` or ``ankigen.toml``; loose files are a project without either. Links that
lead outside it are not followed.
"""

import os
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.readers.names import clean_deck, clean_tag, nest
from ankigen.readers.settings import Headings, Settings
from ankigen.records import Kind
from ankigen.source import Source

__all__ = [
    "CONFIG_NAME",
    "Config",
    "ConfigFault",
    "Project",
    "SourceFile",
    "enclosing_project",
    "find_project",
    "is_project",
    "load_source",
]

CONFIG_NAME = "ankigen.toml"
LARGEST_NOTE = 32 * 2**20
"""Bytes of the largest note that is read; a longer one is no note, and would take memory without bound."""

_EXTENSIONS = (".md", ".markdown", ".txt")
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class ConfigFault(Exception):
    """``ankigen.toml`` cannot be used. The message says why, ``hint`` what to do."""

    def __init__(self, path: str, message: str, hint: str) -> None:
        super().__init__(f"{path}: {message}")
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Config:
    """What ``ankigen.toml`` may hold, with the defaults of a project that has none."""

    name: str = ""  # keeps the notes of two projects apart in Anki
    content: str = "content"
    output: str = "build"
    deck: str = ""  # the deck above all of this project's decks
    tags: tuple[str, ...] = ()
    kind: Kind = Kind.BASIC
    headings: Headings = Headings.TAGS
    notetype: str = ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of notes: where it lies, the name shown for it, and the deck it has by its place."""

    path: Path
    shown: str
    deck: str


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of notes with its settings. Nothing outside ``root`` is read for it.

    ``is_folder`` says that the project was named as a whole, not some of its files.
    """

    root: Path
    config: Config
    files: tuple[SourceFile, ...]
    is_folder: bool = False

    def settings(self, file: SourceFile, reader: str = "") -> Settings:
        """What the reader of ``file`` is told."""
        config = self.config
        deck = nest(config.deck, file.deck) or "Notes"
        return Settings(deck, config.tags, config.kind, config.headings, config.notetype, reader)

    @property
    def templates(self) -> Path | None:
        """The project's own templates, if it has any."""
        folder = self.root / "templates"
        return folder if folder.is_dir() else None


def find_project(paths: Sequence[Path]) -> Project:
    """The project that ``paths`` name: a project's folder, or files and folders inside one or in none.

    Raises `ConfigFault` when ``ankigen.toml`` cannot be used, `FileNotFoundError` for a path that is not there.
    """
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(path)
    first = paths[0]
    if len(paths) == 1 and first.is_dir() and is_project(first):
        config = _read_config(first)
        content = first / config.content
        if not _inside(content, first):
            raise ConfigFault(
                _shown(first / CONFIG_NAME), "content lies outside the project", "name a folder inside it"
            )
        return Project(first, config, tuple(_notes_in(content, first, first)), is_folder=True)
    root = _root_of(first)
    config = _read_config(root)
    files: list[SourceFile] = []
    for path in paths:
        if path.is_dir():
            base = _content_above(path, root, config) or path
            files += [file for file in _notes_in(base, base, root) if file.path.is_relative_to(path)]
        else:
            base = _content_above(path, root, config) or path.parent
            files.append(SourceFile(path, _shown(path), _deck_of(path, base)))
    return Project(root, config, tuple(dict.fromkeys(files)))


def is_project(folder: Path) -> bool:
    """Whether ``folder`` holds a project."""
    return (folder / CONFIG_NAME).is_file() or (folder / "content").is_dir()


def enclosing_project(path: Path) -> Project:
    """The project that ``path`` lies in, with none of its files; ``path`` need not exist."""
    root = _root_of(path)
    return Project(root, _read_config(root), ())


def load_source(file: SourceFile) -> Source | Diagnostic:
    """The text of ``file``, or what keeps it from being read."""
    try:
        size = file.path.stat().st_size
        if size > LARGEST_NOTE:
            message = f"the file has {size // 2**20} MB, more than the {LARGEST_NOTE // 2**20} MB of the largest note"
            return Diagnostic.of_file(file.shown, Rule.OVERSIZED_FILE, message, "split it into several files")
        data = file.path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        return Diagnostic.of_file(file.shown, Rule.UNREADABLE_FILE, message, "look at its permissions")
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\0" in data:
        message = "this is no text file: it holds zero bytes"
        return Diagnostic.of_file(file.shown, Rule.UNDECODABLE_FILE, message, "move it out of the folder of notes")
    try:
        return Source(file.shown, data.decode(encoding))
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        message = f"line {line} is not {encoding.upper()}: it holds the byte 0x{data[error.start]:02x}"
        return Diagnostic.of_file(file.shown, Rule.UNDECODABLE_FILE, message, "save the file as UTF-8 in your editor")


def _root_of(path: Path) -> Path:
    """The project that ``path`` lies in; its own folder when it lies in none."""
    folder = path if path.is_dir() else path.parent
    for parent in (folder.absolute(), *folder.absolute().parents):
        if (parent / CONFIG_NAME).is_file() or folder.absolute().is_relative_to(parent / "content"):
            return Path(os.path.relpath(parent))
    return folder


def _content_above(path: Path, root: Path, config: Config) -> Path | None:
    content = root / config.content
    return content if path.absolute().is_relative_to(content.absolute()) else None


def _notes_in(folder: Path, base: Path, root: Path) -> Iterator[SourceFile]:
    """The notes below ``folder``, sorted by name, hidden files and outside links left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
        for name in sorted(names):
            path = Path(parent, name)
            if path.suffix.lower() in _EXTENSIONS and not name.startswith(".") and _inside(path, root):
                yield SourceFile(path, _shown(path), _deck_of(path, folder))


def _inside(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root.resolve())


def _deck_of(path: Path, base: Path) -> str:
    parts = path.absolute().relative_to(base.absolute()).with_suffix("").parts
    return clean_deck("::".join(part.replace("::", ":") for part in parts))


def _shown(path: Path) -> str:
    # Bytes of a name that are no text would travel on as lone surrogates, which nothing can print.
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def _read_config(root: Path) -> Config:
    path = root / CONFIG_NAME
    if not path.is_file():
        return Config()
    shown = _shown(path)
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigFault(shown, str(error), "see https://toml.io for how values are written") from None
    except OSError as error:
        raise ConfigFault(shown, f"cannot be read: {error.strerror}", "look at its permissions") from None
    known = [field.name for field in fields(Config)]
    for name in values:
        if name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
            raise ConfigFault(shown, f"there is no setting {name}", hint)
    return Config(**{name: _value(shown, name, value) for name, value in values.items()})


def _value(shown: str, name: str, value: Any) -> Any:
    """The value of a setting in its type."""
    choices: dict[str, type[Kind] | type[Headings]] = {"kind": Kind, "headings": Headings}
    if name == "tags":
        if isinstance(value, list) and all(isinstance(tag, str) for tag in value):
            return tuple(filter(None, map(clean_tag, value)))
        raise ConfigFault(shown, "tags is no list of names", 'write tags = ["one", "two"]')
    if not isinstance(value, str):
        raise ConfigFault(shown, f"{name} is no text", f'write {name} = "..."')
    if name in choices:
        try:
            return choices[name](value)
        except ValueError:
            raise ConfigFault(shown, f"{name} cannot be {value}", f"use {', '.join(choices[name])}") from None
    return clean_deck(value) if name == "deck" else value
