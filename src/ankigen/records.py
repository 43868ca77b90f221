"""The words of the house: the structured record a note is read into, and what Anki gets of it.

Everything here is a frozen value, safe to share, compare and pickle. Change one with `dataclasses.replace`.
"""

from collections.abc import Iterable
from dataclasses import field, replace
from enum import StrEnum

from ankigen.diagnostics import Diagnostic, Ignore
from ankigen.frozen import dataclass
from ankigen.source import Source, Span

__all__ = [
    "EMPTY",
    "CardTemplate",
    "Document",
    "Doubt",
    "Field",
    "Kind",
    "MediaFile",
    "Note",
    "NoteType",
    "Record",
    "RichText",
]


class Kind(StrEnum):
    """How a record is asked."""

    BASIC = "basic"  # term, then definition
    REVERSED = "reversed"  # both ways, two cards
    TYPED = "typed"  # the definition is typed in
    CLOZE = "cloze"  # the term's text with gaps


@dataclass(frozen=True, slots=True)
class RichText:
    """A piece of Markdown and the HTML it stands for; local pictures are still named as the author named them."""

    markdown: str
    html: str

    def __bool__(self) -> bool:
        return bool(self.markdown.strip())


EMPTY = RichText("", "")


@dataclass(frozen=True, slots=True)
class Doubt:
    """The runner-up reading of a record that nothing marked: what it would be if one line meant something else.

    Line ``line`` of the source is a term of its own (``begins``), or else goes on with the record above it. It is a
    line of the record, or the first one below it.
    """

    line: int
    begins: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A term and its definition, as written in one place of one file.

    ``items`` holds the list's items (Markdown, nested lists included) when the definition is one list. ``key``
    is the name the author gave the record, if any. ``deck`` nests with ``::``. ``line`` and ``end_line`` count
    from 1, both inclusive; ``span`` is the same place in code points of the source's text. Of a cloze record the
    term is the whole text, and the definition is what is added on the back. ``confidence`` is the chance, from 0 to 1,
    that its author meant just these lines; where it is low, ``doubt`` says how else they can be read. ``origin`` is the
    file and line that the record was converted from, as ``file:line``; empty when it was written here. ``theme`` is the
    look of its cards, when its front matter chooses one. ``unnumbered`` are those clozes, counted from 0 as they begin,
    that have no number of their author's.
    """

    term: RichText
    definition: RichText
    path: str
    line: int
    end_line: int
    span: Span
    kind: Kind = Kind.BASIC
    items: tuple[str, ...] = ()
    ordered: bool = False
    deck: str = ""
    tags: tuple[str, ...] = ()
    key: str | None = None
    hint: str = ""
    note_type: str = ""
    confidence: float = 1.0
    doubt: Doubt | None = None
    origin: str = ""
    theme: str = ""
    unnumbered: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed source: its records in source order, what is wrong in it, and what is not a record.

    ``chrome`` are the page's own lines in an unmarked paste, ``prose`` is text that is no record. Spans are in
    source order, and no line belongs to two of records, chrome and prose. ``ignores`` are the comments that silence
    rules, ``silenced`` what they and the project's settings keep from being said.
    """

    source: Source
    reader: str
    records: tuple[Record, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    prose: tuple[Span, ...] = ()
    chrome: tuple[Span, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    silenced: tuple[Diagnostic, ...] = ()

    @property
    def faults(self) -> tuple[Diagnostic, ...]:
        """All that was found, whether it is said or not."""
        return (*self.diagnostics, *self.silenced)

    def with_records(self, records: Iterable[Record]) -> "Document":
        """The same document with other records."""
        return replace(self, records=tuple(records))


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a note type. ``id`` never changes: by it, Anki knows a renamed field again.

    ``holds`` is the standard field whose value it takes, when its own name says something else. An ``id`` of 0 is none:
    Anki goes by the name alone.
    """

    name: str
    id: int
    holds: str = ""


@dataclass(frozen=True, slots=True)
class CardTemplate:
    """One kind of card of a note type, in Anki's template language. ``id`` never changes; 0 is none."""

    name: str
    id: int
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    """Anki's schema of a note: fields in order, card templates in order, and their style sheet.

    ``modified`` is the second in which it was first built as it is, 0 when that is not known.
    """

    name: str
    id: int
    is_cloze: bool
    fields: tuple[Field, ...]
    templates: tuple[CardTemplate, ...]
    css: str
    modified: int = 0

    def __hash__(self) -> int:
        """Equal for equal note types, and cheap: much that is worked out once for each is kept by it."""
        return self.id ^ self.modified


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file that goes into a package: its content-hashed name there, and where it lies now.

    ``content`` is what goes in when that is not what lies there: a drawing made safe, a picture made smaller.
    """

    name: str
    path: str
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """What Anki stores: one value (HTML) a field of the note type, and the identity that reviews hang on.

    ``modified`` is the second in which its content was first built; it and ``id`` are 0 when they are not known.
    ``cards`` are the ordinals of the cards that Anki makes of it, none when these are not known.
    """

    guid: str
    note_type: NoteType
    fields: tuple[str, ...]
    deck: str
    tags: tuple[str, ...] = ()
    media: tuple[MediaFile, ...] = ()
    id: int = 0
    modified: int = 0
    cards: tuple[int, ...] = ()
