"""What stands around the records of a source: lines to keep where they are, and lines that only held records."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import field
from typing import Any

from markdown_it.token import Token

from ankigen.frozen import dataclass
from ankigen.readers.markdown.syntax import parser
from ankigen.readers.studyset.features import item_mark
from ankigen.records import Document, Record
from ankigen.source import Source

__all__ = ["Layout", "Run", "layout_of", "lines_not_in", "runs"]

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a note that say how its records were written; lines count from 1.

    ``headings`` has the level of each heading, ``tables`` the first and last lines of the tables of records, and
    ``targets`` are the definitions of links, which any record may use. ``loose`` are lines of those, of footnotes and
    of comments, which may stand inside a record without being part of its text.
    """

    headings: dict[int, int] = field(default_factory=dict)
    tables: tuple[range, ...] = ()
    targets: str = ""
    loose: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Run:
    """Lines, from 1, that are no records and stand together."""

    lines: tuple[int, ...]


def layout_of(document: Document, front: int) -> Layout:
    """The layout of a note in Markdown whose front matter ends in line ``front``; other sources have none."""
    if document.reader != "notes":
        return Layout()
    source = document.source
    env: dict[str, Any] = {}
    tokens = parser().parse("\n" * front + source.text[source.offset(front + 1) :], env)
    rows = {record.line for record in document.records}
    headings: dict[int, int] = {}
    tables: list[range] = []
    loose: set[int] = set()
    for token in tokens:
        if token.type == "heading_open" and token.level == 0 and token.map:
            headings[token.map[0] + 1] = int(token.tag[1:])
        elif token.type == "table_open" and token.map and token.map[0] + 3 in rows:
            tables.append(range(token.map[0] + 1, token.map[1] + 1))
        elif token.map and (token.type == "footnote_reference_open" or _is_comment(token)):
            loose.update(range(token.map[0] + 1, token.map[1] + 1))
    maps = [target["map"] for target in [*env.get("references", {}).values(), *env.get("duplicate_refs", ())]]
    links = [number for first, last in maps for number in range(first + 1, last + 1)]
    targets = "\n".join(map(source.line, links))
    return Layout(headings, tuple(tables), targets, frozenset(loose.union(links)))


def _is_comment(token: Token) -> bool:
    return token.type == "html_block" and token.content.lstrip().startswith("<!--")


def runs(document: Document, front: int, left_out: frozenset[int], kept: frozenset[Record]) -> Iterator[Record | Run]:
    """The records, and the runs of lines between them, in source order. The lines of records in ``kept`` are no record.

    Lines in ``left_out`` are in no run. A run neither begins nor ends with a blank line.
    """
    source = document.source
    starts: dict[int, list[Record]] = {}
    for record in document.records:
        if record not in kept:
            starts.setdefault(record.line, []).append(record)
    run: list[int] = []
    number = front + 1
    while number <= source.line_count:
        if number in starts:
            yield from _run(run, document)
            run = []
            last = number
            while number <= last:  # a record may stand among the lines of another
                for record in starts.get(number, ()):
                    yield record
                    last = max(last, record.end_line)
                number += 1
            continue
        elif number in left_out:
            yield from _run(run, document)
            run = []
        else:
            run.append(number)
        number += 1
    yield from _run(run, document)


def lines_not_in(record: Record, source: Source) -> Iterator[int]:
    """The lines among those of a record in a paste, from 1, of which it holds no more than a mark."""
    left = _words(f"{record.term.markdown}\n{record.definition.markdown}")
    for number in range(record.line, record.end_line + 1):
        line = source.line(number).strip()
        words = _words(line.removeprefix(item_mark(line)))
        if words and words <= left:
            left -= words
        elif words or _bare(line) not in _bare(f"{record.term.markdown}{record.definition.markdown}"):
            yield number


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text))


def _bare(text: str) -> str:
    """The signs of a text, without the backslashes and spaces between them."""
    return "".join(text.replace("\\", "").split())


def _run(lines: list[int], document: Document) -> Iterator[Run]:
    written = [at for at, number in enumerate(lines) if document.source.line(number).strip(" \t")]
    if written:
        yield Run(tuple(lines[written[0] : written[-1] + 1]))
