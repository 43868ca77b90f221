"""Spaces that do not break, beside the marks of notes: there they are spaces like any other.

A word processor, a web page or a French keyboard puts them around a colon. In the text of a card they stay, for they
mean something: `10 km` on one line, `« oui »`.
"""

import re

__all__ = ["plain_marks"]

_HARD = "\u00a0\u202f\u2007"
_BESIDE = re.compile(
    rf"[{_HARD}](?=:::?(?:[\s]|$))|(?<=[\s]::)[{_HARD}]|(?<=[\s]:::)[{_HARD}]"  # Term :: definition
    rf"|(?<=\*\*)[{_HARD}](?=[:–—-])|(?<=\*\*[:–—-])[{_HARD}]|(?<=\*\* [:–—-])[{_HARD}]|(?<=:\*\*)[{_HARD}]"
    rf"|^[ {_HARD}]{{0,3}}(?=(?:#{{1,6}}|[-*+:~>|]|\d{{1,9}}[.)]|(?:\*\*)?(?:Q|A|Question|Answer):)(?:[\s*]|$))"
    rf"|[{_HARD}](?=\{{(?:[#.]|\w+=)[^{{}}\n]*\}}[ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"^([ \t]*(?:[-*+>] ?)?(?:#{{1,6}}|[-*+:~>]|\d{{1,9}}[.)]|(?:\*\*)?(?:Q|A|Question|Answer):(?:\*\*)?))[{_HARD}]+",
    re.MULTILINE | re.IGNORECASE,
)


def plain_marks(text: str) -> str:
    """``text``, as long as before, with a plain space for each such space beside a mark."""
    if not any(space in text for space in _HARD):
        return text
    text = _BESIDE.sub(lambda found: " " * len(found[0]), text)
    # Twice, for a mark may stand behind another: `- Q: x`.
    for _ in range(2):
        text = _BEHIND.sub(lambda found: found[1] + " " * (len(found[0]) - len(found[1])), text)
    return _BESIDE.sub(lambda found: " " * len(found[0]), text)
