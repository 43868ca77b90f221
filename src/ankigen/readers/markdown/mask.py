"""A text with all blanked out that no mark may stand in: code, math, links, pictures, addresses, HTML.

The mask is as long as the text, and every line in it begins where it does there. So a dialect may look for its marks
with a plain pattern, and take what it found out of the text by the same offsets.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from ankigen.frozen import dataclass
from ankigen.readers.markdown.blocks import Block, blocks_of
from ankigen.readers.markdown.syntax import new_parser
from ankigen.source import Source, Span

__all__ = ["BLANK", "COMMENT", "Mask", "mask_of"]

BLANK = "\ufffc"
"""Stands in a mask for each character that is no text."""

COMMENT = "\ufffb"
"""The same for a comment in HTML, in which other programs keep their ids."""

_BLOCKS = ("fence", "code_block", "html_block", "math_block", "math_block_label")
_INLINES = ("code_inline", "math_inline", "math_inline_double", "link_close", "image", "html_inline")
_ADDRESS = re.compile(r"\b(?:https?|ftp|file|mailto|obsidian)://?[^\s<>]*", re.IGNORECASE)
_WIKI_LINK = re.compile(r"!?\[\[[^\[\]\n]*\]\]")


@dataclass(frozen=True, slots=True)
class Mask:
    """The mask of a text; the lines, from 1, that belong to a block of code, math or HTML; and the targets of links.

    ``blocks`` are those of the text that stand in no other.
    """

    text: str
    inside: frozenset[int]
    targets: Mapping[str, Any]
    blocks: tuple[Block, ...]


def mask_of(source: Source, front: int) -> Mask:
    """The mask of ``source``, of which the first ``front`` lines are front matter."""
    env: dict[str, Any] = {}
    text = "\n" * front + source.text[source.offset(front + 1) :] if front else source.text
    tokens = _parser().parse(text, env)
    mask = list(source.text)
    for span in _spans(source, tokens, front):
        _blank(mask, source.text, span)
    for pattern in (_ADDRESS, _WIKI_LINK):
        for found in pattern.finditer(source.text):
            if mask[found.start()] not in (BLANK, COMMENT):  # that of a link ends with it, not at the next space
                _blank(mask, source.text, Span(*found.span()))
    blocks = (range(token.map[0] + 1, token.map[1] + 1) for token in tokens if token.map and token.type in _BLOCKS)
    inside = frozenset(number for lines in blocks for number in lines)
    top = tuple(block for block in blocks_of(tokens) if block.tokens[0].map)
    return Mask("".join(mask), inside, env.get("references", {}), top)


def _blank(mask: list[str], text: str, span: Span) -> None:
    sign = COMMENT if text.startswith("<!--", span.start) else BLANK
    for at in range(span.start, span.end):
        if mask[at] not in ("\n", COMMENT):
            mask[at] = sign


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """The parser of notes, whose tokens know where in the inline content they stand."""
    md = new_parser()
    for rule in md.inline.ruler.__rules__:
        md.inline.ruler.at(rule.name, _placing(rule.fn))
    return md


def _placing(rule: Any) -> Any:
    def placing(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if not rule(state, silent):
            return False
        if not silent and state.tokens and state.tokens[-1].type in _INLINES:
            state.tokens[-1].meta.setdefault("place", (start, state.pos))
        return True

    return placing


def _spans(source: Source, tokens: Sequence[Token], front: int) -> Iterator[Span]:
    """The places of all that is no text."""
    if front:
        yield source.lines_span(1, front)
    cursors: dict[int, int] = {}  # by line, from 0: the cells of a row stand behind each other
    for token in tokens:
        if token.map and token.type in _BLOCKS:
            first = source.line(token.map[0] + 1)
            column = max(0, first.find(token.markup)) if token.type == "fence" else len(first) - len(first.lstrip())
            yield Span(source.offset(token.map[0] + 1, column + 1), source.lines_span(token.map[1], token.map[1]).end)
        elif token.map and token.type == "inline":
            places = [child.meta["place"] for child in token.children or () if "place" in child.meta]
            if places:
                yield from _placed(source, token, places, cursors)


def _placed(source: Source, inline: Token, places: list[tuple[int, int]], cursors: dict[int, int]) -> Iterator[Span]:
    """Places in inline content as places in the source."""
    assert inline.map is not None  # noqa: S101 - asked only of tokens with a map
    starts = []  # of each line of the content: its offset there, and in the source
    offset = 0
    for at, line in enumerate(inline.content.split("\n")):
        number = inline.map[0] + at
        written, text = source.line(number + 1), line.strip()
        column = len(written.rstrip()) - len(text) if written.rstrip().endswith(text) else -1
        if column < cursors.get(number, 0) or number in cursors:
            column = written.find(text, cursors.get(number, 0))
        if column < 0:  # written otherwise, as with an escaped bar in a table: the whole line is taken out
            yield source.lines_span(number + 1, number + 1)
            column = 0
        cursors[number] = column + len(text)
        lead = len(line) - len(line.lstrip())
        starts.append((offset, source.offset(number + 1, column + 1) - lead))
        offset += len(line) + 1
    for start, end in places:
        at = bisect_right(starts, start, key=lambda line: line[0]) - 1
        while at < len(starts) and starts[at][0] < end:
            inside, outside = starts[at]
            following = starts[at + 1][0] if at + 1 < len(starts) else offset
            low, high = max(start, inside), min(end, following)
            yield Span(outside + low - inside, min(outside + high - inside, len(source.text)))
            at += 1
