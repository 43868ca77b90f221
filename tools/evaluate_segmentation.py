"""Measure how well study sets without marks are cut into cards: F1 of the lines on which a card begins, mean per set.

    python tools/evaluate_segmentation.py sets.jsonl
    python tools/evaluate_segmentation.py sets.jsonl --held-out --also more.jsonl

Without --held-out the weights that ankigen has are measured: a fair figure only for sets that they were not learned
from. With it they are learned anew for each source, from all other sources (this takes minutes, and needs the extra
`train`).
"""

import argparse
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import pairwise
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import Any

from ankigen.readers.studyset.features import observe
from ankigen.readers.studyset.segment import REVIEW, Segmenter
from ankigen.readers.studyset.weights import Weights, read_weights, weights_of
from marked_sets import MarkedSet, f1, read_sets

__all__ = ["Result", "held_out", "measure", "report"]

METHODS = ("every second line", "a question mark", "ankigen", "ankigen, number of cards known")


@dataclass(frozen=True, slots=True)
class Result:
    """One set: the F1 of each method, and of each record, without the number and with it, its confidence and truth.

    The truth is how many of the record's boundaries are wrong: its own first line, and cards that begin inside it.
    """

    name: str
    tier: str
    scores: tuple[float, ...]
    records: tuple[tuple[float, int, bool], ...]
    counted: tuple[tuple[float, int, bool], ...]


def measure(marked: MarkedSet, weights: tuple[Weights, Weights]) -> Result:
    """Cut one set with each method."""
    lines, right = marked.lines, marked.starts
    segmenter = Segmenter(observe(lines, [False] * len(lines)))
    found = [range(0, len(lines), 2), [0, *(at for at, line in enumerate(lines) if at and line.endswith("?"))]]
    records = []
    for cards in (0, len(right)):
        pieces = segmenter.cut(weights, cards)
        found.append([piece.start for piece in pieces])
        records.append(
            tuple((piece.confidence, *_truth(piece.start, piece.end, right, len(lines))) for piece in pieces)
        )
    return Result(marked.name, marked.tier, tuple(f1(each, right) for each in found), *records)


def _truth(start: int, end: int, right: Sequence[int], size: int) -> tuple[int, bool]:
    wrong = (start not in right) + sum(start < each < end for each in right)
    whole = (start, end) in pairwise([*right, size])
    return wrong, whole


def report(results: Iterable[Result]) -> str:
    """The tables: for each tier the F1 of each method; for each step of confidence how many records are right."""
    results = list(results)
    tiers: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        tiers[result.tier].append(result)
    rows = ["| tier | sets | " + " | ".join(METHODS) + " |", "|---|---|" + "---|" * len(METHODS)]
    for tier, group in sorted(tiers.items()):
        means = (fmean(each) for each in zip(*(result.scores for result in group), strict=True))
        rows.append(f"| {tier} | {len(group)} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |")
    for title, records in (
        ("number of cards unknown", [record for result in results for record in result.records]),
        ("number of cards known", [record for result in results for record in result.counted]),
    ):
        rows += ["", *_reliability(title, records)]
    return "\n".join(rows)


def _reliability(title: str, records: Sequence[tuple[float, int, bool]]) -> Iterator[str]:
    """How often records are right, by confidence; and what lies below the threshold for a review."""
    yield f"| confidence, {title} | records | expected right | right | wrong boundaries |"
    yield "|---|---|---|---|---|"
    for low, high in pairwise((0.0, 0.25, 0.5, 0.75, REVIEW, 0.95, 0.99, 1.01)):
        group = [record for record in records if low <= record[0] < high]
        if group:
            share, right = fmean(each[0] for each in group), fmean(each[2] for each in group)
            faults = sum(each[1] for each in group)
            yield f"| {low:.2f} to {min(high, 1):.2f} | {len(group)} | {share:.0%} | {right:.0%} | {faults} |"
    unsure = [record for record in records if record[0] < REVIEW]
    wrong = sum(each[1] for each in unsure) / max(1, sum(each[1] for each in records))
    right = sum(each[2] for each in unsure) / max(1, sum(each[2] for each in records))
    yield ""
    yield f"Below {REVIEW}: {wrong:.0%} of the wrong boundaries, {right:.0%} of the right records."


_SHARED: dict[str, Any] = {}  # what a process needs to learn without a source: read once


def _read(path: Path, also: Sequence[Path]) -> None:
    import train_segmentation as training

    examples = training.examples_of([path], also)
    _SHARED.update(examples=examples, space=training.Space(examples), sets=read_sets(path))


def _without(source: str) -> list[Result]:
    import train_segmentation as training

    others = [each for each in _SHARED["examples"] if each.marked.source != source]
    first, second = map(weights_of, training.fit(_SHARED["space"], others))
    return [measure(each, (first, second)) for each in _SHARED["sets"] if each.source == source]


def held_out(path: Path, also: Sequence[Path]) -> list[Result]:
    """Measure each source with what all others teach, several at a time."""
    sizes: Counter[str] = Counter()
    for each in read_sets(path):
        sizes[each.source] += len(each.lines)
    largest_first = [source for source, _ in sizes.most_common()]
    with Pool(min(os.cpu_count() or 1, len(sizes)), _read, (path, also)) as pool:
        return [result for results in pool.imap_unordered(_without, largest_first, chunksize=1) for result in results]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", type=Path)
    parser.add_argument("--held-out", action="store_true", help="learn anew for each source, without it")
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="further sets to learn from")
    parser.add_argument("--records", type=Path, help="write what each set's records came to as JSON")
    arguments = parser.parse_args()
    if arguments.held_out:
        if not all(map(find_spec, ("numpy", "scipy"))):
            parser.error("learning needs numpy and scipy: pip install 'ankigen[train]'")
        results = held_out(arguments.sets, arguments.also)
    else:
        weights = read_weights()
        results = [measure(each, weights) for each in read_sets(arguments.sets)]
    print(report(results))
    if arguments.records:
        arguments.records.write_text(json.dumps([asdict(result) for result in results]), encoding="utf-8")


if __name__ == "__main__":
    main()
