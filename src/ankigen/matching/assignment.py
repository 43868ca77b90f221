"""The best assignment of candidates to known notes: the highest sum, not the highest pair first."""

from collections import defaultdict, deque
from collections.abc import Mapping

__all__ = ["best", "components", "favourites"]

Pair = tuple[int, int]  # candidate, known note
Scores = Mapping[Pair, int]  # whole numbers, above 0: sums are exact in any order


def components(scores: Scores) -> list[dict[Pair, int]]:
    """The pairs in groups that share no candidate and no known note."""
    lead: dict[int, int] = {}  # a known note is the complement of its number: one name space for both sides

    def find(x: int) -> int:
        while lead.setdefault(x, x) != x:
            lead[x] = lead[lead[x]]
            x = lead[x]
        return x

    for c, k in scores:
        lead[find(~k)] = find(c)
    groups: dict[int, dict[Pair, int]] = defaultdict(dict)
    for pair in sorted(scores):
        groups[find(pair[0])][pair] = scores[pair]
    return list(groups.values())


def best(scores: Scores) -> dict[int, int]:
    """Known note of each candidate, no known note twice, with the highest sum of scores.

    Candidates enter one by one, each with the chain of exchanges that gains most, so the sum is the highest at every
    step. Of equal answers it is always the same one, whatever the order of ``scores``.
    """
    choices: dict[int, list[int]] = defaultdict(list)
    for c, k in sorted(scores):
        choices[c].append(k)
    chosen: dict[int, int] = {}
    for start in choices:
        gain, taker = _chains(start, choices, chosen, scores)
        k = max(gain, key=lambda k: (gain[k], -k))
        if gain[k] > 0:
            _exchange(start, k, taker, chosen)
    return chosen


def favourites(scores: Scores) -> dict[int, int]:
    """The pairs that are the best of both their notes: what can be had when there is no time for the best sum."""
    of_c: dict[int, int] = {}
    of_k: dict[int, int] = {}
    for (c, k), score in sorted(scores.items()):
        if c not in of_c or score > scores[c, of_c[c]]:
            of_c[c] = k
        if k not in of_k or score > scores[of_k[k], k]:
            of_k[k] = c
    return {c: k for c, k in of_c.items() if of_k[k] == c}


def _chains(
    start: int, choices: Mapping[int, list[int]], chosen: Mapping[int, int], scores: Scores
) -> tuple[dict[int, int], dict[int, int]]:
    """For each known note a chain of exchanges can end at: what it gains, when whoever has that note goes without,
    and who takes it. Each who loses its note in the chain takes another.
    """
    owner = {k: c for c, k in chosen.items()}
    gain: dict[int, int] = {}
    taker: dict[int, int] = {}
    so_far, queue = {start: 0}, deque([start])
    while queue:
        c = queue.popleft()
        for k in choices[c]:
            loser = owner.get(k)
            if loser == c:
                continue
            total = so_far[c] + scores[c, k] - (0 if loser is None else scores[loser, k])
            if k not in gain or total > gain[k]:
                gain[k], taker[k] = total, c
                if loser is not None:
                    so_far[loser] = total
                    queue.append(loser)
    return gain, taker


def _exchange(start: int, end: int, taker: Mapping[int, int], chosen: dict[int, int]) -> None:
    loser = next((c for c, k in chosen.items() if k == end), None)
    if loser is not None:
        del chosen[loser]
    k, c = end, taker[end]
    while c != start:
        chosen[c], k = k, chosen[c]
        c = taker[k]
    chosen[start] = k
