"""The best way to cut all lines into records at once, by dynamic programming.

The best cut of the first lines is kept for each line in turn, so the cost is linear. A known number of records
is met by paying for each record, more or less, until the best cut has that many; where the number jumps over
it, the few lines in question are cut exactly.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf

from ankigen.frozen import dataclass

__all__ = ["Scores", "best_path", "path_of"]

_CLOSE = 1e-3  # between two payments; nearer ones cut alike
_ENOUGH = 200_000  # steps; an exact cut that needs more is given up


@dataclass(frozen=True, slots=True)
class Scores:
    """What speaks for a record beginning on each line (``starts``), and for how many lines its definition has.

    ``lengths`` is the worth of one line, two, ...; ``longer`` that of each line more. ``counts`` says how many things
    a line announces; ``met`` is the worth of just so many lines, ``late`` of one more; neither is below 0.
    """

    starts: Sequence[float]
    counts: Sequence[int]
    lengths: tuple[float, ...]
    longer: float
    met: float
    late: float

    def length(self, start: int, lines: int) -> float:
        """What a definition of so many lines is worth, behind the line ``start``."""
        longest = len(self.lengths)
        worth = self.lengths[lines - 1] if lines <= longest else self.lengths[-1] + self.longer * (lines - longest)
        if count := self.counts[start]:
            worth += self.met if lines == count else self.late if lines == count + 1 else 0.0
        return worth

    def record(self, start: int, end: int) -> float:
        """What a record of the lines from ``start`` up to ``end`` is worth."""
        return self.starts[start] + self.length(start, end - start - 1)

    def path(self, starts: Sequence[int]) -> float:
        """What records that begin on these lines are worth together."""
        return sum(self.record(start, end) for start, end in pairwise([*starts, len(self.starts)]))

    def lists(self, start: int) -> tuple[tuple[int, float], ...]:
        """Where the list that line ``start`` announces would end, and what such a definition is worth."""
        if not (count := self.counts[start]):
            return ()
        return tuple((start + 1 + lines, self.length(start, lines)) for lines in (count, count + 1))

    def paying(self, bonus: float) -> "Scores":
        """The same scores with each record worth ``bonus`` more."""
        return self.with_starts([worth + bonus for worth in self.starts])

    def with_starts(self, starts: Sequence[float]) -> "Scores":
        """The same scores with other worths of the lines."""
        return replace(self, starts=starts)


def best_path(scores: Scores, bonus: float = 0.0) -> list[int]:
    """The lines on which the records of the best cut begin, where each record is worth ``bonus`` more.

    There are two lines or more; the first record begins on the first.
    """
    lengths = list(enumerate(scores.lengths, start=1))
    longest, long_worth = lengths[-1]
    best = [0.0, -inf]  # by end: the worth of the best cut of the lines before it
    came = [0, 0]  # by end: where the last record of that cut begins
    begun: list[float] = []  # by line: the same worth, with a record begun on the line
    announced: dict[int, list[tuple[float, int]]] = {}  # by end: the lists that would end there
    long = (-inf, 0)  # the best record with more lines than ``lengths`` has
    for end in range(2, len(scores.starts) + 1):
        line = end - 2
        begun.append(best[line] + scores.starts[line] + bonus)
        for until, worth in scores.lists(line):
            announced.setdefault(until, []).append((begun[line] + worth, line))
        ways = announced.pop(end, [])
        ways += [(begun[end - 1 - lines] + worth, end - 1 - lines) for lines, worth in lengths[: end - 1]]
        if end > longest + 1:
            start = end - longest - 2
            long = max((long[0] + scores.longer, long[1]), (begun[start] + long_worth + scores.longer, start))
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
    """The best cut into ``count`` records, as :func:`best_path` gives it, or None where there is none.

    Of many lines, it may be only nearly the best one: where no payment leads to just that number.
    """
    if not 0 < count <= len(scores.starts) // 2:
        return None
    if path := _exact(scores, 0, len(scores.starts), count):
        return path
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
            for end in range(start + 2, last + 1):
                total = worth + scores.record(start, end)
                if end not in further or total > further[end][0]:
                    further[end] = (total, (*path, start))
        ways = further
    return list(ways[last][1]) if last in ways else None
