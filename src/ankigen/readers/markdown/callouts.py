"""Callouts ``> [!note] Title``, admonitions ``!!! note "Title"`` and directives ``:::{note}``: boxes with a title.

All become the same HTML; what can be folded is a ``details`` element.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.admon import admon_plugin

__all__ = ["callouts_plugin"]

_CALLOUT = re.compile(r"\[!([A-Za-z][\w-]{0,40})(?:\|[^\]\n]{0,80})?\]([+-]?)(?:[ \t]+(.*))?$")
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?) *[\w-]+(?: +[\w-]+)*(?: +\"[^\"]*\")? *")
_DIRECTIVE = re.compile(r"(:{3,}) *(?:\{\.?([A-Za-z][\w-]{0,40})\}|([A-Za-z][\w-]{0,40}))(?: ([^:\n]*))?$")
_COLONS = re.compile(r":{3,}\s*")
_OF_BOXES = frozenset(
    f"{name}_{end}" for name in ("admonition", "admonition_title", "blockquote") for end in ("open", "close")
)
_UNFIT = re.compile(r"[^\w-]+")


def callouts_plugin(md: MarkdownIt) -> None:
    """Let ``md`` read the three."""
    md.block.ruler.before("code", "callout", _mark)
    md.core.ruler.after("block", "boxes", _boxes)
    md.use(admon_plugin, render=_rendered)
    rule = next(rule.fn for rule in md.block.ruler.__rules__ if rule.name == "admonition")

    def strict(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        """`!!! Mind this` over a line that is not indented is text."""
        line = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]]
        below = first + 1
        if line[:3] not in ("!!!", "???") or not _ADMONITION.fullmatch(line) or below >= end:
            return False
        if state.isEmpty(below) or state.sCount[below] < state.sCount[first] + 4:
            return False
        return rule(state, first, end, silent)

    alternatives = ["paragraph", "reference", "blockquote", "list"]
    md.block.ruler.at("admonition", strict, {"alt": alternatives})
    md.block.ruler.before("fence", "directive", _directive, {"alt": alternatives})
    for name in ("callout", "callout_title", "blockquote"):
        md.add_render_rule(f"{name}_open", _rendered)
        md.add_render_rule(f"{name}_close", _rendered)


def _mark(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """``[!note] Title`` in the first line of a quote, which makes it a box; below it, a block of any kind may begin."""
    quote = state.tokens[-1] if state.tokens and not silent else None
    if quote is None or quote.type != "blockquote_open" or state.is_code_block(first):
        return False
    start = state.bMarks[first] + state.tShift[first]
    found = _CALLOUT.match(state.src[start : state.eMarks[first]])
    if not found:
        return False
    quote.meta = {"kind": found[1].casefold(), "folded": {"-": True, "+": False}.get(found[2])}
    state.tokens += _title((found[3] or "").strip() or _named(found[1]), quote, first, state.level)
    state.line = first + 1
    return True


def _boxes(state: StateCore) -> None:
    """Let every token of a box know what box it is, for a closing one depends on it too."""
    around: list[Token] = []
    for token in state.tokens:
        if token.type not in _OF_BOXES:
            continue
        if token.type == "admonition_open":
            token.meta = {"kind": token.meta["tag"], "folded": {"???": True, "???+": False}.get(token.markup)}
        if token.type in ("admonition_open", "blockquote_open"):
            around.append(token)
        elif token.type in ("admonition_close", "blockquote_close"):
            token.meta = around.pop().meta
        else:
            token.meta = around[-1].meta


def _directive(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """``:::{note} Title`` or ``::: note`` down to its closing colons; without them it is text."""
    start = state.bMarks[first] + state.tShift[first]
    if state.src[start : start + 3] != ":::" or state.is_code_block(first):
        return False
    found = _DIRECTIVE.match(state.src[start : state.eMarks[first]])
    if not found:
        return False
    closing = _closing(state, first, end)
    if closing is None or closing >= end:
        return False
    if silent:
        return True
    name = found[2] or found[3]
    token = state.push("callout_open", "div", 1)
    token.block, token.markup, token.map = True, found[1], [first, closing + 1]
    token.meta = {"kind": name.casefold(), "folded": None}
    state.tokens += _title((found[4] or "").strip() or _named(name), token, first, state.level)
    parent, last = state.parentType, state.lineMax
    state.parentType, state.lineMax = "container", closing
    state.md.block.tokenize(state, first + 1, closing)
    state.parentType, state.lineMax = parent, last
    state.push("callout_close", "div", -1).meta = token.meta
    state.line = closing + 1
    return True


def _closing(state: StateBlock, first: int, end: int) -> int | None:
    """The line of colons that ends the block, at the same indentation, each line looked at once."""
    known: dict[int, int | None] = state.env.setdefault("directives", {})
    if first not in known:
        opened = [first]
        line = first + 1
        while line < end and opened:
            text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
            if text and state.sCount[line] < state.blkIndent:
                break
            if state.sCount[line] == state.sCount[first] and text.startswith(":::"):
                if _COLONS.fullmatch(text):
                    known[opened.pop()] = line
                elif _DIRECTIVE.match(text):
                    opened.append(line)
            line += 1
        known.update(dict.fromkeys(opened))
    return known[first]


def _title(text: str, box: Token, line: int, level: int) -> list[Token]:
    place = [line, line + 1]
    opening = Token("callout_title_open", "p", 1, block=True, map=place, meta=box.meta, level=level)
    inline = Token("inline", "", 0, content=text, children=[], map=place, level=level + 1)
    return [opening, inline, Token("callout_title_close", "p", -1, block=True, meta=box.meta, level=level)]


def _named(kind: str) -> str:
    return kind.replace("-", " ").capitalize()


def _rendered(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[idx]
    if "kind" not in token.meta:
        return self.renderToken(tokens, idx, options, env)
    return _html(token, token.meta["kind"], token.meta["folded"], is_title="title" in token.type)


def _html(token: Token, kind: str, folded: bool | None, *, is_title: bool) -> str:
    if is_title:
        tag = "p" if folded is None else "summary"
        return f'<{tag} class="callout-title">' if token.nesting > 0 else f"</{tag}>\n"
    tag = "div" if folded is None else "details"
    if token.nesting < 0:
        return f"</{tag}>\n"
    is_open = ' open=""' if folded is False else ""
    return f'<{tag} class="callout callout-{escapeHtml(_UNFIT.sub("-", kind))}"{is_open}>\n'
