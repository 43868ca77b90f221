"""The pictures and sounds that a field names, by the rules of Anki's own import.

Anki copies what ``src`` of img, audio, video and source names, ``data`` of object, and ``[sound:...]``; nothing else.
"""

import re
from collections.abc import Callable
from html import escape, unescape

from ankigen.later import pattern

__all__ = ["is_data", "is_remote", "may_name", "references", "rewrite", "silence"]

# The renderer and the sanitiser write double quotes; HTML that is let through as it is may have others, or none.
_VALUE = r"\"[^\"]*\"|'[^']*'|[^\s\"'<>]+"
_TAG = re.compile(
    rf"(<(?:img|audio|video|source|object)\b(?:\s++(?!(?:src|data)=)[^\s\"'<>=]++(?:\s*=\s*(?:{_VALUE}))?)*+"
    rf"\s*+(?:src|data)=)({_VALUE})",
    re.IGNORECASE,
)
_SOUND = re.compile(r"(\[sound:)([^\]\n]+)(?=\])")
_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]+:)?//|data:", re.IGNORECASE)

# What may hold text that only looks like a sound, and what ends it.
_QUIET = pattern(
    r"<(?P<element>pre|code)\b|\\(?P<math>[(\[])|(?P<tag><(?:[a-z/](?:[^\"'<>]|\"[^\"]*\"|'[^']*')*+|!(?:[^\"<>]|\"[^\"]*\")*+)>)",
    re.IGNORECASE,
)
_MATH_END = {"(": "\\)", "[": "\\]"}


def may_name(html: str) -> bool:
    """Whether ``html`` holds what every name follows, and few fields hold."""
    return ('="' in html and ('src="' in html or 'data="' in html)) or "[sound:" in html


def references(html: str) -> list[str]:
    """The files that ``html`` shows or plays, as the author named them, in order."""
    if not may_name(html):
        return []
    html = silence(html)
    named = [_bare(found[2]) for found in _TAG.finditer(html)] + [found[2] for found in _SOUND.finditer(html)]
    return list(map(unescape, named))


def is_remote(reference: str) -> bool:
    """Whether ``reference`` names something that is no file: an address in the network, or data in place."""
    return bool(_REMOTE.match(reference))


def is_data(reference: str) -> bool:
    """Whether ``reference`` is the picture itself."""
    return reference[:5].lower() == "data:"


def rewrite(html: str, name_of: Callable[[str], str]) -> str:
    """``html`` with each file's name replaced by what ``name_of`` makes of it."""
    html = silence(html)
    html = _TAG.sub(lambda found: f'{found[1]}"{escape(name_of(unescape(_bare(found[2]))))}"', html)
    return _SOUND.sub(lambda found: found[1] + escape(name_of(unescape(found[2]))), html)


def _bare(value: str) -> str:
    """An attribute's value without the quotes around it."""
    return value[1:-1] if value[:1] in ("'", '"') else value


def silence(html: str) -> str:
    """``html`` with each ``[sound:`` in code, in math and in an attribute as text: Anki would play it even there."""
    if "[sound:" not in html:
        return html
    parts: list[str] = []
    at = 0
    endless: set[str] = set()  # what has no end from here on: looked for once
    for found in _QUIET.finditer(html):
        if found.start() < at:
            continue
        end = found.end()
        closing = f"</{found['element'].lower()}>" if found["element"] else _MATH_END.get(found["math"] or "", "")
        if closing:
            end = -1 if closing in endless else html.find(closing, end)
            if end < 0:
                endless.add(closing)
                continue
        parts += html[at : found.start()], html[found.start() : end].replace("[sound:", "&#91;sound:")
        at = end
    return "".join([*parts, html[at:]])
