"""What each sign is worth, from ``weights.tsv``: learned from marked sets by ``tools/train_segmentation.py``.

A row names a sign and what it is worth in the first reading, which knows nothing of the set, and in the second, which
knows its habits. Above zero speaks for a record beginning on the line (log-odds).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from operator import mul

from ankigen.frozen import dataclass
from ankigen.readers.studyset.alternation import CLASSES
from ankigen.readers.studyset.habits import HABITS
from ankigen.readers.studyset.path import Scores

__all__ = ["LENGTHS", "PARTS", "Weights", "names_of_weights", "read_weights", "weights_of", "weights_within"]

LENGTHS = 6
"""So many lengths of a definition have a weight of their own; longer ones cost alike for each line more."""

PARTS = ("longer", "list-met", "list-late", "habit-lengths")
"""What is neither a sign of a line, nor a length, nor a habit."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What one reading goes by. ``lengths`` has a row for each class of alternation."""

    signs: Mapping[str, float]
    habits: tuple[float, ...]
    lengths: Mapping[str, tuple[float, ...]]
    longer: float
    met: float
    late: float
    habit_lengths: float

    def worth(self, signs: Sequence[Sequence[str]]) -> list[float]:
        """What the signs of each line come to."""
        worth = self.signs
        return [sum([worth[sign] for sign in each if sign in worth]) for each in signs]

    def scores(
        self,
        worth: Sequence[float],
        counts: Sequence[int],
        alternates: str,
        habits: Sequence[Sequence[float]] = (),
        habit_lengths: Sequence[float] = (0.0,) * LENGTHS,
    ) -> Scores:
        """The scores of lines whose signs are ``worth`` that much, with the habits of their set."""
        starts = list(worth)
        for at, row in enumerate(habits):
            starts[at] += sum(map(mul, self.habits, row))
        lengths = tuple(
            worth + self.habit_lengths * habit
            for worth, habit in zip(self.lengths[alternates], habit_lengths, strict=True)
        )
        return Scores(starts, counts, lengths, self.longer, self.met, self.late)


def names_of_weights() -> list[str]:
    """The names of all weights but those of signs, in the order of the file."""
    lengths = [f"lines={lines}{suffix}" for suffix in ("", *(f"/{name}" for name in CLASSES)) for lines in _COUNTED]
    return [*PARTS, *lengths, *HABITS]


@cache
def read_weights() -> tuple[Weights, Weights]:
    """The weights of the first reading and of the second."""
    return weights_within(files(__package__).joinpath("weights.tsv").read_text(encoding="utf-8"))


def weights_within(text: str) -> tuple[Weights, Weights]:
    """The weights of both readings in the text of such a file."""
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    first, second = ({row[0]: float(row[at]) for row in rows} for at in (1, 2))
    return weights_of(first), weights_of(second)


def weights_of(named: Mapping[str, float]) -> Weights:
    """Weights by their names; one that is not named is worth nothing."""

    def lengths(name: str) -> tuple[float, ...]:
        return tuple(named.get(f"lines={n}", 0.0) + named.get(f"lines={n}/{name}", 0.0) for n in _COUNTED)

    return Weights(
        signs=named,
        habits=tuple(named.get(name, 0.0) for name in HABITS),
        lengths={name: lengths(name) for name in CLASSES},
        longer=named.get("longer", 0.0),
        met=named.get("list-met", 0.0),
        late=named.get("list-late", 0.0),
        habit_lengths=named.get("habit-lengths", 0.0),
    )


_COUNTED = range(1, LENGTHS + 1)
