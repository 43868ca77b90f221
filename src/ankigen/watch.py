"""Told when files of a project are saved: of its notes, pictures, templates, settings and lock file.

The only importer of watchfiles, of the extra `preview`.
"""

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankigen.project import is_project

if TYPE_CHECKING:
    import anyio

__all__ = ["changes", "changes_async"]

_TOGETHER = 50  # milliseconds: a save that touches several files, or one file twice, is one change
_AT_MOST = 400  # milliseconds that a stream of saves may put a change off
_LEFT_OUT = {".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".idea", ".vscode"}
_OUR_OWN = (".apkg", ".tmp", ".swp", ".swx", "~")


def changes(paths: Sequence[Path], left_out: Path | None = None) -> Iterator[set[str]]:
    """The paths of each change, but for those in the folder ``left_out``; until Ctrl-C.

    The first item is empty: it tells that watching has begun. Raises `OSError` where the system watches no more files.
    """
    from watchfiles import watch

    has_begun = False
    fits = _Fits(left_out)
    for found in watch(*_places(paths), watch_filter=fits, **_options(paths), yield_on_timeout=True):
        if not has_begun:
            has_begun = True
            yield set()
        if found:
            yield {path for _, path in found}


async def changes_async(paths: Sequence[Path], stop: "anyio.Event") -> AsyncIterator[None]:
    """One item for each change, until ``stop`` is set. Raises what `changes` raises."""
    from watchfiles import awatch

    async for _ in awatch(*_places(paths), watch_filter=_Fits(None), **_options(paths), stop_event=stop):
        yield


def _options(paths: Sequence[Path]) -> dict[str, Any]:
    is_deep = all(path.is_dir() for path in paths) or _root(paths) is not None
    return {"step": _TOGETHER, "debounce": _AT_MOST, "recursive": is_deep, "rust_timeout": 200}


class _Fits:
    """Which changes count: not those that a build makes, and not those of tools."""

    def __init__(self, left_out: Path | None) -> None:
        self._left_out = os.path.realpath(left_out) if left_out else None

    def __call__(self, _change: object, path: str) -> bool:
        if path.endswith(_OUR_OWN) or os.path.basename(path).startswith("."):
            return False
        parts = Path(path).parts
        if self._left_out and Path(path).is_relative_to(self._left_out):
            return False
        return not _LEFT_OUT.intersection(parts)


def _places(paths: Sequence[Path]) -> list[Path]:
    """What to watch: the project around the paths as a whole; of loose files, their folder alone."""
    root = _root(paths)
    return [root] if root else list(dict.fromkeys(_folders(paths)))


def _root(paths: Sequence[Path]) -> Path | None:
    roots = {next((up for up in (folder, *folder.parents) if is_project(up)), None) for folder in _folders(paths)}
    return roots.pop() if len(roots) == 1 else None


def _folders(paths: Sequence[Path]) -> list[Path]:
    named = [Path(os.path.realpath(path)) for path in paths or [Path()]]
    return [path if path.is_dir() else path.parent for path in named]
