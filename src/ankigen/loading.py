"""The documents of a project's files: from its cache, or read, in this process or by the workers of an executor.

A document depends on nothing but the bytes of its file, its settings and the program. So it does not matter where it
comes from, and all ways give the same.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from threading import Lock

from ankigen.cache.encoding import DAMAGE, decode, encode
from ankigen.cache.last import digest_of
from ankigen.cache.program import program
from ankigen.cache.store import Store
from ankigen.decoding import decode as decode_text
from ankigen.diagnostics import Diagnostic
from ankigen.frozen import dataclass
from ankigen.project import Project, SourceFile, load_bytes
from ankigen.readers import read_source
from ankigen.readers.registry import is_built_in
from ankigen.readers.settings import Settings
from ankigen.records import Document
from ankigen.source import Source

__all__ = ["Loaded", "OtherVersion", "load", "unread"]

_BATCH = 64 * 1024  # characters that a worker is sent at once: some 50 ms of work, so that no worker waits long
_AHEAD = 3  # batches that a worker has before it: one that it reads, and more before this process can send others
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
    """Every file of ``project``, in order. ``reader`` forces a reader by name. The workers begin at once.

    Raises `OtherVersion`, and what a faulty reader of another package raises.
    """
    batches = _Batches(executor) if executor else None
    files = zip(range(len(project.files) - 1, -1, -1), project.files, strict=True)
    begun = (_begun(project, file, reader, store, batches, left) for left, file in files)
    under_way = deque(islice(begun, _WINDOW if batches else 0))
    return _in_order(under_way, begun, batches)


def _in_order(
    under_way: deque[Callable[[], Loaded]], begun: Iterator[Callable[[], Loaded]], batches: "_Batches | None"
) -> Iterator[Loaded]:
    for one in begun:
        under_way.append(one)
        yield under_way.popleft()()
    if batches:
        batches.send()
    while under_way:
        yield under_way.popleft()()


def unread(project: Project, reader: str = "", store: Store | None = None, *, enough: int) -> int:
    """About how many bytes of notes ``store`` does not have, and would have to be read; counted until ``enough``."""
    size = 0
    for file in project.files:
        if size >= enough:
            break
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
    """Texts that are read together: by a worker, and then ``future`` is what comes back, or here."""

    def __init__(self) -> None:
        self.texts: list[tuple[Source, Settings]] = []
        self.size = 0
        self.future: Future[list[bytes]] | None = None
        self._here: list[Document] | None = None

    def read(self) -> None:
        """Read the texts here."""
        self._here = [read_source(source, settings) for source, settings in self.texts]

    @property
    def is_done(self) -> bool:
        """Whether `document` answers at once."""
        return self._here is not None or (self.future is not None and self.future.done())

    def document(self, at: int) -> tuple[Document, bytes | None]:
        """The document of a text, and how a worker has encoded it."""
        source, settings = self.texts[at]
        if self._here is not None:
            return self._here[at], None
        assert self.future is not None  # noqa: S101 - whatever waits for no worker has been read here
        try:
            encoded = self.future.result()[at]
        except BrokenExecutor:  # a worker was ended, perhaps for want of memory: what it had to do is done here
            return read_source(source, settings), None
        return decode(encoded, source), encoded


class _Batches:
    """Sends texts to the workers of an executor, several at once.

    A pool of this machine is sent only enough to be busy: whenever this process would wait, it reads what is left
    itself. A cluster is sent all there is.
    """

    def __init__(self, executor: Executor) -> None:
        from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor  # slow to import

        self._executor = executor
        self._reads_too = self._is_first = isinstance(executor, ThreadPoolExecutor | ProcessPoolExecutor)
        self._code = "" if self._reads_too else code()
        self._next = _Batch()
        self._waiting: deque[_Batch] = deque()
        self._free = _AHEAD * executor._max_workers if self._reads_too else 0  # type: ignore[attr-defined]
        self._lock = Lock()  # a pool says from another thread that a batch is done

    def add(self, source: Source, settings: Settings, left: int) -> Callable[[], tuple[Document, bytes | None]]:
        """What gives the document of ``source``, and how a worker has encoded it; ``left`` files may come after it."""
        batch, at = self._next, len(self._next.texts)
        batch.texts.append((source, settings))
        batch.size += len(source.text)
        if self._is_first:  # read here: what that imports and prepares, processes that are copies of this one have
            self._is_first, self._next = False, _Batch()
            batch.read()
        elif batch.size >= _BATCH or len(batch.texts) > left // _ENDING:  # small ones last: nobody waits long
            self.send()

        def result() -> tuple[Document, bytes | None]:
            if batch is self._next:
                self.send()
            while not batch.is_done and (other := self._unsent()):
                other.read()
            return batch.document(at)

        return result

    def send(self) -> None:
        """Send what has come together, once a worker wants it."""
        if self._next.texts:
            with self._lock:
                self._waiting.append(self._next)
            self._next = _Batch()
            self._submit()

    def _unsent(self) -> _Batch | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _submit(self, done: object = None) -> None:
        """Send the next batch, if a worker has nothing to do; ``done`` is the future of one that it has done."""
        with self._lock:
            self._free += done is not None
            if not self._waiting or (self._reads_too and not self._free):
                return
            batch = self._waiting.popleft()
            texts = [(source.path, source.text, settings) for source, settings in batch.texts]
            try:
                batch.future = self._executor.submit(read_batch, self._code, texts)
            except BrokenExecutor as error:
                batch.future = Future()
                batch.future.set_exception(error)
                return
            self._free -= 1
        if self._reads_too:
            batch.future.add_done_callback(self._submit)


def read_batch(expected: str, texts: Sequence[tuple[str, str, Settings]]) -> list[bytes]:
    """The documents of texts, encoded: what a worker does. Raises `OtherVersion` where it is not of this machine."""
    if expected and code() != expected:
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
