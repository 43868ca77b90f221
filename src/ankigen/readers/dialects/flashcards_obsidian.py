"""Flashcards for Obsidian: ``Q::A``, headings and lines with ``#card``, highlights as gaps, callouts, and card fences.

https://github.com/reuseman/flashcards-obsidian - a heading with ``#card`` owns all below it up to the next heading of
its level or the next card; a paragraph owns the rest of itself, or else the block that follows. What stands in a card
is no other card.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ankigen.diagnostics import Rule
from ankigen.frozen import dataclass
from ankigen.readers.dialects.gaps import with_gaps
from ankigen.readers.dialects.page import Found, Line, Page, Part
from ankigen.readers.names import below, clean_deck
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_flashcards_obsidian"]

_CARD = re.compile(r"#card(?:[-/](?P<way>reverse|spaced|reminder))?", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_INLINE = re.compile(r"(?<!:)(:::?)(?!:)")
_GAP = re.compile(
    r"(?:==(?=\S)|\{\{c(?P<native>\d+)::|\{c?(?P<number>\d+)::?)"
    r"(?P<gap>(?:[^{}=\n]|=(?!=)|\{[^{}\n]*\})+?)(?(native)\}\}|(?(number)\}|(?<!\s)==))"
)
_CALLOUT = re.compile(r"\s{0,3}>\s?\[!CARD\][+-]?[ \t]*(?::[ \t]*)?", re.IGNORECASE)
_QUOTE = re.compile(r"\s{0,3}>[ \t]?")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")
_FIELD = re.compile(r"(front|back|content|type):(.*)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_KINDS = {"::": Kind.BASIC, ":::": Kind.REVERSED, "basic": Kind.BASIC, "reversed": Kind.REVERSED, "cloze": Kind.CLOZE}


def read_flashcards_obsidian(source: Source, settings: Settings) -> Document:
    """The records of a note for Flashcards for Obsidian."""
    page = Page(source, settings)
    deck = clean_deck(str(page.front.get("cards-deck", "")))
    if deck:
        page.settings = replace(page.settings, deck=below(page.settings.above, deck))
    reader = _Reader(page)
    at = 0
    while at < len(page.parts):
        at = reader.read(at)
    found = [replace(piece, headings=page.above(piece.first)) for piece in reader.found]
    return page.document("flashcards-obsidian", found)


@dataclass(frozen=True, slots=True)
class _Mark:
    """``#card`` at the end of a line, before nothing but other tags: where it begins, and what it says."""

    start: int
    way: str
    tags: tuple[str, ...]


