"""Deck names and tags as Anki accepts them, made from what people write.

Anki nests both with ``::``. A tag ends at any space; a deck name's parts may hold spaces, but not at their ends.
"""

import re

__all__ = ["below", "clean_deck", "clean_tag", "nest", "tag_of_headings"]

_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def clean_deck(name: str) -> str:
    """The deck name without empty levels, control characters or spaces around a level; may come out empty."""
    parts = (_SPACE.sub(" ", _CONTROL.sub(" ", part)).strip(" :") for part in name.split("::"))
    return "::".join(part for part in parts if part)


def clean_tag(tag: str) -> str:
    """The tag without ``#`` in front, with ``_`` for spaces and ``::`` for ``/``; may come out empty."""
    name = _SPACE.sub("_", _CONTROL.sub(" ", tag).strip().removeprefix("#"))
    parts = (part.strip(":_") for part in name.replace("/", "::").split("::"))
    return "::".join(part for part in parts if part)


def nest(*names: str) -> str:
    """A deck below another; empty names fall away."""
    return "::".join(name for name in names if name)


def below(above: str, deck: str) -> str:
    """``deck`` as a deck below ``above``, which it may name itself already."""
    return deck if f"{deck}::".casefold().startswith(f"{above}::".casefold()) else nest(above, deck)


def tag_of_headings(headings: tuple[str, ...]) -> str:
    """The tag that stands for a path of headings. A slash or colons in a heading do not nest."""
    return "::".join(filter(None, (clean_tag(h.replace("::", ":").replace("/", "-")) for h in headings)))
