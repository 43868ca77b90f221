"""One file's part of a lock that is otherwise left as it is: only that part is read, and written anew.

This is for a lock whose bytes are known to be those that a build wrote: nothing else of it is looked at.
"""

import json
import re
from dataclasses import replace

from ankigen.lock import Entry, Lock, lock_data, parse_lock

__all__ = ["LockParts"]

_SECTION = b"\n\n## "  # begins the part of a file; no value holds a line end
_END = b"\n\n# end\n"
_NOTE = re.compile(rb'\n\{"guid": ("[^"\\]*(?:\\.[^"\\]*)*"), "note_id": ([0-9]+), ')
_RETIRED = b'"retired": true'  # within a text, the quotes would be escaped


class LockParts:
    """The lock whose file holds ``data``, as `lock_data` makes it."""

    def __init__(self, data: bytes) -> None:
        self._head, *self._sections = data.removesuffix(_END).split(_SECTION)
        self._names = {json.loads(section.split(b"\n", 1)[0]): at for at, section in enumerate(self._sections)}

    def of(self, name: str) -> Lock | None:
        """What the lock says of the notes of the file ``name``, and of all that are retired; None when it is new.

        Raises `LockFault`.
        """
        if name not in self._names:
            return None
        own = self._names[name]
        parts = [self._head, b"## " + self._sections[own]]
        others: dict[int, str] = {}
        for at, section in enumerate(self._sections):
            if at != own:
                retired = _retired(section)
                parts += retired
                gone = {guid for block in retired for guid, _ in _NOTE.findall(block)}
                found = _NOTE.findall(section)
                others |= {int(number): _text(guid) for guid, number in found if guid not in gone}
        lock = parse_lock(name, b"\n\n".join([*parts, _END.lstrip()]).decode().split("\n"))
        return replace(lock, others=others)

    def with_part(self, name: str, before: Lock, after: Lock) -> bytes | None:
        """The data of the lock with ``after`` in the place of what it said ``before`` of the file ``name``.

        None when that is not all that has changed.
        """
        if (before.project, before.types) != (after.project, after.types):
            return None
        if _elsewhere(name, before) != _elsewhere(name, after):
            return None
        part = tuple(entry for entry in after.entries if entry.path == name)
        _, *sections = lock_data(replace(after, entries=part)).removesuffix(_END).split(_SECTION)
        if len(sections) != 1:
            return None
        at = self._names[name]
        return _SECTION.join([self._head, *self._sections[:at], *sections, *self._sections[at + 1 :]]) + _END


def _text(value: bytes) -> str:
    """A value of JSON; few guids hold what needs to be escaped."""
    text: str = json.loads(value) if b"\\" in value else value[1:-1].decode()
    return text


def _retired(section: bytes) -> list[bytes]:
    """The lines of the retired notes of a section, each with its guid above it."""
    if _RETIRED not in section:
        return []
    _, *blocks = section.split(b"\n\n")
    return [block for block in blocks if _RETIRED in block]


def _elsewhere(name: str, lock: Lock) -> dict[str, Entry]:
    return {entry.guid: entry for entry in lock.entries if entry.path != name}