class _Reader:
    def __init__(self, page: Page) -> None:
        self.found: list[Found] = []
        self._page = page
        self._parts = page.parts

    def read(self, at: int) -> int:
        """Take in the block ``at``, and what belongs to it; where to go on."""
        part = self._parts[at]
        if part.kind == "heading":
            return self._heading(at)
        if part.kind == "paragraph":
            return self._paragraph(at)
        if part.kind in ("bullet_list", "ordered_list"):
            self._list(part)
        elif part.kind == "fence" and part.info.strip() == "flashcard":
            self._fence(part)
        elif self._is_callout(part):
            self._callout(part)
        return at + 1

    def _heading(self, at: int) -> int:
        part, line = self._parts[at], self._line(self._parts[at].first)
        if card := _mark(line.mask):
            return self._section(at, at + 1, part.last + 1, card)
        following = self._parts[at + 1] if at + 1 < len(self._parts) else None
        if following and following.kind == "paragraph":
            card = _mark(self._line(following.first).mask.lstrip())
            if card and not card.start:
                return self._section(at, at + 2, following.first + 1, card)
        return at + 1

    def _section(self, at: int, following: int, first: int, card: _Mark) -> int:
        """A heading with all that it owns: the blocks from ``following`` on, the lines from ``first`` on."""
        heading, line = self._parts[at], self._line(self._parts[at].first)
        end = following
        while end < len(self._parts) and not self._ends(self._parts[end], heading.level):
            end += 1
        last = max(self._parts[end - 1].last, first - 1)
        marked = _mark(line.mask)
        front = _HEADING.sub("", line.text[: marked.start] if marked else line.text, count=1)
        self._add(heading.first, last, front.rstrip(" #") if not marked else front, self._page.text(first, last), card)
        return end

    def _ends(self, part: Part, level: int) -> bool:
        if part.kind == "heading" and part.level <= level:
            return True
        return self._is_card(part)

    def _is_card(self, part: Part) -> bool:
        """Whether a block is a card by itself, and so no part of another."""
        if part.kind == "fence":
            return part.info.strip() == "flashcard"
        if part.kind in ("heading", "paragraph"):
            return any(_mark(line.mask) for line in self._lines(part))
        return self._is_callout(part)

    def _paragraph(self, at: int) -> int:
        part = self._parts[at]
        lines = self._lines(part)
        marks = [(number, card) for number, line in enumerate(lines) if (card := _mark(line.mask))]
        if not marks:
            self._text(lines)
            return at + 1
        starts = [number if lines[number].mask[: card.start].strip() else max(number - 1, 0) for number, card in marks]
        self._text(lines[: starts[0]])
        following = at + 1
        for (number, card), start, end in zip(marks, starts, [*starts[1:], len(lines)], strict=True):
            first, last = lines[start].number, lines[end - 1].number
            front = lines[number].text[: card.start].strip() or (lines[start].text if start < number else "")
            if not front and at and self._parts[at - 1].kind == "paragraph" and not self._is_read(self._parts[at - 1]):
                above = self._parts[at - 1]
                first, front = above.first, self._page.text(above.first, above.last)
            answer = "\n".join(line.text for line in lines[number + 1 : end])
            is_open = end == len(lines) and not answer.strip() and card.way not in ("spaced", "reminder")
            beneath = self._parts[following] if is_open and following < len(self._parts) else None
            if beneath and beneath.kind != "heading" and not self._is_card(beneath):
                last = beneath.last
                answer = self._page.text(beneath.first, last)
                following += 1
            self._add(first, last, front, answer, card)
        return following

    def _is_read(self, part: Part) -> bool:
        """Whether the block above holds cards already, and so is no question."""
        return bool(self.found) and self.found[-1].last >= part.first

    def _text(self, lines: Sequence[Line]) -> None:
        """A paragraph without ``#card``: one card, or one a line, or a text with gaps."""
        if not lines:
            return
        cut = [(at, found) for at, line in enumerate(lines) if (found := _separator(line))]
        if len(cut) > 1:
            for at, found in cut:
                line = lines[at]
                self._inline(line.number, line.number, line.text[: found.start()], line.text[found.end() :], found[1])
        elif cut:
            (at, found), line = cut[0], lines[cut[0][0]]
            term = "\n".join([*(above.text for above in lines[:at]), line.text[: found.start()]])
            definition = "\n".join([line.text[found.end() :], *(below.text for below in lines[at + 1 :])])
            self._inline(lines[0].number, lines[-1].number, term, definition, found[1])
        elif text := with_gaps(lines, _GAP, _number):
            self.found.append(Found(lines[0].number, lines[-1].number, text, kind=Kind.CLOZE))

    def _list(self, part: Part) -> None:
        """Each item with ``::`` and what is indented below it; a list without one, but with gaps, is a cloze."""
        lines = self._lines(part)
        items = list(_items(lines))
        for first, last, item, found in items:
            lead = len(item[0])
            answer = "\n".join(
                [lines[first].text[found.end() :].strip(), "", *_dedented(lines[first + 1 : last + 1], lead)]
            )
            term = lines[first].text[item.end() : found.start()]
            self._inline(lines[first].number, lines[last].number, term, answer, found[1])
        if not items and (text := with_gaps(lines, _GAP, _number)):
            self.found.append(Found(part.first, part.last, text, kind=Kind.CLOZE))

    def _fence(self, part: Part) -> None:
        """A block ``flashcard`` of fields."""
        fields: dict[str, str] = {"type": "basic"}
        field = ""
        for number in range(part.first + 1, part.last + 1):
            text = self._page.source.line(number)
            if number == part.last and text.strip().startswith(("```", "~~~")):
                break
            if begun := _FIELD.match(text):
                field = begun[1]
                fields[field] = begun[2].strip()
            elif field:
                fields[field] += f"\n{text}"
        kind, front, back = fields["type"].strip(), fields.get("front", ""), fields.get("back", "").strip("\n")
        if kind == "reminder":
            front = back = fields.get("content", "").strip()
            kind = "basic"
        if kind not in _KINDS:
            message, hint = f"a card cannot be {kind}", "use basic, reversed, cloze or reminder"
            self._page.fault(Rule.INVALID_VALUE, part.first, message, hint)
            return
        if kind == "cloze":
            lines = [Line(part.first, text, text) for text in front.split("\n")]
            front = with_gaps(lines, _GAP, _number) or front
        self.found.append(Found(part.first, part.last, front.strip("\n"), back, _KINDS[kind]))

    def _is_callout(self, part: Part) -> bool:
        return bool(_CALLOUT.match(self._page.source.line(part.first)))

    def _callout(self, part: Part) -> None:
        """``> [!CARD] Q`` and the quoted lines below."""
        first, *rest = self._lines(part)
        title = _CALLOUT.sub("", first.text, count=1)
        self.found.append(Found(part.first, part.last, title, "\n".join(_QUOTE.sub("", x.text, count=1) for x in rest)))

    def _inline(self, first: int, last: int, term: str, definition: str, mark: str) -> None:
        self.found.append(Found(first, last, term.strip(), definition.strip(), _KINDS[mark]))

    def _add(self, first: int, last: int, front: str, answer: str, card: _Mark) -> None:
        if card.way in ("spaced", "reminder"):  # nothing is asked: the card shows its text
            answer = answer.strip() or front
        kind = Kind.REVERSED if card.way == "reverse" else Kind.BASIC
        self.found.append(Found(first, last, front.strip(), answer.strip("\n"), kind, tags=card.tags))

    def _line(self, number: int) -> Line:
        return self._page.line(number)

    def _lines(self, part: Part) -> list[Line]:
        return [self._page.line(number) for number in range(part.first, part.last + 1)]


