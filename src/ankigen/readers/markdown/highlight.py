"""``==highlighted==`` text, as a plugin for markdown-it: tokens ``mark_open`` and ``mark_close``.

The rules of emphasis hold: no space inside the marks, and none within a word, so that ``a == b`` and ``x==y==z`` stay
as they are.
"""

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

__all__ = ["highlight_plugin"]

_MARK = "=="


def highlight_plugin(md: MarkdownIt) -> None:
    """Read ``==text==`` as highlighted."""
    md.inline.ruler.before("emphasis", "highlight", _tokenise)
    md.inline.ruler2.before("emphasis", "highlight", _pair)


def _tokenise(state: StateInline, silent: bool) -> bool:
    """A run of two signs, which may open or close; a longer one is text as a whole."""
    if silent or state.src[state.pos] != _MARK[0]:
        return False
    start = state.pos
    run = state.scanDelims(start, True)
    if run.length < len(_MARK):
        return False
    token = state.push("text", "", 0)
    token.content = _MARK[0] * run.length
    state.pos += run.length
    if run.length == len(_MARK):
        in_word = _is_word(state, start - 1) and _is_word(state, state.pos)
        # No length: the "rule of 3" is for emphasis alone.
        opens = run.can_open and not in_word
        delimiter = Delimiter(ord(_MARK[0]), 0, len(state.tokens) - 1, -1, opens, run.can_close)
        state.delimiters.append(delimiter)
    return True


def _is_word(state: StateInline, at: int) -> bool:
    # In a script that writes no spaces, a highlight may stand within a run of letters.
    return 0 <= at < state.posMax and state.src[at].isascii() and state.src[at].isalnum()


def _pair(state: StateInline) -> None:
    groups = [state.delimiters, *(meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta)]
    for delimiters in groups:
        for opening in delimiters:
            if opening.marker == ord(_MARK[0]) and opening.end != -1:
                _turn(state, opening.token, "mark_open", 1)
                _turn(state, delimiters[opening.end].token, "mark_close", -1)


def _turn(state: StateInline, index: int, kind: str, nesting: int) -> None:
    token = state.tokens[index]
    token.type, token.tag, token.markup, token.content = kind, "mark", _MARK, ""
    token.nesting = nesting  # type: ignore[assignment]
