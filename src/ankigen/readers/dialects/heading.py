"""Headings as cards, as mdanki and Anki for VS Code read them: ``#`` is the deck, ``##`` a front, its text the back.

https://github.com/ashlinchak/mdanki and https://github.com/jasonwilliams/anki - ``%`` alone on a line ends a front of
several lines; ``[#tag]()`` at the start of a line names tags. A gap ``{{c1::...}}`` in the front makes it a cloze,
which keeps its back, other than there. The originals also take front matter, the text above the first ``##`` and a
``##`` in a block of code for cards; this reader does not.
"""

import re
from collections.abc import Sequence

from ankigen.readers.dialects.page import Found, Line, Page, heading_text, joined, runs_from, trimmed
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_heading"]

_TITLE = re.compile(r"#[ \t]")
_FRONT = re.compile(r"##(?:[ \t]|$)")
_TAGS = re.compile(r"\[#.*\]")
_TAG = re.compile(r"\[#([^\]]+)\]")
_GAP = re.compile(r"\{\{c\d+::")


def read_heading(source: Source, settings: Settings) -> Document:
    """The records of a file whose headings are cards."""
    page = Page(source, settings)
    fronts = [at for at, line in enumerate(page.lines) if _FRONT.match(line.mask)]
    above = page.lines[: fronts[0]] if fronts else page.lines
    title = next((line for line in above if _TITLE.match(line.mask)), None)
    deck = heading_text(title.text) if title else ""
    found = [_record(lines, deck) for lines in runs_from(page.lines, fronts)]
    return page.document("heading", found, [title.number] if title else ())


def _record(lines: Sequence[Line], deck: str) -> Found:
    heading, *rest = trimmed(lines)
    split = next((at for at, line in enumerate(rest) if line.mask.rstrip() == "%"), -1)
    front, below = rest[: max(split, 0)], rest[split + 1 :]
    term = "\n\n".join(filter(None, (heading_text(heading.text), joined(front))))
    tags = [tag for line in below if _is_tags(line) for tag in _TAG.findall(line.text)]
    back = joined(line for line in below if not _is_tags(line))
    is_cloze = any(_GAP.search(line.mask) for line in (heading, *front))
    last = (rest[-1] if rest else heading).number
    return Found(heading.number, last, term, back, Kind.CLOZE if is_cloze else None, deck, tuple(tags))


def _is_tags(line: Line) -> bool:
    return not line.is_inside and _TAGS.match(line.text) is not None
