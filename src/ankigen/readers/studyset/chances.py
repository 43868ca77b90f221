"""How likely each way to cut the lines into records is, beside all other ways at once.

The forward-backward algorithm over records of any length (a semi-Markov model; Sarawagi and Cohen, "Semi-Markov
conditional random fields for information extraction", 2004). Records longer than the weights say are one sum that is
carried on, so the cost is linear in the lines.
"""

from collections.abc import Callable, Sequence
from math import exp, expm1, inf, log
from operator import mul

from ankigen.frozen import dataclass
from ankigen.readers.studyset.path import Scores

__all__ = ["Chances", "chances", "chances_of"]

_LARGEST = 1e100  # sums are scaled before they overflow
_STEPS = 12  # to meet a number of records
_NEAR = 0.01  # records; nearer is not needed


@dataclass(frozen=True, slots=True)
class Chances:
    """What all cuts say together: their weight, and what is expected of a cut drawn by its chance.

    ``begins`` is, for each line, the chance that a record begins there. ``lengths`` counts the records with one line of
    definition, two, ... and, last, as many as the weights say or more; ``more`` is how many lines these have beyond.
    ``met`` and ``late`` count the records that list as many things as they announce, and those that do so after an
    introducing line.
    """

    log_total: float
    begins: list[float]
    lengths: list[float]
    more: float
    met: float
    late: float
    before: list[float]
    after: list[float]

    def record(self, scores: Scores, start: int, end: int) -> float:
        """The chance that the lines from ``start`` up to ``end``, which is not in it, are one record."""
        return exp(min(0.0, self.before[start] + scores.record(start, end) + self.after[end] - self.log_total))


def chances(scores: Scores) -> Chances:
    """The chances of all ways to cut two lines or more."""
    starts = [exp(worth) for worth in scores.starts]
    before = _sums(starts, scores)
    after = _sums_back(starts, scores)
    total = after[0]
    begins = [exp(min(0.0, done + rest - total)) for done, rest in zip(before, after[:-1], strict=False)]
    longest = len(scores.lengths)
    lengths = [0.0] * longest
    more = met = late = 0.0
    for start, chance in enumerate(begins):
        if chance < 1e-9:
            continue
        left = chance
        base = before[start] + scores.starts[start] - total
        for lines in range(1, min(longest, len(starts) - start)):
            part = exp(min(0.0, base + scores.length(start, lines) + after[start + 1 + lines]))
            lengths[lines - 1] += part
            left -= part
        if left > 0:
            lengths[-1] += left
        count = scores.counts[start]
        for lines, is_met in ((count, True), (count + 1, False)) if count else ():
            if start + 1 + lines <= len(starts):
                part = exp(min(0.0, base + scores.length(start, lines) + after[start + 1 + lines]))
                met, late = (met + part, late) if is_met else (met, late + part)
    lines_in_all = len(starts) - sum(begins)
    more = lines_in_all - sum(number * lines for lines, number in enumerate(lengths, start=1))
    return Chances(total, begins, lengths, max(0.0, more), met, late, before, after)


def chances_of(scores: Scores, count: int) -> tuple[Chances, Scores]:
    """The chances where ``count`` records are expected, and the scores for it: records are paid for, or cost."""
    low, high = -30.0, 30.0
    payment = 0.0
    found, paid = chances(scores), scores
    for _ in range(_STEPS):
        expected = sum(found.begins)
        if abs(expected - count) < _NEAR:
            break
        low, high = (payment, high) if expected < count else (low, payment)
        # Newton's step in the odds, kept between what is too little and too much.
        room = max(1.0, len(scores.starts) / 2)
        step = log((count + 0.5) / (room - min(count, room) + 0.5)) - log(
            (expected + 0.5) / (room - min(expected, room) + 0.5)
        )
        payment = min(max(payment + 1.5 * step, low + 0.1 * (high - low)), high - 0.1 * (high - low))
        paid = scores.paying(payment)
        found = chances(paid)
    return found, paid


def _sums(starts: Sequence[float], scores: Scores) -> list[float]:
    """For each end, the logarithm of the summed weights of all cuts of the lines before it."""
    lengths = [exp(worth) for worth in reversed(scores.lengths)]  # the longest record first
    longest, longer, extra = len(lengths), exp(scores.longer), _extra(scores)
    shift = 0.0
    sums = [0.0, -inf]
    last, newest = 1.0, 0.0  # the sums of the two latest ends, scaled
    begun = [0.0] * longest  # the sums of the latest lines, with a record begun there
    long = 0.0  # of all lines before these
    announced: dict[int, list[float]] = {}
    for end in range(2, len(starts) + 1):
        start = end - 2
        long = longer * (long + lengths[0] * begun[0])
        begun = [*begun[1:], last * starts[start]]
        for until, worth in extra(start):
            announced.setdefault(until, []).append(sums[start] + worth)
        total = long + sum(map(mul, lengths, begun))
        for worth in announced.pop(end, ()):
            total += exp(worth - shift)
        last, newest = newest, total
        if total > _LARGEST or 0 < total < 1 / _LARGEST:
            shift += log(total)
            long, last, newest = long / total, last / total, 1.0
            begun = [each / total for each in begun]
        sums.append(log(newest) + shift if newest > 0 else -inf)
    return sums


def _sums_back(starts: Sequence[float], scores: Scores) -> list[float]:
    """For each line, the logarithm of the summed weights of all cuts from there on."""
    lengths = [exp(worth) for worth in scores.lengths]
    longer, extra = exp(scores.longer), _extra(scores)
    shift = 0.0
    sums = [-inf] * len(starts) + [0.0]
    last, newest = 1.0, 0.0  # the sums of the two lines below, scaled
    ends = [0.0] * len(lengths)  # the sums behind a definition of one line, of two, ...
    long = 0.0  # behind all longer ones
    for start in range(len(starts) - 2, -1, -1):
        long = longer * (long + lengths[-1] * ends[-1])
        ends = [last, *ends[:-1]]
        total = starts[start] * (long + sum(map(mul, lengths, ends)))
        for until, worth in extra(start):
            if until <= len(starts):
                total += exp(sums[until] + worth - shift)
        last, newest = newest, total
        if total > _LARGEST or 0 < total < 1 / _LARGEST:
            shift += log(total)
            long, last, newest = long / total, last / total, 1.0
            ends = [each / total for each in ends]
        sums[start] = log(newest) + shift if newest > 0 else -inf
    return sums


def _extra(scores: Scores) -> Callable[[int], list[tuple[int, float]]]:
    """For a line that announces a number of things, the ends where its list is met, and what that adds."""

    def extra(start: int) -> list[tuple[int, float]]:
        if not scores.counts[start]:
            return []
        added = []
        for end, worth in scores.lists(start):
            bonus = scores.met if end == start + 1 + scores.counts[start] else scores.late
            if bonus > 0:
                added.append((end, scores.starts[start] + worth + log(-expm1(-bonus))))
        return added

    return extra
