"""The whole pipeline, from the files of a project to its packages.

Every fault of a run is collected, and costs as little as it can: a faulty record stays out, a file that cannot be
read keeps the packages of the last build as they were.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ankigen.anki.package import Packer, Packing, Row, stage_package
from ankigen.cache.last import file_digest
from ankigen.checks import check_documents
from ankigen.clozes import number_clozes
from ankigen.diagnostics import Diagnostic, Nature, Rule, Severity
from ankigen.files import Staging
from ankigen.frozen import dataclass
from ankigen.identity import folded
from ankigen.lock import Lock, lock_parts, stage_lock
from ankigen.locked import require_current
from ankigen.matching import fingerprint
from ankigen.media.store import MediaStore
from ankigen.media.unused import unused_media
from ankigen.policy import settle
from ankigen.prepare import Prepared, files_of, note_types_of, prepare, questions, themes_of, who
from ankigen.project import Project, file_name, is_project
from ankigen.reading import Begun, Reading, read_project, with_faults
from ankigen.records import Document, Note, NoteType

if TYPE_CHECKING:  # what only a plan needs is imported where it is made
    from ankigen.plan import Plan

__all__ = [
    "Before",
    "Built",
    "Known",
    "Packed",
    "Reading",
    "build_project",
    "check_project",
    "guids_of",
    "pack_project",
    "plan_project",
    "prepare_project",
    "read_project",
    "unused",
    "write_project",
]

_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')  # what some file system does not take in a name
_LONGEST_NAME = 200  # bytes, of the 255 that a file system takes


@dataclass(frozen=True, slots=True)
class Known:
    """What need not be read again: the part of the lock that is about some documents, and the note types."""

    lock: Lock
    note_types: Mapping[str, NoteType]


@dataclass(frozen=True, slots=True)
class Before:
    """What an earlier build put into packages, of the same note types and media, and digests of their files by path."""

    rows: Sequence[Row]
    digests: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Built:
    """One written package: where it lies, and how many notes and decks went in."""

    path: Path
    notes: int
    decks: int


def check_project(
    project: Project,
    reading: Reading | Begun,
    *,
    new_on_doubt: bool = False,
    fetch: bool = False,
    known: Known | None = None,
) -> Reading:
    """``reading`` with the problems that only all documents together show, and the identity of every record.

    One that has only begun goes on meanwhile, and what is to be done for each document is done as it comes.
    Where two notes compete for a record, that is a problem too, and stops the build; with ``new_on_doubt`` the record
    is a new note. With ``fetch``, media are fetched from the network. ``known`` is for documents that are not all of a
    project. Raises `TemplateFault` when a card template cannot be used, `LockFault` for a damaged lock file, and
    `PillowMissing` when pictures cannot be shrunk.
    """
    note_types = known.note_types if known else note_types_of(project)
    media, files = MediaStore(project, fetch=fetch), files_of(project)
    documents, texts = [], []
    for document in check_documents(reading.documents, note_types, media, files, themes_of(project)):
        documents.append(document)
        texts += [fingerprint(record.definition.markdown) for record in document.records]  # while others are read
    reading = reading.whole()
    lock, identities = who(project, documents, note_types, known.lock if known else None, texts)
    documents = number_clozes(documents, identities.entries)
    if not new_on_doubt:
        documents = questions(documents, files_of(project), identities.questions)
    policy = project.config.rules
    if policy.asks_for(Nature.LEARNING):
        from ankigen.learning import check_learning  # here, for few builds ask for it

        documents = list(check_learning(documents, policy))
    if policy.asks_for(Nature.UNREAD):
        documents = [with_faults(document, _unread(document)) for document in documents]
    settled = (settle(document, policy, is_checked=True) for document in documents)
    return Reading(tuple(settled), reading.faults, lock, identities, media, note_types, reading.digests)


def guids_of(project: Project, reading: Reading) -> list[str | None]:
    """The guid of each record, in order; None for one in question, and for all where there is no lock file yet.

    Raises `TemplateFault` and `LockFault`.
    """
    if not project.lock or not project.lock.is_file():
        return [None] * len(reading.records)
    _, identities = who(project, reading.documents, note_types_of(project))
    asked = {(question.record.path, question.record.line) for question in identities.questions}
    return [
        None if (entry.path, record.line) in asked else entry.guid
        for entry, record in zip(identities.entries, reading.records, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Packed:
    """All that a build writes: what goes into packages, and the lock that remembers it."""

    packing: Packing
    after: Lock


def build_project(
    project: Project, reading: Reading, *, now: int, output: Path | None = None, locked: bool = False
) -> list[Built]:
    """Write the lock and the packages of a checked reading: all notes to ``output``, or one for each top deck.

    ``now``, in seconds since 1970, dates the notes whose content is new. Nothing is written when a problem stops the
    build or no record is left. Raises `TemplateFault` and `SchemaFault`, and `OSError` when a file cannot be read or
    written; if ``locked``, also `LockFault` when the lock file would change.
    """
    packed = pack_project(project, reading, now=now, locked=locked)
    return write_project(project, packed.packing, lock_parts(packed.after), output=output) if packed else []


def pack_project(project: Project, reading: Reading, *, now: int, locked: bool = False) -> Packed | None:
    """What `build_project` writes; None when a problem stops the build.

    The reading is not needed any more then. Raises what `build_project` raises before it writes.
    """
    packer = Packer()
    prepared = prepare_project(project, reading, now, packer.add)
    if prepared is None:
        return None
    if locked and project.lock:
        require_current(project.lock, prepared.after)
    return Packed(packer.packing(), prepared.after)


def write_project(
    project: Project,
    packing: Packing,
    lock: Iterable[bytes],
    *,
    output: Path | None = None,
    before: Before | None = None,
) -> list[Built]:
    """Write what was prepared: the data of the ``lock`` that remembers all notes, in parts, and their packages.

    The lock is asked for when the packages are made. A package of the same notes as ``before`` is left as it is, where
    it still is what was written then. Raises `OSError` when a file cannot be read or written.
    """
    built = []
    earlier = dict(_packages(project, before.rows, output)) if before else {}
    packages = _packages(project, packing.rows, output)
    with Staging() as staging:
        for path, rows in packages:
            built.append(Built(path, len(rows), len({folded(row.deck) for row in rows})))
            if before and earlier.get(path) == rows and _is_as_written(path, before.digests):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            # Dated by the latest change in it, so that building again gives the same bytes.
            types = {row.note_type for row in rows}
            now = max(*(row.modified for row in rows), *(packing.note_types[one].modified for one in types))
            stage_package(staging, path, replace(packing, rows=rows), now=now)
        # Written last, for another process may be making it, but the first to take its place: whatever is stopped in
        # between, no package was ever sent that it does not know.
        if project.lock and packages:
            stage_lock(staging, project.lock, lock)
    return built


def _is_as_written(path: Path, digests: Mapping[str, str | None]) -> bool:
    digest = digests.get(str(path))
    return digest is not None and digest == file_digest(str(path))


def plan_project(
    project: Project, reading: Reading, *, now: int, against: Path | None = None, since: Lock | None = None
) -> "Plan":
    """What Anki will do with the packages that a build at ``now`` would write, for a learner with the last build.

    With ``against``, for one who has imported that package; with ``since``, for one who has the build of which that is
    the lock. Raises what `build_project` raises, and `read_package`.
    """
    from ankigen.anki.reading import read_package
    from ankigen.plan import Plan, changed_types, compare, entries_of

    prepared = prepare_project(project, reading, now)
    if prepared is None:
        return Plan(())
    after = {entry.guid: entry for entry in prepared.after.entries}
    if against:
        return compare(prepared.notes, entries_of(read_package(against), prepared.after.types), after)
    last = prepared.before if since is None else since
    before = {entry.guid: entry for entry in last.entries}
    changed = changed_types(last.types, prepared.after.types)
    return replace(compare(prepared.notes, before, after), note_types=changed)


def prepare_project(
    project: Project, reading: Reading, now: int, take: Callable[[Note], None] | None = None
) -> Prepared | None:
    """The notes and the lock of a checked reading, dated ``now`` where they are new; None when a problem stops them.

    ``take`` is given each note, and then the result has none. Raises `SchemaFault`.
    """
    if reading.stops or reading.identities is None or reading.media is None:
        return None
    types = reading.note_types
    return prepare(project, reading.documents, types, reading.lock, reading.identities, reading.media, now, take)


def _unread(document: Document) -> Iterator[Diagnostic]:
    """The text that belongs to no record: prose, and the page's own lines in a paste."""
    hint = "nothing to do, unless this was to be a record: docs/notes.md shows the forms"
    for rule, spans in ((Rule.PROSE, document.prose), (Rule.CHROME, document.chrome)):
        what = "text that is no record" if rule is Rule.PROSE else "a line of the page, not of the study set"
        for span in spans:
            yield Diagnostic.at(document.source, rule, span.start, what, hint, span.end)


