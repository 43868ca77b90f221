"""Documents, and what else is kept of a build, as JSON and back.

JSON, because nothing in it can run. It is read only by the version that wrote it.
"""

import json
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, get_type_hints

import msgspec

from ankigen.records import Document
from ankigen.source import Source

__all__ = ["DAMAGE", "decode", "dumped", "encode", "loaded"]

DAMAGE = (msgspec.MsgspecError, ValueError, RecursionError)
"""What is raised for data that was not written as what it is read for."""

_PARTS = [field.name for field in fields(Document) if field.name != "source"]
_HINTS = get_type_hints(Document)
_DOCUMENT: Any = tuple[(tuple[str, str] | None, *(_HINTS[name] for name in _PARTS))]  # type: ignore[misc]
_parts = attrgetter(*_PARTS)
_encoder = msgspec.json.Encoder()


def encode(document: Document, source: Source) -> bytes:
    """``document``, which was read from ``source``; a source that is the same is not written again."""
    read = None if document.source == source else (document.source.path, document.source.text)
    return dumped((read, *_parts(document)))


def decode(data: bytes, source: Source) -> Document:
    """The document that was read from ``source``. Raises one of `DAMAGE` for what `encode` has not written."""
    read, *parts = loaded(data, _DOCUMENT)
    return Document(Source(*read) if read else source, *parts)


def dumped(values: Any) -> bytes:
    """One line of JSON."""
    try:
        return _encoder.encode(values)
    except UnicodeEncodeError:  # half a character, which YAML can name, and this module of Python write
        return json.dumps(msgspec.to_builtins(values)).encode("ascii")


def loaded(data: bytes, kind: Any) -> Any:
    """The value of the type ``kind`` in a line of JSON. Raises one of `DAMAGE` where it holds none."""
    try:
        return _decoder(kind).decode(data)
    except msgspec.DecodeError:
        return msgspec.convert(json.loads(data), kind)


@cache
def _decoder(kind: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(kind)
