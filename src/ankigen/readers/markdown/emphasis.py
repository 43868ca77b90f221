"""Emphasis, most of which is settled as it is read: only runs that need a look at others are left to markdown-it."""

import re

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from ankigen.readers.markdown.inlinestate import State

__all__ = ["emphasis", "join_texts"]

_RUN = re.compile(r"\*+|_+")


def emphasis(state: StateInline, silent: bool) -> bool:
    """The rule for stars and underscores, which leaves only those to be settled that need a look at all others."""
    if silent or not isinstance(state, State):
        return False
    run = _RUN.match(state.src, state.pos, state.posMax)
    if not run:
        return False
    markup = run[0]
    mark = markup[0]
    opens, closes, length = state.scanDelims(state.pos, mark == "*")
    if not opens and not closes:
        state.append_pending(markup)
    elif opens or length > 2 or not state.close_pair(markup):
        for _ in range(length):
            state.push("text", "", 0).content = mark
            state.delimiters.append(Delimiter(ord(mark), length, len(state.tokens) - 1, -1, opens, closes))
    state.pos = run.end()
    return True


def join_texts(state: StateInline) -> None:
    """Join text with text beside it, and say how deep each token is inside others."""
    joined: list[Token] = []
    parts: list[str] = []  # of the text that came last
    level = 0
    for token in state.tokens:
        if token.nesting < 0:
            level -= 1
        token.level = level
        if token.nesting > 0:
            level += 1
        if parts and token.type == "text":
            joined[-1] = token
        else:
            if len(parts) > 1:
                joined[-1].content = "".join(parts)
            parts.clear()
            joined.append(token)
        if token.type == "text":
            parts.append(token.content)
    if len(parts) > 1:
        joined[-1].content = "".join(parts)
    state.tokens[:] = joined
