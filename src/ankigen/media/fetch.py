"""Files of the network, kept in the project: fetched once when asked to, and ever after taken from there.

A fetched file lies in ``.ankigen/fetched/`` under the hash of its content, beside a line of JSON for every address
that says which file it is. Committed, a build elsewhere needs no network; ignored, each place fetches for itself.
"""

import hashlib
import json
import mimetypes
import os
import re
import time
from pathlib import Path

from ankigen.files import replacing
from ankigen.media.kinds import HEAD, PAGES, WEB_PAGE, kind_of
from ankigen.media.network import Refused, download

__all__ = ["CACHE", "Fetcher"]

CACHE = Path(".ankigen", "fetched")
"""Where fetched files lie, below the root of a project."""

_MOST = 500  # files in one run
_SECONDS = 600  # for all files of one run
_NAME = re.compile(r"[0-9a-f]{40}(?:\.[a-z0-9]{1,10})?")  # nothing else is ever taken from the cache
_OPEN_TYPES = ("application/octet-stream", "binary/octet-stream", "application/ogg", "text/plain")  # seen by content


class Fetcher:
    """The files of addresses. Without ``may_ask`` it knows only those that were fetched before."""

    def __init__(self, largest: int, *, may_ask: bool = False) -> None:
        self._largest = largest
        self._may_ask = may_ask
        self._asked = 0
        self._deadline: float | None = None
        self._known: dict[tuple[str, Path], Path | Refused | None] = {}

    def get(self, url: str, root: Path) -> Path | None:
        """The file of ``url`` in the project at ``root`` (resolved); None when it was never fetched.

        Raises `Refused` when it was to be fetched and cannot be, and `OSError` when it cannot be kept.
        """
        place = (url, root)
        if place not in self._known:
            try:
                self._known[place] = self._kept(url, root) or (self._fetched(url, root) if self._may_ask else None)
            except Refused as refused:
                self._known[place] = refused
        found = self._known[place]
        if isinstance(found, Refused):
            raise found
        return found

    def _kept(self, url: str, root: Path) -> Path | None:
        folder = _folder(root)
        try:
            entry = json.loads((folder / _entry(url)).read_text("utf-8"))
            name = entry["file"] if entry["url"] == url else ""
            path = folder / name
            if _NAME.fullmatch(name) and not path.is_symlink() and path.is_file():
                return path
        except (OSError, ValueError, KeyError, TypeError):  # never fetched, or damaged: then it is fetched anew
            pass
        return None

    def _fetched(self, url: str, root: Path) -> Path:
        now = time.monotonic()
        self._deadline = self._deadline or now + _SECONDS
        if self._asked >= _MOST or now > self._deadline:
            raise Refused(f"one run fetches at most {_MOST} files, in {_SECONDS // 60} minutes: run it again")
        self._asked += 1
        reply = download(f"https:{url}" if url.startswith("//") else url, self._largest, is_wanted=_is_wanted)
        kind = kind_of(reply.content[:HEAD])
        extension = kind.extensions[0] if kind else mimetypes.guess_extension(reply.type) or ""
        if kind is WEB_PAGE or extension in PAGES or not (kind or reply.type not in _OPEN_TYPES):
            raise Refused("it is neither a picture nor sound nor video")
        folder = _folder(root)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{hashlib.sha256(reply.content).hexdigest()[:40]}{extension}"
        with replacing(folder / name) as stream:
            stream.write(reply.content)
        with replacing(folder / _entry(url)) as stream:
            stream.write(f"{json.dumps({'url': url, 'file': name}, ensure_ascii=False)}\n".encode("utf-8", "replace"))
        return folder / name


def _folder(root: Path) -> Path:
    folder = root / CACHE
    if not Path(os.path.realpath(folder)).is_relative_to(root):
        raise Refused(f"{CACHE.as_posix()} leads out of the project")
    return folder


def _entry(url: str) -> str:
    return f"{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:40]}.json"


def _is_wanted(content_type: str) -> bool:
    return content_type.startswith(("image/", "audio/", "video/")) or content_type in (*_OPEN_TYPES, "application/pdf")
