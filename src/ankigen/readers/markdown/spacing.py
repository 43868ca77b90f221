"""Spaces that do not break, beside the marks of notes: there they are spaces like any other.

A word processor, a web page or a French keyboard puts them around a colon. In the text of a card they stay, for they
mean something: `10 km` on one line, `« oui »`.
"""

import re

__all__ = ["plain_marks"]

_HARD = "\u00a0\u202f\u2007"
_FLAGS = re.MULTILINE | re.IGNORECASE
# Compiled where they are used, for few notes have such spaces.
_BESIDE = (
    rf"[{_HARD}](?=:::?(?:[\s]|$))|(?<=[\s]::)[{_HARD}]|(?<=[\s]:::)[{_HARD}]"  # Term :: definition
    rf"|(?<=\*\*)[{_HARD}](?=[:–—-])|(?<=\*\*[:–—-])[{_HARD}]|(?<=\*\* [:–—-])[{_HARD}]|(?<=:\*\*)[{_HARD}]"
    rf"|^[ {_HARD}]{{0,3}}(?=(?:#{{1,6}}|[-*+:~>|]|\d{{1,9}}[.)]|(?:\*\*)?(?:Q|A|Question|Answer):)(?:[\s*]|$))"
    rf"|[{_HARD}](?=\{{(?:[#.]|\w+=)[^{{}}\n]*\}}[ \t]*$)"
)
_BEHIND = (
    rf"^([ \t]*(?:[-*+>] ?)?(?:#{{1,6}}|[-*+:~>]|\d{{1,9}}[.)]|(?:\*\*)?(?:Q|A|Question|Answer):(?:\*\*)?))[{_HARD}]+"
)


def plain_marks(text: str) -> str:
    """``text``, as long as before, with a plain space for each such space beside a mark."""
    if not any(space in text for space in _HARD):
        return text
    text = re.sub(_BESIDE, lambda found: " " * len(found[0]), text, flags=_FLAGS)
    # Twice, for a mark may stand behind another: `- Q: x`.
    for _ in range(2):
        text = re.sub(_BEHIND, lambda found: found[1] + " " * (len(found[0]) - len(found[1])), text, flags=_FLAGS)
    return re.sub(_BESIDE, lambda found: " " * len(found[0]), text, flags=_FLAGS)
