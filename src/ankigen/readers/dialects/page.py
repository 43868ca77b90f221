"""A source as a dialect sees it: lines, and a mask of what in them is text. What it finds there becomes a document.

A dialect only says which lines are a record and how it is asked. Rendering, the faults of a record, ids that another
program left, and an account of all other lines are the same for every dialect, and stand here.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.readers.dialects.mask import COMMENT, mask_of
from ankigen.readers.frontmatter import FrontMatter, read_front_matter
from ankigen.readers.markdown.fragment import render, render_definition
from ankigen.readers.names import below, clean_deck, clean_tag
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind, Record
from ankigen.source import Source, Span

__all__ = ["Found", "Line", "Page", "heading_text", "joined", "trimmed"]

# What other programs write beside a card: Obsidian Spaced Repetition its schedule, others the id of Anki's note.
_NOTE_ID = re.compile(r"<!--\s*(?:(?:note|anki)?[_ -]?id|note[_ -]?key|nid|guid)\s*:\s*(\S+)\s*-->", re.IGNORECASE)
_SCHEDULE = re.compile(r"<!--\s*SR:.*?-->")
_ANCHOR = re.compile(r"(?:^|(?<=\s))\^([A-Za-z0-9-]+)\s*$")
_HASHES = re.compile(r"^#+(?=[ \t]|$)|(?:^|[ \t])#+[ \t]*$")
_BLOCK = re.compile(r"^(\d*)([-+*>#.):](?=\s|$)|>)")
_ANKI_ID = re.compile(r"[0-9]{10,16}")  # milliseconds since 1970, which Anki numbers its notes by


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
class Found:
    """A record as a dialect finds it: the Markdown of its sides, and its lines ``first`` to ``last``, from 1.

    Of a cloze, the term is the whole text, its gaps written as ``{{c1::...}}``. What is empty is as the settings say.
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


class Page:
    """The lines of a source below its front matter, and what is wrong with them.

    ``values`` is what the front matter says. ``folder`` is the deck of the folder that the source lies in, for
    dialects in which a file is one record. A dialect that knows its source has none says ``has_front=False``.
    """

    def __init__(self, source: Source, settings: Settings, *, has_front: bool = True) -> None:
        front = read_front_matter(source, settings) if has_front else FrontMatter(settings)
        self.values = front.values
        folder = settings.deck.rpartition("::")[0] or settings.above
        self.folder = folder if front.settings.deck == settings.deck else ""
        self.source = source
        self.settings = front.settings
        self.diagnostics: list[Diagnostic] = list(front.diagnostics)
        mask = mask_of(source, front.end_line)
        masks = mask.text.split("\n")
        self._targets = mask.targets
        numbers = range(front.end_line + 1, source.line_count + 1)
        self.lines = tuple(
            _line(Line(number, source.line(number), masks[number - 1], is_inside=number in mask.inside))
            for number in numbers
        )
        self._front = front.end_line

    def text(self, first: int, last: int) -> str:
        """The Markdown of the lines ``first`` to ``last``, from 1, without blank lines at its ends."""
        lines = (line.text for line in self.lines[first - self._front - 1 : last - self._front])
        return "\n".join(lines).strip("\n")

    def fault(self, rule: Rule, number: int, message: str, hint: str) -> None:
        """Say what is wrong with a line."""
        start = self.source.offset(number)
        end = start + len(self.source.line(number))
        self.diagnostics.append(Diagnostic.at(self.source, rule, start, message, hint, end))

    def document(self, reader: str, found: Iterable[Found], chrome: Collection[int] = ()) -> Document:
        """The records of ``found``, in source order. Lines in ``chrome`` are the dialect's, all others are prose."""
        pieces = sorted(found, key=lambda piece: (piece.first, piece.last))
        records = tuple(record for piece in pieces if (record := self._record(piece)))
        used = {number for piece in pieces for number in range(piece.first, piece.last + 1)}
        used.update(fault.line for fault in self.diagnostics)
        own = {*chrome, *(line.number for line in self.lines if line.is_left)} - used
        written = {line.number for line in self.lines if not line.is_blank}
        return Document(
            self.source,
            reader,
            records,
            tuple(self.diagnostics),
            prose=tuple(self.source.runs(written - used - own)),
            chrome=tuple(self.source.runs(own)),
        )

    def _record(self, piece: Found) -> Record | None:
        """The record, or None and a fault that says what it lacks."""
        kind = piece.kind or self.settings.kind
        term = render(piece.term, self._targets)
        definition, items, ordered = render_definition(piece.definition, self._targets)
        if not term.html:
            self.fault(Rule.EMPTY_TERM, piece.first, "this record has no term", "write it, or take the mark away")
            return None
        if not definition.html and kind is not Kind.CLOZE:
            message = "this term has no definition"
            self.fault(Rule.EMPTY_DEFINITION, piece.first, message, "write it, or take the mark away")
            return None
        deck = clean_deck(piece.deck)
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
            deck=below(self.settings.above, deck) if deck else self.settings.deck,
            tags=tuple(dict.fromkeys(filter(None, (*self.settings.tags, *map(clean_tag, piece.tags))))),
            key=piece.key or self._id(piece),
            hint=piece.hint,
            note_type=piece.note_type or self.settings.note_type,
        )

    def _id(self, piece: Found) -> str | None:
        lines = self.lines[piece.first - self._front - 1 : piece.last - self._front]
        return next((line.id for line in lines if line.id), None)


def joined(lines: Iterable[Line]) -> str:
    """The Markdown of ``lines``."""
    return "\n".join(line.text for line in lines).strip("\n")


def heading_text(text: str) -> str:
    """What a heading shows, as Markdown that is a paragraph: ``## 1. Oslo ##`` begins no list."""
    return _BLOCK.sub(r"\1\\\2", _HASHES.sub("", text).strip())


def trimmed(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without blank ones at their ends."""
    full = [at for at, line in enumerate(lines) if not line.is_blank]
    return lines[full[0] : full[-1] + 1] if full else ()


def _line(written: Line) -> Line:
    """The line without what other programs left on it."""
    note_id = None
    line = written
    for pattern in (_NOTE_ID, _SCHEDULE, _ANCHOR):
        while found := pattern.search(line.text):
            if pattern is _ANCHOR:
                if line.mask[found.start() : found.end()] != found[0]:
                    break  # in code or math
                note_id = note_id or (found[1] if _ANKI_ID.fullmatch(found[1]) else None)
            elif line.mask[found.start()] != COMMENT:
                break
            elif pattern is _NOTE_ID:
                note_id = note_id or found[1]
            start = len(line.text[: found.start()].rstrip())
            text, mask = (whole[:start] + whole[found.end() :] for whole in (line.text, line.mask))
            line = replace(line, text=text, mask=mask)
    return replace(line, id=note_id, is_left=line.is_blank and not written.is_blank)
