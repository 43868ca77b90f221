"""Tokens, of which a note has more than lines, made in half the time that their class takes."""

from dataclasses import fields
from types import MappingProxyType
from typing import Any, Literal, Protocol, cast

from markdown_it.token import Token

__all__ = ["NOTHING", "block_token", "inline_token"]

NOTHING = cast(dict[Any, Any], MappingProxyType({}))
"""The attributes and the meta data of tokens that have none: all share it, so they get others, and never an entry."""


class _Maker(Protocol):
    def __call__(
        self,
        kind: str,
        tag: str,
        nesting: Literal[-1, 0, 1],
        level: int,
        content: str = "",
        markup: str = "",
        lines: list[int] | None = None,
        children: list[Token] | None = None,
        meta: dict[Any, Any] = NOTHING,
    ) -> Token:
        """A token; ``lines`` are the first and the one after the last, from 0."""


def _maker(*, is_block: bool) -> _Maker:
    blank = Token.__new__

    def slim(  # without keywords, in its calls too: Python has a quicker way for them
        kind: str,
        tag: str,
        nesting: Literal[-1, 0, 1],
        level: int,
        content: str = "",
        markup: str = "",
        lines: list[int] | None = None,
        children: list[Token] | None = None,
        meta: dict[Any, Any] = NOTHING,
    ) -> Token:
        token = blank(Token)
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

    def full(*values: Any) -> Token:
        token = slim(*values)
        return Token(**{name: getattr(token, name) for name in _FIELDS})

    is_known = [field.name for field in fields(Token)] == _FIELDS  # another version may have more
    return slim if is_known else cast(_Maker, full)


_FIELDS = "type tag nesting attrs map level children content markup info meta block hidden".split()
block_token, inline_token = _maker(is_block=True), _maker(is_block=False)
