"""From tokens to :class:`RichText`: the HTML a card shows beside the Markdown it was read from."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.readers.markdown.blocks import Block, Inline
from ankigen.readers.markdown.sanitise import dropped, sanitise
from ankigen.records import RichText
from ankigen.source import Source

__all__ = ["Writer"]

_LEADING = re.compile(r"^[ \t]+")
_MARKER = re.compile(r"[ \t>]*(?:[-+*:~]|\d{1,9}[.)])[ \t]+|[ \t]*>[ \t]?")


class Writer:
    """Writes the parts of one source's syntax tree; what had to be left out of the HTML is in ``diagnostics``."""

    def __init__(self, source: Source, md: MarkdownIt, env: dict[str, object]) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self._md = md
        self._env = env

    def inline(self, inline: Inline, line: int) -> RichText:
        """Inline content that begins in ``line`` (from 0) as rich text without a paragraph around it."""
        return RichText(inline.markdown.strip(), self._safe(self._render_inline(inline), line))

    def definition(self, head: Inline, blocks: Sequence[Block], line: int, markdown: str) -> RichText:
        """The text on the term's own lines, and the blocks that follow (their ``markdown``), as one definition."""
        if not blocks:
            return self.inline(head, line)
        lead = self._render_inline(head)
        html = (f"<p>{lead}</p>\n" if lead else "") + "".join(
            self._md.renderer.render(block.tokens, self._md.options, self._env) for block in blocks
        )
        html = html.strip()
        if len(blocks) == 1 and not head.tokens and blocks[0].type == "paragraph":
            html = html.removeprefix("<p>").removesuffix("</p>")  # a lone paragraph needs no room around it
        text = "\n\n".join(part for part in (head.markdown.strip(), markdown) if part)
        return RichText(text, self._safe(html, line))

    def block_markdown(self, blocks: Sequence[Block]) -> str:
        """The source lines of ``blocks``, as they stand, without the list marker and indentation around them."""
        if not blocks:
            return ""
        first, last = blocks[0].first, blocks[-1].last
        lines = [self.source.line(number) for number in range(first + 1, last + 1)]
        return _outdent(lines)

    def inside_markdown(self, block: Block) -> str:
        """The Markdown inside a list item or definition, its marker and indentation taken off."""
        lines = [self.source.line(number) for number in range(block.first + 1, block.last + 1)]
        column = self._content_column(block, lines[0])
        lines[0] = " " * column + lines[0][column:]
        return _outdent(lines)

    def _content_column(self, block: Block, line: str) -> int:
        """Where the content of a list item or definition begins in its first line."""
        inside = block.children
        if inside and inside[0].type == "paragraph":
            text = inside[0].inline.content.split("\n", 1)[0].rstrip()
            if line.rstrip().endswith(text):  # also right where two markers share the line: `: - item`
                return len(line.rstrip()) - len(text)
        marker = _MARKER.match(line)
        return marker.end() if marker else 0

    def offset(self, line: int, text: str) -> int:
        """Where ``text`` stands in ``line`` (from 0); the line's first character when it is written otherwise."""
        written = self.source.line(line + 1)
        column = written.find(text.split("\n", 1)[0].strip()) if text else -1
        if column < 0:
            column = len(written) - len(written.lstrip())
        return self.source.offset(line + 1, column + 1)

    def _render_inline(self, inline: Inline) -> str:
        # The renderer knows inline content only as the children of an inline token.
        token = Token("inline", "", 0, children=inline.tokens)
        return str(self._md.renderer.render([token], self._md.options, self._env)).strip()

    def _safe(self, html: str, line: int) -> str:
        if not self._env.pop("raw html", False):
            return html
        lost = dropped(html)
        if lost:
            self.diagnostics.append(
                Diagnostic.at(
                    self.source,
                    Rule.UNSAFE_HTML,
                    self.offset(line, ""),
                    f"HTML that a card may not hold is left out: {', '.join(dict.fromkeys(lost))}",
                    "write it as Markdown, or as text in backticks",
                )
            )
        return sanitise(html)


def _outdent(lines: list[str]) -> str:
    """Take the first line's indentation off every line that has it, and blank lines off both ends."""
    while lines and not lines[0].strip():
        lines = lines[1:]
    if not lines:
        return ""
    lines = [_LEADING.sub(lambda space: space[0].expandtabs(4), line) for line in lines]
    indent = len(lines[0]) - len(lines[0].lstrip(" "))
    return "\n".join(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines).rstrip()
