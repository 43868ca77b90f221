"""What can be seen on each line of a paste, as names.

A name is one thing that speaks for or against a record beginning on the line; what it is worth stands in
:mod:`ankigen.readers.studyset.weights`. Nothing here knows where the records are.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ankigen.readers.counted import counted, words_of
from ankigen.readers.studyset.echoes import find_echoes
from ankigen.readers.studyset.words import CARRIES_ON, SMALL, asks

__all__ = ["Line", "item_mark", "names_of", "observe"]

_BULLET = re.compile(r"(?:[-–—*+~>](?=\s)|[-–—](?=[^\W\d])|[•·●○◦▪■➢→✓✅❌])\s*")
_NUMBERING = re.compile(r"(?:\d{1,2}[.)]|\(\d{1,2}\)|\(?[a-h]\)|[a-h]\.|[ivx]{1,4}[.)])\s+")
_CUT = re.compile(r"(?:[,(–&/=+-]|\b(?:the|a|an|of|and|or|to|in|for|with|is|are))$", re.IGNORECASE)
_SIZES = ((1, "1"), (3, "3"), (6, "6"), (12, "12"), (25, "25"))
_ASKING = 0.1  # of the lines; with so many questions a question mark means "term", with fewer it means little
_FAR = 2.5  # times as many words: much longer


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paste, with what every comparison needs. ``count`` is how many items it announces, or 0."""

    text: str
    words: tuple[str, ...]
    content: frozenset[str]
    is_question: bool
    is_bullet: bool
    is_numbered: bool
    is_cut: bool
    count: int
    size: str
    after_blank: bool

    @property
    def is_item(self) -> bool:
        """Whether the line begins like the item of a list."""
        return self.is_bullet or self.is_numbered


def observe(texts: Sequence[str], after_blank: Sequence[bool]) -> list[Line]:
    """The lines of a paste, none blank; ``after_blank`` says which of them follow a blank one."""
    lines = []
    for text, blank in zip(texts, after_blank, strict=True):
        words = tuple(words_of(text))
        lines.append(
            Line(
                text=text,
                words=words,
                content=frozenset(words) - SMALL,
                is_question=text.rstrip(' "”)*_').endswith(("?", "？")),
                is_bullet=bool(_BULLET.match(text)),
                is_numbered=bool(_NUMBERING.match(text)),
                is_cut=bool(_CUT.search(text)) or text.count("(") > text.count(")"),
                count=counted(text, within=6),
                size=next((name for most, name in _SIZES if len(words) <= most), "more"),
                after_blank=blank,
            )
        )
    return lines


def item_mark(text: str) -> str:
    """The bullet or number that a line begins with, and the space after it; empty when it has none."""
    found = _BULLET.match(text) or _NUMBERING.match(text)
    return found[0] if found else ""


def names_of(lines: Sequence[Line]) -> list[list[str]]:
    """For each line, the names of what is seen on it and around it."""
    asking = sum(line.is_question for line in lines) >= _ASKING * len(lines)
    names = [list(_alone(line, "asking" if asking else "telling")) for line in lines]
    for (at, line), after in pairwise(enumerate(lines)):
        names[at] += _before(line, after[1])
        names[at + 1] += _after(line, after[1])
    for at, name in (*_blanks(lines), *_short_runs(lines), *_echoes(lines)):
        names[at].append(name)
    return names


def _alone(line: Line, habit: str) -> Iterator[str]:
    first, last = line.text[0], line.text[-1]
    yield f"size-{line.size}"
    yield "lower" if first.islower() else "upper" if first.isupper() else "digit" if first.isdigit() else "symbol"
    yield f"{'question' if line.is_question else 'statement'}-{habit}"
    if not line.is_question and asks(line.words):
        yield f"asks-{habit}"
    if line.count:
        yield "counted"
    if line.is_item and not line.is_question:
        yield "bullet" if line.is_bullet else "numbered"
    if line.words and line.words[0] in CARRIES_ON and not line.is_question:
        yield "carries-on"
    if line.words and line.words[0] in ("a", "an", "the"):
        yield "article"
    if last in ".:,;":
        yield {".": "period", ":": "colon"}.get(last, "comma")
    if ": " in line.text:
        yield "inner-colon"


def _before(line: Line, after: Line) -> Iterator[str]:
    """What the line after says about a line."""
    yield f"next-size-{after.size}"
    if after.is_question:
        yield "next-question"
    if after.is_item and not line.is_item:
        yield "before-items"
    if line.content & after.content:
        yield "shares-next"
    yield from _beside(line, after, "next")
    if line.text[0].isupper() and after.text[0].islower():
        yield "case-drop-next"


def _after(before: Line, line: Line) -> Iterator[str]:
    """What the line before says about a line."""
    yield f"previous-size-{before.size}"
    yield "previous-question" if before.is_question else "previous-statement"
    if before.is_cut:
        yield "previous-cut"
    if before.text[-1] in ".:":
        yield "previous-period" if before.text[-1] == "." else "previous-colon"
    if before.is_item and not line.is_item:
        yield "after-items"
    if before.content & line.content:
        yield "shares-previous"
    yield from _beside(line, before, "previous")
    if before.text[0].islower() and line.text[0].isupper():
        yield "case-rise"


def _beside(line: Line, other: Line, side: str) -> Iterator[str]:
    ours, theirs = len(line.words) + 1, len(other.words) + 1
    if ours * _FAR < theirs:
        yield f"shorter-than-{side}"
    elif theirs * _FAR < ours:
        yield f"longer-than-{side}"


def _blanks(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    share = sum(line.after_blank for line in lines) / max(1, len(lines))
    if 0 < share < 0.75:  # where nearly every line follows a blank one, that says nothing
        for at, line in enumerate(lines):
            yield at, "after-blank" if line.after_blank else "after-no-blank"


def _short_runs(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """Short lines among short lines, where most are long, are the items of a list."""
    sizes = [len(line.words) for line in lines]
    if lines and sorted(sizes)[len(sizes) // 2] > 5:
        for at in range(1, len(sizes) - 1):
            if max(sizes[at - 1 : at + 2]) <= 4:
                yield at, "short-run"


def _echoes(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """What comes back: an item named in a list, and later a term of its own."""
    echoes = find_echoes([line.text for line in lines])
    later = {earlier: at for at, earlier in reversed(echoes.items())}
    often = Counter(line.words for line in lines)
    for at, earlier in echoes.items():
        near = "" if lines[at].words == lines[earlier].words else "-near"
        if often[lines[at].words] > 2:
            yield at, "refrain"
        elif earlier == at - 1:
            yield at, "repeats-previous"
        elif echoes.get(at - 1) == earlier - 1 or echoes.get(at + 1) == earlier + 1:
            yield at, "copied"
        else:
            # The items of one list come back one after the other, but no longer side by side.
            series = later.get(earlier + 1, at) > at + 1 or later.get(earlier - 1, at) < at - 1
            yield at, f"echo-series{near}" if series else f"echo{near}"
            yield earlier, f"comes-back{near}"
