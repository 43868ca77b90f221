"""Obsidian Spaced Repetition: ``Q::A``, ``Q:::A``, ``?`` and ``??`` on a line of their own, and highlights as gaps.

https://www.stephenmwangi.com/obsidian-spaced-repetition/flashcards/ - a card of several lines, and the text of a
cloze, end at a blank line, or else at ``+++``. A tag ``#flashcards/a/b`` names the deck of all cards below it. Where
the plugin takes code, math or an address for a card, this reader does not.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ankigen.readers.dialects.gaps import count_up, with_gaps
from ankigen.readers.dialects.page import Found, Line, Page
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_osr"]

_INLINE = re.compile(r"(?<!:)(:::?)(?!:)")
_TAG = re.compile(r"(?:^|(?<=\s))#flashcards(?P<deck>(?:/[^\s#/]+)*)(?=\s|#|$)")
_TAGS = re.compile(rf"\s*(?:{_TAG.pattern.replace('?P<deck>', '?:')}\s*)+")
_OF_NOTE = re.compile(r"flashcards(?P<deck>(?:::[^\s]+)?)")
# Clozes may be numbered, or ask for one gap by the letter a among those of all cards; and they may have a hint.
_HIGHLIGHT = re.compile(
    r"==(?:(?P<number>\d+|[ash]+);;)?(?P<gap>(?![\s;])(?:[^=;\n]|=(?!=)|;(?!;))+?)(?:;;(?P<hint>(?:[^=\n]|=(?!=))+?))?(?<!\s)=="
)
_KINDS = {"::": Kind.BASIC, ":::": Kind.REVERSED, "?": Kind.BASIC, "??": Kind.REVERSED}
_END = "+++"


def read_osr(source: Source, settings: Settings) -> Document:
    """The records of a note for Obsidian Spaced Repetition."""
    page = Page(source, settings)
    named = [found for tag in page.settings.tags if (found := _OF_NOTE.fullmatch(tag))]
    reader = _Reader(page, named[0]["deck"].strip(":") if named else None)
    at = 0
    ends = _ends(page.lines)
    while at < len(page.lines):
        if page.lines[at].parts:
            at += 1
        else:
            at = reader.read(at, ends)
    return page.document("osr", reader.with_decks(), reader.own)


def _ends(lines: Sequence[Line]) -> list[int]:
    """For each line, where an answer ends that begins there: at ``+++``, or at a blank line if a mark comes first."""
    ends = [len(lines)] * (len(lines) + 1)
    blank, marked = len(lines), 0
    for at in range(len(lines) - 1, -1, -1):
        mark = lines[at].mask.strip()
        if mark == _END:
            blank, marked = at, at
        elif mark in ("?", "??"):
            marked = 0
        if lines[at].parts:
            blank = at
        ends[at] = marked or blank
    return ends


class _Reader:
    def __init__(self, page: Page, deck: str | None) -> None:
        self.own: list[int] = []  # lines that hold nothing but the tag of a deck, or the end of a card
        self._page = page
        self._found: list[tuple[Found, bool]] = []  # and whether no deck was named above
        self._deck = deck
        self._first: str | None = None

    def with_decks(self) -> list[Found]:
        """All that was found; cards above the first tag are of that deck if the front matter names none."""
        return [replace(found, deck=self._first or "") if is_open else found for found, is_open in self._found]

    def read(self, at: int, ends: Sequence[int]) -> int:
        """Take in the lines from ``at`` to the next blank one; where to go on."""
        lines = self._page.lines
        above: list[Line] = []
        while at < len(lines) and not lines[at].parts:
            line = lines[at]
            if (mark := line.mask.strip()) in ("?", "??"):
                end = ends[at + 1]
                self._sides(above, lines[at + 1 : end], line, _KINDS[mark])
                if end < len(lines) and lines[end].mask.strip() == _END:
                    self.own.append(lines[end].number)
                    end += 1
                return end
            if separator := _INLINE.search(line.mask):
                self._gaps(above)
                above = []
                below = lines[at + 1] if at + 1 < len(lines) else None
                self._line(line, below.number if below and below.is_left else line.number, separator)
            elif mark == _END:
                self._gaps(above)
                above = []
                self.own.append(line.number)
            elif _TAGS.fullmatch(mark):
                self._gaps(above)
                above = [line]
            else:
                above.append(line)
            at += 1
        self._gaps(above)
        return at

    def _line(self, line: Line, last: int, separator: re.Match[str]) -> None:
        """``Q::A``"""
        term, deck = self._without_tags(line.text[: separator.start()], line.mask[: separator.start()])
        definition = line.text[separator.end() :].strip()
        self._add(Found(line.number, last, term.strip(), definition, _KINDS[separator[1]]), deck)

    def _sides(self, above: Sequence[Line], below: Sequence[Line], mark: Line, kind: Kind) -> None:
        """What stands above ``?`` and below it."""
        term, deck = self._without_tags(_joined(above, "text"), _joined(above, "mask"))
        first, last = (
            (above or [mark])[0].number,
            max(mark.number, *(line.number for line in below if not line.parts), 0),
        )
        self._add(Found(first, last, term, _joined(below, "text"), kind), deck)

    def _gaps(self, lines: Sequence[Line]) -> None:
        """A paragraph with highlights; of one without, only the tags are taken."""
        if text := with_gaps(lines, _HIGHLIGHT, _numbers()):
            term, deck = self._without_tags(text, text)
            self._add(Found(lines[0].number, lines[-1].number, term, kind=Kind.CLOZE), deck)
            return
        for line in lines:
            if tag := _TAG.search(line.mask):
                self._deck = _name(tag)
                self._first = self._deck if self._first is None else self._first
            if _TAGS.fullmatch(line.mask):
                self.own.append(line.number)

    def _add(self, found: Found, deck: str | None) -> None:
        named = self._deck if deck is None else deck
        self._found.append((replace(found, deck=named or "", headings=self._page.above(found.first)), named is None))

    def _without_tags(self, text: str, mask: str) -> tuple[str, str | None]:
        """The text without the tags of decks at its start, and the first deck; None when there is no tag."""
        tags = _TAGS.match(mask)
        if not tags:
            return text, None
        found = _TAG.search(mask)
        return text[tags.end() :], _name(found) if found else None


def _name(tag: re.Match[str]) -> str:
    return tag["deck"].strip("/").replace("/", "::")


def _numbers() -> Callable[[re.Match[str]], int]:
    """The numbers of gaps: their own, the place of the letter a, or else counted up."""
    following = count_up()

    def number(found: re.Match[str]) -> int:
        own = found["number"]
        if not own:
            return following(found)
        return int(own) if own.isdecimal() else own.find("a") + 1 or following(found)

    return number


def _joined(lines: Sequence[Line], side: str) -> str:
    return "\n".join(getattr(line, side) for line in lines).strip("\n")
