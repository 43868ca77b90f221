"""Marks that one pattern tells from beginning to end, as it tells most: code, words in emphasis, ends of lines.

Each stands for what one rule would do there, and no rule is asked. All else that rules know is left to them.
"""

import re
from collections.abc import Callable

from ankigen.frozen import dataclass
from ankigen.readers.markdown.inlinestarts import BEGINNINGS
from ankigen.readers.markdown.inlinestate import State
from ankigen.readers.markdown.tokens import inline_token

__all__ = ["WHOLE_MARKS", "Push", "WholeMark"]

Push = Callable[[State, str, re.Match[str]], None]
"""Makes the tokens of a mark, behind one of the text before it."""

_SIGNS = re.escape("".join(sorted(set("".join(BEGINNINGS.values())))))
# Spaces and punctuation, other than stars and underscores.
_BESIDE = r" \t\n!-)+-/:-@\[-^`{-~«»¿¡–—‘’‚“”„…、。「」『』【】！（），：；？"
# A hyphen before a letter is no mark; all else that may be one is left to the rules.
_WORDS = rf"[^\W_][^{_SIGNS}]*+(?:-(?=[^\W_])[^{_SIGNS}]*+)*+"


@dataclass(frozen=True, slots=True)
class WholeMark:
    """A mark that the rule ``rule`` would read: its pattern, which begins with its character; what makes its tokens.

    Of the groups of the pattern, the one called ``group`` ends last.
    """

    rule: str
    group: str
    pattern: str
    push: Push


def _emphasis(group: str, mark: str) -> WholeMark:
    """Words between runs that can only open and close: a word is on one side of each, and none on the other."""
    return WholeMark(
        "emphasis",
        group,
        rf"{mark}(?<![^{_BESIDE}]{mark})(?P<{group}_more>{mark}?)(?P<{group}>{_WORDS})"
        rf"(?<=[^\W_]){mark}(?P={group}_more)(?=[{_BESIDE}]|\Z)",
        _push_emphasis,
    )


def _push_emphasis(state: State, before: str, found: re.Match[str]) -> None:
    text = found.lastindex or 0
    is_strong = bool(found[text - 1])
    if is_strong:
        state.is_due = True
        kind, opening, closing, markup = "strong", "strong_open", "strong_close", found[0][:2]
    else:
        kind, opening, closing, markup = "em", "em_open", "em_close", found[0][0]
    state.push_text(before)
    level = state.level
    state.tokens += (
        inline_token(opening, kind, 1, level, "", markup),
        inline_token("text", "", 0, level + 1, found[text]),
        inline_token(closing, kind, -1, level, "", markup),
    )
    state.is_due = is_strong


def _push_code(state: State, before: str, found: re.Match[str]) -> None:
    content = found["code"].replace("\n", " ")
    if content[0] == " " == content[-1] and content.strip(" "):
        content = content[1:-1]
    state.push_text(before)
    state.tokens.append(inline_token("code_inline", "code", 0, state.level, content, "`"))


def _push_break(state: State, before: str, found: re.Match[str]) -> None:
    place = {"start": found.start(), "end": found.end()}
    state.push_text(before)
    state.tokens.append(inline_token("softbreak", "br", 0, state.level, "", "", None, None, place))


WHOLE_MARKS = (
    _emphasis("starred", r"\*"),
    _emphasis("underlined", "_"),
    WholeMark("backticks", "code", r"`(?P<code>[^`]++)`(?!`)", _push_code),
    WholeMark("newline", "indent", r"\n(?<! \n)(?P<indent>[ \t]*+)", _push_break),
)
