"""The folder of a project's cache, ``.ankigen/cache/``: each entry a file, whole and sealed, or as good as none.

A repository may bring such a folder along, so nothing in it is trusted: entries are JSON, and each bears a seal made
with a key that lies outside of any project. What is damaged, cut off, or sealed with another key is worked out anew.
"""

import hmac
import os
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from ankigen.files import replacing

__all__ = ["FOLDER", "Store", "open_store"]

FOLDER = Path(".ankigen", "cache")
"""Where the entries lie, below the root of a project."""

_LARGEST = 512 * 2**20  # bytes of all entries; those of 100,000 records take about 150 MB
_SEAL = 32  # bytes
_FRESH = 24 * 60 * 60  # seconds: an entry used again within these is not marked as used
_KEY = "ANKIGEN_CACHE_KEY"
_SHORTEST_KEY = 16  # bytes


class Store:
    """Entries by name, in ``folder``. ``damaged`` counts those that were there and could not be used."""

    def __init__(self, folder: Path, key: bytes, largest: int = _LARGEST, *, may_write: bool = True) -> None:
        self._folder = folder
        self._key = key
        self._largest = largest
        self._written = False
        self._may_write = may_write
        self.damaged = 0

    def get(self, name: str) -> bytes | None:
        """What was kept under ``name``, if it is whole."""
        path = self._folder / name
        try:
            with open(path, "rb") as stream:
                status = os.fstat(stream.fileno())
                if status.st_size > self._largest:
                    raise OSError
                data = stream.read()
        except FileNotFoundError:
            return None
        except OSError:
            self.damaged += 1
            return None
        seal, content = data[:_SEAL], data[_SEAL:]
        if not hmac.compare_digest(seal, self._seal(name, content)):
            self.damaged += 1
            return None
        if self._may_write and time.time() - status.st_mtime > _FRESH:
            with suppress(OSError):
                os.utime(path)  # the least recently used goes first
        return content

    def has(self, name: str) -> bool:
        """Whether something is kept under ``name``, whole or not."""
        return os.path.exists(self._folder / name)

    def put(self, name: str, content: bytes) -> None:
        """Keep ``content``; without a word where it cannot be written, for nothing depends on it."""
        if not self._may_write:
            return
        with suppress(OSError):
            if not self._written:
                self._folder.mkdir(parents=True, exist_ok=True)
                if not (self._folder / ".gitignore").exists():
                    (self._folder / ".gitignore").write_text("*\n", "utf-8")
                self._written = True
            with replacing(self._folder / name, is_lasting=False) as stream:
                stream.write(self._seal(name, content) + content)  # one call: a build writes many small files

    def trim(self) -> None:
        """Take away what was not used for longest, down to the bound, if anything was written."""
        if not self._written:
            return
        entries = []
        try:
            with os.scandir(self._folder) as found:
                for entry in found:
                    if entry.name != ".gitignore":
                        status = entry.stat(follow_symlinks=False)
                        entries.append((status.st_mtime_ns, status.st_size, entry.path))
        except OSError:
            return
        size = sum(size for _, size, _ in entries)
        for _, freed, path in sorted(entries):
            if size <= self._largest:
                break
            size -= freed
            Path(path).unlink(missing_ok=True)  # another build may have been first

    def clear(self) -> int:
        """Take all entries away; how many bytes they had. Raises `OSError`."""
        freed = 0
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                freed += path.lstat().st_size
                path.unlink(missing_ok=True)
            self._folder.rmdir()
        return freed

    def _seal(self, name: str, content: bytes) -> bytes:
        digest = blake2b(name.encode(), digest_size=_SEAL, key=self._key)
        digest.update(content)
        return digest.digest()


def open_store(root: Path, *, create: bool = False) -> Store | None:
    """The cache of the project at ``root``; None where there cannot be one.

    Without ``create`` nothing is written, and there has to be one.
    """
    folder = root / FOLDER
    if not create and not folder.is_dir():
        return None
    if not Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(root)):
        return None
    key = _key()
    return Store(folder, key, may_write=create) if key else None


def _key() -> bytes | None:
    """The key of this user: from the environment, so that machines can share a cache, or else made once and kept."""
    told = os.environ.get(_KEY, "").encode("utf-8", "surrogateescape")
    if told:
        return blake2b(told, digest_size=_SEAL).digest() if len(told) >= _SHORTEST_KEY else None
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/.cache")
    path = Path(home, "ankigen", "cache.key")
    try:
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_key(path)
        key = path.read_bytes()
    except (OSError, ValueError):
        return None
    return key if len(key) == _SEAL else None


def _write_key(path: Path) -> None:
    """A new key, which only its owner may read; whoever comes first has made it."""
    temporary = path.with_name(f".{path.name}-{os.urandom(8).hex()}.tmp")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(os.urandom(_SEAL))
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
