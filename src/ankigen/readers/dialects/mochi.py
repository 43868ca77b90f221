"""Mochi: a file is a card, its sides parted by ``---``; ``{{gap}}`` and ``{{1::gap}}`` make it a cloze.

https://mochi.cards/docs - gaps without a number are hidden together. The folder is the deck. What follows the second
side is shown below it; a card of one side without gaps is named, for it asks nothing.
"""

import re
from itertools import groupby

from ankigen.readers.dialects.gaps import with_gaps
from ankigen.readers.dialects.page import Found, Page, joined, trimmed
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_mochi"]

_GAP = re.compile(r"(?<![\\{])\{\{(?:c?(?P<number>\d+)::)?(?P<gap>(?:[^{}\n]|\n(?![ \t]*\n))+)\}\}")


def read_mochi(source: Source, settings: Settings) -> Document:
    """The record of a card of Mochi."""
    page = Page(source, settings)
    rules = {line.number for line in page.lines if line.mask.strip() == "---"}
    sides = [
        trimmed(list(run)) for is_rule, run in groupby(page.lines, lambda line: line.number in rules) if not is_rule
    ]
    full = [side for side in sides if side]
    if not full:
        return page.document("mochi", (), rules)
    front, *rest = full
    text = with_gaps(front, _GAP, lambda gap: gap["number"] or 1)
    back = "\n\n".join(map(joined, rest))
    kind = Kind.CLOZE if text else None
    found = Found(front[0].number, full[-1][-1].number, text or joined(front), back, kind, page.folder)
    return page.document("mochi", [found], rules)
