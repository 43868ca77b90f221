"""markdown-anki-decks: ``#`` is the deck, ``##`` a question, and what follows the answer.

https://github.com/lukesmurray/markdown-anki-decks - the answer runs to the next ``##``, over headings of other levels.
A line of ``#tags`` below the question gives it tags. Other than in the original, a gap ``{{c1::...}}`` in a question
makes it a cloze without being asked, and elements with ``data-question`` are none.
"""

import re
from collections.abc import Sequence

from ankigen.readers.dialects.page import Found, Line, Page, heading_text, joined, trimmed
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_markdown_anki_decks"]

_TITLE = re.compile(r" {0,3}#(?:[ \t]|$)")
_QUESTION = re.compile(r" {0,3}##(?:[ \t]|$)")
_TAGS = re.compile(r"\s*#[\w/:-]+(?:\s+#[\w/:-]+)*\s*")
_GAP = re.compile(r"\{\{c\d+::")


def read_markdown_anki_decks(source: Source, settings: Settings) -> Document:
    """The records of a file for markdown-anki-decks."""
    page = Page(source, settings)
    title = next((line for line in page.lines if _TITLE.match(line.mask)), None)
    deck = heading_text(title.text.strip()) if title else ""
    starts = [at for at, line in enumerate(page.lines) if _QUESTION.match(line.mask)]
    found = [
        _record(page.lines[start:end], deck) for start, end in zip(starts, [*starts[1:], len(page.lines)], strict=True)
    ]
    return page.document("markdown-anki-decks", found, [title.number] if title else ())


def _record(lines: Sequence[Line], deck: str) -> Found:
    question, *answer = trimmed(lines)
    tags = [tag for line in answer if _TAGS.fullmatch(line.mask) for tag in line.text.split()]
    text = joined(line for line in answer if not _TAGS.fullmatch(line.mask))
    kind = Kind.CLOZE if _GAP.search(question.mask) else None
    last = (answer[-1] if answer else question).number
    return Found(question.number, last, heading_text(question.text.strip()), text, kind, deck, tuple(tags))
