"""What notes link to and show: wiki links, embeds, Anki's sounds, sizes of pictures, and bare addresses."""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_inline import StateInline

__all__ = ["EMBED", "SOUND", "WIKI_LINK", "is_picture", "is_sound", "links_plugin"]

WIKI_LINK = "wiki_link"
"""Type of the token for ``[[Page#Part|shown]]``; ``content`` is what is shown."""

EMBED = "embed"
"""Type of the token for ``![[name|300x200]]``; ``content`` is the name, ``meta`` holds the attributes of a picture."""

SOUND = "sound"
"""Type of the token for ``[sound:name]``; ``content`` is what is written, ``meta`` holds the name."""

_PLAYED = re.compile(r"\[sound:([^\]\n]{1,300})\]")
_WIKI = re.compile(r"\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{0,300}))?\]\](?!\()")
_SIZE = re.compile(r"(?:(.*)\|)?\s*(\d{1,5})(?:x(\d{1,5}))?\s*", re.DOTALL)
_BRACES = re.compile(r"\{\s*(?:(?:width|height)=(?:\"[0-9.]{1,9}(?:px|%)?\"|[0-9.]{1,9}(?:px|%)?)\s*){1,2}\}")
_BRACE = re.compile(r"(width|height)=\"?([0-9.]+(?:px|%)?)")
_PICTURE = re.compile(r".*\.(?:png|jpe?g|gif|svg|webp|avif|bmp|ico|tiff?)", re.IGNORECASE | re.DOTALL)
_SOUND = re.compile(
    r".*\.(?:mp3|ogg|oga|opus|wav|flac|m4a|aac|3gp|spx|mp4|m4v|webm|mkv|mov|avi|mpe?g|ogv|flv|swf)",
    re.IGNORECASE | re.DOTALL,
)
# A cloze may stand in an address, and an address in a cloze.
_ADDRESS = re.compile(
    r"://(?:\[[0-9a-fA-F:.]{2,45}\])?(?:\{\{[^\s<>{}\[\]\"]*\}\}|[^\s<>{}\[\]\"\\]|[{}](?![{}])){1,2000}+"
)
_SCHEMES = ("https", "http", "ftp")
_TRAILING = "?!.,:*_~'|;"


def is_picture(name: str) -> bool:
    """Whether a file of this name is shown."""
    return bool(_PICTURE.fullmatch(name))


def is_sound(name: str) -> bool:
    """Whether Anki plays a file of this name: a sound or a film."""
    return bool(_SOUND.fullmatch(name))


def links_plugin(md: MarkdownIt) -> None:
    """Let ``md`` read the five."""
    md.inline.ruler.before("link", SOUND, _sound)
    md.inline.ruler.before("link", WIKI_LINK, _wiki_link)
    md.inline.ruler.before("separator", "address", _address)
    rule = next(rule.fn for rule in md.inline.ruler.__rules__ if rule.name == "image")

    def sized(state: StateInline, silent: bool) -> bool:
        if not rule(state, silent):
            return False
        braces = _BRACES.match(state.src, state.pos, state.posMax)
        if not silent:
            token = state.tokens[-1]
            texts = token.children or []
            size = _SIZE.fullmatch(texts[-1].content) if texts and texts[-1].type == "text" else None
            if size and size[1] is not None:
                texts[-1].content = size[1]
                token.attrs.update(_sides(size))
            token.attrs.update(_BRACE.findall(braces[0]) if braces else ())
        state.pos = braces.end() if braces else state.pos
        return True

    md.inline.ruler.at("image", sized)


def _sound(state: StateInline, silent: bool) -> bool:
    found = _PLAYED.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "[" else None
    if not found or not found[1].strip():
        return False
    if silent:
        state.pos += 1  # as any bracket, or a sound could not be part of a link
        return True
    token = state.push(SOUND, "", 0)
    token.content, token.meta = found[0], {"name": unescapeAll(found[1])}
    state.pos = found.end()
    return True


def _wiki_link(state: StateInline, silent: bool) -> bool:
    start = state.pos
    is_embed = state.src[start] == "!"
    found = _WIKI.match(state.src, start + is_embed, state.posMax) if state.src[start] in "![" else None
    if not found or not found[1].strip():
        return False
    if not silent:
        token = state.push(EMBED if is_embed else WIKI_LINK, "", 0)
        name, shown = found[1].strip(), (found[2] or "").strip()
        size = _SIZE.fullmatch(shown) if is_embed else None
        token.meta = _sides(size) if size else {}
        if is_embed:
            page = name.partition("#")[0]
            token.content = page if is_picture(page) or is_sound(page) else name
            token.meta["alt"] = (size[1] if size else shown) or token.content
        else:
            token.content = shown or " > ".join(part for part in re.split(r"#\^?", name) if part)
    state.pos = found.end()
    return True


def _sides(size: re.Match[str]) -> dict[str, str | int | float]:
    return {"width": size[2], "height": size[3]} if size[3] else {"width": size[2]}


def _address(state: StateInline, silent: bool) -> bool:
    """``https://x.example/a`` with no brackets around it: nothing in it is a mark."""
    source, start = state.src, state.pos
    if not source.startswith("://", start):
        return False
    scheme = next((name for name in _SCHEMES if source.endswith(name, 0, start)), "")
    found = _ADDRESS.match(source, start, state.posMax) if scheme else None
    before = source[start - len(scheme) - 1 : start - len(scheme)] if start > len(scheme) else ""
    if not found or before.isalnum():
        return False
    rest = _trimmed(found[0])
    if rest == "://":
        return False
    if not silent:
        if not state.pending.endswith(scheme):
            return False
        address = scheme + rest
        if state.linkLevel:
            state.append_pending(rest)
        else:
            state.pending = state.pending[: -len(scheme)]
            token = state.push("link_open", "a", 1)
            token.attrs = {"href": address}
            token.markup, token.info = "linkify", "auto"
            state.push("text", "", 0).content = address
            token = state.push("link_close", "a", -1)
            token.markup, token.info = "linkify", "auto"
    state.pos = start + len(rest)
    return True


def _trimmed(address: str) -> str:
    """The address without the marks of the sentence around it."""
    unopened = address.count(")") - address.count("(")
    while True:
        if address[-1] in _TRAILING:
            address = address.rstrip(_TRAILING)
        elif address.endswith("=="):
            address = address[:-2]
        elif address[-1] == ")" and unopened > 0:
            unopened -= 1
            address = address[:-1]
        else:
            return address
