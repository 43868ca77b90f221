"""Raw HTML in a note, reduced by nh3 to what a card may hold: no script, no event handler, no outside frame."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

import nh3

__all__ = ["dropped", "sanitise"]

# What Anki's own editor makes, and what notes use for size, direction, folding and sound.
_TAGS = nh3.ALLOWED_TAGS | {"audio", "video", "source", "mark", "details", "summary", "figure", "figcaption", "font"}
_SIZE = {"width", "height"}
_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()} | {
    "*": {"class", "dir", "lang", "title", "style"},
    "img": {"src", "alt", *_SIZE},
    "audio": {"src", "controls"},
    "video": {"src", "controls", *_SIZE},
    "source": {"src", "type"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type", "reversed"},
    "details": {"open"},
}
_STYLES = {"color", "background-color", "font-weight", "font-style", "text-align", "text-decoration", "width", "height"}
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which nh3 cannot encode
_SCHEMES = ("javascript", "vbscript", "data")  # of addresses that could run
_HIDDEN = {"script", "style"}  # elements whose content is code, not text


def sanitise(html: str, kept: Sequence[str] = ()) -> str:
    """``html`` without anything that could run or reach out, its tags balanced.

    Character references are decoded, but those in ``kept``.
    """
    free = (sign for sign in map(chr, range(0xFDD0, 0xFDF0)) if sign not in html)  # no characters, says Unicode
    signs = dict(zip(kept, free, strict=False))
    for reference, sign in signs.items():
        html = html.replace(reference, sign)
    html = nh3.clean(
        _SURROGATE.sub("\ufffd", html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        filter_style_properties=_STYLES,
        clean_content_tags=_HIDDEN,
        link_rel=None,
    )
    for reference, sign in signs.items():
        html = html.replace(sign, reference)
    return html


def dropped(html: str) -> list[str]:
    """The names of tags, and of attributes as ``tag name``, that :func:`sanitise` will take out of ``html``."""
    collector = _Collector()
    collector.feed(html)
    return collector.found


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.found.append(f"<{tag}>")
            return
        allowed = _ATTRIBUTES.get(tag, set()) | _ATTRIBUTES["*"]
        for name, value in attrs:
            scheme = (value or "").strip().lower().partition(":")[0]
            if name not in allowed or (name in ("href", "src") and scheme in _SCHEMES):
                self.found.append(f"<{tag} {name}>")
