"""Cards whose sides are labelled ("Q" and "A", "Front" and "Back"), and cards that are numbered.

Knowt's full page writes an index, "New cards", the term and its definition; Brainscape an index, "Q", the term, "A" and
the definition. Others write the labels before the text: "Q: ...", "Term: ...".
"""

import re
from collections.abc import Iterator, Sequence

from ankigen.readers.studyset.cut import Cut

__all__ = ["by_labels", "by_numbers"]

_END = r"(?: ?\d{1,4})?\s*(?:$|:(?!\S*//))\s*"  # a number, then nothing or a colon that is no part of an address
_KINDS = (  # what is before the term, and what before the definition; single letters are capitals
    (re.compile(r"(?:Q|(?i:question))" + _END), re.compile(r"(?:A|(?i:answer))" + _END)),
    (re.compile(r"(?i:front)" + _END), re.compile(r"(?i:back)" + _END)),
    (re.compile(r"(?i:term)" + _END), re.compile(r"(?i:definition)" + _END)),
)
_STATUS = re.compile(r"New cards?|Still learning|Not studied|Mastered", re.IGNORECASE)  # what Knowt says of a card
_PAIRED = 0.9  # of the labels
_ABOVE = 3  # lines that may stand above the first number
_FEWEST = 2  # labelled cards
_FEWEST_NUMBERED = 3


def by_numbers(lines: Sequence[str], _after_blank: Sequence[bool]) -> Cut | None:
    """Cards under 1, 2, 3, ..., each number alone on its line, with a term and a definition below it.

    The first line below the number is the term, unless labels say otherwise.
    """
    starts = list(_numbers(lines))
    if len(starts) < _FEWEST_NUMBERED or starts[0] > _ABOVE or (starts[0] and len(starts) <= _ABOVE + 1):
        return None
    cut = Cut()
    for at in range(starts[0]):
        cut.reject(at, "this line stands above the card with number 1", "delete it if it is the page's")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        first = start + 1
        while first < end and _STATUS.fullmatch(lines[first].strip()):
            first += 1
        texts = [line.strip() for line in lines[first:end]]
        turn = next((at for at, text in enumerate(texts) if at > 1 and _side(text) == (1, "")), 0)
        if turn and _side(texts[0]) == (0, ""):
            first += 1
            term, definition = texts[1:turn], texts[turn + 1 :]
        else:
            term, definition = texts[:1], texts[1:]
        cut.between += range(start, first)
        if definition:
            cut.add(first, end - 1, term, definition)
        else:
            for at in range(first, end):
                cut.reject(at, "this card has no definition", "write it on the line below")
    return cut


def _opens(line: str) -> bool:
    """Whether ``line`` stands between a card's number and its term."""
    return bool(_STATUS.fullmatch(line.strip())) or _side(line) == (0, "")


def _numbers(lines: Sequence[str]) -> Iterator[int]:
    """Where 1, 2, 3, ... stand, each two lines of text or more below the one before it: else it is an answer.

    Where what the site says of a card, or a label, stands below the first one, it does below each.
    """
    number, texts = 1, 2
    is_followed = False
    for at, line in enumerate(lines):
        text = line.strip()
        follows = at + 1 < len(lines) and _opens(lines[at + 1])
        if texts >= 2 and text.rstrip(".)") == str(number) and (follows or not is_followed):
            is_followed = is_followed or (number == 1 and follows)
            yield at
            number, texts = number + 1, 0
        elif not _STATUS.fullmatch(text):
            texts += 1


def by_labels(lines: Sequence[str], _after_blank: Sequence[bool]) -> Cut | None:
    """Cards whose sides are labelled, on a line of their own or before the text.

    A side runs to the next label. What stands above the first label, or has only one side, stays out.
    """
    cuts = (_by_labels(lines, [_side(line, (kind,)) for line in lines]) for kind in _KINDS)
    return next(filter(None, cuts), None)


def _by_labels(lines: Sequence[str], sides: Sequence[tuple[int, str] | None]) -> Cut | None:
    fronts = [at for at, side in enumerate(sides) if side and side[0] == 0]
    if len(fronts) < _FEWEST:
        return None
    cut = Cut()
    for at in range(fronts[0]):
        cut.reject(at, "this line stands above the first label", "delete it if it is the page's")
    for front, end in zip(fronts, [*fronts[1:], len(lines)], strict=True):
        back = next((at for at in range(front + 1, end) if sides[at]), end)
        term, definition = _texts(lines, sides, front, back), _texts(lines, sides, back, end)
        if term and definition:
            first = front if sides[front] != (0, "") else front + 1
            cut.between += range(front, first)
            cut.add(first, end - 1, term, definition)
        else:
            for at in range(front, end):
                cut.reject(at, "this card has only one side", "write the other one below it, with its label")
    return cut if len(cut.cards) >= max(_FEWEST, _PAIRED * len(fronts)) and fronts[0] <= len(lines) / 5 else None


def _texts(lines: Sequence[str], sides: Sequence[tuple[int, str] | None], label: int, end: int) -> list[str]:
    """The text behind the label in line ``label``, and the lines below it; nothing when there is no label."""
    if label >= end:
        return []
    side = sides[label]
    behind = [side[1]] if side and side[1] else []
    return [*behind, *(line.strip() for line in lines[label + 1 : end])]


def _side(line: str, kinds: Sequence[tuple[re.Pattern[str], re.Pattern[str]]] = _KINDS) -> tuple[int, str] | None:
    """Which side the label at the beginning of ``line`` is for (0 for the term), and the text behind it."""
    text = line.strip()
    for kind in kinds:
        for side, label in enumerate(kind):
            if found := label.match(text):
                return side, text[found.end() :]
    return None
