"""The documents of a project, as they are read: each settled by itself, and all of them together.

What is begun here goes on in other processes, where there are any, while this one imports and does what comes next.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import field, replace
from typing import TYPE_CHECKING

from ankigen.cache.store import Store
from ankigen.diagnostics import Diagnostic, Rule, sort
from ankigen.frozen import dataclass
from ankigen.loading import Loaded, load
from ankigen.lock import Lock
from ankigen.policy import settle
from ankigen.project import Project
from ankigen.records import Document, NoteType, Record

if TYPE_CHECKING:
    from ankigen.identity import Identities
    from ankigen.media.store import MediaStore

__all__ = ["Begun", "Reading", "begin", "read_project", "with_faults"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a project: its documents in the order of its files, and what is wrong outside of them.

    ``note_types`` are those of the project by folder, once it is checked; ``digests`` are those of the files' bytes, by
    the path that is shown.
    """

    documents: tuple[Document, ...]
    faults: tuple[Diagnostic, ...] = ()
    lock: Lock = field(default_factory=Lock)
    identities: "Identities | None" = None
    media: "MediaStore | None" = None
    note_types: Mapping[str, NoteType] = field(default_factory=dict)
    digests: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def records(self) -> tuple[Record, ...]:
        """All records, in source order."""
        return tuple(record for document in self.documents for record in document.records)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every problem found so far."""
        return sort([*self.faults, *(fault for document in self.documents for fault in document.diagnostics)])

    def told(self) -> "Reading":
        """The same without its documents, which take the most memory, but with all that was to be said of them."""
        return Reading((), self.diagnostics, media=self.media, digests=self.digests)

    def whole(self) -> "Reading":
        """This one: nothing is left to be read."""
        return self

    @property
    def stops(self) -> bool:
        """Whether a problem keeps every package from being written."""
        return any(fault.rule.stops for fault in self.diagnostics)


class Begun:
    """A project of which other processes, where there are any, have begun to read the files."""

    def __init__(self, project: Project, loaded: Iterator[Loaded], each: Callable[[Loaded], None] | None) -> None:
        self._project = project
        self._loaded = loaded
        self._each = each
        self._documents: list[Document] = []
        self._faults = list(project.faults)
        self._digests: dict[str, bytes] = {}
        self._rest = self._read()

    @property
    def documents(self) -> Iterator[Document]:
        """Those that nobody was given yet, as they are read."""
        return self._rest

    def whole(self) -> Reading:
        """The reading, once all files are read. Raises `OtherVersion`."""
        for _ in self._rest:
            pass
        return Reading(tuple(self._documents), tuple(self._faults), digests=self._digests)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every problem that reading finds."""
        return self.whole().diagnostics

    def _read(self) -> Iterator[Document]:
        told: set[str] = set()  # a folder's name is said to change once
        for loaded in self._loaded:
            self._digests[loaded.file.shown] = loaded.digest
            document = loaded.document
            if document is None:
                self._faults += loaded.faults
            else:
                document = _untold(document, told)
                told.update(fault.message for fault in document.diagnostics if fault.rule is Rule.CLEANED_NAME)
                if not document.records and not document.diagnostics:
                    hint = "see docs/notes.md for the forms a record is written in"
                    fault = Diagnostic.of_file(loaded.file.shown, Rule.NO_RECORDS, "this file holds no record", hint)
                    document = replace(document, diagnostics=(fault,))
                document = settle(with_faults(document, loaded.faults), self._project.config.rules)
                self._documents.append(document)
            if self._each:
                self._each(loaded)
            if document is not None:
                yield document


def begin(
    project: Project,
    reader: str = "",
    each: Callable[[Loaded], None] | None = None,
    *,
    store: Store | None = None,
    executor: Executor | None = None,
) -> Begun:
    """Begin to read all files; ``each`` is called after every one. ``reader`` forces a reader by name.

    ``store`` keeps what was read, for the next time. ``executor``, any of `concurrent.futures`, has workers that read.
    """
    return Begun(project, load(project, reader, store=store, executor=executor), each)


def read_project(
    project: Project,
    reader: str = "",
    each: Callable[[Loaded], None] | None = None,
    *,
    store: Store | None = None,
    executor: Executor | None = None,
) -> Reading:
    """The same, to the end. Raises `OtherVersion`."""
    return begin(project, reader, each, store=store, executor=executor).whole()


def _untold(document: Document, told: Collection[str]) -> Document:
    """The document without what was said before of the folder that it lies in."""

    def is_new(fault: Diagnostic) -> bool:
        return fault.rule is not Rule.CLEANED_NAME or bool(fault.line) or fault.message not in told

    if all(map(is_new, document.diagnostics)):
        return document
    return replace(document, diagnostics=tuple(filter(is_new, document.diagnostics)))


def with_faults(document: Document, faults: Iterable[Diagnostic]) -> Document:
    """The document with more that is wrong with it."""
    return replace(document, diagnostics=(*document.diagnostics, *faults))
