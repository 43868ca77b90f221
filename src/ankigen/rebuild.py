"""The build after a build: one file of notes has changed, and only that file is read, checked and matched.

All others are settled: their notes go into the packages, and their lines into the lock, as they are. That is the same
as a whole build as long as no other file has a part in the change. Wherever one might, :func:`rebuild` gives None, and
all stages have to be gone through. What is compared, and why that is enough:

- settings, templates, program and the list of files are the same, and the lock is as the last build left it;
- every medium is found where it was, with the same bytes, and the same is said of it;
- no term, key, deck or tag of the file, before or now, stands in another file where it matters which one came first;
- the records of the file are matched with its own notes and with the retired ones. All others would have been paired
  before any is judged (`ankigen.settling`), and how rare a word is counts within one file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ankigen.anki.package import Packing, Row, pack
from ankigen.build import Before, Known, check_project, prepare_project, read_project
from ankigen.cache.last import LastBuild, digest_of
from ankigen.cache.settled import Answer, Settled, SettledFile, encode_file
from ankigen.cache.store import Store
from ankigen.dating import SchemaFault, date_type
from ankigen.diagnostics import Diagnostic, sort
from ankigen.frozen import dataclass
from ankigen.identity import folded
from ankigen.lock import Lock, LockFault
from ankigen.lockparts import LockParts
from ankigen.media.shrink import PillowMissing
from ankigen.media.store import MediaStore
from ankigen.project import Project
from ankigen.records import MediaFile, NoteType
from ankigen.settling import is_settled, settled_file, state_of
from ankigen.themes import TemplateFault

__all__ = ["Rebuild", "rebuild"]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A build that needs only to be written, what it says, and the state that it leaves, if it leaves any.

    ``before`` is what the last build wrote.
    """

    packing: Packing
    before: Before
    lock: Sequence[bytes]
    diagnostics: tuple[Diagnostic, ...]
    media: MediaStore
    digests: Mapping[str, bytes]
    settled: Settled | None


def rebuild(
    project: Project,
    last: LastBuild,
    settled: Settled,
    store: Store,
    *,
    reader: str = "",
    new_on_doubt: bool = False,
    now: int,
) -> Rebuild | None:
    """The build of ``project`` at ``now``, where just one of its files has to be read; else None."""
    if not project.lock or not project.is_all:
        return None
    changed = [file for file in project.files if settled.digests[file.shown] != last.digests[file.shown].hex()]
    if len(changed) != 1:
        return None
    file, alone = changed[0], replace(project, files=tuple(changed))
    try:
        data = project.lock.read_bytes()
        lock = LockParts(data) if digest_of(data).hex() == settled.lock else None
        before = lock.of(file.name) if lock else None
        if lock is None or before is None:
            return None
        reading = read_project(alone, reader, store=store)
        reading = check_project(alone, reading, new_on_doubt=new_on_doubt, known=Known(before, settled.note_types))
        prepared = prepare_project(alone, reading, now)
        if prepared is None or reading.media is None or reading.faults:
            return None
        note_types = _dated(settled.note_types, before, now)
        media = _found_again(project, reading.media, settled.answers)
    except (LockFault, SchemaFault, TemplateFault, PillowMissing, OSError):  # which the whole build tells
        return None
    after = lock.with_part(file.name, before, prepared.after)
    if media is None or after is None or not is_settled(reading, prepared.after):
        return None
    packing = pack(prepared.notes)
    found = settled_file(reading.documents[0], packing.rows, reading.media, file)
    others = [one for path, one in settled.files.items() if path != file.shown]
    if not _stands_alone(settled.files[file.shown], found, others):
        return None
    files = {**settled.files, file.shown: found}
    was = {path: list(map(_row, one.rows)) for path, one in settled.files.items()}
    rows = _in_order(project, {**was, file.shown: packing.rows})
    if not rows or any(row.note_type not in note_types for row in rows):
        return None
    digests = {**last.digests, **reading.digests}
    return Rebuild(
        Packing(rows, note_types, {**media, **packing.media}),
        Before(_in_order(project, was), settled.packages),
        [after],
        sort(fault for one in files.values() for fault in one.diagnostics),
        reading.media,
        digests,
        state_of(
            last, reading, reading.media, digest_of(after), digests, {**settled.lines, file.shown: encode_file(found)}
        ),
    )


def _row(values: Sequence[Any]) -> Row:
    """The row in values of JSON, equal to one that is made anew."""
    *known, cards, media = values
    return Row._make([*known, tuple(cards), tuple(media)])


def _in_order(project: Project, rows: Mapping[str, Sequence[Row]]) -> list[Row]:
    return [row for file in project.files for row in rows[file.shown]]


def _stands_alone(was: SettledFile, now: SettledFile, others: Sequence[SettledFile]) -> bool:
    """Whether nothing is said of a file, before or now, or of any other, because of both."""
    if was.is_first or now.is_first:
        return False
    terms = {*was.terms, *now.terms}
    if not all(terms.isdisjoint(file.terms) for file in others):
        return False
    names = {*was.names, *now.names}
    touched = {(what, folded(name)) for what, name in names}
    names.update(name for file in others for name in file.names if (name[0], folded(name[1])) in touched)
    return len(names) == len(touched)  # each in one spelling


def _dated(note_types: Mapping[str, NoteType], lock: Lock, now: int) -> dict[int, NoteType]:
    """The note types that were built before, by id, with their dates. Raises `SchemaFault`."""
    dated = (
        date_type(lock.types[folder], folder, note_types[folder], now) for folder in note_types if folder in lock.types
    )
    return {note_type.id: note_type for entry, note_type in dated if entry == lock.types[entry.folder]}


def _found_again(project: Project, media: MediaStore, answers: Sequence[Answer]) -> dict[str, MediaFile] | None:
    """The media of the settled files by their names in packages; None when any is found or told of in another way."""
    folders = {str(file.path.parent): file for file in project.files}
    files: dict[str, MediaFile] = {}
    for answer in answers:
        found = media.find(answer.reference, folders[answer.folder])
        if (found.file.name if found.file else "", repr(found.remarks)) != (answer.name, answer.said):
            return None
        if found.file:
            files[answer.name] = found.file
    return files
