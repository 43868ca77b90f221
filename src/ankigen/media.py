"""From the pictures and sounds that a field names to the files that go into the package.

A file is looked for beside the note, then in the project. It goes into the package under a name made of its
content, so that a changed picture reaches the learner and two files never meet under one name.
"""

import errno
import hashlib
import os
import re
from collections.abc import Callable, Iterable
from html import escape, unescape
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

from ankigen.project import SourceFile, file_name
from ankigen.records import MediaFile

__all__ = ["MediaFinder", "MissingMedia", "UnsafeMedia", "is_remote", "references", "rewrite"]

# Anki copies what these attributes name (anki-facts: img, audio, video, source with src; object with data).
# Attribute values are always in double quotes here: the renderer and the sanitiser both write them so.
_TAG = re.compile(
    r"(<(?:img|audio|video|source|object)\b(?:\s+(?!src=|data=)[\w-]+(?:=\"[^\"]*\")?)*\s+(?:src|data)=\")([^\"]*)(?=\")"
)
_SOUND = re.compile(r"(\[sound:)([^\]\n]+)(?=\])")
_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]+:)?//|data:", re.IGNORECASE)
# A learner's system, another than the author's, may not take what an odd extension holds.
_EXTENSION = re.compile(r"\.[a-z0-9]{1,10}")


class MissingMedia(OSError):
    """No file of that name lies beside the note or in the project."""


class UnsafeMedia(OSError):
    """The name leads outside the project."""


def references(html: str) -> list[str]:
    """The files that ``html`` shows or plays, as the author named them, in order."""
    return [unescape(found[2]) for pattern in (_TAG, _SOUND) for found in pattern.finditer(html)]


def is_remote(reference: str) -> bool:
    """Whether ``reference`` names something that is no file: an address in the network, or data in place."""
    return bool(_REMOTE.match(reference))


def rewrite(html: str, name_of: Callable[[str], str]) -> str:
    """``html`` with each file's name replaced by what ``name_of`` makes of it."""
    for pattern in (_TAG, _SOUND):
        html = pattern.sub(lambda found: found[1] + escape(name_of(unescape(found[2]))), html)
    return html


class MediaFinder:
    """Finds media files for notes, and reads each only once."""

    def __init__(self) -> None:
        self._files: dict[Path, MediaFile] = {}

    def find(self, reference: str, note: SourceFile) -> MediaFile:
        """The file that ``reference`` means in ``note``.

        Raises `MissingMedia`, or `UnsafeMedia` when it leads out of the note's project, through a link too.
        """
        outside = False
        for name in _spellings(reference):
            for folder in (note.path.parent, note.root):
                try:
                    path = Path(os.path.realpath(folder / file_name(name)))
                    if not path.is_relative_to(note.root):
                        outside |= folder == note.path.parent
                    elif path.is_file():  # no folder, and no pipe that would never end
                        return self._read(path)
                except (OSError, ValueError):  # a name longer than the system takes, or with a zero character
                    continue
        if outside:
            raise UnsafeMedia(errno.EACCES, "leads out of the project", reference)
        raise MissingMedia(errno.ENOENT, "no such file", reference)

    def _read(self, path: Path) -> MediaFile:
        if path not in self._files:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            extension = path.suffix.lower()
            name = f"ankigen-{digest[:20]}{extension if _EXTENSION.fullmatch(extension) else ''}"
            self._files[path] = MediaFile(name, str(path))
        return self._files[path]


def _spellings(reference: str) -> Iterable[str]:
    """How the file's name may be written on the disk: percent signs decoded, é as one character or as two."""
    names = (reference, unquote(reference))
    return dict.fromkeys(form for name in names for form in (name, normalize("NFC", name), normalize("NFD", name)))
