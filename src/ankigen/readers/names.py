"""Deck names and tags as Anki accepts them, made from what people write.

Anki nests both with ``::``. A tag ends at any space; a deck name's parts may hold spaces, but not at their ends.
"""

import re
from functools import lru_cache
from unicodedata import normalize

__all__ = ["CHANGE_HINT", "below", "change_of", "clean_deck", "clean_tag", "nest", "tag_of_headings"]

CHANGE_HINT = "write it that way here too"
"""What to do about a name that :func:`change_of` tells of."""

_SPACE = re.compile(r"\s+")
_REFUSED = re.compile(r'["\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]')


def clean_deck(name: str) -> str:
    """The deck name as Anki will spell it; may come out empty.

    Without control characters and quotes, which Anki drops, without empty levels, which it would call "blank", and
    without spaces around a level. A ``/`` does not nest: it may be part of a name, as in TCP/IP.
    """
    parts = (_SPACE.sub(" ", _REFUSED.sub(" ", part)).strip(" :") for part in normalize("NFC", name).split("::"))
    return "::".join(part for part in parts if part)


def clean_tag(tag: str) -> str:
    """The tag as Anki will spell it: no ``#`` in front, ``_`` for spaces and ``::`` for ``/``; may come out empty."""
    name = _SPACE.sub("_", _REFUSED.sub(" ", normalize("NFC", tag)).strip().removeprefix("#"))
    parts = (part.strip(":_") for part in name.replace("/", "::").split("::"))
    return "::".join(part for part in parts if part)


def change_of(name: str, clean: str) -> str:
    """What ``name`` has to lose to be the deck or tag ``clean``: said for its author, empty if nothing of note."""
    levels = name.strip().removeprefix("#").split("::")
    if _REFUSED.search(name):
        lost = "quotes or control characters"
    elif len(levels) > 1 and not all(level.strip(" :_") for level in levels):
        lost = "empty levels"
    else:
        return ""
    return f"Anki takes no {lost} in a name: " + (f"it becomes {clean}" if clean else "nothing is left of it")


def nest(*names: str) -> str:
    """A deck below another; empty names fall away."""
    return "::".join(name for name in names if name)


def below(above: str, deck: str) -> str:
    """``deck`` as a deck below ``above``, which it may name itself already."""
    return deck if f"{deck}::".casefold().startswith(f"{above}::".casefold()) else nest(above, deck)


@lru_cache(maxsize=256)  # the records of a section have the same
def tag_of_headings(headings: tuple[str, ...]) -> str:
    """The tag that stands for a path of headings. A slash or colons in a heading do not nest."""
    return "::".join(filter(None, (clean_tag(h.replace("::", ":").replace("/", "-")) for h in headings)))
