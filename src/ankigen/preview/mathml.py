"""Math for a page without MathJax: the TeX of a card as MathML, which browsers show themselves.

Anki brings MathJax, several megabytes of it. Here a formula is converted where it stands, without a network; one that
the converter does not know (``ce`` for chemistry, say) is shown as TeX, and marked. The only importer of math_core.
"""

import re
from functools import lru_cache
from html import escape, unescape

import math_core

__all__ = ["with_mathml"]

_OPENING, _CLOSING = re.compile(r"\\[(\[]"), {"\\(": "\\)", "\\[": "\\]"}
_TAG = re.compile(r"<br\s*/?>|</?(?:div|span|p|b|i)\b[^>]*>", re.IGNORECASE)
_LONGEST = 2_000  # characters of a formula
_DEEPEST = 60  # the converter calls itself for each level, without a limit of its own
_LEVEL = re.compile(r"(\{|\\left\b|\\begin\b)|(\}|\\right\b|\\end\b)")
_CHAIN = re.compile(r"(?:\\[A-Za-z]+|\\.|[\^_({\[\s]){60}")
_CONVERTER = math_core.LatexToMathML(fancy_error=False)


def with_mathml(html: str) -> str:
    """``html`` with each ``\\(...\\)`` and ``\\[...\\]`` as MathML."""
    pieces: list[str] = []
    at = 0
    lasts = {mark: html.rfind(mark) for mark in _CLOSING.values()}
    while opening := _OPENING.search(html, at):
        mark = _CLOSING[opening[0]]
        if lasts[mark] < opening.end():
            pieces.append(html[at : opening.end()])
            at = opening.end()
            continue
        closing = html.index(mark, opening.end())
        formula = _formula(html[opening.end() : closing], opening[0] == "\\[")
        pieces += (html[at : opening.start()], formula)
        at = closing + len(mark)
    return "".join((*pieces, html[at:]))


@lru_cache(maxsize=4096)
def _formula(written: str, is_block: bool) -> str:
    tex = unescape(_TAG.sub(" ", written)).strip()
    try:
        if len(tex) > _LONGEST or _is_deep(tex):
            raise ValueError("too long")
        shown = _CONVERTER.convert_with_local_state(tex, displaystyle=is_block)
    except (ValueError, math_core.LatexError):
        shown = f'<code class="preview-tex" title="shown as TeX here; Anki asks MathJax">{escape(tex)}</code>'
    return f'<div class="preview-math">{shown}</div>' if is_block else shown


def _is_deep(tex: str) -> bool:
    level = 0
    for mark in _LEVEL.finditer(tex):
        level += 1 if mark[1] else -1
        if level > _DEEPEST:
            return True
    return _CHAIN.search(tex) is not None
