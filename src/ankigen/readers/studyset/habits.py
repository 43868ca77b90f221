"""What this very set does: each trait of its terms beside that of its other lines, by how likely each is a term.

Sets differ. Here every term is a question, there every definition begins in lower case, and in vocabulary only the
letters tell the two languages apart. A habit is the log-odds of a trait; one that is seen only once says nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import log

from ankigen.readers.studyset.alternation import pieces_of
from ankigen.readers.studyset.features import TRAITS, Line

__all__ = ["HABITS", "Habits", "lengths_of"]

HABITS = (
    *(f"habit-{name}" for name in TRAITS),
    *(f"habit-previous-{name}" for name in TRAITS),
    *(f"habit-next-{name}" for name in TRAITS),
    "habit-all",
    "habit-letters",
)
"""The names of a line's habits, in the order in which `Habits.of` gives them."""

_FEW = 2.0  # lines; so many more are thought of with each trait spread as in the whole set
_STRONGEST = 3.0
_USUAL = (0.55, 0.16, 0.09, 0.06, 0.04, 0.10)  # of definitions with one line, two, ...; development sets
_UNSEEN = 3.0  # definitions; so many are thought of with the usual lengths


class Habits:
    """The lines of one set, ready to be read with any chances of where its records begin."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._size = len(lines)
        self._pieces = [sorted(pieces_of(line.text)) for line in lines]
        columns = [[line.traits[at] for line in lines] for at in range(len(TRAITS))]
        self._columns: list[list[str]] = [
            *columns,
            *(["", *column[:-1]] for column in columns),
            *([*column[1:], ""] for column in columns),
        ]

    def of(self, begins: Sequence[float]) -> list[list[float]]:
        """For each line, what each of `HABITS` says for it being a term, given the chances of that."""
        table = _Odds(begins)
        columns = []
        for column in self._columns:
            odds = table.odds(zip(column, begins, strict=True), _FEW, by_share=True)
            columns.append([odds[value] for value in column])
        rows = [list(row) for row in zip(*columns, strict=True)]
        each = ((piece, chance) for pieces, chance in zip(self._pieces, begins, strict=True) for piece in pieces)
        letters = table.odds(each, 1.0)
        for row, pieces in zip(rows, self._pieces, strict=True):
            row.append(_within(sum(row[: len(TRAITS)]) / 4))
            row.append(_within(2 * sum(map(letters.__getitem__, pieces)) / max(1, len(pieces))))
        return rows


def lengths_of(counts: Sequence[float]) -> list[float]:
    """How much more often definitions have one line, two, ... here than usual, given how many are expected to."""
    total = sum(counts) + _UNSEEN
    pairs = zip(counts, _USUAL, strict=True)
    return [_within(log((count + _UNSEEN * usual) / total / usual)) for count, usual in pairs]


class _Odds:
    """How many of the lines are expected to be terms, and how many not."""

    def __init__(self, begins: Sequence[float]) -> None:
        less = 1 - 1 / len(begins)  # a line is no evidence for itself
        self.lines = len(begins)
        self.terms = sum(begins) * less
        self.others = len(begins) * less - self.terms

    def odds(self, values: Iterable[tuple[str, float]], few: float, *, by_share: bool = False) -> dict[str, float]:
        """The log-odds of each value, given with the chance that its line is a term."""
        terms: defaultdict[str, float] = defaultdict(float)
        seen: defaultdict[str, int] = defaultdict(int)
        for value, chance in values:
            terms[value] += chance
            seen[value] += 1
        odds = {}
        for value, number in seen.items():
            less = 1 - 1 / number
            ours, theirs = terms[value] * less, (number - terms[value]) * less
            share = number / self.lines if by_share else 0.5
            odds[value] = _within(
                log((ours + few * share) / (self.terms + few))
                - log((max(0.0, theirs) + few * share) / (self.others + few))
            )
        return odds


def _within(worth: float) -> float:
    return max(-_STRONGEST, min(_STRONGEST, worth))
