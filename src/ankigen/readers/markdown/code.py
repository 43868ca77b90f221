"""Code blocks, coloured at build time: a card needs no script to show them.

Pygments gives each token a short class name; the note types' style sheet colours the classes in both modes.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from markdown_it.common.utils import escapeHtml

from ankigen.readers.markdown.marks import MARK

if TYPE_CHECKING:
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexer import Lexer

__all__ = ["highlight"]

_PIECE = re.compile(r"<span[^<>]*>|</span>|&[#\w]+;|[^<&]")


def highlight(code: str, language: str) -> str:
    """The HTML of a code block. An unknown or missing language gives plain, escaped code."""
    bare = MARK.sub("", code)
    inner = _coloured(bare, language) if language else None
    if inner is None:
        inner = escapeHtml(code)
    elif bare != code:
        inner = "".join(_with_marks(code, inner))
    mark = f' class="language-{escapeHtml(language)}"' if language else ""
    return f'<pre class="highlight"><code{mark}>{inner}</code></pre>\n'


def _with_marks(code: str, coloured: str) -> Iterator[str]:
    """Coloured code with the marks of its clozes; a mark inside a span ends that, and begins it anew."""
    marks: dict[int, str] = {}  # by how many characters of code stand before them
    taken = 0
    for found in MARK.finditer(code):
        at = found.start() - taken
        marks[at] = marks.get(at, "") + found[0]
        taken += len(found[0])
    shown = 0
    span = ""
    for piece in _PIECE.findall(coloured):
        if piece != "</span>" and (mark := marks.pop(shown, "")):
            yield f"</span>{mark}{span}" if span else mark
        if piece.startswith("<"):
            span = "" if piece == "</span>" else piece
        else:
            shown += 1
        yield piece
    yield from marks.values()


@lru_cache(maxsize=256)
def _coloured(code: str, language: str) -> str | None:
    # Pygments takes 40 ms to import: only notes with code pay for it.
    from pygments import highlight as colour

    lexer = _lexer(language)
    # A new one for each block: some lexers remember what they have read.
    return None if lexer is None else str(colour(code, lexer(stripnl=False), _formatter()))


@lru_cache(maxsize=256)
def _lexer(language: str) -> "type[Lexer] | None":
    """The lexer of a language, which Pygments looks for among all that there are, installed ones too."""
    from pygments.lexers import find_lexer_class_by_name
    from pygments.util import ClassNotFound

    try:
        return find_lexer_class_by_name(language)
    except ClassNotFound:
        return None


@lru_cache(maxsize=1)
def _formatter() -> "HtmlFormatter[str]":
    from pygments.formatters.html import HtmlFormatter

    return HtmlFormatter(nowrap=True)
