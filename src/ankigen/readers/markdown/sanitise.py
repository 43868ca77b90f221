"""Raw HTML in a note, reduced by nh3 to what a card may hold: no script, no event handler, no outside frame."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import nh3

from ankigen.diagnostics import Rule

__all__ = ["losses", "sanitise"]

# What Anki's own editor makes, and what notes use for size, direction, folding and sound.
_TAGS = nh3.ALLOWED_TAGS | {"audio", "video", "source", "object", "mark", "details", "summary"}
_TAGS |= {"figure", "figcaption", "font"}
_SIZE = {"width", "height"}
_PLAYER = {"controls", "autoplay", "loop", "muted", "preload"}
_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()} | {
    "*": {"class", "dir", "lang", "title", "style"},
    "img": {"src", "alt", *_SIZE},
    "audio": {"src", *_PLAYER},
    "video": {"src", *_PLAYER, *_SIZE},
    "source": {"src", "type"},
    "object": {"data", "type", *_SIZE},
    "font": {"color", "face", "size"},
    "ol": {"start", "type", "reversed"},
    "details": {"open"},
}
_STYLES = {"color", "background-color", "font-weight", "font-style", "text-align", "text-decoration", "width", "height"}
# Of media, Anki's import follows img, audio, video and source with src, and object with data; nothing else.
_UNFOLLOWED = {("img", "srcset"), ("source", "srcset"), ("video", "poster"), ("track", "src"), ("embed", "src")}
_URL = re.compile(r"\burl\(", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?:[a-z][a-z0-9+.-]+:|[/\\]{2})", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which nh3 cannot encode
_SCHEMES = ("javascript", "vbscript", "data")  # of addresses that could run
_HIDDEN = {"script", "style"}  # elements whose content is code, not text


def sanitise(html: str) -> str:
    """``html`` without anything that could run or reach out, its tags balanced, its character references decoded."""
    return nh3.clean(
        _SURROGATE.sub("\ufffd", html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        filter_style_properties=_STYLES,
        clean_content_tags=_HIDDEN,
        link_rel=None,
        attribute_filter=_filter if "<object" in html.lower() else None,
    )


def losses(html: str, *, is_kept: bool = False) -> Iterator[tuple[Rule, str, str]]:
    """What :func:`sanitise` takes out of ``html``, or would (``is_kept``): by rule, what to say and what to do."""
    collector = _Collector()
    collector.feed(html)
    unsafe = ", ".join(dict.fromkeys(collector.unsafe))
    if unsafe and is_kept:
        message = f"HTML that can run is let through, as unsafe_html says: {unsafe}"
        yield Rule.UNSAFE_HTML, message, "make sure that you know what it does"
    elif unsafe:
        message = f"HTML that a card may not hold is left out: {unsafe}"
        yield Rule.UNSAFE_HTML, message, "write it as Markdown, or as text in backticks"
    if collector.unfollowed:
        message = f"Anki sends no file along that is named so: {', '.join(dict.fromkeys(collector.unfollowed))}"
        yield Rule.UNFOLLOWED_MEDIA, message, "show it as a picture of its own: ![](picture.png), or <img src>"


def _filter(tag: str, name: str, value: str) -> str | None:
    # Unlike a picture, an object could be a page of the network, with scripts of its own.
    return None if (tag, name) == ("object", "data") and _OUTSIDE.match("".join(value.split())) else value


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.unsafe: list[str] = []
        self.unfollowed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.unsafe.append(f"<{tag}>")
        allowed = _ATTRIBUTES.get(tag, set()) | _ATTRIBUTES["*"]
        for name, value in ((name, value or "") for name, value in attrs):
            scheme = value.strip().lower().partition(":")[0]
            if (tag, name) in _UNFOLLOWED:
                self.unfollowed.append(f"<{tag} {name}>")
            elif name == "style" and _URL.search(value):
                self.unfollowed.append(f"<{tag} style> with url()")
            elif tag in _TAGS and (
                name not in allowed
                or (name in ("href", "src") and scheme in _SCHEMES)
                or (name == "data" and _filter(tag, name, value) is None)
            ):
                self.unsafe.append(f"<{tag} {name}>")
