"""Learn what the signs of a study set are worth, and write ``weights.tsv``.

    python tools/train_segmentation.py sets.jsonl --also more.jsonl -o src/ankigen/readers/studyset/weights.tsv

The model is a semi-Markov conditional random field, fitted twice. The second reading goes by the habits that the first
one finds in a set; to learn how far these can be trusted, they are taken from a first reading that was fitted without
the set's own source. A weight stays near what is thought likely beforehand unless the sets say otherwise. With --learn,
the file is kept as it is but for the signs named: so a sign can be added without the sets that taught the others. Needs
numpy and scipy: pip install 'ankigen[train]'.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from ankigen.readers.studyset.alternation import CLASSES
from ankigen.readers.studyset.chances import Chances, chances
from ankigen.readers.studyset.features import observe
from ankigen.readers.studyset.habits import HABITS, lengths_of
from ankigen.readers.studyset.path import Scores
from ankigen.readers.studyset.segment import Segmenter
from ankigen.readers.studyset.weights import LENGTHS, PARTS, Weights, names_of_weights, weights_of, weights_within
from marked_sets import MarkedSet, read_sets

__all__ = ["Example", "Space", "dressed", "examples_of", "fit", "learn", "prepare", "table"]

Floats = NDArray[np.float64]

LIKELY = {  # what is thought of signs that few sources have
    "repeated-next": 2.0,
    "repeats-previous": -2.0,
    "often=3": -1.5,
    "often=many": -4.0,
    "refrain": -1.0,
    "doubled": 6.0,
    "in-doubled": -6.0,
    "not-doubled": -1.0,
    "opening=most": 1.0,
    "echo": 1.5,
    "echo-series": 1.0,
    "near-echo-series": 1.0,
    "echo-full-list": 2.0,
    "near-echo-full-list": 1.5,
    "echo-half-list": 0.5,
    "comes-back": -1.0,
    "comes-back-series": -1.0,
    "in-full-list": -1.0,
    "heads-full-list": 2.0,
    "before-echo": -1.0,
    "after-echo": -1.0,
    "first=bullet": -4.0,
    "first=numbered": -2.0,
    "counted": 0.3,
    "after-blank": 3.0,
    "after-no-blank": -1.0,
    "list-met": 3.0,
    "list-late": 1.0,
}
SOURCES, TIMES = 3, 5  # a sign must be seen so often to be learned
FOLDS = 3  # of the sources, for what the second reading learns of the first
STEPS = 60
LONGEST = 2500  # lines of a set that is learned from
TYPICAL = 60  # cards; a set with more counts little more
ALSO = 0.25  # what a further set counts beside one of the first file
FREE = {"signs": 80.0, "habits": 1.0, "parts": 0.3, "lengths": 1.0}  # how much a weight is kept near what is likely


@dataclass(slots=True)
class Example:
    """One set, ready to be learned from."""

    marked: MarkedSet
    weight: float
    segmenter: Segmenter
    signs: csr_matrix = field(default_factory=lambda: csr_matrix((0, 0)))
    habits: Floats | None = None
    habit_lengths: Floats = field(default_factory=lambda: np.zeros(LENGTHS))


def prepare(marked: MarkedSet, weight: float = 1.0) -> Example:
    """Read the signs off a set. It counts by its size, but far less than in proportion."""
    segmenter = Segmenter(observe(marked.lines, [False] * len(marked.lines)))
    return Example(marked, weight / (len(marked.starts) / TYPICAL + 0.2) ** 0.5, segmenter)


def fit(space: "Space", examples: Sequence[Example]) -> tuple[dict[str, float], dict[str, float]]:
    """The weights of both readings by their names, learned from these examples only."""
    first = space.fit(examples, second=False)
    clothed: list[Example] = []
    for fold in _folds(examples):
        inside = [each for each in examples if each.marked.source not in fold]
        start = space.fit(inside, second=False, start=first, steps=STEPS // 2)
        weights = weights_of(space.named(start))
        clothed += [dressed(each, weights) for each in examples if each.marked.source in fold]
    second = space.fit(clothed, second=True, start=first)
    return space.named(first), space.named(second)


def learn(
    examples: Sequence[Example], signs: Collection[str], known: tuple[Weights, Weights]
) -> tuple[dict[str, float], dict[str, float]]:
    """The weights of both readings by their names: these signs learned from the examples, all others as known."""
    space = Space(examples)
    if unknown := sorted(set(signs) - set(space.signs)):
        raise ValueError(f"too few sets have {', '.join(unknown)}")
    with_signs = [each for each in examples if any(map(set(signs).intersection, each.segmenter.signs))]
    readings = []
    for second, weights in enumerate(known):
        start = np.array([weights.signs.get(name, 0.0) for name in space.names])
        found = space.named(space.fit(with_signs, second=bool(second), start=start, only=signs))
        readings.append({**weights.signs, **{sign: found[sign] for sign in signs}})
        with_signs = [dressed(each, weights_of(readings[0])) for each in with_signs]
    return readings[0], readings[1]


class Space:
    """All weights as one row of numbers: the signs, and then what `names_of_weights` lists.

    A sign that none of the sets has from which is learned stays as it is thought likely.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        times: Counter[str] = Counter()
        sources: defaultdict[str, set[str]] = defaultdict(set)
        for each in examples:
            for signs in each.segmenter.signs:
                times.update(signs)
                for sign in signs:
                    sources[sign].add(each.marked.source)
        enough = {sign for sign in times if times[sign] >= TIMES and len(sources[sign]) >= SOURCES}
        rest = names_of_weights()
        self.signs = sorted(enough | (LIKELY.keys() - set(rest)))
        self.names = [*self.signs, *rest]
        at = {name: number for number, name in enumerate(self.names)}
        self.habits = slice(at[HABITS[0]], at[HABITS[0]] + len(HABITS))
        self.lengths = {
            name: slice(at[f"lines=1{name and '/' + name}"], at[f"lines=1{name and '/' + name}"] + LENGTHS)
            for name in ("", *CLASSES)
        }
        self.parts = [at[name] for name in PARTS]
        self.likely = np.array([LIKELY.get(name, 0.0) for name in self.names])
        kept = [FREE["signs"]] * len(self.signs) + [FREE["parts"]] * len(PARTS)
        kept += [FREE["lengths"]] * (LENGTHS * (1 + len(CLASSES))) + [FREE["habits"]] * len(HABITS)
        self.kept = np.array(kept)
        self.bounds = [(0.0, None) if name in ("list-met", "list-late") else (None, None) for name in self.names]
        for each in examples:
            each.signs = self._matrix(each.segmenter.signs)

    def _matrix(self, signs: Sequence[Sequence[str]]) -> csr_matrix:
        at = {name: number for number, name in enumerate(self.signs)}
        columns: list[int] = []
        ends = [0]
        for each in signs:
            columns += [at[sign] for sign in dict.fromkeys(each) if sign in at]
            ends.append(len(columns))
        return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(signs), len(self.signs)))

    def named(self, values: Floats) -> dict[str, float]:
        """The weights by their names."""
        return dict(zip(self.names, map(float, values), strict=True))

    def loss(self, examples: Sequence[Example]) -> Callable[[Floats], tuple[float, Floats]]:
        """How badly any weights explain the examples, and its slope. To be away from what is likely costs, too."""
        goals = [_goal(each) for each in examples]

        def loss(values: Floats) -> tuple[float, Floats]:
            away = values - self.likely
            total = 0.5 * float(np.sum(self.kept * away**2))
            slope = self.kept * away
            for each, goal in zip(examples, goals, strict=True):
                total += each.weight * self._add(each, goal, values, slope)
            return total, slope

        return loss

    def fit(
        self,
        examples: Sequence[Example],
        *,
        second: bool,
        start: Floats | None = None,
        steps: int = STEPS,
        only: Collection[str] = (),
    ) -> Floats:
        """The weights that explain the examples best; those of the ``second`` reading begin where the first ended.

        Where ``only`` some are to be learned, all others stay as they are at the start.
        """
        begin = self.likely.copy() if start is None else start.copy()
        if second and start is not None and not only:
            begin[self.parts[-1]] = 0.3
        bounds = [
            (worth, worth) if only and name not in only else bound
            for name, worth, bound in zip(self.names, begin, self.bounds, strict=True)
        ]
        found = minimize(
            self.loss(examples), begin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": steps}
        )
        return np.asarray(found.x)

    def _add(self, each: Example, goal: Chances, values: Floats, slope: Floats) -> float:
        """The loss of one set, its slope added."""
        count = len(self.signs)
        starts: Floats = np.asarray(each.signs @ values[:count])
        if each.habits is not None:
            starts = starts + each.habits @ values[self.habits]
        longer, met, late, habit = (float(values[at]) for at in self.parts)
        row = self.lengths[each.segmenter.alternates]
        lengths = values[self.lengths[""]] + values[row] + habit * each.habit_lengths
        scores = Scores(
            [float(worth) for worth in starts], each.segmenter.counts, tuple(lengths.tolist()), longer, met, late
        )
        found = chances(scores)
        over = np.array(found.begins) - np.array(goal.begins)
        over_lengths = np.array(found.lengths) - np.array(goal.lengths)
        slope[:count] += each.weight * (each.signs.T @ over)
        if each.habits is not None:
            slope[self.habits] += each.weight * (each.habits.T @ over)
            slope[self.parts[3]] += each.weight * float(over_lengths @ each.habit_lengths)
        for part in (self.lengths[""], row):
            slope[part] += each.weight * over_lengths
        for at, name in zip(self.parts, ("more", "met", "late"), strict=False):
            slope[at] += each.weight * (getattr(found, name) - getattr(goal, name))
        right = float(np.array(goal.begins) @ starts) + float(np.array(goal.lengths) @ lengths)
        right += goal.more * longer + goal.met * met + goal.late * late
        return found.log_total - right


