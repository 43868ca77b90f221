"""A source as a dialect sees it: lines, and a mask of what in them is text. What it finds there becomes a document.

A dialect only says which lines are a record and how it is asked. Rendering, the faults of a record, ids that another
program left, and an account of all other lines are the same for every dialect, and stand here.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Any

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.frozen import dataclass
from ankigen.readers.frontmatter import FrontMatter, read_front_matter
from ankigen.readers.ignores import MARK, ignores_in, put_back, without
from ankigen.readers.markdown.blocks import Block, plain_text
from ankigen.readers.markdown.faults import structural_faults
from ankigen.readers.markdown.fragment import render, render_cloze, render_definition
from ankigen.readers.markdown.leftovers import cleaned
from ankigen.readers.markdown.mask import mask_of
from ankigen.readers.names import below, clean_deck, clean_tag, nest, tag_of_headings
from ankigen.readers.settings import Headings, Settings
from ankigen.records import EMPTY, Document, Kind, Record
from ankigen.source import Source, Span

__all__ = ["Found", "Line", "Page", "Part", "heading_text", "joined", "runs_between", "runs_from", "trimmed"]

# What takes the lines below it for code or a comment, so that no card is found among them.
_SWALLOWS = (Rule.UNCLOSED_FENCE, Rule.UNCLOSED_COMMENT, Rule.NESTED_TOO_DEEP)
_GAP = re.compile(r"\{\{c\d+::", re.IGNORECASE)
_TAGS = re.compile(r"(?:^|(?<=\s))#[^\s#]+")
_HASHES = re.compile(r"^#+|[ \t]#+[ \t]*$")
_LEAD = re.compile(r"\A {1,3}(?=\S)")  # which means nothing, but would behind the mark of a definition
_HASHTAG = re.compile(r"#[^\s#]+")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+([^\n]*?)(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_BLOCK = re.compile(r"^(\d*)([-+*>#.):](?=\s|$)|>)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text, and as long as it, its mask, in which all is blanked out that no mark may stand in.

    What other programs left is taken off both. ``id`` is the id of a note among it, and ``is_left`` says that the line
    held nothing else. ``is_inside`` says that it belongs to a block of code, math or HTML.
    """

    number: int
    text: str
    mask: str
    id: str | None = None
    is_left: bool = False
    is_inside: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written on the line."""
        return not self.text.strip()

    @property
    def parts(self) -> bool:
        """Whether it is a blank line that parts what is above from what is below."""
        return self.is_blank and not self.is_left and not self.is_inside

    def after(self, start: int) -> "Line":
        """The line with only its text from ``start`` on, without spaces before it."""
        start = len(self.text) - len(self.text[start:].lstrip())
        return replace(self, text=self.text[start:], mask=self.mask[start:])


@dataclass(frozen=True, slots=True)
class Part:
    """A block of Markdown that stands in no other: its kind as markdown-it names it, its lines from 1, both inclusive.

    ``level`` is that of a heading, ``info`` what stands behind the opening marks of a fence.
    """

    kind: str
    first: int
    last: int
    level: int = 0
    info: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A record as a dialect finds it: the Markdown of its sides, and its lines ``first`` to ``last``, from 1.

    Of a cloze, the term is the whole text, its gaps written as ``{{c1::...}}``. What is empty is as the settings say.
    ``headings`` are those above it, from the outermost, if the dialect lets them count; `Page.above` has them.
    """

    first: int
    last: int
    term: str
    definition: str = ""
    kind: Kind | None = None
    deck: str = ""
    tags: tuple[str, ...] = ()
    key: str | None = None
    hint: str = ""
    note_type: str = ""
    headings: tuple[str, ...] = ()


