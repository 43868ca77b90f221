"""The one Markdown parser: CommonMark, what notes add to it, and the marks that make records.

Separators and attributes are inline rules, so that they cannot fire inside code, math, links or HTML: those have
rules of their own, which come first. Every mark knows its offset in the inline content.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.attrs.parse import ParseError
from mdit_py_plugins.attrs.parse import parse as parse_attributes
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from ankigen.readers.markdown.blockwise import blockwise_plugin
from ankigen.readers.markdown.callouts import callouts_plugin
from ankigen.readers.markdown.clozes import clozes_plugin
from ankigen.readers.markdown.footnotes import footnotes_plugin
from ankigen.readers.markdown.formulas import formulas_plugin
from ankigen.readers.markdown.inline import quicken
from ankigen.readers.markdown.links import links_plugin
from ankigen.readers.markdown.recovery import recover
from ankigen.readers.markdown.rendering import CardRenderer, rendering_plugin
from ankigen.readers.markdown.spans import spans_plugin

__all__ = ["ATTRIBUTES", "HASHTAG", "MAX_NESTING", "SEPARATOR", "new_parser", "parser"]

MAX_NESTING = 100
"""Blocks nested deeper than this are not parsed (CommonMark sets no limit; Python's stack does)."""

SEPARATOR = "separator"
"""Type of the token for ``:``, ``::``, ``:::`` and a dash between spaces; ``meta`` holds its start and end."""

ATTRIBUTES = "attributes"
"""Type of the token for ``{#key .tag name=value}`` at the end of a line; ``meta`` holds the values."""

HASHTAG = "hashtag"
"""Type of the token for ``#tag``: after a space or at the start of a line, with a letter in it."""

_CLOSING = re.compile(r"\}(?=\})")
# All but spaces and punctuation other than - / _: letters, digits, accents of every script, emoji.
_TAG = re.compile("#[^\\s!-,.:-@\\[-^`{-~\u2000-\u200b\u200e-\u206f\u3000-\u303f]+")
_DASHES = "-–—"
_LONGEST_ATTRIBUTES = 1000  # characters looked at for the closing brace, which keeps hostile input linear


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """The parser, built once for the process: building one costs as much as parsing fifty records."""
    md = new_parser()
    md.parse("*a*")  # makes its tables of rules, before threads share it
    return md


def new_parser(*, is_quick: bool = True) -> MarkdownIt:
    """A parser of notes; one that is not quick has markdown-it's own passes, and gives the same tokens."""
    md = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING, "tasklists": True}, renderer_cls=CardRenderer)
    md.enable(["table", "strikethrough"])
    md.use(deflist_plugin)
    # A rule below a definition is a rule: before headings come, which it would else underline.
    definitions = next(rule.fn for rule in md.block.ruler.__rules__ if rule.name == "deflist")

    def not_code(state: StateBlock, line: int, last: int, silent: bool) -> bool:
        below = line + 1 + (line + 1 < last and state.isEmpty(line + 1))
        is_code = below < last and state.is_code_block(below)  # the plugin would take `: x` out of indented code
        return not is_code and definitions(state, line, last, silent)

    md.block.ruler.before("lheading", "definitions", not_code, {"alt": ["paragraph", "reference", "blockquote"]})
    md.disable("deflist")
    md.block.ruler.before("paragraph", "next term", _next_term, {"alt": ["paragraph"]})
    # A digit right outside the dollars, or a space right inside, means money: `$5 and $6`.
    md.use(dollarmath_plugin, allow_space=False, allow_digits=False, allow_labels=False, double_inline=True)
    md.inline.ruler.before("escape", SEPARATOR, _separator)
    md.inline.ruler.before("escape", ATTRIBUTES, _attributes)
    md.use(clozes_plugin)
    md.inline.ruler.before("escape", HASHTAG, _hashtag)
    for plugin in (formulas_plugin, spans_plugin, links_plugin, footnotes_plugin, callouts_plugin, rendering_plugin):
        md.use(plugin)
    recover(md)
    for dash in (*_DASHES, "#"):
        md.inline.add_terminator_char(dash)
    for name in ("newline", "escape"):
        _remember_breaks(md, name)
    if is_quick:
        md.use(blockwise_plugin)
        md.use(quicken)
    for name, render in _RENDER_RULES.items():
        md.add_render_rule(name, render)
    # Links and pictures keep the spelling of the source; files are looked up by it.
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return md


