"""hashcards: ``Q:`` and ``A:``, or ``C:`` with its gaps in square brackets, each at the start of a line.

https://github.com/eudoxia0/hashcards - a side runs to the next label or to a line ``---``; ``name`` in the front matter
is the deck. Each bracket is a card there, and a gap with a number of its own here. Where the original takes a link for
a gap or a label in a block of code for a card, and gives a whole file up for one fault, this reader does not.
"""

import re
from collections.abc import Sequence

from ankigen.diagnostics import Rule
from ankigen.readers.dialects.gaps import count_up, with_gaps
from ankigen.readers.dialects.page import Found, Line, Page, joined
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_hashcards"]

_LABEL = re.compile(r"[QAC]:")
_GAP = re.compile(r"(?<![\\!])\[(?!\^)(?P<gap>(?:\\.|\n(?![ \t]*\n)|[^\[\]\\\n])+)\]")
_CODE = re.compile(r"`[^`\n]*`")
_ESCAPED = re.compile(r"\\([\[\]])")


def read_hashcards(source: Source, settings: Settings) -> Document:
    """The records of a deck of hashcards."""
    page = Page(source, settings, has_front=not _LABEL.match(source.line(2)))
    found: list[Found] = []
    rules = [line.number for line in page.lines if line.mask.strip() == "---"]
    sides: list[tuple[str, list[Line]]] = []  # the sides of the record in the making, with their labels
    for line in (*page.lines, None):
        label = line.mask[0] if line and _LABEL.match(line.mask) else ""
        ends = line is None or line.mask.strip() == "---"
        if sides and (ends or (label and (label, sides[-1][0]) != ("A", "Q"))):
            found += _record(page, sides)
            sides = []
        if line and label:
            sides.append((label, [line.after(2)]))
        elif line and sides:
            sides[-1][1].append(line)
    return page.document("hashcards", found, rules)


def _record(page: Page, sides: Sequence[tuple[str, list[Line]]]) -> list[Found]:
    (label, lines), *more = sides
    first = lines[0].number
    last = next((line.number for line in reversed(sides[-1][1]) if not line.is_blank), sides[-1][1][0].number)
    deck = page.front.get("name", "")
    deck = deck if isinstance(deck, str) else ""
    if label == "A":
        page.fault(Rule.EMPTY_TERM, first, "this answer has no question", "put a line Q: above it")
        return []
    if label == "Q":
        answer = joined(more[0][1]) if more else ""
        return [Found(first, last, joined(lines), answer, Kind.BASIC, deck)]
    text = with_gaps(lines, _GAP, count_up())
    if not text:
        page.fault(Rule.BROKEN_CLOZE, first, "this cloze has no gap", "put square brackets around what is hidden")
        return []
    # In code, Markdown keeps a backslash; hashcards takes it away before a bracket everywhere.
    text = _CODE.sub(lambda code: _ESCAPED.sub(r"\1", code[0]), text)
    return [Found(first, last, text, kind=Kind.CLOZE, deck=deck)]
