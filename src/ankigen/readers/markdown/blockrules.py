"""Block rules of markdown-it written anew for speed: text, headings, rules and lists, with the same tokens.

After the rules of markdown-it-py (MIT licence), which go through a line character by character, and ask all other rules
of each. What they ask of a line that begins with a letter is known beforehand.
"""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from ankigen.readers.markdown.starts import BELOW, BlockRule, Ends, begins_below
from ankigen.readers.markdown.tokens import new_token

__all__ = ["BLANK", "heading", "list_rule", "rule", "text_rule"]

BLANK = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What markdown-it takes off the ends of a text."""

_HEADING = re.compile(r"(#{1,6})(?![^ \t\n])")
_NUMBER = re.compile(r"[0-9]{1,9}[.)](?![^ \t\n])")
_TEXT = re.compile(r" (?:\*\*|[*_`$(\"'{]|\{\{)?[^\W\d_]")  # begins no block, whatever follows
_IN_RULE = {mark: f"{mark} \t\n" for mark in "-*_"}
_TASK = re.compile(r"\[([ xX])\][ \t]")


def heading(state: StateBlock, first: int, _limit: int, silent: bool) -> bool:
    """``# Heading``."""
    start, end = state.bMarks[first] + state.tShift[first], state.eMarks[first]
    found = _HEADING.match(state.src, start, end)
    if not found or state.is_code_block(first):
        return False
    if silent:
        return True
    text = state.src[found.end() : end].rstrip(" \t")
    bare = text.rstrip("#")
    if bare.endswith((" ", "\t")):
        text = bare
    marks = found[1]
    state.line = first + 1
    _push(state, ("heading", f"h{len(marks)}", marks), text.strip(BLANK), [first, state.line], [first, state.line])
    return True


def rule(state: StateBlock, first: int, _limit: int, silent: bool) -> bool:
    """``---``, ``***`` or ``___``, with spaces or without."""
    start, end = state.bMarks[first] + state.tShift[first], state.eMarks[first]
    mark = state.src[start] if start < end else ""
    if mark not in _IN_RULE or state.src[start + 1 : start + 4].strip(_IN_RULE[mark]):  # as in nearly every item
        return False
    marks = state.src[start:end].replace(" ", "").replace("\t", "")
    if len(marks) < 3 or marks.strip(mark) or state.is_code_block(first):
        return False
    if silent:
        return True
    state.line = first + 1
    token = state.push("hr", "hr", 0)
    token.map = [first, state.line]
    token.markup = mark * (len(marks) + 1)
    return True


def text_rule(ends: Ends) -> BlockRule:
    """The rule for paragraphs and for headings that are underlined; ``ends`` are the rules that end either."""

    def text(state: StateBlock, first: int, limit: int, _silent: bool) -> bool:
        parent, state.parentType = state.parentType, "paragraph"
        end, underline = _end_of_text(state, ends, first, limit, "-=")
        if not underline and limit != state.lineMax:  # only a paragraph goes on below the block around it
            end, underline = _end_of_text(state, ends, first, state.lineMax, "")
        state.parentType = parent
        content = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]]
        if end > first + 1:
            content += "\n" + state.getLines(first + 1, end, state.blkIndent, False)
        content = content.strip(BLANK)
        if underline:
            state.line = end + 1
            level = 1 if underline == "=" else 2
            _push(state, ("heading", f"h{level}", underline), content, [first, state.line], [first, end])
        else:
            state.line = end
            _push(state, ("paragraph", "p", ""), content, [first, end], [first, end])
        return True

    return text


def _end_of_text(state: StateBlock, ends: Ends, first: int, limit: int, underlines: str) -> tuple[int, str]:
    """The line before which the text of line ``first`` ends, and the first character of it if it is an underline."""
    source, starts, shifts, stops = state.src, state.bMarks, state.tShift, state.eMarks
    rules_of = ends.of
    line = first + 1
    at = starts[line] + shifts[line]
    mark = source[at] if at < stops[line] else ""
    while line < limit and mark:
        at = starts[line + 1] + shifts[line + 1]
        below = source[at] if at < stops[line + 1] else ""
        rules = rules_of.get(mark, ())
        if below in BELOW and begins_below(source, at):
            rules += ends.below
        if rules or mark in underlines:
            indent = state.sCount[line]
            if indent - state.blkIndent <= 3:
                if mark in underlines and indent >= state.blkIndent and _is_underline(state, line, mark):
                    return line, mark
                # A line of less than none is text of a quote that goes on without its mark.
                if indent >= 0 and any(ends_text(state, line, limit, True) for ends_text in rules):
                    break
        line += 1
        mark = below
    return line, ""


def _is_underline(state: StateBlock, line: int, mark: str) -> bool:
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    return not text.rstrip(" \t").strip(mark)


def _push(state: StateBlock, kind: tuple[str, str, str], content: str, block: list[int], inline: list[int]) -> None:
    """Add a block of text of this name, tag and markup, which takes the lines ``block``, and its text ``inline``."""
    name, tag, markup = kind
    level = state.level
    state.tokens += (
        new_token(f"{name}_open", tag, 1, level, "", markup, block, is_block=True),
        new_token("inline", "", 0, level + 1, content, "", inline, [], is_block=True),
        new_token(f"{name}_close", tag, -1, level, "", markup, is_block=True),
    )


def list_rule(ends: Ends) -> BlockRule:
    """The rule for lists; ``ends`` are the rules that end one where its next item would stand."""

    def items(state: StateBlock, first: int, limit: int, silent: bool) -> bool:
        indent = state.sCount[first]
        is_lower = indent < state.blkIndent
        if state.is_code_block(first) or (is_lower and state.listIndent >= 0 and indent - state.listIndent >= 4):
            return False
        after = _after_marker(state, first)
        if after < 0:
            return False
        if silent:
            return is_lower or state.parentType != "paragraph" or _may_interrupt(state, first, after)
        _push_list(state, first, limit, after, ends)
        return True

    return items


