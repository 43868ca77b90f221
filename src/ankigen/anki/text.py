"""Text as Anki stores it: what it would strip from a field, a tag or a deck name is stripped beforehand.

Nothing here raises. Stripping early keeps the cards that are predicted equal to the cards that are made, and
keeps out what aborts a whole import (``\\x1f`` parts the fields) or cannot be encoded (a lone surrogate).
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["clean_deck_name", "clean_field", "clean_tag", "first_field", "is_blank", "is_filled", "join_fields"]

# Measured on 26.9.3: Anki drops ASCII control characters but tab and line feed when it stores a field.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAME_CONTROL = re.compile('[\x00-\x1f\x7f"]')

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_UNFIT_JOINED = re.compile("[\x00-\x08\x0b-\x1e\x7f\ud800-\udfff]")
_BETWEEN = "\x1f"  # fields

# What Anki takes for an empty field: ASCII white space and bare line breaks and divisions. The possessive
# repeat keeps a long blank prefix linear; re.ASCII keeps a dotless i from matching.
_BLANK = re.compile(r"(?:\s|</?(?:br|div) ?/?>)*+", re.ASCII | re.IGNORECASE)
_SHOWS = re.compile(r"[^\W_]|<[^\W_bd]", re.IGNORECASE)  # how nearly all filled fields begin


def clean_field(text: str) -> str:
    """``text`` without control characters (tab and line feed stay), each lone surrogate as U+FFFD."""
    if not _UNFIT.search(text):  # nearly always
        return text
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))


def join_fields(fields: Sequence[str]) -> str:
    """All fields of a note as Anki stores them: cleaned, and with what parts them in between."""
    text = _BETWEEN.join(fields)
    if _UNFIT_JOINED.search(text) or text.count(_BETWEEN) >= len(fields):  # hardly ever
        return _BETWEEN.join(map(clean_field, fields))
    return text


def first_field(joined: str) -> str:
    """The first of fields that were joined."""
    end = joined.find(_BETWEEN)
    return joined if end < 0 else joined[:end]


@lru_cache(maxsize=1 << 12)
def clean_tag(text: str) -> str:
    """One tag: white space, which would split it in two, becomes ``_``; empty when nothing is left."""
    return _NAME_CONTROL.sub("", _SURROGATE.sub("\ufffd", "_".join(text.split())))


def clean_deck_name(name: str) -> str:
    """A deck's full name the way Anki spells it: NFC, each part trimmed, an empty part called ``blank``."""
    name = _NAME_CONTROL.sub("", _SURROGATE.sub("\ufffd", unicodedata.normalize("NFC", name)))
    return "::".join(part.strip() or "blank" for part in name.split("::"))


def is_filled(field: str) -> bool:
    """Whether Anki takes a field for filled, once it has stored it."""
    return field != "" and (_SHOWS.match(field) is not None or not is_blank(clean_field(field)))


def is_blank(field: str) -> bool:
    """Whether Anki takes the stored ``field`` for empty; ``&nbsp;`` and ``<p></p>`` are not."""
    return not field or _BLANK.fullmatch(field) is not None
