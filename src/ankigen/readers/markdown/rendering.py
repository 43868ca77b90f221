"""How tokens become HTML where markdown-it's own way would not do on a card.

Anki takes ``[sound:x]`` in a field for a sound wherever it stands, also in code, whose author meant text: there, its
bracket is marked. See :mod:`ankigen.readers.markdown.marks`.
"""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from ankigen.readers.markdown.code import highlight
from ankigen.readers.markdown.footnotes import REFERENCE, Numbers
from ankigen.readers.markdown.links import EMBED, SOUND, WIKI_LINK, is_picture, is_sound
from ankigen.readers.markdown.marks import BRACKET

__all__ = ["CardRenderer", "rendering_plugin"]

_SOUND = re.compile(r"\[(?=sound:|anki:|/?latex\]|/?\$\$?\])")
# In text, for a sound has a token of its own, and so has a colon before a space.
_NO_SOUND = re.compile(r"\[(?=sound(?::|$))")
_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]+:)?//|data:", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\{(?:code|code-block|code-cell|sourcecode)\} *([^\s{]*)")
_BRACES = re.compile(r"\{ *\.?([\w+#-]+)[^}]*\}")
_NAME = re.compile(r"[^\s{]+")
_TITLE = re.compile(r"\b(?:title|filename|caption)=(?:\"([^\"]*)\"|'([^']*)')")
_BOXES = {True: "\N{BALLOT BOX WITH CHECK}", False: "\N{BALLOT BOX}"}
_TAGS = {"softbreak": "\n"} | {
    f"{name}_{end}": f"<{slash}{name}>"
    for name in ("em", "strong", "mark", "sub", "sup")
    for end, slash in (("open", ""), ("close", "/"))
}
"""What stands for tokens within text that have neither content nor attributes."""


class CardRenderer(RendererHTML):
    """markdown-it's renderer, with a short way for what most tokens are: text, and tags without attributes."""

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        """The HTML of blocks."""
        rules = self.rules
        parts = []
        for at, token in enumerate(tokens):
            kind = token.type
            if kind == "inline":
                parts.append(self.renderInline(token.children or (), options, env))
            elif rule := rules.get(kind):
                parts.append(rule(tokens, at, options, env))
            elif not token.hidden:
                parts.append(self.renderToken(tokens, at, options, env))
        return "".join(parts)

    def renderInline(  # noqa: N802 - markdown-it's own name, as below
        self, tokens: Sequence[Token], options: OptionsDict, env: EnvType
    ) -> str:
        """The HTML of inline tokens."""
        rules = self.rules
        parts = []
        for at, token in enumerate(tokens):
            kind = token.type
            if kind == "text":
                html = escapeHtml(token.content)
                parts.append(_NO_SOUND.sub(BRACKET, html) if "[" in html else html)
            elif kind in _TAGS:
                parts.append(_TAGS[kind])
            elif rule := rules.get(kind):
                parts.append(rule(tokens, at, options, env))
            else:
                parts.append(self.renderToken(tokens, at, options, env))
        return "".join(parts)

    def renderToken(  # noqa: N802
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """The tag that a token stands for; a block's begins a new line unless inline content follows."""
        token = tokens[idx]
        if token.attrs or token.hidden or not token.nesting:
            return super().renderToken(tokens, idx, options, env)
        tag = f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}>"
        if not token.block:
            return tag
        if token.nesting < 0:
            return f"{tag}\n"
        following = tokens[idx + 1] if idx + 1 < len(tokens) else None
        is_tight = following is not None and (
            following.type == "inline" or following.hidden or (following.nesting < 0 and following.tag == token.tag)
        )
        lead = "\n" if idx and tokens[idx - 1].hidden else ""
        return f"{lead}{tag}" if is_tight else f"{lead}{tag}\n"


def rendering_plugin(md: MarkdownIt) -> None:
    """Set the render rules; ``env["numbers"]`` is then to hold the card's :class:`Numbers`."""
    for name, render in _RULES.items():
        md.add_render_rule(name, render)


def _code(html: str) -> str:
    return _SOUND.sub(BRACKET, html) if "[" in html else html


def _played(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return _sound(tokens[idx].meta["name"])


def _code_inline(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return f"<code>{_code(escapeHtml(tokens[idx].content))}</code>"


def _code_block(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return f"<pre><code>{_code(escapeHtml(tokens[idx].content))}</code></pre>\n"


def _fence(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    info = unescapeAll(tokens[idx].info).strip()
    found = _DIRECTIVE.match(info) or _BRACES.match(info)
    language = found[1] if found else name[0] if (name := _NAME.match(info)) else ""
    title = _TITLE.search(info)
    caption = f'<p class="code-title">{escapeHtml(title[1] or title[2] or "")}</p>\n' if title else ""
    return caption + _code(highlight(tokens[idx].content, language))


def _list_item(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[idx]
    box = f'<span class="task">{_BOXES[token.meta["checked"]]}</span> ' if "checked" in token.meta else ""
    return self.renderToken(tokens, idx, options, env) + box


def _image(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    name = str(tokens[idx].attrGet("src") or "")
    if is_sound(name) and not _REMOTE.match(name) and "]" not in name:
        return _sound(name)
    tokens[idx].attrSet("alt", _words(tokens[idx].children))
    return self.renderToken(tokens, idx, options, env)


def _words(tokens: Sequence[Token] | None) -> str:
    return "".join(token.content or _words(token.children) for token in tokens or ())


def _embed(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    name, meta = tokens[idx].content, tokens[idx].meta
    if is_sound(name):
        return _sound(name)
    if is_picture(name):
        sides = "".join(f' {side}="{meta[side]}"' for side in ("width", "height") if side in meta)
        return f'<img src="{escapeHtml(name)}" alt="{escapeHtml(meta["alt"])}"{sides} />'
    env.setdefault("unshown", []).append(name)
    return _wiki_link(self, tokens, idx, options, env)


def _sound(name: str) -> str:
    return f"[sound:{escape(name, quote=False)}]"


def _wiki_link(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return f'<span class="wiki-link">{escapeHtml(tokens[idx].content)}</span>'


def _reference(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    numbers = env.get("numbers")
    number = numbers.number(tokens[idx]) if isinstance(numbers, Numbers) else 0
    return f'<sup class="footnote">{number}</sup>' if number else escapeHtml(tokens[idx].content)


_RULES = {
    "code_inline": _code_inline,
    "code_block": _code_block,
    "fence": _fence,
    "list_item_open": _list_item,
    "image": _image,
    EMBED: _embed,
    SOUND: _played,
    WIKI_LINK: _wiki_link,
    REFERENCE: _reference,
}
