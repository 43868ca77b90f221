"""Readers: each turns a source into a document of records, and never raises on content.

Which one reads a source is said by the caller or by the front matter, or else found out from the text.
"""

from collections.abc import Callable

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.readers.delimited import looks_like_delimited, read_delimited
from ankigen.readers.frontmatter import read_front_matter
from ankigen.readers.markdown import read_markdown
from ankigen.readers.settings import Settings
from ankigen.readers.studyset import looks_like_paste, read_studyset
from ankigen.records import Document
from ankigen.source import Source

__all__ = ["READERS", "read_source"]

READERS: dict[str, Callable[[Source, Settings], Document]] = {
    "notes": read_markdown,
    "studyset": read_studyset,
    "delimited": read_delimited,
}


def read_source(source: Source, settings: Settings) -> Document:
    """The document that ``source`` holds, read by the reader that fits it."""
    front = read_front_matter(source, settings)
    name = settings.reader or front.settings.reader
    if not name:
        name = "delimited" if looks_like_delimited(source) else "studyset" if looks_like_paste(source) else "notes"
    if name not in READERS:
        fault = Diagnostic.at(
            source,
            Rule.INVALID_VALUE,
            0,
            f"there is no dialect {name}",
            f"use {' or '.join(READERS)}",
        )
        return Document(source, name, diagnostics=(fault,))
    return READERS[name](source, settings)
