"""The syntax tree as this reader walks it: blocks over token slices, and the lines of inline content.

A :class:`Block` is one markdown-it block with its tokens; lines count from 0 as in markdown-it's own maps. A
:class:`Line` is one written line of a paragraph, with its offsets in the paragraph's content.
"""

from collections.abc import Sequence
from dataclasses import field

from markdown_it.token import Token

from ankigen.frozen import dataclass
from ankigen.readers.markdown.footnotes import REFERENCE
from ankigen.readers.markdown.marks import unmarked
from ankigen.readers.markdown.syntax import ATTRIBUTES, SEPARATOR

__all__ = [
    "Attributes",
    "Block",
    "Inline",
    "Line",
    "blocks_of",
    "holds_separator",
    "is_comment",
    "lines_of",
    "paragraph_of",
    "plain_text",
    "take_attributes",
]


@dataclass(slots=True)
class Block:
    """A block: its type without ``_open``, its tokens, and its lines ``[first, last)`` from 0."""

    type: str
    tokens: Sequence[Token]
    first: int
    last: int

    @property
    def children(self) -> list["Block"]:
        """The blocks inside a container."""
        return blocks_of(self.tokens[1:-1], self.first)

    @property
    def inline(self) -> Token:
        """The inline token of a paragraph, heading, table cell or term."""
        return self.tokens[1]


@dataclass(slots=True)
class Attributes:
    """What stands in braces after a record's first line: its values, and the braces as written."""

    values: dict[str, str]
    text: str


@dataclass(slots=True)
class Inline:
    """A run of inline tokens and the Markdown they were read from."""

    tokens: list[Token] = field(default_factory=list)
    markdown: str = ""

    def extend(self, other: "Inline", line_break: Token | None = None) -> None:
        """Continue with ``other`` on a new line."""
        hard = "\\" if line_break and line_break.type == "hardbreak" else ""
        if self.markdown:
            self.tokens.append(line_break or Token("softbreak", "br", 0))
            self.markdown += f"{hard}\n"
        self.tokens += other.tokens
        self.markdown += other.markdown

    def take_attributes(self) -> Attributes | None:
        """Remove the braces at the end, if there are any, and return what stands in them."""
        found = take_attributes(self.tokens)
        if found:
            self.markdown = self.markdown.removesuffix(found.text).rstrip()
        return found


@dataclass(slots=True)
class Line:
    """One line of inline content: its tokens, its number there (from 0), and its offsets ``[start, end)``.

    It runs on to line ``last`` where emphasis or a link does not end on the line that it begins on.
    """

    tokens: list[Token]
    number: int
    start: int
    end: int
    last: int = 0
    line_break: Token | None = None  # the break that ended the line before


def blocks_of(tokens: Sequence[Token], first: int = 0) -> list[Block]:
    """The outermost blocks of a token stream. A block without a map of its own takes its predecessor's line."""
    found: list[Block] = []
    start = 0
    depth = 0
    for index, token in enumerate(tokens):
        if token.nesting:
            depth += token.nesting
        if depth:
            continue
        opening = tokens[start]
        lines = opening.map or [first, first]
        kind = opening.type.removesuffix("_open")
        found.append(Block(kind, tokens[start : index + 1], lines[0], max(lines[1], lines[0] + 1)))
        first = lines[0]
        start = index + 1
    return found


def lines_of(inline: Token) -> list[Line]:
    """The lines of inline content, cut at the breaks that stand outside emphasis, links and other spans."""
    lines = [Line([], 0, 0, len(inline.content))]
    depth = 0
    for token in inline.children or ():
        depth += token.nesting
        if depth == 0 and token.type in ("softbreak", "hardbreak") and "start" in token.meta:
            lines[-1].end = token.meta["start"]
            start = token.meta["end"]
            number = lines[-1].number + inline.content.count("\n", lines[-1].start, start)
            lines.append(Line([], number, start, len(inline.content), line_break=token))
        elif token.type != "text" or token.content:
            lines[-1].tokens.append(token)
    for line in lines:
        line.last = line.number + inline.content.count("\n", line.start, line.end)
    return lines


def holds_separator(inline: Token) -> bool:
    """Whether a separator stands in inline content: asked of all, so first of the signs that one is written with."""
    text = inline.content
    if ":" not in text and "-" not in text and "–" not in text and "—" not in text:
        return False
    return any(token.type == SEPARATOR for token in inline.children or ())


def paragraph_of(lines: Sequence[Line], block: Block) -> Block:
    """The first ``lines`` of the paragraph ``block`` as a paragraph of their own."""
    last = block.first + lines[-1].last + 1
    children = [token for line in lines for token in (*filter(None, [line.line_break]), *line.tokens)]
    inline = block.inline.copy(content=block.inline.content[: lines[-1].end], children=children)
    opening = block.tokens[0].copy(map=[block.first, last])
    return Block(block.type, [opening, inline, block.tokens[-1]], block.first, last)


def take_attributes(tokens: list[Token] | None) -> Attributes | None:
    """Remove the braces at the end of inline ``tokens``, if there are any, and return what stands in them."""
    if not tokens or tokens[-1].type != ATTRIBUTES:
        return None
    token = tokens.pop()
    token.meta["taken"] = True
    if tokens and tokens[-1].type == "text":
        tokens[-1].content = tokens[-1].content.rstrip()
    return Attributes(token.meta["values"], token.content)


def is_comment(block: Block) -> bool:
    """Whether the block is one HTML comment and nothing else; one without an end is named by the faults."""
    if block.type != "html_block":
        return False
    text = block.tokens[0].content.strip()
    return text.startswith("<!--") and text.find("-->") in (-1, len(text) - 3)


def plain_text(tokens: Sequence[Token]) -> str:
    """What a reader sees of inline tokens, without any markup."""
    words = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif token.type == "image":
            words.append(plain_text(token.children or ()))
        elif token.type not in ("html_inline", REFERENCE):
            words.append(token.content)
    return " ".join(unmarked("".join(words)).split())
