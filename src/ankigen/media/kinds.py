"""What a file holds by its first bytes, whatever it is called.

The patterns are those by which browsers know pictures, sound and video (https://mimesniff.spec.whatwg.org, 6 and 7.1),
and a few of formats that Anki's players know (ISO base media brands, FLAC, AAC, MIDI).
"""

import re

from ankigen.frozen import dataclass

__all__ = ["HEAD", "PAGES", "PDF", "SVG", "WEB_PAGE", "BrokenDrawing", "Kind", "is_media_name", "kind_of"]

HEAD = 1024
"""How many bytes of a file `kind_of` wants to see."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A format: its name for people, and the extensions that fit it, of which the first is the usual one."""

    name: str
    extensions: tuple[str, ...]


class BrokenDrawing(ValueError):
    """What was given is no drawing that a browser could show; the message says why."""


def _kind(name: str, extensions: str) -> Kind:
    return Kind(name, tuple(f".{extension}" for extension in extensions.split()))


SVG = _kind("SVG", "svg")
PDF = _kind("PDF", "pdf")
WEB_PAGE = _kind("web page", "html htm xhtml xht shtml")

PAGES = frozenset([*WEB_PAGE.extensions, ".xml", ".xsl", ".xslt", ".mhtml", ".mht", ".js", ".mjs", ".swf", ".svgz"])
"""The extensions of what a browser could run; ``.svgz`` hides what is in it."""

_MP4_FAMILY = "mp4 m4v m4a m4b mov 3gp 3g2 qt"
_SIGNATURES = [
    (re.compile(pattern, re.DOTALL), kind)
    for pattern, kind in [
        (rb"\x89PNG\r\n\x1a\n", _kind("PNG", "png apng")),
        (rb"\xff\xd8\xff", _kind("JPEG", "jpg jpeg jpe jfif")),
        (rb"GIF8[79]a", _kind("GIF", "gif")),
        (rb"RIFF....WEBPVP", _kind("WebP", "webp")),
        (rb"....ftypavi[fs]", _kind("AVIF", "avif avifs")),
        (rb"....ftyp(?:hei[cfsmx]|hev[cmsx]|mif1|msf1)", _kind("HEIC", "heic heif hif")),
        (rb"....ftypM4A ", _kind("MPEG-4 sound", f"m4a {_MP4_FAMILY}")),
        (rb"....ftypqt  ", _kind("QuickTime", f"mov {_MP4_FAMILY}")),
        (rb"....ftyp", _kind("MPEG-4", _MP4_FAMILY)),
        (rb"\x1aE\xdf\xa3", _kind("WebM", "webm mkv mka weba")),
        (rb"OggS\x00", _kind("Ogg", "ogg oga ogv opus spx")),
        (rb"RIFF....WAVE", _kind("WAVE", "wav wave")),
        (rb"RIFF....AVI ", _kind("AVI", "avi")),
        (rb"FORM....AIF[FC]", _kind("AIFF", "aiff aif aifc")),
        (rb"fLaC", _kind("FLAC", "flac")),
        (rb"ID3", _kind("MP3", "mp3 mpga aac flac")),  # a tag that other sound may carry too
        (rb"\xff[\xf2\xf3\xfa\xfb]", _kind("MP3", "mp3 mpga")),
        (rb"\xff[\xf0\xf1\xf8\xf9]", _kind("AAC", "aac")),
        (rb"MThd\x00\x00\x00\x06", _kind("MIDI", "mid midi")),
        (rb"\x00\x00\x01\x00", _kind("icon", "ico")),
        (rb"II\*\x00|MM\x00\*", _kind("TIFF", "tif tiff")),
        (rb"BM....\x00\x00\x00\x00", _kind("BMP", "bmp dib")),
        (rb"%PDF-", PDF),
        (rb"(?:\xef\xbb\xbf)?\s*(?i:<(?:!doctype html|html|head|script|body|iframe))[\s>]", WEB_PAGE),
        (rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml\b|!--|!DOCTYPE svg\b).*?<(?:\w+:)?svg\b", SVG),
        (rb"(?:\xef\xbb\xbf)?\s*<(?:\w+:)?svg\b", SVG),
    ]
]
_MEDIA_NAMES = frozenset(extension for _, kind in _SIGNATURES if kind is not WEB_PAGE for extension in kind.extensions)


def kind_of(head: bytes) -> Kind | None:
    """The format of a file that begins with ``head``; None when no pattern fits."""
    return next((kind for pattern, kind in _SIGNATURES if pattern.match(head)), None)


def is_media_name(extension: str) -> bool:
    """Whether files with this extension (lower case, with its dot) are pictures, sound, video or PDF."""
    return extension in _MEDIA_NAMES
