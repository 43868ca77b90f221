"""Markdown that swallows what follows it: a fence that is never closed, blocks nested too deep to be read."""

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.readers.markdown.syntax import MAX_NESTING
from ankigen.source import Source

__all__ = ["structural_faults"]


def structural_faults(source: Source, tokens: Sequence[Token]) -> Iterator[Diagnostic]:
    """The faults in how blocks open and close, each where it begins."""
    too_deep = False
    for token in tokens:
        if token.type == "fence" and token.map and not _is_closed(source, token):
            first = token.map[0] + 1
            yield Diagnostic.at(
                source,
                Rule.UNCLOSED_FENCE,
                source.offset(first, source.line(first).find(token.markup) + 1),
                f"the code block that begins here has no end; all text down to line {token.map[1]} is code",
                f"put a line {token.markup} after the code",
                source.offset(first, source.line(first).find(token.markup) + 1) + len(token.markup),
            )
        # markdown-it leaves out, without a word, what is nested in a container of the last level.
        if token.level >= MAX_NESTING - 1 and not too_deep and token.map:
            too_deep = True
            yield Diagnostic.at(
                source,
                Rule.NESTED_TOO_DEEP,
                source.offset(token.map[0] + 1),
                f"lists or quotes are nested {MAX_NESTING // 2} levels deep here; what is deeper is not read",
                "write it with fewer levels",
            )


def _is_closed(source: Source, token: Token) -> bool:
    assert token.map is not None  # noqa: S101 - asked only of tokens with a map
    last = source.line(token.map[1]).strip(" \t>")
    return token.map[1] - token.map[0] >= 2 and last == last[0:1] * len(last) and last.startswith(token.markup)
