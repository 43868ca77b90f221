"""What is made ready at its first use: modules that libraries import without need, and patterns that few notes need."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["later", "pattern"]


@contextmanager
def later(*names: str, **others: ModuleType) -> Iterator[None]:
    """Within, ``import name`` gives a module that is imported when it is used, or of ``others`` the one in its place.

    Modules that have been imported are not touched, and nothing is left of it for imports elsewhere.
    """
    asked: dict[str, ModuleType] = {name: _Later(name) for name in names} | others
    standing = {name: module for name, module in asked.items() if name not in sys.modules}
    sys.modules.update(standing)
    try:
        yield
    finally:
        for name, module in standing.items():
            _forget(name, module)


class _Later(ModuleType):
    """A module that is imported when it is asked for anything."""

    def __getattr__(self, attribute: str) -> Any:
        _forget(self.__name__, self)
        return getattr(import_module(self.__name__), attribute)


def _forget(name: str, module: ModuleType) -> None:
    if sys.modules.get(name) is module:
        del sys.modules[name]


if TYPE_CHECKING:
    from re import compile as pattern
else:

    class pattern:  # noqa: N801 - it is called as `re.compile` is
        """Like `re.compile`, at the first use: for a pattern that takes long to compile, and that few builds use."""

        def __init__(self, written: str, flags: int = 0) -> None:
            self._written = written, flags

        def __getattr__(self, name: str) -> Any:
            value = getattr(re.compile(*self._written), name)
            setattr(self, name, value)  # so that it costs nothing from now on
            return value
