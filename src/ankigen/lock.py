"""The lock file, ``ankigen.lock``: what makes a note the same note, a line of JSON each, committed beside the notes.

Lines stand in the order of the notes, each below its guid and above an empty line: with a line between any two that
is nowhere else, git merges an edit of one with edits and new notes beside it. A place is a fraction between those of
the neighbours: a note that comes or goes changes no other line. A check sum tells a damaged line from an old one.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, field
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from json.encoder import encode_basestring as quoted
from operator import attrgetter
from pathlib import Path
from typing import Any
from zlib import crc32

from ankigen.files import Staging
from ankigen.frozen import dataclass

__all__ = [
    "Entry",
    "Gap",
    "Lock",
    "LockFault",
    "TypeEntry",
    "is_written",
    "lock_data",
    "lock_parts",
    "parse_lock",
    "read_lock",
    "stage_lock",
    "write_lock",
]

_VERSION = 1
_END = "# end"
_PLACE = re.compile(r"[0-9]+(/[0-9]+)?")
_TEXTS = ("guid", "type", "path", "at", "deck", "term", "text", "content")
_JSON_TYPES: dict[str, tuple[type, ...]] = dict.fromkeys(_TEXTS, (str,))
_LISTS = ("kept", "fields", "tags")  # of texts
_JSON_TYPES |= dict.fromkeys(("note_id", "modified"), (int,)) | dict.fromkeys(("cards", "gaps", *_LISTS), (list,))
_JSON_TYPES |= {"key": (str, type(None)), "retired": (bool,)}
_LARGEST = 256 * 2**20  # bytes; about a million notes


class LockFault(Exception):
    """The lock file cannot be used; nothing is built, for guids would be given anew.

    ``line`` counts from 1, and is 0 when the whole file is meant.
    """

    def __init__(self, path: str, line: int, message: str, hint: str) -> None:
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")
        self.line = line
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Gap:
    """What a cloze number stands for: the text that it hides, and the words ``around`` it."""

    number: int
    text: str
    around: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One note as it was last built.

    ``note_id`` is Anki's own. ``at`` orders the notes of a file, ``text`` is the fingerprint of the definition,
    ``content`` the hash of what Anki stores, and ``modified`` the second in which that content was first built; ids and
    dates are 0 before the first build. ``cards`` are ordinals. A retired note has lost its record; ``fields`` and
    ``tags`` are kept for those only that are still sent, with a tag, to learners. Of a note that was adopted, ``kept``
    has, in the place of each field that no record fills, what stands there. ``gaps`` are the clozes of the note by
    number, also those that it has lost.
    """

    guid: str
    note_id: int
    type: str
    path: str
    at: Fraction
    key: str | None
    deck: str
    term: str
    text: str
    cards: tuple[int, ...] = ()
    content: str = ""
    modified: int = 0
    kept: tuple[str, ...] = ()
    retired: bool = False
    fields: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def dated(self, note_id: int, content: str, modified: int, cards: tuple[int, ...]) -> "Entry":
        """The same note with what a build has made of it."""
        known_by = self.guid, note_id, self.type, self.path, self.at, self.key, self.deck, self.term, self.text
        rest = self.kept, self.retired, self.fields, self.tags, self.gaps
        return Entry(*known_by, cards, content, modified, *rest)


_SELDOM = ("kept", "retired", "fields", "tags", "gaps")  # said of few notes
_seldom = attrgetter(*_SELDOM)


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """A note type as it was last built: its folder, Anki's id, the ids of its fields and cards, and its date."""

    folder: str
    id: int
    fields: tuple[int, ...]
    cards: tuple[int, ...]
    content: str
    modified: int


