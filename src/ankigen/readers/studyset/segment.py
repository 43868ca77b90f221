"""The best sequence of records over all lines at once, by dynamic programming in linear time.

Every record is a term of one line and a definition of one or more. A known number of cards is met by making each
record worth a little more, or less, until the best sequence has that many.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ankigen.readers.studyset.features import Line
from ankigen.readers.studyset.weights import BEGINNING, COUNT_MET, COUNT_SHORT, LENGTHS, LONGER, RECORD

__all__ = ["segment"]

_NEVER = float("-inf")
_ROUNDS = 30  # of halving the search for the worth of a record
_RANGE = 30.0  # more than any record is worth by its signs


@dataclass(frozen=True, slots=True)
class _Set:
    """What the search needs: how well a record may begin on each line, and what each line announces."""

    beginnings: Sequence[float]
    counts: Sequence[int]


def segment(lines: Sequence[Line], names: Sequence[Sequence[str]], cards: int = 0) -> list[int]:
    """The indices of the lines on which records begin, ascending; of ``cards`` of them when that can be.

    A first line without another one below it makes no record: then the list is empty.
    """
    if len(lines) < 2:
        return []
    beginnings = [sum(BEGINNING.get(name, 0.0) for name in seen) for seen in names]
    paste = _Set(beginnings, [line.count for line in lines])
    if not cards:
        return _best(paste, RECORD)
    low, high = -_RANGE, _RANGE
    closest = _best(paste, 0.0)
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        found = _best(paste, middle)
        if abs(len(found) - cards) <= abs(len(closest) - cards):
            closest = found
        if len(found) == cards:
            break
        low, high = (middle, high) if len(found) < cards else (low, middle)
    return closest


def _best(paste: _Set, record: float) -> list[int]:
    """The best sequence when each record is worth ``record`` besides its signs."""
    size = len(paste.beginnings)
    best = [0.0, _NEVER]  # worth of the best sequence over the first so many lines
    begins = [0, 0]  # where its last record begins
    begun: list[float] = []  # worth of the best sequence with a record just begun on the line
    counted: dict[int, list[tuple[float, int]]] = {}  # by the end of a counted list: its worth, where it began
    long = (_NEVER, 0)  # the same of the best record with a definition as long as the last of LENGTHS, or longer
    for end in range(2, size + 1):
        line = end - 2
        begun.append(best[line] + paste.beginnings[line] + record)
        if count := paste.counts[line]:
            counted.setdefault(line + 1 + count, []).append((begun[line] + COUNT_MET, line))
            counted.setdefault(line + 2 + count, []).append((begun[line] + COUNT_SHORT, line))
        ways = counted.pop(end, [])
        for lines, worth in enumerate(LENGTHS, start=1):
            start = end - 1 - lines
            if start < 0:
                break
            if lines < len(LENGTHS):
                ways.append((begun[start] + worth, start))
            else:
                long = max((long[0] + LONGER, long[1]), (begun[start] + worth, start))
                ways.append(long)
        worth, start = max(ways)
        best.append(worth)
        begins.append(start)
    starts = []
    end = size
    while end:
        end = begins[end]
        starts.append(end)
    return starts[::-1]
