"""Code blocks, coloured at build time: a card needs no script to show them.

Pygments gives each token a short class name; the note types' style sheet colours the classes in both modes.
"""

from functools import lru_cache

from markdown_it.common.utils import escapeHtml

__all__ = ["highlight"]


def highlight(code: str, language: str) -> str:
    """The HTML of a code block. An unknown or missing language gives plain, escaped code."""
    inner = _coloured(code, language) if language else None
    if inner is None:
        inner = escapeHtml(code)
    mark = f' class="language-{escapeHtml(language)}"' if language else ""
    return f'<pre class="highlight"><code{mark}>{inner}</code></pre>\n'


@lru_cache(maxsize=256)
def _coloured(code: str, language: str) -> str | None:
    # Pygments takes 40 ms to import: only notes with code pay for it.
    from pygments import highlight as colour
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
    return str(colour(code, lexer, HtmlFormatter(nowrap=True)))
