"""From the pictures and sounds that a field names to the files that go into the package.

A file is looked for beside the note, then in the project. It goes into the package under a name made of its
content, so that a changed picture reaches the learner and two files never meet under one name.
"""

import hashlib
import re
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote

from ankigen.records import MediaFile

__all__ = ["MediaFinder", "MissingMedia", "UnsafeMedia", "is_remote", "references", "rewrite"]

# Anki copies what these attributes name (anki-facts: img, audio, video, source with src; object with data).
# Attribute values are always in double quotes here: the renderer and the sanitiser both write them so.
_TAG = re.compile(
    r"(<(?:img|audio|video|source|object)\b(?:\s+(?!src=|data=)[\w-]+(?:=\"[^\"]*\")?)*\s+(?:src|data)=\")([^\"]*)(?=\")"
)
_SOUND = re.compile(r"(\[sound:)([^\]\n]+)(?=\])")
_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]+:)?//|data:", re.IGNORECASE)


class MissingMedia(Exception):
    """No file of that name lies beside the note or in the project."""


class UnsafeMedia(Exception):
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
    """Finds media files for the notes of one project, and reads each only once."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._files: dict[Path, MediaFile] = {}

    def find(self, reference: str, note: Path) -> MediaFile:
        """The file that ``reference`` means in ``note``.

        Raises `MissingMedia`, or `UnsafeMedia` when it leads outside the project, through a link too.
        """
        outside = False
        for name in dict.fromkeys((reference, unquote(reference))):
            if "\0" in name:
                continue
            for folder in (note.parent, self._root):
                try:
                    path = (folder / name).resolve()
                    if not path.is_relative_to(self._root):
                        outside = True
                    elif path.is_file():
                        return self._read(path)
                except (OSError, ValueError):  # a name longer than the system takes
                    continue
        raise UnsafeMedia if outside else MissingMedia

    def _read(self, path: Path) -> MediaFile:
        if path not in self._files:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            self._files[path] = MediaFile(f"ankigen-{digest[:20]}{path.suffix.lower()}", str(path))
        return self._files[path]
