"""Which known note each record of a build is: the certain pairs here, in order, and between them the judged ones."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ankigen.matching.text import digest, digest_in, squeeze
from ankigen.matching.unchanged import unchanged
from ankigen.matching.values import Candidate, Doubt, Known, Matching

if TYPE_CHECKING:
    from ankigen.matching.state import State

__all__ = ["judged", "match"]

_RETURNED = 0.4  # of a retired note's definition, so much must be there for it to be that note again


def match(known: Sequence[Known], candidates: Sequence[Candidate]) -> Matching:
    """Find the known note of each candidate; ask rather than guess.

    In order of certainty: the same key; the same term and definition in the same file, then in another file, unless
    a namesake in its own file is still unmatched; then edits, moves, renames and splits, judged together. Notes
    retired earlier come back last, and only with their text. Notes that nothing tells apart pair in their order.
    Two notes with different keys are never one. Raises ValueError for a fingerprint that is none.
    """
    certain = unchanged(known, candidates) if known else {}
    if not known or len(certain) == len(candidates):
        return Matching(certain, ())
    return judged(known, candidates, certain)


def judged(known: Sequence[Known], candidates: Sequence[Candidate], certain: Mapping[int, int]) -> Matching:
    """The same, looking at all notes; ``certain`` are pairs that it would find anyway."""
    from ankigen.matching.judgement import judge  # here, for a build without an edit judges nothing
    from ankigen.matching.state import State

    ks = sorted(range(len(known)), key=lambda i: (_order(known[i], known[i].fingerprint), known[i].retired))
    cs = sorted(range(len(candidates)), key=lambda i: _order(candidates[i], candidates[i].definition))
    state = State([known[i] for i in ks], [candidates[i] for i in cs])
    c_of, k_of = {i: c for c, i in enumerate(cs)}, {i: k for k, i in enumerate(ks)}
    for c, k in certain.items():
        state.pair(c_of[c], k_of[k])
    retired = [k for k, note in enumerate(state.known) if note.retired]

    _match_keys(state)
    _match_texts(state, state.live)
    doubts = judge(state)
    _match_texts(state, retired)
    _match_returned(state, retired)

    pairs = {cs[c]: ks[k] for c, k in state.pairs.items()}
    open_doubts = (
        Doubt(cs[d.candidate], tuple(ks[k] for k in d.among), d.scores)
        for d in doubts
        if d.candidate not in state.pairs
    )
    return Matching(dict(sorted(pairs.items())), tuple(sorted(open_doubts, key=lambda doubt: doubt.candidate)))


def _order(note: Known | Candidate, definition: str) -> tuple[object, ...]:
    """An order that comes from the notes alone, so that the one in which they are given does not matter."""
    return note.path, note.place, note.family, note.key or "", note.term, definition


def _match_keys(state: "State") -> None:
    keyed = {(note.family, note.key): k for k, note in enumerate(state.known) if note.key is not None}
    for c, candidate in enumerate(state.candidates):
        k = keyed.get((candidate.family, candidate.key)) if candidate.key is not None else None
        if k is not None and k not in state.taken:
            state.pair(c, k)


def _match_texts(state: "State", known: Sequence[int]) -> None:
    """The same text in the same file, then in another; word for word, then but for markup and case."""
    _match_equal(
        state,
        known,
        lambda k: (state.known[k].path, squeeze(state.known[k].term), digest_in(state.known[k].fingerprint)),
        lambda c: (
            state.candidates[c].path,
            squeeze(state.candidates[c].term),
            digest(state.candidates[c].definition),
        ),
    )
    _match_equal(
        state,
        known,
        lambda k: (state.place_before(k), state.before(k).sketch.same),
        lambda c: (state.place_now(c), state.now(c).sketch.same),
    )
    # A note whose namesake in its own file is still unmatched is more likely that one, edited.
    at_home = {state.place_before(k) for k in known if k not in state.taken}
    at_home &= {state.place_now(c) for c in state.open_candidates()}
    _match_equal(
        state,
        [k for k in known if k not in state.taken and state.place_before(k) not in at_home],
        lambda k: (state.before(k).folded, state.before(k).sketch.same),
        lambda c: (state.now(c).folded, state.now(c).sketch.same) if state.place_now(c) not in at_home else None,
    )


def _match_equal(
    state: "State", known: Iterable[int], was: Callable[[int], Hashable], now: Callable[[int], Hashable]
) -> None:
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for k in known:
        if k not in state.taken:
            waiting[was(k)].append(k)
    for c in state.open_candidates() if waiting else ():
        equals = waiting.get(now(c), [])
        for k in equals:
            if state.may_be(c, k):
                equals.remove(k)
                state.pair(c, k)
                break


def _match_returned(state: "State", retired: Sequence[int]) -> None:
    """A retired note is back when its term is back in its file, with much of its definition."""
    from ankigen.matching.evidence import share

    gone: dict[Hashable, list[int]] = defaultdict(list)
    for k in retired:
        if k not in state.taken:
            gone[state.place_before(k)].append(k)
    for c in state.open_candidates():
        for k in gone.get(state.place_now(c), ()):
            alike = share(state.before(k).sketch, state.now(c).sketch)
            if k not in state.taken and state.may_be(c, k) and alike >= _RETURNED:
                state.pair(c, k)
                break
