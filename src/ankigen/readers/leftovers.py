"""What other programs write beside a card, and what no card shows: their ids, and when it is due.

Obsidian Spaced Repetition keeps a schedule in ``<!--SR:...-->``; others the id of Anki's note in a comment, such as
``<!--ID: 1700000000000-->``; Obsidian itself marks a block with ``^name`` at its end, which some take for that id.
"""

import re
from dataclasses import dataclass

__all__ = ["Leftover", "leftovers"]

_NOTE_ID = r"<!--\s*(?:(?:note|anki)?[_ -]?id|note[_ -]?key|nid|guid)\s*:\s*(?P<id>[^\s>]+?)\s*-->"
_COMMENT = re.compile(rf"{_NOTE_ID}|<!--\s*SR:(?:(?!-->).)*-->", re.IGNORECASE)
_ANCHOR = re.compile(r"(?:^|(?<=\s))\^(?P<id>[A-Za-z0-9-]+)$")
_ANKI_ID = re.compile(r"[0-9]{10,16}")  # milliseconds since 1970, which Anki numbers its notes by


@dataclass(frozen=True, slots=True)
class Leftover:
    """What may be taken out of a line: its place, and the id of Anki's note that it holds, if it does."""

    start: int
    end: int
    is_comment: bool
    id: str | None = None


def leftovers(line: str) -> tuple[Leftover, ...]:
    """What stands in a line, in order; a caller has to know whether a comment or an anchor is one, or only code."""
    found = [Leftover(m.start(), m.end(), True, m["id"]) for m in _COMMENT.finditer(line)] if "<!--" in line else []
    text = line.rstrip()
    for comment in reversed(found):  # an anchor may stand before them
        if comment.end != len(text):
            break
        text = text[: comment.start].rstrip()
    if "^" in text and (anchor := _ANCHOR.search(text)):
        note_id = anchor["id"] if _ANKI_ID.fullmatch(anchor["id"]) else None
        found.append(Leftover(anchor.start(), anchor.end(), False, note_id))
    return tuple(sorted(found, key=lambda left: left.start))