def _next_term(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """Below a definition, a line over a `: ` line is the next term; it would else continue the definition."""
    if not silent or state.ddIndent < 0 or state.sCount[line] >= state.blkIndent or line + 1 >= last:
        return False
    below = state.src[state.bMarks[line + 1] + state.tShift[line + 1] : state.eMarks[line + 1]]
    return state.sCount[line + 1] < state.blkIndent and below[:2] in (": ", ":\t", "~ ", "~\t")


def _separator(state: StateInline, silent: bool) -> bool:
    """``:`` before a space or closing emphasis, ``::`` and ``:::`` and dashes between spaces."""
    source, start = state.src, state.pos
    mark = source[start]
    if mark == ":":
        if start and source[start - 1] == ":":
            return False
        end = start + 1
        while end < state.posMax and source[end] == ":":
            end += 1
    elif mark in _DASHES:
        end = start + 1
    else:
        return False
    after = source[end] if end < state.posMax else "\n"
    before = source[start - 1] if start else "\n"
    if mark == ":" and end - start == 1:
        fits = after in " \t\n*_"
    else:
        fits = end - start <= 3 and before in " \t" and after in " \t\n"
    if not fits:
        return False
    if not silent:
        token = state.push(SEPARATOR, "", 0)
        token.content = source[start:end]
        token.meta = {"start": start, "end": end}
    state.pos = end
    return True


def _attributes(state: StateInline, silent: bool) -> bool:
    """``{#key .tag name=value}`` after a space, when nothing follows on its line."""
    source, start = state.src, state.pos
    if source[start] != "{" or (start and source[start - 1] not in " \t\n"):
        return False
    end = source.find("}", start, min(state.posMax, start + _LONGEST_ATTRIBUTES)) + 1
    text = source[start:end]
    if not text or "\n" in text or not _ends_line(source, end, state.posMax):
        return False
    try:
        length, values = parse_attributes(text)
    except ParseError:
        return False
    if not values or length != len(text) - 1:
        return False
    if not silent:
        token = state.push(ATTRIBUTES, "", 0)
        token.content = text
        token.meta = {"values": values}
    state.pos = end
    return True


def _hashtag(state: StateInline, silent: bool) -> bool:
    """``#tag``, as Obsidian reads it."""
    start = state.pos
    if state.src[start] != "#" or (start and not state.src[start - 1].isspace()):
        return False
    found = _TAG.match(state.src, start, state.posMax)
    if not found or not any(character.isalpha() for character in found[0]):
        return False
    if not silent:
        state.push(HASHTAG, "", 0).content = found[0]
    state.pos = found.end()
    return True


def _ends_line(source: str, at: int, limit: int) -> bool:
    while at < limit and source[at] in " \t":
        at += 1
    return at >= limit or source[at] == "\n"


def _remember_breaks(md: MarkdownIt, name: str) -> None:
    """Let the rule ``name`` note where in the content a line break stands; the token alone does not tell."""
    rule = next(rule.fn for rule in md.inline.ruler.__rules__ if rule.name == name)

    def remembering(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if not rule(state, silent):
            return False
        if not silent and state.tokens and state.tokens[-1].type in ("softbreak", "hardbreak"):
            state.tokens[-1].meta.setdefault("start", start)
            state.tokens[-1].meta.setdefault("end", state.pos)
        return True

    md.inline.ruler.at(name, remembering)


def _plain(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return escapeHtml(tokens[idx].content)


def _tex(token: Token) -> str:
    """The formula for a field. Two closing braces end a cloze in Anki; a space between them means nothing to TeX."""
    return escapeHtml(_CLOSING.sub("} ", token.content.strip()))


def _inline_math(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return rf"\({_tex(tokens[idx])}\)"


def _display_math(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return rf"\[{_tex(tokens[idx])}\]"


def _math_block(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return rf"<p>\[{_tex(tokens[idx])}\]</p>" + "\n"


def _raw_html(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    env["raw html"] = True
    return tokens[idx].content


_RENDER_RULES = {
    SEPARATOR: _plain,
    ATTRIBUTES: _plain,
    HASHTAG: _plain,
    "math_inline": _inline_math,
    "math_inline_double": _display_math,
    "math_block": _math_block,
    "html_inline": _raw_html,
    "html_block": _raw_html,
}