def _mark(mask: str) -> _Mark | None:
    if "#card" not in mask.lower():
        return None
    found = None
    tags: list[str] = []
    for word in reversed(list(_WORD.finditer(mask))):
        if not word[0].startswith("#"):
            break
        if card := _CARD.fullmatch(word[0]):
            found = _Mark(word.start(), (card["way"] or "").lower(), tuple(reversed(tags)))
        else:
            tags.append(word[0])
    return found


def _separator(line: Line) -> re.Match[str] | None:
    """The first ``::`` of a line that stands in no gap."""
    mask = _GAP.sub(lambda gap: " " * len(gap[0]), line.mask)
    return _INLINE.search(mask)


def _items(lines: Sequence[Line]) -> Iterator[tuple[int, int, re.Match[str], re.Match[str]]]:
    """The items of a list with ``::``: their first and last line, their mark, and the separator."""
    at = 0
    while at < len(lines):
        item = _ITEM.match(lines[at].text)
        found = _separator(lines[at]) if item and not lines[at].is_inside else None
        last = at
        if item and found:
            indent = len(item[0]) - len(item[0].lstrip())
            while last + 1 < len(lines) and _is_below(lines[last + 1], indent):
                last += 1
            while lines[last].is_blank:
                last -= 1
            yield at, last, item, found
        at = last + 1


def _is_below(line: Line, indent: int) -> bool:
    text = line.text
    return not text.strip() or len(text) - len(text.lstrip()) > indent


def _dedented(lines: Sequence[Line], lead: int) -> list[str]:
    leads = [len(line.text) - len(line.text.lstrip()) for line in lines if not line.is_blank]
    least = min([lead, *leads])
    return [line.text[least:] for line in lines]


def _number(found: re.Match[str]) -> str:
    return found["native"] or found["number"] or "1"