class Page:
    """The lines of a source below its front matter, and what is wrong with them.

    ``front`` is all that the front matter says, by names in lower case; a dialect that sees that its source has none
    says ``has_front=False``. ``folder`` is the deck of the folder that the source lies in, for dialects in which a file
    is one record; empty when the front matter names a deck.
    """

    def __init__(self, source: Source, settings: Settings, *, has_front: bool = True) -> None:
        front = read_front_matter(source, settings) if has_front else FrontMatter(settings)
        folder = settings.deck.rpartition("::")[0] or settings.above
        self.folder = folder if front.settings.deck == settings.deck else ""
        self.settings = front.settings
        self.front: Mapping[str, Any] = front.values
        self.diagnostics: list[Diagnostic] = list(front.diagnostics)
        self._written = source
        mask = mask_of(source, front.end_line)
        self._ignores = tuple(ignores_in(source, front.end_line + 1, mask.inside)) if MARK in source.text else ()
        if self._ignores:
            source = without(source, self._ignores)
            mask = mask_of(source, front.end_line)
        self.source = source
        masks = mask.text.split("\n")
        self._targets = mask.targets
        self._front = front.end_line
        self.lines = tuple(
            _line(Line(number, source.line(number), masks[number - 1], is_inside=number in mask.inside))
            for number in range(front.end_line + 1, source.line_count + 1)
        )
        tokens = [token for block in mask.blocks for token in block.tokens]
        self.diagnostics += (fault for fault in structural_faults(source, tokens) if fault.rule in _SWALLOWS)
        self.parts = tuple(self._part(block) for block in mask.blocks)
        self._headings = tuple(_paths(mask.blocks))

    def line(self, number: int) -> Line:
        """Line ``number``, from 1, below the front matter."""
        return self.lines[number - self._front - 1]

    def text(self, first: int, last: int) -> str:
        """The Markdown of the lines ``first`` to ``last``, from 1, without blank lines at its ends."""
        lines = (line.text for line in self.lines[first - self._front - 1 : last - self._front])
        return "\n".join(lines).strip("\n")

    def above(self, number: int) -> tuple[str, ...]:
        """The headings that line ``number`` stands under, from the outermost, as plain text."""
        at = bisect_left(self._headings, number, key=lambda heading: heading[0])
        if at < len(self._headings) and self._headings[at][0] == number:  # a heading stands under those around it
            return self._headings[at][1][:-1]
        return self._headings[at - 1][1] if at else ()

    def fault(self, rule: Rule, number: int, message: str, hint: str) -> None:
        """Say what is wrong with a line."""
        start = self.source.offset(number)
        end = start + len(self.source.line(number))
        self.diagnostics.append(Diagnostic.at(self.source, rule, start, message, hint, end))

    def document(self, reader: str, found: Iterable[Found], chrome: Collection[int] = ()) -> Document:
        """The records of ``found``, in source order. Lines in ``chrome`` are the dialect's, all others are prose."""
        pieces = sorted(found, key=lambda piece: (piece.first, piece.last))
        records = tuple(record for piece in pieces if (record := self._record(piece)))
        used = {number for record in records for number in range(record.line, record.end_line + 1)}
        own = {*chrome, *(line.number for line in self.lines if line.is_left)} - used
        written = {line.number for line in self.lines if not line.is_blank} - {fault.line for fault in self.diagnostics}
        document = Document(
            self.source,
            reader,
            records,
            tuple(self.diagnostics),
            prose=tuple(self.source.runs(written - used - own)),
            chrome=tuple(self.source.runs(own)),
        )
        return put_back(document, self._written, self._ignores) if self._ignores else document

    def _record(self, piece: Found) -> Record | None:
        """The record, or None and a fault that says what it lacks."""
        kind = piece.kind or self.settings.kind
        faults: list[Diagnostic] = []
        how: dict[str, Any] = {"targets": self._targets, "unsafe_html": self.settings.unsafe_html, "faults": faults}
        asked = _escaped(_without_headings(piece.term), is_cloze=kind is Kind.CLOZE)
        answer = _LEAD.sub("", _escaped(piece.definition), count=1)
        term, footnotes = render_cloze(asked, **how) if kind is Kind.CLOZE else (render(asked, **how), EMPTY)
        definition, items, ordered = render_definition(answer, **how)
        definition = definition or footnotes
        for fault in faults:
            self.fault(fault.rule, piece.first, fault.message, fault.hint)
        if not term.html:
            self.fault(Rule.EMPTY_TERM, piece.first, "this record has no term", "write it, or take the mark away")
            return None
        if kind is Kind.CLOZE and not _GAP.search(term.html):
            message, hint = (
                "this is to be a cloze, but has no gap",
                "mark what to hide, or take the mark of a cloze away",
            )
            self.fault(Rule.BROKEN_CLOZE, piece.first, message, hint)
            return None
        if not definition.html and kind is not Kind.CLOZE:
            message = "this term has no definition"
            self.fault(Rule.EMPTY_DEFINITION, piece.first, message, "write it, or take the mark away")
            return None
        deck, tags = self._place(piece)
        start, end = self.source.offset(piece.first), self.source.lines_span(piece.last, piece.last).end
        return Record(
            term=term,
            definition=definition,
            path=self.source.path,
            line=piece.first,
            end_line=piece.last,
            span=Span(start, end),
            kind=kind,
            items=items,
            ordered=ordered,
            deck=deck,
            tags=tags,
            key=piece.key or self._id(piece),
            hint=piece.hint,
            note_type=piece.note_type or self.settings.note_type,
            theme=self.settings.theme,
        )

    def _place(self, piece: Found) -> tuple[str, tuple[str, ...]]:
        """The deck and the tags of a record: its own, those of the settings, and what its headings give it."""
        named = clean_deck(piece.deck)
        deck = below(self.settings.above, named) if named else self.settings.deck
        tags = [*self.settings.tags]
        if piece.headings and self.settings.headings is Headings.TAGS:
            tags.append(tag_of_headings(piece.headings))
        elif piece.headings and self.settings.headings is Headings.DECK and not named:
            deck = nest(deck, *(name.replace("::", ":") for name in piece.headings))
        tags += map(clean_tag, piece.tags)
        return deck, tuple(dict.fromkeys(filter(None, tags)))

    def _id(self, piece: Found) -> str | None:
        lines = self.lines[piece.first - self._front - 1 : piece.last - self._front]
        return next((line.id for line in lines if line.id), None)

    def _part(self, block: Block) -> Part:
        first, last = block.first + 1, block.last
        while last > first and self.line(last).parts:
            last -= 1
        token = block.tokens[0]
        return Part(block.type, first, last, int(token.tag[1:]) if block.type == "heading" else 0, token.info)


