"""Where notes stand in their file, as the lock says it: a note that comes between two others moves neither of them."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from ankigen.lock import Entry

__all__ = ["spread"]


def spread(entries: Iterable[Entry]) -> list[Entry]:
    """Entries of one file, in their new order, with places that ascend; as many as can keep the place they have."""
    given = list(entries)
    kept = _ascending([entry.at for entry in given])
    result: list[Entry] = []
    low = Fraction(0)
    run: list[Entry] = []  # without a place, between two that keep theirs
    for index, entry in enumerate(given):
        if index in kept:
            result += _placed(run, low, entry.at)
            result.append(entry)
            low, run = entry.at, []
        else:
            run.append(entry)
    return result + _placed(run, low, None)


def _ascending(places: list[Fraction]) -> set[int]:
    """The indices of a longest strictly ascending run of places; 0 is none."""
    tops: list[Fraction] = []  # by length: the least place that a run of that length can end with
    ends: list[int] = []  # and where that run ends
    before: list[int] = []
    if places and places[0] > 0 and all(low < high for low, high in pairwise(places)):
        return set(range(len(places)))  # as nearly always
    for index, place in enumerate(places):
        length = bisect_left(tops, place) if place > 0 else 0
        before.append(ends[length - 1] if length else -1)
        if place > 0:
            tops[length : length + 1] = [place]
            ends[length : length + 1] = [index]
    kept = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.add(index)
        index = before[index]
    return kept


def _placed(run: list[Entry], low: Fraction, high: Fraction | None) -> list[Entry]:
    """Entries at places between two others, as round as they can be and evenly apart; whole numbers at the end."""
    if not run:
        return []
    if high is None:
        return [replace(entry, at=Fraction(floor(low) + number)) for number, entry in enumerate(run, start=1)]
    step = Fraction(1)
    while (room := ceil(high / step) - floor(low / step) - 1) < len(run):
        step /= 2
    first = floor(low / step)
    return [
        replace(entry, at=step * (first + number * (room + 1) // (len(run) + 1)))
        for number, entry in enumerate(run, start=1)
    ]
