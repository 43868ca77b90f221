"""Delimited text, read into records: one row a note, whose fields Anki's headers or a row of names place.

The first field is the term; the others are the definition, one below the other, but for columns that hold something
else. A note type of Anki's own sets the kind; others are not known here, and their notes become term and definition.
The guid column is the record's key: by it the note stays the same one while its text changes.
"""

import re
from collections import Counter
from dataclasses import field, replace

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.frozen import dataclass
from ankigen.readers.delimited.fields import cloze_text, joined, rich_text, words_in
from ankigen.readers.delimited.headers import Headers, looks_like_delimited, read_headers
from ankigen.readers.delimited.sheet import TERMS, sheet_headers
from ankigen.readers.frontmatter import FrontMatter, read_front_matter
from ankigen.readers.markdown.sanitise import losses
from ankigen.readers.names import below, clean_deck, clean_tag
from ankigen.readers.rows import Row, read_rows
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind, Record, RichText
from ankigen.source import Source

__all__ = ["read_csv", "read_delimited", "read_tsv"]

_KINDS = {  # of Anki's own note types
    "basic": Kind.BASIC,
    "basic (and reversed card)": Kind.REVERSED,
    "basic (optional reversed card)": Kind.REVERSED,
    "basic (type in the answer)": Kind.TYPED,
    "cloze": Kind.CLOZE,
}
_OPTIONAL = "basic (optional reversed card)"  # reversed where its third field holds something
_CLOZE = re.compile(r"\{\{c\d+::", re.IGNORECASE)


def read_delimited(source: Source, settings: Settings) -> Document:
    """The records of Anki's text file, in source order. Every line is in one of them, a header, or prose."""
    front = read_front_matter(source, settings)
    headers, faults = read_headers(source, front.end_line, settings.separator)
    return _document("delimited", source, replace(front, diagnostics=(*front.diagnostics, *faults)), headers, "#")


def read_csv(source: Source, settings: Settings) -> Document:
    """The records of a spreadsheet saved as text, in source order; with Anki's headers, those of Anki's text file."""
    front = read_front_matter(source, settings)
    if looks_like_delimited(source, front.end_line):
        return read_delimited(source, settings)
    return _document("csv", source, front, sheet_headers(source, front.end_line, settings.separator))


def read_tsv(source: Source, settings: Settings) -> Document:
    """The same, its fields parted by tabs unless the settings say otherwise."""
    front = read_front_matter(source, settings)
    if looks_like_delimited(source, front.end_line):
        return read_delimited(source, settings)
    return _document("tsv", source, front, sheet_headers(source, front.end_line, settings.separator or "\t"))


def _document(name: str, source: Source, front: FrontMatter, headers: Headers, comment: str = "") -> Document:
    reader = _Reader(source, front.settings, headers)
    lines = source.lines(headers.end + 1)
    found = list(read_rows(lines, headers.separator, comment=comment))
    rows = [row for row in found if not row.fields or any(map(str.strip, row.fields))]
    empty = [row for row in found if row.fields and not any(map(str.strip, row.fields))]  # as spreadsheets fill up
    widths = Counter(len(row.fields) for row in rows if row.fields)
    width = len(headers.columns) or max(widths, key=lambda fields: (widths[fields], fields), default=0)
    for row in rows:
        reader.read(row, width)
    taken = {number for record in reader.records for number in range(record.line, record.end_line + 1)}
    written = {n for n in range(front.end_line + 1, source.line_count + 1) if source.line(n).strip()}
    chrome = {*headers.lines, *(headers.end + 1 + n for row in empty for n in range(row.first, row.last + 1))}
    return Document(
        source,
        name,
        tuple(reader.records),
        (*front.diagnostics, *reader.diagnostics),
        prose=tuple(source.runs(written - taken - chrome)),
        chrome=tuple(source.lines_span(number, number) for number in sorted(chrome)),
    )


