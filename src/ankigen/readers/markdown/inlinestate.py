"""The state of the inline pass: text that waits for its token, runs of stars and the like.

What is done here and not left to markdown-it's own state is done for nearly every token.
"""

from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from ankigen.readers.markdown.tokens import NOTHING, new_token

__all__ = ["State"]

_OTHER, _WHITE, _PUNCTUATION = 0, 1, 2


class _Kinds(dict[str, int]):
    """Whether a character is white space, punctuation or neither, as CommonMark sees it; each is asked once."""

    def __missing__(self, character: str) -> int:
        kind = _OTHER
        if isWhiteSpace(ord(character)):
            kind = _WHITE
        elif isMdAsciiPunct(ord(character)) or isPunctChar(character):
            kind = _PUNCTUATION
        self[character] = kind
        return kind


_KINDS = _Kinds()


class State(StateInline):
    """markdown-it's state; text waits in ``parts`` for its token."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        self.parts: list[str] = []
        super().__init__(src, md, env, tokens)
        self.is_due = False  # a text token comes next, even if it is empty: a second star leaves one in markdown-it
        self.is_split = False  # text stands beside text, or tokens are deeper inside others than they say
        self.is_open = False  # what has been closed holds delimiters

    @property
    def pending(self) -> str:
        """The text that waits for its token."""
        parts = self.parts
        if len(parts) > 1:
            parts[:] = ["".join(parts)]
        return parts[0] if parts else ""

    @pending.setter
    def pending(self, text: str) -> None:
        self.parts[:] = [text] if text else []

    def append_pending(self, text: str) -> None:
        """Let more text wait."""
        self.parts.append(text)

    def pushPending(self) -> Token:  # noqa: N802 - markdown-it's name
        """Make a token of the text that waits."""
        parts, tokens = self.parts, self.tokens
        token = new_token("text", "", 0, self.pendingLevel, parts[0] if len(parts) == 1 else "".join(parts))
        if tokens and tokens[-1].type == "text":
            self.is_split = True
        tokens.append(token)
        parts.clear()
        self.is_due = False
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Make a token, behind one of the text that waits."""
        if self.parts or self.is_due:
            self.pushPending()
        if nesting:
            if nesting < 0 and self.delimiters:
                self.is_open = True
            return super().push(ttype, tag, nesting)
        tokens = self.tokens
        if ttype == "text" and tokens and tokens[-1].type == "text":
            self.is_split = True
        level = self.pendingLevel = self.level
        token = new_token(ttype, tag, nesting, level)
        token.attrs, token.meta = {}, {}  # rules may add to them
        tokens.append(token)
        return token

    def push_pair(self, content: str, markup: str) -> None:
        """Make the tokens of emphasis around ``content``, which holds no other mark."""
        is_strong = len(markup) == 2
        if is_strong:
            kind, opening, closing = "strong", "strong_open", "strong_close"
            self.is_due = True
        else:
            kind, opening, closing = "em", "em_open", "em_close"
        if self.parts or self.is_due:
            self.pushPending()
        level = self.pendingLevel = self.level
        self.tokens += (
            new_token(opening, kind, 1, level, "", markup),
            new_token("text", "", 0, level + 1, content),
            new_token(closing, kind, -1, level, "", markup),
        )
        self.is_due = is_strong

    def push_leaf(self, kind: str, tag: str, content: str, markup: str, meta: dict[str, int] = NOTHING) -> None:
        """Make a token with nothing inside."""
        if self.parts or self.is_due:
            self.pushPending()
        level = self.pendingLevel = self.level
        self.tokens.append(new_token(kind, tag, 0, level, content, markup, meta=meta))

    def close_pair(self, markup: str) -> bool:
        """Close the emphasis that the last delimiters open, if only they can belong to this run, which only closes."""
        last = self.delimiters[-1] if self.delimiters else None
        length = len(markup)
        if last is None or last.marker != ord(markup[0]) or last.length != length or last.close:
            return False
        is_strong = length == 2
        kind = "strong" if is_strong else "em"
        opening = self.tokens[last.token]
        opening.type, opening.tag, opening.nesting = f"{kind}_open", kind, 1
        opening.content, opening.markup = "", markup
        if is_strong:
            self.tokens[last.token - 1].content = ""
        del self.delimiters[-length:]
        closing = self.push(f"{kind}_close", kind, 0)
        closing.nesting, closing.markup = -1, markup
        self.is_due = is_strong
        self.is_split = True
        return True

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - markdown-it's names
        """Whether the run of delimiters from ``start`` on can open or close emphasis, and how long it is."""
        source, limit, mark = self.src, self.posMax, self.src[start]
        end = start + 1
        while end < limit and source[end] == mark:
            end += 1
        before = _KINDS[source[start - 1]] if start else _WHITE
        after = _KINDS[source[end]] if end < limit else _WHITE
        opens = after != _WHITE and (after != _PUNCTUATION or before != _OTHER)
        closes = before != _WHITE and (before != _PUNCTUATION or after != _OTHER)
        if not canSplitWord and opens and closes:
            opens, closes = before == _PUNCTUATION, after == _PUNCTUATION
        return Scanned(opens, closes, end - start)
