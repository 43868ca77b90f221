"""Where Markdown that has lost its end stops swallowing what follows, so that a fault costs its own block alone.

CommonMark lets a fence or a comment without an end run to the end of the text. Here it ends sooner: a fence at the
first blank line over something that can only be notes (a heading of two hashes or more, a marked term, a question, a
definition list, a table of terms, a cloze), a comment or a formula at the first blank line. A fence that is closed is
left alone, unless a fence with a language opens inside it, or all fences below it come out one too few. `faults` names
each.
"""

import re
from bisect import bisect_left
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from ankigen.later import pattern

__all__ = ["begins_record", "recover"]

_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})([^`\n]*)$", re.MULTILINE)
_RECORD = pattern(
    r"(?:[-*+] )?(?:\*\*[^*]+\*\*(?::| [-–—] )|\*\*[^*]+:\*\*)"
    r"|(?:\*\*)?(?:Q|Question):|#{2,6} \S|.*\{\{c\d+::",
    re.IGNORECASE,
)
_PAIR = re.compile(r"[^\s|].* :::? \S")
_DEFINITION = re.compile(r"[:~][ \t]")
_RULED = re.compile(r"\|[ \t]*:?-+:?[ \t]*\|[-:| \t]*$")
_SIGNATURES = ("haskell", "hs", "elm", "purescript", "idris", "agda", "fortran", "f90")  # `::` between spaces is code
_MARKDOWN = ("markdown", "md")
_OPEN_HTML = pattern(r"<(?:(script|pre|style|textarea)(?=[\s>]|$)|(!--)|(\?)|(!\[CDATA\[)|(![A-Za-z]))", re.IGNORECASE)
_ENDS = (r"</(?:script|pre|style|textarea)>", r"-->", r"\?>", r"\]\]>", r">")

_Rule = Callable[[StateBlock, int, int, bool], bool]


def recover(md: MarkdownIt) -> None:
    """Let the parser's fences, math and HTML without an end stop early, and read `##Heading` as a heading."""
    _bound(md, "fence", _end_of_fence)
    _bound(md, "html_block", _end_of_html)
    _bound(md, "math_block", _end_of_math)
    md.block.ruler.after("heading", "tight heading", _tight_heading, {"alt": ["paragraph", "reference", "blockquote"]})


def begins_record(line: str, below: str = "", language: str = "") -> bool:
    """Whether a line, with the one below it, can hardly be anything but the first of a record."""
    if language in _MARKDOWN:
        return False
    if _RECORD.match(line) or (_PAIR.match(line) and language not in _SIGNATURES):
        return True
    is_text = bool(line) and not line[0].isspace()
    return is_text and bool(_DEFINITION.match(below) or (line[0] == "|" and _RULED.match(below)))


def _bound(md: MarkdownIt, name: str, end_of: Callable[[StateBlock, int, int], int]) -> None:
    rule: _Rule = next(rule.fn for rule in md.block.ruler.__rules__ if rule.name == name)

    def bounded(state: StateBlock, first: int, last: int, silent: bool) -> bool:
        return rule(state, first, last if silent else end_of(state, first, last), silent)

    alt = next(rule.alt for rule in md.block.ruler.__rules__ if rule.name == name)
    md.block.ruler.at(name, bounded, {"alt": alt})


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]] if line < state.lineMax else ""


def _end_of_fence(state: StateBlock, first: int, last: int) -> int:
    """Where the fence of line ``first`` is to end at the latest."""
    opening = _FENCE.match(_line(state, first))
    if not opening or state.is_code_block(first):
        return last
    marks, language = opening[1], opening[2].strip().partition(" ")[0].casefold()
    new = 0  # the first line that can only be notes
    for line in range(first + 1, last):
        text = _line(state, line)
        if not text:
            continue
        if state.sCount[line] < state.blkIndent:  # the list item around it ends, and the fence with it
            return last
        is_inside = state.sCount[line] - state.blkIndent < 4
        found = _FENCE.match(text) if is_inside else None
        if found and found[1].startswith(marks):
            if not found[2].strip():
                return new if new and _one_too_few(state, state.eMarks[line]) else last
            if language not in _MARKDOWN:
                return new or _blank_above(state, line, first)
        is_new = not new and state.isEmpty(line - 1) and state.sCount[line] == state.blkIndent
        # One hash makes a comment in many languages; over a record it makes a heading.
        over = line + 2 if is_new and text.startswith("# ") and line + 2 < last and state.isEmpty(line + 1) else line
        if is_new and begins_record(_line(state, over), _line(state, over + 1), language):
            new = line - 1
    return new or last


