"""The bytes of a file into text: UTF-8, UTF-16 with or without its mark, or else the encoding that the project names.

Bytes that are no UTF-8 but can be cp1252, as old editors on Windows write, are read as that, with a warning. UTF-8 that
is merely damaged is refused instead: read as cp1252, every accent in it would turn into two other letters.
"""

import re

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.source import Source

__all__ = ["decode"]

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # the byte order marks
_UTF_8 = b"\xef\xbb\xbf"
_HALF_PAIR = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")  # half of a UTF-16 pair, encoded as if it were a character
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PLAIN = 0.3  # of all bytes are the zero halves of ASCII characters: a plain text in UTF-16


def decode(path: str, data: bytes, encoding: str = "") -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """The text in ``data``, a file shown as ``path``, and what is wrong with it; None when it is no text.

    ``encoding`` is what the project says of files that are no UTF-8, empty when it says nothing.
    """
    name = "UTF-16" if data.startswith(_UTF_16) else _plain_utf_16(data) or "UTF-8"
    if name == "UTF-8" and b"\0" in data:
        return None, (_no_text(path),)
    try:
        source = Source(path, data.decode(name))
    except UnicodeDecodeError as error:
        if name == "UTF-8" and not data.startswith(_UTF_8):
            return _otherwise(path, data, encoding, error)
        return None, (_undecodable(path, data, name, error),)
    return (None, (_no_text(path),)) if "\0" in source.text else (source, ())


def _plain_utf_16(data: bytes) -> str:
    """The name of the UTF-16 in which ``data`` is a plain text without a mark; empty if it is none."""
    if len(data) % 2 or b"\0" not in data:
        return ""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if min(even, odd) or max(even, odd) < _PLAIN * len(data):
        return ""
    return "UTF-16-LE" if odd else "UTF-16-BE"


def _otherwise(
    path: str, data: bytes, encoding: str, error: UnicodeDecodeError
) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    name = encoding or "cp1252"
    try:
        text = data.decode(name)
    except UnicodeDecodeError as other:
        named = encoding and encoding.casefold().replace("_", "-") not in ("utf-8", "utf8")
        return None, (_undecodable(path, data, *((encoding, other) if named else ("UTF-8", error))),)
    if encoding:
        return Source(path, text), ()
    if _CONTROL.search(text) or _HALF_PAIR.search(data) or _is_damaged(data):
        return None, (_undecodable(path, data, "UTF-8", error),)
    source = Source(path, text)
    start = len(Source(path, data[: error.start].decode(name)).text)
    byte, sign = data[error.start], text[error.start]
    message = f"the file is no UTF-8: it is read as cp1252, where the byte 0x{byte:02x} is {sign}"
    hint = 'save it as UTF-8 in your editor, or write encoding = "cp1252" in ankigen.toml'
    return source, (Diagnostic.at(source, Rule.GUESSED_ENCODING, start, message, hint),)


def _is_damaged(data: bytes) -> bool:
    """Whether most of what is not ASCII in ``data`` is UTF-8."""
    read = data.decode("utf-8", "replace")
    faults = read.count("\ufffd")
    return sum(not character.isascii() for character in read) - faults >= faults


def _undecodable(path: str, data: bytes, encoding: str, error: UnicodeDecodeError) -> Diagnostic:
    before = Source("", data[: error.start].decode(encoding, "replace")).text
    line, byte = before.count("\n") + 1, data[error.start]
    message = f"line {line} is not {encoding}: it holds the byte 0x{byte:02x}"
    return Diagnostic.of_file(path, Rule.UNDECODABLE_FILE, message, "save the file as UTF-8 in your editor")


def _no_text(path: str) -> Diagnostic:
    message, hint = "this is no text: it holds zero bytes", "save it as UTF-8, or move it out of the notes"
    return Diagnostic.of_file(path, Rule.UNDECODABLE_FILE, message, hint)
