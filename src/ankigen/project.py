"""A project: where its notes lie, in a stable order, and what ``ankigen.toml`` says of them.

A project is a folder with ``content/`` or ``ankigen.toml``; loose files and folders belong to none. What a project
is built of lies inside it: a link that leads out is a fault, and never followed.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from unicodedata import normalize

from ankigen.config import Config, ProjectFault, read_config
from ankigen.decoding import decode
from ankigen.diagnostics import Diagnostic, Nature, Rule
from ankigen.frozen import dataclass
from ankigen.globs import is_named
from ankigen.readers.names import change_of, clean_deck, nest
from ankigen.readers.settings import Settings
from ankigen.source import Source

__all__ = [
    "LOCK_NAME",
    "Project",
    "SourceFile",
    "file_name",
    "find_project",
    "is_project",
    "load_bytes",
    "load_source",
    "project_around",
    "shown_path",
]

LOCK_NAME = "ankigen.lock"
CONFIG_NAME = "ankigen.toml"
_LARGEST_NOTE = 32 * 2**20
"""Bytes of the largest note that is read; a longer one is no note, and would take memory without bound."""

_READABLE = "look at its permissions, and at where it leads if it is a link"
_SHEETS = {".csv": "csv", ".tsv": "tsv"}  # the dialects that an extension names
_EXTENSIONS = (".md", ".markdown", ".txt", *_SHEETS)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of notes: its path as it was named, and the deck that it has by its place.

    ``change`` says what Anki does not take of the names of its folders, and of its own.
    ``root`` is the folder, links resolved, outside of which nothing is read for it. ``shown`` is the path as people and
    editors take it, ``name`` the one below ``root``: the same wherever the project lies, and from wherever it is named.
    """

    path: Path
    root: Path
    deck: str
    shown: str
    name: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """The notes to read and the settings for them.

    ``is_folder`` says that a project was named as a whole, ``is_all`` that all notes under ``root`` were, not some of
    its files. ``faults`` is what keeps files in its folders from being read.
    """

    root: Path
    config: Config
    files: tuple[SourceFile, ...] = ()
    faults: tuple[Diagnostic, ...] = ()
    is_folder: bool = False
    is_all: bool = False
    lock: Path | None = None
    templates: Path | None = None

    @property
    def content(self) -> Path:
        """The folder of the notes."""
        return self.root / file_name(self.config.content)

    @property
    def output(self) -> Path:
        """The folder of the packages."""
        return self.root / file_name(self.config.output)

    @property
    def media_folder(self) -> Path | None:
        """The folder of the project's media, if the settings name one."""
        return self.root / file_name(self.config.media.folder) if self.config.media.folder else None

    def asking(self, *natures: Nature) -> "Project":
        """The same project, of which rules of these natures are said too."""
        return replace(self, config=replace(self.config, rules=self.config.rules.asking(*natures)))

    def settings(self, file: SourceFile, reader: str = "") -> Settings:
        """What the reader of ``file`` is told."""
        config = self.config
        deck = nest(config.deck, file.deck) or "Notes"
        return Settings(
            deck,
            config.deck,
            config.tags,
            config.kind,
            config.headings,
            config.notetype,
            reader,
            self._dialect(file),
            clozes=config.clozes,
            unsafe_html=config.unsafe_html,
            separator=config.delimited.separator,
            row_separator=config.delimited.row_separator,
            change=file.change,
        )

    def _dialect(self, file: SourceFile) -> str:
        """How the project says that ``file`` is read: the last pattern counts that names its path below content."""
        below = file.name.removeprefix(f"{normalize('NFC', Path(self.config.content).as_posix())}/")
        named = (name for pattern, name in reversed(self.config.dialects) if is_named(below, pattern))
        return next(named, _SHEETS.get(file.path.suffix.lower(), self.config.dialect))


