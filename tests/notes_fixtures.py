"""Behaviour of readers as files: an input, and what is read from it, case by case.

A case in `fixtures/notes/*.md` is a heading, a block of notes, and a block that shows the records, the prose and the
diagnostics (`records`) or the HTML of the records (`html`). In `fixtures/dialects/`, the name of a file is that of the
reader, and before the first case stands what the dialect is and how it differs from the original tool. After a wanted
change, `python tests/notes_fixtures.py` writes what is read now; the difference is then to be read by a person.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ankigen.diagnostics import sort
from ankigen.readers.registry import find_reader
from ankigen.readers.settings import Settings
from ankigen.records import Document, Record
from ankigen.source import Source, Span

NOTES = Path(__file__).parent / "fixtures" / "notes"
DIALECTS = NOTES.parent / "dialects"

_BLOCK = r"\n\n~~~~~ ({})\n((?s:.*?))^~~~~~"
_CASE = re.compile(f"^## (.+){_BLOCK.format('notes')}{_BLOCK.format('records|html')}\n", re.MULTILINE)
_INVISIBLE = {"→": "\t", "␍": "\r", "␣": " ", "⟨BOM⟩": "\ufeff"}


@dataclass(frozen=True)
class Case:
    name: str
    notes: str
    view: str
    expected: str
    reader: str = "notes"

    @property
    def document(self) -> Document:
        return find_reader(self.reader)(Source("notes.md", self.notes), Settings())

    @property
    def actual(self) -> str:
        return "".join(f"{line}\n" for line in (shown if self.view == "records" else html)(self.document))


def cases(folder: Path = NOTES) -> list[Case]:
    """Every case of every file in ``folder``, in order."""
    return [
        Case(f"{path.stem}: {found[1]}", _visible(found[3]), found[4], found[5], _reader(path))
        for path in sorted(folder.glob("*.md"))
        for found in _CASE.finditer(path.read_text("utf-8"))
    ]


def count(folder: Path = NOTES) -> int:
    """How many cases the files begin."""
    return sum(path.read_text("utf-8").count("\n~~~~~ notes\n") for path in folder.glob("*.md"))


def _reader(path: Path) -> str:
    return path.stem if path.parent == DIALECTS else "notes"


def shown(document: Document) -> Iterator[str]:
    """The records, the prose and the diagnostics of a document; what is as by default is not said."""
    for record in document.records:
        yield from _record(record)
    for span in document.prose:
        yield f"prose {_lines(document.source, span)}"
    for fault in sort(document.diagnostics):
        yield f"{fault.severity} {fault.line}:{fault.column} {fault.rule.value}: {fault.message}"


def html(document: Document) -> Iterator[str]:
    """The HTML of a document's records."""
    for record in document.records:
        yield from _text("term: ", record.term.html)
        yield from _text("definition: ", record.definition.html)


def _record(record: Record) -> Iterator[str]:
    yield f"{record.kind} {record.line}-{record.end_line}"
    yield from _text("term: ", record.term.markdown)
    if record.definition:
        yield from _text("definition: ", record.definition.markdown)
    for number, item in enumerate(record.items, start=1):
        yield from _text(f"{number}. " if record.ordered else "- ", item)
    said = {
        "deck": record.deck.removeprefix("Notes"),
        "tags": " ".join(record.tags),
        "key": record.key or "",
        "hint": record.hint,
        "note type": record.note_type,
    }
    yield from (f"  {name}: {value}" for name, value in said.items() if value)


def _text(label: str, text: str) -> Iterator[str]:
    first, *more = text.split("\n")
    yield f"  {label}{first}".rstrip()
    yield from (f"  | {line}".rstrip() for line in more)


def _lines(source: Source, span: Span) -> str:
    return f"{source.position(span.start)[0]}-{source.position(span.end)[0]}"


def _visible(notes: str) -> str:
    for sign, meant in _INVISIBLE.items():
        notes = notes.replace(sign, meant)
    return notes


def _update() -> None:
    for path in [*NOTES.glob("*.md"), *DIALECTS.glob("*.md")]:
        path.write_text(_CASE.sub(partial(_updated, _reader(path)), path.read_text("utf-8")), "utf-8")


def _updated(reader: str, found: re.Match[str]) -> str:
    name, _, notes, view, _ = found.groups()
    actual = Case(name, _visible(notes), view, "", reader).actual
    return f"## {name}\n\n~~~~~ notes\n{notes}~~~~~\n\n~~~~~ {view}\n{actual}~~~~~\n"


if __name__ == "__main__":
    _update()
