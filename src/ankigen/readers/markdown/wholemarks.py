"""Marks that one pattern tells from beginning to end, as it tells most: code, words in emphasis, ends of lines.

Each stands for what one rule would do there, and no rule is asked. All else that rules know is left to them.
"""

import re
from collections.abc import Callable

from ankigen.frozen import dataclass
from ankigen.readers.markdown.inlinestarts import BEGINNINGS
from ankigen.readers.markdown.inlinestate import State

__all__ = ["WHOLE_MARKS", "WholeMark"]

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
    push: Callable[[State, re.Match[str]], None]


def _emphasis(group: str, mark: str) -> WholeMark:
    """Words between runs that can only open and close: a word is on one side of each, and none on the other."""
    return WholeMark(
        "emphasis",
        group,
        rf"{mark}(?<![^{_BESIDE}]{mark})(?P<{group}_more>{mark}?)(?P<{group}>{_WORDS})"
        rf"(?<=[^\W_]){mark}(?P={group}_more)(?=[{_BESIDE}]|\Z)",
        _push_emphasis,
    )


def _push_emphasis(state: State, found: re.Match[str]) -> None:
    text = found.lastindex or 0
    state.push_pair(found[text], found[0][0] + found[text - 1])


def _push_code(state: State, found: re.Match[str]) -> None:
    content = found["code"].replace("\n", " ")
    if content[0] == " " == content[-1] and content.strip(" "):
        content = content[1:-1]
    state.push_leaf("code_inline", "code", content, "`")


def _push_break(state: State, found: re.Match[str]) -> None:
    state.push_leaf("softbreak", "br", "", "", {"start": found.start(), "end": found.end()})


WHOLE_MARKS = (
    _emphasis("starred", r"\*"),
    _emphasis("underlined", "_"),
    WholeMark("backticks", "code", r"`(?P<code>[^`]++)`(?!`)", _push_code),
    WholeMark("newline", "indent", r"\n(?<! \n)(?P<indent>[ \t]*+)", _push_break),
)
