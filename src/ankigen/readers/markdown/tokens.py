"""Tokens, of which a note has more than lines, made in half the time that their class takes."""

from dataclasses import fields
from typing import Literal

from markdown_it.token import Token

__all__ = ["block_token", "inline_token"]


def block_token(
    kind: str,
    tag: str,
    nesting: Literal[-1, 0, 1],
    level: int,
    lines: list[int] | None = None,
    content: str = "",
    markup: str = "",
    children: list[Token] | None = None,
) -> Token:
    """A token of a block; ``lines`` are the first and the one after the last, from 0."""
    token = inline_token(kind, tag, nesting, level, content, markup)
    token.map = lines
    token.children = children
    token.block = True
    return token


def _slim(kind: str, tag: str, nesting: Literal[-1, 0, 1], level: int, content: str = "", markup: str = "") -> Token:
    """A token of a text in a block."""
    token: Token = object.__new__(Token)
    token.type = kind
    token.tag = tag
    token.nesting = nesting
    token.attrs = {}
    token.map = None
    token.level = level
    token.children = None
    token.content = content
    token.markup = markup
    token.info = ""
    token.meta = {}
    token.block = False
    token.hidden = False
    return token


def _full(kind: str, tag: str, nesting: Literal[-1, 0, 1], level: int, content: str = "", markup: str = "") -> Token:
    return Token(kind, tag, nesting, level=level, content=content, markup=markup)


_FIELDS = "type tag nesting attrs map level children content markup info meta block hidden".split()
inline_token = _slim if [field.name for field in fields(Token)] == _FIELDS else _full  # another version may have more
