"""Readings in brackets, ``日本[にほん]``: the filters ``furigana``, ``kana`` and ``kanji``.

The base is what stands before the bracket, back to a space, which goes, or a ``>``. A sound is no reading.
"""

from collections.abc import Callable

__all__ = ["furigana", "kana", "kanji"]


def furigana(text: str) -> str:
    """Each base with its reading above it."""
    return _each(text, lambda base, reading: f"<ruby><rb>{base}</rb><rt>{reading}</rt></ruby>")


def kana(text: str) -> str:
    """The readings alone."""
    return _each(text, lambda _base, reading: reading)


def kanji(text: str) -> str:
    """The bases alone."""
    return _each(text, lambda base, _reading: base)


def _each(text: str, write: Callable[[str, str], str]) -> str:
    text = text.replace("&nbsp;", " ")
    pieces: list[str] = []
    at = 0  # what comes before is written
    base_from = 0  # where the base of the next bracket begins
    end = newline = -1
    bracket = text.find("[")
    seen = 0
    while bracket >= 0:
        base_from = max(base_from, *(text.rfind(mark, seen, bracket) + 1 for mark in " >"))
        seen = bracket
        if end < bracket + 2:
            end = text.find("]", bracket + 2)
            if end < 0:
                break
        if newline <= bracket:
            newline = text.find("\n", bracket)
            newline = len(text) if newline < 0 else newline
        if base_from < bracket and end < newline:
            start = base_from - (base_from > at and text[base_from - 1] == " ")
            reading = text[bracket + 1 : end]
            is_sound = reading.startswith("sound:")
            shown = text[start : end + 1] if is_sound else write(text[base_from:bracket], reading)
            pieces += (text[at:start], shown)
            at = base_from = seen = end + 1
            bracket = text.find("[", at)
        else:
            bracket = text.find("[", bracket + 1)
    return "".join((*pieces, text[at:]))
