"""Who a note is: its guid, on which its reviews hang, kept over edits. This is the only place where guids are made.

A record is matched with the notes of the lock file. A record that none of them can be is a new note, whose guid comes
from its key, or from its deck and term, so that the first build needs no chance. Where two notes compete, it asks.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted

from ankigen.frozen import dataclass
from ankigen.lock import Entry, Lock
from ankigen.lockplaces import spread
from ankigen.matching import Candidate, Known, Matching, fingerprint, match
from ankigen.records import Kind, Record
from ankigen.source import visible

__all__ = ["Identities", "Question", "folded", "follow", "identify", "introduce", "same_term", "type_of"]


_NOWHERE = Fraction(0)
_NOTHING = Matching({}, ())
_BEGUN = hashlib.blake2b(digest_size=9, person=b"ankigen")
_SIGNS = "abcdefghijklmnopqrstuvwxyz234567"  # of base 32
_PAIRS = [first + second for first in _SIGNS for second in _SIGNS]
_whole = lru_cache(maxsize=1 << 10)(Fraction)  # shared: a project has one of them for each note


@dataclass(frozen=True, slots=True)
class Question:
    """A record that may be one of the notes ``among``, likeliest first, or a new one: only its author knows."""

    record: Record
    among: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Identities:
    """The entry of each record, in order; the notes that have lost their record; and what has to be asked.

    A record in question has the entry of a new note.
    """

    entries: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    questions: tuple[Question, ...]


def identify(
    lock: Lock,
    records: Sequence[Record],
    *,
    project: str,
    is_cloze: Callable[[str], bool],
    files: Collection[str] | None = None,
    texts: Sequence[str] | None = None,
) -> Identities:
    """Who each of ``records`` is.

    ``files`` are the only ones that were read, when not all of the project were. ``project`` keeps the guids of two
    projects apart. ``is_cloze`` tells of a note type's folder whether its notes are clozes: no note can change from one
    to the other. ``texts`` are the fingerprints of the records' definitions, where these are known.
    """
    scope = [entry for entry in lock.entries if files is None or entry.path in files]
    scope.sort(key=lambda entry: (entry.path, entry.at, entry.guid))
    if texts is None:
        texts = [fingerprint(record.definition.markdown) for record in records]
    matching = match(list(_known(scope, is_cloze)), list(_candidates(records, texts, scope))) if scope else _NOTHING
    pairs = {
        number: scope[found]
        for number, found in matching.pairs.items()
        # A note that is given another type by name is another note: Anki would skip it for ever.
        if records[number].note_type in ("", scope[found].type)
    }
    guids = _Guids(project, {*(entry.guid for entry in lock.entries), *lock.others.values()})
    with_places = {records[number].path for number in pairs}
    places: Counter[str] = Counter()
    entries = []
    for number, (record, text) in enumerate(zip(records, texts, strict=True)):
        places[record.path] += 1
        if entry := pairs.get(number):
            entries.append(_follow(entry, record, text))
        else:
            place = _NOWHERE if record.path in with_places else _whole(places[record.path])
            entries.append(_new(guids.new(record), record, text, place))
    matched = {entry.guid for entry in pairs.values()}
    questions = [
        Question(records[doubt.candidate], tuple(scope[i] for i in doubt.among))
        for doubt in matching.doubts
        if records[doubt.candidate].key is None  # with a key that no note has, its author says that it is new
    ]
    return Identities(
        _in_place(entries, with_places), tuple(entry for entry in scope if entry.guid not in matched), tuple(questions)
    )


def introduce(lock: Lock, record: Record) -> Entry:
    """The entry of a new note, not yet built."""
    guids = _Guids(lock.project, {entry.guid for entry in lock.entries})
    return _new(guids.new(record), record, fingerprint(record.definition.markdown), _NOWHERE)


def follow(entry: Entry, record: Record) -> Entry:
    """The entry with what the record says now; what Anki stores of it is dated when it is built."""
    return _follow(entry, record, fingerprint(record.definition.markdown))


def _follow(entry: Entry, record: Record, text: str) -> Entry:
    at_home = entry.path == record.path and not entry.retired
    said = record.key, record.deck, record.term.markdown, text
    if at_home and (entry.key, entry.deck, entry.term, entry.text) == said and not (entry.fields or entry.tags):
        return entry  # as nearly always
    return replace(
        entry,
        path=record.path,
        at=entry.at if at_home else _NOWHERE,
        key=record.key,
        deck=record.deck,
        term=record.term.markdown,
        text=text,
        retired=False,
        fields=(),
        tags=(),
    )


def _new(guid: str, record: Record, text: str, at: Fraction) -> Entry:
    return Entry(guid, 0, type_of(record), record.path, at, record.key, record.deck, record.term.markdown, text)


def type_of(record: Record) -> str:
    """The folder of the note type that a record asks for."""
    return record.note_type or ("cloze" if record.kind is Kind.CLOZE else "term")


def same_term(record: Record) -> tuple[str, str]:
    """What two records share when they are one term of one deck; case, spaces and how é is encoded do not count."""
    return _deck(record.deck), folded(" ".join(record.term.markdown.split()))


def folded(text: str) -> str:
    """What is the same for two names that Anki takes for one."""
    return visible(text).casefold()


_deck = lru_cache(maxsize=1 << 12)(folded)  # that of many records


def _known(entries: Sequence[Entry], is_cloze: Callable[[str], bool]) -> Iterator[Known]:
    places: Counter[str] = Counter()
    for entry in entries:
        family = "cloze" if is_cloze(entry.type) else "term"
        yield Known(family, entry.path, places[entry.path], entry.key, entry.term, entry.text, entry.retired)
        places[entry.path] += 1


def _candidates(records: Sequence[Record], texts: Sequence[str], known: Sequence[Entry]) -> Iterator[Candidate]:
    """The records; ``texts`` are the fingerprints of their definitions."""
    places: Counter[str] = Counter()
    keys = {entry.key for entry in known}
    keyed = {(entry.path, entry.term, entry.text) for entry in known if entry.key is not None}
    for record, text in zip(records, texts, strict=True):
        family = "cloze" if record.kind is Kind.CLOZE else "term"
        term, definition = record.term.markdown, record.definition.markdown
        # A key that no note has says "new", but not of a text that stands there with another key: that key has changed.
        is_renamed = record.key not in keys and (record.path, term, text) in keyed
        key = None if is_renamed else record.key
        yield Candidate(family, record.path, places[record.path], key, term, definition)
        places[record.path] += 1


def _in_place(entries: Sequence[Entry], paths: Collection[str]) -> tuple[Entry, ...]:
    """The entries, in the same order, each with a place in its file, where that is one of ``paths``."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        if entry.path in paths:
            numbers[entry.path].append(number)
    placed = list(entries)
    for those in numbers.values():
        for number, entry in zip(those, spread(entries[number] for number in those), strict=True):
            placed[number] = entry
    return tuple(placed)


