"""HTML tags that are opened and not closed: the sanitiser would close them at the end of a field, in silence."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.source import Source

__all__ = ["nesting", "unclosed_tags"]

# Elements whose end tag may not be left out, https://html.spec.whatwg.org/multipage/syntax.html#optional-tags
_PAIRED = frozenset(
    "a abbr article aside b bdi bdo big blockquote button center cite code del details dfn div dl em figcaption figure "
    "font footer h1 h2 h3 h4 h5 h6 header i ins kbd main mark nav ol pre q s samp section small span strike strong sub "
    "summary sup table tt u ul var".split()
)
_LIKE_TAG = re.compile(r"<[a-zA-Z]")
_TAG = re.compile(r"<!--.*?(?:-->|$)|<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\"[^\"]*\"|'[^']*'|[^\"'>])*)>", re.DOTALL)


def unclosed_tags(source: Source, tokens: Sequence[Token]) -> Iterator[Diagnostic]:
    """The tags without an end, each where it stands. One in a line of text must end in its paragraph."""
    if not _LIKE_TAG.search(source.text):
        return
    blocks: list[tuple[str, int]] = []
    for token in tokens:
        if token.type == "heading_open":
            yield from _faults(source, blocks)
            blocks = []
        if token.type == "html_block" and token.map:
            _follow(token.content, token.map[0], blocks)
        elif token.type == "inline" and token.map and "<" in token.content:
            yield from _faults(source, _of_inline(token, token.map[0], blocks))
    yield from _faults(source, blocks)


def nesting(tag: str) -> int:
    """1 for a tag that must be closed, -1 for one that closes such a tag, and 0 for all other HTML."""
    found = _TAG.match(tag)
    if not found or (found[2] or "").lower() not in _PAIRED or found[3].endswith("/"):
        return 0
    return -1 if found[1] else 1


def _of_inline(token: Token, line: int, around: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The tags that stay open at the end of a paragraph. What was opened ``around`` it may be closed in it."""
    tags: list[tuple[str, int]] = []
    for child in token.children or ():
        if child.type == "html_inline":
            closing = re.match(r"</([a-zA-Z0-9]+)", child.content)
            if closing and not any(name == closing[1].lower() for name, _ in tags):
                _follow(child.content, line, around)
            else:
                _follow(child.content, line, tags)
        line += child.type in ("softbreak", "hardbreak") or child.content.count("\n") * (child.type != "text")
    return tags


def _follow(html: str, line: int, tags: list[tuple[str, int]]) -> None:
    """Keep ``tags``, those open so far with their lines from 0, over a piece of HTML."""
    at = 0
    for found in _TAG.finditer(html):
        line, at = line + html.count("\n", at, found.start()), found.start()
        name = (found[2] or "").lower()
        if name not in _PAIRED or found[3].endswith("/"):
            continue
        if not found[1]:
            tags.append((name, line))
        elif number := next((n for n in range(len(tags), 0, -1) if tags[n - 1][0] == name), 0):
            del tags[number - 1]


def _faults(source: Source, tags: Sequence[tuple[str, int]]) -> Iterator[Diagnostic]:
    for name, line in tags:
        text = source.line(line + 1)
        found = re.search(rf"<{name}\b[^>]*>?", text, re.IGNORECASE)
        start, end = found.span() if found else (0, len(text))
        first = source.offset(line + 1)
        message = f"<{name}> has no end here"
        yield Diagnostic.at(source, Rule.UNCLOSED_HTML, first + start, message, f"put </{name}> after it", first + end)