def unused(project: Project, reading: Reading) -> Iterator[Diagnostic]:
    """The media files of a checked project that no record uses; none unless all of its notes were read."""
    severity = project.config.rules.severity(Rule.UNUSED_MEDIA)
    if project.is_all and is_project(project.root) and reading.media and severity is not Severity.OFF:
        yield from (replace(fault, severity=severity) for fault in unused_media(project, reading.media))


def _packages(project: Project, rows: Sequence[Row], output: Path | None) -> list[tuple[Path, Sequence[Row]]]:
    if output:
        return [(output, rows)] if rows else []
    tops = {deck: _top_deck(project, deck) for deck in dict.fromkeys(row.deck for row in rows)}
    keys = {deck: folded(top) for deck, top in tops.items()}
    decks: dict[str, list[Row]] = {}
    for row in rows:
        decks.setdefault(keys[row.deck], []).append(row)
    names = _file_names(tops[part[0].deck] for part in decks.values())
    return [(project.output / name, part) for name, part in zip(names, decks.values(), strict=True)]


def _file_names(decks: Iterable[str]) -> Iterator[str]:
    """A file name for each deck, all different on every system."""
    taken: set[str] = set()
    for deck in decks:
        cut = _UNFIT.sub("-", deck).encode()[:_LONGEST_NAME].decode("utf-8", "ignore")
        name = first = cut.strip(" .-") or "deck"
        number = 1
        while folded(name) in taken:
            number += 1
            name = f"{first}-{number}"
        taken.add(folded(name))
        yield file_name(f"{name}.apkg")


def _top_deck(project: Project, deck: str) -> str:
    """The first level below the deck that all decks of the project share."""
    levels, shared = deck.split("::"), project.config.deck.split("::")
    is_below = [folded(level) for level in levels[: len(shared)]] == [folded(level) for level in shared]
    return levels[len(shared)] if is_below and len(levels) > len(shared) else levels[0]
