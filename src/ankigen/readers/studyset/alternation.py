"""Whether the lines of a paste alternate strictly, term and definition, before anything else is known of it.

Two signs of it: a line is more like the one after next than like the next; and odd and even lines are spelled
differently, as in vocabulary, where nothing else tells the two languages apart.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log, sqrt

from ankigen.readers.studyset.features import TRAITS, Line

__all__ = ["CLASSES", "alternation", "pieces_of"]

CLASSES = ("strict", "much", "little", "none")
"""How much the lines of a set alternate."""

_COMPARED = tuple(at for at, name in enumerate(TRAITS) if name not in ("word", "code", "mark", "opener"))
_MUCH, _SOME, _LITTLE = 0.15, 0.06, 0.015  # how much more alike the line after next is; from the development sets
_SPELLED = 3.0  # standard errors above chance
_LOOKED_AT = 400  # lines
_LONGEST = 60  # letters of a line


def alternation(lines: Sequence[Line]) -> str:
    """How much the lines alternate: one of `CLASSES`."""
    lines = lines[:_LOOKED_AT]
    if len(lines) < 4:
        return CLASSES[-1]
    alike = _alike(lines, 2) - _alike(lines, 1)
    if alike >= _MUCH or _spelling(lines) >= _SPELLED:
        return CLASSES[0]
    return CLASSES[1] if alike >= _SOME else CLASSES[2] if alike >= _LITTLE else CLASSES[3]


def pieces_of(text: str) -> set[str]:
    """The pairs and triples of letters in a line, its two ends marked."""
    text = f"^{text.lower()[:_LONGEST]}$"
    return {first + second for first, second in pairwise(text)} | {text[at : at + 3] for at in range(len(text) - 2)}


def _alike(lines: Sequence[Line], step: int) -> float:
    """The share of traits that lines ``step`` apart have in common."""
    same = sum(
        one.traits[at] == other.traits[at] for one, other in zip(lines, lines[step:], strict=False) for at in _COMPARED
    )
    return same / ((len(lines) - step) * len(_COMPARED))


def _spelling(lines: Sequence[Line]) -> float:
    """How surely a line's letters tell whether it is an odd or an even one, learned from all other lines."""
    pieces = [pieces_of(line.text) for line in lines]
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for at, found in enumerate(pieces):
        counts[at % 2].update(found)
    logs = [log(number + 0.5) for number in range(len(lines) + 1)]
    both = (-(-len(lines) // 2), len(lines) // 2)
    right = 0
    for at, found in enumerate(pieces):
        own, other = counts[at % 2], counts[1 - at % 2]
        rate = log(both[at % 2]) - log(both[1 - at % 2] + 1)
        right += sum(logs[own[piece] - 1] - logs[other[piece]] - rate for piece in found) > 0
    return (2 * right / len(lines) - 1) * sqrt(len(lines))
