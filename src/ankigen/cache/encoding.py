"""Documents as JSON, and back: the fields of each value in their order, whatever they are in this version.

JSON, because nothing in it can run. It is read only by the version that wrote it.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache, partial
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from ankigen.diagnostics import Diagnostic
from ankigen.records import Document, NoteType
from ankigen.source import Source

__all__ = ["DAMAGE", "decode", "decode_diagnostics", "decode_note_type", "dumped", "encode", "encode_diagnostics"]

DAMAGE = (ValueError, TypeError, KeyError, IndexError, RecursionError)
"""What :func:`decode` raises for data that :func:`encode` has not written."""

_Step = Callable[[Any], Any]


def encode(document: Document, source: Source) -> bytes:
    """``document``, which was read from ``source``; a source that is the same is not written again."""
    read = None if document.source == source else [document.source.path, document.source.text]
    return dumped([read, *_values(document)[1:]])


def dumped(values: Any) -> bytes:
    """One line of JSON."""
    return json.dumps(values, default=_values, separators=(",", ":")).encode("ascii")


def decode(data: bytes, source: Source) -> Document:
    """The document that was read from ``source``. Raises one of `DAMAGE` for what :func:`encode` has not written."""
    read, *values = json.loads(data)
    document: Document = _builder(Document)([None, *values])
    object.__setattr__(document, "source", Source(*read) if read else source)
    return document


def encode_diagnostics(diagnostics: tuple[Diagnostic, ...]) -> Any:
    """Diagnostics as values of JSON."""
    return json.loads(json.dumps(diagnostics, default=_values))


def decode_diagnostics(values: Any) -> tuple[Diagnostic, ...]:
    """The diagnostics in values of JSON."""
    return tuple(map(_builder(Diagnostic), values))


def decode_note_type(values: Any) -> NoteType:
    """The note type in values of JSON."""
    note_type: NoteType = _builder(NoteType)(values)
    return note_type


def _values(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return _getter(value.__class__)(value)


@cache
def _getter(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*_names(kind))


def _names(kind: Any) -> list[str]:
    return [field.name for field in fields(kind) if field.init]


@cache
def _step(kind: Any) -> _Step | None:
    """What makes a value of ``kind`` of its JSON; None where that is the value itself."""
    if kind in (str, int, float, bool, Source):
        return None
    if get_origin(kind) is tuple:
        inner = _step(get_args(kind)[0])
        return tuple if inner is None else partial(_each, inner)
    if get_origin(kind) is UnionType:
        inner = _step(next(part for part in get_args(kind) if part is not NoneType))
        return None if inner is None else lambda value: None if value is None else inner(value)
    if issubclass(kind, Enum):
        return {member.value: member for member in kind}.__getitem__
    return _builder(kind)


def _each(step: _Step, values: list[Any]) -> tuple[Any, ...]:
    return tuple(map(step, values))


@cache
def _builder(kind: type) -> _Step:
    assert is_dataclass(kind)  # noqa: S101 - documents hold nothing else
    hints = get_type_hints(kind)
    steps = [(at, step) for at, name in enumerate(_names(kind)) if (step := _step(hints[name]))]

    def build(values: list[Any]) -> Any:
        for at, step in steps:
            values[at] = step(values[at])
        return kind(*values)

    return build
