"""Tags in the text, as Obsidian and others write them: ``#exam``, ``#biology/cells``.

A ``#`` at the start of a line or after a space begins one, if a letter is in it; code, math, links and HTML hold none.
At the end of a record's first line, or of a heading, tags are no part of the text; nor is a line of nothing but tags.
Such a line belongs to the record that it stands in or right below, else to its section, above all headings to the
whole note. Within a sentence a tag is text, and tags nothing.
"""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from ankigen.frozen import dataclass
from ankigen.readers.markdown.blocks import lines_of
from ankigen.readers.markdown.syntax import ATTRIBUTES, HASHTAG, SEPARATOR
from ankigen.readers.names import clean_tag
from ankigen.records import Record
from ankigen.source import Source

__all__ = ["Tags", "find_tags", "tagged", "without_tags"]

_LIKE_TAG = re.compile(r"#[^\s#]")
_SEPARATORS = (SEPARATOR, "cloze_open")


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags that are no part of the text: their line, from 1, and place in it. ``alone``: nothing else is there."""

    line: int
    start: int
    end: int
    names: tuple[str, ...]
    alone: bool


def find_tags(source: Source, tokens: Sequence[Token], records: Sequence[Record]) -> Iterator[Tags]:
    """The tags at the ends of headings and of the first lines of ``records``, and those on lines of their own."""
    if not _LIKE_TAG.search(source.text):
        return
    firsts = {record.line for record in records}
    for at, token in enumerate(tokens):
        if token.type != "inline" or not token.map or "#" not in token.content:
            continue
        if not any(child.type == HASHTAG for child in token.children or ()):
            continue
        is_heading = tokens[at - 1].type == "heading_open"
        for line in lines_of(token):
            number = token.map[0] + line.number + 1
            run = _run(line.tokens)
            alone = len(run) == len(line.tokens) and tokens[at - 1].type == "paragraph_open"
            if not run or not (alone or is_heading or number in firsts) or (len(run) == len(line.tokens) and not alone):
                continue
            if not alone and line.tokens[-len(run) - 1].type in _SEPARATORS:
                continue  # `white :: #fff` has no other definition
            written = "".join(child.content for child in run).strip()
            start = source.line(number).rfind(written)
            if start >= 0:
                names = tuple(filter(None, (clean_tag(child.content) for child in run if child.type == HASHTAG)))
                yield Tags(number, start, start + len(written), names, alone)


def _run(tokens: Sequence[Token]) -> list[Token]:
    """The tags at the end of a line, with the space between them; attributes may follow them."""
    end = len(tokens) - (bool(tokens) and tokens[-1].type == ATTRIBUTES)
    if end and end < len(tokens) and not tokens[end - 1].content.strip():
        end -= 1
    start = end
    while start and (tokens[start - 1].type == HASHTAG or not tokens[start - 1].content.strip()):
        start -= 1
    run = list(tokens[start:end])
    return run if any(child.type == HASHTAG for child in run) else []


def without_tags(source: Source, tags: Sequence[Tags]) -> Source:
    """The source with spaces where the tags are, so that every place stays."""
    lines = source.text.split("\n")
    for each in tags:
        line = lines[each.line - 1]
        lines[each.line - 1] = f"{line[: each.start]}{' ' * (each.end - each.start)}{line[each.end :]}"
    return replace(source, text="\n".join(lines))


def tagged(records: Sequence[Record], tags: Sequence[Tags], headings: Sequence[tuple[int, int]]) -> list[Record]:
    """The records with their tags. ``headings`` are lines, from 1, and levels, in order."""
    own: dict[int, list[str]] = {}
    shared: dict[int, list[str]] = {}  # by the line of the heading above
    starts, titles = [record.line for record in records], [0, *(line for line, _ in headings)]
    for each in tags:
        at = bisect_right(starts, each.line) - 1
        if at >= 0 and each.line <= records[at].end_line + each.alone:
            own.setdefault(at, []).extend(each.names)
        else:
            shared.setdefault(titles[bisect_right(titles, each.line) - 1], []).extend(each.names)
    path = [(0, 0)]  # the headings above: line and level
    following = deque(headings)
    found = []
    for at, record in enumerate(records):
        while following and following[0][0] <= record.line:
            line, level = following.popleft()
            while path[-1][1] >= level:
                path.pop()
            path.append((line, level))
        around = [name for line, _ in path for name in shared.get(line, ())]
        found.append(replace(record, tags=tuple(dict.fromkeys((*record.tags, *around, *own.get(at, ()))))))
    return found