def find_project(paths: Sequence[Path]) -> Project:
    """The project that ``paths`` name: a project's folder, or files and folders inside one or in none.

    Raises `ProjectFault` when its settings cannot be used or the paths lie in several projects, and
    `FileNotFoundError` for a path that is not there.
    """
    for path in paths:
        if not os.path.exists(path):
            raise FileNotFoundError(path)
    roots = {_root_above(path) for path in paths}
    if len(roots) > 1:
        named = ", ".join(map(shown_path, paths))
        raise ProjectFault(named, "these do not lie in one project", "build each project on its own")
    root = roots.pop()
    project = _open(root, paths)
    content = _real(project.content)
    real_of = cache(_real)  # of folders, which hold many files each
    files: dict[Path, SourceFile] = {}  # by place, that of a link its own: a file named twice is read once
    faults: list[Diagnostic] = []
    for path in paths:
        base = _real(path) if path.is_dir() else _real(path.parent)
        if root is None:
            base = _locked_above(base) or base
        found: Iterable[Path] = [path]
        if path.is_dir():
            folder = project.content if base == root else path
            found = _notes_in(folder, root or base, faults)
        for file in found:
            place = real_of(file.parent) / file.name
            if place not in files:
                files[place] = _source_file(file, place, root or base, base, content if root else None)
    whole = any(_real(path) == root for path in paths)
    project = replace(project, files=tuple(files.values()), faults=tuple(faults), is_folder=whole, is_all=whole)
    return project if root else _loose(project, paths)


def _loose(project: Project, paths: Sequence[Path]) -> Project:
    """Notes that lie in no project: a folder gets a lock file of its own; its files, named alone, use it."""
    homes = {_locked_above(_real(path if path.is_dir() else path.parent)) for path in paths}
    home = homes.pop() if len(homes) == 1 else None
    if home is None and len(paths) == 1 and paths[0].is_dir():
        home = _real(paths[0])
    if home is None:
        return project
    shown = next((path for path in paths if _real(path) == home), Path(os.path.relpath(home)))
    return replace(project, root=shown, is_all=any(_real(path) == home for path in paths), lock=shown / LOCK_NAME)


def _locked_above(folder: Path) -> Path | None:
    """The folder, this one or one above it, that has been built as a whole before."""
    return next((parent for parent in (folder, *folder.parents) if (parent / LOCK_NAME).is_file()), None)


def project_around(paths: Sequence[Path]) -> Project:
    """The project that the first of the files ``paths`` lies in, with all of them; they need not exist."""
    project = _open(_root_above(paths[0]), ())
    content = _real(project.content)
    files = []
    for path in paths:
        root, base = _root_above(path), _real(path.parent)
        files.append(_source_file(path, base / path.name, root or base, base, content if root else None))
    return replace(project, files=tuple(files))


def is_project(folder: Path) -> bool:
    """Whether ``folder`` holds a project."""
    return (folder / CONFIG_NAME).is_file() or (folder / "content").is_dir()


def load_source(file: SourceFile, encoding: str = "") -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """The text of ``file``, None if it cannot be read, and what is wrong with it; ``encoding`` is the project's."""
    data = load_bytes(file)
    return (None, (data,)) if isinstance(data, Diagnostic) else decode(file.shown, data, encoding)


def load_bytes(file: SourceFile) -> bytes | Diagnostic:
    """What is in ``file``, or why it cannot be read."""
    try:
        status = file.path.stat()
        if not stat.S_ISREG(status.st_mode):  # to open a pipe or a device could wait for ever
            return _unreadable(file.path, "this is no regular file", "copy its text into a file")
        if status.st_size > _LARGEST_NOTE:
            size, limit = status.st_size // 2**20, _LARGEST_NOTE // 2**20
            message = f"the file has {size} MB, and a note at most {limit} MB"
            return Diagnostic.of_file(file.shown, Rule.OVERSIZED_FILE, message, "split it into several files")
        return file.path.read_bytes()
    except OSError as error:
        return _unreadable(file.path, f"the file cannot be read: {error.strerror}", _READABLE)