def _goal(each: Example) -> Chances:
    """What a reading would expect that is sure of the right records."""
    starts, size = each.marked.starts, len(each.marked.lines)
    begins, lengths = [0.0] * size, [0.0] * LENGTHS
    more = met = late = 0.0
    for start, end in zip(starts, [*starts[1:], size], strict=True):
        lines, count = end - start - 1, each.segmenter.counts[start]
        begins[start] = 1.0
        lengths[min(lines, LENGTHS) - 1] += 1
        more += max(0, lines - LENGTHS)
        met += count > 0 and lines == count
        late += count > 0 and lines == count + 1
    return Chances(0.0, begins, lengths, more, met, late, [], [])


def dressed(each: Example, weights: Weights) -> Example:
    """The example with the habits that a first reading with these weights finds."""
    seen = chances(each.segmenter.first(weights))
    habits = np.array(each.segmenter.habits.of(seen.begins))
    return Example(each.marked, each.weight, each.segmenter, each.signs, habits, np.array(lengths_of(seen.lengths)))


def _folds(examples: Sequence[Example]) -> list[set[str]]:
    """The sources in parts of about the same size."""
    sizes: Counter[str] = Counter()
    for each in examples:
        sizes[each.marked.source] += len(each.marked.lines)
    folds: list[set[str]] = [set() for _ in range(FOLDS)]
    for source, _ in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        min(folds, key=lambda fold: sum(sizes[other] for other in fold)).add(source)
    return folds


