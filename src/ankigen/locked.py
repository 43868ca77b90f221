"""For a build that must find the lock file as it would leave it: what would change there."""

from collections.abc import Iterator
from pathlib import Path

from ankigen.lock import Entry, Lock, LockFault, is_written, read_lock

__all__ = ["require_current"]

_HINT = "run ankigen build where you write, and commit the lock file with your notes"
_NAMED = 3  # notes of each kind that are named
_LONGEST = 40  # characters of a term that are shown


def require_current(path: Path, after: Lock) -> None:
    """Raise `LockFault` when writing ``after`` would change the file ``path``, or make it."""
    shown = path.as_posix()
    if not path.is_file():
        raise LockFault(shown, 0, "there is no lock file, so every note would get a new identity", _HINT)
    if not is_written(path, after):
        changes = "; ".join(_changes(read_lock(path), after)) or "the order or form of its lines"
        raise LockFault(shown, 0, f"the lock file is not up to date, a build would change it: {changes}", _HINT)


def _changes(before: Lock, after: Lock) -> Iterator[str]:
    old = {entry.guid: entry for entry in before.entries}
    found: dict[str, list[str]] = {}
    for entry in after.entries:
        if what := _change(old.get(entry.guid), entry):
            found.setdefault(what, []).append(_short(entry.term))
    for what, terms in sorted(found.items()):
        more = f" and {len(terms) - _NAMED} more" if len(terms) > _NAMED else ""
        yield f"{len(terms)} {what} ({', '.join(terms[:_NAMED])}{more})"
    if types := sorted(name for name in after.types if before.types.get(name) != after.types[name]):
        yield f"note type {', '.join(types)}"


def _change(old: Entry | None, entry: Entry) -> str:
    """What becomes of a note, in a word or two; empty when nothing does."""
    if old is None or (entry.content and not old.content):
        return "new"
    if entry == old:
        return ""
    if entry.retired and not old.retired:
        return "removed"
    return "moved" if entry.content == old.content and entry.modified == old.modified else "changed"


def _short(term: str) -> str:
    line = " ".join(term.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
