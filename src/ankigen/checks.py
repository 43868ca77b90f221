"""Rules over whole documents: what no reader can see in one block. Documents in, documents with diagnostics out."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from ankigen.clozes import check_cloze
from ankigen.diagnostics import Diagnostic, Rule
from ankigen.identity import folded, same_term
from ankigen.media.contents import Remark
from ankigen.media.references import may_name, references
from ankigen.media.store import MediaStore
from ankigen.notes import makes_cards, note_type_of
from ankigen.places import fault_at, find
from ankigen.project import SourceFile
from ankigen.records import Document, Kind, NoteType, Record
from ankigen.source import Source

__all__ = ["check_documents"]

_THEME = re.compile(r"^[\"']?theme[\"']?\s*[:=].*", re.IGNORECASE | re.MULTILINE)


def check_documents(
    documents: Iterable[Document],
    note_types: Mapping[str, NoteType],
    media: MediaStore,
    files: Mapping[str, SourceFile],
    themes: Collection[str],
) -> Iterator[Document]:
    """The documents of a project, each with what is wrong with its records beside those of all others.

    A theme that there is not is taken off the records again.
    """
    terms: dict[object, Record] = {}
    keys: dict[object, Record] = {}
    names: dict[tuple[str, str], tuple[str, Record]] = {}
    spelt: set[tuple[str, tuple[str, ...]]] = set()  # decks and tags of records, each looked at once
    told: set[Remark] = set()
    for read in documents:
        document, unknown = _check_theme(read, note_types, themes)
        source, faults = document.source, [*document.diagnostics, *unknown]
        # Of clozes, the reader of Markdown knows best what their author wrote.
        said = {fault.line for fault in faults if fault.rule is Rule.BROKEN_CLOZE and fault.path == source.path}
        for record in document.records:
            trait, seen = (same_term(record), terms) if record.key is None else (record.key, keys)
            if (first := seen.setdefault(trait, record)) is not record:
                faults.append(_repetition(source, record, first))
            if (spelling := (record.deck, record.tags)) not in spelt:
                spelt.add(spelling)
                faults += _check_names(source, record, names)
            if may_name(record.term.html) or may_name(record.definition.html):
                faults += _check_media(source, record, media, files[record.path], told)
            if said and any(line in said for line in range(record.line, record.end_line + 1)):
                continue
            if record.kind is Kind.CLOZE:
                found = list(check_cloze(source, record))
                faults += found
                if any(fault.rule is Rule.BROKEN_CLOZE for fault in found):
                    continue
            if fault := _card_fault(source, record, note_types):
                faults.append(fault)
        yield replace(document, diagnostics=tuple(faults))


def _check_theme(
    document: Document, note_types: Mapping[str, NoteType], themes: Collection[str]
) -> tuple[Document, list[Diagnostic]]:
    """A theme is chosen for a whole file, so each fault is told once, where it is chosen."""
    if not any(record.theme for record in document.records):
        return document, []
    told: dict[str, Diagnostic] = {}
    records = []
    for record in document.records:
        message, hint = _theme_fault(record, note_type_of(record, note_types), themes)
        if message and message not in told:
            place = _THEME.search(document.source.text) if record.path == document.source.path else None
            told[message] = fault_at(document.source, record, Rule.INVALID_VALUE, message, hint, place)
        records.append(replace(record, theme="") if message else record)
    return (document.with_records(records) if told else document), list(told.values())


def _theme_fault(record: Record, note_type: NoteType | None, themes: Collection[str]) -> tuple[str, str]:
    if record.theme and record.theme not in themes:
        return f"there is no theme {record.theme}", f"use {', '.join(themes)}"
    if record.theme and note_type and all((field.holds or field.name) != "Theme" for field in note_type.fields):
        message = f"note type {note_type.name} has no field Theme, so {record.theme} does not reach its cards"
        return message, "rename one of its spare fields to Theme, or choose the theme in ankigen.toml"
    return "", ""


def _repetition(source: Source, record: Record, first: Record) -> Diagnostic:
    """A record with the key of an earlier one, or without a key and with its term."""
    if record.key is not None:
        message = f"the key {record.key} is taken by the record at {first.path}:{first.line}"
        key = find(source, record, f"#{record.key}")
        return fault_at(source, record, Rule.DUPLICATE_KEY, message, "give each record a key of its own", key)
    message = f"deck {record.deck} has this term already, at {first.path}:{first.line}"
    hint = "say in the term what makes it different, or give one of them a key: {#another-name}"
    return fault_at(source, record, Rule.DUPLICATE_TERM, message, hint)


def _check_names(
    source: Source, record: Record, names: dict[tuple[str, str], tuple[str, Record]]
) -> Iterator[Diagnostic]:
    """Names of decks and tags that differ for people only: Anki goes by its first spelling. Each is named once."""
    levels = record.deck.split("::")
    decks = ["::".join(levels[: number + 1]) for number in range(len(levels))]
    for what, name in [*(("deck", deck) for deck in decks), *(("tag", tag) for tag in record.tags)]:
        if (spelling := (f"{what}, as spelt", name)) in names:
            continue
        names[spelling] = name, record
        known, first = names.setdefault((what, folded(name)), (name, record))
        if known != name and known not in record.tags:  # two on one note are one there, and nobody is misled
            message = f"{what} {name} and {what} {known}, at {first.path}:{first.line}, are one {what} to Anki"
            place = find(source, record, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"))
            yield fault_at(source, record, Rule.SIMILAR_NAMES, message, f"spell the {what} in one way", place)


def _check_media(
    source: Source, record: Record, media: MediaStore, file: SourceFile, told: set[Remark]
) -> Iterator[Diagnostic]:
    """What is wrong with the files that a record names; what is wrong with a file is said where it is named first."""
    html = f"{record.term.html}\n{record.definition.html}"
    for reference in dict.fromkeys(references(html)):
        for remark in media.find(reference, file).remarks:
            if not (remark.once and remark in told):
                told.add(remark)
                # Not the end of another one.
                place = find(source, record, re.compile(rf"(?<![\w/.%-]){re.escape(reference)}"))
                yield fault_at(source, record, remark.rule, remark.message, remark.hint, place)


def _card_fault(source: Source, record: Record, note_types: Mapping[str, NoteType]) -> Diagnostic | None:
    """Why Anki would make no card of the record, or none that it could show; None where all is well."""
    note_type = note_type_of(record, note_types)
    if note_type is None:
        message = f"there is no note type {record.note_type}"
        hint = f"use {' or '.join(sorted(note_types))}, or add a folder templates/{record.note_type}"
        return fault_at(source, record, Rule.INVALID_VALUE, message, hint)
    if note_type.is_cloze is not (record.kind is Kind.CLOZE):
        message = f"note type {record.note_type} does not fit a {record.kind} record"
        hint = "a cloze needs a cloze note type, and nothing else does"
        return fault_at(source, record, Rule.INVALID_VALUE, message, hint)
    if not makes_cards(record, note_type):
        message = "the front of every card would be blank"
        return fault_at(source, record, Rule.EMPTY_TERM, message, "write a term that shows something")
    return None
