"""Files that are still being written: their names tell by whom, so that those of a killed build can be taken away."""

import os
import re
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

__all__ = ["sweep", "unfinished"]

_NAME = re.compile(r"\.ankigen-([0-9a-f]{8})-(\d+)-[0-9a-f]{16}\.tmp")
_STALE = 24 * 60 * 60  # seconds after which nobody is still writing, whoever it was


def unfinished(path: Path) -> Path:
    """A new name beside ``path``, for what shall take its place."""
    return path.parent / f".ankigen-{_system()}-{os.getpid()}-{os.urandom(8).hex()}.tmp"


def sweep(folders: Iterable[Path]) -> None:
    """Take away what processes that are no more have left in ``folders``; what others are still writing stays."""
    for folder in set(folders):
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if (named := _NAME.fullmatch(entry.name)) and _is_left(entry, named[1], int(named[2])):
                    with suppress(OSError):
                        os.unlink(entry.path)


def _is_left(entry: "os.DirEntry[str]", system: str, process: int) -> bool:
    with suppress(OSError):
        if time.time() - entry.stat(follow_symlinks=False).st_mtime > _STALE:
            return True
    return system == _system() and not _is_running(process)


def _is_running(process: int) -> bool:
    """Whether there is such a process; true where to ask could end it."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it is somebody else's
        return True
    return True


@lru_cache(maxsize=1)
def _system() -> str:
    """What tells this system from others that share a folder, and whose processes have numbers of their own."""
    parts = [os.uname().nodename if hasattr(os, "uname") else ""]
    with suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid"))
    return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
