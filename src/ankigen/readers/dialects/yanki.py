"""Yanki: a file is a note, and what kind of one its structure tells.

https://github.com/kitschpatrol/yanki - a rule ``---`` parts front from back, two in a row make it ask both ways;
``~~text~~`` above the first rule is a gap, ``~~2 text _hint_~~`` one with its number and a hint; without a rule, what
stands in emphasis at the end is to be typed. The folder is the deck. A third part, shown there on both backs, stands
below the back here. A rule right below a text makes a heading of it, as in Markdown, and parts nothing.
"""

import re
from collections.abc import Callable, Sequence

from ankigen.readers.dialects.gaps import with_gaps
from ankigen.readers.dialects.page import Found, Line, Page, joined, trimmed
from ankigen.readers.markdown.mask import BLANK
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_yanki"]

_GAP = re.compile(
    r"(?<![~\\])~~(?![~\s])"
    rf"(?:[(|]?(?P<number>\d{{1,2}})(?:[\s).|]|(?=[*{BLANK}]))(?![^\S\n]{{0,9}}~~)[^\S\n]*)?"
    r"(?P<gap>(?:[^~\n]|~(?!~)|\n(?![ \t]*\n))+?)"
    r"(?:[^\S\n]{0,9}(?<=[\s*_])(?<![_*\\](?=\*))"
    r"(?P<hint>(?P<mark>[_*])(?!(?P=mark)|\s)(?:(?!(?P=mark))[^~\n]|(?P=mark){2})+(?P=mark)))?"
    r"(?<!\s)~~(?!~)"
)
_TYPED = re.compile(
    r"(?<![\w\\])_(?![\s_])(?P<a>(?:[^_]|(?<=[^\W_])_(?=[^\W_])|__)+?)(?<!\s)_\s*\Z"
    r"|(?<![\w\\*])\*(?![\s*])(?P<b>(?:[^*]|\*\*)+?)(?<!\s)\*\s*\Z"
)


def read_yanki(source: Source, settings: Settings) -> Document:
    """The record of a note for Yanki."""
    page = Page(source, settings)
    empty = _empty_front(page)
    lines = trimmed([line for line in page.lines if not line.is_left and line.number not in empty])
    rules = [part.first for part in page.parts if part.kind == "hr" and part.first not in empty]
    if not lines or lines[-1].number == lines[0].number in rules:
        return page.document("yanki", (), [*empty, *rules])
    above = [line for line in lines if not rules or line.number < rules[0]]
    is_double = len(rules) > 1 and _follows(page, rules)
    text = with_gaps(above, _GAP, _numbers())
    dropped = rules[: 2 if is_double else 1] if text or not is_double else rules[:3]
    term, back = joined(above), joined(line for line in lines[len(above) :] if line.number not in dropped)
    kind = Kind.CLOZE if text else Kind.REVERSED if is_double else None
    if not text and not rules and (typed := _typed(above)):
        kind, (term, back) = Kind.TYPED, typed
    key = str(page.front.get("noteid") or "") or None
    found = Found(lines[0].number, lines[-1].number, text or term, back, kind, page.folder, key=key)
    return page.document("yanki", [found], empty)


def _empty_front(page: Page) -> Sequence[int]:
    """The numbers of the lines of front matter that says nothing, which is two rules at the top."""
    return (1, 2) if [line.text.rstrip() for line in page.lines[:2] if line.number < 3] == ["---", "---"] else ()


def _follows(page: Page, rules: Sequence[int]) -> bool:
    """Whether nothing stands between the first two of ``rules``."""
    return not any(rules[0] < part.first < rules[1] for part in page.parts)


def _typed(lines: Sequence[Line]) -> tuple[str, str] | None:
    """The text without the emphasis that it ends with, and what is to be typed; None when there is none."""
    last = next((at for at in range(len(lines) - 1, -1, -1) if lines[at].parts), -1) + 1
    found = _TYPED.search("\n".join(line.mask for line in lines[last:]))
    if not found:
        return None
    text = "\n".join(line.text for line in lines[last:])
    above = "\n".join((*(line.text for line in lines[:last]), text[: found.start()])).strip()
    name = "a" if found["a"] else "b"
    return (above, text[slice(*found.span(name))]) if above else None


def _numbers() -> Callable[[re.Match[str]], int]:
    """The number of each gap: its own, or one more than that of the gap before."""
    last = 0

    def number(gap: re.Match[str]) -> int:
        nonlocal last
        last = int(gap["number"]) if gap["number"] else last + 1
        return last

    return number
