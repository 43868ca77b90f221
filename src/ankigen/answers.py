"""An author's answer to a question of who is who, written into the lock file."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ankigen.build import read_project
from ankigen.identity import follow, introduce
from ankigen.lock import Entry, write_lock
from ankigen.prepare import files_of, note_types_of, who
from ankigen.project import SourceFile, find_project
from ankigen.records import Record

__all__ = ["AnswerFault", "answer"]


class AnswerFault(Exception):
    """The answer does not fit the notes or the lock file. The message says why, ``hint`` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def answer(path: Path, line: int, guid: str | None) -> Entry:
    """Write down that the record at ``line`` (from 1) of ``path`` is the note ``guid``, or, with None, a new one.

    Its new entry is returned. Raises `AnswerFault`, and what reading a project raises.
    """
    lock_path = find_project([path]).lock
    if lock_path is None or not lock_path.is_file():
        raise AnswerFault("there is no lock file: nothing has been built here", "run ankigen build")
    project = find_project([lock_path.parent])  # whole: another file may hold the note
    reading = read_project(project)
    lock, identities = who(project, reading.documents, note_types_of(project))
    files = files_of(project)
    records = [replace(record, path=files[record.path].name) for record in reading.records]
    number = next((n for n, record in enumerate(reading.records) if _stands(record, files, path, line)), -1)
    if number < 0:
        raise AnswerFault(f"no record stands at {path}:{line}", "give a line of the record: ankigen parse shows them")
    if guid is None:
        entry = introduce(lock, records[number])
    else:
        known = next((entry for entry in lock.entries if entry.guid == guid), None)
        if known is None:
            raise AnswerFault(f"the lock file has no note {guid}", "copy the guid from the question")
        _check_free(identities.entries, number, guid)
        entry = follow(known, records[number])
    others = (other for other in lock.entries if other.guid != entry.guid)
    write_lock(lock_path, replace(lock, entries=(*others, entry)))
    return entry


def _stands(record: Record, files: Mapping[str, SourceFile], path: Path, line: int) -> bool:
    return record.line <= line <= record.end_line and os.path.samefile(files[record.path].path, path)


def _check_free(entries: tuple[Entry, ...], number: int, guid: str) -> None:
    taken = [entry for at, entry in enumerate(entries) if entry.guid == guid and at != number]
    if taken:
        raise AnswerFault(
            f'the note {guid} is the record "{taken[0].term}" of {taken[0].path}',
            "one of the two is new: say so with ankigen ids new",
        )
