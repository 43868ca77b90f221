"""A field of Anki's text files as :class:`RichText`: plain text, or the HTML that Anki keeps."""

import re
from collections.abc import Sequence
from html import unescape

from ankigen.readers.markdown.fragment import render
from ankigen.readers.markdown.marks import live
from ankigen.readers.markdown.sanitise import sanitise
from ankigen.readers.studyset.plain import as_text
from ankigen.records import RichText

__all__ = ["cloze_text", "joined", "rich_text", "words_in"]

_BREAK = re.compile(r"<br ?/?>|</div><div>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BLANK = re.compile(r"\n(?=[ \t]*\n)")
_BACKSLASH = re.compile(r"\\([^\w\s])")
_GAP_MARKS = (
    (re.compile(r"\\\{\\\{(c\d+)\\:\\:"), r"{{\1::"),
    (re.compile(r"\\:\\:"), "::"),
    (re.compile(r"\\\}\\\}"), "}}"),
)
_PLAIN = re.compile(r"<|&(?!(?:lt|gt|amp|quot|nbsp|#39);)")


def rich_text(field: str, *, html: bool) -> RichText:
    """What ``field`` shows. HTML is cleaned; where it holds lines of text only, it is written as these lines."""
    if not html:
        return _lines(field.split("\n"))
    text = _BREAK.sub("\n", field.removeprefix("<div>").removesuffix("</div>"))
    if not _PLAIN.search(text) and "\n" not in field:
        return _lines(unescape(text).split("\n"))
    clean = sanitise(field)
    # A blank line ends a block of HTML in Markdown; an entity keeps it where it counts, as in <pre>.
    markdown = _BLANK.sub("&#10;", clean)
    if render(markdown).html != clean:
        markdown = f"<div>{markdown}</div>"
    return RichText(markdown, clean)


def cloze_text(text: RichText) -> RichText:
    """``text`` with its gaps marked as gaps; in other text their marks are written so that they mean nothing."""
    marked, html = text.markdown, live(text.html)
    for escaped, mark in _GAP_MARKS:
        marked = escaped.sub(mark, marked)
    for markdown in (_BACKSLASH.sub(r"\1", text.markdown), marked):
        if render(markdown).html == html:
            return RichText(markdown, html)
    return RichText(text.markdown, html)


def _lines(texts: Sequence[str]) -> RichText:
    lines = [line.strip() for line in texts if line.strip()]
    return as_text(lines) if lines else RichText("", "")


def joined(parts: Sequence[RichText]) -> RichText:
    """Several fields one below the other, empty ones left out."""
    full = [part for part in parts if part]
    if len(full) == 1:
        return full[0]
    return RichText("\n\n".join(part.markdown for part in full), "\n".join(f"<div>{part.html}</div>" for part in full))


def words_in(field: str, *, html: bool) -> str:
    """The text of a field without its markup, on one line."""
    return " ".join((unescape(_TAG.sub(" ", field)) if html else field).split())