@dataclass(frozen=True, slots=True)
class Lock:
    """All notes and note types of a project. ``project`` keeps its guids apart from other projects' guids.

    Of a part of a lock, ``others`` has the guids of the notes that are left out, by their ids: both are taken.
    """

    project: str = ""
    types: Mapping[str, TypeEntry] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    others: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether nothing has been built yet."""
        return not self.project


def read_lock(path: Path) -> Lock:
    """The lock in the file ``path``; an empty one when there is no file. Raises `LockFault` when it is damaged."""
    shown = path.as_posix()
    try:
        if path.stat().st_size > _LARGEST:
            raise LockFault(shown, 1, "this is far too large for a lock file", "take it back from an earlier commit")
        lines = path.read_text("utf-8").split("\n")
    except FileNotFoundError:
        return Lock()
    except UnicodeDecodeError:
        raise LockFault(shown, 1, "this is no text", "take it back from an earlier commit") from None
    except OSError as error:
        raise LockFault(shown, 1, f"it cannot be read: {error.strerror}", "look at its permissions") from None
    return parse_lock(shown, lines)


def parse_lock(shown: str, lines: list[str]) -> Lock:
    """The lock in the lines of a file that is called ``shown``. Raises `LockFault` when it is damaged."""
    found = _Found(shown)
    for number, line in enumerate(lines, start=1):
        if line.startswith(("<<<<<<<", "|||||||", "=======", ">>>>>>>")):
            hint = "keep the lines of both sides, and take the marks of git away"
            raise LockFault(shown, number, "two branches meet here, and git could not merge them", hint)
        try:
            if line.strip() and line != _END:
                found.take(number, line)
        except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError, RecursionError):
            hint = "take the line back from an earlier commit; no guid is given anew as long as it is damaged"
            raise LockFault(shown, number, "this line is damaged", hint) from None
    for guid, number in found.named.items():
        if guid not in found.entries:
            hint = "take its line back from an earlier commit; or take this one away too, and forget the note"
            raise LockFault(shown, number, f"the line of the note {guid} is missing", hint)
    last = max((number for number, line in enumerate(lines, start=1) if line.strip()), default=1)
    if lines[last - 1] != _END:
        raise LockFault(shown, last, "the end of this file is missing", "take it back from an earlier commit")
    return Lock(found.project, found.types, tuple(sorted(found.entries.values(), key=_order)))


class _Found:
    """What the lines of a lock file have told so far. ``named`` has the guids that stand above a line, and where."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self.project = ""
        self.types: dict[str, TypeEntry] = {}
        self.entries: dict[str, Entry] = {}
        self.named: dict[str, int] = {}

    def take(self, number: int, line: str) -> None:
        """Read a line. Raises `LockFault`, or one of the errors that :func:`parse_lock` takes for damage."""
        if line.startswith("#"):
            name = json.loads(line.lstrip("#"))
            if line.startswith("# "):
                self.named[name] = number
        elif not self.project:
            version = json.loads(line)["ankigen.lock"]
            if version != _VERSION:
                hint = "install the version of ankigen that wrote it, or a later one"
                raise LockFault(self._shown, number, f"this lock file has version {version}", hint)
            self.project = _load(line)["project"]
        elif "notetype" in (values := _load(line)):
            note_type = _type_of(values)
            self.types[note_type.folder] = note_type
        else:
            entry = _entry_of(values)
            if entry.guid in self.entries:
                hint = "two branches have changed the same note: keep one of its lines"
                raise LockFault(self._shown, number, f"the note {entry.guid} stands here a second time", hint)
            self.entries[entry.guid] = entry


def write_lock(path: Path, lock: Lock) -> bool:
    """Write ``lock`` to ``path`` as a whole or not at all; whether the file has changed."""
    with Staging() as staging:
        return stage_lock(staging, path, lock_parts(lock))


def stage_lock(staging: Staging, path: Path, parts: Iterable[bytes]) -> bool:
    """The same with the ``parts`` of a lock's data, taking its place just before all else that is in ``staging``."""
    rest = iter(parts)
    same, other = _begun_with(path, rest) if path.is_file() else (0, b"")
    if other is None:
        return False
    with staging.writing(path, is_first=True) as stream:
        if same:
            with open(path, "rb") as before:
                stream.write(before.read(same))
        stream.write(other)
        stream.writelines(rest)
    return True


def _begun_with(path: Path, parts: Iterator[bytes]) -> tuple[int, bytes | None]:
    """How many bytes of the file are as ``parts`` say, and the part in which that ends; None when all of it is."""
    same = 0
    with open(path, "rb") as stream:
        for part in parts:
            if stream.read(len(part)) != part:
                return same, part
            same += len(part)
        return same, b"" if stream.read(1) else None


def is_written(path: Path, lock: Lock) -> bool:
    """Whether the file ``path`` holds just this lock."""
    return _begun_with(path, lock_parts(lock))[1] is None


def lock_data(lock: Lock) -> bytes:
    """What a lock file holds."""
    return b"".join(lock_parts(lock))


