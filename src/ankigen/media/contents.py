"""From a file of the project to the file in the package: what it holds, what is wrong with it, and its name there.

A name in the package is made of the bytes that go in, so that a changed picture reaches the learner, and two files
never meet under one name.
"""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from ankigen.config import MediaSettings
from ankigen.diagnostics import Rule
from ankigen.frozen import dataclass
from ankigen.media.kinds import HEAD, PAGES, SVG, WEB_PAGE, BrokenDrawing, Kind, kind_of
from ankigen.media.shrink import FORMATS, Unshrunk, shrink
from ankigen.records import MediaFile

__all__ = ["MEGABYTE", "Found", "Remark", "read_media"]

MEGABYTE = 2**20

# A learner's system, another than the author's, may not take what an odd extension holds.
_EXTENSION = re.compile(r"\.[a-z0-9]{1,10}")
_LARGEST_DRAWING = 32 * MEGABYTE  # of what is read as a whole
_LARGEST_PICTURE = 256 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a reference; ``once`` marks what is about the file, however often it is used."""

    rule: Rule
    message: str
    hint: str
    once: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The file for a reference, None when none goes into the package, and what is to be said of it."""

    file: MediaFile | None = None
    remarks: tuple[Remark, ...] = ()


def read_media(path: Path, shown: str, settings: MediaSettings) -> Found:
    """The file at ``path``, called ``shown`` in what is said of it. It is read once. Raises `OSError`."""
    extension = path.suffix.lower()
    remarks: list[Remark] = []

    def remark(rule: Rule, message: str, hint: str) -> None:
        remarks.append(Remark(rule, f"{shown} {message}", hint, once=True))

    with path.open("rb") as stream:
        head = stream.read(HEAD)
        kind = SVG if extension == ".svg" else kind_of(head)
        if kind is WEB_PAGE or (extension in PAGES and kind is not SVG):
            hint = "save the picture or sound itself, not the page that shows it"
            remark(Rule.MISLABELLED_MEDIA, "is no picture, sound or video: a browser could run what is in it", hint)
            return Found(None, tuple(remarks))
        try:
            content = _altered(head, stream, kind, settings, remark)
        except BrokenDrawing as fault:
            remark(Rule.BROKEN_DRAWING, f"is no drawing: {fault}", "save it again as plain SVG")
            return Found(None, tuple(remarks))
        if content is None:
            stream.seek(0)
            digest, size = hashlib.file_digest(stream, "sha256"), stream.tell()
        else:
            digest, size = hashlib.sha256(content), len(content)
    if not size:
        remark(Rule.EMPTY_MEDIA, "is empty", "save or copy the file again")
        return Found(None, tuple(remarks))  # Anki takes an empty file for a missing one (measured on 26.9.3)
    if size > settings.largest * MEGABYTE:
        shown_size = f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{size / 1024:.1f} KB"
        message = f"has {shown_size}, more than the limit of {settings.largest:g} MB"
        remark(Rule.OVERSIZED_MEDIA, message, "cut or shrink it; [media] largest in ankigen.toml sets the limit")
    if kind and extension and extension not in kind.extensions:
        hint = f"call it {path.stem}{kind.extensions[0]}; in the package it has the right name already"
        remark(Rule.MISLABELLED_MEDIA, f"holds {kind.name}", hint)
    if kind and extension not in kind.extensions:  # players and browsers go by it
        extension = kind.extensions[0]
    name = f"ankigen-{digest.hexdigest()[:20]}{extension if _EXTENSION.fullmatch(extension) else ''}"
    return Found(MediaFile(name, str(path), content), tuple(remarks))


def _altered(
    head: bytes, stream: BinaryIO, kind: Kind | None, settings: MediaSettings, remark: Callable[[Rule, str, str], None]
) -> bytes | None:
    """What goes into the package in the place of the file; None when that is the file itself."""
    if kind is SVG:
        written = head + stream.read(_LARGEST_DRAWING)
        if len(written) > _LARGEST_DRAWING:
            raise BrokenDrawing(f"it is larger than {_LARGEST_DRAWING // MEGABYTE} MB")
        from ankigen.media.svg import clean_drawing  # here, for it takes long to import

        drawing, lost = clean_drawing(written)
        if lost:
            hint = "nothing to do if it looks right; else save it as plain SVG, with its text as paths"
            remark(Rule.UNSAFE_DRAWING, f"goes into the package without {', '.join(lost)}", hint)
        return drawing
    if settings.shrink and kind and kind.name in FORMATS:
        try:
            picture = head + stream.read(_LARGEST_PICTURE)
            if len(picture) > _LARGEST_PICTURE:
                raise Unshrunk(f"it is larger than {_LARGEST_PICTURE // MEGABYTE} MB")
            return shrink(picture, settings.shrink)
        except Unshrunk as reason:
            remark(Rule.UNSHRUNK_MEDIA, f"is not shrunk: {reason}", "shrink it with a program for pictures")
    return None
