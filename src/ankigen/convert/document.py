"""A document as explicit Markdown, proved by reading it back.

Each record is written in the plainest form in which it reads back the same. What is no record is kept where it stands.
In the end the whole text is read: records that came back otherwise are named, so that nothing changes in silence.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ankigen.convert.forms import Place, braces, forms
from ankigen.convert.front import front_matter
from ankigen.convert.layout import Layout, Run, layout_of, lines_not_in, runs
from ankigen.diagnostics import Reach, Rule
from ankigen.frozen import dataclass
from ankigen.readers import read_source
from ankigen.readers.frontmatter import FrontMatter, read_front_matter
from ankigen.readers.markdown import read_markdown
from ankigen.readers.markdown.blocks import blocks_of
from ankigen.readers.markdown.syntax import parser
from ankigen.readers.markdown.unsure import unsure_mark
from ankigen.readers.settings import Headings, Settings
from ankigen.readers.studyset.plain import as_text, escaped
from ankigen.records import Document, Record
from ankigen.source import Source

__all__ = ["Converted", "convert"]

_QUOTED = 40  # characters of a line, to know it again


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a document: the Markdown and its records as they are read from it.

    ``changed`` are records of the source that do not read back the same; they are written nevertheless. ``left_out``
    are the source's lines, from 1, that are not in the text: those of the page around a paste, and of emptied tables.
    """

    text: str
    records: tuple[Record, ...]
    changed: tuple[Record, ...] = ()
    left_out: tuple[int, ...] = ()


def convert(document: Document, settings: Settings, name: str) -> Converted:
    """The Markdown of ``document``, which was read with ``settings``. Its records remember the file ``name``.

    A document that was itself converted keeps the name and the lines that it has.
    """
    writer = _Writer(document, settings, name)
    kept = writer.with_loose_lines()
    text = writer.write(kept)
    if writer.is_dialect and not writer.is_exact(text):  # headings can give a record tags that it has not
        writer.has_headings = False
        text = writer.write(kept)
    reach = 1
    # In a note, one form can depend on its neighbours; around what comes back otherwise, all stays as it was written.
    while document.reader == "notes" and kept != frozenset(document.records) and not writer.is_exact(text):
        kept |= writer.around_first_change(text, reach)
        reach *= 4
        text = writer.write(kept)
    back = writer.read(text)
    missing = Counter(map(_identity, document.records)) - Counter(map(_identity, back.records))
    changed = []
    for record in document.records:
        if missing[_identity(record)]:
            missing[_identity(record)] -= 1
            changed.append(record)
    return Converted(text, back.records, tuple(changed), tuple(sorted(writer.left_out)))