def _root_above(path: Path) -> Path | None:
    """The project that ``path`` is or lies in."""
    folder = _real(path if path.is_dir() else path.parent)
    for parent in (folder, *folder.parents):
        content = parent / "content"
        is_part = folder == parent or folder.is_relative_to(content)
        if (parent / CONFIG_NAME).is_file() or (is_part and content.is_dir()):
            return parent
    return None


def _open(root: Path | None, paths: Sequence[Path]) -> Project:
    """The project at ``root``, shown as one of ``paths`` names it, without files; loose files have no settings."""
    if root is None:
        return Project(Path(), Config())
    shown = next((path for path in paths if _real(path) == root), Path(os.path.relpath(root)))
    _keep_inside(shown, CONFIG_NAME, LOCK_NAME, "templates")
    config = read_config(shown / CONFIG_NAME)
    _keep_inside(shown, config.content, config.output, config.media.folder)
    templates = shown / "templates"
    return Project(shown, config, lock=shown / LOCK_NAME, templates=templates if templates.is_dir() else None)


def _keep_inside(root: Path, *names: str) -> None:
    for name in names:
        if not _is_inside(root / file_name(name), _real(root)):
            hint = "nothing outside is read or written: give a place inside, or a package's name with -o"
            raise ProjectFault(shown_path(root / CONFIG_NAME), f"{name} leads out of the project", hint)


def _notes_in(folder: Path, root: Path, faults: list[Diagnostic]) -> Iterator[Path]:
    """The notes below ``folder`` in a stable order; names that begin with ``.`` or ``_`` are left out."""

    def unread(error: OSError) -> None:
        faults.append(_unreadable(Path(error.filename), f"the folder cannot be read: {error.strerror}", _READABLE))

    for parent, folders, names in os.walk(folder, onerror=unread):
        folders[:] = _visible(folders)
        linked = [Path(parent, name) for name in folders if os.path.islink(Path(parent, name))]
        # A link to a folder of notes is not followed: inside, they are read where they lie.
        faults += [_outside(link) for link in linked if not _is_inside(link, _real(folder))]
        for path in (Path(parent, name) for name in _visible(names)):
            if path.suffix.lower() in _EXTENSIONS:
                if not os.path.islink(path) or _is_inside(path, root):
                    yield path
                else:
                    faults.append(_outside(path))


def _visible(names: Iterable[str]) -> list[str]:
    # One order for é as one character and as two, which systems write differently.
    return sorted((n for n in names if not n.startswith((".", "_"))), key=lambda name: (normalize("NFC", name), name))


def _source_file(path: Path, place: Path, root: Path, base: Path, content: Path | None) -> SourceFile:
    """The file ``path``, which lies at ``place``; its deck is its path below ``content``, or else ``base``."""
    below = content if content and place.is_relative_to(content) else base
    levels = shown_path(place.relative_to(below).with_suffix("")).replace("::", ":").split("/")
    above = ["::".join(levels[: number + 1]) for number in range(len(levels))]
    changes = (change_of(name, clean_deck(name)) for name in above)
    name = normalize("NFC", shown_path(place.relative_to(root)))
    return SourceFile(path, root, clean_deck(above[-1]), shown_path(path), name, next(filter(None, changes), ""))


def _outside(path: Path) -> Diagnostic:
    hint = "copy what it leads to, or let its name begin with _ to leave it out"
    return _unreadable(path, "this link leads out of the folder of notes", hint)


def _unreadable(path: Path, message: str, hint: str) -> Diagnostic:
    return Diagnostic.of_file(shown_path(path), Rule.UNREADABLE_FILE, message, hint)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve, it survives links that lead in a circle


def _is_inside(path: Path, root: Path) -> bool:
    try:
        return _real(path).is_relative_to(root)
    except ValueError:  # no path can hold a zero character
        return False


def file_name(text: str) -> str:
    """A path that stands in a text, for the file system: UTF-8 whatever the locale says."""
    return os.fsdecode(text.encode("utf-8", "replace"))


def shown_path(path: Path) -> str:
    """A path of the file system for people, the other way round."""
    # Bytes of a name that are no text would travel on as lone surrogates, which nothing can print.
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
