"""Which files a pattern names: ``*`` is any part of a name, ``**`` any number of folders, ``?`` one character."""

import re
from functools import lru_cache
from unicodedata import normalize

__all__ = ["is_named"]

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANT = {"**/": r"(?:[^/]+/)*", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}


def is_named(path: str, pattern: str) -> bool:
    """Whether ``pattern`` names ``path``, a whole path with ``/`` between its folders."""
    return _pattern(normalize("NFC", pattern)).fullmatch(path) is not None


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    meant = (_MEANT.get(part) or re.escape(part) for part in _PARTS.findall(re.sub(r"\*{3,}", "**", pattern)))
    return re.compile("".join(meant), re.DOTALL)