def examples_of(paths: Sequence[Path], also: Sequence[Path]) -> list[Example]:
    """The sets of all files that are not too long to learn from."""
    sets = [(each, 1.0) for path in paths for each in read_sets(path)]
    sets += [(each, ALSO) for path in also for each in read_sets(path)]
    return [prepare(each, weight) for each, weight in sets if len(each.lines) <= LONGEST]


def table(first: Mapping[str, float], second: Mapping[str, float], note: str) -> str:
    """The file of both readings; what is worth next to nothing is left out."""
    rest = names_of_weights()
    signs = sorted(name for name in first if name not in set(rest) and max(abs(first[name]), abs(second[name])) >= 0.05)
    rows = [f"{name}\t{first[name]:.2f}\t{second[name]:.2f}" for name in [*rest, *signs]]
    return "\n".join([*(f"# {line}" for line in note.splitlines()), *rows, ""]).replace("-0.00", "0.00")


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="further sets, which count a quarter")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--learn", nargs="+", metavar="SIGN", help="only these signs; the rest stays as in the output")
    arguments = parser.parse_args()
    examples = examples_of(arguments.sets, arguments.also)
    cards = sum(len(each.marked.starts) for each in examples)
    sets = f"{len(examples)} sets with {cards} cards"
    if arguments.learn:
        text = arguments.output.read_text(encoding="utf-8")
        try:
            first, second = learn(examples, arguments.learn, weights_within(text))
        except ValueError as fault:
            parser.error(str(fault))
        notes = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("#")]
        note = "\n".join([*notes, f"Added from {sets}: {', '.join(arguments.learn)}."])
    else:
        first, second = fit(Space(examples), examples)
        note = (
            "What each sign is worth in the first reading and in the second: see weights.py.\n"
            f"Learned by tools/train_segmentation.py from {sets}."
        )
    arguments.output.write_text(table(first, second, note), encoding="utf-8")


if __name__ == "__main__":
    main()
