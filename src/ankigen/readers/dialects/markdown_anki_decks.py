"""markdown-anki-decks: ``#`` is the deck, ``##`` a question, and what follows the answer.

https://github.com/lukesmurray/markdown-anki-decks - the answer runs to the next question, over other headings.
A question of several lines stands in ``<h2 markdown="block">`` or in an element with ``data-question``. A line of
``#tags`` below the question gives it tags. Other than there, a gap ``{{c1::...}}`` in a question is always a cloze.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from ankigen.readers.dialects.page import Found, Line, Page, heading_text, joined, runs_from, trimmed
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_markdown_anki_decks"]

_OPENING = re.compile(r"<h2\b[^<>]*>|<(?P<tag>\w+)\b[^<>]*\bdata-question\b[^<>]*>")
_CLOSING = re.compile(r"\s*</(\w+)>\s*")
_TITLE = re.compile(r" {0,3}#(?:[ \t]|$)")
_QUESTION = re.compile(r" {0,3}##(?!#)")
_TAGS = re.compile(r"\s*#[\w/:-]+(?:\s+#[\w/:-]+)*\s*")
_GAP = re.compile(r"\{\{c\d+::")


def read_markdown_anki_decks(source: Source, settings: Settings) -> Document:
    """The records of a file for markdown-anki-decks."""
    page = Page(source, settings)
    title = next((line for line in page.lines if _TITLE.match(line.mask)), None)
    deck = heading_text(title.text.strip()) if title else ""
    blocks = dict(_blocks(page))
    inside = {number for first, last in blocks.items() for number in range(first + 1, last + 1)}
    starts = [
        at
        for at, line in enumerate(page.lines)
        if line.number in blocks or (line.number not in inside and _QUESTION.match(line.mask))
    ]
    found = [_record(lines, blocks, deck) for lines in runs_from(page.lines, starts)]
    return page.document("markdown-anki-decks", found, [title.number] if title else ())


def _blocks(page: Page) -> Iterator[tuple[int, int]]:
    """The first and last lines of questions in HTML."""
    ends: dict[str, list[int]] = {}  # the lines that close an element, from the last one
    for line in reversed(page.lines):
        if closing := _CLOSING.fullmatch(line.text):
            ends.setdefault(closing[1], []).append(line.number)
    done = 0
    for part in page.parts:
        opening = _OPENING.fullmatch(page.line(part.first).text.strip()) if part.kind == "html_block" else None
        if not opening or part.first <= done:
            continue
        closings = ends.get(opening["tag"] or "h2", [])
        while closings and closings[-1] <= part.first:
            closings.pop()
        if closings:
            done = closings[-1]
            yield part.first, done


def _record(lines: Sequence[Line], blocks: Mapping[int, int], deck: str) -> Found:
    first, *answer = trimmed(lines)
    question = [first]
    if first.number in blocks:
        question, answer = (
            answer[: blocks[first.number] - first.number - 1],
            answer[blocks[first.number] - first.number :],
        )
    tags = [tag for line in answer if _TAGS.fullmatch(line.mask) for tag in line.text.split()]
    text = joined(line for line in answer if not _TAGS.fullmatch(line.mask))
    term = joined(trimmed(question)) if first.number in blocks else heading_text(first.text.strip())
    kind = Kind.CLOZE if any(_GAP.search(line.mask) for line in question) else None
    return Found(first.number, trimmed(lines)[-1].number, term, text, kind, deck, tuple(tags))