@dataclass(slots=True)
class _Reader:
    """Turns rows into records, one after the other."""

    source: Source
    settings: Settings
    headers: Headers
    records: list[Record] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _strange: set[str] = field(default_factory=set)

    def read(self, row: Row, width: int) -> None:
        """Add the record of ``row``, or say why it makes none."""
        first, last = (self.headers.end + 1 + at for at in (row.first, row.last))
        if not row.fields:
            hint = "close it, or write every quote in the field twice and quotes around it"
            self._fault(Rule.REJECTED_ROW, first, "a quote that opens in this row is never closed", hint)
            return
        row = replace(row, fields=(*row.fields, *[""] * (width - len(row.fields)))) if len(row.fields) > 1 else row
        if len(row.fields) < width or any(text.strip() for text in row.fields[width:]):
            message = f"this row has {len(row.fields)} columns, and {width} are wanted"
            hint = "put quotes around a field that holds the separator or a line end, and write empty fields too"
            self._fault(Rule.REJECTED_ROW, first, message, hint)
            return
        name = (self._at(row, self.headers.note_type_column) or self.headers.note_type).casefold()
        term, hint, definition = self._sides(row, width)
        kind = self._kind(name, term, definition)
        if name == _OPTIONAL:
            definition = definition[:1]
        asked = self._rich(term, first)
        record = Record(
            term=cloze_text(asked) if kind is Kind.CLOZE else asked,
            definition=joined([self._rich(text, first) for text in definition]),
            path=self.source.path,
            line=first,
            end_line=last,
            span=self.source.lines_span(first, last),
            kind=kind,
            deck=self._deck(row),
            tags=self._tags(row),
            key=self._at(row, self.headers.guid_column) or None,
            hint=hint,
            note_type=self.settings.note_type,
            theme=self.settings.theme,
        )
        if not record.term.html:
            self._fault(Rule.EMPTY_TERM, first, "this row has no term", "write it, or delete the row")
        elif not record.definition.html and kind is not Kind.CLOZE:
            self._fault(Rule.EMPTY_DEFINITION, first, "this row has no definition", "write it, or delete the row")
        else:
            self.records.append(record)
        self._know(name, first)

    @property
    def _html(self) -> bool:
        return bool(self.headers.html)

    def _at(self, row: Row, column: int) -> str:
        """The text in ``column`` (from 1)."""
        return row.fields[column - 1].strip() if 0 < column <= len(row.fields) else ""

    def _sides(self, row: Row, width: int) -> tuple[str, str, list[str]]:
        """The term, the hint, and the fields of the definition.

        The term is the column that is named so, else the first that is not for placing the note.
        """
        headers = self.headers
        placing = {headers.guid_column, headers.deck_column, headers.tags_column, headers.note_type_column}
        own = {column: row.fields[column - 1] for column in range(1, width + 1) if column not in placing}
        names = dict(enumerate(headers.columns, start=1))
        hints = [own.pop(column) for column in list(own) if names.get(column) == "hint"]
        term = next((column for column in own if names.get(column) in TERMS), min(own, default=0))
        return own.pop(term, ""), words_in(" ".join(hints), html=self._html), list(own.values())

    def _kind(self, name: str, term: str, definition: list[str]) -> Kind:
        """The kind that the note type ``name`` stands for; a cloze needs a gap in its term."""
        kind = _KINDS.get(name)
        if kind is None or kind is Kind.CLOZE:
            return Kind.CLOZE if _CLOZE.search(term) else self.settings.kind
        if name == _OPTIONAL and not any(text.strip() for text in definition[1:]):
            return Kind.BASIC
        return kind

    def _rich(self, text: str, line: int) -> RichText:
        for rule, message, _ in losses(text) if self._html else ():
            self._fault(rule, line, message, "take it out of the field")
        return rich_text(text, html=self._html)

    def _deck(self, row: Row) -> str:
        name = clean_deck(self._at(row, self.headers.deck_column)) or self.headers.deck
        return below(self.settings.above, name) if name else self.settings.deck

    def _tags(self, row: Row) -> tuple[str, ...]:
        own = map(clean_tag, self._at(row, self.headers.tags_column).split())
        return tuple(dict.fromkeys(filter(None, (*self.settings.tags, *self.headers.tags, *own))))

    def _know(self, name: str, line: int) -> None:
        """Say once of a note type that is not known here that it is none of ankigen's."""
        if name and name not in _KINDS and name not in self._strange and not self.settings.note_type:
            self._strange.add(name)
            message = f"ankigen has no note type {name}: its notes become terms with definitions"
            hint = "name a folder of templates/ as notetype in the project's settings to have fields of your own"
            self._fault(Rule.UNKNOWN_ATTRIBUTE, line, message, hint)

    def _fault(self, rule: Rule, line: int, message: str, hint: str) -> None:
        start = self.source.offset(line)
        end = start + len(self.source.line(line))
        self.diagnostics.append(Diagnostic.at(self.source, rule, start, message, hint, end))