def lock_parts(lock: Lock) -> Iterator[bytes]:
    """The same in parts, made as they are asked for: all of it may be large."""
    yield b"%b\n\n" % _dump({"ankigen.lock": _VERSION, "project": lock.project})
    for folder in sorted(lock.types):
        yield b"%b\n\n" % _dump(_type_values(lock.types[folder]))
    for name, entries in groupby(sorted(lock.entries, key=_order), lambda entry: entry.path):
        yield b"## %b\n\n" % _json(name)
        for entry in entries:
            yield b"# %b\n%b\n\n" % (_bytes(quoted(entry.guid)), _summed(_entry_text(entry)))
    yield f"{_END}\n".encode()


def _order(entry: Entry) -> tuple[str, Fraction | int, str]:
    at = entry.at  # most places are whole, and fractions are slow to compare
    return entry.path, at.numerator if at.denominator == 1 else at, entry.guid


def _entry_text(entry: Entry) -> str:
    """A line's values as JSON; what all notes have is put together here, which is far quicker than to encode it."""
    key = "null" if entry.key is None else quoted(entry.key)
    text = (
        f'{{"guid": {quoted(entry.guid)}, "note_id": {entry.note_id}, "type": {quoted(entry.type)}, '
        f'"path": {quoted(entry.path)}, "at": "{entry.at}", "key": {key}, '
        f'"deck": {quoted(entry.deck)}, "term": {quoted(entry.term)}, "text": {quoted(entry.text)}, '
        f'"cards": {list(entry.cards)}, "content": {quoted(entry.content)}, "modified": {entry.modified}'
    )
    if not any(_seldom(entry)):
        return f"{text}}}"
    rest: dict[str, Any] = {name: value for name, value in zip(_SELDOM, _seldom(entry), strict=True) if value}
    if entry.gaps:
        rest["gaps"] = [[gap.number, gap.text, gap.around] for gap in entry.gaps]
    return f"{text}, {_encoded(rest)[1:]}"


def _entry_of(values: dict[str, Any]) -> Entry:
    """The entry in a line. Raises one of the errors that :func:`parse_lock` takes for damage."""
    for name, value in values.items():
        if type(value) not in _JSON_TYPES[name]:
            raise TypeError(name)
    lists: dict[str, Any] = {name: tuple(values.pop(name)) for name in values.keys() & {"cards", *_LISTS}}
    if not values["guid"] or any(type(card) is not int for card in lists["cards"]):
        raise ValueError
    if any(type(text) is not str for name in _LISTS for text in lists.get(name, ())):
        raise ValueError
    gaps = tuple(_gap_of(*gap) for gap in values.pop("gaps", ()))
    at = values.pop("at")
    if not _PLACE.fullmatch(at):  # "1e999999999" would take all memory
        raise ValueError(at)
    return Entry(at=_place(at), gaps=gaps, **lists, **values)


@lru_cache(maxsize=1 << 12)
def _place(text: str) -> Fraction:
    return Fraction(text)


def _gap_of(number: Any, text: Any, around: Any) -> Gap:
    if type(number) is not int or type(text) is not str or type(around) is not str:
        raise TypeError
    return Gap(number, text, around)


def _type_values(entry: TypeEntry) -> dict[str, Any]:
    values = asdict(entry)
    return {"notetype": values.pop("folder"), **values}


def _type_of(values: dict[str, Any]) -> TypeEntry:
    fields, cards = (tuple(map(int, values[name])) for name in ("fields", "cards"))
    return TypeEntry(
        str(values["notetype"]), int(values["id"]), fields, cards, str(values["content"]), int(values["modified"])
    )


def _dump(values: dict[str, Any]) -> bytes:
    return _summed(_encoded(values))


def _summed(text: str) -> bytes:
    """A line of such JSON."""
    data = _bytes(text)
    return b'%b, "sum": "%b"}' % (data[:-1], _sum(data))


def _load(line: str) -> Any:
    """The values in a line, whose sum must be right."""
    text, mark, rest = line.rpartition(', "sum": "')
    text += "}"
    if not mark or rest.encode() != b'%b"}' % _sum(text.encode()):
        raise ValueError(line)
    return json.loads(text)


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def _json(value: Any) -> bytes:
    return _bytes(_encoded(value))


def _bytes(text: str) -> bytes:
    # A lone surrogate, which UTF-8 cannot hold, is escaped as JSON does it.
    return text.encode("utf-8", "backslashreplace")


def _sum(text: bytes) -> bytes:
    return b"%08x" % crc32(text)
