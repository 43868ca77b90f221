"""The few pairs worth judging, found by what is rare: all against all would take minutes for a file renamed whole."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence

from ankigen.frozen import dataclass
from ankigen.matching.evidence import Text
from ankigen.matching.places import Gap

__all__ = ["Note", "prospects"]

_COMMON = 32  # what more notes than this share finds none of them
_CLUES = 24  # of a note's traits, the rarest are followed
_TRIES = 6  # known notes judged for each candidate by its traits, and
_STEPS = (0, -1, 1, -2)  # those so many places on in the same gap
_SAMPLE = 20  # of a definition, a few more words than are remembered: alike texts have about the same lowest numbers


@dataclass(frozen=True, slots=True)
class Note:
    """A note that nothing certain is known of yet. ``home`` is its file under any name."""

    index: int
    family: str
    home: str
    text: Text
    gap: Gap


def prospects(before: Sequence[Note], now: Sequence[Note]) -> Iterator[tuple[Note, Note]]:
    """Pairs of a note now and a note before that share something rare, or stand at about the same place of a gap."""
    by_trait: dict[Hashable, list[int]] = defaultdict(list)
    by_place: dict[Hashable, int] = {}
    for i, note in enumerate(before):
        for trait in _traits(note):
            by_trait[trait].append(i)
        by_place[_place(note, 0)] = i
    for note in now:
        shared = [found for trait in _traits(note) if (found := by_trait.get(trait)) and len(found) <= _COMMON]
        promise: Counter[int] = Counter()
        for found in sorted(shared, key=lambda found: (len(found), found))[:_CLUES]:
            for i in found:
                promise[i] += 1000 // len(found)
        tries = sorted(promise, key=lambda i: (-promise[i], i))[:_TRIES]
        beside = (by_place.get(_place(note, step)) for step in _STEPS)
        for i in dict.fromkeys([*tries, *(i for i in beside if i is not None)]):
            yield note, before[i]


def _place(note: Note, step: int) -> Hashable:
    return note.family, note.gap.left, note.gap.right, note.gap.rank + step


def _traits(note: Note) -> set[Hashable]:
    """What two notes may share: anywhere the term or words of the definition, in one file the words of the term too."""
    whole = ("term", note.text.folded), ("definition", note.text.sketch.same)
    sample = heapq.nsmallest(_SAMPLE, note.text.sketch.numbers)
    traits: set[Hashable] = {(note.family, where, what) for what in (*whole, *sample) for where in (note.home, None)}
    for word in note.text.words:
        traits.add((note.family, note.home, word))
        traits.add((note.family, note.home, "begins", word[:4]))
    return traits
