"""Obsidian Spaced Repetition: ``Q::A``, ``Q:::A``, ``?`` and ``??`` on a line of their own, and highlights as gaps.

https://www.stephenmwangi.com/obsidian-spaced-repetition/flashcards/ - a card of several lines, and the text of a
cloze, end at a blank line. A tag ``#flashcards/a/b`` names the deck of all cards below it. Where the plugin takes code,
math or an address for a card, this reader does not.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from ankigen.readers.dialects.gaps import count_up, with_gaps
from ankigen.readers.dialects.page import Found, Line, Page
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_osr"]

_INLINE = re.compile(r"(?<!:)(:::?)(?!:)")
_TAG = re.compile(r"(?:^|(?<=\s))#flashcards(?P<deck>(?:/[\w-]+)*)(?=\s|$)")
_HIGHLIGHT = re.compile(r"==(?P<gap>\S(?:[^=\n]|=(?!=))*?)==")
_KINDS = {"::": Kind.BASIC, ":::": Kind.REVERSED, "?": Kind.BASIC, "??": Kind.REVERSED}


def read_osr(source: Source, settings: Settings) -> Document:
    """The records of a note for Obsidian Spaced Repetition."""
    page = Page(source, settings)
    reader = _Reader()
    for block in _blocks(page.lines):
        reader.read(block)
    return page.document("osr", reader.found, reader.tags)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The runs of lines without a blank one between them."""
    for parts, run in groupby(lines, lambda line: line.parts):
        if not parts:
            yield list(run)


class _Reader:
    def __init__(self) -> None:
        self.found: list[Found] = []
        self.tags: list[int] = []  # lines that hold nothing but the tag of a deck
        self._deck = ""

    def read(self, block: list[Line]) -> None:
        """Take in the lines between two blank ones."""
        above: list[Line] = []
        for at, line in enumerate(block):
            if (mark := line.mask.strip()) in ("?", "??"):
                self._sides(above, block[at + 1 :], line.number, _KINDS[mark])
                return
            if separator := _INLINE.search(line.mask):
                self._gaps(above)
                above = []
                after = block[at + 1 : at + 2]
                last = after[0] if after and after[0].is_left else line  # the schedule stands below
                self._line(line, last.number, separator)
            elif tag := _TAG.fullmatch(line.mask.strip()):
                self._gaps(above)
                above = []
                self._deck = _deck(tag)
                self.tags.append(line.number)
            else:
                above.append(line)
        self._gaps(above)

    def _line(self, line: Line, last: int, separator: re.Match[str]) -> None:
        """``Q::A``"""
        term, deck = self._without_tag(line.text[: separator.start()], line.mask[: separator.start()])
        definition = line.text[separator.end() :]
        kind = _KINDS[separator[1]]
        self.found.append(Found(line.number, last, term.strip(), definition.strip(), kind, deck))

    def _sides(self, above: list[Line], below: list[Line], mark: int, kind: Kind) -> None:
        """What stands above ``?`` and below it."""
        term, deck = self._without_tag(_joined(above, "text"), _joined(above, "mask"))
        first, last = (above[0].number if above else mark), (below[-1].number if below else mark)
        self.found.append(Found(first, last, term, _joined(below, "text"), kind, deck))

    def _gaps(self, lines: list[Line]) -> None:
        """A paragraph with highlights."""
        if lines and (text := with_gaps(lines, _HIGHLIGHT, count_up())):
            term, deck = self._without_tag(text, text)
            self.found.append(Found(lines[0].number, lines[-1].number, term, kind=Kind.CLOZE, deck=deck))

    def _without_tag(self, text: str, mask: str) -> tuple[str, str]:
        """The text without the tag of a deck at its start, and the deck; without one, that of the cards above."""
        tag = _TAG.match(mask.lstrip())
        if not tag:
            return text, self._deck
        start = len(mask) - len(mask.lstrip())
        return text[start + tag.end() :].lstrip(), _deck(tag)


def _deck(tag: re.Match[str]) -> str:
    return tag["deck"].strip("/").replace("/", "::")


def _joined(lines: Sequence[Line], side: str) -> str:
    return "\n".join(getattr(line, side) for line in lines).strip("\n")
