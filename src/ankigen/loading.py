"""The documents of a project's files: from its cache, or read, in this process or by the workers of an executor.

A document depends on nothing but the bytes of its file, its settings and the program. So it does not matter where it
comes from, and all ways give the same.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from ankigen.cache.encoding import DAMAGE, decode, encode
from ankigen.cache.last import digest_of
from ankigen.cache.program import program
from ankigen.cache.store import Store
from ankigen.decoding import decode as decode_text
from ankigen.diagnostics import Diagnostic
from ankigen.project import Project, SourceFile, load_bytes
from ankigen.readers import read_source
from ankigen.readers.registry import is_built_in
from ankigen.readers.settings import Settings
from ankigen.records import Document
from ankigen.source import Source

__all__ = ["Loaded", "OtherVersion", "load", "unread"]

_BATCH = 64 * 1024  # characters that a worker is sent at once: some 50 ms of work, so that no worker waits long
_ENDING = 16  # of the files that are left, this part is sent at once, where that is less
_WINDOW = 256  # files under way at once: what is read ahead of its turn takes memory


class OtherVersion(Exception):
    """The workers of an executor run another version of this program, and could read notes differently."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's document, None if it cannot be read; what is wrong with the file; and the digest of its bytes."""

    file: SourceFile
    document: Document | None
    faults: tuple[Diagnostic, ...] = ()
    digest: bytes = b""


def load(
    project: Project, reader: str = "", *, store: Store | None = None, executor: Executor | None = None
) -> Iterator[Loaded]:
    """Every file of ``project``, in order. ``reader`` forces a reader by name.

    Raises `OtherVersion`, and what a faulty reader of another package raises.
    """
    under_way: deque[Callable[[], Loaded]] = deque()
    batches = _Batches(executor) if executor else None
    for left, file in zip(range(len(project.files) - 1, -1, -1), project.files, strict=True):
        under_way.append(_begun(project, file, reader, store, batches, left))
        while len(under_way) > (_WINDOW if batches else 0):
            yield under_way.popleft()()
    if batches:
        batches.send()
    while under_way:
        yield under_way.popleft()()


def unread(project: Project, reader: str = "", store: Store | None = None) -> int:
    """About how many bytes of notes ``store`` does not have, and would have to be read."""
    size = 0
    for file in project.files:
        data = load_bytes(file)
        if isinstance(data, bytes) and not (store and store.has(_name(project, file, reader, digest_of(data)))):
            size += len(data)
    return size


def _begun(
    project: Project, file: SourceFile, reader: str, store: Store | None, batches: "_Batches | None", left: int
) -> Callable[[], Loaded]:
    """What gives the document of ``file`` when its turn comes; ``left`` files come after it."""
    data = load_bytes(file)
    if isinstance(data, Diagnostic):
        fault = data
        return lambda: Loaded(file, None, (fault,))
    digest = digest_of(data)
    source, faults = decode_text(file.shown, data, project.config.encoding)
    if source is None:
        return lambda: Loaded(file, None, faults, digest)
    settings = project.settings(file, reader)
    name = _name(project, file, reader, digest) if store else ""
    if store and (kept := store.get(name)) is not None:
        try:
            document = decode(kept, source)
        except DAMAGE:
            store.damaged += 1
        else:
            return lambda: Loaded(file, document, faults, digest)
    read = batches.add(source, settings, left) if batches else lambda: (read_source(source, settings), None)

    def finish() -> Loaded:
        document, encoded = read()
        if store and is_built_in(document.reader):  # how another package reads may depend on anything
            store.put(name, encoded or encode(document, source))
        return Loaded(file, document, faults, digest)

    return finish


def _name(project: Project, file: SourceFile, reader: str, digest: bytes) -> str:
    """The name of what is kept of a file: another one with any change of what its document depends on."""
    settings = (file.shown, project.settings(file, reader), project.config.encoding)
    parts = program() + digest + repr(settings).encode("utf-8", "surrogatepass")
    return f"{blake2b(parts, digest_size=20).hexdigest()}.json"


class _Batch:
    """Texts that are sent to a worker together; once they are, ``future`` is what comes back."""

    def __init__(self) -> None:
        self.texts: list[tuple[Source, Settings]] = []
        self.size = 0
        self.future: Future[list[bytes]] | None = None
        self._here: list[Document] | None = None

    def take_back(self) -> bool:
        """Read the texts here, unless a worker is at them or has been."""
        if self.future and not self.future.cancel():
            return False
        self._here = [read_source(source, settings) for source, settings in self.texts]
        return True

    @property
    def is_done(self) -> bool:
        """Whether `document` answers at once."""
        return self._here is not None or (self.future is not None and self.future.done())

    def document(self, at: int) -> tuple[Document, bytes | None]:
        """The document of a text, and how a worker has encoded it."""
        source, settings = self.texts[at]
        if self._here is not None:
            return self._here[at], None
        assert self.future is not None  # noqa: S101 - `_Batches` sends a batch before it asks
        try:
            encoded = self.future.result()[at]
        except BrokenExecutor:  # a worker was ended, perhaps for want of memory: what it had to do is done here
            return read_source(source, settings), None
        return decode(encoded, source), encoded


class _Batches:
    """Sends texts to the workers of an executor, several at once.

    While it waits for them, this process reads too what none of them has begun. Only executors of Python itself say
    what that is: those of a cluster let work be cancelled that is nearly done.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._reads_too = isinstance(executor, ThreadPoolExecutor | ProcessPoolExecutor)
        self._code = code()
        self._next = _Batch()
        self._sent: deque[_Batch] = deque()  # and perhaps not begun

    def add(self, source: Source, settings: Settings, left: int) -> Callable[[], tuple[Document, bytes | None]]:
        """What gives the document of ``source``, and how a worker has encoded it; ``left`` files may come after it."""
        batch, at = self._next, len(self._next.texts)
        batch.texts.append((source, settings))
        batch.size += len(source.text)
        if batch.size >= _BATCH or len(batch.texts) > left // _ENDING:  # small ones last: nobody waits long for another
            self.send()

        def result() -> tuple[Document, bytes | None]:
            if batch is self._next:
                self.send()
            while self._reads_too and self._sent and not batch.is_done:
                self._sent.popleft().take_back()
            return batch.document(at)

        return result

    def send(self) -> None:
        """Send what has come together."""
        if batch := self._next if self._next.texts else None:
            texts = [(source.path, source.text, settings) for source, settings in batch.texts]
            try:
                batch.future = self._executor.submit(read_batch, self._code, texts)
            except BrokenExecutor as error:
                batch.future = Future()
                batch.future.set_exception(error)
            self._sent.append(batch)
            self._next = _Batch()


def read_batch(expected: str, texts: Sequence[tuple[str, str, Settings]]) -> list[bytes]:
    """The documents of texts, encoded: what a worker does. Raises `OtherVersion`."""
    if code() != expected:
        raise OtherVersion("a worker runs another version of ankigen: install the same one everywhere")
    sources = [(Source(path, text), settings) for path, text, settings in texts]
    return [encode(read_source(source, settings), source) for source, settings in sources]


@lru_cache(maxsize=1)
def code() -> str:
    """A digest of the code of this package, which is the same on every machine that has the same version."""
    digest = blake2b(digest_size=16)
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
