"""What a build leaves for the next one: files that are settled, so that only those that change have to be read.

Nothing is left of a build after which the next one might do something else with an unchanged file. Its records have to
be paired with their own notes by key or word for word, whatever stands in other files, and its clozes have to keep
their numbers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ankigen.anki.package import Packing, Row
from ankigen.build import Reading
from ankigen.cache.last import LastBuild
from ankigen.cache.settled import Answer, Settled, SettledFile, encode_file
from ankigen.diagnostics import Nature, Rule
from ankigen.gaps import Numbered, gaps_of, moved, number
from ankigen.identity import same_term
from ankigen.lock import Entry, Lock
from ankigen.matching import squeeze
from ankigen.media.references import references
from ankigen.media.store import MediaStore
from ankigen.project import Project, SourceFile
from ankigen.readers.registry import is_built_in
from ankigen.records import Document, Kind, NoteType, Record

__all__ = ["MANY", "is_settled", "settle", "settled_file", "state_of"]

_OF_THIS_BUILD = (Rule.CLEANED_NAME, Rule.MOVED_CLOZE, Rule.UNSURE_CLOZE)
"""Faults that are said because of other files, or of the lock as it was: the next build may not say them."""
MANY = 40_000
"""Of more notes than that, the state would take more memory than it is worth."""
_WORD_FOR_WORD = 8  # characters of a fingerprint


def settle(project: Project, last: LastBuild, reading: Reading, after: Lock, packing: Packing) -> Settled | None:
    """The state after a whole build that writes ``packing`` and ``after``, if any, still without the lock's digest."""
    media = reading.media
    if not project.is_all or reading.faults or media is None or len(packing.rows) > MANY:
        return None
    if project.config.rules.asks_for(Nature.LEARNING) or not is_settled(reading, after):
        return None
    shown = {file.name: file.shown for file in project.files}
    if len(shown) < len(project.files):  # two names that are one to the lock
        return None
    homes = {entry.guid: shown[entry.path] for entry in after.entries if entry.path in shown}
    rows: dict[str, list[Row]] = {path: [] for path in shown.values()}
    for row in packing.rows:
        rows[homes[row.guid]].append(row)
    files = {file.shown: file for file in project.files}
    lines = {}
    for document in reading.documents:
        path = document.source.path
        lines[path] = encode_file(settled_file(document, rows[path], media, files[path]))
    return state_of(last, reading, media, b"", reading.digests, lines)


def state_of(
    last: LastBuild,
    reading: Reading,
    media: MediaStore,
    lock: bytes,
    digests: Mapping[str, bytes],
    lines: Mapping[str, bytes],
) -> Settled:
    """The state after a build of files, and with a lock, of these digests; ``lines`` are its settled files."""
    answers = [
        Answer(reference, str(folder), found.file.name if found.file else "", repr(found.remarks))
        for (reference, folder, _), found in media.answers.items()
    ]
    hexed = {path: digest.hex() for path, digest in digests.items()}
    return Settled(last.shared, lock.hex(), reading.note_types, answers, hexed, lines)


def settled_file(document: Document, rows: Sequence[Row], media: MediaStore, file: SourceFile) -> SettledFile:
    """What was made of ``file``, and what of it is compared with other files."""
    names = {("deck", name) for deck in {record.deck for record in document.records} for name in _levels(deck)}
    names |= {("tag", tag) for tags in {record.tags for record in document.records} for tag in tags}
    is_first = any(_remarked(document, media, file)) if media.is_remarked else False
    terms = list(map(_term, document.records))
    return SettledFile(terms, sorted(names), is_first, document.diagnostics, rows)


def is_settled(reading: Reading, after: Lock) -> bool:
    """Whether the next build does the same with each document, as long as it and its notes are unchanged.

    ``after`` is the lock that the build has written, or the part of it that is about them; its entries begin with those
    of their records.
    """
    documents = reading.documents
    if any(fault.rule in _OF_THIS_BUILD for document in documents for fault in document.faults):
        return False
    if not all(is_built_in(document.reader) for document in documents):  # others may go by anything
        return False
    pairs = list(zip(reading.records, after.entries, strict=False))
    return (
        _are_different(entry.key for entry in after.entries if entry.key is not None)
        and _are_different([*(entry.note_id for entry in after.entries), *after.others])
        and _are_different((entry.path, squeeze(entry.term), entry.text[:_WORD_FOR_WORD]) for _, entry in pairs)
        and all(_stays(record, entry, reading.note_types) for record, entry in pairs)
    )


def _stays(record: Record, entry: Entry, note_types: Mapping[str, NoteType]) -> bool:
    """Whether nothing forbids the pair, and all clozes keep their numbers."""
    if not entry.note_id or entry.retired or record.note_type not in ("", entry.type):
        return False
    note_type = note_types.get(entry.type)
    if note_type is None or note_type.is_cloze is not (record.kind is Kind.CLOZE):
        return False
    if record.kind is not Kind.CLOZE:
        return True
    is_same = number(record, entry) == Numbered(record)
    return is_same and not any(moved(entry.gaps, entry.cards, gaps_of(record)))


def _are_different(values: Iterable[object]) -> bool:
    given = list(values)
    return len(set(given)) == len(given)


def _levels(deck: str) -> Iterator[str]:
    levels = deck.split("::")
    return ("::".join(levels[: number + 1]) for number in range(len(levels)))


def _term(record: Record) -> str:
    """What two records share of which one is said to repeat the other."""
    return f"key {record.key}" if record.key is not None else "term {}\x1f{}".format(*same_term(record))


def _remarked(document: Document, media: MediaStore, file: SourceFile) -> Iterator[bool]:
    """Of each medium, whether something is said of it only where it is named first."""
    for record in document.records:
        for reference in references(f"{record.term.html}\n{record.definition.html}"):
            yield any(remark.once for remark in media.find(reference, file).remarks)
