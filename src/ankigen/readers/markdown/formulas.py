r"""Math that ``$`` does not mark, or that takes lines of its own: ``\(..\)``, ``\[..\]``, ``$$`` and ``\begin{align}``.

Between its marks, all is TeX: no line begins a list or a heading there, and no other mark counts.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.amsmath import ENVIRONMENTS

__all__ = ["formulas_plugin"]

_LONGEST = 2000  # characters of a formula inside a line, which keeps hostile input linear
_OPENING = re.compile(rf"\$\$|\\\[|\\begin\{{((?:{'|'.join(ENVIRONMENTS)})\*?)\}}")
_ROUND = re.compile(r"\\\(((?:[^\\]|\\[^)])*+)\\\)")
_SQUARE = re.compile(r"\\\[((?:[^\\]|\\[^\]])*+)\\\]")
# `\[citation needed\]` is text: many programs write a backslash before brackets.
_TEX = re.compile(r"\\[A-Za-z]|[\^=<>+]|(?<!\\)_")
# `$6, US$ 7` and `$5 or US$ 6`: a number, then words, and no sign of a formula.
_PLAIN = r"[^$\\^_={}+*/<>]"
_MONEY = re.compile(
    rf"\$\d[\d.,]*(?:(?<=[,.])|[;:)]|\s[A-Za-z]{{2,30}})\s{_PLAIN}{{0,80}}[A-Za-z]{{2}}{_PLAIN}{{0,80}}\$"
)
_OPENS_BLOCK = re.compile(r"[-+*>#=|~:`]|\d+[.)]")


def formulas_plugin(md: MarkdownIt) -> None:
    """Let ``md`` read formulas as tokens of the types ``math_inline``, ``math_inline_double`` and ``math_block``.

    To come after the dollar plugin, whose block rule it replaces by one that is linear in the text.
    """
    md.inline.ruler.before("escape", "bracketed math", _inline)
    rule = next(rule.fn for rule in md.inline.ruler.__rules__ if rule.name == "math_inline")

    def not_money(state: StateInline, silent: bool) -> bool:
        return not _MONEY.match(state.src, state.pos, state.posMax) and rule(state, silent)

    md.inline.ruler.at("math_inline", not_money)
    md.block.ruler.at("math_block", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def _inline(state: StateInline, silent: bool) -> bool:
    r"""``\(..\)`` and ``\[..\]`` inside a line or over several."""
    if state.src[state.pos] != "\\":
        return False
    limit = min(state.posMax, state.pos + _LONGEST)
    found = _ROUND.match(state.src, state.pos, limit)
    if not found:
        found = _SQUARE.match(state.src, state.pos, limit)
        if not found or not _TEX.search(found[1]):
            return False
    if not found[1].strip():
        return False
    if not silent:
        token = state.push("math_inline" if found[0][1] == "(" else "math_inline_double", "math", 0)
        token.content = found[1]
        token.markup = found[0][:2]
    state.pos = found.end()
    return True


def _block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A formula that begins a line and ends one; it ends a paragraph only where a line of it looks like a block."""
    if state.is_code_block(first):
        return False
    opening = _OPENING.match(state.src, state.bMarks[first] + state.tShift[first], state.eMarks[first])
    if not opening:
        return False
    mark = opening[0]
    closing = rf"\end{{{opening[1]}}}" if opening[1] else "$$" if mark == "$$" else r"\]"
    last = _last_line(state, first, end, opening.end(), closing)
    if last is None:
        return False
    text = state.getLines(first, last + 1, state.sCount[first], False).strip()
    content = text if opening[1] else text[2:-2]
    if not content.strip() or (mark == r"\[" and not _TEX.search(content)):
        return False
    if silent:
        return any(_OPENS_BLOCK.match(line.lstrip()) for line in content.split("\n")[1:])
    token = state.push("math_block", "math", 0)
    token.block = True
    token.content = content
    token.markup = mark
    token.map = [first, last + 1]
    state.line = last + 1
    return True


def _last_line(state: StateBlock, first: int, end: int, start: int, closing: str) -> int | None:
    """The line that ends with ``closing``; only between dollars may lines be blank."""
    rest = state.src[start : state.eMarks[first]].rstrip()
    if closing in rest:
        return first if rest.find(closing) == len(rest) - len(closing) else None
    ends: dict[str, range] = state.env.setdefault("lines without the end of a formula", {})
    if first in ends.get(closing, ()):
        return None
    line = first + 1
    while line < end:
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
        if text.endswith(closing):
            return line
        if state.sCount[line] < state.blkIndent if text else closing != "$$":
            break
        line += 1
    ends[closing] = range(first, line)
    return None
