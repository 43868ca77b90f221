"""What works out the entries of a cache: this code, its templates, its libraries and its Python."""

import os
import sys
import zlib
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from ankigen.files import BUILT_IN_TEMPLATES

__all__ = ["program"]


@lru_cache(maxsize=1)
def program() -> bytes:
    """A digest that changes with any part of the program, be it installed anew or edited where it lies.

    Libraries count by the names of their metadata folders, which hold their versions: to read these is far slower.
    """
    digest = blake2b(f"{sys.version}\0{zlib.ZLIB_RUNTIME_VERSION}".encode(), digest_size=16)
    for folder in (Path(__file__).parents[1], BUILT_IN_TEMPLATES):
        for name, size, modified in sorted(_files(str(folder), "")):
            digest.update(f"{name}\0{size}\0{modified}\0".encode("utf-8", "surrogateescape"))
    for name in sorted(_libraries()):
        digest.update(f"{name}\0".encode("utf-8", "surrogateescape"))
    return digest.digest()


def _files(folder: str, below: str) -> Iterator[tuple[str, int, int]]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files(entry.path, f"{below}{entry.name}/")
        else:
            status = entry.stat()
            yield f"{below}{entry.name}", status.st_size, status.st_mtime_ns


def _libraries() -> Iterator[str]:
    for place in dict.fromkeys(sys.path):
        try:
            names = os.listdir(place or ".")
        except OSError:  # a zip archive, or no folder at all
            continue
        yield from (name for name in names if name.endswith((".dist-info", ".egg-info")))