def _paths(blocks: Iterable[Block]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each heading's line, from 1, and its text without tags below those of the headings above it."""
    path: list[tuple[int, str]] = []
    for block in blocks:
        if block.type == "heading":
            level = int(block.tokens[0].tag[1:])
            while path and path[-1][0] >= level:
                path.pop()
            path.append((level, _TAGS.sub("", plain_text(block.inline.children or ())).strip()))
            yield block.first + 1, tuple(name for _, name in path)


def joined(lines: Iterable[Line]) -> str:
    """The Markdown of ``lines``."""
    return "\n".join(line.text for line in lines).strip("\n")


def heading_text(text: str) -> str:
    """What a heading shows, as Markdown that is a paragraph: ``## 1. Oslo ##`` begins no list."""
    return _BLOCK.sub(r"\1\\\2", _HASHES.sub("", text).strip())


def runs_from(lines: Sequence[Line], starts: Sequence[int]) -> list[Sequence[Line]]:
    """The lines from each index in ``starts`` to the next one, the last run to the end."""
    return [lines[start:end] for start, end in pairwise((*starts, len(lines)))]


def runs_between(lines: Sequence[Line], rules: Sequence[int]) -> list[Sequence[Line]]:
    """The lines between those at the indices in ``rules``, with those above the first and below the last."""
    return [lines[start + 1 : end] for start, end in pairwise((-1, *rules, len(lines)))]


def trimmed(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without blank ones at their ends."""
    full = [at for at, line in enumerate(lines) if not line.is_blank]
    return lines[full[0] : full[-1] + 1] if full else ()


def _without_headings(term: str) -> str:
    """A term without headings, which notes would take for sections: they are bold above text, or all of the term."""
    if "#" not in term:
        return term
    lines: list[str] = []
    fence = ""
    for line in term.split("\n"):
        if opening := _FENCE.match(line):
            fence = opening[1] if not fence else "" if opening[1].startswith(fence) else fence
        heading = None if fence else _HEADING.fullmatch(line)
        lines += [f"**{heading[1]}**", ""] if heading else [line]
    if len(lines) == 2 and not lines[1]:
        return heading_text(term)
    return "\n".join(lines)


def _escaped(text: str, *, is_cloze: bool = False) -> str:
    """The Markdown of ``text``, with a backslash before what only notes would take for a gap or for tags."""
    if "#" not in text and (is_cloze or not _GAP.search(text)):
        return text
    mask = mask_of(Source("", text), 0).text
    cuts = [] if is_cloze else [gap.start() for gap in _GAP.finditer(mask)]
    at = 0
    for line in mask.split("\n"):
        tags = takewhile(_HASHTAG.fullmatch, reversed(line.split())) if "#" in line else ()
        end = len(line)
        for tag in tags:
            end = line.rindex(tag, 0, end)
            cuts.append(at + end)
        at += len(line) + 1
    return "\\".join(text[start:end] for start, end in pairwise([0, *sorted(cuts), len(text)]))


def _line(written: Line) -> Line:
    """The line without what other programs left on it."""
    text, mask, note_id = cleaned(written.text, written.mask)
    if text == written.text:
        return written
    return replace(written, text=text, mask=mask, id=note_id, is_left=not text.strip())
