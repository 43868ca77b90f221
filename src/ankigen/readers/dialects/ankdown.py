"""ankdown: cards parted by ``---``, their fields by ``%``, each alone on a line: front, back, tags.

https://github.com/benwr/ankdown - the third field holds tags, parted by commas or spaces; further ones, which are
dropped there, are shown below the answer. The folder is the deck. Marks in a block of code or math are text here.
"""

import re
from collections.abc import Sequence

from ankigen.readers.dialects.page import Found, Line, Page, joined, runs_between, trimmed
from ankigen.readers.settings import Settings
from ankigen.records import Document
from ankigen.source import Source

__all__ = ["read_ankdown"]


def read_ankdown(source: Source, settings: Settings) -> Document:
    """The records of a file for ankdown."""
    page = Page(source, settings)
    rules = [at for at, line in enumerate(page.lines) if line.mask.strip() == "---"]
    found = [_record(page, lines) for card in runs_between(page.lines, rules) if (lines := trimmed(card))]
    return page.document("ankdown", found, [page.lines[at].number for at in rules])


def _record(page: Page, lines: Sequence[Line]) -> Found:
    fields: list[list[Line]] = [[]]
    for line in lines:
        if line.mask.strip() == "%":
            fields.append([])
        else:
            fields[-1].append(line)
    front, back, tags, *more = (*map(joined, fields), "", "")
    names = re.split(r",", tags) if "," in tags else tags.split()
    definition = "\n\n".join(filter(None, (back, *more)))
    return Found(lines[0].number, lines[-1].number, front, definition, deck=page.folder, tags=tuple(names))
