"""Tokens, of which a note has more than lines, made in half the time that their class takes."""

from dataclasses import fields
from types import MappingProxyType
from typing import Any, Literal, cast

from markdown_it.token import Token

__all__ = ["NOTHING", "new_token"]

NOTHING = cast(dict[Any, Any], MappingProxyType({}))
"""The attributes and the meta data of tokens that have none: all share it, so they get others, and never an entry."""

_blank = Token.__new__


def _slim(
    kind: str,
    tag: str,
    nesting: Literal[-1, 0, 1],
    level: int,
    content: str = "",
    markup: str = "",
    lines: list[int] | None = None,
    children: list[Token] | None = None,
    *,
    is_block: bool = False,
    meta: dict[Any, Any] = NOTHING,
) -> Token:
    """A token; ``lines`` are the first and the one after the last, from 0."""
    token = _blank(Token)
    token.type = kind
    token.tag = tag
    token.nesting = nesting
    token.attrs = NOTHING
    token.map = lines
    token.level = level
    token.children = children
    token.content = content
    token.markup = markup
    token.info = ""
    token.meta = meta
    token.block = is_block
    token.hidden = False
    return token


def _full(
    kind: str,
    tag: str,
    nesting: Literal[-1, 0, 1],
    level: int,
    content: str = "",
    markup: str = "",
    lines: list[int] | None = None,
    children: list[Token] | None = None,
    *,
    is_block: bool = False,
    meta: dict[Any, Any] = NOTHING,
) -> Token:
    return Token(kind, tag, nesting, {}, lines, level, children, content, markup, "", meta, is_block)


_FIELDS = "type tag nesting attrs map level children content markup info meta block hidden".split()
new_token = _slim if [field.name for field in fields(Token)] == _FIELDS else _full  # another version may have more