class _Writer:
    def __init__(self, document: Document, settings: Settings, name: str) -> None:
        self.document = document
        self.source = document.source
        self.outer = replace(settings, reader="")
        front = read_front_matter(self.source, self.outer)
        if any(record.line <= front.end_line for record in document.records):  # a dialect may begin with a rule
            front = FrontMatter(self.outer)
        self.front = front.end_line
        self.is_again = bool(front.settings.origin)
        self.name = front.settings.origin or " ".join(name.split())
        self.settings = replace(front.settings, reader="", origin=self.name)
        self.layout: Layout = layout_of(document, self.front)
        self.is_dialect = document.reader not in ("notes", "studyset", "delimited")
        self.has_headings = self.is_dialect  # whether those of a dialect are written as headings
        pages = {self.source.position(span.start)[0]: self.source.position(span.end)[0] for span in document.chrome}
        chrome = {number for first, last in pages.items() for number in range(first, last + 1)}
        if document.reader == "studyset":  # the page's lines may stand between those of a card
            chrome.update(self.source.position(i.start)[0] for i in document.ignores if i.reach is not Reach.LINE)
            chrome.update(number for record in document.records for number in lines_not_in(record, self.source))
        self.chrome = frozenset(number for number in chrome if self.source.line(number).strip())
        self.left_out = self.chrome

    def read(self, text: str) -> Document:
        """The text as any later command reads it."""
        return read_source(Source(self.source.path, text), self.outer)

    def is_exact(self, text: str) -> bool:
        """Whether the text has the same records in the same order, and no new fault."""
        back = self.read(text)
        faults, known = (Counter(fault.rule for fault in document.faults) for document in (back, self.document))
        return faults <= known and list(map(_identity, back.records)) == list(map(_identity, self.document.records))

    def with_loose_lines(self) -> frozenset[Record]:
        """The records of a note among whose lines something stands that they do not show.

        It is a comment, the target of a link, or an attribute that nothing here knows.
        """
        unknown = (fault.line for fault in self.document.faults if fault.rule is Rule.UNKNOWN_ATTRIBUTE)
        silencing = (self.source.position(ignore.start)[0] for ignore in self.document.ignores)
        loose = self.layout.loose.union(unknown, silencing) if self.document.reader == "notes" else frozenset()
        return self._with_tables(r for r in self.document.records if loose.intersection(range(r.line, r.end_line + 1)))

    def around_first_change(self, text: str, reach: int) -> frozenset[Record]:
        """The records less than ``reach`` away from the first one that reads back otherwise."""
        records = self.document.records
        pairs = zip(records, self.read(text).records, strict=False)
        first = next((at for at, (one, other) in enumerate(pairs) if _identity(one) != _identity(other)), len(records))
        return self._with_tables(records[max(0, first - reach) : first + reach])

    def _with_tables(self, records: Iterable[Record]) -> frozenset[Record]:
        """The records, and all of a table of which one of them is a row: half a table is none."""
        lines = {record.line for record in records}
        for table in self.layout.tables:
            if lines.intersection(table):
                lines.update(table)
        return frozenset(record for record in self.document.records if record.line in lines)

    def write(self, kept: frozenset[Record]) -> str:
        """The whole text; records in ``kept`` stay as they are written."""
        lines = {record.line for record in kept}
        emptied = [table for table in self.layout.tables if not lines.intersection(table)]
        self.left_out = self.chrome | {number for table in emptied for number in table[:2]}
        parts = list(runs(self.document, self.front, self.left_out, kept))
        places = self._places(parts)
        body = [self._run(part) if isinstance(part, Run) else self._record(part, places) for part in parts]
        text = self._whole(body, dialect=False)
        return text if self.read(text).reader == "notes" else self._whole(body, dialect=True)

    def _whole(self, body: list[str], *, dialect: bool) -> str:
        front = front_matter(self.source, self.front, self.name, dialect=dialect)
        text = "\n\n".join(filter(None, [front, *body]))
        # Of a code block without end, the end of the last line is a part.
        open_ended = any(fault.rule is Rule.UNCLOSED_FENCE for fault in self.document.faults)
        return text if open_ended and not self.source.text.endswith("\n") else f"{text}\n"

    def _places(self, parts: list[Record | Run]) -> dict[Record, Place]:
        """What every record gets by its place: in a note, headings give it tags or a deck."""
        usual = Place(self.settings.deck, self.settings.tags)
        places = dict.fromkeys(self.document.records, usual)
        if not (self.layout.headings or self.has_headings):
            return places
        bare = {record: replace(record, deck=usual.deck, tags=usual.tags) for record in self.document.records}
        body = [self._run(part) if isinstance(part, Run) else self._form(bare[part], usual) for part in parts]
        found = self.read(self._whole(body, dialect=True)).records
        if len(found) == len(places):
            places = {record: Place(r.deck, r.tags) for record, r in zip(places, found, strict=True)}
        return places

    def _run(self, run: Run) -> str:
        lines = [self.source.line(number) for number in run.lines]
        if self.document.reader == "notes":
            return "\n".join(lines)
        if self.is_dialect and self._is_prose(text := "\n".join(lines)):
            return text
        texts = [line.strip() for line in lines if line.strip()]
        plain = as_text(texts).markdown
        if self.is_dialect:
            return plain if self._is_prose(plain) else "  \n".join(map(escaped, texts))
        read = read_markdown(Source("", f"\n{plain}"), Settings())
        return plain if not (read.records or read.diagnostics) else "  \n".join(map(escaped, texts))

    def _is_prose(self, text: str) -> bool:
        """Whether a run of lines of a dialect is prose in notes, too."""
        if not self.has_headings and any(block.type == "heading" for block in blocks_of(parser().parse(text))):
            return False
        # A heading over text is a term there, one over a record is not; a definition takes in what is indented, and
        # tags in a text hold for records.
        below = "\n\nabove\n: it\n" if self.has_headings else ""
        read = read_markdown(Source("", f"above\n: it\n\n{text}{below}"), Settings(headings=Headings.NONE))
        is_it = all(record.definition.markdown == "it" and not record.tags for record in read.records)
        return is_it and len(read.records) == 1 + bool(below) and not read.diagnostics

    def _record(self, record: Record, places: dict[Record, Place]) -> str:
        return "\n".join([*self._doubts(record), self._form(record, places[record])])

    def _form(self, record: Record, place: Place) -> str:
        """The first form in which the record, by itself, reads back the same; else the first of all."""
        line = record.origin.rpartition(":")[2] if self.is_again else str(record.line)
        marks = braces(record, place, self.settings, line if self.name else "")
        written = list(forms(record, marks, self.layout.headings.get(record.line, 0)))
        alone = replace(self.settings, deck=place.deck, tags=place.tags)
        for text in written:
            # Also below a definition, for some terms would go on with that.
            if all(self._is_read(record, text, above, alone) for above in ("", "above\n: it\n")):
                return text
        return written[0]

    def _is_read(self, record: Record, text: str, above: str, settings: Settings) -> bool:
        """Whether the last record that is read of ``text`` below ``above`` is the only one there, and this record."""
        found = read_markdown(Source("", f"{above}\n{text}\n\n{self.layout.targets}"), settings).records
        return len(found) == 1 + bool(above) and _identity(found[-1]) == _identity(record)

    def _doubts(self, record: Record) -> Iterator[str]:
        if record.doubt:
            quoted = " ".join(self.source.line(record.doubt.line).split())
            quoted = quoted if len(quoted) <= _QUOTED else f"{quoted[:_QUOTED].rstrip()}..."
            above = "this answer" if record.doubt.line > record.end_line else "the answer above"
            what = "may be a term of its own" if record.doubt.begins else f"may go on with {above}"
            yield unsure_mark(f'line {record.doubt.line} "{quoted}" {what}')


def _identity(record: Record) -> tuple[object, ...]:
    """All that makes two records the same, wherever they are written."""
    return (
        record.term,
        record.definition,
        record.items,
        record.ordered,
        record.kind,
        record.deck,
        record.tags,
        record.key,
        record.hint,
        record.note_type,
    )
