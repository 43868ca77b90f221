"""What other programs write beside a card, and what no card shows: their ids, and when it is due.

Obsidian Spaced Repetition keeps a schedule in ``<!--SR:...-->``; others the id of Anki's note in a comment, such as
``<!--ID: 1700000000000-->``; Obsidian itself marks a block with ``^name`` at its end, which some take for that id.
"""

import re
from dataclasses import replace

from ankigen.frozen import dataclass
from ankigen.readers.markdown.mask import COMMENT, mask_of
from ankigen.records import Record
from ankigen.source import Source

__all__ = ["cleaned", "keyed", "without_leftovers"]

_NOTE_ID = r"<!--\s*(?:(?:note|anki)?[_ -]?id|note[_ -]?key|nid|guid)\s*:\s*(?P<id>[^\s<>]+?)\s*-->"
_MARK = re.compile(rf"{_NOTE_ID}|<!--\s*SR:(?:(?!<!--|-->).)*-->", re.IGNORECASE)
# With a letter, or long: `2 ^10` is a number.
_ANCHOR = re.compile(r"(?:^|(?<=\s))\^(?P<id>(?=[A-Za-z0-9-]*[A-Za-z]|[0-9]{10})[A-Za-z0-9-]{2,})$")
_LIKE_ANCHOR = re.compile(r"\^(?<!\S\^)[A-Za-z0-9-]{2,}\s*(?:<!--|$)", re.MULTILINE)
_ANKI_ID = re.compile(r"[0-9]{10,16}")  # milliseconds since 1970, which Anki numbers its notes by


@dataclass(frozen=True, slots=True)
class _Leftover:
    """What is taken out of a line: its place, and the id of Anki's note that it holds, if it does."""

    start: int
    end: int
    id: str | None = None


def cleaned(text: str, mask: str) -> tuple[str, str, str | None]:
    """A line and its mask without what other programs left on it, and the id of a note that was among it."""
    note_id = None
    for left in reversed(_leftovers(text, mask)):
        note_id = left.id or note_id
        start = len(text[: left.start].rstrip())
        text, mask = (whole[:start] + whole[left.end :] for whole in (text, mask))
    return text, mask, note_id


def without_leftovers(source: Source, front: int) -> tuple[Source, dict[int, str]]:
    """The text below ``front`` lines of front matter without leftovers, and the ids by the lines that they belong to.

    Every line keeps its number. An id on a line of its own belongs to the line above.
    """
    lines = source.text.split("\n") if _may_hold(source.text) else []
    if not any(map(_may_hold, lines[front:])):
        return source, {}
    masks = mask_of(source, front).text.split("\n")
    ids: dict[int, str] = {}
    above = 0  # the last line that holds text
    for at, line in enumerate(lines[front:], start=front):
        text, _, note_id = cleaned(line, masks[at]) if _may_hold(line) else (line, "", None)
        above = at + 1 if text.strip() or not line.strip() else above
        if note_id:
            ids.setdefault(above, note_id)
        lines[at] = text
    return Source(source.path, "\n".join(lines)), ids


def keyed(records: tuple[Record, ...], ids: dict[int, str]) -> tuple[Record, ...]:
    """The records; one without a key takes the id on its lines for it."""
    if not ids:
        return records
    return tuple(replace(r, key=_id_of(r, ids)) if r.key is None else r for r in records)


def _id_of(record: Record, ids: dict[int, str]) -> str | None:
    return next((ids[number] for number in range(record.line, record.end_line + 1) if number in ids), None)


def _may_hold(text: str) -> bool:
    """Whether a look at the mask of some lines is worth it, for which the whole text has to be parsed."""
    return ("<!--" in text and _MARK.search(text) is not None) or (
        "^" in text and _LIKE_ANCHOR.search(text) is not None
    )


def _leftovers(line: str, mask: str) -> list[_Leftover]:
    """What stands in a line, in order; in code and math, nothing is left by anybody."""
    found: list[_Leftover] = []
    if "<!--" in line:
        found = [
            _Leftover(m.start(), m.end(), m["id"]) for m in _MARK.finditer(line) if mask.startswith(COMMENT, m.start())
        ]
    text = line.rstrip()
    for comment in reversed(found):  # an anchor may stand before them
        if comment.end != len(text):
            break
        text = text[: comment.start].rstrip()
    anchor = _ANCHOR.search(text) if "^" in text else None
    if anchor and mask[anchor.start() : anchor.end()] == anchor[0]:
        note_id = anchor["id"] if _ANKI_ID.fullmatch(anchor["id"]) else None
        found.append(_Leftover(anchor.start(), anchor.end(), note_id))
    return sorted(found, key=lambda left: left.start)
