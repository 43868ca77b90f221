"""Readers: each turns a source into a document of records, and never raises on content.

Which one reads a source is said by the caller, by the front matter or by the project, or else found out from the text.
"""

from dataclasses import replace

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.readers.frontmatter import read_front_matter
from ankigen.readers.registry import UnknownReader, find_reader, reader_names
from ankigen.readers.settings import Settings
from ankigen.records import Document
from ankigen.source import Source

__all__ = ["read_source"]


def read_source(source: Source, settings: Settings) -> Document:
    """The document that ``source`` holds, read by the reader that fits it."""
    front = read_front_matter(source, settings)
    said = settings.reader or front.settings.reader or settings.dialect
    name = said or _found_out(source, front.end_line)
    try:
        reader = find_reader(name)
    except UnknownReader as error:
        hint = f"use {' or '.join(reader_names())}"
        # It stops the build: the notes of a file that is not read would seem to be removed.
        fault = Diagnostic.at(source, Rule.INVALID_FRONT_MATTER, 0, str(error), hint)
        return Document(source, name, diagnostics=(fault,))
    document = reader(source, settings)
    faults = list(document.diagnostics)
    if settings.change and front.settings.deck == settings.deck:
        hint = "rename the folder or file, or write the deck in the front matter"
        faults.insert(0, Diagnostic.of_file(source.path, Rule.CLEANED_NAME, settings.change, hint))
    if not said and name != "delimited":
        from ankigen.readers.tells import other_dialect  # here, for a build without a change reads nothing

        faults += other_dialect(document.source, front.end_line)
    return replace(document, diagnostics=tuple(faults))


def _found_out(source: Source, front: int) -> str:
    from ankigen.readers.delimited.headers import looks_like_delimited
    from ankigen.readers.studyset.recognise import looks_like_paste

    if looks_like_delimited(source, front):
        return "delimited"
    return "studyset" if looks_like_paste(source, front) else "notes"
