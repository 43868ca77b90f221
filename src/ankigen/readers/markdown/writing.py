"""From tokens to :class:`RichText`: the HTML a card shows beside the Markdown it was read from."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.readers.markdown.blocks import Block, Inline, blocks_of, is_comment
from ankigen.readers.markdown.footnotes import Footnote, Footnotes, Numbers
from ankigen.readers.markdown.marks import field_html, inert
from ankigen.readers.markdown.sanitise import losses, sanitise
from ankigen.records import RichText
from ankigen.source import Source

__all__ = ["Writer"]

_LEADING = re.compile(r"^(?:[ \t]|(?:[-+*:~]|\d{1,9}[.)])(?=[ \t]))+")
_MARKER = re.compile(r" *([-+*:~]|\d{1,9}[.)])(?: {1,4}(?! )| |$)")


class Writer:
    """Writes the parts of one source's syntax tree; what had to be left out of the HTML is in ``diagnostics``."""

    def __init__(
        self,
        source: Source,
        md: MarkdownIt,
        env: dict[str, object],
        footnotes: Footnotes,
        unsafe_html: bool = False,
    ) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        assert isinstance(md.renderer, RendererHTML)  # noqa: S101 - that of the one parser
        self._md, self._renderer = md, md.renderer
        self._env = env
        self._footnotes = footnotes
        self._unsafe_html = unsafe_html
        self._env["numbers"] = self._numbers = Numbers(footnotes, range(0))

    def begin(self, lines: range) -> None:
        """From here on, a record is written that stands in ``lines``, from 0: its footnotes are numbered from 1."""
        if self._numbers.is_used:
            self._env["numbers"] = self._numbers = Numbers(self._footnotes, lines)
        self._numbers.lines = lines

    @property
    def has_footnotes(self) -> bool:
        """Whether the record refers to footnotes, as far as it is written."""
        return self._numbers.is_used

    def inline(self, inline: Inline, line: int) -> RichText:
        """Inline content that begins in ``line`` (from 0) as rich text without a paragraph around it."""
        return RichText(inline.markdown.strip(), self._safe(self._render_inline(inline.tokens).strip(), line))

    def definition(self, head: Inline, blocks: Sequence[Block], line: int, markdown: str) -> RichText:
        """The text on the term's own lines, and the blocks that follow (their ``markdown``), as one definition."""
        if not blocks:
            return self.inline(head, line)
        shown = [block for block in blocks if not is_comment(block)]
        for block in shown:
            block.tokens[0].hidden = block.tokens[-1].hidden = False  # a paragraph in a tight list is one here too
        lead = self._render_inline(head.tokens).strip() if head.tokens else ""
        if len(shown) == 1 and not lead and shown[0].type == "paragraph":  # alone, it needs no room around it
            html = self._render_inline(shown[0].inline.children or ())
        else:
            html = f"<p>{lead}</p>\n" if lead else ""
            html += "".join(self._renderer.render(block.tokens, self._md.options, self._env) for block in shown)
            html = html.strip()
        if head.markdown:
            markdown = "\n\n".join(filter(None, (head.markdown.strip(), markdown)))
        return RichText(markdown, self._safe(html, line))

    def with_footnotes(self, definition: RichText, covered: range) -> RichText:
        """``definition`` with the footnotes of the record; those in the lines ``covered`` are in its Markdown."""
        found = self._numbers.found
        items, texts = [], [definition.markdown] if definition.markdown else []
        for text in found:  # which grows, for a footnote may refer to another one
            if isinstance(text, Footnote):
                items.append(self.definition(Inline(), blocks_of(text.tokens, text.first), text.first, "").html)
                if text.first not in covered:
                    texts.append(self._footnote_markdown(text))
            else:
                items.append(self.inline(Inline(text), self._numbers.lines.start).html)
        for label in dict.fromkeys(self._numbers.unknown):
            self._fault(
                Rule.UNDEFINED_FOOTNOTE,
                f"[^{label}]",
                "there is no footnote of this name",
                f"write its text on a line of its own, [^{label}]: ..., or a backslash before the bracket",
            )
        for label in dict.fromkeys(self._numbers.too_long):
            message = "so many records refer to this note's footnotes that they would make it many times as long"
            self._fault(Rule.UNDEFINED_FOOTNOTE, f"[^{label}]", message, "make the footnotes shorter")
        if not found:
            return definition
        listed = "\n".join(f"<li>{inert(item)}</li>" for item in items)
        block = f'<section class="footnotes">\n<ol>\n{listed}\n</ol>\n</section>'
        html = definition.html
        if html and not html.startswith("<"):
            html = f"<p>{html}</p>"
        return RichText("\n\n".join(texts), f"{html}\n{block}".lstrip())

    def _footnote_markdown(self, text: Footnote) -> str:
        written = self.source.lines(text.first + 1, text.last) or [""]
        lines = [line.lstrip("> ") if line.startswith(">") else line for line in written]
        return _outdent("\n".join(lines), _indent(lines[0]))

    def block_markdown(self, blocks: Sequence[Block]) -> str:
        """The source lines of ``blocks``, as they stand, without the list marker and indentation around them."""
        if not blocks:
            return ""
        text = self.source.lines_text(blocks[0].first + 1, blocks[-1].last)
        indent = _indent(text)
        for block in blocks:
            if block.type == "code_block":  # its own indentation is part of it
                written = _indent(self.source.line(block.first + 1))
                indent = max(0, written - 4 - _indent(block.tokens[0].content))
        return _outdent(text, indent)

    def inside_markdown(self, block: Block) -> str:
        """The Markdown inside a list item or definition, its marker and indentation taken off."""
        first, _, more = self.source.lines_text(block.first + 1, block.last).rstrip().partition("\n")
        first = _spaced(first)
        column = _content_column(first, block.tokens[0].markup)
        if not more:
            return first[column:]
        if not first[column:]:  # the content begins below its marker
            return _outdent(more, _indent(more))
        return _outdent(f"{' ' * column}{first[column:]}\n{more}", column)

    def offset(self, line: int, text: str) -> int:
        """Where ``text`` stands in ``line`` (from 0); the line's first character when it is written otherwise."""
        written = self.source.line(line + 1)
        column = written.find(text.split("\n", 1)[0].strip()) if text else -1
        if column < 0:
            column = len(written) - len(written.lstrip())
        return self.source.offset(line + 1, column + 1)

    def _render_inline(self, tokens: Sequence[Token]) -> str:
        return self._renderer.renderInline(tokens, self._md.options, self._env)

    def _safe(self, html: str, line: int) -> str:
        for name in self._pop("unshown") if "unshown" in self._env else ():
            hint = "write what is to be on the card; pictures, sounds and films can be embedded"
            self._fault(Rule.NOTE_EMBED, f"![[{name}", "a note within a note cannot be shown on a card", hint)
        if not self._env.pop("raw html", False):
            return field_html(html)
        for rule, message, hint in losses(html, is_kept=self._unsafe_html):
            self.diagnostics.append(Diagnostic.at(self.source, rule, self.offset(line, ""), message, hint))
        return field_html(html if self._unsafe_html else sanitise(html))

    def _pop(self, name: str) -> list[str]:
        found = self._env.pop(name, [])
        assert isinstance(found, list)  # noqa: S101 - the renderer makes it one
        return found

    def _fault(self, rule: Rule, written: str, message: str, hint: str) -> None:
        """A fault at ``written``, which is looked for from where the record begins."""
        start = self.source.offset(self._numbers.lines.start + 1)
        at = self.source.text.find(written, start, start + 100_000)  # which keeps hostile input linear
        at = start if at < 0 else at
        self.diagnostics.append(Diagnostic.at(self.source, rule, at, message, hint, at + len(written)))


def _content_column(line: str, markup: str) -> int:
    """Where the content of an item with this ``markup`` begins; a definition's mark may stand before it: `: - item`."""
    column = 0
    while marker := _MARKER.match(line, column):
        column = marker.end()
        if marker[1].endswith(markup):
            break
    return column


def _spaced(line: str) -> str:
    """The line without tabs in its indentation and behind its list markers."""
    return _LEADING.sub(lambda space: space[0].expandtabs(4), line) if "\t" in line else line


def _indent(text: str) -> int:
    """How many spaces the first line of ``text`` begins with."""
    if not text.startswith((" ", "\t")):
        return 0
    line = _spaced(text.partition("\n")[0])
    return len(line) - len(line.lstrip(" "))


def _outdent(text: str, indent: int) -> str:
    """Take up to ``indent`` spaces off every line, and blank lines off both ends."""
    if indent:  # else tabs stay tabs: in a fence they are part of the code
        lines = map(_spaced, text.split("\n"))
        text = "\n".join([line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines])
    return text.strip("\n").rstrip()
