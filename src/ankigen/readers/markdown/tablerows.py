"""Tables written anew for speed: each row is cut at its bars, with the same tokens as markdown-it's.

After the rule of markdown-it-py (MIT licence), which goes through each row character by character.
"""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from ankigen.readers.markdown.blockrules import BLANK
from ankigen.readers.markdown.starts import BlockRule, Ends
from ankigen.readers.markdown.tokens import new_token

__all__ = ["table_rule"]

_RULED = re.compile(r"(?:-[-:|]|[:|][-:| \t])[-:| \t]*")
_COLUMN = re.compile(r"(:?)-+(:?)")
_ALIGNED = {(":", ":"): "center", ("", ":"): "right", (":", ""): "left", ("", ""): ""}
_BAR = re.compile(r"(?<!\\)\|")
_MOST_ADDED = 0x10000  # cells that are missing in rows, which keeps a small text from becoming a huge table


def table_rule(ends: Ends) -> BlockRule:
    """The rule for tables; ``ends`` are the rules that end one where its next row would stand."""

    def table(state: StateBlock, first: int, limit: int, silent: bool) -> bool:
        columns = _columns(state, first, limit)
        text = _text(state, first)
        header = _cells(text) if columns and "|" in text else []
        if not header or len(header) != len(columns):
            return False
        if not silent:
            parent, state.parentType = state.parentType, "table"
            _push_table(state, first, limit, columns, ends)
            state.parentType = parent
        return True

    return table


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip(BLANK)


def _cells(text: str) -> list[str]:
    cells = text.split("|") if "\\" not in text else [cell.replace("\\|", "|") for cell in _BAR.split(text)]
    if not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return cells


def _columns(state: StateBlock, first: int, limit: int) -> list[str]:
    """How each column is aligned, by the line below the header; none at all if it is no such line."""
    line = first + 1
    if first + 2 > limit or state.sCount[line] < state.blkIndent:
        return []
    if state.is_code_block(first) or state.is_code_block(line):
        return []
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    if not _RULED.fullmatch(text):
        return []
    columns = []
    for cell in _cells(text.strip(" \t")):
        found = _COLUMN.fullmatch(cell.strip(" \t"))
        if not found:
            return []
        columns.append(_ALIGNED[found[1], found[2]])
    return columns


def _push_table(state: StateBlock, first: int, limit: int, columns: list[str], ends: Ends) -> None:
    tokens, level = state.tokens, state.level
    opening = new_token("table_open", "table", 1, level, is_block=True)
    tokens += (opening, new_token("thead_open", "thead", 1, level + 1, lines=[first, first + 1], is_block=True))
    _push_row(tokens, level + 2, "th", first, columns, _cells(_text(state, first)))
    tokens.append(new_token("thead_close", "thead", -1, level + 1, is_block=True))
    body = new_token("tbody_open", "tbody", 1, level + 1, is_block=True)
    added = 0
    line = first + 2
    while line < limit and state.sCount[line] >= state.blkIndent and not ends(state, line, limit, True):
        text = _text(state, line)
        if not text or state.is_code_block(line):
            break
        cells = _cells(text)
        added += len(columns) - len(cells)
        if added > _MOST_ADDED:
            break
        if line == first + 2:
            tokens.append(body)
        _push_row(tokens, level + 2, "td", line, columns, cells)
        line += 1
    if line > first + 2:
        body.map = [first + 2, line]
        tokens.append(new_token("tbody_close", "tbody", -1, level + 1, is_block=True))
    tokens.append(new_token("table_close", "table", -1, level, is_block=True))
    opening.map = [first, line]
    state.line = line


def _push_row(tokens: list[Token], level: int, tag: str, line: int, columns: list[str], cells: list[str]) -> None:
    tokens.append(new_token("tr_open", "tr", 1, level, lines=[line, line + 1], is_block=True))
    for number, alignment in enumerate(columns):
        opening = new_token(f"{tag}_open", tag, 1, level + 1, is_block=True)
        if alignment:
            opening.attrs = {"style": f"text-align:{alignment}"}
        content = cells[number].strip(BLANK) if number < len(cells) else ""
        inline = new_token("inline", "", 0, level + 2, content, "", [line, line + 1], [], is_block=True)
        tokens += (opening, inline, new_token(f"{tag}_close", tag, -1, level + 1, is_block=True))
    tokens.append(new_token("tr_close", "tr", -1, level, is_block=True))
