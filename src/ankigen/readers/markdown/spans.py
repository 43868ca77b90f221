"""Highlights ``==x==``, subscripts ``H~2~O`` and superscripts ``x^2^``.

A highlight's tokens have the types ``mark_open`` and ``mark_close``.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

__all__ = ["spans_plugin"]

_RUN = re.compile(r"=+")
_EQUALS = ord("=")
_WORD = re.compile(r"[A-Za-z0-9_)\](\['\"]")
# As in Pandoc: no space inside that has no backslash. The limit keeps hostile input linear.
_RAISED = {mark: re.compile(rf"\{mark}((?:\\.|[^\s\\{mark}]){{1,200}}+)\{mark}(?!\{mark})") for mark in "~^"}
_TAGS = {"~": "sub", "^": "sup"}


def spans_plugin(md: MarkdownIt) -> None:
    """Let ``md`` read the three."""
    md.inline.ruler.before("emphasis", "raised", _raised)
    md.inline.ruler.before("emphasis", "mark", _mark)
    md.inline.ruler2.after("strikethrough", "mark", _pair)


def _raised(state: StateInline, silent: bool) -> bool:
    mark = state.src[state.pos]
    if mark not in _RAISED or (state.pos and state.src[state.pos - 1] == mark):
        return False
    found = _RAISED[mark].match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        limit = state.posMax
        state.push(f"{_TAGS[mark]}_open", _TAGS[mark], 1).markup = mark
        state.pos, state.posMax = found.start(1), found.end(1)
        state.md.inline.tokenize(state)
        state.push(f"{_TAGS[mark]}_close", _TAGS[mark], -1).markup = mark
        state.posMax = limit
    state.pos = found.end()
    return True


def _mark(state: StateInline, silent: bool) -> bool:
    """Two equals signs, not three, and not an operator: ``a==b`` is none, and neither is ``a == b``."""
    source, start = state.src, state.pos
    if source[start] != "=":
        return False
    run = _RUN.match(source, start, state.posMax)
    assert run is not None  # noqa: S101 - there is one sign
    before, after = source[start - 1 : start] if start else "", source[run.end() : run.end() + 1]
    is_text = len(run[0]) != 2 or (_WORD.match(before) and _WORD.match(after))
    if is_text and not silent:
        state.append_pending(run[0])
    elif not silent:
        state.push("text", "", 0).content = run[0]
        delimiters = state.scanDelims(start, True)
        state.delimiters.append(
            Delimiter(_EQUALS, 0, len(state.tokens) - 1, -1, delimiters.can_open, delimiters.can_close)
        )
    state.pos = run.end()
    return True


def _pair(state: StateInline) -> None:
    """Turn pairs of marks into opening and closing tokens, as markdown-it's own rules do for theirs."""
    inner = (meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta)
    for delimiters in (state.delimiters, *inner):
        for opening in delimiters:
            if opening.marker == _EQUALS and opening.end != -1:
                for at, name, nesting in (
                    (opening.token, "mark_open", 1),
                    (delimiters[opening.end].token, "mark_close", -1),
                ):
                    token = state.tokens[at]
                    token.type, token.tag, token.nesting, token.markup, token.content = name, "mark", nesting, "==", ""
