"""What a learner has to know of a field: its words, without markup, and without what only goes with them."""

import re
from html import unescape

__all__ = ["COMMON", "has_more_than_text", "plain", "words"]

COMMON = frozenset(
    "that this what with from have they them then than when were will your yes into only also some more most none both "
    "always never nothing true false left right high less equal same first second other their there these those which "
    "about after before".split()
)
"""Words of a sentence that say nothing by themselves: to find one elsewhere tells no answer."""

_FORMULA = re.compile(r"\\\((?:(?!\\\().)*?\\\)|\\\[(?:(?!\\\[).)*?\\\]|\[sound:[^\[\]]*\]", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^<>]*>")
_ASIDE = ("pre", "table", "blockquote")
_INLINE = ("a", "b", "code", "del", "em", "i", "kbd", "mark", "s", "span", "strong", "sub", "sup", "u")
_SHOWN = re.compile(r"<(?:img|pre|table|code)\b|\\[(\[]|\[sound:")
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")


def plain(html: str) -> str:
    """The text of a field as a line; a formula, a table, a quote or a block of code is one sign of its own, ``□``."""
    parts: list[str] = []
    at = depth = 0
    for tag in _TAG.finditer(html):
        if not depth:
            parts += (html[at : tag.start()], "" if tag[2] in _INLINE else " ")
        if tag[2] in _ASIDE:
            parts += [] if depth or tag[1] else ["□ "]
            depth = max(0, depth - 1 if tag[1] else depth + 1)
        at = tag.end()
    text = _FORMULA.sub(" □ ", "".join([*parts, "" if depth else html[at:]]))
    return " ".join(unescape(text).split())


def words(text: str) -> list[str]:
    """The words of plain text, in lower case; a number is one."""
    return [word.casefold() for word in _WORD.findall(text)]


def has_more_than_text(html: str) -> bool:
    """Whether a field shows a picture, code, math, a table or a sound, to which words can refer."""
    return bool(_SHOWN.search(html))