def _after_marker(state: StateBlock, line: int) -> int:
    """The offset behind the marker of a list's item with which the line begins, or -1."""
    source = state.src
    start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    if start >= end:
        return -1
    if source[start] in "-*+":
        return start + 1 if start + 1 == end or source[start + 1] in " \t" else -1
    found = _NUMBER.match(source, start, end)
    return found.end() if found else -1


def _may_interrupt(state: StateBlock, line: int, after: int) -> bool:
    """Whether a list may end a paragraph: one that has text in its first item, and is numbered from 1 or not at all."""
    start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    is_first = after == start + 1 or int(state.src[start : after - 1]) == 1
    return is_first and bool(state.src[after:end].lstrip(" \t"))


def _push_list(state: StateBlock, first: int, limit: int, after: int, ends: Ends) -> None:
    source = state.src
    start = state.bMarks[first] + state.tShift[first]
    marker = source[after - 1]
    is_numbered = marker in ".)"
    name, tag = ("ordered_list", "ol") if is_numbered else ("bullet_list", "ul")
    opened = len(state.tokens)
    opening = state.push(f"{name}_open", tag, 1)
    if is_numbered and (number := int(source[start : after - 1])) != 1:
        opening.attrs = {"start": number}
    opening.markup = marker
    parent, state.parentType = state.parentType, "list"
    line, is_tight, has_gap, has_task = first, True, False, False
    is_deepest = state.level + 1 >= state.md.options["maxNesting"]
    while True:
        token = state.push("list_item_open", "li", 1)
        token.markup = marker
        if is_numbered:
            token.info = source[start : after - 1]
        end = -1 if is_deepest else _end_of_line(state, line, after, limit)
        if end >= 0:
            state.line, is_dense = end, True
            content = source[after : state.eMarks[line]].strip(BLANK)
            _push(state, ("paragraph", "p", ""), content, [line, line + 1], [line, line + 1])
        else:
            is_dense = _push_item(state, token, line, limit, after)
        has_task |= "checked" in token.meta
        if not is_dense or has_gap:
            is_tight = False
        has_gap = state.line - line > 1 and state.isEmpty(state.line - 1)
        state.push("list_item_close", "li", -1).markup = marker
        token.map = [line, state.line]
        line = state.line
        if line >= limit or state.sCount[line] < state.blkIndent or state.is_code_block(line):
            break
        start = state.bMarks[line] + state.tShift[line]
        after = _after_marker(state, line)
        if after < 0 or source[after - 1] != marker or ends(state, line, limit, True):
            break
    if has_task:
        opening.attrJoin("class", "contains-task-list")
    state.push(f"{name}_close", tag, -1).markup = marker
    opening.map = [first, line]
    state.line = line
    state.parentType = parent
    if is_tight:
        _tighten(state.tokens, opened + 2, state.level + 2)


def _end_of_line(state: StateBlock, line: int, after: int, limit: int) -> int:
    """The line below an item that is one line of text, as most are, with blank lines or the next item below; or -1."""
    below = line + 1
    if below >= limit or not _TEXT.match(state.src, after):
        return -1
    indent = state.sCount[line] + after + 1 - state.bMarks[line] - state.tShift[line]
    if state.isEmpty(below):
        end = state.skipEmptyLines(below + 1) if below + 1 < limit else limit
        return end if end >= limit or state.sCount[end] < indent else -1
    is_item = 0 <= state.sCount[below] < min(indent, state.blkIndent + 4) and _after_marker(state, below) >= 0
    return below if is_item else -1


def _push_item(state: StateBlock, token: Token, line: int, limit: int, after: int) -> bool:
    """The blocks of the item that ``token`` opens in ``line``; whether no blank line stands between two of them."""
    source, end = state.src, state.eMarks[line]
    start, shift, indent = state.bMarks[line], state.tShift[line], state.sCount[line]
    initial = offset = indent + after - start - shift
    at = after
    while at < end:
        if source[at] == " ":
            offset += 1
        elif source[at] == "\t":
            offset += 4 - (offset + state.bsCount[line]) % 4
        else:
            break
        at += 1
    # Without text, or more than four columns before it, which are indented code: the text is one column away.
    distance = offset - initial if at < end and offset - initial <= 4 else 1
    tight, around, within = state.tight, state.listIndent, state.blkIndent
    state.tight, state.listIndent, state.blkIndent = True, within, initial + distance
    state.tShift[line] = at - start
    state.sCount[line] = offset
    if at < end and source[at] == "[" and state.md.options.get("tasklists") and not state.is_code_block(line):
        found = _TASK.match(source, at, end)
        if found:
            token.meta = {"checked": found[1] != " "}
            token.attrs = {"class": "task-list-item"}
            state.bMarks[line] = found.end()
            state.tShift[line] = 0
    if at >= end and state.isEmpty(line + 1):
        state.line = min(state.line + 2, limit)
    else:
        state.md.block.tokenize(state, line, limit)
    is_dense = state.tight
    state.tight, state.listIndent, state.blkIndent = tight, around, within
    state.bMarks[line], state.tShift[line], state.sCount[line] = start, shift, indent
    return is_dense


def _tighten(tokens: list[Token], first: int, level: int) -> None:
    """Hide the paragraphs of this level, which are those of a list's items."""
    for at in range(first, len(tokens) - 2):
        if tokens[at].level == level and tokens[at].type == "paragraph_open":
            tokens[at].hidden = tokens[at + 2].hidden = True
