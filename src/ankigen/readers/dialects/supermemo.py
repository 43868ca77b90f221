"""SuperMemo's text of questions and answers: ``Q:`` and ``A:``, and a blank line between two items.

http://wiki.supermemo.org/index.php?title=Data_formats_and_exchange - each further ``Q:`` or ``A:`` is one more line of
its side; ``A1:``, ``A2:`` and so on are wrong answers to choose from, listed here with the right one, in the order of
the alphabet. A line without a label goes on with the one above.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from ankigen.diagnostics import Rule
from ankigen.readers.dialects.page import Found, Line, Page
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_supermemo"]

_LABEL = re.compile(r"(?:(q)|(a)|(a\d+)):", re.IGNORECASE)


def read_supermemo(source: Source, settings: Settings) -> Document:
    """The records of a text for SuperMemo."""
    page = Page(source, settings, has_front=not _LABEL.match(source.line(2)))
    items = (list(run) for parts, run in groupby(page.lines, lambda line: line.parts) if not parts)
    found = [record for item in items for record in _records(page, item)]
    return page.document("supermemo", found)


def _records(page: Page, lines: list[Line]) -> Iterator[Found]:
    """The record of an item, or several where no blank line parts them."""
    sides: dict[str, list[str]] = {}
    first = last = 0
    name = ""
    for line in lines:
        label = _LABEL.match(line.mask)
        if label and label[1] and name not in ("", "Q"):
            yield _found(first, last, sides)
            sides = {}
        if label:
            name = label[0][:-1].upper()
            first = line.number if not sides else first
            sides.setdefault(name, []).append(line.after(label.end()).text)
        elif sides:
            sides[name][-1] += f"\n{line.text}"
        last = line.number
    if "Q" in sides:
        yield _found(first, last, sides)
    elif sides:
        page.fault(Rule.EMPTY_TERM, first, "this answer has no question", "put a line Q: above it")


def _found(first: int, last: int, sides: dict[str, list[str]]) -> Found:
    texts = {name: "  \n".join(lines) for name, lines in sides.items()}
    term, definition = texts.get("Q", ""), texts.get("A", "")
    wrong = [text for name, text in texts.items() if name not in ("Q", "A")]
    if wrong and term:
        term += "\n\n" + "\n".join("- " + text.replace("\n", "\n  ") for text in sorted([definition, *wrong]))
    return Found(first, last, term, definition, Kind.BASIC)
