"""The notes that no certain trait has matched, judged together: what has no rival is paired, the rest is doubted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from ankigen.matching.assignment import best, components, favourites
from ankigen.matching.evidence import ACCEPT, ASK, MARGIN, Rarity, far, near
from ankigen.matching.places import Gap, gaps, homes, neighbourhood
from ankigen.matching.search import Note, prospects
from ankigen.matching.state import State
from ankigen.matching.text import fold
from ankigen.matching.values import Doubt

__all__ = ["judge"]

_LARGE = 1000  # pairs that hang together: the best sum for these takes a tenth of a second

Scores = Mapping[tuple[int, int], int]  # by candidate and known note


def judge(state: State) -> list[Doubt]:
    """Pair in ``state`` what is beyond doubt, and tell what is not.

    The best choice is the one with the highest sum of squares: one good pair is worth more than two poor ones.
    """
    doubts = []
    scores = _scores(state)
    for group in components({pair: (score - ASK + 1) ** 2 for pair, score in scores.items()}):
        chosen = best(group) if len(group) <= _LARGE else favourites(group)
        for c, k in _sure(chosen, {pair: scores[pair] for pair in group}):
            state.pair(c, k)
        among: dict[int, list[int]] = defaultdict(list)
        for c, k in group:
            if c not in state.pairs and k not in state.taken:
                among[c].append(k)
        for c, ks in among.items():
            likeliest = sorted((-scores[c, k], k) for k in ks)
            doubts.append(Doubt(c, tuple(k for _, k in likeliest), tuple(-score / 1000 for score, _ in likeliest)))
    return doubts


def _sure(chosen: Mapping[int, int], scores: Scores) -> Iterator[tuple[int, int]]:
    """The chosen pairs that are good, and better by the margin than all rivals.

    A rival is another pair of either note, unless its other note is better served elsewhere, by the margin too.
    """
    served_c = {c: scores[c, k] for c, k in chosen.items()}
    served_k = {k: scores[c, k] for c, k in chosen.items()}
    rival_c: dict[int, int] = defaultdict(int)
    rival_k: dict[int, int] = defaultdict(int)
    for (c, k), score in scores.items():
        if chosen.get(c) == k:
            continue
        if served_k.get(k, 0) < score + MARGIN:
            rival_c[c] = max(rival_c[c], score)
        if served_c.get(c, 0) < score + MARGIN:
            rival_k[k] = max(rival_k[k], score)
    for c, k in chosen.items():
        if scores[c, k] >= max(ACCEPT, rival_c[c] + MARGIN, rival_k[k] + MARGIN):
            yield c, k


def _scores(state: State) -> dict[tuple[int, int], int]:
    """The pairs worth at least a question."""
    before = [k for k in state.live if k not in state.taken]
    now = state.open_candidates()
    if not before or not now:
        return {}
    home = _homes(state, before, now)
    rarities = _Rarities(state, home)
    gap_before, gap_now = _gaps(state, home)

    def note_before(k: int) -> Note:
        note = state.known[k]
        return Note(k, note.family, home.get(note.path, note.path), state.before(k), gap_before[k])

    def note_now(c: int) -> Note:
        note = state.candidates[c]
        return Note(c, note.family, home.get(note.path, note.path), state.now(c), gap_now[c])

    scores = {}
    for b, a in prospects([note_before(k) for k in before], [note_now(c) for c in now]):
        if not state.may_be(b.index, a.index):
            continue
        if a.home == b.home:
            score = near(a.text, b.text, neighbourhood(a.gap, b.gap), rarities.of(a.home))
        else:
            score = far(a.text, b.text, rarities.of(None))
        if score >= ASK:
            scores[b.index, a.index] = score
    return scores


def _homes(state: State, before: Iterable[int], now: Iterable[int]) -> dict[str, str]:
    """Where files went, as the notes tell that were found in another one, and terms that left one and came to one."""
    moved = [(state.known[k].path, state.candidates[c].path) for c, k in state.pairs.items()]
    paths_before, paths_now = {state.known[k].path for k in state.live}, {c.path for c in state.candidates}
    if paths_before != paths_now:
        left = {state.before(k).folded: state.known[k].path for k in before}
        came = {state.now(c).folded: state.candidates[c].path for c in now}
        # A term that other notes have too ("Management") tells nothing.
        bearers = Counter(state.before(k).folded for k in state.live), Counter(fold(c.term) for c in state.candidates)
        moved += [(left[t], came[t]) for t in left if t in came and bearers[0][t] == bearers[1][t] == 1]
    return homes([state.known[k].path for k in state.live], [c.path for c in state.candidates], moved)


def _gaps(state: State, home: Mapping[str, str]) -> tuple[dict[int, Gap], dict[int, Gap]]:
    was: dict[str, list[int]] = defaultdict(list)
    are: dict[str, list[int]] = defaultdict(list)
    for k in state.live:
        was[state.known[k].path].append(k)
    for c, candidate in enumerate(state.candidates):
        are[candidate.path].append(c)
    gap_before: dict[int, Gap] = {}
    gap_now: dict[int, Gap] = {}
    settled = {k: k for k in state.taken}
    for path, ks in was.items():
        gap_before |= gaps(ks, home.get(path, path), settled)
    for path, cs in are.items():
        gap_now |= gaps(cs, home.get(path, path), state.pairs)
    return gap_before, gap_now


class _Rarities:
    """How rare words are within each file, and in all; counted when first asked."""

    def __init__(self, state: State, home: Mapping[str, str]) -> None:
        self._state = state
        self._was: dict[str | None, list[int]] = defaultdict(list)
        self._are: dict[str | None, list[int]] = defaultdict(list)
        for k in state.live:
            self._was[home.get(state.known[k].path, state.known[k].path)].append(k)
        for c, candidate in enumerate(state.candidates):
            self._are[home.get(candidate.path, candidate.path)].append(c)
        self._was[None], self._are[None] = state.live, list(range(len(state.candidates)))
        self.of = cache(self._count)

    def _count(self, home: str | None) -> Rarity:
        return Rarity(map(self._state.before, self._was[home]), map(self._state.now, self._are[home]))
