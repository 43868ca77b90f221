"""Gaps that a dialect marks in its own way, written as Anki's clozes."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from ankigen.readers.dialects.page import Line

__all__ = ["count_up", "with_gaps"]

_COLONS = re.compile(r"(?<!\\)::")


def with_gaps(lines: Sequence[Line], pattern: re.Pattern[str], number: Callable[[re.Match[str]], int | str]) -> str:
    """The Markdown of ``lines``, each match of ``pattern`` a cloze; empty when there is none.

    The pattern is looked for in the masks. Its group ``gap`` is what is hidden, and ``hint``, if it has one, the hint.
    """
    text = "\n".join(line.text for line in lines)
    mask = "\n".join(line.mask for line in lines)
    parts = list(_parts(text, mask, pattern, number))
    return "".join(parts).strip("\n") if len(parts) > 1 else ""


def count_up() -> Callable[[re.Match[str]], int]:
    """Numbers for gaps that have none of their own: 1, 2, 3 and so on."""
    last = 0

    def next_one(_found: re.Match[str]) -> int:
        nonlocal last
        last += 1
        return last

    return next_one


def _parts(
    text: str, mask: str, pattern: re.Pattern[str], number: Callable[[re.Match[str]], int | str]
) -> Iterator[str]:
    at = 0
    for found in pattern.finditer(mask):
        gap, hint = (
            _written(text, mask, found, name) if name in pattern.groupindex and found[name] is not None else ""
            for name in ("gap", "hint")
        )
        yield text[at : found.start()] + f"{{{{c{number(found)}::{gap}{f'::{hint}' if hint else ''}}}}}"
        at = found.end()
    yield text[at:]


def _written(text: str, mask: str, found: re.Match[str], name: str) -> str:
    """The text of a group, its colons escaped where they would begin a hint, unless Anki's own form says so."""
    start, end = found.span(name)
    if found[0].startswith("{{c"):
        return text[start:end]
    cuts = [start, *(colons.start() for colons in _COLONS.finditer(mask, start, end)), end]
    return "\\".join(text[low:high] for low, high in pairwise(cuts))
