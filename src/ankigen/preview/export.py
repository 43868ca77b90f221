"""The preview as static files: they open from disk, and can be published from CI.

The same notes give the same bytes. A new folder takes the place of the old one when all is written; one that is not an
export of ours is never written over.
"""

import base64
import json
import mimetypes
import os
import secrets
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from ankigen.preview.cards import cards_of
from ankigen.preview.data import index_data
from ankigen.preview.page import PAGE, policy
from ankigen.preview.snapshot import Snapshot
from ankigen.records import MediaFile

__all__ = ["NotOurs", "export"]

_MARK = ".ankigen-preview"
_CHUNK = 50  # records whose cards are loaded together


class NotOurs(Exception):
    """The folder holds something that no export has written."""


def export(snapshot: Snapshot, folder: Path) -> int:
    """Write the page of ``snapshot`` to ``folder``; how many records it has.

    Raises `NotOurs`, and `OSError` when a file cannot be read or written: the folder is then as it was.
    """
    check_target(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = folder.parent / f".ankigen-{secrets.token_hex(8)}.tmp"
    try:
        made.mkdir()
        for name, content in _files(snapshot):
            path = made / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content.encode("utf-8", "replace"))
        _swap(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return len(snapshot.records)


def check_target(folder: Path) -> None:
    """Raise `NotOurs` for a folder that must not be written over."""
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        raise NotOurs(f"{folder} is no folder")
    if any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise NotOurs(f"{folder} holds files that no export has written")


def _files(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Each file's name and content, one after the other: what is shown may be larger than the memory."""
    yield _MARK, "This folder is written by ankigen preview --export, and replaced as a whole.\n"
    index = {**index_data(snapshot), "version": 1, "chunk": _CHUNK}
    yield "data.js", f"preview.exported = {_script(index)};\n"
    media: dict[str, MediaFile] = {}
    for first in range(0, len(snapshot.records), _CHUNK):
        chunk = []
        for at in range(first, min(first + _CHUNK, len(snapshot.records))):
            cards = cards_of(snapshot, at)
            chunk.append({**cards.data, "media": [file.name for file in cards.media]})
            media.update((file.name, file) for file in cards.media)
        yield f"cards/{first // _CHUNK}.js", f"preview.chunk({first // _CHUNK}, {_script(chunk)});\n"
    for file in media.values():
        yield f"media/{file.name}.js", f"preview.media({_script(file.name)}, {_script(_in_place(file))});\n"
    for name, (text, _) in PAGE.items():
        yield name, _page(text) if name == "index.html" else text


def _in_place(file: MediaFile) -> str:
    """A file as a URL that holds it: a sandboxed frame may not read from the disk."""
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    content = Path(file.path).read_bytes() if file.content is None else file.content
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _page(text: str) -> str:
    """The start page with its policy inside, for there is no server to send it, and with the data."""
    rules = escape(policy("file:"))
    text = text.replace("<html ", "<html data-exported ", 1)
    text = text.replace("<title>", f'<meta http-equiv="Content-Security-Policy" content="{rules}">\n<title>', 1)
    return text.replace('<script src="list.js"', '<script src="data.js" defer></script>\n<script src="list.js"', 1)


def _script(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _swap(made: Path, folder: Path) -> None:
    """Put ``made`` where ``folder`` is. Between two renames there is none; if the second one fails, the old is back."""
    if not os.path.lexists(folder):
        os.rename(made, folder)
        return
    old = folder.parent / f".ankigen-{secrets.token_hex(8)}.old"
    os.rename(folder, old)
    try:
        os.rename(made, folder)
    except BaseException:
        os.rename(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
