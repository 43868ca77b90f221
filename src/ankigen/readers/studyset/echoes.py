"""Lines that come back: a list names its items, and later each is a term of its own.

Equal but for case and punctuation, or nearly so: most of the words that matter, in any order, after a label
("Step 2", "principle 1") is taken off. An inverted index on words keeps the cost linear in the lines.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ankigen.readers.counted import words_of
from ankigen.readers.studyset.words import SMALL

__all__ = ["find_echoes"]

_NEAR = 0.6  # of all words of both lines, the share that they have in common
_LONGEST = 14  # words; an item that names something is no longer
_RECENT = 24  # of the lines with one word in common, only the latest are looked at
_LABEL = re.compile(r"[^\W\d]+ (?:\d{1,2}|[ivx]{1,4})$")


def find_echoes(lines: Sequence[str]) -> dict[int, int]:
    """For the index of each line that comes back from an earlier one, the index of that (the latest)."""
    echoes: dict[int, int] = {}
    exact: dict[tuple[str, ...], int] = {}
    index: defaultdict[str, list[int]] = defaultdict(list)
    bags: list[frozenset[str]] = []
    for at, line in enumerate(lines):
        words = _without_label(words_of(line))
        bag = frozenset(_stem(word) for word in words if word not in SMALL)
        bags.append(bag)
        if not words or len(words) > _LONGEST:
            continue
        key = tuple(words)
        if key in exact:
            echoes[at] = exact[key]
        elif len(bag) > 1 and (near := _nearest(bag, index, bags)) is not None:
            echoes[at] = near
        exact[key] = at
        for word in bag:
            index[word].append(at)
    return echoes


def _nearest(bag: frozenset[str], index: dict[str, list[int]], bags: list[frozenset[str]]) -> int | None:
    shared: Counter[int] = Counter()
    for word in bag:
        shared.update(index.get(word, ())[-_RECENT:])
    best = max(shared, key=lambda at: (shared[at] / len(bag | bags[at]), at), default=None)
    if best is None or shared[best] < 2 or shared[best] < _NEAR * len(bag | bags[best]):
        return None
    return best


def _without_label(words: list[str]) -> list[str]:
    return words[2:] if len(words) > 3 and _LABEL.match(" ".join(words[:2])) else words


def _stem(word: str) -> str:
    """A word without its commonest endings, so that "customers" meets "customer"."""
    for ending in ("ing", "ies", "es", "s"):
        if len(word) >= len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word
