"""What one run of matching knows: its notes in an order of their own, and the pairs found so far."""

from collections.abc import Hashable, Sequence
from dataclasses import field
from functools import cached_property

from ankigen.frozen import dataclass
from ankigen.matching.evidence import Text
from ankigen.matching.text import recall, sketch
from ankigen.matching.values import Candidate, Known

__all__ = ["State"]


@dataclass(frozen=True)
class State:
    """Candidates and known notes by index, and ``pairs`` and ``taken``, which grow. Texts are read when first asked."""

    known: Sequence[Known]
    candidates: Sequence[Candidate]
    pairs: dict[int, int] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    _before: dict[int, Text] = field(default_factory=dict)
    _now: dict[int, Text] = field(default_factory=dict)

    @cached_property
    def live(self) -> list[int]:
        """The known notes of the last build."""
        return [k for k, note in enumerate(self.known) if not note.retired]

    def pair(self, c: int, k: int) -> None:
        """Settle that a candidate is a known note."""
        self.pairs[c] = k
        self.taken.add(k)

    def open_candidates(self) -> list[int]:
        """The candidates without a pair."""
        return [c for c in range(len(self.candidates)) if c not in self.pairs]

    def may_be(self, c: int, k: int) -> bool:
        """Whether nothing forbids the pair: the family is one, and the keys do not differ."""
        candidate, known = self.candidates[c], self.known[k]
        return candidate.family == known.family and (
            candidate.key is None or known.key is None or candidate.key == known.key
        )

    def before(self, k: int) -> Text:
        """The text of a known note."""
        if k not in self._before:
            note = self.known[k]
            self._before[k] = Text.of(note.term, recall(note.fingerprint))
        return self._before[k]

    def now(self, c: int) -> Text:
        """The text of a candidate; of one that has its pair, what is remembered of that, which is close enough."""
        if c not in self._now:
            note = self.candidates[c]
            remembered = recall(self.known[self.pairs[c]].fingerprint) if c in self.pairs else sketch(note.definition)
            self._now[c] = Text.of(note.term, remembered)
        return self._now[c]

    def place_before(self, k: int) -> Hashable:
        """A known note's file and term."""
        return self.known[k].path, self.before(k).folded

    def place_now(self, c: int) -> Hashable:
        """A candidate's file and term."""
        return self.candidates[c].path, self.now(c).folded
