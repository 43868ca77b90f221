"""Logseq: an outline of bullets, of which one with ``#card`` is asked, and its children are the answer.

https://docs.logseq.com/#/page/flashcards - gaps are ``{{cloze x}}``. As in the plugin Logseq Anki Sync, a property
``deck:: x`` of a page, of a block or of one above it names the deck, ``tags:: a, b`` the tags, and the tags
``#reversed``, ``#bidirectional``, ``#incremental``, ``#card-group`` and ``#depth-1`` say how is asked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from ankigen.diagnostics import Rule
from ankigen.frozen import dataclass
from ankigen.readers.dialects.gaps import count_up, with_gaps
from ankigen.readers.dialects.page import Found, Line, Page
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_logseq"]

_BULLET = re.compile(r"(?P<indent>[ \t]*)[-*+](?:[ \t]+|$)")
_PROPERTY = re.compile(r"\s*(?P<name>[A-Za-z][\w.-]*)::(?:\s+(?P<value>.*?))?\s*$")
_TAG = re.compile(r"(?:^|(?<=\s))#(?:\[\[(?P<long>[^\]\n]+)\]\]|(?P<name>[^\s#,\[\]]+))")
_OWN = re.compile(r"card|flashcard|forward|reversed|bidirectional|incremental|card-group|depth-\d+", re.IGNORECASE)
_GAP = re.compile(
    r"\{\{(?:cloze|c(?P<number>\d+))[ \t]+(?![ \t])(?P<gap>(?:[^{}\n\\]|\\(?!\\))*)(?:\\\\(?P<hint>[^{}\n]*))?\}\}"
)
_LINK = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_DEEPEST = 20  # levels below a card that it shows: below cards in cards in cards, a line would be shown without end
_DEPTH = re.compile(r"depth-(\d+)")


@dataclass(slots=True)
class _Block:
    """A bullet: its own lines without the bullet and the properties, what it says of itself, and its children."""

    first: int
    last: int
    indent: int
    lines: list[Line] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    children: list["_Block"] = field(default_factory=list)
    tags: frozenset[str] = frozenset()


def read_logseq(source: Source, settings: Settings) -> Document:
    """The records of a page of Logseq."""
    page = Page(source, settings)
    root = _outline(page.lines)
    found: list[Found] = []
    own: list[int] = [line.number for line in page.lines if _is_property(line)]
    _close(root)
    pending = [(block, root, _deck(root), _tags(root), False) for block in reversed(root.children)]
    while pending:  # not by calling itself: an outline may be deeper than Python's calls
        block, above, deck, tags, is_grouped = pending.pop()
        deck, tags = _deck(block) or deck, _tags(block) or tags
        if piece := _card(block, above, deck, tags, is_grouped):
            found.append(piece)
        is_group = "card-group" in block.tags
        pending += [(child, block, deck, tags, is_group) for child in reversed(block.children)]
    if found and (line := _too_deep(root.children)):
        message, hint = f"a card shows {_DEEPEST} levels below it", "move what is deeper up, or make cards of it"
        page.fault(Rule.NESTED_TOO_DEEP, line, message, hint)
    return page.document("logseq", found, own)


def _outline(lines: Sequence[Line]) -> _Block:
    """The blocks of a page as a tree."""
    root = _Block(0, 0, -1)
    path = [root]
    for written in lines:
        line = written
        if bullet := _BULLET.match(line.mask):
            indent = len(bullet["indent"].expandtabs(4))
            while path[-1].indent >= indent:
                path.pop()
            block = _Block(line.number, line.number, indent)
            path[-1].children.append(block)
            path.append(block)
            line = Line(line.number, line.text[bullet.end() :], line.mask[bullet.end() :], line.id)
        if not line.is_blank:
            path[-1].last = line.number
        if (said := _PROPERTY.match(line.mask)) and not line.is_inside:
            value = said.span("value")
            path[-1].properties[said["name"].lower()] = line.text[slice(*value)] if value[0] >= 0 else ""
        elif path[-1] is not root and not line.is_left:
            path[-1].lines.append(line)
        path[-1].tags |= {(tag["long"] or tag["name"]).lower() for tag in _TAG.finditer(_unlinked(line))}
    return root


def _close(root: _Block) -> None:
    """Let every block end where the last one below it does."""
    order = [root]
    for block in order:
        order += block.children
    for block in reversed(order):
        block.last = max(block.last, *(child.last for child in block.children[-1:]), 0)


def _too_deep(blocks: Sequence[_Block]) -> int:
    """The first line more than so many levels below the outermost ones that cards may not show it, or 0."""
    level = 0
    while blocks and level <= _DEEPEST:
        blocks = [child for block in blocks for child in block.children]
        level += 1
    return min((block.first for block in blocks), default=0)


def _unlinked(line: Line) -> str:
    """The mask, in which the name of a tag in double brackets is seen again: it is no link to hide."""
    if "#" not in line.mask:
        return line.mask
    spans = [found.span() for found in re.finditer(r"#\[\[[^\]\n]+\]\]", line.text) if line.mask[found.start()] == "#"]
    mask = line.mask
    for start, end in spans:
        mask = mask[:start] + line.text[start:end] + mask[end:]
    return mask


def _is_property(line: Line) -> bool:
    bullet = _BULLET.match(line.mask)
    return not line.is_inside and bool(_PROPERTY.match(line.mask, bullet.end() if bullet else 0))


def _deck(block: _Block) -> str:
    name = _LINK.sub(r"\1", block.properties.get("deck", "")).strip().strip('"')
    return name.replace("/", "::")


def _tags(block: _Block) -> tuple[str, ...]:
    said = block.properties.get("tags", "").replace("#", "")
    return tuple(name.strip() for name in _LINK.sub(r"\1", said).split(",") if name.strip())


def _card(block: _Block, above: _Block, deck: str, tags: tuple[str, ...], is_grouped: bool) -> Found | None:
    """The record that a block is, if it is one."""
    number = count_up()
    text = "\n".join(_plain(line) for line in block.lines).strip("\n")
    gaps = with_gaps([_untagged(line) for line in block.lines], _GAP, lambda gap: gap["number"] or number(gap))
    if not (gaps or is_grouped or block.tags & {"card", "flashcard"}):
        return None
    depth = min(_DEEPEST, *(int(found[1]) for tag in block.tags if (found := _DEPTH.fullmatch(tag))), _DEEPEST)
    answer = "\n".join(_listed(block.children, depth, 0))
    last = block.last
    if gaps:
        return Found(block.first, last, gaps.strip(), answer, Kind.CLOZE, deck, tags, hint=_hint(block))
    if "incremental" in block.tags and block.children:
        hidden = "\n".join(_listed(block.children, depth, 0, is_hidden=True))
        return Found(block.first, last, f"{text.strip()}\n\n{hidden}", "", Kind.CLOZE, deck, tags)
    extra = block.properties.get("extra", "")
    answer = f"{answer}\n\n{extra}" if extra else answer
    ways = block.properties.get("direction", "")
    both = "bidirectional" in block.tags or {"reversed", "forward"} <= block.tags or ways == "<->"
    if not both and ("reversed" in block.tags or ways == "<-"):
        return Found(block.first, last, answer, text.strip(), Kind.BASIC, deck, tags, hint=_hint(block))
    kind = Kind.REVERSED if both else Kind.BASIC
    return Found(block.first, last, text.strip(), answer, kind, deck, tags, hint=_hint(block))


def _hint(block: _Block) -> str:
    return block.properties.get("hint", "")


def _listed(blocks: Sequence[_Block], depth: int, level: int, *, is_hidden: bool = False) -> Iterator[str]:
    """Blocks as a list in Markdown, down to ``depth``; of those hidden, each is a gap."""
    pending = [(block, level) for block in reversed(blocks)] if depth > 0 else []
    number = 0
    while pending:
        block, level = pending.pop()
        first, *more = "\n".join(_plain(line) for line in block.lines).strip("\n").split("\n")
        if is_hidden and level == 0:
            number += 1
            first = f"{{{{c{number}::{first}}}}}"
        indent = "  " * level
        yield f"{indent}- {first}".rstrip()
        yield from (f"{indent}  {line.strip()}" if line.strip() else "" for line in more)
        if level + 1 < depth:
            pending += [(child, level + 1) for child in reversed(block.children)]


def _plain(line: Line) -> str:
    """A line without the marks of a card, and with what its gaps hide."""
    cut = _untagged(line)
    parts, at = [], 0
    for gap in _GAP.finditer(cut.mask):
        parts += [cut.text[at : gap.start()], cut.text[slice(*gap.span("gap"))]]
        at = gap.end()
    return "".join([*parts, cut.text[at:]])


def _untagged(line: Line) -> Line:
    """A line without the tags that make a card of it."""
    text, mask = line.text, line.mask
    for tag in reversed(list(_TAG.finditer(_unlinked(line)))):
        if _OWN.fullmatch(tag["long"] or tag["name"]):
            start = len(mask[: tag.start()].rstrip())
            text, mask = (whole[:start] + whole[tag.end() :] for whole in (text, mask))
    return Line(line.number, text.lstrip() if text != line.text else text, mask.lstrip() if mask != line.mask else mask)
