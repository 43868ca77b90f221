"""What can be seen on each line of a paste, as names.

A name says one thing that speaks for or against a record that begins on the line; what it is worth stands in
:mod:`ankigen.readers.studyset.weights`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ankigen.readers.counted import counted, words_of
from ankigen.readers.studyset.echoes import find_echoes
from ankigen.readers.studyset.words import CARRIES_ON, SMALL, asks

__all__ = ["Line", "item_mark", "names_of", "observe"]

_ITEM = re.compile(
    r"(?:[-–—•·●○◦▪■*+➢→✓✅❌~]\s*(?=\w)|\(?\d{1,2}[.)]\s+|\(?[a-z][.)]\s+|[ivx]{1,4}[.)]\s+)", re.IGNORECASE
)
_CUT = re.compile(r"(?:[,;:(–&/=+-]|\b(?:the|a|an|of|and|or|to|in|for|with|is|are))$", re.IGNORECASE)
_SIZES = ((1, "1"), (3, "3"), (6, "6"), (12, "12"), (25, "25"))
_MANY = 0.1  # of the lines; where more are questions, a question mark says "term", elsewhere it says little
_REFRAIN = 3  # lines with the same words, such as "true": none of them echoes another


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the paste with what every comparison needs. ``count`` is how many things it announces, or 0."""

    text: str
    words: tuple[str, ...]
    is_question: bool
    is_item: bool
    count: int

    @property
    def size(self) -> str:
        """The least of some sizes that its words fit into."""
        return next((name for top, name in _SIZES if len(self.words) <= top), "more")

    @property
    def content(self) -> frozenset[str]:
        """The words that say what the line is about."""
        return frozenset(self.words) - SMALL


def item_mark(text: str) -> str:
    """The bullet or number that a line begins with, if it is an item."""
    found = _ITEM.match(text)
    return found[0] if found else ""


def observe(texts: Sequence[str]) -> list[Line]:
    """The lines of a paste, without blank ones."""
    return [
        Line(
            text,
            tuple(words_of(text)),
            text.rstrip(' "”)*_').endswith(("?", "？")),
            bool(item_mark(text)),
            counted(text, within=6),
        )
        for text in texts
    ]


def names_of(lines: Sequence[Line], after_blank: Sequence[bool]) -> list[list[str]]:
    """For each line, the names of what is seen on it; ``after_blank`` tells which follow a blank line."""
    questions = sum(line.is_question for line in lines) / max(1, len(lines))
    habit = "asking" if questions >= _MANY else "telling"
    blanks = sum(after_blank) / max(1, len(lines))
    echoes = _echo_names(lines)
    result = []
    for at, line in enumerate(lines):
        names = [*_alone(line, habit), *echoes[at]]
        if 0 < blanks < 0.75:  # where almost every line follows a blank one, that says nothing
            names.append("after-blank" if after_blank[at] else "after-no-blank")
        if at:
            names += _beside(line, lines[at - 1], "previous")
            names += _after(line, lines[at - 1])
        if at + 1 < len(lines):
            names += _beside(line, lines[at + 1], "next")
        result.append(names)
    return result


def _alone(line: Line, habit: str) -> Iterator[str]:
    first = line.text[0]
    yield f"size-{line.size}"
    yield f"{'question' if line.is_question else 'asks' if asks(line.words) else 'statement'}-{habit}"
    if line.count:
        yield "counted"
    else:
        yield "lower" if first.islower() else "upper" if first.isupper() else "digit" if first.isdigit() else "symbol"
    if line.is_item:
        yield "item"
    if line.words and line.words[0] in CARRIES_ON and not line.is_question:
        yield "carries-on"
    if line.words and line.words[0] in ("a", "an", "the"):
        yield "article"
    if line.text[-1] in ".:,;":
        yield {".": "period", ":": "colon"}.get(line.text[-1], "comma")


def _beside(line: Line, other: Line, side: str) -> Iterator[str]:
    yield f"{side}-size-{other.size}"
    if other.is_question:
        yield f"{side}-question"
    if other.is_item and not line.is_item:
        yield f"{side}-item"
    if line.content & other.content:
        yield f"shares-{side}"
    ours, theirs = len(line.words) + 1, len(other.words) + 1
    if ours * 2.5 < theirs:
        yield f"shorter-than-{side}"
    elif theirs * 2.5 < ours:
        yield f"longer-than-{side}"
    if line.text[0].islower() and other.text[0].isupper():
        yield f"lower-beside-{side}"
    elif line.text[0].isupper() and other.text[0].islower():
        yield f"upper-beside-{side}"


def _after(line: Line, previous: Line) -> Iterator[str]:
    if _CUT.search(previous.text) or previous.text.count("(") > previous.text.count(")"):
        yield "previous-cut"
    if previous.text[-1] == ".":
        yield "previous-period"


def _echo_names(lines: Sequence[Line]) -> list[list[str]]:
    """What lines that come back say: an item that is a term later, a term that was an item before."""
    echoes = find_echoes([line.text for line in lines])
    often = Counter(line.words for line in lines)
    names: list[list[str]] = [[] for _ in lines]
    for at, earlier in echoes.items():
        if often[lines[at].words] >= _REFRAIN or earlier == at - 1:
            continue
        near = "" if lines[at].words == lines[earlier].words else "-near"
        beside = [echoes[other] for other in (at - 1, at + 1) if other in echoes]
        if earlier - 1 in beside or earlier + 1 in beside:
            names[at].append("copied")  # a whole run of lines stands here again
            continue
        neighbours = {echo for other, echo in _around(echoes, at) if other != at}
        in_series = earlier - 1 in neighbours or earlier + 1 in neighbours
        names[at].append(f"echo-series{near}" if in_series else f"echo{near}")
        names[earlier].append(f"comes-back{near}")
    return names


def _around(echoes: dict[int, int], at: int, reach: int = 12) -> Iterator[tuple[int, int]]:
    """The echoes within ``reach`` lines: the items of one list come back one after the other."""
    for other in range(at - reach, at + reach + 1):
        if other in echoes:
            yield other, echoes[other]
