"""Markdown that is not what its author meant: blocks without end, tables out of shape, headings and records misplaced.

Each rule looks at the tokens of a whole note, and names the place where something is missing or too much.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.later import pattern
from ankigen.readers.markdown.blocks import Block
from ankigen.readers.markdown.recovery import begins_record
from ankigen.readers.markdown.syntax import ATTRIBUTES, MAX_NESTING
from ankigen.source import Source

__all__ = ["lone_attributes", "lone_terms", "structural_faults"]

_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_LIKE_ATTRIBUTES = re.compile(r"\{[^{}\n]*[#.=]")  # from the last brace on, or it would be quadratic
_ITEM = re.compile(r"[-*+] |\d{1,9}[.)] ")
_LISTS = ("bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close")
_TITLE = pattern(r"#([^\W\d_][\w'’-]*)((?: [\w'’(),&-]+)*)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_LONGEST_TITLE = 60  # characters


def structural_faults(source: Source, tokens: Sequence[Token]) -> Iterator[Diagnostic]:
    """The faults in how blocks open, close and stand, each where it begins."""
    too_deep = False
    deepest = MAX_NESTING - 1
    for at in [at for at, token in enumerate(tokens) if token.type in _FAULTS or token.level >= deepest]:
        token = tokens[at]
        if (find := _FAULTS.get(token.type)) and (token.map or token.type == "dd_close"):
            yield from find(source, tokens, at)
        # markdown-it leaves out, without a word, what is nested in a container of the last level.
        if token.level >= deepest and not too_deep and token.map:
            too_deep = True
            yield Diagnostic.at(
                source,
                Rule.NESTED_TOO_DEEP,
                source.offset(token.map[0] + 1),
                f"lists or quotes are nested {MAX_NESTING // 2} levels deep here; what is deeper is not read",
                "write it with fewer levels",
            )


def lone_terms(source: Source, blocks: Sequence[Block], used: Sequence[tuple[int, int]]) -> Iterator[Diagnostic]:
    """Short lines among definition lists that have no definition; ``used`` are the lines of records, from 0."""
    if not any(block.type == "dl" for block in blocks):
        return
    firsts = {first for first, _ in used}
    for above, below in pairwise([None, *blocks, None]):
        for block, beside in ((above, below), (below, above)):
            if block and beside and beside.type == "dl" and block.type == "paragraph" and block.first not in firsts:
                text = source.line(block.first + 1).strip()
                is_term = block.last - block.first == 1 and 0 < len(text) <= _LONGEST_TITLE
                if is_term and text[-1].isalnum() and text[0] not in "#![<":
                    message = "this line stands among definition lists, but has no definition"
                    hint = "write `: ` and its definition below it; if it is no term, end it with a colon"
                    yield _at(source, Rule.LONE_TERM, block.first + 1, text, message, hint)


def lone_attributes(source: Source, tokens: Sequence[Token]) -> Iterator[Diagnostic]:
    """Braces that no record has taken."""
    for token in tokens if _LIKE_ATTRIBUTES.search(source.text) else ():
        if "{" not in token.content or not token.map:
            continue
        at, line = 0, token.map[0] + 1
        for child in token.children or ():
            if child.type != ATTRIBUTES:
                continue
            start = token.content.find(child.content, at)
            line, at = line + token.content.count("\n", at, start), start
            if not child.meta.get("taken"):
                message = "these attributes belong to no record, and are shown as text"
                hint = "write them at the end of a record's first line; put a backslash before the brace to show it"
                yield _at(source, Rule.BROKEN_ATTRIBUTES, line, child.content, message, hint)


def _fence(source: Source, tokens: Sequence[Token], at: int) -> Iterator[Diagnostic]:
    token, lines = tokens[at], _map(tokens[at])
    if not _is_closed(source, token):
        message = f"the code block that begins here has no end; all text down to line {lines[1]} is code"
        hint = f"put a line {token.markup} after the code"
        yield _at(source, Rule.UNCLOSED_FENCE, lines[0] + 1, token.markup, message, hint)


def _comment(source: Source, tokens: Sequence[Token], at: int) -> Iterator[Diagnostic]:
    content, lines = tokens[at].content, _map(tokens[at])
    if content.lstrip().startswith("<!--") and "-->" not in content:
        message = f"the comment that begins here has no end; all text down to line {lines[1]} is left out"
        yield _at(source, Rule.UNCLOSED_COMMENT, lines[0] + 1, "<!--", message, "put --> after it")


def _heading(source: Source, tokens: Sequence[Token], at: int) -> Iterable[Diagnostic]:
    token = tokens[at]
    return _slipped(source, tokens, at) if token.level or token.meta or token.markup in ("=", "-") else ()


def _slipped(source: Source, tokens: Sequence[Token], at: int) -> Iterator[Diagnostic]:
    """A heading with a mark too near or in a place too far right."""
    token, first = tokens[at], _map(tokens[at])[0] + 1
    if token.meta.get("tight"):
        message = "there is no space behind the hashes of this heading"
        hint = f"write {token.markup} and a space; other programs take it for text"
        yield _at(source, Rule.BROKEN_HEADING, first, token.markup, message, hint)
    if token.markup in ("=", "-") and re.match(r"#{1,6}[^\W\d_]", tokens[at + 1].content):
        message = "there is no space behind the hash of this heading, and a line of dashes below it"
        hint = "write # and a space, and a blank line above the dashes"
        yield _at(source, Rule.BROKEN_HEADING, first, "#", message, hint)
    if token.level and tokens[at - 1].type.endswith("_close") and token.markup.startswith("#"):
        message = "this heading is indented, and so it is part of the item or footnote above it"
        yield _at(source, Rule.INDENTED_RECORD, first, token.markup, message, "take the spaces before it away")


def _is_closed(source: Source, token: Token) -> bool:
    lines = _map(token)
    last = source.line(lines[1]).strip(" \t>")
    return lines[1] - lines[0] >= 2 and last == last[0:1] * len(last) and last.startswith(token.markup)


def _cells(source: Source, tokens: Sequence[Token], start: int) -> Iterator[Diagnostic]:
    """The rows of a table that have more or fewer cells than its header: what is too much would not be shown."""
    columns = 0
    for token in tokens[start:]:
        if token.type == "table_close":
            return
        columns += token.type == "th_open"
        if token.type != "tr_open" or not token.map or not columns:
            continue
        line = source.line(token.map[0] + 1)
        row = line.strip().lstrip("> ")
        cells = escapedSplit(row) if "\\" in row else row.split("|")
        cells = cells[cells[0] == "" :]
        count = len(cells) - (len(cells) > 1 and cells[-1].strip() == "")
        if count != columns:
            message = f"this row has {count} cell{'s' * (count != 1)}, but its table {columns} columns"
            hint = "write a | between cells, and \\| for one that is to be shown"
            yield _at(source, Rule.BROKEN_TABLE, token.map[0] + 1, line.strip(), message, hint)


def _paragraph(source: Source, tokens: Sequence[Token], at: int) -> Iterable[Diagnostic]:
    content = tokens[at + 1].content
    return _unread(source, tokens, at) if content.startswith((":", "#")) or "|" in content else ()


def _unread(source: Source, tokens: Sequence[Token], at: int) -> Iterator[Diagnostic]:
    """Text that was to be a table, a definition or a heading."""
    content, lines = tokens[at + 1].content, _map(tokens[at])
    first, *more = content.split("\n", 2)
    if more and "|" in first and "|" in more[0] and _DELIMITERS.fullmatch(more[0].strip()):
        message = "this is no table: its header and the line below it do not have as many cells"
        hint = "write a cell of dashes below each cell of the header"
        yield _at(source, Rule.BROKEN_TABLE, lines[0] + 2, more[0].strip(), message, hint)
    elif re.match(r": \w", first):
        message, hint = "this definition has no term", "write the term in the line above it"
        yield _at(source, Rule.EMPTY_TERM, lines[0] + 1, ":", message, hint)
    elif first.startswith("#") and not more and (title := _TITLE.fullmatch(first)) and title[1][0].isupper():
        level_below = next((token.tag for token in tokens[at:] if token.type == "heading_open"), "")
        is_alone = not any(token.type != "html_block" for token in tokens[:at])
        has_others = tokens[at - 1].type != "heading_close" and any(token.tag == "h1" for token in tokens)
        is_title = title[2] or has_others or (is_alone and level_below == "h2")
        if len(first) <= _LONGEST_TITLE and is_title:
            message = "there is no space behind the hash, so this is no heading"
            yield _at(source, Rule.BROKEN_HEADING, lines[0] + 1, "#", message, "write # and a space")


def _indented(source: Source, tokens: Sequence[Token], at: int) -> Iterator[Diagnostic]:
    """Code by its indentation that looks like a record, in a note that has others: a slip of the tab key."""
    token = tokens[at]
    first, _, below = token.content.partition("\n")
    beside = [other.type for other in (*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2])]
    is_item = _ITEM.match(first) and any(kind in _LISTS for kind in beside)
    underline = source.line(_map(token)[1] + 1)
    is_title = not below.strip() and (re.match(r"#{1,6} [^\W\d_]", first) or _UNDERLINE.fullmatch(underline))
    if is_item or is_title or begins_record(first, below.partition("\n")[0].strip()):
        message = "this is indented, and so it is code and no record"
        hint = "take the spaces away; write code between lines of ```"
        yield _at(source, Rule.INDENTED_RECORD, _map(token)[0] + 1, first.strip(), message, hint)


def _swallowed(source: Source, tokens: Sequence[Token], at: int) -> Iterator[Diagnostic]:
    """A record at the end of a definition, or the term of one: it was indented."""
    opening = next(n for n in range(at, -1, -1) if tokens[n].type == "dd_open" and tokens[n].level == tokens[at].level)
    for number in range(opening + 2, at):
        token = tokens[number]
        if token.type != "paragraph_open" or token.level != tokens[at].level + 1:
            continue
        first, last = _map(token)
        text, _, below = tokens[number + 1].content.partition("\n")
        is_last = number + 3 == at and source.line(last + 1).startswith(": ")
        is_term = is_last and last - first == 1 and len(text) <= _LONGEST_TITLE and text[-1:].isalnum()
        if is_term or begins_record(text, below):
            message = "this line is indented, and so it is part of the definition above it"
            hint = "take the spaces before it away if it begins a record"
            yield _at(source, Rule.INDENTED_RECORD, first + 1, text, message, hint)


def _map(token: Token) -> list[int]:
    assert token.map is not None  # noqa: S101 - asked only of tokens with a map
    return token.map


def _at(source: Source, rule: Rule, line: int, written: str, message: str, hint: str) -> Diagnostic:
    """A diagnostic at what is written in ``line``, from 1."""
    start = source.offset(line, source.line(line).find(written) + 1)
    return Diagnostic.at(source, rule, start, message, hint, start + len(written))


_FAULTS = {
    "fence": _fence,
    "html_block": _comment,
    "heading_open": _heading,
    "table_open": _cells,
    "paragraph_open": _paragraph,
    "code_block": _indented,
    "dd_close": _swallowed,
}
"""The faults to look for in a token, by its type."""
