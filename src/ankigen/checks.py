"""Rules over whole documents: what no reader can see in one block. Documents in, diagnostics out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ankigen.anki.cloze import Cloze, parse_clozes
from ankigen.diagnostics import Diagnostic, Rule
from ankigen.identity import same_term
from ankigen.media import MediaFinder, MissingMedia, UnsafeMedia, is_remote, references
from ankigen.notes import makes_cards, note_type_of
from ankigen.records import Document, Kind, NoteType, Record
from ankigen.source import Source

__all__ = ["check_documents"]

_OPENING = re.compile(r"\{\{c\d+::", re.IGNORECASE)


def check_documents(
    documents: Sequence[Document], note_types: Mapping[str, NoteType], media: MediaFinder, paths: Mapping[str, Path]
) -> Iterator[Diagnostic]:
    """What is wrong with the records of a project taken together. ``paths`` tells where a source's file lies."""
    yield from _repeated(documents)
    for document in documents:
        for record in document.records:
            yield from _check_media(document.source, record, media, paths[record.path])
            faults = list(_check_cloze(document.source, record)) if record.kind is Kind.CLOZE else []
            yield from faults or _check_cards(document.source, record, note_types)


def _repeated(documents: Sequence[Document]) -> Iterator[Diagnostic]:
    terms: dict[tuple[str, str], Record] = {}
    keys: dict[str, Record] = {}
    for document in documents:
        for record in document.records:
            if record.key is not None:
                first = keys.setdefault(record.key, record)
                if first is not record:
                    message = f"the key {record.key} is taken by the record at {first.path}:{first.line}"
                    yield _at(document.source, record, Rule.DUPLICATE_KEY, message, "give each record a key of its own")
                continue
            first = terms.setdefault(same_term(record), record)
            if first is not record:
                yield _at(
                    document.source,
                    record,
                    Rule.DUPLICATE_TERM,
                    f"deck {record.deck} has this term already, at {first.path}:{first.line}",
                    "say in the term what makes it different, or give one of them a key: {#another-name}",
                )


def _check_media(source: Source, record: Record, media: MediaFinder, path: Path) -> Iterator[Diagnostic]:
    html = f"{record.term.html}\n{record.definition.html}"
    for reference in dict.fromkeys(references(html)):
        if is_remote(reference):
            if not reference.startswith("data:"):
                message = f"{reference} is not in the package: it is shown only where there is a network"
                yield _at(
                    source, record, Rule.REMOTE_MEDIA, message, "save it beside the note and name that file", reference
                )
            continue
        try:
            media.find(reference, path)
        except MissingMedia:
            message = f"there is no file {reference}"
            hint = "names are looked up beside the note, then in the project; upper and lower case differ"
            yield _at(source, record, Rule.MISSING_MEDIA, message, hint, reference)
        except UnsafeMedia:
            message = f"{reference} lies outside the project"
            yield _at(source, record, Rule.UNSAFE_MEDIA, message, "copy the file into the project", reference)


def _check_cloze(source: Source, record: Record) -> Iterator[Diagnostic]:
    """Each opening mark must become a cloze that hides something."""
    hint = "write {{c1::what is hidden}}, and close it with two braces"
    text = record.term.html
    clozes = list(_clozes(parse_clozes(text)))
    if len(_OPENING.findall(text)) > len(clozes):
        yield _at(source, record, Rule.BROKEN_CLOZE, "a cloze that begins here is not closed", hint, "{{c")
    for cloze in clozes:
        if 0 in cloze.numbers:
            message = "clozes are numbered from 1: Anki makes no card for c0"
            yield _at(source, record, Rule.BROKEN_CLOZE, message, "write {{c1::...}}", "{{c0")
        if not any(isinstance(node, Cloze) or node.strip() for node in cloze.nodes):
            yield _at(source, record, Rule.BROKEN_CLOZE, "this cloze hides nothing", hint, f"{{{{c{cloze.numbers[0]}")


def _clozes(nodes: Iterable[str | Cloze]) -> Iterator[Cloze]:
    for node in nodes:
        if isinstance(node, Cloze):
            yield node
            yield from _clozes(node.nodes)


def _check_cards(source: Source, record: Record, note_types: Mapping[str, NoteType]) -> Iterator[Diagnostic]:
    note_type = note_type_of(record, note_types)
    if note_type is None:
        message = f"there is no note type {record.note_type}"
        hint = f"use {' or '.join(sorted(note_types))}, or add a folder templates/{record.note_type}"
        yield _at(source, record, Rule.INVALID_VALUE, message, hint)
    elif note_type.is_cloze is not (record.kind is Kind.CLOZE):
        message = f"note type {record.note_type} does not fit a {record.kind} record"
        yield _at(source, record, Rule.INVALID_VALUE, message, "a cloze needs a cloze note type, and nothing else does")
    elif not makes_cards(record, note_type):
        message = "the front of every card would be blank"
        yield _at(source, record, Rule.EMPTY_TERM, message, "write a term that shows something")


def _at(source: Source, record: Record, rule: Rule, message: str, hint: str, text: str = "") -> Diagnostic:
    """A diagnostic at ``text`` inside the record, or at the record's term."""
    start, end = record.span.start, record.span.end
    for wanted in (text, record.term.markdown.split("\n", 1)[0]):
        found = source.text.find(wanted, start, end) if wanted else -1
        if found >= 0:
            return Diagnostic.at(source, rule, found, message, hint, found + len(wanted))
    return Diagnostic.at(source, rule, start, message, hint)