def _blank_above(state: StateBlock, line: int, first: int) -> int:
    return next((n for n in range(line - 1, first, -1) if state.isEmpty(n)), line)


def _one_too_few(state: StateBlock, at: int) -> bool:
    """Whether the fences below the offset ``at`` do not come in pairs."""
    fences, open_at = _fences(state)
    number = bisect_left(fences, at)
    return number < len(fences) and open_at[number]


def _fences(state: StateBlock) -> tuple[list[int], list[bool]]:
    """The offsets of all lines with fence marks, and whether, counted from each, the last fence stays open."""
    found: tuple[list[int], list[bool]] | None = state.env.get("fences")
    if found is None:
        marks = list(_FENCE.finditer(state.src))
        opens = [True] * (len(marks) + 1)
        opens[-1] = False
        following: dict[str, int] = {}  # of the marks below, the first line with each
        for number in range(len(marks) - 1, -1, -1):
            kind = marks[number][1]
            close = following.get(kind)
            is_closed = close is not None and not marks[close][2].strip()
            opens[number] = opens[close + 1] if close is not None and is_closed else True
            following[kind] = number
        found = state.env["fences"] = [mark.start() for mark in marks], opens
    return found


def _end_of_math(state: StateBlock, first: int, last: int) -> int:
    """Where a formula without an end is to stop: at a blank line, of which TeX has none in a formula.

    One between two lines of dollars may hold blank lines all the same, if nothing in it looks like a record.
    """
    text = _line(state, first).strip()
    if not text.startswith("$$"):
        return last
    for line in range(first + 1, last):
        if state.isEmpty(line) and (text != "$$" or begins_record(_line(state, line + 1), _line(state, line + 2))):
            return line
        if _line(state, line).rstrip().endswith("$$"):
            break
    return last


def _end_of_html(state: StateBlock, first: int, last: int) -> int:
    """Where a comment or other HTML that has lost its end is to stop: at the first blank line."""
    opening = _OPEN_HTML.match(_line(state, first))
    if not opening:
        return last
    kind = (opening.lastindex or 1) - 1
    start = state.bMarks[first] + opening.end()
    end = _next(state, _ENDS[kind], start)
    again = _next(state, r"<!--", start) if kind == 1 else -1
    if end >= 0 and (again < 0 or end <= again):
        return last
    blank = next((n for n in range(first + 1, last) if state.isEmpty(n)), last)
    is_open = end < 0 or (blank < last and state.bMarks[blank] < again)  # another one begins in a later paragraph
    return blank if is_open else last


def _next(state: StateBlock, pattern: str, start: int) -> int:
    """The offset at or after ``start`` where ``pattern`` is found; -1 if nowhere. Each is looked for once a text."""
    places: dict[str, list[int]] = state.env.setdefault("ends", {})
    if pattern not in places:
        places[pattern] = [match.start() for match in re.finditer(pattern, state.src, re.IGNORECASE)]
    number = bisect_left(places[pattern], start)
    return places[pattern][number] if number < len(places[pattern]) else -1


def _tight_heading(state: StateBlock, first: int, _last: int, silent: bool) -> bool:
    """``##Heading``, which CommonMark takes for text. One hash makes a tag, not a heading."""
    found = re.match(r"(#{2,6})([^\W_].*?)(?:[ \t]+#+)?[ \t]*$", _line(state, first))
    if not found or state.is_code_block(first):
        return False
    if silent:
        return True
    state.line = first + 1
    lines = [first, state.line]
    opening = state.push("heading_open", f"h{len(found[1])}", 1)
    opening.markup, opening.map, opening.meta = found[1], lines, {"tight": True}
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = found[2], lines, []
    state.push("heading_close", f"h{len(found[1])}", -1).markup = found[1]
    return True
