"""Deck names and tags as Anki accepts them, made from what people write.

Anki nests both with ``::``. A tag ends at any space; a deck name's parts may hold spaces, but not at their ends.
"""

import re
from unicodedata import normalize

__all__ = ["below", "clean_deck", "clean_tag", "lost_of", "nest", "tag_of_headings"]

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


def lost_of(name: str) -> str:
    """What a name has to lose to be a deck or tag: said for its author, empty when that is nothing of note."""
    if _REFUSED.search(name):
        return "quotes or control characters"
    levels = name.strip().removeprefix("#").split("::")
    return "empty levels" if len(levels) > 1 and not all(level.strip(" :_") for level in levels) else ""


def nest(*names: str) -> str:
    """A deck below another; empty names fall away."""
    return "::".join(name for name in names if name)


def below(above: str, deck: str) -> str:
    """``deck`` as a deck below ``above``, which it may name itself already."""
    return deck if f"{deck}::".casefold().startswith(f"{above}::".casefold()) else nest(above, deck)


def tag_of_headings(headings: tuple[str, ...]) -> str:
    """The tag that stands for a path of headings. A slash or colons in a heading do not nest."""
    return "::".join(filter(None, (clean_tag(h.replace("::", ":").replace("/", "-")) for h in headings)))
