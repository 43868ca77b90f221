"""Where the file lies that a note names.

Names are compared with what stands in the folders, not asked of the file system: so the answer is the same on every
system, whether it tells upper case from lower or not, and however it writes an é. Every folder is listed once.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

from ankigen.diagnostics import Rule
from ankigen.frozen import dataclass
from ankigen.project import file_name, shown_path

__all__ = ["Fault", "Finder", "Place", "files_below", "fold", "shown_below"]


@dataclass(frozen=True, slots=True)
class Place:
    """A file that was found; ``is_exact`` says that it is called as it was named, upper and lower case included."""

    path: Path
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no file; ``among`` are those that could each be meant."""

    rule: Rule
    among: tuple[Path, ...] = ()


def fold(name: str) -> str:
    """``name`` without the difference between upper and lower case, and between é as one character and as two."""
    return normalize("NFC", normalize("NFC", name).casefold())


@dataclass(slots=True)
class _Listing:
    """The names in a folder, by themselves, by NFC, and folded."""

    names: frozenset[str]
    composed: dict[str, list[str]] = field(default_factory=dict)
    folded: dict[str, list[str]] = field(default_factory=dict)


class Finder:
    """Looks files up beside a note, in its project, and in further ``places``; then by bare name below ``content``.

    ``root``, ``places`` and ``content`` are absolute, their links resolved. Nothing outside of a note's root is found.
    """

    def __init__(self, places: Sequence[Path] = (), content: Path | None = None) -> None:
        self._places = tuple(places)
        self._content = content
        self._listings: dict[Path, _Listing] = {}
        self._below: dict[str, list[Path]] | None = None

    @property
    def folders(self) -> Iterator[Path]:
        """The folders whose listings were looked at so far."""
        yield from self._listings
        if self._below is not None and self._content:
            yield from (Path(parent) for parent, _, _ in os.walk(self._content))

    def find(self, reference: str, folder: Path, root: Path) -> Place | Fault:
        """The file that ``reference`` means in a note in ``folder``, both ``folder`` and ``root`` resolved."""
        places = dict.fromkeys([folder, root, *self._places])
        outside = os.path.isabs(reference)
        for is_exact in (True, False):
            for name in _spellings(reference):
                for place in places:
                    if os.path.isabs(name) and place == folder != root:
                        continue  # from the top of a web site, as some write it
                    parts = _parts(name, place, root)
                    if parts is None:
                        outside |= place == folder
                        continue
                    found, led_out = self._walk(parts, root, is_exact)
                    outside |= led_out and place == folder
                    if len(found) > 1:
                        return Fault(Rule.AMBIGUOUS_MEDIA, tuple(found))
                    if found:
                        return Place(found[0], is_exact)
        return self._by_name(reference, root) or Fault(Rule.UNSAFE_MEDIA if outside else Rule.MISSING_MEDIA)

    def _walk(self, parts: Sequence[str], root: Path, is_exact: bool) -> tuple[list[Path], bool]:
        """The files at ``parts`` below ``root``, and whether a link led out on the way."""
        paths, led_out = [root], False
        for part in parts:
            inside = []
            for path in (folder / name for folder in paths for name in self._named(folder, part, is_exact)):
                real = Path(os.path.realpath(path)) if path.is_symlink() else path
                if real.is_relative_to(root):
                    inside.append(real)
                else:
                    led_out = True
            paths = inside
        return sorted({path for path in paths if path.is_file()}), led_out  # no pipe, that would never end

    def _named(self, folder: Path, name: str, is_exact: bool) -> Sequence[str]:
        listing = self._listing(folder)
        if name in listing.names:
            return [name]
        composed = listing.composed.get(normalize("NFC", name), ())
        return composed if composed or is_exact else listing.folded.get(fold(name), ())

    def _listing(self, folder: Path) -> _Listing:
        listing = self._listings.get(folder)
        if listing is None:
            try:
                names = sorted(os.listdir(folder))
            except (OSError, ValueError):  # no folder, or one that may not be read
                names = []
            listing = self._listings[folder] = _Listing(frozenset(names))
            for name in names:
                listing.composed.setdefault(normalize("NFC", name), []).append(name)
                listing.folded.setdefault(fold(name), []).append(name)
        return listing

    def _by_name(self, reference: str, root: Path) -> Place | Fault | None:
        """The file below ``content`` that has the bare name ``reference``, if there is just one."""
        if self._content is None or "/" in reference:
            return None
        for is_exact in (True, False):
            for name in _spellings(reference):
                candidates = self._named_below().get(fold(file_name(name)), ())
                if is_exact:
                    wanted = normalize("NFC", file_name(name))
                    candidates = [path for path in candidates if normalize("NFC", path.name) == wanted]
                inside = {Path(os.path.realpath(path)) for path in candidates}
                found = sorted(path for path in inside if path.is_relative_to(root) and path.is_file())
                if len(found) > 1:
                    return Fault(Rule.AMBIGUOUS_MEDIA, tuple(found))
                if found:
                    return Place(found[0], is_exact)
        return None

    def _named_below(self) -> dict[str, list[Path]]:
        if self._below is None:
            self._below = {}
            for path in files_below(self._content) if self._content else ():
                self._below.setdefault(fold(path.name), []).append(path)
        return self._below


def files_below(folder: Path) -> Iterator[Path]:
    """All files below ``folder`` in a stable order, but none whose name, or folder's name, begins with a dot."""
    for parent, folders, names in os.walk(folder):  # links to folders are not followed
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _parts(name: str, place: Path, root: Path) -> list[str] | None:
    """The way from ``root`` to what ``name`` means at ``place``; None when it leads out."""
    text = file_name(name)
    if "\0" in text:
        return []
    path = os.path.normpath(os.path.join(place, text))
    if os.path.isabs(text) and not Path(path).is_relative_to(root):
        path = os.path.normpath(f"{place}{os.sep}{text}")
    below = os.path.relpath(path, root)
    parts = below.split(os.sep)
    return None if parts[0] == os.pardir else parts


def _spellings(reference: str) -> Iterable[str]:
    """How the file may be called on the disk: as written, with percent signs decoded, and with Windows' separators."""
    decoded = unquote(reference)
    return dict.fromkeys((reference, decoded, decoded.replace("\\", "/")))


def shown_below(path: Path, root: Path) -> str:
    """The path for people, from the root of its project."""
    return shown_path(Path(os.path.relpath(path, root)))
