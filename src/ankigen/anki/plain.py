"""Text out of HTML as Anki takes it out: tags, comments, styles and scripts go, character references are decoded.

Everything here takes linear time, where the patterns that these rules are usually written as take quadratic time.
"""

import re
from html.entities import name2codepoint

__all__ = ["decoded", "without_tags"]

_ENTITY = re.compile(r"&(?:#([0-9]{1,10})|#x([0-9A-Fa-f]{1,8})|([A-Za-z][A-Za-z0-9]*));")
_WRAPPED = {name: re.compile(f"</{name}>", re.IGNORECASE) for name in ("style", "script")}
_OPENING = re.compile("<(style|script)", re.IGNORECASE)


def without_tags(html: str, instead: str = "") -> str:
    """``html`` with ``instead`` in place of each tag, comment, style sheet and script; the rest is as it was."""
    pieces: list[str] = []
    ends = {kind: _Ends(html, pattern) for kind, pattern in _WRAPPED.items()}
    last, last_comment = html.rfind(">"), html.rfind("-->")
    at = 0
    while 0 <= (opening := html.find("<", at)) < last:
        pieces += (html[at:opening], instead)
        tag_end = html.index(">", opening) + 1
        if html.startswith("<!--", opening) and opening + 4 <= last_comment:
            at = html.index("-->", opening + 4) + 3
        elif found := _OPENING.match(html, opening):
            at = ends[found[1].lower().replace("\u017f", "s")].after(tag_end) or tag_end
        else:
            at = tag_end
    return "".join((*pieces, html[at:]))


def decoded(text: str) -> str:
    """``text`` with its character references decoded, no-break spaces as spaces.

    As in Anki (26.9.3), all of it stays as it is when one reference is none: those of HTML 4, and numbers.
    """
    if "&" not in text:
        return text
    pieces: list[str] = []
    at = 0
    while (found := text.find("&", at)) >= 0:
        reference = _ENTITY.match(text, found)
        code = _code(reference) if reference else -1
        if reference is None or not 0 <= code < 0x110000 or 0xD800 <= code < 0xE000:
            return text
        pieces += (text[at:found], chr(code))
        at = reference.end()
    return "".join((*pieces, text[at:])).replace("\xa0", " ")


def _code(reference: re.Match[str]) -> int:
    if reference[1]:
        return int(reference[1])
    return int(reference[2], 16) if reference[2] else name2codepoint.get(reference[3], -1)


class _Ends:
    """Where a pattern next ends: asked of growing places, it reads the text once."""

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        self._text = text
        self._found = pattern.search(text)
        self._pattern = pattern

    def after(self, place: int) -> int:
        """The end of the first match from ``place`` on; 0 when there is none."""
        while self._found and self._found.start() < place:
            self._found = self._pattern.search(self._text, place)
        return self._found.end() if self._found else 0