class _Guids:
    """Makes guids that no note has or had."""

    def __init__(self, project: str, used: set[str]) -> None:
        self._project = project
        self._used = used
        self._series: dict[tuple[str, ...], Iterator[str]] = {}  # for records that are alike: what is left of it

    def new(self, record: Record) -> str:
        """A guid from the record's key, or from its deck and term; from its definition too where that one is taken."""
        identity: tuple[str, ...] = (self._project, "key", type_of(record), record.key or "")
        if record.key is None:
            identity = (self._project, "term", type_of(record), *same_term(record))
        guid = next(_guids(identity))
        if guid in self._used:
            alike = (*identity, record.definition.markdown)
            guid = next(free for free in self._series.setdefault(alike, _guids(alike)) if free not in self._used)
        self._used.add(guid)
        return guid


def _guids(identity: tuple[str, ...]) -> Iterator[str]:
    """The guid of ``identity``, and without end those of the same identity again, and again."""
    text = f"[{', '.join(map(quoted, identity))}"  # JSON keeps the parts apart, whatever they hold
    begun = _BEGUN.copy()
    begun.update(text.encode("ascii"))
    while True:
        whole = begun.copy()
        whole.update(b"]")
        bits = int.from_bytes(whole.digest(), "big") << 8  # 80 of them, as eight pairs of signs in base 32: 72 count
        yield "".join([_PAIRS[bits >> shift & 1023] for shift in range(70, -1, -10)])[:15]
        begun.update(b', "again"')
