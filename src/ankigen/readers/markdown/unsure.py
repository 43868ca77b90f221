"""The mark of an unsure record: a comment above it, which a person deletes after a look.

A converted paste has one wherever its lines can be read in another way; every check tells of it until it is gone.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.source import Source

__all__ = ["unsure_mark", "unsure_places"]

_MARK = re.compile(r"<!--\s*unsure:(.*?)-->", re.DOTALL)


def unsure_mark(text: str) -> str:
    """The comment that says ``text``, on one line that no character in it can end early."""
    words = " ".join(text.split())
    return f"<!-- unsure: {re.sub('-(?=-)', '- ', words)} -->"


def unsure_places(source: Source, tokens: Sequence[Token]) -> Iterator[Diagnostic]:
    """A diagnostic for every mark in a note."""
    for token in tokens if "unsure:" in source.text else ():
        found = _MARK.match(token.content.lstrip()) if token.type == "html_block" and token.map else None
        if found and token.map:
            start = source.offset(token.map[0] + 1, source.line(token.map[0] + 1).find("<!--") + 1)
            said = " ".join(found[1].split()) or "the record below"
            hint = "mend the record if it is wrong, and delete this comment"
            end = start + len(found[0].split("\n", 1)[0])
            yield Diagnostic.at(source, Rule.UNSURE_RECORD, start, f"not sure: {said}", hint, end)
