"""Rules over whole documents: what no reader can see in one block. Documents in, documents with diagnostics out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ankigen.clozes import check_cloze
from ankigen.diagnostics import Diagnostic, Rule
from ankigen.identity import same_term
from ankigen.media import MediaFinder, MissingMedia, UnsafeMedia, is_remote, references
from ankigen.notes import makes_cards, note_type_of
from ankigen.places import fault_at, find
from ankigen.project import SourceFile
from ankigen.records import Document, Kind, NoteType, Record
from ankigen.source import Source

__all__ = ["check_documents"]


def check_documents(
    documents: Iterable[Document],
    note_types: Mapping[str, NoteType],
    media: MediaFinder,
    files: Mapping[str, SourceFile],
) -> Iterator[Document]:
    """The documents of a project, each with what is wrong with its records beside those of all others."""
    terms: dict[tuple[str, str], Record] = {}
    keys: dict[str, Record] = {}
    for document in documents:
        source, faults = document.source, list(document.diagnostics)
        # Of clozes, the reader of Markdown knows best what their author wrote.
        said = {fault.line for fault in faults if fault.rule is Rule.BROKEN_CLOZE and fault.path == source.path}
        for record in document.records:
            faults += _check_repetition(source, record, terms, keys)
            faults += _check_media(source, record, media, files[record.path])
            if any(line in said for line in range(record.line, record.end_line + 1)):
                continue
            broken = list(check_cloze(source, record)) if record.kind is Kind.CLOZE else []
            faults += broken or _check_cards(source, record, note_types)
        yield replace(document, diagnostics=tuple(faults))


def _check_repetition(
    source: Source, record: Record, terms: dict[tuple[str, str], Record], keys: dict[str, Record]
) -> Iterator[Diagnostic]:
    """Compare with the records seen so far. One with a key needs no term of its own."""
    if record.key is not None:
        first = keys.setdefault(record.key, record)
        if first is not record:
            message = f"the key {record.key} is taken by the record at {first.path}:{first.line}"
            key = find(source, record, f"#{record.key}")
            yield fault_at(source, record, Rule.DUPLICATE_KEY, message, "give each record a key of its own", key)
        return
    first = terms.setdefault(same_term(record), record)
    if first is not record:
        message = f"deck {record.deck} has this term already, at {first.path}:{first.line}"
        hint = "say in the term what makes it different, or give one of them a key: {#another-name}"
        yield fault_at(source, record, Rule.DUPLICATE_TERM, message, hint)


def _check_media(source: Source, record: Record, media: MediaFinder, file: SourceFile) -> Iterator[Diagnostic]:
    html = f"{record.term.html}\n{record.definition.html}"
    for reference in dict.fromkeys(references(html)):
        place = find(source, record, re.compile(rf"(?<![\w/.%-]){re.escape(reference)}"))  # not the end of another
        if is_remote(reference):
            if reference[:5].lower() != "data:":
                message = f"{reference} is not in the package: it is shown only where there is a network"
                hint = "save it beside the note and name that file"
                yield fault_at(source, record, Rule.REMOTE_MEDIA, message, hint, place)
            continue
        try:
            media.find(reference, file)
        except MissingMedia:
            message = f"there is no file {reference}"
            hint = "names are looked up beside the note, then in the project; upper and lower case differ"
            yield fault_at(source, record, Rule.MISSING_MEDIA, message, hint, place)
        except UnsafeMedia:
            message = f"{reference} lies outside the project"
            yield fault_at(source, record, Rule.UNSAFE_MEDIA, message, "copy the file into the project", place)


def _check_cards(source: Source, record: Record, note_types: Mapping[str, NoteType]) -> Iterator[Diagnostic]:
    note_type = note_type_of(record, note_types)
    if note_type is None:
        message = f"there is no note type {record.note_type}"
        hint = f"use {' or '.join(sorted(note_types))}, or add a folder templates/{record.note_type}"
        yield fault_at(source, record, Rule.INVALID_VALUE, message, hint)
    elif note_type.is_cloze is not (record.kind is Kind.CLOZE):
        message = f"note type {record.note_type} does not fit a {record.kind} record"
        yield fault_at(
            source, record, Rule.INVALID_VALUE, message, "a cloze needs a cloze note type, and nothing else does"
        )
    elif not makes_cards(record, note_type):
        message = "the front of every card would be blank"
        yield fault_at(source, record, Rule.EMPTY_TERM, message, "write a term that shows something")
