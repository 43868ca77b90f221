"""The best way to cut all lines into records at once, by dynamic programming.

The best cut of the first lines is kept for each line in turn, so the cost is linear. A known number of records
is met by paying for each record, more or less, until the best cut has that many; where the number jumps over
it, the few lines in question are cut exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from ankigen.readers.studyset.weights import LENGTHS, LIST_AFTER_ONE, LIST_MET, LONGER

__all__ = ["Scores", "best_path", "path_of"]

_CLOSE = 1e-3  # between two payments; nearer ones cut alike
_ENOUGH = 1_000_000  # steps; an exact cut that needs more is given up


@dataclass(frozen=True, slots=True)
class Scores:
    """What speaks for a record beginning on each line (``starts``), and for how many lines it has.

    ``counts`` says how many items a line announces, ``single`` what a definition of one line is worth beside the rest.
    """

    starts: Sequence[float]
    counts: Sequence[int]
    single: float = 0.0

    def length(self, lines: int) -> float:
        """What a definition of so many lines is worth."""
        worth = LENGTHS[min(lines, len(LENGTHS)) - 1] + LONGER * max(0, lines - len(LENGTHS))
        return worth + self.single if lines == 1 else worth

    def lists(self, start: int) -> tuple[tuple[int, float], ...]:
        """Where the list that line ``start`` announces would end, and what such a definition is worth."""
        count = self.counts[start]
        if not count:
            return ()
        return (
            (start + 1 + count, LIST_MET + self.length(count)),
            (start + 2 + count, LIST_AFTER_ONE + self.length(count + 1)),
        )


def best_path(scores: Scores, bonus: float = 0.0) -> list[int]:
    """The lines on which the records of the best cut begin, where each record is worth ``bonus`` more.

    There are two lines or more; the first record begins on the first.
    """
    lengths = [(lines, scores.length(lines)) for lines in range(1, len(LENGTHS) + 1)]
    longest, long_worth = lengths[-1]
    best = [0.0, -inf]  # by end: the worth of the best cut of the lines before it
    came = [0, 0]  # by end: where the last record of that cut begins
    begun: list[float] = []  # by line: the same worth, with a record begun on the line
    announced: dict[int, list[tuple[float, int]]] = {}  # by end: the lists that would end there
    long = (-inf, 0)  # the best record with more lines than LENGTHS has
    for end in range(2, len(scores.starts) + 1):
        line = end - 2
        begun.append(best[line] + scores.starts[line] + bonus)
        for until, worth in scores.lists(line):
            announced.setdefault(until, []).append((begun[line] + worth, line))
        ways = announced.pop(end, [])
        ways += [(begun[end - 1 - lines] + worth, end - 1 - lines) for lines, worth in lengths[: end - 1]]
        if end > longest + 1:
            start = end - longest - 2
            long = max((long[0] + LONGER, long[1]), (begun[start] + long_worth + LONGER, start))
            ways.append(long)
        worth, start = max(ways)
        best.append(worth)
        came.append(start)
    starts = []
    end = len(scores.starts)
    while end:
        end = came[end]
        starts.append(end)
    return starts[::-1]


def path_of(scores: Scores, count: int) -> list[int] | None:
    """The best cut into ``count`` records, as :func:`best_path` gives it, or None where there is none."""
    if not 0 < count <= len(scores.starts) // 2:
        return None
    fewer = more = best_path(scores)
    low = high = 0.0
    step = 2.0
    while len(more) < count:
        low, fewer, high = high, more, high + step
        more, step = best_path(scores, high), step * 2
    while len(fewer) > count:
        high, more, low = low, fewer, low - step
        fewer, step = best_path(scores, low), step * 2
    while len(more) != count and high - low > _CLOSE:
        middle = (low + high) / 2
        path = best_path(scores, middle)
        if len(path) < count:
            low, fewer = middle, path
        else:
            high, more = middle, path
    if count in (len(fewer), len(more)):
        return more if len(more) == count else fewer
    return _between(scores, fewer, more, count)


def _between(scores: Scores, fewer: list[int], more: list[int], count: int) -> list[int] | None:
    """Of two equally good paths, the first part of the one, a middle cut anew, and the rest of the other.

    Up to one common start the number of records is still too low, at the next it is too high.
    """
    places = {start: at for at, start in enumerate([*fewer, len(scores.starts)])}
    left = 0
    for at, start in enumerate([*more, len(scores.starts)]):
        if start not in places:
            continue
        rest = fewer[places[start] :]
        if at + len(rest) >= count:
            middle = _exact(scores, more[left], start, count - left - len(rest))
            return None if middle is None else [*more[:left], *middle, *rest]
        left = at
    return None


def _exact(scores: Scores, first: int, last: int, count: int) -> list[int] | None:
    """The best cut of the lines ``[first, last)`` into ``count`` records, by trying all."""
    if count * (last - first) ** 2 > _ENOUGH:
        return None
    ways: dict[int, tuple[float, tuple[int, ...]]] = {first: (0.0, ())}  # by end
    for _ in range(count):
        further: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (worth, path) in ways.items():
            lists = dict(scores.lists(start)) if start < last else {}
            for end in range(start + 2, last + 1):
                length = max(scores.length(end - start - 1), lists.get(end, -inf))
                total = worth + scores.starts[start] + length
                if end not in further or total > further[end][0]:
                    further[end] = (total, (*path, start))
        ways = further
    return list(ways[last][1]) if last in ways else None
