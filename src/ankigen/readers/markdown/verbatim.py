"""The lines in which nothing is Markdown: code, math, and HTML that began above them."""

from collections.abc import Sequence

from markdown_it.token import Token

__all__ = ["verbatim_lines"]

_INLINE = ("code_inline", "math_inline", "math_inline_double")


def verbatim_lines(tokens: Sequence[Token], mark: str) -> set[int]:
    """The lines, from 1, of such blocks, and of paragraphs' code or math that holds ``mark``."""
    lines: set[int] = set()
    for token in tokens:
        if not token.map:
            continue
        first, last = token.map
        if token.type in ("fence", "code_block", "math_block"):
            lines.update(range(first + 1, last + 1))
        elif token.type == "html_block":
            lines.update(range(first + 2, last + 1))
        elif token.type == "inline":
            at, line = 0, first + 1
            for child in token.children or ():
                found = token.content.find(child.content, at) if child.content else -1
                if found >= 0:
                    begins = line + token.content.count("\n", at, found)
                    at = found + len(child.content)
                    line = begins + child.content.count("\n")
                    if child.type in _INLINE and mark in child.content:
                        lines.update(range(begins, line + 1))
    return lines
