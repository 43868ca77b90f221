"""From lines to records: read once by what sets do in general, and then with what this very set does throughout.

The first reading gives each line a chance of being a term. From these the habits of the set are read, as they would be
from a marked one, and the lines are read again with them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ankigen.frozen import dataclass
from ankigen.readers.studyset.alternation import CLASSES, alternation
from ankigen.readers.studyset.chances import Chances, chances, chances_of
from ankigen.readers.studyset.features import Line
from ankigen.readers.studyset.habits import Habits, lengths_of
from ankigen.readers.studyset.path import Scores, best_path, path_of
from ankigen.readers.studyset.signs import signs_of
from ankigen.readers.studyset.weights import Weights, read_weights

__all__ = ["REVIEW", "Piece", "Segmenter", "segment", "term_lines"]

REVIEW = 0.85
"""A record with less confidence is worth a look: most wrong boundaries lie in these, and few right records are among
them (the table in ``docs/study-sets.md``).
"""

_ROUNDS = 2  # with the habits
_PLACES = 4  # where strict alternation may turn
_BONUS = 0.8  # for a record: a boundary too many costs less than one missed
_TOLD = 60.0  # more than all signs of a line together


@dataclass(frozen=True, slots=True)
class Piece:
    """The lines from ``start`` up to ``end`` are a record, by this ``confidence``: the chance of just that, 0 to 1.

    ``doubtful`` is the line of which it is least sure that it begins a record, or else does not: the first line, one
    below it, or ``end``.
    """

    start: int
    end: int
    confidence: float
    doubtful: int


class Segmenter:
    """The lines of one paste, ready to be cut with any weights."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.signs = signs_of(lines)
        self.counts = [line.count for line in lines]
        self.alternates = alternation(lines)
        self.habits = Habits(lines)

    def first(self, weights: Weights) -> Scores:
        """The scores before anything is known of the set."""
        return weights.scores(weights.worth(self.signs), self.counts, self.alternates)

    def second(self, weights: Weights, worth: Sequence[float], seen: Chances) -> Scores:
        """The scores with the habits that these chances show, for lines whose signs are ``worth`` that much."""
        habits, lengths = self.habits.of(seen.begins), lengths_of(seen.lengths)
        return weights.scores(worth, self.counts, self.alternates, habits, lengths)

    def cut(
        self, weights: tuple[Weights, Weights], cards: int = 0, told: Mapping[int, bool] | None = None
    ) -> list[Piece]:
        """The best sequence of records, ``cards`` of them when that is known and can be met."""
        general = _heed(self.first(weights[0]), told)
        first = chances(general)
        worth = weights[1].worth(self.signs)
        readings = []
        for begun in (first, *self._alternating(first)):
            seen, scores = self._reread(weights[1], worth, begun, told)
            starts = (path_of(scores, cards) if cards else None) or best_path(scores, _BONUS)
            readings.append((seen.log_total + general.path(starts), seen, scores, starts))
        _, seen, scores, starts = max(readings, key=lambda reading: reading[0])
        if not told and cards in (0, len(self.lines) // 2) and self._turns_twice(starts):
            starts = list(range(0, len(self.lines), 2))
        seen, paid = chances_of(scores, len(starts)) if cards else (seen, scores)
        ends = [*starts[1:], len(self.lines)]
        return [self._piece(seen, paid, start, end) for start, end in zip(starts, ends, strict=True)]

    def _reread(
        self, weights: Weights, worth: Sequence[float], seen: Chances, told: Mapping[int, bool] | None
    ) -> tuple[Chances, Scores]:
        """The chances with the habits of the set, which are looked at again as they get clearer, and their scores."""
        for _ in range(_ROUNDS):
            scores = _heed(self.second(weights, worth, seen), told)
            seen = chances(scores)
        return seen, scores

    def _alternating(self, seen: Chances) -> Iterator[Chances]:
        """Other readings to begin with, where terms and definitions alternate.

        One definition of two lines turns terms into definitions for all that follows, and habits learned from that
        look as good. So it is tried at several places; the reading whose habits explain the lines best is kept.
        """
        size = len(self.lines)
        for part in range(_PLACES) if self.alternates == CLASSES[0] else ():
            turn = size * part // _PLACES // 2 * 2 or size
            begins = [float(line % 2 == (line > turn + 1)) for line in range(size)]
            yield replace(seen, begins=begins, lengths=[sum(begins), *(0.0 for _ in seen.lengths[1:])])

    def _turns_twice(self, starts: Sequence[int]) -> bool:
        """Whether alternating lines are read with a turn at the top and another one at the bottom.

        That is what becomes of a set with the sides reversed, for definitions look like definitions. But that all sides
        are reversed is far likelier than just these two definitions of two lines.
        """
        is_even = len(self.lines) % 2 == 0 and len(starts) > 1
        return self.alternates == CLASSES[0] and is_even and all(start % 2 for start in starts[1:])

    def _piece(self, seen: Chances, scores: Scores, start: int, end: int) -> Piece:
        wrong = {line: seen.begins[line] for line in range(start + 1, end)}
        wrong |= {line: 1 - seen.begins[line] for line in (start, end) if line < len(self.lines)}
        return Piece(start, end, seen.record(scores, start, end), max(wrong, key=lambda line: (wrong[line], -line)))


def segment(lines: Sequence[Line], cards: int = 0, told: Mapping[int, bool] | None = None) -> list[Piece]:
    """The records in ``lines``, in order: ``cards`` of them when that is known and can be.

    ``told`` says of some lines whether a record begins there. A term that is told to be followed by another one makes
    a record of one line, which has no definition.
    """
    told = {**(told or {}), 0: True}
    bare = [line for line in range(len(lines)) if told.get(line) and told.get(line + 1, line + 1 == len(lines))]
    kept = [line for line in range(len(lines)) if line not in set(bare)]
    if len(kept) < 2:
        return [Piece(line, line + 1, 1.0, line) for line in bare]
    at = {line: place for place, line in enumerate(kept)}
    heeded = {at[line]: begins for line, begins in told.items() if at.get(line)}
    pieces = Segmenter([lines[line] for line in kept]).cut(read_weights(), max(0, cards - len(bare)), heeded)
    found = [
        Piece(kept[piece.start], kept[piece.end - 1] + 1, piece.confidence, kept[piece.doubtful]) for piece in pieces
    ]
    return sorted([*found, *(Piece(line, line + 1, 1.0, line) for line in bare)], key=lambda piece: piece.start)


def term_lines(lines: Sequence[Line]) -> int:
    """How many of a record's lines are its term: one, or two where a question follows another or a full sentence."""
    if len(lines) < 3 or lines[1].is_item or lines[1].after_blank or lines[0].words == lines[1].words:
        return 1
    return 2 if lines[1].is_question and (lines[0].is_question or lines[0].text.endswith(".")) else 1


def _heed(scores: Scores, told: Mapping[int, bool] | None) -> Scores:
    if not told:
        return scores
    starts = list(scores.starts)
    for line, begins in told.items():
        starts[line] = _TOLD if begins else -_TOLD
    return scores.with_starts(starts)
